"""The comments that take a part of a document out of the comparison: `<!-- dedup: off -->`, `<!-- dedup: on -->`.

In markup they are comments. Plain text has none: there such a comment counts where it begins or ends a line, or
stands beside a tag, and it parts paragraphs as a blank line does; amid the words of a sentence it is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

OFF = "<!-- dedup: off -->"
"""How the comment is written that switches off."""

_MARKS = "\u061c\u200b\u200c\u200d\u200e\u200f\ufeff"  # an editor of Arabic puts such where it likes
_GAP = rf"[\s{_MARKS}]*"
_GAPS = f" \t\v\f\xa0\u202f\u3000{_MARKS}"
_SWITCH = rf"(?i)<!--{_GAP}dedup{_GAP}:{_GAP}(off|on){_GAP}-->"  # compiled once there is a comment: most have none


class Stretch(NamedTuple):
    """A part of a line between switches, [start, end), and whether it is switched off."""

    start: int
    end: int
    off: bool


def has_switch(text: str) -> bool:
    """Return whether a switch stands anywhere in `text`. `O(len(text))`, and as fast as finding a word."""
    return "<!--" in text and re.search(_SWITCH, text) is not None


def after(comment: str, off: bool) -> bool:
    """Return whether it is off behind a comment: any other than a switch changes nothing.

    >>> after("<!--Dedup:OFF-->", False), after("<!-- dedup: on -->", True), after("<!-- more -->", True)
    (True, False, True)
    """
    found = re.fullmatch(_SWITCH, comment)
    return off if found is None else found[1].lower() == "off"


def after_markup(text: str, off: bool) -> bool:
    """Return whether it is off at the end of markup."""
    for found in re.finditer(_SWITCH, text):
        off = after(found[0], off)
    return off


def after_text(text: str, off: bool) -> bool:
    """Return whether it is off at the end of plain text."""
    for line in text.splitlines() if has_switch(text) else ():
        for stretch in stretches(line, off):
            off = stretch.off
    return off


def continued(text: str, off: bool) -> str:
    """Return a text that goes on where it is off, so that it is read so by itself; its lines stay."""
    return OFF + text if off else text


def stretches(line: str, off: bool) -> list[Stretch]:
    """Return the parts of a line of plain text that switches part, none where there is no switch in it.

    >>> stretches("نعم <!-- dedup: off -->", False)
    [Stretch(start=0, end=4, off=False), Stretch(start=23, end=23, off=True)]
    """
    found = list(_heeded(line))
    if not found:
        return []
    starts = [0, *(switch.end() for switch in found)]
    ends = [*(switch.start() for switch in found), len(line)]
    states = [off, *(after(switch[0], off) for switch in found)]
    return [Stretch(*stretch) for stretch in zip(starts, ends, states, strict=True)]


def _heeded(line: str) -> Iterator[re.Match[str]]:
    """Yield the switches of a line that do not stand amid its words: beside its ends, a tag, or each other."""
    found = list(re.finditer(_SWITCH, line))
    ends = [0, *(switch.end() for switch in found)]
    starts = [*(switch.start() for switch in found), len(line)]
    for number, switch in enumerate(found):
        before = line[ends[number] : switch.start()].rstrip(_GAPS)
        behind = line[switch.end() : starts[number + 1]].lstrip(_GAPS)
        if before[-1:] in ("", ">") or behind[:1] in ("", "<"):
            yield switch
