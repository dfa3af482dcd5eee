"""Paragraphs to measure on."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable
from pathlib import Path

from dedup.match.confirm import all_pairs
from dedup.model import Document
from dedup.read import read
from dedup.settings import Settings
from dedup.text.normalize import loose_key
from dedup.text.segment import segment
from dedup.text.tokens import word_count
from dedup.threads import cores


def paragraphs(path: Path) -> list[str]:
    """Return every paragraph of a file that dedup reads, as `dedup scan` would number them."""
    settings = Settings()
    return [
        found.text for document in read(path, settings) if isinstance(document, Document) for found in segment(document)
    ]


def sample(path: Path, size: int, seed: int | None) -> list[str]:
    """Return `size` paragraphs of at least 8 words with distinct keys, in their order.

    Drawn at random, or without a seed the first: news of the same days has more twins than a sample.
    """
    distinct: dict[str, str] = {}
    for text in paragraphs(path):
        key = loose_key(text)
        if word_count(key) >= Settings().min_words:
            distinct.setdefault(key, text)
    texts = list(distinct.values())
    if seed is None:
        return texts[:size]
    drawn = sorted(random.Random(seed).sample(range(len(texts)), min(size, len(texts))))
    return [texts[i] for i in drawn]


def exhaustive(keys: list[str], floor: float, file: Path | None = None) -> list[tuple[int, int, float]]:
    """Return all pairs of keys that score at least `floor`; `file` keeps them for the next run on the same keys."""
    if file and file.exists():
        kept = json.loads(file.read_text("utf-8"))
        if kept["digest"] == digest(keys):
            return [(a, b, score) for a, b, score in kept["pairs"]]
        print(f"{file} is of other keys and is made anew")
    pairs = [(a, b, score) for a, b, score in all_pairs(keys, floor, workers=cores())]
    if file:
        file.write_text(json.dumps({"digest": digest(keys), "pairs": pairs}), "utf-8")
    return pairs


def digest(texts: Iterable[str]) -> str:
    """Return a name for exactly these texts in this order."""
    state = hashlib.blake2b(digest_size=8)
    for text in texts:
        state.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return state.hexdigest()
