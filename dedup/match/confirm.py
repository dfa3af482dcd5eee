"""Scores of two keys: this package is rapidfuzz's only door, and the scale is turned to 0..1 here.

Every pair that leaves this module was scored by `fuzz.ratio` in double precision on the two whole
keys, whichever way it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

LOOP_LIMIT = 60
"""Keys up to which a plain loop serves: numpy alone takes longer to load than 1,770 comparisons."""
CHUNK_CELLS = 4_000_000
"""Cells of the score matrix that are computed at once: 16 MB."""
BATCH_PAIRS = 20_000
"""Pairs that are scored at once."""
BATCH_WORK = 5e9
"""Characters squared that are scored at once: half a second at most, or Ctrl+C would be kept waiting."""
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
    key: Callable[[int], str],
    candidates: Iterable[tuple[int, int]],
    floor: float,
    workers: int = 1,
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[Scored]:
    """Yield those of `candidates` whose keys score at least `floor`, with the score.

    Few pairs are scored one by one; many in batches of bounded work, by `workers` threads.

    Args:
        key: the key of a number.
        candidates: pairs of numbers, first < second.
        floor: least score.
        workers: threads of a batch.
        advance: told after each batch how many pairs are done.
    """
    done = 0
    for batch, keys in _batches(key, candidates):
        scored = _looped(keys, batch, floor) if len(batch) < CPDIST_FROM else _batched(keys, batch, floor, workers)
        yield from (Scored(first, second, found) for (first, second), found in scored if found >= floor)
        done += len(batch)
        advance(done)


def _batches(
    key: Callable[[int], str], candidates: Iterable[tuple[int, int]]
) -> Iterator[tuple[list[tuple[int, int]], dict[int, str]]]:
    """Yield candidates with the keys they name: at most BATCH_PAIRS and, but for a single pair, BATCH_WORK."""
    batch: list[tuple[int, int]] = []
    keys: dict[int, str] = {}
    work = 0
    for pair in candidates:
        for number in pair:
            if number not in keys:
                keys[number] = key(number)
        batch.append(pair)
        work += len(keys[pair[0]]) * len(keys[pair[1]])
        if len(batch) >= BATCH_PAIRS or work >= BATCH_WORK:
            yield batch, keys
            batch, keys, work = [], {}, 0
    if batch:
        yield batch, keys


def _looped(
    keys: Mapping[int, str] | Sequence[str], pairs: list[tuple[int, int]], floor: float
) -> Iterator[tuple[tuple[int, int], float]]:
    cutoff = max(0.0, 100 * floor - FILTER_SLACK)
    for first, second in pairs:
        a, b = keys[first], keys[second]
        # At most all of the shorter one is common: asked here, that costs a third of asking rapidfuzz.
        if 200 * min(len(a), len(b)) >= cutoff * (len(a) + len(b)):
            yield (first, second), fuzz.ratio(a, b, score_cutoff=cutoff) / 100


def _batched(
    keys: Mapping[int, str], pairs: list[tuple[int, int]], floor: float, workers: int
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
    return sorted(confirm(keys.__getitem__, _filtered_pairs(keys, floor, workers), floor, workers))


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
