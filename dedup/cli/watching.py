"""`--watch`: the same run again whenever what it reads has changed."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

import click

from dedup.cli.output import output_paths
from dedup.cli.speech import speaking
from dedup.errors import DedupError, ReadError, SettingsError
from dedup.language import told
from dedup.outfile import OTHER_OUTPUT
from dedup.read.ignoring import NAME as IGNORING_FILE
from dedup.system import said_by
from dedup.write import words
from dedup.write.terminal import harmless

QUIET_MS = 150
"""So long nothing may change before a run begins: an editor writes a file in several steps."""
TURN_MS = 100
"""So long one watcher is asked before the next."""


def check_watchable(paths: Sequence[Path], outputs: Iterable[str], update_baseline: bool) -> None:
    """Refuse before the work what cannot be done again and again.

    Raises:
        click.UsageError: an input comes once only, or each change would be known at once.
        ReadError: an output would be an input of the next run.
        SettingsError: a package is missing.
    """
    from importlib.util import find_spec

    if find_spec("watchfiles") is None:
        raise SettingsError("--watch needs a package more; pip install 'dedup-paragraphs[watch]'")
    if any(str(path) == "-" for path in paths):
        raise click.UsageError("--watch reads its inputs again, and standard input comes once; name a file.")
    if update_baseline:
        raise click.UsageError("--watch with --update-baseline would take each change as known; leave one of them out.")
    folders = [os.path.realpath(path) for path in paths if os.path.isdir(path)]
    for output in output_paths(outputs):
        if str(output) != "-" and any(_is_below(os.path.realpath(output), folder) for folder in folders):
            raise ReadError(
                str(output), told("lies in a folder that is watched: the next run would read it"), OTHER_OUTPUT
            )


def watched(paths: Sequence[Path], archive: str | None, run: Callable[[], int], *, quiet: bool) -> int:
    """Run once, and again whenever an input has changed, until Ctrl+C; return the exit code of the last run.

    Args:
        paths: the inputs.
        archive: the place of an archive that is asked: that changes whenever it is opened.
        run: writes a report, and returns its exit code.
        quiet: do not say that it is waiting.
    """
    code: int | None = None
    try:
        for _ in changes(paths, archive):
            if sys.stdout is not None and sys.stdout.isatty():
                click.clear()
            code = run() if code is None else _run_again(run)
            gc.collect()  # the command collects rarely, and would hold what some hundred runs left, 0.2 MB each
            if not quiet:
                click.echo(speaking().say("dedup: waiting for a change; Ctrl+C ends it"), err=True)
    except KeyboardInterrupt:
        pass
    return code or 0


def _run_again(run: Callable[[], int]) -> int:
    """Run, and tell what cannot be done instead of ending: it may be mended with the next change."""
    try:
        return run()
    except DedupError as error:
        click.echo(f"dedup: {words.error(error, speaking(), harmless)}", err=True)
        return 2


def changes(paths: Sequence[Path], archive: str | None) -> Iterator[None]:
    """Yield once it watches, and then after each change of what a run on `paths` reads.

    What changes while a run is under way is not lost: the watchers are there before it begins.

    Raises:
        ReadError: the system gives no more watchers.
    """
    from watchfiles import watch

    named = sorted({place for path in paths for place in (os.path.abspath(path), os.path.realpath(path))})
    aside = None if archive is None else os.path.abspath(archive)

    def counts(_: object, place: str) -> bool:
        """Return whether a change of `place` is one of an input; beside an archive lie files with longer names."""
        return (aside is None or not place.startswith(aside)) and any(_is_read(place, each) for each in named)

    def watching(places: Iterable[str], recursive: bool) -> Iterator[Collection[object]]:
        return watch(
            *sorted(set(places)),
            watch_filter=counts,
            step=QUIET_MS,
            rust_timeout=TURN_MS,
            yield_on_timeout=True,
            recursive=recursive,
            ignore_permission_denied=True,
        )

    while True:
        # A watched file that an editor replaces would be lost, and a folder that is made anew: so those above, too.
        folders = [place for place in named if os.path.isdir(place)]
        watchers = [watching(map(_folder_above, named), False), *([watching(folders, True)] if folders else [])]
        try:
            for watcher in watchers:
                next(watcher)  # from here on it watches
            yield
            while not any(bool(next(watcher)) for watcher in watchers):
                pass
        except OSError as error:
            finding = told(f"cannot be watched: {said_by(error)}")
            remedy = told("the variable WATCHFILES_FORCE_POLLING=true looks again and again instead")
            raise ReadError(str(paths[0]), finding, remedy) from error


def _folder_above(place: str) -> str:
    """Return the nearest folder above that there is."""
    above = os.path.dirname(place)
    return above if os.path.isdir(above) else _folder_above(above)


def _is_read(place: str, named: str) -> bool:
    """Return whether a run on `named` reads `place`, or reads nothing without it."""
    if place == named or _is_below(named, place):
        return True
    if not _is_below(place, named):
        return False
    *folders, name = os.path.relpath(place, named).split("/")
    return not any(folder.startswith(".") for folder in folders) and (not name.startswith(".") or name == IGNORING_FILE)


def _is_below(place: str, folder: str) -> bool:
    return place.startswith(folder.rstrip("/") + "/")
