"""What the documents show is what the program does: every example runs, every name is in the reference.

Four kinds of fenced blocks, by their language:

- ``console``: commands after ``$`` (further lines of one after ``>``) run in one folder for each
  document, which holds the seeds and `tests/story` as `story`; both output streams are compared, to the character.
- ``pycon``: a doctest, in that folder; the blocks of a document share their names.
- ``python``, ``toml``, ``sh`` that begin with ``# name``: a file of that name in the folder.
- ``sh`` that do not: what a reader does once, to set up; listed in NOT_RUN.
"""

import dataclasses
import doctest
import functools
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from conftest import PASSAGES

import dedup
from dedup.candidates import CHARS_PER_KEY
from dedup.cli import cli
from dedup.cli.configuration import COMMAND_KEYS
from dedup.read.encoding import ARABIC, OTHER
from dedup.read.formats import suffixes
from dedup.settings import KINDS, Settings
from dedup.sketch.plan import RECALL_TARGETS
from dedup.text.letters import LETTER_FOLDS
from dedup.text.rules import CANONICAL_RULES, LOOSE_RULES
from dedup.write import WRITERS, schema

COMMANDS = {name: cli.get_command(None, name) for name in cli.list_commands(None)}
GROUPS = {"archive": {"--archive", "--network-file-system"}, "config": set()}
"""Commands that have commands of their own -> the options that all of those have."""
ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")))
SET_UP_AND_RUN = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/dedup scan seeds/"
SET_UP_AND_TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest"
NOT_RUN = {
    "README.md": [SET_UP_AND_RUN, SET_UP_AND_TEST],
    "docs/README.md": ["python3 -m venv .venv"],
    "docs/ar/README.md": ["python3 -m venv .venv"],
    "docs/ar/tutorial.md": ["python3 -m venv .venv"],
    "docs/tutorial.md": ["python3 -m venv .venv"],
}
"""Document -> how each of its blocks begins that is not run, in their order."""

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE_NAME = re.compile(r"\A# ([\w./-]+\.\w+)\n")
COMMAND = re.compile(r"^\$ .*\n(?:> .*\n)*", re.MULTILINE)
END_OF_OUTPUT = b"\0"


class Block(NamedTuple):
    """One fenced block of a document."""

    language: str
    text: str
    line: int


@functools.cache
def text_of(document):
    return (ROOT / document).read_text("utf-8")


def blocks_of(document):
    text = text_of(document)
    return [Block(match[1], match[2], text.count("\n", 0, match.start()) + 1) for match in FENCE.finditer(text)]


def section(document, heading):
    """Return what stands below a heading, up to the next of its level or above."""
    text = FENCE.sub(lambda match: "\n" * match[0].count("\n"), text_of(document))
    level = heading.split(" ")[0]
    _, found, below = f"\n{text}".partition(f"\n{heading}\n")
    assert found, f"{document} has no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", below, maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(table):
    """Return the code in the first cell of each row."""
    return re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)


def rows(table):
    """Return first cell -> further cells."""
    found = {}
    for line in re.findall(r"^\| `.*$", table, re.MULTILINE):
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        found[cells[0].strip("`")] = cells[1:]
    return found


# --- examples -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copytree(ROOT / "tests/story", tmp_path / "story")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_example_gives_what_the_document_shows(document, folder):
    names, not_run = {}, []
    assert len(re.findall("^```", text_of(document), re.MULTILINE)) == 2 * len(blocks_of(document))
    for block in blocks_of(document):
        name = FILE_NAME.match(block.text)
        if block.language == "console":
            assert transcript(block.text) == block.text, f"{document}:{block.line}"
        elif block.language == "pycon":
            assert doctest_failures(block, document, names) == ""
        elif name:
            (folder / name[1]).parent.mkdir(parents=True, exist_ok=True)
            (folder / name[1]).write_text(block.text, "utf-8")
        else:
            not_run.append(block.text)
    expected = NOT_RUN.get(document, [])
    assert len(not_run) == len(expected), "each other block is one of the kinds above"
    assert all(text.startswith(start) for text, start in zip(not_run, expected, strict=True))


def transcript(shown):
    """Run the commands of a console block in one shell and return commands and outputs again."""
    commands = COMMAND.findall(shown)
    bare = ["\n".join(line[2:] for line in command.splitlines()) for command in commands]
    # The status of each command is kept, so that the next can be `echo $?`.
    script = "exec 2>&1\n" + "".join(f"{command}\nstatus=$?; printf '\\0'; (exit $status)\n" for command in bare)
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    environment["PATH"] = f"{sysconfig.get_path('scripts')}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, env=environment, check=False)
    outputs = [output.decode() for output in done.stdout.split(END_OF_OUTPUT)[:-1]]
    return "".join(f"{command}{output}" for command, output in zip(commands, outputs, strict=True))


def doctest_failures(block, document, names):
    example = doctest.DocTestParser().get_doctest(block.text, names, document, document, block.line)
    report = []
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(example, out=report.append, clear_globs=False)
    names.update(example.globs)  # the parser works on a copy
    return "".join(report)


def test_a_changed_output_fails(folder):
    """Break an example once: the runner must see it."""
    right = "$ printf 'a\\n'; exit_with() { return $1; }; exit_with 3\na\n$ echo $?\n3\n"
    assert transcript(right) == right
    assert transcript(right.replace("\n3", "\n0")) == right
    assert doctest_failures(Block("pycon", ">>> 1 + 1\n3\n", 1), "x", {})


def test_the_readme_gives_both_commands():
    lines = text_of("README.md").splitlines()
    assert SET_UP_AND_RUN in lines
    assert SET_UP_AND_TEST in lines
    for command in ("ruff check . && ruff format --check . && mypy", "bash .ci/run"):
        assert f"`{command}`" in text_of("README.md")


@pytest.mark.parametrize("document", [*DOCUMENTS, "CHANGELOG.md"])
def test_every_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text_of(document))):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / document).parent / path if path else ROOT / document
        assert file.exists(), f"{document}: {target}"
        assert not anchor or anchor in anchors(file), f"{document}: {target}"


def anchors(file):
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", file.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_map_of_files_names_what_there_is():
    named = first_cells(section("README.md", "## Map of the files"))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
    packages = {f"dedup/{path.parent.name}/" for path in (ROOT / "dedup").glob("*/__init__.py")}
    modules = {f"dedup/{path.name}" for path in (ROOT / "dedup").glob("[a-z]*.py")}
    assert packages | modules <= set(named)


def test_the_glossary_has_the_words_of_the_code():
    words = re.findall(r"^\| \*\*([^*]+)\*\*", section("README.md", "## Glossary"), re.MULTILINE)
    expected = "document paragraph key shingle signature band candidate match group original duplicate score threshold"
    assert {*expected.split(), "generator"} <= set(words)


# --- the reference is complete --------------------------------------------------------------------

COMMAND_PAGE, SETTINGS_PAGE, LIBRARY_PAGE, INPUTS_PAGE, COMPARISON_PAGE, OUTPUTS_PAGE, JSON_PAGE = (
    f"docs/reference/{name}.md" for name in "command settings library inputs comparison outputs json".split()
)
PUBLIC_FUNCTIONS = [name for name in dedup.__all__ if inspect.isfunction(getattr(dedup, name))]
PUBLIC_CLASSES = [name for name in dedup.__all__ if inspect.isclass(getattr(dedup, name))]


def test_every_public_name_has_a_heading():
    headings = re.findall(r"^### `(\w+)", text_of(LIBRARY_PAGE), re.MULTILINE)
    assert set(dedup.__all__) <= set(headings)


@pytest.mark.parametrize("name", PUBLIC_FUNCTIONS)
def test_every_function_is_shown_with_its_signature(name):
    signature = inspect.signature(getattr(dedup, name))
    bare = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
    shown = signature.replace(parameters=bare, return_annotation=signature.empty)
    assert f"\n### `{name}{shown}`\n" in text_of(LIBRARY_PAGE)


@pytest.mark.parametrize("name", PUBLIC_CLASSES)
def test_every_attribute_of_a_public_class_is_named(name):
    cls = getattr(dedup, name)
    fields = {field.name for field in dataclasses.fields(cls)} if dataclasses.is_dataclass(cls) else set()
    attributes = fields | {attribute for attribute in vars(cls) if not attribute.startswith("_")}
    attributes -= {"stages"}  # how a report asks the stages again
    if name == "Settings":
        attributes -= fields  # the table of settings has those
    cells = re.findall(r"^\| (`[^|]*`) \|", section(LIBRARY_PAGE, f"### `{name}`"), re.MULTILINE)
    named = {re.match(r"\w+", code)[0] for cell in cells for code in re.findall(r"`([^`]+)`", cell)}
    assert named == attributes


def options_of(command):
    """Return every way to write an option -> its choices, or None."""
    context = click.Context(command, parent=click.Context(cli, **cli.context_settings))
    return {
        string: option.type.choices if isinstance(option.type, click.Choice) else None
        for option in command.get_params(context)
        if isinstance(option, click.Option)
        for string in (*option.opts, *option.secondary_opts)
    }


def test_what_the_code_tells_is_as_the_code_tells_it():
    """Tables of options, settings and formats are written by `cog`; after a change: see docs/site/tables.py."""
    pages = sorted((ROOT / "docs/reference").glob("*.md"))
    command = [sys.executable, "-m", "cogapp", "--check", "--diff", "-I", ROOT / "docs/site", *pages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nmend: cog -r -I docs/site docs/reference/*.md"


def test_the_table_of_options_names_all_of_every_command():
    """The table comes of the code; that it leaves nothing out is looked at from the side of the commands."""
    commands = {name: command for name, command in COMMANDS.items() if name not in GROUPS}
    documented = {}
    for line in re.findall(r"^\| `-.*$", section(COMMAND_PAGE, "## Options"), re.MULTILINE):
        strings, having, meaning = (cell.strip() for cell in line.strip("|").split(" | "))
        named = set(codes_of(having.removesuffix(" itself")))
        for name in set(commands) - named if having.startswith("all") else named:
            documented.update({(name, string.split()[0]): meaning for string in codes_of(strings)})
    expected = {(name, string): choices for name in commands for string, choices in options_of(commands[name]).items()}
    assert {place for place in documented if place[0] != "dedup"} == set(expected)
    for place, choices in expected.items():
        assert all(f"`{choice}`" in documented[place] for choice in choices or ()), place


def codes_of(cell):
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize(("group", "shared"), GROUPS.items(), ids=GROUPS)
def test_the_table_of_the_commands_of_a_group_is_that_of_the_code(group, shared):
    """Every command is named with its options; those that all of them have are said once."""
    context = click.Context(COMMANDS[group])
    commands = {name: COMMANDS[group].get_command(context, name) for name in COMMANDS[group].list_commands(context)}
    documented = {
        name: {code.split()[0] for code in codes_of(cells[0]) if code.startswith("--")}
        for name, cells in rows(section(COMMAND_PAGE, f"### `dedup {group}`")).items()
    }
    common = {*shared, "--help", "--lang", "--digits", "--bidi"}
    assert documented == {
        name: {option for option in options_of(command) if option.startswith("--")} - common
        for name, command in commands.items()
    }


def test_every_group_of_commands_has_its_table():
    assert {name for name, command in COMMANDS.items() if isinstance(command, click.Group)} == set(GROUPS)


def test_every_command_has_a_heading():
    assert set(re.findall(r"^### `dedup (\w+)`$", text_of(COMMAND_PAGE), re.MULTILINE)) == set(COMMANDS)


def test_every_setting_is_in_the_table():
    assert set(rows(section(SETTINGS_PAGE, "# Settings"))) == {field.name for field in dataclasses.fields(Settings)}


def test_every_range_in_the_table_is_that_of_the_code():
    """A value at each end of a documented range is taken, one beyond it is refused."""
    for name, (_, span, *_) in rows(section(SETTINGS_PAGE, "# Settings")).items():
        if match := re.match(r"([\d,]+) to (below )?([\d,]+)", span):
            low, high = (int(end.replace(",", "")) for end in match.group(1, 3))
            Settings(**{name: low})
            Settings(**{name: high - 0.001 if match[2] else high})
            for beyond in (low - 1, high if match[2] else high + 1):
                with pytest.raises(dedup.SettingsError):
                    Settings(**{name: beyond})
        for value in re.findall(r"`([^`]+)`", span):
            Settings(**{name: {"true": True, "false": False}.get(value, value)})
        if span.endswith("or none"):
            Settings(**{name: None})


def test_the_keys_of_a_configuration_are_named():
    named = first_cells(section(COMMAND_PAGE, "## Configuration files"))
    assert set(named) == {key.replace("_", "-") for key in COMMAND_KEYS}


@pytest.fixture(scope="module")
def varied(tmp_path_factory):
    """Reports that give every key at least once: of a small scan, a banded one, and a check."""
    folder = tmp_path_factory.mktemp("varied")
    (folder / "page.html").write_text("<p>خبر قصير<p>خبر قصير", "utf-8")
    (folder / "broken.jsonl").write_text("{", "utf-8")
    (folder / ".hidden").touch()
    (folder / "old.txt").write_bytes("أعلنت وزارة الثقافة فتح باب التسجيل".encode("cp1256"))
    texts = [
        "قال الوزير إن 12 مدرسة ستفتح يوم الأحد في كل المدن",
        "قال الوزير ان 15 مدرسة ستفتح يوم الاثنين في كل المدن",
    ]
    texts += ["قال الوزير إنّ ١٢ مدرسة ستفتح يوم الأحد في كل المدن", *["وأضاف أن الأبواب مفتوحة للجميع. " * 8] * 2]
    rows = [{"id": number, "text": text} for number, text in enumerate(texts)]
    inputs = [folder, ROOT / "seeds", *rows]
    small = dedup.scan(
        inputs, max_paragraph_chars=100, paragraphs="line", max_findings=0, ignore_phrases=("مفتوحة للجميع",)
    )
    with dedup.Archive.create(folder / "news.db") as archive:
        archive.load(rows)
        checked = archive.check([*texts, "<!-- dedup: off -->\nقال الوزير"])
    shared = dedup.scan(PASSAGES)
    small = dataclasses.replace(small, known=frozenset())
    return small.to_dict(), dedup.scan(inputs, generator="banding").to_dict(), checked.to_dict(), shared.to_dict()


SHAPES = {
    "": "## The report",
    "tool": "## The report",
    "settings": "## `settings`",
    "summary": "## `summary`",
    "summary.by_kind": "## `summary.by_kind`",
    "summary.exceeded[]": "## `summary.exceeded[]`",
    "summary.generator": "## `summary.generator`",
    "summary.skipped[]": "## `summary.skipped[]`",
    "summary.archive": "## `summary.archive`",
    "findings[]": "## `findings[]`",
    "findings[].a": "## A place",
    "findings[].b": "## A place",
    "findings[].b.article": "## `article`",
    "groups[].original.article": "## `article`",
    "findings[].diff[]": "## `findings[].diff[]`",
    "groups[]": "## `groups[]`",
    "groups[].original": "## A place",
    "groups[].members[]": "## A place",
    "findings[].spans": "## `findings[].spans`",
    "findings[].spans.a[]": "## A span",
    "findings[].spans.b[]": "## A span",
    "findings[].spans.a[].place": "## A place",
    "findings[].spans.b[].place": "## A place",
    "problems[]": "## `problems[]`",
    "paragraphs[]": "## A place",
}
"""Where an object stands in the report -> the heading that documents its keys."""

FREE_KEYS = ("summary.paragraph_rules", "summary.generator.recall")
"""Objects whose keys are values: rules, and score bands."""


def keys_of(value, path=""):
    """Yield (path of the object, key) for each key of each object of a report."""
    if isinstance(value, list):
        for item in value:
            yield from keys_of(item, f"{path}[]")
    elif isinstance(value, dict) and path not in FREE_KEYS:
        for key, below in value.items():
            yield path, key
            yield from keys_of(below, f"{path}.{key}".strip("."))


def test_every_key_of_a_report_is_documented(varied):
    found = {}
    for report in varied:
        for path, key in keys_of(report):
            found.setdefault(SHAPES[path], set()).add(key)
    assert set(found) == set(SHAPES.values())
    for heading, keys in found.items():
        documented = {cell.split(".")[-1] for cell in first_cells(section(JSON_PAGE, heading))}
        if heading == "## `settings`":
            documented |= set(first_cells(section(SETTINGS_PAGE, "# Settings"))) - {"workers", "memory"}
        assert keys == documented, heading


def properties_of(node, whole, path=""):
    """Yield (path of the object, its keys) for each object that the JSON Schema describes."""
    node = whole["$defs"][node["$ref"].split("/")[-1]] if "$ref" in node else node
    if "items" in node:
        yield from properties_of(node["items"], whole, f"{path}[]")
    elif "properties" in node:
        yield path, set(node["properties"])
        for key, below in node["properties"].items():
            yield from properties_of(below, whole, f"{path}.{key}".strip("."))


def test_the_schema_describes_the_keys_that_are_documented():
    found = {}
    whole = json.loads(schema())
    for path, keys in properties_of(whole, whole):
        found.setdefault(SHAPES.get(path, "## `article`" if path.endswith(".article") else None), set()).update(keys)
    assert set(found) == set(SHAPES.values())
    for heading, keys in found.items():
        cells = first_cells(section(JSON_PAGE, heading))
        documented = {cell.split(".")[-1] for cell in cells}
        if heading == "## `settings`":
            documented |= set(first_cells(section(SETTINGS_PAGE, "# Settings"))) - {"workers", "memory"}
        assert keys == documented, heading


def test_the_values_that_a_report_can_name_are_documented(varied):
    tags = {step["tag"] for report in varied for finding in report["findings"] for step in finding["diff"]}
    assert tags <= set(re.findall(r"^- `(\w+)`:", section(JSON_PAGE, "## `findings[].diff[]`"), re.MULTILINE))
    rules = {rule for report in varied for rule in report["summary"]["paragraph_rules"]}
    assert rules <= codes(INPUTS_PAGE, "## Paragraphs")
    assert set(KINDS) <= codes(COMPARISON_PAGE, "## Kinds")


def codes(document, heading):
    """Return what stands in code in a section of a page."""
    return set(re.findall(r"`([^`\n]+)`", section(document, heading)))


def test_every_format_is_documented():
    assert set(suffixes()) <= codes(INPUTS_PAGE, "## Inputs")
    assert set(WRITERS) <= codes(COMMAND_PAGE, "## Options")
    assert set(WRITERS) <= codes(OUTPUTS_PAGE, "# Output formats")
    assert set(ARABIC + OTHER) <= codes(INPUTS_PAGE, "## Encodings")


def test_the_limits_of_the_generators_are_those_of_the_code():
    below = section(COMPARISON_PAGE, "## Candidates")
    assert f"{CHARS_PER_KEY} characters" in below
    assert f"{CHARS_PER_KEY * Settings().all_pairs_limit:,} by default" in below
    assert all(f"{recall:g} at {score:.2f}" in below for score, recall in RECALL_TARGETS.items())


def test_the_folds_are_listed_in_their_order():
    below = section(COMPARISON_PAGE, "## What is normalised")
    listed = re.findall(r"^\d+\. \*\*([^*]+)\*\*", below, re.MULTILINE)
    assert listed == [rule.name for rule in CANONICAL_RULES + LOOSE_RULES]
    folded = re.findall(r"^ +(.*) → (\w)$", below, re.MULTILINE)
    shown = {letter: to for letters, to in folded for letter in letters.split()}
    assert shown == {letter_shown(letter, shown): to for letter, to in LETTER_FOLDS.items()}


def letter_shown(letter, shown):
    return letter if letter in shown else f"U+{ord(letter):04X}"
