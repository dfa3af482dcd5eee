"""`dedup explain --settings`: what large input would be compared with, at what recall and what cost."""

from __future__ import annotations

from collections.abc import Iterator

from dedup.candidates import plan_for
from dedup.settings import Settings
from dedup.sketch.plan import USUAL_CHARS, Plan

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TARGETS = (0.80, 0.90, 0.95, 0.99)


def curve_lines(settings: Settings, size: int | None) -> Iterator[str]:
    """Yield a table: expected recall by score, and cost, of the plan for each size or for each recall target."""
    if settings.floor > 1:
        yield f"level {settings.level} needs no score: nothing is signed, and nothing can be missed"
        return
    yield f"scores from {settings.floor:.2f}, paragraphs of {USUAL_CHARS} characters, all of them distinct"
    yield f"up to {settings.all_pairs_limit:,} are compared all with all: recall 1"
    rows = list(_of_sizes(settings) if size is None else _of_targets(settings, size))
    scores = list(rows[0][1].recall)
    name = "paragraphs" if size is None else f"{size:,} paragraphs"
    yield _row(name, "bands", [f"{score:>6}" for score in scores], "seconds", "confirmed")
    for label, plan in rows:
        shares = [f"{_cut(plan.recall[score]):6.3f}" for score in scores]
        seconds = f"{plan.seconds:,.1f}"
        yield _row(label, f"{plan.bands} x {plan.rows}", shares, seconds, f"{plan.candidates:,.0f}")
    yield "recall: expected share of the pairs from that score that are found (measured on news)"
    yield "seconds: of one core, without reading; confirmed: pairs of unrelated paragraphs that must be scored"


def _of_sizes(settings: Settings) -> Iterator[tuple[str, Plan]]:
    for size in SIZES:
        yield f"{size:,}", plan_for(size, USUAL_CHARS, settings)


def _of_targets(settings: Settings, size: int) -> Iterator[tuple[str, Plan]]:
    yield "as it is", plan_for(size, USUAL_CHARS, settings)
    for target in TARGETS:
        chosen = settings.replace(recall_target=target)
        yield f"recall target {target:.2f}", plan_for(size, USUAL_CHARS, chosen)


def _row(name: str, bands: str, shares: list[str], seconds: str, confirmed: str) -> str:
    return f"{name:<22}{bands:>9}  {' '.join(shares)}{seconds:>10}{confirmed:>14}"


def _cut(share: float) -> float:
    return int(share * 1_000) / 1_000
