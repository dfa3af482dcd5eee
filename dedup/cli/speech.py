"""In which language the command speaks: that of --lang, DEDUP_LANG, the file of settings, or the locale.

It is settled before the command line is read, because its errors and its help are said in it, too; and it is the
only state of the process that dedup has. The library has none: there a `Language` is a value.
"""

from __future__ import annotations

import gettext
import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import click

from dedup.language import DIGITS, DIRECTIONS, ENGLISH, LOCALES, Language, chosen
from dedup.write.bidi import ORDERS

CHOICES = {"lang": ("auto", *DIRECTIONS), "digits": ("auto", *DIGITS), "bidi": ORDERS}
"""Options of every command on how it speaks, and keys of a file of settings -> their values."""
VARIABLES = {"lang": "DEDUP_LANG"}
"""Option -> the variable of the environment that gives it."""
_HELP = {
    "lang": "Language of messages and of reports for people.  [default: by the locale]",
    "bidi": "Who orders right-to-left text of a report on a terminal.  [default: auto]",
    "digits": "Digits of numbers that dedup says; quoted text keeps its own.  [default: by the locale]",
}
_REMARK = re.compile(r"(?s)(.*?)  \[(default|env): (.*)\]\Z")
_END = re.compile(r"(?<=[.؟?])\s")

_asked: dict[str, str] = {}
_spoken = [ENGLISH]


def speaking() -> Language:
    """Return the language of this process."""
    return _spoken[0]


def ordering() -> str:
    """Return who orders right-to-left text, as it was asked for."""
    return _asked.get("bidi", "auto")


def hear(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Settle the language by the command line and the environment; what is wrong there is for click to say."""
    given = {name: environment.get(variable) for name, variable in VARIABLES.items()}
    for name, value in (*given.items(), *_options(arguments)):
        if value in CHOICES[name]:
            _asked[name] = value
    _settle(environment)


def hear_file(values: Mapping[str, Any]) -> None:
    """Settle the language by a file of settings, in what neither command line nor environment said."""
    said = {name: value for name in CHOICES if (value := values.get(name)) is not None and name not in _asked}
    if said:
        _asked.update(said)
        _settle(os.environ)


def _options(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    for argument, following in pairwise((*arguments, "")):
        if argument == "--":
            return
        option, equals, value = argument.partition("=")
        if option.startswith("--") and option[2:] in CHOICES:
            yield option[2:], value if equals else following


def _settle(environment: Mapping[str, str]) -> None:
    _spoken[0] = chosen(_asked.get("lang", "auto"), _asked.get("digits", "auto"), environment)
    if speaking() == ENGLISH:
        return
    gettext.bindtextdomain("click", LOCALES)  # click asks gettext, and gettext the environment
    gettext.textdomain("click")
    os.environ["LANGUAGE"] = speaking().code


# --- help -----------------------------------------------------------------------------------------


def equipped(command: click.Command) -> click.Command:
    """Return a command with the options on how it speaks, and its help in the language of this process."""
    if any(option.name in CHOICES for option in command.params):
        return command
    for name, values in CHOICES.items():
        command.params.append(
            click.Option(
                [f"--{name}"],
                type=click.Choice(values),
                envvar=VARIABLES.get(name),
                expose_value=False,
                help=_HELP[name],
            )
        )
    if speaking() != ENGLISH:
        retell(command, speaking().gettext)
    command.short_help = _summary(command.help or "")
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        equipped(each)
    return command


def retell(command: click.Command, say: Callable[[str], str]) -> None:
    """Have the help of a command said, sentence by sentence, and keep what comes back."""
    command.help = _prose(inspect.cleandoc(command.help or ""), say)
    command.epilog = _prose(command.epilog, say) if command.epilog else None
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            option.help = _remarked(option.help, say)


def _summary(text: str) -> str:
    """Return the first sentence of a help, whole: what click finds by itself it cuts to the width of one line."""
    return _END.split(" ".join(text.split("\n\n", maxsplit=1)[0].split()), maxsplit=1)[0]


def _prose(text: str, say: Callable[[str], str]) -> str:
    return "\n\n".join(_paragraph(paragraph, say) for paragraph in text.split("\n\n"))


def _paragraph(paragraph: str, say: Callable[[str], str]) -> str:
    """Return a paragraph said as one message; of examples, which click marks by a backspace, commands stay."""
    if not paragraph.startswith("\b"):
        return say(" ".join(paragraph.split()))
    return "\n".join(line if line.startswith(("\b", "  ")) else say(line) for line in paragraph.split("\n"))


def _remarked(text: str, say: Callable[[str], str]) -> str:
    """Return the help of an option; what it remarks on its default is said by itself."""
    found = _REMARK.fullmatch(f"  {text}" if text.startswith("[") else text)
    if found is None:
        return say(text)
    about, name, value = found.groups()
    remark = f"[{say(name)}: {say(value) if ' ' in value else value}]"
    return f"{say(about)}  {remark}" if about.strip() else remark
