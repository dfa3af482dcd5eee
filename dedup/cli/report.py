"""`dedup report`: a saved report again, in any format, without a new run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from dedup.cli.options import ANY_PATH, CONFIGURING, EXITING, WRITING, with_options
from dedup.cli.output import to_stdout
from dedup.cli.reporting import Told
from dedup.decide import grouped
from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Report, lines
from dedup.model.saved import report_of
from dedup.system import said_by
from dedup.write import schema

_REMEDY = told("a report is saved by -f json or -f jsonl")


@click.command()
@click.argument("saved", metavar="SAVED | -", required=False, type=ANY_PATH)
@click.option("--schema", "wants_schema", is_flag=True, help="Instead: the JSON Schema of saved reports.")
@with_options(EXITING, WRITING, CONFIGURING)
@click.pass_context
def report(context: click.Context, /, saved: Path | None, wants_schema: bool, **options: Any) -> None:
    """Write a saved report again, in any format, without a new run.

    SAVED is what -f json or -f jsonl wrote; - is standard input. Each format is, to the byte, what the run itself would
    have written, and the exit code is that of the run. JSON lines hold no whole texts: a page made of them has none.

    \b
    Examples:
      dedup check draft.txt --archive news.db -o report.json
      dedup report report.json -o report.html
    """
    if wants_schema:
        to_stdout([schema()])
        return
    if saved is None:
        raise click.UsageError("Missing argument 'SAVED | -'.")
    told = Told.taken({**options, "stdin_filename": None})
    told.report(context, (saved,), lambda _: read_report(saved))


def read_report(path: Path) -> Report:
    """Return the report that was saved in a file; `-` is standard input.

    Raises:
        ReadError: it cannot be read, is damaged, or is no report.
    """
    place = "standard input" if str(path) == "-" else str(path)
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = raw.decode("utf-8-sig")
        if lines.is_lines(text):
            return report_of(lines.joined(text, place), place, grouped)
        plain = _only(text)
    except FileNotFoundError as error:
        raise ReadError(place, "no such file or folder", "look for a typing error in the path") from error
    except OSError as error:
        raise ReadError(place, f"cannot be read: {said_by(error)}", _REMEDY) from error
    except (ValueError, RecursionError) as error:
        raise ReadError(place, f"is no JSON{_where(error)}", _REMEDY) from error
    return Report.from_dict(plain, place)


def _only(text: str) -> Any:
    """Return the one JSON value of a text; of lines that no report is, as `dedup clean` writes them, the first."""
    first, _, rest = text.lstrip().partition("\n")
    try:
        return json.loads(text)
    except ValueError:
        if rest.strip() and first.startswith("{") and first.rstrip().endswith("}"):
            return json.loads(first)
        raise


def _where(error: ValueError | RecursionError) -> str:
    return told(f" from line {error.lineno}, column {error.colno}") if isinstance(error, json.JSONDecodeError) else ""
