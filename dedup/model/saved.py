"""A saved report, read back: plain values in, a `Report` out that every writer writes as before.

Nothing is believed: each value is checked where it is taken, and the figures of the summary must follow from the
findings again. A key that is not known here is passed over: a newer version may have added it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from dedup.errors import ReadError, SettingsError
from dedup.model.matches import Diff, DiffOp, Group, Match, Part, Span, Spans
from dedup.model.report import SCHEMA, Compared, Counts, Generator, Problem, Report, Skipped
from dedup.model.taken import SAVE_AGAIN, Taken
from dedup.model.texts import Article, Paragraph
from dedup.settings import KINDS, Settings

TAGS = ("equal", "spelling", "insert", "delete", "replace", "number")


def report_of(plain: Any, place: str, completed: Callable[[Report], Report] | None = None) -> Report:
    """Return the report of plain values; see `Report.from_dict`.

    `completed` adds what follows from the findings and was not saved, before the figures are held to them.
    """
    top = Taken(plain, place, "")
    _check_schema(top)
    tool, summary = top.below("tool"), top.below("summary")
    redacted = top.flag("redacted")
    report = Report(
        settings=_settings(top.below("settings")),
        counts=_counts(summary),
        matches=tuple(_match(each, redacted) for each in top.each("findings")),
        groups=tuple(_group(each, redacted) for each in top.each("groups")),
        generator=_generator(summary.below("generator")),
        paragraph_rules=dict(summary.below("paragraph_rules").all(int)),
        problems=tuple(Problem(*each.texts("place", "finding", "remedy")) for each in top.each("problems")),
        skipped=tuple(Skipped(*each.texts("path", "reason")) for each in summary.each("skipped")),
        notices=summary.list_of("notices", str),
        archive=_compared(summary.below("archive")) if "archive" in summary else None,
        draft=top.flag("draft"),
        paragraphs=tuple(_paragraph(each, redacted) for each in top.each("paragraphs")),
        redacted=redacted,
        version=tool.text("version"),
        known=_known(top.each("findings")) if "known_findings" in summary else None,
    )
    report = report if completed is None else completed(report)
    _check_summary(report, summary)
    return report


def _known(findings: Iterable[Taken]) -> frozenset[str]:
    return frozenset(each.text("id") for each in findings if each.flag("known"))


def _check_schema(top: Taken) -> None:
    schema = top.values.get("schema")
    if schema == SCHEMA:
        return
    if isinstance(schema, str) and schema.startswith("dedup/"):
        raise ReadError(top.place, f"has the schema {schema[:20]}; {SCHEMA} is read", "read it with a newer dedup")
    raise ReadError(top.place, f'is no report of dedup: no "schema": "{SCHEMA}"', SAVE_AGAIN)


def _check_summary(report: Report, summary: Taken) -> None:
    """Hold the figures to the findings: a report that was cut short, or changed by hand, would mislead."""
    if summary.whole("findings_left_out"):
        summary.refuse(
            "findings_left_out", "says that not all findings are in it: save one without --top and --new-only"
        )
    for name, value in report.summary().items():
        if summary.values.get(name) != value:
            summary.refuse(name, "does not follow from what else is in it")


def _settings(taken: Taken) -> Settings:
    values = {name: value for name, value in taken.values.items() if name != "fingerprint"}
    try:
        settings = Settings().replace(**values)
    except SettingsError as error:
        taken.refuse("", f"cannot be taken: {error}")
    if settings.fingerprint() != taken.text("fingerprint"):
        taken.refuse("fingerprint", "is not that of these settings")
    return settings


def _counts(taken: Taken) -> Counts:
    names = ("documents", "paragraphs", "words", "short_paragraphs", "empty_paragraphs", "distinct_keys")
    ignored = (name for name in ("ignored_paragraphs", "ignored_phrases") if name in taken)
    counts = Counts(*(taken.whole(name) for name in names), **{name: taken.whole(name) for name in ignored})
    return counts._replace(off=taken.whole("off_paragraphs"))


def _generator(taken: Taken) -> Generator:
    told = {name: value for name, value in taken.values.items() if name not in ("name", "candidates", "recall")}
    recall = {band: float(share) for band, share in taken.below("recall").all(int, float)}
    return Generator(taken.text("name"), taken.whole("candidates"), recall, told)


def _compared(taken: Taken) -> Compared:
    return Compared(
        taken.text("place"),
        taken.whole("articles"),
        taken.whole("paragraphs"),
        taken.text_or_none("newest"),
        taken.list_of("excluded", str),
        taken.text_or_none("until"),
        taken.text_or_none("since"),
        taken.list_of("outlets", str),
        taken.flag("failed"),
        taken.flag("stale"),
    )


# --- findings -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """Answer what a match that was read back is asked: what was saved with it."""

    steps: Diff
    places: Spans | None

    def diff(self, match: Match) -> Diff:  # noqa: ARG002 - as Differ has it
        """Return the word diff that was saved."""
        return self.steps

    def spans(self, match: Match) -> Spans:
        """Return the spans that were saved; of whole paragraphs all of them."""
        whole = (Span(p, p.start, p.end, p.words) for p in (match.a, match.b))
        return self.places if self.places is not None else Spans(*((span,) for span in whole))


def _match(taken: Taken, redacted: bool) -> Match:
    a, b = (_paragraph(taken.below(side), redacted) for side in ("a", "b"))
    spans = _spans(taken.below("spans"), a, b, redacted) if "spans" in taken else None
    return Match(
        kind=taken.one_of("kind", KINDS),
        score=taken.likeness("score"),
        token_score=taken.likeness("token_score"),
        a=a,
        b=b,
        spelling=taken.flag("spelling") if "spelling" in taken else False,
        short=taken.flag("short"),
        quoted=taken.flag("quoted") if "quoted" in taken else False,
        id=taken.text("id"),
        stages=Told(_diff(taken, redacted), spans),
        evidence=taken.list_of("evidence", str),
        containment=_containment(taken) if "containment" in taken else None,
        parts=(_parts(spans.a), _parts(spans.b)) if spans is not None else None,
        family=taken.whole("family") if "family" in taken else 0,
        articles=taken.whole("articles") if "articles" in taken else 0,
        boilerplate=taken.flag("boilerplate") if "boilerplate" in taken else False,
    )


def _containment(taken: Taken) -> tuple[float, float]:
    found = taken.list_of("containment", int, float)
    if len(found) != 2 or not all(0 <= share <= 1 for share in found):
        taken.refuse("containment", "is not two numbers from 0 to 1")
    return float(found[0]), float(found[1])


def _spans(taken: Taken, a: Paragraph, b: Paragraph, redacted: bool) -> Spans:
    sides = (tuple(_span(each, told, redacted) for each in taken.each(n)) for n, told in (("a", a), ("b", b)))
    found = Spans(*sides)
    if not found.a or not found.b:
        taken.refuse("", "has a side without a span")
    return found


def _span(taken: Taken, told: Paragraph, redacted: bool) -> Span:
    paragraph = _paragraph(taken.below("place"), redacted) if "place" in taken else told
    first, last = taken.pair("tokens")
    span = Span(paragraph, taken.whole("start"), taken.whole("end"), taken.whole("words"), (first, last))
    if not paragraph.start <= span.start <= span.end <= paragraph.end:
        taken.refuse("start", "is not in its paragraph")
    return span


def _parts(spans: Iterable[Span]) -> tuple[Part, ...]:
    return tuple(Part(span.paragraph, *span.tokens, span.words) for span in spans)


def _diff(taken: Taken, redacted: bool) -> Diff:
    steps = tuple(_step(each, redacted) for each in taken.each("diff"))
    if redacted:
        return Diff(steps)
    return Diff(steps, _changes(taken, "changed_numbers"), _changes(taken, "changed_days"))


def _step(taken: Taken, redacted: bool) -> DiffOp:
    a, b = ("" if redacted else taken.text(name) for name in ("a_text", "b_text"))
    return DiffOp(taken.one_of("tag", TAGS), a, b, taken.pair("a"), taken.pair("b"))


def _changes(taken: Taken, name: str) -> tuple[tuple[str | None, str | None], ...]:
    found = taken.list_of(name, list)
    for change in found:
        if len(change) != 2 or not all(isinstance(side, str | None) for side in change):
            taken.refuse(name, "is not a list of pairs of texts")
    return tuple((before, now) for before, now in found)


def _group(taken: Taken, redacted: bool) -> Group:
    members = list(taken.each("members"))
    scores = tuple(member.likeness("score") for member in members)
    return Group(
        _paragraph(taken.below("original"), redacted), tuple(_paragraph(member, redacted) for member in members), scores
    )


def _paragraph(taken: Taken, redacted: bool) -> Paragraph:
    paragraph = Paragraph(
        doc=taken.text("doc"),
        paragraph=taken.whole("paragraph"),
        start=taken.whole("start"),
        end=taken.whole("end"),
        line=taken.whole("line"),
        text="" if redacted else taken.text("text"),
        part=taken.whole_or_none("part"),
        path=taken.text_or_none("path"),
        row=taken.whole_or_none("row"),
        element=taken.text_or_none("element"),
        words=taken.whole("words"),
        order=taken.whole("order"),
        document=taken.whole("document"),
        article=_article(taken.below("article"), redacted) if "article" in taken else None,
        off=taken.flag("off") if "off" in taken else False,
    )
    if not redacted and paragraph.end - paragraph.start != len(paragraph.text):
        taken.refuse("text", "is not as long as start and end say")
    return paragraph


def _article(taken: Taken, redacted: bool) -> Article:
    names = (f.name for f in fields(Article))
    return Article(**{name: None if redacted and name == "title" else taken.text_or_none(name) for name in names})
