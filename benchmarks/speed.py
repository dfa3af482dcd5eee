"""Speed from a list of texts to confirmed matches, and of each stage; against datasketch in the same run.

    python -m benchmarks.speed [NEWS.jsonl.gz] [--size N] [--against] [--runs 3]

Without a path the texts are those of `generator.py`. `--against` runs the same job with datasketch's
own means: the same shingles, permutations, bands and rows, its bulk MinHash with a fast hash
(zlib.crc32), its MinHashLSH, and rapidfuzz. Before anything is timed, what that finds is compared
with what dedup finds. Times are medians of wall time; the ratio is that of medians, interleaved.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dedup
from benchmarks.corpus import paragraphs
from benchmarks.generator import Generator
from dedup.candidates import plan_for
from dedup.kernels import pack
from dedup.settings import Settings
from dedup.text.compiled import make_keys


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--size", type=int, default=33_005)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--against", action="store_true", help="run the same job with datasketch, too (slow)")
    options = parser.parse_args()
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


def stages(texts: list[str], size: int, runs: int) -> None:
    """Print text -> keys -> signatures on one thread, in MB of UTF-8 a second."""
    from dedup.sketch import minhash

    keys = make_keys(texts)
    batch = pack(keys)
    for name, job in (
        ("text to keys", lambda: make_keys(texts)),
        ("keys to 128 permutations", lambda: minhash.sign_batch_compiled(batch, 128, 1, 5)),
        ("text to signatures", lambda: minhash.sign_batch_compiled(pack(make_keys(texts)), 128, 1, 5)),
    ):
        taken = statistics.median(seconds(job) for _ in range(max(3, runs)))
        print(f"  {name}: {size / 1e6 / taken:.0f} MB/s a core")


def by_datasketch(texts: list[str]) -> dict[tuple[str, str], float]:
    """Return key pairs and scores, found as datasketch's documentation advises, on the same keys."""
    from datasketch import MinHash, MinHashLSH
    from rapidfuzz import fuzz

    settings = Settings()
    keys = list(dict.fromkeys(make_keys(texts)))
    keys = [key for key in keys if len(key.split()) >= settings.min_words]
    plan = plan_for(keys, settings)
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
