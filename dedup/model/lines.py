"""A saved report in JSON lines: a finding a line, and last the summary; joined, it is that of one JSON object.

Groups and whole texts are not in it. Groups follow from the findings; whole texts stay out.
"""

from __future__ import annotations

import json
from typing import Any

from dedup.errors import ReadError
from dedup.language import told
from dedup.model.taken import SAVE_AGAIN


def is_lines(text: str) -> bool:
    """Return whether a text begins as a report in JSON lines, and not as one in one object."""
    try:
        first = json.loads(text.lstrip().split("\n", 1)[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and isinstance(first.get("type"), str) and "findings" not in first


def joined(text: str, place: str) -> dict[str, Any]:
    """Return the plain values of a report in JSON lines, without its groups.

    Lines of a type that is not known are passed over: a newer version may have added it.

    Raises:
        ReadError: a line is no JSON object, or the summary is missing or not the last line.
    """
    found = [_object(line, f"{place}:{number}") for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    summaries = sum(each.get("type") == "summary" for each in found)
    if not summaries:
        raise ReadError(place, "is cut off: its last line is not the summary", SAVE_AGAIN)
    if summaries > 1 or found[-1].get("type") != "summary":
        raise ReadError(place, "goes on after its summary: it holds more than one report", "read each by itself")
    findings = [each for each in found if each.get("type") == "finding"]
    return {**found[-1], "findings": findings, "groups": [], "paragraphs": []}


def _object(line: str, place: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        column = told(f" from column {error.colno}") if isinstance(error, json.JSONDecodeError) else ""
        raise ReadError(place, f"is no JSON{column}: the file is cut off or damaged", SAVE_AGAIN) from error
    if not isinstance(value, dict):
        raise ReadError(place, "is no JSON object: the file is damaged", SAVE_AGAIN)
    return value
