"""What a newsroom takes out of a comparison: files by `.dedupignore`, with git itself as the oracle."""

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ARTICLE, OTHER, REPEATED

LEFT_OUT = "left out by .dedupignore"
FILES = (
    "a.txt",
    "b.md",
    "bulletin.txt",
    "wire/a.txt",
    "wire/keep.txt",
    "wire/deep/b.txt",
    "wire/deep/keep.txt",
    "drafts/a.txt",
    "drafts/old/a.txt",
    "drafts/old/b.txt",
    "archive/2019/a.txt",
    "archive/2020/a.txt",
    "مسودات/خبر.txt",
    "مسودات/نشرة الصباح.txt",
)
PATTERNS = {
    "a name anywhere": {"": "a.txt\n"},
    "a suffix": {"": "*.md\n"},
    "a folder": {"": "drafts/\n"},
    "a name that is a folder": {"": "old\n"},
    "a name with a slash is of one folder": {"": "/a.txt\nwire/a.txt\n"},
    "the last one that matches decides": {"": "*.txt\n!keep.txt\n!/a.txt\n"},
    "nothing comes back from a folder left out": {"": "wire/\n!wire/keep.txt\n"},
    "what is in a folder, but one": {"": "wire/**\n!wire/keep.txt\n"},
    "stars between folders": {"": "archive/**/a.txt\n**/deep/b.txt\n"},
    "a range": {"": "archive/20[12]9/\n"},
    "a comment, a blank line, and CRLF": {"": "# drafts/\r\n\r\nwire/\r\n"},
    "Arabic with a space": {"": "مسودات/نشرة*\n"},
    "a mark of order": {"": "\ufeffa.txt\n"},
    "a file deeper down": {"wire": "/keep.txt\ndeep/b.txt\n"},
    "one deeper down decides over one above": {"": "keep.txt\n", "wire": "!keep.txt\n", "wire/deep": "keep.txt\n"},
    "where one deeper down says nothing, one above does": {"": "keep.txt\n", "wire": "a.txt\n"},
    "what is in a folder, but one, with CRLF": {"": "wire/**\r\n!wire/keep.txt\r\n"},
    "one in a folder left out is not heard": {"": "wire/\n", "wire": "!keep.txt\n"},
    "all": {"": "*\n!a.txt\n"},
}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_folder_is_read_without_what_git_would_leave_out(run, put, folder):
    """The files read are those that git would track, were each .dedupignore a .gitignore; the others are listed.

    Each set of patterns in a folder of its own, and all of them in one run: no folder hears of another's.
    """
    for number, patterns in enumerate(PATTERNS.values()):
        for name in FILES:
            put(f"{number}/{name}", f"{name}\n")
        for place, content in patterns.items():
            for name in (".gitignore", ".dedupignore"):
                put(f"{number}/{place}/{name}", content)
    expected = {name: tracked(folder / str(number)) for number, name in enumerate(PATTERNS)}
    found = run("scan", *map(str, range(len(PATTERNS))), "-f", "json")
    left_out = [path for path, reason in found.skipped if reason == LEFT_OUT]
    read = {
        name: {file for file in FILES if not any(is_below(f"{number}/{file}", path) for path in left_out)}
        for number, name in enumerate(PATTERNS)
    }
    assert read == expected
    assert found.json["summary"]["documents"] == sum(map(len, expected.values()))


def is_below(path, above):
    return path == above or path.startswith(f"{above}/")


def tracked(place):
    """Return the files below a folder that git would track."""
    subprocess.run(["git", "init", "-q"], cwd=place, check=True)
    listing = ["git", "-c", "core.excludesFile=", "ls-files", "-zo", "--exclude-per-directory=.gitignore"]
    found = subprocess.run(listing, cwd=place, capture_output=True, check=True).stdout.decode().split("\0")
    return {name for name in found if name and not name.endswith("ignore")}


@pytest.mark.parametrize("named", [".", "./", "../in", "deep/.."])
def test_how_a_folder_is_named_decides_nothing(named, run, put, folder):
    """Patterns are relative to their folder, with the current folder as with any other."""
    for name in ("a/keep.txt", "a/b/c.txt", "keep.txt", "deep/x.txt"):
        put(f"in/{name}", name)
    put("in/.dedupignore", "/keep.txt\na/b/\n")
    found = run("scan", named, "-f", "json", cwd=folder / "in")
    assert found.json["summary"]["documents"] == 2
    assert [path.removesuffix("/") for path, reason in found.skipped if reason == LEFT_OUT] == [
        str(Path(named) / name) for name in ("a/b", "keep.txt")
    ]


def test_a_file_named_directly_is_always_read(run, put):
    put("in/a.txt", ARTICLE)
    put("in/b.txt", REPEATED)
    put("in/.dedupignore", "b.txt\n")
    assert run("scan", "in", "in/b.txt").code == 1
    quiet = run("scan", "in", "-v")
    assert quiet.code == 0
    assert f"in/b.txt: {LEFT_OUT}" in quiet.stderr


@pytest.mark.parametrize("how", ["option", "file"])
def test_no_ignore_reads_all(how, run, put):
    """--no-ignore, or ignore-files = false in a file of settings."""
    put("in/a.txt", ARTICLE)
    put("in/b.txt", REPEATED)
    put("in/.dedupignore", "*\n")
    if how == "file":
        put("dedup.toml", "ignore-files = false\n")
    assert run("scan", "in", *(["--no-ignore"] if how == "option" else [])).code == 1


def test_a_line_that_is_no_pattern_is_a_problem_and_the_others_hold(run, put):
    put("in/a.txt", ARTICLE)
    put("in/b.txt", REPEATED)
    put("in/c.txt", OTHER)
    put("in/.dedupignore", "b.txt\n!\nc.txt\n")
    found = run("scan", "in", "-f", "json")
    assert found.code == 2
    assert found.problems == ["in/.dedupignore:2: no pattern of gitignore; write it as in a .gitignore"]
    assert [path for path, reason in found.skipped if reason == LEFT_OUT] == ["in/b.txt", "in/c.txt"]


def test_what_cannot_be_read_is_a_problem(run, put, folder, heeding_permissions):
    """Patterns that cannot be read are said, and the files are read."""
    put("in/a.txt", ARTICLE)
    put("in/.dedupignore", "a.txt\n")
    (folder / "in/.dedupignore").chmod(0)
    found = run("scan", "in", "-f", "json", before=heeding_permissions)
    assert (found.code, found.json["summary"]["documents"]) == (2, 1)
    assert found.problems[0].startswith("in/.dedupignore: cannot be read: ")


def test_an_archive_takes_in_no_more(run, put):
    """`archive add` of a folder heeds the file, too."""
    put("in/a.txt", ARTICLE)
    put("in/b.txt", OTHER)
    put("in/.dedupignore", "b.txt\n")
    assert run("archive", "create", "--archive", "news.db").code == 0
    assert run("archive", "add", "in", "--archive", "news.db").code == 0
    put("draft.txt", OTHER)
    assert run("check", "draft.txt", "--archive", "news.db").code == 0
    assert run("archive", "add", "in", "--no-ignore", "--archive", "news.db").code == 0
    assert run("check", "draft.txt", "--archive", "news.db").code == 1
