"""Whole pages of the web: trafilatura tells where the article stands, and the page is read there as any HTML is.

Its own text is never taken: of two equal paragraphs that stand together it leaves one out, even when it is asked not
to, and repeats are what is looked for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from dedup.errors import ReadError
from dedup.language import told_of
from dedup.model import Document, Notice, shown
from dedup.read.blocks import Piece, document_of_pieces
from dedup.read.files import Source
from dedup.read.markup.pieces import html_decoded, html_pieces
from dedup.settings import Settings

RUN = 4
"""Words in a row by which a paragraph is known in what trafilatura took for the article, whatever parts its words."""
KNOWN_SHARE = 0.5
"""Of the runs of a paragraph, how many must be known."""
_LEFT = told_of(
    "{0} paragraph of the page outside its article not compared",
    "{0} paragraphs of the page outside its article not compared",
)


def page_documents(source: Source, settings: Settings) -> Iterator[Document | Notice]:
    """Yield the article of a page as one document, and say how much of the page is left out.

    Raises:
        ReadError: trafilatura is not installed, or the page cannot be parsed.
    """
    decoded = html_decoded(source)
    yield from decoded.notices
    text = decoded.text()
    pieces = list(html_pieces(text, source.name))
    low, high = article_in(pieces, _extracted(text, source.name))
    if pieces and low == high:
        yield Notice(source.name, "no article found in the page; all of it is compared")
        low, high = 0, len(pieces)
    if left := len(pieces) - (high - low):
        yield Notice(source.name, _LEFT[left > 1].format(f"{left:,}"))
    places = document_of_pieces(pieces, source.name).blocks or ()  # counted over the whole page
    inside = zip(pieces[low:high], places[low:high], strict=True)
    placed = (piece._replace(element=str(place.element)) for piece, place in inside)
    yield document_of_pieces(placed, source.name, source.path)


def article_in(pieces: Sequence[Piece], extracted: str) -> tuple[int, int]:
    """Return [low, high) of the pieces of a page that are its article, given as text that was extracted of it.

    The stretch with the most words known from there, less the words that are not: an advertisement between two
    paragraphs stays in it, a list of headlines behind the last does not come in. `O(words)`.
    """
    known = frozenset(_runs(extracted.split()))
    best = worth = low = 0
    found = 0, 0
    for place, piece in enumerate(pieces):
        if worth <= 0:
            worth, low = 0, place
        worth += _worth(piece.text.split(), known)
        if worth > best:
            best, found = worth, (low, place + 1)
    return found


def _worth(words: Sequence[str], known: frozenset[tuple[str, ...]]) -> int:
    """Return how many words of a paragraph are the article's: all of them, or, below nothing, none."""
    runs = list(_runs(words))
    is_known = bool(runs) and sum(run in known for run in runs) >= KNOWN_SHARE * len(runs)
    return len(words) if is_known else -len(words)


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[i:] for i in range(RUN)), strict=False)


def _extracted(text: str, name: str) -> str:
    """Return what trafilatura takes for the article. Its slower ways gave no other article on 560 pages."""
    try:
        from trafilatura import extract
    except ImportError as error:
        raise ReadError(name, "cannot be read without trafilatura", "pip install 'dedup-paragraphs[pages]'") from error
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it logs may quote the page
    return extract(shown(text), include_comments=False, fast=True) or ""
