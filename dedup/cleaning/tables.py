"""Tables that are read and written again row by row, as a table by suffix.

A row that loses nothing is written as it stood, to the byte.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator
from typing import IO, Any, NamedTuple, Protocol

from dedup.model import shown
from dedup.read.encoding import decode
from dedup.read.files import Source
from dedup.read.rows import CsvTable, Row, json_rows


class Fate(NamedTuple):
    """What becomes of a row: it stays as it stood, stays with another text, or goes."""

    stays: bool = True
    text: str | None = None


Decide = Callable[[int, object], Fate]
"""The number of a row and its text, or what stands in the place of one -> what becomes of it; in their order."""


class Table(Protocol):
    """A table of one form."""

    def rows(self, source: Source, fields: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of `source`, with these of their fields at least."""

    def write(self, source: Source, text_field: str, decide: Decide, target: IO[bytes]) -> None:
        """Write the rows of `source` that stay."""


class JsonTable:
    """JSON lines."""

    def rows(self, source: Source, fields: Collection[str] | None = None) -> Iterator[Row]:
        """Yield each line."""
        return json_rows(decode(source))

    def write(self, source: Source, text_field: str, decide: Decide, target: IO[bytes]) -> None:
        """Write the lines that stay."""
        _write(self.rows(source), text_field, decide, _json_line, target)


def _json_line(fields: dict[str, Any]) -> str:
    return shown(json.dumps(fields, ensure_ascii=False)) + "\n"


class CsvForm:
    """CSV with a header; `parted` is what parts its fields, None for what its header has."""

    def __init__(self, parted: str | None = None) -> None:
        self._parted = parted

    def rows(self, source: Source, fields: Collection[str] | None = None) -> Iterator[Row]:
        """Yield each record, the header as no row."""
        return CsvTable(decode(source), self._parted).rows()

    def write(self, source: Source, text_field: str, decide: Decide, target: IO[bytes]) -> None:
        """Write the header and the records that stay."""
        table = CsvTable(decode(source), self._parted)

        def record(fields: dict[str, Any]) -> str:
            row = io.StringIO()
            writer = csv.writer(row, delimiter=table.parted, lineterminator="\n")
            writer.writerow(fields.get(name, "") for name in table.header)
            return row.getvalue()

        _write(table.rows(), text_field, decide, record, target)


def _write(
    rows: Iterator[Row], text_field: str, decide: Decide, written: Callable[[dict[str, Any]], str], target: IO[bytes]
) -> None:
    for number, stood, fields, _ in rows:
        if number is None:
            target.write(stood.encode())
            continue
        stays, text = decide(number, None if fields is None else fields.get(text_field))
        if stays:
            target.write((stood if text is None else written({**(fields or {}), text_field: text})).encode())


class ParquetForm:
    """Parquet."""

    def rows(self, source: Source, fields: Collection[str] | None = None) -> Iterator[Row]:
        """Yield each row, its values as JSON has them."""
        from dedup.read.columns import ParquetRows, plain

        for number, row in enumerate(ParquetRows(source).rows(fields), 1):
            yield Row(number, "", plain(row))

    def write(self, source: Source, text_field: str, decide: Decide, target: IO[bytes]) -> None:
        """Write the rows that stay, in their groups, with the schema and the compression of the source."""
        from dedup.cleaning.parquet import write

        write(source, text_field, decide, target)


_JSON = JsonTable()
TABLES: dict[str, Table] = {
    ".jsonl": _JSON,
    ".ndjson": _JSON,
    ".csv": CsvForm(),
    ".tsv": CsvForm("\t"),
    ".parquet": ParquetForm(),
}
"""Suffix of a file -> how it is read and written."""
