"""Which files of a folder its `.dedupignore` leaves out: the syntax of gitignore, and its rules."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from dedup.model import Problem

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAME = ".dedupignore"
"""The file that says what a walk leaves out of its folder and of those below."""


class Ignored(NamedTuple):
    """The patterns of one folder, and what held above it."""

    folder: str
    patterns: GitIgnoreSpec
    above: Ignored | None


def leaves_out(ignored: Ignored | None, path: str, *, is_folder: bool) -> bool:
    """Return whether `path` is left out: the last pattern that matches decides, of the nearest folder that has one."""
    while ignored is not None:
        place = os.path.relpath(path, ignored.folder) + ("/" if is_folder else "")  # a/b in ".", as in "./a"
        found = ignored.patterns.check_file(place).include
        if found is not None:
            return found
        ignored = ignored.above
    return False


def ignored_in(folder: str, above: Ignored | None) -> tuple[Ignored, list[Problem]]:
    """Return the patterns of the `.dedupignore` in `folder`, and its lines that are none.

    Raises:
        OSError: it cannot be read.
    """
    from pathspec import GitIgnoreSpec  # most folders have no such file

    place = f"{folder.rstrip('/')}/{NAME}"
    # A name that is no UTF-8 has its bytes as surrogates, in a listing of the system as well.
    with open(place, encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
        lines = [line.rstrip("\n").removesuffix("\r") for line in file]
    good, bad = [], []
    for number, line in enumerate(lines, 1):
        try:
            GitIgnoreSpec.from_lines([line], backend="simple")
            good.append(_as_git_walks(line))
        except ValueError:
            bad.append(Problem(f"{place}:{number}", "no pattern of gitignore", "write it as in a .gitignore"))
    return Ignored(folder, GitIgnoreSpec.from_lines(good, backend="simple"), above), bad


def _as_git_walks(line: str) -> str:
    """Return a pattern that matches what is in a folder and not the folder itself, which pathspec takes in."""
    trimmed = line.rstrip(" ")
    return trimmed.removesuffix("*") if trimmed.endswith("/**") else line
