"""Annotations of GitHub Actions: one workflow command a finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dedup.model import Match, Report
from dedup.write import order, places, words

if TYPE_CHECKING:
    from dedup.write import Style

COMMANDS = {places.ERROR: "error", places.WARNING: "warning", places.NOTE: "notice"}


def github(report: Report, style: Style) -> Iterator[str]:
    """Yield a command for each finding and each problem; the last line is the verdict, for the log."""
    for problem in report.problems:
        yield f"::error title=dedup::{_data(str(problem))}\n"
    if report.exceeded:
        yield f"::error title=dedup::{_data(words.limits(report))}\n"
    for match, level in places.levels(report, style):
        if level != places.NOTE or (style.templates and not report.is_known(match)):
            yield f"::{COMMANDS[level]} {_properties(match)}::{_data(_message(match, style))}\n"
    if left_out := order.listed(report, style)[1]:
        yield f"{words.left_out(left_out)}\n"
    yield f"{report.verdict.upper()}: {words.verdict(report, style.draft)}\n"


def _message(match: Match, style: Style) -> str:
    return f"{match.kind}: repeats {places.place(match.b)}" if style.redact else places.sentence(match)


def _properties(match: Match) -> str:
    file = places.file(match.a)
    title = f"title={_property(f'dedup {match.kind}')}"
    return title if file is None else f"file={_property(file)},line={places.line(match.a)},{title}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
