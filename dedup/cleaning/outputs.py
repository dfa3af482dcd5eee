"""Where what stays is written: one file, or one for each table in a folder; never over an input or among them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dedup.cleaning.origins import Origin
from dedup.cleaning.tables import TABLES
from dedup.errors import ReadError
from dedup.language import told
from dedup.outfile import OTHER_OUTPUT
from dedup.read.files import suffix_of


class Output(NamedTuple):
    """A file that is written, and the tables that stand in it, one after the other."""

    path: Path
    files: tuple[Origin, ...]


def planned(files: Sequence[Origin], inputs: Sequence[Path], output: Path | str, removed: Path) -> list[Output]:
    """Return what is written where, before any work is done.

    Args:
        files: the tables.
        inputs: what was named: files and folders.
        output: a folder, where it is one, ends in ``/``, or has no suffix of a table and several tables may come: each
            table keeps its name below what all inputs have in common. Else one file for all of them.
        removed: where what goes is written.

    Raises:
        ReadError: tables that do not go into one file, or something that would be written over.
    """
    if _is_folder(output, inputs):
        outputs = _in_folder(files, inputs, Path(output))
    else:
        _check_alike(files, Path(output))
        if not os.path.isdir(Path(output).parent):
            finding = told(f"cannot be written: there is no folder {Path(output).parent}")
            raise ReadError(str(output), finding, "make it, or name another place")
        outputs = [Output(Path(output), tuple(files))]
    _check_places([each.path for each in outputs], removed, inputs, files)
    if _is_folder(output, inputs) and _is_below(removed, Path(output)):
        raise ReadError(str(removed), "would stand among what stays, and be read with it", _OUTSIDE)
    return outputs


_OUTSIDE = told("name a place outside of it")


def _is_folder(output: Path | str, inputs: Sequence[Path]) -> bool:
    if os.path.isdir(output) or str(output).endswith("/"):
        return True
    several = len(inputs) > 1 or os.path.isdir(inputs[0])
    return several and not os.path.exists(output) and suffix_of(str(output))[0] not in TABLES


def _in_folder(files: Sequence[Origin], inputs: Sequence[Path], folder: Path) -> list[Output]:
    whole = [os.path.abspath(path) for path in inputs]
    common = os.path.commonpath([path if os.path.isdir(path) else os.path.dirname(path) for path in whole])
    return [Output(folder / os.path.relpath(os.path.abspath(each.path), common), (each,)) for each in files]


def _check_alike(files: Sequence[Origin], output: Path) -> None:
    """Refuse to join tables of several forms, or of one form with other fields."""
    for each in files:
        check_format(each.path, output)
    forms = [(each, _form(each)) for each in files] if len(files) > 1 else []
    known = [(each, form) for each, form in forms if form is not None]
    for each, form in known[1:]:
        first, wanted = known[0]
        if each.table is not first.table or form != wanted:
            raise ReadError(each.name, f"has another form or other fields than {first.name}", _FOLDER)


_FOLDER = told("name a folder with -o: each table keeps its own form there")


def _form(origin: Origin) -> Any:
    """Return what tables must have in common to be joined; None where that cannot be said, and reading will tell."""
    try:
        with origin.opened() as opened:
            return origin.table.form(opened)
    except ReadError:
        return None


def check_format(source: Path, output: Path) -> None:
    """Refuse an output whose suffix names another format than that of the source.

    Raises:
        ReadError: it does.
    """
    (given, _), (suffix, packing) = suffix_of(str(source)), suffix_of(str(output))
    if suffix in TABLES and given in TABLES and TABLES[suffix] is not TABLES[given]:
        raise ReadError(str(output), f"is {suffix}, and the input {given}", "dedup clean keeps the format")
    if given == ".parquet" and packing is not None:
        raise ReadError(str(output), "would be packed twice", "Parquet packs its columns itself")


def _check_places(outputs: Sequence[Path], removed: Path, inputs: Sequence[Path], files: Sequence[Origin]) -> None:
    """Refuse what would write over an input or another output, or be read as an input the next time."""
    folders = [path for path in inputs if os.path.isdir(path)]
    taken = {os.path.realpath(each.path) for each in files}
    for path in (*outputs, removed):
        if os.path.realpath(path) in taken:
            raise ReadError(str(path), "is one of the inputs, which would be replaced", OTHER_OUTPUT)
        inside = next((folder for folder in folders if _is_below(path, folder)), None)
        if inside is not None:
            raise ReadError(str(path), f"is in {inside}, which is read: it would be an input the next time", _OUTSIDE)
    if any(os.path.realpath(removed) == os.path.realpath(path) for path in outputs):
        raise ReadError(str(removed), "is the output, too", "name another file with --removed")


def _is_below(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
