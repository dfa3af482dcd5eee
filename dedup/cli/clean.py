"""`dedup clean`: a corpus without its repeats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dedup.cleaning import KEEP, LEVEL, LEVELS, UNITS, Choice, Cleaned, Cleaner, check_format
from dedup.cli.options import ANY_PATH, CONFIGURING, READING, RUNNING, matching, resolve, with_options
from dedup.cli.output import check_output, same_file, tell_problems
from dedup.cli.progress import Shown, stoppable
from dedup.cli.speech import speaking
from dedup.errors import ReadError, SettingsError
from dedup.write.words import counted, joined, kind_name, switched_off

LISTED = 20
"""Problems that are listed one by one."""


@click.command()
@click.argument("path", metavar="TABLE", type=ANY_PATH)
@click.option("-o", "--output", type=ANY_PATH, required=True, help="Write the table without its repeats to this file.")
@click.option("--removed", type=ANY_PATH, required=True, help="Write what goes, as JSON lines, to this file.")
@click.option("--unit", type=click.Choice(UNITS), default="paragraph", show_default=True, help="What goes as a whole.")
@click.option("--keep", type=click.Choice(KEEP), default="first", show_default=True, help="Which of a group stays.")
@click.option("--prefer", metavar="FIELD=A,B", help="Of a group, a row with the first of these values stays.")
@click.option("--keep-short", is_flag=True, help="Repeated paragraphs below --min-words stay where they are.")
@with_options(matching(LEVEL, LEVELS), READING, RUNNING)
@click.option("-q", "--quiet", is_flag=True, help="Problems only.")
@with_options(CONFIGURING)
@click.pass_context
def clean(
    context: click.Context,
    /,
    path: Path,
    output: Path,
    removed: Path,
    unit: str,
    keep: str,
    prefer: str | None,
    keep_short: bool,
    quiet: bool,
    config: Path | None,
    isolated: bool,
    **options: Any,
) -> None:
    """Write a table (.jsonl, .csv; .gz, .zst of them; .parquet) without the paragraphs that repeat another.

    By default only copies and other spellings go; --level near takes near copies out, too. One of each group
    stays. What goes is written with what it repeats, and a row of which nothing is left with all its fields:
    rows in = rows kept + shortened + dropped, or the table is not written.

    \b
    Example:
      dedup clean corpus.jsonl.gz -o clean.jsonl --removed removed.jsonl
    """
    options["level"] = options["level"] or LEVEL
    settings, _ = resolve(options, config, isolated)
    check_output(output, (path,))
    check_output(removed, (path,))
    if output == removed or same_file(output, removed):
        raise ReadError(str(removed), "is the output, too", "name another file with --removed")
    shown = Shown(quiet)
    with stoppable(shown):
        choice = Choice(unit, keep, _preferred(prefer) if prefer else None, keep_short)
        check_format(path, output)
        cleaner = Cleaner(path, choice, settings, shown)
        with shown.stage("write", None):
            result = cleaner.save(output, removed)
    if not quiet:
        click.echo(_summary(result))
    tell_problems(result.problems, LISTED)
    context.exit(2 if result.problems else 0)


def _summary(result: Cleaned) -> str:
    lang = speaking()
    kinds = (lang.say("{n:,} {kind}", n=n, kind=kind_name(kind, lang)) for kind, n in sorted(result.removed.items()))
    unread = lang.say(", {n:,} left as they stood (not read)", n=result.unread) if result.unread else ""
    said = lang.say(
        "{rows}: {kept:,} kept, {shortened:,} shortened, {dropped:,} dropped{unread}; {paragraphs} removed ({kinds})",
        rows=counted(result.read, "row", lang),
        kept=result.kept,
        shortened=result.shortened,
        dropped=result.dropped,
        unread=unread,
        paragraphs=counted(result.removed.total(), "paragraph", lang),
        kinds=joined(kinds, lang) or lang.say("none"),
    )
    return lang.gettext("; ").join([said, *switched_off(result.off, lang)])


def _preferred(given: str) -> tuple[str, list[str]]:
    """Return the field and the values of ``outlet=okaz,sabq``.

    Raises:
        SettingsError: it is not written so.
    """
    field, _, values = given.partition("=")
    listed = [value.strip() for value in values.split(",") if value.strip()]
    if not field or not listed:
        raise SettingsError(f"--prefer must be a field and values, as outlet=okaz,sabq; got {given!r}")
    return field, listed
