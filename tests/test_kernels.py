"""Compiled code is the reference, bit for bit; without numba the reference serves, and says so once."""

import json
import os
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
from dedup.kernels import KeyBatch, pack
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
    batch = pack(texts)
    _, _, rare = normalize.fold_batch(batch.points, batch.offsets, *compiled.tables(), ord("ي"), ord("ء"))
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
    a, b = minhash.permutations(num_perm, seed)
    values = signatures.sign_keys(batch.points, batch.offsets, size, seed, a, b)
    assert np.array_equal(values, minhash.sign_batch_reference(batch, num_perm, seed, size))
    assert values.dtype == np.uint32


def test_a_large_batch_is_signed_by_the_kernel_and_a_small_one_by_datasketch():
    keys = [f"تعاون وثيق مع كازاخستان {i}" for i in range(MANY)]
    large = minhash.sign(keys, num_perm=32).values
    assert np.array_equal(large, minhash.sign(keys * 30, num_perm=32, workers=4).values[: len(keys)])
    assert np.array_equal(large[:50], minhash.sign(keys[:50], num_perm=32).values)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 30), st.integers(1, 8), st.integers(0, 8), st.integers(0, 99))
def test_the_filter_is_that_of_numpy(n, slots, least, seed):
    from dedup.kernels import bands

    signatures = np.random.default_rng(seed).integers(0, 3, (n, 8)).astype(np.uint32)
    pairs = np.array([(i, j) for i in range(n) for j in range(i + 1, n)])
    expected = (signatures[pairs[:, 0], :slots] == signatures[pairs[:, 1], :slots]).sum(axis=1) >= least
    assert np.array_equal(bands.agreeing(signatures, pairs, slots, least), expected)


def texts_of_many():
    return [" ".join(WORDS[(i * k) % len(WORDS)] for k in range(1, 14)) + f" {i // 2}" for i in range(MANY + 200)]


def test_a_scan_is_the_same_compiled_and_not(tmp_path):
    """The same bytes, but for the notice that says which was used; and it is said once."""
    (tmp_path / "numba.py").write_text("raise ImportError('not for this Python')")
    (tmp_path / "texts.json").write_text(json.dumps(texts_of_many()))
    code = "import dedup, json, sys; print(json.dumps(dedup.scan(json.load(open(sys.argv[1]))).to_dict()))"
    reports = []
    for path in ("", str(tmp_path)):
        env = {**os.environ, "PYTHONPATH": path}
        command = [sys.executable, "-c", code, str(tmp_path / "texts.json")]
        reports.append(json.loads(subprocess.run(command, env=env, capture_output=True, check=True, cwd=ROOT).stdout))
    with_numba, without = reports
    assert with_numba["summary"].pop("notices") == []
    (notice,) = without["summary"].pop("notices")
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
assert compiled._compiled_keys(texts, normalize) == [loose_key(t) for t in texts]
keys = ["", "نعم", "تعاون وثيق", "القائد الطبيعي"]
batch = pack(keys)
a, b = minhash.permutations(8, 1)
values = signatures.sign_keys(batch.points, batch.offsets, 5, 1, a, b)
assert np.array_equal(values, minhash.sign_batch_reference(batch, 8, 1, 5))
from dedup.kernels import bands
assert bands.agreeing(values, np.array([[1, 1], [1, 2]]), 8, 8).tolist() == [True, False]
"""
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_key_batches_know_their_size():
    assert len(pack(["ا", "ب"])) == 2
    assert len(KeyBatch(np.empty(0, np.uint32), np.zeros(1, np.int64))) == 0
    assert dedup.scan([]).counts.paragraphs == 0
