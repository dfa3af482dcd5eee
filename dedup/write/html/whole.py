"""What the page shows beside the pairs: the sources with their share, and whole texts with a number at each finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from dedup.model import Match, Paragraph, Report, Span
from dedup.write.html.cards import Finding

SOURCES_SHOWN = 100
"""Sources that are listed, those with most words first."""


class Source(NamedTuple):
    """A document that others repeat, how many of their words, and the numbers of the findings."""

    paragraph: Paragraph
    words: int
    numbers: list[int]


def sources(listed: Sequence[Finding]) -> list[Source]:
    """Return the documents that findings lead to, those with most words first; each word counts once."""
    paragraphs: dict[int, Paragraph] = {}
    taken: dict[int, dict[int, dict[tuple[int, int], int]]] = defaultdict(lambda: defaultdict(dict))
    numbers: dict[int, list[int]] = defaultdict(list)
    for number, finding in enumerate(listed, 1):
        for match in finding:
            source = match.b.document
            paragraphs.setdefault(source, match.b)
            if number not in numbers[source][-1:]:
                numbers[source].append(number)
            for paragraph, stretch, words in _stretches(match):
                paragraphs.setdefault(source, paragraph)
                taken[source][paragraph.order][stretch] = words
    most = {p.order: p.words for finding in listed for match in finding for p, _, _ in _stretches(match)}
    found = [
        Source(paragraph, sum(min(sum(s.values()), most[order]) for order, s in taken[source].items()), numbers[source])
        for source, paragraph in paragraphs.items()
    ]
    return sorted(found, key=lambda source: (-source.words, source.paragraph.order))


def _stretches(match: Match) -> list[tuple[Paragraph, tuple[int, int], int]]:
    """Return what of the repeating side a match covers: paragraph, tokens and words."""
    if match.parts is None:
        return [(match.a, (0, 0), match.a.words)]
    return [(part.paragraph, (part.first, part.last), part.words) for part in match.parts[0]]


# --- whole texts ----------------------------------------------------------------------------------


def texts(report: Report, listed: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return each document that was read with its paragraphs in pieces, and the numbers of the findings in them."""
    places = _places(listed)
    return [
        {
            "first": (found := list(paragraphs))[0],
            "paragraphs": [
                {"paragraph": p, "pieces": _pieces(p, places[p.order][0]), "numbers": places[p.order][1]} for p in found
            ],
            "found": any(places[p.order][1] for p in found),
        }
        for _, paragraphs in groupby(report.paragraphs, key=lambda paragraph: paragraph.document)
    ]


def _places(listed: Sequence[Finding]) -> dict[int, tuple[list[tuple[int, int]], list[int]]]:
    """Return by the order of a paragraph which stretches of it are found, and in which findings."""
    places: dict[int, tuple[list[tuple[int, int]], list[int]]] = defaultdict(lambda: ([], []))
    for number, finding in enumerate(listed, 1):
        for span in (span for match in finding for span in (*match.spans.a, *match.spans.b)):
            stretches, numbers = places[span.paragraph.order]
            stretches.append(_whole(span))
            if number not in numbers[-1:]:
                numbers.append(number)
    return places


def _whole(span: Span) -> tuple[int, int]:
    """Return a stretch of a paragraph; all of it where only outer signs are left out."""
    paragraph = span.paragraph
    return (paragraph.start, paragraph.end) if span.words >= paragraph.words else (span.start, span.end)


def _pieces(paragraph: Paragraph, stretches: Sequence[tuple[int, int]]) -> list[tuple[bool, str]]:
    """Return a paragraph cut where what is found begins and ends: whether it is found, and its text."""
    pieces = []
    done = paragraph.start
    for low, high in sorted(stretches):
        low = max(low, done)
        if low >= high:
            continue
        pieces += [(False, done, low), (True, low, high)]
        done = high
    pieces.append((False, done, paragraph.end))
    cut = [(marked, paragraph.text[a - paragraph.start : b - paragraph.start]) for marked, a, b in pieces if a < b]
    return [(marked, text) for marked, text in cut if text]
