"""What a report costs once it is asked for: every difference and every span, and each output made of them.

    python -m benchmarks.writing NEWS.jsonl.gz [--level passage]

The scan is timed in the same run, and each output is given as a multiple of it. Checks first that every
step of every difference quotes the two documents: a span that is off by one is a wrong report.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dedup
from dedup.model import Match
from dedup.settings import LEVELS
from dedup.text.normalize import make_key
from dedup.write import WRITERS, Style

FORMATS = ("json", "full", "csv", "html")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("--level", default="passage", choices=LEVELS)
    options = parser.parse_args()
    with_scan, report = seconds(lambda: dedup.scan(options.news, level=options.level))
    wrong = sum(match.parts is None and not is_quoted(match) for match in report.matches)
    if wrong:
        print(f"WRONG ANSWER: {wrong} differences do not quote what they compare")
        return 1
    print(f"{len(report.matches):,} findings at --level {options.level}; the scan: {with_scan:.2f} s of the processor")
    tree, _ = seconds(lambda: json.dumps(report.to_dict(), ensure_ascii=False))
    print(f"{'to_dict':8} {tree:6.2f} s, {tree / with_scan:.2f} times the scan")
    for name in FORMATS:
        took, _ = seconds(lambda name=name: sum(map(len, WRITERS[name](report, Style()))))
        print(f"{name:8} {took:6.2f} s, {took / with_scan:.2f} times the scan")
    return 0


def is_quoted(match: Match) -> bool:
    """Return whether the words that a difference goes through are those of the keys of both paragraphs."""
    steps = match.diff().ops
    sides = (match.a, [step.a_text for step in steps]), (match.b, [step.b_text for step in steps])
    return all(make_key(" ".join(texts)) == make_key(paragraph.text) for paragraph, texts in sides)


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor's seconds for some work, and what came of it."""
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


if __name__ == "__main__":
    sys.exit(main())
