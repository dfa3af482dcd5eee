"""What an archive has that is like what was read: proposed by its postings, confirmed, and put before it.

What was read is compared with itself as in any run. Of the archive only what was confirmed comes in, and what
shares runs of words, as articles that were published before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from dedup import kernels
from dedup.archive.banding import Banding, word_prints
from dedup.archive.postings import distinct, firsts
from dedup.archive.records import ALL, DECIDE_KEYS, Filter, Occurrence, plain, utc_of
from dedup.archive.store import BANDS, WORDS, Store
from dedup.candidates import Compared, compared
from dedup.collect import Collection
from dedup.errors import SettingsError
from dedup.language import told
from dedup.match import confirm as confirming
from dedup.match.confirm import Scored
from dedup.model import Compared as With
from dedup.model import Document, Generator, Notice
from dedup.progress import Progress
from dedup.settings import Settings
from dedup.text.normalize import make_key
from dedup.text.phrases import phrases_of
from dedup.text.quotes import QUOTATION
from dedup.text.segment import Piece
from dedup.threads import cores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR_RUNS = 10
"""Sampled runs within which two must be shared with a text of the archive, for it to be looked at: some thirty
words. Set phrases are shared anywhere, a passage at one place."""
MOST_RUN_CONTENTS = 100
"""Contents with one run of words; one that more have says nothing."""
MOST_SHARING = 300
"""Contents that share runs of words with what was read, at most for each document: those that share most."""
TEXTS_AT_ONCE = 500
"""Texts that are looked up at once: some 100 MB of postings."""
HIDING_SHARE = 0.2
"""Characters of an ignored phrase, as a share of those of a text, from which the text is asked for with it, too."""
MOST_WITH_PHRASES = 5_000
"""Texts with a phrase behind them that are asked for, at most; the longest phrases come first."""
PLACES = 3
"""Articles in which one text of the archive is looked at: the earliest. The others are counted."""


class Asked(NamedTuple):
    """An archive that is asked, and which of its articles count.

    `since` and `until` are its limits as they were given; `again` says that this process asks not for the first
    time, so that compiled code is worth its loading. `own` are ids of what is read beside those that it has.
    """

    store: Store
    admitted: Filter = ALL
    since: str | None = None
    until: str | None = None
    again: bool = False
    own: frozenset[str] = frozenset()


def ask(
    store: Store,
    *,
    id: str | None = None,
    exclude: Iterable[str] = (),
    as_of: str | None = None,
    since: str | None = None,
    outlets: Iterable[str] = (),
) -> Asked:
    """Return an archive with which of its articles count; see `Archive.check`.

    Raises:
        SettingsError: a date is none.
    """
    excluded = frozenset(map(plain, exclude))
    own = frozenset(() if id is None else (plain(id),))
    until, first = (None if date is None else _utc(date, name) for date, name in ((as_of, "as_of"), (since, "since")))
    return Asked(store, Filter(excluded, first, until, frozenset(outlets)), since, as_of, own=own)


def _utc(date: str, name: str) -> int:
    try:
        return utc_of(date)
    except ValueError as error:
        raise SettingsError(f"{name} must be an ISO 8601 date such as 2026-03-01T10:00+03:00, got {date!r}") from error


class Earlier(NamedTuple):
    """What was found: a collection in which the archive's paragraphs come first, and its pairs.

    `articles` counts the articles of each archived text, by the places of its paragraphs.
    """

    collection: Collection
    compared: Compared
    articles: dict[int, int]
    compared_with: With


def with_archive(read: Collection, documents: Sequence[Document], asked: Asked, progress: Progress) -> Earlier:
    """Return what was read, `documents` in a finished collection, with what the archive has of it.

    Raises:
        SettingsError: a setting that decides keys or postings is not that of the archive.
        ArchiveError: the archive cannot be asked.
    """
    store, settings = asked.store, read.settings
    check_settings(store, settings)
    with store.reading():
        asked = _without_story(asked, documents)
        stats = store.held()
        found = _Search(read, asked, stats.contents)
        places = store.occurrences(sorted(found.contents), asked.admitted)
        contents = store.contents(sorted(places))
    texts = {number: content.text for number, content in contents.items()}
    merged = Collection(
        settings, {**{c.text: c.key for c in contents.values()}, **dict(read.texts_with_keys())}, compiled=asked.again
    )
    chosen = _chosen(places, texts)
    numbers = _add(merged, chosen, texts)
    for document in documents:
        merged.add(document)
    merged.finish()
    for name in ("problems", "skipped", "notices"):
        setattr(merged, name, getattr(read, name))
    own = {key: merged.places.keys[merged.archived + read.first_place(key)] for key in range(len(read.keys.words))}
    within = compared(read.keys, settings, progress)
    pairs = {_ordered(own[s.first], own[s.second]): s.score for s in within.scored}
    content_keys = {content: merged.places.keys[order] for content, order in numbers.items()}
    for key, content, score in found.scored:
        if content in content_keys:
            pairs[_ordered(own[key], content_keys[content])] = score
    scored = [Scored(*pair, score) for pair, score in sorted(pairs.items())]
    counts = {content: len({occurrence.doc for occurrence in found}) for content, found in places.items()}
    articles = {order: counts[occurrence.content] for order, occurrence in enumerate(chosen)}
    generator = found.generator(within.generator)
    answer = Compared(iter(scored), generator, (*within.notices, *found.notices()))
    limits = sorted(asked.admitted.exclude), asked.until, asked.since, sorted(asked.admitted.outlets)
    compared_with = With(
        store.place, stats.articles, stats.paragraphs, stats.newest, tuple(limits[0]), *limits[1:3], tuple(limits[3])
    )
    return Earlier(merged, answer, articles, compared_with)


def _without_story(asked: Asked, documents: Sequence[Document]) -> Asked:
    """Return an archive that is asked without what is of the story of what was read, back to its first article."""
    own = set(asked.own)
    for document in documents:
        own.update(map(plain, (document.id,) if document.named else ()))
        own.update(map(plain, document.story))
    exclude = asked.admitted.exclude | own | asked.store.story(own)
    return asked._replace(admitted=asked.admitted._replace(exclude=exclude))


def check_settings(store: Store, settings: Settings) -> None:
    """Refuse settings by which what is asked would not be found.

    Raises:
        SettingsError: the setting, its value, and that of the archive.
    """
    for name in DECIDE_KEYS:
        ours, its = getattr(settings, name), getattr(store.info, name)
        if ours != its:
            said = told(f"{name.replace('_', '-')} is {ours!r}, but the archive {store.place} was made with {its!r}")
            raise SettingsError(f"{said}; use that, or make another archive")


def _chosen(places: dict[int, list[Occurrence]], texts: dict[int, str]) -> list[Occurrence]:
    """Return the earliest places of each text, in the order of publication."""
    chosen = [occurrence for found in places.values() for occurrence in found[:PLACES] if occurrence.content in texts]
    return sorted(chosen, key=lambda o: (o.utc, o.doc, o.number, o.part, o.content))


def _add(merged: Collection, chosen: Sequence[Occurrence], texts: dict[int, str]) -> dict[int, int]:
    """Put places of the archive into the collection; return the first place there of each content."""
    first: dict[int, int] = {}
    for order, occurrence in enumerate(chosen):
        first.setdefault(occurrence.content, order)
    for (_, doc), found in groupby(chosen, key=lambda o: (o.utc, o.doc)):
        listed = list(found)
        merged.add_archived(doc, listed[0].article, [_piece(o, texts[o.content]) for o in listed])
    return first


def _piece(occurrence: Occurrence, text: str) -> Piece:
    o = occurrence
    return Piece(text, o.start, o.line, "archive", QUOTATION if o.quotes else None, False, o.number, o.part or None)


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


class _Search:
    """Look up what was read: `contents` that are like it, and the `scored` pairs (key, content, score)."""

    def __init__(self, read: Collection, asked: Asked, contents: int) -> None:
        self._read, self._store, self._settings = read, asked.store, read.settings
        self._hits = Banding.of(asked.store.info).least_hits(contents)
        self._capped = self._candidates = 0
        self._contents = contents
        self._texts = [read.keys.get(key) for key in range(len(read.keys.words))]
        self._owners = list(range(len(self._texts)))
        self._add(read.keys_as_read())
        self._own = len(self._texts)
        self._add(self._with_phrases())
        self.contents: set[int] = set()
        self.scored: list[tuple[int, int, float]] = []
        for found in self._store.equal_keys(self._texts).values():
            self.contents.update(found)
        if self._settings.floor <= 1:
            self._look_up_signatures()
        if self._settings.level == "passage" and self._store.info.passages:
            self._look_up_words()

    def _add(self, texts: Iterable[tuple[int, str]]) -> None:
        """Ask for other texts of keys, too."""
        for key, text in dict.fromkeys(texts):
            self._owners.append(key)
            self._texts.append(text)

    def _with_phrases(self) -> Iterator[tuple[int, str]]:
        """Yield keys with phrases behind them that would hide them: an archive knows its texts with their phrases."""
        phrases = [make_key(phrase, self._settings.normalize) for phrase in self._settings.ignore_phrases]
        long = sorted(dict.fromkeys(phrases), key=len, reverse=True)
        hidden = (
            (key, f"{text} {phrase}")
            for phrase in long
            for key, text in enumerate(self._texts[: len(self._read.keys.words)])
            if len(phrase) >= HIDING_SHARE * len(text)
        )
        yield from islice(hidden, MOST_WITH_PHRASES)

    def _look_up_signatures(self) -> None:
        words, least = self._read.keys.words, self._settings.min_words
        numbers = [number for number, key in enumerate(self._owners) if words[key] >= least]
        for low in range(0, len(numbers), TEXTS_AT_ONCE):
            self._confirm(self._alike(numbers[low : low + TEXTS_AT_ONCE]))

    def _alike(self, numbers: Sequence[int]) -> list[tuple[int, int]]:
        """Return the pairs (key, content) of keys that agree in enough bands with a content."""
        import numpy as np

        keys = self._store.banding.keys([self._texts[number] for number in numbers], self._read.size)
        rows, contents = self._found(BANDS, keys.ravel(), np.arange(len(numbers)).repeat(keys.shape[1]))
        codes = rows << 32 | contents
        codes.sort()
        starts = np.flatnonzero(firsts(codes))
        codes = codes[starts[np.diff(starts, append=len(codes)) >= self._hits]]
        pairs = ((self._owners[numbers[code >> 32]], code & 0xFFFFFFFF) for code in codes.tolist())
        return list(dict.fromkeys(pairs))

    def _found(
        self, kind: int, keys: NDArray[np.uint32], owners: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the owner and the content of each posting with one of `keys`, given with their owners."""
        import numpy as np

        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        starts = np.flatnonzero(firsts(ordered))
        wanted, bounds = ordered[starts], np.append(starts, len(ordered))
        places, contents, capped = self._store.lookup(kind, wanted)
        self._capped += capped if kind == BANDS else 0
        # A key may be asked for by several texts: each of them has its contents.
        sizes = np.diff(bounds)[places]
        before = np.cumsum(sizes) - sizes
        taken = np.repeat(bounds[places] - before, sizes) + np.arange(int(sizes.sum()))
        return owners[order[taken]], np.repeat(contents, sizes)

    def _confirm(self, pairs: Sequence[tuple[int, int]]) -> None:
        self._candidates += len(pairs)
        known = self._keys(sorted({content for _, content in pairs}))
        base = len(self._texts)
        live = [
            (key, base + content) for key, content in pairs if content in known and known[content] != self._texts[key]
        ]
        self.contents.update(content for key, content in pairs if known.get(content) == self._texts[key])
        workers = 1 if self._read.is_small else self._settings.workers or cores()
        for key, content, score in confirming.confirm(
            lambda n: self._texts[n] if n < base else known[n - base], live, self._settings.floor, workers
        ):
            self.scored.append((key, content - base, score))
            self.contents.add(content - base)

    def _keys(self, contents: Sequence[int]) -> dict[int, str]:
        """Return the keys of contents, without ignored phrases."""
        phrases = self._settings.ignore_phrases
        if not phrases:
            return self._store.keys(contents)
        found = self._store.contents(contents)
        texts = phrases_of(phrases).blank_all([content.text for content in found.values()], self._read.size)
        changed = {list(found)[place] for place in texts.phrases}
        return {
            number: make_key(text, self._settings.normalize) if number in changed else content.key
            for (number, content), text in zip(found.items(), texts.texts, strict=True)
        }

    def _look_up_words(self) -> None:
        """Take in the contents that share two runs of words which stand near each other in what was read."""
        counts: Counter[int] = Counter()
        for low in range(0, self._own, TEXTS_AT_ONCE):
            counts.update(self._sharing(self._texts[low : min(self._own, low + TEXTS_AT_ONCE)]))
        sharing = sorted((-count, content) for content, count in counts.items())
        most = MOST_SHARING * max(1, self._read.documents)
        self.contents.update(content for _, content in sharing[:most])

    def _sharing(self, texts: Sequence[str]) -> list[int]:
        """Return a content for each two runs near each other in a text that it shares."""
        import numpy as np

        prints = word_prints(texts, kernels.load("passages", self._read.size))
        if not any(map(len, prints)):
            return []
        keys = np.concatenate(prints)
        # Runs are numbered in their order, with a gap between texts that no two are near across.
        gaps = np.repeat(np.arange(len(prints)), [len(each) for each in prints])
        runs, contents = self._found(WORDS, keys, np.arange(len(keys)) + NEAR_RUNS * gaps)
        common = np.bincount(runs, minlength=1) > MOST_RUN_CONTENTS
        codes = distinct((contents << 32 | runs)[~common[runs]])
        contents, runs = codes >> 32, codes & 0xFFFFFFFF
        near = (contents[1:] == contents[:-1]) & (np.diff(runs) < NEAR_RUNS)
        found: list[int] = contents[1:][near].tolist()
        return found

    def generator(self, within: Generator) -> Generator:
        """Return what the report says of where candidates came from."""
        if self._settings.floor > 1:
            return Generator("archive", 0, {}, {"within": within.name})
        banding = self._store.banding
        parameters = {
            "bands": banding.bands,
            "rows": banding.rows,
            "least_hits": self._hits,
            "within": within.name,
            "capped_keys": self._capped,
        }
        recall = banding.recall(self._settings.floor, self._hits)
        return Generator("archive", self._candidates + within.candidates, recall, parameters)

    def notices(self) -> list[Notice]:
        """Return what a reader must know of what was not looked at."""
        if self._contents == 0:
            return [Notice(self._store.place, "the archive is empty: nothing was published before")]
        if self._settings.level == "passage" and not self._store.info.passages:
            return [Notice(self._store.place, "was made without passages: only whole paragraphs are compared with it")]
        return []
