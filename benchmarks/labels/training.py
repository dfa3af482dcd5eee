"""Draw more pairs of news paragraphs, to learn from: none of an article that the frozen sample knows.

    python -m benchmarks.labels.training NEWS.jsonl.gz [--texts FOLDER]

Prints the drawn pairs as ids; `--texts` also writes what the reader gets, in packets: the two paragraphs in
an order of chance, without score, stratum, outlet or date.

As `sample.py` draws, but only paragraphs of LEAST_WORDS to MOST_WORDS, more of the scores at which templates
stand, and fewer of those at which nearly all are copies. Left out are the articles of the frozen sample, and
those that share a paragraph with one of them. All that repetition joins at any remove would leave 30 pairs of
one outlet above 0.75: formulas join half of the news to one component. A story is here what paragraphs of
STORY_WORDS join that no formula explains.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import dedup
from benchmarks.labels import sample
from benchmarks.labels.sample import Drawn, Stories
from dedup.model import Pair, Paragraph
from dedup.text.normalize import loose_key
from dedup.text.tokens import word_count

SEED = 20261125
LEAST_WORDS, MOST_WORDS = 15, 110
STORY_WORDS, STORY_SCORE = 25, 0.90
LENGTHS = (15, 25, 50)
PER_BAND = {
    0.55: (24, 7),
    0.65: (20, 7),
    0.70: (24, 7),
    0.75: (20, 7),
    0.80: (20, 7),
    0.85: (9, 4),
    0.90: (3, 2),
    0.95: (1, 1),
}
"""Pairs of a cell, by the lower edge of its score: of one outlet, and of two."""
PER_RUN = 7
PER_STORY, PER_ARTICLE = 6, 4
PACKET = 50
PAIRS = Path(__file__).with_name("pairs.csv")

Cells = dict[tuple[str, str, str], list[tuple[Paragraph, Paragraph]]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--texts", type=Path, help="write the reader's packets here")
    options = parser.parse_args()
    generator = random.Random(SEED)
    report = dedup.scan(options.path, rewritten_threshold=sample.FLOOR, token_threshold=0.0, level="rewritten")
    alike = _alike(report)
    cells = _cells(options.path, report.pairs, _left_out(alike), generator)
    stories = _stories(alike)
    drawn = _drawn(cells, stories, generator)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("pair", "a", "b", "stratum", "story"))
    for number, pair in enumerate(drawn, 1):
        writer.writerow((number, *pair.ids, pair.stratum, stories.of(pair.a.doc)))
    if options.texts:
        _write_packets(drawn, options.texts)
    return 0


class Alike(NamedTuple):
    """Two articles that share a paragraph, how alike both forms of it are, and the words of the shorter."""

    a: str
    b: str
    score: float
    words: int


def _alike(report: dedup.Report) -> list[Alike]:
    """Return what is alike by the score alone: the sample must not hang on what decides on kinds."""
    found = [(match.a, match.b, 1.0) for match in report.matches if match.kind in ("exact", "normalized")]
    found += [(pair.a, pair.b, pair.score) for pair in report.pairs]
    return [Alike(a.doc, b.doc, score, min(a.words, b.words)) for a, b, score in found]


def _left_out(alike: list[Alike]) -> set[str]:
    """Return the articles of the frozen sample, and those that share a paragraph with one of them."""
    with open(PAIRS, encoding="utf-8") as file:
        frozen = {row[side].rpartition(":")[0] for row in csv.DictReader(file) for side in "ab"}
    pairs = {(a, b) for a, b, score, words in alike if score >= sample.STORY_SCORE and words >= sample.STORY_WORDS}
    return frozen | {doc for pair in pairs if not frozen.isdisjoint(pair) for doc in pair}


def _stories(alike: list[Alike]) -> Stories:
    stories = Stories()
    for a, b, score, words in alike:
        if score >= STORY_SCORE and words >= STORY_WORDS:
            stories.join(a, b)
    return stories


def _cells(path: Path, pairs: Iterable[Pair], left_out: set[str], generator: random.Random) -> Cells:
    outlets = sample.outlets_of(path)
    cells: Cells = defaultdict(list)

    def offer(a: Paragraph, b: Paragraph, kind: str, cell: str) -> None:
        least, most = sorted(map(_words, (a, b)))
        if least >= LEAST_WORDS and most <= MOST_WORDS and left_out.isdisjoint((a.doc, b.doc)):
            length = max(low for low in LENGTHS if low <= least)
            name = f"{cell}/{length}" if kind == "score" else cell
            cells[kind, sample.outlets_of_both(a, b, outlets), name].append((a, b))

    scored = [pair for pair in pairs if sample.FLOOR <= pair.score < 1]
    for pair in scored:
        offer(pair.a, pair.b, "score", f"{max(low for low in PER_BAND if low <= pair.score):.2f}")
    known = {(pair.a.order, pair.b.order) for pair in scored if pair.score >= sample.RUN_FLOOR}
    for a, b, run in sample.shared_runs(path, known, generator):
        offer(a, b, "run", str(max(low for low in sample.RUNS if low <= run)))
    return cells


def _drawn(cells: Cells, stories: Stories, generator: random.Random) -> list[Drawn]:
    """Return pairs of each cell in an order of chance, few of a story or an article; joins the stories of a pair."""
    of_story, of_article = Counter[str](), Counter[str]()
    drawn = []
    for (kind, crossing, cell), pairs in sorted(cells.items()):
        per_band = PER_BAND[float(cell.split("/")[0])] if kind == "score" else (PER_RUN, PER_RUN)
        left = per_band[crossing == "two"]
        for a, b in generator.sample(pairs, len(pairs)):
            full = max(
                of_story[stories.of(each.doc)] >= PER_STORY or of_article[each.doc] >= PER_ARTICLE for each in (a, b)
            )
            if left and not full:
                joined = of_story.pop(stories.of(a.doc), 0) + of_story.pop(stories.of(b.doc), 0)
                stories.join(a.doc, b.doc)
                of_story[stories.of(a.doc)] = joined + 1
                of_article.update((a.doc, b.doc))
                drawn.append(Drawn(a, b, f"{kind}/{crossing}/{cell}"))
                left -= 1
    generator.shuffle(drawn)
    return drawn


def _words(paragraph: Paragraph) -> int:
    return word_count(loose_key(paragraph.text))


def _write_packets(drawn: list[Drawn], folder: Path) -> None:
    generator = random.Random(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    for low in range(0, len(drawn), PACKET):
        with open(folder / f"packet-{low // PACKET + 1}.txt", "w", encoding="utf-8") as file:
            for number, pair in enumerate(drawn[low : low + PACKET], low + 1):
                sides = [pair.a.text, pair.b.text]
                generator.shuffle(sides)
                file.write(f"### {number}\n1: {sample.one_line(sides[0])}\n2: {sample.one_line(sides[1])}\n\n")


if __name__ == "__main__":
    sys.exit(main())
