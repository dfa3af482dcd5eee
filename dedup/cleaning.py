"""A corpus without its repeats: one of each group stays, what goes is written down with what it repeats.

The input is gone through twice: once to find the groups, as in any scan, and once to write. Rows that lose
nothing are written as they stood, to the byte.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dedup import detect
from dedup.archive.records import NO_DATE, utc_of
from dedup.errors import ReadError, SettingsError
from dedup.model import Document, Paragraph, Problem, Report, shown
from dedup.progress import Progress
from dedup.read import Inputs, read
from dedup.read.encoding import decode
from dedup.read.files import Source, open_path
from dedup.read.packing import OF_THEM
from dedup.read.rows import CsvTable, Row, json_rows
from dedup.settings import Settings, make_settings

UNITS = ("paragraph", "document")
KEEP = ("first", "longest", "earliest", "latest")
"""Which of a group stays: by its place, its length, or the date of its row."""
LEVELS = ("exact", "normalized", "near")
"""Kinds that make a group."""
TABLES = (".jsonl", ".ndjson", ".csv", ".tsv")


@dataclass
class Cleaned:
    """Count what became of rows: `kept` with all they had, `shortened`, `dropped`, `unread` (kept as they stood).

    `removed` counts paragraphs by how alike they were with what was kept: exact, normalized, near.
    """

    read: int = 0
    kept: int = 0
    shortened: int = 0
    dropped: int = 0
    unread: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        figures = {name: getattr(self, name) for name in ("read", "kept", "shortened", "dropped", "unread")}
        return {**figures, "removed": dict(sorted(self.removed.items()))}


@dataclass(frozen=True)
class Repeat:
    """A paragraph that goes, the one that stays in its place, and how alike they are."""

    paragraph: Paragraph
    kept: Paragraph
    score: float

    @property
    def kind(self) -> str:
        """How alike both are."""
        if self.paragraph.text == self.kept.text:
            return "exact"
        return "normalized" if self.score == 1 else "near"


class Cleaner:
    """Find what of one table repeats; write what stays, and what goes.

    Args:
        source: a file of JSON lines or CSV, or either packed.
        unit: `paragraph` takes repeated paragraphs out of their rows, and drops a row of which nothing is left;
            `document` only drops rows of which every paragraph repeats another.
        keep: which of a group stays; `earliest` and `latest` go by the field `date` (or `published`), rows without
            one last, and hold all texts in memory.
        settings: the knobs; the level is `normalized` unless one is given.
        progress: is told how far the run is.
        **overrides: single knobs.

    Raises:
        ReadError: the source cannot be read, or is no table.
        SettingsError: a unit or a level that makes no groups.
    """

    def __init__(
        self,
        source: Path,
        *,
        unit: str = "paragraph",
        keep: str = "first",
        settings: Settings | None = None,
        progress: Progress | None = None,
        **overrides: Any,
    ) -> None:
        self._settings = make_settings(settings if settings is not None else Settings(level="normalized"), overrides)
        if unit not in UNITS:
            raise SettingsError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")
        if self._settings.level not in LEVELS:
            level = self._settings.level
            raise SettingsError(f"level must be one of {', '.join(LEVELS)} to clean by, got {level!r}")
        if keep not in KEEP:
            raise SettingsError(f"keep must be one of {', '.join(KEEP)}, got {keep!r}")
        self._source = source
        with self._opened() as opened:
            self._suffix = opened.suffix
            if self._suffix not in TABLES:
                raise ReadError(str(source), "is no table", f"dedup clean reads {' '.join(TABLES)}, {OF_THEM}")
        if self._suffix in TABLES[:2]:  # what goes is taken out of the field of a row, not out of an item's body
            self._settings = self._settings.replace(format_in="jsonl")
        inputs, problems = self._ordered(keep)
        chosen = self._settings.replace(keep="longest" if keep == "longest" else "first")
        report = detect.scan(inputs, settings=chosen, progress=progress)
        self.result = Cleaned(problems=[*problems, *report.problems])
        for problem in self.result.problems:
            if not _is_row(problem):  # the table was not read to its end, or has no such field
                raise ReadError(problem.place, problem.finding, problem.remedy)
        self._repeats = _by_row(report)
        self._unit = unit
        self._whole = self._repeated_rows() if unit == "document" else set()

    def _ordered(self, keep: str) -> tuple[Inputs, list[Problem]]:
        """Return what is scanned, in the order in which one of a group stays, and what could not be read of it."""
        if keep not in KEEP[2:]:
            return self._source, []
        items = list(read(self._source, self._settings))
        documents = [item for item in items if isinstance(item, Document)]
        sign = 1 if keep == "earliest" else -1
        dated = [(date is None, sign * (date or 0), document) for document in documents for date in (_date(document),)]
        documents = [document for *_, document in sorted(dated, key=lambda each: each[:2])]
        return documents, [item for item in items if isinstance(item, Problem)]

    def _opened(self) -> Source:
        opened = open_path(self._source, in_walk=False)
        if isinstance(opened, Problem):
            raise ReadError(opened.place, opened.finding, opened.remedy)
        return opened

    def _repeated_rows(self) -> set[int]:
        """Return the rows of which every paragraph repeats another."""
        numbers: dict[int, set[tuple[int, int | None]]] = {
            row: {(r.paragraph.paragraph, r.paragraph.part) for r in repeats} for row, repeats in self._repeats.items()
        }
        whole = set()
        for item in read(self._source, self._settings):
            if isinstance(item, Document) and item.row in numbers:
                found = detect.paragraphs(item.text, settings=self._settings)
                if all((p.paragraph, p.part) in numbers[item.row] for p in found if p.words):
                    whole.add(item.row)
        return whole

    # --- what stays -------------------------------------------------------------------------------

    def kept(self) -> Iterator[str]:
        """Yield the table without what goes; `result` is whole when it ends.

        Raises:
            ReadError: rows were lost on the way: nothing of this may be used.
        """
        done, unread = self.result, {int(p.place.rsplit(":", 1)[-1]) for p in self.result.problems if _is_row(p)}
        for number, as_it_stood, fields, _ in self._rows():
            if number is None:
                yield as_it_stood
                continue
            done.read += 1
            if number in unread or fields is None:
                done.unread += 1
                yield as_it_stood
                continue
            text, gone = self._shortened(number, fields[self._settings.text_field])
            done.removed.update(repeat.kind for repeat in gone)
            if not gone:
                done.kept += 1
                yield as_it_stood
            elif not text.strip():
                done.dropped += 1
            else:
                done.shortened += 1
                yield self._written({**fields, self._settings.text_field: text})
        if done.read != done.kept + done.shortened + done.dropped + done.unread:
            raise ReadError(str(self._source), "rows were lost while writing", "report this, with the file")

    def _shortened(self, row: int, text: str) -> tuple[str, list[Repeat]]:
        """Return the text of a row without what goes, and what that is."""
        repeats = self._repeats.get(row, [])
        if self._unit == "document":
            return ("", repeats) if row in self._whole else (text, [])
        for repeat in reversed(repeats):
            start, end = repeat.paragraph.start, repeat.paragraph.end
            after = len(text) - len(text[end:].lstrip())
            # With what parts it from the next paragraph; the last one with what parts it from the one before.
            text = text[:start] + text[after:] if after < len(text) else text[:start].rstrip() + text[end:]
        return text, repeats

    # --- what goes --------------------------------------------------------------------------------

    def removed(self) -> Iterator[dict[str, Any]]:
        """Yield each paragraph that goes, with the one that is kept; and each row that goes, with all its fields."""
        for number, _, fields, _ in self._rows():
            if number is None or fields is None:
                continue
            text = fields.get(self._settings.text_field)
            if not isinstance(text, str):
                continue
            left, gone = self._shortened(number, text)
            for repeat in gone:
                yield _told(repeat)
            if gone and not left.strip():
                yield {"row": number, "dropped": True, "fields": fields}

    # --- rows -------------------------------------------------------------------------------------

    def _rows(self) -> Iterator[Row]:
        with self._opened() as opened:
            decoded = decode(opened)
            if self._suffix in TABLES[:2]:
                yield from json_rows(decoded)
            else:
                self._table = CsvTable(decoded, "\t" if self._suffix == ".tsv" else None)
                yield from self._table.rows()

    def _written(self, fields: dict[str, Any]) -> str:
        if self._suffix in TABLES[:2]:
            return shown(json.dumps(fields, ensure_ascii=False)) + "\n"
        row = io.StringIO()
        writer = csv.writer(row, delimiter=self._table.parted, lineterminator="\n")
        writer.writerow(fields.get(name, "") for name in self._table.header)
        return row.getvalue()


def _by_row(report: Report) -> dict[int, list[Repeat]]:
    """Return the repeats of each row, in the order of the text."""
    found: dict[int, list[Repeat]] = defaultdict(list)
    for group in report.groups:
        for member, score in zip(group.members, group.scores, strict=True):
            if member.row is not None:
                found[member.row].append(Repeat(member, group.original, score))
    for repeats in found.values():
        repeats.sort(key=lambda repeat: repeat.paragraph.start)
    return dict(found)


def _told(repeat: Repeat) -> dict[str, Any]:
    return {
        "row": repeat.paragraph.row,
        "id": shown(repeat.paragraph.doc),
        "paragraph": repeat.paragraph.paragraph,
        "kind": repeat.kind,
        "score": repeat.score,
        "text": shown(repeat.paragraph.text),
        "kept": {
            "row": repeat.kept.row,
            "id": shown(repeat.kept.doc),
            "paragraph": repeat.kept.paragraph,
            "text": shown(repeat.kept.text),
        },
    }


def _date(document: Document) -> int | None:
    """Return when a document was published, in microseconds of UTC; None where that is not told."""
    try:
        utc = utc_of(document.article.date if document.article else None)
    except ValueError:
        return None
    return None if utc == NO_DATE else utc


def _is_row(problem: Problem) -> bool:
    return problem.place.rsplit(":", 1)[-1].isdigit()
