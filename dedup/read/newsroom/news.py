"""JSON of newsrooms: a file with one item, a list of them, the answer of an API, or an item a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Document, Notice, Problem, Skipped
from dedup.read.encoding import Decoded, decode
from dedup.read.files import Source
from dedup.read.newsroom.items import Items, Where
from dedup.read.placed import Placed, json_type, loads
from dedup.read.tables.documents import jsonl_documents
from dedup.settings import Settings

MEMORY_SHARE = 16
"""A JSON file may have this part of the memory of a run: read, its values take some ten times their size."""
ENVELOPES: tuple[tuple[str, ...], ...] = (
    ("_items",),  # Superdesk
    ("posts",),  # Ghost
    ("pages",),
    ("post", "current"),  # a webhook of Ghost
    ("page", "current"),
    ("content_elements",),  # a search of Arc XP
    ("items",),
    ("articles",),
    ("results",),
    ("data",),
)
"""Fields that hold the items of an answer, the first that there is."""
ROWS = (".jsonl", ".ndjson")

Found = Document | Problem | Skipped | Notice


def json_documents(source: Source, settings: Settings) -> Iterator[Found]:
    """Yield a document for each item of a JSON file; what is none is a problem, and the next goes on.

    Raises:
        ReadError: it is not JSON, or too large for the memory of the run.
    """
    if source.suffix in ROWS:
        yield from jsonl_documents(source, settings)
        return
    most = settings.memory_bytes // MEMORY_SHARE
    if source.is_longer(most):
        finding = told(f"JSON of more than {most // 10**6} MB")
        raise ReadError(source.name, finding, "write one item a line (.jsonl), part it, or allow more with --memory")
    decoded = decode(source)
    value = _value(decoded)
    if value is ROWS:
        yield from jsonl_documents(source, settings)
        return
    yield from decoded.notices
    yield from _documents(value, source, settings)


def _value(decoded: Decoded) -> Any:
    """Return the value of a file, ROWS where it is none but each of its lines may be."""
    name, text = decoded.source.name, decoded.text()
    if not text.strip():
        return []
    try:
        return loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text[: error.pos].count("\n") and text.lstrip().startswith("{"):
            return ROWS
        said = f"not JSON: {error.msg.removesuffix(' at')} at column {error.colno}"
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        remedy = told("it seems to be cut off; get it again" if cut else "export it again")
        raise ReadError(f"{name}:{error.lineno}", said, remedy) from error
    except RecursionError as error:
        raise ReadError(name, "JSON nested too deep to be read", "leave it out") from error


def _documents(value: Any, source: Source, settings: Settings) -> Iterator[Found]:
    with Items(settings, source.name) as items:
        yield from _listed(_unwrapped(value, items), items, source)
        yield from items.notices()


def _listed(listed: list[Any], items: Items, source: Source) -> Iterator[Found]:
    if not any(isinstance(each, Mapping) and items.is_read(each) for each in listed) and source.in_walk:
        yield Skipped(source.name, "JSON of no kind that dedup reads")  # a folder may hold JSON of anything
        return
    if not listed:
        yield Skipped(source.name, "no item in it")
    for number, each in enumerate(listed, 1):
        where = _where(each, number, len(listed), source)
        if isinstance(each, Mapping):
            yield items.document(each, where)
        else:
            yield Problem(where.name, f"a JSON {json_type(each)}, not an object", "give an item, or a list of them")


def _unwrapped(value: Any, items: Items) -> list[Any]:
    """Return the items of a file: the value itself, or those in its list, or in the envelope of an API."""
    if isinstance(value, list):
        return value
    if not isinstance(value, Mapping) or items.fits(value):
        return [value]
    inner = [found for path in ENVELOPES if (found := _inside(value, path)) is not None]
    readable = (found for found in inner if any(isinstance(each, Mapping) and items.is_read(each) for each in found))
    return next(readable, [value] if items.is_read(value) or not inner else inner[0])


def _inside(value: Any, path: tuple[str, ...]) -> list[Any] | None:
    """Return the list at a path of fields; what a webhook has there is one item."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping) and len(path) > 1:
        return [value]
    return value if isinstance(value, list) else None


def _where(item: Any, number: int, of: int, source: Source) -> Where:
    """Return where an item stands: only one of several has a row, and is named by its number and its first line."""
    if of == 1:
        return Where(source.name, source.name, source.path)
    line = _first_line(item)
    return Where(f"{source.name}: item {number}" + (f", line {line}" if line else ""), source.name, source.path, number)


def _first_line(item: Any) -> int | None:
    values = item.values() if isinstance(item, Mapping) else ()
    return next((value.line for value in values if isinstance(value, Placed)), None)
