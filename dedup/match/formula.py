"""What two texts of one formula show where no number or name tells it: signs that are weighed together.

A wedding, a reception, an accident: what differs may be any words. The weights were fitted by logistic
regression to labelled pairs (`python -m benchmarks.fitting`), then rounded; docs/why.md#kinds.
"""

from __future__ import annotations

import math
from typing import NamedTuple

NEEDED = 5.5
"""Weight of all signs from which a formula is more likely than not."""
MOST_AGREEMENT = 0.55
"""Share of each side in the other below which signs may outweigh it: above, it is one text, or a slot tells."""
RUN_WEIGHT, RUNS_PER = 1.0, 10
"""Weight of an equal stretch that counts, and words of the shorter side for which they are counted."""


class Signs(NamedTuple):
    """What speaks for a formula, whatever it is about.

    `facts` are the points for each place of difference; `by_formula` the share of shared words that belong to
    notices by formula; `replaced` the places where both say something else; `runs` the equal stretches between
    them, for each RUNS_PER words.
    """

    facts: float
    by_formula: float
    replaced: int
    runs: float

    @property
    def measured(self) -> tuple[float, ...]:
        """The signs as they are weighed: a tenth place tells less than a second."""
        return self.facts, self.by_formula, math.log1p(self.replaced), self.runs

    @property
    def weight(self) -> float:
        """What they weigh together."""
        return sum(weight * sign for weight, sign in zip(WEIGHTS, self.measured, strict=True))


WEIGHTS = (5.5, 10.0, 1.5, 1.1)
"""Of each sign, in order."""
