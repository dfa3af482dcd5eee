"""What a news feed says of an item beside its text: whether it may be used, when it was published, what it replaces."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from dedup.model import Notice

CANCELED = ("canceled", "cancelled")
"""What must no longer be used, in every version: a newsroom has taken it down, so it is nobody's original."""
NOTED = ("withheld", "embargoed")
"""What may not be used yet. A desk checks it before it goes out, so it is read, and said."""

MADE_OF = frozenset(("evolvedfrom", "previousversion", "rewriteof"))
"""Relations of IPTC between an item and what it was made of, without the name of the list and its spelling."""


def is_canceled(status: str | None) -> bool:
    """Return whether a status takes an item back: `stat:canceled`, or the address that ends so."""
    return _plain(status) in CANCELED


def notices_of(place: str, item: str, status: str | None) -> Iterator[Notice]:
    """Yield what has to be said of an item with this status."""
    if is_canceled(status):
        yield Notice(place, f"{item} is canceled; left out")
    elif _plain(status) in NOTED:
        yield Notice(place, f"{item} is {_plain(status)}; compared all the same")


def date_of(dates: Iterable[str | None]) -> str | None:
    """Return the first date that is ISO 8601, as it was given; an archive orders articles by it."""
    return next((date.strip() for date in dates if date is not None and _is_iso(date.strip())), None)


def is_made_of(relation: object) -> bool:
    """Return whether a relation, `irel:previousVersion` or `evolvedFrom-1`, leads to what an item was made of."""
    name = re.split(r"[:/#]", str(relation))[-1]
    return re.sub(r"[-_\d\s]", "", name).casefold() in MADE_OF


def _plain(status: str | None) -> str:
    """Return a code without its scheme: from ``stat:usable`` and ``http://.../usable`` usable."""
    return (status or "").strip().replace("/", ":").rpartition(":")[2].lower()


def _is_iso(date: str) -> bool:
    try:
        dt.datetime.fromisoformat(date)
    except ValueError:
        return False
    return True
