"""Rows: JSON lines and CSV."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from dedup.language import told
from dedup.model import Article, Document, Notice, Problem, Skipped, Stored
from dedup.read.encoding import decode, presumed
from dedup.read.files import Source
from dedup.read.formats import NEWSROOM
from dedup.read.newsroom.later import LaterItems
from dedup.read.placed import json_type
from dedup.read.tables.rows import CsvTable, Row, json_rows
from dedup.settings import Settings

NAMED_FIELDS, NAME_CHARS = 8, 40
"""Fields of a row that a message names, and characters of the longest name."""
LOOKED_AT = 10
"""Rows of a table that tell which field may hold the text."""


def jsonl_documents(source: Source, settings: Settings) -> Iterator[Document | Problem | Skipped | Notice]:
    """Yield a document for each row of JSON lines; a row that is none is a problem, and the next goes on."""
    decoded = presumed(source)
    said = len(decoded.notices)
    yield from decoded.notices
    with LaterItems(settings, source.name) as items:
        yield from _documents(json_rows(decoded), source, settings, items)
        yield from decoded.notices[said:]
        yield from items.notices()


def csv_documents(source: Source, settings: Settings) -> Iterator[Document | Problem | Skipped | Notice]:
    """Yield a document for each record of CSV with a header; a record that is none is a problem, and the next goes on.

    Fields are parted by what the header has: commas, semicolons or tabs.
    """
    return _records(source, settings, None)


def tsv_documents(source: Source, settings: Settings) -> Iterator[Document | Problem | Skipped | Notice]:
    """Yield a document for each record of a table whose fields are parted by tabs, as `csv_documents` does."""
    return _records(source, settings, "\t")


def _records(source: Source, settings: Settings, parted: str | None) -> Iterator[Document | Problem | Skipped | Notice]:
    decoded = decode(source)
    yield from decoded.notices
    table = CsvTable(decoded, parted)
    rows = (row.fields for row in table.rows() if row.fields)
    missing = without_text(table.header, rows, source, settings) if table.header else None
    if missing is not None:
        yield missing
    else:
        yield from _documents(table.rows(), source, settings)


def without_text(
    fields: Sequence[str], rows: Iterable[Mapping[str, Any]], source: Source, settings: Settings
) -> Problem | Skipped | None:
    """Return what a table is whose fields are all known and that has no text, or None where it has one.

    The first of its `rows`, which are asked for only then, tell which field may hold the text.
    """
    if settings.text_field in fields:
        return None
    missing = told(f'no field "{settings.text_field}"; {fields_of(dict.fromkeys(fields))}')
    if source.in_walk:  # a folder may hold tables of anything
        return Skipped(source.name, missing)
    return Problem(source.name, missing, _headless(fields) or field_of_text(rows, settings))


def _headless(fields: Sequence[str]) -> str | None:
    """Return the way out where the first line of a table is no header: a sentence names no field."""
    if max(map(len, fields)) <= NAME_CHARS:
        return None
    return told("see whether its first line names its fields")


def field_of_text(rows: Iterable[Mapping[str, Any]], settings: Settings) -> str:
    """Return the remedy that names the field with the longest texts in the first rows of a table."""
    name = _longest(islice(rows, LOOKED_AT), settings)
    return told("name the field of the text: --text-field" if name is None else f"try --text-field {name}")


def _documents(
    rows: Iterable[Row], source: Source, settings: Settings, items: LaterItems | None = None
) -> Iterator[Document | Problem | Skipped]:
    plain = items is None or settings.format_in not in NEWSROOM
    name, path, text_field = source.name, source.path, settings.text_field
    for number, _, fields, wrong in rows:
        if fields is None or number is None:
            if wrong is not None:
                yield Problem(f"{name}:{number}", *wrong)
        elif plain and type(text := fields.get(text_field)) is str:  # nearly all rows: a corpus is read by this
            yield _document(text, fields, name, settings, path, number)
        elif items is not None:
            yield items.get().row(fields, source, number)
        else:
            yield row_document(fields, f"{name}:{number}", name, settings, path=path, number=number)


def row_document(
    row: Mapping[str, Any],
    place: str,
    default_id: str,
    settings: Settings,
    path: str | None = None,
    number: int | None = None,
) -> Document | Problem:
    """Return a row as a document; `place` is what a message calls it, `default_id` its id where it gives none."""
    text = row.get(settings.text_field)
    if isinstance(text, str):
        return _document(text, row, default_id, settings, path, number)
    if settings.text_field in row:
        finding = told(f'field "{settings.text_field}" is a {json_type(text)}, not text')
        return Problem(place, finding, "give a string, or leave the row out")
    return Problem(
        place,
        f'no field "{settings.text_field}"; {fields_of(row)}',
        _field_hint(row, settings, in_python=path is None and number is None),
    )


def _document(
    text: str, row: Mapping[str, Any], default_id: str, settings: Settings, path: str | None, number: int | None
) -> Document:
    given = row.get(settings.id_field)
    named = given is not None and given != ""
    name = str(given) if named else default_id
    if settings.story_field is None and _MORE_FIELDS.isdisjoint(row):  # most rows of a corpus
        return Document(name, text, path, number, None, None, (), named)
    stored = _stored(row)
    story = story_of(row, settings) or (() if stored is None else _ids(row.get("story")))
    return Document(name, text, path, number, None, _article(row), story, named, stored)


_KNOWN: dict[str, tuple[str, ...]] = {
    name: (name,) for name in ("version", "title", "url", "outlet", "author", "language")
}
_KNOWN["date"] = ("published", "date")
"""What is known of an article -> the fields that may hold it; the first that does counts."""


_MORE_FIELDS = frozenset(("digest", *(field for fields in _KNOWN.values() for field in fields)))
"""A row without any of these has nothing for its document but a text, an id and a story."""


def fields_read(settings: Settings) -> frozenset[str]:
    """Return all fields of a row that its document is made of."""
    names = {settings.text_field, settings.id_field, settings.story_field, "digest", "paragraphs", "story"}
    return frozenset(name for name in (*names, *(each for known in _KNOWN.values() for each in known)) if name)


def _article(row: Mapping[str, Any]) -> Article | None:
    """Return what a row says of its text: strings, numbers and dates as they stand."""
    known = {}
    for name, fields in _KNOWN.items():
        for field in fields:  # no generator: seven of them took half of the time that such a row takes
            found = row.get(field)
            if found is None or found == "":
                continue
            if isinstance(found, _PLAIN) and not isinstance(found, bool):
                known[name] = found.isoformat() if isinstance(found, dt.date) else str(found)
            break
    return Article(**known) if known else None


_PLAIN = (str, int, float, dt.date)


def story_of(row: Mapping[str, Any], settings: Settings) -> tuple[str, ...]:
    """Return the ids that the field of the same story names: one, or a list of them."""
    return () if settings.story_field is None else _ids(row.get(settings.story_field))


def _ids(found: object) -> tuple[str, ...]:
    listed = found if isinstance(found, list | tuple) else [] if found in (None, "") else [found]
    return tuple(str(each) for each in listed if isinstance(each, str | int))


def _stored(row: Mapping[str, Any]) -> Stored | None:
    """Return the paragraphs of a row that an archive exported, None where they are not all there."""
    if "digest" not in row:
        return None
    digest, listed = row["digest"], row.get("paragraphs")
    if not isinstance(digest, str) or not isinstance(listed, list):
        return None
    try:
        numbers = [[int(p[name] or 0) for name in ("paragraph", "part", "start", "line")] for p in listed]
        texts = [(p["text"], p.get("quotation") is True) for p in listed]
        if not all(isinstance(text, str) for text, _ in texts):
            return None
        paragraphs = ((*n, *text) for n, text in zip(numbers, texts, strict=True))
        return Stored(bytes.fromhex(digest), tuple(paragraphs))
    except (KeyError, TypeError, ValueError):
        return None


def fields_of(row: Mapping[str, Any]) -> str:
    """Return what a message says of the fields of a row: the first of their names."""
    names = [_shown(str(name)) for name in row]
    listed, more = ", ".join(names[:NAMED_FIELDS]), len(names) - NAMED_FIELDS
    if not names:
        return told("it has no fields")
    return told(f"the fields are {listed} and {more} more" if more > 0 else f"the fields are {listed}")


def _shown(name: str) -> str:
    """Return a name as a message has it; what is longer may be a text, of which no message quotes a word."""
    return name if len(name) <= NAME_CHARS else told(f"one of {len(name):,} characters")


def _field_hint(row: Mapping[str, Any], settings: Settings, *, in_python: bool) -> str:
    """Return the remedy where a row has no text: of a file by an option, of a mapping in Python by a setting."""
    longest = _longest([row], settings)
    if longest is None:
        return told("give each row its text")
    return told(f'try text_field="{longest}"' if in_python else f"try --text-field {longest}")


def _longest(rows: Iterable[Mapping[str, Any]], settings: Settings) -> str | None:
    """Return the field that holds the most text, None where none holds any."""
    chars = Counter[str]()
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str) and name != settings.id_field and len(str(name)) <= NAME_CHARS:
                chars[str(name)] += len(value)
    return max(chars, key=chars.__getitem__, default=None)
