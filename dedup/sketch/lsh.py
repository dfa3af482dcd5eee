"""Bands: which pairs of signatures are worth confirming, at a stated recall.

A signature is cut into bands of rows; two keys are candidates when all rows of some band agree
(Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*, §3.4). Few rows find much and let much
through; what agrees in too few slots altogether is dropped again before confirmation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

JACCARD_AT_SCORE: dict[float, tuple[float, ...]] = {}
"""Score band -> Jaccard similarity of the 5-grams of its pairs, at the quantiles .05, .15 .. .95.

Measured on all pairs of 27,797 news paragraphs (`benchmarks/quality.py --jaccard`): the score and the
Jaccard similarity are not functions of each other, so recall is an average over these ten.
"""

RECALL_TARGETS = {0.80: 0.99, 0.75: 0.95, 0.70: 0.85}
"""Lower edge of a score band -> least expected recall in it."""

MAX_ROWS = 6
MAX_BUCKET = 2_000
"""Keys of one band key up to which every pair is a candidate (2 million pairs)."""
BUCKET_REACH = 64
"""In a larger bucket a key is paired with this many at its beginning, and this many before it."""
FILTER_PAIRS = 100_000
"""Pairs whose signatures are compared at once."""
PENDING_PAIRS = 8_000_000
"""Pairs that are collected before repeated ones are dropped."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Decide how signatures are banded; `recall` is what that is expected to find, by score band."""

    bands: int
    rows: int
    min_agreement: float
    recall: dict[str, float]
    met: bool

    @property
    def num_perm(self) -> int:
        """Permutations that the bands use."""
        return self.bands * self.rows


@dataclass(frozen=True, slots=True)
class Candidates:
    """Hold pairs for confirmation: int64 ``(m, 2)``, first < second, sorted, no pair twice.

    `capped` counts the buckets too large for all their pairs.
    """

    pairs: NDArray[np.int64]
    capped: int


def plan(floor: float, max_perm: int, recall_target: float | None = None, shingle_chars: int = 5) -> Plan:
    """Return the bands and rows that reach the recall target with the fewest candidates.

    The more rows, the fewer candidates; so the most rows for which `max_perm` permutations reach
    every target. If none does, the plan with the best recall at `floor`, and `met` is False.
    """
    targets = _targets(floor, recall_target)
    best: Plan | None = None
    for rows in range(MAX_ROWS, 0, -1):
        for bands in range(1, max_perm // rows + 1):
            met = all(expected_recall(bands, rows, s, shingle_chars) >= r for s, r in targets.items())
            if met or bands == max_perm // rows:
                made = _made(bands, rows, floor, shingle_chars, met)
                if met:
                    return made
                best = _better(best, made)
    assert best is not None  # rows = 1 always has at least one band
    return best


def _targets(floor: float, recall_target: float | None) -> dict[float, float]:
    looked_for = [score for score in sorted(JACCARD_AT_SCORE) if score >= floor - 1e-9] or [max(JACCARD_AT_SCORE)]
    if recall_target is not None:
        return dict.fromkeys(looked_for, recall_target)
    lowest = min(RECALL_TARGETS.values())
    return {s: RECALL_TARGETS.get(s, lowest if s < min(RECALL_TARGETS) else 0.99) for s in looked_for}


def _made(bands: int, rows: int, floor: float, shingle_chars: int, met: bool) -> Plan:
    recall = {f"{s:.2f}": expected_recall(bands, rows, s, shingle_chars) for s in sorted(JACCARD_AT_SCORE)}
    agreement = _least_agreement(floor, bands * rows, shingle_chars)
    return Plan(bands, rows, agreement, {s: r for s, r in recall.items() if float(s) >= floor - 1e-9}, met)


def _better(best: Plan | None, other: Plan) -> Plan:
    if best is None:
        return other
    return max(best, other, key=lambda p: min(p.recall.values(), default=1.0))


def expected_recall(bands: int, rows: int, score: float, shingle_chars: int = 5) -> float:
    """Return the share of pairs in the band at `score` that share a band key.

    The mean of ``1 - (1 - J**rows)**bands`` over the Jaccard similarities J measured for that band.
    """
    found = [1 - (1 - j**rows) ** bands for j in _jaccards(score, shingle_chars)]
    return sum(found) / len(found)


def _jaccards(score: float, shingle_chars: int) -> list[float]:
    # Of a 5-gram's c = 2J / (1 + J) survivors, each character survived with c**(1/5).
    common = (2 * j / (1 + j) for j in JACCARD_AT_SCORE[score])
    return [c / (2 - c) for c in (c ** (shingle_chars / 5) for c in common)]


def _least_agreement(floor: float, num_perm: int, shingle_chars: int) -> float:
    """Return the share of equal slots below which a pair is dropped before confirmation.

    At most 20 % (nanoseconds a pair there save microseconds in confirmation), and three standard
    deviations below the least alike tenth of the pairs that are looked for.
    """
    scores = [score for score in JACCARD_AT_SCORE if score >= floor - 1e-9] or [max(JACCARD_AT_SCORE)]
    j = min(_jaccards(min(scores), shingle_chars))
    return max(0.0, min(0.20, j - 3 * math.sqrt(j * (1 - j) / num_perm)))


def candidates(signatures: NDArray[np.uint32], plan: Plan) -> Candidates:
    """Return the pairs of rows of `signatures` that share a band key and agree in enough slots.

    Args:
        signatures: uint32 ``(n, >= plan.num_perm)``.
        plan: bands, rows and the least agreement.
    """
    n = len(signatures)
    kept = np.empty(0, dtype=np.int64)
    pending: list[NDArray[np.int64]] = []
    size = capped = 0
    for band in range(plan.bands):
        keys = band_keys(signatures[:, band * plan.rows : (band + 1) * plan.rows])
        codes, over = _bucket_pairs(keys, n)
        capped += over
        pending.append(codes)
        size += len(codes)
        if size >= PENDING_PAIRS or band == plan.bands - 1:
            kept = np.unique(np.concatenate((kept, *pending)))
            pending, size = [], len(kept)
    pairs = np.stack(np.divmod(kept, max(n, 1)), axis=1)
    return Candidates(_agreeing(signatures[:, : plan.num_perm], pairs, plan.min_agreement), capped)


def band_keys(rows: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return one uint64 for each row of a band, uint32 ``(n, rows)``: equal rows, equal keys."""
    keys = np.zeros(len(rows), dtype=np.uint64)
    for column in range(rows.shape[1]):
        keys = (keys ^ rows[:, column].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(32)
    return keys


def _bucket_pairs(keys: NDArray[np.uint64], n: int) -> tuple[NDArray[np.int64], int]:
    """Return the pairs within each bucket of equal keys, and how many buckets were too large for all.

    A pair is one number, ``first * n + second``.
    """
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1], True])
    sizes = np.diff(starts)
    parts = []
    for size in np.unique(sizes[sizes > 1]).tolist():
        first, second = _pairs_of(size)
        heads = starts[:-1][sizes == size]
        members = order[heads[:, None] + np.arange(size)]
        parts.append((members[:, first] * n + members[:, second]).ravel())
    return (np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)), int((sizes > MAX_BUCKET).sum())


def _pairs_of(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if size <= MAX_BUCKET:
        first, second = np.triu_indices(size, 1)
        return first, second
    second = np.repeat(np.arange(size), 2 * BUCKET_REACH)
    reach = np.arange(BUCKET_REACH)
    first = np.concatenate((np.tile(reach, (size, 1)), np.arange(size)[:, None] - 1 - reach), axis=1).ravel()
    inside = (first >= 0) & (first < second)
    return first[inside], second[inside]


def _agreeing(signatures: NDArray[np.uint32], pairs: NDArray[np.int64], least: float) -> NDArray[np.int64]:
    if least <= 0:
        return pairs
    keep = np.empty(len(pairs), dtype=bool)
    for low in range(0, len(pairs), FILTER_PAIRS):
        part = pairs[low : low + FILTER_PAIRS]
        keep[low : low + FILTER_PAIRS] = (signatures[part[:, 0]] == signatures[part[:, 1]]).mean(axis=1) >= least
    return pairs[keep]
