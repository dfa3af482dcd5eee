"""What a large table costs the command, from file to file: wall clock, processor and memory.

    python -m benchmarks.tables [ROWS] [--memory 2GB] [--folder FOLDER] [--level near]

Synthetic news (`benchmarks.generator`), a paragraph a row, is written as JSON lines and as Parquet. `dedup scan` and
`dedup clean` read each in a process of their own. Fails where both forms do not give the same findings and the same
rows, or where a row is lost. MB are those of the texts in UTF-8.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.generator import Generator
from benchmarks.reading import write

ROWS = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--level", default="near")
    parser.add_argument("--folder", type=Path, help="where tables and outputs stand for the time; some 4 kB a row")
    options = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        paths = [folder / name for name in ("rows.jsonl", "lines.txt", "rows.parquet")]
        size, chars = write(Generator().texts(options.rows), *paths)
        paths[1].unlink()
        print(f"{machine}; {options.rows:,} rows, {size / 1e6:,.0f} MB, {chars / options.rows:,.0f} characters a row")
        print(f"--memory {options.memory} --level {options.level}")
        answers = [measured(path, options) for path in (paths[0], paths[2])]
    if answers[0] != answers[1]:
        print("both forms must give the same answers", answers, file=sys.stderr)
        return 1
    return 0


def measured(path: Path, options: argparse.Namespace) -> tuple[Any, ...]:
    """Print what scan and clean of a table cost, and return what they found."""
    report, kept, gone = (path.with_name(name) for name in ("report.jsonl", f"kept{path.suffix}", "gone.jsonl"))
    shared = (path, "--memory", options.memory, "--level", options.level)
    run(f"scan  {path.suffix[1:]}", ["scan", *shared, "-e", "-q", "-f", "jsonl", "-o", report])
    with report.open("rb") as lines:
        summary = json.loads(lines.readlines()[-1])["summary"]
    said = run(f"clean {path.suffix[1:]}", ["clean", *shared, "-o", kept, "--removed", gone])
    rows, stay, shortened, dropped = (int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", said)[:4])
    assert rows == options.rows == summary["documents"], "a row was lost"
    assert rows == stay + shortened + dropped, "a row was lost"
    for each in (report, kept, gone):
        each.unlink()
    return summary["by_kind"], summary["duplicated_paragraphs"], said


def run(name: str, arguments: Iterable[Any]) -> str:
    """Run the command, print what it cost, and return what it said."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "dedup", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    said, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    assert os.waitstatus_to_exitcode(status) == 0, errors
    seconds = usage.ru_utime + usage.ru_stime
    print(
        f"{name:14} {took:6.1f} s, {seconds:6.1f} s of the processor, peak {usage.ru_maxrss / 1e3:6,.0f} MB resident",
        flush=True,
    )
    return said


if __name__ == "__main__":
    raise SystemExit(main())
