"""How far a run is, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[int], None]
"""Called with the amount that is done so far."""

STAGES = ("read", "sign", "candidates", "confirm", "passages", "report")
"""Stages of a scan; filling an archive has one, `load`, of which paragraphs are counted."""


class Progress(Protocol):
    """Is told of the stages of a run, those of STAGES in turn.

    The amounts are paragraphs read, keys signed, bands looked through, pairs confirmed, passages found,
    findings made.
    """

    def stage(self, name: str, total: int | None) -> AbstractContextManager[Advance]:
        """Return what the stage runs in; `total` is None where nobody can know it yet."""

    def tell(self, message: str) -> None:
        """Take in what a person may want to know before the work is done."""


class Silent:
    """Show nothing."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:  # noqa: ARG002 - as in Progress
        """Take in what is said, and forget it."""
        yield _forget

    def tell(self, message: str) -> None:
        """Forget it."""


def _forget(_: int) -> None:
    pass
