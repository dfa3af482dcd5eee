"""From keys to candidate pairs: signatures, bands, buckets, and the filter before confirmation.

Of a signature only the keys of its bands are kept (32 bits each), and one byte of each slot that the
filter compares: b-bit minwise hashing (Li, König, *Theory and Applications of b-Bit Minwise Hashing*,
2011). Both are functions of the signature alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.kernels import Batch, load
from dedup.progress import Advance
from dedup.scratch import Scratch
from dedup.sketch.minhash import sign_batch
from dedup.sketch.plan import Plan
from dedup.threads import mapped

BUCKET_PAIRS, MIN_BUCKET, MAX_BUCKET = 1e7, 200, 2_000
"""All pairs of a bucket are looked at up to MAX_BUCKET keys; where whole bands of such buckets would be
more than BUCKET_PAIRS pairs, up to fewer keys, but always MIN_BUCKET."""
BUCKET_REACH = 32
"""In a larger bucket a key meets this many at its beginning, and this many before it."""
ALL_CANDIDATES, MAX_CANDIDATES = 5e5, 128
"""Earlier keys against which one key is confirmed, at most: MAX_CANDIDATES, half of them the earliest, half
those that agree best; more while all keys together stay under ALL_CANDIDATES."""
MIN_CANDIDATES = 16
WORK_BUDGET = 2e9
"""Characters squared that confirming one key may cost (some 0.1 s): long keys meet fewer others, but always
MIN_CANDIDATES."""
FILTER_PAIRS = 100_000
"""Pairs whose slots are compared at once where nothing is compiled."""
PENDING_PAIRS = 8_000_000
"""Pairs that are collected before repeated ones are dropped."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Candidates:
    """Hold pairs for confirmation: ``first * n + second``, int64 ``(m,)``, first < second, sorted.

    `capped_buckets` counts the buckets too large for all their pairs; `capped_keys` the keys that met
    more others than they may be confirmed against.
    """

    codes: NDArray[np.int64]
    n: int
    capped_buckets: int
    capped_keys: int

    def __len__(self) -> int:
        return len(self.codes)


class Bands:
    """Keep the band keys of n signatures, uint32 ``(bands, n)``: in memory, or beyond `memory` bytes in a file."""

    def __init__(self, bands: int, n: int, memory: float) -> None:
        self.bands, self._n = bands, n
        self._file = Scratch()
        self._keys = np.empty((bands, n), dtype=np.uint32) if 4 * bands * n <= memory else None

    def put(self, low: int, keys: NDArray[np.uint32]) -> None:
        """Take in the keys of the signatures from `low`, uint32 ``(bands, m)``."""
        if self._keys is not None:
            self._keys[:, low : low + keys.shape[1]] = keys
            return
        for band in range(self.bands):
            self._file.write(keys[band].data, 4 * (band * self._n + low))

    def keys(self, band: int) -> NDArray[np.uint32]:
        """Return the keys of one band, uint32 ``(n,)``."""
        if self._keys is not None:
            kept: NDArray[np.uint32] = self._keys[band]
            return kept
        return np.frombuffer(self._file.read(4 * band * self._n, 4 * self._n), dtype=np.uint32)

    def close(self) -> None:
        """Give back the memory or the file."""
        self._file.close()
        self._keys = None


class Sketches:
    """Keep what is needed of the signatures of n keys: band keys, and a byte of each compared slot."""

    def __init__(self, plan: Plan, lengths: NDArray[np.int32], memory: float = math.inf) -> None:
        self.plan, self.lengths = plan, lengths
        self.bands = Bands(plan.bands, len(lengths), memory)
        self.prints = np.empty((len(lengths), plan.slots), dtype=np.uint8)

    def __len__(self) -> int:
        return len(self.lengths)

    def put(self, low: int, values: NDArray[np.uint32]) -> None:
        """Take in the signatures of the keys from `low`, uint32 ``(m, >= plan.num_perm)``."""
        kernel = load("bands", len(self))
        keys = (band_keys if kernel is None else kernel.band_keys)(values, self.plan.bands, self.plan.rows)
        self.bands.put(low, keys)
        self.prints[low : low + len(values)] = values[:, : self.plan.slots].astype(np.uint8)

    def sign(
        self, batches: Iterable[tuple[int, Batch]], seed: int, shingle_chars: int, workers: int, advance: Advance
    ) -> None:
        """Sign batches of keys, each given with the number of its first key, by `workers` threads."""

        def signed(numbered: tuple[int, Batch]) -> int:
            low, batch = numbered
            self.put(low, sign_batch(batch, self.plan.num_perm, seed, shingle_chars, len(self)))
            return low + len(batch)

        for done in mapped(signed, batches, workers):
            advance(done)

    def candidates(self, floor: float = 0.0, workers: int = 1, advance: Advance = lambda _: None) -> Candidates:
        """Return the pairs that share a band key, agree in enough slots, and may score `floor` by their lengths."""
        n = len(self)
        kept = np.empty(0, dtype=np.int64)
        pending: list[NDArray[np.int64]] = []
        size = capped_buckets = 0
        capped = np.zeros(n, dtype=np.bool_)
        for band, (codes, over) in enumerate(mapped(self._finder(floor), range(self.plan.bands), workers), 1):
            capped_buckets += over
            pending.append(codes)
            size += len(codes)
            if size >= PENDING_PAIRS or band == self.plan.bands:
                kept = self._affordable(np.unique(np.concatenate((kept, *pending))), capped)
                pending, size = [], 0
            advance(band)
        self.bands.close()
        return Candidates(kept, n, capped_buckets, int(capped.sum()))

    def _finder(self, floor: float) -> Callable[[int], tuple[NDArray[np.int64], int]]:
        least = math.ceil(self.plan.min_agreement * self.plan.slots)
        kernel = load("bands", len(self))
        find = bucket_pairs if kernel is None else kernel.bucket_pairs
        numbers = np.arange(len(self), dtype=np.uint64)
        largest = max_bucket(len(self))

        def found(band: int) -> tuple[NDArray[np.int64], int]:
            # One number for key and place: sorting numbers is several times as fast as sorting places by them.
            ordered = self.bands.keys(band).astype(np.uint64) << np.uint64(32) | numbers
            ordered.sort()
            codes, over = find(ordered, self.prints, self.lengths, least, floor - 1e-9, largest, BUCKET_REACH)
            return codes, int(over)

        return found

    def _affordable(self, codes: NDArray[np.int64], capped: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the pairs without those beyond what confirming their later key may cost; mark such keys."""
        if len(codes) == 0:
            return codes
        first, second = np.divmod(codes, len(self))
        most = WORK_BUDGET / np.maximum(self.lengths, 1).astype(np.float64) ** 2
        most = np.clip(most, MIN_CANDIDATES, max_candidates(len(self))).astype(np.int64)
        over = np.bincount(second, minlength=len(self)) > most
        if not over.any():
            return codes
        capped |= over
        judged = np.flatnonzero(over[second])
        kernel = load("bands", len(self))
        agree = (agreements if kernel is None else kernel.agreements)(self.prints, first[judged], second[judged])
        half = most[second[judged]] // 2
        early = _rank(second[judged], first[judged]) < half
        best = _rank(second[judged], np.where(early, np.iinfo(np.int64).max, first[judged] - agree * len(self)))
        keep = np.ones(len(codes), dtype=np.bool_)
        keep[judged] = early | (best < half)
        return codes[keep]


def max_bucket(n: int) -> int:
    """Return up to how many of `n` keys all pairs of a bucket are looked at."""
    return int(min(MAX_BUCKET, max(MIN_BUCKET, 2 * BUCKET_PAIRS / max(n, 1))))


def max_candidates(n: int) -> int:
    """Return against how many earlier ones each of `n` keys may be confirmed."""
    return int(max(MAX_CANDIDATES, ALL_CANDIDATES / max(n, 1)))


def _rank(groups: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each value among those of its group, from 0, the smallest first."""
    order = np.lexsort((values, groups))
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))
    return ranks


# --- what the kernels do, by numpy ----------------------------------------------------------------


def band_keys(values: NDArray[np.uint32], bands: int, rows: int) -> NDArray[np.uint32]:
    """Return the key of each band of signatures uint32 ``(n, >= bands * rows)``: uint32 ``(bands, n)``."""
    keys = np.zeros((bands, len(values)), dtype=np.uint64)
    for row in range(rows):
        column = values[:, row : bands * rows : rows].T.astype(np.uint64)
        keys = (keys ^ column) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(32)
    return keys.astype(np.uint32)


def bucket_pairs(
    ordered: NDArray[np.uint64],
    prints: NDArray[np.uint8],
    lengths: NDArray[np.int32],
    least: int,
    floor: float,
    max_bucket: int,
    reach: int,
) -> tuple[NDArray[np.int64], int]:
    """Return what `kernels.bands.bucket_pairs` returns."""
    numbers = (ordered & np.uint64(0xFFFFFFFF)).astype(np.int64)
    keys = ordered >> np.uint64(32)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1], True])
    sizes = np.diff(starts)
    parts = [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes[sizes > 1]).tolist():
        first, second = _pairs_of(size, max_bucket, reach)
        members = numbers[starts[:-1][sizes == size][:, None] + np.arange(size)]
        for chunk in members:
            parts.append(_worth_confirming(chunk[first], chunk[second], prints, lengths, least, floor))
    return np.concatenate(parts), int((sizes > max_bucket).sum())


def _pairs_of(size: int, max_bucket: int, reach: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if size <= max_bucket:
        first, second = np.triu_indices(size, 1)
        return first, second
    second = np.repeat(np.arange(size), 2 * reach)
    near = np.arange(reach)
    first = np.concatenate((np.tile(near, (size, 1)), np.arange(size)[:, None] - 1 - near), axis=1).ravel()
    inside = (first >= 0) & (first < second)
    return first[inside], second[inside]


def _worth_confirming(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    prints: NDArray[np.uint8],
    lengths: NDArray[np.int32],
    least: int,
    floor: float,
) -> NDArray[np.int64]:
    a, b = lengths[first], lengths[second]
    possible = 2 * np.minimum(a, b) >= floor * (a + b)
    first, second = first[possible], second[possible]
    return (first * len(lengths) + second)[agreements(prints, first, second) >= least]


def agreements(prints: NDArray[np.uint8], first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return what `kernels.bands.agreements` returns."""
    found = np.empty(len(first), dtype=np.int32)
    for low in range(0, len(first), FILTER_PAIRS):
        part = slice(low, low + FILTER_PAIRS)
        found[part] = (prints[first[part]] == prints[second[part]]).sum(axis=1)
    return found
