"""Clusters of texts in columns, as data frames and data sets have them: which texts are one, and which to keep."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from dedup import detect
from dedup.errors import InputError, SettingsError
from dedup.model import Block, Document
from dedup.settings import Settings, make_settings

LONGEST = 1_000_000
"""Characters of a text that is compared as one: a book has as many."""
LEVELS = ("exact", "normalized", "near")
_MISSING = ("NAType", "NaTType")
"""Types of what pandas has in the place of a value that is missing."""


def cluster(texts: Iterable[Any], *, settings: Settings | None = None, **overrides: Any) -> list[int]:
    """Return for each text the place, from 0, of the text that stands for its cluster: its own where it is like none.

    Args:
        texts: strings, each compared as a whole: a list, or a column of pandas, polars, Arrow or datasets. A missing
            one is like none.
        settings: the knobs; the level is `near` unless one is given.
        **overrides: single knobs: ``threshold=0.9``, ``keep="longest"``.

    Raises:
        InputError: something in `texts` is no string, or is too long to be compared as a whole.
        SettingsError: a setting out of range, or a level that makes no clusters.

    >>> cluster(["أعلنت الوزارة فتح باب التسجيل", None, "اعلنت الوزاره فتح باب التسجيل"])
    [0, 1, 0]
    """
    chosen = make_settings(settings if settings is not None else Settings(level="near"), overrides)
    if chosen.level not in LEVELS:
        raise SettingsError(f"level must be one of {', '.join(LEVELS)} to cluster by, got {chosen.level!r}")
    count = 0

    def documents() -> Iterator[Document]:
        nonlocal count
        for text in _strings(texts):
            yield Document(str(count), text, blocks=(Block(0, len(text), 1),), named=False)
            count += 1

    report = detect.scan(documents(), settings=chosen.replace(max_paragraph_chars=LONGEST))
    places = list(range(count))
    for group in report.groups:
        for member in group.members:
            places[int(member.doc)] = int(group.original.doc)
    return places


def keep_indices(texts: Iterable[Any], *, settings: Settings | None = None, **overrides: Any) -> list[int]:
    """Return the places, from 0 and rising, of the texts that stay: one of each cluster, and all that are like none.

    Takes what `cluster` takes.

    >>> keep_indices(["أعلنت الوزارة فتح باب التسجيل", None, "اعلنت الوزاره فتح باب التسجيل"])
    [0, 1]
    """
    return [i for i, place in enumerate(cluster(texts, settings=settings, **overrides)) if i == place]


def _strings(texts: Iterable[Any]) -> Iterator[str]:
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        raise InputError(f"texts must be a column or a list of strings, got {type(texts).__name__}")
    for place, value in enumerate(texts):
        if not isinstance(value, str) and hasattr(value, "as_py"):  # a scalar of Arrow
            value = value.as_py()
        kind = type(value).__name__
        if value is None or kind in _MISSING or (isinstance(value, float) and math.isnan(value)):
            yield ""
        elif not isinstance(value, str):
            raise InputError(f"text {place}: cannot read {kind}; give strings, and None where there is none")
        elif len(value) > LONGEST:
            raise InputError(f"text {place}: has {len(value):,} characters; at most {LONGEST:,} are compared whole")
        else:
            yield value
