"""Adding to an archive and taking from it, each in one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dedup.archive import upkeep
from dedup.archive.database import LATER
from dedup.archive.records import Added, Entry, article_sum, content_sum, utc_of
from dedup.archive.store import BANDS, WORDS, Store
from dedup.model import Article

FRESH_CONTENTS = 2_000
"""Contents whose postings may be in no run: they are read whole for each question after a change."""
CONTENT = "INSERT INTO content (id, number, text, key, checksum) VALUES (?, ?, ?, ?, ?)"
OCCURRENCE = (
    "INSERT INTO occurrence (article, position, content, number, part, start, line) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
ARTICLE = (
    "INSERT INTO article (id, doc, version, title, url, outlet, author, language, date, utc, digest, paragraphs,"
    " checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
QUOTATION = "INSERT INTO quotation (article, position) VALUES (?, ?)"
STORY = "INSERT INTO story (article, doc) VALUES (?, ?)"
FRESH = "INSERT INTO fresh (kind, content, keys) VALUES (?, ?, ?)"


def put(store: Store, entries: Sequence[Entry], *, replace: bool = False, bulk: bool = False) -> list[Added]:
    """Store articles: all of them come about, or none; return what became of each.

    The same id, version and text is left as it is; another version replaces the one that is there, unless both
    are numbers and it is the older. Another text under the same id and version is a conflict, and is left
    out unless `replace`.

    Args:
        store: opened to write.
        entries: articles with their postings.
        replace: store another text under the same version.
        bulk: write the postings as runs at once.
    """
    with store.writing():
        writer = _Writer(store, entries)
        found = [writer.put(entry, replace) for entry in entries]
        writer.finish(bulk)
        if not bulk:  # after a bulk load all runs become one
            upkeep.merge_due(store)
    return found


def unchanged(store: Store, articles: Sequence[tuple[str, Article, bytes, tuple[str, ...], bool]]) -> list[bool]:
    """Return for each article (id, what is known, digest, story, whether it quotes) whether it is stored just so."""
    docs = store.known(sorted({doc for doc, *_ in articles}))
    found = {doc: each for doc in docs if (each := store.article(doc)) is not None}
    numbers = [number for _, number, _, _ in found.values()]
    stories, quoting = store.stories(numbers), store.quotations(numbers)
    known = {doc: (meta, text, stories.get(n, ()), n in quoting) for doc, (meta, n, _, text) in found.items()}
    return [known.get(doc) == tuple(stated) for doc, *stated in articles]


def remove(store: Store, docs: Iterable[str]) -> list[str]:
    """Take articles out; return the ids that were there."""
    with store.writing():
        writer = _Writer(store, ())
        gone = [doc for doc in docs if writer.remove(doc)]
        writer.finish(bulk=False)
    return gone


class _Writer:
    """Gather the rows of a transaction; numbers are given here, and never twice."""

    def __init__(self, store: Store, entries: Sequence[Entry]) -> None:
        self._store, self._database = store, store.database
        self._counters: dict[str, int] = dict(self._database.rows("SELECT name, value FROM counter"))
        self._before = dict(self._counters)
        self._known: dict[int, list[tuple[int, bytes]]] = {}
        self._rows: dict[str, list[tuple[Any, ...]]] = {
            CONTENT: [],
            ARTICLE: [],
            OCCURRENCE: [],
            STORY: [],
            QUOTATION: [],
        }
        self._made: list[tuple[int, np.ndarray[Any, Any] | None, np.ndarray[Any, Any] | None]] = []
        self._pending: set[str] = set()
        self._stored = store.known(sorted({entry.doc for entry in entries}))
        wanted = sorted({number for entry in entries for number in entry.numbers})
        for number, content, text in store.by("number, id, text", "content", "number", wanted):
            self._known.setdefault(number, []).append((content, bytes(text)))

    def put(self, entry: Entry, replace: bool) -> Added:
        """Take in an article."""
        if entry.doc in self._pending:
            self._write()
        outcome = "added"
        found = self._store.article(entry.doc) if entry.doc in self._stored else None
        if found is not None:
            number = found[1]
            beside = tuple(each([number]).get(number, ()) for each in (self._store.stories, self._store.quotations))
            outcome = _outcome(found[0], found[3], beside, entry, replace)
            if outcome in ("unchanged", "older", "conflict"):
                return Added(entry.doc, outcome, found[0].version)
            self.remove(entry.doc)
        self._insert(entry)
        return Added(entry.doc, outcome, entry.article.version)

    def _insert(self, entry: Entry) -> None:
        number = self._next("article")
        places = []
        for position, piece in enumerate(entry.pieces):
            content = self._content(entry, position)
            places.append((position, content, piece.number, piece.part, piece.start, piece.line))
        meta = entry.article
        row = (
            number,
            entry.doc,
            *(getattr(meta, name) for name in ("version", "title", "url", "outlet", "author", "language", "date")),
            utc_of(meta.date),
            entry.digest,
            len(places),
        )
        self._rows[ARTICLE].append((*row, article_sum(row, places, entry.story, entry.quotations)))
        self._rows[OCCURRENCE] += [(number, *place) for place in places]
        self._rows[STORY] += [(number, doc) for doc in entry.story]
        self._rows[QUOTATION] += [(number, place) for place in entry.quotations]
        self._pending.add(entry.doc)
        self._stored.add(entry.doc)
        self._counters["articles"] += 1
        self._counters["paragraphs"] += len(places)

    def _content(self, entry: Entry, position: int) -> int:
        """Return the number of the content of a paragraph, a new one where its text is new."""
        piece, number, key = entry.pieces[position], entry.numbers[position], entry.packed[position]
        text = piece.data
        same = self._known.setdefault(number, [])
        for content, known in same:
            if known == text:
                return content
        content = self._next("content")
        same.append((content, text))
        self._rows[CONTENT].append((content, number, text, key, content_sum(content, number, text, key)))
        bands = entry.bands[position] if entry.bands is not None and piece.key else None
        self._made.append((content, bands, entry.grams[position] if entry.grams and piece.key else None))
        self._counters["contents"] += 1
        return content

    def _next(self, name: str) -> int:
        self._counters[name] += 1
        return int(self._counters[name]) - 1

    def remove(self, doc: str) -> bool:
        """Take an article out, with the contents that stand nowhere else; return whether it was there."""
        self._write()
        found = self._store.article(doc)
        if found is None:
            return False
        _, number, paragraphs, _ = found
        rows = self._database.rows("SELECT DISTINCT content FROM occurrence WHERE article = ?", (number,))
        self._database.run("DELETE FROM occurrence WHERE article = ?", (number,))
        self._database.run("DELETE FROM article WHERE id = ?", (number,))
        for table in filter(self._database.has, LATER):
            self._database.run(f"DELETE FROM {table} WHERE article = ?", (number,))  # noqa: S608
        contents = [content for (content,) in rows]
        left = {content for (content,) in self._store.by("DISTINCT content", "occurrence", "content", contents)}
        gone = [content for content in contents if content not in left]
        for table, name in (("content", "id"), ("fresh", "content")):
            self._database.run_many(f"DELETE FROM {table} WHERE {name} = ?", [(content,) for content in gone])  # noqa: S608
        dead = set(gone)
        for same in self._known.values():
            same[:] = [each for each in same if each[0] not in dead]
        self._made = [made for made in self._made if made[0] not in dead]
        self._counters["articles"] -= 1
        self._counters["paragraphs"] -= paragraphs
        self._counters["contents"] -= len(gone)
        return True

    def _write(self) -> None:
        for table, sql in zip(LATER, (STORY, QUOTATION), strict=True):
            if self._rows[sql] and not self._database.has(table):
                self._database.define(table)
        for sql, rows in self._rows.items():
            if rows:
                self._database.run_many(sql, rows)
                rows.clear()
        self._pending.clear()

    def finish(self, bulk: bool) -> None:
        """Write what is left: rows, postings, counters."""
        self._write()
        if self._counters != self._before:
            self._counters["change"] += 1
        if bulk:
            for kind, column in ((BANDS, 1), (WORDS, 2)):
                made = [(each[0], each[column]) for each in self._made if each[column] is not None]
                upkeep.write_run(self._store, kind, made, self._counters)
        else:
            rows = [(BANDS, content, bands) for content, bands, _ in self._made]
            rows += [(WORDS, content, grams) for content, _, grams in self._made]
            fresh = [(kind, content, keys.astype("<u4").tobytes()) for kind, content, keys in rows if keys is not None]
            self._database.run_many(FRESH, fresh)
        changed = [(value, name) for name, value in self._counters.items() if self._before[name] != value]
        self._database.run_many("UPDATE counter SET value = ? WHERE name = ?", changed)
        if not bulk and self._made:
            upkeep.flush_if_full(self._store, FRESH_CONTENTS)


def _outcome(known: Article, text: bytes, beside: tuple[Any, ...], entry: Entry, replace: bool) -> str:
    """Return what becomes of an article of which one with its id is there, `beside` its story and its quotations."""
    if known.version != entry.article.version:
        return "older" if _is_older(entry.article.version, known.version) and not replace else "replaced"
    if text == entry.digest:
        return "unchanged" if (known, *beside) == (entry.article, entry.story, entry.quotations) else "replaced"
    return "replaced" if replace else "conflict"


_NUMBER = re.compile("[0-9]{1,18}")


def _is_older(version: str | None, than: str | None) -> bool:
    numbers = [int(each) for each in (version, than) if each is not None and _NUMBER.fullmatch(each)]
    return len(numbers) == 2 and numbers[0] < numbers[1]
