"""Documents and paragraphs: what was read, exactly as it was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, Protocol

from dedup.model.plain import shown


class Word(NamedTuple):
    """One token: how it is compared, how it was written, and where (code points)."""

    key: str
    text: str
    start: int
    end: int


class Block(NamedTuple):
    """Mark a paragraph that a markup reader found: [start, end) of the extracted text; `off` as in `Paragraph`."""

    start: int
    end: int
    line: int
    element: str | None = None
    off: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """Say what is known of a published document beside its text.

    `date` is when it was published, ISO 8601 as it was given, with its zone; `version` names its state: a
    correction is another version of the same id.
    """

    version: str | None = None
    title: str | None = None
    url: str | None = None
    outlet: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None

    def to_dict(self, *, redact: bool = False) -> dict[str, Any]:
        """Return plain values; `redact` leaves the title out."""
        names = (f.name for f in fields(self) if not (redact and f.name == "title"))
        return {name: None if (value := getattr(self, name)) is None else shown(value) for name in names}


class Stored(NamedTuple):
    """Hold the paragraphs of an article as an archive exported them, (number, part, start, line, text, quotes) each.

    `digest` is that of the text it was made from; `quotes` says that a paragraph stood in an element that quotes.
    """

    digest: bytes
    paragraphs: tuple[tuple[int, int, int, int, str, bool], ...]


@dataclass(frozen=True, init=False)
class Document:
    """Hold one text exactly as it was read: decoded, without BOM, newlines untouched.

    `id` is what the input gave, else the path as given. For markup, `text` is the extracted text
    and `blocks` say where its paragraphs are; otherwise `blocks` is None. `article` is what the input
    said of it beside its text, `story` the ids of other articles of its story; `named` says that the input gave the
    id; `stored` are the paragraphs where an archive exported them.
    """

    id: str
    text: str = field(repr=False)
    path: str | None = None
    row: int | None = None
    blocks: tuple[Block, ...] | None = field(default=None, repr=False)
    article: Article | None = None
    story: tuple[str, ...] = ()
    named: bool = True
    stored: Stored | None = field(default=None, repr=False)

    def __init__(
        self,
        id: str,
        text: str,
        path: str | None = None,
        row: int | None = None,
        blocks: tuple[Block, ...] | None = None,
        article: Article | None = None,
        story: tuple[str, ...] = (),
        named: bool = True,
        stored: Stored | None = None,
    ) -> None:
        # What the decorator would write asks `object` to set each field: 2.0 us a document where this takes 0.4.
        own = self.__dict__
        own["id"] = id
        own["text"] = text
        own["path"] = path
        own["row"] = row
        own["blocks"] = blocks
        own["article"] = article
        own["story"] = story
        own["named"] = named
        own["stored"] = stored

    def chunks(self) -> Iterator[str]:
        """Yield the text in pieces of whole lines; joined they are the text."""
        yield self.text


class Keeper(Protocol):
    """Keep texts of paragraphs elsewhere than in memory."""

    def get(self, order: int) -> str:
        """Return the text of the paragraph at a place of the reading order."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Quote a part of a document: ``document.text[start:end] == text``, without outer whitespace.

    `paragraph` counts from 1 over all non-blank paragraphs of the document; a piece of a split
    paragraph keeps the number and adds `part`. Offsets are code points of `Document.text`; `line`
    counts from 1 in the source. `words` are those of the key. `order` is the place in the whole
    input, from 0; `document` that of its document. `article` is set where the paragraph comes from an
    archive, and says of which article it is. `off` says that a comment takes it out of the comparison: it is
    part of nothing that was found or counted.
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
    article: Article | None = None
    off: bool = False

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
            "document": self.document,
            "order": self.order,
        }
        if self.article is not None:
            place["article"] = self.article.to_dict(redact=redact)
        if self.off:
            place["off"] = True
        return place if redact else {**place, "text": shown(self.text)}


class _Text:
    """Read the text of a paragraph: it stands in the slot, or where the keeper in the slot has it.

    Two thirds of what a finding takes are its texts. Of hundreds of thousands of findings they stay in a file until
    they are written; whoever asks for one, compares, copies or pickles a paragraph gets a text.
    """

    def __init__(self, slot: Any) -> None:
        self.slot = slot

    def __get__(self, paragraph: Paragraph | None, owner: type) -> Any:
        if paragraph is None:
            return self
        text = self.slot.__get__(paragraph, owner)
        return text if type(text) is str else text.get(paragraph.order)

    def __set__(self, paragraph: Paragraph, text: str | Keeper) -> None:
        self.slot.__set__(paragraph, text)


Paragraph.text = _Text(Paragraph.text)  # type: ignore[assignment, misc]
