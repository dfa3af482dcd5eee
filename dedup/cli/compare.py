"""`dedup compare`: the paragraphs that two texts share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dedup import detect
from dedup.cli.options import CONFIGURING, DECIDING, MATCHING, READING, WRITING, resolve, with_options
from dedup.cli.output import deliver
from dedup.read.files import Stdin


@click.command()
@click.argument("a", metavar="A", type=click.Path(path_type=Path))
@click.argument("b", metavar="B", type=click.Path(path_type=Path))
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
    output: Path | None,
    color: str,
    verbose: bool,
    config: Path | None,
    isolated: bool,
    **options: Any,
) -> None:
    r"""Find the paragraphs that two files share; one of them may be - (standard input).

    Only pairs between the two count, unless --scope says otherwise.

    \b
    Example:
      dedup compare draft.txt published.txt
    """
    if options["scope"] is None:
        options["scope"] = "between"
    settings, command = resolve(options, config, isolated)
    first, second = (Stdin(stdin_filename) if str(path) == "-" else path for path in (a, b))
    report = detect.compare(first, second, settings=settings, scope=settings.scope)
    context.exit(deliver(report, command, output, color, verbose))
