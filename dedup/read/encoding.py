"""From bytes to text: UTF-8 unless it cannot be, and then said."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from dedup.model import Notice, Problem
from dedup.read.files import READ_ERRORS, Source, unreadable

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LEGACY = ("cp1256", "iso8859_6", "cp1252", "mac_arabic", "cp720")
"""Encodings that are looked for when a text is not UTF-8; the Arabic ones before Latin."""
SAMPLE_BYTES = 262_144
"""Bytes on which an encoding is guessed."""
CHUNK_BYTES = 1 << 20
STRAY_SHARE = 0.1
"""Below this share of broken sequences among the non-ASCII ones a text is UTF-8 with stray bytes."""


class Decoded:
    """A source whose encoding is known: its text, as a stream from the start each time."""

    def __init__(self, source: Source, encoding: str, errors: str, notice: Notice | None) -> None:
        self.source = source
        self.encoding = encoding
        self.errors = errors
        self.notice = notice

    def lines(self, newline: str = "") -> Iterator[str]:
        """Yield the lines with their ends untouched."""
        stream = io.TextIOWrapper(self.source.open(), self.encoding, self.errors, newline=newline)
        try:
            yield from stream
        finally:
            stream.detach()

    def text(self) -> str:
        """Return the whole text."""
        return self.source.open().read().decode(self.encoding, self.errors)


def decode(source: Source, declared: str | None = None) -> Decoded | Problem:
    """Return `source` with its encoding: by its mark, as UTF-8, as `declared`, or guessed and said."""
    try:
        start = source.open().read(SNIFF)
        for mark, encoding in BYTE_ORDER_MARKS:
            if start.startswith(mark):
                return Decoded(source, encoding, "replace", None)
        broken = _first_broken(source.open())
        if broken is None:
            return Decoded(source, "utf-8", "strict", None)
        return _not_utf8(source, broken, declared)
    except READ_ERRORS as error:
        return unreadable(source.name, error)


SNIFF = 4


def _first_broken(stream: BinaryIO) -> int | None:
    """Return where the first byte stands that is not UTF-8, or None."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    done = 0
    while chunk := stream.read(CHUNK_BYTES):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return max(0, done + error.start)
        done += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return done
    return None


def _not_utf8(source: Source, broken: int, declared: str | None) -> Decoded:
    stream = source.open()
    sample = _sample(stream, broken)
    if declared is not None and _decodes(sample, declared):
        return Decoded(source, declared, "replace", None)
    strays, whole = _strays(sample)
    if strays <= STRAY_SHARE * whole:
        finding = f"byte {broken:,} is not UTF-8; such bytes are shown as U+FFFD"
        return Decoded(source, "utf-8", "replace", Notice(source.name, finding))
    encoding = _guess(sample)
    return Decoded(source, encoding, "replace", Notice(source.name, f"not UTF-8; read as {encoding}"))


def _sample(stream: BinaryIO, broken: int) -> bytes:
    """Return the lines round the first broken byte: the beginning may be plain ASCII."""
    skipped = max(0, broken - SAMPLE_BYTES // 4)
    while skipped > 0 and (chunk := stream.read(min(CHUNK_BYTES, skipped))):
        skipped -= len(chunk)
    return stream.read(SAMPLE_BYTES)


def _strays(sample: bytes) -> tuple[int, int]:
    """Return how many sequences of a sample are broken UTF-8, and how many are whole and non-ASCII."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken, sum(1 for char in text if char > "\x7f") - broken


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _guess(sample: bytes) -> str:
    """Return the legacy encoding of a sample.

    ISO 8859-6 leaves 48 bytes undefined, and cp1256 puts three of the commonest letters (ف ق ك)
    there: what decodes as ISO 8859-6 without an error is it, however short. The rest is
    charset-normalizer's to weigh.
    """
    if _decodes(sample, "iso8859_6"):
        return "iso8859_6"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=list(LEGACY)).best()
    return best.encoding if best is not None else "cp1256"
