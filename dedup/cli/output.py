"""Where a report goes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from dedup.cli.speech import ordering, speaking
from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Problem, Report, Skipped
from dedup.outfile import OTHER_OUTPUT, unwritable, whole_file
from dedup.write import WRITERS, Style, words
from dedup.write.bidi import order_for, ordered
from dedup.write.terminal import harmless

LISTED = 5
"""Inputs left out that are named one by one; more are counted by reason."""

SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
    ".md": "markdown",
    ".sarif": "sarif",
    ".xml": "junit",
}
"""Suffix of an output -> its format, where none is named."""
NOT_WRITTEN = {
    **dict.fromkeys((".pdf", ".doc", ".docx", ".odt"), told("make .html, and print it from a browser")),
    **dict.fromkeys((".xls", ".xlsx", ".ods"), told("make .csv, which spreadsheets open")),
}
"""Suffix that promises what no report is -> what to make instead: text under it would open as a damaged file."""


def check_outputs(outputs: Iterable[str], inputs: Sequence[Path]) -> None:
    """Refuse before the work what would fail or do harm after it, or would be written over by the next.

    Raises:
        ReadError: an output cannot be written, is one of the inputs, or is named twice.
    """
    parted = [_parted(output) for output in outputs]
    paths = [path for _, path in parted]
    for place, (form, path) in enumerate(parted):
        suffix = path.suffix.lower()
        if form is None and suffix in NOT_WRITTEN:
            raise ReadError(str(path), f"no report is written as {suffix}", NOT_WRITTEN[suffix])
        check_output(path, inputs)
        if path in paths[:place]:
            raise ReadError(str(path), "is named twice: one report would replace the other", OTHER_OUTPUT)


def output_paths(outputs: Iterable[str]) -> list[Path]:
    """Return the paths that outputs name."""
    return [_parted(output)[1] for output in outputs]


def _parted(output: str) -> tuple[str | None, Path]:
    """Return the format that an output names, if it names one, and its path: ``sarif:r.sarif``, ``r.html``."""
    form, colon, path = output.partition(":")
    return (form, Path(path)) if colon and form in WRITERS else (None, Path(output))


def check_output(output: Path | None, inputs: Iterable[Path]) -> None:
    """Refuse before the work what would fail or do harm after it.

    Raises:
        ReadError: `output` cannot be written, or is one of the inputs: the report would replace a draft.
    """
    if output is None or str(output) == "-":
        return
    if any(same_file(output, path) for path in inputs):
        raise ReadError(str(output), "is one of the inputs, which the report would replace", OTHER_OUTPUT)
    if os.path.isdir(output):
        raise ReadError(str(output), "cannot be written: it is a folder", OTHER_OUTPUT)
    if not os.path.isdir(output.parent):
        finding = told(f"cannot be written: there is no folder {output.parent}")
        raise ReadError(str(output), finding, "make it, or name another place")


def same_file(a: Path, b: Path) -> bool:
    """Return whether two paths lead to one file, by whatever name."""
    return os.path.exists(a) and os.path.exists(b) and os.path.samefile(a, b)


def deliver(report: Report, options: dict[str, Any], outputs: Sequence[str], color: str, verbose: bool) -> int:
    """Write the report to each of `outputs`, then the messages, and return the exit code."""
    terminal = not outputs and sys.stdout is not None and sys.stdout.isatty()
    style = Style(
        color=color == "always" or (color == "auto" and terminal and not os.environ.get("NO_COLOR")),
        redact=bool(options["redact"]),
        quiet=bool(options["quiet"]),
        statistics=bool(options["statistics"]),
        templates=bool(options["templates"]),
        lang=speaking(),
        sort=options["sort"],
        top=options["top"],
        new_only=bool(options["new_only"]),
        explain_with=passed_on(click.get_current_context(silent=True)),
        bidi="terminal" if outputs else order_for(ordering(), os.environ, terminal=terminal),
    )
    if style.bidi == "visual":
        style = style._replace(color=False)  # what is turned round has no place for it
    for form, path in map(_parted, outputs):
        name = form or options["output_format"] or SUFFIXES.get(path.suffix.lower(), "full")
        _write(WRITERS[name](report, style), path)
    if not outputs:  # the same in a pipe as on a terminal: what changed is what a log is read for
        name = options["output_format"] or "full"
        pieces = WRITERS[name](report, style)
        if style.bidi != "terminal" and name in ("full", "concise"):
            import shutil

            pieces = ordered(pieces, style.bidi, shutil.get_terminal_size().columns)
        _write(pieces, None)
    if style.top is not None and len(report.matches) > style.top and not style.quiet:
        said = speaking().say("--top {n}: not all findings are listed; the verdict is that of all", n=style.top)
        click.echo(note(said), err=True)
    for line in _messages(report, verbose, bool(options["quiet"])):
        click.echo(line, err=True)
    return 0 if options["exit_zero"] and report.exit_code == 1 else report.exit_code


EXPLAINED = frozenset(
    "threshold rewritten_threshold level passage_words passage_words_within min_words normalize ignore_phrases "
    "paragraphs format_in ignore_files text_field id_field config isolated".split()
)
"""Options that a command shares with `dedup explain`: what is read, and how it is compared."""


def passed_on(context: click.Context | None) -> tuple[str, ...]:
    """Return the options of a command line that `dedup explain` needs, too, to tell the same of a finding."""
    if context is None:
        return ()
    given: list[str] = []
    for option in context.command.params:
        name = option.name or ""
        if name in EXPLAINED and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            is_flag = isinstance(option, click.Option) and option.is_flag
            given += [option.opts[-1]] if is_flag else [option.opts[-1], str(context.params[name])]
    return tuple(given)


def _write(pieces: Iterator[str], output: Path | None) -> None:
    if output is None or str(output) == "-":
        to_stdout(pieces)
    else:
        to_file(pieces, output)


def to_stdout(pieces: Iterable[str]) -> None:
    """Write `pieces`; a reader who has seen enough (`| head`) is no error: the verdict stays the exit code.

    Raises:
        ReadError: standard output is closed or full.
    """
    if sys.stdout is None:
        raise ReadError("standard output", "is closed", OTHER_OUTPUT)
    if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # a report is UTF-8 whatever the locale
    elif hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
    except OSError as error:
        # What is still in the buffer goes nowhere, or Python would fail once more when it leaves.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise unwritable("standard output", error) from error


def to_file(pieces: Iterable[str], output: Path) -> None:
    """Write a file, whole or not at all."""
    with whole_file(output) as file:
        file.writelines(piece.encode() for piece in pieces)


def _messages(report: Report, verbose: bool, quiet: bool) -> Iterator[str]:
    """Yield what a person should know beside the report: never a word of an article."""
    lang = speaking()
    for problem in report.problems:
        yield f"dedup: {words.problem(problem, lang, harmless)}"
    if quiet:
        return
    for notice in report.notices:
        yield note(words.notice(notice, lang, harmless))
    yield from skipped_lines(report.skipped, verbose)


def skipped_lines(skipped: Sequence[Skipped], verbose: bool) -> Iterator[str]:
    """Yield what was left out: each by itself where they are few or asked for, else how many and why."""
    lang = speaking()
    if verbose or len(skipped) <= LISTED:
        yield from map(left_out, skipped)
        return
    reasons = Counter(each.reason for each in skipped).most_common()
    listed = (lang.say("{reason} ({n:,})", n=count, reason=lang.tell(reason, harmless)) for reason, count in reasons)
    yield lang.say("dedup: left out: {listed}; -v names them", listed=words.joined(listed, lang))


def tell_problems(problems: Sequence[Problem], most: int) -> None:
    """Say what could not be done, so many of it by itself."""
    lang = speaking()
    for problem in problems[:most]:
        click.echo(f"dedup: {words.problem(problem, lang, harmless)}", err=True)
    if len(problems) > most:
        more = words.counted(len(problems) - most, "more problem", lang)
        click.echo(lang.say("dedup: and {problems}", problems=more), err=True)


def note(notice: str) -> str:
    """Return the line that says what was done to an input."""
    return speaking().say("dedup: note: {notice}", notice=notice)


def left_out(skipped: Skipped) -> str:
    """Return the line that says what was left out, and why."""
    reason = speaking().tell(skipped.reason, harmless)
    return speaking().say("dedup: left out: {path}: {reason}", harmless, path=skipped.path, reason=reason)
