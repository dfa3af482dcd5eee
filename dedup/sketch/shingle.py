"""Shingles of a key, hashed: every run of `size` characters, spaces included.

The hash is MurmurHash3 x86 32 (Appleby, public domain) of the shingle's UTF-32LE bytes: named,
fixed and seeded, so that a signature means the same wherever it was made.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.kernels import Batch

SHINGLE_HASH = "murmur3_x86_32/utf-32-le"

_C1, _C2 = np.uint32(0xCC9E2D51), np.uint32(0x1B873593)
_M, _N = np.uint32(5), np.uint32(0xE6546B64)


def shingle_hashes(batch: Batch, size: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the hashes of all shingles, and where each key's begin.

    Args:
        batch: n keys.
        size: characters of a shingle; a shorter key is one shingle, an empty one has none.
        seed: of the hash, 0 to 2**32 - 1.

    Returns:
        ``hashes`` uint32 ``(shingles,)``, repeats kept, in the order of the text; ``offsets`` int64
        ``(n + 1,)``: key i has ``hashes[offsets[i]:offsets[i + 1]]``.
    """
    batch = Batch(batch.points.astype(np.uint32, copy=False), batch.offsets)
    lengths = np.diff(batch.offsets)
    counts = np.where(lengths >= size, lengths - size + 1, np.minimum(lengths, 1))
    offsets = np.zeros(len(batch) + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    hashes = np.empty(offsets[-1], dtype=np.uint32)
    long_enough = lengths >= size
    if long_enough.any():
        _hash_windows(batch, size, seed, long_enough, offsets, hashes)
    for i in np.flatnonzero((lengths > 0) & ~long_enough):
        points = batch.points[batch.offsets[i] : batch.offsets[i + 1]]
        hashes[offsets[i]] = _murmur3(points.reshape(1, -1), seed)[0]
    return hashes, offsets


def _hash_windows(
    batch: Batch,
    size: int,
    seed: int,
    long_enough: NDArray[np.bool_],
    offsets: NDArray[np.int64],
    hashes: NDArray[np.uint32],
) -> None:
    # Hash the windows of the whole buffer at once, then leave out those that straddle two keys.
    windows = np.lib.stride_tricks.sliding_window_view(batch.points, size)
    hashed = _murmur3(windows, seed)
    for i in np.flatnonzero(long_enough):
        low = batch.offsets[i]
        hashes[offsets[i] : offsets[i + 1]] = hashed[low : low + offsets[i + 1] - offsets[i]]


def _murmur3(windows: NDArray[np.uint32], seed: int) -> NDArray[np.uint32]:
    """Return MurmurHash3 x86 32 of each row, a row being blocks of 4 bytes; shape ``(rows,)``."""
    h = np.full(len(windows), seed, dtype=np.uint32)
    for column in range(windows.shape[1]):
        k = windows[:, column] * _C1
        k = _rotate(k, 15) * _C2
        h = _rotate(h ^ k, 13) * _M + _N
    h ^= np.uint32(4 * windows.shape[1])
    return fmix32(h)


def _rotate(x: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    return (x << np.uint32(bits)) | (x >> np.uint32(32 - bits))


def fmix32(h: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return MurmurHash3's finalizer of each value: a bijection that spreads its bits."""
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))
