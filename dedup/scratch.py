"""Temporary files for what does not fit in the memory a run may use.

They have no name that others see, only this user can read them, and the system removes them however
the process ends: drafts are confidential, and a killed run must leave nothing behind.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import IO

from dedup.errors import ScratchError
from dedup.language import told
from dedup.system import said_by

TAKEN = 200_000_000
"""Bytes that a large run takes whatever it reads: Python, compiled code and what loads it, batches on their way."""


def share(memory: int, part: float) -> float:
    """Return how many bytes of the `memory` of a run something may keep that is given a `part` of what is free."""
    return part * max(0, memory - TAKEN)


def give_back() -> None:
    """Give back to the system what was freed, where the C library can: glibc keeps 240 MB of a run of 300,000 rows."""
    import ctypes  # small input never comes here

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def folder() -> str:
    """Return where temporary files go: TMPDIR, else /var/tmp (on many systems /tmp is memory), else the usual."""
    if not os.environ.get("TMPDIR") and os.access("/var/tmp", os.W_OK | os.X_OK):  # noqa: S108 - a nameless file
        return "/var/tmp"  # noqa: S108
    import tempfile  # a small input needs none

    return tempfile.gettempdir()


class Scratch:
    """One temporary file, made with the first byte that is written.

    Raises:
        ScratchError: the folder is full or cannot be written; the remedy is named.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self.size = 0

    def append(self, data: bytes | memoryview) -> None:
        """Write `data` behind what is there."""
        self.write(data, self.size)

    def write(self, data: bytes | memoryview, at: int) -> None:
        """Write `data` at the byte `at`."""
        view = memoryview(data).cast("B")
        try:
            handle = self._handle()
            done = 0
            while done < len(view):
                done += os.pwrite(handle, view[done:], at + done)
        except OSError as error:
            raise _unwritable(error) from error
        self.size = max(self.size, at + len(view))

    def read(self, at: int, size: int) -> bytes:
        """Return `size` bytes from the byte `at`."""
        data = os.pread(self._handle(), size, at)
        while len(data) < size and (more := os.pread(self._handle(), size - len(data), at + len(data))):
            data += more
        return data

    def close(self) -> None:
        """Give the space back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __del__(self) -> None:
        self.close()

    def _handle(self) -> int:
        if self._file is None:
            import tempfile

            self._file = tempfile.TemporaryFile(dir=folder(), buffering=0)  # noqa: SIM115 - lives as long as this
        return self._file.fileno()


def _unwritable(error: OSError) -> ScratchError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    finding = told("the disk is full" if full else f"cannot be written: {said_by(error)}")
    remedy = told("set TMPDIR to a folder with room, or raise --memory")
    return ScratchError(f"temporary files in {folder()}: {finding}; {remedy}")
