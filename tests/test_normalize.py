"""The two keys: 93 cases, and the laws that hold for any text."""

import itertools
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dedup
from dedup.text import letters
from dedup.text.normalize import PROFILES, canonical_key, loose_key, make_key, place_of, words_of
from dedup.text.offsets import MappedText
from dedup.text.tokens import token_spans, tokens

CASES = Path(__file__).with_name("normalization_cases.tsv")


def unescaped(text):
    text = re.sub(r"\\U([0-9A-F]{8})|\\u([0-9A-F]{4})", lambda m: chr(int(m[1] or m[2], 16)), text)
    return text.replace("␠", " ")


def read_cases():
    for line in CASES.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            reason, text, canonical, loose = line.split("\t")
            canonical = unescaped(canonical)
            loose = canonical if loose == "same" else unescaped(loose)
            yield pytest.param(unescaped(text), canonical, loose, id=reason)


ARABIC = st.sampled_from(
    [chr(c) for c in (*range(0x600, 0x700), *range(0x8A0, 0x900), *range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00))]
)
HARD = st.sampled_from(
    list(
        " \u200c\u200d\u0301\u0345\u0308\u0344\u20e3\"'«».,،٫٬:0123456789_-aAßİǰŉﬁ\ud800😀किกำ가ᄀ\u1161\u11a8\u212b\u1fb4"
    )
)
MARK_RUNS = st.builds(
    lambda marks, n: marks * n,
    st.sampled_from(["\u0301", "\u064e\u0651", "\u0344\u0327", "\u0301\u200c"]),
    st.integers(5, 40),
)
TEXTS = st.lists(st.one_of(ARABIC, HARD, st.characters(), MARK_RUNS), max_size=14).map("".join)


def mapped(text, profile):
    result = MappedText(text)
    for rule in PROFILES[profile]:
        result.apply(rule.edits(result.text))
    return result


@pytest.mark.parametrize(("text", "canonical", "loose"), list(read_cases()))
def test_case(text, canonical, loose):
    """Each case of the specification gives the two keys it names, in bulk and with a map."""
    assert canonical_key(text) == canonical
    assert loose_key(text) == loose
    assert mapped(text, "ar-strict").text == canonical
    assert mapped(text, "ar").text == loose


def test_all_cases_are_there():
    assert len(list(read_cases())) == 93


@given(TEXTS)
@example("'1.\u08d1\u066b1")  # a removed mark brought two decimal separators together
@example("é" + "\u0301" * 30)  # decomposed, the run is one mark longer
def test_normalising_twice_is_normalising_once(text):
    """A key is its own key; and the loose key can be made from the canonical one."""
    canonical, loose = canonical_key(text), loose_key(text)
    assert canonical_key(canonical) == canonical
    assert loose_key(loose) == loose
    assert loose_key(canonical) == loose


@given(TEXTS)
@example("é" + "\u0301" * 30)
def test_canonically_equal_texts_have_equal_keys(text):
    """NFD and NFC of a text have its keys."""
    for form in ("NFD", "NFC"):
        assert canonical_key(unicodedata.normalize(form, text)) == canonical_key(text)


@given(TEXTS, st.sampled_from(sorted(PROFILES)))
@example("_\u094d،", "ar")
def test_the_map_path_is_the_bulk_path_and_covers_every_character(text, profile):
    """Edits with offsets give the bulk key; the spans cover the whole source, in order, without a gap."""
    result = mapped(text, profile)
    assert result.text == make_key(text, profile)
    assert len(result.text) == len(result.starts) == len(result.ends)
    if result.text:
        assert result.starts[0] == 0
        assert result.ends[-1] == len(text)
        for (s0, e0), (s1, e1) in itertools.pairwise(zip(result.starts, result.ends, strict=True)):
            assert s0 <= s1 <= e0 <= e1 or (s0, e0) == (s1, e1)


@pytest.mark.parametrize(
    ("text", "key_part", "original"),
    [
        pytest.param("قال مُحَمَّدٌ أمس", "محمد", "مُحَمَّدٌ", id="a word comes with its marks"),
        pytest.param("قال ﷺ", "صلي الله عليه وسلم", "ﷺ", id="the words of a ligature lead to the ligature"),
        pytest.param("ﻻ", "لا", "ﻻ", id="lam-alef in one code point"),
        pytest.param("العـربية", "العربيه", "العـربية", id="tatweel inside"),
        pytest.param("عام 202\u202a2\u202c.", "2022", "202\u202a2", id="a bidi control inside, none at the edge"),
        pytest.param("قال «نعم»!", "نعم", "نعم", id="quotation marks do not belong to the word"),
        pytest.param("\u200f«نعم» قال", "نعم", "نعم", id="nor does what was removed before the first word"),
        pytest.param('و"الشريك" قال', "والشريك", 'و"الشريك', id="a quotation mark inside does"),
        pytest.param("مسؤ\u0654ول", "مسءول", "مسؤ\u0654ول", id="a decomposed hamza"),
    ],
)
def test_a_part_of_the_key_leads_back_to_the_original(text, key_part, original):
    """A highlight quotes the original: whole words with their marks."""
    normalized = dedup.normalize(text)
    at = normalized.text.index(key_part)
    low, high = normalized.map.span(at, at + len(key_part))
    assert text[low:high] == original


def test_a_span_outside_the_key_is_an_error():
    with pytest.raises(IndexError, match="a key of 3"):
        dedup.normalize("نعم").map.span(2, 9)


@given(TEXTS)
def test_words_quote_the_text(text):
    """Each word's span holds its original spelling, in order, and the words' keys are the tokens of the key."""
    for profile in PROFILES:
        words = words_of(text, profile)
        assert [text[w.start : w.end] for w in words] == [w.text for w in words]
        assert [w.key for w in words] == tokens(make_key(text, profile))
        assert all(a.start <= b.start for a, b in itertools.pairwise(words))


WRITTEN = (
    *("قال", "«نعم»", "مُحَمَّد", "١٬٠٠٠", "(ا.ف.ب)", "بـ«التعاون»،", 'و"الشيعة"', "ﷺ", "8.6%", "كتـــاب", "10/10/1436ه"),
    *(
        "Straße",
        "東京都",
        "e\u0301te\u0301",
        "أ\u200fب",
        "ئ\u064a\u0621",
        "-",
        "«",
        "",
        "x_y",
        "شيىء.\n",
        "http://a.b/c?d=1,5",
    ),
)


@given(st.lists(st.sampled_from(WRITTEN)).map(" ".join))
@example("ﷺ ﷺ")
def test_words_stand_where_the_map_says(text):
    """What words are remembered by, piece by piece, is what the map of the whole text says."""
    whole = dedup.normalize(text)
    spans = [whole.map.span(*span) for span in token_spans(whole.text)]
    assert [(word.start, word.end) for word in words_of(text)] == spans


@given(
    st.lists(st.sampled_from(WRITTEN)).map(" ".join),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from(list(PROFILES)),
)
def test_some_of_the_words_are_those_of_all(text, first, last, profile):
    """Asking for a range of words gives what stands there among all of them."""
    assert words_of(text, profile, first, last) == words_of(text, profile)[first:last]
    if words := words_of(text, profile, first, last):
        assert place_of(text, profile, first, last) == (words[0].start, words[-1].end, len(words))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" + "\u0301\u0327" * 50_000, id="alternating marks: Unicode would sort them in quadratic time"),
        pytest.param("م" + "\u064e\u0651" * 50_000, id="alternating harakat"),
        pytest.param("ي" * 100_000, id="yeh without a hamza"),
        pytest.param("ى" * 100_000, id="seats without a hamza"),
        pytest.param("و" + '"' * 100_000, id="quotation marks after a proclitic"),
        pytest.param("e" + "\u0301\u200c" * 50_000, id="marks kept apart by joiners"),
        pytest.param("١،٠٠٠" * 25_000, id="thousands"),
        pytest.param(" ." * 50_000, id="separators"),
    ],
)
@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_no_text_is_slow(text, profile):
    """Time is linear in the text: in quadratic time, each of these takes 10^10 steps."""
    assert mapped(text, profile).text == make_key(text, profile)


def test_a_run_of_marks_that_is_no_writing_is_cut():
    assert canonical_key("a" + "\u0301" * 31 + "b") == "ab"
    assert canonical_key("e" + "\u0301" * 29 + "b") == unicodedata.normalize("NFC", "e" + "\u0301" * 29 + "b")


def test_lone_surrogates_count_as_replacement_characters():
    for profile in PROFILES:
        assert make_key("نص\ud800نص\udfff", profile) == make_key("نص\ufffdنص\ufffd", profile)


def test_profiles():
    """`ar` is the loose key, `ar-strict` the canonical one, `none` the text without outer whitespace."""
    text = "  إلى المدرسةِ\n"
    assert dedup.normalize(text, "ar").text == "الي المدرسه"
    assert dedup.normalize(text, "ar-strict").text == "إلى المدرسة"
    assert dedup.normalize(text, "none").text == "إلى المدرسةِ"
    assert str(dedup.normalize(text)) == dedup.normalize(text).loose
    with pytest.raises(dedup.SettingsError, match='did you mean "ar-strict"'):
        dedup.normalize(text, "ar-strikt")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("Καλημέρα ΚΌΣΜΕ", "καλημέρα κόσμε", id="Greek"),
        pytest.param("Straße ÉCOLE", "strasse école", id="Latin"),
        pytest.param("हिन्दी में", "हिन्दी में", id="Devanagari keeps its vowel signs"),
        pytest.param("ภาษาไทยที่ดี", "ภาษาไทยที่ดี", id="Thai keeps its tone marks"),
        pytest.param("東京都、千代田区。", "東京都 千代田区", id="Japanese"),
        pytest.param("한국어 한국어", "한국어 한국어", id="Korean, composed and not"),
        pytest.param("שָׁלוֹם", unicodedata.normalize("NFC", "שָׁלוֹם"), id="Hebrew keeps its points"),
    ],
)
def test_other_scripts_are_left_alone(text, key):
    """Arabic rules touch no other script; case and punctuation fold everywhere."""
    assert loose_key(text) == key


# --- the tables, against Unicode's own -----------------------------------------------------------


def test_no_combining_character_is_a_word_character_or_a_space():
    """The search for long runs of marks relies on it."""
    combining = [chr(c) for c in range(sys.maxunicode + 1) if unicodedata.combining(chr(c))]
    assert len(combining) > 800
    assert not [c for c in combining if re.match(r"[\w\s]", c)]


def test_composing_characters_are_those_of_unicode():
    """Every character of class 0 that joins the one before it stands in the table."""
    second = set()
    for code in range(sys.maxunicode + 1):
        decomposed = unicodedata.normalize("NFD", chr(code))
        if unicodedata.combining(chr(code)) == 0 and unicodedata.combining(decomposed[0]):
            second.add(chr(code))
        parts = unicodedata.decomposition(chr(code)).split()
        composes = unicodedata.is_normalized("NFC", chr(code))
        if composes and len(parts) == 2 and not parts[0].startswith("<"):
            char = chr(int(parts[1], 16))
            if unicodedata.combining(char) == 0:
                second.add(char)
    second |= {chr(c) for c in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}  # Hangul composes by rule
    table = {chr(c) for c in range(sys.maxunicode + 1) if re.match(f"[{letters.COMPOSING}]", chr(c))}
    assert second <= table


def test_a_fold_never_leads_to_a_folded_letter():
    """One pass over the letters is enough."""
    assert not set(letters.LETTER_FOLDS.values()) & set(letters.LETTER_FOLDS)


@settings(max_examples=20)
@given(st.integers(0xFB50, 0xFEFC).map(chr))
def test_presentation_forms_leave_no_presentation_form(char):
    """What a key holds of a joined shape are plain letters."""
    assert not re.search("[\ufb50-\ufdfb\ufe70-\ufefc]", loose_key(f"م{char}د"))
