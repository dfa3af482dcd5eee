"""JUnit XML: for CI that knows only tests. A finding that blocks is a failure, what could not be read an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from dedup.model import Match, Report, shown
from dedup.write import places, words

if TYPE_CHECKING:
    from dedup.write import Style

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""


def junit(report: Report, style: Style) -> Iterator[str]:
    """Yield one suite: a case for each finding that counts, for each problem, and one for the verdict."""
    counted = [(match, level) for match, level in places.levels(report, style) if level != places.NOTE]
    failures = sum(1 for _, level in counted if level == places.ERROR) + bool(report.exceeded)
    tests = len(counted) + len(report.problems) + 1
    head = f'name="dedup" tests="{tests}" failures="{failures}" errors="{len(report.problems)}"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {head}>\n<testsuite {head}>\n'
    said = f"{report.verdict.upper()}: {words.verdict(report, style.draft)}"
    limits = words.limits(report)
    failure = f"<failure type={_value('limit')} message={_value(limits)}/>" if limits else ""
    yield f'<testcase classname="dedup" name="verdict">{failure}<system-out>{_text(said)}</system-out></testcase>\n'
    for match, level in counted:
        yield _case(match, level, style.redact)
    for problem in report.problems:
        name = f'classname="dedup" name={_value(problem.place)}'
        yield f"<testcase {name}><error message={_value(str(problem))}/></testcase>\n"
    yield "</testsuite>\n</testsuites>\n"


def _case(match: Match, level: str, redact: bool) -> str:
    text = f"{match.kind}: repeats {places.place(match.b)}" if redact else places.sentence(match)
    name = f"classname={_value(match.a.doc)} name={_value(f'paragraph {match.a.paragraph}, {match.kind}, {match.id}')}"
    quoted = "" if redact else _text(f"{match.a.text}\n\n{match.b.text}")
    if level != places.ERROR:
        return f"<testcase {name}><system-out>{_text(text)}</system-out></testcase>\n"
    return f"<testcase {name}><failure type={_value(match.kind)} message={_value(text)}>{quoted}</failure></testcase>\n"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", shown(text)))


def _value(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", shown(text)))
