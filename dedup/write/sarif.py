"""SARIF 2.1.0 (OASIS): what code hosts and editors show beside a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dedup.model import Match, Paragraph, Report, cut, shown
from dedup.settings import KINDS
from dedup.write import places, words
from dedup.write.json import dumps

if TYPE_CHECKING:
    from dedup.write import Style

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "dedupPair/v1"
"""Name of the fingerprint of a pair: a host takes findings with equal ones for one, wherever they moved."""


def sarif(report: Report, style: Style) -> Iterator[str]:
    """Yield the report as one SARIF log."""
    problems = [{"level": "error", "message": {"text": shown(str(problem))}} for problem in report.problems]
    if report.exceeded:
        problems.append({"level": "error", "message": {"text": words.limits(report)}})
    run = {
        "tool": {"driver": {"name": "dedup", "version": report.version, "rules": [_rule(kind) for kind in KINDS]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not report.problems, "toolExecutionNotifications": problems}],
        "results": [
            {**_result(match, level, style.redact), **_state(report, match)}
            for match, level in places.levels(report, style)
        ],
        "properties": {"verdict": report.verdict, "settings": report.settings.fingerprint()},
    }
    yield dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(kind: str) -> dict[str, Any]:
    return {
        "id": f"dedup/{kind}",
        "shortDescription": {"text": words.KIND_WORDS[kind]},
        "defaultConfiguration": {"level": "error" if kind in ("exact", "normalized", "near") else "warning"},
    }


def _result(match: Match, level: str, redact: bool) -> dict[str, Any]:
    # Hosts show a related place only where the message links to it: [text](its id).
    b = places.place(match.b).replace("[", "(").replace("]", ")")
    link = words.link(match.b).replace("(", "%28").replace(")", "%29")
    target = f"[{b}](1)" if places.file(match.b) is not None else f"[{b}]({link})" if link else b
    facts = [] if redact else words.facts(match.diff())
    numbers = "".join(f"; {name} {before or 'none'} became {now or 'none'}" for name, before, now in facts)
    text = f"{match.kind}: {words.meaning(match)}; repeats {target}{numbers}"
    related = (
        [{"id": 1, **_location(match.b), "message": {"text": "first"}}] if places.file(match.b) is not None else []
    )
    return {
        "ruleId": f"dedup/{match.kind}",
        "ruleIndex": KINDS.index(match.kind),
        "level": level,
        "message": {"text": shown(text)},
        "locations": [_location(match.a)],
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": {FINGERPRINT: match.id.split(":")[-1]},
        "properties": {
            "score": cut(match.score),
            "words": match.words,
            "scope": match.scope,
            "quoted": match.quoted,
            "evidence": list(match.evidence),
        },
    }


def _state(report: Report, match: Match) -> dict[str, str]:
    if report.known is None:
        return {}
    return {"baselineState": "unchanged" if report.is_known(match) else "new"}


def _location(paragraph: Paragraph) -> dict[str, Any]:
    name = f"{paragraph.doc}:{paragraph.paragraph}"
    found: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": shown(name), "kind": "element"}]}
    file = places.file(paragraph)
    if file is not None:
        region = {"startLine": places.line(paragraph)}
        found["physicalLocation"] = {"artifactLocation": {"uri": quote(file)}, "region": region}
    return found
