"""Shingles, signatures and bands, held to datasketch and to brute force."""

import math
import struct

import datasketch
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.kernels import pack
from dedup.sketch import lsh, minhash
from dedup.sketch import plan as plans
from dedup.sketch.minhash import sign
from dedup.sketch.shingle import shingle_hashes

KEYS = st.lists(st.text(st.sampled_from("ابتثج ء东😀"), max_size=24), max_size=6)


def murmur3(data, seed):
    """MurmurHash3 x86 32 as Appleby wrote it, for bytes in blocks of four."""
    h, mask = seed, 0xFFFFFFFF
    for (k,) in struct.iter_unpack("<I", data):
        k = k * 0xCC9E2D51 & mask
        k = (k << 15 | k >> 17) & mask
        h ^= k * 0x1B873593 & mask
        h = ((h << 13 | h >> 19) & mask) * 5 + 0xE6546B64 & mask
    h ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = (h ^ h >> shift) * factor & mask
    return h ^ h >> 16


def shingles(key, size):
    return [key[i : i + size] for i in range(len(key) - size + 1)] or [key] if key else []


def test_the_oracle_is_murmur3():
    """Published values of MurmurHash3 x86 32."""
    assert murmur3(b"", 1) == 0x514E28B7
    assert murmur3(b"test", 0) == 0xBA6BD213
    assert murmur3(b"aaaa", 0x9747B28C) == 0x5A97808A


@given(KEYS, st.integers(1, 7), st.sampled_from([0, 1, 2**32 - 1]))
def test_shingle_hashes_are_murmur3_of_each_shingle(keys, size, seed):
    """In the order of the text, repeats kept; a short key is one shingle, an empty one has none."""
    hashes, offsets = shingle_hashes(pack(keys), size, seed)
    for i, key in enumerate(keys):
        expected = [murmur3(s.encode("utf-32-le"), seed) for s in shingles(key, size)]
        assert hashes[offsets[i] : offsets[i + 1]].tolist() == expected


@settings(max_examples=30)
@given(KEYS, st.sampled_from([16, 61]), st.integers(0, 5))
def test_signatures_are_those_of_datasketch(keys, num_perm, seed):
    """Bit for bit: update() with our shingles and our hash gives the row."""
    signatures = sign(keys, num_perm=num_perm, seed=seed)
    assert signatures.values.dtype == np.uint32
    assert signatures.values.shape == (len(keys), num_perm)
    for key, row in zip(keys, signatures.values, strict=True):
        oracle = datasketch.MinHash(num_perm, seed=seed, scheme="affine32", hashfunc=lambda s: murmur3(s, seed))
        for shingle in shingles(key, 5):
            oracle.update(shingle.encode("utf-32-le"))
        assert np.array_equal(oracle.hashvalues, row)


def test_a_signature_is_a_function_of_its_key_alone():
    """Neighbours, their order and the chunk do not show."""
    keys = ["تعاون وثيق مع كازاخستان", "", "نعم", "القائد الطبيعي للمنطقة"]
    values = sign(keys, num_perm=32).values
    assert np.array_equal(sign(keys[::-1], num_perm=32).values[::-1], values)
    assert np.array_equal(sign(keys[2:3], num_perm=32).values[0], values[2])


def test_signatures_go_into_the_indexes_of_datasketch():
    texts = [
        "سيكون المفتاح هو التعاون الوثيق مع كازاخستان",
        "سيكون المفتاح هو التعاون الوثيق مع أوزبكستان",
        "نص آخر لا يشبههما",
    ]
    sketches = dedup.sign(texts, num_perm=128).to_datasketch()
    index = datasketch.MinHashLSH(num_perm=128, params=(32, 4))
    for number, sketch in enumerate(sketches):
        index.insert(number, sketch)
    assert sorted(index.query(sketches[0])) == [0, 1]
    assert sketches[0].jaccard(sketches[1]) > sketches[0].jaccard(sketches[2])


# --- bands ----------------------------------------------------------------------------------------


def made(bands, rows, min_agreement=0.0):
    return plans.Plan(bands, rows, min_agreement, {}, {})


def found_by(signatures, plan, **options):
    sketches = lsh.Sketches(plan, np.full(len(signatures), 100, dtype=np.int32), options.pop("memory", math.inf))
    for low in range(0, len(signatures), 7):
        sketches.put(low, signatures[low : low + 7])
    return sketches.candidates(**options)


def pairs_of(found):
    return [divmod(code, found.n) for code in found.codes.tolist()]


@given(st.integers(0, 40), st.integers(1, 6), st.integers(1, 3), st.integers(0, 99))
def test_candidates_are_the_pairs_that_agree_in_a_band(n, bands, rows, seed):
    """Against brute force: every pair with an equal band and no other; sorted, none twice."""
    signatures = np.random.default_rng(seed).integers(0, 3, (n, bands * rows)).astype(np.uint32)
    cut = signatures.reshape(n, bands, rows)
    expected = [(i, j) for i in range(n) for j in range(i + 1, n) if (cut[i] == cut[j]).all(axis=1).any()]
    assert pairs_of(found_by(signatures, made(bands, rows))) == expected


@given(st.integers(0, 30), st.floats(0.05, 0.9), st.integers(0, 99))
def test_the_filter_drops_what_agrees_in_too_few_slots(n, least, seed):
    signatures = np.random.default_rng(seed).integers(0, 4, (n, 8)).astype(np.uint32)
    kept = set(pairs_of(found_by(signatures, made(8, 1, least))))
    for i in range(n):
        for j in range(i + 1, n):
            agreement = (signatures[i] == signatures[j]).mean()
            assert ((i, j) in kept) == (agreement > 0 and agreement >= least)


def test_band_keys_kept_in_a_file_and_found_by_threads_give_the_same():
    signatures = np.random.default_rng(5).integers(0, 5, (300, 12)).astype(np.uint32)
    expected = found_by(signatures, made(6, 2))
    assert len(expected) > 1_000
    for options in ({"memory": 0}, {"workers": 3}, {"memory": 0, "workers": 2}):
        assert found_by(signatures, made(6, 2), **options).codes.tolist() == expected.codes.tolist()


def test_lengths_that_rule_a_score_out_are_no_candidates():
    """A pair of lengths a, b scores at most 2 * min / (a + b)."""
    lengths = np.array([70, 100, 130, 131], dtype=np.int32)
    sketches = lsh.Sketches(made(1, 1), lengths)
    sketches.put(0, np.zeros((4, 1), dtype=np.uint32))
    possible = {(i, j) for i in range(4) for j in range(i + 1, 4) if 2 * lengths[i] / (lengths[i] + lengths[j]) >= 0.7}
    assert set(pairs_of(sketches.candidates(0.7))) == possible
    assert (0, 2) in possible
    assert (0, 3) not in possible


def test_a_bucket_too_large_for_all_its_pairs_is_counted():
    """It stays linear, and every key is still tied to the first ones and to its neighbours."""
    n = lsh.max_bucket(2_500) + 500
    found = found_by(np.zeros((n, 2), dtype=np.uint32), made(1, 2))
    assert found.capped_buckets == 1
    assert found.capped_keys == 0
    assert len(found) <= 2 * lsh.BUCKET_REACH * n
    pairs = set(pairs_of(found))
    assert all((0, i) in pairs and (i - 1, i) in pairs for i in range(1, n))


def test_the_caps_bound_the_work_and_bite_only_where_there_is_much():
    """Pairs looked at in a band, and pairs confirmed, grow with the keys and not with their square."""
    for n in (100, 10_000, 10**6, 10**8):
        assert n * lsh.max_bucket(n) / 2 <= max(lsh.BUCKET_PAIRS, n * lsh.MIN_BUCKET / 2)
        assert n * lsh.max_candidates(n) <= max(lsh.ALL_CANDIDATES, n * lsh.MAX_CANDIDATES)
    assert lsh.max_bucket(2_000) >= 2_000
    assert lsh.max_candidates(500) >= 500


def test_a_key_meets_a_bounded_number_of_others_the_earliest_and_the_best(monkeypatch):
    """A bucket below its cap can still be too much for one key; what is left out is counted."""
    monkeypatch.setattr(lsh, "ALL_CANDIDATES", 0)
    n = 499
    signatures = np.zeros((n, 8), dtype=np.uint32)
    signatures[:, 1:] = np.arange(n)[:, None]
    signatures[n // 2] = signatures[-1]  # the best of all for the last
    found = found_by(signatures, made(8, 1))
    met = np.bincount(found.codes % n, minlength=n)
    assert met.max() == lsh.MAX_CANDIDATES
    assert found.capped_keys == n - 1 - lsh.MAX_CANDIDATES
    of_last = {first for first, second in pairs_of(found) if second == n - 1}
    assert n // 2 in of_last
    assert set(range(lsh.MAX_CANDIDATES // 2)) <= of_last


def test_long_keys_meet_fewer_others():
    """The work of confirming one key is bounded, not only their number."""
    lengths = np.full(400, 10_000, dtype=np.int32)
    sketches = lsh.Sketches(made(1, 1), lengths)
    sketches.put(0, np.zeros((400, 1), dtype=np.uint32))
    found = sketches.candidates()
    most = max(lsh.MIN_CANDIDATES, int(lsh.WORK_BUDGET // 10_000**2))
    assert np.bincount(found.codes % 400).max() == most
    assert found.capped_keys == 400 - 1 - most


# --- the plan -------------------------------------------------------------------------------------


def plan(n, floor=0.70, *options):
    return plans.plan(plans.Task(n, floor, *options))


@pytest.mark.parametrize("n", [100, 4_000, 8_000, 14_000, 30_000, 150_000, 200_000])
def test_a_plan_meets_all_targets_up_to_its_size(n):
    """Recall is not given up for the cost; with more keys come more rows, not less recall than the targets."""
    made = plan(n)
    assert made.met
    for score, target in plans.RECALL_TARGETS.items():
        assert made.recall[f"{score:.2f}"] >= target
    assert made.rows >= plan(n // 2).rows


@pytest.mark.parametrize("n", [300_000, 1_000_000, 10_000_000])
def test_beyond_that_the_lowest_score_bands_give_way_first_and_080_never(n):
    made = plan(n)
    assert made.recall["0.80"] >= plans.RECALL_TARGETS[0.80]
    given_up = [
        band
        for band, recall in made.recall.items()
        if recall < plans.RECALL_PROMISED[max(0.70, min(0.80, float(band)))]
    ]
    assert given_up == sorted(made.recall)[: len(given_up)]
    assert set(made.short_of()) == set(given_up)


def test_a_recall_target_is_met_whatever_it_costs():
    free, forced = plan(1_000_000), plan(1_000_000, 0.70, plans.MOST_PERMUTATIONS, 0.9)
    assert min(forced.recall.values()) >= 0.9 > min(free.recall.values())
    assert forced.seconds > free.seconds


def test_a_plan_finds_what_can_be_found_for_little():
    """While the work is nothing, more bands; never more of it than is free."""
    small, usual, large = (plan(n) for n in (1_001, 4_000, 100_000))
    assert small.rows == usual.rows == 2
    assert min(small.recall.values()) >= min(usual.recall.values()) > 0.99
    assert usual.seconds <= plans.FREE_SECONDS
    assert large.rows > 2
    assert (
        plan(1_001, 0.70, plans.MOST_PERMUTATIONS, None, 5, 10_000).rows > 2
    )  # confirming costs a thousand times more


def test_a_plan_that_cannot_meet_its_target_says_so():
    assert not plan(1_000, 0.70, 16).met
    report = dedup.scan(["نص " * 20, "كلام " * 20], generator="banding", num_perm=16)
    (notice,) = [notice for notice in report.notices if "expected recall" in notice]
    assert "from score 0.70 (asked 0.85)" in notice
    assert "raise num_perm" in notice
    assert report.generator.parameters["target_met"] is False


@given(st.integers(2, 10**7), st.floats(0.3, 0.99), st.sampled_from([16, 128, 1024]), st.none() | st.floats(0.3, 0.99))
@settings(deadline=None, max_examples=60)
def test_any_plan_fits_its_permutations(n, floor, max_perm, target):
    made = plan(n, floor, max_perm, target)
    assert 1 <= made.num_perm <= max_perm
    assert made.slots <= min(made.num_perm, plans.FILTER_SLOTS)
    assert made.recall
    assert all(0 <= share <= 1 for share in made.recall.values())
    assert 0 <= made.min_agreement < 1
    assert not made.met or target is None or min(made.recall.values()) >= target


@pytest.mark.parametrize("score", [0.70, 0.80, 0.90])
def test_expected_recall_rises_with_bands_and_falls_with_rows(score):
    assert plans.expected_recall(40, 3, score) > plans.expected_recall(20, 3, score)
    assert plans.expected_recall(40, 3, score) > plans.expected_recall(40, 5, score)


def test_expected_recall_falls_with_the_filter():
    assert plans.expected_recall(40, 3, 0.70, agreement=0.35) < plans.expected_recall(40, 3, 0.70, agreement=0.2)
    assert plans.expected_recall(40, 3, 0.95, agreement=0.35) > 0.9999


@pytest.mark.parametrize("seed", [0, 1, 2, 5489, 2**31, 2**32 - 1])
def test_permutations_are_those_that_numpy_would_draw(seed):
    draw = np.random.RandomState(seed)
    a = draw.randint(0, 1 << 31, 300, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    b = draw.randint(0, 1 << 32, 300, dtype=np.uint32)
    found = minhash.permutations(300, seed)
    assert (found[0] == a).all()
    assert (found[1] == b).all()
