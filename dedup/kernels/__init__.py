"""The batches that the numeric stages hand each other: arrays in, arrays out.

A batch of keys is one buffer of code points (UTF-32, uint32) and the offsets of the keys in it.
Everything that grows with the text is written against this form, so that a compiled kernel can
take the place of a reference function without a change of its callers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
