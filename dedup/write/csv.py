"""CSV for spreadsheets: one row a finding. UTF-8 with a byte order mark, without which Excel shows no Arabic."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dedup.model import Match, Paragraph, Report, cut, shown
from dedup.write import places, words

if TYPE_CHECKING:
    from dedup.write import Style

SIDE = ("doc", "path", "row", "paragraph", "part", "line", "start", "end", "words")
ARTICLE = ("date", "outlet", "title", "url", "version")
COLUMNS = (
    "id", "kind", "level", "scope", "score", "token_score", "words", "articles", "quoted",
    *(f"a_{name}" for name in SIDE), *(f"b_{name}" for name in SIDE), *(f"b_{name}" for name in ARTICLE),
    "changed", "evidence", "a_text", "b_text",
)  # fmt: skip
_FORMULA = re.compile("^[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\\-@\t\r\x00\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet would take for a formula, after signs that do not show (OWASP ASVS 1.2.10)."""


def csv_report(report: Report, style: Style) -> Iterator[str]:
    """Yield the head and a row for each finding."""
    yield "\ufeff" + _row(COLUMNS)
    for match, level in places.levels(report, style):
        yield _row(_values(match, level, style.redact))


def _values(match: Match, level: str, redact: bool) -> list[object]:
    facts = [] if redact else words.facts(match.diff())
    changed = "; ".join(f"{name}: {before or 'none'} → {now or 'none'}" for name, before, now in facts)
    article = match.b.article
    known = [getattr(article, name) if article is not None else None for name in ARTICLE]
    texts = ["", ""] if redact else [match.a.text, match.b.text]
    if redact:
        known[ARTICLE.index("title")] = None
    score, tokens = cut(match.score), cut(match.token_score)
    head = [match.id, match.kind, level, match.scope, score, tokens, match.words, match.articles or None]
    head.append("quoted" if match.quoted else None)
    return [*head, *_side(match.a), *_side(match.b), *known, changed, "; ".join(match.evidence), *texts]


def _side(paragraph: Paragraph) -> list[object]:
    return [getattr(paragraph, name) for name in SIDE]


def _row(values: object) -> str:
    row = io.StringIO()
    csv.writer(row, lineterminator="\r\n").writerow(map(_safe, values))  # type: ignore[call-overload]
    return row.getvalue()


def _safe(value: object) -> object:
    """Return a value that no spreadsheet runs: what would be a formula begins with an apostrophe."""
    if not isinstance(value, str):
        return value
    text = shown(value).replace("\x00", "\ufffd")
    return f"'{text}" if _FORMULA.match(text) else text
