"""The report as a page: one file, no network, right to left where the text is, no script needed."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from dedup.model import Diff, Match, Paragraph, Report, shown
from dedup.write import order, words
from dedup.write.quote import quotes

if TYPE_CHECKING:
    from dedup.write import Style

TAG_WORDS = {
    "insert": "only here",
    "delete": "only here",
    "replace": "other words",
    "number": "other number",
    "spelling": "other spelling",
}
"""Tag of a step -> what its mark says to a reader who sees no colour."""

FRAGMENT_FINDINGS = 50
"""Findings that a notebook cell shows."""


def page(report: Report, style: Style) -> Iterator[str]:
    """Yield a whole page, in pieces."""
    yield from _template("page.html").generate(**_context(report, style))


def fragment(report: Report) -> str:
    """Return the report as a part of a page, with its style: for notebooks."""
    from dedup.write import Style

    return str(_template("fragment.html").render(**_context(report, Style(top=FRAGMENT_FINDINGS))))


def _context(report: Report, style: Style) -> dict[str, Any]:
    redact = style.redact
    findings, left_out = order.together(words.folded(report.counting), style)
    short = words.aside(report, "short")
    return {
        "report": report,
        "draft": style.draft,
        "boilerplate": words.aside(report, "boilerplate"),
        "redact": redact,
        "style": Markup(_resource("style.css")),  # noqa: S704 - our own file
        "words": words,
        "cards": (_card(finding, redact) for finding in findings),
        "count": len(findings),
        "marked": not redact and any(finding[0].kind != "exact" for finding in findings),
        "left_out": left_out,
        "template_cards": (_card((m,), redact) for m in report.matches if style.templates and m.kind == "template"),
        "short": len(short),
        "short_rows": ((finding[0].b, [match.a for match in finding]) for finding in words.folded(short)),
    }


def _card(finding: tuple[Match, ...], redact: bool) -> dict[str, Any]:
    """Return what the page shows of a finding: both sides, the earlier first, and what changed."""
    match = finding[0]
    diff = Diff(()) if redact else match.diff()
    repeats = [match.a] if match.kind == "passage" else [m.a for m in finding]
    return {
        "kind": match.kind,
        "meaning": words.meaning(match),
        "direction": "ltr" if redact else direction(match.b.text),
        "sides": [
            {"label": "first", "quotes": _quotes(match, diff, 1, [match.b], redact)},
            {"label": "again", "quotes": _quotes(match, diff, 0, repeats, redact)},
        ],
        "also": words.other_places(finding) if match.kind == "passage" else [],
        "facts": words.facts(diff),
        "evidence": words.because(match),
    }


def _quotes(match: Match, diff: Diff, side: int, places: list[Paragraph], redact: bool) -> list[dict[str, Any]]:
    if redact:
        return [{"paragraphs": places, "pieces": []}]
    found = quotes(match, diff, side)
    if match.parts is None:
        return [{"paragraphs": places, "pieces": found[0].pieces}]
    return [{"paragraphs": [quote.paragraph], "pieces": quote.pieces} for quote in found]


# --- direction and language -----------------------------------------------------------------------

_NOT_ARABIC = re.compile("[پچژگکیےہٹڈڑںۀێەڕڵ]")
"""Letters of Persian, Urdu, Kurdish and others that write with Arabic letters."""


def direction(text: str) -> str:
    """Return `rtl` or `ltr`: that of the first strong character, as ``dir="auto"`` would.

    Computed here for the two columns: HTML's own `auto` looks past elements that have a `dir`.
    """
    for char in shown(text):
        if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def language(text: str) -> str:
    """Return `ar` for text that begins in Arabic letters and has none of other languages.

    Else nothing, which says that the language is not known: a voice must not read it as English.

    >>> language("قال الوزير"), language("وزیر گفت"), language("The minister")
    ('ar', '', '')
    """
    text = shown(text)
    first = next((char for char in text if unicodedata.bidirectional(char) in ("L", "R", "AL")), "")
    arabic = first != "" and unicodedata.bidirectional(first) == "AL" and "ARABIC" in unicodedata.name(first, "")
    return "ar" if arabic and not _NOT_ARABIC.search(text) else ""


# --- templates ------------------------------------------------------------------------------------


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(_resource),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _safe(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.globals.update(tag_words=TAG_WORDS, places_shown=words.PLACES_SHOWN, language=language)
    return environment


def _template(name: str) -> Any:
    return _environment().get_template(name)


def _safe(text: str) -> str:
    """Return text without what HTML cannot hold or what could reorder its surroundings."""
    return shown(text).translate(_UNWANTED)


_UNWANTED = {
    **dict.fromkeys((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)), "\ufffd"),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
}


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
