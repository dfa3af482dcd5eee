"""The distinct keys of a run: equal texts collapse here, before anything is compared.

A key is a number from 0, in the order of first occurrence. Two ways of keeping them behind one
interface: a dict for small input, and for large input one buffer of UTF-16 code units that was never
a Python string and may go to a temporary file.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from dedup.kernels import Batch, load, pack, pack_units
from dedup.scratch import Scratch, give_back
from dedup.text.compiled import fold
from dedup.text.normalize import make_key
from dedup.text.tokens import word_count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_KEY = -1
"""The number of an empty key."""
CHUNK_KEYS = 4_096
"""Keys of a chunk that the plain table packs at once."""


class Keys(Protocol):
    """Number the keys of texts. `words` and `chars` (code points) are those of each key."""

    words: array[int]
    chars: array[int]

    def add(self, texts: Sequence[str]) -> array[int]:
        """Return the number of the key of each text, NO_KEY where it is empty."""

    def get(self, number: int) -> str:
        """Return a key."""

    def chunks(self) -> Iterator[tuple[int, Batch]]:
        """Yield all keys in batches of bounded size, each with the number of its first key."""

    def seal(self) -> None:
        """Give back what only adding needs."""

    def close(self) -> None:
        """Give back what is kept outside memory."""


class PlainKeys:
    """Keep keys as strings; serves small input, other profiles than `ar`, and where numba is missing.

    `known` are keys that were made before, by text.
    """

    def __init__(self, profile: str, known: Mapping[str, str] | None = None) -> None:
        self._profile = profile
        self._known = known or {}
        self._numbers: dict[str, int] = {}
        self._keys: list[str] = []
        self.words = array("i")
        self.chars = array("i")

    def add(self, texts: Sequence[str]) -> array[int]:
        """Return the number of the key of each text, NO_KEY where it is empty."""
        return array("i", [self._number(self._key(text)) for text in texts])

    def _key(self, text: str) -> str:
        known = self._known.get(text)
        return make_key(text, self._profile) if known is None else known

    def _number(self, key: str) -> int:
        if not key:
            return NO_KEY
        number = self._numbers.setdefault(key, len(self._keys))
        if number == len(self._keys):
            self._keys.append(key)
            self.words.append(word_count(key))
            self.chars.append(len(key))
        return number

    def get(self, number: int) -> str:
        """Return a key."""
        return self._keys[number]

    def chunks(self) -> Iterator[tuple[int, Batch]]:
        """Yield all keys in batches of bounded size, each with the number of its first key."""
        for low in range(0, len(self._keys), CHUNK_KEYS):
            yield low, pack(self._keys[low : low + CHUNK_KEYS])

    def seal(self) -> None:
        """Give back what only adding needs."""
        self._numbers = {}

    def close(self) -> None:
        """Nothing is kept outside memory."""


class CompiledKeys:
    """Keep keys as code units; a hash table of their 128-bit hashes finds equal ones.

    `memory` is how many bytes of code units are kept before they go to a temporary file.
    """

    def __init__(self, kernel: ModuleType, memory: float) -> None:
        import numpy as np

        from dedup.kernels import keys

        self._fold_kernel, self._kernel = kernel, keys
        self._secret = tuple(int.from_bytes(os.urandom(8), "little") >> 1 for _ in range(2))
        self._table = np.full(1 << 12, -1, dtype=np.int32)
        self._hashes = np.empty((1 << 11, 2), dtype=np.uint64)
        self._units = UnitLog(memory)
        self._ends = array("q", [0])
        self._firsts = array("q")
        self.words = array("i")
        self.chars = array("i")

    def add(self, texts: Sequence[str]) -> array[int]:
        """Return the number of the key of each text, NO_KEY where it is empty."""
        folded = fold(texts, self._fold_kernel)
        if not folded.rare:
            return self._intern(folded.keys, folded.words.tolist())
        return self.add_keys(folded.whole(), folded.words.tolist(), folded.rare)

    def add_keys(self, keys: Batch, words: list[int], wide: dict[int, str] | None = None) -> array[int]:
        """Return the numbers of keys that are made already; `wide` may have characters of two units."""
        before = len(self.words)
        numbers = self._intern(keys, words)
        for i, key in (wide or {}).items():
            if numbers[i] >= before:
                self.chars[numbers[i]] = len(key)
        return numbers

    def _intern(self, keys: Batch, words: list[int]) -> array[int]:
        import numpy as np

        known = len(self.words)
        self._make_room(known + len(keys))
        found = self._kernel.intern_keys(keys.points, keys.offsets, self._table, self._hashes, known, *self._secret)
        fresh = _first_places(found, known)
        if len(fresh):
            units, ends = self._kernel.gather(keys.points, keys.offsets, fresh)
            self._firsts.append(known)
            self._units.append(units)
            self.words.extend(words[i] for i in fresh.tolist())
            self.chars.frombytes(np.diff(ends).astype(np.int32).tobytes())
            self._ends.frombytes((ends[1:] + self._ends[-1]).tobytes())
        numbers = array("i")
        numbers.frombytes(found.astype(np.int32).tobytes())
        return numbers

    def _make_room(self, keys: int) -> None:
        import numpy as np

        if keys > len(self._hashes):
            grown = np.empty((max(keys, 2 * len(self._hashes)), 2), dtype=np.uint64)
            grown[: len(self.words)] = self._hashes[: len(self.words)]
            self._hashes = grown
        if 2 * keys > len(self._table):
            self._table = self._table[:0].copy()  # the old one goes before the new one comes
            self._table = np.full(1 << (4 * keys - 1).bit_length(), -1, dtype=np.int32)
            self._kernel.rehash(self._table, self._hashes, len(self.words))

    def get(self, number: int) -> str:
        """Return a key."""
        return self._units.read(self._ends[number], self._ends[number + 1]).tobytes().decode("utf-16-le")

    def chunks(self) -> Iterator[tuple[int, Batch]]:
        """Yield all keys in batches of bounded size, each with the number of its first key."""
        import numpy as np

        ends = np.frombuffer(self._ends, dtype=np.int64)
        for low, high in pairwise([*self._firsts, len(self.words)]):
            yield low, Batch(self._units.read(ends[low], ends[high]), ends[low : high + 1] - ends[low])

    def seal(self) -> None:
        """Give back the hash table."""
        self._table, self._hashes = self._table[:0].copy(), self._hashes[:0].copy()

    def close(self) -> None:
        """Give back the temporary file."""
        self._units.close()


class UnitLog:
    """Append arrays of code units and read ranges of them; beyond `memory` bytes they go to a file."""

    def __init__(self, memory: float) -> None:
        self._memory = memory
        self._arrays: list[NDArray[np.uint16]] = []
        self._starts: list[int] = []
        self._size = 0
        self._file = Scratch()

    def append(self, units: NDArray[np.uint16]) -> None:
        """Take in the next units."""
        self._starts.append(self._size)
        self._arrays.append(units)
        self._size += len(units)
        if 2 * self._size - self._file.size > self._memory:
            for kept in self._arrays:
                self._file.append(kept.data)
            self._arrays, self._starts = [], []
            give_back()

    def read(self, low: int, high: int) -> NDArray[np.uint16]:
        """Return ``[low, high)``, which lies within one appended array."""
        import numpy as np

        if 2 * low < self._file.size:
            return np.frombuffer(self._file.read(2 * low, 2 * (high - low)), dtype=np.uint16)
        i = bisect_right(self._starts, low) - 1
        return self._arrays[i][low - self._starts[i] : high - self._starts[i]]

    def close(self) -> None:
        """Give back the temporary file."""
        self._file.close()


def _first_places(found: NDArray[np.int64], known: int) -> NDArray[np.int64]:
    """Return where each number from `known` stands first: numbers rise by one in the order of first places."""
    import numpy as np

    highest = np.maximum.accumulate(np.concatenate((np.array([known - 1]), found)))
    return np.flatnonzero(highest[1:] > highest[:-1])


def grown(keys: Keys, profile: str, texts: int, memory: float) -> Keys:
    """Return `keys`, moved to the compiled table when the run has `texts` enough for it."""
    if not isinstance(keys, PlainKeys) or profile != "ar":
        return keys
    kernel = load("normalize", texts)
    if kernel is None:
        return keys
    compiled = CompiledKeys(kernel, memory)
    for low, high in _ranges(len(keys.words)):
        made = [keys.get(number) for number in range(low, high)]
        compiled.add_keys(pack_units(made), keys.words[low:high].tolist(), dict(enumerate(made)))
    return compiled


def _ranges(n: int) -> Iterable[tuple[int, int]]:
    return ((low, min(n, low + CHUNK_KEYS)) for low in range(0, n, CHUNK_KEYS))
