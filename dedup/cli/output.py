"""Where a report goes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from dedup.errors import ReadError
from dedup.model import Report
from dedup.write import WRITERS, Style
from dedup.write.terminal import harmless

LISTED = 5
"""Inputs left out that are named one by one; more are counted by reason."""

SUFFIXES = {".json": "json", ".jsonl": "jsonl", ".html": "html", ".htm": "html"}


def deliver(report: Report, options: dict[str, Any], output: Path | None, color: str, verbose: bool) -> int:
    """Write the report, then the messages, and return the exit code."""
    terminal = output is None and sys.stdout.isatty()
    name = options["output_format"] or _default_format(output, terminal)
    style = Style(
        color=color == "always" or (color == "auto" and terminal and not os.environ.get("NO_COLOR")),
        redact=bool(options["redact"]),
        quiet=bool(options["quiet"]),
        statistics=bool(options["statistics"]),
    )
    _write(WRITERS[name](report, style), output)
    for line in _messages(report, verbose, bool(options["quiet"])):
        click.echo(line, err=True)
    return 0 if options["exit_zero"] and report.exit_code == 1 else report.exit_code


def _default_format(output: Path | None, terminal: bool) -> str:
    if output is not None:
        return SUFFIXES.get(output.suffix.lower(), "full")
    return "full" if terminal else "concise"


def _write(pieces: Iterator[str], output: Path | None) -> None:
    if output is None or str(output) == "-":
        _to_stdout(pieces)
    elif output.exists() and not output.is_file():  # /dev/null, a named pipe
        try:
            with open(output, "w", encoding="utf-8") as file:
                file.writelines(pieces)
        except OSError as error:
            raise _unwritable(output, error) from error
    else:
        _to_file(pieces, output)


def _to_stdout(pieces: Iterator[str]) -> None:
    if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # a report is UTF-8 whatever the locale
    elif hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`): the verdict stays the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _to_file(pieces: Iterator[str], output: Path) -> None:
    """Write beside the target and rename. Until then only this user can read it: drafts are confidential."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)  # mode 0600
    except OSError as error:
        raise _unwritable(output, error) from error
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        os.chmod(name, _mode_of(output))
        os.replace(name, output)
    except OSError as error:
        raise _unwritable(output, error) from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _mode_of(output: Path) -> int:
    if output.exists():
        return stat.S_IMODE(output.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _unwritable(output: Path, error: OSError) -> ReadError:
    return ReadError(str(output), f"cannot be written: {error.strerror or error}", "see -o")


def _messages(report: Report, verbose: bool, quiet: bool) -> Iterator[str]:
    """Yield what a person should know beside the report: never a word of an article."""
    for problem in report.problems:
        yield f"dedup: {harmless(str(problem))}"
    if quiet:
        return
    for notice in report.notices:
        yield f"dedup: note: {harmless(notice)}"
    if verbose or len(report.skipped) <= LISTED:
        for skipped in report.skipped:
            yield f"dedup: left out: {harmless(skipped.path)}: {skipped.reason}"
    else:
        reasons = Counter(skipped.reason for skipped in report.skipped)
        listed = ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())
        yield f"dedup: left out: {listed}; -v names them"
