"""From documents to what is stored of them: paragraphs, keys, postings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from dedup.archive.banding import word_prints
from dedup.archive.records import Entry, Piece, digest, key_number, packed, plain, utc_of, utf8
from dedup.errors import ReadError
from dedup.kernels import load
from dedup.model import Article, Document, shown
from dedup.text.compiled import keyed
from dedup.text.quotes import QUOTATION, in_quotation
from dedup.text.segment import Piece as Segment
from dedup.text.segment import segment

if TYPE_CHECKING:
    from dedup.archive.store import Store

MOST_LINES, MOST_CHARS = 100_000, 20_000_000
"""Lines and characters of one article, at most."""


def text_digest(document: Document) -> bytes:
    """Return the digest of a document's whole text: of one that was exported, that of its own."""
    if document.stored is not None:
        return document.stored.digest
    blocks = (f"{b.start}:{b.end}{':off' * b.off}" for b in document.blocks or ())
    return digest(utf8(document.text), *blocks)


def article_of(document: Document) -> Article:
    """Return what is known of a document, as it is stored."""
    known = document.article or Article()
    values = ((f.name, getattr(known, f.name)) for f in fields(Article))
    return Article(**{name: None if value is None else plain(value) for name, value in values})


def story_of(document: Document) -> tuple[str, ...]:
    """Return the other articles of its story that a document names, as they are stored: sorted, each once."""
    return tuple(sorted(set(map(plain, document.story)) - {plain(document.id)}))


def quotes_in(document: Document) -> bool:
    """Return whether a document has paragraphs in an element that quotes."""
    if document.stored is not None:
        return any(quotes for *_, quotes in document.stored.paragraphs)
    return any(in_quotation(block.element) and not block.off for block in document.blocks or ())


def place_of(document: Document) -> str:
    """Return how a message names a document: one of several in a file by its line."""
    if document.row is None:
        return document.id
    line = document.blocks[0].line if document.blocks else document.row
    return f"{document.path or document.id}:{line}"


def check(document: Document) -> None:
    """Refuse what cannot be stored.

    Raises:
        ReadError: the date is none, or the text is beyond what an article may have.
    """
    place = place_of(document)
    date = document.article.date if document.article else None
    try:
        utc_of(date)
    except ValueError as error:
        raise ReadError(
            place, f'date "{str(date)[:40]}" is no ISO 8601 date', "write 2026-03-01T10:00+03:00"
        ) from error
    if len(document.text) > MOST_CHARS:
        raise ReadError(place, f"longer than {MOST_CHARS:,} characters", "store its parts as articles")
    if document.text.count("\n") >= MOST_LINES:
        raise ReadError(place, f"has more than {MOST_LINES:,} lines", "store its parts as articles")


def _pieces(store: Store, document: Document) -> list[Segment]:
    """Return the paragraphs of a document; of one that was exported, those that it had."""
    if document.stored is None:
        return list(segment(document, store.info.paragraphs, store.info.max_paragraph_chars))
    paragraphs = document.stored.paragraphs
    return [
        Segment(text, start, line, "archive", QUOTATION if quotes else None, False, n, part or None)
        for n, part, start, line, text, quotes in paragraphs
    ]


def _encoded(texts: list[str]) -> tuple[list[str], list[bytes]]:
    """Return texts as they are shown, and as UTF-8; nearly all of them are shown as they are."""
    try:
        return texts, [text.encode() for text in texts]
    except UnicodeEncodeError:
        return _encoded([shown(text) for text in texts])


def entries_of(store: Store, documents: Sequence[Document], texts_in_all: int = 0) -> list[Entry]:
    """Return documents as they are stored in `store`, without what is switched off in them, signed together.

    Args:
        store: whose settings decide.
        documents: each was checked.
        texts_in_all: paragraphs that will come in all: compiled code is loaded for many.
    """
    info = store.info
    whole = [_pieces(store, document) for document in documents]
    found = [[piece for piece in pieces if not piece.off] for pieces in whole]
    texts, data = _encoded([piece.text for pieces in found for piece in pieces])
    many = max(len(texts), texts_in_all)
    keys, units = keyed(texts, info.normalize, many)
    bands = store.banding.keys(keys, many, units)
    grams = word_prints(keys, load("passages", many), units) if info.passages else ()
    numbers, bytes_of_keys = [key_number(key) for key in keys], packed(keys, units)
    entries, at = [], 0
    for document, pieces, read in zip(documents, found, whole, strict=True):
        end = at + len(pieces)
        rows = [
            Piece(p.number, p.part or 0, p.start, p.line, each, key, in_quotation(p.element))
            for p, each, key in zip(pieces, data[at:end], keys[at:end], strict=True)
        ]
        name, article, off = plain(document.id), article_of(document), len({p.number for p in read if p.off})
        known = (name, article, text_digest(document))
        filed = (numbers[at:end], bytes_of_keys[at:end])
        entries.append(Entry(*known, rows, bands[at:end], grams[at:end], off, story_of(document), *filed))
        at = end
    return entries
