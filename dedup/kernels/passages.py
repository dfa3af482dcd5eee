"""Passages, compiled: the words of keys, and what `boxes.py` beside this does, for all documents at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numba.extending import register_jitable
from numpy.typing import NDArray

from dedup.kernels import boxes
from dedup.kernels.signatures import fmix

for _function in (
    "mixed _bucket clusters _near _root _joined refine _fit _weigh _unknown _has _sort _pair_boxes _bounds _is_enough "
    "_merged _overlap _belong grams word_pairs inner_seeds slots_for seeds spread document_boxes"
).split():
    register_jitable(getattr(boxes, _function))


@njit(nogil=True, cache=True)
def count_words(units: NDArray[np.uint16], offsets: NDArray[np.int64], whole: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return how many words each key has, int32 ``(n,)``; -1 where it has a character that is one by itself.

    Args:
        units: UTF-16 code units of n keys, words separated by one space.
        offsets: int64 ``(n + 1,)``.
        whole: for each code unit, whether it is a word by itself, bool ``(65536,)``.
    """
    counts = np.zeros(len(offsets) - 1, dtype=np.int32)
    for p in range(len(counts)):
        low, high = offsets[p], offsets[p + 1]
        words = 1 if high > low else 0
        for x in range(low, high):
            words += units[x] == 32
            if whole[units[x]]:
                words = -1
                break
        counts[p] = words
    return counts


@njit(nogil=True, cache=True)
def name_words(
    units: NDArray[np.uint16], offsets: NDArray[np.int64], counts: NDArray[np.int32], crc: NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """Return the CRC-32 (of the UTF-16 bytes) of each word of the keys that have a count, in their order."""
    total = 0
    for p in range(len(counts)):
        total += max(counts[p], 0)
    names = np.empty(total, dtype=np.uint32)
    filled = 0
    for p in range(len(counts)):
        if counts[p] <= 0:
            continue
        state = np.uint32(0xFFFFFFFF)
        for x in range(offsets[p], offsets[p + 1]):
            unit = units[x]
            if unit == 32:
                names[filled] = state ^ np.uint32(0xFFFFFFFF)
                filled += 1
                state = np.uint32(0xFFFFFFFF)
            else:
                state = crc[(state ^ np.uint32(unit & 255)) & np.uint32(255)] ^ (state >> np.uint32(8))
                state = crc[(state ^ np.uint32(unit >> 8)) & np.uint32(255)] ^ (state >> np.uint32(8))
        names[filled] = state ^ np.uint32(0xFFFFFFFF)
        filled += 1
    return names


@njit(nogil=True, cache=True)
def sampled_runs(
    names: NDArray[np.uint32], sizes: NDArray[np.int64], length: int, sampled: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the fingerprints of the runs of `length` words of n keys that `sampled` divides, and where each key ends.

    Args:
        names: of the words of the keys, one key after the other, uint32 ``(total,)``.
        sizes: words of each key, int64 ``(n,)``.
        length: words of a run.
        sampled: one run in so many is kept.

    Returns:
        uint32 ``(m,)``, in their order; and int64 ``(n + 1,)``: key i has those from ``ends[i]`` to ``ends[i + 1]``.
    """
    kept = np.empty(len(names), dtype=np.uint32)
    ends = np.zeros(len(sizes) + 1, dtype=np.int64)
    filled = start = 0
    for p in range(len(sizes)):
        for first in range(start, start + sizes[p] - length + 1):
            run = np.uint32(0)
            for x in range(first, first + length):
                run = fmix(np.uint32(np.uint32(run * np.uint32(5)) + names[x]))
            if run % np.uint32(sampled) == 0:
                kept[filled] = run
                filled += 1
        start += sizes[p]
        ends[p + 1] = filled
    return kept[:filled].copy(), ends


@njit(nogil=True, cache=True)
def number_words(
    names: NDArray[np.uint32], table: NDArray[np.int32], known: NDArray[np.uint32], count: int
) -> tuple[NDArray[np.int32], int]:
    """Return the number of each word by its name, in the order of first occurrence, and how many are known now.

    Args:
        names: of words, uint32 ``(n,)``.
        table: int32, its size a power of two, -1 where free; at least half stays free.
        known: the names of the words known so far; new ones are written behind them.
        count: how many.
    """
    mask = np.uint32(len(table) - 1)
    ids = np.empty(len(names), dtype=np.int32)
    for p in range(len(names)):
        name = names[p]
        slot = (name ^ (name >> np.uint32(15))) & mask
        while table[slot] >= 0 and known[table[slot]] != name:
            slot = (slot + np.uint32(1)) & mask
        if table[slot] < 0:
            table[slot] = count
            known[count] = name
            count += 1
        ids[p] = table[slot]
    return ids, count


@njit(nogil=True, cache=True)
def mixed_names(names: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return the hash of each word from its name; see `boxes.mixed`."""
    hashes = np.empty(len(names), dtype=np.int64)
    for p in range(len(names)):
        hashes[p] = boxes.mixed(int(names[p]))
    return hashes


@njit(nogil=True, cache=True)
def all_grams(
    ids: NDArray[Any], hashes: NDArray[Any], starts: NDArray[np.int64], first: int, last: int, out: NDArray[np.int64]
) -> int:
    """Write the runs of the documents ``[first, last)``; see `boxes.grams`."""
    filled = 0
    for document in range(first, last):
        filled = boxes.grams(ids, hashes, starts[document], starts[document + 1], out, filled)
    return filled


@njit(nogil=True, cache=True)
def all_word_pairs(
    ids: NDArray[Any],
    hashes: NDArray[Any],
    content: NDArray[Any],
    starts: NDArray[np.int64],
    first: int,
    last: int,
    out: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the sampled pairs of the documents ``[first, last)``, in `out` or where they need more room, in more."""
    filled = 0
    ring = np.zeros(boxes.CLASSES * (boxes.REACH + 1), dtype=np.int64)
    for document in range(first, last):
        most = (starts[document + 1] - starts[document]) * boxes.REACH
        if filled + most > len(out):
            grown = np.empty(2 * len(out) + most, dtype=np.int64)
            grown[:filled] = out[:filled]
            out = grown
        filled = boxes.word_pairs(ids, hashes, content, starts[document], starts[document + 1], ring, out, filled)
    return out[:filled]


@njit(nogil=True, cache=True)
def all_inner_seeds(
    ids: NDArray[Any],
    hashes: NDArray[Any],
    content: NDArray[Any],
    paragraphs: NDArray[Any],
    starts: NDArray[np.int64],
    first: int,
    last: int,
    out: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the seeds of each of the documents ``[first, last)`` with itself, in `out` or in more."""
    filled = 0
    table = np.zeros(1 << 14, dtype=np.int64)
    for document in range(first, last):
        start, end = starts[document], starts[document + 1]
        if start == end or paragraphs[start] == paragraphs[end - 1]:
            continue
        slots = boxes.slots_for(end - start)
        if slots > len(table):
            table = np.zeros(2 * slots, dtype=np.int64)
        table[:slots] = 0
        most = (end - start) * boxes.NEAR
        if filled + most > len(out):
            grown = np.empty(2 * len(out) + most, dtype=np.int64)
            grown[:filled] = out[:filled]
            out = grown
        filled = boxes.inner_seeds(ids, hashes, content, paragraphs, start, end, table[:slots], out, filled)
    return out[:filled]


@njit(nogil=True, cache=True)
def seed_room(ordered: NDArray[np.int64], most: int, back: int) -> int:
    """Return how many seeds sorted fingerprints may give at most."""
    room = start = 0
    while start < len(ordered):
        end = start + 1
        while end < len(ordered) and ordered[end] >> 32 == ordered[start] >> 32:
            end += 1
        if end - start <= most:
            for k in range(1, end - start):
                room += min(k, back)
        start = end
    return room


@njit(nogil=True, cache=True)
def all_seeds(
    ordered: NDArray[np.int64],
    paragraphs: NDArray[Any],
    documents: NDArray[Any],
    indexed: int,
    most: int,
    out: NDArray[np.int64],
) -> int:
    """Write the seeds of sorted fingerprints; see `boxes.seeds`."""
    return boxes.seeds(ordered, len(ordered), paragraphs, documents, indexed, most, out)


@njit(nogil=True, cache=True)
def run_spread(
    ordered: NDArray[np.int64], paragraphs: NDArray[Any], documents: NDArray[Any], out: NDArray[np.uint8]
) -> None:
    """Write in how many documents the run at each position stands; see `boxes.spread`."""
    boxes.spread(ordered, len(ordered), paragraphs, documents, out)


@njit(nogil=True, cache=True)
def all_boxes(
    codes: NDArray[np.int64],
    ids: NDArray[Any],
    weights: NDArray[np.int32],
    paragraphs: NDArray[Any],
    documents: NDArray[Any],
    starts: NDArray[np.int64],
    keys: NDArray[Any],
    known: NDArray[np.int64],
    least: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the boxes of all documents that have the later side of sorted seeds, ``(boxes * BOX,)``."""
    counts = np.zeros(len(starts), dtype=np.int32)
    bag = np.zeros(len(weights), dtype=np.int32)
    out = np.empty(1024, dtype=np.int64)
    work = np.empty(1024, dtype=np.int64)
    filled = low = 0
    while low < len(codes):
        document = documents[paragraphs[codes[low] >> 32]]
        high = low
        while high < len(codes) and codes[high] >> 32 < starts[document + 1]:
            high += 1
        if 4 * (high - low) > len(work):
            work = np.empty(8 * (high - low), dtype=np.int64)
        if filled + boxes.BOX * (high - low) > len(out):
            grown = np.empty(2 * filled + boxes.BOX * (high - low), dtype=np.int64)
            grown[:filled] = out[:filled]
            out = grown
        filled = boxes.document_boxes(
            codes,
            low,
            high,
            ids,
            weights,
            paragraphs,
            documents,
            starts,
            keys,
            known,
            least,
            work,
            counts,
            bag,
            out,
            filled,
        )
        low = high
    return out[:filled]
