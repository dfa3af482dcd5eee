"""The fingerprints of passages by numpy: what `boxes` writes word by word, for a text too small for compiled code.

A draft with what the archive proposes for it has ten thousand words; word by word they would be a fourth of a
cold check.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.kernels import boxes
from dedup.kernels.boxes import Column

Hashes = NDArray[np.uint32]
Fingerprints = NDArray[np.int64]
"""``name << 32 | position``, in no order."""


def hashes_of(names: Column) -> Hashes:
    """Return the hash of each word from its name, uint32 ``(words,)``; see `boxes.mixed`."""
    return _mixed(np.asarray(names, dtype=np.uint32))


def runs(ids: Any, hashes: Hashes, starts: Any) -> Fingerprints:
    """Return the fingerprints of all runs of GRAM words of one document each, as `boxes.grams` does."""
    words = hashes[np.asarray(ids)]
    documents = _documents(len(words), starts)
    size = max(len(words) - boxes.GRAM + 1, 0)
    mixed = np.zeros(size, dtype=np.uint32)
    for i in range(boxes.GRAM):
        mixed = _mixed(mixed * np.uint32(5) + words[i : i + size])
    places = np.flatnonzero(documents[:size] == documents[len(words) - size :])
    return _named(mixed[places], places)


def pairs(ids: Any, hashes: Hashes, content: Any, starts: Any) -> Fingerprints:
    """Return the fingerprints of sampled pairs of content words of one document each, as `boxes.word_pairs` does."""
    column = np.asarray(ids)
    places = np.flatnonzero(np.asarray(content)[column])
    words, documents = hashes[column[places]], _documents(len(column), starts)[places]
    found: list[Fingerprints] = []
    for step in range(1, boxes.REACH + 1):  # the next content word, the one after it, and so on
        a, b = words[:-step], words[step:]
        near = (places[step:] - places[:-step] <= boxes.REACH) & (documents[:-step] == documents[step:])
        if not near.any():
            break
        kept = np.flatnonzero(near & ((a + b) & np.uint32(boxes.CLASSES - 1) == 0) & (a != b))
        low, high = np.minimum(a[kept], b[kept]), np.maximum(a[kept], b[kept])
        found.append(_named(_mixed(_mixed(low) * np.uint32(5) + high), places[kept]))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def repeated(found: Fingerprints) -> list[int]:
    """Return, sorted, the fingerprints whose name comes more than once: one by itself links nothing."""
    ordered = np.sort(found)
    same = ordered[1:] >> 32 == ordered[:-1] >> 32
    kept = np.zeros(len(ordered), dtype=bool)
    kept[1:] = same
    kept[:-1] |= same
    codes: list[int] = ordered[kept].tolist()
    return codes


def once(found: Fingerprints, size: int) -> bytearray:
    """Return 1 for each of `size` positions at which a run begins: it stands in one document at least."""
    marks = np.zeros(size, dtype=np.uint8)
    marks[found & boxes.MASK32] = 1
    return bytearray(marks.tobytes())


def _documents(size: int, starts: Any) -> NDArray[np.int64]:
    """Return the document of each position."""
    numbers: NDArray[np.int64] = np.repeat(np.arange(len(starts) - 1), np.diff(np.asarray(starts)))
    return numbers[:size]


def _named(mixed: Hashes, places: NDArray[np.int64]) -> Fingerprints:
    return (mixed.astype(np.int64) >> 1) << 32 | places


def _mixed(h: Hashes) -> Hashes:
    """Return what `boxes.mixed` returns, of each of uint32 numbers: they wrap by themselves."""
    h = (h ^ h >> np.uint32(16)) * np.uint32(0x85EBCA6B)
    h = (h ^ h >> np.uint32(13)) * np.uint32(0xC2B2AE35)
    return h ^ h >> np.uint32(16)
