"""What the reports for machines say of a finding: how grave it is, where it stands, and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedup.language import ENGLISH, Language
from dedup.model import Match, Paragraph, Report, shown
from dedup.write import order, words

if TYPE_CHECKING:
    from dedup.write import Style

ERROR, WARNING, NOTE = "error", "warning", "note"


def levels(report: Report, style: Style) -> list[tuple[Match, str]]:
    """Return each finding that is listed with its level: error blocks, warning counts, note is only listed."""
    listed, _ = order.listed(report, style)
    blocking = {match.id for match in report.blocking}
    counting = {match.id for match in report.counting}
    return [(m, ERROR if m.id in blocking else WARNING if m.id in counting else NOTE) for m in listed]


def line(paragraph: Paragraph) -> int:
    """Return the line of its file: of a row of plain text the row, for its own lines count in the text."""
    return paragraph.line if paragraph.row is None or paragraph.element is not None else paragraph.row


def file(paragraph: Paragraph) -> str | None:
    """Return the file that a paragraph stands in; None for what an archive has, and for text without a file."""
    return None if paragraph.article is not None or paragraph.path is None else shown(paragraph.path)


def place(paragraph: Paragraph, lang: Language = ENGLISH) -> str:
    """Return a paragraph's place, and of an archive when and where it was published."""
    known = words.joined(words.published(paragraph, lang), lang)
    found = words.place(paragraph, lang, whole=False)
    return shown(f"{found} ({known})" if known else found)


def sentence(match: Match) -> str:
    """Return what a finding is, without a quotation: its kind, what it repeats, what changed."""
    said = f"{match.kind}: {words.meaning(match)}; repeats {place(match.b)}"
    changed = [f"{name} {before or 'none'} became {now or 'none'}" for name, before, now in words.facts(match.diff())]
    return shown("; ".join((said, *changed)))
