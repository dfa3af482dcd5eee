"""Draw the pairs of news paragraphs that are read and labelled.

    python -m benchmarks.labels.sample NEWS.jsonl.gz [--texts FOLDER]

Prints `pairs.csv`: the frozen sample, as ids only. `--texts` also writes what readers get, in packets:
the two paragraphs in an order of chance, without score, stratum, outlet or date.

Pairs are drawn by score band, length of the shorter side, and whether one outlet or two wrote them;
pairs that score less but share a run of words are drawn by the length of that run. Equal keys are left
out: nobody has to read them. A story is a component of articles that share paragraphs (or drawn pairs);
at most PER_STORY pairs come from one, and the halves are split by story.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import dedup
from dedup.model import Document, Paragraph
from dedup.read import read
from dedup.settings import Settings
from dedup.text.normalize import loose_key
from dedup.text.segment import paragraph_of, segment

SEED = 20261124
FLOOR = 0.55
BANDS = (0.55, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95)
LENGTHS = (8, 15, 25, 50)
RUNS = (8, 12, 20)
RUN_WORDS, RUN_PLACES, RUN_FLOOR = 8, 12, 0.65
PER_CELL = {("score", "two"): 13, ("score", "one"): 8, ("run", "two"): 38, ("run", "one"): 16}
"""Pairs of a cell. Two outlets: there a story is reworded; one outlet: there formulas recur."""
PER_STORY = 4
STORY_SCORE, STORY_WORDS = 0.80, 15
PACKETS = 4


@dataclass(frozen=True)
class Drawn:
    """One pair, the later paragraph first, and the cell it was drawn for."""

    a: Paragraph
    b: Paragraph
    stratum: str

    @property
    def ids(self) -> tuple[str, str]:
        """Both ids, ``document:paragraph``."""
        return f"{self.a.doc}:{self.a.paragraph}", f"{self.b.doc}:{self.b.paragraph}"


class Stories:
    """Join articles to stories: union-find over their ids."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def of(self, article: str) -> str:
        """Return the article that stands for the story of one."""
        while (parent := self._parent.get(article, article)) != article:
            article = parent
        return article

    def join(self, first: str, second: str) -> None:
        """Take two articles for one story."""
        low, high = sorted((self.of(first), self.of(second)))
        self._parent[high] = low


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--texts", type=Path, help="write the readers' packets here")
    options = parser.parse_args()
    outlets = outlets_of(options.path)
    drawn, stories = _drawn(options.path, outlets)
    halves = _halves(drawn, stories)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("pair", "a", "b", "stratum", "story", "half"))
    for number, pair in enumerate(drawn, 1):
        story = stories.of(pair.a.doc)
        writer.writerow((number, *pair.ids, pair.stratum, story, halves[story]))
    if options.texts:
        _write_packets(drawn, options.texts)
    return 0


def outlets_of(path: Path) -> dict[str, str]:
    import gzip

    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {row["id"]: row["outlet"] for row in map(json.loads, lines)}


def _drawn(path: Path, outlets: dict[str, str]) -> tuple[list[Drawn], Stories]:
    generator = random.Random(SEED)
    report = dedup.scan(path, rewritten_threshold=FLOOR, token_threshold=0.0, level="rewritten")
    scored = [match for match in report.matches if match.kind in ("near", "rewritten")]
    stories = Stories()
    for match in report.matches:
        if match.score >= STORY_SCORE and min(match.a.words, match.b.words) >= STORY_WORDS:
            stories.join(match.a.doc, match.b.doc)
    cells: dict[tuple[str, str, str], list[tuple[Paragraph, Paragraph]]] = defaultdict(list)
    for match in scored:
        band = max(low for low in BANDS if low <= match.score)
        length = max(low for low in LENGTHS if low <= min(match.a.words, match.b.words))
        cells["score", outlets_of_both(match.a, match.b, outlets), f"{band:.2f}/{length}"].append((match.a, match.b))
    known = {(match.a.order, match.b.order) for match in scored if match.score >= RUN_FLOOR}
    for a, b, run in shared_runs(path, known, generator):
        cells["run", outlets_of_both(a, b, outlets), str(max(low for low in RUNS if low <= run))].append((a, b))
    taken: Counter[str] = Counter()
    drawn = []
    for (kind, crossing, cell), pairs in sorted(cells.items(), key=lambda item: item[0]):
        found = 0
        for a, b in generator.sample(pairs, len(pairs)):
            if found == PER_CELL[kind, crossing]:
                break
            if taken[stories.of(a.doc)] >= PER_STORY or taken[stories.of(b.doc)] >= PER_STORY:
                continue
            stories_joined = taken.pop(stories.of(a.doc), 0) + taken.pop(stories.of(b.doc), 0)
            stories.join(a.doc, b.doc)
            taken[stories.of(a.doc)] += stories_joined + 1
            drawn.append(Drawn(a, b, f"{kind}/{crossing}/{cell}"))
            found += 1
    generator.shuffle(drawn)
    return drawn, stories


def outlets_of_both(a: Paragraph, b: Paragraph, outlets: dict[str, str]) -> str:
    return "one" if outlets[a.doc] == outlets[b.doc] else "two"


def shared_runs(
    path: Path, known: set[tuple[int, int]], generator: random.Random
) -> Iterator[tuple[Paragraph, Paragraph, int]]:
    """Yield pairs of different articles that share RUN_WORDS words in a row, with their longest such run."""
    found, words = [], []
    for document in read(path, Settings()):
        if isinstance(document, Document):
            for piece in segment(document):
                found.append(paragraph_of(document, piece))
                words.append(loose_key(piece.text).split())
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for order, tokens in enumerate(words):
        for i in range(len(tokens) - RUN_WORDS + 1):
            standing = places[tuple(tokens[i : i + RUN_WORDS])]
            if not standing or standing[-1] != order:
                standing.append(order)
    pairs = {
        (later, earlier)
        for standing in places.values()
        if 2 <= len(standing) <= RUN_PLACES
        for i, later in enumerate(standing)
        for earlier in standing[:i]
        if found[later].doc != found[earlier].doc and (later, earlier) not in known and words[later] != words[earlier]
    }
    for later, earlier in generator.sample(sorted(pairs), min(len(pairs), 4_000)):
        matcher = SequenceMatcher(None, words[later], words[earlier], autojunk=False)
        yield found[later], found[earlier], matcher.find_longest_match().size


def _halves(drawn: list[Drawn], stories: Stories) -> dict[str, str]:
    """Return the half of each story, by its name: no pair of a story is in two halves."""
    names = {stories.of(pair.a.doc) for pair in drawn}
    return {name: ("tune", "test")[hashlib.blake2b(name.encode(), digest_size=1).digest()[0] % 2] for name in names}


def _write_packets(drawn: list[Drawn], folder: Path) -> None:
    generator = random.Random(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    size = -(-len(drawn) // PACKETS)
    for packet in range(PACKETS):
        with open(folder / f"packet-{packet + 1}.txt", "w", encoding="utf-8") as file:
            for number, pair in list(enumerate(drawn, 1))[packet * size : (packet + 1) * size]:
                sides = [pair.a.text, pair.b.text]
                generator.shuffle(sides)
                file.write(f"### {number}\n1: {one_line(sides[0])}\n2: {one_line(sides[1])}\n\n")


def one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(main())
