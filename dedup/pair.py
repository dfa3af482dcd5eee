"""One pair of texts: their keys, their scores, and what decides."""

from __future__ import annotations

from dedup.language import told
from dedup.match import confirm as confirming
from dedup.match.explain import relate
from dedup.match.passages import passages_of, seeds_of, stream_of
from dedup.model import REWRITTEN_WORDS, Explanation, Relation, Similarity, cut, kind_of
from dedup.settings import LEVELS, Settings
from dedup.text.common import common_words
from dedup.text.normalize import canonical_key, make_key
from dedup.text.phrases import without
from dedup.text.tokens import tokens, word_count

FORMULA_FLOOR = 0.50
"""Score from which two texts that were asked for are told to follow one formula, though a scan looks higher."""


def explained(a: str, b: str, settings: Settings, within: bool = False) -> Explanation:
    """Return how `a` and `b`, each one paragraph, compare: of one document, or of two."""
    exact = a.strip() == b.strip()
    a, b = (without(text, settings.ignore_phrases) for text in (a, b))
    keys = (make_key(a, settings.normalize), make_key(b, settings.normalize))
    words = (word_count(keys[0]), word_count(keys[1]))
    if not all(keys):
        return Explanation(keys, words, Similarity(0.0, 0.0, None), "a text without a key is like nothing")
    if exact or keys[0] == keys[1]:
        return _equal(exact, canonical_key(a) == canonical_key(b), keys, words, settings)
    split = tokens(keys[0]), tokens(keys[1])
    score, token = confirming.score(*keys), confirming.token_score(*split)
    if min(words) < settings.min_words:
        rule = f"fewer than {settings.min_words} words: only equal keys count"
        return Explanation(keys, words, Similarity(score, token, None), rule)
    relation = relate(*split) if score >= min(settings.floor, FORMULA_FLOOR) else None
    kind = kind_of(score, token, min(words), relation, settings) if relation else None
    if kind is None and relation is not None and relation.name == "template" and settings.floor <= 1:
        kind = "template"
    looked = score >= settings.floor and relation is not None and relation.name != "repeat"
    if kind is None and not looked and settings.level == "passage":
        shared = _passage(split, settings, within)
        relation, kind = (shared, shared.name) if shared else (relation, None)
    rule = _rule(kind, score, token, min(words), relation, settings)
    return Explanation(keys, words, Similarity(score, token, kind), rule, relation.evidence if relation else ())


def _equal(
    exact: bool, canonical: bool, keys: tuple[str, str], words: tuple[int, int], settings: Settings
) -> Explanation:
    spelling = False
    if exact:
        kind, rule = "exact", told("the same characters")
    elif canonical:
        kind, rule = "normalized", told("the same canonical key")
    else:
        kind, rule, spelling = "normalized", told("the same loose key: only the spelling differs"), True
    if LEVELS.index(kind) > LEVELS.index(settings.level):
        return Explanation(
            keys, words, Similarity(1.0, 1.0, None), told(f"{rule}; but only {settings.level} is looked for")
        )
    return Explanation(keys, words, Similarity(1.0, 1.0, kind, spelling), rule)


def _passage(split: tuple[list[str], list[str]], settings: Settings, within: bool) -> Relation | None:
    """Return what the heaviest stretch that two texts share makes of them, or None where they share none."""
    least = settings.passage_words_within, settings.passage_words
    boxes = passages_of(seeds_of(stream_of(split, within), common_words()), least)
    for box in sorted(boxes, key=lambda box: (-box.matched, box)):
        low = len(split[0])
        a, b = split[0][box.b0 : box.b1 + 1], split[1][box.a0 - low : box.a1 + 1 - low]
        relation = relate(a, b, part=True)
        if relation.name != "other":
            return relation
    return None


def _rule(
    kind: str | None, score: float, token: float, words: int, relation: Relation | None, settings: Settings
) -> str:
    high, low, least = settings.threshold, settings.rewritten_threshold, settings.token_threshold
    in_characters, in_words = told(f"score {cut(score):.4f}"), told(f"token score {cut(token):.4f}")
    if kind == "template" and score < settings.floor:
        return told(f"{in_characters} is below {settings.floor:g}, where a scan looks; one formula with other facts")
    if kind == "template":
        return told(f"{in_characters}, but one formula with other facts")
    if kind == "passage":
        return told(f"{in_characters}: different texts that share a passage")
    if kind == "near":
        return told(f"{in_characters} is at least the threshold {high:g}")
    if kind == "rewritten":
        return told(f"{in_characters} is at least {low:g}, {in_words} at least {least:g}")
    if score < settings.floor or relation is None:
        return told(f"{in_characters} is below {settings.floor if settings.floor <= 1 else high:g}")
    if relation.name == "other":
        return told(f"{in_characters}, but different texts")
    if relation.name == "passage":
        return told(f"{in_characters}: different texts that share a passage; but only {settings.level} is looked for")
    if words < REWRITTEN_WORDS and token >= least:
        return told(f"{in_characters} is below {high:g}, and fewer than {REWRITTEN_WORDS} words are never rewritten")
    return told(f"{in_words} is below {least:g}: alike in letters only")
