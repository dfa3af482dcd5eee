"""Where candidates come from: the generators behind one function, all confirmed alike.

All pairs for small input; banded signatures for a batch of any size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from dedup.language import told
from dedup.match import confirm as confirming
from dedup.match.confirm import Scored
from dedup.model import Generator, Notice
from dedup.progress import Progress
from dedup.scratch import share
from dedup.settings import Settings
from dedup.text.keys import Keys
from dedup.threads import cores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dedup.kernels import Batch
    from dedup.sketch.lsh import Candidates
    from dedup.sketch.plan import Plan

CHARS_PER_KEY = 600
"""Characters that a key may have on average for all pairs: the cost of a pair grows with the square of
their length, and 1,000 paragraphs of 10,000 characters would take minutes (news has 300)."""
BAND_SHARE = 0.25
"""Of the memory that a run has for what it reads, what the keys of the bands may take before they go to a file."""
UNPACKED_PAIRS = 1_000_000
"""Candidates that are Python numbers at once."""


class Compared(NamedTuple):
    """Yield the confirmed pairs of key numbers from `scored`, once; `generator` proposed them."""

    scored: Iterator[Scored]
    generator: Generator
    notices: Sequence[Notice] = ()


def compared(keys: Keys, settings: Settings, progress: Progress) -> Compared:
    """Compare the keys that have words enough for a score, each distinct pair once, in order."""
    floor = settings.floor
    if floor > 1:
        return Compared(iter(()), Generator("none", 0, {}))
    numbers = [number for number, words in enumerate(keys.words) if words >= settings.min_words]
    if _few(keys, numbers, settings):
        return _all_pairs(keys, numbers, floor, settings)
    return _banded(keys, numbers, floor, settings, progress)


def _few(keys: Keys, numbers: Sequence[int], settings: Settings) -> bool:
    if settings.generator != "auto":
        return settings.generator == "all-pairs"
    most = settings.all_pairs_limit
    return len(numbers) <= most and sum(keys.chars[number] for number in numbers) <= most * CHARS_PER_KEY


def _all_pairs(keys: Keys, numbers: Sequence[int], floor: float, settings: Settings) -> Compared:
    texts = [keys.get(number) for number in numbers]
    found = confirming.all_pairs(texts, floor, settings.workers or cores())
    generator = Generator("all-pairs", len(texts) * (len(texts) - 1) // 2, {f"{floor:.2f}": 1.0})
    return Compared((Scored(numbers[s.first], numbers[s.second], s.score) for s in found), generator)


def plan_for(keys: int, mean_chars: float, settings: Settings) -> Plan:
    """Return the bands and rows with which `keys` keys of `mean_chars` code points are compared."""
    from dedup.sketch import plan

    most = settings.num_perm or plan.MOST_PERMUTATIONS
    return plan.plan(plan.Task(keys, settings.floor, most, settings.recall_target, settings.shingle_chars, mean_chars))


def _cost_of(plan: Plan, usual: Plan) -> str:
    """Return what is told before a recall target is paid for."""
    lowest, other = min(plan.recall.values()), min(usual.recall.values())
    return told(
        f"recall {lowest:.3f} takes {plan.bands:,} bands of {plan.rows} rows, some {plan.seconds:,.1f} s of one core; "
        f"without --recall-target {usual.bands:,} of {usual.rows}, {usual.seconds:,.1f} s, recall {other:.3f}"
    )


def _banded(keys: Keys, numbers: list[int], floor: float, settings: Settings, progress: Progress) -> Compared:
    import numpy as np

    from dedup.sketch import lsh

    chosen = np.array(numbers, dtype=np.int64)
    lengths = np.frombuffer(keys.chars, dtype=np.int32)[chosen]
    mean_chars = float(lengths.mean()) if len(chosen) else 0.0
    plan = plan_for(len(chosen), mean_chars, settings)
    if settings.recall_target is not None:
        progress.tell(_cost_of(plan, plan_for(len(chosen), mean_chars, settings.replace(recall_target=None))))
    workers = settings.workers or cores()
    sketches = lsh.Sketches(plan, lengths, share(settings.memory_bytes, BAND_SHARE))
    with progress.stage("sign", len(chosen)) as advance:
        sketches.sign(_chosen(keys, chosen), settings.seed, settings.shingle_chars, workers, advance)
    with progress.stage("candidates", plan.bands) as advance:
        found = sketches.candidates(floor, workers, advance)
    scored = _confirmed(keys, chosen, found, floor, workers, progress)
    generator = Generator("banding", len(found), plan.recall, _parameters(plan, settings, found))
    return Compared(scored, generator, _notices(plan, settings, found))


def _chosen(keys: Keys, chosen: NDArray[np.int64]) -> Iterator[tuple[int, Batch]]:
    """Yield the chosen keys in batches, each with its first place among the chosen."""
    import numpy as np

    from dedup.kernels import Batch

    for first, batch in keys.chunks():
        low, high = np.searchsorted(chosen, (first, first + len(batch))).tolist()
        if high - low == len(batch):
            yield low, batch
        elif high > low:
            places = chosen[low:high] - first
            starts, ends = batch.offsets[places], batch.offsets[places + 1]
            points = np.concatenate([batch.points[a:b] for a, b in zip(starts, ends, strict=True)])
            yield low, Batch(points, np.concatenate((np.zeros(1, np.int64), np.cumsum(ends - starts))))


def _confirmed(
    keys: Keys, chosen: NDArray[np.int64], found: Candidates, floor: float, workers: int, progress: Progress
) -> Iterator[Scored]:
    with progress.stage("confirm", len(found)) as advance:
        yield from confirming.confirm(keys.get, _unpacked(found, chosen), floor, workers, advance)


def _unpacked(found: Candidates, chosen: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    import numpy as np

    for low in range(0, len(found), UNPACKED_PAIRS):
        first, second = np.divmod(found.codes[low : low + UNPACKED_PAIRS], max(found.n, 1))
        yield from zip(chosen[first].tolist(), chosen[second].tolist(), strict=True)


def _parameters(plan: Plan, settings: Settings, found: Candidates) -> dict[str, Any]:
    from dedup.sketch.minhash import SCHEME
    from dedup.sketch.shingle import SHINGLE_HASH

    return {
        "bands": plan.bands,
        "rows": plan.rows,
        "num_perm": plan.num_perm,
        "min_agreement": round(plan.min_agreement, 4),
        "shingle_chars": settings.shingle_chars,
        "shingle_hash": SHINGLE_HASH,
        "scheme": SCHEME,
        "seed": settings.seed,
        "target_met": plan.met,
        "capped_buckets": found.capped_buckets,
        "capped_keys": found.capped_keys,
    }


def _notices(plan: Plan, settings: Settings, found: Candidates) -> list[Notice]:
    """Return what a reader of the report must know of its recall."""
    notices = []
    if short := plan.short_of():
        said = ", ".join(
            told(f"{recall:.3f} from score {band} (asked {plan.asked[band]:g})") for band, recall in short.items()
        )
        set_ = told("set recall_target, or raise the thresholds")
        remedy = set_ if settings.num_perm is None else told("raise num_perm, or raise the thresholds")
        notices.append(Notice("candidates", f"expected recall is {said}; {remedy}"))
    if found.capped_buckets:
        notices.append(
            Notice("candidates", f"{found.capped_buckets:,} buckets of very common text were not compared all with all")
        )
    if found.capped_keys:
        notices.append(
            Notice(
                "candidates",
                f"{found.capped_keys:,} paragraphs were alike with more others than they were confirmed against",
            )
        )
    return notices
