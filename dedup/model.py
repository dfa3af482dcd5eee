"""What goes down the line: documents, paragraphs, matches, groups and the report.

Nothing here reads, compares or writes. What a finished report is asked again (a diff, another
threshold, a page) it asks of the `Stages` that `detect` gave it, so that imports only point down.
"""

from __future__ import annotations

import functools
import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from dedup.settings import FAIL_ON, KINDS, LEVELS, Settings
from dedup.version import __version__

SCHEMA = "dedup/1"
VERDICTS = ("pass", "warn", "block")
LINE = re.compile(r"[^\n\r]*(?:\r\n|\n|\r)|[^\n\r]+")
"""A line with its end: only these three ends count as lines, as in an editor."""


class Word(NamedTuple):
    """One token: how it is compared, how it was written, and where (code points)."""

    key: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """Mark a paragraph that a markup reader found: [start, end) of the extracted text."""

    start: int
    end: int
    line: int
    element: str | None = None


@dataclass(frozen=True)
class Document:
    """Hold one text exactly as it was read: decoded, without BOM, newlines untouched.

    `id` is what the input gave, else the path as given. For markup, `text` is the extracted text
    and `blocks` say where its paragraphs are; otherwise `blocks` is None.
    """

    id: str
    text: str = field(repr=False)
    path: str | None = None
    row: int | None = None
    blocks: tuple[Block, ...] | None = field(default=None, repr=False)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the text with their ends; joined they are the text."""
        return (match[0] for match in LINE.finditer(self.text))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Quote a part of a document: ``document.text[start:end] == text``, without outer whitespace.

    `paragraph` counts from 1 over all non-blank paragraphs of the document; a piece of a split
    paragraph keeps the number and adds `part`. Offsets are code points of `Document.text`; `line`
    counts from 1 in the source. `words` are those of the key. `order` is the place in the whole
    input, from 0; `document` that of its document.
    """

    doc: str
    paragraph: int
    start: int
    end: int
    line: int
    text: str = field(repr=False)
    part: int | None = None
    path: str | None = None
    row: int | None = None
    element: str | None = None
    words: int = 0
    order: int = 0
    document: int = 0

    @property
    def place(self) -> str:
        """Where a person finds it: ``news.txt: paragraph 4, line 7``."""
        row = f", row {self.row}" if self.row is not None else ""
        part = f" (part {self.part})" if self.part is not None else ""
        return f"{self.doc}{row}: paragraph {self.paragraph}{part}, line {self.line}"

    def to_dict(self, *, redact: bool = False) -> dict[str, Any]:
        """Return plain values; `redact` leaves the text out."""
        place: dict[str, Any] = {
            "doc": shown(self.doc),
            "path": None if self.path is None else shown(self.path),
            "row": self.row,
            "paragraph": self.paragraph,
            "part": self.part,
            "start": self.start,
            "end": self.end,
            "line": self.line,
            "element": self.element,
            "words": self.words,
        }
        return place if redact else {**place, "text": shown(self.text)}


@dataclass(frozen=True, slots=True)
class DiffOp:
    """One step from `a` to `b`, in whole words: `a_span` and `b_span` are offsets in the documents.

    `tag` is equal, spelling (same key, other letters), insert, delete, replace or number.
    An insertion has an empty span on side `a`, a deletion on side `b`.
    """

    tag: str
    a_text: str
    b_text: str
    a_span: tuple[int, int]
    b_span: tuple[int, int]

    def to_dict(self, *, redact: bool = False) -> dict[str, Any]:
        """Return plain values; `redact` leaves the words out."""
        spans: dict[str, Any] = {"tag": self.tag, "a": list(self.a_span), "b": list(self.b_span)}
        return spans if redact else {**spans, "a_text": shown(self.a_text), "b_text": shown(self.b_text)}


@dataclass(frozen=True, slots=True)
class Diff:
    """Lead from `a` to `b`: applying `ops` to the words of one side gives those of the other."""

    ops: tuple[DiffOp, ...]
    changed_numbers: tuple[tuple[str | None, str | None], ...] = ()
    changed_days: tuple[tuple[str | None, str | None], ...] = ()

    def __iter__(self) -> Iterator[DiffOp]:
        return iter(self.ops)

    def __len__(self) -> int:
        return len(self.ops)


class Stages(Protocol):
    """What a report asks when it is read again; `detect` implements it."""

    def diff(self, a: Paragraph, b: Paragraph) -> Diff:
        """Return the word diff of two paragraphs."""

    def rethreshold(self, report: Report, threshold: float) -> Report:
        """Return the report with another lower edge of `near`."""

    def html(self, report: Report) -> str:
        """Return the report as a fragment of a page."""


@dataclass(frozen=True, slots=True)
class Match:
    """Tie two paragraphs whose likeness was confirmed on their keys: `b` is what `a` repeats.

    `score` and `token_score` are from 0 to 1, unrounded; the kind was decided on them. `spelling`
    is true for a `normalized` match of which only the loose keys are equal. `short` is true when a
    side has fewer words than `min_words`.
    """

    kind: str
    score: float
    token_score: float
    a: Paragraph
    b: Paragraph
    spelling: bool = False
    short: bool = False
    id: str = ""
    stages: Stages | None = field(default=None, repr=False, compare=False)

    @property
    def scope(self) -> str:
        """`within` one document or `between` two."""
        return "within" if self.a.document == self.b.document else "between"

    def diff(self) -> Diff:
        """Return the word diff, computed now. `O(words of a * words of b / 64)`."""
        if self.stages is None:
            raise ValueError("this match was made by hand: only a match of a report has a diff")
        return self.stages.diff(self.a, self.b)

    def to_dict(self, *, redact: bool = False) -> dict[str, Any]:
        """Return plain values in the shape of `findings[]`; scores are cut to 4 decimals."""
        diff = self.diff() if self.stages is not None else Diff(())
        finding: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            **({"spelling": self.spelling} if self.kind == "normalized" else {}),
            "scope": self.scope,
            "score": cut(self.score),
            "token_score": cut(self.token_score),
            "short": self.short,
            "a": self.a.to_dict(redact=redact),
            "b": self.b.to_dict(redact=redact),
            "diff": [op.to_dict(redact=redact) for op in diff],
        }
        if not redact:
            finding["changed_numbers"] = [[shown_or_none(t) for t in pair] for pair in diff.changed_numbers]
            finding["changed_days"] = [[shown_or_none(t) for t in pair] for pair in diff.changed_days]
        return finding


@dataclass(frozen=True, slots=True)
class Group:
    """Every member was confirmed against `original`: a star, never a chain.

    `scores[i]` is the score of `members[i]` against the original; members are in reading order.
    """

    original: Paragraph
    members: tuple[Paragraph, ...]
    scores: tuple[float, ...]

    def __len__(self) -> int:
        return 1 + len(self.members)

    def to_dict(self, *, redact: bool = False) -> dict[str, Any]:
        """Return plain values."""
        members = [
            {**member.to_dict(redact=redact), "score": cut(score)}
            for member, score in zip(self.members, self.scores, strict=True)
        ]
        return {"original": self.original.to_dict(redact=redact), "members": members}


@dataclass(frozen=True, slots=True)
class Problem:
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


@dataclass(frozen=True, slots=True)
class Skipped:
    """Say which input was left out without being a problem, and why."""

    path: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"path": shown(self.path), "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Notice:
    """Say what was done to an input on the way, without harm: an encoding detected, a split."""

    place: str
    finding: str

    def __str__(self) -> str:
        return f"{self.place}: {self.finding}"


@dataclass(frozen=True, slots=True)
class Generator:
    """Name where the candidates came from, with what decides its recall.

    `recall` gives the expected share of pairs found, by score band; all pairs have 1.
    """

    name: str
    candidates: int
    recall: Mapping[str, float]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "name": self.name,
            "candidates": self.candidates,
            "recall": {band: cut(value) for band, value in self.recall.items()},
            **self.parameters,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """Count what was read: documents, paragraphs, and words of keys."""

    documents: int = 0
    paragraphs: int = 0
    words: int = 0
    short: int = 0
    empty: int = 0
    distinct_keys: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two paragraphs with distinct keys and their confirmed scores, whatever their kind."""

    a: Paragraph
    b: Paragraph
    score: float
    token_score: float


@dataclass(frozen=True)
class Report:
    """Answer for a whole run; every match in it was confirmed, and nothing was left out in silence.

    `matches` are in the order of the kinds, then larger first. `problems` are inputs that could
    not be read (exit code 2); `skipped` were left out for a reason that is no error; `notices` say
    what was done to an input (an encoding detected, a paragraph split).
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

    @property
    def findings(self) -> tuple[Match, ...]:
        """What the JSON report lists: all matches, in their order."""
        return self.matches

    @functools.cached_property
    def by_kind(self) -> dict[str, int]:
        """Findings of each kind, zeros too."""
        return {kind: sum(1 for match in self.matches if match.kind == kind) for kind in KINDS}

    @property
    def blocking(self) -> tuple[Match, ...]:
        """The findings at or above `fail_on`; short ones only with `fail_short`."""
        if self.settings.fail_on == "never":
            return ()
        worst = FAIL_ON.index(self.settings.fail_on)
        return tuple(m for m in self.matches if KINDS.index(m.kind) <= worst and self._counts(m))

    def _counts(self, match: Match) -> bool:
        return not match.short or self.settings.fail_short

    @property
    def verdict(self) -> str:
        """`block`: a finding at or above `fail_on`; `warn`: only weaker ones; `pass`: none.

        Short paragraphs that repeat are listed but do not count, unless `fail_short`.
        """
        if self.blocking:
            return "block"
        return "warn" if any(self._counts(match) for match in self.matches) else "pass"

    @property
    def exit_code(self) -> int:
        """2 if something could not be done, else 1 if the verdict is `block`, else 0."""
        return 2 if self.problems else int(self.verdict == "block")

    @functools.cached_property
    def duplicates(self) -> tuple[Paragraph, ...]:
        """The members of groups that are not the original, in reading order."""
        members = {member.order: member for group in self.groups for member in group.members}
        return tuple(members[order] for order in sorted(members))

    @property
    def duplicated_ratio(self) -> float:
        """Words of `duplicates` as a share of all words, each word once; 0 without words."""
        return sum(p.words for p in self.duplicates) / self.counts.words if self.counts.words else 0.0

    def rethreshold(self, threshold: float) -> Report:
        """Return this report with another lower edge of `near`, without a new run.

        Raises:
            ValueError: `threshold` is not from 0 to 1, or below the lowest score computed.
        """
        if self.stages is None:
            raise ValueError("this report was made by hand: only a report of a scan can be changed")
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
            "duplicated_paragraphs": len(self.duplicates),
            "duplicated_ratio": cut(self.duplicated_ratio),
            "by_kind": self.by_kind,
            "short_findings": sum(1 for match in self.matches if match.short),
            "paragraph_rules": dict(self.paragraph_rules),
            "generator": self.generator.to_dict(),
            "skipped": [skipped.to_dict() for skipped in self.skipped],
            "notices": [shown(notice) for notice in self.notices],
        }

    def to_dict(self, *, redact: bool = False) -> dict[str, Any]:
        """Return the report as plain values, in the shape `dedup/1` (docs/reference.md)."""
        return {
            **self.head(),
            "findings": [match.to_dict(redact=redact) for match in self.matches],
            "groups": [group.to_dict(redact=redact) for group in self.groups],
            "problems": [problem.to_dict() for problem in self.problems],
        }

    def head(self) -> dict[str, Any]:
        """Return what stands before the findings: schema, tool, settings and summary."""
        return {
            "schema": SCHEMA,
            "tool": {"name": "dedup", "version": __version__},
            "offset_unit": "code point",
            "settings": {**self.settings.to_dict(), "fingerprint": self.settings.fingerprint()},
            "summary": self.summary(),
        }

    def _repr_html_(self) -> str:
        return self.stages.html(self) if self.stages is not None else ""


@dataclass(frozen=True, slots=True)
class Similarity:
    """Say how alike two texts are; ``float(similarity)`` is the score.

    `kind` is exact, normalized, near, rewritten, or None where the texts are not alike enough.
    """

    score: float
    token_score: float
    kind: str | None
    spelling: bool = False

    def __float__(self) -> float:
        return self.score

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; scores are cut to 4 decimals."""
        return {
            "score": cut(self.score),
            "token_score": cut(self.token_score),
            "kind": self.kind,
            "spelling": self.spelling,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """Show how two texts were compared: both keys, their words, the scores, and what decided."""

    keys: tuple[str, str]
    words: tuple[int, int]
    similarity: Similarity
    rule: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "keys": [shown(key) for key in self.keys],
            "words": list(self.words),
            **self.similarity.to_dict(),
            "rule": self.rule,
        }


def kind_of(score: float, token_score: float, settings: Settings) -> str | None:
    """Return the kind of two distinct keys with these scores, or None. Decided unrounded."""
    if settings.level in LEVELS[:2]:
        return None
    if score >= settings.threshold:
        return "near"
    rewritten = settings.level == "rewritten" and 0 < settings.rewritten_threshold <= score
    return "rewritten" if rewritten and token_score >= settings.token_threshold else None


def cut(likeness: float) -> float:
    """Return a likeness cut, not rounded, to 4 decimals: 0.84999 must not read 0.85.

    >>> cut(0.84999), cut(0.7), cut(1.0)
    (0.8499, 0.7, 1.0)
    """
    return math.floor(likeness * 10_000 + 1e-7) / 10_000


def shown(text: str) -> str:
    """Return `text` as it may leave the program: each lone surrogate is U+FFFD, one for one."""
    return _SURROGATE.sub("\ufffd", text)


def shown_or_none(text: str | None) -> str | None:
    """Return `shown(text)`, or None."""
    return None if text is None else shown(text)


_SURROGATE = re.compile("[\ud800-\udfff]")


def pair_fingerprint(a_key: str, b_key: str) -> str:
    """Return a name for two keys that survives moves: the same two texts, the same name."""
    digest = hashlib.blake2b(digest_size=8)
    for key in sorted((a_key, b_key)):
        digest.update(len(key).to_bytes(8, "little"))
        digest.update(shown(key).encode())
    return f"dedup1:{digest.hexdigest()}"
