"""A .zip of articles: each member is read by its own suffix, and nothing is ever unpacked to the disk.

Limits hold before a member is opened, by what the list of contents says, which zipfile holds the bytes to: a bomb
is refused by its ratio or because its members overlap, as in David Fifield, "A better zip bomb" (2019).
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, cast

from dedup.language import told
from dedup.model import Problem, Skipped
from dedup.read.files import Source, suffix_of, unreadable
from dedup.read.formats import nothing_read, with_suffix
from dedup.read.packing import UNPACKED_BYTES, DamagedError, Unpacked
from dedup.settings import Settings

MOST_MEMBERS = 100_000
"""Files of one zip."""
MOST_RATIO, FREE_BYTES = 200, 100_000_000
"""A member may unpack to so many times its size; below so many bytes, to any. Deflated rows reach 50 times theirs."""
ENCRYPTED = 0x1
UTF_8_NAME = 0x800
HEADER_BYTES = 30
"""The least that stands before the bytes of a member."""
ERRORS = (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, ValueError)
"""What zipfile raises for bytes that are no zip, or one that it cannot unpack."""
_ANEW = told("unpack it by other means, and make it anew")


def zip_members(source: Source, settings: Settings) -> Iterator[Source | Problem | Skipped]:
    """Yield each member as a source of its own, to be read before the next; what is wrong with one is a problem.

    The id of a member is the name of the zip, a slash and its own.
    """
    try:
        packed = zipfile.ZipFile(cast("IO[bytes]", source.open()))
    except ERRORS as error:
        raise DamagedError("zip", str(error)) from error
    with packed:
        members = [info for info in packed.infolist() if not info.is_dir()]
        refused = _refused(members)
        if refused is not None:
            yield Problem(source.name, refused, _ANEW)
            return
        nothing = True
        times = Counter(map(_name, members))
        for info in members:
            place = f"{source.name}/{_name(info)}"
            left_out = _left_out(info, place, times)
            nothing = nothing and isinstance(left_out, Skipped)
            yield _member(packed, info, source) if left_out is None else left_out
        if nothing:
            yield nothing_read(source.name, source.in_walk)


def _refused(members: list[zipfile.ZipInfo]) -> str | None:
    """Return why nothing of a zip is read, or None."""
    if len(members) > MOST_MEMBERS:
        return told(f"{len(members):,} files in one zip; at most {MOST_MEMBERS:,} are read")
    last = 0
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < last:
            return "a zip whose files overlap, as in a bomb"
        last = info.header_offset + HEADER_BYTES + info.compress_size
    return None


def _left_out(info: zipfile.ZipInfo, place: str, times: Counter[str]) -> Problem | Skipped | None:
    """Return why a member is not read, or None: what a walk would pass by is only skipped."""
    name = _name(info)
    parts = PurePosixPath(name.replace("\\", "/")).parts
    suffix, _ = suffix_of(name)
    if any(part.startswith(".") and part != ".." for part in parts) or "__MACOSX" in parts:
        return Skipped(place, "hidden")
    if name.startswith(("/", "\\")) or ".." in parts or name[1:2] == ":":
        return Problem(place, "a name that leads out of the zip", _ANEW)
    if suffix == ".zip":
        return Problem(place, "a zip in a zip", "unpack the outer one first")
    if with_suffix(suffix) is None:
        return Skipped(place, "not a format that dedup reads")
    if times[name] > 1:
        return Problem(place, f"there {times[name]} times in the zip", _ANEW)
    if info.flag_bits & ENCRYPTED:
        return Problem(place, "encrypted", "unpack it with its password first")
    if info.file_size > max(FREE_BYTES, MOST_RATIO * info.compress_size):
        times_packed = info.file_size // max(1, info.compress_size)
        finding = told(f"unpacks to {info.file_size:,} bytes, {times_packed:,} times what it is packed, as a bomb does")
        return Problem(place, finding, _ANEW)
    return None


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member: zipfile takes one without a mark for cp437, and many programs write UTF-8."""
    if info.flag_bits & UTF_8_NAME or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _member(packed: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source) -> Source | Problem:
    name = _name(info)
    path = f"{source.path}/{name}" if source.path is not None else None
    try:
        stream = Unpacked(packed.open(info), "zip", ERRORS)
    except ERRORS as error:
        return unreadable(f"{source.name}/{name}", DamagedError("zip", str(error).split(" (")[0]))
    unpacked = io.BufferedReader(stream, UNPACKED_BYTES)
    return Source(f"{source.name}/{name}", path, unpacked, *suffix_of(name), in_walk=True)
