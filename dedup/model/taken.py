"""Plain values from outside, one object: each value is checked where it is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, TypeVar

from dedup.errors import ReadError
from dedup.language import told

SAVE_AGAIN = told("save it again: dedup scan ... -f json -o report.json")
_Value = TypeVar("_Value")


class Taken:
    """Take the values of one object of a report by their keys, each of the type that it must have."""

    __slots__ = ("path", "place", "values")

    def __init__(self, values: Any, place: str, path: str) -> None:
        self.place, self.path = place, path
        if not isinstance(values, dict):
            if not path:
                raise ReadError(place, "is no report of dedup: no JSON object", SAVE_AGAIN)
            self.refuse("", "is no object")
        self.values: dict[str, Any] = values

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def refuse(self, name: str, finding: str) -> NoReturn:
        """Raise the error on a value."""
        raise ReadError(self.place, f"is damaged: {f'{self.path}.{name}'.strip('.')} {finding}", SAVE_AGAIN)

    def _take(self, name: str, kinds: tuple[type, ...], wanted: str) -> Any:
        if name not in self.values:
            self.refuse(name, "is missing")
        value = self.values[name]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.refuse(name, f"is no {wanted}")
        return value

    def below(self, name: str) -> Taken:
        """Return the object of a key."""
        return Taken(self._take(name, (dict,), "object"), self.place, f"{self.path}.{name}".strip("."))

    def each(self, name: str) -> Iterator[Taken]:
        """Yield the objects of a list."""
        for number, value in enumerate(self._take(name, (list,), "list")):
            yield Taken(value, self.place, f"{self.path}.{name}[{number}]".strip("."))

    def all(self, *kinds: type) -> Iterator[tuple[str, Any]]:
        """Yield key and value of all that is in it, each of `kinds`."""
        for name in self.values:
            yield name, self._take(name, kinds, "number")

    def list_of(self, name: str, *kinds: type) -> tuple[Any, ...]:
        """Return a list of plain values of `kinds`."""
        found = self._take(name, (list,), "list")
        if not all(isinstance(value, kinds) and not isinstance(value, bool) for value in found):
            self.refuse(name, "holds something else than it should")
        return tuple(found)

    def text(self, name: str) -> str:
        """Return a text."""
        return str(self._take(name, (str,), "text"))

    def texts(self, *names: str) -> tuple[str, ...]:
        """Return several texts."""
        return tuple(map(self.text, names))

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or None for null."""
        return self._or_none(name, self.text)

    def whole(self, name: str) -> int:
        """Return a whole number, 0 or more."""
        value = self._take(name, (int,), "whole number")
        if value < 0:
            self.refuse(name, "is below 0")
        return int(value)

    def whole_or_none(self, name: str) -> int | None:
        """Return a whole number, or None for null."""
        return self._or_none(name, self.whole)

    def _or_none(self, name: str, take: Callable[[str], _Value]) -> _Value | None:
        return None if name in self.values and self.values[name] is None else take(name)

    def likeness(self, name: str) -> float:
        """Return a number from 0 to 1."""
        value = self._take(name, (int, float), "number")
        if not 0 <= value <= 1:
            self.refuse(name, "is not from 0 to 1")
        return float(value)

    def pair(self, name: str) -> tuple[int, int]:
        """Return [first, last)."""
        found = self.list_of(name, int)
        if len(found) != 2 or not 0 <= found[0] <= found[1]:
            self.refuse(name, "is no stretch [start, end)")
        return found[0], found[1]

    def flag(self, name: str) -> bool:
        """Return true or false."""
        return bool(self._take(name, (bool,), "true or false"))

    def one_of(self, name: str, known: Iterable[str]) -> str:
        """Return a text that is one of `known`."""
        value = self.text(name)
        if value not in known:
            self.refuse(name, "is none that is known here")
        return value
