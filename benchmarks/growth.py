"""How time, memory and recall grow with the input, to ten million synthetic paragraphs.

    python -m benchmarks.growth [10000 100000 1000000] [--memory 8GB] [--copies] [--json OUT]

Each size runs in a process of its own, which streams the texts of `generator.py` into `dedup.scan`. The
time that making the texts takes is measured and left out. Recall is that of the planted twins, by their
true score: every twin that was not found is scored here. `--copies` compares a million copies of one
paragraph among 100,000 others with 1,100,000 distinct ones. Fails when a twin was reported with another
score than its own, or when an answer is not whole.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dedup
from benchmarks.generator import Generator
from dedup.match.confirm import score
from dedup.text.normalize import loose_key

SIZES = (10_000, 100_000, 1_000_000)
CHECKED = 2_000
"""Found twins whose reported score is computed again."""
COPIES, OTHERS = 1_000_000, 100_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--memory", default="8GB")
    parser.add_argument("--copies", action="store_true")
    parser.add_argument("--json", type=Path, help="write the figures to a file")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, size = options.child.split(":")
        print(json.dumps(measured(kind, int(size), options.memory)))
        return 0
    jobs = ["copies:0", "distinct:0"] if options.copies else [f"twins:{size}" for size in options.sizes]
    runs = [child(job, options.memory) for job in jobs]
    if options.json:
        options.json.write_text(json.dumps(runs, indent=2) + "\n", "utf-8")
    return 1 if any(run["wrong"] for run in runs) else 0


def child(job: str, memory: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.growth", "--memory", memory, "--child", job]
    run: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    print(
        f"{job}: {run['paragraphs']:,} paragraphs in {run['seconds']:.1f} s, {run['microseconds']:.1f} us each, "
        f"peak {run['peak_mb']:,} MB; {run['plan']}, {run['findings']:,} findings, {run['wrong']} wrong"
    )
    print("  stages, seconds: " + ", ".join(f"{name} {spent:.1f}" for name, spent in run["stages"].items()))
    for band, (found, planted) in run["recall"].items():
        print(f"  planted, score from {band}: {found:,} of {planted:,} = {found / planted:.4f}")
    return run


class Timed:
    """Measure the stages of a run, and the time that its input takes to make."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self.making = 0.0

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Any]:  # noqa: ARG002
        """Time a stage."""
        began = time.perf_counter()
        yield lambda _: None
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - began

    def tell(self, message: str) -> None:
        """Nobody reads it."""

    def made(self, texts: Iterable[str]) -> Iterator[str]:
        """Yield `texts`, and time how long each takes to come."""
        stream = iter(texts)
        while True:
            began = time.perf_counter()
            text = next(stream, None)
            self.making += time.perf_counter() - began
            if text is None:
                return
            yield text


def measured(kind: str, size: int, memory: str) -> dict[str, Any]:
    """Run one job in this process and return its figures."""
    dedup.scan(Generator().paragraphs(2_000))  # loads the kernels
    generator, timed = Generator(), Timed()
    began = time.perf_counter()
    report = dedup.scan(timed.made(texts_of(kind, size, generator)), memory=memory, progress=timed)
    spent = time.perf_counter() - began - timed.making
    timed.stages["read"] -= timed.making
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    parameters = report.generator.parameters
    recall, wrong = twins(generator, size, report) if kind == "twins" else ({}, 0)
    return {
        "job": kind,
        "paragraphs": report.counts.paragraphs,
        "seconds": round(spent, 2),
        "microseconds": round(1e6 * spent / report.counts.paragraphs, 2),
        "peak_mb": peak // 1_000,
        "memory": memory,
        "plan": f"{parameters['bands']} x {parameters['rows']}" if parameters else report.generator.name,
        "expected_recall": dict(report.generator.recall),
        "candidates": report.generator.candidates,
        "findings": len(report.matches),
        "stages": {name: round(seconds, 2) for name, seconds in timed.stages.items()},
        "recall": recall,
        "wrong": wrong,
    }


def texts_of(kind: str, size: int, generator: Generator) -> Iterator[str]:
    if kind == "twins":
        return generator.texts(size)
    if kind == "distinct":
        return generator.texts(COPIES + OTHERS)
    return with_copies(generator)


def with_copies(generator: Generator) -> Iterator[str]:
    stream = generator.texts(OTHERS)
    copied = next(stream)
    yield copied
    for text in stream:
        yield text
        for _ in range(COPIES // OTHERS):
            yield copied


def twins(generator: Generator, size: int, report: dedup.Report) -> tuple[dict[str, tuple[int, int]], int]:
    """Return found and planted twins by the lower edge of their score, and how many scores were wrong."""
    found = {(int(p.b.doc) - 1, int(p.a.doc) - 1): p.score for p in (*report.pairs, *report.matches)}
    planted = list(zip(*(places.tolist() for places in generator.planted), strict=True))
    checked = [pair for pair in planted if pair in found][:CHECKED]
    missed = [pair for pair in planted if pair not in found]
    wanted = {place for pair in (*missed, *checked) for place in pair}
    keys = {i: loose_key(text) for i, text in enumerate(Generator().texts(size)) if i in wanted}
    true = {(a, b): score(keys[a], keys[b]) for a, b in (*missed, *checked)}
    wrong = sum(true[pair] != found[pair] for pair in checked)
    total: Counter[int] = Counter()
    hit: Counter[int] = Counter()
    for pair in planted:
        band = min(19, int(20 * (found[pair] if pair in found else true[pair]) + 1e-9))
        total[band] += 1
        hit[band] += pair in found
    return {f"{band / 20:.2f}": (hit[band], total[band]) for band in sorted(total) if band >= 14}, wrong


if __name__ == "__main__":
    sys.exit(main())
