"""Tables that are read and written again row by row, as a table by suffix.

A row that loses nothing is written as it stood, to the byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import IO, Any, NamedTuple, Protocol

from dedup.model import shown
from dedup.read.encoding import decode, presumed
from dedup.read.files import Source
from dedup.read.tables.rows import CsvTable, Row, json_rows


class Fate(NamedTuple):
    """What becomes of a row: it stays as it stood, stays with another text, or goes."""

    stays: bool = True
    text: str | None = None


Fields = Callable[[], Mapping[str, Any]]
Decide = Callable[[int, object, Fields], Fate]
"""The number of a row, its text or what stands in the place of one, and all its fields where they are asked for ->
what becomes of it; in their order."""


class Part(NamedTuple):
    """One of the tables that are written one after the other, and what decides on its rows."""

    source: Source
    decide: Decide


class Table(Protocol):
    """A table of one form."""

    def rows(self, source: Source, fields: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of `source`, with these of their fields at least."""

    def form(self, source: Source) -> Any:
        """Return what tables must have in common to be written one after the other; None where it is not known."""

    def write(self, parts: Iterable[Part], text_field: str, target: IO[bytes]) -> None:
        """Write the rows that stay of tables of one form."""


class JsonTable:
    """JSON lines."""

    def rows(self, source: Source, fields: Collection[str] | None = None) -> Iterator[Row]:
        """Yield each line."""
        return json_rows(presumed(source))

    def form(self, source: Source) -> Any:
        """Return the same for all: rows say themselves which fields they have."""
        return ()

    def write(self, parts: Iterable[Part], text_field: str, target: IO[bytes]) -> None:
        """Write the lines that stay."""
        lines = _Lines(target)
        for source, decide in parts:
            _write(self.rows(source), text_field, decide, _json_line, lines)


def _json_line(fields: dict[str, Any]) -> str:
    return shown(json.dumps(fields, ensure_ascii=False)) + "\n"


class CsvForm:
    """CSV with a header; `parted` is what parts its fields, None for what its header has."""

    def __init__(self, parted: str | None = None) -> None:
        self._parted = parted

    def rows(self, source: Source, fields: Collection[str] | None = None) -> Iterator[Row]:
        """Yield each record, the header as no row."""
        return CsvTable(decode(source), self._parted).rows()

    def form(self, source: Source) -> Any:
        """Return what parts the fields, and the header."""
        table = CsvTable(decode(source), self._parted)
        return (table.parted, *table.header) if table.header else None

    def write(self, parts: Iterable[Part], text_field: str, target: IO[bytes]) -> None:
        """Write the header, once, and the records that stay."""
        lines = _Lines(target)
        for source, decide in parts:
            table = CsvTable(decode(source), self._parted)
            rows = table.rows()
            if lines.ended is not None and table.header:
                next(rows)
            _write(rows, text_field, decide, table.record, lines)


class _Lines:
    """Write lines of one table behind those of another: the last line of a file may lack its end."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.ended: bool | None = None

    def write(self, line: str | bytes) -> None:
        """Write a line, or a part of one."""
        raw = line if isinstance(line, bytes) else line.encode()
        if raw:
            self._target.write(raw)
            self.ended = raw.endswith(b"\n")

    def end(self) -> None:
        """End the last line, where another one is to come."""
        if self.ended is False:
            self.write("\n")


def _write(
    rows: Iterator[Row], text_field: str, decide: Decide, written: Callable[[dict[str, Any]], str], lines: _Lines
) -> None:
    first = True
    for number, stood, fields, _ in rows:
        stays, text = (True, None) if number is None else _decided(number, fields, text_field, decide)
        if stays and first:
            lines.end()
            first = False
        if stays:
            lines.write(stood if text is None else written({**(fields or {}), text_field: text}))


def _decided(number: int, fields: dict[str, Any] | None, text_field: str, decide: Decide) -> Fate:
    known = fields or {}
    return decide(number, known.get(text_field), lambda: known)


class ParquetForm:
    """Parquet."""

    def rows(self, source: Source, fields: Collection[str] | None = None) -> Iterator[Row]:
        """Yield each row, its values as JSON has them."""
        from dedup.read.tables.columns import ParquetRows, plain

        for number, row in enumerate(ParquetRows(source).rows(fields), 1):
            yield Row(number, "", plain(row))

    def form(self, source: Source) -> Any:
        """Return the schema."""
        from dedup.read.tables.columns import ParquetRows

        return ParquetRows(source).schema

    def write(self, parts: Iterable[Part], text_field: str, target: IO[bytes]) -> None:
        """Write the rows that stay, in their groups, with the schema and the compression of the first."""
        from dedup.cleaning.parquet import write

        write(parts, text_field, target)


_JSON = JsonTable()
TABLES: dict[str, Table] = {
    ".jsonl": _JSON,
    ".ndjson": _JSON,
    ".csv": CsvForm(),
    ".tsv": CsvForm("\t"),
    ".parquet": ParquetForm(),
}
"""Suffix of a file -> how it is read and written."""
JSON_SUFFIXES = (".jsonl", ".ndjson")
