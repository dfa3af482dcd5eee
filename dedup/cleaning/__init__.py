"""A corpus without its repeats: one of each group stays, what goes is written down with what it repeats.

The input is gone through twice: once to find the groups, as in any scan, and once to write. Rows that lose
nothing are written as they stood.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from dedup import detect
from dedup.archive.records import NO_DATE, utc_of
from dedup.cleaning.choice import KEEP, UNITS, Choice, Preferred, parted
from dedup.cleaning.repeats import Cleaned, Repeat, by_row, told
from dedup.cleaning.tables import TABLES, Fate
from dedup.errors import ReadError, SettingsError
from dedup.model import Document, Problem
from dedup.outfile import OTHER_OUTPUT, whole_file
from dedup.progress import Progress
from dedup.read import Inputs, read
from dedup.read.files import Source, open_path, suffix_of
from dedup.read.packing import OF_THEM
from dedup.settings import Settings, make_settings
from dedup.text.segment import segment
from dedup.text.switch import has_switch
from dedup.write.json import dumps

__all__ = ["KEEP", "LEVEL", "LEVELS", "UNITS", "Choice", "Cleaned", "Cleaner", "Repeat", "check_format", "clean"]

LEVELS = ("exact", "normalized", "near")
"""Kinds that make a group."""
LEVEL = "normalized"
"""The weakest that is taken out where none is named."""


class Cleaner:
    """Find what of one table repeats; write what stays, and what goes.

    Args:
        source: a file of JSON lines, CSV, or either packed, or of Parquet.
        choice: what goes as a whole, and which of a group stays.
        settings: the knobs; the level is `normalized` where none are given.
        progress: is told how far the run is.

    Raises:
        ReadError: the source cannot be read, or is no table.
        SettingsError: a level that makes no groups.
    """

    def __init__(
        self,
        source: Path,
        choice: Choice | None = None,
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._choice = choice or Choice()
        self._settings = settings or Settings(level=LEVEL)
        _check(self._settings.level)
        self._source = source
        self._suffix, _ = suffix_of(str(source))
        with self._opened():  # a missing file is told before one that is no table
            if self._suffix not in TABLES:
                raise ReadError(str(source), "is no table", f"dedup clean reads {' '.join(TABLES)}, {OF_THEM}")
        self._table = TABLES[self._suffix]
        if self._suffix in (
            ".jsonl",
            ".ndjson",
        ):  # what goes is taken out of the field of a row, not out of an item's body
            self._settings = self._settings.replace(format_in="jsonl")
        inputs, problems = self._ordered()
        chosen = self._settings.replace(keep="longest" if self._choice.keep == "longest" else "first")
        report = detect.scan(inputs, settings=chosen, progress=progress)
        self.result = Cleaned(problems=[*problems, *report.problems], off=report.counts.off)
        for problem in self.result.problems:
            if not _is_row(problem):  # the table was not read to its end, or has no such field
                raise ReadError(problem.place, problem.finding, problem.remedy)
        self._unread = {int(p.place.rsplit(":", 1)[-1]) for p in self.result.problems}
        self._repeats = self.result.repeats = by_row(report)
        self._whole = self._repeated_rows() if self._choice.by_document or self._choice.keep_short else set()

    def _ordered(self) -> tuple[Inputs, list[Problem]]:
        """Return what is scanned, in the order in which one of a group stays, and what could not be read of it."""
        if not self._choice.reorders:
            return self._source, []
        items = list(read(self._source, self._settings))
        ranks = self._ranks(self._choice.prefer) if self._choice.prefer is not None else {}
        sign = {"earliest": 1, "latest": -1}.get(self._choice.keep, 0)

        def order(document: Document) -> tuple[int, bool, int]:
            date = _date(document) if sign else 0
            return ranks.get(document.row or 0, len(ranks)), date is None, sign * (date or 0)

        documents = sorted((item for item in items if isinstance(item, Document)), key=order)
        return documents, [item for item in items if isinstance(item, Problem)]

    def _ranks(self, prefer: Preferred) -> dict[int, int]:
        """Return the place of each row's value among the preferred ones, of rows that have one of them."""
        field, values = prefer
        places = {value: place for place, value in reversed(list(enumerate(values)))}
        ranks, known = {}, False
        with self._opened() as opened:
            for number, _, fields, _ in self._table.rows(opened, (field,)):
                if number is not None and fields is not None and field in fields:
                    known = True
                    place = places.get(str(fields[field]))
                    if place is not None:
                        ranks[number] = place
        if not known:
            raise ReadError(str(self._source), f'no row has the field "{field}"', "name another one to prefer by")
        return ranks

    def _opened(self) -> Source:
        if os.path.isdir(self._source):
            raise ReadError(str(self._source), "is a folder", "name one table")
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

    def write(self, target: IO[bytes]) -> Cleaned:
        """Write the table without what goes, and return what became of its rows.

        Raises:
            ReadError: rows were lost on the way: nothing of this may be used.
        """
        done = self.result = replace(
            self.result, read=0, kept=0, shortened=0, dropped=0, unread=0, removed=Counter[str]()
        )
        with self._opened() as opened:
            self._table.write(opened, self._settings.text_field, self._decided, target)
        if done.read != done.kept + done.shortened + done.dropped + done.unread:
            raise ReadError(str(self._source), "rows were lost while writing", "report this, with the file")
        return done

    def _decided(self, number: int, text: object) -> Fate:
        done = self.result
        done.read += 1
        if number in self._unread or not isinstance(text, str):
            done.unread += 1
            return Fate()
        left, gone = self._shortened(number, text)
        done.removed.update(repeat.kind for repeat in gone)
        if not gone:
            done.kept += 1
            return Fate()
        if _is_empty(left):
            done.dropped += 1
            return Fate(stays=False)
        done.shortened += 1
        return Fate(text=left)

    def _shortened(self, row: int, text: str) -> tuple[str, list[Repeat]]:
        """Return the text of a row without what goes, and what that is."""
        repeats = self._repeats.get(row, [])
        if self._choice.by_document:
            return ("", repeats) if row in self._whole else (text, [])
        if self._choice.keep_short and row not in self._whole:
            repeats = [repeat for repeat in repeats if repeat.paragraph.words >= self._settings.min_words]
        for repeat in reversed(repeats):
            start, end = repeat.paragraph.start, repeat.paragraph.end
            after = len(text) - len(text[end:].lstrip())
            # With what parts it from the next paragraph; the last one with what parts it from the one before.
            text = text[:start] + text[after:] if after < len(text) else text[:start].rstrip() + text[end:]
        return text, repeats

    # --- what goes --------------------------------------------------------------------------------

    def removed(self) -> Iterator[dict[str, Any]]:
        """Yield each paragraph that goes, with the one that is kept; and each row that goes, with all its fields."""
        with self._opened() as opened:
            for number, _, fields, _ in self._table.rows(opened):
                text = fields.get(self._settings.text_field) if fields is not None else None
                if number is None or not isinstance(text, str):
                    continue
                left, gone = self._shortened(number, text)
                for repeat in gone:
                    yield told(repeat)
                if gone and _is_empty(left):
                    yield {"row": number, "dropped": True, "fields": fields}

    def save(self, output: Path, removed: Path) -> Cleaned:
        """Write what goes, then what stays, each file whole or not at all.

        Args:
            output: packed as its suffix says (`.gz`, `.zst`); the format stays that of the source.
            removed: JSON lines, packed likewise.

        Raises:
            ReadError: a file cannot be written, or rows were lost on the way.
        """
        check_format(self._source, output)
        with whole_file(removed) as file, _packed(removed, file) as target:
            target.writelines((dumps(record) + "\n").encode() for record in self.removed())
        with whole_file(output) as file, _packed(output, file) as target:
            return self.write(target)


def check_format(source: Path, output: Path) -> None:
    """Refuse an output whose suffix names another format than that of the source.

    Raises:
        ReadError: it does.
    """
    (given, _), (suffix, packing) = suffix_of(str(source)), suffix_of(str(output))
    if suffix in TABLES and given in TABLES and TABLES[suffix] is not TABLES[given]:
        raise ReadError(str(output), f"is {suffix}, and the input {given}", "dedup clean keeps the format")
    if given == ".parquet" and packing is not None:
        raise ReadError(str(output), "would be packed twice", "Parquet packs its columns itself")


def clean(
    source: Path | str,
    output: Path | str,
    removed: Path | str,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
    **overrides: Any,
) -> Cleaned:
    """Write a table without the paragraphs that repeat another, and what goes; return what became of its rows.

    Args:
        source: a file of JSON lines, CSV (either may be packed) or Parquet.
        output: what stays, in the format of the source; `.gz` and `.zst` pack it.
        removed: what goes, with what it repeats, as JSON lines.
        settings: the knobs; the level is `normalized` unless one is given.
        progress: is told how far the run is.
        **overrides: what `Choice` says (``unit="document"``, ``keep="latest"``, ``prefer=("outlet", ["a", "b"])``,
            ``keep_short=True``), and single knobs: ``level="near"``.

    Raises:
        ReadError: the source is no table or cannot be read to its end, or a file cannot be written.
        SettingsError: a value that there is not, or a level that makes no groups.
    """
    choice, knobs = parted(overrides)
    chosen = make_settings(settings if settings is not None else Settings(level=LEVEL), knobs)
    paths = [Path(path) for path in (source, output, removed)]
    for place, path in enumerate(paths):
        if any(path == other or _same_file(path, other) for other in paths[:place]):
            raise ReadError(str(path), "is named twice: one file would replace the other", OTHER_OUTPUT)
    check_format(paths[0], paths[1])
    return Cleaner(paths[0], choice, chosen, progress).save(*paths[1:])


def _check(level: str) -> None:
    if level not in LEVELS:
        raise SettingsError(f"level must be one of {', '.join(LEVELS)} to clean by, got {level!r}")


def _is_empty(text: str) -> bool:
    """Return whether no paragraph is in a text: a comment that switches off or on is none."""
    return not text.strip() or (has_switch(text) and not any(segment(Document("", text))))


def _packed(path: Path, file: IO[bytes]) -> IO[bytes]:
    """Return what packs a file as its suffix says, or the file."""
    _, packing = suffix_of(str(path))
    return file if packing is None else packing.writing(file)


def _same_file(a: Path, b: Path) -> bool:
    return os.path.exists(a) and os.path.exists(b) and os.path.samefile(a, b)


def _date(document: Document) -> int | None:
    """Return when a document was published, in microseconds of UTC; None where that is not told."""
    try:
        utc = utc_of(document.article.date if document.article else None)
    except ValueError:
        return None
    return None if utc == NO_DATE else utc


def _is_row(problem: Problem) -> bool:
    return problem.place.rsplit(":", 1)[-1].isdigit()
