"""Which occurrences of keys are tied to each other, under a scope.

Copies collapse to one key for comparison, but a finding names places. The scope is asked of the
places, before copies collapse: else a key that first stands in one document would hide its copies
in others. `within` alone looks at each document as if it were scanned by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from dedup.model import Match, Paragraph

Tie = tuple[Paragraph, Paragraph]
"""(a, b): the later paragraph in reading order, and the earlier one that it repeats."""

OVERLAP = 0.5
"""Share of the shorter part of a paragraph in which two passages must overlap to be one."""
NEIGHBOURS = 16
"""Parts of a paragraph after one that are looked at for it: a passage in a thousand places is a chain."""


def in_scope(a: Paragraph, b: Paragraph, scope: Sequence[str]) -> bool:
    """Return whether a pair of these two may be reported; two of an archive never are."""
    if a.article is not None or b.article is not None:
        return "archive" in scope and (a.article is None or b.article is None)
    return ("within" if a.document == b.document else "between") in scope


class Earliest:
    """Name the earliest paragraph that a later one may point to.

    Paragraphs are added in reading order. Two of them suffice between documents: the first, and
    the first that stands in another document than that one.
    """

    __slots__ = ("_elsewhere", "_first", "_in_document", "_scope")

    def __init__(self, scope: Sequence[str]) -> None:
        self._scope = scope
        self._first: Paragraph | None = None
        self._elsewhere: Paragraph | None = None
        self._in_document: dict[int, Paragraph] = {}

    def add(self, paragraph: Paragraph) -> None:
        """Take in the next paragraph in reading order."""
        if self._first is None:
            self._first = paragraph
        elif self._elsewhere is None and paragraph.document != self._first.document:
            self._elsewhere = paragraph
        if "between" not in self._scope:
            self._in_document.setdefault(paragraph.document, paragraph)

    def before(self, paragraph: Paragraph) -> Paragraph | None:
        """Return the earliest added paragraph in scope of `paragraph`, or None."""
        if "between" not in self._scope:
            return self._in_document.get(paragraph.document)
        if self._first is None or in_scope(paragraph, self._first, self._scope):
            return self._first
        return self._elsewhere


def copies(
    paragraphs: Sequence[Paragraph], forms: Sequence[Callable[[Paragraph], str]], scope: Sequence[str]
) -> Iterator[tuple[Paragraph, Paragraph, int]]:
    """Yield (a, b, form) for each further copy among paragraphs with one key, in reading order.

    `b` is the earliest paragraph in scope that is equal in the first of `forms` in which any is:
    the same characters, else the same canonical key, else the same loose key.
    """
    archived = [paragraph for paragraph in paragraphs if paragraph.article is not None]
    if archived:
        paragraphs = paragraphs[len(archived) :]
        yield from _archived_copies(paragraphs, archived, forms, scope)
    if not {"within", "between"} & set(scope):
        return
    known: list[dict[str, Earliest]] = [defaultdict(lambda: Earliest(scope)) for _ in forms]
    for paragraph in paragraphs:
        named = [known[i][form(paragraph)] for i, form in enumerate(forms)]
        for i, earliest in enumerate(named):
            if (original := earliest.before(paragraph)) is not None:
                yield paragraph, original, i
                break
        for earliest in named:
            earliest.add(paragraph)


def _archived_copies(
    paragraphs: Sequence[Paragraph],
    archived: Sequence[Paragraph],
    forms: Sequence[Callable[[Paragraph], str]],
    scope: Sequence[str],
) -> Iterator[tuple[Paragraph, Paragraph, int]]:
    """Yield (a, b, form) for each paragraph: `b` is the earliest of an archive in the closest form that any has."""
    if "archive" not in scope:
        return
    earliest: list[dict[str, Paragraph]] = [{} for _ in forms]
    for known, form in zip(earliest, forms, strict=True):
        for paragraph in archived:
            known.setdefault(form(paragraph), paragraph)
    for paragraph in paragraphs:
        for i, form in enumerate(forms):
            if (original := earliest[i].get(form(paragraph))) is not None:
                yield paragraph, original, i
                break


def ties(first: Sequence[Paragraph], second: Sequence[Paragraph], scope: Sequence[str]) -> Iterator[Tie]:
    """Yield the places at which two distinct keys are reported, given their occurrences in order.

    One place for the pair, the earliest in scope; with `within` alone, one in each document. With an archive
    one more, where it first has the other of the two.
    """
    if len(first) == len(second) == 1:  # nearly all of them
        if in_scope(first[0], second[0], scope):
            yield _later_first(first[0], second[0])
        return
    if first[0].article is not None or second[0].article is not None:  # an archive's come first
        yield from _archived_ties(first, second, scope)
        first, second = ([p for p in each if p.article is None] for each in (first, second))
        if not first or not second:
            return
    if "between" not in scope:
        if "within" in scope:
            yield from _in_each_document(first, second)
        return
    found = [
        _later_first(p, q) for p in _representatives(first) for q in _representatives(second) if in_scope(p, q, scope)
    ]
    if found:
        yield min(found, key=lambda tie: (tie[0].order, tie[1].order))


def _archived_ties(first: Sequence[Paragraph], second: Sequence[Paragraph], scope: Sequence[str]) -> Iterator[Tie]:
    """Yield the first paragraph that was read of one key with the earliest of an archive of the other."""
    if "archive" not in scope:
        return
    for one, other in ((first, second), (second, first)):
        own = next((p for p in one if p.article is None), None)
        if own is not None and other[0].article is not None:
            yield own, other[0]


def _in_each_document(first: Sequence[Paragraph], second: Sequence[Paragraph]) -> Iterator[Tie]:
    places: dict[int, Paragraph] = {}
    for paragraph in first:
        places.setdefault(paragraph.document, paragraph)
    seen = set()
    for paragraph in second:
        if paragraph.document in places and paragraph.document not in seen:
            seen.add(paragraph.document)
            yield _later_first(paragraph, places[paragraph.document])


def _representatives(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return the first, and the first in another document: no other place can be earlier in scope."""
    first = paragraphs[0]
    elsewhere = next((p for p in paragraphs if p.document != first.document), None)
    return [first] if elsewhere is None else [first, elsewhere]


def _later_first(p: Paragraph, q: Paragraph) -> Tie:
    return (p, q) if p.order > q.order else (q, p)


def overlapping(passages: Sequence[Match]) -> Iterator[tuple[int, int]]:
    """Yield pairs of `passages`, by place, that share OVERLAP of the shorter part in one paragraph."""
    parts: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for place, match in enumerate(passages):
        for part in (part for side in match.parts or () for part in side):
            parts[part.paragraph.order].append((part.first, part.last, place))
    for found in parts.values():
        found.sort()
        for i, (first, last, place) in enumerate(found):
            for other_first, other_last, other in found[i + 1 : i + 1 + NEIGHBOURS]:
                if other_first >= last:
                    break
                shorter = min(last - first, other_last - other_first)
                if other != place and min(last, other_last) - other_first >= OVERLAP * shorter:
                    yield place, other
