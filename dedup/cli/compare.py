"""`dedup compare`: the paragraphs that two texts share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from dedup import detect
from dedup.cli.options import ANY_PATH, CONFIGURING, DECIDING, MATCHING, READING, WRITING, resolve, with_options
from dedup.cli.output import check_outputs, deliver, same_file
from dedup.cli.progress import Shown, stoppable
from dedup.errors import ReadError
from dedup.read.files import Stdin


@click.command()
@click.argument("a", metavar="A", type=ANY_PATH)
@click.argument("b", metavar="B", type=ANY_PATH)
@with_options(MATCHING, READING, DECIDING)
@click.option("--stdin-filename", metavar="NAME", help="Name and format of what comes on standard input.")
@with_options(WRITING, CONFIGURING)
@click.pass_context
def compare(
    context: click.Context,
    /,
    a: Path,
    b: Path,
    stdin_filename: str | None,
    outputs: tuple[str, ...],
    color: str,
    verbose: bool,
    config: Path | None,
    isolated: bool,
    **options: Any,
) -> None:
    """Find the paragraphs that two files share; one of them may be - (standard input).

    B is read as the later text: findings say what of A it repeats. Only pairs between the two
    count, unless --scope says otherwise.

    \b
    Example:
      dedup compare published.txt draft.txt
    """
    if options["scope"] is None:
        options["scope"] = "between"
    settings, command = resolve(options, config, isolated)
    check_outputs(outputs, (a, b))
    _check_two_files(a, b)
    first, second = (Stdin(stdin_filename) if str(path) == "-" else path for path in (a, b))
    shown = Shown(bool(command["quiet"]))
    with stoppable(shown):
        report = detect.compare(first, second, settings=settings, progress=shown, scope=settings.scope)
        with shown.stage("write", None):
            code = deliver(report, command, outputs, color, verbose)
    context.exit(code)


def _check_two_files(a: Path, b: Path) -> None:
    """Refuse what would pass unseen: a file is read once, and `between` a folder's texts is not between two."""
    for path in (a, b):
        if os.path.isdir(path):
            raise ReadError(str(path), "is a folder; two files are compared", "for folders there is dedup scan")
    if a == b or same_file(a, b):
        raise ReadError(str(b), "is the same file as A", "to find repetitions in one file there is dedup scan")
