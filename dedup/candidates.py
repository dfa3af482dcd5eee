"""Where candidates come from: the generators behind one function, all confirmed alike.

All pairs for small input; banded signatures for a batch of any size.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dedup.match import confirm as confirming
from dedup.match.confirm import Scored
from dedup.model import Generator, Notice
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.sketch.lsh import Plan

CHARS_PER_KEY = 600
"""Characters that a key may have on average for all pairs: the cost of a pair grows with the square of
their length, and 1,000 paragraphs of 10,000 characters would take minutes (news has 300)."""


def compared(keys: Sequence[str], settings: Settings) -> tuple[Iterator[tuple[str, str, float]], Generator]:
    """Return the confirmed pairs of distinct keys, and the generator that proposed them."""
    floor = settings.floor
    if floor > 1:
        return iter(()), Generator("none", 0, {})
    scored, generator = (_all_pairs if _few(keys, settings) else _banded)(keys, floor, settings)
    return ((keys[s.first], keys[s.second], s.score) for s in scored), generator


def _few(keys: Sequence[str], settings: Settings) -> bool:
    if settings.generator != "auto":
        return settings.generator == "all-pairs"
    most = settings.all_pairs_limit
    return len(keys) <= most and sum(map(len, keys)) <= most * CHARS_PER_KEY


def _all_pairs(keys: Sequence[str], floor: float, settings: Settings) -> tuple[list[Scored], Generator]:
    scored = confirming.all_pairs(keys, floor, settings.workers or _cores())
    return scored, Generator("all-pairs", len(keys) * (len(keys) - 1) // 2, {f"{floor:.2f}": 1.0})


def plan_for(keys: Sequence[str], settings: Settings) -> Plan:
    """Return the bands and rows with which these keys are compared."""
    from dedup.sketch import lsh

    mean_chars = sum(map(len, keys)) / max(1, len(keys))
    return lsh.plan(
        len(keys), settings.floor, settings.num_perm, settings.recall_target, settings.shingle_chars, mean_chars
    )


def _banded(keys: Sequence[str], floor: float, settings: Settings) -> tuple[list[Scored], Generator]:
    from dedup.sketch import lsh, minhash

    plan = plan_for(keys, settings)
    signatures = minhash.sign(
        keys,
        num_perm=plan.num_perm,
        seed=settings.seed,
        shingle_chars=settings.shingle_chars,
        workers=settings.workers or _cores(),
    )
    found = lsh.candidates(signatures.values, plan)
    scored = list(confirming.confirm(keys, map(tuple, found.pairs.tolist()), floor, settings.workers or _cores()))
    parameters = {
        "bands": plan.bands,
        "rows": plan.rows,
        "num_perm": plan.num_perm,
        "min_agreement": round(plan.min_agreement, 4),
        "shingle_chars": settings.shingle_chars,
        "shingle_hash": signatures.shingle_hash,
        "scheme": signatures.scheme,
        "seed": settings.seed,
        "target_met": plan.met,
        "capped_buckets": found.capped,
    }
    return scored, Generator("banding", len(found.pairs), plan.recall, parameters)


def generator_notices(generator: Generator, settings: Settings) -> list[Notice]:
    """Return what a reader of the report must know of its recall."""
    notices = []
    if not generator.parameters.get("target_met", True):
        lowest = min(generator.recall.values(), default=0.0)
        notices.append(
            Notice(
                "candidates",
                f"{settings.num_perm} permutations are too few for the recall target; expected is {lowest:.2f} "
                "at the lowest score; raise num_perm or the thresholds",
            )
        )
    if capped := generator.parameters.get("capped_buckets", 0):
        notices.append(Notice("candidates", f"{capped} buckets of very common text were not compared all with all"))
    return notices


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
