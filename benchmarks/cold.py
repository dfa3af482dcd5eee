"""A cold `dedup scan` of one article, as a multiple of `python -c "import rapidfuzz.process"`.

    python -m benchmarks.cold [--runs 15]

The two are run in turn, as whole processes; medians, and the ratio of medians. Checks first that the
scan finds what it should. Asked: at most 5.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ARTICLE = Path(__file__).parents[1] / "seeds" / "004_5e32a4f81c8668bc.txt"
SCAN = [sys.executable, "-m", "dedup", "scan", str(ARTICLE), "--isolated", "-f", "concise"]
IMPORT = [sys.executable, "-c", "import rapidfuzz.process"]
ASKED = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    checked = subprocess.run(SCAN, capture_output=True, text=True, check=False)
    if checked.returncode != 1 or checked.stdout.count("near") != 3:  # two findings and the verdict
        print(f"WRONG ANSWER: exit {checked.returncode}\n{checked.stdout}{checked.stderr}")
        return 1
    scans, imports = [], []
    for _ in range(runs):
        scans.append(seconds(SCAN))
        imports.append(seconds(IMPORT))
    scan, bare = statistics.median(scans), statistics.median(imports)
    print(f"{platform.machine()}, Python {platform.python_version()}, median of {runs}")
    print(f"dedup scan: {1000 * scan:.0f} ms; import rapidfuzz.process: {1000 * bare:.0f} ms")
    print(f"ratio {scan / bare:.2f} (asked: at most {ASKED:g})")
    return 0 if scan / bare <= ASKED else 1


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
