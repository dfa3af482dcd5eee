"""One of two texts that are compared: its words, and what is known of them whatever the other says.

A text is compared with many: what is known of it alone is worked out once, and only when it is asked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from dedup.text.common import common_words
from dedup.text.facts import Fact, facts, whole_numbers
from dedup.text.furniture import carries_little, prose_end
from dedup.text.memo import remembered
from dedup.text.vocabulary import name_of

RARE_BITS, COMMON_BITS = 11.55, 4.9
"""Minus the binary logarithm of the share of a word that tells all it can (1 / 3,000), and least (1 / 30)."""
LEAST_WEIGHT, LITTLE = 0.1, 0.25
"""Weight of the commonest words; factor of those that `carries_little` knows."""


class Side:
    """Know of a text, as tokens of its key, its `words` without share-button text, and what these say."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.words = tokens[: prose_end(tokens)]

    @cached_property
    def weight(self) -> float:
        """What its words tell together, LEAST_WEIGHT at least."""
        return max(LEAST_WEIGHT, weight_of(self.words))

    @cached_property
    def facts(self) -> Counter[Fact]:
        """How often it states each fact."""
        return Counter(facts(self.words))

    @cached_property
    def days(self) -> frozenset[Fact]:
        """The days that it names."""
        return frozenset(fact for fact in self.facts if fact.kind == "day")

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers that it states, a decimal or a date that is one token as one."""
        return frozenset(whole_numbers(self.words))


def weight_of(words: Sequence[str]) -> float:
    """Return what words tell together."""
    return sum(map(weights.__getitem__, words))


class _Weights(dict[str, float]):
    """Word -> what it tells, 0 to 1: little where it is common in any text, or furniture of news."""

    def __missing__(self, word: str) -> float:
        share = common_words().get(name_of(word))
        bits = RARE_BITS if share is None else -math.log2(share)
        told = LEAST_WEIGHT + (1 - LEAST_WEIGHT) * (bits - COMMON_BITS) / (RARE_BITS - COMMON_BITS)
        told = max(LEAST_WEIGHT, min(1.0, told))
        return remembered(self, word, told * LITTLE if carries_little(word) else told)


weights = _Weights()
