"""A corpus without its repeats: one of each group stays, what goes is written down with what it repeats.

The tables are gone through twice: once to find the groups, as in any scan, and once to write. Rows that lose
nothing are written as they stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

from dedup import detect
from dedup.archive.records import NO_DATE, utc_of
from dedup.cleaning.choice import KEEP, UNITS, Choice, Preferred, parted
from dedup.cleaning.origins import DamagedOriginError, Origin, Origins, Place, Rows, gathered, place_of
from dedup.cleaning.outputs import Output, planned
from dedup.cleaning.repeats import Cleaned, Repeat, Tally, by_row, told
from dedup.cleaning.tables import Fate, Fields, Part
from dedup.errors import ReadError, SettingsError
from dedup.model import Document, Problem, Report
from dedup.outfile import OTHER_OUTPUT, whole_file
from dedup.progress import Progress, Silent
from dedup.read.files import READ_ERRORS, suffix_of, unreadable
from dedup.settings import Settings, make_settings
from dedup.text.segment import segment
from dedup.text.switch import has_switch
from dedup.write.json import dumps

__all__ = ["KEEP", "LEVEL", "LEVELS", "UNITS", "Choice", "Cleaned", "Cleaner", "Repeat", "clean", "gathered"]

LEVELS = ("exact", "normalized", "near")
"""Kinds that make a group."""
LEVEL = "normalized"
"""The weakest that is taken out where none is named."""


class Cleaner:
    """Find what of tables repeats; write what stays, and what goes.

    Nothing goes because of a table that cannot be read to its end: such a one is a problem, and the others are
    compared without it.

    Args:
        origins: the tables; of copies in several the first in their order stays, unless `choice` says otherwise.
        choice: what goes as a whole, and which of a group stays.
        settings: the knobs; the level is `normalized` where none are given.
        progress: is told how far the run is.

    Raises:
        ReadError: not one of the tables can be read.
        SettingsError: a level that makes no groups.
    """

    def __init__(
        self,
        origins: Origins,
        choice: Choice | None = None,
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._choice = choice or Choice()
        self._settings = settings or Settings(level=LEVEL)
        self._progress: Progress = progress or Silent()
        if self._settings.level not in LEVELS:
            raise SettingsError(f"level must be one of {', '.join(LEVELS)} to clean by, got {self._settings.level!r}")
        self._origins = Origins(origins.files, list(origins.problems), origins.skipped)
        rows, report = self._found()
        problems = [*self._origins.problems, *rows.problems, *report.problems]
        repeats = by_row(report)
        self.result = Cleaned(off=report.counts.off, problems=problems, skipped=origins.skipped, repeats=repeats)
        self._counts = rows.counts
        self._unread = {place_of(problem) for problem in (*rows.problems, *report.problems)}
        self._whole = self._repeated_rows() if self._choice.by_document or self._choice.keep_short else set()

    @property
    def files(self) -> list[Origin]:
        """The tables that are cleaned."""
        return self._origins.files

    # --- what repeats -----------------------------------------------------------------------------

    def _found(self) -> tuple[Rows, Report]:
        """Return what was read of the tables that can be read to their end, and the groups in it."""
        while True:
            rows = Rows(self.files)
            longest = self._choice.keep == "longest"
            settings = self._settings.replace(keep="longest" if longest else "first")
            try:
                documents = self._ordered(rows) if self._choice.reorders else rows.documents()
                return rows, detect.scan(documents, settings=settings, progress=self._progress)
            except DamagedOriginError:
                left = [origin for origin in self.files if origin.name not in rows.failed]
                self._origins = Origins(left, [*self._origins.problems, *rows.failed.values()])
                self._origins.check()

    def _ordered(self, rows: Rows) -> list[Document]:
        """Return all documents in the order in which one of a group stays."""
        documents = list(rows.documents())
        ranks = self._ranks(self._choice.prefer) if self._choice.prefer is not None else {}
        sign = {"earliest": 1, "latest": -1}.get(self._choice.keep, 0)

        def order(document: Document) -> tuple[int, bool, int]:
            date = _date(document) if sign else 0
            return ranks.get(_place(document), len(ranks)), date is None, sign * (date or 0)

        return sorted(documents, key=order)

    def _ranks(self, prefer: Preferred) -> dict[Place, int]:
        """Return the place of each row's value among the preferred ones, of rows that have one of them."""
        field, values = prefer
        places = {value: place for place, value in reversed(list(enumerate(values)))}
        ranks, known = {}, False
        for origin in self.files:
            with origin.opened() as opened:
                for number, _, fields, _ in origin.table.rows(opened, (field,)):
                    if number is not None and fields is not None and field in fields:
                        known = True
                        place = places.get(str(fields[field]))
                        if place is not None:
                            ranks[origin.name, number] = place
        if not known:
            name = self.files[0].name
            raise ReadError(name, f'no row has the field "{field}"', "name another one to prefer by")
        return ranks

    def _repeated_rows(self) -> set[Place]:
        """Return the rows of which every paragraph repeats another."""
        repeats = self.result.repeats
        whole = set()
        for document in Rows(self.files).documents():
            numbers = {(r.paragraph.paragraph, r.paragraph.part) for r in repeats.get(_place(document), ())}
            if numbers:
                found = detect.paragraphs(document.text, settings=self._settings)
                if all((p.paragraph, p.part) in numbers for p in found if p.words):
                    whole.add(_place(document))
        return whole

    # --- what stays, and what goes ----------------------------------------------------------------

    def save(self, outputs: Sequence[Output], removed: Path) -> Cleaned:
        """Write what stays, and all that goes to `removed`, each file whole or not at all.

        Where there are several outputs, one that cannot be written is a problem, and the others go on.

        Args:
            outputs: packed as their suffixes say (`.gz`, `.zst`).
            removed: JSON lines, packed likewise.

        Raises:
            ReadError: a file cannot be written, or a table is not what it was when it was read.
        """
        with (
            self._progress.stage("write", None) as advance,
            whole_file(removed) as file,
            _packed(removed, file) as gone,
        ):
            for output in outputs:
                left = Output(output.path, tuple(each for each in output.files if each in self.files))
                try:
                    if left.files:
                        self._save(left, gone)
                except ReadError as error:
                    if len(outputs) == 1:
                        raise
                    self.result.problems.append(Problem(error.place, error.finding, error.remedy))
                advance(self.result.read)
        return self.result

    def _save(self, output: Output, gone: IO[bytes]) -> None:
        try:
            output.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = unreadable(str(output.path.parent), error)
            raise ReadError(str(output.path), problem.finding, OTHER_OUTPUT) from error
        with whole_file(output.path) as file, _packed(output.path, file) as target:
            self.write(output.files, target, gone)

    def write(self, files: Iterable[Origin], target: IO[bytes], gone: IO[bytes]) -> None:
        """Write what stays of tables of one form, one after the other, and what goes.

        Raises:
            ReadError: one is not what it was when it was read: nothing of this may be used.
        """
        tallies = {origin.name: Tally() for origin in files}
        listed = list(files)
        listed[0].table.write(self._parts(listed, tallies, gone), self._settings.text_field, target)
        for name, tally in tallies.items():
            self.result.take(name, tally)

    def _parts(self, files: Iterable[Origin], tallies: dict[str, Tally], gone: IO[bytes]) -> Iterator[Part]:
        for origin in files:
            tally = tallies[origin.name]
            with origin.opened() as opened:
                try:
                    yield Part(opened, partial(self._decided, origin, tally, gone))
                except READ_ERRORS as error:
                    problem = unreadable(origin.name, error)
                    raise ReadError(problem.place, problem.finding, problem.remedy) from error
            if tally.read != self._counts[origin.name]:
                raise _changed(origin)

    def _decided(
        self, origin: Origin, tally: Tally, gone: IO[bytes], number: int, text: object, fields: Fields
    ) -> Fate:
        place = origin.name, number
        tally.read += 1
        if place in self._unread or not isinstance(text, str):
            tally.unread += 1
            return Fate()
        repeats = self._going(place)
        if any(text[r.paragraph.start : r.paragraph.end] != r.paragraph.text for r in repeats):
            raise _changed(origin)
        if not repeats:
            tally.kept += 1
            return Fate()
        tally.removed.update(repeat.kind for repeat in repeats)
        _tell(gone, map(told, repeats))
        left = "" if self._choice.by_document else _without(text, repeats)
        if not _is_empty(left):
            tally.shortened += 1
            return Fate(text=left)
        tally.dropped += 1
        _tell(gone, ({"path": origin.name, "row": number, "dropped": True, "fields": fields()},))
        return Fate(stays=False)

    def _going(self, place: Place) -> list[Repeat]:
        """Return what of a row goes."""
        repeats = self.result.repeats.get(place, [])
        if place in self._whole:
            return repeats
        if self._choice.by_document:
            return []
        least = self._settings.min_words if self._choice.keep_short else 0
        return [repeat for repeat in repeats if repeat.paragraph.words >= least]


def clean(
    source: Path | str | Sequence[Path | str],
    output: Path | str,
    removed: Path | str,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
    **overrides: Any,
) -> Cleaned:
    """Write tables without the paragraphs that repeat another, and what goes; return what became of their rows.

    Args:
        source: a file of JSON lines, CSV (either may be packed) or Parquet, a folder with such files, or a list of
            both: of copies in several the first in their order stays.
        output: what stays, in the format of the source; `.gz` and `.zst` pack it. A folder keeps one file for each
            table; into one file tables of one form are joined.
        removed: what goes, with what it repeats, as JSON lines.
        settings: the knobs; the level is `normalized` unless one is given.
        progress: is told how far the run is.
        **overrides: what `Choice` says (``unit="document"``, ``keep="latest"``, ``prefer=("outlet", ["a", "b"])``,
            ``keep_short=True``), and single knobs: ``level="near"``.

    Raises:
        ReadError: no source can be read to its end, tables do not go into one file, or a file cannot be written.
        SettingsError: a value that there is not, or a level that makes no groups.
    """
    choice, knobs = parted(overrides)
    chosen = make_settings(settings if settings is not None else Settings(level=LEVEL), knobs)
    inputs = [Path(each) for each in ([source] if isinstance(source, Path | str) else source)]
    origins = gathered(inputs, chosen)
    outputs = planned(origins.files, inputs, output, Path(removed))
    return Cleaner(origins, choice, chosen, progress).save(outputs, Path(removed))


def _without(text: str, repeats: Sequence[Repeat]) -> str:
    """Return a text without what goes, each with what parts it from the next paragraph."""
    for repeat in reversed(repeats):
        start, end = repeat.paragraph.start, repeat.paragraph.end
        after = len(text) - len(text[end:].lstrip())
        # The last one goes with what parts it from the one before.
        text = text[:start] + text[after:] if after < len(text) else text[:start].rstrip() + text[end:]
    return text


def _is_empty(text: str) -> bool:
    """Return whether no paragraph is in a text: a comment that switches off or on is none."""
    return not text.strip() or (has_switch(text) and not any(segment(Document("", text))))


def _tell(gone: IO[bytes], records: Iterable[dict[str, Any]]) -> None:
    gone.writelines((dumps(record) + "\n").encode() for record in records)


def _changed(origin: Origin) -> ReadError:
    return ReadError(origin.name, "was changed while it was cleaned", "clean it when nothing writes to it")


def _packed(path: Path, file: IO[bytes]) -> IO[bytes]:
    """Return what packs a file as its suffix says, or the file."""
    _, packing = suffix_of(str(path))
    return file if packing is None else packing.writing(file)


def _place(document: Document) -> Place:
    return document.path or "", document.row or 0


def _date(document: Document) -> int | None:
    """Return when a document was published, in microseconds of UTC; None where that is not told."""
    try:
        utc = utc_of(document.article.date if document.article else None)
    except ValueError:
        return None
    return None if utc == NO_DATE else utc
