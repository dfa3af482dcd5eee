"""What a report quotes of a finding: its paragraphs, or the stretches a passage shares, in pieces by what changed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from dedup.model import Diff, DiffOp, Match, Paragraph
from dedup.text.normalize import make_key

CONTEXT_WORDS = 12
"""Words round a shared stretch that are shown, so that a reader sees where he is."""

Piece = tuple[str, str]
"""A tag and its text: that of a step, `equal`, `ignored` for an ignored phrase, `outside` for what is not shared,
`shared` for the signs round it."""


class Quote(NamedTuple):
    """A paragraph and the pieces of it that are shown, in order."""

    paragraph: Paragraph
    pieces: list[Piece]


def quotes(match: Match, diff: Diff, side: int) -> list[Quote]:
    """Return what is quoted of side 0 (`a`, the repeat) or 1 (`b`, what it repeats)."""
    if match.parts is None:
        paragraph = (match.a, match.b)[side]
        return [Quote(paragraph, list(_pieces(paragraph, diff.ops, side, paragraph.start, paragraph.end)))]
    spans = (match.spans.a, match.spans.b)[side]
    return [Quote(s.paragraph, list(_with_context(s.paragraph, diff.ops, side, s.start, s.end))) for s in spans]


def _with_context(paragraph: Paragraph, ops: Iterable[DiffOp], side: int, start: int, end: int) -> Iterator[Piece]:
    before = paragraph.text[: start - paragraph.start]
    after = paragraph.text[end - paragraph.start :]
    near = before[-len(_last_words(before)) :] if before.strip() else before
    if before:
        yield "outside", near if near == before else f"… {near}"
    yield "shared", "{"
    yield from _pieces(paragraph, ops, side, start, end)
    yield "shared", "}"
    if after:
        near = _first_words(after)
        yield "outside", near if near == after else f"{near} …"


def _first_words(text: str) -> str:
    rest = text.split(None, CONTEXT_WORDS)
    return text if len(rest) <= CONTEXT_WORDS else text[: len(text) - len(rest[-1])].rstrip()


def _last_words(text: str) -> str:
    rest = text.rsplit(None, CONTEXT_WORDS)
    return text if len(rest) <= CONTEXT_WORDS else text[len(rest[0]) :].lstrip()


def _pieces(paragraph: Paragraph, ops: Iterable[DiffOp], side: int, start: int, end: int) -> Iterator[Piece]:
    """Yield the pieces of [start, end) of the document, equal ones joined."""
    for equal, run in groupby(_cut(paragraph, tuple(ops), side, start, end), key=lambda piece: piece[0] == "equal"):
        if equal:
            yield "equal", "".join(text for _, text in run)
        else:
            yield from run


def _cut(paragraph: Paragraph, ops: Sequence[DiffOp], side: int, start: int, end: int) -> Iterator[Piece]:
    """Yield the pieces of steps and what stands between them: signs are equal, words were not compared."""
    done = start
    for op in ops:
        low, high = op.b_span if side else op.a_span
        low, high = max(low, done), min(high, end)
        if low >= high:
            continue
        yield from _between(paragraph.text[done - paragraph.start : low - paragraph.start])
        yield op.tag, paragraph.text[low - paragraph.start : high - paragraph.start]
        done = high
    rest = paragraph.text[done - paragraph.start : end - paragraph.start]
    yield from _between(rest) if ops else [("equal", rest)]


def _between(text: str) -> Iterator[Piece]:
    letters = [i for i, char in enumerate(text) if char.isalnum() or unicodedata.combining(char)]
    if not letters or not make_key(text):
        yield "equal", text
        return
    low, high = letters[0], letters[-1] + 1
    yield from (("equal", text[:low]), ("ignored", text[low:high]), ("equal", text[high:]))
