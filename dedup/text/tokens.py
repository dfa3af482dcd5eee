"""Tokens and words of a key.

A token is what spaces enclose; in scripts that write no spaces (Han, Kana, Thai, Lao, Khmer,
Burmese) it is one character with its combining marks, and two such characters count as a word.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

SPACELESS = (
    "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3038-\u303b\u3041-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003fffd"  # Han, Kana
    "\u0e01-\u0e7f\u0e80-\u0eff"  # Thai, Lao
    "\u1780-\u17ff\u19e0-\u19ff"  # Khmer
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Burmese
)
"""Regex ranges of scripts without spaces between words."""

_MAYBE_SPACELESS = re.compile("[^\x00-\u0e00]")
"""Nothing below is of those scripts: most keys need only this, which is fast, and not the others, slow to compile."""


_WRITTEN = re.compile(r"\S+")
"""What `str.split` gives: a key of the profile `none` has other spaces, too."""


@functools.cache
def _spaceless() -> re.Pattern[str]:
    return re.compile(f"[{SPACELESS}]")


@functools.cache
def _token() -> re.Pattern[str]:
    # A character of those scripts that is a combining mark is not \w; it stays with its base.
    return re.compile(rf"[{SPACELESS}](?:(?![ ])\W)*|(?:(?![{SPACELESS}])[^ ])+")


def _has_spaceless(key: str) -> bool:
    return _MAYBE_SPACELESS.search(key) is not None and _spaceless().search(key) is not None


def is_whole_word(char: str) -> bool:
    """Return whether a character is a token by itself."""
    return _has_spaceless(char[:1])


def token_spans(key: str) -> Iterator[tuple[int, int]]:
    """Yield the span of each token of `key`, in order. `O(len(key))`."""
    if _has_spaceless(key):
        yield from (match.span() for match in _token().finditer(key))
        return
    yield from (match.span() for match in _WRITTEN.finditer(key))


def tokens(key: str) -> list[str]:
    """Return the tokens of `key`.

    >>> tokens("قال 東京都")
    ['قال', '東', '京', '都']
    """
    if _has_spaceless(key):
        return [match[0] for match in _token().finditer(key)]
    return key.split()


def word_count(key: str) -> int:
    """Return the number of words of `key`; two characters of a script without spaces are one.

    >>> word_count("قال وزير"), word_count("東京都")
    (2, 2)
    """
    if not _has_spaceless(key):
        return len(key.split())
    found = tokens(key)
    single = sum(1 for token in found if is_whole_word(token))
    return len(found) - single + (single + 1) // 2
