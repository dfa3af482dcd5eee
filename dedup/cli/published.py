"""What was published before: the archive that a command asks, and what becomes of the report without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from dedup import detect
from dedup.cli.configuration import load_config
from dedup.cli.progress import Shown
from dedup.errors import ArchiveError
from dedup.language import told
from dedup.model import Compared, Problem, Report
from dedup.read import Inputs
from dedup.settings import Settings

SettingsWith = Callable[[dict[str, Any]], Settings]

_AGE = re.compile(r"(\d{1,6})\s*([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


class Asking(NamedTuple):
    """The archive that a command was told to ask, and of which articles."""

    place: str | None
    exclude: tuple[str, ...]
    as_of: str | None
    since: str | None
    outlets: tuple[str, ...]
    most_hours: int | None
    network: bool

    @classmethod
    def taken(cls, options: dict[str, Any], config: Path | None, isolated: bool) -> Asking:
        """Take out the options of `options.ARCHIVE` that are no settings; the file of settings may name the place."""
        place = options.pop("archive") or load_config(config, isolated).get("archive")
        return cls(
            place,
            options.pop("exclude_id"),
            options.pop("as_of"),
            options.pop("since"),
            options.pop("outlet"),
            _hours(options.pop("max_archive_age")),
            options.pop("network_file_system"),
        )


def scanned(
    inputs: Inputs, asking: Asking, settings_with: SettingsWith, shown: Shown, draft_id: str | None = None
) -> Report:
    """Return the report on `inputs` and the archive.

    An archive that cannot be asked is a problem of the report, which is never a pass; the rest is done.

    Args:
        inputs: what is compared.
        asking: the archive.
        settings_with: gives the settings, for what the archive was made with.
        shown: is told how far the run is.
        draft_id: an article that is left out.
    """
    if asking.place is None:
        return detect.scan(inputs, settings=settings_with({}), progress=shown)
    from dedup.archive.store import open_store
    from dedup.earlier import ask

    try:
        with closing(open_store(asking.place, writable=False, network=asking.network)) as store:
            asked = ask(
                store,
                id=draft_id,
                exclude=asking.exclude,
                as_of=asking.as_of,
                since=asking.since,
                outlets=asking.outlets,
            )
            report = detect.scan(inputs, settings=settings_with(store.info.settings()), progress=shown, archive=asked)
            return _with_age(report, store.held().newest_utc, asking)
    except ArchiveError as error:
        report = detect.scan(inputs, settings=settings_with({}), progress=shown)
        problem = Problem(error.place, error.finding, error.remedy)
        failed = Compared(str(asking.place), 0, 0, None, failed=True)
        return replace(report, problems=(problem, *report.problems), archive=failed)


def _with_age(report: Report, newest: int | None, asking: Asking) -> Report:
    """Return the report with a warning where the newest article is older than was allowed."""
    if asking.most_hours is None or report.archive is None or newest is None:
        return report
    hours = (datetime.now(UTC).timestamp() - newest / 1e6) / 3600
    if hours <= asking.most_hours:
        return report
    stale = told(f"the newest article is {hours / 24:,.0f} days old; add what was published since")
    notice = f"{asking.place}: {stale}"
    return replace(report, notices=(*report.notices, notice), archive=report.archive._replace(stale=True))


def _hours(age: str | None) -> int | None:
    if age is None:
        return None
    found = _AGE.fullmatch(age.strip())
    if found is None:
        raise click.BadParameter(f"{age!r} is no age; write 36h, 2d or 1w", param_hint="--max-archive-age")
    return int(found[1]) * _HOURS[found[2]]
