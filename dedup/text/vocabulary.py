"""The words of keys as numbers: what passages are looked for in.

A word's name is the CRC-32 of its UTF-16 code units: it depends on nothing but the word, so that the
fingerprints made of names are the same in every run, compiled or not.
"""

from __future__ import annotations

import functools
import zlib
from array import array
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from dedup.kernels import pack_units
from dedup.kernels.boxes import Column
from dedup.text.keys import CompiledKeys, Keys
from dedup.text.tokens import is_whole_word, tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dedup.kernels import Batch

    WordNumbers = array[int] | NDArray[np.int32]


class Words(NamedTuple):
    """The tokens of keys: key k has ``ids[ends[k]:ends[k + 1]]``; word w is named ``names[w]``."""

    ids: WordNumbers
    ends: Column
    names: Column


def name_of(word: str) -> int:
    """Return the name of a word, 32 bits."""
    return zlib.crc32(word.encode("utf-16-le", "surrogatepass"))


def words_of_keys(keys: Keys, kernel: ModuleType | None) -> Words:
    """Return the words of all keys, by `kernel` (`dedup.kernels.passages`) where there is one. `O(characters)`."""
    if kernel is not None and isinstance(keys, CompiledKeys):
        return _compiled(keys, kernel)
    numbers: dict[str, int] = {}
    ids, ends = array("i"), array("q", [0])
    for key in range(len(keys.words)):
        ids.extend(numbers.setdefault(word, len(numbers)) for word in tokens(keys.get(key)))
        ends.append(len(ids))
    return _distinct(ids, ends, [name_of(word) for word in numbers])


def _distinct(ids: array[int], ends: array[int], names: list[int]) -> Words:
    """Give two words of one name one number, as compiled code does."""
    first: dict[int, int] = {}
    numbers = [first.setdefault(name, len(first)) for name in names]
    if len(first) < len(names):
        ids = array("i", (numbers[i] for i in ids))
    return Words(ids, ends, list(first))


def _compiled(keys: CompiledKeys, kernel: ModuleType) -> Words:
    import numpy as np

    known = np.empty(1 << 16, dtype=np.uint32)
    table = np.full(1 << 17, -1, dtype=np.int32)
    count = 0
    parts, counts = [np.empty(0, dtype=np.int32)], [np.zeros(1, dtype=np.int64)]
    for _, batch in keys.chunks():
        names, sizes = _names(batch, kernel)
        if count + len(names) > len(known):
            known = np.concatenate((known[:count], np.empty(count + 2 * len(names), dtype=np.uint32)))
        if 2 * (count + len(names)) > len(table):
            table = np.full(1 << (4 * (count + len(names)) - 1).bit_length(), -1, dtype=np.int32)
            kernel.number_words(known[:count], table, known, 0)
        ids, count = kernel.number_words(names, table, known, count)
        parts.append(ids)
        counts.append(sizes)
    return Words(np.concatenate(parts), np.cumsum(np.concatenate(counts)), known[:count])


def _names(batch: Batch, kernel: ModuleType) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the names of the words of a batch in order, and how many each key has."""
    import numpy as np

    counts = kernel.count_words(batch.points, batch.offsets, _whole())
    names = kernel.name_words(batch.points, batch.offsets, counts, _crc_table())
    rare = np.flatnonzero(counts < 0)
    if len(rare) == 0:
        return names, counts.astype(np.int64)
    sizes = counts.astype(np.int64)
    ends = np.cumsum(np.maximum(sizes, 0))
    parts, low = [], 0
    for key in rare.tolist():
        text = batch.points[batch.offsets[key] : batch.offsets[key + 1]].tobytes().decode("utf-16-le", "surrogatepass")
        made = [name_of(word) for word in tokens(text)]
        parts += [names[low : ends[key]], np.array(made, dtype=np.uint32)]
        low, sizes[key] = ends[key], len(made)
    return np.concatenate((*parts, names[low:])), sizes


def word_names(
    keys: Sequence[str], kernel: ModuleType | None, units: Batch | None = None
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the names of the tokens of keys one after the other, uint32 ``(total,)``, and how many each key has.

    `units` are the code units of the keys, where they are there already.
    """
    import numpy as np

    if kernel is not None:
        return _names(pack_units(keys) if units is None else units, kernel)
    split = [tokens(key) for key in keys]
    names = np.array([name_of(word) for words in split for word in words], dtype=np.uint32)
    return names, np.array([len(words) for words in split], dtype=np.int64)


@functools.cache
def _whole() -> NDArray[np.bool_]:
    """Return for each code unit whether a key with it is left to `tokens`, bool ``(65536,)``."""
    import numpy as np

    surrogates = range(0xD800, 0xE000)
    return np.array([code in surrogates or is_whole_word(chr(code)) for code in range(1 << 16)])


@functools.cache
def _crc_table() -> NDArray[np.uint32]:
    """Return the CRC-32 of each byte (ISO 3309), as `zlib` has it."""
    import numpy as np

    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, np.uint32(0xEDB88320) ^ (table >> np.uint32(1)), table >> np.uint32(1))
    return table
