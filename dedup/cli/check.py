"""`dedup check`: one draft before it is published, within itself and against the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dedup.cli.options import ANY_PATH, ARCHIVE, REPORTING, WATCHING, with_options
from dedup.cli.published import Asking, scanned
from dedup.cli.reporting import Told


@click.command()
@click.argument("draft", metavar="DRAFT | -", type=ANY_PATH)
@with_options(ARCHIVE)
@click.option("--id", "draft_id", metavar="ID", help="Id of the draft: its own earlier versions are left out.")
@with_options(REPORTING, WATCHING)
@click.pass_context
def check(context: click.Context, /, draft: Path, draft_id: str | None, **options: Any) -> None:
    """Check one draft: does it repeat itself, or what the archive has?

    The verdict is pass, warn or block; the draft is not stored. Without --archive and DEDUP_ARCHIVE the draft
    is compared with itself only, and the verdict says so.

    \b
    Examples:
      dedup check draft.txt --archive news.db
      cat draft.html | dedup check - --stdin-filename draft.html --archive news.db --id 2026/0417
    """
    told = Told.taken(options)
    asking = Asking.taken(options, told.config, told.isolated)
    told.report(
        context,
        (draft,),
        lambda shown: scanned(told.input(draft), asking, told.settings, shown, draft_id),
        draft=True,
        archive=asking.place,
    )
