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
from itertools import chain, islice
from typing import NamedTuple

from dedup.model import Document, Paragraph
from dedup.text.switch import Stretch, has_switch, stretches

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
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # what str.splitlines breaks at
_LINE_ENDS = ("\n", "\r", "\r\n")
# What only some texts have is compiled where it is first looked for: together that takes longer than a draft.
_BULLET = r"\s*(?:[-*+•·▪●◦‣–—]|[0-9٠-٩۰-۹]{1,3}[.)\-])\s"
_SENTENCE_END = r"[.!?؟۔…。！？]+[\"'”’»)\]}]*\s*$"
# The look-behind sees one character: a run of full stops is not walked again from each of them.
_SENTENCE_BREAK = r"(?<=[.!?؟۔…])[\"'”’»)\]}]{0,3}\s+|(?<=[。！？])"
_CLAUSE_BREAK = r"[،,؛;:]\s*"
_SPACE = r"\s+"


class Line(NamedTuple):
    """One line, what ended it, its offset in the document, its number from 1, and whether it is switched off."""

    text: str
    end: str
    start: int
    number: int
    off: bool = False


class Found(NamedTuple):
    """The text of a paragraph without outer whitespace, its offset, its line, and the rule that found it.

    `off` says that a comment switched it off (`dedup.text.switch`): it is read, numbered, and not compared.
    """

    text: str
    start: int
    line: int
    rule: str
    element: str | None = None
    off: bool = False


class Piece(NamedTuple):
    """A paragraph, or a part of one that was too long; `rule` is blank, line, wrapped, markup or split."""

    text: str
    start: int
    line: int
    rule: str
    element: str | None
    off: bool
    number: int
    part: int | None


def is_blank(text: str) -> bool:
    r"""Return whether `text` has no visible character: NBSP and bidi marks count as none.

    >>> is_blank("\u00a0\u200f \t"), is_blank("* * *")
    (True, False)
    """
    return _VISIBLE.search(text) is None


def segment(document: Document, rule: str = "auto", max_chars: int = 10_000) -> Iterator[Piece]:
    """Yield the paragraphs of `document`, numbered from 1, with the rule that found each.

    A paragraph longer than `max_chars` code points comes in parts, cut at sentences, else at
    clauses, else at spaces, else anywhere: never longer, and nothing is lost. `O(len(text))`.
    """
    if document.blocks is not None:
        found: Iterable[Found] = _marked(document)
    else:
        plain = _plain(document.text, rule, max_chars) if type(document) is Document else None  # others: of any size
        if plain is not None:
            yield from plain
            return
        found = _unmarked(document, rule)
    for number, one in enumerate(found, 1):
        if len(one.text) <= max_chars:
            yield Piece(*one, number, None)
        else:
            for part, piece in enumerate(_split(one, max_chars), 1):
                yield Piece(*piece, number, part)


def paragraph_of(document: Document, piece: Piece) -> Paragraph:
    """Return a piece of `document` as a paragraph."""
    text, start, line, _, element, off, number, part = piece
    end = start + len(text)
    return Paragraph(document.id, number, start, end, line, text, part, document.path, document.row, element, off=off)


# --- markup: the reader has said where the paragraphs are -----------------------------------------


def _marked(document: Document) -> Iterator[Found]:
    for block in document.blocks or ():
        text = document.text[block.start : block.end]
        if not is_blank(text):
            yield _trimmed(text, block.start, block.line, "markup", block.element, block.off)


# --- plain text -----------------------------------------------------------------------------------


def _unmarked(document: Document, rule: str) -> Iterator[Found]:
    lines = _lines(document.chunks())
    if rule == "line":
        yield from _each(line for line in lines if not is_blank(line.text))
        return
    if rule == "blank":
        for block in _blocks(lines):
            yield from _joined(block, "blank")
        return
    blocks = _blocks(lines, MAX_BLOCK_LINES)
    ahead = list(islice(blocks, LOOK_AHEAD))
    width = _document_width(ahead)
    several = len(ahead) > 1
    for block in chain(ahead, blocks):
        if looks_wrapped(block, width):
            yield from _joined(block, "wrapped")
        elif len(block) == 1 and several:
            yield from _joined(block, "blank")
        else:
            yield from _each(block)


def _plain(text: str, rule: str, max_chars: int) -> list[Piece] | None:
    """Return the pieces of a text in which each is one line between blank ones; None where one is not.

    Most articles of a corpus are so, and rows of one line each: they need not be looked over for wrapped lines.
    """
    if any(other in text for other in _BREAKS[1:]) or has_switch(text):  # four times as fast as a pattern
        return None
    lines: list[tuple[str, int, int]] = []
    start, follows = 0, False
    for number, line in enumerate(text.split("\n"), 1):
        visible = line != "" and not is_blank(line)
        if visible and (follows or len(line) > max_chars):
            return None
        if visible:
            body = line.strip()
            lines.append((body, start if len(body) == len(line) else start + line.index(body[0]), number))
        start, follows = start + len(line) + 1, visible
    name = "blank" if rule == "blank" or (rule == "auto" and len(lines) > 1) else "line"
    return [Piece(*line, name, None, False, order, None) for order, line in enumerate(lines, 1)]


def _lines(chunks: Iterable[str]) -> Iterator[Line]:
    """Yield lines without their ends.

    U+2028, U+2029, NEL, VT, FF and the separators FS, GS, RS break a line, too, but no editor counts
    them: the number stays. A line with switches in it comes in parts, with a blank one for each switch.
    """
    offset, number, off = 0, 1, False
    for chunk in chunks:
        for piece in chunk.splitlines(keepends=True):
            text = piece.rstrip(_BREAKS)
            line = Line(text, piece[len(text) :], offset, number, off)
            if "<!--" in text and (parts := stretches(text, off)):
                off = parts[-1].off
                yield from _parted(line, parts)
            else:
                yield line
            offset += len(piece)
            number += line.end in _LINE_ENDS


def _parted(line: Line, parts: list[Stretch]) -> Iterator[Line]:
    for low, high, off in parts[:-1]:
        yield Line(line.text[low:high], "", line.start + low, line.number, off)
        yield Line("", "", line.start + high, line.number, off)
    low, high, off = parts[-1]
    yield Line(line.text[low:high], line.end, line.start + low, line.number, off)


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
    if sum(1 for line in block if re.match(_BULLET, line.text)) >= 2:
        return False
    return _fills(block, widths, width) and _mostly_mid_sentence(block)


def _fills(block: list[Line], widths: list[int], width: int) -> bool:
    return all(
        widths[i] + 1 + len(block[i + 1].text.split(None, 1)[0]) >= WIDTH_SLACK * width for i in range(len(block) - 1)
    )


def _mostly_mid_sentence(block: list[Line]) -> bool:
    ends = sum(1 for line in block[:-1] if re.search(_SENTENCE_END, line.text[-40:]))
    return ends <= (1 - MID_SENTENCE_SHARE) * (len(block) - 1)


def _document_width(blocks: list[list[Line]]) -> int | None:
    widths = sorted(max(len(line.text.strip()) for line in b) for b in blocks if len(b) > 2 and looks_wrapped(b))
    return widths[-1] if widths else None


def _joined(block: list[Line], rule: str) -> Iterator[Found]:
    # Joined from the lines themselves, so that a streamed document need not be held.
    text = "".join(part for line in block for part in (line.text, line.end))
    first = block[0]  # a switch parts blocks
    yield _trimmed(text, first.start, first.number, rule, off=first.off)


def _each(block: Iterable[Line]) -> Iterator[Found]:
    for line in block:
        yield _trimmed(line.text, line.start, line.number, "line", off=line.off)


def _trimmed(text: str, start: int, line: int, rule: str, element: str | None = None, off: bool = False) -> Found:
    body = text.strip()
    if len(body) == len(text):
        return Found(text, start, line, rule, element, off)
    lead = text[: len(text) - len(text.lstrip())]
    return Found(body, start + len(lead), line + _newlines(lead), rule, element, off)


def _newlines(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


# --- over-long paragraphs -------------------------------------------------------------------------


def _split(found: Found, max_chars: int) -> Iterator[Found]:
    text, low, line = found.text, 0, found.line
    while low < len(text):
        high = _cut(text, low, max_chars)
        piece = _trimmed(text[low:high], found.start + low, line, "split", found.element, found.off)
        if piece.text:
            yield piece
        line += _newlines(text[low:high])
        low = high


def _cut(text: str, low: int, max_chars: int) -> int:
    """Return where the piece that starts at `low` ends: the last good break in its second half."""
    if len(text) - low <= max_chars:
        return len(text)
    high = low + max_chars
    half = low + max_chars // 2
    for pattern in (_SENTENCE_BREAK, _CLAUSE_BREAK, _SPACE):
        ends = [match.end() for match in re.compile(pattern).finditer(text, half, high)]
        if ends:
            return ends[-1]
    while high > half and unicodedata.combining(text[high]):
        high -= 1  # a letter keeps its marks
    return high
