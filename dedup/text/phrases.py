"""Set phrases that take part in no comparison: found by their loose keys, and blanked out of what keys are made of.

A blanked text is as long as the text that was read, so that every span of its words is one of the text itself:
nothing but keys and words knows of the phrases. A share button, "read also", a correspondent's sign-off.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from dedup.text.compiled import make_keys
from dedup.text.letters import BLANK
from dedup.text.normalize import make_key, words_of
from dedup.text.tokens import tokens

Stretch = tuple[int, int]
"""The tokens [first, last) of a text."""


class Blanked(NamedTuple):
    """Texts without their phrases; `phrases` is the place of each text that had some -> how many."""

    texts: list[str]
    phrases: dict[int, int]


class Phrases:
    """Find phrases at the borders of words, whatever their spelling: the longest of several that begin at one word.

    What is found never overlaps. The profile of the run does not matter: who lists a phrase means all its spellings.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        by_first: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for phrase in phrases:
            words = tuple(tokens(make_key(phrase)))
            if words:
                by_first[words[0]].add(words)
        self._by_first = {first: sorted(found, key=len, reverse=True) for first, found in by_first.items()}
        self._firsts = frozenset(self._by_first)

    def found(self, words: Sequence[str]) -> list[Stretch]:
        """Return where phrases stand among the tokens of a loose key. `O(tokens * phrases of one first word)`."""
        if self._firsts.isdisjoint(words):
            return []
        stretches, after = [], 0
        for first, word in enumerate(words):
            if first >= after and word in self._firsts:
                length = self._length(words, first)
                after = first + length
                stretches += [(first, after)] if length else []
        return stretches

    def _length(self, words: Sequence[str], first: int) -> int:
        """Return the words of the longest phrase that begins there; 0 where none does."""
        listed = self._by_first[words[first]]
        return next((len(p) for p in listed if tuple(words[first : first + len(p)]) == p), 0)

    def blank(self, text: str) -> str:
        """Return the text with its phrases blanked; all of it where nothing else has words. `O(len(text))`."""
        found = self.found(tokens(make_key(text)))
        return _blank(text, found) if found else text

    def blank_all(self, texts: Sequence[str], texts_in_all: int = 0) -> Blanked:
        """Return the texts with their phrases blanked, by compiled code where `texts_in_all` are worth it."""
        blanked, counts = list(texts), {}
        for place, key in enumerate(make_keys(texts, texts_in_all=texts_in_all)):
            found = self.found(tokens(key))
            if found:
                blanked[place], counts[place] = _blank(texts[place], found), len(found)
        return Blanked(blanked, counts)


def _blank(text: str, found: Sequence[Stretch]) -> str:
    words = words_of(text)
    if sum(last - first for first, last in found) == len(words):
        return BLANK * len(text)
    parts: list[str] = []
    done = 0
    for first, last in found:
        start, end = words[first].start, words[last - 1].end
        parts += (text[done:start], BLANK * (end - max(start, done)))
        done = max(done, end)
    return "".join((*parts, text[done:]))


@functools.lru_cache(maxsize=8)
def phrases_of(phrases: tuple[str, ...]) -> Phrases:
    """Return what finds `phrases`, made once."""
    return Phrases(phrases)


def without(text: str, phrases: tuple[str, ...]) -> str:
    """Return what the key of `text` is made of where `phrases` are ignored.

    >>> from dedup.text.normalize import make_key
    >>> make_key(without("قال الوزير. إقرأ أيضاً: الطقس", ("اقرأ أيضا",)))
    'قال الوزير الطقس'
    """
    return phrases_of(phrases).blank(text) if phrases else text
