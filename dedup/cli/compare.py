"""`dedup compare`: the paragraphs that two texts share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from dedup import detect
from dedup.cli.options import ANY_PATH, reporting, with_options
from dedup.cli.output import same_file
from dedup.cli.progress import Shown
from dedup.cli.reporting import Told
from dedup.errors import ReadError
from dedup.model import Report

SCOPE = "between"
"""Which pairs count where --scope says nothing."""


@click.command()
@click.argument("a", metavar="A", type=ANY_PATH)
@click.argument("b", metavar="B", type=ANY_PATH)
@with_options(reporting(scope=SCOPE))
@click.pass_context
def compare(context: click.Context, /, a: Path, b: Path, **options: Any) -> None:
    """Find the paragraphs that two files share; one of them may be - (standard input).

    B is read as the later text: findings say what of A it repeats. Only pairs between the two
    count, unless --scope says otherwise.

    \b
    Example:
      dedup compare published.txt draft.txt
    """
    if options["scope"] is None:
        options["scope"] = SCOPE
    told = Told.taken(options)

    def compared(shown: Shown) -> Report:
        settings = told.settings()
        return detect.compare(told.input(a), told.input(b), settings=settings, progress=shown, scope=settings.scope)

    _check_two_files(a, b)
    told.report(context, (a, b), compared)


def _check_two_files(a: Path, b: Path) -> None:
    """Refuse what would pass unseen: a file is read once, and `between` a folder's texts is not between two."""
    for path in (a, b):
        if os.path.isdir(path):
            raise ReadError(str(path), "is a folder; two files are compared", "for folders there is dedup scan")
    if a == b or same_file(a, b):
        raise ReadError(str(b), "is the same file as A", "to find repetitions in one file there is dedup scan")
