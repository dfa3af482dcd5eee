"""Text to its two keys: `canonical` and `loose`.

A key is what is left when everything is taken away that two writers of one paragraph may do
differently. `canonical` removes only what no reader would call a change (encoding, marks,
tatweel, invisible characters, digit and punctuation shapes); `loose` also folds letters that
Arabic spelling interchanges. The folds are data (`letters.py`); `rules.py` makes them an ordered
list; this module applies the list, in bulk or with an offset map.
"""

from __future__ import annotations

import functools
import re
import sys
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from dedup.model import Word
from dedup.text.letters import BLANK
from dedup.text.memo import remembered
from dedup.text.offsets import MappedText, OffsetMap
from dedup.text.rules import CANONICAL_RULES, LOOSE_RULES, PLAIN_RULES, Rule
from dedup.text.tokens import token_spans

PROFILES: dict[str, tuple[Rule, ...]] = {
    "ar": CANONICAL_RULES + LOOSE_RULES,
    "ar-strict": CANONICAL_RULES,
    "none": PLAIN_RULES,
}
"""Profile -> the rules that make its key."""


@dataclass(frozen=True)
class Normalized:
    """Hold one text and its keys; each is computed when first asked for.

    >>> n = Normalized("أعلنَت الوزارةُ")
    >>> n.canonical, n.loose
    ('أعلنت الوزارة', 'اعلنت الوزاره')
    >>> n.map.span(0, 5)
    (0, 6)
    """

    source: str
    profile: str = "ar"

    @functools.cached_property
    def text(self) -> str:
        """The key of the profile."""
        return make_key(self.source, self.profile)

    @functools.cached_property
    def canonical(self) -> str:
        """The text without what no reader would call a change."""
        return canonical_key(self.source)

    @functools.cached_property
    def loose(self) -> str:
        """The canonical key with interchangeable letters folded."""
        return loose_key(self.source)

    @functools.cached_property
    def map(self) -> OffsetMap:
        """From each character of `text` back to the source; ten times the time of `text`."""
        return _mapped(self.source, self.profile).finish()

    def __str__(self) -> str:
        return self.text


def make_key(text: str, profile: str = "ar") -> str:
    """Return the key of `text` under `profile`. `O(len(text))` for any input."""
    return _apply(text, PROFILES[profile])


def canonical_key(text: str) -> str:
    """Return `text` without marks, tatweel, invisible characters, digit and punctuation shapes.

    >>> canonical_key('مُحَمَّد قال: «نعم» ١٬٠٠٠ مرّة')
    'محمد قال نعم 1000 مرة'
    """
    return _apply(text, CANONICAL_RULES)


def loose_key(text: str) -> str:
    """Return the canonical key with the letters folded that Arabic spelling interchanges.

    >>> loose_key("إلى المدرسة") == loose_key("الى المدرسه")
    True
    >>> loose_key("إلى") == loose_key("إلا")
    False
    """
    return _apply(text, PROFILES["ar"])


def words_of(text: str, profile: str = "ar", first: int = 0, last: int | None = None) -> tuple[Word, ...]:
    """Return the tokens [first, last) of the key of `text`, each with its original spelling and span.

    Spans are code points of `text`: a whole word with its marks, without punctuation around it.
    """
    spelled, found = _SPELLED.get(profile), []
    if spelled is None or BLANK in text:  # what is blanked takes a space with it
        mapped = _mapped_tokens(text, profile)[first:last]
        return tuple(Word(key, text[low:high], low, high) for key, low, high in mapped)
    most = sys.maxsize if last is None else last  # not the characters: ﷺ is one, and four words
    start = passed = reached = 0
    for piece in text.split(" "):
        if reached >= most:
            break
        tokens = spelled[piece]
        reached += len(tokens)
        if reached <= first:
            passed = reached
        else:
            for key, low, high in tokens:
                found.append(Word(key, piece[low:high], start + low, start + high))
        start += len(piece) + 1
    return tuple(found[first - passed : most - passed])


def place_of(text: str, profile: str, first: int, last: int) -> tuple[int, int, int]:
    """Return where the tokens [first, last) of the key of `text` begin and end in it, and how many there are.

    What `words_of` says of the first and the last, without a `Word` for each; there is at least one.
    """
    spelled = _SPELLED.get(profile)
    if spelled is None or BLANK in text:
        words = words_of(text, profile, first, last)
        return words[0].start, words[-1].end, len(words)
    pieces = text.split(" ")
    ends = list(accumulate(map(len, map(spelled.__getitem__, pieces))))
    last = min(last, ends[-1])

    def span(token: int) -> tuple[int, int]:
        piece = bisect_right(ends, token)
        before = sum(map(len, pieces[:piece])) + piece
        found = spelled[pieces[piece]]
        _, low, high = found[token - ends[piece]]
        return before + low, before + high

    return span(first)[0], span(last - 1)[1], last - first


LONGEST_REMEMBERED = 40
"""Characters of a piece, at most, that is remembered: a longer one is a link, and comes once."""
_PLAIN = re.compile(
    r"[!-/:-@\[-`{-~«»،؛؟“”…–]*"
    r"([0-9A-Za-z٠-٩ء-غف-ي][0-9A-Za-z٠-٩ء-غف-ي\u064b-\u0652]*)"
    r"[!-/:-@\[-`{-~«»،؛؟“”…–]*"
)
"""One word, perhaps between punctuation: no rule moves it, so its token stands where it stands."""
_BESIDE = "x"


class _Spelled(dict[str, tuple[tuple[str, int, int], ...]]):
    """A piece of text without spaces -> its tokens, and where each stands in it.

    No rule looks beyond a space, but one: what is removed belongs to the character before it, be it a
    space. So a piece is looked at between two others, wherever in a text it stands.
    """

    def __init__(self, profile: str) -> None:
        super().__init__()
        self.profile = profile

    def __missing__(self, piece: str) -> tuple[tuple[str, int, int], ...]:
        plain = _PLAIN.fullmatch(piece)
        found = ((make_key(plain[1], self.profile), *plain.span(1)),) if plain else self._mapped(piece)
        return remembered(self, piece, found) if len(piece) <= LONGEST_REMEMBERED else found

    def _mapped(self, piece: str) -> tuple[tuple[str, int, int], ...]:
        found = _mapped_tokens(f"{_BESIDE} {piece} {_BESIDE}", self.profile)[1:-1]
        shift = len(_BESIDE) + 1
        return tuple((key, max(0, low - shift), min(len(piece), high - shift)) for key, low, high in found)


_SPELLED = {profile: _Spelled(profile) for profile in ("ar", "ar-strict")}


def _mapped_tokens(text: str, profile: str) -> list[tuple[str, int, int]]:
    mapped = _mapped(text, profile)
    offsets = mapped.finish()
    return [(mapped.text[low:high], *offsets.span(low, high)) for low, high in token_spans(mapped.text)]


def _apply(text: str, rules: tuple[Rule, ...]) -> str:
    for rule in rules:
        text = rule.apply(text)
    return text


def _mapped(text: str, profile: str) -> MappedText:
    mapped = MappedText(text)
    for rule in PROFILES[profile]:
        mapped.apply(rule.edits(mapped.text))
    return mapped
