"""The straight line: read, segment, normalize, sign, candidates, confirm, group, report.

The only module that knows the order of the stages. Heavy packages load where they are first
needed: a small scan needs neither numpy nor datasketch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedup import kernels
from dedup.candidates import compared, generator_notices
from dedup.decide import ReportStages, decided
from dedup.errors import ReadError
from dedup.match.confirm import token_score
from dedup.match.occurrences import copies, ties
from dedup.model import (
    Counts,
    Document,
    Explanation,
    Match,
    Notice,
    Pair,
    Paragraph,
    Problem,
    Report,
    Similarity,
    Skipped,
    pair_fingerprint,
)
from dedup.pair import explained
from dedup.read import Input, Inputs, document_of, read
from dedup.settings import Settings, make_settings
from dedup.text.compiled import make_keys
from dedup.text.normalize import Normalized, canonical_key, make_key
from dedup.text.segment import Segmented, segment
from dedup.text.tokens import tokens, word_count

if TYPE_CHECKING:
    from dedup.sketch.minhash import Signatures


def scan(inputs: Inputs, *, settings: Settings | None = None, **overrides: Any) -> Report:
    """Find the repeated paragraphs within and between `inputs`.

    Args:
        inputs: a str (always text), a Path (a file, or a folder that is walked), a `Document`, a
            mapping with the fields `id` and `text`, or any iterable of these.
        settings: the knobs; the defaults where none are given.
        **overrides: single knobs: ``scan(texts, threshold=0.9)``.

    Returns:
        The report. Inputs that cannot be read are in `Report.problems`; the others go on.

    Raises:
        SettingsError: a setting that is unknown or out of range.
        InputError: an input of a type that is not read.

    `O(characters)`, and all pairs of distinct keys up to `Settings.all_pairs_limit` of them.

    >>> report = scan(["قال الوزير إن المدرسة الجديدة ستفتح أبوابها في الخريف المقبل",
    ...                "قال الوزير ان المدرسه الجديده ستفتح ابوابها في الخريف المقبل"])
    >>> [(m.kind, m.spelling, m.a.doc, m.b.doc) for m in report.matches]
    [('normalized', True, '2', '1')]
    """
    chosen = make_settings(settings, overrides)
    collection = _Collection(chosen)
    for item in read(inputs, chosen):
        collection.add(item)
    return collection.report()


def compare(a: Input, b: Input, *, settings: Settings | None = None, **overrides: Any) -> Report:
    """Find the paragraphs that two texts share: a scan of both, between them only.

    Takes what `scan` takes, one of each; `scope` can be overridden.
    """
    return scan([a, b], settings=settings, **{"scope": ("between",), **overrides})


def similarity(a: str, b: str, *, settings: Settings | None = None, **overrides: Any) -> Similarity:
    """Return how alike two texts are, each taken as one paragraph.

    A text without a key (empty, `* * *`) is like nothing: score 0.

    >>> float(similarity("أعلنت الوزارة", "اعلنت الوزاره"))
    1.0
    >>> similarity("أعلنت الوزارة", "اعلنت الوزاره").kind
    'normalized'
    """
    return explained(a, b, make_settings(settings, overrides)).similarity


def explain(a: str, b: str, *, settings: Settings | None = None, **overrides: Any) -> Explanation:
    """Return both keys of two texts, each score, and the rule that decided their kind."""
    return explained(a, b, make_settings(settings, overrides))


def paragraphs(
    text: str, *, format: str = "text", settings: Settings | None = None, **overrides: Any
) -> list[Paragraph]:
    r"""Return the paragraphs of `text` with their spans, lines and words.

    Args:
        text: plain text, or markup as `format` says; offsets of markup are those of the extracted text.
        format: text, markdown or html.
        settings: the knobs; the defaults where none are given.
        **overrides: single knobs: ``paragraphs(text, paragraphs="line")``.

    >>> [(p.paragraph, p.line, p.text) for p in paragraphs("أول\n\nثان")]
    [(1, 1, 'أول'), (2, 3, 'ثان')]
    """
    chosen = make_settings(settings, overrides)
    return [_with_words(s.paragraph, chosen) for s in _segmented(document_of(text, format), chosen)]


def normalize(text: str, profile: str = "ar") -> Normalized:
    """Return the keys of `text`: `.text` is that of the profile, `.map` leads back to `text`.

    Raises:
        SettingsError: an unknown profile.

    >>> normalize("إلى المدرسةِ").text
    'الي المدرسه'
    """
    return Normalized(text, Settings(normalize=profile).normalize)


def sign(texts: Iterable[str], *, settings: Settings | None = None, **overrides: Any) -> Signatures:
    """Return the MinHash signatures of the keys of `texts`: a `sketch.minhash.Signatures`.

    ``sign(texts, num_perm=128).to_datasketch()`` gives datasketch's own objects, for its indexes.
    Unlike a scan, which uses as many permutations as its plan needs, all `num_perm` are used.
    """
    from dedup.sketch import minhash

    chosen = make_settings(settings, overrides)
    keys = [make_key(text, chosen.normalize) for text in texts]
    return minhash.sign(keys, num_perm=chosen.num_perm, seed=chosen.seed, shingle_chars=chosen.shingle_chars)


# --- read, segment, normalize ---------------------------------------------------------------------


def _segmented(document: Document, settings: Settings) -> Iterator[Segmented]:
    return segment(document, settings.paragraphs, settings.max_paragraph_chars)


def _with_words(paragraph: Paragraph, settings: Settings) -> Paragraph:
    return replace(paragraph, words=word_count(make_key(paragraph.text, settings.normalize)))


BATCH_CHARS = 2_000_000
"""Code points of paragraphs that are read before their keys are made."""


@dataclass
class _Collection:
    """Gather what is read; equal keys collapse here, before anything is compared."""

    settings: Settings
    occurrences: dict[str, list[Paragraph]] = field(default_factory=dict)
    rules: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    pending: list[tuple[Paragraph, int]] = field(default_factory=list)
    pending_chars: int = 0
    documents: int = 0
    order: int = 0
    numbered: int = 0
    words: int = 0
    short: int = 0
    empty: int = 0

    def add(self, item: Document | Problem | Skipped | Notice) -> None:
        """Take in what the readers yield: a document, or what became of an input."""
        if isinstance(item, Problem):
            self.problems.append(item)
        elif isinstance(item, Skipped):
            self.skipped.append(item)
        elif isinstance(item, Notice):
            self.notices.append(item)
        else:
            self._add_document(item)

    def _add_document(self, document: Document) -> None:
        rules = set()
        parts: Counter[int] = Counter()
        before = self.numbered
        try:
            for found in _segmented(document, self.settings):
                rules.add(found.rule)
                self._add_paragraph(found.paragraph)
                if found.paragraph.part is not None:
                    parts[found.paragraph.paragraph] += 1
        except ReadError as error:
            self.problems.append(Problem(error.place, error.finding, error.remedy))
        self.rules.update(rules)
        self.documents += 1
        if self.numbered == before:
            self.skipped.append(Skipped(_name(document), "no text in it"))
        self.notices += (self._split_notice(document, number, count) for number, count in parts.items())

    def _add_paragraph(self, paragraph: Paragraph) -> None:
        self.numbered += paragraph.part in (None, 1)
        self.pending.append((paragraph, self.documents))
        self.pending_chars += len(paragraph.text)
        if self.pending_chars >= BATCH_CHARS:
            self._key_pending()

    def _key_pending(self) -> None:
        """Make the keys of the paragraphs read since the last time, all at once."""
        seen = self.order + len(self.pending)
        keys = make_keys([paragraph.text for paragraph, _ in self.pending], self.settings.normalize, seen)
        for (paragraph, document), key in zip(self.pending, keys, strict=True):
            words = word_count(key)
            self.words += words
            if key:
                self.short += words < self.settings.min_words
                self.occurrences.setdefault(key, []).append(_placed(paragraph, words, self.order, document))
            else:
                self.empty += 1
            self.order += 1
        self.pending, self.pending_chars = [], 0

    def _split_notice(self, document: Document, number: int, parts: int) -> Notice:
        limit = self.settings.max_paragraph_chars
        return Notice(
            f"{_name(document)}: paragraph {number}",
            f"longer than {limit:,} characters; compared in {parts:,} parts",
        )

    # --- sign, candidates, confirm, group, report -------------------------------------------------

    def report(self) -> Report:
        """Compare what was gathered and return the report."""
        self._key_pending()
        scored, generator = compared(self._comparable(), self.settings)
        notices = [*self.notices, *generator_notices(generator, self.settings), *self._kernel_notices()]
        stages = ReportStages(self.settings)
        matches = self._copies(stages)
        pairs = tuple(self._pairs(scored))
        report = Report(
            settings=self.settings,
            counts=Counts(self.documents, self.numbered, self.words, self.short, self.empty, len(self.occurrences)),
            matches=tuple(matches),
            groups=(),
            generator=generator,
            paragraph_rules=dict(sorted(self.rules.items())),
            problems=tuple(self.problems),
            skipped=tuple(self.skipped),
            notices=tuple(map(str, notices)),
            pairs=pairs,
            stages=stages,
        )
        return decided(report, self.settings)

    def _kernel_notices(self) -> list[Notice]:
        why = kernels.failure() if self.order >= kernels.COMPILED_FROM else None
        return [Notice("numba", f"cannot be loaded ({why}); the same result takes longer")] if why else []

    def _comparable(self) -> list[str]:
        least = self.settings.min_words
        return [key for key, found in self.occurrences.items() if found[0].words >= least]

    def _pairs(self, scored: Iterable[tuple[str, str, float]]) -> Iterator[Pair]:
        for first, second, score in scored:
            found = list(ties(self.occurrences[first], self.occurrences[second], self.settings.scope))
            if found:
                in_words = token_score(tokens(first), tokens(second))
                name = pair_fingerprint(first, second)
                yield from (Pair(a, b, score, in_words, name) for a, b in found)

    def _copies(self, stages: ReportStages) -> Iterator[Match]:
        canonical: dict[str, str] = {}

        def canonical_of(paragraph: Paragraph) -> str:
            if paragraph.text not in canonical:
                canonical[paragraph.text] = canonical_key(paragraph.text)
            return canonical[paragraph.text]

        forms = [lambda p: p.text, canonical_of, _same][: 1 if self.settings.level == "exact" else 3]
        for key, found in self.occurrences.items():
            if len(found) < 2:
                continue
            canonical.clear()
            alike = all(paragraph.text == found[0].text for paragraph in found)
            for a, b, form in copies(found, forms[:1] if alike else forms, self.settings.scope):
                kind = "exact" if form == 0 else "normalized"
                short = a.words < self.settings.min_words
                yield Match(kind, 1.0, 1.0, a, b, form == 2, short, pair_fingerprint(key, key), stages)


def _placed(p: Paragraph, words: int, order: int, document: int) -> Paragraph:
    # Field by field: `dataclasses.replace` takes three times as long, for every paragraph of a corpus.
    found = (p.doc, p.paragraph, p.start, p.end, p.line, p.text, p.part, p.path, p.row, p.element)
    return Paragraph(*found, words, order, document)


def _same(_: Paragraph) -> str:
    return ""  # the last form: all paragraphs of one key are equal in it


def _name(document: Document) -> str:
    return document.id if document.row is None else f"{document.path or document.id}:{document.row}"


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
    for found in _segmented(document, settings):
        if found.paragraph.paragraph == number:
            return found.paragraph.text
    raise ReadError(_name(document), f"no paragraph {number}", "paragraphs count from 1 over all non-blank ones")
