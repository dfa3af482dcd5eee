"""Every knob, its range and its fingerprint."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dedup.errors import SettingsError

KINDS = ("exact", "normalized", "near", "rewritten", "passage", "template")
GROUPED = KINDS[:3]
"""Kinds of which groups are made."""
LEVELS = ("exact", "normalized", "near", "rewritten", "passage")
FAIL_ON = (*LEVELS, "never")
SCOPES = ("within", "between", "archive")
PROFILES = ("ar", "ar-strict", "none")
PARAGRAPH_RULES = ("auto", "blank", "line")
KEEP = ("first", "longest")
GENERATORS = ("auto", "all-pairs", "banding")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Hold every knob of a run; each value was checked when the object was made.

    Likeness is a float from 0 to 1. Lengths are in words of the key or in code points, as the
    name says. A change is a new value: ``settings.replace(threshold=0.9)``.

    Raises:
        SettingsError: a value outside its range; the message gives name, value and range.

    >>> Settings().threshold
    0.85
    >>> Settings(threshold=85)
    Traceback (most recent call last):
    dedup.errors.SettingsError: threshold must be from 0 to 1, got 85; did you mean 0.85?
    """

    threshold: float = 0.85
    """Lower edge of `near`. Measured on the seeds and on 4,000 news paragraphs, docs/why.md."""
    rewritten_threshold: float = 0.70
    """Lower edge of `rewritten`; 0 turns that kind off."""
    token_threshold: float = 0.45
    """Least token score of a `rewritten` pair: below it the likeness is one of letters only."""
    level: str = "passage"
    """The weakest kind that is looked for: exact, normalized, near, rewritten or passage."""
    fail_on: str = "near"
    """The weakest kind that blocks: exact, normalized, near, rewritten, passage or never."""
    fail_short: bool = False
    """Let paragraphs below `min_words` block too."""
    max_duplicated: float | str | None = None
    """Most of the words that may repeat, as a share or in percent (``"20%"``); more blocks. None sets no limit."""
    max_findings: int | None = None
    """Most findings that may count; more block. None sets no limit."""
    min_words: int = 8
    """Words of the key; shorter paragraphs are matched as exact and normalized only."""
    passage_words: int = 20
    """Fewest words of a passage that two documents share. Measured on news, docs/why.md#passages."""
    passage_words_within: int = 10
    """Fewest words of a passage that paragraphs of one document share."""
    scope: tuple[str, ...] = SCOPES
    """Which pairs count: `within` a document, `between` documents, with the `archive` where there is one."""
    normalize: str = "ar"
    """The profile: `ar` (loose key), `ar-strict` (canonical key), `none` (the text itself)."""
    paragraphs: str = "auto"
    """How text becomes paragraphs: auto, blank (lines) or line."""
    max_paragraph_chars: int = 10_000
    """Code points; a longer paragraph is split at sentences and the report says so."""
    boilerplate_after: int = 10
    """Articles of an archive in which a paragraph stands, from which it is boilerplate: listed, but it does not
    count; 0 turns that off."""
    keep: str = "first"
    """Which paragraph stands for its group: the first in reading order, or the longest."""
    generator: str = "auto"
    """Where candidates come from: all-pairs, banding, or auto (by `all_pairs_limit`)."""
    all_pairs_limit: int = 1_000
    """Distinct keys up to which `auto` compares all pairs, and at most 600 characters for each of them."""
    num_perm: int | None = None
    """Most permutations of a signature; None means what the plan of a scan needs, up to 1,024, and 128 for `sign`."""
    shingle_chars: int = 5
    """Characters of a shingle. 5 measured against 4 and words, docs/why.md."""
    seed: int = 1
    """Seed of the permutations and of the shingle hash."""
    recall_target: float | None = None
    """Least expected recall at every score looked for, whatever it costs; None means at least 0.99 from score 0.80,
    and up to 200,000 keys 0.95 from 0.75 and 0.85 from 0.70 (planned with a margin: 0.995, 0.985, 0.95)."""
    workers: int | None = None
    """Threads; None means one a core. Never changes the result."""
    memory: str | int = "4GB"
    """Bytes that a run may use (``"8GB"``, ``"500MB"``, or a number); what needs more goes to temporary files."""
    format_in: str = "auto"
    """The format of all inputs; auto tells it by their names, else by their content."""
    text_field: str = "text"
    """The field of a JSON row or dict that holds the text."""
    id_field: str = "id"
    """The field of a JSON row or dict that holds the document's id."""
    story_field: str | None = None
    """The field of a JSON row or dict with the ids of articles of the same story: a check leaves them out."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", _listed(self.scope))
        object.__setattr__(self, "max_duplicated", _share(self.max_duplicated))
        for name, check in _CHECKS.items():
            check(name, getattr(self, name))
        object.__setattr__(self, "scope", tuple(s for s in SCOPES if s in self.scope))

    def replace(self, **changes: Any) -> Settings:
        """Return new settings with `changes` applied.

        Raises:
            SettingsError: an unknown name (the nearest one is named) or a value out of range.

        >>> Settings().replace(treshold=0.9)
        Traceback (most recent call last):
        dedup.errors.SettingsError: unknown setting "treshold"; did you mean "threshold"?
        """
        check_names(changes)
        return dataclasses.replace(self, **changes)

    @property
    def floor(self) -> float:
        """The lowest score that is looked for, 0 to 1; above 1 when no score is needed."""
        if LEVELS.index(self.level) < LEVELS.index("near"):
            return 2.0
        if LEVELS.index(self.level) >= LEVELS.index("rewritten") and self.rewritten_threshold > 0:
            return min(self.threshold, self.rewritten_threshold)
        return self.threshold

    @property
    def memory_bytes(self) -> int:
        """The setting `memory` as a number of bytes."""
        return _bytes_of(self.memory) or 0

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, in the order of their definition."""
        return {
            f.name: list(v) if isinstance(v := getattr(self, f.name), tuple) else v for f in dataclasses.fields(self)
        }

    def shaping(self) -> dict[str, Any]:
        """Return the settings that shape a result: not `workers` and `memory`, by which reports do not differ."""
        return {name: value for name, value in self.to_dict().items() if name not in _SHAPELESS}

    def fingerprint(self) -> str:
        """Return 16 hex digits that change whenever a setting that shapes the result changes.

        `workers` and `memory` are left out: the same input gives the same report whatever they are.
        """
        canonical = json.dumps(self.shaping(), sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(canonical.encode(), digest_size=8).hexdigest()


_SHAPELESS = ("workers", "memory")
NAMES = tuple(f.name for f in dataclasses.fields(Settings))


def check_names(names: Iterable[str]) -> None:
    """Raise SettingsError for the first of `names` that is no setting, naming the nearest."""
    for name in names:
        if name not in NAMES:
            raise SettingsError(f'unknown setting "{name}"; {nearest(name, NAMES)}')


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the hint that ends a message on an unknown name."""
    import difflib  # for an error only

    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f'did you mean "{close[0]}"?' if close else f"known are {', '.join(known)}"


def make_settings(settings: Settings | None, overrides: Mapping[str, Any]) -> Settings:
    """Return `settings` (or the defaults) with `overrides` applied."""
    base = settings if settings is not None else Settings()
    return base.replace(**overrides) if overrides else base


def _listed(scope: Any) -> tuple[str, ...]:
    """Return a scope as given in Python, on a command line (``within,between``) or in TOML."""
    if not isinstance(scope, str | list | tuple | set | frozenset):
        raise SettingsError(f"scope must name {', '.join(SCOPES)}, or one of them, got {scope!r}")
    return tuple(scope.replace(",", " ").split() if isinstance(scope, str) else scope)


_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[%٪]\s*")


def _share(value: Any) -> Any:
    """Return a share as given in Python or TOML, or on a command line: 0.2, ``"0.2"``, ``"20%"``."""
    if not isinstance(value, str):
        return value
    if found := _PERCENT.fullmatch(value):
        return float(found[1]) / 100
    try:
        return float(value)
    except ValueError:
        return value  # refused below, as it was written


def _optional_share(name: str, value: Any) -> None:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1
    if value is None or 0 <= number <= 1:
        return
    percent = 1 < number <= 100
    hint = f"; did you mean {value:g}%?" if percent else ""
    raise SettingsError(
        f"{name} must be from 0 to 1, or a percentage such as 20%, got {f'{value:g}' if percent else repr(value)}{hint}"
    )


def _likeness(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError(f"{name} must be a number from 0 to 1, got {value!r}")
    if not 0 <= value <= 1:
        hint = f"; did you mean {value / 100:g}?" if 1 < value <= 100 else ""
        raise SettingsError(f"{name} must be from 0 to 1, got {value:g}{hint}")


def _optional_likeness(name: str, value: Any) -> None:
    if value is not None:
        _likeness(name, value)
        if value == 1:
            raise SettingsError(f"{name} must be below 1: no finite number of bands promises 1")


def _whole(low: int, high: int) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise SettingsError(f"{name} must be a whole number from {low} to {high}, got {value!r}")

    return check


def _optional_whole(low: int, high: int) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        if value is not None:
            _whole(low, high)(name, value)

    return check


LEAST_MEMORY = 256_000_000
"""Bytes that a run takes with no text at all, and some for work: numba alone needs half of them."""
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?B?)\s*", re.IGNORECASE)


def _bytes_of(value: Any) -> int | None:
    """Return a size as bytes, or None where it is none: 8GB, 500MB, 1.5 GB, 4000000000."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    unit = match[2].upper()
    return int(float(match[1]) * _UNITS[unit if unit.endswith("B") or not unit else f"{unit}B"])


def _size(name: str, value: Any) -> None:
    found = _bytes_of(value)
    if found is None:
        raise SettingsError(f"{name} must be a size such as 8GB or 500MB, got {value!r}")
    if found < LEAST_MEMORY:
        raise SettingsError(f"{name} must be at least {LEAST_MEMORY // 10**6}MB, got {value!r}")


def _one_of(choices: tuple[str, ...]) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        if value not in choices:
            hint = nearest(value, choices) if isinstance(value, str) else ""
            raise SettingsError(f"{name} must be one of {', '.join(choices)}, got {value!r}; {hint}".rstrip("; "))

    return check


def _scopes(name: str, value: Any) -> None:
    for part in value:
        _one_of(SCOPES)(name, part)
    if not value:
        raise SettingsError(f"{name} must name at least one of {', '.join(SCOPES)}")


def _flag(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise SettingsError(f"{name} must be true or false, got {value!r}")


def _field_name(name: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{name} must be the name of a field, got {value!r}")


def _format_name(name: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{name} must be the name of a format, or auto, got {value!r}")


def _optional_field_name(name: str, value: Any) -> None:
    if value is not None:
        _field_name(name, value)


_CHECKS: dict[str, Callable[[str, Any], None]] = {
    "threshold": _likeness,
    "rewritten_threshold": _likeness,
    "token_threshold": _likeness,
    "level": _one_of(LEVELS),
    "fail_on": _one_of(FAIL_ON),
    "fail_short": _flag,
    "max_duplicated": _optional_share,
    "max_findings": _optional_whole(0, 1_000_000_000),
    "min_words": _whole(0, 10_000),
    "passage_words": _whole(4, 10_000),
    "passage_words_within": _whole(4, 10_000),
    "scope": _scopes,
    "normalize": _one_of(PROFILES),
    "paragraphs": _one_of(PARAGRAPH_RULES),
    "max_paragraph_chars": _whole(100, 10_000_000),
    "boilerplate_after": _whole(0, 1_000_000),
    "keep": _one_of(KEEP),
    "generator": _one_of(GENERATORS),
    "all_pairs_limit": _whole(0, 1_000_000),
    "num_perm": _optional_whole(16, 4_096),
    "shingle_chars": _whole(1, 50),
    "seed": _whole(0, 2**32 - 1),
    "recall_target": _optional_likeness,
    "workers": _optional_whole(1, 1_024),
    "memory": _size,
    "format_in": _format_name,
    "text_field": _field_name,
    "id_field": _field_name,
    "story_field": _optional_field_name,
}
