"""From the pieces that a reader finds in a markup to one document: its text, and where each piece stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dedup.model import Article, Block, Document


class Piece(NamedTuple):
    """The text of a block, its line in the source, the element it stands in, and whether it is switched off."""

    text: str
    line: int
    element: str
    off: bool = False


def document_of_pieces(
    pieces: Iterable[Piece],
    id: str,
    path: str | None = None,
    *,
    row: int | None = None,
    article: Article | None = None,
    story: tuple[str, ...] = (),
    named: bool = True,
) -> Document:
    """Return `pieces` as one document, parted by blank lines.

    `element` is ``p[3]``, the third p of the document, unless the reader has counted: ``tbl[1]/tr[2]/tc[1]/p[1]``.
    """
    parts: list[str] = []
    blocks: list[Block] = []
    counts: Counter[str] = Counter()
    start = 0
    for piece, line, element, off in pieces:
        text = piece.strip()  # a <br> in front is no line of the source
        counts[element] += 1
        place = element if element.endswith("]") else f"{element}[{counts[element]}]"
        blocks.append(Block(start, start + len(text), line, place, off))
        parts.append(text)
        start += len(text) + 2
    return Document(id, "\n\n".join(parts), path, row, tuple(blocks), article, story, named)


def within(element: str, pieces: Iterable[Piece], line: int = 1) -> Iterator[Piece]:
    """Yield the pieces of a part of a source with their places in the whole: ``body_html/p``, and its line."""
    for piece in pieces:
        yield piece._replace(line=piece.line + line - 1, element=f"{element}/{piece.element}")
