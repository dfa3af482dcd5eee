"""Packed files: what unpacks them on the way, as a table by suffix."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable
from typing import IO, Any, BinaryIO, NamedTuple, cast

from dedup.language import told

UNPACKED_BYTES = 1 << 17
"""Bytes that are unpacked at once: a few bytes of a bomb may stand for gigabytes."""
WINDOW_LOG = 27
"""Zstandard may ask for 2 ** 27 bytes (128 MB) of memory, as much as `zstd -d` gives unasked."""


class DamagedError(OSError):
    """Bytes that cannot be unpacked: the name of the packing, and what was found."""

    def __init__(self, packing: str, said: str) -> None:
        super().__init__(told(f"damaged {packing} ({said})"))


class Unpacked(io.RawIOBase):
    """Read what a library unpacks; what is wrong with it is a DamagedError, whatever the library raises."""

    def __init__(self, stream: IO[bytes], packing: str, errors: tuple[type[Exception], ...]) -> None:
        self._stream = stream
        self._packing = packing
        self._errors = errors

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return whether it can be read again."""
        return self._stream.seekable()

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the next bytes and return how many there were."""
        try:
            return cast(int, self._stream.readinto(buffer))  # type: ignore[attr-defined]
        except self._errors as error:
            said = str(error).split(" (")[0]  # in brackets may stand bytes of the file
            raise DamagedError(self._packing, said or type(error).__name__) from error

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to another place of the unpacked bytes."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the unpacked bytes."""
        return self._stream.tell()


def _gunzipped(stream: IO[bytes]) -> BinaryIO:
    unpacked = cast(IO[bytes], gzip.GzipFile(fileobj=stream, mode="rb"))
    return io.BufferedReader(Unpacked(unpacked, "gzip", (gzip.BadGzipFile, EOFError, zlib.error)), UNPACKED_BYTES)


def _gzipped(stream: IO[bytes]) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0))  # no date: the same bytes


def _unzstd(stream: IO[bytes]) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: WINDOW_LOG}
    unpacked = cast(IO[bytes], zstd.ZstdFile(cast(BinaryIO, stream), mode="rb", options=options))
    return io.BufferedReader(Unpacked(unpacked, "zstd", (zstd.ZstdError, EOFError)), UNPACKED_BYTES)


def _zstd(stream: IO[bytes]) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return cast(BinaryIO, zstd.ZstdFile(cast(BinaryIO, stream), mode="wb"))


class Packing(NamedTuple):
    """Describe a packing: how its bytes are read unpacked, and how they are written packed.

    `reading` is given a stream at its start. What `writing` gives must be closed; the stream below stays open.
    """

    name: str
    reading: Callable[[IO[bytes]], BinaryIO]
    writing: Callable[[IO[bytes]], BinaryIO]


PACKINGS = {
    ".gz": Packing("gzip", _gunzipped, _gzipped),
    ".zst": Packing("zstd", _unzstd, _zstd),
}
"""Last suffix of a name -> how the file is packed."""

OF_THEM = told(f"and {' '.join(PACKINGS)} of them")
"""How a message says that all formats may be packed."""
