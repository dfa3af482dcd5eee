"""The main job: the repeated paragraphs of the Blinken article, in every spelling of it."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

import dedup

SEEDS = Path(__file__).parents[1] / "seeds"
BLINKEN = "004_5e32a4f81c8668bc.txt"
FOUND = [("near", 16, 9), ("near", 4, 1), ("rewritten", 17, 12)]
"""In the Blinken article; in the other one, a sentence comes again."""
PASSAGE = ("passage", 4, 2)

HARAKAT = "\u064e\u064f\u0650\u0652\u0651\u064b"


def vocalised(text):
    """Give every letter that has no mark one, the way a vocalised text looks."""
    letters = iter(range(len(text)))
    return re.sub(r"[\u0621-\u063a\u0641-\u064a](?![\u064b-\u0652])", lambda m: m[0] + HARAKAT[next(letters) % 6], text)


def presentation_forms(text):
    """Write letters in their isolated and final shapes, lam-alef as one code point."""
    shapes = {}
    for code in (*range(0xFE80, 0xFEFD),):
        letters = unicodedata.normalize("NFKC", chr(code))
        shapes.setdefault(letters, chr(code))
    pattern = "|".join(sorted(map(re.escape, shapes), key=len, reverse=True))
    return re.sub(pattern, lambda m: shapes[m[0]], text)


def strewn(text):
    """Put tatweel between letters and bidi marks round words."""
    text = re.sub(r"(?<=[بتثجحخسشصضطظعغفقكلمنهي])(?=[\u0621-\u064a])", "ـ", text)
    return "\u200f" + re.sub(r" ", " \u202b\u202c\u200f", text)


SPELLINGS = {
    "vocalised": vocalised,
    "without the hamza of alef": lambda text: re.sub("[أإآ]", "ا", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "presentation forms": presentation_forms,
    "tatweel and bidi marks": strewn,
}


def without_any_hamza(text):
    return re.sub("[أإآؤئء]", lambda m: {"ؤ": "و", "ئ": "ي", "ء": ""}.get(m[0], "ا"), text)


@pytest.fixture(scope="module")
def article():
    return (SEEDS / BLINKEN).read_text("utf-8")


def findings(report):
    return [(m.kind, m.a.paragraph, m.b.paragraph) for m in report.matches]


def test_the_seeds_give_three_pairs_a_passage_and_nothing_else():
    report = dedup.scan(SEEDS)
    assert findings(report) == [*FOUND, PASSAGE]
    assert {Path(p.doc).name for m in report.matches[:3] for p in (m.a, m.b)} == {BLINKEN}
    assert [round(m.score, 2) for m in report.matches] == [0.91, 1.00, 0.77, 0.85]
    assert (report.verdict, report.exit_code) == ("block", 1)
    assert (report.counts.documents, report.counts.paragraphs) == (2, 31)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_the_article_gives_the_same_pairs(article, spelling):
    other = SPELLINGS[spelling](article)
    assert other != article
    assert findings(dedup.scan(other)) == FOUND


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_each_paragraph_is_normalized_with_its_twin_in_another_spelling(article, spelling):
    other = SPELLINGS[spelling](article)
    report = dedup.scan([article, other], scope="between", level="normalized")
    twins = {(m.a.paragraph, m.b.paragraph) for m in report.matches}
    assert twins == {(number, number) for number in range(1, 22)}
    changed = [a != b for a, b in zip(article.splitlines(), other.splitlines(), strict=True)]
    for match in report.matches:
        assert match.kind == ("normalized" if changed[match.a.paragraph - 1] else "exact")


def test_without_any_hamza_the_same_pairs_and_each_paragraph_near_its_twin(article):
    other = without_any_hamza(article)
    assert findings(dedup.scan(other)) == FOUND
    report = dedup.scan([article, other], scope="between")
    twins = {(m.a.paragraph, m.b.paragraph) for m in report.matches if m.kind in ("exact", "normalized", "near")}
    assert {(number, number) for number in range(1, 22)} <= twins


def test_only_letters_differ_counts_as_spelling(article):
    report = dedup.scan([article, SPELLINGS["without the hamza of alef"](article)], scope="between", level="normalized")
    by_spelling = {m.a.paragraph: m.spelling for m in report.matches if m.kind == "normalized"}
    assert all(by_spelling.values())
    report = dedup.scan([article, vocalised(article)], scope="between", level="normalized")
    assert not any(m.spelling for m in report.matches)


@pytest.mark.parametrize("generator", ["all-pairs", "banding"])
def test_both_generators_find_the_seeds(generator):
    """The report names which was used, and is the same but for that."""
    report = dedup.scan(SEEDS, generator=generator)
    assert report.generator.name == generator
    assert findings(report) == [*FOUND, PASSAGE]


def test_the_passage_of_the_other_article_has_its_spans():
    """A sentence of ten words that the article says twice, once as a quotation; a word is moved, one exchanged."""
    (match,) = dedup.scan(SEEDS).passages
    (b,), (a,) = match.spans.b, match.spans.a
    assert b.text == "سيكون المفتاح هو التعاون الوثيق مع كازاخستان، الزعيم الطبيعي للمنطقة"
    assert a.text == "المفتاح سيكون التعاون الوثيق مع كازاخستان، القائد الطبيعي للمنطقة"
    assert (b.words, a.words, b.paragraph.paragraph, a.paragraph.paragraph) == (10, 9, 2, 4)
    for span in (a, b):
        text = (SEEDS / Path(span.paragraph.doc).name).read_text("utf-8")
        assert text[span.start : span.end] == span.text
    assert match.containment == pytest.approx((9 / 74, 10 / 48))
    changed = [(op.b_text, op.a_text) for op in match.diff() if op.tag != "equal"]
    assert ("الزعيم", "القائد") in changed


def test_the_name_of_an_institution_is_no_passage():
    """Paragraphs 19 and 20 both name a research centre."""
    for level in ("rewritten", "passage"):
        assert not [m for m in dedup.scan(SEEDS, level=level).matches if {m.a.paragraph, m.b.paragraph} == {19, 20}]


def test_the_report_is_the_same_for_any_number_of_workers():
    one, four = (dedup.scan(SEEDS, workers=n, generator="all-pairs").to_dict() for n in (1, 4))
    assert json.dumps(one) == json.dumps(four)
