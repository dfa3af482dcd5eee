"""What the page shows of each finding: both sides in pieces, what changed, and what its marks and toggles go by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dedup.language import Language
from dedup.model import Diff, Match, Paragraph, Report
from dedup.write import words
from dedup.write.html.direction import direction
from dedup.write.quote import quotes

Finding = tuple[Match, ...]
"""Matches that are shown as one: copies of one text, or a passage in many places."""


def findings(report: Report, redact: bool) -> list[Finding]:
    """Return what counts in the order of the page: those with a changed number first, else as the report has them."""
    listed = list(words.folded(report.counting))
    if redact:
        return listed
    return sorted(listed, key=lambda finding: finding[0].kind == "exact" or not finding[0].diff().changed_numbers)


def card(finding: Finding, redact: bool, lang: Language, draft: bool) -> dict[str, Any]:
    """Return what the page shows of a finding.

    The earlier text comes first, as it is read; of a draft the draft does, as an editor looks at it.
    """
    match = finding[0]
    diff = Diff(()) if redact else match.diff()
    repeats = [match.a] if match.kind == "passage" else [m.a for m in finding]
    sides = [
        {"label": _label(match, 1, lang, draft), "quotes": _quotes(match, diff, 1, [match.b], redact)},
        {"label": _label(match, 0, lang, draft), "quotes": _quotes(match, diff, 0, repeats, redact)},
    ]
    return {
        "kind": words.kind_name(match.kind, lang),
        "meaning": words.meaning(match, lang),
        "direction": lang.dir if redact else direction(match.b.text),
        "sides": sides[::-1] if draft else sides,
        "also": words.other_places(finding) if match.kind == "passage" else [],
        "facts": words.facts(diff),
        "evidence": words.because(match, lang),
        "words": match.words,
        "only_spelling": match.kind == "normalized",
    }


def _label(match: Match, side: int, lang: Language, draft: bool) -> str:
    if not draft:
        return lang.gettext(words.LABELS[0 if side else 1])
    if side == 0:
        return lang.say("in the draft")
    return lang.say("published before") if match.scope == "archive" else lang.say("earlier in the draft")


def _quotes(match: Match, diff: Diff, side: int, places: Sequence[Paragraph], redact: bool) -> list[dict[str, Any]]:
    if redact:
        return [{"paragraphs": places, "pieces": []}]
    found = quotes(match, diff, side)
    if match.parts is None:
        return [{"paragraphs": places, "pieces": found[0].pieces}]
    return [{"paragraphs": [quote.paragraph], "pieces": quote.pieces} for quote in found]
