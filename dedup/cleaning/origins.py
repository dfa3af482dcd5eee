"""The tables that are cleaned: files as they were named, and those in folders, each once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dedup.cleaning.tables import JSON_SUFFIXES, TABLES, Table
from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Document, Problem, Skipped
from dedup.read import read
from dedup.read.files import Source, open_path, suffix_of, walk
from dedup.read.packing import OF_THEM
from dedup.settings import Settings

Place = tuple[str, int]
"""A row: the name of its table, and its number from 1."""

_READS = told(f"dedup clean reads {' '.join(TABLES)}, {OF_THEM}")


@dataclass(frozen=True, slots=True)
class Origin:
    """A file with a table; `settings` say how its rows are read."""

    path: Path
    table: Table
    settings: Settings

    @property
    def name(self) -> str:
        """What its rows are called by, and the path of their documents."""
        return str(self.path)

    def opened(self) -> Source:
        """Return its bytes.

        Raises:
            ReadError: it cannot be read.
        """
        opened = open_path(self.path, in_walk=False)
        if isinstance(opened, Problem):
            raise ReadError(opened.place, opened.finding, opened.remedy)
        return opened


@dataclass(slots=True)
class Origins:
    """Hold the tables of a run in their order, and what became of everything else that was named."""

    files: list[Origin] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def check(self) -> None:
        """Refuse to go on with no table at all.

        Raises:
            ReadError: the first problem.
        """
        if not self.files and self.problems:
            first = self.problems[0]
            raise ReadError(first.place, first.finding, first.remedy)


def gathered(paths: Sequence[Path], settings: Settings) -> Origins:
    """Return the tables that paths name, and those in folders, sorted by path; what else is there is said.

    Raises:
        ReadError: there is not one.
    """
    found, seen = Origins(), set[tuple[int, int]]()
    for path in paths:
        for each in _below(path, settings) if os.path.isdir(path) else (path,):
            item = _origin(each, settings, seen) if isinstance(each, Path) else each
            if isinstance(item, Origin):
                found.files.append(item)
            elif isinstance(item, Problem):
                found.problems.append(item)
            else:
                found.skipped.append(item)
    found.check()
    return found


def _below(folder: Path, settings: Settings) -> Iterator[Path | Skipped | Problem]:
    """Yield the tables in a folder, and what else is there."""
    nothing = True
    for found in walk(folder, lambda _: True, ignoring=settings.ignore_files):
        if isinstance(found, Path) and suffix_of(found.name)[0] not in TABLES:
            yield Skipped(str(found), "no table")
        else:
            nothing = nothing and not isinstance(found, Path)
            yield found
    if nothing:
        yield Problem(str(folder), "no table here", _READS)


def _origin(path: Path, settings: Settings, seen: set[tuple[int, int]]) -> Origin | Problem | Skipped:
    opened = open_path(path, in_walk=False)
    if isinstance(opened, Problem):
        return opened
    with opened:
        if opened.suffix not in TABLES:  # a missing file is told before one that is no table
            return Problem(str(path), "is no table", _READS)
        if opened.identity is not None and opened.identity in seen:
            return Skipped(str(path), "the same file was named before; read once")
        if opened.identity is not None:
            seen.add(opened.identity)
    if opened.suffix in JSON_SUFFIXES:  # what goes is taken out of the field of a row, not out of an item's body
        settings = settings.replace(format_in="jsonl")
    return Origin(path, TABLES[opened.suffix], settings)


class DamagedOriginError(Exception):
    """Some of the tables cannot be read to their end: nothing of what was read of them may count."""


class Rows:
    """Read the documents of tables, and know what became of every row.

    Attributes:
        counts: rows of each table, by its name.
        problems: rows that could not be read; they stay as they stand.
        failed: tables that could not be read to their end, and why.
    """

    def __init__(self, files: Sequence[Origin]) -> None:
        self._files = files
        self.counts = Counter[str]()
        self.problems: list[Problem] = []
        self.failed: dict[str, Problem] = {}

    def documents(self) -> Iterator[Document]:
        """Yield the documents of all tables; none behind the first that fails, but the others are tried.

        Raises:
            DamagedOriginError: at the end, where some failed.
        """
        for origin in self._files:
            for item in read(origin.path, origin.settings):
                if isinstance(item, Document):
                    self.counts[origin.name] += 1
                    if not self.failed:
                        yield item
                elif isinstance(item, Problem):
                    self._take(origin, item)
        if self.failed:
            raise DamagedOriginError

    def _take(self, origin: Origin, problem: Problem) -> None:
        name, _, row = problem.place.rpartition(":")
        if name == origin.name and row.isdigit():
            self.counts[name] += 1
            self.problems.append(problem)
        else:  # it was not read to its end, or has no such field
            self.failed.setdefault(origin.name, problem)


def place_of(problem: Problem) -> Place:
    """Return the row of which a problem is."""
    name, _, row = problem.place.rpartition(":")
    return name, int(row)
