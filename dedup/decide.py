"""From confirmed pairs to findings and groups: all that another threshold changes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from dedup.match.diff import Side, word_diff
from dedup.match.group import group
from dedup.match.occurrences import in_scope, overlapping
from dedup.match.quoted import is_quoted
from dedup.model import Diff, Match, Pair, Paragraph, Part, Parts, Report, Span, Spans, Word, kind_of
from dedup.settings import KINDS, Settings
from dedup.text.letters import BLANK
from dedup.text.normalize import place_of, words_of
from dedup.text.phrases import without


def decided(report: Report, settings: Settings) -> Report:
    """Return the report with its pairs turned into matches by `settings`, sorted and grouped.

    The copies and passages among `report.matches` stay; what follows from pairs is made anew.
    """
    copied = [match for match in report.matches if match.kind in KINDS[:2] or match.parts is not None]
    known = report.stages.articles if isinstance(report.stages, ReportStages) else {}
    stages = ReportStages(settings, known)
    near = (_match_of(pair, settings, stages) for pair in report.pairs)
    found = (stages.counted(match) for match in (*copied, *near) if match is not None)
    matches = sorted(found, key=_finding_order)
    named = tuple(_with_families(_with_distinct_ids(matches)))
    return grouped(replace(report, settings=settings, matches=named, stages=stages))


def grouped(report: Report) -> Report:
    """Return the report with the groups that follow from its matches, without quotations that are ignored."""
    scope, keep = report.settings.scope, report.settings.keep
    ignored = report.settings.ignore_quotes
    matches = (match for match in report.matches if not (ignored and match.quoted))
    return replace(report, groups=group(matches, lambda a, b: in_scope(a, b, scope), keep))


def _match_of(pair: Pair, settings: Settings, stages: ReportStages) -> Match | None:
    kind = kind_of(pair.score, pair.token_score, min(pair.a.words, pair.b.words), pair.relation, settings)
    if kind is None or kind == "passage":  # a passage has parts, and is a match already
        return None
    evidence = pair.relation.evidence
    return Match(kind, pair.score, pair.token_score, pair.a, pair.b, id=pair.id, stages=stages, evidence=evidence)


def _finding_order(match: Match) -> tuple[Any, ...]:
    a, b = match.a, match.b
    return KINDS.index(match.kind), -match.words, -match.score, *_place(b), *_place(a)


def _place(p: Paragraph) -> tuple[Any, ...]:
    return p.doc, p.paragraph, p.part or 0, p.order


def _with_distinct_ids(matches: Iterable[Match]) -> Iterator[Match]:
    """Number the further findings of one pair of texts, so that each id names one finding."""
    seen: Counter[str] = Counter()
    for match in matches:
        base = match.id.split("-")[0]
        seen[base] += 1
        yield match if seen[base] == 1 else replace(match, id=f"{base}-{seen[base]}")


def _with_families(matches: Iterable[Match]) -> Iterator[Match]:
    """Number the formulas of templates and the clusters of passages, in the order of the findings."""
    listed = list(matches)
    formulas = _Families((m.a.order, m.b.order) for m in listed if m.kind == "template")
    passages = [match for match in listed if match.kind == "passage"]
    clusters = _Families(overlapping(passages))
    numbers: dict[tuple[str, int], int] = {}
    place = 0
    for match in listed:
        if match.kind == "template":
            root = "template", formulas.of(match.a.order)
        elif match.kind == "passage":
            root = "passage", clusters.of(place)
            place += 1
        else:
            yield match
            continue
        yield replace(match, family=numbers.setdefault(root, len(numbers) + 1))


class _Families:
    """Join what belongs together: union-find, the lowest number stands for all."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._parent: dict[int, int] = {}
        for first, second in pairs:
            low, high = sorted((self.of(first), self.of(second)))
            self._parent[high] = low

    def of(self, member: int) -> int:
        root = member
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while (parent := self._parent.get(member, member)) != root:
            self._parent[member], member = root, parent
        return root


class ReportStages(NamedTuple):
    """Answer what a finished report is asked again.

    `articles` counts the articles of an archive with a text, by the place of its paragraph in the reading order.
    """

    settings: Settings
    articles: Mapping[int, int] = {}

    def counted(self, match: Match) -> Match:
        """Return a match with whether both sides quote it, and how many articles have what it repeats."""
        if is_quoted(match):
            match = replace(match, quoted=True)
        articles = self.articles.get(match.b.order, 0) if match.parts is None else 0
        if not articles:
            return match
        least = self.settings.boilerplate_after
        return replace(match, articles=articles, boilerplate=0 < least <= articles)

    def diff(self, match: Match) -> Diff:
        """Return the word diff of two paragraphs, or of the stretches that a passage shares."""
        return word_diff(*(self._side(parts) for parts in _parts_of(match)))

    def spans(self, match: Match) -> Spans:
        """Return where the parts of a match stand."""
        sides = (tuple(self._span(part) for part in parts) for parts in _parts_of(match))
        return Spans(*sides)

    def _side(self, parts: Parts) -> Side:
        """Return parts of one document as the diff reads them; what stands between paragraphs is a gap of spaces."""
        offset = parts[0].paragraph.start
        text, compared, words = "", "", []
        for part in parts:
            at = part.paragraph.start - offset
            text = text.ljust(at) + part.paragraph.text
            compared = compared.ljust(at) + self._compared(part.paragraph)
            words += [Word(w.key, w.text, at + w.start, at + w.end) for w in self._words(part)]
        if BLANK not in compared:
            return Side(text, words, offset)
        gaps = (i for i, (before, word) in enumerate(pairwise(words), 1) if BLANK in compared[before.end : word.start])
        return Side(text, words, offset, frozenset(gaps))

    def _compared(self, paragraph: Paragraph) -> str:
        """Return what the key of a paragraph was made of: its text, without ignored phrases."""
        return without(paragraph.text, self.settings.ignore_phrases)

    def _words(self, part: Part) -> tuple[Word, ...]:
        return words_of(self._compared(part.paragraph), self.settings.normalize, part.first, part.last)

    def _span(self, part: Part) -> Span:
        compared, start = self._compared(part.paragraph), part.paragraph.start
        low, high, count = place_of(compared, self.settings.normalize, part.first, part.last)
        return Span(part.paragraph, start + low, start + high, part.words, (part.first, part.first + count))

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

    def text(self, report: Report) -> str:
        """Return the report in lines: the verdict, then one a finding, then one for each input that was not read."""
        from dedup.write import WRITERS, Style

        return "".join((*WRITERS["concise"](report, Style()), *(f"{each}\n" for each in report.problems))).rstrip("\n")


def _parts_of(match: Match) -> tuple[Parts, Parts]:
    """Return the parts of a match: of whole paragraphs, all tokens, which may be more than its characters (ﷺ)."""
    if match.parts is not None:
        return match.parts
    a, b = ((Part(p, 0, sys.maxsize, p.words),) for p in (match.a, match.b))
    return a, b
