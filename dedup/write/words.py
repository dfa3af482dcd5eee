"""What the reports for people say, on a terminal as on a page: one wording, in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from dedup.model import Diff, Match, Report, cut
from dedup.settings import LEVELS

KIND_WORDS = {
    "exact": "the same characters",
    "normalized": "the same text, other marks or punctuation",
    "near": "nearly the same",
    "rewritten": "the same in other words",
    "passage": "a shared passage",
    "template": "one formula, other facts",
}
"""Kind of a finding -> what it means, for a reader who does not know the kinds."""

PLACES_SHOWN = 10
"""Places of exact copies of one text that are named before "in n more places"."""

Fact = tuple[str, str | None, str | None]
"""A fact that changed: its name, what the first paragraph says, what the repeat says."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "word"), counted(1200, "word")
    ('1 word', '1,200 words')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def percent(likeness: float) -> str:
    """Return a likeness in percent, cut as everywhere: 0.84999 must not read 85 %.

    >>> percent(0.84999), percent(0.29), percent(1.0)
    ('84.9 %', '29.0 %', '100.0 %')
    """
    return f"{int(likeness * 1000 + 1e-6) / 10:.1f} %"


# --- the whole report -----------------------------------------------------------------------------


def counting(report: Report) -> list[Match]:
    """Return the findings that decide the verdict: short ones only with `fail_short`."""
    return [match for match in report.matches if not match.short or report.settings.fail_short]


def not_counting(report: Report) -> list[Match]:
    """Return the other findings: short paragraphs that are only listed."""
    return [match for match in report.matches if match.short and not report.settings.fail_short]


def found(report: Report) -> str:
    """Return how many paragraphs repeat another, each once and by its closest kind."""
    kinds: dict[tuple[int, int], str] = {}
    for match in counting(report):  # in the order of the kinds
        kinds.setdefault((match.a.document, match.a.paragraph), match.kind)
    if not kinds:
        return "no repeated paragraphs"
    by_kind = ", ".join(f"{number:,} {kind}" for kind, number in Counter(kinds.values()).items())
    return f"{counted(len(kinds), 'repeated paragraph')} ({by_kind})"


def compared(report: Report) -> str:
    """Return how much was compared."""
    return f"{counted(report.counts.paragraphs, 'paragraph')} of {counted(report.counts.documents, 'document')}"


def unread(report: Report) -> str:
    """Return what to add to a verdict that does not stand for all of the input, or nothing."""
    return f"; {counted(len(report.problems), 'problem')}, not all was read" if report.problems else ""


def share(report: Report) -> str:
    """Return how much of the text is repeated, as a sentence."""
    return f"{percent(report.duplicated_ratio)} of {report.counts.words:,} words repeat an earlier paragraph."


def how(report: Report) -> str:
    """Return by which settings it was found, as a sentence."""
    settings = report.settings
    blocks = "nothing blocks" if settings.fail_on == "never" else f"blocks from {settings.fail_on}"
    rules = ", ".join(report.paragraph_rules) or "none"
    return (
        f"{_edges(report)}; {blocks}; profile {settings.normalize}; paragraphs from {settings.min_words} words; "
        f"compared by {_generator(report)}; paragraphs split by {rules}."
    )


def _edges(report: Report) -> str:
    settings = report.settings
    if settings.level in LEVELS[:2]:
        return f"only {' and '.join(LEVELS[: LEVELS.index(settings.level) + 1])} looked for"
    rewritten = f", rewritten from {settings.rewritten_threshold:g}" if settings.floor < settings.threshold else ""
    return f"near from {settings.threshold:g}{rewritten}"


def _cut_to_percent(share: float) -> float:
    return int(cut(share) * 100 + 1e-7) / 100  # banding never promises all: 0.9997 must not read 1.00


def _generator(report: Report) -> str:
    generator = report.generator
    if generator.name != "banding":
        return "equal keys" if generator.name == "none" else generator.name
    lowest = min(generator.recall, default=None)
    expected = f", expected recall {_cut_to_percent(generator.recall[lowest]):.2f} at {lowest}" if lowest else ""
    return f"banding ({generator.parameters['bands']} x {generator.parameters['rows']}{expected})"


# --- one finding ----------------------------------------------------------------------------------


def folded(matches: Iterable[Match]) -> Iterator[tuple[Match, ...]]:
    """Yield the findings; exact copies of one paragraph stand together, as their text is the same."""
    for _, run in groupby(matches, key=lambda m: (m.kind if m.kind == "exact" else m.a.order, m.b.order)):
        yield tuple(run)


def meaning(match: Match) -> str:
    """Return what the kind of a finding means, and the score where it says more."""
    words = "the same text, other spelling" if match.spelling else KIND_WORDS[match.kind]
    return words if match.score == 1 else f"{words}, {percent(match.score)} alike"


def facts(diff: Diff) -> list[Fact]:
    """Return the numbers and days that differ, in the words of both paragraphs."""
    changed = (("number", diff.changed_numbers), ("day", diff.changed_days))
    return [(name, b, a) for name, changes in changed for a, b in changes]
