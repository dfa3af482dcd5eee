"""JSON and JSON lines: the report for other programs, in the shape `dedup/1` (docs/reference/json.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dedup.model import Report
from dedup.write import order

if TYPE_CHECKING:
    from dedup.write import Style


def json_report(report: Report, style: Style) -> Iterator[str]:
    """Yield the report as one JSON object, written finding by finding."""
    findings, left_out = order.listed(report, style)
    head = dumps(_head(report, style, left_out), indent=2)
    yield head.removesuffix("\n}")
    for name, values in (
        ("findings", (report.finding(match, redact=style.redact) for match in findings)),
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
    findings, left_out = order.listed(report, style)
    for match in findings:
        yield dumps({"type": "finding", **report.finding(match, redact=style.redact)}) + "\n"
    problems = [problem.to_dict() for problem in report.problems]
    yield dumps({"type": "summary", **_head(report, style, left_out), "problems": problems}) + "\n"


def _head(report: Report, style: Style, left_out: int) -> dict[str, Any]:
    head = report.head(redact=style.redact)
    head["summary"]["findings_left_out"] = left_out
    return head


def dumps(value: Any, indent: int | None = None) -> str:
    """Return `value` as JSON with its letters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
