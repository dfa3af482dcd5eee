"""From bytes to text: UTF-8 unless it cannot be, and then said."""

from __future__ import annotations

import codecs
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from dedup.language import told
from dedup.model import Notice
from dedup.read.files import Source

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ARABIC = ("cp1256", "iso8859_6", "mac_arabic", "cp720")
"""Single-byte encodings of Arabic; of two that read a text alike, the first."""
OTHER = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255"),
    *("gb18030", "shift_jis", "euc_jp", "euc_kr", "big5", "koi8_r"),
)
"""What else is looked for; of two that charset-normalizer cannot tell apart, the first."""
SAMPLE_BYTES = 262_144
"""Bytes on which an encoding is guessed."""
BEGINNING_BYTES = 262_144
"""Bytes by which a file of rows is taken for UTF-8: of an old encoding only plain ASCII is UTF-8 for so long."""
CHUNK_BYTES = 1 << 16
"""Bytes decoded at once: the text of four times as many takes new memory of the system, and twice the time."""
MOST_LINE = 20_000_000
"""Code points of a line that are held at once; a bomb may unpack to a line of any length."""
STRAY_SHARE = 0.5
"""Up to this many broken sequences for each whole one a text is UTF-8 with stray bytes.

Measured: of 200,000 pieces of Arabic news, 1 to 30 words in cp1256 or ISO 8859-6, none comes near it.
"""

COMMONNESS = "اليمونترعبةدفهسقأكحجش،طصخىإضزذثئغءظًؤآَُِّْـ؟؛ٌٍ"
"""Arabic signs, the commonest first: counted in 8,409 news articles."""
PUNCTUATION = "\xa0«»“”‘’–—…"
RARE, FOREIGN, UNDEFINED = -7.0, -9.0, -14.0
"""The weight of another Arabic sign or of punctuation; of anything else; of a byte without meaning."""
ARABIC_FLOOR = -4.4
"""Least mean weight of Arabic text. Measured: sentences -3.1, vocalised -3.8, 1 of 1,000 below -4.4; Cyrillic -4.5."""
MIXED_SHARE = 0.2
"""Share of bytes above ASCII beside a Latin letter from which a text is not Arabic, but é in a word."""
_BESIDE_LATIN = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff](?=[A-Za-z])")


class Decoded:
    """A source whose encoding is known: its text, as a stream from the start each time.

    `begins` is the byte that it starts at; `notices` are what is to say of its bytes, as far as they were read.
    """

    def __init__(self, source: Source, encoding: str, errors: str, *notices: Notice, begins: int = 0) -> None:
        self.source = source
        self.encoding = encoding
        self.errors = errors
        self.notices = notices
        self._begins = begins
        self._stream: BinaryIO | None = None

    def lines(self, newline: str = "", most: int = MOST_LINE) -> Iterator[str]:
        """Yield the lines with their ends untouched; one of more than `most` code points comes in pieces."""
        stream = io.TextIOWrapper(self._opened(), self.encoding, self.errors, newline=newline)
        try:
            while line := stream.readline(most):
                yield line
        finally:
            if not stream.closed:  # a run that is stopped closes its sources before its generators
                stream.detach()

    @property
    def is_utf8(self) -> bool:
        """Whether every byte is known to be UTF-8, or taken for it."""
        return self.errors == "strict" and self.encoding in ("utf-8", "utf-8-sig")

    def byte_lines(self, most: int) -> Iterator[bytes]:
        """Return the lines of bytes, without the mark; one of more than `most` bytes comes in pieces."""
        stream = self._stream = self._opened()
        if self.encoding == "utf-8-sig":
            stream.read(len(codecs.BOM_UTF8))
        return iter(partial(stream.readline, most), b"")

    def text(self) -> str:
        """Return the whole text."""
        return self._opened().read().decode(self.encoding, self.errors)

    def rest(self, size: int) -> Decoded:
        """Return what begins with the last `size` of the bytes that `byte_lines` gave, since they are no UTF-8.

        All bytes of the source say what it is, as in `decode`, and the notices are those of this, too.
        """
        begins = 0 if self._stream is None else self._stream.tell() - size
        found = decode(self.source)
        self.notices = (*self.notices, *found.notices)
        encoding = found.encoding.removesuffix("-sig") if begins else found.encoding
        return Decoded(self.source, encoding, found.errors, *found.notices, begins=begins)

    def _opened(self) -> BinaryIO:
        stream = self.source.open()
        if self._begins:
            stream.seek(self._begins)
        return stream


def presumed(source: Source) -> Decoded:
    """Return a source as UTF-8 where its beginning is; whoever reads its lines sees the rest, and asks for `rest`.

    That is for files alone: what is unpacked or piped is damaged as a whole, as `decode` finds before it is read.
    """
    start = source.open().read(BEGINNING_BYTES)
    if source.identity is None or source.packing is not None or len(start) < BEGINNING_BYTES:
        return decode(source)
    try:
        codecs.utf_8_decode(start)
    except UnicodeDecodeError:
        return decode(source)
    return Decoded(source, "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8", "strict")


def decode(source: Source, declared: str | None = None) -> Decoded:
    """Return `source` with its encoding: by its mark, as UTF-8, as `declared`, or guessed and said.

    Raises:
        OSError, EOFError, zlib.error: the bytes cannot be read to their end (READ_ERRORS).
    """
    start = source.open().read(MARK_BYTES)
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if start.startswith(mark)), None)
    encoding = marked or "utf-8"
    broken = _first_broken(source.open(), encoding.removesuffix("-sig"))  # the mark is UTF-8 itself
    if broken is None:
        return Decoded(source, encoding, "strict")
    return _with_strays(source, encoding, broken) if marked else _not_utf8(source, broken, declared)


MARK_BYTES = 4


def _first_broken(stream: BinaryIO, encoding: str) -> int | None:
    """Return where the first byte stands, from 0, that is not of `encoding`, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = held = 0
    while True:
        chunk = stream.read(CHUNK_BYTES)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return done - held + error.start
        if not chunk:
            return None
        done += len(chunk)
        held = len(decoder.getstate()[0])  # the beginning of a sequence that the next chunk ends


def _not_utf8(source: Source, broken: int, declared: str | None) -> Decoded:
    sample = _sample(source.open(), broken)
    if declared is not None and _decodes(sample, declared):
        return Decoded(source, declared, "replace")
    strays, whole = _strays(sample)
    if strays <= STRAY_SHARE * whole:
        return _with_strays(source, "utf-8", broken)
    encoding = _guess(sample)
    return Decoded(source, encoding, "replace", Notice(source.name, f"not UTF-8; read as {encoding}"))


def _with_strays(source: Source, encoding: str, broken: int) -> Decoded:
    name = encoding.removesuffix("-sig").upper()
    finding = told(f"byte {broken:,} is not {name}; such bytes are shown as U+FFFD")
    return Decoded(source, encoding, "replace", Notice(source.name, finding))


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
    """Return whether `encoding` can be that of a page which declares it in ASCII, and of `sample`.

    The sample may end in the middle of a character.
    """
    try:
        if "<meta".encode(encoding) != b"<meta":
            return False
        codecs.getincrementaldecoder(encoding)("strict").decode(sample)
    except (UnicodeError, LookupError):
        return False
    return True


def _guess(sample: bytes) -> str:
    """Return the legacy encoding of a sample.

    Arabic ones are weighed by how common the letters are that they show: cp1256 and ISO 8859-6
    give the same bytes to different letters, and charset-normalizer takes a tenth of sentences for
    the other. The rest is its to weigh.
    """
    weights = {encoding: _arabic_weight(sample, encoding) for encoding in ARABIC}
    best = max(ARABIC, key=lambda encoding: weights[encoding])
    if weights[best] >= ARABIC_FLOOR and not _is_mixed(sample):
        return best
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=list(OTHER))
    likely = [m.encoding for m in found if (m.chaos, -m.coherence) == (found[0].chaos, -found[0].coherence)]
    return min(likely, key=OTHER.index, default=OTHER[0])


def _arabic_weight(sample: bytes, encoding: str) -> float:
    """Return how Arabic the letters look that `encoding` shows, as a mean of log frequencies.

    A letter's frequency is taken from its rank in COMMONNESS (Zipf).
    """
    counts = Counter(byte for byte in sample if byte >= 0x80)
    total = sum(count * _weight(bytes([byte]).decode(encoding, "replace")) for byte, count in counts.items())
    return total / counts.total()


def _weight(char: str) -> float:
    if char in COMMONNESS:
        return -math.log(4 * (1 + COMMONNESS.index(char)))
    if char == "\ufffd":
        return UNDEFINED
    return RARE if "\u0600" <= char <= "\u06ff" or char in PUNCTUATION or char.isascii() else FOREIGN


def _is_mixed(sample: bytes) -> bool:
    above = sum(1 for byte in sample if byte >= 0x80)
    return sum(1 for _ in _BESIDE_LATIN.finditer(sample)) > MIXED_SHARE * above
