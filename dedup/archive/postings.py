"""Postings: which contents have a key, in sorted runs of blocks.

A posting is one number, ``key << 32 | content``. A run is sorted and written once, in blocks that fit a page;
of a run only the first key of each block is held in memory. Adding writes small runs, and several of one size
become one (a log-structured merge tree: O'Neil, Cheng, Gawlick, O'Neil, 1996): a B-tree of single postings
slows down to a third by a million paragraphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]
Number = TypeVar("Number", np.int64, np.uint32, np.uint64)

BLOCK = 500
"""Postings of a block: 4,000 bytes, with its row one page of SQLite."""
FANOUT = 8
"""Runs of about one size that become one."""
PIECE = 2_000_000
"""Postings that are merged at once: 16 MB a run."""
_SHIFT = np.uint64(32)


def distinct(numbers: NDArray[Number]) -> NDArray[Number]:
    """Sort in place, and return each once: several times as fast as numpy's `unique`, and loads less."""
    numbers.sort()
    found: NDArray[Number] = numbers[firsts(numbers)]
    return found


def firsts(ordered: NDArray[Number]) -> NDArray[np.bool_]:
    """Return which of sorted numbers stand first among equal ones."""
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return first


def ragged_codes(keys: Sequence[NDArray[np.uint32]], contents: Sequence[int]) -> Codes:
    """Return the sorted postings of contents with different numbers of keys."""
    sizes = [len(each) for each in keys]
    joined = np.concatenate([np.empty(0, np.uint32), *keys]).astype(np.uint64)
    return distinct(joined << _SHIFT | np.repeat(np.array(contents, dtype=np.uint64), sizes))


def blocks_of(codes: Codes) -> Iterator[bytes]:
    """Yield sorted postings as blocks: pairs of uint32, little endian."""
    data, size = _turned(codes).astype("<u8", copy=False).tobytes(), 8 * BLOCK
    for low in range(0, len(data), size):
        yield data[low : low + size]


def codes_in(blocks: Sequence[bytes]) -> Codes:
    """Return the postings of blocks, in their order."""
    return _turned(np.frombuffer(b"".join(blocks), dtype="<u8").astype(np.uint64, copy=False))


def _turned(numbers: Codes) -> Codes:
    """Return numbers with their halves changed about: a pair of uint32, little endian, has its first one low."""
    turned = numbers >> _SHIFT
    turned |= numbers << _SHIFT
    return turned


def fences_of(codes: Codes) -> bytes:
    """Return the first key of each block."""
    return (codes[::BLOCK] >> _SHIFT).astype("<u4").tobytes()


class Run(NamedTuple):
    """Know where the keys of a run are: `fences` are the first key of each block, uint32 ``(blocks,)``."""

    id: int
    size: int
    fences: NDArray[np.uint32]

    def blocks_with(self, keys: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return the numbers of the blocks in which any of sorted `keys` may stand, rising."""
        low = np.maximum(np.searchsorted(self.fences, keys, side="left") - 1, 0)
        high = np.searchsorted(self.fences, keys, side="right") - 1
        most = int((high - low).max(initial=0)) + 1
        near = low[:, None] + np.arange(most)
        return distinct(near[near <= high[:, None]])


class Pairs(NamedTuple):
    """Postings as columns, sorted by key and content: uint32 ``(m,)`` each."""

    keys: NDArray[np.uint32]
    contents: NDArray[np.uint32]


def pairs_in(blocks: Sequence[bytes]) -> Pairs:
    """Return the postings of blocks, in their order. Contents are not copied: of thousands of blocks few are asked."""
    numbers = np.frombuffer(b"".join(blocks), dtype="<u4")
    return Pairs(np.ascontiguousarray(numbers[::2]), numbers[1::2])


def pairs_of(codes: Codes) -> Pairs:
    """Return sorted postings as columns."""
    return Pairs((codes >> _SHIFT).astype(np.uint32), codes.astype(np.uint32))


def found_in(pairs: Pairs, keys: NDArray[np.uint32], most: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return where sorted postings have `keys`.

    Args:
        pairs: the postings.
        keys: uint32 ``(n,)``, in any order.
        most: postings of a key that are taken, the first in order.

    Returns:
        the places in `keys` and the contents, each int64 ``(m,)``; and how many keys have more postings.
    """
    low = np.searchsorted(pairs.keys, keys, side="left")
    high = np.searchsorted(pairs.keys, keys, side="right")
    capped = int((high - low > most).sum())
    sizes = np.minimum(high - low, most)
    places = np.repeat(np.arange(len(keys)), sizes)
    starts = np.cumsum(sizes) - sizes
    taken = np.repeat(low - starts, sizes) + np.arange(int(sizes.sum()))
    return places, pairs.contents[taken].astype(np.int64), capped


def merged(runs: Sequence[Run], blocks: Callable[[Run, int, int], Codes]) -> Iterator[Codes]:
    """Yield the postings of several runs as one sorted stream, in pieces of bounded size.

    Args:
        runs: what is merged.
        blocks: gives the postings of the blocks [first, last) of a run.
    """
    fences = np.sort(np.concatenate([run.fences for run in runs]))
    step = max(1, PIECE // BLOCK)
    borders = [0, *distinct(fences[step::step]).tolist(), 1 << 32]
    for low, high in pairwise(borders):
        parts = [_between(run, low, high, blocks) for run in runs]
        piece = np.concatenate(parts)
        piece.sort()
        if len(piece):
            yield piece


def _between(run: Run, low: int, high: int, blocks: Callable[[Run, int, int], Codes]) -> Codes:
    """Return the postings of a run with keys in [low, high)."""
    first = max(0, int(np.searchsorted(run.fences, low, side="left")) - 1)
    last = int(np.searchsorted(run.fences, min(high, 0xFFFFFFFF), side="left" if high < 1 << 32 else "right"))
    codes = blocks(run, first, last)
    start, end = np.searchsorted(codes, [low << 32, min(high << 32, (1 << 64) - 1)])
    return codes[start:] if high >= 1 << 32 else codes[start:end]


def tier(size: int) -> int:
    """Return the tier of a run: runs of one tier are of about one size."""
    found = 0
    while size >= FANOUT * BLOCK:
        size //= FANOUT
        found += 1
    return found


def due(sizes: Sequence[int]) -> list[int]:
    """Return the places of the runs that should become one: FANOUT of the lowest tier that has so many."""
    tiers: dict[int, list[int]] = {}
    for place, size in enumerate(sizes):
        tiers.setdefault(tier(size), []).append(place)
    for found in (tiers[each] for each in sorted(tiers)):
        if len(found) >= FANOUT:
            return found
    return []
