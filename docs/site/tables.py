"""The tables of the reference that the code can tell: options, commands of an archive, settings.

They stand in the pages, so that the web view of the repository shows them; `cog` writes them there,
between two comments, and a test says when that is to be done again:

    cog -r -I docs/site docs/reference/*.md
"""

import ast
import dataclasses
import inspect
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import click

from dedup.cli import cli
from dedup.read.formats import FORMATS
from dedup.settings import CHECKS, Settings

ESCAPED = r"\|"
DEFAULT = re.compile(r"\s*\[(default|env): (.*?)\]$")


def options() -> str:
    """Return the options of all commands that have no commands of their own: each once for each meaning, and who."""
    commands = _single_commands()
    rows: dict[tuple[str, str], list[str]] = {}
    for name, command in commands.items():
        for option in _options(command):
            rows.setdefault((_strings(option), _meaning(option)), []).append(name)
    for option in _options(cli):
        rows.setdefault((_strings(option), _meaning(option)), []).append("itself")
    shared = {row: _who(names, list(commands)) for row, names in rows.items()}
    order = sorted(rows, key=lambda row: -len(rows[row]))  # what most commands have comes first
    return _table("Option | Commands | Meaning", ((strings, shared[strings, said], said) for strings, said in order))


def commands_of(group: str) -> str:
    """Return the commands of `dedup archive` or another group, without the options that all of them have."""
    commands = _commands(cli.get_command(click.Context(cli), group))
    having = Counter(_strings(option) for command in commands.values() for option in _options(command))
    enough = max(2, len(commands) - 1)  # `archive create` opens nothing
    common = {strings for strings, count in having.items() if count >= enough}
    rows = (
        (f"`{name}`", ", ".join(s for s in map(_strings, _options(command)) if s not in common), _first(command.help))
        for name, command in commands.items()
    )
    return _table("Command | Options | What it does", rows)


def formats() -> str:
    """Return the name and the suffixes of each format that is read."""
    told = {"page": "never by itself: `--format-in page`"}
    return _table(
        "Format | Suffixes",
        ((f"`{form.name}`", _listed(form.suffixes) or told.get(form.name, "told by the content")) for form in FORMATS),
    )


def settings() -> str:
    """Return every setting with its default, what it may be, its meaning and its option."""
    meanings = _attribute_docstrings(Settings)
    strings = {
        option.name: f"`{max(option.opts, key=len)}`"
        for command in _single_commands().values()
        for option in _options(command)
    }
    rows = (
        (f"`{f.name}`", f"`{_shown(f.default)}`", CHECKS[f.name].span, meanings[f.name], strings.get(f.name, ""))
        for f in dataclasses.fields(Settings)
    )
    return _table("Setting | Default | Range | Meaning | Option", rows)


def _single_commands() -> dict[str, click.Command]:
    return {name: command for name, command in _commands(cli).items() if not isinstance(command, click.Group)}


def _commands(group: click.Group) -> dict[str, click.Command]:
    context = click.Context(group)
    return {name: group.get_command(context, name) for name in group.list_commands(context)}


def _options(command: click.Command) -> list[click.Option]:
    context = click.Context(command, parent=click.Context(cli, **cli.context_settings))
    return [option for option in command.get_params(context) if isinstance(option, click.Option)]


def _strings(option: click.Option) -> str:
    """Return every way to write an option, the long one first, and there the name of its value."""
    long, *others = sorted([*option.opts, *option.secondary_opts], key=lambda string: not string.startswith("--"))
    return _listed([f"{long} {option.metavar}" if option.metavar else long, *others])


def _meaning(option: click.Option) -> str:
    """Return what an option does, what it may be and its default, as its help says."""
    said = option.help or ""
    found = DEFAULT.search(said)
    said = DEFAULT.sub("", said)
    choices = f"One of {_listed(option.type.choices)}." if isinstance(option.type, click.Choice) else ""
    default = f"Default: {option.default}." if option.show_default else ""
    if found:
        default = f"Also `{found[2]}`." if found[1] == "env" else f"Default: {found[2]}."
    return _coded(" ".join(filter(None, (said, choices, default))))


def _coded(text: str) -> str:
    """Return a sentence of `--help` with the names of options as code."""
    return re.sub(r"(?<![\w`-])(--?[a-z][\w-]*)", r"`\1`", text)


def _who(names: list[str], commands: list[str]) -> str:
    """Return the commands that have an option, in the fewest words."""
    if "itself" in names:
        return "all" if len(names) > len(commands) else "`dedup` itself"
    others = [name for name in commands if name not in names]
    return "all" if not others else f"all but {_listed(others)}" if len(others) <= 2 else _listed(names)


def _first(text: str | None) -> str:
    """Return the first paragraph of a docstring, in one line."""
    return " ".join((text or "").split("\n\n")[0].split())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default).lower() if default is None or isinstance(default, bool) else str(default)


def _attribute_docstrings(cls: type) -> dict[str, str]:
    """Return attribute -> the string below it, in one line."""
    body = ast.parse(inspect.getsource(cls)).body[0].body
    return {
        field.target.id: " ".join(below.value.value.split())
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr)
    }


def _table(header: str, rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {header} |", f"|{'---|' * len(header.split(' | '))}"]
    lines += [f"| {' | '.join(cell.replace('|', ESCAPED) for cell in row)} |" for row in rows]
    return "\n{}\n\n".format("\n".join(lines))
