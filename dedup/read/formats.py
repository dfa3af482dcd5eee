"""The formats that dedup reads, as a table: how each is known, by name and by content, and who reads it.

Adding a format is a row in FORMATS. Another distribution adds one through an entry point of the group
`dedup.readers` that leads to a `Format`; the formats here come first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

from dedup.errors import SettingsError
from dedup.language import told
from dedup.model import Document, Notice, Problem, Skipped
from dedup.read.files import SNIFFED_BYTES, Source
from dedup.read.packing import OF_THEM
from dedup.settings import Settings, nearest

Item = Document | Problem | Skipped | Notice
Reader = Callable[[Source, Settings], Iterator[Item]]

ENTRY_POINTS = "dedup.readers"
"""Group of the entry points by which other distributions add formats."""


class Format(NamedTuple):
    """Describe a format: its name, the suffixes of its files, and the reader of one.

    `begins` tells from the first bytes of a file whose name says nothing whether it is of this format. `binary`
    says that NUL bytes are no sign of damage. More than `guarded_from` bytes are read in a process of its own, which
    may be ended (`dedup.read.guard`); None is for readers that no input can stall. `container` says that it holds
    files of whatever format, even where one is named for all inputs: its reader yields them as `Source`s.
    """

    name: str
    suffixes: tuple[str, ...]
    reader: Reader
    begins: Callable[[bytes], bool] | None = None
    binary: bool = False
    container: bool = False
    guarded_from: int | None = None


def _read_by(place: str) -> Reader:
    """Return the reader of a module of this package, which loads when the first such file is read."""
    module, _, name = place.rpartition(".")

    def read(source: Source, settings: Settings) -> Iterator[Item]:
        documents: Iterator[Item] = getattr(import_module(f"dedup.read.{module}"), name)(source, settings)
        return documents

    return read


def _beginning(pattern: bytes) -> Callable[[bytes], bool]:
    """Return whether bytes begin so, after a mark of UTF-8 and white space, whatever the case."""
    found = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:" + pattern + rb")", re.IGNORECASE)
    return lambda start: found.match(start) is not None


def _zipped(start: bytes) -> bool:
    """Return whether bytes begin as a zip of files does, and not as a document that is a zip (Office, ODF, EPUB)."""
    return start.startswith(b"PK\3\4") and not any(mark in start for mark in (b"[Content_Types].xml", b"mimetype"))


def _magic(mark: bytes) -> Callable[[bytes], bool]:
    return lambda start: start.startswith(mark)


_PAGE = _beginning(rb"<!doctype html|<html\b")
_XML = _beginning(rb"<\?xml\b|<(?:[\w.\-]{1,40}:)?(?:newsMessage|newsItem|packageItem|NewsML|nitf)\b")
_OFFICE = re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|PK\x03\x04.*?(?:\[Content_Types\]|_rels/|word/)", re.DOTALL)
_JSON_ROWS = _beginning(rb"\{[^\n]*\}\s*\n\s*\{")

_JSON = _beginning(rb"\{\s*(?:\"|\})|\[\s*\{")

NEWSROOM = ("ninjs", "superdesk", "ans", "wordpress", "ghost")
"""Formats of items that are told by their shape (`newsroom.shapes`), unless all inputs are said to be of one."""

FORMATS: tuple[Format, ...] = (
    Format("text", (".txt", ".text"), _read_by("text.text_documents")),
    Format("markdown", (".md", ".markdown"), _read_by("markup.pieces.markdown_documents"), guarded_from=12_000),
    Format("html", (".html", ".htm", ".xhtml"), _read_by("markup.pieces.html_documents"), _PAGE, guarded_from=64_000),
    Format("page", (), _read_by("markup.pages.page_documents"), guarded_from=64_000),
    Format("xml", (".xml",), _read_by("newsroom.xml.xml_documents"), _XML, guarded_from=64_000),
    Format("newsml", (), _read_by("newsroom.newsml.newsml_documents"), guarded_from=64_000),
    Format("nitf", (), _read_by("newsroom.nitf.nitf_documents"), guarded_from=64_000),
    Format(
        "docx",
        (".docx", ".docm"),
        _read_by("markup.docx.docx_documents"),
        lambda start: _OFFICE.match(start) is not None,
        binary=True,
        guarded_from=0,  # its size says nothing of what is packed in it
    ),
    Format("jsonl", (".jsonl", ".ndjson"), _read_by("tables.documents.jsonl_documents"), _JSON_ROWS),
    Format("json", (".json",), _read_by("newsroom.news.json_documents"), _JSON),
    *(Format(name, (), _read_by("newsroom.news.json_documents")) for name in NEWSROOM),
    Format("csv", (".csv",), _read_by("tables.documents.csv_documents")),
    Format("tsv", (".tsv",), _read_by("tables.documents.tsv_documents")),
    Format("parquet", (".parquet",), _read_by("tables.columns.parquet_documents"), _magic(b"PAR1"), binary=True),
    Format("arrow", (".arrow", ".feather"), _read_by("tables.columns.arrow_documents"), _magic(b"ARROW1"), binary=True),
    Format("zip", (".zip",), _read_by("zips.zip_members"), _zipped, binary=True, container=True),
)
"""All formats, in the order in which content is held against them."""

TEXT = FORMATS[0]
"""What everything is that is nothing else."""


@cache
def _by_suffix() -> dict[str, Format]:
    return {suffix: form for form in FORMATS for suffix in form.suffixes}


@cache
def _added() -> tuple[tuple[Format, ...], tuple[Problem, ...]]:
    """Return the formats of other distributions, in the order of their names, and those that do not load."""
    from importlib.metadata import entry_points  # loads 20 modules, and most inputs have a known suffix

    found, broken = [], []
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        try:
            form = entry.load()
        except Exception as error:  # whatever the code of others raises
            broken.append(
                Problem(entry.name, f"a format of another distribution that cannot be loaded: {error}", _MEND)
            )
            continue
        if isinstance(form, Format):
            found.append(form)
        else:
            broken.append(Problem(entry.name, f"leads to a {type(form).__name__}, not to a dedup.read.Format", _MEND))
    return tuple(found), tuple(broken)


_MEND = told("mend or remove the distribution that adds it")


def broken() -> tuple[Problem, ...]:
    """Return what is wrong with the formats of other distributions, as far as they were looked for."""
    return _added()[1] if _added.cache_info().currsize else ()


def suffixes() -> tuple[str, ...]:
    """Return all suffixes that have a reader, those of added formats last."""
    return tuple(suffix for form in (*FORMATS, *_added()[0]) for suffix in form.suffixes)


def with_suffix(suffix: str) -> Format | None:
    """Return the format of files with a suffix (``.md``), or None."""
    return _by_suffix().get(suffix) or next((form for form in _added()[0] if suffix in form.suffixes), None)


def named(name: str) -> Format:
    """Return the format of a name.

    Raises:
        SettingsError: there is none of that name; the nearest is named.
    """
    for form in (*FORMATS, *_added()[0]):
        if form.name == name:
            return form
    raise SettingsError(f"unknown format {name!r}; {nearest(name, ['auto', *(form.name for form in FORMATS)])}")


def format_of(source: Source, settings: Settings) -> Format:
    """Return the format of `source`: as `settings.format_in` says, else by its name, else by its content.

    Raises:
        SettingsError: an unknown name.
        OSError, EOFError, zlib.error: the bytes cannot be read (READ_ERRORS).
    """
    by_name = with_suffix(source.suffix)
    if settings.format_in != "auto" and not (by_name is not None and by_name.container):
        return named(settings.format_in)
    if by_name is not None:
        return by_name
    start = source.open().read(SNIFFED_BYTES)
    return next((form for form in (*FORMATS, *_added()[0]) if form.begins is not None and form.begins(start)), TEXT)


def nothing_read(place: str, in_walk: bool = False) -> Problem | Skipped:
    """Return what a folder or zip is that holds nothing that is read."""
    finding = "no file here that dedup reads"
    if in_walk:
        return Skipped(place, finding)
    return Problem(place, finding, f"it reads {' '.join(suffixes())}, {OF_THEM}")
