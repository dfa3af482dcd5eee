"""Shingle hashes and MinHash signatures, compiled: what `sketch/minhash.py` says, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy import uint32
from numpy.typing import NDArray


@njit(nogil=True, cache=True, inline="always")
def rotate(x: np.uint32, bits: int) -> np.uint32:
    """Return the 32-bit `x` turned left by `bits`."""
    return uint32(uint32(x << uint32(bits)) | (x >> uint32(32 - bits)))


@njit(nogil=True, cache=True, inline="always")
def fmix(h: np.uint32) -> np.uint32:
    """Return MurmurHash3's finalizer of the 32-bit `h`."""
    h = uint32(uint32(h ^ (h >> uint32(16))) * uint32(0x85EBCA6B))
    h = uint32(uint32(h ^ (h >> uint32(13))) * uint32(0xC2B2AE35))
    return uint32(h ^ (h >> uint32(16)))


@njit(nogil=True, cache=True)
def hash_shingles(
    points: NDArray[Any], size: int, seed: int, mixed: NDArray[np.uint32], hashes: NDArray[np.uint32]
) -> int:
    """Write the pre-mixed hash of each shingle of one key to `hashes`; return how many there are.

    MurmurHash3 mixes each block by itself before it meets the state: a character is mixed once, in
    `mixed`, for all the shingles it stands in; and the state of all shingles advances together.
    """
    n = len(points)
    if n == 0:
        return 0
    width = min(size, n)
    count = n - width + 1
    for i in range(n):
        mixed[i] = rotate(uint32(uint32(points[i]) * uint32(0xCC9E2D51)), 15) * uint32(0x1B873593)
    for i in range(count):
        hashes[i] = uint32(seed)
    for j in range(width):
        for i in range(count):
            hashes[i] = uint32(rotate(uint32(hashes[i] ^ mixed[i + j]), 13) * uint32(5) + uint32(0xE6546B64))
    for i in range(count):
        hashes[i] = fmix(fmix(uint32(hashes[i] ^ uint32(4 * width))))
    return count


@njit(nogil=True, cache=True)
def least(
    hashes: NDArray[np.uint32], n: int, a: NDArray[np.uint32], b: NDArray[np.uint32], row: NDArray[np.uint32]
) -> None:
    """Write to `row` the minimum of ``a * h + b`` over the first `n` hashes, for each permutation.

    Four hashes a pass: `a` and `b` are loaded once for them, and the loop is bound by multiplications.
    """
    for q in range(len(a)):
        row[q] = uint32(0xFFFFFFFF)
    i = 0
    while i + 4 <= n:
        h0, h1, h2, h3 = hashes[i], hashes[i + 1], hashes[i + 2], hashes[i + 3]
        for q in range(len(a)):
            x0, x1 = uint32(a[q] * h0 + b[q]), uint32(a[q] * h1 + b[q])
            x2, x3 = uint32(a[q] * h2 + b[q]), uint32(a[q] * h3 + b[q])
            row[q] = min(row[q], min(min(x0, x1), min(x2, x3)))
        i += 4
    while i < n:
        for q in range(len(a)):
            row[q] = min(row[q], uint32(a[q] * hashes[i] + b[q]))
        i += 1


@njit(nogil=True, cache=True)
def sign_keys(
    points: NDArray[Any],
    offsets: NDArray[np.int64],
    size: int,
    seed: int,
    a: NDArray[np.uint32],
    b: NDArray[np.uint32],
) -> NDArray[np.uint32]:
    """Return the signatures of a batch of n keys: uint32 ``(n, len(a))``.

    Args:
        points: code points of the keys, uint32 ``(total,)``, or uint16 where none needs more.
        offsets: int64 ``(n + 1,)``.
        size: characters of a shingle.
        seed: of the shingle hash.
        a: odd factors of the permutations, uint32 ``(num_perm,)``.
        b: their summands, uint32 ``(num_perm,)``.
    """
    n = len(offsets) - 1
    longest = 0
    for p in range(n):
        longest = max(longest, offsets[p + 1] - offsets[p])
    mixed = np.empty(longest + 1, dtype=np.uint32)
    hashes = np.empty(longest + 1, dtype=np.uint32)
    values = np.empty((n, len(a)), dtype=np.uint32)
    row = np.empty(len(a), dtype=np.uint32)
    for p in range(n):
        count = hash_shingles(points[offsets[p] : offsets[p + 1]], size, seed, mixed, hashes)
        least(hashes, count, a, b, row)
        values[p, :] = row
    return values
