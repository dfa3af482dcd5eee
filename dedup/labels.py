"""Pairs of texts that somebody labelled, read from CSV with a header or from JSON lines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Problem
from dedup.read.encoding import Decoded, decode
from dedup.read.files import READ_ERRORS, Source, open_path, unreadable
from dedup.read.placed import a_type
from dedup.read.tables.documents import fields_of
from dedup.read.tables.rows import CsvTable, Row, json_rows

CLASSES = ("repeat", "template", "passage", "none")
"""What a pair is, told apart: `repeat` are the kinds exact, normalized, near and rewritten."""
LABELS = {
    "repeat": "repeat duplicate copy rewrite exact normalized near rewritten 1 yes true",
    "template": "template",
    "passage": "passage",
    "none": "none other different 0 no false",
}
"""Class -> the labels that are taken for it."""
CLASS_OF = {label: name for name, labels in LABELS.items() for label in labels.split()}

NEEDED = ("a", "b", "label")
"""Columns without which a row says nothing."""
LONGEST_LABEL = 20
"""Characters of a label that a message quotes."""
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_FORMAT = told("labels are CSV with a header, or JSON lines, with the columns a, b and label")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair as somebody labelled it: ids or texts, the label, and a second one where two people read it."""

    name: str
    a: str
    b: str
    label: str
    second: str
    within: bool

    @property
    def is_disputed(self) -> bool:
        """Whether two readings differ."""
        return self.second not in ("", self.label)


@dataclass(frozen=True, slots=True)
class Labels:
    """The pairs of a file, in its order; `notices` say what was done to it, as a guess of its encoding."""

    pairs: tuple[Labelled, ...]
    notices: tuple[str, ...]


def read_labels(path: Path, where: Mapping[str, str]) -> Labels:
    """Return the pairs of a file whose rows have the values that `where` gives to columns.

    Raises:
        ReadError: it cannot be read, a row of it is broken or lacks a column, has a label that is none of LABELS,
            or no row is asked for.
    """
    if os.path.isdir(path):  # Path.is_dir raises in a folder that is closed
        raise ReadError(str(path), "is a folder, not a file of labels", _FORMAT)
    source = open_path(path, in_walk=False)
    if isinstance(source, Problem):
        raise ReadError(*source)
    with source:
        try:
            return _labels_of(source, where)
        except READ_ERRORS as error:
            raise ReadError(*unreadable(source.name, error)) from error


def _labels_of(source: Source, where: Mapping[str, str]) -> Labels:
    if source.is_binary():
        raise ReadError(source.name, "is binary, not text", _FORMAT)
    decoded = decode(source)
    is_json = source.suffix in JSON_SUFFIXES
    rows = _objects(decoded) if is_json else _records(CsvTable(decoded), source.name, where)
    fields = list(_fields(rows, source.name))
    if not fields:
        raise ReadError(source.name, "holds no pair", _FORMAT)
    asked = [(place, row) for place, row in fields if _is_asked(row, where, place)]
    if not asked:
        raise ReadError(source.name, "has no pair that is asked for", told("see the values that --where names"))
    return Labels(tuple(_labelled(row, place) for place, row in asked), tuple(map(str, decoded.notices)))


def _objects(decoded: Decoded) -> Iterator[Row]:
    """Yield the rows of JSON lines; where one is broken, the way out is that of labels, not that of documents."""
    for row in json_rows(decoded):
        yield row if row.wrong is None else row._replace(wrong=(row.wrong[0], _FORMAT))


def _records(table: CsvTable, place: str, where: Mapping[str, str]) -> Iterator[Row]:
    """Return the rows of a table whose header has all columns; of what is no table, a message quotes no line."""
    if len(table.header) == 1:
        raise ReadError(place, "no table: its first line is no header", _FORMAT)
    if table.header:
        _check_columns(dict.fromkeys(table.header), (*NEEDED, *where), place)
    return table.rows()


def _fields(rows: Iterator[Row], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, _, fields, wrong in rows:
        if wrong is not None:
            raise ReadError(f"{name}:{number}", *wrong)
        if number is not None and fields is not None:
            yield f"{name}:{number}", fields


def _is_asked(row: Mapping[str, Any], where: Mapping[str, str], place: str) -> bool:
    _check_columns(row, where, place)
    return all(_plain(row[column]) == value for column, value in where.items())


def _check_columns(row: Mapping[str, Any], columns: Sequence[str] | Mapping[str, str], place: str) -> None:
    for column in columns:
        if column not in row:
            finding = told(f'no field "{column}"; {fields_of(row)}')
            raise ReadError(place, finding, _FORMAT if column in NEEDED else told("see the columns that --where names"))


def _labelled(row: Mapping[str, Any], place: str) -> Labelled:
    _check_columns(row, NEEDED, place)
    for side in "ab":
        if not isinstance(row[side], str):
            raise ReadError(place, f'field "{side}" is {a_type(row[side])}, not text', told("give a string"))
    label, second = (_plain(row.get(column, "")).strip().lower() for column in ("label", "second"))
    for each in (label, second) if second else (label,):
        if each not in CLASS_OF:
            raise ReadError(place, _unknown(each), f"use one of {', '.join(CLASS_OF)}")
    within = row["a"].rpartition(":")[0] == row["b"].rpartition(":")[0] != ""
    return Labelled(_plain(row.get("pair", "")) or place, row["a"], row["b"], label, second, within)


def _unknown(label: str) -> str:
    """Return the finding on a label that is none: where columns are mixed up it is a text, which no message quotes."""
    if not label:
        return told("no label")
    if len(label) > LONGEST_LABEL:
        return told(f"a label of {len(label):,} characters")
    return told(f"unknown label {label!r}")


def _plain(value: Any) -> str:
    """Return a value of JSON as text, as CSV has it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
