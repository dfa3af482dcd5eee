"""Documents and paragraphs: what was read, exactly as it was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dedup.model.plain import shown


class Word(NamedTuple):
    """One token: how it is compared, how it was written, and where (code points)."""

    key: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """Mark a paragraph that a markup reader found: [start, end) of the extracted text."""

    start: int
    end: int
    line: int
    element: str | None = None


@dataclass(frozen=True)
class Document:
    """Hold one text exactly as it was read: decoded, without BOM, newlines untouched.

    `id` is what the input gave, else the path as given. For markup, `text` is the extracted text
    and `blocks` say where its paragraphs are; otherwise `blocks` is None.
    """

    id: str
    text: str = field(repr=False)
    path: str | None = None
    row: int | None = None
    blocks: tuple[Block, ...] | None = field(default=None, repr=False)

    def chunks(self) -> Iterator[str]:
        """Yield the text in pieces of whole lines; joined they are the text."""
        yield self.text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Quote a part of a document: ``document.text[start:end] == text``, without outer whitespace.

    `paragraph` counts from 1 over all non-blank paragraphs of the document; a piece of a split
    paragraph keeps the number and adds `part`. Offsets are code points of `Document.text`; `line`
    counts from 1 in the source. `words` are those of the key. `order` is the place in the whole
    input, from 0; `document` that of its document.
    """

    doc: str
    paragraph: int
    start: int
    end: int
    line: int
    text: str = field(repr=False)
    part: int | None = None
    path: str | None = None
    row: int | None = None
    element: str | None = None
    words: int = 0
    order: int = 0
    document: int = 0

    @property
    def place(self) -> str:
        """Where a person finds it: ``news.txt: paragraph 4, line 7``."""
        row = f", row {self.row}" if self.row is not None else ""
        part = f" (part {self.part})" if self.part is not None else ""
        return f"{self.doc}{row}: paragraph {self.paragraph}{part}, line {self.line}"

    def to_dict(self, *, redact: bool = False) -> dict[str, Any]:
        """Return plain values; `redact` leaves the text out."""
        place: dict[str, Any] = {
            "doc": shown(self.doc),
            "path": None if self.path is None else shown(self.path),
            "row": self.row,
            "paragraph": self.paragraph,
            "part": self.part,
            "start": self.start,
            "end": self.end,
            "line": self.line,
            "element": self.element,
            "words": self.words,
        }
        return place if redact else {**place, "text": shown(self.text)}
