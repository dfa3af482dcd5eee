"""The same job by other libraries, in the same run: seconds, candidates and recall beside each other.

    python -m benchmarks.peers NEWS.jsonl.gz [--size N] [--only NAME ...] [--truth FILE] [--runs 3] [--json OUT]

Each library is used from Python as its documentation advises, from a list of strings to pairs that
may be alike, on all cores where it has a switch for that; then rapidfuzz scores its pairs at our
floor. One process for each; imports and a warm-up on a small list are not timed.

What leans which way:

- A peer gets the normalised, distinct keys for free. dedup is timed from the raw texts to its
  whole report (`dedup.scan`): normalisation, candidates, scores, kinds, groups.
- Each peer runs at its own defaults (`default`), then at the cheapest parameters of a scan that
  reach dedup's recall on scores >= 0.80 (`as 0.80`), and those that also reach it on 0.70-0.80
  (`as 0.70`). The scan runs on the sample; the cost of the whole list is projected from it, linear
  for the candidates, quadratic for the scores. Rows of a band and permutations are bounded.
- Recall is that of candidates against all pairs of the first `--size` keys that score >= 0.70:
  exhaustive truth on all keys takes half an hour. Time is that of the whole list. A band finds a
  pair or not whatever else is in the list, so the recall of the sample is that of the parameters.
- Libraries that shingle by words (datatrove, text-dedup) are run as they are. Where a library
  hands out chains or groups and not pairs, every pair of a bucket or group counts as proposed.

`--truth` keeps the exhaustive pairs in a file for the next run.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import pickle
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

from benchmarks.corpus import digest, exhaustive, paragraphs

VERSIONS = {
    "datasketch": "2.0.0",
    "rensa": "0.5.0",
    "fastsketchlsh": "1.0.1",
    "gaoya": "0.2.2",
    "near-dupes": "0.1.0",
    "stringzillas-cpus": "5.3.2",
    "datatrove": "0.10.1",
    "text-dedup": "0.4.0",
}
"""What was measured. Another version is run, too, and the table says so."""
FLOOR = 0.70
HIGH = 0.80
MOST_PAIRS = 20_000_000
"""Candidates of the whole list at which a variant is given up."""

SCAN_SECONDS = 240.0
"""After so long no further variant of a peer is tried; they are in order, the likely ones first."""
SLOW = 15.0
"""Seconds from which one run is enough: what it says is no matter of a few percent."""

Pairs = Sequence[tuple[int, int]]
Parameters = dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """One library: `job` leads from keys to candidate pairs, `variants` are what the scan may try.

    A variant without `bands` is given those that the truth's Jaccard similarities ask for.
    """

    job: Callable[[list[str], Parameters], Pairs]
    default: Parameters
    variants: tuple[Parameters, ...]
    most_perm: int = 640


# --- the jobs: each as the library's own documentation has it -----------------------------------


def shingles(key: str, size: int = 5) -> list[str]:
    return [key[i : i + size] for i in range(max(1, len(key) - size + 1))]


def earlier(found: Iterable[Iterable[int]]) -> list[tuple[int, int]]:
    """Return each pair once, from the neighbours of every key."""
    return [(other, number) for number, others in enumerate(found) for other in others if other < number]


def by_datasketch(keys: list[str], given: Parameters) -> Pairs:
    from datasketch import MinHash, MinHashLSH

    bands, rows = given["bands"], given["rows"]
    sets = ({part.encode() for part in shingles(key)} for key in keys)
    sketches = MinHash.bulk(sets, num_perm=bands * rows, hashfunc=zlib.crc32)
    index = MinHashLSH(num_perm=bands * rows, params=(bands, rows))
    with index.insertion_session() as session:
        for number, sketch in enumerate(sketches):
            session.insert(number, sketch, check_duplication=False)
    return earlier(index.query(sketch) for sketch in sketches)


def by_rensa(keys: list[str], given: Parameters) -> Pairs:
    from rensa import RMinHash, RMinHashLSH

    bands, num_perm = given["bands"], given["bands"] * given["rows"]
    sketches = RMinHash.from_token_sets([shingles(key) for key in keys], num_perm, 42)
    index = RMinHashLSH(0.8, num_perm, bands)
    index.insert_many(sketches)
    return earlier(index.query_all(sketches))


def by_fastsketchlsh(keys: list[str], given: Parameters) -> Pairs:
    """A sketch has a power of two of slots, so of a larger one the first are taken."""
    import numpy as np
    from FastSketchLSH import LSH, FastSimilaritySketch

    num_perm = given["bands"] * given["rows"]
    size = 1 << (num_perm - 1).bit_length()
    sketches = FastSimilaritySketch(size=size, seed=42).batch([shingles(key) for key in keys])
    sketches = np.ascontiguousarray(sketches[:, :num_perm])
    index = LSH(num_perm=num_perm, num_bands=given["bands"])
    index.insert(sketches)
    return earlier(index.query(sketches))


def by_gaoya(keys: list[str], given: Parameters) -> Pairs:
    """Shingle in Rust, too, which its documentation calls faster."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=given["threshold"],
        num_bands=given["bands"],
        band_size=given["rows"],
        analyzer="char",
        ngram_range=(5, 5),
        id_container="smallvec",
    )
    index.par_bulk_insert_docs(list(range(len(keys))), keys)
    return earlier(index.par_bulk_query(keys))


def by_near_dupes(keys: list[str], given: Parameters) -> Pairs:
    """Bands and rows follow from the threshold; its own exact Jaccard check is part of it."""
    from near_dupes import DuplicateFinder

    found = DuplicateFinder(kind="text", normalize=False, **given).find(keys)
    return [(first, second) for first, second, _ in found.pairs]


def by_stringzillas(keys: list[str], given: Parameters) -> Pairs:
    """Its fingerprints; it has no index, so bands are grouped here with numpy, as a user would have to."""
    import numpy as np
    import stringzillas
    from stringzilla import Strs

    bands, rows = given["bands"], given["rows"]
    widths = np.array([given["bytes"]], dtype=np.uint64)
    engine = stringzillas.Fingerprints(ndim=bands * rows, window_widths=widths)
    hashes, _ = engine(Strs(keys), stringzillas.DeviceScope(cpu_cores=0))
    codes: list[Any] = []
    for band in range(bands):
        block = np.ascontiguousarray(hashes[:, band * rows : (band + 1) * rows])
        _, bucket = np.unique(block.view(f"V{4 * rows}").ravel(), return_inverse=True)
        codes.append(pair_codes(np.argsort(bucket, kind="stable"), bucket))
        refuse(sum(map(len, codes)) // 8)
    first, second = np.divmod(np.unique(np.concatenate(codes)), len(keys))
    return list(zip(first.tolist(), second.tolist(), strict=True))


def pair_codes(order: Any, bucket: Any) -> Any:
    """Return `first * n + second` of each pair of one bucket; `order` sorts by bucket, then by number."""
    import numpy as np

    ordered, codes, step = bucket[order], [], 1
    # The step-th neighbour of a key in the order shares its bucket as long as the bucket has so many.
    while (same := np.nonzero(ordered[step:] == ordered[:-step])[0]).size:
        codes.append(order[same] * len(order) + order[same + step])
        step += 1
    return np.concatenate(codes) if codes else np.empty(0, dtype=np.int64)


def by_datatrove(keys: list[str], given: Parameters) -> Pairs:
    """Its first two stages as its examples run them, in as many processes as there are cores."""
    from datatrove.data import Document
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets, MinhashDedupSignature
    from datatrove.utils.logging import logger

    logger.remove()
    config = MinhashConfig(n_grams=given["words"], num_buckets=given["bands"], hashes_per_bucket=given["rows"])
    cores = os.cpu_count() or 1

    def documents(_data: Any, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for number in range(rank, len(keys), world_size):
            yield Document(text=keys[number], id=str(number))

    with tempfile.TemporaryDirectory() as folder:
        sign = MinhashDedupSignature(f"{folder}/signatures", config=config, language="arb_Arab")
        match = MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/found", config=config)
        for name, pipeline, tasks in (("1", [documents, sign], cores), ("2", [match], given["bands"])):
            LocalPipelineExecutor(
                pipeline, tasks=tasks, workers=cores, logging_dir=f"{folder}/{name}", start_method="fork"
            ).run()
        return list({pair for path in Path(folder, "found").glob("*.dups") for pair in chained(path, cores)})


def chained(path: Path, cores: int) -> Iterator[tuple[int, int]]:
    """Yield every pair of each bucket: the file has its keys as a chain of neighbours."""
    import numpy as np

    links = np.fromfile(path, dtype="<u4").reshape(-1, 4).astype(np.int64)
    first, second = (links[:, 1] * cores + links[:, 0]).tolist(), (links[:, 3] * cores + links[:, 2]).tolist()
    bucket: list[int] = []
    for a, b in zip(first, second, strict=True):
        if not bucket or bucket[-1] != a:
            bucket = [a]
        yield from ((min(b, other), max(b, other)) for other in bucket)
        bucket.append(b)


def by_text_dedup(keys: list[str], given: Parameters) -> Pairs:
    """Its command, in this process; it hands out groups, so their pairs are what it proposes."""
    import datasets
    from text_dedup import logger
    from text_dedup.minhash import main as command

    datasets.disable_caching()  # or a second run would only read the first one's signatures
    datasets.disable_progress_bars()
    logger.disabled = True
    with tempfile.TemporaryDirectory() as folder:
        datasets.Dataset.from_dict({"text": keys}).save_to_disk(f"{folder}/in")
        words = ["--path", f"{folder}/in", "--local", "--column", "text", "--output", f"{folder}/out", "--debug"]
        words += [f"--{name}={value}" for name, value in given.items()]
        command([*words, f"--num_proc={os.cpu_count()}"], standalone_mode=False)
        with Path(folder, "out", "uf.pkl").open("rb") as file:
            parents = pickle.load(file)
    roots = parents if isinstance(parents, dict) else parents.parent
    members = sorted((root(roots, number), number) for number in roots)
    groups = [[number for _, number in group] for _, group in groupby(members, key=lambda pair: pair[0])]
    refuse(sum(len(group) ** 2 // 2 for group in groups))
    return [pair for group in groups for pair in combinations(group, 2)]


def root(parents: dict[int, int], number: int) -> int:
    while parents[number] != number:
        number = parents[number]
    return number


def refuse(pairs: int) -> None:
    if pairs > MOST_PAIRS:
        raise OverflowError(f"more than {MOST_PAIRS:,} candidates")


def rows_of(*rows: int, **others: Any) -> tuple[Parameters, ...]:
    return tuple({"rows": row, **others} for row in rows)


def words_of(*given: tuple[int, int, int]) -> tuple[Parameters, ...]:
    """Return variants of text-dedup, with the faster of its two hashes."""
    return tuple(
        {"ngram": words, "b": bands, "r": rows, "num_perm": bands * rows, "hash_func": "xxh3"}
        for words, bands, rows in given
    )


PEERS = {
    # datasketch's documentation: threshold 0.9, 128 permutations; it makes 5 x 25 of that.
    "datasketch": Peer(by_datasketch, {"bands": 5, "rows": 25}, rows_of(2, 3, 4), most_perm=512),
    # rensa: threshold 0.8, 128 permutations, and 8 bands in its benchmark.
    "rensa": Peer(by_rensa, {"bands": 8, "rows": 16}, rows_of(2, 3, 4, 5)),
    "fastsketchlsh": Peer(by_fastsketchlsh, {"bands": 16, "rows": 8}, rows_of(2, 3, 4, 5)),
    # gaoya compares the estimate of each candidate with a threshold; 0 hands out whole buckets.
    "gaoya": Peer(
        by_gaoya,
        {"bands": 20, "rows": 5, "threshold": 0.75},
        (*rows_of(2, 3, 4, threshold=0.0), *rows_of(2, 3, threshold=0.15), *rows_of(2, 3, threshold=0.2)),
    ),
    "near-dupes": Peer(
        by_near_dupes,
        {"threshold": 0.85, "n_gram": 3, "num_perm": 128},
        tuple(
            {"threshold": threshold, "n_gram": size, "num_perm": perm}
            for size, threshold in ((3, 0.4), (3, 0.35), (3, 0.3), (3, 0.25), (5, 0.25))
            for perm in (128, 256)
        ),
    ),
    # stringzillas: 5 Arabic letters are 10 bytes. It has no default of bands; 16 x 8 is a usual one.
    "stringzillas-cpus": Peer(by_stringzillas, {"bands": 16, "rows": 8, "bytes": 10}, rows_of(2, 3, 4, bytes=10)),
    "datatrove": Peer(by_datatrove, {"bands": 14, "rows": 8, "words": 5}, rows_of(1, 2, words=2), most_perm=128),
    "text-dedup": Peer(
        by_text_dedup,
        {"ngram": 5, "num_perm": 250, "threshold": 0.7},
        words_of((1, 50, 5), (1, 64, 4), (2, 60, 4), (2, 80, 3), (2, 120, 2)),
    ),
}


# --- one peer, in a process of its own ----------------------------------------------------------


@dataclass
class Data:
    """What a child process is given."""

    texts: list[str]
    keys: list[str]
    size: int
    truth: list[tuple[int, int, float]]
    runs: int
    targets: tuple[float, float] = (0.0, 0.0)


def child(name: str, data: Data) -> list[dict[str, Any]]:
    """Return the rows of one peer's table: at its defaults, and at what reaches the recall."""
    peer = PEERS[name]
    tiny = [*data.keys[:40], data.keys[7]]
    # Warms up, and says whether the library works at all.
    if (7, 40) not in set(peer.job(tiny, peer.default)):
        raise ValueError("did not find a pair of equal texts")
    rows = [{"at": "default", **measured(peer, data, peer.default)}]
    tried = list(scan(peer, data))
    for at, wanted in (("as 0.80", (data.targets[0], 0.0)), ("as 0.70", data.targets)):
        enough = [t for t in tried if all(have >= want for have, want in zip(t["recall"], wanted, strict=True))]
        if not enough:
            best = max(tried, key=lambda t: t["recall"][0], default={"recall": (0.0, 0.0), "parameters": {}})
            rows.append({"at": at, "not_reached": best["recall"], "parameters": best["parameters"]})
            continue
        cheapest = min(enough, key=lambda t: t["projected"])["parameters"]
        if cheapest == rows[-1].get("parameters"):
            rows[-1]["at"] += f", {at}"
            continue
        try:
            rows.append({"at": at, **measured(peer, data, cheapest)})
        except OverflowError as error:  # groups grow faster than the square of the list
            rows.append({"at": at, "refused": str(error), "parameters": cheapest})
    if len(rows) == 3 and rows[2].get("confirmed_seconds", 1e9) <= rows[1].get("confirmed_seconds", 0.0):
        rows[1:] = [{**rows[2], "at": "as 0.80, as 0.70"}]  # the projection was wrong: what finds more took less
    return rows


def measured(peer: Peer, data: Data, given: Parameters) -> dict[str, Any]:
    """Return medians over the whole list, and the recall on the sample from the same run."""
    runs = [timed(peer, data.keys, given)]
    while len(runs) < data.runs and sum(runs[0][:2]) < SLOW:
        runs.append(timed(peer, data.keys, given))
    pairs, kept = runs[-1][2:]
    return {
        "parameters": given,
        "seconds": statistics.median(run[0] for run in runs),
        "confirmed_seconds": statistics.median(run[0] + run[1] for run in runs),
        "candidates": len(pairs),
        "matches": kept,
        "runs": len(runs),
        "recall": recall(pairs, data.truth),
    }


def timed(peer: Peer, keys: list[str], given: Parameters) -> tuple[float, float, Pairs, int]:
    """Return seconds to candidates, seconds of their scores, the candidates, and how many are confirmed."""
    started = time.perf_counter()
    pairs = peer.job(keys, given)
    middle = time.perf_counter()
    kept = confirmed(keys, pairs)
    return middle - started, time.perf_counter() - middle, pairs, kept


def confirmed(keys: list[str], pairs: Pairs) -> int:
    import numpy as np
    from rapidfuzz import fuzz, process

    kept = 0
    for low in range(0, len(pairs), 50_000):
        batch = pairs[low : low + 50_000]
        firsts, seconds = [keys[first] for first, _ in batch], [keys[second] for _, second in batch]
        cutoff = 100 * FLOOR - 0.01
        scores = process.cpdist(
            firsts, seconds, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.float64, workers=os.cpu_count() or 1
        )
        kept += int((scores / 100 >= FLOOR).sum())
    return kept


def recall(pairs: Iterable[tuple[int, int]], truth: Sequence[tuple[int, int, float]]) -> tuple[float, float]:
    """Return the share found of the true pairs that score >= 0.80, and of those from 0.70 to 0.80."""
    found = {(a, b) for a, b, _ in truth}.intersection(pairs)
    shares = []
    for low, high in ((HIGH, 2.0), (FLOOR, HIGH)):
        band = [(a, b) in found for a, b, score in truth if low <= score < high]
        shares.append(sum(band) / max(1, len(band)))
    return shares[0], shares[1]


def scan(peer: Peer, data: Data) -> Iterator[dict[str, Any]]:
    """Yield what was reached on the sample: for each variant the fewest bands that reach each target."""
    likeness, ends = jaccards(data), time.monotonic() + SCAN_SECONDS
    for variant in peer.variants:
        if time.monotonic() > ends:
            return
        if "rows" not in variant:
            yield from attempt(peer, data, variant)
            continue
        for target in range(2):
            bands = least_bands(variant["rows"], likeness[: target + 1], data.targets)
            # The chance of real sketches is not quite the expected one: grow until it is reached.
            while bands * variant["rows"] <= peer.most_perm:
                tried = list(attempt(peer, data, {**variant, "bands": bands}))
                yield from tried
                if not tried or all(tried[0]["recall"][t] >= data.targets[t] for t in range(target + 1)):
                    break
                bands += max(1, bands // 6)


def attempt(peer: Peer, data: Data, given: Parameters) -> Iterator[dict[str, Any]]:
    try:
        seconds, confirming, pairs, _ = timed(peer, data.keys[: data.size], given)
        refuse(int(len(pairs) * (len(data.keys) / data.size) ** 2))
    except OverflowError:
        return
    times = len(data.keys) / data.size
    yield {
        "parameters": given,
        "recall": recall(pairs, data.truth),
        "projected": seconds * times + confirming * times**2,
    }


def jaccards(data: Data) -> tuple[list[float], list[float]]:
    """Return the Jaccard similarity of the true pairs that score >= 0.80, and of those from 0.70."""
    sets = {number: frozenset(shingles(data.keys[number])) for a, b, _ in data.truth for number in (a, b)}
    found: tuple[list[float], list[float]] = ([], [])
    for a, b, score in data.truth:
        found[score < HIGH].append(len(sets[a] & sets[b]) / len(sets[a] | sets[b]))
    return found


def least_bands(rows: int, likeness: Sequence[list[float]], targets: Sequence[float]) -> int:
    """Return the fewest bands whose expected recall reaches each target, or 10,000."""
    for bands in range(1, 1_000):
        expected = (sum(1 - (1 - j**rows) ** bands for j in group) / max(1, len(group)) for group in likeness)
        # Somewhat fewer to start with: the measured recall decides, and 1.0 is never the expected one.
        if all(have >= min(want, 0.99) - 0.005 for have, want in zip(expected, targets, strict=False)):
            return bands
    return 10_000


def ours(data: Data) -> dict[str, Any]:
    """Return dedup's own row: from raw texts to the report; its scores are checked first."""
    import dedup
    from dedup.text.compiled import make_keys

    dedup.scan(data.texts)
    # The time is that of the defaults; the recall is that of scores alone, as a peer's is.
    report = dedup.scan(data.texts, token_threshold=0.0)
    number = {key: i for i, key in enumerate(data.keys)}
    scored = {}
    firsts, seconds = make_keys([p.a.text for p in report.pairs]), make_keys([p.b.text for p in report.pairs])
    for first, second, pair in zip(firsts, seconds, report.pairs, strict=True):
        a, b = sorted((number.get(first, -1), number.get(second, -1)))
        if a >= 0 and a != b:
            scored[a, b] = pair.score
    check_scores(data.keys, scored)
    runs = []
    for _ in range(max(3, data.runs)):
        started = time.perf_counter()
        dedup.scan(data.texts)
        runs.append(time.perf_counter() - started)
    return {
        "parameters": {n: report.generator.parameters.get(n) for n in ("bands", "rows", "min_agreement")},
        "confirmed_seconds": statistics.median(runs),
        "candidates": report.generator.candidates,
        "matches": len(scored),
        "recall": recall(scored, data.truth),
        "version": dedup.__version__,
    }


def check_scores(keys: list[str], scored: dict[tuple[int, int], float]) -> None:
    from rapidfuzz import fuzz

    for (a, b), score in random.Random(1).sample(sorted(scored.items()), min(2_000, len(scored))):
        if fuzz.ratio(keys[a], keys[b]) / 100 != score:
            raise ValueError(f"WRONG SCORE: keys {a} and {b}: {score}")


# --- the table ----------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--size", type=int, default=8_000, help="keys of the sample on which recall is measured")
    parser.add_argument("--texts", type=int, help="paragraphs to time on; without it, all")
    parser.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--truth", type=Path, help="keep the exhaustive pairs here")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return run_child(*options.child)
    if options.path is None:
        parser.error("NEWS is missing")
    with tempfile.TemporaryDirectory() as folder:
        return compare(options, Path(folder, "data.pickle"))


def compare(options: argparse.Namespace, file: Path) -> int:
    data = load(options)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{len(data.texts):,} paragraphs, {len(data.keys):,} distinct keys of at least 8 words")
    high = sum(score >= HIGH for *_, score in data.truth)
    print(f"recall on the first {data.size:,} keys: {high:,} pairs score >= 0.80, {len(data.truth) - high:,} 0.70-0.80")
    mine = in_process("dedup", data, file)
    if "error" in mine:
        print(f"dedup: {mine['error']}")
        return 1
    print(f"dedup is timed from raw texts to its report; ratio is to its {mine['confirmed_seconds']:.2f} s\n")
    data.targets = tuple(mine["recall"])
    results = {"dedup": mine}
    print(HEADER)
    print(line("dedup", mine["version"], {"at": "default", **mine}, mine))
    for name in options.only:
        results[name] = in_process(name, data, file)
        if "error" in results[name]:
            print(f"{name}: {results[name]['error']}")
        for row in results[name].get("rows", ()):
            print(line(name, results[name]["version"], row, mine), flush=True)
    again = results["dedup at the end"] = in_process("dedup", data, file)
    if "error" not in again:  # a machine that is shared drifts: what this differs by, the ratios may
        print(line("dedup, at the end", "", {"at": "default", **again}, mine))
    if options.json:
        about = {"machine": platform.machine(), "cores": os.cpu_count(), "paragraphs": len(data.texts)}
        about |= {"keys": len(data.keys), "digest": digest(data.keys), "sample": data.size}
        options.json.write_text(json.dumps({**about, "results": results}, indent=2) + "\n", "utf-8")
    return 0


HEADER = (
    f"{'library':<24} {'parameters':<42} {'at':<16} {'cand. s':>8} {'candidates':>11} "
    f"{'>=.80':>6} {'.70-.80':>7} {'+conf. s':>8} {'ratio':>6}"
)


def line(name: str, version: str, row: dict[str, Any], mine: dict[str, Any]) -> str:
    told = ", ".join(f"{key} {value}" for key, value in row["parameters"].items() if key not in ("bands", "rows"))
    if "bands" in row["parameters"]:
        told = f"{row['parameters']['bands']} x {row['parameters']['rows']}{', ' if told else ''}{told}"
    head = f"{name + ' ' + version:<24} {told:<42} {row['at']:<16}"
    if "refused" in row:
        return f"{head} reached on the sample; given up on the whole list: {row['refused']}"
    if "not_reached" in row:
        high, low = row["not_reached"]
        return f"{head} not reached within bounds; the best was {high:.4f}, {low:.4f}"
    seconds = f"{row['seconds']:8.2f}" if "seconds" in row else " " * 8
    ratio = row["confirmed_seconds"] / mine["confirmed_seconds"]
    return (
        f"{head} {seconds} {row['candidates']:>11,} {row['recall'][0]:>6.4f} {row['recall'][1]:>7.4f} "
        f"{row['confirmed_seconds']:>8.2f} {ratio:>6.1f}"
    )


def load(options: argparse.Namespace) -> Data:
    from dedup.settings import Settings
    from dedup.text.compiled import make_keys

    texts = paragraphs(options.path)[: options.texts]
    keys = [key for key in dict.fromkeys(make_keys(texts)) if len(key.split()) >= Settings().min_words]
    size = min(options.size, len(keys))
    return Data(texts, keys, size, exhaustive(keys[:size], FLOOR, options.truth), options.runs)


def in_process(name: str, data: Data, file: Path) -> dict[str, Any]:
    file.write_bytes(pickle.dumps(vars(data)))
    command = [sys.executable, "-m", "benchmarks.peers", "--child", name, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no word"])[-1][:300]}
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def run_child(name: str, file: str) -> int:
    # Some libraries print as they work: what this process has to say goes out by its own door, last.
    out, sys.stdout = sys.stdout, sys.stderr
    data = Data(**pickle.loads(Path(file).read_bytes()))
    if name == "dedup":
        result = ours(data)
    else:
        version = importlib.metadata.version(name)
        if version != VERSIONS[name]:
            version += f" (pinned {VERSIONS[name]})"
        result = {"version": version, "rows": child(name, data)}
    print("\n" + json.dumps(result), file=out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
