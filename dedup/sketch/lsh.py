"""Bands: which pairs of signatures are worth confirming, at a stated recall.

A signature is cut into bands of rows; two keys are candidates when all rows of some band agree
(Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*, §3.4). Few rows find much and let much
through; what agrees in too few slots altogether is dropped again before confirmation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.kernels import load

JACCARD_AT_SCORE: dict[float, tuple[float, ...]] = {
    0.50: (0.005, 0.015, 0.021, 0.028, 0.037, 0.048, 0.065, 0.085, 0.112, 0.165),  # 5,806 pairs of 7,000
    0.55: (0.093, 0.128, 0.146, 0.160, 0.172, 0.184, 0.213, 0.240, 0.288, 0.382),  # 406
    0.60: (0.175, 0.187, 0.204, 0.226, 0.253, 0.284, 0.319, 0.363, 0.404, 0.463),  # 153
    0.65: (0.208, 0.265, 0.276, 0.301, 0.357, 0.405, 0.447, 0.471, 0.498, 0.523),  # 91
    0.70: (0.267, 0.320, 0.352, 0.387, 0.421, 0.461, 0.497, 0.536, 0.570, 0.621),  # 979 pairs of 27,797
    0.75: (0.327, 0.391, 0.429, 0.474, 0.512, 0.554, 0.586, 0.610, 0.652, 0.699),  # 698
    0.80: (0.441, 0.498, 0.551, 0.587, 0.618, 0.638, 0.659, 0.678, 0.708, 0.749),  # 603
    0.85: (0.547, 0.623, 0.654, 0.671, 0.689, 0.709, 0.730, 0.745, 0.770, 0.818),  # 693
    0.90: (0.685, 0.721, 0.746, 0.759, 0.769, 0.786, 0.807, 0.833, 0.862, 0.899),  # 805
    0.95: (0.820, 0.861, 0.882, 0.896, 0.912, 0.927, 0.939, 0.952, 0.965, 0.981),  # 977
}
"""Score band -> Jaccard similarity of the 5-grams of its pairs, at the quantiles .05, .15 .. .95.

Measured on all pairs of 27,797 news paragraphs, below 0.70 of 7,000 (`benchmarks/quality.py --jaccard`).
The score and the Jaccard similarity are not functions of each other: recall is the mean over these ten.
"""

RECALL_TARGETS = {0.80: 0.995, 0.75: 0.98, 0.70: 0.92}
"""Lower edge of a score band -> least expected recall in it, unless a recall target is set.

A margin above what was asked of it (0.99, 0.93, 0.85): the table above was measured on one corpus, and texts
differ.
"""

RANDOM_JACCARD_MOMENTS = {2: 3.1e-4, 3: 1.4e-5, 4: 3.6e-6, 5: 2.3e-6, 6: 1.8e-6}
"""Rows -> the mean of ``J**rows`` over 1.5 million random pairs of the same paragraphs."""

MAX_LOAD = 2e5
"""Pairs that may share a band key without need: with few rows, and so few slots, the filter lets most of
them through to confirmation, at some microseconds each."""
USUAL_CHARS = 300
"""Characters of the keys for which MAX_LOAD was chosen; confirming a pair grows with their square."""
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


def plan(
    n: int,
    floor: float,
    max_perm: int,
    recall_target: float | None = None,
    shingle_chars: int = 5,
    mean_chars: float = USUAL_CHARS,
) -> Plan:
    """Return the bands and rows with the best recall for `n` keys at a bearable load.

    Fewer rows and more bands find more and let more through. Of the plans whose expected candidates
    stay under MAX_LOAD, the one with the best recall at `floor`: what can be found for little is found.
    Recall is never given up for the load: where every plan that reaches the target exceeds it, the one
    with the least load is taken; where none reaches the target within `max_perm` permutations, the one
    with the best recall, and `met` is False.
    """
    targets = _targets(floor, recall_target)
    plans = [_least_bands(rows, floor, max_perm, targets, shingle_chars) for rows in RANDOM_JACCARD_MOMENTS]
    met = [made for made in plans if made.met]
    if not met:
        return max(plans, key=_recall)
    load = MAX_LOAD / max(1.0, mean_chars / USUAL_CHARS) ** 2  # a longer pair costs more to confirm
    bearable = [made for made in met if expected_load(n, made) <= load]
    if not bearable:
        return min(met, key=lambda made: expected_load(n, made))
    per_band = {made.rows: expected_load(n, made) / made.bands for made in bearable}
    grown = {rows: min(max_perm // rows, int(load / max(each, 1e-9))) for rows, each in per_band.items()}
    return max((_made(bands, rows, floor, targets, shingle_chars) for rows, bands in grown.items()), key=_recall)


def _recall(plan: Plan) -> float:
    return min(plan.recall.values())


def expected_load(n: int, plan: Plan) -> float:
    """Return how many of the pairs of `n` unrelated keys share a band key: ``bands * E[J**rows]`` of them."""
    return n * (n - 1) / 2 * min(1.0, plan.bands * RANDOM_JACCARD_MOMENTS[plan.rows])


def _least_bands(rows: int, floor: float, max_perm: int, targets: Mapping[float, float], shingle_chars: int) -> Plan:
    most = max(1, max_perm // rows)
    plans = (_made(bands, rows, floor, targets, shingle_chars) for bands in range(1, most))
    return next((made for made in plans if made.met), _made(most, rows, floor, targets, shingle_chars))


def _made(bands: int, rows: int, floor: float, targets: Mapping[float, float], shingle_chars: int) -> Plan:
    recall = {score: expected_recall(bands, rows, score, shingle_chars) for score in targets}
    met = all(recall[score] >= target for score, target in targets.items())
    agreement = _least_agreement(floor, bands * rows, shingle_chars)
    return Plan(bands, rows, agreement, {f"{score:.2f}": share for score, share in recall.items()}, met)


def _looked_for(floor: float) -> list[float]:
    """Return the score bands of the table that a scan down to `floor` looks for."""
    return [score for score in JACCARD_AT_SCORE if score >= floor - 1e-9] or [max(JACCARD_AT_SCORE)]


def _targets(floor: float, recall_target: float | None) -> dict[float, float]:
    if recall_target is not None:
        return dict.fromkeys(_looked_for(floor), recall_target)
    lowest, highest = min(RECALL_TARGETS), max(RECALL_TARGETS)
    return {score: RECALL_TARGETS[min(max(score, lowest), highest)] for score in _looked_for(floor)}


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
    j = min(_jaccards(min(_looked_for(floor)), shingle_chars))
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
    slots = signatures.shape[1]
    least_slots = math.ceil(least * slots)
    if least_slots <= 0:
        return pairs
    kernel = load("bands", len(signatures))
    if kernel is not None:
        keep: NDArray[np.bool_] = kernel.agreeing(signatures, pairs, slots, least_slots)
        return pairs[keep]
    keep = np.empty(len(pairs), dtype=np.bool_)
    for low in range(0, len(pairs), FILTER_PAIRS):
        part = pairs[low : low + FILTER_PAIRS]
        equal = (signatures[part[:, 0]] == signatures[part[:, 1]]).sum(axis=1)
        keep[low : low + FILTER_PAIRS] = equal >= least_slots
    return pairs[keep]
