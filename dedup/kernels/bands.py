"""The signature filter, compiled: which pairs agree in enough slots to be worth confirming."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def agreeing(signatures: NDArray[np.uint32], pairs: NDArray[np.int64], slots: int, least: int) -> NDArray[np.bool_]:
    """Return for each pair of rows whether at least `least` of their first `slots` slots are equal.

    Args:
        signatures: uint32 ``(n, >= slots)``.
        pairs: int64 ``(m, 2)``.
        slots: how many slots are compared.
        least: how many of them must be equal.

    Returns:
        bool ``(m,)``. `O(m * slots)`.
    """
    keep = np.empty(len(pairs), dtype=np.bool_)
    for p in range(len(pairs)):
        a, b = signatures[pairs[p, 0]], signatures[pairs[p, 1]]
        equal = 0
        for slot in range(slots):
            equal += a[slot] == b[slot]
        keep[p] = equal >= least
    return keep
