"""Passages: what different paragraphs share, copied, moved about or lightly reworded.

Fingerprints of a stream of words (every run of four, and a sample of the pairs of content words that
stand near each other, whatever their order) are sorted; equal ones are seeds; seeds near each other on
both sides are a box; and a box is refined on the bags of its words, weighed by how rare they are. No two
documents are compared that share no fingerprints: the cost grows with the text, not with its square.
The steps are in `kernels/boxes.py`, docs/why.md#passages has what each is worth.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dedup.kernels import boxes
from dedup.kernels.boxes import Column
from dedup.text.vocabulary import name_of
from dedup.threads import mapped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_PAIR_PLACES, MOST_RUN_PLACES = 20, 200
"""Places of one pair of words, of one run of words; more say nothing."""
PRIOR_WORDS = 100_000
"""Words of common text that are added to what the input says of how rare a word is: in a single article
every word is rare."""
COMMON, CONTENT = 1 / 30, 1 / 3000
"""Share of a word in all text from which it weighs nothing but LEAST_WEIGHT, and below which it is content."""
LEAST_WEIGHT, WEIGHT_UNIT = 0.1, 100
"""Weights are whole numbers of 1 / WEIGHT_UNIT, so that compiled code adds them up to the same."""
ENOUGH_WEIGHT = 20
"""Weight that a passage has: four rare words or so."""


class Box(NamedTuple):
    """A stretch of words of two documents: positions in the stream, both ends included; weights in WEIGHT_UNIT."""

    a0: int
    a1: int
    b0: int
    b1: int
    matched: int
    a_weight: int
    b_weight: int


@dataclass(frozen=True, eq=False, repr=False)
class Stream:
    """The words of documents one after the other, as columns.

    `ids` are the number of the word at each position, `paragraphs` that of its paragraph (from 0, in this
    stream); `documents` and `keys` are those of each paragraph; document d is
    ``[starts[d], starts[d + 1])``, paragraph p ``[begins[p], begins[p + 1])``. `names` are the CRC-32 of each
    word; `tokens` how often each occurs.
    """

    ids: Column
    paragraphs: Column
    documents: Column
    keys: Column
    starts: Column
    begins: Column
    names: Column
    tokens: Column

    def __len__(self) -> int:
        return len(self.ids)

    def after(self, document: int) -> Stream:
        """Return the stream of the documents from one on; word, paragraph and document numbers of its own."""
        position = int(self.starts[document])
        paragraph = int(self.paragraphs[position]) if position < len(self.ids) else len(self.keys)
        ids, numbers = (array("i", column[position:]) for column in (self.ids, self.paragraphs))
        counted = Counter(ids)
        return Stream(
            ids,
            array("i", (number - paragraph for number in numbers)),
            array("i", (int(d) - document for d in self.documents[paragraph:])),
            self.keys[paragraph:],
            array("q", (int(start) - position for start in self.starts[document:])),
            array("q", (int(begin) - position for begin in self.begins[paragraph:])),
            self.names,
            array("q", map(counted.__getitem__, range(len(self.names)))),
        )


def stream_of(texts: Sequence[Sequence[str]], within: bool) -> Stream:
    """Return a few texts, as tokens, as a stream: paragraphs of one document, or each a document of its own."""
    numbers: dict[int, int] = {}
    ids = array("i", (numbers.setdefault(name_of(word), len(numbers)) for words in texts for word in words))
    begins = array("q", accumulate(map(len, texts), initial=0))
    starts = array("q", (0, len(ids))) if within else begins
    documents = array("i", [0] * len(texts)) if within else array("i", range(len(texts)))
    paragraphs = array("i", (i for i, words in enumerate(texts) for _ in words))
    keys = array("i", range(len(texts)))
    counts = Counter(ids)
    tokens = [counts[i] for i in range(len(numbers))]
    return Stream(ids, paragraphs, documents, keys, starts, begins, list(numbers), tokens)


def weight_of(count: int, words: int, share: float = 0.0) -> tuple[int, int]:
    """Return the weight of a word in WEIGHT_UNIT, and whether it is content (0 or 1).

    A word's rate is what the input says, with PRIOR_WORDS words of common text added. The weight is the
    logarithm of how much rarer than COMMON it is.

    Args:
        count: how often it stands in the input.
        words: words of the input.
        share: of it in any text, if it is among the commonest.
    """
    rate = (count + (PRIOR_WORDS * share or 1)) / (words + PRIOR_WORDS)
    return round(WEIGHT_UNIT * (LEAST_WEIGHT + max(0.0, math.log(COMMON / rate)))), int(rate < CONTENT)


def _weighed(stream: Stream, common: Mapping[int, float]) -> tuple[list[int], list[int]]:
    """Return the weight of each word, and whether it is content."""
    total = len(stream)
    known = {count: weight_of(count, total) for count in set(stream.tokens)}
    found = [
        weight_of(count, total, common[name]) if name in common else known[count]
        for name, count in zip(stream.names, stream.tokens, strict=True)
    ]
    return [weight for weight, _ in found], [content for _, content in found]


class Seeds(Protocol):
    """Know where documents of a stream share words; what of that is a passage is asked with other findings known."""

    spread: bytes
    """For each position, in how many documents the run of words stands that begins there; see `boxes.spread`."""

    def boxes(self, known: Sequence[int], least: Sequence[int]) -> Iterator[list[int]]:
        """Yield the numbers of all boxes, those of a few documents at a time; see `each_passage`."""


class Both:
    """Join the seeds of all documents and those of the last of them, whose stream begins at `position`."""

    def __init__(self, all_documents: Seeds, last: Seeds, position: int) -> None:
        self._all, self._last, self._position = all_documents, last, position
        self.spread = all_documents.spread

    def boxes(self, known: Sequence[int], least: Sequence[int]) -> Iterator[list[int]]:
        """Yield the numbers of all boxes, in the order of the later document."""
        shared, last = (chain.from_iterable(each.boxes(known, least)) for each in (self._all, self._last))
        moved = (n + self._position if i % boxes.BOX < PLACES else n for i, n in enumerate(last))
        numbers = [*shared, *moved]
        found = sorted(tuple(numbers[p : p + boxes.BOX]) for p in range(0, len(numbers), boxes.BOX))
        yield [number for box in found for number in box]


PLACES = 4
"""Numbers of a box that are positions, the first ones."""


def seeds_of(
    stream: Stream,
    common: Mapping[int, float],
    *,
    indexed: int = 0,
    kernel: ModuleType | None = None,
    workers: int = 1,
) -> Seeds:
    """Return where documents of a stream share words.

    Args:
        stream: the words.
        common: share of the commonest words in any text, by name.
        indexed: 0 compares each document with those before it; n only the documents from n with those below n.
        kernel: `dedup.kernels.passages`, or None for what small input takes.
        workers: threads.
    """
    if kernel is None:
        return _Lists(stream, common, indexed)
    return _Arrays(stream, common, indexed, kernel, workers)


def passages_of(seeds: Seeds, least_words: tuple[int, int], known: Sequence[int] = ()) -> list[Box]:
    """Return the passages that documents share; see `each_passage`."""
    return list(each_passage(seeds, least_words, known))


def each_passage(seeds: Seeds, least_words: tuple[int, int], known: Sequence[int] = ()) -> Iterator[Box]:
    """Yield the passages that documents share, in the order of the later document.

    On several threads the next ones are looked for while one is told.

    Args:
        seeds: where they share words.
        least_words: fewest words of a passage within a document, and between two.
        known: sorted ``key << 32 | key`` (the lower first) of paragraphs of which all is said.
    """
    for numbers in seeds.boxes(known, (*least_words, ENOUGH_WEIGHT * WEIGHT_UNIT)):
        yield from (Box(*numbers[p : p + boxes.BOX]) for p in range(0, len(numbers), boxes.BOX))


ARRAYS_FROM = 1_000
"""Words whose fingerprints are made by numpy, where that is there."""

# --- small input: lists ---------------------------------------------------------------------------


class _Lists:
    """Find what is shared in lists, by the functions as they stand."""

    def __init__(self, stream: Stream, common: Mapping[int, float], indexed: int) -> None:
        self._stream = stream
        self._weights, self._content = _weighed(stream, common)
        self._hashes: Sequence[int] = []
        self._ranges = list(pairwise(stream.starts))
        runs, pairs, spread = self._fingerprints()
        boxes.spread(runs, len(runs), stream.paragraphs, stream.documents, spread)
        self.spread = bytes(spread)
        codes = self._linked(runs, MOST_RUN_PLACES, indexed) + self._linked(pairs, MOST_PAIR_PLACES, indexed)
        if not indexed:
            codes += self._inner()
        self._codes = sorted(codes)

    def _fingerprints(self) -> tuple[list[int], list[int], bytearray]:
        """Return the fingerprints of runs and of pairs, sorted, and what is known of how far each run is spread."""
        stream = self._stream
        if len(stream) < ARRAYS_FROM or "numpy" not in sys.modules:  # which takes longer to load than this
            self._hashes = [boxes.mixed(name) for name in stream.names]
            return sorted(self._runs()), sorted(self._pairs()), bytearray(len(stream))
        from dedup.match import fingerprints

        hashes = fingerprints.hashes_of(stream.names)
        self._hashes = hashes.tolist()
        runs = fingerprints.runs(stream.ids, hashes, stream.starts)
        pairs = fingerprints.pairs(stream.ids, hashes, self._content, stream.starts)
        return fingerprints.repeated(runs), fingerprints.repeated(pairs), fingerprints.once(runs, len(stream))

    def _runs(self) -> list[int]:
        runs, filled = [0] * len(self._stream), 0
        for low, high in self._ranges:
            filled = boxes.grams(self._stream.ids, self._hashes, low, high, runs, filled)
        return runs[:filled]

    def _pairs(self) -> list[int]:
        pairs: list[int] = []
        ring = [0] * (boxes.CLASSES * (boxes.REACH + 1))
        for low, high in self._ranges:
            room = [0] * ((high - low) * boxes.REACH)
            filled = boxes.word_pairs(self._stream.ids, self._hashes, self._content, low, high, ring, room, 0)
            pairs += room[:filled]
        return pairs

    def _linked(self, found: list[int], most: int, indexed: int) -> list[int]:
        stream = self._stream
        room = boxes.LOOK_BACK * len(found)
        if indexed:  # every entry of a bucket with every other: far less than `most` for each
            buckets = Counter(code >> 32 for code in found)
            room = sum(size * size for size in buckets.values() if size <= most)
        seeds = [0] * room
        return seeds[: boxes.seeds(found, len(found), stream.paragraphs, stream.documents, indexed, most, seeds)]

    def _inner(self) -> list[int]:
        stream = self._stream
        codes: list[int] = []
        for low, high in self._ranges:
            room, table = [0] * ((high - low) * boxes.NEAR), [0] * boxes.slots_for(high - low)
            filled = boxes.inner_seeds(
                stream.ids, self._hashes, self._content, stream.paragraphs, low, high, table, room, 0
            )
            codes += room[:filled]
        return codes

    def boxes(self, known: Sequence[int], least: Sequence[int]) -> Iterator[list[int]]:
        stream, codes = self._stream, self._codes
        counts, bag = [0] * len(stream.starts), [0] * len(self._weights)
        columns = (stream.ids, self._weights, stream.paragraphs, stream.documents, stream.starts, stream.keys)
        low = 0
        while low < len(codes):
            end = stream.starts[stream.documents[stream.paragraphs[codes[low] >> 32]] + 1]
            high = low
            while high < len(codes) and codes[high] >> 32 < end:
                high += 1
            work, found = [0] * (4 * (high - low)), [0] * (boxes.BOX * (high - low))
            filled = boxes.document_boxes(codes, low, high, *columns, known, least, work, counts, bag, found, 0)
            yield found[:filled]
            low = high


# --- large input: arrays --------------------------------------------------------------------------


class _Arrays:
    """Find what is shared in arrays, by the same functions compiled, on several threads."""

    def __init__(
        self, stream: Stream, common: Mapping[int, float], indexed: int, kernel: ModuleType, workers: int
    ) -> None:
        import numpy as np

        def column(values: Any, dtype: Any) -> NDArray[Any]:
            return np.asarray(values, dtype=dtype)

        self._kernel, self._workers, self._indexed = kernel, workers, indexed
        self._weights, self._content = _weighed_arrays(stream, common)
        self._ids, self._paragraphs = column(stream.ids, np.int32), column(stream.paragraphs, np.int32)
        self._documents, self._keys = column(stream.documents, np.int32), column(stream.keys, np.int32)
        self._starts = column(stream.starts, np.int64)
        self._hashes = kernel.mixed_names(column(stream.names, np.uint32))
        self._parts = _parts(self._starts, 2 * workers)
        self.spread = b""
        found = list(mapped(self._linked, ((self._runs, MOST_RUN_PLACES), (self._pairs, MOST_PAIR_PLACES)), workers))
        inner = () if indexed else mapped(self._inner, self._parts, workers)
        self._codes = np.concatenate([*found, *inner])
        self._codes.sort()

    def _runs(self, part: tuple[int, int]) -> NDArray[np.int64]:
        import numpy as np

        out = np.empty(self._size(part), dtype=np.int64)
        return out[: self._kernel.all_grams(self._ids, self._hashes, self._starts, *part, out)]

    def _pairs(self, part: tuple[int, int]) -> NDArray[np.int64]:
        import numpy as np

        out = np.empty(2 * self._size(part) + 1_024, dtype=np.int64)
        pairs = self._kernel.all_word_pairs
        return np.asarray(pairs(self._ids, self._hashes, self._content, self._starts, *part, out))

    def _size(self, part: tuple[int, int]) -> int:
        return int(self._starts[part[1]] - self._starts[part[0]])

    def _linked(self, kind: tuple[Callable[..., NDArray[np.int64]], int]) -> NDArray[np.int64]:
        import numpy as np

        make, most = kind
        entries = np.concatenate([make(part) for part in self._parts])
        entries.sort()
        if most == MOST_RUN_PLACES:
            spread = np.zeros(len(self._ids), dtype=np.uint8)
            self._kernel.run_spread(entries, self._paragraphs, self._documents, spread)
            self.spread = spread.tobytes()
        room = self._kernel.seed_room(entries, most, most if self._indexed else boxes.LOOK_BACK)
        out = np.empty(room, dtype=np.int64)
        filled = self._kernel.all_seeds(entries, self._paragraphs, self._documents, self._indexed, most, out)
        return out[:filled]

    def _inner(self, part: tuple[int, int]) -> NDArray[np.int64]:
        import numpy as np

        out = np.empty(1_024, dtype=np.int64)
        columns = (self._ids, self._hashes, self._content, self._paragraphs, self._starts)
        return np.asarray(self._kernel.all_inner_seeds(*columns, *part, out))

    def boxes(self, known: Sequence[int], least: Sequence[int]) -> Iterator[list[int]]:
        import numpy as np

        bounds = np.searchsorted(self._codes, self._starts << 32)
        shared = (self._weights, self._paragraphs, self._documents, self._starts, self._keys)
        asked = (np.asarray(known, dtype=np.int64), np.asarray(least, dtype=np.int64))

        def boxed(part: tuple[int, int]) -> NDArray[np.int64]:
            codes = self._codes[bounds[part[0]] : bounds[part[1]]]
            return np.asarray(self._kernel.all_boxes(codes, self._ids, *shared, *asked))

        for numbers in mapped(boxed, _parts(bounds, 8 * self._workers), self._workers):
            yield numbers.tolist()


def _weighed_arrays(stream: Stream, common: Mapping[int, float]) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Return what `_weighed` returns, as arrays."""
    import numpy as np

    total = len(stream)
    names, counts = np.asarray(stream.names), np.asarray(stream.tokens)
    found, places = np.unique(counts, return_inverse=True)
    table = np.array([weight_of(count, total) for count in found.tolist()], dtype=np.int64)[places]
    known = np.sort(np.array(list(common), dtype=names.dtype))
    like = known[np.searchsorted(known, names).clip(max=len(known) - 1)]
    for place in np.flatnonzero(like == names).tolist():
        table[place] = weight_of(int(counts[place]), total, common[int(names[place])])
    return table[:, 0].astype(np.int32), table[:, 1].astype(np.int8)


def _parts(ends: NDArray[np.int64], parts: int) -> list[tuple[int, int]]:
    """Return ranges of documents of about equal size: `ends` are where each begins, and the end of the last."""
    import numpy as np

    total = int(ends[-1])
    cuts = np.searchsorted(ends, [total * p // parts for p in range(parts + 1)]).tolist()
    cuts[0], cuts[-1] = 0, len(ends) - 1
    return [(low, high) for low, high in pairwise(sorted(set(cuts))) if low < high]
