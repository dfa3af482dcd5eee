"""Scores of two keys: this package is rapidfuzz's only door, and the scale is turned to 0..1 here.

Every pair that leaves this module was scored by `fuzz.ratio` in double precision on the two whole
keys, whichever way it was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from rapidfuzz import fuzz

LOOP_LIMIT = 60
"""Keys up to which a plain loop serves: numpy alone takes longer to load than 1,770 comparisons."""
CHUNK_CELLS = 4_000_000
"""Cells of the score matrix that are computed at once: 16 MB."""
BATCH_PAIRS = 50_000
"""Pairs that are scored at once."""
CPDIST_FROM = 500
"""Pairs from which a batch is worth the loading of numpy."""
FILTER_SLACK = 0.01
"""Points of rapidfuzz's 0..100 by which the float32 filter looks below the floor."""


class Scored(NamedTuple):
    """Two keys by index, first < second, and their score from 0 to 1."""

    first: int
    second: int
    score: float


def score(a: str, b: str) -> float:
    """Return the normalised Indel similarity of two keys, 0 to 1: ``2 * LCS / (len(a) + len(b))``.

    `O(len(a) * len(b) / 64)` (Hyyrö's bit-parallel LCS, in rapidfuzz).
    """
    return fuzz.ratio(a, b) / 100


def token_score(a: Sequence[str], b: Sequence[str]) -> float:
    """Return the same on two lists of tokens: how much is alike in whole words."""
    return fuzz.ratio(a, b) / 100


def confirm(
    keys: Sequence[str], candidates: Iterable[tuple[int, int]], floor: float, workers: int = 1
) -> Iterator[Scored]:
    """Yield those of `candidates` whose keys score at least `floor`, with the score.

    Few pairs are scored one by one; many in batches of bounded size, by `workers` threads.
    """
    pairs = iter(candidates)
    while batch := list(islice(pairs, BATCH_PAIRS)):
        scored = _looped(keys, batch, floor) if len(batch) < CPDIST_FROM else _batched(keys, batch, floor, workers)
        yield from (Scored(first, second, found) for (first, second), found in scored if found >= floor)


def _looped(keys: Sequence[str], pairs: list[tuple[int, int]], floor: float) -> Iterator[tuple[tuple[int, int], float]]:
    cutoff = max(0.0, 100 * floor - FILTER_SLACK)
    for first, second in pairs:
        yield (first, second), fuzz.ratio(keys[first], keys[second], score_cutoff=cutoff) / 100


def _batched(
    keys: Sequence[str], pairs: list[tuple[int, int]], floor: float, workers: int
) -> Iterator[tuple[tuple[int, int], float]]:
    import numpy as np
    from rapidfuzz import process

    ratios = process.cpdist(
        [keys[first] for first, _ in pairs],
        [keys[second] for _, second in pairs],
        scorer=fuzz.ratio,
        score_cutoff=max(0.0, 100 * floor - FILTER_SLACK),
        dtype=np.float64,
        workers=workers,
    )
    return zip(pairs, (ratios / 100).tolist(), strict=True)


def all_pairs(keys: Sequence[str], floor: float, workers: int = 1) -> list[Scored]:
    """Return every pair of `keys` that scores at least `floor`, in order of (first, second).

    Recall 1 by construction. `O(n**2)`, less the pairs whose lengths alone rule them out.
    """
    if len(keys) <= LOOP_LIMIT:
        n = len(keys)
        every = [(i, j) for i in range(n) for j in range(i + 1, n)]
        return [Scored(*pair, found) for pair, found in _looped(keys, every, floor) if found >= floor]
    return sorted(confirm(keys, _filtered_pairs(keys, floor, workers), floor, workers))


def _filtered_pairs(keys: Sequence[str], floor: float, workers: int) -> Iterator[tuple[int, int]]:
    import numpy as np
    from rapidfuzz import process

    # Indel similarity is at most 2 * shorter / (shorter + longer): sorted by length, each row of
    # the matrix ends where the columns grow too long for it.
    order = sorted(range(len(keys)), key=lambda i: (len(keys[i]), i))
    ordered = [keys[i] for i in order]
    lengths = np.array([len(key) for key in ordered])
    low = 0
    while low < len(ordered):
        high = min(len(ordered), low + max(1, CHUNK_CELLS // (len(ordered) - low)))
        longest = lengths[high - 1] * (2 - floor) / floor if floor > 0 else lengths[-1]
        end = int(np.searchsorted(lengths, longest + 1e-6, side="right"))
        cutoff = max(0.0, 100 * floor - FILTER_SLACK)
        scores = process.cdist(
            ordered[low:high], ordered[low:end], scorer=fuzz.ratio, score_cutoff=cutoff, workers=workers
        )
        rows, columns = np.nonzero(scores >= cutoff)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if row < column:
                first, second = sorted((order[low + row], order[low + column]))
                yield first, second
        low = high
