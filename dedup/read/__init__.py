"""From inputs to documents: whatever the caller has, one stream of what was read and what was not.

A reader yields a `Document` for each text, and for everything else what became of it: a `Problem`
(it should have been readable), a `Skipped` (left out for a reason that is no error), a `Notice`.
Adding a format is a row in `formats.FORMATS`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dedup.errors import InputError, ReadError, SettingsError
from dedup.model import Document, Problem, Skipped
from dedup.read.files import READ_ERRORS, Folder, Source, Stdin, not_text, open_path, unreadable, walk
from dedup.read.formats import Format, Item, broken, format_of, named, nothing_read, with_suffix
from dedup.read.mistaken import FIRST, warn_of_name
from dedup.read.newsroom.later import LaterItems
from dedup.settings import Settings, nearest

Input = str | Path | Document | Folder | Stdin | Mapping[str, Any]
Inputs = Input | Iterable[Input]

if TYPE_CHECKING:
    from dedup.read.guard import Guard

__all__ = ["Format", "Input", "Inputs", "Item", "document_of", "read"]


def read(inputs: Inputs, settings: Settings) -> Iterator[Item]:
    """Yield the documents of `inputs` in their order, and what became of everything else.

    Raises:
        InputError: an input of a type that is not read; its place in the list is named.
        SettingsError: no format is called as `format_in` says.
    """
    if settings.format_in != "auto":
        named(settings.format_in)  # an unknown name is wrong even where there is no file
    with _Run(settings) as run:
        for number, item in enumerate(_listed(inputs), 1):
            if isinstance(item, str):
                if number <= FIRST:
                    warn_of_name(item)
                yield Document(str(number), item, named=False)
            elif isinstance(item, Document):
                yield item
            elif isinstance(item, Mapping):
                yield run.mapping(item, number)
            elif isinstance(item, Path):
                yield from run.path(item)
            elif isinstance(item, Folder):
                yield from run.path(item.path, item.outputs)
            elif isinstance(item, Stdin):
                yield from run.source(item.open())
            else:
                raise InputError(
                    f"input {number}: cannot read {type(item).__name__}; "
                    "give str (text), Path (a file or folder), Document, or a mapping with id and text"
                )
        yield from run.notices()
    yield from broken()


def document_of(text: str, format: str) -> Document:
    """Return `text` as a document, with its blocks where `format` is a markup.

    Raises:
        SettingsError: an unknown format.
    """
    if format == "text":
        return Document("1", text)
    from dedup.read.markup import pieces

    formats = {"html": pieces.html_document, "markdown": pieces.markdown_document}
    if format not in formats:
        raise SettingsError(f"unknown format {format!r}; {nearest(format, ('text', *formats))}")
    return formats[format](text, "1")


def _listed(inputs: Inputs) -> Iterable[Input]:
    if isinstance(inputs, str | Path | Document | Folder | Stdin | Mapping):
        return (inputs,)
    if isinstance(inputs, _NO_LIST) or not isinstance(inputs, Iterable):
        raise InputError(f"cannot read {type(inputs).__name__}; give str, Path, Document, a mapping, or a list of them")
    return inputs


_NO_LIST: tuple[type, ...] = (bytes, bytearray)


class _Run:
    """Read files for one run: each once, and what could stall a parser in a process that ends with the run."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: set[tuple[int, int]] = set()
        self._guard: Guard | None = None
        self._mappings = LaterItems(settings, "mappings")

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        self._mappings.close()
        if self._guard is not None:
            self._guard.close()

    def mapping(self, item: Mapping[str, Any], number: int) -> Item:
        """Return a mapping as a document; `number` is its place in the list."""
        return self._mappings.get().mapping(item, number)

    def notices(self) -> Iterator[Item]:
        """Yield what was left out of the mappings of this run."""
        return self._mappings.notices()

    def path(self, path: Path, outputs: Container[str] = ()) -> Iterator[Item]:
        """Read a file, or all files below a folder but those that the run writes."""
        if not os.path.isdir(path):  # Path.is_dir raises for a name that is too long
            yield from self.source(open_path(path, in_walk=False))
            return
        nothing = True
        ignoring = self._settings.ignore_files
        for found in walk(path, lambda suffix: with_suffix(suffix) is not None, ignoring=ignoring):
            nothing = nothing and isinstance(found, Skipped)
            if isinstance(found, Path) and outputs and os.path.realpath(found) in outputs:
                yield Skipped(str(found), "written by this command")
            elif isinstance(found, Path):
                yield from self.source(open_path(found, in_walk=True))
            else:
                yield found
        if nothing:
            yield nothing_read(str(path))

    def source(self, opened: Source | Problem) -> Iterator[Item]:
        """Read a source unless it was read before: named twice, all of it would be its own duplicate.

        What its reader raises is a problem, and the next input goes on.
        """
        if not isinstance(opened, Source):
            yield opened
            return
        with opened:
            if opened.identity is not None and opened.identity in self._seen:
                yield Skipped(opened.name, "the same file was named before; read once")
                return
            if opened.identity is not None:
                self._seen.add(opened.identity)
            try:
                yield from self._items(opened)
            except (*READ_ERRORS, UnicodeDecodeError) as error:
                yield unreadable(opened.name, error)
            except ReadError as error:
                yield Problem(error.place, error.finding, error.remedy)

    def _items(self, source: Source) -> Iterator[Item]:
        form = format_of(source, self._settings)
        if not form.binary and (source.is_binary() or source.foreign()):
            return iter((not_text(source),))
        if form.guarded_from is not None and source.is_longer(form.guarded_from) and sys.executable:
            return self._guarded(form, source)
        if form.container:
            return self._contained(form, source)
        return form.reader(source, self._settings)

    def _contained(self, form: Format, source: Source) -> Iterator[Item]:
        settings = self._settings
        if settings.format_in == form.name:  # the container, not what is in it
            self._settings = settings.replace(format_in="auto")
        for item in cast("Iterator[Item | Source]", form.reader(source, settings)):
            if isinstance(item, Source):
                yield from self.source(item)
            else:
                yield item
        self._settings = settings

    def _guarded(self, form: Format, source: Source) -> Iterator[Item]:
        from dedup.read.guard import Guard  # most inputs are short, and need no process

        self._guard = self._guard or Guard()
        return self._guard.read(form, source, self._settings)
