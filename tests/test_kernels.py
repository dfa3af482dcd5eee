"""Compiled code is the reference, bit for bit; without numba the reference serves, and says so once."""

import json
import os
import random
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_normalize import TEXTS, read_cases

import dedup
from dedup import kernels
from dedup.kernels import Batch, pack, pack_units
from dedup.sketch import minhash
from dedup.text import compiled
from dedup.text.normalize import loose_key

ROOT = Path(__file__).parents[1]
MANY = kernels.COMPILED_FROM
WORDS = 'أعلنت وزارة التعليم أن المدارس الجديدة (١٬٢٠٠ مدرسة) ستفتح أبوابها «غدا» و"بعد غد" بنسبة 3٫5٪ في شيء'.split()

pytestmark = pytest.mark.skipif(kernels.failure() is not None, reason=f"numba cannot be loaded: {kernels.failure()}")


def by_kernel(texts):
    keys = compiled.make_keys(texts, "ar", MANY)
    assert keys is not None
    return keys


@pytest.mark.parametrize(("text", "canonical", "loose"), list(read_cases()))
def test_each_case_of_normalisation(text, canonical, loose):
    """Alone, and between other texts of its batch."""
    assert by_kernel([text]) == [loose]
    assert by_kernel(["قال", text, "نعم"]) == ["قال", loose, "نعم"]


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, max_size=6))
def test_keys_are_those_of_the_reference(texts):
    assert by_kernel(texts) == [loose_key(text) for text in texts]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([*WORDS, " ", ",", "،", ".", "٫", '"', "ـ", "\u064e", "\u200c", "و", "5", "٠٠٠", "يء", "_"]),
        max_size=14,
    ).map("".join)
)
def test_keys_of_text_that_the_tables_know(text):
    """Numbers, quotation marks and separators in every order, where no paragraph is rare."""
    assert by_kernel([text]) == [loose_key(text)]


def test_every_code_point_alone_and_inside_a_word():
    """All of the Basic Multilingual Plane, between letters and between digits."""
    chars = [chr(code) for code in range(0x10000)]
    for texts in (chars, [f"م{c}د" for c in chars], [f"5{c}000" for c in chars], [f" و{c}م" for c in chars]):
        wrong = [text for text, key in zip(texts, by_kernel(texts), strict=True) if key != loose_key(text)]
        assert [[unicodedata.name(c, hex(ord(c))) for c in text] for text in wrong] == []


def test_common_text_does_not_take_the_way_of_the_reference():
    """The tables know letters, marks, digits and punctuation of Arabic and Latin news."""
    from dedup.kernels import normalize

    texts = [" ".join(WORDS), "الرئيس مُحَمَّدٌ قال: BBC 12/5/2023 – “نعم” … C5 + 1%", "ﻣﺪﺭﺳﺔ", "Straſe"]
    batch = pack_units(texts)
    _, _, _, rare = normalize.fold_batch(batch.points, batch.offsets, *compiled.tables(), ord("ي"), ord("ء"))
    assert rare.tolist() == [False] * len(texts)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.sampled_from("ابتثج ء东😀"), max_size=40), max_size=8),
    st.integers(1, 7),
    st.sampled_from([1, 16, 61, 130]),
    st.sampled_from([0, 1, 2**32 - 1]),
)
def test_signatures_are_those_of_datasketch(keys, size, num_perm, seed):
    from dedup.kernels import signatures

    batch = pack(keys)
    assert np.array_equal(minhash._of_code_points(pack_units(keys)).points, batch.points)
    a, b = minhash.permutations(num_perm, seed)
    values = signatures.sign_keys(batch.points, batch.offsets, size, seed, a, b)
    assert np.array_equal(values, minhash.sign_batch_reference(batch, num_perm, seed, size))
    assert values.dtype == np.uint32


def test_a_large_batch_is_signed_by_the_kernel_and_a_small_one_by_datasketch():
    keys = [f"تعاون وثيق مع كازاخستان {i}" for i in range(MANY)]
    large = minhash.sign(keys, num_perm=32).values
    assert np.array_equal(large, minhash.sign(keys * 30, num_perm=32, workers=4).values[: len(keys)])
    assert np.array_equal(large[:50], minhash.sign(keys[:50], num_perm=32).values)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 60), st.integers(0, 8), st.sampled_from([3, 100]), st.integers(1, 3), st.integers(0, 99))
def test_the_pairs_of_a_band_are_those_of_numpy(n, least, max_bucket, reach, seed):
    """Buckets, caps, lengths and agreement; the order is of no use to anybody."""
    from dedup.kernels import bands
    from dedup.sketch import lsh

    draw = np.random.default_rng(seed)
    prints = draw.integers(0, 3, (n, 8)).astype(np.uint8)
    lengths = draw.integers(50, 100, n).astype(np.int32)
    ordered = np.sort(draw.integers(0, 6, n).astype(np.uint64) << np.uint64(32) | np.arange(n, dtype=np.uint64))
    rest = (ordered, prints, lengths, least, 0.8, max_bucket, reach)
    (codes, capped), (expected, expected_capped) = bands.bucket_pairs(*rest), lsh.bucket_pairs(*rest)
    assert np.array_equal(np.unique(codes), np.unique(expected))
    assert capped == expected_capped
    first, second = np.divmod(codes, n)
    assert np.array_equal(bands.agreements(prints, first, second), lsh.agreements(prints, first, second))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 20), st.integers(1, 5), st.integers(1, 4), st.integers(0, 99))
def test_the_keys_of_bands_are_those_of_numpy(n, count, rows, seed):
    from dedup.kernels import bands
    from dedup.sketch import lsh

    values = np.random.default_rng(seed).integers(0, 2**32, (n, count * rows + 1), dtype=np.uint32)
    assert np.array_equal(bands.band_keys(values, count, rows), lsh.band_keys(values, count, rows))


COMPILING = """
from numba.core.event import Event, EventStatus, broadcast
from dedup import kernels
from dedup.kernels import load, when_compiling

load("bands", kernels.COMPILED_FROM)
said = []
for tell in (None, said.append, said.append, said.append):
    when_compiling(tell)
    for status in (EventStatus.START, EventStatus.START, EventStatus.END, EventStatus.END):
        broadcast(Event("numba:compile", status))
    print(len(said), end=" ")
"""


def test_that_something_is_compiled_is_told_once():
    """To the first of a process who wants to know it, however many kernels there are, and scans that need them."""
    done = subprocess.run([sys.executable, "-c", COMPILING], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout, done.stderr) == ("0 1 1 1 ", "")


def tables(memory=1e9):
    from dedup.kernels import normalize
    from dedup.text.keys import CompiledKeys, PlainKeys

    return PlainKeys("ar"), CompiledKeys(normalize, memory)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.lists(TEXTS | st.sampled_from(["", "نص", "النص", "𐎠𐎡 نص", "東京都は", "ﷺ", "قال ,5"]), max_size=6),
        max_size=5,
    ),
    st.sampled_from([0, 1e9]),
)
def test_equal_keys_become_one_number_in_the_order_of_the_text(batches, memory):
    """The compiled table against a dict, in memory and in a file: numbers, keys, words, characters, batches."""
    plain, compiled_keys = tables(memory)
    for texts in batches:
        assert plain.add(texts) == compiled_keys.add(texts)
    assert plain.words == compiled_keys.words
    assert plain.chars == compiled_keys.chars
    keys = [plain.get(i) for i in range(len(plain.words))]
    assert [compiled_keys.get(i) for i in range(len(keys))] == keys
    chunked = [minhash._of_code_points(batch) for _, batch in compiled_keys.chunks()]
    points = [
        batch.points[a:b].tolist() for batch in chunked for a, b in zip(batch.offsets, batch.offsets[1:], strict=False)
    ]
    assert points == [list(map(ord, key)) for key in keys]
    compiled_keys.close()


def test_the_table_grows_and_moves_from_the_plain_one():
    from dedup.text.keys import CompiledKeys, grown

    plain, _ = tables()
    early = ["قال الوزير", "قال الوزير", "𐎠𐎡", "東京"]
    plain.add(early)
    moved = grown(plain, "ar", MANY, 1e9)
    assert isinstance(moved, CompiledKeys)
    assert (moved.words, moved.chars) == (plain.words, plain.chars)
    many = [f"نص {i % 5_000} كذا" for i in range(12_000)]
    for low in range(0, len(many), 400):  # the table grows between two batches, and what moved is found again
        batch = [*early, *many[low : low + 400], *many[:400]]
        assert moved.add(batch) == plain.add(batch)
    assert grown(plain, "none", MANY, 1e9) is plain
    assert grown(plain, "ar", MANY - 1, 1e9) is plain


def test_the_hash_is_siphash():
    """Against the reference vectors of SipHash-1-3 with 128 bits, made by the algorithm in plain Python."""
    from dedup.kernels import keys

    mask = 2**64 - 1

    def plain(data, k0, k1):
        v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D ^ 0xEE, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

        def rounds(count):
            for _ in range(count):
                for a, b, c, turn in ((0, 1, 13, True), (2, 3, 16, False), (0, 3, 21, False), (2, 1, 17, True)):
                    v[a] = (v[a] + v[b]) & mask
                    v[b] = ((v[b] << c | v[b] >> (64 - c)) & mask) ^ v[a]
                    if turn:
                        v[a] = (v[a] << 32 | v[a] >> 32) & mask

        whole = data + bytes(7 - len(data) % 8) + bytes([len(data) // 2 & 255])
        for low in range(0, len(whole), 8):
            block = int.from_bytes(whole[low : low + 8], "little")
            v[3] ^= block
            rounds(1)
            v[0] ^= block
        v[2] ^= 0xEE
        rounds(3)
        first = v[0] ^ v[1] ^ v[2] ^ v[3]
        v[1] ^= 0xDD
        rounds(3)
        return first, v[0] ^ v[1] ^ v[2] ^ v[3]

    for text in ("", "ا", "اب", "ابت", "ابتث", "تعاون وثيق مع كازاخستان", "x" * 300):
        data = text.encode("utf-16-le")
        units = np.frombuffer(data, dtype=np.uint16)
        assert tuple(map(int, keys.siphash(units, 0, len(units), 3, 5))) == plain(data, 3, 5)


def texts_of_many():
    """Return texts in pairs: the second has one word more, every tenth is a copy."""
    texts = []
    for i in range(MANY // 2 + 100):
        draw = random.Random(i)
        text = " ".join(f"{draw.choice(WORDS)}{draw.choice(WORDS)}" for _ in range(14))
        texts += [text, text if i % 10 == 0 else f"{text} {draw.choice(WORDS)}"]
    return texts


def test_a_scan_is_the_same_compiled_and_not(tmp_path):
    """The same bytes, but for the notice that says which was used; and it is said once."""
    (tmp_path / "numba.py").write_text("raise ImportError('not for this Python')")
    (tmp_path / "texts.json").write_text(json.dumps(texts_of_many()))
    code = "import dedup, json, sys; print(json.dumps(dedup.scan(json.load(open(sys.argv[1])), level='rewritten').to_dict()))"
    reports = []
    for path in ("", str(tmp_path)):
        env = {**os.environ, "PYTHONPATH": path}
        command = [sys.executable, "-c", code, str(tmp_path / "texts.json")]
        reports.append(json.loads(subprocess.run(command, env=env, capture_output=True, check=True, cwd=ROOT).stdout))
    with_numba, without = reports
    *others, notice = without["summary"].pop("notices")
    assert with_numba["summary"].pop("notices") == others
    assert notice == "numba: cannot be loaded (ImportError: not for this Python); the same result takes longer"
    assert with_numba == without


def test_the_kernels_run_without_a_compiler():
    """`NUMBA_DISABLE_JIT=1`: the same functions as plain Python, so that coverage sees their lines."""
    code = """
import warnings; warnings.simplefilter("ignore")  # numpy warns of the overflow that uint32 arithmetic is
import numpy as np
from dedup.kernels import pack, normalize, signatures
from dedup.sketch import minhash
from dedup.text import compiled
from dedup.text.normalize import loose_key
import sys; sys.path.insert(0, "tests")
from test_normalize import read_cases
texts = [param.values[0] for param in read_cases()]
texts += ["5,000", "5,0000", "5,00", "5,\\u06540", "5.5", "5.\\u0640٥", "5. ", "شيء", "شيء شيء", "م" + "\\u064e" * 20]
texts += ["𐎠𐎡 نص", "東京都", "نص"]
from dedup.text.keys import CompiledKeys, PlainKeys
plain, table = PlainKeys("ar"), CompiledKeys(normalize, 0)
table._table, table._hashes = table._table[:2], table._hashes[:1]
assert table.add(texts) == plain.add(texts)
assert [table.get(i) for i in range(len(table.words))] == [plain.get(i) for i in range(len(plain.words))]
keys = ["", "نعم", "تعاون وثيق", "القائد الطبيعي"]
batch = pack(keys)
a, b = minhash.permutations(8, 1)
values = signatures.sign_keys(batch.points, batch.offsets, 5, 1, a, b)
assert np.array_equal(values, minhash.sign_batch_reference(batch, 8, 1, 5))
from dedup.kernels import bands
from dedup.sketch import lsh
assert np.array_equal(bands.band_keys(values, 4, 2), lsh.band_keys(values, 4, 2))
prints, lengths = values.astype(np.uint8), np.array([5, 5, 9, 5], dtype=np.int32)
ordered = np.arange(4, dtype=np.uint64)
for cap in (2, 9):
    found = [np.unique(f.bucket_pairs(ordered, prints, lengths, 0, 0.9, cap, 1)[0]) for f in (bands, lsh)]
    assert np.array_equal(*found)
many = np.zeros((50, 2), dtype=np.uint8)
assert len(bands.bucket_pairs(np.arange(50, dtype=np.uint64), many, np.ones(50, np.int32), 1, 0.5, 99, 1)[0]) == 1225
assert bands.agreements(prints, np.array([1, 1]), np.array([1, 2])).tolist()[0] == 8
from dedup.kernels import passages
from dedup.match.passages import passages_of, seeds_of, stream_of
from dedup.text.common import common_words
from dedup.text.vocabulary import words_of_keys
by_kernel, by_hand = words_of_keys(table, passages), words_of_keys(plain, None)
assert [list(column) for column in by_kernel] == [list(column) for column in by_hand]
shared = "كشفت الهيئة عن خطة لتأهيل شواطئ المدينة القديمة تشمل ممشى للدراجات وحدائق صغيرة ومرافق".split()
documents = [f"{word} {word}ه في".split() + shared + [word] * 3 for word in ("نهر", "بحر", "جبل")]
for indexed in (0, 2):
    for within in (False, True):
        stream = stream_of(documents, within)
        seeds = seeds_of(stream, common_words(), indexed=indexed, kernel=passages)
        found = passages_of(seeds, (8, 10))
        assert found == passages_of(seeds_of(stream, common_words(), indexed=indexed), (8, 10))
        assert found or (indexed and within)
"""
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_key_batches_know_their_size():
    assert len(pack(["ا", "ب"])) == 2
    assert len(Batch(np.empty(0, np.uint32), np.zeros(1, np.int64))) == 0
    assert dedup.scan([]).counts.paragraphs == 0
