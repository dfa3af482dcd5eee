"""From inputs to documents: whatever the caller has, one stream of what was read and what was not.

A reader yields a `Document` for each text, and for everything else what became of it: a `Problem`
(it should have been readable), a `Skipped` (left out for a reason that is no error), a `Notice`.
Adding a format is a row in `formats.FORMATS`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dedup.errors import InputError, ReadError, SettingsError
from dedup.model import Document, Problem, Skipped
from dedup.read.files import READ_ERRORS, Source, Stdin, not_text, open_path, unreadable, walk
from dedup.read.formats import Format, Item, broken, format_of, named, suffixes, with_suffix
from dedup.read.tables import mapping_document
from dedup.settings import Settings, nearest

Input = str | Path | Document | Stdin | Mapping[str, Any]
Inputs = Input | Iterable[Input]

__all__ = ["Format", "Input", "Inputs", "Item", "document_of", "read"]


def read(inputs: Inputs, settings: Settings) -> Iterator[Item]:
    """Yield the documents of `inputs` in their order, and what became of everything else.

    Raises:
        InputError: an input of a type that is not read; its place in the list is named.
        SettingsError: no format is called as `format_in` says.
    """
    if settings.format_in != "auto":
        named(settings.format_in)  # an unknown name is wrong even where there is no file
    seen: set[tuple[int, int]] = set()
    for number, item in enumerate(_listed(inputs), 1):
        if isinstance(item, str):
            yield Document(str(number), item, named=False)
        elif isinstance(item, Document):
            yield item
        elif isinstance(item, Mapping):
            yield mapping_document(item, number, settings)
        elif isinstance(item, Path):
            yield from _read_path(item, settings, seen)
        elif isinstance(item, Stdin):
            yield from _read_stdin(item, settings)
        else:
            raise InputError(
                f"input {number}: cannot read {type(item).__name__}; "
                "give str (text), Path (a file or folder), Document, or a mapping with id and text"
            )
    yield from broken()


def document_of(text: str, format: str) -> Document:
    """Return `text` as a document, with its blocks where `format` is a markup.

    Raises:
        SettingsError: an unknown format.
    """
    if format == "text":
        return Document("1", text)
    from dedup.read import markup

    formats = {"html": markup.html_document, "markdown": markup.markdown_document}
    if format not in formats:
        raise SettingsError(f"unknown format {format!r}; {nearest(format, ('text', *formats))}")
    return formats[format](text, "1")


def _listed(inputs: Inputs) -> Iterable[Input]:
    if isinstance(inputs, str | Path | Document | Stdin | Mapping):
        return (inputs,)
    if isinstance(inputs, _NO_LIST) or not isinstance(inputs, Iterable):
        raise InputError(f"cannot read {type(inputs).__name__}; give str, Path, Document, a mapping, or a list of them")
    return inputs


_NO_LIST: tuple[type, ...] = (bytes, bytearray)


def _read_path(path: Path, settings: Settings, seen: set[tuple[int, int]]) -> Iterator[Item]:
    if not os.path.isdir(path):  # Path.is_dir raises for a name that is too long
        yield from _read_once(path, settings, seen, in_walk=False)
        return
    nothing = True
    for found in walk(path, lambda suffix: with_suffix(suffix) is not None):
        nothing = nothing and isinstance(found, Skipped)
        if isinstance(found, Path):
            yield from _read_once(found, settings, seen, in_walk=True)
        else:
            yield found
    if nothing:
        yield Problem(str(path), "no file here that dedup reads", f"it reads {' '.join(suffixes())}, and .gz of them")


def _read_once(path: Path, settings: Settings, seen: set[tuple[int, int]], in_walk: bool) -> Iterator[Item]:
    """Read a file unless it was read before: named twice, all of it would be its own duplicate."""
    opened = open_path(path, in_walk)
    if not isinstance(opened, Source):
        yield opened
    elif opened.identity is not None and opened.identity in seen:
        yield Skipped(str(path), "the same file was named before; read once")
    else:
        if opened.identity is not None:
            seen.add(opened.identity)
        yield from _read_source(opened, settings)


def _read_stdin(stdin: Stdin, settings: Settings) -> Iterator[Item]:
    opened = stdin.open()
    if not isinstance(opened, Source):
        yield opened
        return
    yield from _read_source(opened, settings)


def _read_source(source: Source, settings: Settings) -> Iterator[Item]:
    """Yield what the reader of the format yields; what it raises is a problem, and the next input goes on."""
    with source:
        try:
            form = format_of(source, settings)
            if source.is_binary() and not form.binary:
                yield not_text(source)
            else:
                yield from form.reader(source, settings)
        except (*READ_ERRORS, UnicodeDecodeError) as error:
            yield unreadable(source.name, error)
        except ReadError as error:
            yield Problem(error.place, error.finding, error.remedy)
