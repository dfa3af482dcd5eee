"""Whether what a match ties is a quotation on both sides: two papers that quote one speaker did not copy each other.

The shares were chosen by reading: docs/why.md#quotations.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

from dedup.model import Match, Paragraph, Part, Parts, Span
from dedup.text.quotes import Stretch, all_words, has_quotes, in_quotation, quoted_stretches, quoted_words

QUOTED_SHARE = 0.9
"""Least share of the words in which both sides agree that stand in quotation marks, on each side."""
WHOLE_SHARE = 0.7
"""Least share of all words of what is tied, on each side: who says it may be told in other words, and not more."""
LEAST_SHARE = 0.5
"""Words in quotation marks, as a share of those of a side, from which it is worth a look; words are counted roughly."""
AGREEING = ("equal", "spelling")


def is_quoted(match: Match) -> bool:
    """Return whether a match of a report stands within quotation marks, nearly all of it, on both sides."""
    if not all(map(_may_quote, _sides(match))):
        return False
    a, b = _spans(match)
    if min(_share(side, ((s.start, s.end) for s in side)) for side in (a, b)) < WHOLE_SHARE:
        return False
    agreeing = [step for step in match.diff() if step.tag in AGREEING]
    on_a, on_b = ([step.a_span for step in agreeing], [step.b_span for step in agreeing])
    return min(_share(a, on_a), _share(b, on_b)) >= QUOTED_SHARE


def _sides(match: Match) -> Sequence[Parts]:
    """Return the parts of both sides; whole paragraphs are one each."""
    return match.parts or tuple((Part(p, 0, 0, p.words),) for p in (match.a, match.b))


def _spans(match: Match) -> Sequence[Sequence[Span]]:
    if match.parts is not None:
        return match.spans.a, match.spans.b
    return tuple((Span(p, p.start, p.end, p.words),) for p in (match.a, match.b))


def _may_quote(parts: Parts) -> bool:
    """Return whether the paragraphs of a side have words enough in quotation marks, wherever in them its parts are."""
    paragraphs = {part.paragraph.order: part.paragraph for part in parts}.values()
    quoted = sum(_all_quoted(p.text, is_quotation(p)) for p in paragraphs)
    return quoted > 0 and quoted >= LEAST_SHARE * sum(part.words for part in parts)


@functools.lru_cache(maxsize=4_096)
def _all_quoted(text: str, whole: bool) -> int:
    """Return how many words of a paragraph stand in quotation marks, or have all of it quoted."""
    if whole:
        return all_words(text, 0, len(text))
    return quoted_words(text, quoted_stretches(text), 0, len(text)) if has_quotes(text) else 0


def is_quotation(paragraph: Paragraph) -> bool:
    """Return whether a paragraph stands in an element that quotes, as a whole."""
    return in_quotation(paragraph.element)


def _quoted(paragraph: Paragraph) -> Sequence[Stretch]:
    return ((0, len(paragraph.text)),) if is_quotation(paragraph) else quoted_stretches(paragraph.text)


def _share(spans: Sequence[Span], stretches: Iterable[Stretch]) -> float:
    """Return the share of words of `stretches` of a document, as far as spans reach, that stand in quotation marks."""
    quoted = total = 0
    for stretch in stretches:
        for paragraph, low, high in _within(spans, stretch):
            quoted += quoted_words(paragraph.text, _quoted(paragraph), low, high)
            total += all_words(paragraph.text, low, high)
    return quoted / total if total else 0.0


def _within(spans: Sequence[Span], stretch: Stretch) -> Iterator[tuple[Paragraph, int, int]]:
    """Yield the paragraphs of which spans have a part of a stretch, and which characters of each that is."""
    for span in spans:
        low, high = max(span.start, stretch[0]), min(span.end, stretch[1])
        if low < high:
            paragraph = span.paragraph
            yield paragraph, low - paragraph.start, high - paragraph.start
