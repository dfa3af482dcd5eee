"""What is known of a word is worked out once: a dict that fills itself, read at the speed of a dict."""

from __future__ import annotations

from typing import TypeVar

Value = TypeVar("Value")

MOST_WORDS = 1 << 18
"""Words of which is remembered what was worked out; then all is forgotten, for memory has an end."""


def remembered(known: dict[str, Value], word: str, value: Value) -> Value:
    """Put the value of a word by, and return it: the body of a `__missing__`."""
    if len(known) >= MOST_WORDS:
        known.clear()
    known[word] = value
    return value
