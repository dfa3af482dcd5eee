"""Which findings a report lists, and in which order: a view, which changes neither verdict nor exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from dedup.model import Match, Report

if TYPE_CHECKING:
    from dedup.write import Style

SORTS: dict[str, Callable[[Match], tuple[Any, ...]]] = {
    "score": lambda match: (-match.score, -match.words),
    "size": lambda match: (-match.words, -match.score),
    "source": lambda match: (match.b.doc, match.b.row or 0, match.b.paragraph, match.b.part or 0),
}
"""Name of an order -> the key it sorts by: the most alike first, the longest first, by what is repeated.

What is equal stays in the order of the report.
"""


def listed(report: Report, style: Style) -> tuple[list[Match], int]:
    """Return the findings that are listed one by one, and how many are left out."""
    chosen = [(match,) for match in report.matches if not (style.new_only and report.is_known(match))]
    findings, left_out = together(chosen, style)
    return [match for (match,) in findings], left_out + len(report.matches) - len(chosen)


def together(findings: Iterable[tuple[Match, ...]], style: Style) -> tuple[list[tuple[Match, ...]], int]:
    """Return the findings that are listed, of which some are shown together, and how many are left out."""
    chosen = list(findings)
    if style.sort is not None:
        chosen.sort(key=lambda finding: SORTS[style.sort or ""](finding[0]))
    top = len(chosen) if style.top is None else style.top
    return chosen[:top], max(0, len(chosen) - top)
