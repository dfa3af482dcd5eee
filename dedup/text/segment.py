"""A document to its paragraphs, with exact spans and line numbers.

Blank lines separate paragraphs. Inside a block of lines a newline separates too, unless the block
looks hard-wrapped. Of 723 real news articles with a blank line, 325 have a block of several lines:
neither "blank lines only" nor "every line" is right for all of them (docs/why.md).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from dedup.model import Document, Paragraph

MAX_WRAP_WIDTH = 200
"""Code points; no program wraps lines wider than this, paragraphs of news are wider."""
MIN_WRAP_WIDTH = 20
WIDTH_SLACK = 0.9
"""A wrapped line and the next word fill at least this share of the block's width."""
MID_SENTENCE_SHARE = 0.6
"""Of the lines that are not the last, at least this share must stop in mid-sentence."""
LOOK_AHEAD = 200
"""Blocks of a document that are looked at before its wrap width is taken as known."""
MAX_BLOCK_LINES = 5_000
"""Lines of a block that are held at once; a longer block is judged by its beginning."""

_INVISIBLE = r"\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
_INVISIBLE += r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
_VISIBLE = re.compile(f"[^{_INVISIBLE}]")
_BREAKS = "\n\r\v\f\x85\u2028\u2029"
_PIECE = re.compile(f"[^{_BREAKS}]*(?:\r\n|[{_BREAKS}])|[^{_BREAKS}]+")
_BULLET = re.compile(r"\s*(?:[-*+•·▪●◦‣–—]|[0-9٠-٩۰-۹]{1,3}[.)\-])\s")
_SENTENCE_END = re.compile(r"[.!?؟۔…。！？]+[\"'”’»)\]}]*\s*$")
# The look-behind sees one character: a run of full stops is not walked again from each of them.
_SENTENCE_BREAK = re.compile(r"(?<=[.!?؟۔…])[\"'”’»)\]}]{0,3}\s+|(?<=[。！？])")
_CLAUSE_BREAK = re.compile(r"[،,؛;:]\s*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line, what ended it, its offset in the document, and its number from 1."""

    text: str
    end: str
    start: int
    number: int


@dataclass(frozen=True, slots=True)
class Segmented:
    """A paragraph and the rule that found it: blank, line, wrapped, markup; or split, in parts."""

    paragraph: Paragraph
    rule: str


def is_blank(text: str) -> bool:
    r"""Return whether `text` has no visible character: NBSP and bidi marks count as none.

    >>> is_blank("\u00a0\u200f \t"), is_blank("* * *")
    (True, False)
    """
    return _VISIBLE.search(text) is None


def segment(document: Document, rule: str = "auto", max_chars: int = 10_000) -> Iterator[Segmented]:
    """Yield the paragraphs of `document`, numbered from 1, with the rule that found each.

    A paragraph longer than `max_chars` code points comes in parts, cut at sentences, else at
    clauses, else at spaces, else anywhere: never longer, and nothing is lost. `O(len(text))`.
    """
    found = _marked(document) if document.blocks is not None else _unmarked(document, rule)
    for number, (part_of, name) in enumerate(found, 1):
        yield from _split(replace(part_of, paragraph=number), name, max_chars)


# --- markup: the reader has said where the paragraphs are -----------------------------------------


def _marked(document: Document) -> Iterator[tuple[Paragraph, str]]:
    for block in document.blocks or ():
        text = document.text[block.start : block.end]
        if not is_blank(text):
            paragraph = _trimmed(document, text, block.start, block.line)
            yield replace(paragraph, element=block.element), "markup"


# --- plain text -----------------------------------------------------------------------------------


def _unmarked(document: Document, rule: str) -> Iterator[tuple[Paragraph, str]]:
    lines = _lines(document.lines())
    if rule == "line":
        yield from _each(document, (line for line in lines if not is_blank(line.text)))
        return
    if rule == "blank":
        for block in _blocks(lines):
            yield from _joined(document, block, "blank")
        return
    blocks = _blocks(lines, MAX_BLOCK_LINES)
    ahead = list(islice(blocks, LOOK_AHEAD))
    width = _document_width(ahead)
    several = len(ahead) > 1
    for block in chain(ahead, blocks):
        if looks_wrapped(block, width):
            yield from _joined(document, block, "wrapped")
        elif len(block) == 1 and several:
            yield from _joined(document, block, "blank")
        else:
            yield from _each(document, block)


def _lines(source: Iterable[str]) -> Iterator[Line]:
    """Yield lines without their ends.

    U+2028, U+2029, VT, FF and NEL break a line, too, but no editor counts them: the number stays.
    """
    offset, number = 0, 1
    for line in source:
        for match in _PIECE.finditer(line):
            piece = match[0]
            text = piece.rstrip(_BREAKS)
            yield Line(text, piece[len(text) :], offset, number)
            offset += len(piece)
        number += 1


def _blocks(lines: Iterable[Line], max_lines: float = math.inf) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        blank = is_blank(line.text)
        if block and (blank or len(block) >= max_lines):
            yield block
            block = []
        if not blank:
            block.append(line)
    if block:
        yield block


def looks_wrapped(block: list[Line], document_width: int | None = None) -> bool:
    """Return whether the lines of `block` are one paragraph, wrapped at a width.

    All lines but the last are about equally wide: each, with the first word of the next line,
    would pass the width; and most stop in mid-sentence. Two lines show no width of their own:
    they are joined only where the rest of the document has shown one. Lists are never wrapped.
    """
    widths = [len(line.text.strip()) for line in block]
    width = max(widths)
    if len(block) == 2:
        if document_width is None or width > document_width:
            return False
        width = document_width
    if len(block) < 2 or not MIN_WRAP_WIDTH <= width <= MAX_WRAP_WIDTH:
        return False
    if sum(1 for line in block if _BULLET.match(line.text)) >= 2:
        return False
    return _fills(block, widths, width) and _mostly_mid_sentence(block)


def _fills(block: list[Line], widths: list[int], width: int) -> bool:
    return all(
        widths[i] + 1 + len(block[i + 1].text.split(None, 1)[0]) >= WIDTH_SLACK * width for i in range(len(block) - 1)
    )


def _mostly_mid_sentence(block: list[Line]) -> bool:
    ends = sum(1 for line in block[:-1] if _SENTENCE_END.search(line.text[-40:]))
    return ends <= (1 - MID_SENTENCE_SHARE) * (len(block) - 1)


def _document_width(blocks: list[list[Line]]) -> int | None:
    widths = sorted(max(len(line.text.strip()) for line in b) for b in blocks if len(b) > 2 and looks_wrapped(b))
    return widths[-1] if widths else None


def _joined(document: Document, block: list[Line], name: str) -> Iterator[tuple[Paragraph, str]]:
    # Joined from the lines themselves, so that a streamed document need not be held.
    text = "".join(part for line in block for part in (line.text, line.end))
    yield _trimmed(document, text, block[0].start, block[0].number), name


def _each(document: Document, block: Iterable[Line]) -> Iterator[tuple[Paragraph, str]]:
    for line in block:
        yield _trimmed(document, line.text, line.start, line.number), "line"


def _trimmed(document: Document, text: str, start: int, line: int) -> Paragraph:
    lead = text[: len(text) - len(text.lstrip())]
    body = text.strip()
    low = start + len(lead)
    return Paragraph(
        doc=document.id,
        paragraph=0,
        start=low,
        end=low + len(body),
        line=line + _newlines(lead),
        text=body,
        path=document.path,
        row=document.row,
    )


def _newlines(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


# --- over-long paragraphs -------------------------------------------------------------------------


def _split(paragraph: Paragraph, name: str, max_chars: int) -> Iterator[Segmented]:
    text = paragraph.text
    if len(text) <= max_chars:
        yield Segmented(paragraph, name)
        return
    low, part, line = 0, 1, paragraph.line
    while low < len(text):
        high = _cut(text, low, max_chars)
        piece = text[low:high]
        body = piece.strip()
        lead = piece[: len(piece) - len(piece.lstrip())]
        if body:
            start = paragraph.start + low + len(lead)
            yield Segmented(
                replace(
                    paragraph,
                    start=start,
                    end=start + len(body),
                    line=line + _newlines(lead),
                    text=body,
                    part=part,
                ),
                "split",
            )
            part += 1
        line += _newlines(piece)
        low = high


def _cut(text: str, low: int, max_chars: int) -> int:
    """Return where the piece that starts at `low` ends: the last good break in its second half."""
    if len(text) - low <= max_chars:
        return len(text)
    high = low + max_chars
    half = low + max_chars // 2
    for pattern in (_SENTENCE_BREAK, _CLAUSE_BREAK, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, half, high)]
        if ends:
            return ends[-1]
    while high > half and unicodedata.combining(text[high]):
        high -= 1  # a letter keeps its marks
    return high
