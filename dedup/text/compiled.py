"""Loose keys of many texts at once, by compiled code.

The rules of `rules.py` become two tables over the Basic Multilingual Plane: what kind of character
each code point is, and what it becomes. A text with anything that the tables do not know goes the
way of the reference, so that a key never depends on which of the two made it.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from dedup.kernels import load, pack
from dedup.text import letters
from dedup.text.normalize import make_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def make_keys(texts: Sequence[str], profile: str = "ar", texts_in_all: int = 0) -> list[str]:
    """Return the key of each text: `make_key`, compiled where that is worth it.

    Args:
        texts: any.
        profile: only `ar` has a kernel; the others are made by the reference.
        texts_in_all: how many texts the whole input has so far, if more than these.
    """
    kernel = load("normalize", max(len(texts), texts_in_all)) if profile == "ar" else None
    if kernel is None:
        return [make_key(text, profile) for text in texts]
    return _compiled_keys(texts, kernel)


def _compiled_keys(texts: Sequence[str], kernel: ModuleType) -> list[str]:
    classes, folds = tables()
    batch = pack(texts)
    yeh, hamza = map(ord, letters.FINAL_HAMZA)
    points, offsets, rare = kernel.fold_batch(batch.points, batch.offsets, classes, folds, yeh, hamza)
    buffer, ends = points.tobytes(), (4 * offsets).tolist()
    keys = [buffer[low:high].decode("utf-32-le") for low, high in itertools.pairwise(ends)]
    for i in rare.nonzero()[0].tolist():
        keys[i] = make_key(texts[i])
    return keys


@functools.cache
def tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Return the class of each code point, uint8 ``(65536,)``, and what it becomes, uint32 ``(65536,)``."""
    import numpy as np

    from dedup.kernels import normalize as kernel

    classes = np.full(kernel.TABLE_SIZE, kernel.RARE, dtype=np.uint8)
    folds = np.zeros(kernel.TABLE_SIZE, dtype=np.uint32)
    kinds = _kinds(kernel)
    for code in range(kernel.TABLE_SIZE):
        char = _shape(chr(code))
        kind = _kind(char, kinds)
        if kind in (kernel.LETTER, kernel.DIGIT, kernel.PROCLITIC):
            folded = char.casefold()
            folds[code] = ord(letters.LETTER_FOLDS.get(folded, folded))
        classes[code] = kind
    return classes, folds


def _shape(char: str) -> str:
    """Return what the rule of shapes makes of a character."""
    return "\ufffd" if "\ud800" <= char <= "\udfff" else letters.shapes().get(char, char)


def _kinds(kernel: ModuleType) -> dict[str, int]:
    return {name: getattr(kernel, name) for name in _NAMES}


_NAMES = ("RARE", "LETTER", "DIGIT", "REMOVED", "SEPARATOR", "THOUSANDS", "DECIMAL", "QUOTE", "PROCLITIC")
_COMPOSES = re.compile(f"[{letters.COMPOSING}\u0653-\u0655]")  # and the marks that make another letter
_REMOVED = re.compile(f"[{letters.REMOVED}]")
_QUOTE = re.compile(f"[{letters.QUOTES}]")


def _kind(char: str, kinds: dict[str, int]) -> int:
    if len(char) != 1 or _COMPOSES.match(char):
        return kinds["RARE"]
    if _REMOVED.match(char):
        return kinds["REMOVED"]
    if unicodedata.combining(char) or unicodedata.category(char)[0] == "M" or not _is_stable(char):
        return kinds["RARE"]
    for name, found in (
        ("THOUSANDS", char in letters.THOUSANDS_SEPARATORS),
        ("DECIMAL", char in letters.DECIMAL_SEPARATORS),
        ("QUOTE", bool(_QUOTE.match(char))),
        ("DIGIT", char in "0123456789"),
        ("PROCLITIC", char in letters.PROCLITICS),
        ("LETTER", char.isalnum()),
    ):
        if found:
            return kinds[name]
    return kinds["SEPARATOR"]


def _is_stable(char: str) -> bool:
    """Return whether composition leaves a character as it is, and case folding gives one such."""
    folded = char.casefold()
    return len(folded) == 1 and unicodedata.is_normalized("NFC", char) and unicodedata.is_normalized("NFC", folded)
