"""`dedup.cluster` and `dedup.keep_indices`: the same answer for a list and a column of every library."""

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import ARTICLE, OTHER, REPEATED, SPELLED
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup

TEXTS = [OTHER, ARTICLE, None, SPELLED, "", REPEATED, OTHER, None, f"{ARTICLE}\n\n{OTHER}"]
CLUSTERS = [0, 1, 2, 1, 4, 1, 0, 7, 8]


@pytest.mark.parametrize(
    "column",
    [
        TEXTS,
        tuple(TEXTS),
        iter(TEXTS),
        pd.Series(TEXTS),
        pd.Series(TEXTS, dtype="object"),
        pd.Series(TEXTS, dtype="string"),
        pd.Series(TEXTS, index=range(10, 19)),
        pl.Series(TEXTS),
        pl.Series(TEXTS).cast(pl.Categorical),
        pa.array(TEXTS),
        pa.chunked_array([TEXTS[:4], TEXTS[4:]]),
        pa.array(TEXTS).dictionary_encode(),
    ],
    ids=lambda column: f"{type(column).__module__.split('.')[0]} {type(column).__name__}",
)
def test_a_column_of_any_library_gives_what_a_list_gives(column):
    """Missing texts and empty ones are like none; a text is compared as a whole, blank lines and all."""
    assert dedup.cluster(column) == CLUSTERS


def test_a_column_of_clusters_goes_back_into_its_frame():
    frame = pl.DataFrame({"body": TEXTS})
    assert frame.with_columns(pl.Series("cluster", dedup.cluster(frame["body"])))["cluster"].to_list() == CLUSTERS
    assert pd.Series(TEXTS).iloc[dedup.keep_indices(TEXTS)].index.to_list() == [0, 1, 2, 4, 7, 8]


def test_settings_decide():
    assert dedup.cluster(TEXTS, level="normalized")[5] == 5
    assert dedup.cluster(TEXTS, level="exact")[3] == 3
    assert dedup.keep_indices([ARTICLE, f"{ARTICLE} أيضا"], keep="longest") == [1]
    assert dedup.keep_indices([ARTICLE, REPEATED], threshold=0.999) == [0, 1]


def test_long_texts_are_compared_as_a_whole():
    """Each has the first ten thousand characters of the others."""
    long = " ".join([ARTICLE] * 300)
    texts = [f"{long} {OTHER * 250}", long, long]
    assert dedup.cluster(texts) == [0, 1, 1]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ("text", "must be a column or a list of strings, got str"),
        (7, "must be a column or a list of strings, got int"),
        (["a", 7], "text 1: cannot read int"),
        (["x" * 1_000_001], "text 0: has 1,000,001 characters"),
    ],
)
def test_what_is_no_column_of_texts_is_refused(texts, said):
    with pytest.raises(dedup.InputError, match=said):
        dedup.cluster(texts)
    with pytest.raises(dedup.SettingsError, match="level must be one of"):
        dedup.cluster([], level="passage")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([*TEXTS, "* * *", "نعم"]), max_size=12))
def test_what_stands_for_a_cluster_stands_for_itself_and_is_kept(texts):
    clusters = dedup.cluster(texts)
    assert all(clusters[place] == place for place in clusters)
    assert dedup.keep_indices(texts) == sorted(set(clusters))
    for text, place in zip(texts, clusters, strict=True):
        assert text == texts[place] or dedup.similarity(text, texts[place]).kind in ("normalized", "near")
