"""How right the kinds are: labelled pairs against what is found; annotated passages by PAN's measures."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.detect import explain
from dedup.errors import ReadError
from dedup.labels import CLASS_OF, CLASSES, Labelled, read_labels
from dedup.model import Document, Explanation, Problem, cut
from dedup.read import read
from dedup.settings import Settings, make_settings
from dedup.text.segment import segment

RESAMPLES, CONFIDENCE = 1_000, 0.95
"""Bootstrap: samples drawn of the pairs, and the share of them inside an interval."""
BINS = 20
SWEEP = tuple(step / 100 for step in range(50, 101))
"""Thresholds that are tried."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled pair with what is found: `wanted` and `found` are of CLASSES."""

    pair: Labelled
    wanted: str
    found: str
    explanation: Explanation

    @property
    def score(self) -> float:
        """The score of the pair."""
        return self.explanation.similarity.score


@dataclass(frozen=True, slots=True)
class Measure:
    """Precision, recall and F1 of a class, with the interval of F1; `support` pairs are labelled so."""

    name: str
    support: int
    precision: float
    recall: float
    f1: float
    interval: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "class": self.name,
            "support": self.support,
            "precision": cut(self.precision),
            "recall": cut(self.recall),
            "f1": cut(self.f1),
            "f1_interval": [cut(edge) for edge in self.interval],
        }


@dataclass(frozen=True)
class Evaluation:
    """What is right and wrong on labelled pairs; disputed ones are `apart`.

    `notices` say what was done to the file of labels, as a guess of its encoding.
    """

    judged: tuple[Judged, ...]
    apart: tuple[Judged, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Of each class that is labelled or found."""
        pairs = [(j.wanted, j.found) for j in self.judged]
        used = {name for pair in pairs for name in pair}
        return tuple(_measure(name, pairs) for name in CLASSES if name in used)

    @property
    def confusion(self) -> Counter[tuple[str, str]]:
        """(label, kind or `none`) -> pairs."""
        return Counter((j.pair.label, j.explanation.similarity.kind or "none") for j in self.judged)

    @property
    def wrong(self) -> tuple[Judged, ...]:
        """The pairs in which label and kind differ, in the order of the labels' file."""
        return tuple(j for j in self.judged if j.wanted != j.found)

    @property
    def histogram(self) -> dict[str, list[int]]:
        """Class -> pairs in each of BINS bands of the score, from 0 to 1."""
        found = {name: [0] * BINS for name in CLASSES}
        for j in self.judged:
            found[j.wanted][min(BINS - 1, int(j.score * BINS))] += 1
        return {name: counts for name, counts in found.items() if any(counts)}

    @property
    def sweep(self) -> tuple[tuple[float, float, float, float], ...]:
        """(threshold, precision, recall, F1) of `repeat` if the score alone decided."""
        rows = []
        for threshold in SWEEP:
            pairs = [(j.wanted == "repeat", j.score >= threshold) for j in self.judged]
            rows.append((threshold, *_rates(pairs)))
        return tuple(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; of the texts, nothing."""
        return {
            "pairs": len(self.judged),
            "disputed": len(self.apart),
            "measures": [measure.to_dict() for measure in self.measures],
            "confusion": [{"label": w, "kind": f, "pairs": n} for (w, f), n in sorted(self.confusion.items())],
            "histogram": self.histogram,
            "sweep": [[cut(value) for value in row] for row in self.sweep],
            "wrong": [
                {
                    "pair": j.pair.name,
                    "label": j.pair.label,
                    "kind": j.explanation.similarity.kind,
                    "score": cut(j.score),
                }
                for j in self.wrong
            ],
        }


def evaluate(
    labels: Path,
    corpus: Path | None = None,
    *,
    where: Mapping[str, str] | None = None,
    least_words: int = 0,
    settings: Settings | None = None,
    **overrides: Any,
) -> Evaluation:
    """Return how right the kinds are that `explain` gives to labelled pairs.

    Args:
        labels: CSV with a header, or JSON lines: `a`, `b`, `label`, perhaps `pair` (a name) and `second` (another
            reader's label).
        corpus: where `a` and `b` are found, which are then ``document:paragraph``; without it they are the texts.
        where: column -> the value that a row must have to count.
        least_words: words that the shorter side must have for a pair to count.
        settings: the knobs; the defaults where none are given.
        **overrides: single knobs.

    Raises:
        ReadError: a file cannot be read, lacks a column, or has a label that is none of LABELS; no pair is asked
            for; an id is not in the corpus.
    """
    chosen = make_settings(settings, overrides)
    read = read_labels(labels, where or {})
    texts = _Texts(corpus, {side for pair in read.pairs for side in (pair.a, pair.b)}, chosen)
    judged = [_judge(pair, texts, chosen) for pair in read.pairs]
    judged = [each for each in judged if min(each.explanation.words) >= least_words]
    if not judged:
        raise ReadError(str(labels), f"no pair has {least_words:,} words on each side", "ask for fewer words")
    undisputed = tuple(each for each in judged if not each.pair.is_disputed)
    return Evaluation(undisputed, tuple(each for each in judged if each.pair.is_disputed), read.notices)


class _Texts:
    """Know the text of each side of the pairs: itself, or what its id names in a corpus."""

    def __init__(self, corpus: Path | None, ids: Collection[str], settings: Settings) -> None:
        self._corpus = corpus
        self._texts = {} if corpus is None else _texts_of(corpus, ids, settings)

    def __call__(self, side: str) -> str:
        if self._corpus is None:
            return side
        if side not in self._texts:
            raise ReadError(str(self._corpus), f"has no paragraph {side}", "ids are document:paragraph")
        return self._texts[side]


def _texts_of(corpus: Path, ids: Collection[str], settings: Settings) -> dict[str, str]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for name in ids:
        document, _, number = name.rpartition(":")
        wanted[document].add(number)
    texts = {}
    for item in read(corpus, settings):
        if isinstance(item, Problem):
            raise ReadError(item.place, item.finding, item.remedy)
        if isinstance(item, Document) and item.id in wanted:
            for piece in segment(item, settings.paragraphs, settings.max_paragraph_chars):
                if str(piece.number) in wanted[item.id]:
                    texts[f"{item.id}:{piece.number}"] = piece.text
    return texts


def _judge(pair: Labelled, texts: _Texts, settings: Settings) -> Judged:
    found = explain(texts(pair.a), texts(pair.b), within=pair.within, settings=settings)
    kind = found.similarity.kind
    return Judged(pair, CLASS_OF[pair.label], CLASS_OF[kind] if kind else "none", found)


# --- figures --------------------------------------------------------------------------------------


def _measure(name: str, pairs: Sequence[tuple[str, str]]) -> Measure:
    sides = [(wanted == name, found == name) for wanted, found in pairs]
    precision, recall, f1 = _rates(sides)
    return Measure(name, sum(wanted for wanted, _ in sides), precision, recall, f1, _interval(sides))


def _rates(sides: Iterable[tuple[bool, bool]]) -> tuple[float, float, float]:
    counts = Counter(sides)
    return _rates_of(counts[True, True], counts[False, True], counts[True, False])


def _rates_of(right: int, too_many: int, missed: int) -> tuple[float, float, float]:
    precision = right / (right + too_many) if right + too_many else 0.0
    recall = right / (right + missed) if right + missed else 0.0
    return precision, recall, 2 * right / (2 * right + too_many + missed) if right + too_many + missed else 0.0


def _interval(sides: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    """Return the interval of F1 over samples of the pairs, drawn with replacement; the same each time."""
    draw = random.Random(0)
    found = sorted(_rates(draw.choices(sides, k=len(sides)))[2] for _ in range(RESAMPLES))
    edge = int(RESAMPLES * (1 - CONFIDENCE) / 2)
    return found[edge], found[-1 - edge]


# --- passages -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage in two documents: [start, end) in code points of each; `a` is what repeats."""

    a: str
    a_start: int
    a_end: int
    b: str
    b_start: int
    b_end: int


@dataclass(frozen=True, slots=True)
class Plagdet:
    """PAN's measures of passages (Potthast et al. 2010), macro-averaged over cases and detections."""

    precision: float
    recall: float
    granularity: float

    @property
    def plagdet(self) -> float:
        """F1 divided by the binary logarithm of one and the granularity."""
        both = self.precision + self.recall
        f1 = 2 * self.precision * self.recall / both if both else 0.0
        return f1 / math.log2(1 + self.granularity)

    def to_dict(self) -> dict[str, float]:
        """Return plain values."""
        values = {"plagdet": self.plagdet, "precision": self.precision, "recall": self.recall}
        return {**{name: cut(value) for name, value in values.items()}, "granularity": round(self.granularity, 4)}


def plagdet(cases: Sequence[Passage], detections: Sequence[Passage]) -> Plagdet:
    """Return how well `detections` cover the annotated `cases`.

    A detection covers of a case the characters of both documents that both have, and only where it overlaps
    the case in both. `O((cases + detections) * overlaps)`.
    """
    touching = list(_touching(cases, detections))
    of_case: dict[int, list[Passage]] = defaultdict(list)
    of_detection: dict[int, list[Passage]] = defaultdict(list)
    for case, detection in touching:
        of_case[case].append(detections[detection])
        of_detection[detection].append(cases[case])
    recall = _mean(_covered(case, of_case[i]) for i, case in enumerate(cases))
    precision = _mean(_covered(detection, of_detection[i]) for i, detection in enumerate(detections))
    found = [len(each) for each in of_case.values() if each]
    return Plagdet(precision, recall, sum(found) / len(found) if found else 1.0)


def _touching(cases: Sequence[Passage], detections: Sequence[Passage]) -> Iterator[tuple[int, int]]:
    by_documents: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, detection in enumerate(detections):
        by_documents[detection.a, detection.b].append(i)
    for i, case in enumerate(cases):
        for j in by_documents[case.a, case.b]:
            other = detections[j]
            in_a = min(case.a_end, other.a_end) > max(case.a_start, other.a_start)
            if in_a and min(case.b_end, other.b_end) > max(case.b_start, other.b_start):
                yield i, j


def _covered(passage: Passage, by: Sequence[Passage]) -> float:
    in_a = _overlap(passage.a_start, passage.a_end, [(p.a_start, p.a_end) for p in by])
    in_b = _overlap(passage.b_start, passage.b_end, [(p.b_start, p.b_end) for p in by])
    whole = passage.a_end - passage.a_start + passage.b_end - passage.b_start
    return (in_a + in_b) / whole if whole else 0.0


def _overlap(start: int, end: int, stretches: Iterable[tuple[int, int]]) -> int:
    """Return how many of [start, end) are in any of the stretches."""
    covered, done = 0, start
    for low, high in sorted(stretches):
        low, high = max(low, done), min(high, end)
        if low < high:
            covered += high - low
            done = high
    return covered


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0
