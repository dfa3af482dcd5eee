"""Tokens and words, with spaces and without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.text.normalize import loose_key
from dedup.text.tokens import token_spans, tokens, word_count


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        pytest.param("قال الوزير أمس", ["قال", "الوزير", "امس"], 3, id="Arabic"),
        pytest.param("The minister said", ["the", "minister", "said"], 3, id="English"),
        pytest.param("نمی‌خواهم بروم", ["نميخواهم", "بروم"], 2, id="Persian, joined by ZWNJ"),
        pytest.param("東京都知事", ["東", "京", "都", "知", "事"], 3, id="Chinese and Japanese: two characters a word"),
        pytest.param("ที่ดี", ["ที่", "ดี"], 1, id="Thai: a character keeps its vowel and tone"),
        pytest.param("မြန်မာ", ["မြ", "န်", "မာ"], 2, id="Burmese: three letters and their signs"),
        pytest.param("भारत सरकार", ["भारत", "सरकार"], 2, id="Hindi: spaces and vowel signs"),
        pytest.param("قال 東京 BBC", ["قال", "東", "京", "bbc"], 3, id="mixed"),
        pytest.param("", [], 0, id="empty"),
    ],
)
def test_tokens_of_a_language(text, expected, words):
    """A token is what spaces enclose; without spaces, one character with its marks."""
    key = loose_key(text)
    if expected is not None:
        assert tokens(key) == expected
    assert word_count(key) == words


@given(st.text(alphabet=st.sampled_from(list("اب 東京ที่はक ि")), max_size=30))
def test_spans_are_those_of_the_tokens(text):
    """Spans, in order, hold the tokens; between them stand only spaces."""
    key = loose_key(text)
    spans = list(token_spans(key))
    assert [key[low:high] for low, high in spans] == tokens(key)
    assert "".join(tokens(key)) == key.replace(" ", "")
