"""GitLab's code quality report: a JSON list that a merge request shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dedup.model import Match, Report, shown
from dedup.write import places
from dedup.write.json import dumps

if TYPE_CHECKING:
    from dedup.write import Style

SEVERITIES = {places.ERROR: "major", places.WARNING: "minor", places.NOTE: "info"}


def gitlab(report: Report, style: Style) -> Iterator[str]:
    """Yield one list: each finding, and as blockers what could not be read."""
    found = [_issue(match, level, style.redact) for match, level in places.levels(report, style)]
    found += [
        {
            "description": shown(str(problem)),
            "check_name": "dedup/problem",
            "fingerprint": f"problem/{shown(problem.place)}",
            "severity": "blocker",
            "location": {"path": shown(problem.place), "lines": {"begin": 1}},
        }
        for problem in report.problems
    ]
    yield dumps(found, indent=2) + "\n"


def _issue(match: Match, level: str, redact: bool) -> dict[str, Any]:
    text = f"{match.kind}: repeats {places.place(match.b)}" if redact else places.sentence(match)
    return {
        "description": text,
        "check_name": f"dedup/{match.kind}",
        "fingerprint": match.id,
        "severity": SEVERITIES[level],
        "location": {"path": places.file(match.a) or shown(match.a.doc), "lines": {"begin": places.line(match.a)}},
    }
