"""What scan, check, compare and report share: from their options to a report that is delivered, and the exit code."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from dedup.cli.options import resolve
from dedup.cli.output import check_outputs, deliver, output_paths
from dedup.cli.progress import Shown, stoppable
from dedup.model import Report
from dedup.read.files import Folder, Stdin
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.cli.baseline import Baseline


class Told(NamedTuple):
    """Hold what a command of `options.REPORTING` was told; `options` are those that the file of settings may give."""

    options: Mapping[str, Any]
    config: Path | None
    isolated: bool
    outputs: tuple[str, ...]
    color: str
    verbose: bool
    stdin_filename: str | None
    update_baseline: bool = False
    watch: bool = False

    @classmethod
    def taken(cls, options: dict[str, Any]) -> Told:
        """Take the options that say where settings come from and where reports go out of `options`."""
        names = ("config", "isolated", "outputs", "color", "verbose", "stdin_filename")
        own = {name: options.pop(name) for name in names}
        further = {name: options.pop(name, False) for name in ("update_baseline", "watch")}
        return cls(options, **own, **further)

    def settings(self, first: Mapping[str, Any] | None = None) -> Settings:
        """Return the settings of the run; `first` gives way to the file of settings and to the command line."""
        return resolve(self.options, self.config, self.isolated, first)[0]

    def input(self, path: Path) -> Path | Folder | Stdin:
        """Return what a path of the command line stands for."""
        if str(path) == "-":
            return Stdin(self.stdin_filename)
        if self.outputs and os.path.isdir(path):
            return Folder(path, frozenset(map(os.path.realpath, output_paths(self.outputs))))
        return path

    def report(
        self,
        context: click.Context,
        paths: Sequence[Path],
        made: Callable[[Shown], Report],
        *,
        draft: bool = False,
        archive: str | None = None,
    ) -> None:
        """Have the report made and written, again with each change where that was asked, and leave with its exit code.

        Args:
            context: that of the command.
            paths: the inputs, which no output may replace.
            made: makes the report, and tells how far it is.
            draft: one text was checked.
            archive: the place of an archive that is asked.
        """
        if not self.watch:
            context.exit(self._written(paths, made, draft))
        from dedup.cli.watching import check_watchable, watched

        check_watchable(paths, self.outputs, self.update_baseline)
        _, command = resolve(self.options, self.config, self.isolated)
        run = partial(self._written, paths, made, draft)
        context.exit(watched(paths, archive, run, quiet=bool(command["quiet"])))

    def _written(self, paths: Sequence[Path], made: Callable[[Shown], Report], draft: bool) -> int:
        """Have the report made and written, and return its exit code."""
        _, command = resolve(self.options, self.config, self.isolated)
        check_outputs(self.outputs, paths)
        baseline = self._baseline(paths)
        shown = Shown(bool(command["quiet"]))
        with stoppable(shown):
            report = made(shown)
            report = replace(report, draft=True) if draft else report
            if baseline is not None:
                report = baseline.marked(report)
            with shown.stage("write", None):
                return deliver(report, command, self.outputs, self.color, self.verbose)

    def _baseline(self, paths: Sequence[Path]) -> Baseline | None:
        """Return the baseline of the run, read before the work: a missing one must not pass unseen."""
        _, command = resolve(self.options, self.config, self.isolated)
        if "baseline" not in self.options:  # a saved report has its own
            return None
        if command["baseline"] is None:
            if self.update_baseline:
                raise click.UsageError("--update-baseline needs --baseline FILE.")
            return None
        from dedup.cli.baseline import Baseline  # a check is a new process each time

        others = (*paths, *output_paths(self.outputs))
        return Baseline.opened(Path(command["baseline"]), others, self.update_baseline)
