"""Phrases to ignore, from a file: one a line, `#` before a remark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Notice, Problem
from dedup.read.encoding import decode
from dedup.read.files import READ_ERRORS, open_path, unreadable
from dedup.settings import MOST_PHRASES, fault_of_phrase

REMEDY = told("write one phrase a line, or name another file")


def read_phrases(path: Path | str) -> tuple[str, ...]:
    """Return the phrases of a file, for `Settings.ignore_phrases`: one a line, without blank lines and `#` remarks.

    Raises:
        ReadError: it cannot be read, or a line is no phrase.
    """
    return phrases_in(Path(path))[0]


def phrases_in(path: Path) -> tuple[tuple[str, ...], tuple[Notice, ...]]:
    """Return the phrases of a file, packed or not, and what was done to read it.

    Raises:
        ReadError: as `read_phrases`.
    """
    opened = open_path(path, in_walk=False)
    if isinstance(opened, Problem):
        raise ReadError(opened.place, opened.finding, opened.remedy)
    with opened as source:
        try:
            if source.is_binary():
                raise ReadError(source.name, "binary, not text (it has NUL bytes)", REMEDY)
            decoded = decode(source)
            found = dict.fromkeys(_phrases(decoded.lines(), source.name))
        except READ_ERRORS as error:
            problem = unreadable(source.name, error)
            raise ReadError(problem.place, problem.finding, problem.remedy) from error
    return tuple(found), decoded.notices


def _phrases(lines: Iterator[str], place: str) -> Iterator[str]:
    count = 0
    for number, line in enumerate(lines, 1):
        phrase = line.strip()
        if not phrase or phrase.startswith("#"):
            continue
        count += 1
        if count > MOST_PHRASES:
            raise ReadError(f"{place}:{number}", f"more than {MOST_PHRASES:,} phrases", REMEDY)
        if fault := fault_of_phrase(phrase):
            raise ReadError(f"{place}:{number}", fault, REMEDY)
        yield phrase
