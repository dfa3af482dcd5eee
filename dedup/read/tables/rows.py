"""The rows of JSON lines and CSV, one by one: how each stood, its fields, or what is wrong with it.

Whoever reads documents and whoever writes a table anew go through these, so that both count alike.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from dedup.errors import ReadError
from dedup.language import told
from dedup.read.encoding import MOST_LINE, Decoded
from dedup.read.placed import json_type

MOST_FIELD = MOST_LINE
"""Characters of one field of CSV."""
MOST_RECORD = 8 * MOST_FIELD
"""Characters of one line of CSV."""

BULK_ROWS = 5_000
"""Rows from which a faster parser is worth its loading: that takes 15 ms, and saves 0.8 microseconds a row."""


class Row(NamedTuple):
    """One row of a table: joined, `stood` of all rows is the text of the file, or its bytes in UTF-8.

    `number` counts from 1; it is None for what is no row: a header, a blank line, the rest of a row that is too
    long. `fields` is None where `wrong` says why: the finding and the remedy.
    """

    number: int | None
    stood: str | bytes
    fields: dict[str, Any] | None = None
    wrong: tuple[str, str] | None = None


_full_row = partial(tuple.__new__, Row)
"""Make a row of its four values: by its own name it takes three times as long, which a corpus would notice."""


# --- JSON lines -----------------------------------------------------------------------------------


def json_rows(decoded: Decoded) -> Iterator[Row]:
    """Yield each line of JSON lines; a row that is too long for the memory comes in pieces."""
    return _utf8_rows(decoded) if decoded.is_utf8 else _text_rows(decoded)


def _text_rows(decoded: Decoded, first: int = 1) -> Iterator[Row]:
    number, whole = first - 1, True
    for line in decoded.lines(newline="\n"):
        began, whole = whole, line.endswith("\n") or len(line) < MOST_LINE
        number += began
        if not began:
            yield Row(None, line)
        elif not whole:
            yield Row(number, line, None, _too_long())
        else:
            yield _json_row(number, line, line)


def _utf8_rows(decoded: Decoded) -> Iterator[Row]:
    """Yield the rows of a file that is taken for UTF-8: a parser that takes bytes decodes only their strings."""
    lines = decoded.byte_lines(MOST_LINE)
    parse: Callable[[bytes], Any] = _parse
    for number, line in enumerate(lines, 1):
        if number == BULK_ROWS:
            parse = _bulk_parser()
        if len(line) >= MOST_LINE:
            line, fits = _to_its_end(line, lines)
            if not fits:
                yield Row(number, line, None, _too_long())
                yield from _remainder(line, lines)
                continue
        try:
            value = parse(line)
        except (ValueError, RecursionError):
            value = None
        if type(value) is dict:
            yield _full_row((number, line, value, None))
            continue
        try:
            row = _json_row(number, line, line.decode())
        except UnicodeDecodeError:
            yield from _text_rows(decoded.rest(len(line)), number)
            return
        yield row


def _to_its_end(line: bytes, rest: Iterator[bytes]) -> tuple[bytes, bool]:
    """Return a line to its end, and whether it has few enough code points; of one that has not, the beginning."""
    chars = _code_points(line)
    while chars < MOST_LINE and not line.endswith(b"\n") and (more := next(rest, b"")):
        line += more
        chars += _code_points(more)
    return line, chars < MOST_LINE + line.endswith(b"\n")


def _remainder(line: bytes, rest: Iterator[bytes]) -> Iterator[Row]:
    while not line.endswith(b"\n") and (line := next(rest, b"")):
        yield Row(None, line)


def _code_points(piece: bytes) -> int:
    return len(piece.translate(None, bytes(range(0x80, 0xC0))))


def _too_long() -> tuple[str, str]:
    return told(f"longer than {MOST_LINE:,} characters"), told("leave the row out, or part it")


def _parse(line: bytes) -> Any:
    """Return the value of a line of nothing else, and None for what `_json_row` has to look at."""
    text = line.decode()
    value, end = _JSON.raw_decode(text)
    return value if text[end:] in _LINE_ENDS else None


_JSON = json.JSONDecoder()
_LINE_ENDS = ("\n", "", "\r\n")


def _bulk_parser() -> Callable[[bytes], Any]:
    """Return a parser of bytes: msgspec gives the values of json, or refuses the line, which json then has a say on."""
    try:
        from msgspec.json import Decoder
    except ImportError:
        return _parse
    decode: Callable[[bytes], Any] = Decoder().decode
    return decode


def _json_row(number: int, stood: str | bytes, line: str) -> Row:
    if not line.strip():
        return Row(None, stood)
    try:
        value = json.loads(line.rstrip("\r\n"))
    except json.JSONDecodeError as error:
        said = told(f"{error.msg.removesuffix(' at')} at column {error.colno}")
        return Row(number, stood, None, (f"not JSON: {said}", "one JSON object a line"))
    except (ValueError, RecursionError) as error:
        return Row(number, stood, None, (f"not JSON that can be read: {_reason(error)}", "leave the row out"))
    if isinstance(value, dict):
        return Row(number, stood, value)
    finding = told(f"a JSON {json_type(value)}, not an object")
    return Row(number, stood, None, (finding, told('one object a line: {"id": …, "text": …}')))


def _reason(error: Exception) -> str:
    return told("nested too deep") if isinstance(error, RecursionError) else str(error).split(";")[0]


# --- CSV ------------------------------------------------------------------------------------------


class CsvTable:
    """A table whose fields are parted by what the header has: commas, semicolons or tabs; `parted` names another."""

    def __init__(self, decoded: Decoded, parted: str | None = None) -> None:
        csv.field_size_limit(MOST_FIELD)
        self._lines = _Noted(_whole(decoded))
        first = next(self._lines, "")
        self.parted = parted or max(",;\t", key=first.count)
        self._records = csv.reader(self._lines, delimiter=self.parted, strict=True)
        self._lines.put_back(first)
        self.header = next(self._records, [])

    def rows(self) -> Iterator[Row]:
        """Yield the header as no row, then each record; once."""
        yield Row(None, self._lines.taken())
        for number in count(1):
            began = self._records.line_num + 1
            try:
                values = next(self._records, None)
            except csv.Error as error:
                yield Row(number, self._lines.taken(), None, (f"not CSV: {error}, from line {began}", _QUOTES))
                continue
            if values is None:
                return
            yield self._row(number, values, began)

    def record(self, fields: Mapping[str, Any]) -> str:
        """Return fields as a record of this table."""
        line = io.StringIO()
        writer = csv.writer(line, delimiter=self.parted, lineterminator="\n")
        writer.writerow(fields.get(name, "") for name in self.header)
        return line.getvalue()

    def _row(self, number: int, values: list[str], began: int) -> Row:
        stood = self._lines.taken()
        if len(values) > len(self.header):
            finding = told(f"{len(values)} fields from line {began}, the header has {len(self.header)}")
            return Row(number, stood, None, (finding, _QUOTES))
        if any(values):
            return Row(number, stood, dict(zip(self.header, values, strict=False)))
        return Row(None, stood)


_QUOTES = told("see its quotation marks: one inside a field is written twice")


def _whole(decoded: Decoded) -> Iterator[str]:
    """Yield the lines of a file.

    Raises:
        ReadError: a line is too long to be held.
    """
    for line in decoded.lines(most=MOST_RECORD):
        if len(line) >= MOST_RECORD:
            finding = told(f"has a line of more than {MOST_RECORD:,} characters")
            raise ReadError(decoded.source.name, finding, "see whether it is CSV")
        yield line


class _Noted(Iterator[str]):
    """Hand on lines, and know which were taken since the last question."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._next: Callable[[], str] = iter(lines).__next__
        self._taken: list[str] = []
        self._again: list[str] = []

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._next()
        self._taken.append(line)
        return line

    def put_back(self, line: str) -> None:
        """Put back the line that was taken last."""
        self._again.append(line)
        self._taken.clear()

    def taken(self) -> str:
        """Return the lines taken since the last question."""
        found, self._taken = "".join(self._taken), []
        return found
