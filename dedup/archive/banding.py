"""From texts to what an archive files them under: band keys of their signatures, fingerprints of their words.

64 bands of 3 rows, and a content counts from two equal bands on: measured on a million paragraphs that finds
more than 64 bands of 4 rows, with a third of the candidates and three quarters of the permutations
(docs/why.md#archive).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import pairwise
from math import comb
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.kernels import Batch, load, pack
from dedup.kernels.boxes import GRAM
from dedup.sketch.lsh import band_keys
from dedup.sketch.minhash import sign_batch, sign_few
from dedup.sketch.plan import JACCARD_AT_SCORE
from dedup.sketch.shingle import fmix32
from dedup.text.vocabulary import word_names

if TYPE_CHECKING:
    from dedup.archive.records import Info

TWO_HITS_FROM = 50_000
"""Contents from which two equal bands are asked: below, all that share one can be confirmed."""
SAMPLED = 3
"""One run of words in so many is kept: those whose fingerprint is divisible by it."""


class Banding(NamedTuple):
    """How texts become postings."""

    bands: int
    rows: int
    shingle_chars: int
    seed: int

    @classmethod
    def of(cls, info: Info) -> Banding:
        """Return the banding of an archive."""
        return cls(info.bands, info.rows, info.shingle_chars, info.seed)

    def keys(self, texts: Sequence[str], texts_in_all: int = 0, units: Batch | None = None) -> NDArray[np.uint32]:
        """Return the band keys of n keys of texts, uint32 ``(n, bands)``: numbers that also say which band.

        `texts_in_all` tells how many there will be: compiled code is loaded for many. `units` are the code units of
        the keys, where compiled code made them.
        """
        batch, permutations = pack(texts) if units is None else units, self.bands * self.rows
        kernel = load("bands", max(len(texts), texts_in_all))
        if kernel is None:
            found = band_keys(sign_few(batch, permutations, self.seed, self.shingle_chars), self.bands, self.rows)
        else:
            values = sign_batch(batch, permutations, self.seed, self.shingle_chars, max(len(texts), texts_in_all))
            found = kernel.band_keys(values, self.bands, self.rows)
        number = np.arange(self.bands, dtype=np.uint32) * np.uint32(0x9E3779B9)
        mixed: NDArray[np.uint32] = fmix32(np.ascontiguousarray(found.T) ^ number)
        return mixed

    def least_hits(self, contents: int) -> int:
        """Return in how many bands a content must agree, in an archive of so many."""
        return 2 if contents >= TWO_HITS_FROM else 1

    def recall(self, floor: float, hits: int) -> dict[str, float]:
        """Return the expected share of pairs found, by score band: as `sketch.plan.expected_recall`."""
        of_score = _recall(self.rows, self.bands, hits)
        return {f"{score:.2f}": recall for score, recall in of_score.items() if score >= floor - 1e-9}


@functools.cache
def _recall(rows: int, bands: int, hits: int) -> dict[float, float]:
    return {
        score: sum(_at_least(j**rows, bands, hits) for j in jaccards) / len(jaccards)
        for score, jaccards in JACCARD_AT_SCORE.items()
    }


def _at_least(share: float, bands: int, hits: int) -> float:
    return 1 - sum(comb(bands, i) * share**i * (1 - share) ** (bands - i) for i in range(hits))


def word_prints(
    keys: Sequence[str], kernel: ModuleType | None = None, units: Batch | None = None
) -> list[NDArray[np.uint32]]:
    """Return the sampled fingerprints of the runs of GRAM words of each key, each uint32 ``(m,)``, in their order.

    `kernel` is `dedup.kernels.passages`, `units` are the code units of the keys where compiled code made them.
    """
    names, sizes = word_names(keys, kernel, units)
    runs, bounds = (_sampled if kernel is None else kernel.sampled_runs)(names, sizes, GRAM, SAMPLED)
    return [runs[low:high] for low, high in pairwise(bounds.tolist())]


def _sampled(
    names: NDArray[np.uint32], sizes: NDArray[np.int64], length: int, sampled: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return what `kernels.passages.sampled_runs` returns."""
    runs = np.zeros(max(0, len(names) - length + 1), dtype=np.uint32)
    for i in range(length):
        runs = fmix32(runs * np.uint32(5) + names[i : len(names) - length + 1 + i])
    ends = np.cumsum(sizes)
    kept = np.flatnonzero(runs % np.uint32(sampled) == 0)
    owner = np.searchsorted(ends, kept, side="right")
    inside = kept + length <= ends[owner]
    kept, owner = kept[inside], owner[inside]
    return runs[kept], np.searchsorted(owner, np.arange(len(sizes) + 1))
