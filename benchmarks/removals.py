"""What cleaning takes out of a corpus: figures, and a sample of removals to be read by a person.

    python -m benchmarks.removals NEWS.jsonl.gz PAIRS.txt [--level near] [--size 100] [--seed 1]

Each removal is drawn with the same chance. PAIRS.txt gets what went and what stays in its place, with the
outlets and rows of both; it holds the corpus's own text and belongs outside the project.
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dedup.cleaning import Cleaner, gathered
from dedup.model import Document
from dedup.read import read
from dedup.settings import Settings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--level", default="normalized", choices=("exact", "normalized", "near"))
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    settings = Settings(level=options.level)
    cleaner = Cleaner(gathered([options.news], settings), settings=settings)
    kept, removed = io.BytesIO(), io.BytesIO()
    cleaner.write(cleaner.files, kept, removed)
    gone = [record for record in map(json.loads, removed.getvalue().splitlines()) if "kind" in record]
    outlets = {d.row: d.article.outlet if d.article else "-" for d in documents(options.news)}
    print(f"--level {options.level}: {figures(cleaner, gone)}; {len(kept.getvalue()) / 1e6:.1f} MB of rows stay")
    print(f"sample of {options.size}, seed {options.seed}:", options.pairs.name)
    drawn = random.Random(options.seed).sample(gone, min(options.size, len(gone)))
    options.pairs.write_text("\n".join(shown(n, record, outlets) for n, record in enumerate(drawn, 1)), "utf-8")
    return 0


def documents(news: Path) -> Iterator[Document]:
    return (item for item in read(news, Settings()) if isinstance(item, Document))


def figures(cleaner: Cleaner, gone: list[dict[str, Any]]) -> str:
    counts = cleaner.result.to_dict()
    short = Counter(record["kind"] for record in gone if len(record["text"].split()) < Settings().min_words)
    inside = sum(record["row"] == record["kept"]["row"] for record in gone)
    return f"{counts}; of the removed, fewer than 8 words: {dict(short)}, of the same row: {inside}"


def shown(number: int, record: dict[str, Any], outlets: dict[int | None, str | None]) -> str:
    kept = record["kept"]
    places = f"{outlets[record['row']]}:{record['row']} ~ {outlets[kept['row']]}:{kept['row']}"
    return f"#{number} {record['kind']} {record['score']:.4f} {places}\n- {record['text']}\n+ {kept['text']}\n"


if __name__ == "__main__":
    raise SystemExit(main())
