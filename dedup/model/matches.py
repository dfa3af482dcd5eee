"""Matches: two paragraphs whose likeness was confirmed, what differs between them, and their groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from dedup.model.plain import cut, shown, shown_or_none
from dedup.model.texts import Paragraph
from dedup.settings import LEVELS, Settings


class DiffOp(NamedTuple):
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


class Part(NamedTuple):
    """Name the tokens [first, last) of the key of a paragraph; `words` are their words."""

    paragraph: Paragraph
    first: int
    last: int
    words: int


Parts = tuple[Part, ...]


class Span(NamedTuple):
    """Quote a part of a paragraph: [start, end) are offsets of its document, whole words with their marks.

    `tokens` are those of the paragraph's key, [first, last); (0, 0) where only places are known.
    """

    paragraph: Paragraph
    start: int
    end: int
    words: int
    tokens: tuple[int, int] = (0, 0)

    @property
    def text(self) -> str:
        """The text of the span, as it stands in the document."""
        return self.paragraph.text[self.start - self.paragraph.start : self.end - self.paragraph.start]

    def to_dict(self, *, redact: bool = False, told: Paragraph | None = None) -> dict[str, Any]:
        """Return plain values; `redact` leaves the text out, and a place that is `told` is not told again."""
        place: dict[str, Any] = {
            "paragraph": self.paragraph.paragraph,
            "part": self.paragraph.part,
            "line": self.paragraph.line,
            "start": self.start,
            "end": self.end,
            "words": self.words,
            "tokens": list(self.tokens),
        }
        if told is None or told.order != self.paragraph.order:
            place["place"] = self.paragraph.to_dict(redact=redact)
        return place if redact else {**place, "text": shown(self.text)}


class Spans(NamedTuple):
    """Say which parts of each side are meant: of a passage what is shared, else the whole paragraphs."""

    a: tuple[Span, ...]
    b: tuple[Span, ...]

    def to_dict(self, told: tuple[Paragraph, Paragraph], *, redact: bool = False) -> dict[str, Any]:
        """Return plain values; `told` are the paragraphs `a` and `b`, which stand beside them."""
        sides = (("a", self.a, told[0]), ("b", self.b, told[1]))
        return {name: [span.to_dict(redact=redact, told=known) for span in spans] for name, spans, known in sides}


class Differ(Protocol):
    """What a match asks when its diff or its spans are read; `decide` implements it."""

    def diff(self, match: Match) -> Diff:
        """Return the word diff of what a match ties."""

    def spans(self, match: Match) -> Spans:
        """Return where in both documents that stands."""


@dataclass(frozen=True, slots=True)
class Match:
    """Tie two paragraphs whose likeness was confirmed on their keys: `b` is what `a` repeats.

    `score` and `token_score` are from 0 to 1, unrounded. `spelling` is true for a `normalized` match
    of which only the loose keys are equal. `short` is true when a side has fewer words than
    `min_words`. `evidence` says in words what decided the kind, and quotes nothing.

    Of a passage, `a` and `b` are the paragraphs with its longest parts, `spans` all of it, `score` is
    that of the shared text, and `containment` the share of each side that it covers, in words.
    `quoted` says that what is tied stands within quotation marks on both sides. `family` numbers from 1 the
    formula of a template, and the cluster of a passage that stands in many places. `articles` counts those of an
    archive in which the paragraph `b` stands; `boilerplate` says that they are so many that it does not count.
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
    evidence: tuple[str, ...] = ()
    containment: tuple[float, float] | None = None
    parts: tuple[Parts, Parts] | None = field(default=None, repr=False)
    family: int = 0
    articles: int = 0
    boilerplate: bool = False
    quoted: bool = False

    @property
    def words(self) -> int:
        """Words of the shorter side of what is tied."""
        if self.parts is None:
            return min(self.a.words, self.b.words)
        return min(sum(part.words for part in side) for side in self.parts)

    @property
    def spans(self) -> Spans:
        """Where in both documents the shared text stands, computed now; of whole paragraphs all of them."""
        if self.stages is not None:
            return self.stages.spans(self)
        if self.parts is not None:
            raise ValueError("this match was made by hand: only a passage of a report has spans")
        return Spans(*((Span(p, p.start, p.end, p.words),) for p in (self.a, self.b)))

    @property
    def scope(self) -> str:
        """`within` one document, `between` two, or `archive`: `b` was published before."""
        if self.b.article is not None:
            return "archive"
        return "within" if self.a.document == self.b.document else "between"

    def diff(self) -> Diff:
        """Return the word diff, computed now. `O(words of a * words of b / 64)`."""
        if self.stages is None:
            raise ValueError("this match was made by hand: only a match of a report has a diff")
        return self.stages.diff(self)

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
            "quoted": self.quoted,
            "words": self.words,
            **({"containment": [cut(share) for share in self.containment]} if self.containment else {}),
            **({"family": self.family} if self.family else {}),
            **({"articles": self.articles, "boilerplate": self.boilerplate} if self.articles else {}),
            "evidence": list(self.evidence),
            "a": self.a.to_dict(redact=redact),
            "b": self.b.to_dict(redact=redact),
            **({"spans": self.spans.to_dict((self.a, self.b), redact=redact)} if self.parts is not None else {}),
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
class Family:
    """Paragraphs that follow one formula (kind `template`), or that share one passage (kind `passage`).

    In reading order, each once; `number` is the `family` of their matches.
    """

    kind: str
    number: int
    paragraphs: tuple[Paragraph, ...]

    def __len__(self) -> int:
        return len(self.paragraphs)


RELATIONS = ("repeat", "template", "passage", "other")


class Relation(NamedTuple):
    """Say what two alike texts are to each other, and what decided.

    `name` is repeat (one text again; its score says whether `near` or `rewritten`), template, passage or
    other (alike by chance, or in set phrases only). `a` and `b` are the tokens [first, last) of each side
    that a passage shares; `containment` their share of each side, by weight. `weak` says that a repeat has
    signs of a template, though too few.
    """

    name: str
    evidence: tuple[str, ...] = ()
    a: tuple[int, int] = (0, 0)
    b: tuple[int, int] = (0, 0)
    containment: tuple[float, float] = (1.0, 1.0)
    weak: bool = False


class Pair(NamedTuple):
    """Two paragraphs with distinct keys, their confirmed scores, and what they are to each other."""

    a: Paragraph
    b: Paragraph
    score: float
    token_score: float
    id: str = ""
    relation: Relation = Relation("repeat")


class Similarity(NamedTuple):
    """Say how alike two texts are; ``float(similarity)`` is the score.

    `kind` is exact, normalized, near, rewritten, passage, template, or None where the texts are not alike enough.
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


class Explanation(NamedTuple):
    """Show how two texts were compared: both keys, their words, the scores, and what decided."""

    keys: tuple[str, str]
    words: tuple[int, int]
    similarity: Similarity
    rule: str
    evidence: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "keys": [shown(key) for key in self.keys],
            "words": list(self.words),
            **self.similarity.to_dict(),
            "rule": self.rule,
            "evidence": list(self.evidence),
        }


REWRITTEN_WORDS = 15
"""Fewest words of a `rewritten` paragraph: of short ones, many are alike that say different things."""


def kind_of(score: float, token_score: float, words: int, relation: Relation, settings: Settings) -> str | None:
    """Return the kind of two distinct keys with these scores and this relation, or None. Decided unrounded.

    `words` are those of the shorter one.
    """
    if settings.level in LEVELS[:2] or score < settings.floor or relation.name == "other":
        return None
    if relation.name == "template":
        return "template"
    if relation.name == "passage":
        return "passage" if settings.level == "passage" else None
    if score >= settings.threshold:
        return "near"
    return "rewritten" if token_score >= settings.token_threshold and words >= REWRITTEN_WORDS else None
