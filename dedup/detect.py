"""The straight line: read, segment, normalize, sign, candidates, confirm, group, report.

The only module that knows the order of the stages. Heavy packages load where they are first
needed: a small scan needs neither numpy nor datasketch.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dedup import kernels
from dedup.candidates import Compared, compared
from dedup.collect import Collection, document_name
from dedup.cycles import without_collector
from dedup.decide import ReportStages, decided
from dedup.errors import InputError, ReadError
from dedup.language import told
from dedup.match import confirm as confirming
from dedup.match.confirm import Scored, token_score
from dedup.match.explain import recurring, relate
from dedup.match.occurrences import copies, ties
from dedup.match.sides import Side
from dedup.model import (
    Counts,
    Document,
    Explanation,
    Match,
    Notice,
    Pair,
    Paragraph,
    Part,
    Parts,
    Problem,
    Relation,
    Report,
    Similarity,
    kind_of,
    pair_fingerprint,
)
from dedup.pair import explained
from dedup.progress import Progress, Silent
from dedup.read import Input, Inputs, document_of, read
from dedup.read.text import in_memory
from dedup.reuse import Reuse, Said, Shared, memory_for
from dedup.settings import Settings, make_settings
from dedup.text.compiled import make_keys
from dedup.text.normalize import Normalized, canonical_key, make_key
from dedup.text.phrases import without
from dedup.text.segment import paragraph_of, segment
from dedup.text.tokens import tokens, word_count
from dedup.threads import cores

if TYPE_CHECKING:
    from dedup.earlier import Asked
    from dedup.sketch.minhash import Signatures

RECURS = 2
"""Other texts with which one follows a formula, from which the formula is taken to recur."""
WHOLE_DOCUMENTS, WHOLE_PARAGRAPHS, WHOLE_CHARS = 10, 2_000, 500_000
"""Most of each of which a report keeps whole texts: a draft and what it is compared with, never a corpus."""
KEPT_SIDES = 1_024
"""Keys of which is kept at hand what is known of them alone, while they are compared with others."""
READ_STEP = 1_024
"""Documents between two words on how far reading is."""


def scan(
    inputs: Inputs,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
    archive: Asked | None = None,
    **overrides: Any,
) -> Report:
    """Find the repeated paragraphs within and between `inputs`, and what of them an archive has.

    Args:
        inputs: a str (always text), a Path (a file, or a folder that is walked), a `Document`, a
            mapping with the fields `id` and `text`, or any iterable of these.
        settings: the knobs; the defaults where none are given.
        progress: is told how far the run is; see `dedup.progress.Progress`.
        archive: what was published before; see `dedup.Archive.check`, which makes it.
        **overrides: single knobs: ``scan(texts, threshold=0.9)``.

    Returns:
        The report. Inputs that cannot be read are in `Report.problems`; the others go on.

    Raises:
        SettingsError: a setting that is unknown or out of range.
        InputError: an input of a type that is not read, or an archive that is none.
        ScratchError: temporary files cannot be written.

    `O(characters)`, and all pairs of distinct keys up to `Settings.all_pairs_limit` of them. Ctrl+C
    (`KeyboardInterrupt`) leaves within a second or so, with threads and temporary files given back.

    >>> report = scan(["قال الوزير إن المدرسة الجديدة ستفتح أبوابها في الخريف المقبل",
    ...                "قال الوزير ان المدرسه الجديده ستفتح ابوابها في الخريف المقبل"])
    >>> [(m.kind, m.spelling, m.a.doc, m.b.doc) for m in report.matches]
    [('normalized', True, '2', '1')]
    """
    _check_archive(archive)
    collection = Collection(make_settings(settings, overrides), compiled=archive is not None and archive.again)
    shown: Progress = progress or Silent()
    kernels.when_compiling(None if progress is None else progress.tell)
    try:
        if archive is not None:
            return _against(inputs, collection, archive, shown)
        collected(inputs, collection, shown)
        return _reported(collection, compared(collection.keys, collection.settings, shown), shown)
    finally:
        collection.close()


def compare(
    a: Input, b: Input, *, settings: Settings | None = None, progress: Progress | None = None, **overrides: Any
) -> Report:
    """Find the paragraphs that two texts share: a scan of both, between them only.

    Takes what `scan` takes, one of each; `scope` can be overridden.
    """
    return scan([a, b], settings=settings, progress=progress, **{"scope": ("between",), **overrides})


def similarity(a: str, b: str, *, settings: Settings | None = None, **overrides: Any) -> Similarity:
    """Return how alike two texts are, each taken as one paragraph.

    A text without a key (empty, `* * *`) is like nothing: score 0.

    Raises:
        InputError: one of them is no str.

    >>> float(similarity("أعلنت الوزارة", "اعلنت الوزاره"))
    1.0
    >>> similarity("أعلنت الوزارة", "اعلنت الوزاره").kind
    'normalized'
    """
    return explain(a, b, settings=settings, **overrides).similarity


def explain(a: str, b: str, *, within: bool = False, settings: Settings | None = None, **overrides: Any) -> Explanation:
    """Return both keys of two texts, each score, the rule that decided their kind, and the evidence.

    Each text is taken as one paragraph: of a document of its own, or both of one (`within`), where a shorter
    passage counts.

    Raises:
        InputError: one of them is no str.
    """
    _check_texts((a, b))
    return explained(a, b, make_settings(settings, overrides), within)


def paragraphs(
    text: str, *, format: str = "text", settings: Settings | None = None, **overrides: Any
) -> list[Paragraph]:
    r"""Return the paragraphs of `text` with their spans, lines and words.

    Args:
        text: plain text, or markup as `format` says; offsets of markup are those of the extracted text.
        format: text, markdown or html.
        settings: the knobs; the defaults where none are given.
        **overrides: single knobs: ``paragraphs(text, paragraphs="line")``.

    Raises:
        InputError: `text` is no str.
        SettingsError: a setting or a format that there is not.

    >>> [(p.paragraph, p.line, p.text) for p in paragraphs("أول\n\nثان")]
    [(1, 1, 'أول'), (2, 3, 'ثان')]
    """
    _check_texts((text,))
    chosen = make_settings(settings, overrides)
    document = document_of(text, format)
    found = segment(document, chosen.paragraphs, chosen.max_paragraph_chars)
    return [replace(paragraph_of(document, piece), words=word_count(_key(piece.text, chosen))) for piece in found]


def normalize(text: str, profile: str = "ar") -> Normalized:
    """Return the keys of `text`: `.text` is that of the profile, `.map` leads back to `text`.

    Raises:
        InputError: it is no str.
        SettingsError: an unknown profile.

    >>> normalize("إلى المدرسةِ").text
    'الي المدرسه'
    """
    _check_texts((text,))
    return Normalized(text, Settings(normalize=profile).normalize)


def sign(texts: Iterable[str], *, settings: Settings | None = None, **overrides: Any) -> Signatures:
    """Return the MinHash signatures of the keys of `texts`: a `sketch.minhash.Signatures`.

    ``sign(texts, num_perm=128).to_datasketch()`` gives datasketch's own objects, for its indexes.
    Unlike a scan, which uses as many permutations as its plan needs, all `num_perm` are used (128 by default).

    Raises:
        InputError: `texts` is one str, whose letters would be signed, or one of them is no str.
    """
    from dedup.sketch import minhash

    if isinstance(texts, str):
        raise InputError("texts must be a list of strings, got str; put it into a list")
    chosen, texts = make_settings(settings, overrides), list(texts)
    _check_texts(texts)
    return minhash.sign(
        make_keys([without(text, chosen.ignore_phrases) for text in texts], chosen.normalize),
        num_perm=chosen.num_perm or 128,
        seed=chosen.seed,
        shingle_chars=chosen.shingle_chars,
        workers=chosen.workers or cores(),
    )


def _check_texts(texts: Sequence[object]) -> None:
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str):
            remedy = told("give its read_text()" if isinstance(text, Path) else "give a str")
            raise InputError(f"text {number}: cannot read {type(text).__name__}; {remedy}")


def _check_archive(archive: object) -> None:
    """Refuse an archive that was not asked: which of its articles count would be open."""
    if archive is None:
        return
    from dedup.earlier import Asked  # loads numpy

    if not isinstance(archive, Asked):
        remedy = "dedup.Archive.open(place).check(inputs) scans them with an archive"
        raise InputError(f"archive: cannot ask {type(archive).__name__}; {remedy}")


# --- the line -------------------------------------------------------------------------------------


def collected(inputs: Inputs, collection: Collection, progress: Progress, kept: list[Document] | None = None) -> None:
    """Read all of `inputs` into a collection, and into `kept` where their documents are wanted again."""
    with progress.stage("read", None) as advance:
        for item in read(inputs, collection.settings):
            if kept is not None and isinstance(item, Document):
                item = in_memory(item)
                kept += [item] if isinstance(item, Document) else []
            collection.add(item)
            if collection.documents % READ_STEP == 0:
                advance(collection.paragraphs)
        collection.finish()
        advance(collection.paragraphs)


def _against(inputs: Inputs, collection: Collection, asked: Asked, progress: Progress) -> Report:
    """Compare what is read with itself and with an archive, and return the report."""
    from dedup.earlier import with_archive  # loads numpy

    documents: list[Document] = []
    collected(inputs, collection, progress, documents)
    found = with_archive(collection, documents, asked, progress)
    try:
        report = _reported(found.collection, found.compared, progress, found.articles)
        return replace(report, archive=found.compared_with)
    finally:
        found.collection.close()


def _reported(
    collection: Collection, found: Compared, progress: Progress, articles: Mapping[int, int] | None = None
) -> Report:
    """Tell what confirmed pairs are, and return the report; `articles` as in `ReportStages`."""
    settings = collection.settings
    stages = ReportStages(settings, articles or {})
    with without_collector():
        unaffordable = _unaffordable(collection)
        reuse = Reuse(collection) if settings.level == "passage" and not unaffordable else None
        told = _Told()
        pairs = tuple(_pairs(collection, found.scored, told))
        passages = _passages(collection, reuse, told, stages, progress) if reuse else []
    with progress.stage("report", None), without_collector():
        report = Report(
            settings=settings,
            counts=_counts(collection),
            matches=(*_copies(collection, stages), *passages),
            groups=(),
            generator=found.generator,
            paragraph_rules=dict(sorted(collection.rules.items())),
            problems=tuple(collection.problems),
            skipped=tuple(collection.skipped),
            notices=tuple(map(str, (*collection.notices, *found.notices, *collection.kernel_notices(), *unaffordable))),
            pairs=pairs,
            stages=stages,
            paragraphs=_whole(collection),
        )
        return decided(report, settings)


def _whole(collection: Collection) -> tuple[Paragraph, ...]:
    """Return all paragraphs that were read, where they are few enough to show whole texts; else none."""
    if collection.documents > WHOLE_DOCUMENTS or len(collection.places) - collection.archived > WHOLE_PARAGRAPHS:
        return ()
    found = tuple(map(collection.paragraph, range(collection.archived, len(collection.places))))
    return found if sum(len(paragraph.text) for paragraph in found) <= WHOLE_CHARS else ()


def _unaffordable(collection: Collection) -> list[Notice]:
    """Return what is told where passages would take more memory than the run may use."""
    settings = collection.settings
    needed = memory_for(collection) if settings.level == "passage" else 0
    if needed <= settings.memory_bytes:
        return []
    finding = told(f"not looked for: that would take {needed / 10**9:.1f} GB; memory allows {settings.memory}")
    return [Notice("passages", finding)]


def _counts(collection: Collection) -> Counts:
    words = short = keyed = distinct = 0
    for key, each in enumerate(collection.keys.words):
        count = collection.own_count(key)
        keyed += count
        distinct += count > 0
        words += count * each
        short += count * (each < collection.settings.min_words)
    ignored, off = collection.ignored_paragraphs, len(collection.places.off)
    return Counts(
        collection.documents,
        collection.paragraphs,
        words,
        short,
        len(collection.places) - collection.archived - keyed - ignored - off,
        distinct,
        ignored,
        collection.ignored_phrases,
        collection.off,
    )


@dataclass
class _Told:
    """Know of which keys all is said before passages are looked for.

    `pairs` of keys are findings (the lower first); `repeats` are keys that repeat another; `shared` are
    the pairs whose likeness is that of a passage.
    """

    pairs: set[tuple[int, int]] = field(default_factory=set)
    repeats: set[int] = field(default_factory=set)
    shared: list[Pair] = field(default_factory=list)


class _Judged(NamedTuple):
    """Two keys that are alike, and what they are to each other."""

    first: int
    second: int
    score: float
    token_score: float
    relation: Relation


def _pairs(collection: Collection, scored: Iterable[Scored], told: _Told) -> Iterator[Pair]:
    settings = collection.settings
    words = collection.keys.words
    for judged in _judged(collection, scored):
        first, second, score, in_words, relation = judged
        found = list(ties(collection.occurrences(first), collection.occurrences(second), settings.scope))
        if not found:
            continue
        name = pair_fingerprint(collection.keys.get(first), collection.keys.get(second))
        key_of = collection.places.keys
        turned = _turned(relation)
        pairs = [Pair(a, b, score, in_words, name, relation if key_of[a.order] == second else turned) for a, b in found]
        if relation.name == "passage":
            told.shared += pairs
        else:
            kind = kind_of(score, in_words, min(words[first], words[second]), relation, settings)
            if kind is not None:
                told.pairs.add((first, second))
            if kind in ("near", "rewritten"):
                told.repeats.add(second)
        yield from pairs


def _judged(collection: Collection, scored: Iterable[Scored]) -> list[_Judged]:
    """Return each pair of keys with its relation; of two that follow formulas with others, a weak sign is enough."""
    judged = []
    partners = Counter[int]()
    side = functools.lru_cache(KEPT_SIDES)(lambda key: Side(tokens(collection.keys.get(key))))
    known: dict[Relation, Relation] = {}  # few of them differ, and all would be kept
    for first, second, score in scored:
        b, a = side(first), side(second)
        relation = relate(a, b)
        relation = known.setdefault(relation, relation)
        if relation.name == "template":
            partners.update((first, second))
        judged.append(_Judged(first, second, score, token_score(b.tokens, a.tokens), relation))
    return [
        each._replace(relation=recurring(each.relation))
        if min(partners[each.first], partners[each.second]) >= RECURS
        else each
        for each in judged
    ]


def near_keys(collection: Collection, progress: Progress) -> Iterator[tuple[int, int]]:
    """Yield the pairs of keys that are near copies: numbers, the lower first."""
    settings, words = collection.settings, collection.keys.words
    for first, second, score, in_words, relation in _judged(
        collection, compared(collection.keys, settings, progress).scored
    ):
        if kind_of(score, in_words, min(words[first], words[second]), relation, settings) == "near":
            yield first, second


def _turned(relation: Relation) -> Relation:
    """Return a relation with its sides exchanged."""
    return relation._replace(a=relation.b, b=relation.a, containment=relation.containment[::-1])


def _passages(
    collection: Collection, reuse: Reuse, told: _Told, stages: ReportStages, progress: Progress
) -> list[Match]:
    """Return what paragraphs share that are otherwise different, each stretch of a document once."""
    found: list[Match] = []
    said: dict[int, Said] = defaultdict(Said)
    with progress.stage("passages", None) as advance:
        for shared in reuse.passages(told.pairs, told.repeats):
            match = _passage_match(shared, stages)
            if match is not None:
                found.append(match)
                advance(len(found))
                for part in shared.parts[0]:
                    said[part.paragraph.order].add(part.first, part.last)
    for pair in told.shared:
        stretch = pair.relation.a
        if not said[pair.a.order].covers(*stretch):
            said[pair.a.order].add(*stretch)
            found.append(_shared_match(collection, pair, stages))
    return found


def _passage_match(shared: Shared, stages: ReportStages) -> Match | None:
    relation = relate(*shared.tokens, part=True, lead=shared.lead)
    if relation.name == "other":
        return None
    a, b = map(" ".join, shared.tokens)
    return Match(
        "template" if relation.name == "template" else "passage",
        confirming.score(a, b),
        token_score(*shared.tokens),
        _longest(shared.parts[0]),
        _longest(shared.parts[1]),
        id=pair_fingerprint(a, b),
        stages=stages,
        evidence=relation.evidence,
        containment=shared.containment,
        parts=shared.parts,
    )


def _shared_match(collection: Collection, pair: Pair, stages: ReportStages) -> Match:
    """Return a pair of paragraphs that are alike only because of a passage as a match of what they share."""
    parts = _part(collection, pair.a, pair.relation.a), _part(collection, pair.b, pair.relation.b)
    return Match(
        "passage",
        pair.score,
        pair.token_score,
        pair.a,
        pair.b,
        id=pair.id,
        stages=stages,
        evidence=pair.relation.evidence,
        containment=pair.relation.containment,
        parts=parts,
    )


def _part(collection: Collection, paragraph: Paragraph, stretch: tuple[int, int]) -> Parts:
    first, last = stretch
    found = tokens(collection.keys.get(collection.places.keys[paragraph.order]))[first:last]
    return (Part(paragraph, first, last, word_count(" ".join(found))),)


def _key(text: str, settings: Settings) -> str:
    return make_key(without(text, settings.ignore_phrases), settings.normalize)


def _longest(parts: Parts) -> Paragraph:
    """Return the paragraph with the most words of a passage, the first of equal ones."""
    return max(parts, key=lambda part: part.words).paragraph


def _copies(collection: Collection, stages: ReportStages) -> Iterator[Match]:
    settings = collection.settings
    canonical: dict[str, str] = {}

    def canonical_of(paragraph: Paragraph) -> str:
        if paragraph.text not in canonical:
            canonical[paragraph.text] = canonical_key(without(paragraph.text, settings.ignore_phrases))
        return canonical[paragraph.text]

    forms = [lambda p: p.text, canonical_of, _same][: 1 if settings.level == "exact" else 3]
    for key in range(len(collection.keys.words)):
        if collection.count(key) < 2:
            continue
        found = collection.occurrences(key)
        canonical.clear()
        alike = all(paragraph.text == found[0].text for paragraph in found)
        text = collection.keys.get(key)
        name = pair_fingerprint(text, text)
        for a, b, form in copies(found, forms[:1] if alike else forms, settings.scope):
            kind = "exact" if form == 0 else "normalized"
            yield Match(kind, 1.0, 1.0, a, b, form == 2, a.words < settings.min_words, name, stages)


def _same(_: Paragraph) -> str:
    return ""  # the last form: all paragraphs of one key are equal in it


def text_of(path: Path, number: int | None, settings: Settings) -> str:
    """Return the whole text of a file, or its paragraph `number`.

    Raises:
        ReadError: the file cannot be read, or has no such paragraph.
    """
    texts = []
    for item in read(path, settings):
        if isinstance(item, Problem):
            raise ReadError(item.place, item.finding, item.remedy)
        if isinstance(item, Document):
            texts.append(item.text if number is None else _numbered(item, number, settings))
    if len(texts) != 1:
        raise ReadError(str(path), f"holds {len(texts)} documents", "name a file with one")
    return texts[0]


def _numbered(document: Document, number: int, settings: Settings) -> str:
    for piece in segment(document, settings.paragraphs, settings.max_paragraph_chars):
        if piece.number == number:
            return piece.text
    raise ReadError(
        document_name(document), f"no paragraph {number}", "paragraphs count from 1 over all non-blank ones"
    )
