"""What scan, check, compare and report share: from their options to a report that is delivered, and the exit code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from dedup.cli.options import resolve
from dedup.cli.output import check_outputs, deliver
from dedup.cli.progress import Shown, stoppable
from dedup.model import Report
from dedup.read.files import Stdin
from dedup.settings import Settings


@dataclass(frozen=True)
class Told:
    """Hold what a command of `options.REPORTING` was told; `options` are those that the file of settings may give."""

    options: Mapping[str, Any]
    config: Path | None
    isolated: bool
    outputs: tuple[str, ...]
    color: str
    verbose: bool
    stdin_filename: str | None

    @classmethod
    def taken(cls, options: dict[str, Any]) -> Told:
        """Take the options that say where settings come from and where reports go out of `options`."""
        names = ("config", "isolated", "outputs", "color", "verbose", "stdin_filename")
        own = {name: options.pop(name) for name in names}
        return cls(options, **own)

    def settings(self, first: Mapping[str, Any] | None = None) -> Settings:
        """Return the settings of the run; `first` gives way to the file of settings and to the command line."""
        return resolve(self.options, self.config, self.isolated, first)[0]

    def input(self, path: Path) -> Path | Stdin:
        """Return what a path of the command line stands for."""
        return Stdin(self.stdin_filename) if str(path) == "-" else path

    def report(
        self, context: click.Context, paths: Sequence[Path], made: Callable[[Shown], Report], *, draft: bool = False
    ) -> None:
        """Have the report made and written, and leave with its exit code.

        Args:
            context: that of the command.
            paths: the inputs, which no output may replace.
            made: makes the report, and tells how far it is.
            draft: one text was checked.
        """
        _, command = resolve(self.options, self.config, self.isolated)
        check_outputs(self.outputs, paths)
        shown = Shown(bool(command["quiet"]))
        with stoppable(shown):
            report = made(shown)
            report = replace(report, draft=True) if draft else report
            with shown.stage("write", None):
                code = deliver(report, command, self.outputs, self.color, self.verbose)
        context.exit(code)
