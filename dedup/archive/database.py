"""What the store asks of a database: SQL that both understand, snapshots to read, one writer at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from dedup.archive.records import Damage

Row = tuple[Any, ...]

TABLES: dict[str, str] = {
    "setting": "name TEXT PRIMARY KEY, value TEXT NOT NULL",
    "counter": "name TEXT PRIMARY KEY, value BIGINT NOT NULL",
    "article": (
        "id BIGINT PRIMARY KEY, doc TEXT NOT NULL UNIQUE, version TEXT, title TEXT, url TEXT, outlet TEXT, author TEXT,"
        " language TEXT, date TEXT, utc BIGINT NOT NULL, digest BYTES NOT NULL, paragraphs BIGINT NOT NULL,"
        " checksum BYTES NOT NULL"
    ),
    "content": "id BIGINT PRIMARY KEY, number BIGINT NOT NULL, text BYTES NOT NULL, key BYTES NOT NULL,"
    " checksum BYTES NOT NULL",
    "occurrence": (
        "article BIGINT, position BIGINT, content BIGINT NOT NULL, number BIGINT NOT NULL, part BIGINT NOT NULL,"
        " start BIGINT NOT NULL, line BIGINT NOT NULL, PRIMARY KEY (article, position)"
    ),
    "fresh": "kind BIGINT, content BIGINT, keys BYTES NOT NULL, PRIMARY KEY (kind, content)",
    "run": "id BIGINT PRIMARY KEY, kind BIGINT NOT NULL, size BIGINT NOT NULL, fences BYTES NOT NULL",
    "block": "id BIGINT PRIMARY KEY, checksum BIGINT NOT NULL, data BYTES NOT NULL",
    "story": "article BIGINT, doc TEXT, PRIMARY KEY (article, doc)",
    "quotation": "article BIGINT, position BIGINT, PRIMARY KEY (article, position)",
}
"""Table -> its columns; BIGINT and BYTES are put in the database's own words.

`checksum` is over all of a row, that of an article over its occurrences, too. A block's id is
``run << 32 | place``. `fresh` holds the postings of contents that are in no run yet; `story` the ids of other
articles that an article names as its story; `quotation` which of its paragraphs stand in an element that quotes.
"""

LATER = ("story", "quotation")
"""Tables that came after the first archives: one without them gets them when there is something to put in."""

INDEXES: dict[str, str] = {
    "content_number": "content (number)",
    "occurrence_content": "occurrence (content)",
    "article_utc": "article (utc)",
}


class Database(Protocol):
    """One database, asked from any thread. Placeholders are ``?``."""

    place: str

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a query."""

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query, a few at a time."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement and return how many rows it touched."""

    def discard(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run a statement that deletes rows without any text: their bytes may stay until the space is used again."""

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of `rows`."""

    def reading(self) -> AbstractContextManager[None]:
        """Hold one snapshot: what is read within is of one moment."""

    def writing(self) -> AbstractContextManager[None]:
        """Hold one transaction, alone: all that is written within comes about, or nothing."""

    def has(self, table: str) -> bool:
        """Return whether there is a table."""

    def define(self, table: str) -> None:
        """Make a table that is not there, within a transaction that writes."""

    def create(self, first: Mapping[str, Sequence[Row]]) -> None:
        """Make the tables, with the `first` rows of some, two columns each."""

    def damage(self) -> Iterator[Damage]:
        """Yield what the database itself finds damaged."""

    def settle(self) -> None:
        """Put what is in a log in its place, and empty the log."""

    def tidy(self) -> None:
        """Give back the space of what was removed, so that nothing of it is left in any file."""

    def size(self) -> int:
        """Return the bytes that the archive takes."""

    def close(self) -> None:
        """Close every connection."""
