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
from typing import TYPE_CHECKING, NamedTuple

from dedup.kernels import Batch, load, pack_units
from dedup.text import letters
from dedup.text.normalize import make_key
from dedup.text.tokens import word_count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURROGATES = range(0xD800, 0xE000)


def make_keys(texts: Sequence[str], profile: str = "ar", texts_in_all: int = 0) -> list[str]:
    """Return the key of each text: `make_key`, compiled where that is worth it.

    Args:
        texts: any.
        profile: only `ar` has a kernel; the others are made by the reference.
        texts_in_all: how many texts the whole input has so far, if more than these.
    """
    return keyed(texts, profile, texts_in_all).keys


class Keyed(NamedTuple):
    """The keys of n texts; `units` are their code units, None where no compiled code made them."""

    keys: list[str]
    units: Batch | None


def keyed(texts: Sequence[str], profile: str = "ar", texts_in_all: int = 0) -> Keyed:
    """Return what `make_keys` returns, beside the code units that kernels go on with."""
    kernel = load("normalize", max(len(texts), texts_in_all)) if profile == "ar" else None
    if kernel is None:
        return Keyed([make_key(text, profile) for text in texts], None)
    units = fold(texts, kernel).whole()
    return Keyed(_texts(units), units)


def _texts(units: Batch) -> list[str]:
    """Return the texts of a batch of code units: decoded at once, but where a character is two of them."""
    buffer = units.points.tobytes()
    joined, ends = buffer.decode("utf-16-le"), units.offsets.tolist()
    if len(joined) == len(units.points):
        return [joined[low:high] for low, high in itertools.pairwise(ends)]
    return [buffer[2 * low : 2 * high].decode("utf-16-le") for low, high in itertools.pairwise(ends)]


class Folded(NamedTuple):
    """The keys of n texts; those of rare texts are empty in `keys`, and stand in `rare`.

    `words` are int32 ``(n,)``.
    """

    keys: Batch
    words: NDArray[np.int32]
    rare: dict[int, str]

    def whole(self) -> Batch:
        """Return the keys with those of rare texts put in."""
        return _with_rare(self.keys, self.rare) if self.rare else self.keys


def _with_rare(keys: Batch, rare: dict[int, str]) -> Batch:
    import numpy as np

    made = pack_units(list(rare.values()))
    parts, sizes, low = [], np.diff(keys.offsets), 0
    for place, i in enumerate(rare):
        parts += [keys.points[low : keys.offsets[i]], made.points[made.offsets[place] : made.offsets[place + 1]]]
        low = keys.offsets[i]
        sizes[i] = made.offsets[place + 1] - made.offsets[place]
    parts.append(keys.points[low:])
    return Batch(np.concatenate(parts), np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes))))


def fold(texts: Sequence[str], kernel: ModuleType) -> Folded:
    """Return the loose keys of `texts` by the compiled `kernel`, by the reference where it knows no better."""
    classes, folds = tables()
    batch = pack_units(texts)
    yeh, hamza = map(ord, letters.FINAL_HAMZA)
    units, offsets, words, rare = kernel.fold_batch(batch.points, batch.offsets, classes, folds, yeh, hamza)
    made = {i: make_key(texts[i]) for i in rare.nonzero()[0].tolist()}
    for i in (words < 0).nonzero()[0].tolist():
        words[i] = word_count(units[offsets[i] : offsets[i + 1]].tobytes().decode("utf-16-le"))
    for i, key in made.items():
        words[i] = word_count(key)
    return Folded(Batch(units, offsets), words, made)


@functools.cache
def tables() -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """Return the class of each code unit, uint8 ``(65536,)``, and what it becomes, uint16 ``(65536,)``."""
    import numpy as np

    from dedup.kernels import normalize as kernel

    classes = np.full(kernel.TABLE_SIZE, kernel.RARE, dtype=np.uint8)
    folds = np.zeros(kernel.TABLE_SIZE, dtype=np.uint16)
    kinds = _kinds(kernel)
    for code in range(kernel.TABLE_SIZE):
        if code in SURROGATES:
            continue  # half a character: the whole paragraph is rare
        char = letters.shapes().get(chr(code), chr(code))
        kind = _kind(char, kinds)
        if kind in (kernel.LETTER, kernel.DIGIT, kernel.PROCLITIC):
            folded = char.casefold()
            folds[code] = ord(letters.LETTER_FOLDS.get(folded, folded))
        classes[code] = kind
    return classes, folds


def _kinds(kernel: ModuleType) -> dict[str, int]:
    return {name: getattr(kernel, name) for name in _NAMES}


_NAMES = ("RARE", "LETTER", "DIGIT", "REMOVED", "SEPARATOR", "THOUSANDS", "DECIMAL", "QUOTE", "PROCLITIC")
# Compiled where the tables are made, which small input does without.
_COMPOSES = f"[{letters.COMPOSING}\u0653-\u0655]"  # and the marks that make another letter
_REMOVED = f"[{letters.REMOVED}]"
_QUOTE = f"[{letters.QUOTES}]"


def _kind(char: str, kinds: dict[str, int]) -> int:
    if len(char) != 1 or re.match(_COMPOSES, char):
        return kinds["RARE"]
    if re.match(_REMOVED, char):
        return kinds["REMOVED"]
    if unicodedata.combining(char) or unicodedata.category(char)[0] == "M" or not _is_stable(char):
        return kinds["RARE"]
    for name, found in (
        ("THOUSANDS", char in letters.THOUSANDS_SEPARATORS),
        ("DECIMAL", char in letters.DECIMAL_SEPARATORS),
        ("QUOTE", bool(re.match(_QUOTE, char))),
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
