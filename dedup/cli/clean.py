"""`dedup clean`: a corpus without its repeats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dedup.cleaning import KEEP, LEVEL, LEVELS, UNITS, Cleaned
from dedup.cleaning import clean as cleaned
from dedup.cleaning.repeats import Tally
from dedup.cli.options import ANY_PATH, CONFIGURING, READING, RUNNING, matching, resolve, with_options
from dedup.cli.output import check_output, skipped_lines, tell_problems
from dedup.cli.progress import Shown, stoppable
from dedup.cli.speech import speaking
from dedup.errors import SettingsError
from dedup.write.terminal import harmless
from dedup.write.words import counted, joined, kind_name, switched_off

LISTED = 20
"""Problems that are listed one by one."""


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="TABLE...", type=ANY_PATH)
@click.option("-o", "--output", required=True, help="Write what stays to this file, or below this folder.")
@click.option("--removed", type=ANY_PATH, required=True, help="Write what goes, as JSON lines, to this file.")
@click.option("--unit", type=click.Choice(UNITS), default="paragraph", show_default=True, help="What goes as a whole.")
@click.option("--keep", type=click.Choice(KEEP), default="first", show_default=True, help="Which of a group stays.")
@click.option("--prefer", metavar="FIELD=A,B", help="Of a group, a row with the first of these values stays.")
@click.option("--keep-short", is_flag=True, help="Repeated paragraphs below --min-words stay where they are.")
@with_options(matching(LEVEL, LEVELS), READING, RUNNING)
@click.option("-q", "--quiet", is_flag=True, help="Problems only.")
@click.option("-v", "--verbose", is_flag=True, help="Name every input that was left out.")
@with_options(CONFIGURING)
@click.pass_context
def clean(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    output: str,
    removed: Path,
    prefer: str | None,
    quiet: bool,
    verbose: bool,
    config: Path | None,
    isolated: bool,
    **options: Any,
) -> None:
    """Write tables without the paragraphs that repeat another.

    TABLE is .jsonl or .csv, .gz or .zst of them, or .parquet; folders are walked. Of copies in several tables the first
    in the order of the command stays. Into a folder each table is written under its own name; into one file all of
    them, one after the other, where they have one form.

    By default only copies and other spellings go; --level near takes near copies out, too. One of each group
    stays. What goes is written with what it repeats, and a row of which nothing is left with all its fields:
    rows in = rows kept + shortened + dropped, or the table is not written.

    \b
    Examples:
      dedup clean corpus.jsonl.gz -o clean.jsonl --removed removed.jsonl
      dedup clean 2025/ 2026/ news.parquet -o clean/ --removed removed.jsonl
    """
    choice = {"prefer": _preferred(prefer) if prefer else None}
    choice.update({name: options.pop(name) for name in ("unit", "keep", "keep_short")})
    options["level"] = options["level"] or LEVEL
    settings, _ = resolve(options, config, isolated)
    check_output(removed, paths)
    shown = Shown(quiet)
    with stoppable(shown):
        result = cleaned(paths, output, removed, settings=settings, progress=shown, **choice)
    if not quiet:
        _tell(result)
        for line in skipped_lines(result.skipped, verbose):
            click.echo(line, err=True)
    tell_problems(result.problems, LISTED)
    context.exit(2 if result.problems else 0)


def _tell(result: Cleaned) -> None:
    """Say what became of rows: of all of them, and of those of each table where they are few."""
    if 1 < len(result.tables) <= LISTED:
        for name, tally in result.tables.items():
            click.echo(f"{harmless(name)}: {_summary(tally)}")
    click.echo(_summary(result))


def _summary(result: Tally) -> str:
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
