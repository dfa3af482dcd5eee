"""From a report to what leaves the program. Adding an output is a row in WRITERS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from dedup.language import ENGLISH, Language
from dedup.model import Report


class Style(NamedTuple):
    """Say how a report is written: with colour, without any text of articles, how much.

    `bidi` is who orders right-to-left text on a terminal (`dedup.write.bidi`).
    `lang` is the language of formats for people; those for machines are English always.
    `sort` is one of `order.SORTS` (else the order of the report), `top` how many findings are listed (else all).
    `new_only` leaves out those of a baseline.
    `templates` shows each pair that follows one formula, not only how many do. `redact` and `draft` hold where the
    report says so, too: a redacted one has no texts, and of a draft it is told that no archive was asked.
    `explain_with` are the options with which `dedup explain` compares as the run did.
    """

    color: bool = False
    redact: bool = False
    quiet: bool = False
    statistics: bool = False
    templates: bool = False
    draft: bool = False
    lang: Language = ENGLISH
    sort: str | None = None
    top: int | None = None
    new_only: bool = False
    bidi: str = "terminal"
    explain_with: tuple[str, ...] = ()


Writer = Callable[[Report, Style], Iterator[str]]


def _written_by(module: str, name: str) -> Writer:
    """Return the writer `name` of a module of this package, which loads when a report is written."""

    def write(report: Report, style: Style) -> Iterator[str]:
        style = style._replace(redact=style.redact or report.redacted, draft=style.draft or report.draft)
        pieces: Iterator[str] = getattr(import_module(f"dedup.write.{module}"), name)(report, style)
        return pieces

    return write


WRITERS: dict[str, Writer] = {
    "full": _written_by("terminal", "full"),
    "concise": _written_by("terminal", "concise"),
    "json": _written_by("json", "json_report"),
    "jsonl": _written_by("json", "jsonl_report"),
    "csv": _written_by("csv", "csv_report"),
    "markdown": _written_by("markdown", "markdown"),
    "sarif": _written_by("sarif", "sarif"),
    "github": _written_by("github", "github"),
    "gitlab": _written_by("gitlab", "gitlab"),
    "junit": _written_by("junit", "junit"),
    "html": _written_by("html", "page"),
}
"""Output format -> the writer, which yields text in pieces."""


def schema() -> str:
    """Return the JSON Schema of what `json` writes."""
    from importlib.resources import files  # takes 10 ms to load

    return files(__package__).joinpath("report.schema.json").read_text("utf-8")
