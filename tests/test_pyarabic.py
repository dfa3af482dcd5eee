"""Why the folds are our own: what pyarabic's would do to news, one test each.

Each asserts what pyarabic 0.6.15 does, and that our key does not. If one fails after an upgrade,
pyarabic may have become right, and the fold can be reconsidered.
"""

import warnings

import pytest

from dedup.text.normalize import canonical_key, loose_key

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pyarabic import araby, normalize


def test_normalize_alef_folds_maksura_to_alef():
    """على becomes علا, and إلى, إلا, ألا become one word."""
    assert araby.normalize_alef("على") == "علا"
    assert araby.normalize_alef("إلى") == araby.normalize_alef("إلا")
    assert loose_key("إلى") != loose_key("إلا")
    assert loose_key("على") != loose_key("علا")


def test_normalize_alef_turns_the_superscript_alef_into_a_letter():
    assert araby.normalize_alef("هٰذا") == "هاذا"
    assert loose_key("هٰذا") == loose_key("هذا")


def test_normalize_hamza_keeps_apart_what_writers_confuse():
    """الإسلام and الاسلام differ after it: the one fold that news needs most."""
    assert araby.normalize_hamza("الإسلام") != araby.normalize_hamza("الاسلام")
    assert loose_key("الإسلام") == loose_key("الاسلام")


def test_normalize_hamza_depends_on_the_place_in_the_text():
    """A word's key must not change with its neighbours."""
    assert araby.normalize_hamza("قال آخر").split()[1] != araby.normalize_hamza("آخر")
    assert loose_key("قال آخر").split()[1] == loose_key("آخر")


def test_normalize_hamza_with_tasheel_breaks_decomposed_text():
    decomposed = "سو\u0654ال"
    assert araby.normalize_hamza(decomposed, method="tasheel") != araby.normalize_hamza("سؤال", method="tasheel")
    assert loose_key(decomposed) == loose_key("سؤال")


def test_normalize_hamza_with_tasheel_parts_two_spellings_of_one_word():
    assert araby.normalize_hamza("مسؤول", method="tasheel") != araby.normalize_hamza("مسئول", method="tasheel")
    assert loose_key("مسؤول") == loose_key("مسئول")


def test_strip_diacritics_deletes_a_decomposed_hamza():
    """سؤال in NFD becomes سوال: another word."""
    assert araby.strip_diacritics("سو\u0654ال") == "سوال"
    assert canonical_key("سو\u0654ال") == "سؤال"


@pytest.mark.parametrize("mark", ["\u0670", "\u06e1", "\u08f1", "\u0653"])
def test_strip_tashkeel_leaves_marks(mark):
    assert mark in araby.strip_tashkeel(f"م{mark}ن")
    assert canonical_key(f"ن{mark}م") == "نم"


def test_strip_tatweel_leaves_an_orphan_hamza():
    assert araby.strip_tatweel("مسـ\u0654ولية") == "مس\u0654ولية"
    assert loose_key("مسـ\u0654ولية") == loose_key("مسؤولية")


def test_normalize_ligature_knows_four_of_hundreds():
    assert araby.normalize_ligature("\ufefc\ufdf2") == "\ufefc\ufdf2"
    assert canonical_key("\ufefc \ufdf2") == "لا الله"


def test_normalize_searchtext_folds_yeh_to_alef():
    assert normalize.normalize_searchtext("سلمى") == "سلما"
    assert loose_key("سلمى") == loose_key("سلمي")


def test_normalize_teh_is_right():
    """The one fold that agrees with ours, letter for letter."""
    assert araby.normalize_teh("مدرسة") == "مدرسه" == loose_key("مدرسة")


def test_tokenize_cuts_a_decomposed_word():
    assert len(araby.tokenize("سو\u0654ال")) > 1
    assert loose_key("سو\u0654ال").split() == ["سءال"]


def test_sentence_tokenize_stops_after_32_sentences():
    """re.UNICODE is passed where re.sub takes a count; 40 sentences come back as 33 pieces."""
    assert len(araby.sentence_tokenize("قال نعم. " * 40)) < 40
