"""Which way a text runs, and its language where that is known: what a browser and a voice need to be told."""

from __future__ import annotations

import re
import unicodedata

from dedup.model import shown

_NOT_ARABIC = re.compile("[پچژگکیےہٹڈڑںۀێەڕڵ]")
"""Letters of Persian, Urdu, Kurdish and others that write with Arabic letters."""


def direction(text: str) -> str:
    """Return `rtl` or `ltr`: that of the first strong character, as ``dir="auto"`` would.

    Computed here for the two columns: HTML's own `auto` looks past elements that have a `dir`.
    """
    for char in shown(text):
        if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def language(text: str) -> str:
    """Return `ar` for text that begins in Arabic letters and has none of other languages.

    Else nothing, which says that the language is not known: a voice must not read it as English.

    >>> language("قال الوزير"), language("وزیر گفت"), language("The minister")
    ('ar', '', '')
    """
    text = shown(text)
    first = next((char for char in text if unicodedata.bidirectional(char) in ("L", "R", "AL")), "")
    arabic = first != "" and unicodedata.bidirectional(first) == "AL" and "ARABIC" in unicodedata.name(first, "")
    return "ar" if arabic and not _NOT_ARABIC.search(text) else ""
