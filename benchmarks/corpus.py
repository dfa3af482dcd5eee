"""Paragraphs to measure on."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from pathlib import Path

from dedup.model import Document
from dedup.read import read
from dedup.settings import Settings
from dedup.text.normalize import loose_key
from dedup.text.segment import segment
from dedup.text.tokens import word_count


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


def digest(texts: Iterable[str]) -> str:
    """Return a name for exactly these texts in this order."""
    state = hashlib.blake2b(digest_size=8)
    for text in texts:
        state.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return state.hexdigest()
