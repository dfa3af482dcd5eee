"""The report as a page: one file, no network, right to left where the text is, no script needed to read it."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from dedup.language import Language, mark
from dedup.model import Paragraph, Report, shown
from dedup.write import order, words
from dedup.write.html import cards, whole
from dedup.write.html.direction import direction, language

if TYPE_CHECKING:
    from dedup.write import Style

__all__ = ["FRAGMENT_FINDINGS", "TAG_WORDS", "direction", "fragment", "language", "page"]

TAG_WORDS = {
    "insert": mark("only here"),
    "delete": mark("only here"),
    "replace": mark("other words"),
    "number": mark("other number"),
    "spelling": mark("other spelling"),
}
"""Tag of a step -> what its mark says to a reader who sees no colour."""

FRAGMENT_FINDINGS = 50
"""Findings that a notebook cell shows."""
LINKS_SHOWN = 50
"""Findings of one source or paragraph that are linked to by number."""


def page(report: Report, style: Style) -> Iterator[str]:
    """Yield a whole page, in pieces."""
    listed, left_out = order.together(cards.findings(report, style.redact), style)
    script = _resource("script.js")
    around = {
        "whole": True,
        "sources": whole.sources(listed),
        "texts": [] if style.redact else whole.texts(report, listed),
        "foot": _foot(style.lang),
        "script": Markup(script),  # noqa: S704 - our own file
        "script_hash": f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
        "template_cards": (
            cards.card((m,), style.redact, style.lang, style.draft)
            for m in report.matches
            if style.templates and m.kind == "template"
        ),
    }
    context = _context(report, listed, left_out, style)
    yield from _template("page.html").generate(**context, **around)


def fragment(report: Report) -> str:
    """Return the report as a part of a page, with its style: for notebooks."""
    from dedup.write import Style

    style = Style(top=FRAGMENT_FINDINGS, redact=report.redacted, draft=report.draft)
    listed, left_out = order.together(cards.findings(report, style.redact), style)
    context = _context(report, listed, left_out, style)
    return str(_template("fragment.html").render(**context, whole=False, template_cards=()))


def _foot(lang: Language) -> Markup:
    """Return what stands at the foot of each printed sheet, as CSS counts it."""
    shape = "decimal" if lang.digits == "latin" else "arabic-indic"
    said = f'"{lang.gettext("page {n} of {all}")}"'
    for name, counter in (("{n}", "page"), ("{all}", "pages")):
        said = said.replace(name, f'" counter({counter}, {shape}) "')
    return Markup(said)  # noqa: S704 - our own message


def _context(report: Report, listed: Sequence[cards.Finding], left_out: int, style: Style) -> dict[str, Any]:
    redact, draft, lang = style.redact, style.draft, style.lang
    short = words.aside(report, "short")
    return {
        "report": report,
        "lang": lang,
        "draft": draft,
        "boilerplate": words.aside(report, "boilerplate"),
        "known": words.aside(report, "known"),
        "quoted": words.aside(report, "quoted"),
        "new_only": style.new_only,
        "redact": redact,
        "verdict": words.verdict_name(report, lang),
        "style": Markup(_resource("style.css")),  # noqa: S704 - our own file
        "cards": (cards.card(finding, redact, lang, draft) for finding in listed),
        "count": len(listed),
        "marked": not redact and any(finding[0].kind != "exact" for finding in listed),
        "left_out": left_out,
        "short": len(short),
        "short_rows": ((finding[0].b, [match.a for match in finding]) for finding in words.folded(short)),
        **_saying(report, redact, lang),
    }


def _saying(report: Report, redact: bool, lang: Language) -> dict[str, Callable[..., Any] | str]:
    """Return what the templates call to say something in a language."""

    def fact(changed: words.Fact) -> Markup:
        name, first, again = changed
        named = lang.gettext(words.FACT_NAMES[name])
        first, again = (_apart(side or lang.say("none")) for side in (first, again))
        return _shown(lang.say("changed {name}: first {first}, again {again}", name=named, first=first, again=again))

    return {
        "say": lang.say,
        "fact": fact,
        "sentence": lambda text: _shown(_DATE.sub(lambda date: _apart(date[0]), text)),
        "because": lambda evidence: _shown(lang.say("because {evidence}", evidence=_apart(evidence))),
        "place": lambda paragraph: _place(paragraph, redact, lang),
        "origin": lambda paragraph: _origin(paragraph, redact, lang),
        "trouble": lambda problem: _shown(words.problem(problem, lang, _apart)),
        "remark": lambda text: _shown(_apart(lang.tell(text) if lang.knows(text) else words.notice(text, lang))),
        "reason": lambda text: _shown(lang.tell(text)),
        "percent": lambda source: words.percent(source.words / report.counts.words if report.counts.words else 0, lang),
        "shown_template": lang.gettext("{n} of {all} findings are shown."),
    }


# --- places, with each name set apart -------------------------------------------------------------

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Stand round a name until all else is escaped: characters of private use, which no shown text keeps."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?")
"""A date with its signs, which between Arabic words would be turned about: 03-03-2026."""
_PRIVATE = {ord(_OPEN): "\ufffd", ord(_CLOSE): "\ufffd"}


def _apart(text: str) -> str:
    """Return a name as words are told to set it apart: it decides its own direction, and not that of others."""
    return f"{_OPEN}{text.translate(_PRIVATE)}{_CLOSE}"


def _shown(text: str) -> Markup:
    """Return a sentence as markup, with the names in it set apart."""
    escaped = str(escape(_safe(text)))
    return Markup(escaped.replace(_OPEN, '<bdi dir="auto">').replace(_CLOSE, "</bdi>"))  # noqa: S704 - escaped


def _place(paragraph: Paragraph, redact: bool, lang: Language) -> Markup:
    return _shown(words.place(paragraph, lang, _apart)) + _known(paragraph, redact, lang)


def _origin(paragraph: Paragraph, redact: bool, lang: Language) -> Markup:
    """Return a document: its name, and what is known of the article."""
    row = lang.say(", row {row}", row=paragraph.row) if paragraph.row is not None else ""
    return _shown(f"{_apart(paragraph.doc)}{row}") + _known(paragraph, redact, lang)


def _known(paragraph: Paragraph, redact: bool, lang: Language) -> Markup:
    """Return when and where an article was published, and its title with its address."""
    comma = Markup(escape(lang.gettext(", ")))  # noqa: S704 - escaped
    parts = [_shown(each) for each in words.published(paragraph, lang, _apart)]
    title, address = "" if redact else words.headline(paragraph), words.link(paragraph)
    named = _shown(_apart(title or address)) if title or address else Markup("")
    if address:
        named = Markup('<a href="{}" rel="noreferrer">{}</a>').format(_safe(address), named)
    parts += [named] if named else []
    return Markup("").join(comma + part for part in parts)


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
    environment.globals.update(
        tag_words=TAG_WORDS,
        places_shown=words.PLACES_SHOWN,
        sources_shown=whole.SOURCES_SHOWN,
        links_shown=LINKS_SHOWN,
        language=language,
        words=words,
    )
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
