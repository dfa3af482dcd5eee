"""One archive: articles, their contents, and the postings by which contents are found.

A content is a distinct text; its occurrences say where it stands. Everything that is asked within
`Store.reading` is of one moment. Results are in orders that depend on what is stored alone, never on when
it was stored.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.archive import postings
from dedup.archive.banding import Banding
from dedup.archive.database import Database, Row
from dedup.archive.postings import Codes, Pairs, Run
from dedup.archive.records import (
    FORMAT,
    NO_DATE,
    NORMALIZER,
    Content,
    Filter,
    Held,
    Info,
    Occurrence,
    Piece,
    Stats,
    digest,
    key_number,
    plain,
    unpack,
)
from dedup.errors import ArchiveError
from dedup.language import told
from dedup.model import Article

BANDS, WORDS = 0, 1
"""Kinds of postings: band keys of signatures, fingerprints of runs of words."""
ASKED = 500
"""Values of one question."""
MOST_POSTINGS = 2_000
"""Contents of one key that are looked at in one run."""
ARTICLE = "version, title, url, outlet, author, date, language"


class Store:
    """Ask an archive, from any thread; what writes is in `writing.py` and `upkeep.py`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.info = _info(database)
        self.banding = Banding.of(self.info)
        self._runs: dict[int, Run] = {}
        self._fresh: tuple[int, dict[int, Codes]] = (-1, {})
        self._held: tuple[int, Held] | None = None
        self._guard = threading.Lock()

    @property
    def place(self) -> str:
        """Where the archive is, as it was named."""
        return self.database.place

    def reading(self) -> AbstractContextManager[None]:
        """Hold one snapshot: what is asked within is of one moment."""
        return self.database.reading()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold one transaction, alone."""
        try:
            with self.database.writing():
                yield
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        """Forget what is known of postings: what a transaction that failed wrote was never there."""
        with self._guard:
            self._runs, self._fresh, self._held = {}, (-1, {}), None

    def close(self) -> None:
        """Give back connections."""
        self.database.close()

    # --- postings ---------------------------------------------------------------------------------

    def lookup(self, kind: int, keys: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
        """Return which contents have which of `keys`.

        Args:
            kind: BANDS or WORDS.
            keys: uint32 ``(n,)``, rising, each once.

        Returns:
            the places in `keys` and the contents, int64 ``(m,)`` each; contents may be gone since. And how
            many keys have more contents than are looked at.
        """
        if len(keys) == 0:
            return np.empty(0, np.int64), np.empty(0, np.int64), 0
        sources = [self.pairs(run, run.blocks_with(keys)) for run in self.runs(kind)]
        sources.append(postings.pairs_of(self.fresh(kind)))
        found = [postings.found_in(pairs, keys, MOST_POSTINGS) for pairs in sources]
        places, contents = (np.concatenate([each[i] for each in found]) for i in range(2))
        return places, contents, sum(capped for _, _, capped in found)

    def runs(self, kind: int) -> list[Run]:
        """Return the runs of a kind."""
        known = []
        for number, size in self.database.rows("SELECT id, size FROM run WHERE kind = ? ORDER BY id", (kind,)):
            if number not in self._runs:
                ((fences,),) = self.database.rows("SELECT fences FROM run WHERE id = ?", (number,))
                self._runs[number] = Run(number, size, np.frombuffer(bytes(fences), dtype="<u4"))
            known.append(self._runs[number])
        return known

    def pairs(self, run: Run, blocks: NDArray[np.int64]) -> Pairs:
        """Return the postings of some blocks of a run, by their rising numbers."""
        ids = (blocks + (run.id << 32)).tolist()
        return postings.pairs_in(list(chain.from_iterable(self.by("data", "block", "id", ids, "id"))))

    def codes_between(self, run: Run, first: int, last: int) -> Codes:
        """Return the postings of the blocks [first, last) of a run."""
        sql = "SELECT data FROM block WHERE id >= ? AND id < ? ORDER BY id"
        base = run.id << 32
        return postings.codes_in([bytes(data) for (data,) in self.database.rows(sql, (base | first, base | last))])

    def fresh(self, kind: int) -> Codes:
        """Return the sorted postings that are in no run yet."""
        change = self.counter("change")
        with self._guard:
            if self._fresh[0] != change:
                self._fresh = change, {}
            if kind not in self._fresh[1]:
                rows = self.database.rows("SELECT content, keys FROM fresh WHERE kind = ?", (kind,))
                keys = [np.frombuffer(bytes(data), dtype="<u4") for _, data in rows]
                self._fresh[1][kind] = postings.ragged_codes(keys, [content for content, _ in rows])
            return self._fresh[1][kind]

    # --- contents and where they stand ------------------------------------------------------------

    def equal_keys(self, keys: Iterable[str]) -> dict[str, list[int]]:
        """Return the contents that have each key, for those that any has."""
        numbers = {key_number(key): key for key in keys}
        found: dict[str, list[int]] = {}
        for number, content, packed in self.by("number, id, key", "content", "number", sorted(numbers), "number, id"):
            if unpack(bytes(packed)) == numbers[number]:
                found.setdefault(numbers[number], []).append(content)
        return found

    def keys(self, contents: Sequence[int]) -> dict[int, str]:
        """Return the keys of contents, without those that are gone."""
        return {number: unpack(bytes(key)) for number, key in self.by("id, key", "content", "id", contents, "id")}

    def contents(self, contents: Sequence[int]) -> dict[int, Content]:
        """Return contents by number, without those that are gone."""
        rows = self.by("id, text, key", "content", "id", contents, "id")
        return {number: Content(number, bytes(text).decode(), unpack(bytes(key))) for number, text, key in rows}

    def occurrences(self, contents: Sequence[int], admitted: Filter) -> dict[int, list[Occurrence]]:
        """Return where contents stand in the articles that count, the earliest published first."""
        found: dict[int, list[Occurrence]] = {}
        quotes, beside = self._quoting()
        columns = f"o.content, a.doc, a.utc, o.number, o.part, o.start, o.line, {quotes}, {_prefixed(ARTICLE)}"
        tables = f"occurrence o JOIN article a ON a.id = o.article{beside}"
        rows = self.by(columns, tables, "o.content", contents)
        for content, doc, utc, number, part, start, line, quoting, *meta in rows:
            article = _article(meta)
            if admitted.admits(doc, article.outlet, utc):
                place = Occurrence(content, doc, article, utc, number, part, start, line, quoting is not None)
                found.setdefault(content, []).append(place)
        for places in found.values():
            places.sort(key=lambda o: (o.utc, o.doc, o.number, o.part))
        return found

    def by(self, columns: str, tables: str, name: str, values: Sequence[Any], order: str = "") -> Iterator[Row]:
        """Yield columns of the rows where `name` is one of `values`."""
        ordered = f" ORDER BY {order}" if order else ""
        for low in range(0, len(values), ASKED):
            part = values[low : low + ASKED]
            marks = ", ".join("?" * len(part))
            sql = f"SELECT {columns} FROM {tables} WHERE {name} IN ({marks}){ordered}"  # noqa: S608 - no value in it
            yield from self.database.rows(sql, part)

    # --- articles ---------------------------------------------------------------------------------

    def article(self, doc: str) -> tuple[Article, int, int, bytes] | None:
        """Return an article, its number, its paragraphs and the digest of its text; None where there is none."""
        sql = f"SELECT id, paragraphs, digest, {ARTICLE} FROM article WHERE doc = ?"  # noqa: S608
        for number, paragraphs, found, *meta in self.database.rows(sql, (plain(doc),)):
            return _article(meta), number, paragraphs, bytes(found)
        return None

    def known(self, docs: Sequence[str]) -> set[str]:
        """Return which of these ids are stored."""
        return {doc for (doc,) in self.by("doc", "article", "doc", docs)}

    def stories(self, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return the ids that articles name as their story, sorted, for those articles that name some."""
        return self._later("story", "doc", numbers)

    def quotations(self, numbers: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return the places of the paragraphs that quote, of those articles that have some."""
        return self._later("quotation", "position", numbers)

    def _later(self, table: str, column: str, numbers: Sequence[int]) -> dict[int, tuple[Any, ...]]:
        """Return what a table that older archives lack says of articles, sorted."""
        found: dict[int, list[Any]] = {}
        if self.database.has(table):
            for number, value in self.by(f"article, {column}", table, "article", numbers):
                found.setdefault(number, []).append(value)
        return {number: tuple(sorted(values)) for number, values in found.items()}

    def story(self, docs: Iterable[str]) -> set[str]:
        """Return all that articles name as their story, and what those name that are named, on to the first."""
        found: set[str] = set()
        asked = set(docs)
        if not self.database.has("story"):
            return found
        while asked:
            named = self.by("s.doc", "article a JOIN story s ON s.article = a.id", "a.doc", sorted(asked))
            asked = {doc for (doc,) in named} - found
            found |= asked
        return found

    def articles(self, admitted: Filter) -> Iterator[tuple[str, Article, int]]:
        """Yield id, article and paragraphs of the articles that count, the earliest published first."""
        sql = f"SELECT doc, utc, paragraphs, {ARTICLE} FROM article ORDER BY utc, doc"  # noqa: S608
        for doc, utc, paragraphs, *meta in self.database.stream(sql):
            article = _article(meta)
            if admitted.admits(doc, article.outlet, utc):
                yield doc, article, paragraphs

    def pieces(self, article: int) -> list[Piece]:
        """Return the paragraphs of an article by its number, in order."""
        quotes, beside = self._quoting()
        sql = (
            f"SELECT o.number, o.part, o.start, o.line, c.text, c.key, {quotes} FROM occurrence o JOIN content c"  # noqa: S608
            f" ON c.id = o.content{beside} WHERE o.article = ? ORDER BY o.position"
        )
        return [
            Piece(number, part, start, line, bytes(text), unpack(bytes(key)), quoting is not None)
            for number, part, start, line, text, key, quoting in self.database.rows(sql, (article,))
        ]

    def _quoting(self) -> tuple[str, str]:
        """Return the column that says whether an occurrence `o` quotes, and what it is joined with for that."""
        if not self.database.has("quotation"):
            return "NULL", ""
        return "q.position", " LEFT JOIN quotation q ON q.article = o.article AND q.position = o.position"

    def counter(self, name: str) -> int:
        """Return a counter."""
        ((value,),) = self.database.rows("SELECT value FROM counter WHERE name = ?", (name,))
        return int(value)

    def stats(self) -> Stats:
        """Return how much the archive holds."""
        with self.reading():
            held = self.held()
            oldest = self.database.rows(_DATED.format("MIN"), (NO_DATE,))
            ((runs, size),) = self.database.rows("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM run")
            fresh = sum(len(self.fresh(kind)) for kind in (BANDS, WORDS))
            return Stats(
                held.articles,
                held.paragraphs,
                held.contents,
                held.newest,
                oldest[0][0],
                held.newest_utc,
                int(size) + fresh,
                runs,
                self.database.size(),
            )

    def held(self) -> Held:
        """Return what a report says of the archive: three counters and the newest date."""
        counters: dict[str, int] = dict(self.database.rows("SELECT name, value FROM counter"))
        change = counters["change"]
        if self._held is None or self._held[0] != change:
            ((date, utc),) = self.database.rows(_DATED.format("MAX"), (NO_DATE,))
            held = Held(counters["articles"], counters["paragraphs"], counters["contents"], date, utc)
            self._held = change, held
        return self._held[1]

    def outlets(self) -> list[str]:
        """Return the outlets of the articles, in order."""
        return [
            name
            for (name,) in self.database.rows("SELECT DISTINCT outlet FROM article WHERE outlet IS NOT NULL ORDER BY 1")
        ]


_DATED = "SELECT MIN(date), MIN(utc) FROM article WHERE utc = (SELECT {}(utc) FROM article WHERE utc < ?)"
"""The date of the first or last article that has one; several of one moment may write it differently."""

NUMBERED = ("article", "content", "run")
COUNTERS = (*NUMBERED, "change", "articles", "paragraphs", "contents")
"""Counters: the next number of each table that has numbers, changes so far, and how much there is."""


def create_store(place: str, info: Info) -> None:
    """Make an empty archive.

    Raises:
        ArchiveError: the place is taken, or cannot be written.
    """
    settings = [(name, json.dumps(value)) for name, value in info.to_dict().items()]
    settings.append(("checksum", digest(*(text for row in sorted(settings) for text in row)).hex()))
    counters = [(name, int(name in NUMBERED)) for name in COUNTERS]
    database = _database(place, writable=True)
    try:
        database.create({"setting": settings, "counter": counters})
    finally:
        database.close()


def open_store(place: str, *, writable: bool = False, network: bool = False, any_keys: bool = False) -> Store:
    """Open an archive.

    Args:
        place: a file, or the URL of a PostgreSQL database.
        writable: that it may be added to.
        network: that a file may be on a network file system.
        any_keys: that its keys may be of another version, to be rebuilt.

    Raises:
        ArchiveError: there is none, it is damaged, or it was made by another version; the way out is named.
    """
    store = Store(_database(place, writable=writable, network=network))
    if writable and store.info.durability == "full":
        store.close()
        store = Store(_database(place, writable=writable, full=True, network=network))
    _check_versions(store, any_keys)
    return store


def _check_versions(store: Store, any_keys: bool) -> None:
    info = store.info
    if info.format != FORMAT:
        store.close()
        finding = told(f"is of format {info.format}, this version reads {FORMAT}")
        raise ArchiveError(store.place, finding, "export it with the version that made it, and import that")
    if info.normalizer != NORMALIZER and not any_keys:
        store.close()
        finding = told(f"has keys of version {info.normalizer}, this version makes {NORMALIZER}")
        raise ArchiveError(store.place, finding, "dedup archive rebuild makes them anew from its texts")


def _database(place: str, *, writable: bool, full: bool = False, network: bool = False) -> Database:
    if place.startswith(("postgresql://", "postgres://")):
        from dedup.archive.postgres import PostgresDatabase

        return PostgresDatabase(place, writable=writable)
    from dedup.archive.sqlite import SqliteDatabase

    return SqliteDatabase(place, writable=writable, full=full, network=network)


def _info(database: Database) -> Info:
    """Return what an archive says it was made with.

    Raises:
        ArchiveError: that is damaged.
    """
    rows: dict[str, str] = dict(database.rows("SELECT name, value FROM setting"))
    checksum = rows.pop("checksum", None)
    if checksum != digest(*(text for row in sorted(rows.items()) for text in row)).hex():
        raise ArchiveError(database.place, "its settings are damaged", "restore it from a copy")
    known = set(Info._fields)
    return Info(**{name: json.loads(value) for name, value in rows.items() if name in known})


def _article(meta: Sequence[str | None]) -> Article:
    version, title, url, outlet, author, date, language = meta
    return Article(version, title, url, outlet, author, date, language)


def _prefixed(columns: str) -> str:
    return ", ".join(f"a.{name}" for name in columns.split(", "))
