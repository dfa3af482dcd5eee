"""What repeats in a table, by row, and what became of its rows."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dedup.cleaning.origins import Place
from dedup.model import Paragraph, Problem, Report, Skipped, shown, shown_or_none


class Repeat(NamedTuple):
    """A paragraph that goes, the one that stays in its place, and how alike they are."""

    paragraph: Paragraph
    kept: Paragraph
    score: float

    @property
    def kind(self) -> str:
        """How alike both are."""
        if self.paragraph.text == self.kept.text:
            return "exact"
        return "normalized" if self.score == 1 else "near"


@dataclass
class Tally:
    """Count what became of rows: `kept` with all they had, `shortened`, `dropped`, `unread` (kept as they stood).

    `removed` counts paragraphs by how alike they were with what was kept: exact, normalized, near; `off` those that a
    comment switches off: they stay, and nothing else goes for their sake.
    """

    read: int = 0
    kept: int = 0
    shortened: int = 0
    dropped: int = 0
    unread: int = 0
    off: int = 0
    removed: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count in what became of other rows."""
        for name in FIGURES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.removed.update(other.removed)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {**{name: getattr(self, name) for name in FIGURES}, "removed": dict(sorted(self.removed.items()))}

    def summary(self) -> str:
        """Return what became of rows and paragraphs, in a line."""
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.removed.items())) or "none"
        unread = f", {self.unread:,} left as they stood (not read)" if self.unread else ""
        rows, gone = self.read, self.removed.total()
        off = f"; {self.off:,} paragraph{'s' * (self.off != 1)} switched off" if self.off else ""
        return (
            f"{rows:,} row{'s' * (rows != 1)}: {self.kept:,} kept, {self.shortened:,} shortened, "
            f"{self.dropped:,} dropped{unread}; {gone:,} paragraph{'s' * (gone != 1)} removed ({kinds}){off}"
        )


FIGURES = ("read", "kept", "shortened", "dropped", "unread", "off")


@dataclass
class Cleaned(Tally):
    """Count what became of the rows of all tables, and of each in `tables`, by its path.

    `problems` are rows and tables that could not be read, `skipped` what was left out for a reason that is no error.
    """

    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    tables: dict[str, Tally] = field(default_factory=dict)
    repeats: Mapping[Place, list[Repeat]] = field(default_factory=dict, repr=False)

    def take(self, name: str, tally: Tally) -> None:
        """Take in what became of a table."""
        self.tables[name] = tally
        self.add(tally)

    def borderline(self, n: int = 20) -> list[Repeat]:
        """Return the `n` least alike pairs that were still called repeats, the least alike first: what to read."""
        repeats = (repeat for row in self.repeats.values() for repeat in row)
        return heapq.nsmallest(n, repeats, key=lambda repeat: (repeat.score, repeat.paragraph.order))


def by_row(report: Report) -> dict[Place, list[Repeat]]:
    """Return the repeats of each row, in the order of the text."""
    found: dict[Place, list[Repeat]] = defaultdict(list)
    for group in report.groups:
        for member, score in zip(group.members, group.scores, strict=True):
            if member.row is not None and member.path is not None:
                found[member.path, member.row].append(Repeat(member, group.original, score))
    for repeats in found.values():
        repeats.sort(key=lambda repeat: repeat.paragraph.start)
    return dict(found)


def told(repeat: Repeat) -> dict[str, Any]:
    """Return a repeat as plain values."""
    return {
        **_told(repeat.paragraph),
        "kind": repeat.kind,
        "score": repeat.score,
        "text": shown(repeat.paragraph.text),
        "kept": {**_told(repeat.kept), "text": shown(repeat.kept.text)},
    }


def _told(paragraph: Paragraph) -> dict[str, Any]:
    path = shown_or_none(paragraph.path)
    return {"path": path, "row": paragraph.row, "id": shown(paragraph.doc), "paragraph": paragraph.paragraph}
