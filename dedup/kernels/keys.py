"""Equal keys become one, compiled: a hash table of 128-bit SipHashes, filled in the order of the text.

The secret of the hash is drawn for each run, so nobody can write two texts whose keys collide; that
two of 10**9 keys collide by chance has a probability of 10**-21 (Aumasson, Bernstein, *SipHash: a fast
short-input PRF*, 2012; one round a block and three at the end).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy import uint64
from numpy.typing import NDArray


@njit(nogil=True, cache=True, inline="always")
def turned(x: np.uint64, bits: int) -> np.uint64:
    """Return the 64-bit `x` turned left by `bits`."""
    return uint64(x << uint64(bits)) | (x >> uint64(64 - bits))


@njit(nogil=True, cache=True, inline="always")
def sip_round(
    v0: np.uint64, v1: np.uint64, v2: np.uint64, v3: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return the state after one SipRound."""
    v0 = uint64(v0 + v1)
    v1 = turned(v1, 13) ^ v0
    v0 = turned(v0, 32)
    v2 = uint64(v2 + v3)
    v3 = turned(v3, 16) ^ v2
    v0 = uint64(v0 + v3)
    v3 = turned(v3, 21) ^ v0
    v2 = uint64(v2 + v1)
    v1 = turned(v1, 17) ^ v2
    v2 = turned(v2, 32)
    return v0, v1, v2, v3


@njit(nogil=True, cache=True)
def siphash(units: NDArray[np.uint16], start: int, end: int, k0: int, k1: int) -> tuple[np.uint64, np.uint64]:
    """Return the 128 bits of SipHash-1-3 of ``units[start:end]``, four units a block."""
    v0 = uint64(k0) ^ uint64(0x736F6D6570736575)
    v1 = uint64(k1) ^ uint64(0x646F72616E646F6D) ^ uint64(0xEE)
    v2 = uint64(k0) ^ uint64(0x6C7967656E657261)
    v3 = uint64(k1) ^ uint64(0x7465646279746573)
    i = start
    while i <= end:  # the last block holds what is left, none to three units, and the length
        block = uint64(0)
        if i + 4 <= end:
            block = (
                uint64(units[i])
                | uint64(uint64(units[i + 1]) << uint64(16))
                | uint64(uint64(units[i + 2]) << uint64(32))
                | uint64(uint64(units[i + 3]) << uint64(48))
            )
        else:
            for j in range(end - i):
                block |= uint64(uint64(units[i + j]) << uint64(16 * j))
            block |= uint64(uint64(end - start) << uint64(56))
        v3 ^= block
        v0, v1, v2, v3 = sip_round(v0, v1, v2, v3)
        v0 ^= block
        i += 4
    v2 ^= uint64(0xEE)
    for _ in range(3):
        v0, v1, v2, v3 = sip_round(v0, v1, v2, v3)
    first = v0 ^ v1 ^ v2 ^ v3
    v1 ^= uint64(0xDD)
    for _ in range(3):
        v0, v1, v2, v3 = sip_round(v0, v1, v2, v3)
    return first, v0 ^ v1 ^ v2 ^ v3


@njit(nogil=True, cache=True)
def intern_keys(
    units: NDArray[np.uint16],
    offsets: NDArray[np.int64],
    table: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    count: int,
    k0: int,
    k1: int,
) -> NDArray[np.int64]:
    """Return the number of each key of a batch: that of its first occurrence, or the next; -1 if empty.

    Args:
        units: UTF-16 code units of n keys, uint16 ``(total,)``.
        offsets: int64 ``(n + 1,)``.
        table: int32, its size a power of two, -1 where free; at least half stays free.
        hashes: of the keys known so far, uint64 ``(>= count + n, 2)``; new ones are written behind them.
        count: keys known so far.
        k0: the secret's first half.
        k1: its second half.
    """
    n = len(offsets) - 1
    mask = len(table) - 1
    found = np.empty(n, dtype=np.int64)
    for p in range(n):
        if offsets[p] == offsets[p + 1]:
            found[p] = -1
            continue
        first, second = siphash(units, offsets[p], offsets[p + 1], k0, k1)
        slot = np.int64(first & uint64(mask))
        while table[slot] >= 0 and (hashes[table[slot], 0] != first or hashes[table[slot], 1] != second):
            slot = (slot + 1) & mask
        if table[slot] < 0:
            table[slot] = count
            hashes[count, 0] = first
            hashes[count, 1] = second
            count += 1
        found[p] = table[slot]
    return found


@njit(nogil=True, cache=True)
def rehash(table: NDArray[np.int32], hashes: NDArray[np.uint64], count: int) -> None:
    """Fill an empty `table` with the numbers of the first `count` keys."""
    mask = len(table) - 1
    for number in range(count):
        slot = np.int64(hashes[number, 0] & uint64(mask))
        while table[slot] >= 0:
            slot = (slot + 1) & mask
        table[slot] = number


@njit(nogil=True, cache=True)
def gather(
    units: NDArray[np.uint16], offsets: NDArray[np.int64], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Return the `chosen` texts of a batch as a batch of their own: units and offsets."""
    ends = np.zeros(len(chosen) + 1, dtype=np.int64)
    for p in range(len(chosen)):
        ends[p + 1] = ends[p] + offsets[chosen[p] + 1] - offsets[chosen[p]]
    out = np.empty(ends[-1], dtype=np.uint16)
    for p in range(len(chosen)):
        out[ends[p] : ends[p + 1]] = units[offsets[chosen[p]] : offsets[chosen[p] + 1]]
    return out, ends
