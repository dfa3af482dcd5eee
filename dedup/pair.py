"""One pair of texts: their keys, their scores, and the rule that decides."""

from __future__ import annotations

from dedup.match import confirm as confirming
from dedup.model import Explanation, Similarity, cut, kind_of
from dedup.settings import LEVELS, Settings
from dedup.text.normalize import canonical_key, make_key
from dedup.text.tokens import tokens, word_count


def explained(a: str, b: str, settings: Settings) -> Explanation:
    """Return how `a` and `b`, each one paragraph, compare under `settings`."""
    keys = (make_key(a, settings.normalize), make_key(b, settings.normalize))
    words = (word_count(keys[0]), word_count(keys[1]))
    if not all(keys):
        return Explanation(keys, words, Similarity(0.0, 0.0, None), "a text without a key is like nothing")
    score = confirming.score(*keys)
    token = confirming.token_score(tokens(keys[0]), tokens(keys[1]))
    kind, spelling, rule = _ruled(a, b, keys, words, score, token, settings)
    allowed = kind is None or LEVELS.index(kind) <= LEVELS.index(settings.level)
    if not allowed:
        kind, rule = None, f"{rule}; but only {settings.level} is looked for"
    return Explanation(keys, words, Similarity(score, token, kind, spelling and allowed), rule)


def _ruled(
    a: str, b: str, keys: tuple[str, str], words: tuple[int, int], score: float, token: float, settings: Settings
) -> tuple[str | None, bool, str]:
    if a.strip() == b.strip():
        return "exact", False, "the same characters"
    if keys[0] == keys[1]:
        if canonical_key(a) == canonical_key(b):
            return "normalized", False, "the same canonical key"
        return "normalized", True, "the same loose key: only the spelling differs"
    if min(words) < settings.min_words:
        return None, False, f"fewer than {settings.min_words} words: only equal keys count"
    return _ruled_by_score(score, token, settings)


def _ruled_by_score(score: float, token: float, settings: Settings) -> tuple[str | None, bool, str]:
    kind = kind_of(score, token, settings)
    high, low, least = settings.threshold, settings.rewritten_threshold, settings.token_threshold
    in_characters, in_words = f"score {cut(score):.4f}", f"token score {cut(token):.4f}"
    if kind == "near":
        return kind, False, f"{in_characters} is at least the threshold {high:g}"
    if kind == "rewritten":
        return kind, False, f"{in_characters} is at least {low:g}, {in_words} at least {least:g}"
    if 0 < low <= score < high and settings.level == "rewritten":
        return None, False, f"{in_words} is below {least:g}: alike in letters only"
    return None, False, f"{in_characters} is below {settings.floor if settings.floor <= 1 else high:g}"
