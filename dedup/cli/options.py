"""What the commands share: their options, and the settings that come of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from dedup.cli.configuration import load_config, split_options
from dedup.cli.phrases import with_phrases
from dedup.cli.speech import hear_file
from dedup.settings import FAIL_ON, KEEP, LEVELS, PARAGRAPH_RULES, PROFILES, SCOPES, Settings
from dedup.write import WRITERS
from dedup.write.order import SORTS

COLORS = ("auto", "always", "never")

ANY_PATH = click.Path(path_type=Path, readable=False)
"""A path as it was typed: whether it can be read is for the reader to say, and the others go on."""

_Command = Callable[..., Any]


def _option(*names: str, **attributes: Any) -> Callable[[_Command], _Command]:
    return click.option(*names, default=None, **attributes)


Table = tuple[Callable[[_Command], _Command], ...]
"""Options that go together, in the order of the help."""


def matching(level: str = "passage", levels: Sequence[str] = LEVELS) -> Table:
    """Return the options that decide what is alike, of the kinds that a command looks for.

    `level` is what it takes where none is given; a kind that is not among `levels` has no options.
    """
    rewritten = _option(
        "--rewritten-threshold", type=float, help="Least score of a rewritten paragraph; 0 = off.  [default: 0.70]"
    )
    passages = (
        _option("--passage-words", type=int, help="Fewest words of a passage between documents.  [default: 20]"),
        _option("--passage-words-within", type=int, help="Fewest words of one within a document.  [default: 10]"),
    )
    return (
        _option("-t", "--threshold", type=float, help="Least score of a near duplicate, 0 to 1.  [default: 0.85]"),
        *((rewritten,) if "rewritten" in levels else ()),
        _option("--level", type=click.Choice(levels), help=f"The weakest kind to look for.  [default: {level}]"),
        *(passages if "passage" in levels else ()),
        _option("--min-words", type=int, help="Shorter paragraphs match only when equal.  [default: 8]"),
        _option("--normalize", type=click.Choice(PROFILES), help="What counts as spelling.  [default: ar]"),
        _option(
            "--ignore-phrases", metavar="FILE", help="Phrases that make no finding, one a line; # before a remark."
        ),
    )


MATCHING = matching()

FIELDS = (
    _option("--format-in", metavar="FORMAT", help="Format of all inputs.  [default: by name, else by content]"),
    _option("--no-ignore", "ignore_files", is_flag=True, flag_value=False, help="Heed no .dedupignore in a folder."),
    _option("--text-field", metavar="NAME", help="Field of a row with the text.  [default: text]"),
    _option("--id-field", metavar="NAME", help="Field of a row with the id.  [default: id]"),
)
"""Options that name the format of inputs, and the fields of a row."""

READING = (
    _option("--paragraphs", type=click.Choice(PARAGRAPH_RULES), help="How text is split.  [default: auto]"),
    *FIELDS,
)
"""Options that decide how inputs are read."""

RUNNING = (
    _option("-j", "--workers", type=int, metavar="N", help="Threads; never changes the result.  [default: all cores]"),
    _option("--memory", metavar="SIZE", help="More than this goes to temporary files.  [default: 4GB]"),
    _option("--recall-target", type=float, help="Least expected recall of large input, whatever it costs."),
)
"""Options that decide what a run may cost."""

EXITING = (
    _option("-e", "--exit-zero", is_flag=True, flag_value=True, help="Exit with 0 even with findings (2 stays 2)."),
)
"""Options that decide how the command ends."""


def deciding(scope: str = "both") -> Table:
    """Return the options that decide what is reported and how the command ends; `scope` as `level` of `matching`."""
    return (
        _option("--scope", metavar="SCOPE", help=f"{','.join(SCOPES)}: which pairs count.  [default: {scope}]"),
        _option("--keep", type=click.Choice(KEEP), help="Which paragraph stands for its group.  [default: first]"),
        _option("--fail-on", type=click.Choice(FAIL_ON), help="The weakest kind that exits with 1.  [default: near]"),
        _option("--fail-short/--no-fail-short", help="Let paragraphs below --min-words fail the check, too."),
        _option("--ignore-quotes/--no-ignore-quotes", help="Let what both sides quote be listed, but not count."),
        _option(
            "--max-duplicated",
            metavar="SHARE",
            help="Most of the words that may repeat: 20% or 0.2; more exits with 1.",
        ),
        _option("--max-findings", type=int, metavar="N", help="Most findings that may count; more exits with 1."),
        *EXITING,
    )


WRITING = (
    _option(
        "-f",
        "--output-format",
        type=click.Choice(tuple(WRITERS)),
        help="[default: full, or by the suffix of -o]",
    ),
    click.option(
        "-o",
        "--output",
        "outputs",
        metavar="[FORMAT:]PATH",
        multiple=True,
        help="Write to a file, whole or not at all; may come again, for several formats.",
    ),
    _option("--sort", type=click.Choice(tuple(SORTS)), help="Order of the findings.  [default: by kind, then size]"),
    _option(
        "--top", type=click.IntRange(1), metavar="N", help="List the first N findings; the verdict is that of all."
    ),
    _option("--new-only", is_flag=True, flag_value=True, help="Leave known findings of a baseline out."),
    _option("--templates", is_flag=True, flag_value=True, help="Show each template, not only how many there are."),
    _option("--statistics", is_flag=True, flag_value=True, help="Counts instead of findings."),
    _option("--redact", is_flag=True, flag_value=True, help="Leave all text of articles out of the output."),
    click.option("--color", type=click.Choice(COLORS), default="auto", show_default=True, help="Heeds NO_COLOR."),
    _option("-q", "--quiet", is_flag=True, flag_value=True, help="Findings and problems only."),
    click.option("-v", "--verbose", is_flag=True, help="Name every input that was left out."),
)
"""Options that decide what is written where."""

BASELINE = (
    _option("--baseline", metavar="FILE", help="Findings in this file are known: listed, but they do not count."),
    click.option("--update-baseline", is_flag=True, help="Write all findings to the baseline; new where missing."),
)
"""Options on findings that are known."""

WATCHING = (click.option("--watch", is_flag=True, help="Run again whenever an input changes, until Ctrl+C."),)
"""The option of commands that can wait for a change."""

CONFIGURING = (
    click.option("--config", type=ANY_PATH, help="Use this file of settings."),
    click.option("--isolated", is_flag=True, help="Use no file of settings."),
)
"""Options on files of settings."""


def reporting(scope: str = "both") -> Table:
    """Return the options of a command that reports; `scope` as `level` of `matching`."""
    return (
        *MATCHING,
        *READING,
        *deciding(scope),
        *RUNNING,
        click.option("--stdin-filename", metavar="NAME", help="Name and format of what comes on standard input."),
        *WRITING,
        *BASELINE,
        *CONFIGURING,
    )


REPORTING = reporting()
"""Options of scan and check."""

STORY = _option(
    "--same-story", "story_field", metavar="FIELD", help="Field of a row with the ids of other articles of its story."
)
"""The option on what belongs together; what is checked leaves it out."""

ARCHIVE = (
    click.option(
        "--archive", metavar="PLACE", envvar="DEDUP_ARCHIVE", help="File or URL of the archive.  [env: DEDUP_ARCHIVE]"
    ),
    click.option("--exclude-id", metavar="ID", multiple=True, help="Leave this article out; may come again."),
    STORY,
    click.option("--as-of", metavar="DATE", help="Leave out what was published after this date."),
    click.option("--since", metavar="DATE", help="Leave out what was published before this date."),
    click.option("--outlet", metavar="NAME", multiple=True, help="Only articles of this outlet; may come again."),
    click.option("--max-archive-age", metavar="AGE", help="Warn if the newest article is older: 36h, 2d, 1w."),
    _option(
        "--boilerplate-after", type=int, metavar="N", help="Articles from which a text is boilerplate.  [default: 10]"
    ),
    click.option("--network-file-system", is_flag=True, help="Open an archive on one all the same."),
)
"""Options on what was published before."""


def with_options(*tables: Table) -> Callable[[_Command], _Command]:
    """Return a decorator that adds the options of `tables`, in their order."""

    def decorate(command: _Command) -> _Command:
        for option in reversed([option for table in tables for option in table]):
            command = option(command)
        return command

    return decorate


def resolve(
    options: Mapping[str, Any], config: Path | None, isolated: bool, first: Mapping[str, Any] | None = None
) -> tuple[Settings, dict[str, Any]]:
    """Return the settings, and the options of the command: the command line before the file, that before `first`.

    Raises:
        SettingsError: a value out of range or an unknown key.
    """
    in_file = load_config(config, isolated)
    hear_file(in_file)
    merged = {**(first or {}), **in_file}
    merged.update({name: value for name, value in options.items() if value is not None})
    return split_options(with_phrases(merged, Path()))
