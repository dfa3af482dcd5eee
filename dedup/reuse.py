"""The passages of a collection: keys to a stream of words, shared words to parts of paragraphs."""

from __future__ import annotations

import functools
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection as Container
from collections.abc import Iterator, Sequence
from itertools import chain, compress
from types import ModuleType
from typing import NamedTuple

from dedup import kernels
from dedup.collect import Collection
from dedup.kernels.boxes import GRAM, SHORTER
from dedup.match.passages import Both, Box, Seeds, Stream, each_passage, seeds_of
from dedup.model import Part, Parts
from dedup.settings import Settings
from dedup.text.common import common_words
from dedup.text.tokens import tokens, word_count
from dedup.text.vocabulary import Words, words_of_keys
from dedup.threads import begun, cores

SAID_SHARE = 0.8
"""Share of a stretch that earlier findings of its document have said, from which it is not said again."""
LEFT_SHARE = 0.5
"""Share of the shorter side that must still match once paragraphs are left out that are findings themselves."""
BYTES_PER_WORD = 80
"""Memory that looking for passages takes for each word at its peak: measured on 2 to 18 million words."""
LEAD_WORDS = 12
"""Words before a stretch that may say that scripture is quoted."""
MOST_OTHERS = 12
"""Other documents with a run of words that two share, at most, in the median: no story is printed by more, and
what stands in more is a formula, unless a run is as long as a passage must be."""
KEPT_KEYS = 4_096
"""Keys whose tokens are kept at hand."""


class Shared(NamedTuple):
    """Tie the parts of two documents that share a passage.

    `tokens` are the shared stretches of both keys, `words` theirs, `containment` their share of the words of
    the paragraphs they stand in; `lead` are the tokens before the first stretch of the later text.
    """

    parts: tuple[Parts, Parts]
    tokens: tuple[list[str], list[str]]
    containment: tuple[float, float]
    lead: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[int, int]:
        """Words of the shorter and of the longer side."""
        first, second = (sum(part.words for part in side) for side in self.parts)
        return min(first, second), max(first, second)


def memory_for(collection: Collection) -> int:
    """Return the bytes that looking for the passages of a collection takes, about."""
    return BYTES_PER_WORD * sum(collection.keys.words)


class Reuse:
    """Know the words of a collection: how rare each is, and which stretches of them documents share."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._workers = 1 if collection.is_small else collection.settings.workers or cores()
        self._kernel = kernels.load("passages", collection.size)
        self._orders = _chosen(collection)
        self._stream = _stream(collection, words_of_keys(collection.keys, self._kernel), self._orders, self._kernel)
        find = functools.cache(self._found_seeds)
        self._seeds = find if self._kernel is None or collection.is_small else begun(find)
        self._tokens = functools.lru_cache(KEPT_KEYS)(lambda key: tokens(collection.keys.get(key)))

    def _found_seeds(self) -> Seeds:
        """Return where documents share words: with an archive, those that were read with its own, and each other."""
        find = functools.partial(seeds_of, common=common_words(), kernel=self._kernel, workers=self._workers)
        if not self._archived_documents:
            return find(self._stream)
        shared = find(self._stream, indexed=self._archived_documents)
        own = self._stream.after(self._archived_documents)
        return Both(shared, find(own), len(self._stream) - len(own)) if len(own) else shared

    @property
    def _archived_documents(self) -> int:
        """How many documents of the stream are an archive's: they come first."""
        first = bisect_left(self._orders, self._collection.archived)
        return int(self._stream.documents[first - 1]) + 1 if first else 0

    def __len__(self) -> int:
        return len(self._stream)

    @property
    def settings(self) -> Settings:
        """Those of the collection."""
        return self._collection.settings

    def passages(self, known: Container[tuple[int, int]], repeats: Container[int]) -> Iterator[Shared]:
        """Yield what paragraphs share that are otherwise different, the earliest source of each first.

        Args:
            known: pairs of keys (the lower first) of which all is said.
            repeats: keys that repeat another as a whole.
        """
        settings = self._collection.settings
        pairs = array("q", sorted(low << 32 | high for low, high in known))
        least = settings.passage_words_within, settings.passage_words
        boxes = each_passage(self._seeds(), least, pairs)
        cut = _Cutter(self, known, repeats)
        document, said = -1, Said()
        for box in boxes:
            if not self._in_scope(box):
                continue
            if self._document(box.a0) != document:
                document, said = self._document(box.a0), Said()
            if not said.covers(box.a0, box.a1 + 1):
                shared = cut(box)
                if shared is not None:
                    said.add(box.a0, box.a1 + 1)
                    yield shared

    def _document(self, position: int) -> int:
        return int(self._stream.documents[self._stream.paragraphs[position]])

    def _in_scope(self, box: Box) -> bool:
        if self._orders[self._stream.paragraphs[box.b0]] < self._collection.archived:
            return "archive" in self._collection.settings.scope
        within = self._document(box.a0) == self._document(box.b0)
        return ("within" if within else "between") in self._collection.settings.scope

    def stretches(self, low: int, high: int) -> Iterator[Stretch]:
        """Yield the stretches of the positions [low, high]."""
        begins = self._stream.begins
        paragraph, position = int(self._stream.paragraphs[low]), low
        while position <= high:
            start, end = begins[paragraph], min(high + 1, begins[paragraph + 1])
            if position < end:
                yield paragraph, position - start, end - start
                position = end
            paragraph += 1

    def tokens_in(self, paragraph: int) -> int:
        """Return how many tokens a paragraph of the stream has."""
        begins = self._stream.begins
        return int(begins[paragraph + 1] - begins[paragraph])

    def ids(self, paragraph: int, first: int, last: int) -> list[int]:
        """Return the words of tokens of a paragraph of the stream, by number."""
        low = self._start(paragraph)
        numbers: list[int] = self._stream.ids[low + first : low + last].tolist()
        return numbers

    def is_stock(self, a: Stretches, b: Stretches, least: int) -> bool:
        """Return whether what stretches of two texts have in common are set phrases: many other texts have them.

        `least` is how many words in a row are no set phrase, however many texts have them.
        """
        spreads = [self._spread(*stretch) for stretch in a]
        if max(map(max, filter(None, spreads)), default=0) <= MOST_OTHERS + 2:
            return False
        theirs = {run for stretch in b for run in self._runs(*stretch)}
        found = [bytes(map(theirs.__contains__, self._runs(*stretch))) for stretch in a]
        in_a_row = max(len(row) for each in found for row in each.split(b"\0")) + GRAM - 1
        shared = sorted(compress(b"".join(spreads), b"".join(found)))
        return in_a_row < least and len(shared) > 0 and shared[len(shared) // 2] > MOST_OTHERS + 2

    def _spread(self, paragraph: int, first: int, last: int) -> bytes:
        """Return in how many documents each run within tokens of a paragraph of the stream stands."""
        start = self._start(paragraph)
        return self._seeds().spread[start + first : start + max(first, last - GRAM + 1)]

    def _runs(self, paragraph: int, first: int, last: int) -> Iterator[tuple[int, ...]]:
        """Yield the words, by number, of each run within tokens of a paragraph of the stream."""
        ids = self.ids(paragraph, first, last)
        return zip(*(ids[i:] for i in range(GRAM)), strict=False)

    def key(self, paragraph: int) -> int:
        """Return the number of the key of a paragraph of the stream."""
        return int(self._stream.keys[paragraph])

    def order(self, paragraph: int) -> int:
        """Return the place in the whole input of a paragraph of the stream."""
        return self._orders[paragraph]

    def side(self, stretches: Stretches) -> tuple[Parts, list[str]]:
        """Return stretches of the stream as parts, and their tokens."""
        parts, found = [], []
        for paragraph, first, last in stretches:
            tokens = self._tokens(self.key(paragraph))[first:last]
            shown = self._collection.paragraph(self._orders[paragraph])
            words = last - first if shown.words == self.tokens_in(paragraph) else word_count(" ".join(tokens))
            parts.append(Part(shown, first, last, words))
            found += tokens
        return tuple(parts), found

    def lead(self, paragraph: int, first: int) -> tuple[str, ...]:
        """Return the tokens before a stretch of a paragraph of the stream."""
        return tuple(self._tokens(self.key(paragraph))[max(0, first - LEAD_WORDS) : first])

    def _start(self, paragraph: int) -> int:
        return int(self._stream.begins[paragraph])


class Said:
    """Know which stretches [first, last) of a text are said to be shared."""

    def __init__(self) -> None:
        self._stretches: list[tuple[int, int]] = []

    def covers(self, first: int, last: int) -> bool:
        """Return whether most of a stretch is said already."""
        covered = sum(max(0, min(high, last) - max(low, first)) for low, high in self._stretches)
        return covered >= SAID_SHARE * (last - first)

    def add(self, first: int, last: int) -> None:
        """Take in a stretch."""
        apart = []
        for low, high in self._stretches:
            if low <= last and first <= high:
                first, last = min(first, low), max(last, high)
            else:
                apart.append((low, high))
        self._stretches = [*apart, (first, last)]


Stretch = tuple[int, int, int]
"""(paragraph of the stream, first token, last token + 1)."""
Stretches = Sequence[Stretch]


class _Cutter:
    """Cut boxes at paragraphs, without those that are findings themselves."""

    def __init__(self, reuse: Reuse, known: Container[tuple[int, int]], repeats: Container[int]) -> None:
        self._reuse, self._known, self._repeats = reuse, known, repeats
        self._named = set(chain.from_iterable(known))

    def __call__(self, box: Box) -> Shared | None:
        """Return what is left of a box, or None where that is too little."""
        reuse = self._reuse
        a, b = list(reuse.stretches(box.a0, box.a1)), list(reuse.stretches(box.b0, box.b1))
        a_keys, b_keys = [reuse.key(s[0]) for s in a], [reuse.key(s[0]) for s in b]
        left_a = [
            stretch
            for stretch, key in zip(a, a_keys, strict=True)
            if key not in self._repeats and not self._is_known(key, b_keys)
        ]
        left_b = [stretch for stretch, key in zip(b, b_keys, strict=True) if not self._is_known(key, a_keys)]
        if (len(left_a), len(left_b)) != (len(a), len(b)) and not self._still_match(left_a, left_b):
            return None
        parts, tokens = zip(*(reuse.side(stretches) for stretches in (left_a, left_b)), strict=True)
        contained = _contained(parts[0]), _contained(parts[1])
        shared = Shared(parts, tokens, contained, reuse.lead(*left_a[0][:2]))
        least, (shorter, longer) = self._least(shared), shared.words
        enough = longer >= least and shorter + SHORTER >= least
        return shared if enough and not reuse.is_stock(left_a, left_b, least) else None

    def _least(self, shared: Shared) -> int:
        settings = self._reuse.settings
        within = shared.parts[0][0].paragraph.document == shared.parts[1][0].paragraph.document
        return settings.passage_words_within if within else settings.passage_words

    def _is_known(self, key: int, others: list[int]) -> bool:
        if key in others:
            return True
        if key not in self._named:  # most are in no finding
            return False
        return any((min(key, other), max(key, other)) in self._known for other in others)

    def _still_match(self, a: Stretches, b: Stretches) -> bool:
        if not a or not b:
            return False
        bags = [Counter(chain.from_iterable(self._reuse.ids(*stretch) for stretch in side)) for side in (a, b)]
        fewer = min(bags[0].total(), bags[1].total())
        return fewer > 0 and (bags[0] & bags[1]).total() >= LEFT_SHARE * fewer


def _contained(parts: Parts) -> float:
    """Return the share of the words of the paragraphs of `parts` that these are."""
    whole = {part.paragraph.order: part.paragraph.words for part in parts}
    return min(1.0, sum(part.words for part in parts) / max(1, sum(whole.values())))


# --- the stream -----------------------------------------------------------------------------------


def _chosen(collection: Collection) -> Sequence[int]:
    """Return the places whose words are looked at: one for each key that the scope can tell apart.

    Copies are findings already; of each key the first place stands for all. Between documents alone, the
    first in another document, too; within documents alone, the first in each.
    """
    scope = tuple(each for each in collection.settings.scope if each != "archive")
    if len(scope) != 1 or collection.archived:
        return sorted(collection.first_place(key) for key in range(len(collection.keys.words)))
    chosen = []
    for key in range(len(collection.keys.words)):
        documents: dict[int, int] = {}
        for order in collection.orders(key):
            documents.setdefault(collection.places.document(order), order)
        chosen += list(documents.values())[: 2 if scope == ("between",) else None]
    return sorted(chosen)


def _stream(collection: Collection, words: Words, orders: Sequence[int], kernel: ModuleType | None) -> Stream:
    keys = [collection.places.keys[order] for order in orders]
    documents, starts, begins = array("i"), array("q"), array("q")
    last, position = 0, 0
    for key, order in zip(keys, orders, strict=True):
        document = collection.places.document(order)
        if document != last:
            starts.append(position)
            last = document
        documents.append(len(starts) - 1)
        begins.append(position)
        position += words.ends[key + 1] - words.ends[key]
    starts.append(position)
    begins.append(position)
    if kernel is not None:
        return _arrays(words, keys, documents, starts, begins)
    ids, paragraphs, counts = array("i"), array("i"), array("q", bytes(8 * len(words.names)))
    for number, key in enumerate(keys):
        for word in words.ids[words.ends[key] : words.ends[key + 1]]:
            ids.append(word)
            paragraphs.append(number)
            counts[word] += 1
    return Stream(ids, paragraphs, documents, array("i", keys), starts, begins, words.names, counts)


def _arrays(words: Words, keys: list[int], documents: array[int], starts: array[int], begins: array[int]) -> Stream:
    import numpy as np

    ends, chosen, first = np.asarray(words.ends), np.array(keys, dtype=np.int64), np.asarray(begins)[:-1]
    sizes = ends[chosen + 1] - ends[chosen]
    paragraphs = np.repeat(np.arange(len(keys), dtype=np.int32), sizes)
    ids = np.asarray(words.ids)[np.arange(len(paragraphs)) + np.repeat(ends[chosen] - first, sizes)]
    counts = np.bincount(ids, minlength=len(words.names))
    return Stream(ids, paragraphs, documents, array("i", keys), starts, begins, words.names, counts)
