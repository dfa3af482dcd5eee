"""The word diff of two paragraphs: whole words, aligned on their keys, shown as they were written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise, zip_longest
from typing import NamedTuple

from rapidfuzz.distance import Indel

from dedup.model import Diff, DiffOp, Word
from dedup.text.facts import DAYS

Region = tuple[int, int, int, int]
"""Words [a0, a1) of one side over against words [b0, b1) of the other."""

Change = tuple[str | None, str | None]
"""A fact as `a` and as `b` has it, in the words of the originals."""

_PROCLITIC = re.compile("^[وفبلك](?=ال)")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


class Side(NamedTuple):
    """One paragraph as the diff reads it: `words` have offsets in `text`, `text` one in its document.

    `gaps` are the words before which something stands that was not compared: no step reaches across one.
    """

    text: str
    words: Sequence[Word]
    offset: int = 0
    gaps: frozenset[int] = frozenset()

    def keys(self) -> list[str]:
        """The words as they are compared."""
        return [word.key for word in self.words]

    def span(self, low: int, high: int) -> tuple[int, int]:
        """Return the place of words [low, high) in the paragraph; an empty one for no words."""
        if low < high:
            return self.words[low].start, self.words[high - 1].end
        at = self.words[low - 1].end if low else self.words[0].start if self.words else 0
        return at, at


def word_diff(a: Side, b: Side) -> Diff:
    """Return the steps that lead from the words of `a` to those of `b`.

    The alignment keeps as many equal words as there can be (LCS); numbers that stand over against
    each other become a step of their own. `O(words of a * words of b / 64)`.
    """
    ops: list[DiffOp] = []
    numbers: list[Change] = []
    days: list[Change] = []
    for same, region in _regions(a.keys(), b.keys()):
        if same:
            ops += _equal_ops(a, b, region)
            continue
        numbers += _changes(a, b, region, _number)
        days += _changes(a, b, region, _day)
        steps = (each for tag, step in _around_numbers(a, b, region) for each in _around_gaps(a, b, tag, step))
        ops += (_op(tag, a, b, step) for tag, step in steps)
    return Diff(tuple(ops), tuple(numbers), tuple(days))


def _regions(a: list[str], b: list[str]) -> Iterator[tuple[bool, Region]]:
    """Yield equal and changed regions in turn; what is inserted and deleted at one place is one."""
    opcodes = Indel.opcodes(a, b)
    for same, run in groupby(opcodes, key=lambda op: op.tag == "equal"):
        steps = list(run)
        yield same, (steps[0].src_start, steps[-1].src_end, steps[0].dest_start, steps[-1].dest_end)


def _equal_ops(a: Side, b: Side, region: Region) -> Iterator[DiffOp]:
    """Yield equal and spelling steps: the keys are equal, the writing may differ."""
    a0, a1, b0, _ = region
    gaps = accumulate(a0 + i in a.gaps or b0 + i in b.gaps for i in range(a1 - a0))
    alike = (a.words[a0 + i].text == b.words[b0 + i].text for i in range(a1 - a0))
    for (same, _), run in groupby(enumerate(zip(alike, gaps, strict=True)), key=lambda step: step[1]):
        steps = [i for i, _ in run]
        low, high = steps[0], steps[-1] + 1
        yield _op("equal" if same else "spelling", a, b, (a0 + low, a0 + high, b0 + low, b0 + high))


def _around_numbers(a: Side, b: Side, region: Region) -> Iterator[tuple[str, Region]]:
    """Yield the steps of a changed region; the k-th numbers of both sides stand over against each other."""
    a0, a1, b0, b1 = region
    a_numbers = [i for i in range(a0, a1) if _number(a.words[i])]
    b_numbers = [j for j in range(b0, b1) if _number(b.words[j])]
    for i, j in zip(a_numbers, b_numbers, strict=False):
        yield from _step((a0, i, b0, j))
        same = _number(a.words[i]) == _number(b.words[j])
        yield ("replace" if same else "number"), (i, i + 1, j, j + 1)
        a0, b0 = i + 1, j + 1
    yield from _step((a0, a1, b0, b1))


def _step(region: Region) -> Iterator[tuple[str, Region]]:
    a0, a1, b0, b1 = region
    if a0 < a1 or b0 < b1:
        yield ("insert" if a0 == a1 else "delete" if b0 == b1 else "replace"), region


def _around_gaps(a: Side, b: Side, tag: str, region: Region) -> Iterator[tuple[str, Region]]:
    """Yield a step of a changed region, cut where either side has a gap."""
    a_runs, b_runs = _runs(region[0], region[1], a.gaps), _runs(region[2], region[3], b.gaps)
    if len(a_runs) == len(b_runs) == 1:
        yield tag, region
        return
    ends = (region[1], region[1]), (region[3], region[3])
    for a_run, b_run in zip_longest(a_runs, b_runs):
        yield from _step((*(a_run or ends[0]), *(b_run or ends[1])))


def _runs(low: int, high: int, gaps: frozenset[int]) -> list[tuple[int, int]]:
    """Return [low, high) cut at gaps."""
    return list(pairwise((low, *sorted(gap for gap in gaps if low < gap < high), high)))


def _op(tag: str, a: Side, b: Side, region: Region) -> DiffOp:
    a0, a1, b0, b1 = region
    (a_low, a_high), (b_low, b_high) = a.span(a0, a1), b.span(b0, b1)
    return DiffOp(
        tag,
        a.text[a_low:a_high],
        b.text[b_low:b_high],
        (a.offset + a_low, a.offset + a_high),
        (b.offset + b_low, b.offset + b_high),
    )


# --- facts that changed ---------------------------------------------------------------------------


def _number(word: Word) -> Hashable:
    return tuple(_DIGITS.findall(word.key))


def _day(word: Word) -> Hashable:
    return DAYS.get(word.key) or DAYS.get(_PROCLITIC.sub("", word.key))


def _changes(a: Side, b: Side, region: Region, fact_of: Callable[[Word], Hashable]) -> list[Change]:
    """Return the facts that only one side has, paired in order; None where the other has no more."""
    a0, a1, b0, b1 = region
    a_words = [word for word in a.words[a0:a1] if fact_of(word)]
    b_words = [word for word in b.words[b0:b1] if fact_of(word)]
    shared = Counter(map(fact_of, a_words)) & Counter(map(fact_of, b_words))
    return list(zip_longest(_left_over(a_words, shared, fact_of), _left_over(b_words, shared, fact_of)))


def _left_over(words: list[Word], shared: Counter[Hashable], fact_of: Callable[[Word], Hashable]) -> list[str]:
    left = shared.copy()
    over = []
    for word in words:
        if left[fact_of(word)] > 0:
            left[fact_of(word)] -= 1
        else:
            over.append(word.text)
    return over
