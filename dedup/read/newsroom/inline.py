"""A body that stands in an element of XML as a string: HTML, or plain text."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from dedup.model import Document
from dedup.read.blocks import Piece, within
from dedup.read.markup.pieces import html_pieces
from dedup.read.markup.trees import Element, line_of, local, source_of
from dedup.settings import Settings
from dedup.text.segment import segment

_MARKED_UP = re.compile(
    r"\s*(?:(?><!--.*?-->)\s*)*+<(p|div|h[1-6]|ul|ol|table|section|article|body|html|blockquote)\b",
    re.IGNORECASE | re.DOTALL,
)
"""How HTML begins that is declared as plain text, as ANSA's is, or as nothing."""


def looks_marked_up(element: Element) -> bool:
    """Return whether the string in an element begins as HTML does."""
    return _MARKED_UP.match(source_of(element)) is not None


def string_pieces(element: Element, name: str, settings: Settings, *, html: bool) -> Iterator[Piece]:
    """Yield the paragraphs of the string in an element: those of HTML, or of text as `settings.paragraphs` has them.

    Raises:
        ReadError: HTML nested too deep; `name` is what that says of it.
    """
    text, line, place = source_of(element), line_of(element), local(element)
    if html:
        yield from within(place, html_pieces(text, name), line)
        return
    for piece in segment(Document("", text), settings.paragraphs, sys.maxsize):
        yield Piece(piece.text, line + piece.line - 1, place, piece.off)
