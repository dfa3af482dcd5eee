"""A baseline: the findings that are known, one fingerprint a line, in a file that a reviewer can read.

A fingerprint is that of the two keys, so it survives a move within and between files; further findings of the same
two texts are numbered, so that one copy more than before is new. Keys depend on the profile, which the head names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from dedup.cli.output import check_output, note, to_file
from dedup.cli.speech import speaking
from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Match, Report
from dedup.outfile import OTHER_OUTPUT
from dedup.system import said_by
from dedup.write import places, words
from dedup.write.terminal import harmless

HEAD = "dedup-baseline/1"
MADE_NEW = told("--update-baseline writes it anew")
_HEAD = re.compile(rf"{HEAD} normalize=([a-z-]+)")
_LINE = re.compile(r"(dedup1:[0-9a-f]{16}(?:-[0-9]+)?)(?:\s+#.*)?")


@dataclass(frozen=True, slots=True)
class Baseline:
    """Hold the known ids of the file `path`, and their profile; `update` says that it is to be written."""

    path: Path
    update: bool
    ids: frozenset[str] = frozenset()
    profile: str | None = None

    @classmethod
    def opened(cls, path: Path, others: tuple[Path, ...], update: bool) -> Baseline:
        """Read a baseline; one that is to be updated may be missing, and must not be one of the files `others`.

        Raises:
            ReadError: it is missing, damaged, or cannot be written.
        """
        if not update:
            return cls(path, update, *read_baseline(path))
        check_output(path, others)
        if path in others:
            raise ReadError(str(path), "is named twice: the report would replace the baseline", OTHER_OUTPUT)
        return cls(path, update, *read_baseline(path)) if os.path.lexists(path) else cls(path, update)

    def marked(self, report: Report) -> Report:
        """Return the report with its known findings marked, after the update where one was asked for.

        Raises:
            ReadError: the baseline is of another profile than the report, or cannot be written.
        """
        self._check_profile(report.settings.normalize)
        if not self.update:
            return replace(report, known=self.ids)
        lang = speaking()
        if report.problems:  # what was not read may hold known findings, which would be lost
            said = lang.say("the baseline was not updated: not all was read")
            click.echo(note(said), err=True)
            return replace(report, known=self.ids)
        found = frozenset(match.id for match in report.matches)
        write_baseline(report, self.path)
        added, gone = (words.counted(len(ids), "finding", lang) for ids in (found - self.ids, self.ids - found))
        said = lang.say("the baseline was updated: {added} added, {gone} dropped", added=added, gone=gone)
        click.echo(note(said), err=True)
        return replace(report, known=found)

    def _check_profile(self, profile: str) -> None:
        # Only now: an archive brings the profile of the run with it.
        if self.profile not in (None, profile):
            raise ReadError(
                str(self.path),
                f"is a baseline of the profile {self.profile}, not {profile}",
                told("use one file for each profile"),
            )


def read_baseline(path: Path) -> tuple[frozenset[str], str]:
    """Return the fingerprints of a baseline, and the profile of their keys.

    Raises:
        ReadError: it is missing or damaged.
    """
    place = str(path)
    try:
        head, *lines = path.read_bytes().decode("utf-8-sig").splitlines() or [""]
    except OSError as error:
        raise ReadError(place, f"cannot be read: {said_by(error)}", MADE_NEW) from error
    except UnicodeDecodeError as error:
        raise ReadError(place, "is no baseline: it is not UTF-8", told("name another file")) from error
    named = _HEAD.fullmatch(head.strip())
    if named is None:
        raise ReadError(place, f"is no baseline: the first line is not {HEAD} and a profile", told("name another file"))
    return frozenset(_fingerprints(place, lines)), named[1]


def _fingerprints(place: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 2):
        found = _LINE.fullmatch(line.strip())
        if found is not None:
            yield found[1]
        elif line.strip() and not line.startswith("#"):
            raise ReadError(
                f"{place}:{number}", "is damaged: no fingerprint in this line", told("mend it, or write it anew")
            )


def write_baseline(report: Report, path: Path) -> None:
    """Write all findings of a report as a baseline, whole or not at all.

    Raises:
        ReadError: it cannot be written.
    """
    lines = (f"{match.id} # {match.kind}: {_at(match)}\n" for match in sorted(report.matches, key=_order))
    to_file([f"{HEAD} normalize={report.settings.normalize}\n", *lines], path)


def _order(match: Match) -> tuple[str, int]:
    base, _, number = match.id.partition("-")
    return base, int(number or 1)


def _at(match: Match) -> str:
    sides = (f"{p.path or p.doc}:{places.line(p)}" for p in (match.a, match.b))
    return " ~ ".join(map(harmless, sides))
