"""A text that looks like the name of a file: a str is always text, and who forgot `Path` would never know."""

from __future__ import annotations

import os
import sys
import warnings

from dedup.read.files import suffix_of
from dedup.read.formats import FORMATS

FIRST = 16
"""Inputs of a run that are looked at: a corpus of short texts asks the system for no file."""
LONGEST = 255
"""Characters of the longest name that is looked for."""


def warn_of_name(text: str) -> None:
    """Warn where a text that was given is the name of a file or folder, or looks like one of a file that is read.

    What is compared stays the text: what it is must not hang on which files there are.
    """
    if text and len(text) <= LONGEST and "\n" not in text and (os.path.exists(text) or _has_suffix(text)):
        said = f"{text!r} was compared as a text, not read as a file; give pathlib.Path({text!r}) to have it read"
        warnings.warn(said, UserWarning, stacklevel=_callers())


def _has_suffix(text: str) -> bool:
    """Return whether a text is one word that ends as the name of a file does."""
    if any(map(str.isspace, text)):
        return False
    suffix, _ = suffix_of(text)
    return bool(suffix) and any(suffix in form.suffixes for form in FORMATS)


def _callers() -> int:
    """Return how many frames lie between `warn` and the code that is not of this package."""
    frame, level = sys._getframe(1), 1  # noqa: SLF001 - inspect takes longer to load
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "dedup":
        frame, level = frame.f_back, level + 1
    return level
