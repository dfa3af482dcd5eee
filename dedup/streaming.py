"""Which texts of a stream stay: a decision for each, of more texts than fit in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from dedup import detect
from dedup.clusters import LEVELS, LONGEST
from dedup.collect import Collection, Names
from dedup.errors import InputError, SettingsError
from dedup.model import Block, Document
from dedup.progress import Progress, Silent
from dedup.settings import Settings, make_settings

Id = str | int
Item = tuple[Id, str | None] | Document | Mapping[str, Any]


def stream(
    texts: Iterable[Item], *, settings: Settings | None = None, progress: Progress | None = None, **overrides: Any
) -> Iterator[tuple[Id, bool]]:
    """Yield the id of each text and whether it stays, in the order of the input, once all of it was read.

    Decides as `keep_indices` does, each text compared as a whole, without a report and without holding a text. What it
    holds: of each text some 80 bytes and its id; of each distinct key some 50; of each confirmed pair of keys some 500.
    Texts, keys and bands that take more than their share of `memory` go to temporary files.

    Args:
        texts: pairs of an id and a text (None where there is none: it stays), documents, or mappings with the fields
            that `id_field` and `text_field` name; read once.
        settings: the knobs; the level is `near` unless one is given.
        progress: is told how far the run is.
        **overrides: single knobs: ``memory="2GB"``, ``keep="longest"``.

    Raises:
        InputError: an item that is none of these, an id that is neither text nor a whole number, or a text that is too
            long to be compared as a whole.
        SettingsError: a setting out of range, or a level that makes no clusters.
        ScratchError: temporary files cannot be written.

    >>> list(stream([("a", "أعلنت الوزارة فتح باب التسجيل"), ("b", "اعلنت الوزاره فتح باب التسجيل")]))
    [('a', True), ('b', False)]
    """
    chosen = make_settings(settings if settings is not None else Settings(level="near"), overrides)
    if chosen.level not in LEVELS:
        raise SettingsError(f"level must be one of {', '.join(LEVELS)} to decide by, got {chosen.level!r}")
    return _decided(texts, chosen.replace(max_paragraph_chars=LONGEST, scope=("between",)), progress or Silent())


def _decided(texts: Iterable[Item], settings: Settings, progress: Progress) -> Iterator[tuple[Id, bool]]:
    collection, ids = Collection(settings), _Ids()
    try:
        detect.collected(_documents(texts, ids, settings), collection, progress)
        goes = _goes(collection, progress)
        yield from zip(ids, _stays(ids, goes), strict=True)
    finally:
        collection.close()


def _documents(texts: Iterable[Item], ids: _Ids, settings: Settings) -> Iterator[Document]:
    for place, item in enumerate(texts):
        name, given = _parted(place, item, settings)
        text = given or ""
        if len(text) > LONGEST:
            raise InputError(f"text {place}: has {len(text):,} characters; at most {LONGEST:,} are compared whole")
        blank = not text.strip()
        ids.append(name, blank=blank)
        if not blank:  # the id stays out of the collection: there it would be kept a second time
            yield Document("", text, blocks=(Block(0, len(text), 1),), named=False)


def _parted(place: int, item: Item, settings: Settings) -> tuple[Id, str | None]:
    """Return the id and the text of an item."""
    if isinstance(item, Document):
        return item.id, item.text
    if isinstance(item, Mapping):
        name, text = item.get(settings.id_field), item.get(settings.text_field)
    elif isinstance(item, tuple | list) and len(item) == 2:
        name, text = item
    else:
        raise InputError(f"text {place}: cannot read {type(item).__name__}; give a pair of an id and a text")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise InputError(f"text {place}: the id is a {type(name).__name__}; give a text or a whole number")
    if text is not None and not isinstance(text, str):
        raise InputError(f"text {place}: cannot read {type(text).__name__}; give strings, and None where there is none")
    return name, text


class _Ids:
    """Keep ids as bytes, and know which of them are numbers and which texts are blank."""

    def __init__(self) -> None:
        self._names = Names()
        self._numbers, self.blank = bytearray(), bytearray()

    def append(self, name: Id, *, blank: bool) -> None:
        """Take in the next id."""
        self._names.append(str(name))
        self._numbers.append(isinstance(name, int))
        self.blank.append(blank)

    def __iter__(self) -> Iterator[Id]:
        for name, number in zip(self._names, self._numbers, strict=True):
            yield int(name) if number else name


# --- what goes ------------------------------------------------------------------------------------


def _stays(ids: _Ids, goes: bytearray) -> Iterator[bool]:
    """Yield whether each text stays, as blank ones do."""
    decided = iter(goes)
    for blank in ids.blank:
        yield bool(blank) or not next(decided)


def _goes(collection: Collection, progress: Progress) -> bytearray:
    """Return for each document whether it goes: stars of keys round originals, as `match.group` makes them of texts."""
    near = _near(collection, progress)
    goes = bytearray(collection.documents)
    words = collection.keys.words
    taken = bytearray(len(words))
    for key in _in_order(collection):
        if taken[key]:
            continue
        _mark(collection, _copies(collection, key), goes)
        for other in near.get(key, ()):
            if not taken[other]:
                taken[other] = True
                _mark(collection, collection.orders(other), goes)
    return goes


def _in_order(collection: Collection) -> Iterable[int]:
    """Return the keys in the order in which they stand for others; they are numbered as they first occur."""
    words = collection.keys.words
    if collection.settings.keep == "longest":
        return sorted(range(len(words)), key=lambda key: -words[key])
    return range(len(words))


def _near(collection: Collection, progress: Progress) -> dict[int, list[int]]:
    near: dict[int, list[int]] = defaultdict(list)
    for first, second in detect.near_keys(collection, progress):
        near[first].append(second)
        near[second].append(first)
    return near


def _copies(collection: Collection, key: int) -> Iterable[int]:
    """Yield the places of the paragraphs of a key that repeat an earlier one of it."""
    orders = collection.orders(key)
    if collection.settings.level != "exact":
        yield from orders[1:]
        return
    seen = set()
    for order in orders if len(orders) > 1 else ():
        digest = blake2b(collection.texts.get(order).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest in seen:
            yield order
        seen.add(digest)


def _mark(collection: Collection, orders: Iterable[int], goes: bytearray) -> None:
    for order in orders:
        goes[collection.places.document(order) - 1] = True
