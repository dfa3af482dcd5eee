"""Where a character of a key came from in the original."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Edit = tuple[int, int, str]
"""Replace the characters [start, end) by a string; edits come in order and do not overlap."""


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Cover every character of the source: `starts[0] == 0`, `ends[-1] == len(source)`, no gaps.

    The i-th character of the key came from ``source[starts[i]:ends[i]]``: a letter with its marks
    (and with what was removed after it), or the ligature it was part of. Offsets are code points.
    """

    source: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of the source that the key's characters [start, end) stand for.

        A letter comes with its marks; quotation marks, punctuation and invisible characters
        at either edge do not belong to it.

        Raises:
            IndexError: the range is empty or outside the key.
        """
        if not 0 <= start < end <= len(self.starts):
            raise IndexError(f"no characters [{start}, {end}) in a key of {len(self.starts)}")
        first, last = self.starts[start], self.ends[end - 1]
        low, high = first, last
        while low < high and not self.source[low].isalnum():
            low += 1
        while high > low and not _belongs_to_a_word(self.source[high - 1]):
            high -= 1
        return (low, high) if low < high else (first, last)


def _belongs_to_a_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


class MappedText:
    """A text under change that still knows where each of its characters came from."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = source
        self.starts = list(range(len(source)))
        self.ends = list(range(1, len(source) + 1))

    def apply(self, edits: Iterable[Edit]) -> None:
        """Apply `edits` to the text; what is deleted belongs to the character before it."""
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        lead = 0 if self.starts else None
        for low, high, new in _closed(edits, len(self.text)):
            text.append(self.text[done:low])
            starts += self.starts[done:low]
            ends += self.ends[done:low]
            if new:
                text.append(new)
                starts += [self.starts[low]] * len(new)
                ends += [self.ends[high - 1]] * len(new)
            elif ends and high > low:
                ends[-1] = self.ends[high - 1]
            done = high
        if starts and lead is not None:
            self._start_at_zero(starts)
        self.text, self.starts, self.ends = "".join(text), starts, ends

    @staticmethod
    def _start_at_zero(starts: list[int]) -> None:
        # What is deleted before the first character belongs to the first: nothing is uncovered.
        # All characters of one expansion share their start, so all of them move.
        first = starts[0]
        for i, start in enumerate(starts):
            if start != first:
                break
            starts[i] = 0

    def finish(self) -> OffsetMap:
        """Return the map of the text as it is now."""
        return OffsetMap(self.source, tuple(self.starts), tuple(self.ends))


def _closed(edits: Iterable[Edit], length: int) -> Iterator[Edit]:
    yield from edits
    yield length, length, ""
