"""Phrases to ignore, as options and files of settings name them: by a file, which is read here."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import click

from dedup.cli.output import note
from dedup.cli.speech import speaking
from dedup.write import words
from dedup.write.terminal import harmless


def with_phrases(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return values of settings with the phrases of the file that they name, if they name one, seen from `folder`.

    Raises:
        ReadError: the file cannot be read, or a line is no phrase.
    """
    file = values.get("ignore_phrases")
    return {**values, "ignore_phrases": _phrases_of(folder / file)} if isinstance(file, str) else values


@functools.cache
def _phrases_of(path: Path) -> tuple[str, ...]:
    """Return the phrases of a file, read once, as it may be a pipe; what was done to read it is said."""
    from dedup.read.phrases import phrases_in  # most runs name no file

    phrases, notices = phrases_in(path)
    for notice in notices:
        click.echo(note(words.notice(str(notice), speaking(), harmless)), err=True)
    return phrases
