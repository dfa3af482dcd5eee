"""Plain text: one document a file, read line by line."""

from __future__ import annotations

from collections.abc import Iterator

from dedup.errors import ReadError
from dedup.model import Document, Notice, Problem
from dedup.read.encoding import Decoded, decode
from dedup.read.files import READ_ERRORS, Source, unreadable
from dedup.settings import Settings


class TextFile(Document):
    """A document that stays in its file: of any size, and its text is never held whole.

    It can be read until the reader that yielded it goes on to the next input.
    """

    def __init__(self, decoded: Decoded) -> None:
        object.__setattr__(self, "id", decoded.source.name)
        object.__setattr__(self, "path", decoded.source.path)
        object.__setattr__(self, "row", None)
        object.__setattr__(self, "blocks", None)
        object.__setattr__(self, "article", None)
        object.__setattr__(self, "story", ())
        object.__setattr__(self, "named", decoded.source.name != "-")
        object.__setattr__(self, "stored", None)
        object.__setattr__(self, "_decoded", decoded)

    @property
    def text(self) -> str:
        """The whole text, read now."""
        return "".join(self.chunks())

    def chunks(self) -> Iterator[str]:
        """Yield the lines with their ends."""
        decoded: Decoded = self._decoded  # type: ignore[attr-defined]
        try:
            yield from decoded.lines()
        except (*READ_ERRORS, UnicodeDecodeError) as error:
            problem = unreadable(self.id, error)
            raise ReadError(problem.place, problem.finding, problem.remedy) from error


def in_memory(document: Document) -> Document | Problem:
    """Return a document that holds its text, for whoever needs it after its file is closed; else what hinders that."""
    if type(document) is Document:
        return document
    try:
        return Document(document.id, document.text, document.path, document.row, named=document.named)
    except ReadError as error:
        return Problem(error.place, error.finding, error.remedy)


def text_documents(source: Source, settings: Settings) -> Iterator[Document | Notice]:
    """Yield the text of `source` as one document."""
    decoded = decode(source)
    yield from decoded.notices
    yield TextFile(decoded)
