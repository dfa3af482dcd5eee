"""Work on all cores, with the results in order: what comes out never depends on how many there are."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pool(workers: int) -> ThreadPoolExecutor:
    """Return a pool of threads; what it takes is loaded with the first."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(workers)


def mapped(function: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    """Yield ``function(item)`` of each of `items` in their order, computed by `workers` threads.

    Only a few items are taken ahead, so that a stream of batches is never held whole. When the
    consumer stops (an error, Ctrl+C), what has not begun is not begun.
    """
    if workers == 1:
        yield from map(function, items)
        return
    waiting: deque[Future[Result]] = deque()
    with pool(workers) as threads:
        try:
            for item in items:
                waiting.append(threads.submit(function, item))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def begun(function: Callable[[], Result]) -> Callable[[], Result]:
    """Begin ``function()`` in a thread, and return what waits for its result: beside work that leaves a core free."""
    threads = pool(1)
    future = threads.submit(function)
    threads.shutdown(wait=False)
    return future.result
