"""The report for eyes: verdict first, then each finding with both paragraphs one above the other.

Arabic stays in logical order, each field on a line of its own, so that a terminal that orders text
right to left can, and copying works. What changed is marked with brackets; colour only repeats it.
Everything quoted is made harmless first: a text must not steer the terminal that shows it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dedup.model import Match, Paragraph, Report, cut, shown
from dedup.write import bidi, order, places, words
from dedup.write.quote import Piece, quotes
from dedup.write.words import counted

if TYPE_CHECKING:
    from dedup.write import Style

SHORT_SHOWN = 5
"""Short texts that are listed before "and n more"."""
FORMULA_PLACES = 3
"""Paragraphs that are named for each formula."""
QUOTE_CHARS = 60
"""Characters of a short paragraph that its line shows."""

_ANSI = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36", "dim": "2"}
_VERDICT_COLORS = {"block": "red", "warn": "yellow", "pass": "green"}
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPACE = re.compile(r"[\t\n\r\f\v]+")


def harmless(text: str) -> str:
    r"""Return `text` so that a terminal only shows it: controls as ``\x1b``, no bidi overrides.

    >>> harmless("a\x1b[31mb\u202ec")
    'a\\x1b[31mbc'
    """
    text = _BIDI_CONTROLS.sub("", _SPACE.sub(" ", shown(text)))
    return _CONTROLS.sub(lambda match: ascii(match[0])[1:-1], text)


class _Paint:
    """Colour words, and say them in the language of the report."""

    def __init__(self, style: Style) -> None:
        self.color, self.titles, self.lang = style.color, not style.redact, style.lang
        self.isolate = style.bidi != "terminal"

    def __call__(self, text: str, *styles: str) -> str:
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(_ANSI[style] for style in styles)}m{text}\x1b[0m"

    def say(self, template: str, **values: object) -> str:
        """Return a template with its values, each made harmless."""
        return self.lang.say(template, self.show, **values)

    def show(self, name: str) -> str:
        """Return a name made harmless, and set apart from the words round it where the order of lines needs it."""
        return bidi.isolated(harmless(name)) if self.isolate else harmless(name)

    def counted(self, number: int, noun: str) -> str:
        return counted(number, noun, self.lang)

    def labels(self, *labels: str) -> list[str]:
        """Return words that stand one below the other, all as long as the longest."""
        words = [self.lang.gettext(label) for label in labels]
        return [word.ljust(max(map(len, words))) for word in words]


# --- full -----------------------------------------------------------------------------------------


def full(report: Report, style: Style) -> Iterator[str]:
    """Yield the report for a terminal."""
    paint = _Paint(style)
    yield _verdict_line(report, paint, style.draft)
    if style.statistics:
        yield from _statistics(report, paint)
        return
    findings, left_out = order.together(words.folded(report.counting), style)
    for number, finding in enumerate(findings, 1):
        head = paint.say("{number}/{count}", number=number, count=len(findings) + left_out)
        yield "\n" + "\n".join(_finding_lines(head, finding, style, paint)) + "\n"
    if left_out:
        yield f"\n{words.left_out(left_out, paint.lang)}\n"
    yield from _known_lines(report, style, paint)
    yield from _quoted_lines(report, paint)
    yield from _formula_lines(report, style, paint)
    yield from _boilerplate_lines(report, style, paint)
    yield from _short_lines(report, style, paint)
    if not style.quiet:
        yield from _closing_lines(report, style, paint)


def _verdict_line(report: Report, paint: _Paint, draft: bool = False) -> str:
    head = paint(words.verdict_name(report, paint.lang), "bold", _VERDICT_COLORS[report.verdict])
    return f"{head}: {words.verdict(report, draft, paint.lang)}\n"


def _finding_lines(number: str, finding: tuple[Match, ...], style: Style, paint: _Paint) -> Iterator[str]:
    match = finding[0]
    yield f"{paint(f'{number} {words.kind_name(match.kind, paint.lang)}', 'bold')}: {words.meaning(match, paint.lang)}"
    if match.kind == "exact" or style.redact:
        yield from _places(finding, words.PLACES_SHOWN, "  ", paint)
        if not style.redact:
            yield f"    {harmless(match.b.text)}"
        return
    diff = match.diff()
    for label, side in zip(paint.labels(*words.LABELS), (1, 0), strict=False):
        for paragraph, pieces in quotes(match, diff, side):
            yield _place_line(label, paragraph, "  ", paint)
            yield f"    {_marked(pieces, paint)}"
    if len(finding) > 1:
        yield from _others(finding, paint)
    for name, first, again in words.facts(diff):
        yield "    " + _changed(name, first, again, paint)
    if match.evidence:
        yield paint("    " + paint.say("because {evidence}", evidence=words.because(match, paint.lang)), "dim")


def _changed(name: str, first: str | None, again: str | None, paint: _Paint) -> str:
    return paint.say(
        "changed {name}: first {first}, again {again}",
        name=paint.lang.gettext(words.FACT_NAMES[name]),
        first=first or paint.say("none"),
        again=again or paint.say("none"),
    )


def _others(finding: tuple[Match, ...], paint: _Paint) -> Iterator[str]:
    others = words.other_places(finding)
    also = paint.labels(*words.LABELS)[2]
    for paragraph in others[: words.PLACES_SHOWN]:
        yield _place_line(also, paragraph, "  ", paint)
    if len(others) > words.PLACES_SHOWN:
        yield f"  {also}  {_more_places(len(others) - words.PLACES_SHOWN, paint)}"


def _places(finding: tuple[Match, ...], limit: int, indent: str, paint: _Paint) -> Iterator[str]:
    first, again, _ = paint.labels(*words.LABELS)
    yield _place_line(first, finding[0].b, indent, paint)
    for match in finding[:limit]:
        yield _place_line(again, match.a, indent, paint)
    if len(finding) > limit:
        yield f"{indent}{again}  {_more_places(len(finding) - limit, paint)}"


def _more_places(count: int, paint: _Paint) -> str:
    return paint.say("in {places}; -f json lists all", places=paint.counted(count, "more place"))


def _place_line(label: str, paragraph: Paragraph, indent: str, paint: _Paint) -> str:
    line = f"{indent}{label}  {paint(words.place(paragraph, paint.lang, paint.show), 'cyan')}"
    title = words.headline(paragraph) if paint.titles else ""
    lang = paint.lang
    published = words.joined(words.published(paragraph, lang, paint.show), lang)
    known = (published, harmless(title), harmless(words.link(paragraph)))
    below = "".join(f"\n{indent}{' ' * len(label)}  {paint(each, 'dim')}" for each in known if each)
    return line + below


def _marked(pieces: Iterable[Piece], paint: _Paint) -> str:
    """Return a quote with what the other side does not have in brackets."""
    # Each piece is made harmless by itself: a bidi control may stand at any border.
    return "".join(_MARKS[tag](harmless(text), paint) for tag, text in pieces)


_MARKS = {
    "equal": lambda text, paint: paint(text),
    "shared": lambda text, paint: paint(text, "bold", "cyan"),
    "outside": lambda text, paint: paint(text, "dim"),
    "ignored": lambda text, paint: paint(f"<{text}>", "dim"),
    "spelling": lambda text, paint: paint(f"~{text}~", "dim"),
    "number": lambda text, paint: paint(f"[#{text}]", "bold", "red"),
    "insert": lambda text, paint: paint(f"[{text}]", "yellow"),
    "delete": lambda text, paint: paint(f"[{text}]", "yellow"),
    "replace": lambda text, paint: paint(f"[{text}]", "yellow"),
}


def _known_lines(report: Report, style: Style, paint: _Paint) -> Iterator[str]:
    """Yield one line for each finding of the baseline, or how many they are."""
    known = words.aside(report, "known")
    if not known:
        return
    yield f"\n{words.known_head(report, not style.new_only, paint.lang)}{'.' if style.new_only else ':'}\n"
    if style.new_only:
        return
    for match in known[:SHORT_SHOWN]:
        yield f"  {_line(match, paint)}\n"
    yield from _more(len(known), "more finding", paint)


def _quoted_lines(report: Report, paint: _Paint) -> Iterator[str]:
    """Yield one line for each quotation that does not count."""
    quoted = words.aside(report, "quoted")
    if quoted:
        yield f"\n{words.quoted_head(report, paint.lang)}:\n"
        yield from (f"  {_line(match, paint)}\n" for match in quoted[:SHORT_SHOWN])
        yield from _more(len(quoted), "more finding", paint)


def _formula_lines(report: Report, style: Style, paint: _Paint) -> Iterator[str]:
    """Yield the formulas that paragraphs follow with other facts: folded, or each pair of them."""
    formulas = report.formulas
    if not formulas:
        return
    if style.templates:
        shown = [match for match in report.matches if match.kind == "template"]
        yield f"\n{words.templates(report, paint.lang)}:\n"
        for number, match in enumerate(shown, 1):
            head = paint.say("template {number}/{count}", number=number, count=len(shown))
            yield "\n" + "\n".join(_finding_lines(head, (match,), style, paint)) + "\n"
        return
    yield "\n" + paint.say("{templates}; --templates shows them:", templates=words.templates(report, paint.lang)) + "\n"
    label = paint.say("in")
    for family in formulas[:SHORT_SHOWN]:
        yield f"  {words.follow(family, paint.lang)}\n"
        if not style.redact:
            yield f"    {_beginning(family.paragraphs[0].text)}\n"
        for paragraph in family.paragraphs[:FORMULA_PLACES]:
            yield f"{_place_line(label, paragraph, '    ', paint)}\n"
    yield from _more(len(formulas), "more formula", paint)


def _boilerplate_lines(report: Report, style: Style, paint: _Paint) -> Iterator[str]:
    """Yield one line for each text that so many articles have that it does not count."""
    found = words.aside(report, "boilerplate")
    if not found:
        return
    yield f"\n{words.boilerplate_head(report, paint.lang)}:\n"
    for match in found[:SHORT_SHOWN]:
        place = words.place(match.a, paint.lang, paint.show, whole=False)
        quoted = "" if style.redact else f": {_beginning(match.a.text)}"
        yield (
            "  "
            + paint.lang.say("{place}, in {articles}", place=place, articles=paint.counted(match.articles, "article"))
            + quoted
            + "\n"
        )
    yield from _more(len(found), "more text", paint)


def _short_lines(report: Report, style: Style, paint: _Paint) -> Iterator[str]:
    short = words.aside(report, "short")
    if not short:
        return
    yield f"\n{words.short_head(report, paint.lang)}:\n"
    texts = list(words.folded(short))
    for finding in texts[:SHORT_SHOWN]:
        if not style.redact:
            yield f"  {_beginning(finding[0].a.text)}\n"
        yield "".join(f"{line}\n" for line in _places(finding, 1, "    ", paint))
    yield from _more(len(texts), "more text", paint)


def _more(count: int, noun: str, paint: _Paint) -> Iterator[str]:
    if count > SHORT_SHOWN:
        yield "  " + paint.say("and {more}; -f json lists all", more=paint.counted(count - SHORT_SHOWN, noun)) + "\n"


def _beginning(text: str) -> str:
    text = harmless(text)
    return text if len(text) <= QUOTE_CHARS else f"{text[:QUOTE_CHARS]}…"


def _closing_lines(report: Report, style: Style, paint: _Paint) -> Iterator[str]:
    yield "\n"
    changed = [match for match in report.counting if match.kind != "exact"]
    if changed and not style.redact:
        marks = [paint.say("marks: [other words]  [#other number]  ~other spelling~")]
        marks += ["{" + paint.say("shared passage") + "}"] if any(match.parts is not None for match in changed) else []
        marks += [paint.say("<ignored phrase>")] if report.counts.ignored_phrases else []
        yield paint("  ".join(marks), "dim") + "\n"
    yield f"{words.share(report, paint.lang)}\n{words.how(report, paint.lang)}\n"
    for match in changed:
        if _is_file(match.a) and _is_file(match.b):
            asked = (*style.explain_with, _argument(match.b), _argument(match.a))
            command = " ".join(("dedup explain", *(shlex.quote(harmless(each)) for each in asked)))
            why = paint.lang.say("why: {command}", command=command)  # to be copied: nothing set apart
            yield f"{why}\n"
            return


def _is_file(paragraph: Paragraph) -> bool:
    # A file of several items is none: which of them is meant, the argument of `dedup explain` cannot say.
    return paragraph.article is None and paragraph.path == paragraph.doc and paragraph.row is None


def _argument(paragraph: Paragraph) -> str:
    return f"{paragraph.path}:{paragraph.paragraph}"


def _statistics(report: Report, paint: _Paint) -> Iterator[str]:
    for kind, count in report.by_kind.items():
        if count:
            short = sum(1 for match in report.matches if match.kind == kind and match.short)
            name = words.kind_name(kind, paint.lang)
            yield _figure(count, paint.say("{kind} ({n:,} short)", kind=name, n=short) if short else name, paint)
    yield _figure(len(report.formulas), paint.say("formulas that templates follow"), paint)
    yield _figure(len(report.clusters), paint.say("passages, each counted once wherever it stands"), paint)
    yield _figure(len(report.groups), paint.say("groups"), paint)
    yield _figure(len(report.duplicates), paint.say("paragraphs that repeat another"), paint)
    yield f"{words.share(report, paint.lang)}\n"


def _figure(count: int, what: str, paint: _Paint) -> str:
    return f"{paint.lang.number(count):>7}  {what}\n"


# --- concise --------------------------------------------------------------------------------------


def concise(report: Report, style: Style) -> Iterator[str]:
    """Yield one line a finding: ``path:line: kind score ~ path:line``; the verdict comes first."""
    paint = _Paint(style)
    yield _verdict_line(report, paint, style.draft)
    if style.statistics:
        yield from _statistics(report, paint)
        return
    folded = ("boilerplate",) if style.templates else ("boilerplate", "template")
    folded = (*folded, "known") if style.new_only else folded
    shown = ((match,) for match in report.matches if report.aside(match) not in folded)
    findings, left_out = order.together(shown, style)
    for (match,) in findings:
        yield f"{_line(match, paint, known=report.is_known(match))}\n"
    if left_out:
        yield f"{words.left_out(left_out, paint.lang)}\n"
    if not style.templates:
        for family in report.formulas:
            name, follow = words.kind_name("template", paint.lang), words.follow(family, paint.lang)
            yield f"{_at(family.paragraphs[0])}: {words.joined((name, follow), paint.lang)}\n"


def _line(match: Match, paint: _Paint, *, known: bool = False) -> str:
    kind = paint.say("spelling") if match.spelling else words.kind_name(match.kind, paint.lang)
    kind = paint.say("{kind} short", kind=kind) if match.short else kind
    kind = paint.say("{kind} quoted", kind=kind) if match.quoted else kind
    kind = paint.say("{kind} known", kind=kind) if known else kind
    score = paint.lang.number(cut(match.score), ".4f")
    return f"{_at(match.a)}: {kind} {score} ~ {_at(match.b)}{_numbers(match, paint)}"


def _at(paragraph: Paragraph) -> str:
    return harmless(f"{paragraph.path or paragraph.doc}:{places.line(paragraph)}")


def _numbers(match: Match, paint: _Paint) -> str:
    # After the places, not in them: a third number there would read as a column.
    both = paint.say("paragraphs {a} ~ {b}", a=match.a.paragraph, b=match.b.paragraph)
    shared = [paint.counted(match.words, "word")] if match.parts is not None else []
    return f" ({words.joined((both, *shared), paint.lang)})"
