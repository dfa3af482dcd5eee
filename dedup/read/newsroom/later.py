"""What makes documents of items, loaded with the first of them: most rows of most files are plain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dedup.model import Notice
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.read.newsroom.items import Items


class LaterItems:
    """Have the `Items` of a file or a run once one is asked for: the formats of newsrooms take 20 ms to load."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings, self._name = settings, name
        self._items: Items | None = None

    def __enter__(self) -> LaterItems:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self) -> Items:
        """Return the items, the same each time."""
        if self._items is None:
            from dedup.read.newsroom.items import Items

            self._items = Items(self._settings, self._name)
        return self._items

    def notices(self) -> Iterator[Notice]:
        """Yield what they have to say (`Items.notices`); nothing where none was asked for."""
        if self._items is not None:
            yield from self._items.notices()

    def close(self) -> None:
        """Close them, if there are any."""
        if self._items is not None:
            self._items.close()
