"""`dedup config`: which settings are in force and where they come from, and a file to begin with."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click

from dedup.cli.configuration import COMMAND_KEYS, find_config, split_options
from dedup.cli.options import ANY_PATH, CONFIGURING, with_options
from dedup.cli.output import to_stdout
from dedup.cli.speech import VARIABLES, hear_file, speaking
from dedup.cli.starter import COMMAND_DEFAULTS, as_toml, keyed, starter
from dedup.errors import ReadError
from dedup.language import Language
from dedup.system import said_by
from dedup.write.terminal import harmless

ENVIRONMENT = {"archive": "DEDUP_ARCHIVE", "lang": VARIABLES["lang"]}
"""Key of the command -> the variable that comes before the file."""
DEFAULT = "default"
_PASSWORD = re.compile(r"(\w+://[^/@:]*:)[^/]*(?=@)|(?<=[?&]password=)[^&]*")


class Held(NamedTuple):
    """A value that is in force, and where it comes from: `default`, a file, or a variable of the environment."""

    value: Any
    origin: str


@click.group()
def config() -> None:
    """Show which settings are in force, or make a file of them."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@with_options(CONFIGURING)
def show(as_json: bool, config: Path | None, isolated: bool) -> None:
    """Show every setting that is in force here, and where it comes from: a default, a file, the environment."""
    path, in_file = find_config(config, isolated)
    hear_file(in_file)
    held = _held(path, in_file)
    if as_json:
        from dedup.write.json import dumps

        lines: Iterator[str] = iter([dumps(_plain(path, held), 2)])
    else:
        lines = _lines(path, held, speaking())
    to_stdout(f"{line}\n" for line in lines)


def _held(path: Path | None, in_file: dict[str, Any]) -> dict[str, Held]:
    settings, command = split_options(in_file)
    values = {**settings.to_dict(), **{name: command[name] for name in COMMAND_KEYS}}
    held = {name: Held(value, str(path) if name in in_file else DEFAULT) for name, value in values.items()}
    for name, value in COMMAND_DEFAULTS.items():
        if held[name].value is None:
            held[name] = Held(value, DEFAULT)
    for name, variable in ENVIRONMENT.items():
        if said := os.environ.get(variable):
            held[name] = Held(said, variable)
    return held | {"archive": held["archive"]._replace(value=_guarded(held["archive"].value))}


def _guarded(place: str | None) -> str | None:
    """Return the place of an archive without a password: what is in force is shown to whoever helps."""
    return place and _PASSWORD.sub(lambda found: f"{found[1] or ''}***", place)


def _plain(path: Path | None, held: dict[str, Held]) -> dict[str, Any]:
    def told(command: bool) -> dict[str, Any]:
        chosen = {name: each for name, each in held.items() if (name in COMMAND_KEYS) is command}
        return {name: {"value": value, "from": origin} for name, (value, origin) in chosen.items()}

    return {"file": None if path is None else str(path), "settings": told(False), "command": told(True)}


def _lines(path: Path | None, held: dict[str, Held], lang: Language) -> Iterator[str]:
    """Yield what is in force as a file of settings, which would say the same again."""
    place = lang.say("no file of settings") if path is None else harmless(str(path))
    yield f"# {place}"
    for name, (value, origin) in held.items():
        said = lang.say(DEFAULT) if origin == DEFAULT else harmless(origin)
        if value is None:
            yield f"#{keyed(name)}  # {lang.say('not set')}"
        else:
            yield f"{keyed(name)} = {harmless(as_toml(value))}  # {said}"


@config.command()
@click.argument("path", default="dedup.toml", metavar="[PATH]", type=ANY_PATH)
def init(path: Path) -> None:
    """Write a file of settings with every key at its default, commented out. Nothing is written over."""
    table = "tool.dedup" if path.name == "pyproject.toml" else None
    text = "".join(f"{line}\n" for line in starter(speaking(), table))
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ReadError(str(path), "is there already, and is left as it is", "name another place") from error
    except OSError as error:
        raise ReadError(str(path), f"cannot be written: {said_by(error)}", "name another place") from error
    click.echo(speaking().say("made {place}", harmless, place=path))
