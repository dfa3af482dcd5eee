"""`dedup scan`: the repeated paragraphs within and between the inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dedup.cli.options import ANY_PATH, ARCHIVE, REPORTING, WATCHING, with_options
from dedup.cli.published import Asking, scanned
from dedup.cli.reporting import Told


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH... | -", type=ANY_PATH)
@with_options(ARCHIVE, REPORTING, WATCHING)
@click.pass_context
def scan(context: click.Context, /, paths: tuple[Path, ...], **options: Any) -> None:
    """Find repeated paragraphs in files and folders, and with --archive what of them was published before.

    Reads text, Markdown, HTML, Word, JSON lines, CSV, Parquet, the JSON and XML of newsrooms, .gz, .zst and .zip;
    folders are walked, and - is standard input.

    \b
    Examples:
      dedup scan seeds/
      dedup scan article.txt archive/ --fail-on exact -f json -o report.json
      cat draft.html | dedup scan - --stdin-filename draft.html
    """
    told = Told.taken(options)
    asking = Asking.taken(options, told.config, told.isolated)
    told.report(
        context,
        paths,
        lambda shown: scanned([told.input(path) for path in paths], asking, told.settings, shown),
        archive=asking.place,
    )
