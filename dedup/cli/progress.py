"""How far a run is, on a terminal; and, when it was stopped, how far it came."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from dedup.cli.speech import speaking
from dedup.language import mark
from dedup.progress import Advance

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

QUIET_SECONDS = 1.0
"""A run shorter than this shows nothing: a bar that flashes by only unsettles."""

DOING = {
    "read": (mark("reading"), mark("paragraphs")),
    "sign": (mark("signing"), mark("texts")),
    "candidates": (mark("looking for candidates"), mark("bands")),
    "confirm": (mark("confirming"), mark("pairs")),
    "passages": (mark("looking for passages"), mark("passages")),
    "report": (mark("grouping"), mark("findings")),
    "load": (mark("storing"), mark("paragraphs")),
    "verify": (mark("verifying"), mark("texts")),
    "write": (mark("writing the report"), mark("pieces")),
}
"""Stage -> what is being done, and what is counted."""


class Shown:
    """Show the stage, its rate and the time left on standard error, if that is a terminal."""

    def __init__(self, quiet: bool) -> None:
        self._terminal = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._quiet = quiet
        self._began = time.monotonic()
        self._bars: Bars | None = None
        self._stage = "read"
        self._done = {"read": 0}
        self._total: int | None = None

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        """Show a stage while it runs."""
        self._stage, self._total, self._done[name] = name, total, 0
        doing, unit = map(speaking().gettext, DOING[name])
        task = None
        began = time.monotonic()

        def advance(done: int) -> None:
            nonlocal task
            self._done[name] = done
            if self._terminal and time.monotonic() - self._began > QUIET_SECONDS:
                self._bars = self._bars or _bars()
                if task is None:
                    task = self._bars.add_task(doing, total=total, unit=unit, rate="")
                rate = done / (time.monotonic() - began)
                self._bars.update(task, completed=done, rate=f"{rate:,.0f}/s")

        try:
            yield advance
        finally:
            self._close()

    def tell(self, message: str) -> None:
        """Say at once what a person may want to know before the work is done."""
        if not self._quiet:
            click.echo(f"dedup: {speaking().tell(message)}", err=True)

    def stopped(self) -> str:
        """Return what was done until now."""
        lang = speaking()
        doing, unit = map(lang.gettext, DOING[self._stage])
        done = self._done[self._stage]
        if self._stage == "load":
            return lang.say(
                "stopped while {doing}; {n:,} {unit} are stored; the same command goes on from there",
                doing=doing,
                n=done,
                unit=unit,
            )
        parts = [lang.say("stopped while {doing}", doing=doing)]
        if self._stage not in ("write", "report"):
            of = lang.say("{n:,} of {total:,}", n=done, total=self._total) if self._total else lang.number(done)
            parts = [lang.say("stopped while {doing} ({done} {unit})", doing=doing, done=of, unit=unit)]
        if self._stage != "read":
            parts.append(lang.say("{n:,} paragraphs were read", n=self._done["read"]))
        parts.append(lang.say("the report is not whole") if self._stage == "write" else lang.say("nothing was written"))
        return lang.gettext("; ").join(parts)

    def _close(self) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars = None


class Stopped(Exception):
    """Ctrl+C; the message says what was done until then."""


@contextmanager
def stoppable(shown: Shown) -> Iterator[None]:
    """Turn Ctrl+C into a message on what was done."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise Stopped(shown.stopped()) from error


def _bars() -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.completed:,.0f} {task.fields[unit]}, {task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    bars = Progress(*columns, console=Console(stderr=True), transient=True)
    bars.start()
    return bars
