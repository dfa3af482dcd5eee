"""What the operating system says of what it refused: by number, for its words differ from one system to another."""

from __future__ import annotations

import errno

from dedup.language import told

SAID = {
    errno.EPERM: told("Operation not permitted"),
    errno.ENOENT: told("No such file or directory"),
    errno.EINTR: told("Interrupted system call"),
    errno.EIO: told("Input/output error"),
    errno.ENXIO: told("No such device or address"),
    errno.EBADF: told("Bad file descriptor"),
    errno.EAGAIN: told("Resource temporarily unavailable"),
    errno.ENOMEM: told("Cannot allocate memory"),
    errno.EACCES: told("Permission denied"),
    errno.EBUSY: told("Device or resource busy"),
    errno.EEXIST: told("File exists"),
    errno.ENOTDIR: told("Not a directory"),
    errno.EISDIR: told("Is a directory"),
    errno.EINVAL: told("Invalid argument"),
    errno.ENFILE: told("Too many open files in system"),
    errno.EMFILE: told("Too many open files"),
    errno.EFBIG: told("File too large"),
    errno.ENOSPC: told("No space left on device"),
    errno.EROFS: told("Read-only file system"),
    errno.EPIPE: told("Broken pipe"),
    errno.ENAMETOOLONG: told("File name too long"),
    errno.ELOOP: told("Too many levels of symbolic links"),
    errno.EDQUOT: told("Disk quota exceeded"),
    errno.ESTALE: told("Stale file handle"),
    errno.ETIMEDOUT: told("Connection timed out"),
}
"""Number of an error -> what it says, as on Linux; the catalogues have each."""


def said_by(error: BaseException) -> str:
    """Return what an exception says, without the place, which a message names by itself."""
    if not isinstance(error, OSError):
        return str(error)
    return SAID.get(error.errno or 0) or error.strerror or str(error)
