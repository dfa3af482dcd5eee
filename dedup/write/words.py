"""What the reports for people say, on a terminal as on a page: one wording, in one place, in a language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from dedup.errors import DedupError, ReadError
from dedup.language import ENGLISH, Language, Show, mark, mark_n
from dedup.model import Compared, Diff, Exceeded, Family, Match, Paragraph, Problem, Report, cut
from dedup.settings import LEVELS

KIND_NAMES = {
    "exact": mark("exact"),
    "normalized": mark("normalized"),
    "near": mark("near"),
    "rewritten": mark("rewritten"),
    "passage": mark("passage"),
    "template": mark("template"),
}
"""Kind of a finding -> its name."""
KIND_WORDS = {
    "exact": mark("the same characters"),
    "normalized": mark("the same text, other marks or punctuation"),
    "near": mark("nearly the same"),
    "rewritten": mark("the same in other words"),
    "passage": mark("a shared passage"),
    "template": mark("one formula, other facts"),
}
"""Kind of a finding -> what it means, for a reader who does not know the kinds."""
LABELS = (mark("first"), mark("again"), mark("also"))
"""What stands before a place: of what is repeated, of the repeat, of another."""
VERDICT_NAMES = {"pass": mark("PASS"), "warn": mark("WARN"), "block": mark("BLOCK")}
"""Verdict -> its name, as the head of a report."""
FACT_NAMES = {"number": mark("number"), "day": mark("day")}
"""Fact that changed -> its name."""
NOUNS = {
    "article": mark_n("{n:,} article", "{n:,} articles"),
    "distinct text": mark_n("{n:,} distinct text", "{n:,} distinct texts"),
    "document": mark_n("{n:,} document", "{n:,} documents"),
    "finding": mark_n("{n:,} finding", "{n:,} findings"),
    "ignored phrase": mark_n("{n:,} ignored phrase", "{n:,} ignored phrases"),
    "ignored quotation": mark_n("{n:,} ignored quotation", "{n:,} ignored quotations"),
    "input": mark_n("{n:,} input", "{n:,} inputs"),
    "known finding": mark_n("{n:,} known finding", "{n:,} known findings"),
    "more finding": mark_n("{n:,} more finding", "{n:,} more findings"),
    "more formula": mark_n("{n:,} more formula", "{n:,} more formulas"),
    "more place": mark_n("{n:,} more place", "{n:,} more places"),
    "more problem": mark_n("{n:,} more problem", "{n:,} more problems"),
    "more source": mark_n("{n:,} more source", "{n:,} more sources"),
    "more text": mark_n("{n:,} more text", "{n:,} more texts"),
    "paragraph": mark_n("{n:,} paragraph", "{n:,} paragraphs"),
    "paragraph of nothing else": mark_n("{n:,} paragraph of nothing else", "{n:,} paragraphs of nothing else"),
    "paragraph off": mark_n("{n:,} paragraph switched off", "{n:,} paragraphs switched off"),
    "posting": mark_n("{n:,} posting", "{n:,} postings"),
    "problem": mark_n("{n:,} problem", "{n:,} problems"),
    "remark": mark_n("{n:,} remark", "{n:,} remarks"),
    "repeated paragraph": mark_n("{n:,} repeated paragraph", "{n:,} repeated paragraphs"),
    "row": mark_n("{n:,} row", "{n:,} rows"),
    "run": mark_n("{n:,} run", "{n:,} runs"),
    "short paragraph": mark_n("{n:,} short paragraph", "{n:,} short paragraphs"),
    "text": mark_n("{n:,} text", "{n:,} texts"),
    "word": mark_n("{n:,} word", "{n:,} words"),
}
"""What is counted -> how one of it is said, and several."""

WHOLE = 0.9
"""Share of a paragraph from which a passage is said to be all of it."""
PLACES_SHOWN = 10
"""Places of exact copies of one text that are named before "in n more places"."""

Fact = tuple[str, str | None, str | None]
"""A fact that changed: its name, what the first paragraph says, what the repeat says."""


def counted(number: int, noun: str, lang: Language = ENGLISH) -> str:
    """Return a number with its noun, one of `NOUNS`.

    >>> counted(1, "word"), counted(1200, "word"), counted(3, "word", Language("ar"))
    ('1 word', '1,200 words', '3 كلمات')
    """
    return lang.say_of(number, *NOUNS[noun])


def kind_name(kind: str, lang: Language = ENGLISH) -> str:
    """Return the name of a kind."""
    return lang.gettext(KIND_NAMES[kind])


def verdict_name(report: Report, lang: Language = ENGLISH) -> str:
    """Return the verdict, as the head of a report."""
    return lang.gettext(VERDICT_NAMES[report.verdict])


def percent(likeness: float, lang: Language = ENGLISH) -> str:
    """Return a likeness in percent, cut as everywhere: 0.84999 must not read 85 %.

    >>> percent(0.84999), percent(0.29), percent(1.0)
    ('84.9 %', '29.0 %', '100.0 %')
    """
    percent = int(likeness * 1000 + 1e-6) / 10
    return lang.say("{percent:.1f} {sign}", percent=percent, sign=lang.number(0, "%")[-1])


def hundredths(share: float, lang: Language = ENGLISH) -> str:
    """Return a share in percent with up to two decimals: what exceeds a limit by little must not look like it.

    >>> hundredths(0.2004), hundredths(0.2)
    ('20.04 %', '20 %')
    """
    return f"{lang.number(cut(share) * 100, '.4g')} {lang.number(0, '%')[-1]}"


def joined(parts: Iterable[str], lang: Language = ENGLISH) -> str:
    """Return the parts of a list, with the comma of the language."""
    return lang.gettext(", ").join(parts)


# --- the whole report -----------------------------------------------------------------------------


def aside(report: Report, why: str) -> list[Match]:
    """Return the findings that do not count for the reason `why`; see `Report.aside`."""
    return [match for match in report.matches if report.aside(match) == why]


def boilerplate_head(report: Report, lang: Language = ENGLISH) -> str:
    """Return the head of their list."""
    return lang.say(
        "{paragraphs} of boilerplate (in {least:,} articles or more); they do not count",
        paragraphs=counted(len({match.a.order for match in aside(report, "boilerplate")}), "paragraph", lang),
        least=report.settings.boilerplate_after,
    )


def found(report: Report, lang: Language = ENGLISH) -> str:
    """Return how many paragraphs repeat another, each once and by its closest kind."""
    kinds: dict[tuple[int, int], str] = {}
    for match in report.counting:  # in the order of the kinds
        kinds.setdefault((match.a.document, match.a.paragraph), match.kind)
    if not kinds:
        return lang.say("no repeated paragraphs") if report.known is None else lang.say("no new repeated paragraphs")
    by_kind = (
        lang.say("{n:,} {kind}", n=number, kind=kind_name(kind, lang))
        for kind, number in Counter(kinds.values()).items()
    )
    return f"{counted(len(kinds), 'repeated paragraph', lang)} ({joined(by_kind, lang)})"


def compared(report: Report, draft: bool = False, lang: Language = ENGLISH) -> str:
    """Return how much was compared, and what was not; of a draft without an archive, that none was asked."""
    counts = report.counts
    read = lang.say(
        "{paragraphs} of {documents}",
        paragraphs=counted(counts.paragraphs, "paragraph", lang),
        documents=counted(counts.documents, "document", lang),
    )
    for off in switched_off(counts.off, lang):
        read = lang.say("{compared} ({off})", compared=read, off=off)
    if report.archive is None:
        return lang.say("{compared}; no archive was checked", compared=read) if draft else read
    if report.archive.failed:
        return lang.say("{compared}; the archive could not be checked", compared=read)
    return lang.say("{compared}; {archive}", compared=read, archive=_archived(report.archive, lang))


def _archived(archive: Compared, lang: Language) -> str:
    held = lang.say(
        "archive of {articles}, {paragraphs}",
        articles=counted(archive.articles, "article", lang),
        paragraphs=counted(archive.paragraphs, "paragraph", lang),
    )
    newest = lang.say(", the newest of {date}", date=archive.newest) if archive.newest else ""
    limits = [lang.say("from {date}", date=archive.since)] if archive.since else []
    limits += [lang.say("until {date}", date=archive.until)] if archive.until else []
    limits += [lang.say("of {outlets}", outlets=joined(archive.outlets, lang))] if archive.outlets else []
    limited = lang.say("; only those {limits}", limits=" ".join(limits)) if limits else ""
    return f"{held}{newest}{limited}"


def switched_off(paragraphs: int, lang: Language = ENGLISH) -> list[str]:
    """Return how many paragraphs comments take out of the comparison, where there are any."""
    return [counted(paragraphs, "paragraph off", lang)] if paragraphs else []


def unread(report: Report, lang: Language = ENGLISH) -> str:
    """Return what to add to a verdict that does not stand for all of the input, or nothing."""
    if not report.problems:
        return ""
    return lang.say("; {problems}, not all was read", problems=counted(len(report.problems), "problem", lang))


def limits(report: Report, lang: Language = ENGLISH) -> str:
    """Return which limits are exceeded, and by what; nothing where none is."""
    return lang.gettext("; ").join(LIMITS[each.setting](each, lang) for each in report.exceeded)


def _words_limit(exceeded: Exceeded, lang: Language) -> str:
    found, limit = hundredths(exceeded.found, lang), hundredths(exceeded.limit, lang)
    return lang.say("{found} of the words repeat, max-duplicated allows {limit}", found=found, limit=limit)


def _findings_limit(exceeded: Exceeded, lang: Language) -> str:
    found = counted(int(exceeded.found), "finding", lang)
    return lang.say("{found}, max-findings allows {limit:,}", found=found, limit=int(exceeded.limit))


LIMITS: dict[str, Callable[[Exceeded, Language], str]] = {
    "max_duplicated": _words_limit,
    "max_findings": _findings_limit,
}
"""Setting of a limit -> what is said where it is exceeded."""


def verdict(report: Report, draft: bool = False, lang: Language = ENGLISH) -> str:
    """Return what the verdict rests on: what was found in what, what was not read, which limit is exceeded."""
    rests = lang.say(
        "{found} in {compared}{unread}",
        found=found(report, lang),
        compared=compared(report, draft, lang),
        unread=unread(report, lang),
    )
    exceeded = [limits(report, lang)] if report.exceeded else []
    return lang.gettext("; ").join([rests, *exceeded, *set_aside(report, lang)])


def set_aside(report: Report, lang: Language = ENGLISH) -> list[str]:
    """Return what was set aside as it was asked for: findings of the baseline, quotations, phrases."""
    known = [] if report.known is None else [counted(len(aside(report, "known")), "known finding", lang)]
    return [*known, *_quoted(report, lang), *_ignored(report, lang)]


def _quoted(report: Report, lang: Language) -> list[str]:
    quoted = aside(report, "quoted")
    return [counted(len(quoted), "ignored quotation", lang)] if quoted else []


def quoted_head(report: Report, lang: Language = ENGLISH) -> str:
    """Return the head of the list of quotations that are ignored."""
    quotations = counted(len(aside(report, "quoted")), "ignored quotation", lang)
    return lang.say("{quotations}, on both sides; they do not count", quotations=quotations)


def _ignored(report: Report, lang: Language) -> list[str]:
    if not report.settings.ignore_phrases:
        return []
    phrases = counted(report.counts.ignored_phrases, "ignored phrase", lang)
    paragraphs = report.counts.ignored_paragraphs
    if not paragraphs:
        return [phrases]
    nothing_else = counted(paragraphs, "paragraph of nothing else", lang)
    return [lang.say("{phrases} ({paragraphs})", phrases=phrases, paragraphs=nothing_else)]


def known_head(report: Report, listed: bool, lang: Language = ENGLISH) -> str:
    """Return the head of their list, which may be left out."""
    findings = counted(len(aside(report, "known")), "known finding", lang)
    if listed:
        return lang.say("{findings}, of the baseline; they do not count", findings=findings)
    return lang.say("{findings}, of the baseline, not listed; they do not count", findings=findings)


def left_out(number: int, lang: Language = ENGLISH) -> str:
    """Return how many findings a report does not list."""
    return lang.say("and {more}, not listed", more=counted(number, "more finding", lang))


def share(report: Report, lang: Language = ENGLISH) -> str:
    """Return how much of the text is repeated, as a sentence."""
    return lang.say(
        "{share} of {words:,} words repeat an earlier paragraph.",
        share=percent(report.duplicated_ratio, lang),
        words=report.counts.words,
    )


def how(report: Report, lang: Language = ENGLISH) -> str:
    """Return by which settings it was found, as a sentence."""
    settings = report.settings
    blocks = lang.say("nothing blocks")
    if settings.fail_on != "never":
        blocks = lang.say("blocks from {kind}", kind=kind_name(settings.fail_on, lang))
    return lang.say(
        "{edges}; {blocks}; profile {profile}; paragraphs from {words} words; "
        "compared by {generator}; paragraphs split by {rules}.",
        edges=_edges(report, lang),
        blocks=blocks,
        profile=settings.normalize,
        words=settings.min_words,
        generator=_generator(report, lang),
        rules=joined(report.paragraph_rules, lang) or lang.say("none"),
    )


def _edges(report: Report, lang: Language) -> str:
    settings = report.settings
    if settings.level in LEVELS[:2]:
        levels = [kind_name(level, lang) for level in LEVELS[: LEVELS.index(settings.level) + 1]]
        return lang.say("only {kinds} looked for", kinds=lang.gettext(" and ").join(levels))
    edges = [lang.say("near from {score:g}", score=settings.threshold)]
    if settings.floor < settings.threshold:
        edges.append(lang.say("rewritten from {score:g}", score=settings.rewritten_threshold))
    if settings.level == "passage":
        within = settings.passage_words_within
        edges.append(
            lang.say("passages from {n} ({within} within a document) words", n=settings.passage_words, within=within)
        )
    return joined(edges, lang)


def _cut_to_percent(share: float) -> float:
    return int(cut(share) * 100 + 1e-7) / 100  # banding never promises all: 0.9997 must not read 1.00


def _generator(report: Report, lang: Language) -> str:
    generator = report.generator
    if generator.name != "banding":
        return lang.say("equal keys") if generator.name == "none" else generator.name
    bands = {"bands": generator.parameters["bands"], "rows": generator.parameters["rows"]}
    if not generator.recall:
        return lang.say("banding ({bands} x {rows})", **bands)
    lowest = min(generator.recall)
    recall = _cut_to_percent(generator.recall[lowest])
    return lang.say(
        "banding ({bands} x {rows}, expected recall {recall:.2f} at {scores})", **bands, recall=recall, scores=lowest
    )


def error(raised: DedupError, lang: Language = ENGLISH, show: Show = str) -> str:
    """Return what an exception says."""
    if isinstance(raised, ReadError):
        return problem(Problem(raised.place, raised.finding, raised.remedy), lang, show)
    return lang.tell(str(raised), show) if lang.knows(str(raised)) else notice(str(raised), lang, show)


def problem(found: Problem, lang: Language = ENGLISH, show: Show = str) -> str:
    """Return what could not be done: the place, what was found there, and what to try."""
    parts = [found.finding, found.remedy] if found.remedy else [found.finding]
    whole = all(map(lang.knows, parts))  # never half a sentence in each language
    said = [lang.tell(part, show) for part in parts] if whole else [show("; ".join(parts))]
    return f"{_place_of(found.place, lang, show)}: " + lang.gettext("; ").join(said)


def notice(text: str, lang: Language = ENGLISH, show: Show = str) -> str:
    """Return what was done to an input on the way, as `place: finding`."""
    borders = (match.end() for match in re.finditer(": ", text))
    border = next((border for border in borders if lang.knows(text[border:])), None)
    if border is None:
        return show(text)
    return f"{_place_of(text[: border - 2], lang, show)}: {lang.tell(text[border:], show)}"


def _place_of(place: str, lang: Language, show: Show) -> str:
    return lang.tell(place, show) if " " in place else show(place)


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


def templates(report: Report, lang: Language = ENGLISH) -> str:
    """Return how many paragraphs follow formulas, as the head of their list."""
    formulas = len(report.formulas)
    return lang.say_of(
        sum(len(family) for family in report.formulas),
        "{n:,} paragraph follows {formulas} with other facts; they do not count",
        "{n:,} paragraphs follow {formulas} with other facts; they do not count",
        formulas=lang.say_of(formulas, "one formula", "{n:,} formulas"),
    )


def follow(family: Family, lang: Language = ENGLISH) -> str:
    """Return how many paragraphs follow one formula."""
    return lang.say_of(len(family), "{n:,} paragraph follows one formula", "{n:,} paragraphs follow one formula")


def because(match: Match, lang: Language = ENGLISH) -> str:
    """Return what decided the kind of a finding."""
    return lang.gettext("; ").join(map(lang.tell, match.evidence))


def meaning(match: Match, lang: Language = ENGLISH) -> str:
    """Return what the kind of a finding means, and the score where it says more."""
    parts = [lang.say("the same text, other spelling") if match.spelling else lang.gettext(KIND_WORDS[match.kind])]
    if match.kind == "passage":
        parts = [lang.say_of(match.words, "a shared passage of {n:,} word", "a shared passage of {n:,} words")]
        parts += _contained(match, lang)
    if match.quoted:
        parts.append(lang.say("a quotation"))
    if match.articles > 1:
        parts.append(lang.say_of(match.articles, "in {n:,} article of the archive", "in {n:,} articles of the archive"))
    if match.score != 1:
        parts.append(lang.say("{percent} alike", percent=percent(match.score, lang)))
    return joined(parts, lang)


def _contained(match: Match, lang: Language) -> list[str]:
    """Return which side is wholly in the other, if one is: a press release in an article."""
    in_a, in_b = map(cut, match.containment or (0.0, 0.0))
    if max(in_a, in_b) < WHOLE:
        return []
    if in_b >= in_a:
        return [lang.say("all of the first paragraph")]
    return [lang.say("all of the paragraph that repeats it")]


def published(paragraph: Paragraph, lang: Language = ENGLISH, show: Show = str) -> list[str]:
    """Return when and where the article of a paragraph of an archive was published, and its version.

    `show` is given each value, and sets it apart.
    """
    article = paragraph.article
    if article is None:
        return []
    version = [lang.say("version {version}", show, version=article.version)] if article.version is not None else []
    return [*(show(each) for each in (article.date, article.outlet) if each), *version]


def place(paragraph: Paragraph, lang: Language = ENGLISH, show: Show = str, *, whole: bool = True) -> str:
    """Return where a paragraph stands, for a person to find it.

    Args:
        paragraph: of a text or an archive.
        lang: that of the words; names stay as they are.
        show: is given each name, and sets it apart.
        whole: name the file of a row or an item and the element of a page, too.
    """
    file = paragraph.path if whole and paragraph.path != paragraph.doc else None
    document = [show(paragraph.doc)]
    if paragraph.row is not None and file is not None:
        document.append(lang.say("row {row} of {file}", show, row=paragraph.row, file=file))
    elif paragraph.row is not None:
        document.append(lang.say("row {row}", row=paragraph.row))
    elif file is not None:
        document.append(show(file))
    number, part = paragraph.paragraph, paragraph.part
    within = [
        lang.say("paragraph {n}", n=number)
        if part is None
        else lang.say("paragraph {n} (part {part})", n=number, part=part),
        lang.say("line {line}", line=paragraph.line),
        *([show(paragraph.element)] if whole and paragraph.element else []),
    ]
    return f"{joined(document, lang)}: {joined(within, lang)}"


def short_head(report: Report, lang: Language = ENGLISH) -> str:
    """Return the head of the list of short paragraphs."""
    return lang.say(
        "{paragraphs} (under {words} words) repeated; they do not count",
        paragraphs=counted(len(aside(report, "short")), "short paragraph", lang),
        words=report.settings.min_words,
    )


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
