"""How a corpus is cleaned: what goes as a whole, and which of a group stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from dedup.errors import SettingsError

UNITS = ("paragraph", "document")
KEEP = ("first", "longest", "earliest", "latest")
"""Which of a group stays: by its place, its length, or the date of its row."""

Preferred = tuple[str, Sequence[str]]
"""A field of rows, and its values, the best first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Say what goes and what stays; every value was checked.

    Args:
        unit: `paragraph` takes repeated paragraphs out of their rows, and drops a row of which nothing is left;
            `document` only drops rows of which every paragraph repeats another.
        keep: which of a group stays; `earliest` and `latest` go by the field `date` (or `published`), rows without
            one last, and hold all texts in memory.
        prefer: a field and its values, the best first: of a group the row with the best value stays, one with
            another value last; `keep` decides between equal ones. Holds all texts in memory.
        keep_short: repeated paragraphs of fewer than `min_words` stay where they are, unless all of a row repeats.

    Raises:
        SettingsError: a value that there is not, or two that do not go together.
    """

    unit: str = "paragraph"
    keep: str = "first"
    prefer: Preferred | None = None
    keep_short: bool = False

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise SettingsError(f"unit must be one of {', '.join(UNITS)}, got {self.unit!r}")
        if self.keep not in KEEP:
            raise SettingsError(f"keep must be one of {', '.join(KEEP)}, got {self.keep!r}")
        if self.prefer is not None:
            field, values = self.prefer
            if self.keep == "longest" or not field or not values or isinstance(values, str):
                finding = "prefer must be a field and its values, the best first, and not go with keep=longest"
                raise SettingsError(finding)

    @property
    def by_document(self) -> bool:
        """Whether only whole rows go."""
        return self.unit == "document"

    @property
    def reorders(self) -> bool:
        """Whether another than the first or the longest may stay: texts are held, to be put in that order."""
        return self.keep in KEEP[2:] or self.prefer is not None


def parted(overrides: Mapping[str, Any]) -> tuple[Choice, dict[str, Any]]:
    """Return the choice that is among single values, and the others, which are knobs of the settings."""
    own = {field.name for field in fields(Choice)}
    chosen = {name: value for name, value in overrides.items() if name in own}
    return Choice(**chosen), {name: value for name, value in overrides.items() if name not in own}
