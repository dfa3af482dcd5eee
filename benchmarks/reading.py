"""How fast rows and lines become documents, before anything is normalised, and in how much memory.

    python -m benchmarks.reading [ROWS]

Synthetic news (`benchmarks.generator`) is written as JSON lines, plain text and Parquet, and each is read in a process
of its own, three times. MB are those of the texts in UTF-8; the seconds are those of the processor.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from benchmarks.generator import Generator

ROWS = 100_000
BATCH = 10_000
ROUNDS = 3
READ = """
import re, sys, time
from pathlib import Path
from dedup import Settings
from dedup.read import read
began = time.process_time()
chars = sum(len(chunk) for item in read(Path(sys.argv[1]), Settings()) for chunk in item.chunks())
took = time.process_time() - began
print(chars, took, re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    print(f"{platform.machine()}, Python {platform.python_version()}, {rows:,} rows, median of {ROUNDS}")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("rows.jsonl", "lines.txt", "rows.parquet")]
        size, chars = write(Generator().texts(rows), *paths)
        for path in paths:
            found = [measured(path) for _ in range(ROUNDS)]
            assert all(read >= chars for read, _, _ in found), "a text was lost"
            seconds = statistics.median(seconds for _, seconds, _ in found)
            peak = statistics.median(peak for *_, peak in found)
            print(f"{path.suffix[1:]:8} {size / seconds / 1e6:6.0f} MB/s a core, peak {peak / 1e3:.0f} MB resident")
    return 0


def write(texts: Iterable[str], rows: Path, lines: Path, columns: Path) -> tuple[int, int]:
    """Write the texts in each form, and return their bytes and characters."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema({"id": pa.int64(), "text": pa.string()})
    size = chars = done = 0
    source = iter(texts)
    with rows.open("w") as to_rows, lines.open("w") as to_lines, parquet.ParquetWriter(columns, schema) as to_columns:
        while batch := list(islice(source, BATCH)):
            ids = range(done, done + len(batch))
            for number, text in zip(ids, batch, strict=True):
                to_rows.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
                to_lines.write(text.replace("\n", " ") + "\n")
            to_columns.write_table(pa.table([list(ids), batch], schema))
            size += sum(len(text.encode()) for text in batch)
            chars += sum(map(len, batch))
            done += len(batch)
    return size, chars


def measured(path: Path) -> tuple[int, float, int]:
    """Return the characters read, the seconds of the processor, and the peak of resident kB."""
    done = subprocess.run([sys.executable, "-c", READ, path], capture_output=True, text=True, check=True)
    chars, seconds, peak = done.stdout.split()
    return int(chars), float(seconds), int(peak)


if __name__ == "__main__":
    raise SystemExit(main())
