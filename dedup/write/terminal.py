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
from dedup.write import words
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
    def __init__(self, color: bool, titles: bool = True) -> None:
        self.color, self.titles = color, titles

    def __call__(self, text: str, *styles: str) -> str:
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(_ANSI[style] for style in styles)}m{text}\x1b[0m"


# --- full -----------------------------------------------------------------------------------------


def full(report: Report, style: Style) -> Iterator[str]:
    """Yield the report for a terminal."""
    paint = _Paint(style.color, not style.redact)
    yield _verdict_line(report, paint, style.draft)
    if style.statistics:
        yield from _statistics(report)
        return
    findings = list(words.folded(words.counting(report)))
    for number, finding in enumerate(findings, 1):
        yield "\n" + "\n".join(_finding_lines(f"{number}/{len(findings)}", finding, style, paint)) + "\n"
    yield from _formula_lines(report, style, paint)
    yield from _boilerplate_lines(report, style)
    yield from _short_lines(report, style, paint)
    if not style.quiet:
        yield from _closing_lines(report, style, paint)


def _verdict_line(report: Report, paint: _Paint, draft: bool = False) -> str:
    verdict = report.verdict
    head = paint(verdict.upper(), "bold", _VERDICT_COLORS[verdict])
    return f"{head}: {words.found(report)} in {words.compared(report, draft)}{words.unread(report)}\n"


def _finding_lines(number: str, finding: tuple[Match, ...], style: Style, paint: _Paint) -> Iterator[str]:
    match = finding[0]
    yield f"{paint(f'{number} {match.kind}', 'bold')}: {words.meaning(match)}"
    if match.kind == "exact" or style.redact:
        yield from _places(finding, words.PLACES_SHOWN, "  ", paint)
        if not style.redact:
            yield f"    {harmless(match.b.text)}"
        return
    diff = match.diff()
    for label, side in (("first", 1), ("again", 0)):
        for paragraph, pieces in quotes(match, diff, side):
            yield _place_line(label, paragraph, "  ", paint)
            yield f"    {_marked(pieces, paint)}"
    if len(finding) > 1:
        yield from _others(finding, paint)
    for name, first, again in words.facts(diff):
        yield f"    changed {name}: first {harmless(first or 'none')}, again {harmless(again or 'none')}"
    if match.evidence:
        yield paint(f"    because {words.because(match)}", "dim")


def _others(finding: tuple[Match, ...], paint: _Paint) -> Iterator[str]:
    others = words.other_places(finding)
    for paragraph in others[: words.PLACES_SHOWN]:
        yield _place_line("also ", paragraph, "  ", paint)
    if len(others) > words.PLACES_SHOWN:
        yield f"  also   in {counted(len(others) - words.PLACES_SHOWN, 'more place')}; -f json lists all"


def _places(finding: tuple[Match, ...], limit: int, indent: str, paint: _Paint) -> Iterator[str]:
    yield _place_line("first", finding[0].b, indent, paint)
    for match in finding[:limit]:
        yield _place_line("again", match.a, indent, paint)
    if len(finding) > limit:
        yield f"{indent}again  in {counted(len(finding) - limit, 'more place')}; -f json lists all"


def _place_line(label: str, paragraph: Paragraph, indent: str, paint: _Paint) -> str:
    line = f"{indent}{label}  {paint(harmless(_place(paragraph)), 'cyan')}"
    title = words.headline(paragraph) if paint.titles else ""
    known = (", ".join(words.published(paragraph)), title, words.link(paragraph))
    below = "".join(f"\n{indent}{' ' * len(label)}  {paint(harmless(each), 'dim')}" for each in known if each)
    return line + below


def _place(paragraph: Paragraph) -> str:
    """Return `Paragraph.place` with what it leaves out: the file of a row, the element of a page."""
    file = f" of {paragraph.path}" if paragraph.path not in (None, paragraph.doc) else ""
    row = f", row {paragraph.row}{file}" if paragraph.row is not None else ""
    part = f" (part {paragraph.part})" if paragraph.part is not None else ""
    element = f", {paragraph.element}" if paragraph.element else ""
    return f"{paragraph.doc}{row}: paragraph {paragraph.paragraph}{part}, line {paragraph.line}{element}"


def _marked(pieces: Iterable[Piece], paint: _Paint) -> str:
    """Return a quote with what the other side does not have in brackets."""
    # Each piece is made harmless by itself: a bidi control may stand at any border.
    return "".join(_MARKS[tag](harmless(text), paint) for tag, text in pieces)


_MARKS = {
    "equal": lambda text, paint: paint(text),
    "shared": lambda text, paint: paint(text, "bold", "cyan"),
    "outside": lambda text, paint: paint(text, "dim"),
    "spelling": lambda text, paint: paint(f"~{text}~", "dim"),
    "number": lambda text, paint: paint(f"[#{text}]", "bold", "red"),
    "insert": lambda text, paint: paint(f"[{text}]", "yellow"),
    "delete": lambda text, paint: paint(f"[{text}]", "yellow"),
    "replace": lambda text, paint: paint(f"[{text}]", "yellow"),
}


def _formula_lines(report: Report, style: Style, paint: _Paint) -> Iterator[str]:
    """Yield the formulas that paragraphs follow with other facts: folded, or each pair of them."""
    formulas = report.formulas
    if not formulas:
        return
    if style.templates:
        shown = [match for match in report.matches if match.kind == "template"]
        yield f"\n{words.templates(report)}:\n"
        for number, match in enumerate(shown, 1):
            lines = _finding_lines(f"template {number}/{len(shown)}", (match,), style, paint)
            yield "\n" + "\n".join(lines) + "\n"
        return
    yield f"\n{words.templates(report)}; --templates shows them:\n"
    for family in formulas[:SHORT_SHOWN]:
        yield f"  {words.follow(family)}\n"
        if not style.redact:
            yield f"    {_beginning(family.paragraphs[0].text)}\n"
        for paragraph in family.paragraphs[:FORMULA_PLACES]:
            yield f"{_place_line('in', paragraph, '    ', paint)}\n"
    if len(formulas) > SHORT_SHOWN:
        yield f"  and {counted(len(formulas) - SHORT_SHOWN, 'more formula')}; -f json lists all\n"


def _boilerplate_lines(report: Report, style: Style) -> Iterator[str]:
    """Yield one line for each text that so many articles have that it does not count."""
    found = words.boilerplate(report)
    if not found:
        return
    yield f"\n{words.boilerplate_head(report)}:\n"
    for match in found[:SHORT_SHOWN]:
        quoted = "" if style.redact else f": {_beginning(match.a.text)}"
        yield f"  {harmless(match.a.place)}, in {match.articles:,} articles{quoted}\n"
    if len(found) > SHORT_SHOWN:
        yield f"  and {counted(len(found) - SHORT_SHOWN, 'more text')}; -f json lists all\n"


def _short_lines(report: Report, style: Style, paint: _Paint) -> Iterator[str]:
    short = words.not_counting(report)
    if not short:
        return
    limit = report.settings.min_words
    yield f"\n{counted(len(short), 'short paragraph')} (under {limit} words) repeated; they do not count:\n"
    texts = list(words.folded(short))
    for finding in texts[:SHORT_SHOWN]:
        if not style.redact:
            yield f"  {_beginning(finding[0].a.text)}\n"
        yield "".join(f"{line}\n" for line in _places(finding, 1, "    ", paint))
    if len(texts) > SHORT_SHOWN:
        yield f"  and {counted(len(texts) - SHORT_SHOWN, 'more text')}; -f json lists all\n"


def _beginning(text: str) -> str:
    text = harmless(text)
    return text if len(text) <= QUOTE_CHARS else f"{text[:QUOTE_CHARS]}…"


def _closing_lines(report: Report, style: Style, paint: _Paint) -> Iterator[str]:
    yield "\n"
    changed = [match for match in words.counting(report) if match.kind != "exact"]
    if changed and not style.redact:
        shared = "  {shared passage}" if any(match.parts is not None for match in changed) else ""
        yield paint(f"marks: [other words]  [#other number]  ~other spelling~{shared}", "dim") + "\n"
    yield f"{words.share(report)}\n{words.how(report)}\n"
    for match in changed:
        if _is_file(match.a) and _is_file(match.b):
            yield f"why: dedup explain {_argument(match.b)} {_argument(match.a)}\n"
            return


def _is_file(paragraph: Paragraph) -> bool:
    return paragraph.article is None and paragraph.path is not None and paragraph.row is None


def _argument(paragraph: Paragraph) -> str:
    return shlex.quote(harmless(f"{paragraph.path}:{paragraph.paragraph}"))


def _statistics(report: Report) -> Iterator[str]:
    for kind, count in report.by_kind.items():
        if count:
            short = sum(1 for match in report.matches if match.kind == kind and match.short)
            yield f"{count:>7,}  {kind}{f' ({short:,} short)' if short else ''}\n"
    yield f"{len(report.formulas):>7,}  formulas that templates follow\n"
    yield f"{len(report.clusters):>7,}  passages, each counted once wherever it stands\n"
    yield f"{len(report.groups):>7,}  groups\n"
    yield f"{len(report.duplicates):>7,}  paragraphs that repeat another\n"
    yield f"{words.share(report)}\n"


# --- concise --------------------------------------------------------------------------------------


def concise(report: Report, style: Style) -> Iterator[str]:
    """Yield one line a finding: ``path:line: kind score ~ path:line``; the verdict comes first."""
    paint = _Paint(style.color, not style.redact)
    yield _verdict_line(report, paint, style.draft)
    if style.statistics:
        yield from _statistics(report)
        return
    for match in report.matches:
        if match.boilerplate or (match.kind == "template" and not style.templates):
            continue
        short = " short" if match.short else ""
        kind = "spelling" if match.spelling else match.kind
        yield f"{_at(match.a)}: {kind}{short} {cut(match.score):.4f} ~ {_at(match.b)}{_numbers(match)}\n"
    if not style.templates:
        for family in report.formulas:
            yield f"{_at(family.paragraphs[0])}: template, {words.follow(family)}\n"


def _at(paragraph: Paragraph) -> str:
    # A row of a table is found by its line in the file; a text by the line of the paragraph.
    place = paragraph.path or paragraph.doc
    line = paragraph.row if paragraph.row is not None else paragraph.line
    return harmless(f"{place}:{line}")


def _numbers(match: Match) -> str:
    # After the places, not in them: a third number there would read as a column.
    shared = f", {counted(match.words, 'word')}" if match.parts is not None else ""
    return f" (paragraphs {match.a.paragraph} ~ {match.b.paragraph}{shared})"
