"""NITF, the News Industry Text Format, as a file of its own or inside NewsML or JSON.

After the DTD of NITF 3.6 and what agencies send: AP, EFE and NTB in the fixtures of Superdesk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from dedup.errors import ReadError
from dedup.model import Article, Document, Notice, Skipped, shown
from dedup.read.blocks import Piece, document_of_pieces
from dedup.read.files import Source
from dedup.read.markup.pieces import BLOCK_TAGS, SPACED_TAGS, UNREAD_TAGS, Tags, tree_pieces
from dedup.read.markup.trees import (
    Element,
    Xml,
    found,
    local,
    namespace,
    root_at,
    root_of,
    value_at,
    words_at,
    words_of,
)
from dedup.read.newsroom.status import date_of, is_canceled, notices_of
from dedup.settings import Settings

NAMESPACES = ("http://iptc.org/std/NITF/2006-10-18/", "")
"""That of the schema; by the DTD there is none."""

_OWN_BLOCKS = "block body.content bq credit custom-table fn hl1 hl2 media media-caption media-producer nitf-table note"
_OWN_UNREAD = "media-metadata media-object media-reference nitf-table-metadata"
TAGS = Tags(
    BLOCK_TAGS | frozenset(_OWN_BLOCKS.split()),
    UNREAD_TAGS | frozenset(_OWN_UNREAD.split()),
    SPACED_TAGS,
)
"""What the elements of a body are; all others (`person`, `location`, `num`) are words of a sentence."""

_AROUND = ("body.content", "body", "nitf")
"""What stands around the blocks of a story, from within."""
_OUTERMOST = re.compile(r"<(?:[\w.\-]+:)?(body\.content|body|nitf)[\s/>]")


def nitf_documents(source: Source, settings: Settings) -> Iterator[Document | Notice | Skipped]:
    """Yield the body of a NITF file as one document.

    Raises:
        ReadError: no XML that can be read, or no NITF.
    """
    root = yield from root_of(source)
    if root is None:
        return
    if not is_nitf(root):
        raise ReadError(source.name, f"XML of <{local(root)}>, not of <nitf>", "leave out --format-in nitf")
    yield from item(root, source)


def is_nitf(element: Element) -> bool:
    """Return whether an element is the root of NITF."""
    return local(element) == "nitf" and namespace(element) in NAMESPACES


def item(root: Element, source: Source) -> Iterator[Document | Notice]:
    """Yield a NITF file as a document, with what it says of itself."""
    given = value_at(root, "id-string", "head", "docdata", "doc-id")
    name = given or source.name
    status = value_at(root, "management-status", "head", "docdata")
    yield from notices_of(source.name, name, status)
    if not is_canceled(status):
        named = given is not None or source.path is not None
        yield document_of_pieces(pieces_of(root), name, source.path, article=article_of(root), named=named)


def pieces_of(root: Element) -> Iterator[Piece]:
    """Return the blocks of the body; headline, byline, abstract and tagline stand outside it."""
    bodies = [*found(root, "body", "body.content"), *found(root, "body.content")]  # AP's has no body around it
    return tree_pieces(bodies, TAGS)


def string_pieces(text: str, name: str) -> Iterator[Piece]:
    """Return the blocks of NITF that is a string, a `whole` one, in something else.

    Raises:
        ReadError: not well-formed, or too large; `name` is what that says of it.
    """
    return pieces_of(Xml(Source(name, None, BytesIO(shown(text).encode()), ".nitf")).root())


def whole(text: str) -> str:
    """Return NITF as a whole document, on the lines on which it is: some send its body alone, or blocks of it.

    >>> whole("<p>a</p>")
    '<nitf><body><body.content><p>a</p></body.content></body></nitf>'
    """
    at = root_at(text)
    lines, inside = "\n" * text.count("\n", 0, at), text[at:]
    outermost = _OUTERMOST.match(inside)
    for name in _AROUND[_AROUND.index(outermost[1]) + 1 if outermost else 0 :]:
        inside = f"<{name}>{inside}</{name}>"
    return lines + inside


def article_of(root: Element) -> Article:
    """Return what NITF says of its text; `version` of the root is that of the format, and no version of the text."""
    head, start = ("head", "docdata"), ("body", "body.head")
    return Article(
        version=value_at(root, "version", *head, "du-key"),
        title=words_at(root, *start, "hedline", "hl1") or words_at(root, "head", "title"),
        outlet=words_at(root, *start, "distributor") or value_at(root, "holder", *head, "doc.copyright"),
        author=_byline(root),
        date=date_of(_dates(root)),
        language=root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("baselang"),
    )


def _dates(root: Element) -> Iterator[str | None]:
    yield value_at(root, "norm", "head", "docdata", "date.issue")
    yield value_at(root, "date.publication", "head", "pubdata")
    yield value_at(root, "norm", "head", "docdata", "date.release")


def _byline(root: Element) -> str | None:
    """Return who wrote it: the persons of the byline, else what it says without their titles."""
    for byline in found(root, "body", "body.head", "byline"):
        persons = [words_of(person) for person in found(byline, "person")]
        titles = [words_of(title) for title in found(byline, "byttl")]
        text = words_of(byline)
        for title in titles:
            text = text.replace(title, "").strip(" ,;-")
        return ", ".join(persons) or text or None
    return None
