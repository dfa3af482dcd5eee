"""Speed from a list of texts to confirmed matches, and of each stage; against datasketch in the same run.

    python -m benchmarks.speed [NEWS.jsonl.gz] [--size N] [--against] [--runs 3]
    python -m benchmarks.speed [NEWS.jsonl.gz] --cold

Without a path the texts are those of `generator.py`. `--against` runs the same job with datasketch's
own means: the same shingles, permutations, bands and rows, its bulk MinHash with a fast hash
(zlib.crc32), its MinHashLSH, and rapidfuzz. Before anything is timed, what that finds is compared
with what dedup finds. Times are medians of wall time; the ratio is that of medians. The time that
``gzip -1`` takes for the same text stands beside them. `--cold` times whole processes, with kernels from
the cache and without any: what loading them costs.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import statistics
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

import dedup
from benchmarks.corpus import paragraphs
from benchmarks.generator import Generator
from dedup.candidates import plan_for
from dedup.kernels import Batch, pack
from dedup.settings import Settings
from dedup.text.compiled import fold, make_keys


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--size", type=int, default=33_005)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--against", action="store_true", help="run the same job with datasketch, too (slow)")
    parser.add_argument("--cold", action="store_true", help="time new processes, with kernels and without")
    options = parser.parse_args()
    if options.cold:
        return cold(options.path, options.runs)
    texts = paragraphs(options.path)[: options.size] if options.path else Generator().paragraphs(options.size)
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{len(texts):,} paragraphs, {size / 1e6:.1f} MB of UTF-8")
    report = dedup.scan(texts)  # also loads the kernels
    print(f"{report.generator.to_dict()}")
    if options.against and not same_matches(texts, report):
        return 1
    ours = [seconds(lambda: dedup.scan(texts)) for _ in range(options.runs)]
    print(f"dedup.scan: {statistics.median(ours):.2f} s, {len(texts) / statistics.median(ours):,.0f} paragraphs/s")
    packed = statistics.median(seconds(lambda: gzipped(texts)) for _ in range(options.runs))
    print(
        f"gzip -1 of the same text: {packed:.2f} s; dedup.scan takes {statistics.median(ours) / packed:.2f} times that"
    )
    stages(texts, size, options.runs)
    if options.against:
        theirs = [seconds(lambda: by_datasketch(texts)) for _ in range(max(1, options.runs // 2))]
        ratio = statistics.median(theirs) / statistics.median(ours)
        print(f"datasketch: {statistics.median(theirs):.2f} s; dedup is {ratio:.1f} times as fast")
    return 0


def seconds(job: Callable[[], Any]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def gzipped(texts: list[str]) -> bytes:
    return gzip.compress("\n".join(texts).encode("utf-8", "replace"), compresslevel=1)


COLD = """
import sys, time
from benchmarks.corpus import paragraphs
from benchmarks.generator import Generator
from pathlib import Path
texts = paragraphs(Path(sys.argv[1]))[:1_500] if sys.argv[1] else Generator().paragraphs(1_500)
from dedup import kernels
if sys.argv[2] == "reference":
    kernels.failure = lambda: "left out"
import dedup
started = time.perf_counter()
dedup.scan(texts, num_perm=16, generator=sys.argv[3])
print(time.perf_counter() - started)
"""


def cold(path: Path | None, runs: int) -> int:
    """Print what the first scan of a process takes, with compiled kernels from the cache and with none."""
    taken = {}
    for kind, generator in (("compiled", "banding"), ("reference", "banding"), ("reference", "all-pairs")):
        command = [sys.executable, "-c", COLD, str(path or ""), kind, generator]
        each = [float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _ in range(runs + 1)]
        taken[kind, generator] = statistics.median(each[1:])  # the first may have compiled
        print(f"1,500 texts, first scan of a process, {kind}, {generator}: {taken[kind, generator]:.2f} s")
    more = taken["compiled", "banding"] - min(taken["reference", "banding"], taken["reference", "all-pairs"])
    print(f"kernels from the cache cost {more:.2f} s more than the quickest way without them")
    return 0


def stages(texts: list[str], size: int, runs: int) -> None:
    """Print text -> keys -> signatures on one thread, in MB of UTF-8 a second."""
    from dedup.kernels import normalize as kernel
    from dedup.sketch import minhash

    keys = make_keys(texts)
    batch = pack(keys)
    for name, job in (
        ("text to keys", lambda: make_keys(texts)),
        ("keys to 128 permutations", lambda: minhash.sign_batch_compiled(batch, 128, 1, 5)),
        ("text to signatures", lambda: minhash.sign_batch_compiled(fold(texts, kernel).keys, 128, 1, 5)),
    ):
        taken = statistics.median(seconds(job) for _ in range(max(3, runs)))
        print(f"  {name}: {size / 1e6 / taken:.0f} MB/s a core")
    permutation_loop(batch, taken)


def permutation_loop(batch: Batch, whole: float) -> None:
    """Print the loop's share of text -> signatures, and its distance from the limit of integer multiplication."""
    from dedup.kernels import signatures
    from dedup.sketch import minhash

    a, b = minhash.permutations(128, 1)
    hashes = np.random.default_rng(1).integers(0, 2**32, len(batch.points), dtype=np.uint32)
    row = np.empty(128, dtype=np.uint32)
    small = hashes[:4_096]  # stays in the first cache, as the hashes of one key do
    repeats = max(1, len(hashes) // len(small))
    loop = min(
        seconds(lambda: [signatures.least(small, len(small), a, b, row) for _ in range(repeats)]) for _ in range(5)
    )
    limit = min(seconds(lambda: multiplied(small, a, repeats)) for _ in range(6))
    shingles, share = repeats * len(small), loop / whole
    print(
        f"  permutation loop: {1e9 * loop / shingles:.2f} ns a shingle of 128, {share:.0%} of text to signatures;"
        f" the same multiply-adds alone, from registers: {1e9 * limit / shingles:.2f} ns"
    )


@njit(nogil=True)
def multiplied(hashes: NDArray[np.uint32], a: NDArray[np.uint32], repeats: int) -> np.uint32:
    """Do as many 32-bit multiply-adds as the loop, on values that stay in registers: nothing is loaded or compared."""
    x = a[:64].copy()
    for _ in range(repeats):
        for h in hashes:
            for _ in range(2):
                for lane in range(64):
                    x[lane] = np.uint32(x[lane] * h + np.uint32(1))
    return x[0]


def by_datasketch(texts: list[str]) -> dict[tuple[str, str], float]:
    """Return key pairs and scores, found as datasketch's documentation advises, on the same keys."""
    from datasketch import MinHash, MinHashLSH
    from rapidfuzz import fuzz

    settings = Settings()
    keys = list(dict.fromkeys(make_keys(texts)))
    keys = [key for key in keys if len(key.split()) >= settings.min_words]
    plan = plan_for(len(keys), statistics.mean(map(len, keys)), settings)
    shingled = [{key[i : i + 5].encode() for i in range(max(1, len(key) - 4))} for key in keys]
    sketches = MinHash.bulk(shingled, num_perm=plan.num_perm, hashfunc=zlib.crc32)
    index = MinHashLSH(num_perm=plan.num_perm, params=(plan.bands, plan.rows))
    with index.insertion_session() as session:
        for number, sketch in enumerate(sketches):
            session.insert(number, sketch)
    found = {}
    for number, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if other < number:
                score = fuzz.ratio(keys[other], keys[number], score_cutoff=100 * settings.floor - 0.01) / 100
                if score >= settings.floor:
                    found[keys[other], keys[number]] = score
    return found


def same_matches(texts: list[str], report: dedup.Report) -> bool:
    """Return whether both find nearly the same pairs, each with the same score."""
    theirs = by_datasketch(texts)
    ours = {tuple(make_keys([pair.b.text, pair.a.text])): pair.score for pair in report.pairs}
    ours = {tuple(sorted(pair)): score for pair, score in ours.items()}
    both = {tuple(sorted(pair)): score for pair, score in theirs.items()}
    shared = ours.keys() & both.keys()
    if any(ours[pair] != both[pair] for pair in shared):
        print("WRONG SCORES")
        return False
    share = len(shared) / max(1, len(ours.keys() | both.keys()))
    print(f"pairs: dedup {len(ours):,}, datasketch {len(both):,}, the same {share:.3f} of all")
    return share > 0.9


if __name__ == "__main__":
    sys.exit(main())
