"""Settings from files: `dedup.toml`, or the table `[tool.dedup]` of `pyproject.toml`.

The nearest one upward from the working directory is used, and nothing is merged: what stands in
a file is all there is, save what the command line says.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from dedup.errors import SettingsError
from dedup.settings import NAMES, nearest

COMMAND_KEYS = ("output_format", "exit_zero", "statistics", "quiet", "redact")
"""Keys of a configuration that are no settings of a scan, but options of the command."""


def load_config(path: Path | None, isolated: bool) -> dict[str, Any]:
    """Return the configuration that applies, with names as in `Settings` (``min-words`` or ``min_words``).

    Args:
        path: the file to use; None looks upward from the working directory.
        isolated: use none at all.

    Raises:
        SettingsError: the file is missing, is no TOML, or has an unknown key (the nearest is named).
    """
    if isolated:
        return {}
    if path is None:
        found = _nearest_file(Path.cwd())
        return _checked(*found) if found else {}
    table = _table(path)
    if table is None:
        raise SettingsError(f"{path}: no table [tool.dedup]; name a dedup.toml, or add the table")
    return _checked(path, table)


def _nearest_file(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    for above in (folder, *folder.parents):
        for name in ("dedup.toml", "pyproject.toml"):
            path = above / name
            if path.is_file() and (table := _table(path)) is not None:
                return path, table
    return None


def _table(path: Path) -> dict[str, Any] | None:
    try:
        with open(path, "rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}; see --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    if path.name != "pyproject.toml":
        return content
    table = content.get("tool", {}).get("dedup")
    return table if isinstance(table, dict) else None


def _checked(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    known = (*NAMES, *COMMAND_KEYS)
    checked = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in known:
            hint = nearest(name, known).replace("_", "-")
            raise SettingsError(f'{path}: unknown key "{key}"; {hint}')
        checked[name] = value
    return checked
