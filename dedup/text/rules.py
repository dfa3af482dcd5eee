"""The folds of `letters.py` as ordered lists of rules.

A rule can be applied in bulk, or as edits that keep the offsets. Both forms of a pattern rule come
from one pattern and one replacement, so the two paths cannot drift apart; a property test holds
the others. No rule looks at more than a bounded number of characters twice: the time is linear in
the text, whatever the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dedup.text import letters
from dedup.text.offsets import Edit

MAX_MARK_RUN = 30
"""Combining marks in a row after which a run is no writing. Unicode normalisation sorts a run in
quadratic time (400,000 marks: over 100 s); UAX #15 calls runs of up to 30 stream-safe."""


class Rule(NamedTuple):
    """Do one thing to a text: `apply(text)` equals applying `edits(text)`."""

    name: str
    apply: Callable[[str], str]
    edits: Callable[[str], Iterator[Edit]]


def _pattern_rule(name: str, pattern: str, new: str | Callable[[re.Match[str]], str]) -> Rule:
    compiled = re.compile(pattern)

    def edits(text: str) -> Iterator[Edit]:
        for match in compiled.finditer(text):
            yield match.start(), match.end(), new if isinstance(new, str) else new(match)

    return Rule(name, lambda text: compiled.sub(new, text), edits)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


# --- shapes ---------------------------------------------------------------------------------------

_SHAPED = f"[{''.join(letters.DIGITS)}{letters.FULL_WIDTH}{letters.PRESENTATION_FORMS}{letters.SURROGATES}]"


def _shape(match: re.Match[str]) -> str:
    char = match[0]
    return "\ufffd" if "\ud800" <= char <= "\udfff" else letters.shapes().get(char, char)


# --- runs of combining marks ----------------------------------------------------------------------

# A mark may decompose into two and its base into a letter and three: 14 is the shortest run that
# can decompose into more than 30. No combining character is \w or \s (held by a test).
_MIN_RUN = 14
_MAYBE_LONG_RUN = re.compile(rf"[^\w\s]{{{_MIN_RUN},}}")


def _long_mark_runs(text: str) -> Iterator[Edit]:
    for match in _MAYBE_LONG_RUN.finditer(text):
        low, end = match.span()
        while low < end:
            high = low
            while high < end and unicodedata.combining(text[high]):
                high += 1
            if high - low >= _MIN_RUN and (edit := _cut_run(text, low, high)):
                yield edit
            low = high + 1


def _cut_run(text: str, low: int, high: int) -> Edit | None:
    # The whole run goes, and the marks composed into its base: keeping "the first 30" would depend
    # on their order, which canonically equal texts do not share.
    base = unicodedata.normalize("NFD", text[low - 1]) if low else ""
    bare = "".join(char for char in base if not unicodedata.combining(char))
    marks = sum(len(unicodedata.normalize("NFD", char)) for char in text[low:high])
    if marks + len(base) - len(bare) <= MAX_MARK_RUN:
        return None
    return (low - 1, high, bare) if low else (low, high, "")


def _cut_mark_runs(text: str) -> str:
    parts: list[str] = []
    done = 0
    for low, high, new in _long_mark_runs(text):
        parts += (text[done:low], new)
        done = high
    return "".join((*parts, text[done:]))


_CUT = Rule("cut runs of marks", _cut_mark_runs, _long_mark_runs)

# --- composition ----------------------------------------------------------------------------------

_COMPOSING = re.compile(f"[{letters.COMPOSING}]")


def _composed_clusters(text: str) -> Iterator[Edit]:
    if unicodedata.is_normalized("NFC", text):
        return
    low = 0
    for high in range(1, len(text) + 1):
        if high < len(text) and (unicodedata.combining(text[high]) or _COMPOSING.match(text[high])):
            continue
        cluster = text[low:high]
        if (composed := unicodedata.normalize("NFC", cluster)) != cluster:
            yield low, high, composed
        low = high


_COMPOSE = Rule("compose", lambda text: unicodedata.normalize("NFC", text), _composed_clusters)

# --- between words --------------------------------------------------------------------------------

_ASCII_DIGITS = frozenset("0123456789")
_SEPARATORS = re.compile(r"[^\w ]+|_")


def _without_proclitic_quote(match: re.Match[str]) -> str:
    before = match.start() - 2  # the proclitic itself is at start - 1
    char = match.string[before] if before >= 0 else " "
    return match[0] if char.isalnum() or _is_mark(char) else ""


def _separated(match: re.Match[str]) -> str:
    run = match[0]
    if run in letters.DECIMAL_SEPARATORS and _between_digits(match):
        return "."
    # Marks of other scripts (Devanagari vowels, Thai tones) are not \w but belong to their letters.
    return "".join(char if _is_mark(char) else " " for char in run)


def _between_digits(match: re.Match[str]) -> bool:
    low, high, text = match.start(), match.end(), match.string
    return low > 0 and high < len(text) and text[low - 1] in _ASCII_DIGITS and text[high] in _ASCII_DIGITS


def _separations(text: str) -> Iterator[Edit]:
    for match in _SEPARATORS.finditer(text):
        for i, char in enumerate(_separated(match), match.start()):
            yield i, i + 1, char


def _folded_case(text: str) -> Iterator[Edit]:
    for i, char in enumerate(text):
        if (folded := char.casefold()) != char:
            yield i, i + 1, folded


def _squeezed_spaces(text: str) -> Iterator[Edit]:
    for match in re.finditer(r"^ +| +$| {2,}", text):
        edge = match.start() == 0 or match.end() == len(text)
        yield match.start(), match.end(), "" if edge else " "


# --- letters --------------------------------------------------------------------------------------

_FOLDED_LETTER = re.compile(f"[{''.join(letters.LETTER_FOLDS)}]")
_YEH, _HAMZA = letters.FINAL_HAMZA


def _fold_letters(text: str) -> str:
    # 21 str.replace take a third of the time of one regex class with a function.
    for letter, fold in letters.LETTER_FOLDS.items():
        text = text.replace(letter, fold)
    return text


def _folded_letters(text: str) -> Iterator[Edit]:
    for match in _FOLDED_LETTER.finditer(text):
        yield match.start(), match.end(), letters.LETTER_FOLDS[match[0]]


# --- outer whitespace (the profile `none`) --------------------------------------------------------


def _outer_whitespace(text: str) -> Iterator[Edit]:
    body = text.strip()
    low = len(text) - len(text.lstrip()) if body else len(text)
    high = low + len(body)
    yield 0, low, ""
    yield high, len(text), ""


# --- the ordered lists ----------------------------------------------------------------------------

CANONICAL_RULES: tuple[Rule, ...] = (
    _pattern_rule("shapes", _SHAPED, _shape),
    _CUT,
    _COMPOSE,
    # Before marks and tatweel are removed, or مسـٔولية would lose its hamza.
    _pattern_rule(
        "hamza on a bare seat",
        f"[{letters.HAMZA_SEATS}]([{letters.MARKS}]*?){letters.HAMZA_MARK}",
        lambda match: letters.YEH_HAMZA + match[1],
    ),
    # After composition, or deleting a character would let a mark join the letter before it.
    _pattern_rule("remove", f"[{letters.REMOVED}]+", ""),
    _CUT,  # marks that a removed character kept apart are one run now
    _pattern_rule("thousands", f"(?<=[0-9])[{letters.THOUSANDS_SEPARATORS}](?=[0-9]{{3}}(?![0-9]))", ""),
    _pattern_rule(
        "quotation mark after a proclitic",
        rf"(?<=[{letters.PROCLITICS}])[{letters.QUOTES}]+(?=[^\W_])",
        _without_proclitic_quote,
    ),
    Rule("separators", lambda text: _SEPARATORS.sub(_separated, text), _separations),
    Rule("case", str.casefold, _folded_case),
    _COMPOSE,
    Rule("spaces", lambda text: " ".join(text.split()), _squeezed_spaces),
)
"""Make the canonical key."""

LOOSE_RULES: tuple[Rule, ...] = (
    Rule("letters", _fold_letters, _folded_letters),
    # The look-behind keeps a long run of yeh linear.
    _pattern_rule("final hamza", f"(?<!{_YEH}){_YEH}+{_HAMZA}(?= |$)", _HAMZA),
)
"""Make the loose key of a canonical key."""

PLAIN_RULES: tuple[Rule, ...] = (
    _pattern_rule("ignored phrases", f" ?{letters.BLANK}+", ""),
    _pattern_rule("surrogates", f"[{letters.SURROGATES}]", "\ufffd"),
    Rule("outer whitespace", str.strip, _outer_whitespace),
)
"""Make the key of the profile `none`: the text itself."""
