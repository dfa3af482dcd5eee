"""The report: what was found in a whole run, and what became of every input."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from dedup.model.matches import Differ, Family, Group, Match, Pair
from dedup.model.plain import cut, shown
from dedup.model.texts import Paragraph
from dedup.settings import FAIL_ON, GROUPED, KINDS, Settings
from dedup.version import __version__

SCHEMA = "dedup/1"
VERDICTS = ("pass", "warn", "block")


class Problem(NamedTuple):
    """Say what could not be done: the place, what was found there, and what to try."""

    place: str
    finding: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.place}: {self.finding}{remedy}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"place": shown(self.place), "finding": shown(self.finding), "remedy": shown(self.remedy)}


class Skipped(NamedTuple):
    """Say which input was left out without being a problem, and why."""

    path: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"path": shown(self.path), "reason": self.reason}


class Notice(NamedTuple):
    """Say what was done to an input on the way, without harm: an encoding detected, a split."""

    place: str
    finding: str

    def __str__(self) -> str:
        return f"{self.place}: {self.finding}"


class Generator(NamedTuple):
    """Name where the candidates came from, with what decides its recall.

    `recall` gives the expected share of pairs found, by score band; all pairs have 1.
    """

    name: str
    candidates: int
    recall: Mapping[str, float]
    parameters: Mapping[str, Any] = {}

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "name": self.name,
            "candidates": self.candidates,
            "recall": {band: cut(value) for band, value in self.recall.items()},
            **self.parameters,
        }


class Compared(NamedTuple):
    """Say with what of an archive a draft was compared; `newest` is the date of the last article of it.

    `excluded` are ids that were left out, `until`, `since` and `outlets` what else limits it. `failed` says that
    it could not be asked, `stale` that its newest article is older than it should be.
    """

    place: str
    articles: int
    paragraphs: int
    newest: str | None
    excluded: tuple[str, ...] = ()
    until: str | None = None
    since: str | None = None
    outlets: tuple[str, ...] = ()
    failed: bool = False
    stale: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "place": shown(self.place),
            "articles": self.articles,
            "paragraphs": self.paragraphs,
            "newest": self.newest,
            "excluded": [shown(doc) for doc in self.excluded],
            "until": self.until,
            "since": self.since,
            "outlets": [shown(outlet) for outlet in self.outlets],
            "failed": self.failed,
            "stale": self.stale,
        }


class Exceeded(NamedTuple):
    """Say which limit was exceeded: the setting, what it allows, and what was found."""

    setting: str
    limit: float
    found: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; a share is cut to 4 decimals."""
        return {"setting": self.setting, "limit": self.limit, "found": cut(self.found)}


class Counts(NamedTuple):
    """Count what was read: documents, paragraphs, and words of keys.

    `ignored_phrases` were left out of paragraphs, of which `ignored_paragraphs` are nothing else. `off` are paragraphs
    that a comment switches off, which nothing else counts.
    """

    documents: int = 0
    paragraphs: int = 0
    words: int = 0
    short: int = 0
    empty: int = 0
    distinct_keys: int = 0
    ignored_paragraphs: int = 0
    ignored_phrases: int = 0
    off: int = 0


class Stages(Differ, Protocol):
    """What a report asks when it is read again; `decide` implements it."""

    def rethreshold(self, report: Report, threshold: float) -> Report:
        """Return the report with another lower edge of `near`."""

    def html(self, report: Report) -> str:
        """Return the report as a fragment of a page."""

    def text(self, report: Report) -> str:
        """Return the report in lines: the verdict, then one a finding, then one for each input that was not read."""


@dataclass(frozen=True)
class Report:
    """Answer for a whole run; every match in it was confirmed, and nothing was left out in silence.

    `matches` are in the order of the kinds, then larger first. `problems` are inputs that could
    not be read (exit code 2); `skipped` were left out for a reason that is no error; `notices` say
    what was done to an input (an encoding detected, a paragraph split). `archive` says with what of
    one it was compared, `draft` that one text was checked before it is published. `paragraphs` are all that
    were read, in reading order, where they are few enough to show whole texts; else there are none.
    `redacted` says that the texts of articles were left out when it was saved, `version` what made it.
    `known` are the ids of the findings of a baseline, where one was given: they are listed, but do not count.
    """

    settings: Settings
    counts: Counts
    matches: tuple[Match, ...]
    groups: tuple[Group, ...]
    generator: Generator
    paragraph_rules: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = field(default=(), repr=False)
    stages: Stages | None = field(default=None, repr=False, compare=False)
    archive: Compared | None = None
    draft: bool = False
    paragraphs: tuple[Paragraph, ...] = field(default=(), repr=False)
    redacted: bool = False
    version: str = __version__
    known: frozenset[str] | None = field(default=None, repr=False)

    @classmethod
    def from_dict(cls, plain: Any, place: str = "the report") -> Report:
        """Return the report that `to_dict` gave as plain values: every output of it is the same again.

        It cannot be given another threshold: what was compared is not in it. `place` names it in messages.

        Raises:
            ReadError: it is damaged, of another schema, or no report.
        """
        from dedup.model.saved import report_of

        return report_of(plain, place)

    @property
    def findings(self) -> tuple[Match, ...]:
        """What the JSON report lists: all matches, in their order."""
        return self.matches

    @property
    def passages(self) -> tuple[Match, ...]:
        """The findings of kind `passage`: text shared by paragraphs that are otherwise different."""
        return tuple(match for match in self.matches if match.kind == "passage")

    @functools.cached_property
    def formulas(self) -> tuple[Family, ...]:
        """The formulas that paragraphs follow with other facts, the most followed first."""
        return self._families("template")

    @functools.cached_property
    def clusters(self) -> tuple[Family, ...]:
        """The passages that stand in several places, the most common first."""
        return self._families("passage")

    def _families(self, kind: str) -> tuple[Family, ...]:
        members: dict[int, dict[int, Paragraph]] = {}
        for match in self.matches:
            if match.kind == kind:
                for paragraph in (match.a, match.b):
                    members.setdefault(match.family, {})[paragraph.order] = paragraph
        families = [
            Family(kind, number, tuple(found[order] for order in sorted(found))) for number, found in members.items()
        ]
        return tuple(sorted(families, key=lambda family: (-len(family), family.number)))

    @functools.cached_property
    def by_kind(self) -> dict[str, int]:
        """Findings of each kind, zeros too."""
        return {kind: sum(1 for match in self.matches if match.kind == kind) for kind in KINDS}

    def aside(self, match: Match) -> str | None:
        """Return why a finding is listed but does not count; else None.

        It is `known`, a `template`, `boilerplate`, `quoted` where quotations are ignored, or `short`.
        """
        if self.is_known(match):
            return "known"
        if match.kind == "template":
            return "template"
        if match.boilerplate:
            return "boilerplate"
        if match.quoted and self.settings.ignore_quotes:
            return "quoted"
        return "short" if match.short and not self.settings.fail_short else None

    def is_known(self, match: Match) -> bool:
        """Return whether a finding is in the baseline of the report."""
        return self.known is not None and match.id in self.known

    @functools.cached_property
    def counting(self) -> tuple[Match, ...]:
        """The findings that count for the verdict, in their order; see `aside` for the others."""
        return tuple(match for match in self.matches if self.aside(match) is None)

    @property
    def blocking(self) -> tuple[Match, ...]:
        """The findings that count at or above `fail_on`."""
        if self.settings.fail_on == "never":
            return ()
        worst = FAIL_ON.index(self.settings.fail_on)
        return tuple(match for match in self.counting if KINDS.index(match.kind) <= worst)

    @functools.cached_property
    def exceeded(self) -> tuple[Exceeded, ...]:
        """The limits of the settings that were exceeded, whatever `fail_on` is."""
        found = {"max_duplicated": self.counted_ratio, "max_findings": len(self.counting)}
        limits = {name: getattr(self.settings, name) for name in found}
        return tuple(
            Exceeded(name, limit, found[name])
            for name, limit in limits.items()
            if limit is not None and found[name] > limit
        )

    @property
    def verdict(self) -> str:
        """`block`: a finding at or above `fail_on`, or a limit exceeded; `warn`: only weaker ones; `pass`: none.

        Never `pass` where something could not be read or compared, nor where an archive should have been asked and
        could not be, or is older than it should be.

        Templates, boilerplate and what a baseline has are listed but never count; nor do short paragraphs that
        repeat, unless `fail_short`, nor quotations, where `ignore_quotes`.
        """
        if self.blocking or self.exceeded:
            return "block"
        if self.archive is not None and (self.archive.failed or self.archive.stale):
            return "warn"
        return "warn" if self.problems or self.counting else "pass"

    @property
    def exit_code(self) -> int:
        """2 if something could not be done, else 1 if the verdict is `block`, else 0."""
        return 2 if self.problems else int(self.verdict == "block")

    @functools.cached_property
    def duplicates(self) -> tuple[Paragraph, ...]:
        """The members of groups that are not the original, in reading order."""
        listed = (member for group in self.groups for member in group.members)
        members = {member.order: member for member in listed if member.article is None}
        return tuple(members[order] for order in sorted(members))

    @property
    def duplicated_ratio(self) -> float:
        """Words of `duplicates` as a share of all words, each word once; 0 without words."""
        return sum(p.words for p in self.duplicates) / self.counts.words if self.counts.words else 0.0

    @functools.cached_property
    def counted_ratio(self) -> float:
        """As `duplicated_ratio`, without the paragraphs of which no finding counts: what `max_duplicated` limits."""
        counted = {p.order for match in self.counting if match.kind in GROUPED for p in (match.a, match.b)}
        words = sum(paragraph.words for paragraph in self.duplicates if paragraph.order in counted)
        return words / self.counts.words if self.counts.words else 0.0

    def rethreshold(self, threshold: float) -> Report:
        """Return this report with another lower edge of `near`, without a new run.

        Raises:
            ValueError: `threshold` is not from 0 to 1, or below the lowest score computed.
        """
        if self.stages is None:
            raise ValueError("this report was read back or made by hand: only that of a scan can be changed")
        return self.stages.rethreshold(self, threshold)

    def summary(self) -> dict[str, Any]:
        """Return the figures of the run as plain values."""
        return {
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "documents": self.counts.documents,
            "paragraphs": self.counts.paragraphs,
            "words": self.counts.words,
            "short_paragraphs": self.counts.short,
            "empty_paragraphs": self.counts.empty,
            "distinct_keys": self.counts.distinct_keys,
            "off_paragraphs": self.counts.off,
            **self._ignored(),
            "duplicated_paragraphs": len(self.duplicates),
            "duplicated_ratio": cut(self.duplicated_ratio),
            "counted_ratio": cut(self.counted_ratio),
            "counted_findings": len(self.counting),
            **self._known_findings(),
            "findings_left_out": 0,  # a writer that lists not all says how many
            "exceeded": [limit.to_dict() for limit in self.exceeded],
            "by_kind": self.by_kind,
            "formulas": len(self.formulas),
            "passage_clusters": len(self.clusters),
            "short_findings": sum(1 for match in self.matches if match.short),
            "quoted_findings": sum(1 for match in self.matches if match.quoted),
            "paragraph_rules": dict(self.paragraph_rules),
            "generator": self.generator.to_dict(),
            **({"archive": self.archive.to_dict()} if self.archive else {}),
            "skipped": [skipped.to_dict() for skipped in self.skipped],
            "notices": [shown(notice) for notice in self.notices],
        }

    def _ignored(self) -> dict[str, int]:
        if not self.settings.ignore_phrases:
            return {}
        return {
            "ignored_paragraphs": self.counts.ignored_paragraphs,
            "ignored_phrases": self.counts.ignored_phrases,
        }

    def _known_findings(self) -> dict[str, int]:
        return {} if self.known is None else {"known_findings": sum(map(self.is_known, self.matches))}

    def finding(self, match: Match, *, redact: bool = False) -> dict[str, Any]:
        """Return a finding as plain values: with a baseline, `known` says whether it is in it."""
        plain = match.to_dict(redact=redact)
        return plain if self.known is None else {**plain, "known": self.is_known(match)}

    def to_dict(self, *, redact: bool = False) -> dict[str, Any]:
        """Return the report as plain values, in the shape `dedup/1` (docs/reference/json.md)."""
        redact = redact or self.redacted
        return {
            **self.head(redact=redact),
            "findings": [self.finding(match, redact=redact) for match in self.matches],
            "groups": [group.to_dict(redact=redact) for group in self.groups],
            "problems": [problem.to_dict() for problem in self.problems],
            "paragraphs": [] if redact else [paragraph.to_dict() for paragraph in self.paragraphs],
        }

    def head(self, *, redact: bool = False) -> dict[str, Any]:
        """Return what stands before the findings: schema, tool, settings and summary."""
        return {
            "schema": SCHEMA,
            "tool": {"name": "dedup", "version": self.version},
            "offset_unit": "code point",
            "draft": self.draft,
            "redacted": redact or self.redacted,
            "settings": {**self.settings.shaping(), "fingerprint": self.settings.fingerprint()},
            "summary": self.summary(),
        }

    def __repr__(self) -> str:
        # Not all that it holds: a shell that shows a scan of a folder would go on for pages.
        return f"<Report {self.verdict}: findings {len(self.matches):,}, paragraphs {self.counts.paragraphs:,}>"

    def __str__(self) -> str:
        return self.stages.text(self) if self.stages is not None else repr(self)

    def _repr_html_(self) -> str | None:
        return self.stages.html(self) if self.stages is not None else None
