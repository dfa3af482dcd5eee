"""Text to loose keys, compiled: one pass over the UTF-16 code units of a batch.

The tables say what each code point of the Basic Multilingual Plane is; whatever they do not know
(RARE, and each half of a surrogate pair) sends its whole paragraph back to the reference, so that a
key never depends on which of the two made it. What the classes mean is the order of `text/rules.py`
folded into one pass.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

RARE, LETTER, DIGIT, REMOVED, SEPARATOR, THOUSANDS, DECIMAL, QUOTE, PROCLITIC = range(9)
"""Classes of a code point. A PROCLITIC is a letter that a quotation mark may follow inside a word."""

TABLE_SIZE = 0x10000
MAX_REMOVED_RUN = 12
"""Removed characters in a row beyond which the reference looks for runs of marks that are no writing."""

SPACE, FULL_STOP = 0x20, 0x2E
SPACELESS_FROM = 0x0E01
"""Below this code point no script goes without spaces between its words."""


@njit(nogil=True, cache=True)
def class_at(points: NDArray[np.uint16], i: int, end: int, classes: NDArray[np.uint8]) -> int:
    """Return the class of the code point at `i`; beyond the paragraph stands a separator."""
    if i >= end:
        return SEPARATOR
    return int(classes[points[i]])


@njit(nogil=True, cache=True)
def joins_thousands(points: NDArray[np.uint16], i: int, end: int, classes: NDArray[np.uint8]) -> int:
    """Return 1 if exactly three digits follow `i`, 0 if not, -1 if a rare character decides."""
    digits = 0
    while digits < 4:
        i += 1
        kind = class_at(points, i, end, classes)
        if kind == RARE:
            return -1
        if kind == DIGIT:
            digits += 1
        elif kind != REMOVED:
            break
    return 1 if digits == 3 else 0


@njit(nogil=True, cache=True)
def fold_final_hamza(out: NDArray[np.uint16], start: int, end: int, yeh: int, hamza: int) -> int:
    """Drop the yehs before a hamza that ends the word before `end`; return the new end."""
    if end - start < 2 or out[end - 1] != hamza or out[end - 2] != yeh:
        return end
    end -= 1
    while end > start and out[end - 1] == yeh:
        end -= 1
    out[end] = hamza
    return end + 1


@njit(nogil=True, cache=True)
def fold_paragraph(
    points: NDArray[np.uint16],
    start: int,
    end: int,
    classes: NDArray[np.uint8],
    folds: NDArray[np.uint16],
    out: NDArray[np.uint16],
    begin: int,
    yeh: int,
    hamza: int,
) -> tuple[int, int]:
    """Write the loose key of ``points[start:end]`` to `out` from `begin`.

    Return its end, or -1 if rare, and its words, or -1 if it has characters of spaceless scripts.
    """
    write = begin
    words, top = 1, 0
    last = before = SEPARATOR  # the two characters before this one, as they stand after removal
    space = False
    removed = 0
    i = start
    while i < end:
        kind = class_at(points, i, end, classes)
        if kind == LETTER or kind == DIGIT or kind == PROCLITIC:
            if space and write > begin:
                write = fold_final_hamza(out, begin, write, yeh, hamza)
                out[write] = SPACE
                write += 1
                words += 1
            space = False
            out[write] = folds[points[i]]
            top = max(top, out[write])
            write += 1
            before, last, removed = last, kind, 0
            i += 1
            continue
        if kind == REMOVED:
            removed += 1
            if removed > MAX_REMOVED_RUN:
                return -1, 0
            i += 1
            continue
        if kind == RARE:
            return -1, 0
        removed = 0
        if kind == QUOTE:
            following = i
            while class_at(points, following, end, classes) in (QUOTE, REMOVED):
                following += 1
            after = class_at(points, following, end, classes)
            if after == RARE:
                return -1, 0
            lone = last == PROCLITIC and not (before == LETTER or before == DIGIT or before == PROCLITIC)
            if not (lone and (after == LETTER or after == DIGIT or after == PROCLITIC)):
                space = True
            before = last = QUOTE
            i = following
            continue
        if kind == THOUSANDS and last == DIGIT:
            joined = joins_thousands(points, i, end, classes)
            if joined < 0:
                return -1, 0
            if joined == 1:
                i += 1
                continue
        if kind == DECIMAL and last == DIGIT:
            following = i + 1
            while class_at(points, following, end, classes) == REMOVED:
                following += 1
            if class_at(points, following, end, classes) == DIGIT:
                out[write] = FULL_STOP
                write += 1
                before, last = last, SEPARATOR
                i += 1
                continue
        space = True
        before, last = last, SEPARATOR
        i += 1
    words = 0 if write == begin else -1 if top >= SPACELESS_FROM else words
    return fold_final_hamza(out, begin, write, yeh, hamza), words


@njit(nogil=True, cache=True)
def fold_batch(
    points: NDArray[np.uint16],
    offsets: NDArray[np.int64],
    classes: NDArray[np.uint8],
    folds: NDArray[np.uint16],
    yeh: int,
    hamza: int,
) -> tuple[NDArray[np.uint16], NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_]]:
    """Return the keys of a batch of n texts, their words, and which of them are left to the reference.

    Args:
        points: UTF-16 code units, uint16 ``(total,)``.
        offsets: int64 ``(n + 1,)``: text i is ``points[offsets[i]:offsets[i + 1]]``.
        classes: class of each code unit, uint8 ``(65536,)``.
        folds: what a letter or digit becomes, uint16 ``(65536,)``.
        yeh: code point that a final hamza drops.
        hamza: code point of hamza.

    Returns:
        Key units and key offsets in the form of the input (a rare text has an empty key); words
        int32 ``(n,)``, -1 where the reference must count them; and bool ``(n,)``: True where the text
        is rare. `O(total)`.
    """
    n = len(offsets) - 1
    out = np.empty(len(points) + 1, dtype=np.uint16)
    ends = np.zeros(n + 1, dtype=np.int64)
    words = np.zeros(n, dtype=np.int32)
    rare = np.zeros(n, dtype=np.bool_)
    for p in range(n):
        end, count = fold_paragraph(points, offsets[p], offsets[p + 1], classes, folds, out, ends[p], yeh, hamza)
        rare[p] = end < 0
        words[p] = count
        ends[p + 1] = max(end, ends[p])
    return out[: ends[n]], ends, words, rare
