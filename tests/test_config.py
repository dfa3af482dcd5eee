"""Settings from files: which file, what it may say, and who has the last word."""

import json

import pytest
from conftest import ARTICLE, REPEATED

import dedup
from dedup.cli.configuration import COMMAND_KEYS
from dedup.settings import NAMES


@pytest.fixture
def threshold(run, put):
    """Return the threshold that a scan used, started in a folder below the configuration."""

    def used(*options, cwd):
        put("a.txt", f"{ARTICLE}\n\n{REPEATED}")
        found = run("scan", cwd / "a.txt", "-f", "json", *options, cwd=cwd)
        assert found.stderr == ""
        return found.json["settings"]["threshold"]

    return used


@pytest.mark.parametrize(
    ("files", "used"),
    [
        ({}, 0.85),
        ({"dedup.toml": "threshold = 0.9"}, 0.9),
        ({"pyproject.toml": "[tool.dedup]\nthreshold = 0.9"}, 0.9),
        ({"news/dedup.toml": "threshold = 0.9", "dedup.toml": "threshold = 0.8"}, 0.9),
        ({"news/dedup.toml": "min-words = 3", "dedup.toml": "threshold = 0.8"}, 0.85),
        ({"news/pyproject.toml": "[project]\nname = 'x'", "dedup.toml": "threshold = 0.8"}, 0.8),
        ({"news/pyproject.toml": "[tool.ruff]", "pyproject.toml": "[tool.dedup]\nthreshold = 0.8"}, 0.8),
        ({"news/pyproject.toml": "tool = 1", "dedup.toml": "threshold = 0.8"}, 0.8),
        ({"news/dedup.toml": "threshold = 0.9", "news/pyproject.toml": "[tool.dedup]\nthreshold = 0.8"}, 0.9),
    ],
    ids=[
        "none: the defaults",
        "dedup.toml",
        "pyproject.toml",
        "the nearest",
        "nothing is merged",
        "a pyproject without the table is passed by",
        "and so is one with other tools",
        "and one without tables",
        "of two in one folder dedup.toml",
    ],
)
def test_the_nearest_file_is_used(folder, put, threshold, files, used):
    """Upward from the working directory, and that one alone."""
    for name, content in files.items():
        put(name, content)
    put("news/a.txt", "خبر")
    assert threshold(cwd=folder / "news") == used


def test_the_command_line_goes_before_the_file(folder, put, threshold):
    """An option beats the file; --isolated uses none; --config names another, of any name."""
    put("dedup.toml", "threshold = 0.9")
    put("mine.ini", "threshold = 0.8")
    put("other/pyproject.toml", "[tool.dedup]\nthreshold = 0.7")
    assert threshold("-t", "0.95", cwd=folder) == 0.95
    assert threshold("--isolated", cwd=folder) == 0.85
    assert threshold("--config", "mine.ini", cwd=folder) == 0.8
    assert threshold("--config", "other/pyproject.toml", "-t", "0.75", cwd=folder) == 0.75


def test_a_file_sets_what_the_command_line_sets(folder, put, run):
    """Settings and options of the command, with hyphens or underscores; a flag can be set either way."""
    put("a.txt", f"{ARTICLE}\n\n{REPEATED}")
    put("dedup.toml", 'output-format = "json"\nexit-zero = true\nredact = true\nscope = ["within"]\nmin_words = 3')
    found = run("scan", "a.txt")
    assert found.code == 0
    assert "text" not in found.json["findings"][0]["a"]
    assert (found.json["settings"]["scope"], found.json["settings"]["min_words"]) == (["within"], 3)
    assert run("scan", "a.txt", "-f", "concise").stdout.startswith("BLOCK")


def test_every_setting_can_stand_in_a_file(put, run):
    """Each knob of a scan is a key, with the values that JSON would have."""
    put("a.txt", ARTICLE)
    given = dedup.Settings(recall_target=0.9, workers=2, num_perm=64, story_field="story")
    values = given.replace(max_duplicated=0.5, max_findings=9).to_dict()
    put("dedup.toml", "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()))
    found = run("scan", "a.txt", "-f", "json")
    assert (found.code, found.stderr) == (0, "")
    assert {
        name: found.json["settings"][name] for name in NAMES if name not in ("workers", "memory")
    } == dedup.Settings(**values).shaping()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("treshold = 0.9", 'unknown key "treshold"; did you mean "threshold"?'),
        ("min-word = 9", 'unknown key "min-word"; did you mean "min-words"?'),
        ("[scan]\nthreshold = 0.9", 'unknown key "scan"'),
        ("threshold = 0.9\nthreshold = 0.8", "not TOML: "),
        ("threshold = ", "not TOML: "),
        (b"# \xe3\xd1\xcd\xc8\xc7", "not TOML: "),
        ("threshold = 85", "threshold must be from 0 to 1, got 85; did you mean 0.85?"),
        ("threshold = nan", "threshold must be from 0 to 1, got nan"),
        ('threshold = "0.9"', "threshold must be a number from 0 to 1, got '0.9'"),
        ("min-words = true", "min_words must be a whole number"),
        ("workers = 0", "workers must be a whole number from 1 to "),
        (
            'level = "nearly"',
            "level must be one of exact, normalized, near, rewritten, passage, got 'nearly'; did you mean",
        ),
        ('scope = ["inside"]', "scope must be one of within, between, archive, got 'inside'"),
        ("scope = []", "scope must name at least one"),
        ("fail-short = 1", "fail_short must be true or false, got 1"),
        ('text-field = ""', "text_field must be the name of a field"),
        (
            'output-format = "xml"',
            "output-format must be one of full, concise, json, jsonl, csv, markdown, sarif, github, gitlab, junit, html, got 'xml'",
        ),
        ("templates = 1", "templates must be true or false, got 1"),
        ("baseline = 1", "baseline must be the path of a file, got 1"),
        ("quiet = 'yes'", "quiet must be true or false, got 'yes'"),
    ],
)
def test_a_wrong_file_says_where_what_and_what_instead(put, run, content, message):
    """Exit 2, nothing is scanned, and the message begins with the file."""
    put("a.txt", ARTICLE)
    put("wrong.toml", content)
    refused = run("scan", "a.txt", "--config", "wrong.toml")
    assert (refused.code, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"dedup: wrong.toml: {message}")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.toml", None, "cannot be read: No such file or directory"),
        ("pyproject.toml", "[tool.ruff]", "no table [tool.dedup]"),
        ("pyproject.toml", "[tool]\ndedup = 1", "tool.dedup must be a table, got 1"),
        ("pyproject.toml", "[tool.dedup]\ntreshold = 0.9", 'unknown key "treshold"'),
    ],
)
def test_a_named_file_must_be_one(put, run, name, content, message):
    """What --config names is never passed by in silence; the same for `compare` and `explain`."""
    put("a.txt", ARTICLE)
    if content is not None:
        put(name, content)
    for command in (("scan", "a.txt"), ("compare", "a.txt", "b.txt"), ("explain", "--text", "أ", "ب")):
        refused = run(*command, "--config", name)
        assert (refused.code, refused.stdout) == (2, "")
        assert refused.stderr.startswith(f"dedup: {name}: {message}")


@pytest.mark.parametrize("above", ["threshold = 85", "[tool.dedup", "treshold = 1"])
def test_a_wrong_file_found_on_the_way_up_is_named(put, run, folder, above):
    """By its whole path: its user may not know that it is there."""
    put("dedup.toml", above)
    put("news/a.txt", ARTICLE)
    refused = run("scan", "a.txt", cwd=folder / "news")
    assert (refused.code, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"dedup: {folder}/dedup.toml: ")
    assert run("scan", "a.txt", "--isolated", cwd=folder / "news").code == 0


def test_no_name_means_two_things():
    """A key of a file is a setting of a scan, or an option of the command."""
    assert not set(NAMES) & set(COMMAND_KEYS)
