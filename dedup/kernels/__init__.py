"""Compiled code for large input: arrays in, arrays out. This package is numba's only door.

A batch of texts is one buffer and the offsets of the texts in it. Each kernel does what a reference
function beside its caller does, bit for bit; where numba cannot be loaded the reference serves, and
the report says so once.
"""

from __future__ import annotations

import functools
import importlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

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


def when_compiling(tell: Callable[[str], None] | None) -> None:
    """Have `tell` called before the first kernel is compiled in this process: later runs find it on disk.

    Once it was told it is told no more, though a second scan of the process may need another kernel.
    """
    _TELL[:] = [] if tell is None else [tell]


_TELL: list[Callable[[str], None]] = []
_TOLD = threading.Event()


@functools.cache
def _listen() -> None:
    from numba.core import event

    class Listener(event.Listener):
        def on_start(self, _: object) -> None:
            if _TELL and not _TOLD.is_set():
                _TOLD.set()
                _TELL[0]("compiling for this machine; later runs need not (some 30 seconds)")

        def on_end(self, _: object) -> None:
            """Nobody needs to know."""

    event.register("numba:compile", Listener())  # type: ignore[no-untyped-call] # numba has no types


def load(name: str, texts: int) -> ModuleType | None:
    """Return the kernel module `name` if there are `texts` enough for it and numba can be loaded."""
    if texts < COMPILED_FROM or failure() is not None:
        return None
    _listen()
    return importlib.import_module(f"dedup.kernels.{name}")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Batch:
    """Hold n texts: text i is ``points[offsets[i]:offsets[i + 1]]``.

    `points` are code points, uint32 ``(total,)``, or code units of UTF-16, uint16; `offsets` is int64
    ``(n + 1,)``, rising, from 0 to ``total``.
    """

    points: NDArray[Any]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def pack(texts: Sequence[str]) -> Batch:
    """Return the code points of `texts`. `O(characters)`; 4 bytes a character and 8 a text."""
    import numpy as np

    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return Batch(points.astype(np.uint32, copy=False), _offsets(len(text) for text in texts))


def pack_units(texts: Sequence[str]) -> Batch:
    """Return the UTF-16 code units of `texts`. `O(characters)`; 2 bytes a character and 8 a text."""
    import numpy as np

    joined = "".join(texts)
    units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), dtype="<u2").astype(np.uint16, copy=False)
    if len(units) == len(joined):
        return Batch(units, _offsets(len(text) for text in texts))
    return Batch(units, _offsets(len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in texts))


def _offsets(lengths: Any) -> NDArray[np.int64]:
    import numpy as np

    return np.concatenate((np.zeros(1, np.int64), np.cumsum(np.fromiter(lengths, np.int64))))
