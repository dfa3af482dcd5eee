"""Work that makes very many objects, none of which refers back to itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Make millions of objects without a look for cycles among them again and again: there are none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def collect_young() -> None:
    """Look for cycles among what was made since the last look, where the collector is off and others may make some."""
    gc.collect(1)
