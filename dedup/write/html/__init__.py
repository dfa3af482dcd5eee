"""The report as a page: one file, no network, right to left where the text is, no script needed."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from dedup.model import Match, Paragraph, Report, cut, shown
from dedup.version import __version__
from dedup.write.terminal import KIND_WORDS

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
    yield from _template("page.html").generate(**_context(report, style.redact, len(report.matches)))


def fragment(report: Report) -> str:
    """Return the report as a part of a page, with its style: for notebooks."""
    return str(_template("fragment.html").render(**_context(report, False, FRAGMENT_FINDINGS)))


def _context(report: Report, redact: bool, limit: int) -> dict[str, Any]:
    long = [match for match in report.matches if not match.short]
    return {
        "report": report,
        "redact": redact,
        "version": __version__,
        "style": Markup(_resource("style.css")),  # noqa: S704 - our own file
        "findings": long[:limit],
        "left_out": max(0, len(long) - limit),
        "short": [match for match in report.matches if match.short],
        "kind_words": KIND_WORDS,
        "percent": lambda likeness: f"{cut(likeness) * 100:.1f} %",
        "sides": lambda match: _sides(match, redact),
        "diff": lambda match: match.diff(),
        "direction": direction,
    }


def direction(text: str) -> str:
    """Return `rtl` or `ltr`: that of the first strong character, as ``dir="auto"`` would.

    Computed here for the two columns: HTML's own `auto` looks past elements that have a `dir`.
    """
    for char in text:
        if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def _sides(match: Match, redact: bool) -> list[dict[str, Any]]:
    """Return both paragraphs of a match, the earlier one first, cut where they differ."""
    ops = () if redact else match.diff().ops
    return [
        {"label": label, "paragraph": paragraph, "pieces": _pieces(paragraph, ops, side)}
        for label, paragraph, side in (("first", match.b, 1), ("again", match.a, 0))
    ]


def _pieces(paragraph: Paragraph, ops: Any, side: int) -> list[tuple[str, str]]:
    """Return (tag, text) of the whole paragraph; what no step touches is equal."""
    pieces, done = [], 0
    for op in ops:
        low, high = (offset - paragraph.start for offset in (op.a_span, op.b_span)[side])
        if op.tag != "equal" and low < high:
            pieces += [("equal", paragraph.text[done:low]), (op.tag, paragraph.text[low:high])]
            done = high
    pieces.append(("equal", paragraph.text[done:]))
    return [(tag, text) for tag, text in pieces if text]


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
    environment.globals["tag_words"] = TAG_WORDS
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
