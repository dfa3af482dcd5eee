"""JSON of which each text knows its line: the standard parser, with the part exchanged that reads strings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]  # the stubs leave out both
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any

TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),  # which is an int in Python
    ((int, float), "number"),
    (str, "string"),
    ((list, tuple), "list"),
    (Mapping, "object"),
    (bytes, "value that is not UTF-8"),  # of a column of Parquet or Arrow
)
"""Types of Python -> what JSON calls them; the first that fits."""
MOST_DIGITS = 4_000
"""Digits of a number; int() refuses more than 4,300, and no number is a text that is compared."""


class Placed(str):
    """A text of a JSON file, with the line of the file that it stands in, from 1."""

    __slots__ = ("line",)
    line: int


def placed(text: str, line: int) -> Placed:
    """Return a text with its line."""
    made = Placed(text)
    made.line = line
    return made


def loads(text: str) -> Any:
    r"""Return the value of a JSON text, in which each text but the names of fields is a `Placed`. `O(len(text))`.

    Raises:
        json.JSONDecodeError: it is none.
        RecursionError: it is nested some 300 deep.

    >>> loads('{"a":\n ["b"]}')["a"][0].line
    2
    """
    return _Decoder().decode(text)


def json_type(value: object) -> str:
    """Return what JSON calls the type of a value."""
    return "null" if value is None else next((name for kind, name in TYPES if isinstance(value, kind)), "thing")


def a_type(value: object) -> str:
    """Return what JSON calls the type of a value, with its article: a string, an object."""
    name = json_type(value)
    return f"{'an' if name == 'object' else 'a'} {name}" if value is not None else name


class _Decoder(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__(parse_int=_whole)
        self._line, self._seen = 1, 0
        self.parse_string = self._placed
        # The compiled scanner asks nobody for strings; this one does, and calls the compiled `scanstring` for each.
        self.scan_once = py_make_scanner(self)

    def _placed(self, text: str, start: int, strict: bool = True) -> tuple[Placed, int]:
        value, end = scanstring(text, start, strict)
        self._line += text.count("\n", self._seen, start)
        self._seen = start
        return placed(value, self._line), end


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < MOST_DIGITS else digits
