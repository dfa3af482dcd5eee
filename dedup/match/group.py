"""Groups of duplicates: stars, in which every member was confirmed against the original.

Pairs alone do not make a group: chained A~B~C puts together what nobody compared, and has
destroyed corpora (docs/why.md). A star has no chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from dedup.model import Group, Match, Paragraph

Allowed = Callable[[Paragraph, Paragraph], bool]

GROUPED = ("exact", "normalized", "near")


def group(matches: Iterable[Match], allowed: Allowed, keep: str = "first") -> tuple[Group, ...]:
    """Return the groups of the paragraphs in `matches`, in reading order of their originals.

    Paragraphs become originals in the order of `keep`: the first in reading order, or the longest.
    Each takes in every paragraph that is still free, was confirmed against it, and stands in
    scope (`allowed`). Equal keys share their confirmations. `O(paragraphs + confirmed pairs)`.
    """
    stars = _Stars(match for match in matches if match.kind in GROUPED)
    taken: set[int] = set()
    groups = []
    for original in sorted(stars.paragraphs.values(), key=_ORDERS[keep]):
        if original.order in taken:
            continue
        members = {
            member.order: (member, score)
            for member, score in stars.around(original, taken)
            if member.order != original.order and allowed(original, member)
        }
        if members:
            taken.update((original.order, *members))
            found = [members[order] for order in sorted(members)]
            groups.append(Group(original, tuple(m for m, _ in found), tuple(s for _, s in found)))
    return tuple(sorted(groups, key=lambda g: g.original.order))


_ORDERS: dict[str, Callable[[Paragraph], tuple[int, int]]] = {
    "first": lambda paragraph: (0, paragraph.order),
    "longest": lambda paragraph: (-paragraph.words, paragraph.order),
}


class _Stars:
    """Know for each paragraph who was confirmed against it, by way of classes of equal keys."""

    def __init__(self, matches: Iterable[Match]) -> None:
        self.paragraphs: dict[int, Paragraph] = {}
        self._class_of: dict[int, int] = {}
        self._members: dict[int, list[Paragraph]] = defaultdict(list)
        self._near: dict[int, dict[int, float]] = defaultdict(dict)
        near = []
        for match in matches:
            self.paragraphs.setdefault(match.a.order, match.a)
            self.paragraphs.setdefault(match.b.order, match.b)
            if match.kind == "near":
                near.append(match)
            else:
                self._class_of[match.a.order] = match.b.order
        for order, paragraph in sorted(self.paragraphs.items()):
            self._members[self._root(order)].append(paragraph)
        for match in near:
            a, b = self._root(match.a.order), self._root(match.b.order)
            self._near[a][b] = self._near[b][a] = match.score

    def _root(self, order: int) -> int:
        # A copy names an earlier paragraph, so this ends at the first of its class.
        while order in self._class_of:
            order = self._class_of[order]
        return order

    def around(self, original: Paragraph, taken: set[int]) -> Iterator[tuple[Paragraph, float]]:
        """Yield the free paragraphs that were confirmed against `original`, with their scores."""
        root = self._root(original.order)
        for other, score in ((root, 1.0), *self._near[root].items()):
            free = [paragraph for paragraph in self._members[other] if paragraph.order not in taken]
            self._members[other] = free  # who is taken once is never free again
            yield from ((paragraph, score) for paragraph in free)
