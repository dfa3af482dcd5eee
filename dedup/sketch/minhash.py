"""Signatures: the MinHash of each key's shingles, in datasketch's `affine32` scheme.

``fmix32(h)``, then ``a * h + b mod 2**32`` for each permutation, the minimum over the shingles.
The reference lets datasketch do it; the kernel gives the same bits. The estimate's accuracy is
measured, not proven: affine permutations are not min-wise independent (datasketch 2.0, the comment
above its schemes).
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.kernels import Batch, load, pack
from dedup.sketch.shingle import SHINGLE_HASH, fmix32, shingle_hashes
from dedup.threads import mapped

if TYPE_CHECKING:
    import datasketch

SCHEME = "affine32"
CHUNK_CHARS = 500_000
"""Code points of a chunk: one thread's work at a time, and 12 MB of working arrays in the reference."""


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
        import datasketch

        return [datasketch.MinHash(hashvalues=row, scheme=self.scheme, seed=self.seed) for row in self.values]


def sign(
    keys: Sequence[str], *, num_perm: int = 128, seed: int = 1, shingle_chars: int = 5, workers: int = 1
) -> Signatures:
    """Return the signatures of `keys`. `O(characters * num_perm)`, 4 bytes a slot.

    `workers` threads sign chunks of keys; the result does not depend on them.

    >>> sign(["تعاون وثيق", "تعاون وثيق جدا"], num_perm=16).values.shape
    (2, 16)
    """

    def signed(chunk: tuple[int, int]) -> NDArray[np.uint32]:
        return sign_batch(pack(keys[chunk[0] : chunk[1]]), num_perm, seed, shingle_chars, len(keys))

    values = list(mapped(signed, _chunks(keys), workers)) or [np.empty((0, num_perm), dtype=np.uint32)]
    return Signatures(np.concatenate(values), seed, shingle_chars)


def sign_batch(batch: Batch, num_perm: int, seed: int, shingle_chars: int, keys_in_all: int) -> NDArray[np.uint32]:
    """Return the signatures of one batch, uint32 ``(n, num_perm)``: compiled if there are keys enough in all."""
    batch = _of_code_points(batch)
    signer = sign_batch_reference if load("signatures", keys_in_all) is None else sign_batch_compiled
    return signer(batch, num_perm, seed, shingle_chars)


def _of_code_points(batch: Batch) -> Batch:
    """Return the batch with one number a character: code units are that, unless some are surrogates."""
    if batch.points.dtype != np.uint16 or not ((batch.points & 0xF800) == 0xD800).any():
        return batch
    texts = [batch.points[low:high].tobytes().decode("utf-16-le") for low, high in itertools.pairwise(batch.offsets)]
    return pack(texts)


def sign_batch_compiled(batch: Batch, num_perm: int, seed: int, shingle_chars: int) -> NDArray[np.uint32]:
    """Return the signatures of one batch, uint32 ``(n, num_perm)``: compiled, and free of the interpreter's lock."""
    from dedup.kernels import signatures

    a, b = permutations(num_perm, seed)
    values: NDArray[np.uint32] = signatures.sign_keys(batch.points, batch.offsets, shingle_chars, seed, a, b)
    return values


def sign_batch_reference(batch: Batch, num_perm: int, seed: int, shingle_chars: int) -> NDArray[np.uint32]:
    """Return what `sign_batch_compiled` returns, by datasketch: its oracle."""
    import datasketch

    hashes, offsets = shingle_hashes(batch, shingle_chars, seed)
    empty = datasketch.MinHash(num_perm=num_perm, seed=seed, scheme=SCHEME, hashfunc=_unchanged)
    values = np.empty((len(batch), num_perm), dtype=np.uint32)
    for i in range(len(batch)):
        sketch = empty.copy()
        # A repeated shingle changes no minimum: signing the distinct ones is the same, and faster.
        sketch.update_batch(np.unique(hashes[offsets[i] : offsets[i + 1]]))
        values[i] = sketch.hashvalues
    return values


def sign_few(batch: Batch, num_perm: int, seed: int, shingle_chars: int) -> NDArray[np.uint32]:
    """Return what `sign_batch_compiled` returns, by numpy: a few texts, with nothing to load."""
    a, b = permutations(num_perm, seed)
    hashes, offsets = shingle_hashes(batch, shingle_chars, seed)
    hashes = fmix32(hashes)
    values = np.full((len(batch), num_perm), 0xFFFFFFFF, dtype=np.uint32)
    for i, (low, high) in enumerate(itertools.pairwise(offsets.tolist())):
        if low < high:
            values[i] = (hashes[low:high, None] * a + b).min(axis=0)
    return values


@functools.cache
def permutations(num_perm: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the factors and summands of datasketch's `affine32` permutations, each ``(num_perm,)``."""
    drawn = np.array(_mersenne(seed, 2 * num_perm), dtype=np.uint32)
    return (drawn[:num_perm] & np.uint32(0x7FFFFFFF)) * np.uint32(2) + np.uint32(1), drawn[num_perm:]


def _mersenne(seed: int, count: int) -> list[int]:
    """Return the first 32-bit numbers of numpy's ``RandomState(seed)``, which takes a tenth of a cold check to load.

    Python has the same generator (MT19937: Matsumoto, Nishimura, 1998) behind another way to seed it.
    """
    state = [seed]
    for i in range(1, 624):
        state.append((1_812_433_253 * (state[-1] ^ state[-1] >> 30) + i) & 0xFFFFFFFF)
    draw = random.Random()
    draw.setstate((3, (*state, 624), None))
    return [draw.getrandbits(32) for _ in range(count)]


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
