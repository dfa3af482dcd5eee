"""The report for eyes: verdict first, then each finding with both paragraphs one above the other.

Arabic stays in logical order, each field on a line of its own, so that a terminal that orders text
right to left can, and copying works. What changed is marked with brackets; colour only repeats it.
Everything quoted is made harmless first: a text must not steer the terminal that shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dedup.model import DiffOp, Match, Paragraph, Report, shown

if TYPE_CHECKING:
    from dedup.write import Style

KIND_WORDS = {
    "exact": "the same characters",
    "normalized": "the same text, other marks or punctuation",
    "near": "nearly the same",
    "rewritten": "rewritten",
    "passage": "a shared passage",
    "template": "one formula, other facts",
}
SHORT_SHOWN = 5
"""Short paragraphs that are listed before "and n more"."""
QUOTE_CHARS = 60
"""Characters of a short paragraph that its line shows."""

_ANSI = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36", "dim": "2"}
_VERDICT_COLORS = {"block": "red", "warn": "yellow", "pass": "green"}
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]|\r")
_SPACE = re.compile(r"[\t\n\r\f\v]+")


def harmless(text: str) -> str:
    r"""Return `text` so that a terminal only shows it: controls as ``\x1b``, no bidi overrides.

    >>> harmless("a\x1b[31mb\u202ec")
    'a\\x1b[31mbc'
    """
    text = _BIDI_CONTROLS.sub("", _SPACE.sub(" ", shown(text)))
    return _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


class _Paint:
    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, *styles: str) -> str:
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(_ANSI[style] for style in styles)}m{text}\x1b[0m"


# --- full -----------------------------------------------------------------------------------------


def full(report: Report, style: Style) -> Iterator[str]:
    """Yield the report for a terminal."""
    paint = _Paint(style.color)
    yield _verdict_line(report, paint) + "\n"
    if style.statistics:
        yield from _statistics(report)
        return
    long = [match for match in report.matches if not match.short]
    for number, match in enumerate(long, 1):
        yield "\n" + "\n".join(_finding_lines(f"{number}/{len(long)}", match, style, paint)) + "\n"
    yield from _short_lines([match for match in report.matches if match.short], report, style)
    if not style.quiet:
        yield from _closing_lines(report, long, paint)


def _verdict_line(report: Report, paint: _Paint) -> str:
    verdict = report.verdict
    head = paint(verdict.upper(), "bold", _VERDICT_COLORS[verdict])
    return f"{head}: {_found(report)} in {_read(report)}"


def _found(report: Report) -> str:
    count = sum(1 for match in report.matches if not match.short)
    if not count:
        return "no repeated paragraphs"
    kinds = [f"{n} {kind}" for kind in report.by_kind if (n := _long_of(report, kind))]
    return f"{_counted(count, 'repeated paragraph')} ({', '.join(kinds)})"


def _long_of(report: Report, kind: str) -> int:
    return sum(1 for match in report.matches if match.kind == kind and not match.short)


def _read(report: Report) -> str:
    paragraphs = _counted(report.counts.paragraphs, "paragraph")
    return f"{paragraphs} of {_counted(report.counts.documents, 'document')}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _finding_lines(number: str, match: Match, style: Style, paint: _Paint) -> Iterator[str]:
    words = "the same text, other spelling" if match.spelling else KIND_WORDS[match.kind]
    score = "" if match.score == 1 else f", {_percent(match.score)} alike"
    yield f"{paint(f'{number} {match.kind}', 'bold')}: {words}{score}"
    diff = None if style.redact else match.diff()
    for label, paragraph, side in (("first", match.b, "b"), ("again", match.a, "a")):
        yield f"  {label}  {paint(harmless(paragraph.place), 'cyan')}"
        if diff is not None:
            yield "    " + _marked(paragraph, diff.ops, side, paint)
    if diff is not None:
        yield from _change_lines("numbers", diff.changed_numbers)
        yield from _change_lines("days", diff.changed_days)


def _percent(score: float) -> str:
    return f"{int(score * 1000 + 1e-6) / 10:.1f} %"  # cut, as everywhere


def _marked(paragraph: Paragraph, ops: Iterable[DiffOp], side: str, paint: _Paint) -> str:
    """Return the paragraph with what the other does not have in brackets."""
    parts: list[str] = []
    done = 0
    for op in ops:
        low, high = (offset - paragraph.start for offset in (op.a_span if side == "a" else op.b_span))
        if op.tag == "equal" or low == high:
            continue
        parts.append(harmless(paragraph.text[done:low]))
        parts.append(_MARKS[op.tag](harmless(paragraph.text[low:high]), paint))
        done = high
    # Each piece was made harmless by itself: a bidi control may stand at any border.
    return "".join((*parts, harmless(paragraph.text[done:])))


_MARKS = {
    "spelling": lambda text, paint: paint(f"~{text}~", "dim"),
    "number": lambda text, paint: paint(f"[#{text}]", "bold", "red"),
    "insert": lambda text, paint: paint(f"[{text}]", "yellow"),
    "delete": lambda text, paint: paint(f"[{text}]", "yellow"),
    "replace": lambda text, paint: paint(f"[{text}]", "yellow"),
}


def _change_lines(name: str, changes: Iterable[tuple[str | None, str | None]]) -> Iterator[str]:
    for a, b in changes:
        yield f"    {name}: {harmless(b) if b else 'none'} → {harmless(a) if a else 'none'}"


def _short_lines(short: list[Match], report: Report, style: Style) -> Iterator[str]:
    if not short:
        return
    effect = "they count, too" if report.settings.fail_short else "they do not count"
    limit = report.settings.min_words
    yield f"\n{_counted(len(short), 'short paragraph')} (under {limit} words) repeated; {effect}:\n"
    for match in short[:SHORT_SHOWN]:
        yield f"  {harmless(match.a.place)} = {harmless(match.b.place)}\n"
        if not style.redact:
            yield f"    {harmless(match.a.text)[:QUOTE_CHARS]}\n"
    if len(short) > SHORT_SHOWN:
        yield f"  and {len(short) - SHORT_SHOWN:,} more; -f json lists all\n"


def _closing_lines(report: Report, long: list[Match], paint: _Paint) -> Iterator[str]:
    settings, counts = report.settings, report.counts
    yield "\n"
    if long:
        yield paint("[changed]  [#number]  ~other spelling~", "dim") + "\n"
    yield f"{_percent(report.duplicated_ratio)} of {counts.words:,} words repeat an earlier paragraph.\n"
    yield (
        f"near from {settings.threshold:g}, rewritten from {settings.rewritten_threshold:g}; profile "
        f"{settings.normalize}; paragraphs from {settings.min_words} words; compared by {_generator(report)}; "
        f"paragraphs split by {_rules(report)}.\n"
    )
    if long:
        a, b = long[0].a, long[0].b
        if a.path is not None and b.path is not None and a.row is None and b.row is None:
            yield f"why: dedup explain {_argument(b)} {_argument(a)}\n"


def _argument(paragraph: Paragraph) -> str:
    argument = harmless(f"{paragraph.path}:{paragraph.paragraph}")
    return f"'{argument}'" if re.search(r"[^\w./:\-]", argument) else argument


def _generator(report: Report) -> str:
    generator = report.generator
    if generator.name != "banding":
        return generator.name
    lowest = min(generator.recall, default=None)
    expected = f", expected recall {generator.recall[lowest]:.2f} at {lowest}" if lowest else ""
    return f"banding ({generator.parameters['bands']} x {generator.parameters['rows']}{expected})"


def _rules(report: Report) -> str:
    return ", ".join(report.paragraph_rules) or "none"


def _statistics(report: Report) -> Iterator[str]:
    for kind, count in report.by_kind.items():
        if count:
            short = count - _long_of(report, kind)
            yield f"{count:>7,}  {kind}{f' ({short:,} short)' if short else ''}\n"
    yield f"{len(report.groups):>7,}  groups\n"
    yield f"{len(report.duplicates):>7,}  paragraphs that repeat another\n"


# --- concise --------------------------------------------------------------------------------------


def concise(report: Report, style: Style) -> Iterator[str]:
    """Yield one line a finding: ``path:line: kind score ~ path:line``; the verdict comes first."""
    paint = _Paint(style.color)
    yield _verdict_line(report, paint) + "\n"
    if style.statistics:
        yield from _statistics(report)
        return
    for match in report.matches:
        short = " short" if match.short else ""
        kind = "spelling" if match.spelling else match.kind
        yield f"{_at(match.a)}: {kind}{short} {_cut(match.score)} ~ {_at(match.b)}\n"


def _at(paragraph: Paragraph) -> str:
    # A row of a table is found by its line in the file; a text by the line of the paragraph.
    place = paragraph.path or paragraph.doc
    line = paragraph.row if paragraph.row is not None else paragraph.line
    return harmless(f"{place}:{line}:{paragraph.paragraph}")


def _cut(score: float) -> str:
    return f"{int(score * 10_000 + 1e-6) / 10_000:.4f}"
