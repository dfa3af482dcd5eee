"""What goes into an archive and what comes out of it, and how dates are compared."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from dedup.language import told
from dedup.model import Article, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dedup.kernels import Batch

NO_DATE = (1 << 63) - 1
"""What an article without a date is sorted by: after all others."""
FORMAT = 1
"""Version of the tables; another one is refused, with the way out."""
NORMALIZER = 1
"""Version of the keys: raised whenever the key of any text changes."""


DECIDE_KEYS = ("normalize", "shingle_chars", "seed")
"""Settings by which keys and postings differ: what is asked with others would not be found."""
MADE_WITH = (*DECIDE_KEYS, "paragraphs", "max_paragraph_chars")
"""Settings that an archive is made with, and that hold for what is compared with it unless others are given."""


class Piece(NamedTuple):
    """One paragraph of an article as it is stored: its place, its text and its key.

    `number`, `part`, `start`, `line` are those of `Paragraph`; `data` is the text as UTF-8. `quotes` says that it
    stands in an element that quotes.
    """

    number: int
    part: int
    start: int
    line: int
    data: bytes
    key: str
    quotes: bool = False

    @property
    def text(self) -> str:
        """The text."""
        return self.data.decode()


class Entry(NamedTuple):
    """One article to be stored, with its postings: rows of `bands` and `grams` belong to `pieces`.

    `bands` is uint32 ``(n, BANDS)``; `grams` the word fingerprints of each piece, each uint32 ``(m,)``. `off` counts
    the paragraphs that are switched off, which are not among the pieces. `story` are the ids that it names, sorted.
    `numbers` and `packed` are what `key_number` and `pack` make of the key of each piece.
    """

    doc: str
    article: Article
    digest: bytes
    pieces: Sequence[Piece]
    bands: NDArray[np.uint32] | None = None
    grams: Sequence[NDArray[np.uint32]] = ()
    off: int = 0
    story: tuple[str, ...] = ()
    numbers: Sequence[int] = ()
    packed: Sequence[bytes] = ()

    @property
    def quotations(self) -> tuple[int, ...]:
        """The places of the pieces that stand in an element that quotes."""
        return tuple(place for place, piece in enumerate(self.pieces) if piece.quotes)


class Added(NamedTuple):
    """Say what became of an article that was added: `outcome` is added, replaced, unchanged, older or conflict."""

    doc: str
    outcome: str
    version: str | None = None


class Content(NamedTuple):
    """One distinct text of an archive."""

    id: int
    text: str
    key: str


class Occurrence(NamedTuple):
    """Where a content stands: the paragraph `number` of an article; `quotes` as in `Piece`."""

    content: int
    doc: str
    article: Article
    utc: int
    number: int
    part: int
    start: int
    line: int
    quotes: bool = False


class Filter(NamedTuple):
    """Say which articles count: none of `exclude`; not after `until` or before `since`; only of `outlets`.

    `since` and `until` are microseconds of UTC; an article without a date is never after or before.
    """

    exclude: frozenset[str] = frozenset()
    since: int | None = None
    until: int | None = None
    outlets: frozenset[str] = frozenset()

    def admits(self, doc: str, outlet: str | None, utc: int) -> bool:
        """Return whether an article counts."""
        if doc in self.exclude or (self.outlets and outlet not in self.outlets):
            return False
        if utc == NO_DATE:
            return True
        return (self.since is None or utc >= self.since) and (self.until is None or utc <= self.until)


ALL = Filter()
"""Every article counts."""


class Info(NamedTuple):
    """Name what an archive was made with: whatever decides its keys and postings."""

    format: int = FORMAT
    normalizer: int = NORMALIZER
    normalize: str = "ar"
    paragraphs: str = "auto"
    max_paragraph_chars: int = 10_000
    shingle_chars: int = 5
    seed: int = 1
    bands: int = 64
    rows: int = 3
    passages: bool = True
    durability: str = "normal"

    def settings(self) -> dict[str, Any]:
        """Return the settings that it was made with, by name."""
        return {name: getattr(self, name) for name in MADE_WITH}

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self._fields}


class Held(NamedTuple):
    """Say how much an archive holds, and the newest date in it."""

    articles: int
    paragraphs: int
    contents: int
    newest: str | None
    newest_utc: int | None


class Stats(NamedTuple):
    """Count what an archive holds; `newest` and `oldest` are dates as they were given."""

    articles: int
    paragraphs: int
    contents: int
    newest: str | None
    oldest: str | None
    newest_utc: int | None
    postings: int
    runs: int
    bytes: int


class Damage(NamedTuple):
    """Say what is not as it was written: the place, and what was found there; `mended` by a rebuild or not."""

    place: str
    finding: str
    rebuild: bool = False

    @property
    def remedy(self) -> str:
        """What to try."""
        return told("dedup archive rebuild mends it" if self.rebuild else "restore it from a copy")

    def __str__(self) -> str:
        return f"{self.place}: {self.finding}; {self.remedy}"


def utc_of(date: str | None) -> int:
    """Return an ISO 8601 date as microseconds of UTC, NO_DATE for None; without a zone it is taken as UTC.

    Raises:
        ValueError: it is no such date.

    >>> utc_of("2026-03-01T10:00+03:00") == utc_of("2026-03-01T07:00Z")
    True
    """
    if date is None:
        return NO_DATE
    found = datetime.fromisoformat(date.strip())
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    since = found - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def plain(text: str) -> str:
    """Return a name as both databases store it: without lone surrogates and NUL."""
    return shown(text).replace("\x00", "\ufffd")


def digest(*parts: bytes | str | int | None) -> bytes:
    """Return a BLAKE2b-128 of values, each with its length: no two lists of values run together."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else b"\xff" if part is None else str(part).encode("utf-8", "replace")
        found.update(len(data).to_bytes(8, "little"))
        found.update(data)
    return found.digest()


def article_sum(row: Sequence[Any], places: Sequence[Any], story: Sequence[str], quotations: Sequence[int]) -> bytes:
    """Return the checksum of an article: of its row, where its paragraphs stand, its story, and which of them quote.

    Without a story and a quotation it is that of the first archives, which knew of none.
    """
    return digest(*row, repr(list(places)), *story, *((None, *quotations) if quotations else ()))


def content_sum(content: int, number: int, text: bytes, key: bytes) -> bytes:
    """Return the checksum of a content: of its number, the number of its key, its text and its key."""
    head = b"%d %d %d " % (content, number, len(text))
    return hashlib.blake2b(head + text + key, digest_size=8).digest()


def utf8(text: str) -> bytes:
    """Return a text as it is stored: a lone surrogate is U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return shown(text).encode()


def key_number(key: str) -> int:
    """Return a signed 64-bit hash of a key: by it, equal keys are found."""
    return int.from_bytes(hashlib.blake2b(utf8(key), digest_size=8).digest(), "little", signed=True)


def pack(text: str) -> bytes:
    """Return a key as bytes: one a letter where Windows-1256 has them all, else UTF-8; the first byte says which."""
    try:
        return b"\x01" + text.encode("cp1256")
    except UnicodeEncodeError:
        return b"\x00" + utf8(text)


def packed(keys: Sequence[str], units: Batch | None = None) -> list[bytes]:
    """Return keys as bytes, as `pack` does; of many at once by their code `units`, where compiled code made them."""
    if units is None:
        return [pack(key) for key in keys]
    import numpy as np

    letters = _one_byte_letters()[units.points]
    starts, many = units.offsets.tolist(), letters.astype(np.uint8).tobytes()
    made = [b"\x01" + many[low:high] for low, high in pairwise(starts)]
    others = np.searchsorted(units.offsets, np.flatnonzero(letters == NO_LETTER), side="right") - 1
    for i in set(others.tolist()):
        made[i] = pack(keys[i])
    return made


NO_LETTER = 256
"""What stands in a table for a character that is none of Windows-1256."""


@functools.cache
def _one_byte_letters() -> NDArray[np.uint16]:
    """Return the byte of each code unit in Windows-1256, else NO_LETTER: uint16 ``(65536,)``."""
    import numpy as np

    table = np.full(1 << 16, NO_LETTER, dtype=np.uint16)
    for byte in range(256):
        table[ord(bytes([byte]).decode("cp1256"))] = byte
    return table


def unpack(data: bytes) -> str:
    """Return what was packed."""
    return data[1:].decode("cp1256" if data[:1] == b"\x01" else "utf-8")
