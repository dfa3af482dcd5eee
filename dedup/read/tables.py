"""Rows: JSON lines, and mappings handed over in Python."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dedup.model import Document, Notice, Problem
from dedup.read.encoding import decode
from dedup.read.files import Source
from dedup.settings import Settings

NAMED_FIELDS = 8
"""Fields of a row that a message names."""


def jsonl_documents(source: Source, settings: Settings) -> Iterator[Document | Problem | Notice]:
    """Yield a document for each row of JSON lines; a row that is none is a problem, and the next goes on."""
    decoded = decode(source)
    yield from decoded.notices
    for row, line in enumerate(decoded.lines(newline="\n"), 1):
        if line.strip():
            yield _row_document(line, row, source, settings)


def _row_document(line: str, row: int, source: Source, settings: Settings) -> Document | Problem:
    place = f"{source.name}:{row}"
    try:
        value = json.loads(line.rstrip("\r\n"))
    except json.JSONDecodeError as error:
        said = f"{error.msg.removesuffix(' at')} at column {error.colno}"
        return Problem(place, f"not JSON: {said}", "one JSON object a line")
    except (ValueError, RecursionError) as error:
        return Problem(place, f"not JSON that can be read: {_reason(error)}", "leave the row out")
    if not isinstance(value, dict):
        return Problem(place, f"a JSON {_json_type(value)}, not an object", 'one object a line: {"id": …, "text": …}')
    return _document(value, place, source.name, settings, path=source.path, number=row)


def _reason(error: Exception) -> str:
    return "nested too deep" if isinstance(error, RecursionError) else str(error).split(";")[0]


def mapping_document(mapping: Mapping[str, Any], number: int, settings: Settings) -> Document | Problem:
    """Return a mapping of a list as a document; `number` is its id where it gives none."""
    return _document(mapping, f"input {number}", str(number), settings)


def _document(
    row: Mapping[str, Any],
    place: str,
    default_id: str,
    settings: Settings,
    path: str | None = None,
    number: int | None = None,
) -> Document | Problem:
    text = row.get(settings.text_field)
    if isinstance(text, str):
        given = row.get(settings.id_field)
        name = default_id if given in (None, "") else str(given)
        return Document(name, text, path=path, row=number)
    if settings.text_field in row:
        finding = f'field "{settings.text_field}" is a {_json_type(text)}, not text'
        return Problem(place, finding, "give a string, or leave the row out")
    return Problem(place, f'no field "{settings.text_field}"; {_fields_of(row)}', _field_hint(row, settings, path))


def _fields_of(row: Mapping[str, Any]) -> str:
    names = [str(name)[:40] for name in row]
    more = f" and {len(names) - NAMED_FIELDS} more" if len(names) > NAMED_FIELDS else ""
    return f"the fields are {', '.join(names[:NAMED_FIELDS])}{more}" if names else "it has no fields"


def _field_hint(row: Mapping[str, Any], settings: Settings, path: str | None) -> str:
    texts = {str(name): value for name, value in row.items() if isinstance(value, str) and name != settings.id_field}
    if not texts:
        return "give each row its text"
    longest = max(texts, key=lambda name: len(texts[name]))[:40]
    return f"try --text-field {longest}" if path is not None else f'try text_field="{longest}"'


def _json_type(value: object) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "list", dict: "object"}
    return "null" if value is None else names.get(type(value), type(value).__name__)
