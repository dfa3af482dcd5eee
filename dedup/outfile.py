"""A file that is written whole or not at all; into what is no file, a pipe or a device, is written as it comes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from dedup.errors import ReadError
from dedup.language import told
from dedup.system import said_by

OTHER_OUTPUT = told("name another place with -o")


@contextmanager
def whole_file(output: Path) -> Iterator[BinaryIO]:
    """Give a file beside the target, which takes its place at the end; what is raised before leaves the target alone.

    Until then only this user can read it: drafts are confidential. A target that is there and is no regular file
    (/dev/null, a named pipe) is written into: to replace it would take it from all who use it.

    Raises:
        ReadError: it cannot be written.
    """
    if os.path.exists(output) and not os.path.isfile(output):  # Path.exists raises in a folder that is closed
        with _into(output) as file:
            yield file
        return
    target = Path(os.path.realpath(output))  # through a link, not over it
    # Named before it exists, unlike by mkstemp: a signal at any moment finds the name to tidy up.
    name = target.parent / f".dedup-{os.urandom(8).hex()}"
    try:
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as file:
            yield file
        os.chmod(name, _mode_of(target))
        os.replace(name, target)
    except OSError as error:
        raise unwritable(str(output), error) from error
    finally:
        with suppress(OSError):  # it is there no longer, or was never made: that is told already
            os.unlink(name)


@contextmanager
def _into(output: Path) -> Iterator[BinaryIO]:
    try:
        with open(output, "wb") as file:
            yield file
    except OSError as error:
        raise unwritable(str(output), error) from error


def unwritable(place: str, error: OSError) -> ReadError:
    """Return what an exception of writing is."""
    return ReadError(place, f"cannot be written: {said_by(error)}", OTHER_OUTPUT)


def _mode_of(output: Path) -> int:
    if os.path.exists(output):
        return stat.S_IMODE(output.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
