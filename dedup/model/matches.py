"""Matches: two paragraphs whose likeness was confirmed, what differs between them, and their groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from dedup.model.plain import cut, shown, shown_or_none
from dedup.model.texts import Paragraph
from dedup.settings import LEVELS, Settings


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


class Differ(Protocol):
    """What a match asks when its diff is read; `decide` implements it."""

    def diff(self, a: Paragraph, b: Paragraph) -> Diff:
        """Return the word diff of two paragraphs."""


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
    stages: Differ | None = field(default=None, repr=False, compare=False)

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
class Pair:
    """Two paragraphs with distinct keys and their confirmed scores, whatever their kind."""

    a: Paragraph
    b: Paragraph
    score: float
    token_score: float
    id: str = ""


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
