"""`dedup scan`: the repeated paragraphs within and between the inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dedup.cli.options import (
    ANY_PATH,
    ARCHIVE,
    CONFIGURING,
    DECIDING,
    MATCHING,
    READING,
    WRITING,
    resolve,
    with_options,
)
from dedup.cli.output import check_outputs, deliver
from dedup.cli.progress import Shown, stoppable
from dedup.cli.published import Asking, scanned
from dedup.read.files import Stdin


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH... | -", type=ANY_PATH)
@with_options(ARCHIVE, MATCHING, READING, DECIDING)
@click.option("--stdin-filename", metavar="NAME", help="Name and format of what comes on standard input.")
@with_options(WRITING, CONFIGURING)
@click.pass_context
def scan(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    stdin_filename: str | None,
    outputs: tuple[str, ...],
    color: str,
    verbose: bool,
    config: Path | None,
    isolated: bool,
    **options: Any,
) -> None:
    """Find repeated paragraphs in files and folders, and with --archive what of them was published before.

    Reads .txt, .md, .html, .jsonl and .csv, and .gz of them; - is standard input. Folders are walked.

    \b
    Examples:
      dedup scan seeds/
      dedup scan article.txt archive/ --fail-on exact -f json -o report.json
      cat draft.html | dedup scan - --stdin-filename draft.html
    """
    asking = Asking.taken(options, config, isolated)
    _, command = resolve(options, config, isolated)
    check_outputs(outputs, paths)
    inputs = [Stdin(stdin_filename) if str(path) == "-" else path for path in paths]
    shown = Shown(bool(command["quiet"]))
    with stoppable(shown):
        report = scanned(inputs, asking, lambda first: resolve(options, config, isolated, first)[0], shown)
        with shown.stage("write", None):
            code = deliver(report, command, outputs, color, verbose)
    context.exit(code)
