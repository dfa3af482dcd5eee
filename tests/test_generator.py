"""The texts that benchmarks run on: repeatable, as many as asked for, and their twins where they are said to be."""

import functools
import itertools
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz

from dedup.text.normalize import loose_key

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are not installed
from benchmarks.generator import BLOCK, DELAY, FORMULA_INSTANCES, Generator

COUNT = 5_000
ARABIC = re.compile("[\u0621-\u064a]")


@functools.cache
def made():
    generator = Generator(seed=3)
    texts = generator.paragraphs(COUNT)
    return texts, generator.planted, generator.formula_places


def scores_of(pairs):
    texts = made()[0]
    return np.array([fuzz.ratio(loose_key(texts[a]), loose_key(texts[b])) / 100 for a, b in pairs])


def test_a_seed_decides_every_text():
    assert Generator(seed=3).paragraphs(COUNT) == made()[0]
    assert Generator(seed=4).paragraphs(100) != Generator(seed=3).paragraphs(100)


def test_a_stream_gives_the_list_and_its_twins():
    generator = Generator(seed=3)
    assert list(generator.texts(COUNT)) == made()[0]
    assert all((a == b).all() for a, b in zip(generator.planted, made()[1], strict=True))


def test_two_streams_do_not_disturb_each_other():
    first, second = (Generator(seed=5).texts(2_500) for _ in range(2))
    assert all(a == b for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("count", [0, 1, 7, 99, BLOCK, 1_501, 3_333])
def test_counts_are_exact(count):
    generator = Generator()
    assert len(generator.paragraphs(count)) == count
    assert len(generator.planted[0]) == count // 10
    assert len(generator.formula_places[0]) == count // 100


@pytest.mark.parametrize(("twins", "formulas"), [(0.0, 0.0), (0.3, 0.1), (0.0, 0.1), (0.3, 0.0)])
def test_shares_are_kept(twins, formulas):
    generator = Generator(twins=twins, formulas=formulas)
    assert len(generator.paragraphs(8_000)) == 8_000
    assert len(generator.planted[0]) == int(8_000 * twins)
    assert len(generator.formula_places[0]) == int(8_000 * formulas)


@pytest.mark.parametrize("shares", [{"twins": 0.4}, {"twins": -0.1}, {"formulas": 0.2}])
def test_shares_that_do_not_fit_are_refused(shares):
    with pytest.raises(ValueError, match="twins from 0 to"):
        Generator(**shares)


def test_twins_stand_where_they_are_said_to():
    """Chance texts score about 0.5; each band of the scores asked for has its part of the twins."""
    first, second = made()[1]
    assert len({*first.tolist(), *second.tolist()}) == 2 * len(first)
    assert ((first < second) & (second < COUNT)).all()
    found = scores_of(zip(first.tolist(), second.tolist(), strict=True))
    assert (found >= 0.70).mean() > 0.85
    assert (found > 0.55).mean() > 0.98
    shares, _ = np.histogram(found[found >= 0.70], bins=np.linspace(0.70, 1.0001, 7))
    assert (shares / shares.sum()).min() > 0.08
    assert (shares / shares.sum()).max() < 0.27


def test_twins_are_apart_but_not_too_far():
    generator = Generator(formulas=0.0)
    count = 3 * DELAY * BLOCK // 10
    assert sum(1 for _ in generator.texts(count)) == count
    first, second = generator.planted
    assert (second - first).max() < (DELAY + 1) * BLOCK
    assert np.median(second - first) > BLOCK
    assert (second - first == 1).mean() < 0.01


def test_unrelated_texts_are_not_alike():
    first, second = made()[1]
    alone = np.setdiff1d(np.arange(COUNT), np.concatenate((first, second, made()[2][0])))
    assert scores_of(itertools.pairwise(alone[:200].tolist())).max() < 0.65


def test_formulas_are_bounded_and_alike():
    places, templates = made()[2]
    _, instances = np.unique(templates, return_counts=True)
    assert 1 < instances.max() < FORMULA_INSTANCES[1]
    pairs = [p for n in np.unique(templates) for p in itertools.combinations(places[templates == n].tolist(), 2)]
    found = scores_of(pairs)
    assert 0.75 <= np.median(found) <= 0.95
    assert ((found > 0.65) & (found < 0.99)).mean() > 0.95


def test_texts_are_arabic_paragraphs():
    texts = made()[0]
    lengths = [len(loose_key(text).split()) for text in texts[:2_000]]
    assert min(lengths) >= 8
    assert 35 <= np.median(lengths) <= 65
    assert all(ARABIC.search(text) and text == text.strip() and "\n" not in text for text in texts)
    letters = "".join(texts)
    assert sum(map(str.isalpha, letters)) > 0.7 * len(letters)


def test_normalisation_has_work():
    texts = " ".join(made()[0])
    assert all(mark in texts for mark in '،.«»()"ـًّ٣5أإى\u00a0')
    assert any(loose_key(text) != text for text in made()[0][:10])


def test_there_are_always_new_words():
    words = [word for text in made()[0] for word in loose_key(text).split()]
    half = len(words) // 2
    assert len(set(words)) > 1.3 * len(set(words[:half]))
