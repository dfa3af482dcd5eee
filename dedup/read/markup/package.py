"""The zip of an Office document: its parts, read one by one, never more of them than a document needs.

Nothing is unpacked to the disk, nothing outside the file is ever asked for, and what the directory of a zip says of
sizes is not believed.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from dedup.errors import ReadError
from dedup.language import told
from dedup.read.files import Source
from dedup.read.markup.trees import Element, local, tree

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the Office files before 2007 begin, and those of today that have a password."""
MOST_ENTRIES = 2_000
MOST_BYTES = 50_000_000
"""Unpacked bytes of all parts that are read. A novel of 500 pages takes 5 MB."""
MOST_RATIO = 100
FREE_BYTES = 10_000_000
"""Unpacked bytes up to which the ratio does not count: a text that repeats itself is packed to a hundredth, too."""
CHUNK_BYTES = 1 << 16

_SAVE = told("open it in a word processor and save it as .docx")


class Relation(NamedTuple):
    """What a part of a package refers to: the last word of its type, and the name of the other part."""

    kind: str
    part: str


class Package:
    """The parts of an Office document, by name.

    Raises:
        ReadError: it is none, has a password, or is made to harm.
    """

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self._read = self._packed = 0
        stream = source.open()
        if stream.read(len(OLE)) == OLE:
            raise _old(source)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise ReadError(self.name, "no .docx: not a zip, or one that is cut off", _SAVE) from error
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES:
            raise ReadError(self.name, f"a zip of more than {MOST_ENTRIES:,} files", _SAVE)
        self._entries = {_plain(entry.filename): entry for entry in entries}
        if len(self._entries) < len(entries):
            raise ReadError(self.name, "a zip with the same name twice", _SAVE)

    def xml(self, part: str) -> Element | None:
        """Return the root of a part, None where there is no such part.

        Raises:
            ReadError: damaged, packed or encrypted as no document is, larger than it may be, not well-formed.
        """
        content = self.content(part)
        if content is None:
            return None
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            content = content.decode("utf-16", "replace").encode("utf-8", "replace")
        return tree(content, f"{self.name}/{part}", doctype=False)

    def content(self, part: str) -> bytes | None:
        """Return the bytes of a part, as `xml` does its root."""
        entry = self._entries.get(_plain(part))
        if entry is None:
            return None
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ReadError(self.name, "a zip that is encrypted, or packed as no .docx is", _SAVE)
        self._packed += entry.compress_size
        try:
            return b"".join(self._chunks(entry))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
            raise ReadError(f"{self.name}/{part}", "damaged", "get the file again") from error

    def _chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        with self._zip.open(entry) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                self._read += len(chunk)
                if self._read > MOST_BYTES:
                    raise ReadError(self.name, f"larger than {MOST_BYTES // 10**6} MB unpacked", "split it")
                if self._read > max(FREE_BYTES, MOST_RATIO * self._packed):
                    raise ReadError(self.name, f"more than {MOST_RATIO} times as large unpacked", "split it")
                yield chunk

    def relations(self, part: str) -> list[Relation]:
        """Return what a part refers to; `part` is empty for the package itself.

        What lies outside the package is no part of it, so nothing is found under its name.
        """
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = [] if root is None else [each for each in root if local(each) == "Relationship"]
        return [
            Relation(
                each.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/"),
            )
            for each in found
        ]


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _old(source: Source) -> ReadError:
    """Return what is wrong with a file of the kind before 2007: a password keeps a .docx in such a one."""
    if "EncryptedPackage".encode("utf-16-le") in source.open().read():
        return ReadError(source.name, "an Office document with a password", "save it without one")
    return ReadError(source.name, "an Office document of the kind before 2007 (.doc)", _SAVE)
