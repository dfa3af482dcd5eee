"""Shingles, signatures and bands, held to datasketch and to brute force."""

import struct

import datasketch
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.kernels import pack
from dedup.sketch import lsh
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
    return lsh.Plan(bands, rows, min_agreement, {}, met=True)


@given(st.integers(0, 40), st.integers(1, 6), st.integers(1, 3), st.integers(0, 99))
def test_candidates_are_the_pairs_that_agree_in_a_band(n, bands, rows, seed):
    """Against brute force: every pair with an equal band and no other; sorted, none twice."""
    signatures = np.random.default_rng(seed).integers(0, 3, (n, bands * rows)).astype(np.uint32)
    cut = signatures.reshape(n, bands, rows)
    expected = [(i, j) for i in range(n) for j in range(i + 1, n) if (cut[i] == cut[j]).all(axis=1).any()]
    assert lsh.candidates(signatures, made(bands, rows)).pairs.tolist() == [list(pair) for pair in expected]


@given(st.integers(0, 30), st.floats(0.05, 0.9), st.integers(0, 99))
def test_the_filter_drops_what_agrees_in_too_few_slots(n, least, seed):
    signatures = np.random.default_rng(seed).integers(0, 4, (n, 8)).astype(np.uint32)
    kept = {tuple(pair) for pair in lsh.candidates(signatures, made(8, 1, least)).pairs.tolist()}
    for i in range(n):
        for j in range(i + 1, n):
            agreement = (signatures[i] == signatures[j]).mean()
            assert ((i, j) in kept) == (agreement > 0 and agreement >= least)


def test_a_bucket_too_large_for_all_its_pairs_is_counted():
    """It stays linear, and every key is still tied to the first ones and to its neighbours."""
    n = lsh.MAX_BUCKET + 500
    found = lsh.candidates(np.zeros((n, 2), dtype=np.uint32), made(1, 2))
    assert found.capped == 1
    assert len(found.pairs) <= 2 * lsh.BUCKET_REACH * n
    pairs = set(map(tuple, found.pairs.tolist()))
    assert all((0, i) in pairs and (i - 1, i) in pairs for i in range(1, n))


@pytest.mark.parametrize("n", [100, 4_000, 8_000, 14_000, 30_000, 200_000, 10_000_000])
def test_a_plan_meets_its_targets_at_any_size(n):
    """Recall is never given up for the load; with more keys come more rows, not less recall than the targets."""
    plan = lsh.plan(n, 0.70, 256)
    assert plan.met
    assert plan.num_perm <= 256
    for score, target in lsh.RECALL_TARGETS.items():
        assert plan.recall[f"{score:.2f}"] >= target
    assert plan.rows >= lsh.plan(n // 2, 0.70, 256).rows


def test_a_plan_finds_what_can_be_found_for_little():
    """While the load is bearable, more bands; never more load for that than is bearable."""
    small, usual, large = (lsh.plan(n, 0.70, 256) for n in (1_000, 4_000, 100_000))
    assert small.rows == usual.rows == 2
    assert min(small.recall.values()) > min(usual.recall.values()) > 0.99
    assert lsh.expected_load(4_000, usual) <= lsh.MAX_LOAD
    assert large.rows == 3
    assert lsh.plan(1_000, 0.70, 256, mean_chars=10_000).rows == 3  # confirming a pair costs a thousand times more


def test_a_plan_that_cannot_meet_its_target_says_so():
    assert not lsh.plan(1_000, 0.70, 16).met
    report = dedup.scan(["نص " * 20, "كلام " * 20], generator="banding", num_perm=16)
    assert any("too few for the recall target" in notice for notice in report.notices)
    assert report.generator.parameters["target_met"] is False


@given(st.integers(2, 10**7), st.floats(0.3, 0.99), st.sampled_from([16, 128, 256]), st.none() | st.floats(0.3, 0.99))
def test_any_plan_fits_its_permutations(n, floor, max_perm, target):
    plan = lsh.plan(n, floor, max_perm, target)
    assert 1 <= plan.num_perm <= max_perm
    assert plan.recall
    assert all(0 <= share <= 1 for share in plan.recall.values())
    assert 0 <= plan.min_agreement <= 0.2
    assert not plan.met or target is None or min(plan.recall.values()) >= target


@pytest.mark.parametrize("score", [0.70, 0.80, 0.90])
def test_expected_recall_rises_with_bands_and_falls_with_rows(score):
    assert lsh.expected_recall(40, 3, score) > lsh.expected_recall(20, 3, score)
    assert lsh.expected_recall(40, 3, score) > lsh.expected_recall(40, 5, score)
