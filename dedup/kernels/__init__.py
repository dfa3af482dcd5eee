"""Compiled code for large input: arrays in, arrays out. This package is numba's only door.

A batch of keys is one buffer of code points (UTF-32, uint32) and the offsets of the keys in it.
Each kernel does what a reference function beside its caller does, bit for bit; where numba cannot
be loaded the reference serves, and the report says so once.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


COMPILED_FROM = 1_000
"""Texts from which compiled code is worth its loading (0.4 s from the cache on disk)."""


@functools.cache
def failure() -> str | None:
    """Return why compiled code cannot be loaded here, or None if it can."""
    try:
        importlib.import_module("numba")
    except Exception as error:  # numba refuses new versions of Python and numpy with several types
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return None


def load(name: str, texts: int) -> ModuleType | None:
    """Return the kernel module `name` if there are `texts` enough for it and numba can be loaded."""
    if texts < COMPILED_FROM or failure() is not None:
        return None
    return importlib.import_module(f"dedup.kernels.{name}")


@dataclass(frozen=True, slots=True)
class KeyBatch:
    """Hold n keys: `points` uint32 ``(total,)``; key i is ``points[offsets[i]:offsets[i + 1]]``.

    `offsets` is int64 ``(n + 1,)``, rising, from 0 to ``total``.
    """

    points: NDArray[np.uint32]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def pack(keys: Sequence[str]) -> KeyBatch:
    """Return `keys` as one batch. `O(characters)`; 4 bytes a character and 8 a key."""
    import numpy as np

    offsets = np.zeros(len(keys) + 1, dtype=np.int64)
    np.cumsum([len(key) for key in keys], out=offsets[1:])
    points = np.frombuffer("".join(keys).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return KeyBatch(points.astype(np.uint32, copy=False), offsets)
