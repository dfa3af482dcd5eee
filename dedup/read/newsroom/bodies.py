"""The body of an item of a newsroom: from its fields to pieces, each at its line."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator

from dedup.errors import ReadError
from dedup.model import Block, Document
from dedup.read.blocks import Piece
from dedup.read.newsroom.fields import Item
from dedup.read.placed import Placed, a_type
from dedup.settings import Settings
from dedup.text.segment import Piece as Paragraph
from dedup.text.segment import segment
from dedup.text.switch import after_markup, after_text, continued

Parse = Callable[[str, str, str], Iterator[Piece]]
"""Makes pieces of markup, whose name it is given (`html` or `nitf`), and names it in what it raises."""


class Body:
    """Make pieces of the fields of one item, each at the line of its field, and count what is left out.

    `line` is that of the whole item, where the fields do not know their own (`dedup.read.placed.Placed`); None where
    there is no file: then lines count in the field. What one field switches off is off in those read after it.
    """

    def __init__(self, place: str, line: int | None, settings: Settings, left: Counter[str], parse: Parse) -> None:
        self.place = place
        self._line, self._rule, self._left, self._parse = line, settings.paragraphs, left, parse
        self._off = False

    def leave_out(self, what: str) -> None:
        """Note that something with text in it is not read."""
        self._left[f"not compared: {what}"] += 1

    def html(self, value: object, element: str, bare: str = "body") -> Iterator[Piece]:
        """Yield the blocks of HTML; what stands in no element is called `bare`.

        Raises:
            ReadError: the value is no text, or nested too deep.
        """
        yield from self._marked_up(value, element, bare, "html")

    def nitf(self, value: object, element: str) -> Iterator[Piece]:
        """Yield the blocks of NITF: of a whole story, of its body, or of some blocks alone.

        Raises:
            ReadError: the value is no text, or no XML.
        """
        yield from self._marked_up(value, element, "body", "nitf")

    def _marked_up(self, value: object, element: str, bare: str, form: str) -> Iterator[Piece]:
        text = self.string(value, element)
        off, self._off = self._off, after_markup(text, self._off)
        for piece in self._parse(continued(text, off), f"{self.place}: {element}", form):
            name = bare if piece.element == "body" else piece.element
            yield Piece(piece.text, self.line_of(value, piece.line), f"{element}/{name}", piece.off)

    def plain(self, value: object, element: str) -> Iterator[Piece]:
        """Yield the paragraphs of plain text, parted as those of a file.

        Raises:
            ReadError: the value is no text.
        """
        text = self.string(value, element)
        off, self._off = self._off, after_text(text, self._off)
        for piece in self._parted(continued(text, off)):
            yield Piece(piece.text, self.line_of(value, piece.line), f"{element}/text", piece.off)

    def blocks(self, text: Placed, element: str) -> Iterator[Block]:
        """Yield where the paragraphs of plain text stand, ``text[3]`` the third one, each at the line of the text."""
        for piece in self._parted(text):
            end = piece.start + len(piece.text)
            yield Block(piece.start, end, text.line, f"{element}[{piece.number}]", piece.off)

    def _parted(self, text: str) -> Iterator[Paragraph]:
        return segment(Document("", text), self._rule, sys.maxsize)

    def string(self, value: object, element: str) -> str:
        """Return a field as text; a field that is not there is empty.

        Raises:
            ReadError: it is something else.
        """
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ReadError(self.place, f"{element} is {a_type(value)}, not text", "export the item again")
        return value

    def line_of(self, value: object, otherwise: int) -> int:
        """Return the line that a field stands in."""
        line: int = getattr(value, "line", self._line or otherwise)
        return line


Reading = Callable[[Item, Body], Iterator[Piece]]
"""What makes pieces of an item."""
