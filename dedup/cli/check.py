"""`dedup check`: one draft before it is published, within itself and against the archive."""

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
@click.argument("draft", metavar="DRAFT | -", type=ANY_PATH)
@with_options(ARCHIVE)
@click.option("--id", "draft_id", metavar="ID", help="Id of the draft: its own earlier versions are left out.")
@with_options(MATCHING, READING, DECIDING)
@click.option("--stdin-filename", metavar="NAME", help="Name and format of what comes on standard input.")
@with_options(WRITING, CONFIGURING)
@click.pass_context
def check(
    context: click.Context,
    /,
    draft: Path,
    draft_id: str | None,
    stdin_filename: str | None,
    outputs: tuple[str, ...],
    color: str,
    verbose: bool,
    config: Path | None,
    isolated: bool,
    **options: Any,
) -> None:
    """Check one draft: does it repeat itself, or what the archive has?

    The verdict is pass, warn or block; the draft is not stored. Without --archive and DEDUP_ARCHIVE the draft
    is compared with itself only, and the verdict says so.

    \b
    Examples:
      dedup check draft.txt --archive news.db
      cat draft.html | dedup check - --stdin-filename draft.html --archive news.db --id 2026/0417
    """
    asking = Asking.taken(options, config, isolated)
    check_outputs(outputs, (draft,))
    given = Stdin(stdin_filename) if str(draft) == "-" else draft
    _, command = resolve(options, config, isolated)
    shown = Shown(bool(command["quiet"]))
    with stoppable(shown):
        report = scanned(given, asking, lambda first: resolve(options, config, isolated, first)[0], shown, draft_id)
        with shown.stage("write", None):
            code = deliver(report, command, outputs, color, verbose, draft=True)
    context.exit(code)
