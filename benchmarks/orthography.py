"""Pairs of one text in two spellings: how many have equal keys.

    python -m benchmarks.orthography PAIRS.jsonl.gz

Prints every pair whose loose keys differ, with the words that differ, and fails if there is one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from dedup.match.diff import Side, word_diff
from dedup.text.normalize import canonical_key, loose_key, words_of


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    total = same = canonical = loose = 0
    for pair in read_pairs(parser.parse_args().path):
        a, b = pair["a"], pair["b"]
        total += 1
        same += a.strip() == b.strip()
        canonical += canonical_key(a) == canonical_key(b)
        if loose_key(a) == loose_key(b):
            loose += 1
            continue
        diff = word_diff(Side(a, words_of(a)), Side(b, words_of(b)))
        changed = [op for op in diff if op.tag not in ("equal", "spelling")]
        print(pair.get("id", total), *(f"[{op.a_text} | {op.b_text}]" for op in changed))
    print(f"{total:,} pairs: {same:,} the same characters,")
    print(f"{canonical:,} with equal canonical keys, {loose:,} with equal loose keys")
    return 0 if loose == total else 1


def read_pairs(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


if __name__ == "__main__":
    sys.exit(main())
