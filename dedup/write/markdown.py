"""Markdown: for a comment, a ticket, or the summary of a CI job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dedup.language import Language
from dedup.model import Match, Paragraph, Report
from dedup.write import order, places, words
from dedup.write.terminal import harmless

if TYPE_CHECKING:
    from dedup.write import Style

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
_BEGINNING = re.compile(r"^(\s*\d*)([#+\-=.)])")
"""What would begin a heading, a list or a rule."""


def markdown(report: Report, style: Style) -> Iterator[str]:
    """Yield the verdict, then each finding with both paragraphs."""
    lang = style.lang
    yield f"## {words.verdict_name(report, lang)}\n\n{_plain(words.verdict(report, style.draft, lang))}\n"
    if report.problems:
        problems = (f"- {_plain(words.problem(problem, lang))}\n" for problem in report.problems)
        yield "\n### " + lang.say("Not read") + "\n\n" + "".join(problems)
    findings, left_out = order.together(words.folded(report.counting), style)
    for number, finding in enumerate(findings, 1):
        yield from _finding(number, finding, style)
    if left_out:
        yield f"\n{_plain(words.left_out(left_out, lang))}\n"
    folded = [words.known_head(report, False, lang)] if words.aside(report, "known") else []
    folded += [words.quoted_head(report, lang)] if words.aside(report, "quoted") else []
    folded += [words.templates(report, lang)] if report.formulas else []
    folded += [words.boilerplate_head(report, lang)] if words.aside(report, "boilerplate") else []
    if folded:
        yield "\n" + "".join(f"- {_plain(line)}\n" for line in folded)
    if not style.quiet:
        yield f"\n{_plain(words.share(report, lang))} {_plain(words.how(report, lang))}\n"


def _finding(number: int, finding: tuple[Match, ...], style: Style) -> Iterator[str]:
    match, lang = finding[0], style.lang
    head = f"{words.kind_name(match.kind, lang)}: {words.meaning(match, lang)}"
    yield f"\n### {number}. {_plain(head)}\n\n"
    first, again = map(lang.gettext, words.LABELS[:2])
    yield f"- {first}: {_place(match.b, style)}\n"
    for each in finding[: words.PLACES_SHOWN]:
        yield f"- {again}: {_place(each.a, style)}\n"
    if len(finding) > words.PLACES_SHOWN:
        more = words.counted(len(finding) - words.PLACES_SHOWN, "more place", lang)
        yield f"- {again}: " + lang.say("in {places}", places=more) + "\n"
    if style.redact:
        return
    for name, before, now in words.facts(match.diff()):
        yield f"- {_changed(name, before, now, lang)}\n"
    texts = [match.b.text] if match.kind == "exact" else [match.b.text, match.a.text]
    for text in texts:
        yield f"\n> {_plain(text)}\n"


def _changed(name: str, before: str | None, now: str | None, lang: Language) -> str:
    none, fact = lang.say("none"), lang.gettext(words.FACT_NAMES[name])
    return lang.say("changed {name}: {before} → {now}", _plain, name=fact, before=before or none, now=now or none)


def _place(paragraph: Paragraph, style: Style) -> str:
    title, link = "" if style.redact else words.headline(paragraph), words.link(paragraph)
    named = _plain(title or paragraph.doc)
    shown_title = f"[{named}](<{link.replace('>', '%3E')}>)" if link else named if title else ""
    placed = _plain(places.place(paragraph, style.lang))
    return words.joined((placed, shown_title), style.lang) if shown_title else placed


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _BEGINNING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", harmless(text)))
