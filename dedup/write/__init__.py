"""From a report to what leaves the program. Adding an output is a row in WRITERS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dedup.model import Report


@dataclass(frozen=True, slots=True)
class Style:
    """Say how a report is written: with colour, without any text of articles, how much.

    `templates` shows each pair that follows one formula, not only how many do; `draft` says that one text was
    checked, and that an archive would have been asked.
    """

    color: bool = False
    redact: bool = False
    quiet: bool = False
    statistics: bool = False
    templates: bool = False
    draft: bool = False


Writer = Callable[[Report, Style], Iterator[str]]


def _full(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.terminal import full

    return full(report, style)


def _concise(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.terminal import concise

    return concise(report, style)


def _json(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.json import json_report

    return json_report(report, style)


def _jsonl(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.json import jsonl_report

    return jsonl_report(report, style)


def _csv(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.csv import csv_report

    return csv_report(report, style)


def _markdown(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.markdown import markdown

    return markdown(report, style)


def _sarif(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.sarif import sarif

    return sarif(report, style)


def _github(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.github import github

    return github(report, style)


def _gitlab(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.gitlab import gitlab

    return gitlab(report, style)


def _junit(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.junit import junit

    return junit(report, style)


def _html(report: Report, style: Style) -> Iterator[str]:
    from dedup.write.html import page

    return page(report, style)


WRITERS: dict[str, Writer] = {
    "full": _full,
    "concise": _concise,
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "markdown": _markdown,
    "sarif": _sarif,
    "github": _github,
    "gitlab": _gitlab,
    "junit": _junit,
    "html": _html,
}
"""Output format -> the writer, which yields text in pieces."""
