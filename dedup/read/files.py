"""Files, folders and standard input, as sources of bytes that can be read more than once."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, NamedTuple, cast

from dedup.language import told
from dedup.model import Problem, Skipped
from dedup.read.ignoring import NAME as IGNORING_FILE
from dedup.read.ignoring import Ignored, ignored_in, leaves_out
from dedup.read.packing import PACKINGS, DamagedError, Packing
from dedup.system import said_by

SNIFFED_BYTES = 8_192
"""Bytes at the beginning in which a NUL marks a binary file, as in ripgrep and git."""
BUFFER_BYTES = 1 << 16
"""Bytes asked of the system at once: by the 8 kB of Python a row of 800 bytes took 0.3 us more."""
SPOOLED_BYTES = 64_000_000
"""Bytes of a pipe that are kept in memory; more goes to an unnamed file that only this user can read."""
FOREIGN = {
    b"%PDF-": (told("a PDF document"), told("save its text: pdftotext reads most")),
    b"{\\rtf": (told("an RTF document"), told("open it in a word processor and save it as .docx")),
}
"""How documents begin that are made of signs and no text -> what they are, and the way out."""
UTF_16_32_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
READ_ERRORS = (OSError, EOFError, zlib.error)
"""What a damaged or vanished file raises while it is read."""


@dataclass
class Source:
    """Bytes with a name, open for reading from the start as often as wanted.

    `name` is the document's id where the content gives none; `path` is None for standard input.
    """

    name: str
    path: str | None
    stream: IO[bytes]
    suffix: str
    packing: Packing | None = None
    identity: tuple[int, int] | None = None
    in_walk: bool = False
    _unpacked: BinaryIO | None = field(default=None, repr=False)

    def open(self) -> BinaryIO:
        """Return the unpacked bytes from the start. The stream stays owned by the source."""
        self.stream.seek(0)
        if self.packing is None:
            return cast(BinaryIO, self.stream)
        self._unpacked = self.packing.reading(self.stream)
        return self._unpacked

    def is_longer(self, size: int) -> bool:
        """Return whether there are more than `size` bytes, unpacked."""
        return len(self.open().read(size + 1)) > size

    def is_binary(self) -> bool:
        """Return whether the unpacked bytes begin as no text does."""
        start = self.open().read(SNIFFED_BYTES)
        return b"\0" in start and not start.startswith(UTF_16_32_MARKS)

    def foreign(self) -> tuple[str, str] | None:
        """Return what document that no reader takes the bytes begin as, and the way out; None for all others."""
        start = self.open().read(max(map(len, FOREIGN)))
        return next((said for mark, said in FOREIGN.items() if start.startswith(mark)), None)

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stream.close()


class Folder(NamedTuple):
    """A folder that is walked, without what the run itself writes: a report is no text to compare.

    `outputs` are real paths.
    """

    path: Path
    outputs: frozenset[str]


class Stdin(NamedTuple):
    """Standard input as one source; `filename` gives its format and its name."""

    filename: str | None = None

    def open(self) -> Source | Problem:
        """Return the source, with a pipe's bytes put by so that they can be read again."""
        name = self.filename or "-"
        if sys.stdin is None:
            return Problem(name, "standard input is closed", "pipe a text into it, or name a file")
        try:
            stream = _rewindable(sys.stdin.buffer)
        except OSError as error:
            return unreadable(name, error)
        return Source(name, self.filename, stream, *suffix_of(name))


def open_path(path: Path, in_walk: bool) -> Source | Problem:
    """Return a file as a source, or why it is none."""
    name = str(path)
    try:
        stream, identity = _opened(path)
    except FileNotFoundError:
        return Problem(name, "no such file or folder", "look for a typing error in the path")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        return unreadable(name, error)
    return Source(name, name, stream, *suffix_of(name), identity, in_walk=in_walk)


def _opened(path: Path) -> tuple[IO[bytes], tuple[int, int] | None]:
    stream: IO[bytes] = open(path, "rb", buffering=BUFFER_BYTES)  # noqa: SIM115 - the source owns and closes it
    status = os.fstat(stream.fileno())
    if stat.S_ISREG(status.st_mode):
        return stream, (status.st_dev, status.st_ino)
    with stream:  # a pipe, as of a shell's <(...)
        return _rewindable(stream), None


def not_text(source: Source) -> Problem | Skipped:
    """Return what a binary is: a problem where it was named, and no more than skipped where a walk met it."""
    if foreign := source.foreign():
        return Skipped(source.name, foreign[0]) if source.in_walk else Problem(source.name, *foreign)
    if source.in_walk:
        return Skipped(source.name, "binary (it has NUL bytes)")
    remedy = told("name a text, Markdown, HTML or JSONL file")
    return Problem(source.name, "binary, not text (it has NUL bytes)", remedy)


def unreadable(place: str, error: BaseException) -> Problem:
    """Return the problem that an exception of reading is."""
    if isinstance(error, DamagedError):
        return Problem(place, str(error), "unpack it by other means, or get it again")
    return Problem(place, f"cannot be read: {said_by(error)}", "look at its permissions, or copy it elsewhere")


def suffix_of(name: str) -> tuple[str, Packing | None]:
    """Return the suffix that names the format, and how the file is packed."""
    path = Path(name)
    packing = PACKINGS.get(path.suffix.lower())
    return (path if packing is None else path.with_suffix("")).suffix.lower(), packing


def _rewindable(stream: IO[bytes]) -> IO[bytes]:
    """Return the rest of `stream` as a file that can be read again.

    Drafts are confidential: what does not fit in memory goes to a temporary file of mode 0600
    without a name, which the system removes however this process ends.
    """
    import shutil
    import tempfile  # takes longer to load than a draft to read

    spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 - the source closes it
    shutil.copyfileobj(stream, spool)
    return cast("IO[bytes]", spool)


def walk(folder: Path, has_reader: Callable[[str], bool], *, ignoring: bool) -> Iterator[Path | Skipped | Problem]:
    """Yield the files below `folder` that a reader takes, sorted by path, and what was left out.

    Hidden files and folders, symbolic links, suffixes without a reader and, where `ignoring`, what a
    `.dedupignore` of its folder or of one above it names are left out and said.
    """
    waiting = _entries(folder, None, ignoring)  # no recursion: how deep folders nest is the input's to choose
    while waiting:
        entry, ignored = waiting.pop()
        if isinstance(entry, Problem):
            yield entry
            continue
        path = Path(entry.path)
        if entry.name.startswith("."):
            yield Skipped(str(path), "hidden")
        elif ignored is not None and leaves_out(ignored, entry.path, is_folder=entry.is_dir(follow_symlinks=False)):
            yield Skipped(str(path), "left out by .dedupignore")
        elif entry.is_symlink():
            yield Skipped(str(path), "symbolic link")
        elif entry.is_dir():
            waiting += _entries(path, ignored, ignoring)
        elif not entry.is_file():
            yield Skipped(str(path), "not a regular file")
        elif not has_reader(suffix_of(entry.name)[0]):
            yield Skipped(str(path), "not a format that dedup reads")
        else:
            yield path


_Entry = tuple[os.DirEntry[str] | Problem, Ignored | None]


def _entries(folder: Path, above: Ignored | None, ignoring: bool) -> list[_Entry]:
    """Return what stands in a folder, the first name last, with the patterns that hold for it."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name, reverse=True)
    except OSError as error:
        return [(unreadable(str(folder), error), None)]
    if not ignoring or not any(entry.name == IGNORING_FILE and entry.is_file() for entry in entries):
        return [(entry, above) for entry in entries]
    ignored, problems = _ignored(folder, above)
    return [*((entry, ignored) for entry in entries), *((problem, None) for problem in problems)]


def _ignored(folder: Path, above: Ignored | None) -> tuple[Ignored | None, list[Problem]]:
    try:
        return ignored_in(str(folder), above)
    except OSError as error:
        return above, [unreadable(str(folder / IGNORING_FILE), error)]
