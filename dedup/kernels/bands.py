"""Bands, compiled: the keys of each band, and the pairs in its buckets that are worth confirming."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy import uint64
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def band_keys(values: NDArray[np.uint32], bands: int, rows: int) -> NDArray[np.uint32]:
    """Return the key of each band of signatures uint32 ``(n, >= bands * rows)``: uint32 ``(bands, n)``."""
    keys = np.empty((bands, len(values)), dtype=np.uint32)
    for p in range(len(values)):
        for band in range(bands):
            key = uint64(0)
            for row in range(rows):
                key = uint64(uint64(key ^ uint64(values[p, band * rows + row])) * uint64(0x9E3779B97F4A7C15))
                key ^= key >> uint64(32)
            keys[band, p] = np.uint32(key & uint64(0xFFFFFFFF))
    return keys


@njit(nogil=True, cache=True)
def worth_confirming(
    first: np.int64,
    second: np.int64,
    prints: NDArray[np.uint8],
    lengths: NDArray[np.int32],
    least: int,
    floor: float,
) -> bool:
    """Return whether two keys may score `floor` by their lengths, and agree in `least` slots."""
    shorter, longer = lengths[first], lengths[second]
    if shorter > longer:
        shorter, longer = longer, shorter
    if 2 * shorter < floor * (shorter + longer):
        return False
    a, b = prints[first], prints[second]
    equal = 0
    for slot in range(len(a)):
        equal += a[slot] == b[slot]
    return equal >= least


@njit(nogil=True, cache=True)
def bucket_pairs(
    ordered: NDArray[np.uint64],
    prints: NDArray[np.uint8],
    lengths: NDArray[np.int32],
    least: int,
    floor: float,
    max_bucket: int,
    reach: int,
) -> tuple[NDArray[np.int64], int]:
    """Return the pairs of one band that are worth confirming, and how many buckets were capped.

    Args:
        ordered: ``band key << 32 | number`` of n keys, sorted: a bucket stands together.
        prints: the low byte of each slot, uint8 ``(n, slots)``.
        lengths: characters of the keys, int32 ``(n,)``.
        least: slots in which a pair must agree.
        floor: least score that is looked for; the lengths alone rule many pairs out.
        max_bucket: keys of a bucket up to which all pairs are looked at.
        reach: in a larger one each key meets this many at its beginning, and this many before it.

    Returns:
        int64 ``(m,)``: ``first * n + second``, first < second, in no order of use; `O(pairs * slots)`.
    """
    n = len(ordered)
    codes = np.empty(1024, dtype=np.int64)
    size = capped = start = 0
    while start < n:
        end = start + 1
        while end < n and ordered[end] >> uint64(32) == ordered[start] >> uint64(32):
            end += 1
        large = end - start > max_bucket
        capped += large
        for i in range(start + 1, end):
            second = np.int64(ordered[i] & uint64(0xFFFFFFFF))
            j = start - 1
            while j < i - 1:
                j += 1
                if large and j == start + reach:
                    j = max(j, i - reach)
                first = np.int64(ordered[j] & uint64(0xFFFFFFFF))
                if worth_confirming(first, second, prints, lengths, least, floor):
                    if size == len(codes):
                        grown = np.empty(2 * size, dtype=np.int64)
                        grown[:size] = codes
                        codes = grown
                    codes[size] = first * n + second
                    size += 1
        start = end
    return codes[:size], capped


@njit(nogil=True, cache=True)
def agreements(prints: NDArray[np.uint8], first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return in how many slots each pair of rows agrees: int32 ``(m,)``."""
    found = np.empty(len(first), dtype=np.int32)
    for p in range(len(first)):
        a, b = prints[first[p]], prints[second[p]]
        equal = 0
        for slot in range(len(a)):
            equal += a[slot] == b[slot]
        found[p] = equal
    return found
