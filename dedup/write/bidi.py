"""Arabic on terminals: who puts letters in their order, the terminal or the report.

A report is written in the order of reading. A terminal that orders right-to-left text shows it so; marks of
isolation (FSI, PDI) keep its neighbours in place; for a terminal that orders nothing, `visual` joins the letters
and turns the lines round: only to be looked at, for what is copied from it is backwards.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from dedup.errors import SettingsError

ORDERS = ("auto", "terminal", "visual", "isolate")
FSI, PDI, LRM = "\u2068", "\u2069", "\u200e"
_LEFT_TO_RIGHT = ("WT_SESSION", "ALACRITTY_WINDOW_ID", "KITTY_WINDOW_ID")
_LEFT_TO_RIGHT_PROGRAMS = ("vscode", "WarpTerminal")
"""Terminals that are known to order nothing, by variables that they set: microsoft/terminal#538, alacritty#663,
kitty#536, xterm.js#701, warp#10355. Others are left alone: two that turn a text round show it backwards."""
_RIGHT_TO_LEFT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_FIELD = re.compile("\u2068([^\u2066-\u2069]*)\u2069")
_ISOLATES = re.compile("[\u2066-\u2069]")
_ZERO_WIDTH = ("Mn", "Me", "Cf")


def order_for(asked: str, environment: Mapping[str, str], *, terminal: bool) -> str:
    """Return the order that is meant: `auto` turns lines round only on a terminal that is known not to do it itself.

    Raises:
        SettingsError: `visual` was asked for, and what it needs is not installed.
    """
    if asked == "visual" and not _able():
        raise SettingsError("bidi visual needs two packages more; pip install 'dedup-paragraphs[bidi]'")
    if asked != "auto":
        return asked
    unordered = any(name in environment for name in _LEFT_TO_RIGHT)
    unordered = unordered or environment.get("TERM_PROGRAM") in _LEFT_TO_RIGHT_PROGRAMS
    return "visual" if terminal and unordered and _able() else "terminal"


def _able() -> bool:
    from importlib.util import find_spec  # only where a line may be turned: a check is a new process each time

    return find_spec("bidi") is not None and find_spec("arabic_reshaper") is not None


def isolated(text: str) -> str:
    """Return a field of a line, set apart from its neighbours."""
    return f"{FSI}{text}{PDI}"


def ordered(pieces: Iterable[str], order: str, columns: int) -> Iterator[str]:
    """Yield the lines of a report as a terminal is to have them; those without Arabic or Hebrew as they are."""
    for piece in pieces:
        for line in piece.splitlines():
            if not re.search(_RIGHT_TO_LEFT, line):
                yield f"{_ISOLATES.sub('', line)}\n"
            elif order == "isolate":
                text = line.lstrip(" ")
                yield f"{' ' * (len(line) - len(text))}{isolated(text)}\n"
            else:
                yield from (f"{turned}\n" for turned in _turned(line, columns))


def _turned(line: str, columns: int) -> Iterator[str]:
    """Yield a line in the order of looking, parted where the terminal would part it: its end must not come first."""
    right = first_strong(line) != "L"
    get_display, reshape = _shapers()
    for part in wrapped(_ISOLATES.sub("", _FIELD.sub(_kept, line)), columns):
        shown = get_display(reshape(part), base_dir="R" if right else "L").replace(LRM, "")
        yield " " * (columns - width(shown)) + shown if right else shown


def _kept(field: re.Match[str]) -> str:
    """Return a field with marks in place of its isolation, of which the algorithm that mirrors brackets knows none."""
    return f"{LRM}{field[1]}{LRM}" if first_strong(field[1]) == "L" else field[1]


def first_strong(text: str) -> str:
    """Return the direction of the first letter: L, R or AL; nothing where there is none."""
    return next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "")


def width(text: str) -> int:
    """Return how many columns a text takes: marks and what does not show take none, wide letters two."""
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.category(char) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrapped(line: str, columns: int) -> Iterator[str]:
    """Yield a line in parts of at most so many columns, parted at spaces where there is one."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    part = ""
    for word in re.findall(r" *[^ ]+", line):
        if part.strip() and width(part + word) > columns:
            yield part
            part = indent + word.lstrip(" ")
        else:
            part += word
    yield part


@functools.cache
def _shapers() -> tuple[Callable[..., str], Callable[[str], str]]:
    from arabic_reshaper import ArabicReshaper
    from bidi.algorithm import get_display  # the other one of the package mirrors no brackets

    # A mark follows its letter in the order of looking, too; by default the reshaper drops marks.
    shaper = ArabicReshaper({"delete_harakat": False, "shift_harakat_position": True})
    return get_display, shaper.reshape
