"""From confirmed pairs to findings and groups: all that another threshold changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from dedup.match.diff import Side, word_diff
from dedup.match.group import group
from dedup.match.occurrences import in_scope
from dedup.model import Diff, Match, Pair, Paragraph, Report, kind_of
from dedup.settings import KINDS, Settings
from dedup.text.normalize import words_of


def decided(report: Report, settings: Settings) -> Report:
    """Return the report with its pairs turned into matches by `settings`, sorted and grouped.

    The copies among `report.matches` stay; its near and rewritten matches are made anew.
    """
    copied = [match for match in report.matches if match.kind in KINDS[:2]]
    stages = ReportStages(settings)
    near = (_match_of(pair, settings, stages) for pair in report.pairs)
    matches = sorted((*copied, *(match for match in near if match is not None)), key=_finding_order)
    named = tuple(_with_distinct_ids(matches))
    groups = group(named, lambda a, b: in_scope(a, b, settings.scope), settings.keep)
    return replace(report, settings=settings, matches=named, groups=groups, stages=stages)


def _match_of(pair: Pair, settings: Settings, stages: ReportStages) -> Match | None:
    kind = kind_of(pair.score, pair.token_score, settings)
    if kind is None:
        return None
    return Match(kind, pair.score, pair.token_score, pair.a, pair.b, id=pair.id, stages=stages)


def _finding_order(match: Match) -> tuple[Any, ...]:
    a, b = match.a, match.b
    return KINDS.index(match.kind), -min(a.words, b.words), -match.score, *_place(b), *_place(a)


def _place(p: Paragraph) -> tuple[Any, ...]:
    return p.doc, p.paragraph, p.part or 0, p.order


def _with_distinct_ids(matches: Iterable[Match]) -> Iterator[Match]:
    """Number the further findings of one pair of texts, so that each id names one finding."""
    seen: Counter[str] = Counter()
    for match in matches:
        base = match.id.split("-")[0]
        seen[base] += 1
        yield match if seen[base] == 1 else replace(match, id=f"{base}-{seen[base]}")


@dataclass(frozen=True, slots=True)
class ReportStages:
    """Answer what a finished report is asked again."""

    settings: Settings

    def diff(self, a: Paragraph, b: Paragraph) -> Diff:
        """Return the word diff of two paragraphs."""
        profile = self.settings.normalize
        sides = (Side(p.text, words_of(p.text, profile), p.start) for p in (a, b))
        return word_diff(*sides)

    def rethreshold(self, report: Report, threshold: float) -> Report:
        """Return the report with another lower edge of `near`; see `Report.rethreshold`."""
        settings = report.settings.replace(threshold=threshold)
        floor = report.settings.floor
        if threshold < floor:
            lowest = f"the lowest score computed is {floor:g}" if floor <= 1 else "no score was computed"
            raise ValueError(f"threshold {threshold:g}: {lowest}; scan again with a lower threshold")
        return decided(report, settings)

    def html(self, report: Report) -> str:
        """Return the report as a fragment of a page."""
        from dedup.write.html import fragment

        return fragment(report)
