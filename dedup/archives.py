"""`dedup.Archive`: what was published, kept for the question whether a draft repeats it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from dedup import detect, kernels
from dedup.archive import upkeep, writing
from dedup.archive.entries import article_of, entries_of, place_of, quotes_in, story_of, text_digest
from dedup.archive.entries import check as check_document
from dedup.archive.records import ALL, MADE_WITH, Added, Damage, Entry, Filter, Info, Stats, plain
from dedup.archive.store import Store, create_store, open_store
from dedup.cycles import collect_young, without_collector
from dedup.earlier import ask
from dedup.errors import InputError, ReadError, SettingsError
from dedup.model import Article, Document, Notice, Problem, Report, Skipped
from dedup.progress import Progress, Silent
from dedup.read import Input, Inputs, Item, read
from dedup.read.text import in_memory
from dedup.settings import Settings, make_settings
from dedup.threads import pool

if TYPE_CHECKING:
    from concurrent.futures import Future

DURABILITY = ("normal", "full")


BATCH_CHARS = 6_000_000
"""Code points of the articles of one transaction."""
PARAGRAPH_BREAK = "\n\n"
BULK_PARAGRAPHS = 1_000
"""Paragraphs from which a transaction writes its postings as runs at once."""


Written = tuple[Sequence[Added], Sequence[Entry], bool]
"""What became of the articles of a batch, those of them that were stored, and whether runs were written."""


@dataclass
class Loaded:
    """Count what became of articles: `outcomes` as in `Added`; `bulk` says that runs were written.

    `paragraphs` were stored; `off` are those that a comment switches off, which were not.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    paragraphs: int = 0
    off: int = 0
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    bulk: bool = False

    def tell(self, item: Problem | Skipped | Notice) -> None:
        """Take in what became of an input that is no article."""
        if isinstance(item, Problem):
            self.problems.append(item)
        elif isinstance(item, Skipped):
            self.skipped.append(item)
        else:
            self.notices.append(item)

    def count(self, added: Iterable[Added], stored: Sequence[Entry], bulk: bool) -> None:
        """Take in what became of articles, and those of them that were stored."""
        for each in added:
            self.outcomes[each.outcome] += 1
            if each.outcome == "conflict":
                error = conflict(each)
                self.problems.append(Problem(error.place, error.finding, error.remedy))
        self.paragraphs += sum(len(entry.pieces) for entry in stored)
        self.off += sum(entry.off for entry in stored)
        self.bulk = self.bulk or bulk


class Archive:
    """Ask what was published, add to it and take from it, from many processes and threads.

    Raises:
        ArchiveError: there is no archive, it is damaged, or it was made by another version.

    >>> import tempfile, os
    >>> place = os.path.join(tempfile.mkdtemp(), "news.db")
    >>> with Archive.create(place) as archive:
    ...     added = archive.add({"id": "a1", "date": "2026-03-01", "text":
    ...         "أعلنت الوزارة أمس افتتاح المدرسة الجديدة في المدينة القديمة بعد عام من الأعمال"})
    ...     report = archive.check("أعلنت الوزارة امس افتتاح المدرسه الجديده في المدينة القديمة بعد عام من الأعمال")
    >>> added.outcome, report.verdict, [(m.kind, m.b.doc, m.b.article.date) for m in report.matches]
    ('added', 'block', [('normalized', 'a1', '2026-03-01')])
    """

    def __init__(self, store: Store, settings: Settings | None = None) -> None:
        if not isinstance(store, Store):
            raise InputError(
                f"an archive is not made of {type(store).__name__}; "
                "dedup.Archive.open(place) opens one, dedup.Archive.create(place) makes one"
            )
        self.store, self._settings = store, settings or Settings()
        self._asked = 0

    @classmethod
    def create(
        cls,
        place: str | Path,
        *,
        passages: bool = True,
        durability: str = "normal",
        settings: Settings | None = None,
        **overrides: Any,
    ) -> Self:
        """Make an empty archive and open it to write.

        Args:
            place: a file, or the URL of a PostgreSQL database.
            passages: keep what finding passages needs.
            durability: `normal` may lose the last writes when the machine loses power, `full` does not.
            settings: those that decide keys: `normalize`, `paragraphs`, `max_paragraph_chars`, `shingle_chars`, `seed`.
            **overrides: single ones.

        Raises:
            ArchiveError: the place is taken, or cannot be written.
        """
        chosen = make_settings(settings, overrides)
        if durability not in DURABILITY:
            raise SettingsError(f"durability must be one of {', '.join(DURABILITY)}, got {durability!r}")
        made = {name: getattr(chosen, name) for name in MADE_WITH}
        create_store(str(place), Info(passages=passages, durability=durability, **made))
        return cls.open(place, writable=True)

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        writable: bool = True,
        network: bool = False,
        any_keys: bool = False,
    ) -> Self:
        """Open an archive: to write, or only to ask.

        Args:
            place: a file, or the URL of a PostgreSQL database.
            writable: that it may be changed; a medium that cannot be written needs False.
            network: open a file on a network file system all the same.
            any_keys: open one with keys of another version, to `rebuild` it.
        """
        store = open_store(str(place), writable=writable, network=network, any_keys=any_keys)
        return cls(store, Settings().replace(**store.info.settings()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give back every connection."""
        self.store.close()

    # --- what is in it ----------------------------------------------------------------------------

    def add(self, document: Input, *, replace: bool = False, version: str | None = None, **known: str) -> Added:
        """Store an article: its id and version decide whether it is new, as it was, or another version.

        Args:
            document: a `Document`, a mapping with id, text and what is known (version, date, title, url, outlet,
                author, language), a Path, or a str with `id` among `known`.
            replace: store another text under the same id and version.
            version: that of the document.
            **known: other fields of a mapping.

        Raises:
            ReadError: another text is stored under this id and version; or the document cannot be read.
        """
        (one,) = self._documents(document, {"version": version, **known})
        (added,) = self.add_all([one], replace=replace)
        if added.outcome == "conflict":
            raise conflict(added)
        return added

    def add_all(self, documents: Sequence[Document], *, replace: bool = False) -> list[Added]:
        """Store several articles in one transaction: all come about, or none; conflicts are left out and told."""
        for document in documents:
            check_document(document)
        return writing.put(self.store, entries_of(self.store, documents), replace=replace)

    def load(
        self, inputs: Inputs, *, replace: bool = False, progress: Progress | None = None, **reading: Any
    ) -> Loaded:
        """Store many articles at bulk speed, some thousand in a transaction.

        What is stored already is passed over quickly: after a kill, the same call goes on where it was.

        Args:
            inputs: what `scan` takes; each article needs an id.
            replace: store another text under the same id and version.
            progress: is told how many paragraphs are done, as the stage `load`.
            **reading: settings that decide how inputs are read: `text_field`, `id_field`, `story_field`,
                `format_in`, `ignore_files`.

        Returns:
            what became of the articles. What cannot be read or stored is in `Loaded.problems`; the others go on.
        """
        settings = self._settings.replace(**reading)
        return self._loaded(read(inputs, settings), replace, progress)

    def _loaded(self, items: Iterable[Item], replace: bool, progress: Progress | None) -> Loaded:
        loaded = Loaded()
        shown: Progress = progress or Silent()
        kernels.when_compiling(None if progress is None else progress.tell)
        with shown.stage("load", None) as advance, pool(1) as background, without_collector():
            pending: Future[Written] | None = None
            for batch in self._batches(items, loaded):
                made = self._made(batch)
                if pending is not None:
                    loaded.count(*pending.result())
                    advance(loaded.paragraphs)
                pending = background.submit(self._store, *made, replace)
                collect_young()  # what readers made
            if pending is not None:
                loaded.count(*pending.result())
            advance(loaded.paragraphs)
            if loaded.bulk:
                background.submit(upkeep.join, self.store).result()
        return loaded

    @staticmethod
    def _batches(items: Iterable[Item], loaded: Loaded) -> Iterator[list[Document]]:
        batch: list[Document] = []
        chars = 0
        for item in items:
            if isinstance(item, Document):
                item = in_memory(item)
            if isinstance(item, Document):
                item = _storable(item)
            if isinstance(item, Document):
                batch.append(item)
                chars += len(item.text)
                if chars >= BATCH_CHARS:
                    yield batch
                    batch, chars = [], 0
            else:
                loaded.tell(item)
        if batch:
            yield batch

    def _made(self, batch: list[Document]) -> tuple[list[Entry], list[Added]]:
        """Return a batch as it is stored, without what is stored just so, which is told apart."""
        known = [
            (plain(each.id), article_of(each), text_digest(each), story_of(each), quotes_in(each)) for each in batch
        ]
        same = writing.unchanged(self.store, known)
        fresh = [document for document, as_it_was in zip(batch, same, strict=True) if not as_it_was]
        passed = [
            Added(doc, "unchanged", article.version) for (doc, article, *_), s in zip(known, same, strict=True) if s
        ]
        return entries_of(self.store, fresh), passed

    def _store(self, entries: list[Entry], passed: list[Added], replace: bool) -> Written:
        """Store what was made of a batch; return what `Loaded.count` takes."""
        bulk = sum(len(entry.pieces) for entry in entries) >= BULK_PARAGRAPHS
        found = writing.put(self.store, entries, replace=replace, bulk=bulk)
        written = zip(entries, found, strict=True)
        stored = [entry for entry, added in written if added.outcome in ("added", "replaced")]
        return (*passed, *found), stored, bulk

    def remove(self, *docs: str) -> list[str]:
        """Take articles out; return the ids that were there. `compact` takes the last traces off the disk."""
        return writing.remove(self.store, docs)

    def articles(self, admitted: Filter = ALL) -> Iterator[tuple[str, Article, int]]:
        """Yield id, article and number of paragraphs, the earliest published first."""
        return self.store.articles(admitted)

    def record(self, doc: str) -> dict[str, Any] | None:
        """Return an article as it is stored, as plain values; None where it is not."""
        with self.store.reading():
            found = self.store.article(doc)
            return None if found is None else self._record(doc, *found)

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield all articles as plain values, the earliest published first: `load` stores them just so."""
        with self.store.reading():
            for doc, _, _ in list(self.store.articles(ALL)):
                found = self.store.article(doc)
                if found is not None:
                    yield self._record(doc, *found)

    def _record(self, doc: str, article: Article, number: int, _: int, digest: bytes) -> dict[str, Any]:
        pieces = self.store.pieces(number)
        listed = [
            {"paragraph": p.number, "part": p.part or None, "start": p.start, "line": p.line, "text": p.text}
            | ({"quotation": True} if p.quotes else {})
            for p in pieces
        ]
        text = "".join(
            f"{'' if not i else ' ' if p.part > 1 else PARAGRAPH_BREAK}{p.text}" for i, p in enumerate(pieces)
        )
        named = self.store.stories([number]).get(number)
        story = {} if named is None else {"story": list(named)}
        return {"id": doc, **article.to_dict(), **story, "digest": digest.hex(), "paragraphs": listed, "text": text}

    def stats(self) -> Stats:
        """Return how much the archive holds."""
        return self.store.stats()

    # --- what is asked of it ----------------------------------------------------------------------

    def check(
        self,
        document: Inputs,
        *,
        id: str | None = None,
        exclude: Iterable[str] = (),
        as_of: str | None = None,
        since: str | None = None,
        outlets: Iterable[str] = (),
        settings: Settings | None = None,
        progress: Progress | None = None,
        **overrides: Any,
    ) -> Report:
        """Find what of a draft repeats itself, and what the archive has of it; the draft is not stored.

        From the second question on, compiled code is used, which takes half a second to load once.

        Args:
            document: what `scan` takes.
            id: that of the draft: its own earlier versions are left out, and what they name as their story.
            exclude: ids of further articles that are left out.
            as_of: leave out what was published after this date.
            since: leave out what was published before this date.
            outlets: only articles of these.
            settings: the knobs; else the defaults, with what decides keys from the archive.
            progress: is told how far the run is.
            **overrides: single knobs.

        Raises:
            ArchiveError: the archive cannot be asked.
            SettingsError: a date is none; a setting is not that of the archive.
        """
        asked = ask(self.store, id=id, exclude=exclude, as_of=as_of, since=since, outlets=outlets)
        self._asked += 1
        asked = asked._replace(again=self._asked > 1)
        base = settings if settings is not None else self._settings
        chosen = make_settings(base, overrides)
        report = detect.scan(document, settings=chosen, progress=progress, archive=asked)
        return dataclasses.replace(report, draft=True)

    # --- upkeep -----------------------------------------------------------------------------------

    def verify(self) -> list[Damage]:
        """Return what is not as it was written; nothing where all is well."""
        return list(upkeep.verify(self.store))

    def compact(self) -> None:
        """Join what was added, take out what was removed, and give back its space on the disk."""
        upkeep.compact(self.store)

    def rebuild(self) -> int:
        """Make keys and postings anew from the stored texts; return how many texts there are."""
        return upkeep.rebuild(self.store)

    def _documents(self, given: Input, known: Mapping[str, str | None]) -> Iterator[Document]:
        values = {name: value for name, value in known.items() if value is not None}
        if isinstance(given, str):
            given = {"text": given}
        if isinstance(given, Mapping):
            given = {**given, **values}
        found = [in_memory(item) if isinstance(item, Document) else item for item in read(given, self._settings)]
        documents = [item for item in found if isinstance(item, Document)]
        for item in found:
            if isinstance(item, Problem):
                raise ReadError(item.place, item.finding, item.remedy)
            if isinstance(item, Skipped) and not documents:
                raise ReadError(item.path, item.reason)
        if len(documents) != 1:
            raise InputError(f"holds {len(documents)} documents; add takes one")
        if not documents[0].named:
            raise InputError("an article needs an id; give it in the field id")
        yield _with(documents[0], values)


def _with(document: Document, values: Mapping[str, str]) -> Document:
    """Return a document of which what is known was given beside it: an item of a newsroom has fields of its own."""
    names = {f.name for f in dataclasses.fields(Article)}
    known = {name: value for name, value in values.items() if name in names}
    if not known:
        return document
    return dataclasses.replace(document, article=dataclasses.replace(document.article or Article(), **known))


def _storable(document: Document) -> Document | Problem:
    """Return a document that can be stored, else what hinders it."""
    if not document.named:
        return Problem(place_of(document), "an article needs an id", "give each row one; see --id-field")
    try:
        check_document(document)
    except ReadError as error:
        return Problem(error.place, error.finding, error.remedy)
    return document


def conflict(added: Added) -> ReadError:
    """Return the error of an article whose id and version are there with another text."""
    version = "without a version" if added.version is None else f"version {added.version}"
    return ReadError(added.doc, f"{version} is stored with another text", "give it another version, or --replace")
