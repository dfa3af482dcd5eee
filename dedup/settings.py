"""Every knob, its range and its fingerprint."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from dedup.errors import SettingsError
from dedup.language import told

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

    # 0.85 and 0.70: measured on the seeds and on 4,000 news paragraphs, docs/why.md#why-these-thresholds
    threshold: float = 0.85
    """Lower edge of `near`."""
    rewritten_threshold: float = 0.70
    """Lower edge of `rewritten`; 0 turns that kind off."""
    token_threshold: float = 0.45
    """Least token score of a `rewritten` pair: below it the likeness is one of letters only."""
    level: str = "passage"
    """The weakest kind that is looked for."""
    fail_on: str = "near"
    """The weakest kind that blocks."""
    fail_short: bool = False
    """Let paragraphs below `min_words` count for the verdict."""
    ignore_quotes: bool = False
    """Let findings that stand in quotation marks on both sides not count, and make no group of them."""
    max_duplicated: float | str | None = None
    """Most of the words that may repeat in findings that count; more blocks. None sets no limit."""
    max_findings: int | None = None
    """Most findings that may count; more block. None sets no limit."""
    min_words: int = 8
    """Words of the key; shorter paragraphs match as `exact` and `normalized` only."""
    # 20 and 10: measured on news, docs/why.md#passages
    passage_words: int = 20
    """Fewest words of a passage that two documents share; one side may have two fewer."""
    passage_words_within: int = 10
    """Fewest words of a passage that paragraphs of one document share."""
    scope: tuple[str, ...] = SCOPES
    """Which pairs count: `within` a document, `between` documents, with the `archive` where there is one."""
    normalize: str = "ar"
    """The profile, which key is compared: `ar` (loose), `ar-strict` (canonical), `none` (the text itself)."""
    ignore_phrases: tuple[str, ...] = ()
    """Phrases that take part in no comparison, whatever their spelling; a command or a file of settings names a file
    of them."""
    paragraphs: str = "auto"
    """How text becomes paragraphs: blank lines part them, or each line is one; `auto` looks at each document."""
    max_paragraph_chars: int = 10_000
    """Code points; a longer paragraph is split at sentences, compared in parts, and the report says so."""
    boilerplate_after: int = 10
    """Articles of an archive from which a text is boilerplate: listed, but it does not count; 0 turns that off."""
    keep: str = "first"
    """Which paragraph stands for its group: the first in reading order, or the longest."""
    generator: str = "auto"
    """Where candidates come from; `auto` goes by `all_pairs_limit`."""
    all_pairs_limit: int = 1_000
    """Distinct keys up to which `auto` compares all pairs, and at most 600 characters for each of them."""
    num_perm: int | None = None
    """Most permutations of a signature; None means what the plan of a scan needs, up to 1,024, and 128 for `sign`."""
    # 5: measured against 4 and against words, docs/why.md#bands-and-recall
    shingle_chars: int = 5
    """Characters of a shingle."""
    seed: int = 1
    """Seed of the permutations and of the shingle hash."""
    recall_target: float | None = None
    """Least expected recall at every score looked for, whatever it costs; None means at least 0.99 from score 0.80,
    and up to 200,000 keys 0.95 from 0.75 and 0.85 from 0.70 (planned with a margin: 0.995, 0.985, 0.95)."""
    workers: int | None = None
    """Threads; None means one a core. Never changes the result."""
    memory: str | int = "4GB"
    """What a run may use, as in `8GB`, `500MB`, or a number of bytes; what needs more goes to temporary files. Never
    changes the result, but for passages, which are left out (and a note says so) where they would take more."""
    format_in: str = "auto"
    """The format of all inputs; `auto` tells it by their names, else by their content."""
    ignore_files: bool = True
    """Leave out of a folder what a `.dedupignore` in it names."""
    text_field: str = "text"
    """The field of a row or mapping that holds the text."""
    id_field: str = "id"
    """The field of a row or mapping that holds the document's id."""
    story_field: str | None = None
    """The field of a row or mapping with the ids of articles of the same story, which a check leaves out."""

    def __new__(cls, *given: Any, **named: Any) -> Self:
        """Refuse what is no setting in the words of `replace`: Python would name the method and no way out."""
        if given:
            raise SettingsError(f"settings are given by name, got {given[0]!r}; as in Settings(threshold=0.9)")
        check_names(named)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", _listed(self.scope))
        object.__setattr__(self, "max_duplicated", _share(self.max_duplicated))
        object.__setattr__(self, "ignore_phrases", _distinct(self.ignore_phrases))
        for name, check in CHECKS.items():
            check.refuse(name, getattr(self, name))
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
    return told(f'did you mean "{close[0]}"?' if close else f"known are {', '.join(known)}")


def make_settings(settings: Settings | None, overrides: Mapping[str, Any]) -> Settings:
    """Return `settings` (or the defaults) with `overrides` applied.

    Raises:
        SettingsError: a setting that is unknown or out of range, or settings that are none.
    """
    base = settings if settings is not None else Settings()
    if not isinstance(base, Settings):
        raise SettingsError(
            f"settings must be a dedup.Settings, got {type(base).__name__}; "
            "single settings are named by themselves: threshold=0.9"
        )
    return base.replace(**overrides) if overrides else base


def _listed(scope: Any) -> tuple[str, ...]:
    """Return a scope as given in Python, on a command line (``within,between``) or in TOML."""
    if not isinstance(scope, str | list | tuple | set | frozenset):
        raise SettingsError(f"scope must name {', '.join(SCOPES)}, or one of them, got {scope!r}")
    return tuple(scope.replace(",", " ").split() if isinstance(scope, str) else scope)


def _distinct(phrases: Any) -> Any:
    """Return phrases as a tuple, each once; what is no list is refused below."""
    return tuple(dict.fromkeys(phrases)) if isinstance(phrases, list | tuple) and _are_texts(phrases) else phrases


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


MOST_PHRASES, MOST_PHRASE = 10_000, 1_000
"""Phrases that are ignored, and characters of one, at most: more is a text that was named by mistake."""


def fault_of_phrase(phrase: str) -> str | None:
    """Return why a phrase cannot be ignored, or None."""
    if len(phrase) > MOST_PHRASE:
        return told(f"a phrase of {len(phrase):,} characters; at most {MOST_PHRASE:,} are read")
    return None if any(map(str.isalnum, phrase)) else told("a phrase without a word")


def _phrases(name: str, value: Any) -> None:
    if not isinstance(value, tuple) or not _are_texts(value):
        raise SettingsError(f"{name} must be a list of phrases, got {value!r}; dedup.read_phrases reads a file of them")
    if len(value) > MOST_PHRASES:
        raise SettingsError(f"{name} must be at most {MOST_PHRASES:,} phrases, got {len(value):,}")
    for number, phrase in enumerate(value, 1):
        if fault := fault_of_phrase(phrase):
            raise SettingsError(f"{name}: phrase {number} is {fault}")


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


def _share_or_percent(name: str, value: Any) -> None:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1
    if 0 <= number <= 1:
        return
    if 1 < number <= 100:
        said = told(f"{name} must be from 0 to 1, or a percentage such as 20%, got {value:g}; did you mean {value:g}%?")
        raise SettingsError(said)
    raise SettingsError(f"{name} must be from 0 to 1, or a percentage such as 20%, got {value!r}")


class Check(NamedTuple):
    """Say what a setting may be; `refuse` raises SettingsError for anything else."""

    span: str
    refuse: Callable[[str, Any], None]


def _likeness(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError(f"{name} must be a number from 0 to 1, got {value!r}")
    if not 0 <= value <= 1:
        if 1 < value <= 100:
            raise SettingsError(f"{name} must be from 0 to 1, got {value:g}; did you mean {value / 100:g}?")
        raise SettingsError(f"{name} must be from 0 to 1, got {value:g}")


def _recall(name: str, value: Any) -> None:
    _likeness(name, value)
    if value == 1:
        raise SettingsError(f"{name} must be below 1: no finite number of bands promises 1")


def _whole(low: int, high: int) -> Check:
    def refuse(name: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise SettingsError(f"{name} must be a whole number from {low} to {high}, got {value!r}")

    return Check(f"{low:,} to {high:,}", refuse)


def _optional(check: Check) -> Check:
    def refuse(name: str, value: Any) -> None:
        if value is not None:
            check.refuse(name, value)

    return Check(f"{check.span}; or none", refuse)


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


def _one_of(choices: tuple[str, ...]) -> Check:
    def refuse(name: str, value: Any) -> None:
        if value not in choices:
            hint = nearest(value, choices) if isinstance(value, str) else ""
            if hint.startswith("did you"):  # else it would name them all again
                raise SettingsError(f"{name} must be one of {', '.join(choices)}, got {value!r}; {hint}")
            raise SettingsError(f"{name} must be one of {', '.join(choices)}, got {value!r}")

    return Check(_coded(choices), refuse)


def _coded(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _scopes(name: str, value: Any) -> None:
    for part in value:
        _one_of(SCOPES).refuse(name, part)
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


_FIELD = Check("any name", _field_name)

CHECKS: dict[str, Check] = {
    "threshold": Check("0 to 1", _likeness),
    "rewritten_threshold": Check("0 to 1", _likeness),
    "token_threshold": Check("0 to 1", _likeness),
    "level": _one_of(LEVELS),
    "fail_on": _one_of(FAIL_ON),
    "fail_short": Check("`true`, `false`", _flag),
    "ignore_quotes": Check("`true`, `false`", _flag),
    "max_duplicated": _optional(Check("0 to 1, or as `20%`", _share_or_percent)),
    "max_findings": _optional(_whole(0, 1_000_000_000)),
    "min_words": _whole(0, 10_000),
    "passage_words": _whole(4, 10_000),
    "passage_words_within": _whole(4, 10_000),
    "scope": Check(f"one or several of {_coded(SCOPES)}", _scopes),
    "normalize": _one_of(PROFILES),
    "ignore_phrases": Check("a list of phrases", _phrases),
    "paragraphs": _one_of(PARAGRAPH_RULES),
    "max_paragraph_chars": _whole(100, 10_000_000),
    "boilerplate_after": _whole(0, 1_000_000),
    "keep": _one_of(KEEP),
    "generator": _one_of(GENERATORS),
    "all_pairs_limit": _whole(0, 1_000_000),
    "num_perm": _optional(_whole(16, 4_096)),
    "shingle_chars": _whole(1, 50),
    "seed": _whole(0, 2**32 - 1),
    "recall_target": _optional(Check("0 to below 1", _recall)),
    "workers": _optional(_whole(1, 1_024)),
    "memory": Check(f"from {LEAST_MEMORY // 10**6}MB", _size),
    "format_in": Check("`auto`, or the name of a format", _format_name),
    "ignore_files": Check("`true`, `false`", _flag),
    "text_field": _FIELD,
    "id_field": _FIELD,
    "story_field": _optional(_FIELD),
}
"""Setting -> what it may be, in the order of their definition."""
