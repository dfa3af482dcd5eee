"""Recall of banding against all pairs, on real paragraphs.

    python -m benchmarks.quality NEWS.jsonl.gz [--size 4000] [--seed N] [--truth FILE] [--update]
    python -m benchmarks.quality NEWS.jsonl.gz --jaccard --size 8000

A whole scan (`dedup.scan`) against every pair of keys, which takes four minutes for 14,000 of them;
`--truth` keeps those pairs in a file. Every pair of the scan is checked to have the score it says. Fails
when a recall falls below its floor; `--update` raises the floors and refuses to lower one.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from pathlib import Path

import dedup
from benchmarks.corpus import digest, exhaustive, sample
from dedup.match.confirm import all_pairs, score
from dedup.text.normalize import loose_key

FLOORS = Path(__file__).with_name("floors.json")
BANDS = ((0.70, 0.75), (0.75, 0.80), (0.80, 0.85), (0.85, 0.90), (0.90, 0.95), (0.95, 1.01))
ASKED = {"0.70": 0.85, "0.75": 0.95, "0.80": 0.99, "0.85": 0.99, "0.90": 0.99, "0.95": 0.99}
QUANTILES = tuple(q / 100 for q in range(5, 100, 10))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--size", type=int, default=4_000)
    parser.add_argument("--seed", type=int, help="draw at random; without it, the first paragraphs")
    parser.add_argument("--truth", type=Path, help="keep the exhaustive pairs here")
    parser.add_argument("--update", action="store_true", help="raise the floors to what was reached")
    parser.add_argument("--jaccard", action="store_true", help="print the Jaccard similarity at each score band")
    options = parser.parse_args()
    texts = sample(options.path, options.size, options.seed)
    if options.jaccard:
        return print_jaccards([loose_key(text) for text in texts])
    return check_recall(texts, options)


def check_recall(texts: list[str], options: argparse.Namespace) -> int:
    keys = [loose_key(text) for text in texts]
    truth = exhaustive(keys, 0.70, options.truth)
    started = time.perf_counter()
    banded = dedup.scan(texts, generator="banding")
    print(f"{platform.machine()}, Python {platform.python_version()}; banding {time.perf_counter() - started:.1f} s")
    # Every pair by its score: the token score of `rewritten` would hide pairs that banding owes.
    found = {(pair.b.order, pair.a.order): pair.score for pair in banded.pairs}
    wrong = [pair for pair, likeness in found.items() if score(keys[pair[0]], keys[pair[1]]) != likeness]
    if wrong:
        print(f"WRONG SCORES: {wrong[:5]}")
        return 1
    parameters = banded.generator.parameters
    print(f"{len(texts):,} paragraphs, digest {digest(texts)}, {len(truth):,} pairs from 0.70")
    print(
        f"{parameters['bands']} x {parameters['rows']}, filter {parameters['min_agreement']:.3f}: "
        f"{banded.generator.candidates:,} candidates, every reported score checked"
    )
    reached = {}
    for low, high in BANDS:
        pairs = [(a, b) for a, b, likeness in truth if low <= likeness < high]
        hit = sum(1 for pair in pairs if pair in found)
        name = f"{low:.2f}"
        reached[name] = hit / len(pairs) if pairs else 1.0
        expected = banded.generator.recall.get(name, float("nan"))
        share = f"{hit:>5} of {len(pairs):>5} = {reached[name]:.4f}"
        print(f"  {low:.2f}-{min(high, 1):.2f}: {share} (expected {expected:.4f}, asked {ASKED[name]:.2f})")
    return compare_floors(f"{digest(texts)}", reached, options.update)


def compare_floors(name: str, reached: dict[str, float], update: bool) -> int:
    floors = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    pinned = floors.get(name, {})
    least = {band: max(pinned.get(band, 0.0), ASKED[band]) for band in reached}
    fallen = [band for band in reached if reached[band] < least[band] - 1e-9]
    for band in fallen:
        print(f"BELOW THE FLOOR at {band}: {reached[band]:.4f} < {least[band]:.4f}")
    if update and not fallen:
        floors[name] = {band: int(recall * 10_000) / 10_000 for band, recall in reached.items()}
        FLOORS.write_text(json.dumps(floors, indent=2, sort_keys=True) + "\n", "utf-8")
    return 1 if fallen else 0


def print_jaccards(keys: list[str]) -> int:
    shingles = [frozenset(key[i : i + 5] for i in range(max(1, len(key) - 4))) for key in keys]
    by_band: dict[float, list[float]] = {low / 100: [] for low in range(50, 100, 5)}
    for first, second, likeness in all_pairs(keys, 0.5, workers=2):
        a, b = shingles[first], shingles[second]
        low = min(0.95, int(likeness * 20 + 1e-9) / 20)
        by_band[round(low, 2)].append(len(a & b) / len(a | b))
    print(f"{len(keys):,} keys, digest {digest(keys)}")
    for low, found in by_band.items():
        cuts = statistics.quantiles(found, n=20, method="inclusive")[::2] if len(found) > 1 else found * 10
        print(f"    {low:.2f}: ({', '.join(f'{cut:.3f}' for cut in cuts)}),  # {len(found):,} pairs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
