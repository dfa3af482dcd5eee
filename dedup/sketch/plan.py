"""The plan of bands: how many, of how many rows, at what recall and what cost.

A signature is cut into bands of rows; two keys are candidates when all rows of some band agree
(Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*, §3.4). Few rows find much and let much
through. Pairs of unrelated keys grow with the square of the input, so rows must grow with it, and
bands with the rows; what a plan finds and what it costs is computed from measured distributions.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import NamedTuple

JACCARD_AT_SCORE: dict[float, tuple[float, ...]] = {
    0.50: (0.005, 0.015, 0.021, 0.028, 0.037, 0.048, 0.065, 0.085, 0.112, 0.165),  # 5,806 pairs of 7,000
    0.55: (0.093, 0.128, 0.146, 0.160, 0.172, 0.184, 0.213, 0.240, 0.288, 0.382),  # 406
    0.60: (0.175, 0.187, 0.204, 0.226, 0.253, 0.284, 0.319, 0.363, 0.404, 0.463),  # 153
    0.65: (0.208, 0.265, 0.276, 0.301, 0.357, 0.405, 0.447, 0.471, 0.498, 0.523),  # 91
    0.70: (0.267, 0.320, 0.352, 0.387, 0.421, 0.461, 0.497, 0.536, 0.570, 0.621),  # 979 pairs of 27,797
    0.75: (0.327, 0.391, 0.429, 0.474, 0.512, 0.554, 0.586, 0.610, 0.652, 0.699),  # 698
    0.80: (0.441, 0.498, 0.551, 0.587, 0.618, 0.638, 0.659, 0.678, 0.708, 0.749),  # 603
    0.85: (0.547, 0.623, 0.654, 0.671, 0.689, 0.709, 0.730, 0.745, 0.770, 0.818),  # 693
    0.90: (0.685, 0.721, 0.746, 0.759, 0.769, 0.786, 0.807, 0.833, 0.862, 0.899),  # 805
    0.95: (0.820, 0.861, 0.882, 0.896, 0.912, 0.927, 0.939, 0.952, 0.965, 0.981),  # 977
}
"""Score band -> Jaccard similarity of the 5-grams of its pairs, at the quantiles .05, .15 .. .95.

Measured on all pairs of 27,797 news paragraphs, below 0.70 of 7,000 (`benchmarks/quality.py --jaccard`).
The score and the Jaccard similarity are not functions of each other: recall is the mean over these ten.
"""

RECALL_TARGETS = {0.80: 0.995, 0.75: 0.985, 0.70: 0.95}
"""Lower edge of a score band -> least expected recall in it, unless a recall target is set.

A margin above what is promised: the table above was measured on one corpus, and texts differ.
"""

RECALL_PROMISED = {0.80: 0.99, 0.75: 0.95, 0.70: 0.85}
"""Lower edge of a score band -> recall below which a report warns."""

RANDOM_JACCARD = (
    (0.0068, 0.396),
    (0.0154, 0.368),
    (0.0246, 0.167),
    (0.0343, 0.0496),
    (0.0442, 0.0132),
    (0.0543, 0.00402),
    (0.0679, 0.00205),
    (0.0883, 4.26e-4),
    (0.1109, 1.64e-4),
    (0.1365, 6.38e-5),
    (0.1619, 2.89e-5),
    (0.1868, 1.71e-5),
    (0.2120, 1.09e-5),
    (0.2369, 8.75e-6),
    (0.2617, 5.54e-6),
    (0.2859, 4.13e-6),
)
"""Jaccard similarity of the 5-grams -> share of the pairs, of 24 million random pairs of the same paragraphs.

Pairs above 0.3 are left out: they are repetitions, whose number grows with the texts and not with their square.
"""

ROWS = range(2, 9)
MOST_PERMUTATIONS = 1_024
"""Permutations that a plan may use where the settings name no number."""
FILTER_SLOTS = 256
"""Slots of a signature that are kept for the filter, one byte each."""
MOST_AGREEMENT = 0.20
"""Agreement that the filter asks at most while the lowest score band is looked for."""
LARGE = 200_000
"""Keys beyond which the lower score bands give way to the cost, the lowest first; 0.80 never does."""
FREE_SECONDS, FREE_PERMUTATIONS = 0.2, 256
"""A plan that costs no more than this is taken for its recall alone."""
BEARABLE = 20e-6
"""Seconds a key that a plan for more than LARGE keys may cost; reading them costs half of that."""
USUAL_CHARS = 300

SIGN_SECONDS = 3.1e-11
"""A slot of one shingle; this and the following on one core of a server of 2024."""
SORT_SECONDS = 2e-8
"""A key of one band."""
FILTER_SECONDS = 8e-8
"""A pair that shares a band key."""
CONFIRM_SECONDS = 8e-6
"""A pair of USUAL_CHARS characters; it grows with their square."""


class Plan(NamedTuple):
    """Decide how signatures are banded.

    `recall` is what that is expected to find, by score band, `asked` what it should; `seconds` the
    expected work of one core. `lowest` is the score band for which the filter was chosen.
    """

    bands: int
    rows: int
    min_agreement: float
    recall: Mapping[str, float]
    asked: Mapping[str, float]
    seconds: float = 0.0
    candidates: float = 0.0

    @property
    def num_perm(self) -> int:
        """Permutations that the bands use."""
        return self.bands * self.rows

    @property
    def slots(self) -> int:
        """Slots that the filter compares."""
        return min(self.num_perm, FILTER_SLOTS)

    @property
    def met(self) -> bool:
        """Whether the expected recall is no less than asked in any score band."""
        return not self.short_of()

    def short_of(self) -> dict[str, float]:
        """Return the score bands whose expected recall is below what is asked, with that recall."""
        return {band: recall for band, recall in self.recall.items() if recall < self.asked[band]}


class Task(NamedTuple):
    """What is planned for: `n` keys of `mean_chars` code points, pairs down to the score `floor`."""

    n: int
    floor: float
    max_perm: int = MOST_PERMUTATIONS
    recall_target: float | None = None
    shingle_chars: int = 5
    mean_chars: float = USUAL_CHARS

    def looked_for(self) -> list[float]:
        """Return the score bands of the table that a scan down to `floor` looks for."""
        return [score for score in JACCARD_AT_SCORE if score >= self.floor - 1e-9] or [max(JACCARD_AT_SCORE)]

    def targets(self, table: Mapping[float, float]) -> dict[float, float]:
        """Return the recall wanted of each score band looked for: from `table`, or the one that was set."""
        if self.recall_target is not None:
            return dict.fromkeys(self.looked_for(), self.recall_target)
        lowest, highest = min(table), max(table)
        edges = {score: min(max(math.floor(score * 20 + 1e-9) / 20, lowest), highest) for score in self.looked_for()}
        return {score: table[edge] for score, edge in edges.items()}


def plan(task: Task) -> Plan:
    """Return the bands and rows for a task: the best recall that costs nothing, else the least cost.

    Up to LARGE keys, or where a recall target is set, the targets of all score bands are met whatever
    that costs. Beyond, score bands give way from below until the cost is bearable; the targets from
    0.80 up are met whatever they cost. Where even that takes more permutations than allowed, the plan
    with the best recall is taken. `Plan.short_of` says what was given up.
    """
    targets = task.targets(RECALL_TARGETS)
    free = [made for made in _plans(task, targets) if _is_free(made) and _meets(made, targets)]
    if free:
        return max(free, key=lambda made: (min(made.recall.values()), -made.seconds))
    for kept in _given_up(task, targets):
        met = [made for made in _plans(task, kept) if _meets(made, kept)]
        cheapest = min(met, key=lambda made: made.seconds, default=None)
        if cheapest and (_never_given_up(kept, task) or cheapest.seconds <= BEARABLE * task.n):
            return cheapest
    return max(_plans(task, targets), key=lambda made: tuple(made.recall[band] for band in sorted(made.recall)[::-1]))


def _is_free(made: Plan) -> bool:
    return made.seconds <= FREE_SECONDS and made.num_perm <= FREE_PERMUTATIONS


def _given_up(task: Task, targets: dict[float, float]) -> list[dict[float, float]]:
    """Return the targets, then with the lowest band given up, and so on up to 0.80."""
    if task.n <= LARGE or task.recall_target is not None:
        return [targets]
    edges = sorted(score for score in targets if score <= max(RECALL_TARGETS))
    return [{score: t for score, t in targets.items() if score >= edge} for edge in edges] or [targets]


def _never_given_up(kept: dict[float, float], task: Task) -> bool:
    return task.n <= LARGE or task.recall_target is not None or min(kept) >= max(RECALL_TARGETS)


def _meets(made: Plan, targets: Mapping[float, float]) -> bool:
    return all(made.recall[f"{score:.2f}"] >= target for score, target in targets.items())


@functools.lru_cache(maxsize=64)
def _plans_of(task: Task, targets: tuple[tuple[float, float], ...]) -> list[Plan]:
    wanted = dict(targets)
    plans = []
    for rows in ROWS:
        most = task.max_perm // rows
        if most:
            least = _least_bands(task, rows, most, wanted)
            tried = (least, min(most, 3 * least // 2), min(most, FREE_PERMUTATIONS // rows), most)
            plans += [made_plan(task, bands, rows, min(wanted)) for bands in sorted(set(tried))]
    return plans


def _plans(task: Task, targets: dict[float, float]) -> list[Plan]:
    return _plans_of(task, tuple(sorted(targets.items())))


def _least_bands(task: Task, rows: int, most: int, targets: Mapping[float, float]) -> int:
    """Return the least bands that meet the targets, or `most`: recall rises with the bands."""
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if _meets(made_plan(task, middle, rows, min(targets)), targets):
            high = middle
        else:
            low = middle + 1
    return low


def made_plan(task: Task, bands: int, rows: int, lowest: float | None = None) -> Plan:
    """Return the plan of `bands` x `rows`, its filter chosen for the score band at `lowest`."""
    slots = min(bands * rows, FILTER_SLOTS)
    agreement = _least_agreement(min(task.looked_for()) if lowest is None else lowest, slots, task)
    recall = {
        f"{score:.2f}": expected_recall(bands, rows, score, task.shingle_chars, agreement)
        for score in task.looked_for()
    }
    asked = {f"{score:.2f}": target for score, target in task.targets(RECALL_PROMISED).items()}
    candidates, seconds = _cost(task, bands, rows, agreement)
    return Plan(bands, rows, agreement, recall, asked, seconds, candidates)


def expected_recall(bands: int, rows: int, score: float, shingle_chars: int = 5, agreement: float = 0.0) -> float:
    """Return the share of pairs in the band at `score` that share a band key and pass the filter.

    The mean of ``(1 - (1 - J**rows)**bands) * P(pass | J)`` over the Jaccard similarities J measured for
    that band.
    """
    slots = min(bands * rows, FILTER_SLOTS)
    found = [(1 - (1 - j**rows) ** bands) * _passes(j, slots, agreement) for j in _jaccards(score, shingle_chars)]
    return sum(found) / len(found)


def _passes(j: float, slots: int, agreement: float) -> float:
    """Return the probability that two keys of Jaccard similarity `j` agree in enough of `slots` slots."""
    deviation = math.sqrt(max(j * (1 - j), 1e-9) / slots)
    return 0.5 * math.erfc((math.ceil(agreement * slots) / slots - 0.5 / slots - j) / deviation / math.sqrt(2))


def _jaccards(score: float, shingle_chars: int) -> list[float]:
    return [_of_shingles(j, shingle_chars) for j in JACCARD_AT_SCORE[score]]


def _of_shingles(j: float, shingle_chars: int) -> float:
    # Of a 5-gram's c = 2J / (1 + J) survivors, each character survived with c**(1/5).
    c: float = (2 * j / (1 + j)) ** (shingle_chars / 5)
    return c / (2 - c)


def _least_agreement(score: float, slots: int, task: Task) -> float:
    """Return the share of equal slots below which a pair is dropped before confirmation.

    Three standard deviations below the least alike tenth of the pairs at `score`; while the lowest
    band is looked for at most 20 %, since nanoseconds there save microseconds in confirmation.
    """
    j = min(_jaccards(score, task.shingle_chars))
    most = MOST_AGREEMENT if score <= min(RECALL_TARGETS) + 1e-9 else 1.0
    return max(0.0, min(most, j - 3 * math.sqrt(j * (1 - j) / slots)))


def _cost(task: Task, bands: int, rows: int, agreement: float) -> tuple[float, float]:
    """Return the unrelated pairs that are expected to be confirmed, and the seconds of one core for all of it."""
    pairs = task.n * (task.n - 1) / 2
    slots = min(bands * rows, FILTER_SLOTS)
    shared = confirmed = 0.0
    for j, share in RANDOM_JACCARD:
        j = _of_shingles(j, task.shingle_chars)
        meeting = share * min(1.0, bands * j**rows)
        shared += meeting
        # They agree in a whole band already: the filter sees the other slots.
        confirmed += meeting * _passes(min(1.0, j + rows / slots), slots, agreement)
    likeness = (task.mean_chars / USUAL_CHARS) ** 2
    seconds = task.n * (task.mean_chars * bands * rows * SIGN_SECONDS + bands * SORT_SECONDS)
    seconds += pairs * (shared * FILTER_SECONDS + confirmed * CONFIRM_SECONDS * max(1.0, likeness))
    return pairs * confirmed, seconds
