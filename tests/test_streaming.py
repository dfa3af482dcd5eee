"""`dedup.stream`: the decisions of `keep_indices`, for texts that come one by one and are not held."""

import gc
import weakref

import pytest
from conftest import ARTICLE, OTHER, REPEATED, SPELLED
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup

LONGER = f"{REPEATED} وقالت الشركة"
TEXTS = st.lists(
    st.sampled_from(
        [ARTICLE, f" {ARTICLE}", SPELLED, REPEATED, LONGER, OTHER, f"{ARTICLE}\n\n{OTHER}", "* * *", "", None]
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(
    TEXTS,
    st.fixed_dictionaries(
        {
            "level": st.sampled_from(["exact", "normalized", "near"]),
            "keep": st.sampled_from(["first", "longest"]),
            "generator": st.sampled_from(["auto", "banding"]),
        }
    ),
)
def test_a_stream_decides_as_a_list_does(texts, knobs):
    decided = list(dedup.stream(enumerate(texts), **knobs))
    assert [place for place, _ in decided] == list(range(len(texts)))
    assert [place for place, keep in decided if keep] == dedup.keep_indices(texts, **knobs)


def test_pairs_documents_and_mappings_are_read_and_ids_come_back_as_they_were():
    texts = [("a", ARTICLE), (7, SPELLED), dedup.Document("د", OTHER), {"url": "m", "body": OTHER}, ["l", None]]
    assert list(dedup.stream(iter(texts), id_field="url", text_field="body")) == [
        ("a", True), (7, False), ("د", True), ("m", False), ("l", True),
    ]  # fmt: skip
    assert list(dedup.stream([])) == []


def test_no_text_and_no_document_is_held():
    """When the next one is asked for, the one before is free, and the decisions are all that comes back."""
    held = []

    def reader():
        for n in range(50):
            document = dedup.Document(str(n), f"{ARTICLE} {n} {n}")
            held.append(weakref.ref(document))
            yield document
            del document

    next(dedup.stream(reader()))
    gc.collect()
    assert not any(each() for each in held)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (("a", 1), "text 1: cannot read int; give strings"),
        ((None, ARTICLE), "text 1: the id is a NoneType"),
        ((True, ARTICLE), "text 1: the id is a bool"),
        (ARTICLE, "text 1: cannot read str; give a pair"),
        (("a", "x" * 1_000_001), "text 1: has 1,000,001 characters"),
        (3, "text 1: cannot read int"),
    ],
)
def test_what_cannot_be_read_is_named(item, said):
    with pytest.raises(dedup.InputError, match=said):
        list(dedup.stream([("0", OTHER), item]))


def test_a_level_that_decides_nothing_is_refused_at_once():
    with pytest.raises(dedup.SettingsError, match="level must be one of exact, normalized, near to decide by"):
        dedup.stream([], level="passage")
