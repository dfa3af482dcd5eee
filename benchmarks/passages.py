"""How right and how fast passages are found, on texts that others annotated and on news.

    python -m benchmarks.passages --reuse DIR [--news FILE] [--distractors WORDS]
    python -m benchmarks.passages --news FILE

`--reuse`: a corpus of text reuse in the shape of PAN, three files of JSON lines, packed: `sources` and
`suspicious` (`id`, `text`), `cases` (`suspicious`, `start`, `length`, `source`, `source_start`,
`source_length`, `kind`). Every suspicious text is searched for in all sources at once. Scored by plagdet,
for all and for each kind; a third of the suspicious texts, which no figure was chosen on, apart. With
`--news`, all of the news is in the same index; `--distractors` adds generated text.

`--news` alone: JSON lines of articles (`id`, `text`, perhaps `source`). Times from tokens to passages on one
thread, the memory of the process, the completeness of identical runs of 12 words across outlets, and what
passages cost a scan. Answers are checked first: compiled code against the reference on part of the input.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

import dedup
from benchmarks.generator import Generator
from dedup import kernels
from dedup.evaluate import Passage, plagdet
from dedup.match.passages import Box, Stream, passages_of, seeds_of
from dedup.text.common import common_words
from dedup.text.normalize import loose_key, words_of
from dedup.text.vocabulary import name_of

LEAST = 24
"""Words of a passage between two documents of a corpus of reuse."""
RUN = 12
RUN_ARTICLES = range(2, 13)
"""Words of an identical run, and in how many articles it stands, whose completeness is asked."""
CHECKED = 60
"""Documents on which compiled code is held to the reference."""
HELD_OUT = 3
"""Every third suspicious text is held out."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reuse", type=Path, metavar="DIR")
    parser.add_argument("--news", type=Path, metavar="FILE")
    parser.add_argument("--distractors", type=int, default=0, metavar="WORDS")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    if options.reuse:
        reuse(options.reuse, options.news, options.distractors)
    elif options.news:
        news(options.news, options.runs)
    else:
        parser.error("name a corpus: --reuse or --news")
    return 0


class Columns:
    """Gather documents as columns: a document is one paragraph."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._ids: list[np.ndarray[Any, Any]] = []

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, words: Iterable[str]) -> None:
        """Take in the next document."""
        numbers = self._numbers
        self._ids.append(np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int32))

    def stream(self) -> Stream:
        """Return what was gathered."""
        ids = np.concatenate(self._ids)
        sizes = [len(each) for each in self._ids]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        each = np.arange(len(sizes), dtype=np.int32)
        names = [name_of(word) for word in self._numbers]
        counts = np.bincount(ids, minlength=len(names))
        return Stream(ids, np.repeat(each, sizes), each, each, starts, starts, names, counts)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of JSON lines, packed or not."""
    with gzip.open(path, "rt", "utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8") as file:
        yield from map(json.loads, file)


def found(stream: Stream, least: tuple[int, int], indexed: int = 0, workers: int = 1) -> list[Box]:
    """Return the passages by compiled code."""
    kernel = kernels.load("passages", kernels.COMPILED_FROM)
    seeds = seeds_of(stream, common_words(), indexed=indexed, kernel=kernel, workers=workers)
    return passages_of(seeds, least)


def check(stream: Stream) -> None:
    """Hold compiled code to the reference on the first documents."""
    last = int(stream.starts[min(CHECKED, len(stream.documents))])
    documents = int(np.searchsorted(stream.starts, last))
    part = Stream(
        stream.ids[:last],
        stream.paragraphs[:last],
        stream.documents[:documents],
        stream.keys[:documents],
        stream.starts[: documents + 1],
        stream.begins[: documents + 1],
        stream.names,
        stream.tokens,
    )
    plain = Stream(*(getattr(part, name) for name in Stream.__dataclass_fields__))
    assert found(part, (10, 20)) == passages_of(seeds_of(plain, common_words()), (10, 20)), "compiled differs"


# --- reuse ----------------------------------------------------------------------------------------


def reuse(folder: Path, news_file: Path | None, distractors: int) -> None:
    sources, suspicious, cases = (
        list(rows(folder / f"{name}.jsonl.gz")) for name in ("sources", "suspicious", "cases")
    )
    words = [[(w.key, w.start, w.end) for w in words_of(document["text"])] for document in sources + suspicious]
    columns = Columns()
    for each in words[: len(sources)]:
        columns.add(key for key, _, _ in each)
    for extra in _extra(news_file, distractors):
        columns.add(extra)
    indexed = len(columns)
    for each in words[len(sources) :]:
        columns.add(key for key, _, _ in each)
    stream = columns.stream()
    found(stream, (10, LEAST), indexed)  # compiles
    begin = time.perf_counter()
    boxes = found(stream, (10, LEAST), indexed)
    seconds = time.perf_counter() - begin
    detections = [
        _passage(box, stream, words, sources, suspicious, indexed)
        for box in boxes
        if stream.paragraphs[box.b0] < len(sources)
    ]
    strangers = len(boxes) - len(detections)
    annotated = [_case(case) for case in cases]
    print(
        f"{len(stream):,} words, {len(boxes):,} passages ({strangers} in other text) in {seconds:.2f} s "
        f"on one thread, {_memory():.2f} GB"
    )
    held = {document["id"] for i, document in enumerate(suspicious) if i % HELD_OUT == HELD_OUT - 1}
    _scored("all", annotated, detections)
    _scored("tuned on", [c for c in annotated if c.a not in held], [d for d in detections if d.a not in held])
    _scored("held out", [c for c in annotated if c.a in held], [d for d in detections if d.a in held])
    kinds = defaultdict(list)
    for case, raw in zip(annotated, cases, strict=True):
        kinds[raw["kind"]].append(case)
    for kind, of_kind in kinds.items():
        print(f"  {kind:<22} {len(of_kind):>5} cases, recall {plagdet(of_kind, detections).recall:.4f}")


def _extra(news_file: Path | None, distractors: int) -> Iterator[list[str]]:
    if news_file is not None:
        for row in rows(news_file):
            yield loose_key(row["text"]).split()
    made = 0
    texts = Generator(1).texts(distractors // 20) if distractors else iter(())
    while made < distractors:
        words = [word for text in islice(texts, 5) for word in loose_key(text).split()]
        made += len(words)
        yield words


def _case(case: dict[str, Any]) -> Passage:
    start, at = case["start"], case["source_start"]
    return Passage(case["suspicious"], start, start + case["length"], case["source"], at, at + case["source_length"])


def _passage(
    box: Box,
    stream: Stream,
    words: list[list[tuple[str, int, int]]],
    sources: list[dict[str, Any]],
    suspicious: list[dict[str, Any]],
    indexed: int,
) -> Passage:
    a, b = int(stream.paragraphs[box.a0]), int(stream.paragraphs[box.b0])
    in_a, in_b = words[len(sources) + a - indexed], words[b]
    a_low, b_low = int(stream.starts[a]), int(stream.starts[b])
    return Passage(
        suspicious[a - indexed]["id"],
        in_a[box.a0 - a_low][1],
        in_a[box.a1 - a_low][2],
        sources[b]["id"],
        in_b[box.b0 - b_low][1],
        in_b[box.b1 - b_low][2],
    )


def _scored(name: str, cases: Sequence[Passage], detections: Sequence[Passage]) -> None:
    found = plagdet(cases, detections)
    print(
        f"{name}: plagdet {found.plagdet:.4f}, precision {found.precision:.4f}, recall {found.recall:.4f}, "
        f"granularity {found.granularity:.4f} ({len(cases)} cases, {len(detections)} detections)"
    )


# --- news -----------------------------------------------------------------------------------------


def news(file: Path, runs: int) -> None:
    columns = Columns()
    articles = list(rows(file))
    for row in articles:
        columns.add(loose_key(row["text"]).split())
    stream = columns.stream()
    check(stream)
    found(stream, (10, 20))
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        boxes = found(stream, (10, 20))
        times.append(time.perf_counter() - begin)
    seconds = statistics.median(times)
    print(f"{len(articles):,} articles, {len(stream):,} words: {len(boxes):,} passages in {seconds:.2f} s, one thread")
    print(f"memory of the process: {_memory():.2f} GB")
    _completeness(stream, [row.get("outlet") or row.get("source") or row["id"] for row in articles])
    _cost(file, runs)


def _completeness(stream: Stream, outlets: list[str]) -> None:
    """Print the share of identical runs of words across outlets that are inside passages."""
    places: dict[bytes, list[int]] = defaultdict(list)
    ids = np.asarray(stream.ids)
    for document in range(len(stream.documents)):
        low, high = int(stream.starts[document]), int(stream.starts[document + 1])
        for x in range(low, high - RUN + 1):
            places[ids[x : x + RUN].tobytes()].append(x)
    covered: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for box in found(stream, (10, RUN)):
        for low, high in ((box.a0, box.a1), (box.b0, box.b1)):
            covered[int(stream.paragraphs[low])].append((low, high))
    asked = inside = 0
    for at in places.values():
        documents = {int(stream.paragraphs[x]) for x in at}
        if len(documents) not in RUN_ARTICLES or len({outlets[d] for d in documents}) < 2:
            continue
        for x in at:
            asked += 1
            stretches = covered[int(stream.paragraphs[x])]
            inside += any(low <= x and x + RUN - 1 <= high for low, high in stretches)
    print(
        f"identical runs of {RUN} words across outlets, in {RUN_ARTICLES[0]} to {RUN_ARTICLES[-1]} articles: "
        f"{inside / max(1, asked):.4f} of {asked:,} places are in passages"
    )


def _cost(file: Path, runs: int) -> None:
    """Print what passages cost a scan, in the same run: time of the clock, and of the processor (user and system)."""
    seconds: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(runs + 1):
        for level in ("near", "rewritten", "passage"):
            begin = time.perf_counter(), time.process_time()
            dedup.scan(file, level=level)
            seconds[level].append((time.perf_counter() - begin[0], time.process_time() - begin[1]))
    for place, name in enumerate(("by the clock", "of the processor")):
        near, without, with_passages = (
            statistics.median(each[place] for each in seconds[level][1:]) for level in seconds
        )
        print(
            f"a scan, {name}: {without:.2f} s without passages, {with_passages:.2f} s with: "
            f"{with_passages / without:.2f} times; {near:.2f} s for near copies alone: {with_passages / near:.2f} times"
        )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform != "darwin" else 1 << 30)


if __name__ == "__main__":
    sys.exit(main())
