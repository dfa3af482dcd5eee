"""From objects of JSON to documents: items of a newsroom by their shape, and everything else as plain rows."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from dedup.errors import ReadError
from dedup.model import Article, Document, Notice, Problem, Skipped, shown
from dedup.read.blocks import Piece, document_of_pieces
from dedup.read.files import Source
from dedup.read.formats import named
from dedup.read.newsroom.bodies import Body
from dedup.read.newsroom.fields import Item
from dedup.read.newsroom.shapes import Shape, named_shape, shape_of
from dedup.read.placed import Placed
from dedup.read.tables.documents import fields_of, row_document, story_of
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.read.guard import Guard


ROWS = "jsonl"
"""The format whose rows are plain, if it is asked for by its name."""


class Where(NamedTuple):
    """Where an item stands: how a message names that, its id where it gives none, its file, row and line."""

    name: str
    id: str
    path: str | None = None
    row: int | None = None
    line: int | None = None


class Items:
    """Make documents of items, and count over all of them what has to be said of their text.

    `settings.format_in` may name their shape, or say that all are plain rows (ROWS); otherwise each is told by its
    own. An object with the field of the text is a plain row, whatever else it has.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings, self._name = settings, name
        self._shape = named_shape(settings.format_in)
        self._said: Counter[str] = Counter()
        self._guard: Guard | None = None

    def __enter__(self) -> Items:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process in which long HTML is parsed, if there is one."""
        if self._guard is not None:
            self._guard.close()

    def shape_of(self, item: Item) -> Shape | None:
        """Return the shape that an item is read by, None for a plain row."""
        if self._shape is not None or self._settings.format_in == ROWS:
            return self._shape
        return None if isinstance(item.get(self._settings.text_field), str) else shape_of(item)

    def fits(self, item: Item) -> bool:
        """Return whether an item is of the shape that it would be read by, or has the field of the text."""
        shape = self.shape_of(item)
        return self._settings.text_field in item if shape is None else shape.fits(item)

    def is_read(self, item: Item) -> bool:
        """Return whether there is a way to read an item at all."""
        shape = self.shape_of(item)
        return self.fits(item) or (shape is not None and _has_body(item, shape))

    def document(self, item: Item, where: Where) -> Document | Problem | Skipped:
        """Return an item as a document, or what hinders that."""
        shape = self.shape_of(item)
        if shape is None:
            return self._plain(item, where)
        try:
            return self._made(item, shape, where)
        except ReadError as error:
            return Problem(error.place, error.finding, error.remedy)
        except RecursionError:
            return Problem(where.name, "nested too deep to be read", "leave it out")

    def row(self, item: Item, source: Source, number: int) -> Document | Problem | Skipped:
        """Return an item that is a line of a file as a document."""
        where = Where(f"{source.name}:{number}", source.name, source.path, number, number)
        return self.document(item, where)

    def mapping(self, item: Item, number: int) -> Document | Problem | Skipped:
        """Return a mapping that was handed over in Python as a document; `number` is its place in the list."""
        return self.document(item, Where(f"input {number}", str(number)))

    def notices(self) -> Iterator[Notice]:
        """Yield what was left out of the text of items, and what else is to say: each once, whatever their number."""
        for what, count in sorted(self._said.items()):
            times = f" ({count:,} times)" if count > 1 else ""
            yield Notice(self._name, f"{what}{times}")
        self._said.clear()

    def _parse(self, text: str, name: str, form: str) -> Iterator[Piece]:
        """Yield the pieces of markup; what is long enough to stall its parser is parsed in another process."""
        from dedup.read.markup.pieces import html_pieces  # loads lxml
        from dedup.read.newsroom import nitf

        markup = named(form)
        text = nitf.whole(text) if form == "nitf" else text
        content = shown(text).encode()
        if markup.guarded_from is None or len(content) <= markup.guarded_from or not sys.executable:
            yield from (nitf.string_pieces if form == "nitf" else html_pieces)(text, name)
            return
        from dedup.read.guard import Guard

        self._guard = self._guard or Guard()
        for found in self._guard.read(markup, Source(name, None, BytesIO(content), f".{form}"), self._settings):
            if isinstance(found, Document):
                for block in found.blocks or ():
                    element = (block.element or "").split("[")[0]
                    yield Piece(found.text[block.start : block.end], block.line, element, block.off)

    def _body(self, where: Where) -> Body:
        return Body(where.name, where.line, self._settings, self._said, self._parse)

    def _plain(self, item: Item, where: Where) -> Document | Problem:
        found = row_document(item, where.name, where.id, self._settings, where.path, where.row)
        text = item.get(self._settings.text_field)
        if not isinstance(found, Document) or not isinstance(text, Placed):
            return found
        return replace(found, blocks=tuple(self._body(where).blocks(text, self._settings.text_field)))

    def _made(self, item: Item, shape: Shape, where: Where) -> Document | Problem | Skipped:
        aside = shape.aside(item)
        if aside is not None:
            return Skipped(where.name, aside)
        pieces = list(shape.body(item, self._body(where)))
        if not pieces:
            return self._empty(item, shape, where)
        given = self._id(item, shape)
        if (noted := shape.noted(item)) is not None:
            self._said[noted] += 1
        known = {name: value for name, known in shape.known.items() if (value := known(item)) is not None}
        own = {given, None}
        story = dict.fromkeys((*shape.story(item), *story_of(item, self._settings)))
        return document_of_pieces(
            pieces,
            given or where.id,
            where.path,
            row=where.row,
            article=Article(**known) if known else None,
            story=tuple(id for id in story if id not in own),
            named=given is not None,
        )

    def _id(self, item: Item, shape: Shape) -> str | None:
        """Return the id of an item: by the field that was asked for, else as its format has it."""
        asked = self._settings.id_field
        if asked != DEFAULT_ID and item.get(asked) not in (None, ""):
            return str(item[asked])
        return shape.id(item)

    def _empty(self, item: Item, shape: Shape, where: Where) -> Problem | Skipped:
        kind = item.get("type")
        if _has_body(item, shape):
            return Skipped(where.name, "no text in it")
        if self._shape is not None and shape_of(item) is not shape:
            finding = f"no item of {shape.name}: none of {', '.join(shape.fields)}; {fields_of(item)}"
            return Problem(where.name, finding, "leave out --format-in, or name the format that it has")
        known = f"{kind[:40]}, " if isinstance(kind, str) else ""
        return Skipped(where.name, f"{known}no body: none of {', '.join(shape.fields)}")


DEFAULT_ID = Settings().id_field


def _has_body(item: Item, shape: Shape) -> bool:
    return any(_reach(item, path) for path in shape.fields)


def _reach(item: Item, path: str) -> bool:
    value: Any = item
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value is not None
