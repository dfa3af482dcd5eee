"""Signatures: the MinHash of each key's shingles, in datasketch's `affine32` scheme.

``fmix32(h)``, then ``a * h + b mod 2**32`` for each permutation, the minimum over the shingles.
This reference lets datasketch do it; what takes its place must give the same bits. The estimate's
accuracy is measured, not proven: affine permutations are not min-wise independent (datasketch 2.0,
the comment above its schemes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import datasketch
import numpy as np
from numpy.typing import NDArray

from dedup.kernels import KeyBatch, pack
from dedup.sketch.shingle import SHINGLE_HASH, shingle_hashes

SCHEME = "affine32"
CHUNK_CHARS = 4_000_000
"""Code points that are shingled at once: about 100 MB of working arrays."""


@dataclass(frozen=True, eq=False)
class Signatures:
    """Row i is the signature of key i: a function of the key and of what is named here only.

    `values` is uint32 ``(n, num_perm)``. An empty key has the largest value in every slot.
    """

    values: NDArray[np.uint32]
    seed: int
    shingle_chars: int
    scheme: str = SCHEME
    shingle_hash: str = SHINGLE_HASH

    def __len__(self) -> int:
        return len(self.values)

    def to_datasketch(self) -> list[datasketch.MinHash]:
        """Return the rows as datasketch's own objects, for its `MinHashLSH` or `MinHashLSHForest`."""
        return [datasketch.MinHash(hashvalues=row, scheme=self.scheme, seed=self.seed) for row in self.values]


def sign(keys: Sequence[str], *, num_perm: int = 128, seed: int = 1, shingle_chars: int = 5) -> Signatures:
    """Return the signatures of `keys`. `O(characters * num_perm)`, 4 bytes a slot.

    >>> sign(["تعاون وثيق", "تعاون وثيق جدا"], num_perm=16).values.shape
    (2, 16)
    """
    values = np.empty((len(keys), num_perm), dtype=np.uint32)
    for low, high in _chunks(keys):
        values[low:high] = sign_batch(pack(keys[low:high]), num_perm, seed, shingle_chars)
    return Signatures(values, seed, shingle_chars)


def sign_batch(batch: KeyBatch, num_perm: int, seed: int, shingle_chars: int) -> NDArray[np.uint32]:
    """Return the signatures of one batch: uint32 ``(n, num_perm)``."""
    hashes, offsets = shingle_hashes(batch, shingle_chars, seed)
    empty = datasketch.MinHash(num_perm=num_perm, seed=seed, scheme=SCHEME, hashfunc=_unchanged)
    values = np.empty((len(batch), num_perm), dtype=np.uint32)
    for i in range(len(batch)):
        sketch = empty.copy()
        # A repeated shingle changes no minimum: signing the distinct ones is the same, and faster.
        sketch.update_batch(np.unique(hashes[offsets[i] : offsets[i + 1]]))
        values[i] = sketch.hashvalues
    return values


def _unchanged(shingle_hash: int) -> int:
    return shingle_hash  # hashed already


def _chunks(keys: Sequence[str]) -> list[tuple[int, int]]:
    chunks, low, chars = [], 0, 0
    for high, key in enumerate(keys, 1):
        chars += len(key)
        if chars >= CHUNK_CHARS or high == len(keys):
            chunks.append((low, high))
            low, chars = high, 0
    return chunks
