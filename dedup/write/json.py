"""JSON and JSON lines: the report for other programs, in the shape `dedup/1` (docs/reference/json.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dedup.model import Report

if TYPE_CHECKING:
    from dedup.write import Style


def json_report(report: Report, style: Style) -> Iterator[str]:
    """Yield the report as one JSON object, written finding by finding."""
    head = dumps(report.head(redact=style.redact), indent=2)
    yield head.removesuffix("\n}")
    for name, values in (
        ("findings", (match.to_dict(redact=style.redact) for match in report.matches)),
        ("groups", (group.to_dict(redact=style.redact) for group in report.groups)),
        ("problems", (problem.to_dict() for problem in report.problems)),
        ("paragraphs", (paragraph.to_dict() for paragraph in report.paragraphs if not style.redact)),
    ):
        yield f',\n  "{name}": ['
        comma = ""
        for value in values:
            yield f"{comma}\n    {dumps(value)}"
            comma = ","
        yield "\n  ]" if comma else "]"
    yield "\n}\n"


def jsonl_report(report: Report, style: Style) -> Iterator[str]:
    """Yield one finding a line; the last line is the head, with the summary, and the problems."""
    for match in report.matches:
        yield dumps({"type": "finding", **match.to_dict(redact=style.redact)}) + "\n"
    problems = [problem.to_dict() for problem in report.problems]
    yield dumps({"type": "summary", **report.head(redact=style.redact), "problems": problems}) + "\n"


def dumps(value: Any, indent: int | None = None) -> str:
    """Return `value` as JSON with its letters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
