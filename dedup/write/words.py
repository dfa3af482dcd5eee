"""What the reports for people say, on a terminal as on a page: one wording, in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from dedup.model import Compared, Diff, Family, Match, Paragraph, Report, cut
from dedup.settings import LEVELS, Settings

KIND_WORDS = {
    "exact": "the same characters",
    "normalized": "the same text, other marks or punctuation",
    "near": "nearly the same",
    "rewritten": "the same in other words",
    "passage": "a shared passage",
    "template": "one formula, other facts",
}
"""Kind of a finding -> what it means, for a reader who does not know the kinds."""

WHOLE = 0.9
"""Share of a paragraph from which a passage is said to be all of it."""
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
    """Return the findings that decide the verdict: no templates, short ones only with `fail_short`."""
    listed = (match for match in report.matches if match.kind != "template")
    return [match for match in listed if not match.boilerplate and (not match.short or report.settings.fail_short)]


def not_counting(report: Report) -> list[Match]:
    """Return the other findings: short paragraphs that are only listed."""
    listed = (match for match in report.matches if not match.boilerplate)
    return [match for match in listed if match.short and not report.settings.fail_short]


def boilerplate(report: Report) -> list[Match]:
    """Return the findings that so many articles of the archive have that they do not count."""
    return [match for match in report.matches if match.boilerplate]


def boilerplate_head(report: Report) -> str:
    """Return the head of their list."""
    count = len({match.a.order for match in boilerplate(report)})
    least = report.settings.boilerplate_after
    return f"{counted(count, 'paragraph')} of boilerplate (in {least:,} articles or more); they do not count"


def found(report: Report) -> str:
    """Return how many paragraphs repeat another, each once and by its closest kind."""
    kinds: dict[tuple[int, int], str] = {}
    for match in counting(report):  # in the order of the kinds
        kinds.setdefault((match.a.document, match.a.paragraph), match.kind)
    if not kinds:
        return "no repeated paragraphs"
    by_kind = ", ".join(f"{number:,} {kind}" for kind, number in Counter(kinds.values()).items())
    return f"{counted(len(kinds), 'repeated paragraph')} ({by_kind})"


def compared(report: Report, draft: bool = False) -> str:
    """Return how much was compared; of a draft without an archive, that none was asked."""
    read = f"{counted(report.counts.paragraphs, 'paragraph')} of {counted(report.counts.documents, 'document')}"
    if report.archive is None:
        return f"{read}; no archive was checked" if draft else read
    if report.archive.failed:
        return f"{read}; the archive could not be checked"
    return f"{read}; {_archived(report.archive)}"


def _archived(archive: Compared) -> str:
    newest = f", the newest of {archive.newest}" if archive.newest else ""
    limits = [f"from {archive.since}"] if archive.since else []
    limits += [f"until {archive.until}"] if archive.until else []
    limits += [f"of {', '.join(archive.outlets)}"] if archive.outlets else []
    limited = f"; only those {' '.join(limits)}" if limits else ""
    articles, paragraphs = counted(archive.articles, "article"), counted(archive.paragraphs, "paragraph")
    return f"archive of {articles}, {paragraphs}{newest}{limited}"


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
    passages = f", passages from {_passage_words(settings)} words" if settings.level == "passage" else ""
    rewritten = f", rewritten from {settings.rewritten_threshold:g}" if settings.floor < settings.threshold else ""
    return f"near from {settings.threshold:g}{rewritten}{passages}"


def _passage_words(settings: Settings) -> str:
    return f"{settings.passage_words} ({settings.passage_words_within} within a document)"


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
    """Yield the findings; exact copies of one paragraph stand together, and all of a passage in many places."""
    listed = list(matches)
    clusters: dict[int, list[Match]] = {}
    for match in listed:
        if match.kind == "passage":
            clusters.setdefault(match.family, []).append(match)
    rest = (match for match in listed if match.kind != "passage" or clusters[match.family][0] is match)
    for _, run in groupby(rest, key=lambda m: (m.kind if m.kind == "exact" else m.a.order, m.b.order, m.family)):
        for match in (together := tuple(run)):
            if match.kind == "passage":
                yield tuple(clusters[match.family])
        if together[0].kind != "passage":
            yield together


def other_places(finding: Sequence[Match]) -> list[Paragraph]:
    """Return where else a passage stands than the first match of it says, in reading order, each once."""
    told = {paragraph.order for paragraph in (finding[0].a, finding[0].b)}
    others = {p.order: p for match in finding for p in (match.b, match.a) if p.order not in told}
    return [others[order] for order in sorted(others)]


def templates(report: Report) -> str:
    """Return how many paragraphs follow formulas, as the head of their list."""
    paragraphs = sum(len(family) for family in report.formulas)
    formulas = "one formula" if len(report.formulas) == 1 else f"{len(report.formulas):,} formulas"
    verb = "follow" if paragraphs > 1 else "follows"
    return f"{counted(paragraphs, 'paragraph')} {verb} {formulas} with other facts; they do not count"


def follow(family: Family) -> str:
    """Return how many paragraphs follow one formula."""
    return f"{counted(len(family), 'paragraph')} follow one formula"


def because(match: Match) -> str:
    """Return what decided the kind of a finding."""
    return "; ".join(match.evidence)


def meaning(match: Match) -> str:
    """Return what the kind of a finding means, and the score where it says more."""
    words = "the same text, other spelling" if match.spelling else KIND_WORDS[match.kind]
    if match.kind == "passage":
        words = f"{words} of {counted(match.words, 'word')}{_contained(match)}"
    if match.articles > 1:
        words = f"{words}, in {match.articles:,} articles of the archive"
    return words if match.score == 1 else f"{words}, {percent(match.score)} alike"


def _contained(match: Match) -> str:
    """Return which side is wholly in the other, if one is: a press release in an article."""
    in_a, in_b = match.containment or (0.0, 0.0)
    if max(in_a, in_b) < WHOLE:
        return ""
    return ", all of the first paragraph" if in_b >= in_a else ", all of the paragraph that repeats it"


def published(paragraph: Paragraph) -> list[str]:
    """Return when and where the article of a paragraph of an archive was published, and its version."""
    article = paragraph.article
    if article is None:
        return []
    version = f"version {article.version}" if article.version is not None else None
    return [each for each in (article.date, article.outlet, version) if each]


def headline(paragraph: Paragraph) -> str:
    """Return the title of the article of a paragraph of an archive, or nothing."""
    return (paragraph.article.title or "") if paragraph.article is not None else ""


def link(paragraph: Paragraph) -> str:
    """Return the address of the article of a paragraph of an archive, or nothing: only of the web."""
    url = (paragraph.article.url or "") if paragraph.article is not None else ""
    return url if url.startswith(("https://", "http://")) else ""


def facts(diff: Diff) -> list[Fact]:
    """Return the numbers and days that differ, in the words of both paragraphs."""
    changed = (("number", diff.changed_numbers), ("day", diff.changed_days))
    return [(name, b, a) for name, changes in changed for a, b in changes]
