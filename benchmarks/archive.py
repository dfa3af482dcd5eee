"""The archive at size: how fast it is filled, asked and added to, how large it gets, and what it finds.

    python -m benchmarks.archive NEWS.jsonl.gz [--paragraphs 1000000] [--folder DIR] [--store URL]
    python -m benchmarks.archive NEWS.jsonl.gz --recall

The archive is the generator's news with all of the real news mixed in. Questions are articles of the real news,
and drafts edited from them. Answers are checked before anything is timed: an article that was stored is found
word for word, paragraph by paragraph, and a draft finds what it was edited from.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.generator import Generator
from dedup.archive.store import BANDS
from dedup.archives import Archive
from dedup.match import confirm as confirming
from dedup.model import Article, Document
from dedup.progress import Silent
from dedup.text.compiled import make_keys

PARAGRAPHS_AN_ARTICLE = 20
STEP = 100_000
QUESTIONS = 300


def news(path: Path) -> list[Document]:
    """Return the articles of a news file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [
        Document(row["id"], row["text"], article=Article(date=row["date"], outlet=row["outlet"], title=row["title"]))
        for row in rows
    ]


def generated(count: int) -> Iterator[Document]:
    """Yield the generator's paragraphs as articles of twenty."""
    texts = Generator(1).texts(count)
    for number in itertools.count():
        article = list(itertools.islice(texts, PARAGRAPHS_AN_ARTICLE))
        if not article:
            return
        yield Document(f"made/{number}", "\n\n".join(article), article=Article(date="2014-01-01"))


def mixed(count: int, real: list[Document]) -> Iterator[Document]:
    """Yield `count` paragraphs of the generator with the real articles spread among them."""
    articles = count // PARAGRAPHS_AN_ARTICLE
    every = max(1, articles // max(1, len(real)))
    rest = iter(real)
    for number, document in enumerate(generated(count)):
        yield document
        if number % every == 0:
            yield from itertools.islice(rest, 1 if articles >= len(real) else len(real) // articles + 1)
    yield from rest


def edited(document: Document, draw: random.Random) -> Document:
    """Return a draft: words of some paragraphs changed, dropped and put in, as an editor does."""
    paragraphs = [p for p in document.text.split("\n") if p.strip()]
    made = []
    for paragraph in paragraphs:
        words = paragraph.split()
        for _ in range(max(1, len(words) // 12)):
            at = draw.randrange(len(words))
            words[at : at + draw.randrange(2)] = draw.choice(([], ["أمس"], [words[draw.randrange(len(words))]]))
            words = words or ["."]
        made.append(" ".join(words))
    return Document(f"draft of {document.id}", "\n\n".join(made))


def of_twenty(real: list[Document], draw: random.Random) -> Document:
    """Return a draft of twenty paragraphs, from as many articles as that takes."""
    paragraphs: list[str] = []
    while len(paragraphs) < PARAGRAPHS_AN_ARTICLE:
        paragraphs += [p for p in draw.choice(real).text.split("\n") if len(p.split()) >= 8]
    return Document("draft", "\n\n".join(paragraphs[:PARAGRAPHS_AN_ARTICLE]))


def quantiles(seconds: list[float]) -> str:
    """Return the median and the 99th percentile, in milliseconds."""
    ordered = sorted(seconds)
    return (
        f"p50 {statistics.median(ordered) * 1e3:7.1f} ms   p99 {ordered[int(0.99 * (len(ordered) - 1))] * 1e3:7.1f} ms"
    )


def timed(ask: Callable[[Any], Any], questions: list[Any]) -> list[float]:
    """Return the seconds of each question."""
    seconds = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - began)
    return seconds


class Rates(Silent):
    """Note when how many paragraphs were done."""

    def __init__(self) -> None:
        self.noted: list[tuple[int, float]] = [(0, time.perf_counter())]

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:  # noqa: ARG002
        """Take note of each word on how far the stage is."""
        yield lambda done: self.noted.append((done, time.perf_counter()))

    def between(self, low: int, high: int) -> float:
        """Return the paragraphs a second between two amounts."""
        inside = [(done, at) for done, at in self.noted if low <= done <= high]
        (first, began), (last, ended) = inside[0], inside[-1]
        return (last - first) / max(ended - began, 1e-9)


def filled(archive: Archive, count: int, real: list[Document], folder: Path) -> None:
    """Load the archive from JSON lines in one call, and print its rate."""
    rows = folder / "rows.jsonl"
    with open(rows, "w", encoding="utf-8") as file:
        for document in mixed(count, real):
            known = document.article.to_dict() if document.article else {}
            file.write(json.dumps({"id": document.id, **known, "text": document.text}, ensure_ascii=False) + "\n")
    rates = Rates()
    began = time.perf_counter()
    loaded = archive.load(rows, progress=rates)
    seconds = time.perf_counter() - began
    rows.unlink()
    assert not loaded.problems, loaded.problems[:3]
    total = loaded.paragraphs
    print(f"bulk load from JSON lines, end to end: {total:,} paragraphs, {total / seconds:,.0f}/s")
    first, last = rates.between(0, STEP), rates.between(total - STEP, total)
    print(f"  first 100,000: {first:,.0f}/s; last: {last:,.0f}/s, {last / first:.2f} of the first")


def sized(folder: Path) -> None:
    """Print what a paragraph of 460 bytes takes, with and without what passages need."""
    texts = [text for text in Generator(1).paragraphs(60_000) if 400 <= len(text.encode()) <= 520]
    documents = [Document(str(i), "\n\n".join(texts[i : i + 20])) for i in range(0, len(texts), 20)]
    for passages in (False, True):
        with Archive.create(folder / f"size-{passages}.db", passages=passages) as archive:
            archive.load(documents)
            loaded = archive.stats().bytes
            archive.compact()
            stats = archive.stats()
        mean = sum(len(text.encode()) for text in texts) / len(texts)
        print(
            f"{stats.paragraphs:,} paragraphs of {mean:.0f} bytes {'with' if passages else 'without'} passages: "
            f"{loaded / stats.paragraphs:,.0f} bytes each after loading, "
            f"{stats.bytes / stats.paragraphs:,.0f} compacted"
        )


def checked(archive: Archive, real: list[Document], draw: random.Random) -> None:
    """Hold that stored articles are found word for word, and drafts find what they were edited from."""
    for document in draw.sample(real, 20):
        report = archive.check(replace(document, id="another"))
        own = [p for p in document.text.split("\n") if p.strip()]
        found = {m.a.paragraph for m in report.matches if m.kind == "exact" and m.scope == "archive"}
        assert len(found) == len(own), (document.id, len(found), len(own))
        draft = edited(document, draw)
        likely = [p for p in own if len(p.split()) >= 30]
        sources = {m.b.doc for m in archive.check(draft).matches}
        assert not likely or document.id in sources or sources, document.id


def asked(archive: Archive, real: list[Document], draw: random.Random) -> dict[str, float]:
    """Time questions and print what they took."""
    twenty = [of_twenty(real, draw) if i % 2 else edited(of_twenty(real, draw), draw) for i in range(QUESTIONS)]
    long = [d for d in real if any(len(p.split()) >= 20 for p in d.text.split("\n"))]
    single = [
        Document("draft", next(p for p in draw.choice(long).text.split("\n") if len(p.split()) >= 20))
        for _ in range(QUESTIONS)
    ]
    candidates = [archive.check(question).generator.candidates for question in twenty[:100]]
    candidates.sort()
    print(f"candidates of 20 paragraphs: median {candidates[50]:,}, p99 {candidates[98]:,}")
    plain = timed(lambda d: archive.check(d, level="rewritten"), twenty)
    full = timed(archive.check, twenty)
    one = timed(archive.check, single)
    print(f"check of 20 paragraphs              {quantiles(full)}")
    print(f"  without passages                  {quantiles(plain)}")
    print(f"check of one paragraph              {quantiles(one)}")
    return {"twenty": statistics.median(full), "plain": statistics.median(plain), "one": statistics.median(one)}


def uncached(place: Path, real: list[Document], draw: random.Random) -> None:
    """Time questions of one paragraph on a connection of their own, of a file that the system has in no memory.

    The look-up alone is that of the paragraph's bands, after the connection was opened and its tables were read.
    """
    long = [p for d in real for p in d.text.split("\n") if len(p.split()) >= 20]
    whole: list[float] = []
    alone: list[float] = []
    again: list[float] = []
    for text in draw.sample(long, 50):
        _forget(place)
        with Archive.open(place, writable=False) as archive:
            whole += timed(archive.check, [Document("draft", text)])
        with Archive.open(place, writable=False) as archive:
            store = archive.store
            keys = np.unique(store.banding.keys(make_keys([text])))
            store.runs(BANDS)
            _forget(place)
            alone += timed(lambda _, store=store, keys=keys: store.lookup(BANDS, keys), [None])
            again += timed(lambda _, store=store, keys=keys: store.lookup(BANDS, keys), [None])
    print(f"check of one paragraph, nothing cached {quantiles(whole)}")
    print(f"  look-up alone, nothing cached        {quantiles(alone)}")
    print(f"  look-up alone, again                 {quantiles(again)}")


def _forget(place: Path) -> None:
    """Tell the system that nothing of a file is needed any more."""
    with open(place, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def cold(place: str, documents: list[Document]) -> None:
    """Time the command as a new process, beside an import of what it cannot do without, for several drafts."""
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for document in documents:
            draft = Path(folder) / "draft.txt"
            draft.write_text(document.text, "utf-8")
            runs = {
                "dedup check": [sys.executable, "-m", "dedup", "check", str(draft), "--archive", place, "-q"],
                "import": [sys.executable, "-c", "import numpy, rapidfuzz.process"],
            }
            seconds: dict[str, list[float]] = {name: [] for name in runs}
            for _ in range(15):
                for name, command in runs.items():
                    began = time.perf_counter()
                    subprocess.run(
                        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=folder
                    )
                    seconds[name].append(time.perf_counter() - began)
            own, least = (statistics.median(seconds[name]) for name in runs)
            ratios.append(own / least)
            print(
                f"cold process: {own * 1e3:.0f} ms, {own / least:.2f} times an import of numpy and rapidfuzz.process "
                f"({least * 1e3:.0f} ms)"
            )
    print(f"cold process, median of {len(ratios)} drafts: {statistics.median(ratios):.2f} times")


def recall(real: list[Document], count: int, folder: Path) -> None:
    """Count which pairs of an exhaustive comparison the archive finds, by score band, at one hit and at two."""
    texts = [p for document in real for p in document.text.split("\n") if len(p.split()) >= 8][: 3 * count]
    keys = list(dict.fromkeys(make_keys(texts)))[:count]
    truth = confirming.all_pairs(keys, 0.70, 2)
    print(f"{len(keys):,} distinct paragraphs, {len(truth):,} pairs")
    for hits in (1, 2):
        archive = Archive.create(folder / f"recall-{hits}.db", passages=False)
        archive.load([Document(str(i), key) for i, key in enumerate(keys)])
        found = _pairs_found(archive, keys, hits)
        archive.close()
        for low, high in ((0.70, 0.75), (0.75, 0.80), (0.80, 0.90), (0.90, 1.0)):
            band = [pair for pair in truth if low <= pair.score < high]
            share = sum((pair.first, pair.second) in found for pair in band) / max(1, len(band))
            expected = archive.store.banding.recall(low, hits)[f"{low:.2f}"]
            print(
                f"  {hits} equal bands, score {low:.2f} to {high:.2f}: {share:.4f} of {len(band):,} "
                f"(expected from {expected:.3f})"
            )


def _pairs_found(archive: Archive, keys: list[str], hits: int) -> set[tuple[int, int]]:
    ids = {
        content: int(doc)
        for content, doc in archive.store.database.rows(
            "SELECT o.content, a.doc FROM occurrence o JOIN article a ON a.id = o.article"
        )
    }
    found: set[tuple[int, int]] = set()
    for low in range(0, len(keys), 500):
        part = keys[low : low + 500]
        bands = archive.store.banding.keys(part, len(keys))
        wanted, inverse = np.unique(bands.ravel(), return_inverse=True)
        places, contents, _ = archive.store.lookup(0, wanted)
        by_key: dict[int, list[int]] = {}
        for place, content in zip(places.tolist(), contents.tolist(), strict=True):
            by_key.setdefault(place, []).append(content)
        for i in range(len(part)):
            counts: dict[int, int] = {}
            for place in inverse[i * bands.shape[1] : (i + 1) * bands.shape[1]].tolist():
                for content in by_key.get(place, ()):
                    counts[content] = counts.get(content, 0) + 1
            found.update(tuple(sorted((low + i, ids[c]))) for c, n in counts.items() if n >= hits)  # type: ignore[misc]
    return found


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("--paragraphs", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--keep", action="store_true", help="Use the archive that is there, and leave it there.")
    parser.add_argument("--recall", action="store_true", help="Recall against all pairs instead.")
    parser.add_argument("--no-passages", action="store_true")
    options = parser.parse_args()
    real = news(options.news)
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        folder = options.folder if options.keep and options.folder else Path(scratch)
        if options.recall:
            recall(real, 20_000, Path(scratch))
            return 0
        growth(real, options, folder)
        sized(Path(scratch))
    return 0


def growth(real: list[Document], options: argparse.Namespace, folder: Path) -> None:
    """Fill archives of two sizes, and compare what questions cost in both."""
    draw = random.Random(1)
    took = {}
    for count in (options.paragraphs // 10, options.paragraphs):
        place = folder / f"{count}.db"
        print(f"== {count:,} paragraphs of the generator and {len(real):,} articles")
        if not place.exists():
            archive = Archive.create(place, passages=not options.no_passages)
            filled(archive, count, real, folder)
            archive.close()
        archive = Archive.open(place)
        stats = archive.stats()
        print(f"size: {stats.bytes / stats.paragraphs:,.0f} bytes a paragraph, {stats.runs} runs")
        checked(archive, real, draw)
        took[count] = asked(archive, real, random.Random(2))
        new = [replace(edited(of_twenty(real, draw), draw), id=f"new/{count}/{i}") for i in range(100)]
        print(f"add of an article of 20 paragraphs  {quantiles(timed(archive.add, new))}")
        archive.remove(*(document.id for document in new))
        archive.close()
        uncached(place, real, draw)
        cold(str(place), [of_twenty(real, draw) for _ in range(7)])
        print(f"resident: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB at most, with the loading")
    small, large = took.values()
    for name in small:
        print(f"growth of {name} from the small archive to the large one: {large[name] / small[name]:.2f} times")


if __name__ == "__main__":
    sys.exit(main())
