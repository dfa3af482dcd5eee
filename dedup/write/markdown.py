"""Markdown: for a comment, a ticket, or the summary of a CI job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dedup.model import Match, Paragraph, Report
from dedup.write import places, words
from dedup.write.terminal import harmless

if TYPE_CHECKING:
    from dedup.write import Style

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
_BEGINNING = re.compile(r"^(\s*\d*)([#+\-=.)])")
"""What would begin a heading, a list or a rule."""


def markdown(report: Report, style: Style) -> Iterator[str]:
    """Yield the verdict, then each finding with both paragraphs."""
    said = f"{words.found(report)} in {words.compared(report, style.draft)}"
    yield f"## {report.verdict.upper()}\n\n{_plain(said)}{_plain(words.unread(report))}\n"
    if report.problems:
        yield "\n### Not read\n\n" + "".join(f"- {_plain(str(problem))}\n" for problem in report.problems)
    for number, finding in enumerate(words.folded(words.counting(report)), 1):
        yield from _finding(number, finding, style)
    folded = [words.templates(report)] if report.formulas else []
    folded += [words.boilerplate_head(report)] if words.boilerplate(report) else []
    if folded:
        yield "\n" + "".join(f"- {_plain(line)}\n" for line in folded)
    if not style.quiet:
        yield f"\n{_plain(words.share(report))} {_plain(words.how(report))}\n"


def _finding(number: int, finding: tuple[Match, ...], style: Style) -> Iterator[str]:
    match = finding[0]
    yield f"\n### {number}. {_plain(f'{match.kind}: {words.meaning(match)}')}\n\n"
    yield f"- first: {_place(match.b, style.redact)}\n"
    for each in finding[: words.PLACES_SHOWN]:
        yield f"- again: {_place(each.a, style.redact)}\n"
    if len(finding) > words.PLACES_SHOWN:
        yield f"- again: in {words.counted(len(finding) - words.PLACES_SHOWN, 'more place')}\n"
    if style.redact:
        return
    for name, before, now in words.facts(match.diff()):
        yield f"- changed {name}: {_plain(before or 'none')} → {_plain(now or 'none')}\n"
    texts = [match.b.text] if match.kind == "exact" else [match.b.text, match.a.text]
    for text in texts:
        yield f"\n> {_plain(text)}\n"


def _place(paragraph: Paragraph, redact: bool) -> str:
    title, link = "" if redact else words.headline(paragraph), words.link(paragraph)
    named = _plain(title or paragraph.doc)
    shown_title = f", [{named}](<{link.replace('>', '%3E')}>)" if link else f", {named}" if title else ""
    return f"{_plain(places.place(paragraph))}{shown_title}"


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _BEGINNING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", harmless(text)))
