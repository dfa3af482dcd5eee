"""Fit the weights of `dedup/match/formula.py` to labelled pairs, and say how right the kinds are with them.

    python -m benchmarks.fitting NEWS.jsonl.gz

Learns from the tuning half of `labels/labels.csv`, on which both readers agree, and from `labels/training.csv`;
never from the test half. Needs scikit-learn, which nothing else here does: what it finds is rounded and written
down. Cross-validated in FOLDS parts by story, SEEDS times; pairs that the rules take for a formula stay one.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import dedup
from benchmarks.labels.sample import Stories
from dedup import pair
from dedup.evaluate import _Texts
from dedup.labels import CLASS_OF, CLASSES
from dedup.match import explain
from dedup.match.formula import MOST_AGREEMENT, NEEDED, WEIGHTS
from dedup.match.sides import Side
from dedup.settings import make_settings
from dedup.text.normalize import make_key
from dedup.text.tokens import tokens, word_count

LABELS = Path(__file__).parent / "labels"
LEAST_WORDS = 15
FOLDS, SEEDS = 8, 5
STRENGTH = 1.0
"""Inverse of the strength of the regularisation."""


class Pair(NamedTuple):
    """A labelled pair: what it is, what the rules alone make of it, and the signs that are weighed."""

    source: str
    story: str
    wanted: str
    found: str
    signs: tuple[float, ...]
    may_be_weighed: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    pairs = list(_pairs(parser.parse_args().path))
    x, y = np.array([p.signs for p in pairs]), np.array([p.wanted == "template" for p in pairs])
    learnt = np.array([p.may_be_weighed or p.found == "template" for p in pairs])
    weights, bias = _fitted(x[learnt], y[learnt])
    print("fitted:", *(f"{weight:.2f}" for weight in weights), f"needed {-bias:.2f}")
    print("in use:", *(f"{weight:.2f}" for weight in WEIGHTS), f"needed {NEEDED:.2f}")
    for source in sorted({p.source for p in pairs}):
        chosen = np.array([p.source == source for p in pairs])
        _tell(f"{source}: rules alone", [pairs], chosen, [np.zeros(len(pairs), bool)])
        _tell(
            f"{source}: weighed, cross-validated",
            [pairs],
            chosen,
            [_held_out(x, y, learnt, pairs, s) for s in range(SEEDS)],
        )
        _tell(f"{source}: weighed, as in use", [pairs], chosen, [x @ WEIGHTS >= NEEDED])
    return 0


def _tell(name: str, pairs: Sequence[list[Pair]], chosen: np.ndarray, weighed: Sequence[np.ndarray]) -> None:
    """Print precision, recall and F1 of templates and the F1 of each other class, the mean of all runs."""
    runs = []
    for taken in weighed:
        found = ["template" if t and p.may_be_weighed else p.found for t, p in zip(taken, pairs[0], strict=True)]
        told = [(p.wanted, f) for p, f, c in zip(pairs[0], found, chosen, strict=True) if c]
        rates = {kind: _rates(told, kind) for kind in CLASSES}
        runs.append((*rates["template"], *(rates[kind][2] for kind in CLASSES if kind != "template")))
    means = np.mean(runs, axis=0)
    others = ", ".join(f"{k} {v:.3f}" for k, v in zip([k for k in CLASSES if k != "template"], means[3:], strict=True))
    print(f"{name}: template {means[0]:.3f} {means[1]:.3f} F1 {means[2]:.3f}; F1 of {others}")


def _rates(told: Iterable[tuple[str, str]], kind: str) -> tuple[float, float, float]:
    told = list(told)
    right = sum(wanted == found == kind for wanted, found in told)
    wanted, found = (sum(each[i] == kind for each in told) for i in (0, 1))
    return right / max(1, found), right / max(1, wanted), 2 * right / max(1, wanted + found)


def _fitted(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the weight of each sign, as it is measured, and the bias."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000)).fit(x, y)
    weights = model[1].coef_[0] / model[0].scale_
    return weights, float(model[1].intercept_[0] - weights @ model[0].mean_)


def _held_out(x: np.ndarray, y: np.ndarray, learnt: np.ndarray, pairs: list[Pair], seed: int) -> np.ndarray:
    """Return which pairs are taken for a formula by weights that were fitted without their story."""
    taken = np.zeros(len(y), bool)
    parts = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for known, held in parts.split(x, y, [p.story for p in pairs]):
        rows = known[learnt[known]]
        weights, bias = _fitted(x[rows], y[rows])
        taken[held] = x[held] @ weights + bias >= 0
    return taken


def _pairs(path: Path) -> Iterable[Pair]:
    settings = make_settings(None, {})
    rows = [*_rows()]
    texts = _Texts(path, {row[side] for row in rows for side in "ab"}, settings)
    stories = Stories()
    for row in rows:
        for article in (row["story"], row["b"].rpartition(":")[0]):
            stories.join(row["a"].rpartition(":")[0], article)
    for row in rows:
        a, b = texts(row["a"]), texts(row["b"])
        keys = [make_key(text, settings.normalize) for text in (a, b)]
        if min(map(word_count, keys)) >= LEAST_WORDS:
            compared = explain._compared(*(Side(tokens(key)) for key in keys))  # noqa: SLF001
            within = row["a"].rpartition(":")[0] == row["b"].rpartition(":")[0]
            alike = dedup.similarity(a, b).score >= pair.FORMULA_FLOOR and compared.agreement < MOST_AGREEMENT
            kind = _by_rules(a, b, within)
            yield Pair(
                row["source"], stories.of(row["a"].rpartition(":")[0]), CLASS_OF[row["label"]], kind,
                compared.signs().measured, alike,
            )  # fmt: skip


def _by_rules(a: str, b: str, within: bool) -> str:
    """Return the class of a pair to which no signs are weighed."""
    limit = explain.MOST_AGREEMENT
    explain.MOST_AGREEMENT = -1.0
    try:
        return CLASS_OF[dedup.explain(a, b, within=within).similarity.kind or "none"]
    finally:
        explain.MOST_AGREEMENT = limit


def _rows() -> Iterable[dict[str, str]]:
    with open(LABELS / "pairs.csv", encoding="utf-8") as file:
        stories = {row["pair"]: row["story"] for row in csv.DictReader(file)}
    with open(LABELS / "labels.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["half"] == "tune" and row["label"] == row["second"]:
                yield {**row, "source": "tuning half", "story": stories[row["pair"]]}
    with open(LABELS / "training.csv", encoding="utf-8") as file:
        yield from ({**row, "source": "training"} for row in csv.DictReader(file))


if __name__ == "__main__":
    sys.exit(main())
