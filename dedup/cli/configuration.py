"""Settings from files: `dedup.toml`, or the table `[tool.dedup]` of `pyproject.toml`.

The nearest one upward from the working directory is used, and nothing is merged: what stands in
a file is all there is, save what the command line says.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dedup.cli.phrases import with_phrases
from dedup.cli.speech import CHOICES
from dedup.errors import SettingsError
from dedup.settings import NAMES, Settings, nearest
from dedup.system import said_by
from dedup.write import WRITERS
from dedup.write.order import SORTS


def _one_of(choices: Iterable[str]) -> Callable[[str, Any], None]:
    known = tuple(choices)

    def check(name: str, value: Any) -> None:
        if value not in known:
            raise SettingsError(f"{name} must be one of {', '.join(known)}, got {value!r}")

    return check


def _flag(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise SettingsError(f"{name} must be true or false, got {value!r}")


def _place(_: str, value: Any) -> None:
    if not isinstance(value, str):
        raise SettingsError(f"archive must be the place of one, got {value!r}")


def _file(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise SettingsError(f"{name} must be the path of a file, got {value!r}")


def _count(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SettingsError(f"{name} must be a whole number from 1, got {value!r}")


COMMAND_KEYS: dict[str, Callable[[str, Any], None]] = {
    "output_format": _one_of(WRITERS),
    "archive": _place,
    "baseline": _file,
    "new_only": _flag,
    "exit_zero": _flag,
    "statistics": _flag,
    "templates": _flag,
    "quiet": _flag,
    "redact": _flag,
    **{name: _one_of(choices) for name, choices in CHOICES.items()},
    "sort": _one_of(SORTS),
    "top": _count,
}
"""Keys of a configuration that are no settings of a scan, but options of the command -> what checks a value."""


def load_config(path: Path | None, isolated: bool) -> dict[str, Any]:
    """Return the configuration that applies, with names as in `Settings` (``min-words`` or ``min_words``).

    Args:
        path: the file to use; None looks upward from the working directory.
        isolated: use none at all.

    Raises:
        SettingsError: the file is missing, is no TOML, or has an unknown key (the nearest is named)
            or a value out of range; the file is named.
    """
    return find_config(path, isolated)[1]


@functools.cache
def find_config(path: Path | None, isolated: bool) -> tuple[Path | None, dict[str, Any]]:
    """Return the file that `load_config` uses, or None, and what it gives: a process keeps the settings of its start.

    Raises:
        SettingsError: as `load_config`.
    """
    if isolated:
        return None, {}
    if path is None:
        found = _nearest_file(Path.cwd())
        return (found[0], _named(*found)) if found else (None, {})
    table = _table(path)
    if table is None:
        raise SettingsError(f"{path}: no table [tool.dedup]; name a dedup.toml, or add the table")
    return path, _named(path, table)


def split_options(values: dict[str, Any]) -> tuple[Settings, dict[str, Any]]:
    """Return the settings of a scan and the options of the command, each checked.

    Raises:
        SettingsError: a value out of range.
    """
    command = {name: values.get(name) for name in COMMAND_KEYS}
    for name, value in command.items():
        if value is not None:
            COMMAND_KEYS[name](name.replace("_", "-"), value)
    return Settings().replace(**{name: value for name, value in values.items() if name not in command}), command


def _nearest_file(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    for above in (folder, *folder.parents):
        for name in ("dedup.toml", "pyproject.toml"):
            path = above / name
            if os.path.isfile(path) and (table := _table(path)) is not None:
                return path, table
    return None


def _table(path: Path) -> dict[str, Any] | None:
    import tomllib

    try:
        with open(path, "rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {said_by(error)}; see --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}; mend it, or go without: --isolated") from error
    if path.name != "pyproject.toml":
        return content
    tools = content.get("tool")
    table = tools.get("dedup") if isinstance(tools, dict) else None
    if not isinstance(table, dict | None):
        raise SettingsError(f"{path}: tool.dedup must be a table, got {table!r}; write [tool.dedup]")
    return table


def _named(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    """Return the table with names as in `Settings`, after all of it was checked."""
    known = (*NAMES, *COMMAND_KEYS)
    named = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in known:
            hint = nearest(name, known).replace("_", "-")
            raise SettingsError(f'{path}: unknown key "{key}"; {hint}')
        named[name] = value
    try:
        named = with_phrases(named, path.parent)
        split_options(named)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from error
    return named
