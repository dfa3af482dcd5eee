"""The file of settings to begin with: every key at its default, in groups, and nothing set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from dedup.cli.configuration import COMMAND_KEYS
from dedup.cli.speech import CHOICES
from dedup.language import Language, mark
from dedup.settings import CHECKS, Settings
from dedup.write import WRITERS
from dedup.write.order import SORTS


class Section(NamedTuple):
    """Settings that belong together, and the sentence above them."""

    about: str
    names: tuple[str, ...]


SECTIONS = (
    Section(
        mark("What is alike: scores from 0 to 1, and the weakest kind to look for."),
        ("threshold", "rewritten_threshold", "token_threshold", "level", "normalize", "ignore_phrases", "min_words"),
    ),
    Section(
        mark("Passages: how many words two paragraphs must share."),
        ("passage_words", "passage_words_within"),
    ),
    Section(
        mark("What counts, and what stands for its group."),
        ("scope", "keep", "boilerplate_after"),
    ),
    Section(
        mark("What fails: the weakest kind, and limits to all of it together."),
        ("fail_on", "fail_short", "ignore_quotes", "max_duplicated", "max_findings", "baseline", "exit_zero"),
    ),
    Section(
        mark("How inputs are read: their format, the fields of a row, and what a paragraph is."),
        ("format_in", "ignore_files", "text_field", "id_field", "story_field", "paragraphs", "max_paragraph_chars"),
    ),
    Section(
        mark("What was published before: a file, or the URL of a database."),
        ("archive",),
    ),
    Section(
        mark("How reports are written."),
        ("output_format", "sort", "top", "new_only", "templates", "statistics", "redact", "quiet"),
    ),
    Section(
        mark("In which language, with which digits, and who orders right-to-left text."),
        ("lang", "digits", "bidi"),
    ),
    Section(
        mark("What a run may cost; neither changes the result."),
        ("workers", "memory"),
    ),
    Section(
        mark("How large input is searched; the defaults are measured."),
        ("generator", "all_pairs_limit", "recall_target", "num_perm", "shingle_chars", "seed"),
    ),
)
"""Every setting of a scan and every key of the command, once."""

COMMAND_DEFAULTS: dict[str, Any] = {
    "output_format": "full",
    **dict.fromkeys(("exit_zero", "new_only", "templates", "statistics", "redact", "quiet"), False),
    **dict.fromkeys(CHOICES, "auto"),
}
"""Keys of the command -> what holds where nothing is said."""
EXAMPLES = {
    "max_duplicated": "20%",
    "max_findings": 0,
    "story_field": "rewrite_of",
    "archive": "news.db",
    "baseline": "known.txt",
    "sort": "score",
    "top": 20,
    "workers": 4,
    "recall_target": 0.95,
    "num_perm": 256,
}
"""Keys that have no default -> a value that they may have."""
_CHOICES: dict[str, tuple[str, ...]] = {"output_format": tuple(WRITERS), "sort": tuple(SORTS), **CHOICES}


def starter(lang: Language, table: str | None = None) -> Iterator[str]:
    """Yield the lines of the file; `table` is the header of the table in which the keys stand, if they do in one."""
    yield f"# {lang.say('Settings of dedup: take the # away from what you change.')}"
    yield f"# {lang.say('What is in force, and where it comes from: {command}', command='dedup config show')}"
    if table:
        yield f"\n[{table}]"
    for section in SECTIONS:
        yield f"\n# {lang.say(section.about)}"
        yield from (_line(name, lang) for name in section.names)


def _line(name: str, lang: Language) -> str:
    defaults = {**Settings().to_dict(), **COMMAND_DEFAULTS}
    value = defaults.get(name)
    remarks = [_span(name)]
    if value is None:
        value = EXAMPLES[name]
        remarks.insert(0, lang.say("not set"))
    remark = "; ".join(filter(None, remarks))
    return f"#{keyed(name)} = {as_toml(value)}" + (f"  # {remark}" if remark else "")


def _span(name: str) -> str:
    """Return what a key may be, as the reference says it."""
    if name in COMMAND_KEYS:
        return ", ".join(_CHOICES.get(name, ()))
    return CHECKS[name].span.replace("`", "").removesuffix("; or none")


def keyed(name: str) -> str:
    """Return the name of a setting as a key of a file."""
    return name.replace("_", "-")


def as_toml(value: Any) -> str:
    """Return a value as TOML has it; strings, numbers, flags and lists are those of JSON, but for U+007F."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
