"""What is known of an item of a newsroom: small functions that take it out of nested fields, put together in tables."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from dedup.read.newsroom.status import date_of

Item = Mapping[str, Any]
Known = Callable[[Item], str | None]

_TAG = re.compile(r"<[^<>]*>")
_NO_ZONE = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+")


def at(item: Item, path: str) -> Iterator[str]:
    """Yield the strings, numbers and dates at a path of fields; a list on the way stands for each of its elements.

    >>> list(at({"credits": {"by": [{"name": "ليلى"}, {"name": "سمير"}]}}, "credits.by.name"))
    ['ليلى', 'سمير']
    """
    found: list[Any] = [item]
    for name in path.split("."):
        found = [each[name] for each in _flat(found) if isinstance(each, Mapping) and name in each]
    for value in _flat(found):
        if isinstance(value, dt.date):
            yield value.isoformat()
        elif isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            yield str(value).strip()


def _flat(values: list[Any]) -> Iterator[Any]:
    for value in values:
        yield from value if isinstance(value, list | tuple) else (value,)


def first(*paths: str) -> Known:
    """Return what takes the first value of the first path that has one."""
    return lambda item: next((value for path in paths for value in at(item, path)), None)


def in_role(role: str, listed: str, name: str) -> Known:
    """Return what takes a field of the first of some objects that has a role."""

    def known(item: Item) -> str | None:
        given = _flat([item.get(listed)])
        ours = [each for each in given if isinstance(each, Mapping) and each.get("role") == role]
        return next(at({listed: ours}, f"{listed}.{name}"), None)

    return known


def dated(*paths: str) -> Known:
    """Return what takes the first date that is ISO 8601, as it was given."""
    return lambda item: date_of(value for path in paths for value in at(item, path))


def joined(*paths: str) -> Known:
    """Return what takes all values of the first path that has some, each once."""

    def known(item: Item) -> str | None:
        found = next((values for path in paths if (values := list(at(item, path)))), [])
        return ", ".join(dict.fromkeys(found)) or None

    return known


def unmarked(known: Known) -> Known:
    """Return what takes a text without its tags and entities."""

    def text(item: Item) -> str | None:
        value = known(item)
        return None if value is None else html.unescape(_TAG.sub("", value)).strip() or None

    return text


def utc(known: Known) -> Known:
    """Return what takes a time that is one of UTC and does not say so; zeros are none."""

    def time(item: Item) -> str | None:
        value = known(item)
        if value is None or value.startswith("0000"):
            return None
        return f"{value}Z" if _NO_ZONE.fullmatch(value) else value

    return time


def either(*choices: Known) -> Known:
    """Return what takes the first that there is."""
    return lambda item: next((value for known in choices if (value := known(item)) is not None), None)


def host(known: Known) -> Known:
    """Return what takes the name of the site in an address."""

    def name(item: Item) -> str | None:
        try:
            return urlsplit(known(item) or "").hostname
        except ValueError:  # as of http://[
            return None

    return name
