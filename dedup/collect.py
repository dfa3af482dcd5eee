"""Read, segment and normalize: everything that a run compares, in columns.

A paragraph is a row of numbers here, and an object only once it is part of a finding: of ten million
paragraphs most never are. Keys are made in the background while the next documents are read.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from dedup import kernels
from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Article, Document, Notice, Paragraph, Problem, Skipped
from dedup.scratch import Scratch, give_back, share
from dedup.settings import Settings
from dedup.text.keys import NO_KEY, Keys, PlainKeys, grown
from dedup.text.normalize import make_key
from dedup.text.phrases import phrases_of, without
from dedup.text.segment import Piece, segment
from dedup.threads import pool

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

BATCH_CHARS = 2_000_000
"""Code points of paragraphs whose keys are made at once."""
BATCHES_AHEAD = 3
"""Batches that may wait for their keys while the next one is read."""
TEXT_SHARE, KEY_SHARE = 0.1, 0.1
"""Of the memory that a run has for what it reads, what texts and keys may take before they go to a file."""


RECENT_TEXTS = 16
"""Texts that were asked for last and are kept as strings: who writes a finding asks for both of its texts again."""


class Collection:
    """Gather what is read; equal keys collapse here, before anything is compared.

    `known` are keys that were made before, by text without ignored phrases; `compiled` asks for compiled code even
    for little input, where a process that goes on has loaded it already.
    """

    def __init__(self, settings: Settings, known: Mapping[str, str] | None = None, *, compiled: bool = False) -> None:
        self.settings = settings
        self._least = kernels.COMPILED_FROM if compiled else 0
        self.places = Places()
        self.texts = Texts(share(settings.memory_bytes, TEXT_SHARE))
        self.keys: Keys = PlainKeys(settings.normalize, known)
        self.rules: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.skipped: list[Skipped] = []
        self.notices: list[Notice] = []
        self.paragraphs = self.off = 0
        self._pending: list[str] = []
        self._pending_off: set[int] = set()
        self._pending_chars = 0
        self._background: ThreadPoolExecutor | None = None
        self._making: deque[Future[array[int]]] = deque()
        self._members: tuple[array[int], array[int]] | None = None
        self._shown: dict[int, Paragraph] = {}
        self.archived_documents = 0
        self.archived = 0
        self.ignored_phrases = 0
        self._with_phrases = array("q")

    @property
    def documents(self) -> int:
        """How many documents were read."""
        return self.places.documents - self.archived_documents

    @property
    def size(self) -> int:
        """How many texts there are so far, as far as the loading of compiled code is decided by it."""
        return max(len(self.places), self._least)

    @property
    def is_small(self) -> bool:
        """Whether there is so little that starting a thread would take longer than the work."""
        return len(self.places) < kernels.COMPILED_FROM

    def add_archived(self, doc: str, article: Article, pieces: Iterable[Piece]) -> None:
        """Take in paragraphs of an article of an archive; all of them before the first document is read."""
        self.places.begin(Document(doc, "", article=article), archived=True)
        self.archived_documents += 1
        for piece in pieces:
            self.places.add(piece)
            self._pending.append(piece.text)
            self.archived += 1

    def add(self, item: Document | Problem | Skipped | Notice) -> None:
        """Take in what the readers yield: a document, or what became of an input."""
        if isinstance(item, Document):
            self._add_document(item)
        elif isinstance(item, Problem):
            self.problems.append(item)
        elif isinstance(item, Skipped):
            self.skipped.append(item)
        else:
            self.notices.append(item)

    def _add_document(self, document: Document) -> None:
        self.places.begin(document)
        rules: set[str] = set()
        parts: dict[int, int] = {}
        before, off_before = self.paragraphs, self.off
        try:
            for piece in segment(document, self.settings.paragraphs, self.settings.max_paragraph_chars):
                self._add_piece(piece)
                if piece.off:
                    continue
                rules.add(piece.rule)
                if piece.part is not None:
                    parts[piece.number] = piece.part
        except ReadError as error:
            self.problems.append(Problem(error.place, error.finding, error.remedy))
        for rule in rules:
            self.rules[rule] = self.rules.get(rule, 0) + 1
        if self.paragraphs == before:
            finding = told("all of its text is switched off") if self.off > off_before else told("no text in it")
            self.skipped.append(Skipped(document_name(document), finding))
        for number, count in parts.items():
            self.notices.append(self._split_notice(document, number, count))

    def _add_piece(self, piece: Piece) -> None:
        first = piece.part is None or piece.part == 1
        self.paragraphs += first and not piece.off
        self.off += first and piece.off
        self.places.add(piece)
        if piece.off:
            self._pending_off.add(len(self._pending))
        self._pending.append(piece.text)
        self._pending_chars += len(piece.text)
        if self._pending_chars >= BATCH_CHARS:
            self._make_keys()

    def _split_notice(self, document: Document, number: int, parts: int) -> Notice:
        limit = self.settings.max_paragraph_chars
        return Notice(
            told(f"{document_name(document)}: paragraph {number}"),
            f"longer than {limit:,} characters; compared in {parts:,} parts",
        )

    # --- keys, in the background ------------------------------------------------------------------

    def _make_keys(self) -> None:
        """Have the keys of the paragraphs read since the last time made, after those before them."""
        self._take_keys(BATCHES_AHEAD)
        texts, self._pending, self._pending_chars = self._pending, [], 0
        batch = self._without_phrases(self._without_off(texts))
        memory = share(self.settings.memory_bytes, KEY_SHARE)
        self.keys = grown(self.keys, self.settings.normalize, self.size, memory)
        if isinstance(self.keys, PlainKeys) or self.is_small:
            self.places.keys.extend(self.keys.add(batch))
        else:
            self._background = self._background or pool(1)
            self._making.append(self._background.submit(self.keys.add, batch))
        self.texts.extend(texts)

    def _without_off(self, texts: list[str]) -> list[str]:
        """Return texts with nothing for those switched off: they have no key, and so no part in what is compared."""
        off, self._pending_off = self._pending_off, set()
        return ["" if place in off else text for place, text in enumerate(texts)] if off else texts

    def _without_phrases(self, texts: list[str]) -> list[str]:
        """Return the texts of the last places as keys are made of them, and count what is left out of them."""
        if not self.settings.ignore_phrases:
            return texts
        blanked = phrases_of(self.settings.ignore_phrases).blank_all(texts, self.size)
        first = len(self.places) - len(texts)
        for place, phrases in blanked.phrases.items():
            self._with_phrases.append(first + place)
            self.ignored_phrases += phrases if first + place >= self.archived else 0
        return blanked.texts

    def _take_keys(self, waiting: int) -> None:
        while len(self._making) > waiting:
            self.places.keys.extend(self._making.popleft().result())

    def finish(self) -> None:
        """Make what keys are missing, and know who has which."""
        self._make_keys()
        self._take_keys(0)
        if self._background is not None:
            self._background.shutdown()
        self.keys.seal()
        self._members = _members(self.places.keys, len(self.keys.words))
        if not self.is_small:
            give_back()

    def close(self) -> None:
        """Give back threads and temporary files, however the run ended."""
        if self._background is not None:
            self._background.shutdown(cancel_futures=True)
        with suppress(OSError):
            self.keys.close()  # the file of texts goes with the last paragraph of a report that is in it

    # --- what a finished collection is asked ------------------------------------------------------

    def count(self, key: int) -> int:
        """Return how many paragraphs have a key."""
        starts, _ = self._known_members()
        return starts[key + 1] - starts[key]

    def occurrences(self, key: int) -> list[Paragraph]:
        """Return the paragraphs of a key, in reading order."""
        return [self.paragraph(order) for order in self.orders(key)]

    def orders(self, key: int) -> Sequence[int]:
        """Return the places of a key, in reading order."""
        starts, members = self._known_members()
        return members[starts[key] : starts[key + 1]]

    def own_count(self, key: int) -> int:
        """Return how many of the paragraphs of a key were read, and are not an archive's."""
        orders = self.orders(key)
        return len(orders) - bisect_left(orders, self.archived)

    def texts_with_keys(self) -> Iterator[tuple[str, str]]:
        """Yield the text of each paragraph, without ignored phrases, with its key; what is switched off has none."""
        ignored = set(self._with_phrases)
        for order, key in enumerate(self.places.keys):
            if order in self.places.off:
                continue
            text = self.texts.get(order)
            if order in ignored:
                text = without(text, self.settings.ignore_phrases)
            yield text, self.keys.get(key) if key != NO_KEY else ""

    def keys_as_read(self) -> Iterator[tuple[int, str]]:
        """Yield the key of each paragraph with ignored phrases, and what it would be with them."""
        for order in self._with_phrases:
            key = self.places.keys[order]
            if key != NO_KEY:
                yield key, make_key(self.texts.get(order), self.settings.normalize)

    @property
    def ignored_paragraphs(self) -> int:
        """How many of the paragraphs that were read are nothing but ignored phrases."""
        own = (order for order in self._with_phrases if order >= self.archived)
        return sum(1 for order in own if self.places.keys[order] == NO_KEY)

    def first_place(self, key: int) -> int:
        """Return the first place of a key."""
        starts, members = self._known_members()
        return members[starts[key]]

    def _known_members(self) -> tuple[array[int], array[int]]:
        if self._members is None:
            raise ValueError("the collection is not finished")
        return self._members

    def paragraph(self, order: int) -> Paragraph:
        """Return the paragraph at a place of the reading order: the same object each time."""
        if order not in self._shown:
            key = self.places.keys[order]
            words = self.keys.words[key] if key != NO_KEY else 0
            self._shown[order] = self.places.paragraph(order, self.texts, words)
        return self._shown[order]

    def kernel_notices(self) -> list[Notice]:
        """Return the notice that nothing was compiled, where that would have been worth it."""
        why = kernels.failure() if len(self.places) >= kernels.COMPILED_FROM else None
        return [Notice("numba", f"cannot be loaded ({why}); the same result takes longer")] if why else []


class Places:
    """Where each paragraph stands, one number a column: 30 bytes a paragraph; `off` are those switched off."""

    def __init__(self) -> None:
        self.keys = array("i")
        self._documents, self._numbers, self._parts = array("i"), array("i"), array("i")
        self._starts, self._lines = array("q"), array("i")
        self._elements: dict[int, str] = {}
        self.off: set[int] = set()
        self._articles: dict[int, Article] = {}
        self._ids = Names()
        self._paths: list[str | None] = []
        self._path_numbers: dict[str | None, int] = {}
        self._path_of, self._rows = array("i"), array("q")

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def documents(self) -> int:
        """How many documents were read."""
        return len(self._rows)

    def begin(self, document: Document, *, archived: bool = False) -> None:
        """Take in the document whose paragraphs come next; of one of an archive, what is known of it."""
        if archived:
            self._articles[len(self._rows) + 1] = document.article or Article()
        self._ids.append(document.id)
        path = self._path_numbers.setdefault(document.path, len(self._paths))
        if path == len(self._paths):
            self._paths.append(document.path)
        self._path_of.append(path)
        self._rows.append(-1 if document.row is None else document.row)

    def add(self, piece: Piece) -> None:
        """Take in the next paragraph of the document begun last."""
        if piece.element is not None:
            self._elements[len(self._starts)] = piece.element
        if piece.off:
            self.off.add(len(self._starts))
        self._documents.append(len(self._rows))
        self._numbers.append(piece.number)
        self._parts.append(piece.part or 0)
        self._starts.append(piece.start)
        self._lines.append(piece.line)

    def document(self, order: int) -> int:
        """Return the number of the document of a place, from 1."""
        return self._documents[order]

    def paragraph(self, order: int, texts: Texts, words: int) -> Paragraph:
        """Return the paragraph at a place of the reading order."""
        text = texts.get(order)
        document = self._documents[order]
        row = self._rows[document - 1]
        start = self._starts[order]
        return Paragraph(
            doc=self._ids[document - 1],
            paragraph=self._numbers[order],
            start=start,
            end=start + len(text),
            line=self._lines[order],
            text=cast("str", texts) if texts.is_kept(order) else text,
            part=self._parts[order] or None,
            path=self._paths[self._path_of[document - 1]],
            row=None if row < 0 else row,
            element=self._elements.get(order),
            words=words,
            order=order,
            document=document,
            article=self._articles.get(document),
            off=order in self.off,
        )


class Names(Sequence[str]):
    """Keep many short strings as bytes: an object for each would take three times the room."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("q", [0])

    def append(self, name: str) -> None:
        """Take in the next name."""
        self._bytes += name.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, i: int) -> str:  # type: ignore[override]
        return self._bytes[self._ends[i] : self._ends[i + 1]].decode("utf-8", "surrogatepass")


class Texts:
    """Keep the paragraphs' own texts; those of a large run as bytes, which beyond `memory` go to a temporary file."""

    def __init__(self, memory: float) -> None:
        self._memory = memory
        self._plain: list[str] = []
        self._chars = 0
        self._kept: list[bytes] = []
        self._firsts = array("q")  # the byte at which each of those begins
        self._ends = array("q", [0])
        self._file = Scratch()
        self._recent: dict[int, str] = {}

    def extend(self, texts: list[str]) -> None:
        """Take in the next texts."""
        self._plain += texts
        self._chars += sum(map(len, texts))
        if self._chars >= BATCH_CHARS:
            self._encode()

    def _encode(self) -> None:
        """Keep the texts taken in last as bytes in one piece: thousands of strings would leave holes behind them."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in self._plain]
        self._firsts.append(self._ends[-1])
        for text in encoded:
            self._ends.append(self._ends[-1] + len(text))
        self._kept.append(b"".join(encoded))
        self._plain, self._chars = [], 0
        if self._ends[-1] - self._file.size > self._memory:
            for piece in self._kept:
                self._file.append(piece)
            self._kept, self._firsts = [], array("q")
            give_back()

    def get(self, order: int) -> str:
        """Return a text by its place in the order of input."""
        encoded = len(self._ends) - 1
        if order >= encoded:
            return self._plain[order - encoded]
        text = self._recent.get(order)
        if text is None:
            low, high = self._ends[order], self._ends[order + 1]
            text = self._bytes(low, high).decode("utf-8", "surrogatepass")
            if len(self._recent) >= RECENT_TEXTS:
                self._recent.clear()
            self._recent[order] = text
        return text

    def is_kept(self, order: int) -> bool:
        """Return whether a text is kept as bytes, and made anew each time."""
        return order < len(self._ends) - 1

    def _bytes(self, low: int, high: int) -> bytes:
        if low < self._file.size:
            return self._file.read(low, high - low)
        piece = bisect_right(self._firsts, low) - 1
        first = self._firsts[piece]
        return self._kept[piece][low - first : high - first]

    def close(self) -> None:
        """Give back the temporary file."""
        self._file.close()


def document_name(document: Document) -> str:
    """Return how a message names a document: one of several in a file by its line."""
    if document.row is None:
        return document.id
    line = document.blocks[0].line if document.blocks else document.row
    return f"{document.path or document.id}:{line}"


def _members(keys: array[int], distinct: int) -> tuple[array[int], array[int]]:
    """Return the places of each key in reading order: key k has ``members[starts[k]:starts[k + 1]]``."""
    starts = array("i", bytes(4 * (distinct + 1)))
    for key in keys:
        if key != NO_KEY:
            starts[key + 1] += 1
    for key in range(distinct):
        starts[key + 1] += starts[key]
    free = array("i", starts)
    members = array("i", bytes(4 * starts[-1]))
    for order, key in enumerate(keys):
        if key != NO_KEY:
            members[free[key]] = order
            free[key] += 1
    return starts, members
