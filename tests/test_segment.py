"""Paragraphs: exact spans, line numbers, and which newline separates."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.model import Document
from dedup.text.segment import is_blank, paragraph_of, segment

SENTENCE = "أعلنت وزارة التعليم أمس أن المدارس ستفتح أبوابها في الموعد المحدد وأن الكتب وصلت إلى كل المناطق"
OTHER = "وقال مدير المدرسة إن عدد التلاميذ زاد هذا العام على ما كان عليه في العام الماضي بنسبة كبيرة جدا"


def rules(text, **settings):
    return [found.rule for found in segment(Document("1", text), **settings)]


def texts(text, **settings):
    return [p.text for p in dedup.paragraphs(text, **settings)]


def wrapped(text, width):
    return "\n".join(textwrap.wrap(text, width))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("أول\nثان\nثالث", ["أول", "ثان", "ثالث"], id="one a line, as the seeds"),
        pytest.param("أول\n\nثان\n \nثالث", ["أول", "ثان", "ثالث"], id="blank lines"),
        pytest.param("أول\n\nثان\nثالث", ["أول", "ثان", "ثالث"], id="a block of several lines"),
        pytest.param("أول\r\n\r\nثان\rثالث", ["أول", "ثان", "ثالث"], id="any newline"),
        pytest.param("أول\u2029ثان\u2028ثالث", ["أول", "ثان", "ثالث"], id="Unicode's own separators"),
        pytest.param(
            "أول\n\u00a0\u200f\u202b\u202c\ufeff\nثان", ["أول", "ثان"], id="a line of NBSP and bidi marks is blank"
        ),
        pytest.param("\ufeff\u200f\n", [], id="nothing visible, no paragraph"),
        pytest.param("\n\n  أول  \n", ["أول"], id="outer whitespace is excluded"),
        pytest.param("* * *\n\nأول", ["* * *", "أول"], id="a paragraph without a key is one"),
        pytest.param("", [], id="empty"),
    ],
)
def test_paragraphs_of_a_text(text, expected):
    assert texts(text) == expected


def test_a_hard_wrapped_block_is_one_paragraph():
    """All lines but the last of one width, most in mid-sentence: the newlines are the wrapper's."""
    text = wrapped(f"{SENTENCE} {OTHER} {SENTENCE}.", 60)
    assert text.count("\n") > 3
    assert rules(text) == ["wrapped"]
    assert rules(f"{text}\n\n{wrapped(OTHER + ' ' + SENTENCE, 60)}") == ["wrapped", "wrapped"]


def test_a_wrapped_paragraph_of_two_lines_is_known_by_the_rest_of_the_document():
    two = wrapped(f"{SENTENCE}", 60)
    assert two.count("\n") == 1
    assert rules(two) == ["line", "line"]
    assert rules(f"{two}\n\n{wrapped(f'{SENTENCE} {OTHER}', 60)}") == ["wrapped", "wrapped"]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([f"{SENTENCE}.", f"{OTHER}.", f"{SENTENCE}!", "نعم"], id="sentences that end"),
        pytest.param(["قال", f"{SENTENCE} {OTHER}", "ثم", SENTENCE], id="widths that differ"),
        pytest.param([f"- {SENTENCE}", f"- {OTHER}", f"- {SENTENCE}"], id="a list"),
        pytest.param([f"{SENTENCE} {OTHER} " * 3] * 3, id="wider than any wrapper makes lines"),
        pytest.param(["نعم لا", "لا نعم", "ربما"], id="narrower than any wrapper makes lines"),
    ],
)
def test_a_block_that_does_not_look_wrapped_is_one_paragraph_a_line(lines):
    assert rules("\n".join(lines)) == ["line"] * len(lines)


def test_the_rule_can_be_chosen():
    """`blank` joins the lines of a block, `line` never does."""
    text = f"أول\nثان\n\n{wrapped(f'{SENTENCE} {OTHER}', 60)}"
    assert rules(text, rule="blank") == ["blank", "blank"]
    assert set(rules(text, rule="line")) == {"line"}
    assert len(texts(text, paragraphs="line")) == text.count("\n")
    assert texts(text, paragraphs="blank")[0] == "أول\nثان"


def test_numbers_and_lines_count_from_one_over_all_paragraphs():
    found = dedup.paragraphs("\n\nعنوان\n\n* * *\r\n\r\nنص أول\rنص ثان")
    assert [(p.paragraph, p.line, p.words) for p in found] == [(1, 3, 1), (2, 5, 0), (3, 7, 2), (4, 8, 2)]


LINES = st.text(alphabet=st.sampled_from(list("اب. ،\n\r\t\u2028\u00a0\u200f\x0b\x85ـ5-")), max_size=60)


@given(LINES, st.sampled_from(["auto", "blank", "line"]))
def test_spans_give_back_the_text_and_nothing_is_lost(text, rule):
    """``text[start:end]`` is the paragraph; in order, apart, and between them stands nothing visible."""
    done = 0
    for p in dedup.paragraphs(text, paragraphs=rule):
        assert text[p.start : p.end] == p.text == p.text.strip()
        assert not is_blank(p.text)
        assert is_blank(text[done : p.start])
        before = text[: p.start]
        assert p.line == 1 + before.count("\n") + before.count("\r") - before.count("\r\n")
        done = p.end
    assert is_blank(text[done:])


@given(st.text(alphabet=st.sampled_from(list("اب. ،\n؟\u0301")), min_size=101, max_size=700))
def test_an_over_long_paragraph_comes_in_parts_and_nothing_is_lost(text):
    """No part is longer than the limit; parts keep the number and count from 1."""
    document = Document("1", text)
    found = [paragraph_of(document, piece) for piece in segment(document, "blank", 100)]
    assert all(len(p.text) <= 100 and text[p.start : p.end] == p.text for p in found)
    visible = "".join(text.split())
    assert "".join("".join(p.text.split()) for p in found) == visible
    for number in {p.paragraph for p in found}:
        parts = [p.part for p in found if p.paragraph == number]
        assert parts in ([None], list(range(1, len(parts) + 1)))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        pytest.param(("كلمة " * 15 + "انتهى. ") * 3, ".", id="at a sentence"),
        pytest.param(("كلمة " * 15 + "انتهى، ") * 3, "،", id="else at a clause"),
        pytest.param("كلمة " * 60, "ة", id="else at a space"),
    ],
)
def test_parts_end_where_a_reader_would_pause(text, end):
    first = next(iter(segment(Document("1", text.strip()), "auto", 100)))
    assert first.rule == "split"
    assert first.text.endswith(end)


def test_a_letter_keeps_its_marks_where_nothing_else_can_be_cut():
    found = [f.text for f in segment(Document("1", "مَ" * 101), "auto", 101)]
    assert all(part.startswith("م") for part in found)


def test_the_report_says_what_was_split():
    report = dedup.scan(["كلمة " * 3000], level="normalized")
    assert report.paragraph_rules == {"split": 1}
    assert report.notices == ("1: paragraph 1: longer than 10,000 characters; compared in 2 parts",)
    assert report.counts.paragraphs == 1


def test_other_languages_are_split_at_their_own_sentences():
    first = next(iter(segment(Document("1", "東京都は発表した。" * 20), "auto", 100)))
    assert first.text.endswith("。")


class Streamed(Document):
    """A document of which nothing may be assumed, as one that stays in its file."""


@given(
    st.lists(st.sampled_from(["", " ", "\u200f", "اب.", " ج د ", "- ه", "و" * 30, "\x0b", "ز\r"]), max_size=9),
    st.sampled_from(["auto", "blank", "line"]),
)
def test_a_document_in_memory_has_the_paragraphs_of_one_that_is_streamed(lines, rule):
    """What is found quickly, a line at a time between blank ones, is what looking it over finds."""
    text = "\n".join(lines)
    assert list(segment(Document("1", text), rule)) == list(segment(Streamed("1", text), rule))
