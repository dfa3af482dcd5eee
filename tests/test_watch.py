"""`--watch`: the command as a process that stays, and files that change under it."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading

import pytest
from conftest import ARTICLE, GOOD, OTHER, REPEATED

pytest.importorskip("watchfiles", reason="watchfiles is not installed (pip install 'dedup-paragraphs[watch]')")
WAITING = b"dedup: waiting for a change; Ctrl+C ends it\n"
PATIENCE_S = 60
"""A process that says nothing for so long is ended, so that its test fails."""


class Watching:
    """The command while it watches: what it reports until it waits again."""

    def __init__(self, process):
        self.process = process
        os.set_blocking(process.stdout.fileno(), False)

    def report(self):
        """Return the verdict of the next run, and all messages before it waits."""
        timer = threading.Timer(PATIENCE_S, self.process.kill)
        timer.start()
        messages = []
        while (line := self.process.stderr.readline()) != WAITING:
            assert line, b"".join(messages)
            messages.append(line)
        timer.cancel()
        written = self.process.stdout.read() or b""
        return written.partition(b"\n")[0].decode(), b"".join(messages).decode()

    def shows(self, verdict):
        """Wait for a verdict: where the machine is busy, a run may come between the steps of one change."""
        while not (said := self.report())[0].startswith(verdict):
            pass
        return said[1]

    def end(self):
        """Press Ctrl+C, and return the exit code and what else was said."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE_S)
        return code, self.process.stderr.read()


@pytest.fixture
def watch(start):
    """Start the command with --watch."""
    return lambda *args: Watching(start(*args, "--watch", "-f", "concise", "--isolated"))


def replace(folder, name, text):
    """Write a file as most editors do: beside it, and then over it."""
    (folder / ".new").write_text(text, "utf-8")
    os.replace(folder / ".new", folder / name)


def test_each_change_of_what_is_read_is_followed_by_a_report(watch, put, folder):
    """Of a file written over or replaced, a new one in a new folder, a .dedupignore, and one that goes."""
    put("desk/draft.txt", ARTICLE)
    put("texts/a.txt", OTHER)
    watching = watch("scan", "texts/", "desk/draft.txt")
    assert watching.report() == ("PASS: no repeated paragraphs in 2 paragraphs of 2 documents", "")
    put("desk/draft.txt", GOOD)
    watching.shows("BLOCK: 1 repeated paragraph (1 near) in 3 paragraphs of 2 documents")
    replace(folder / "desk", "draft.txt", ARTICLE)
    watching.shows("PASS: no repeated paragraphs in 2 paragraphs of 2 documents")
    replace(folder / "desk", "draft.txt", f"{OTHER}\n\n{OTHER}")  # what was replaced once is still watched
    watching.shows("BLOCK: 2 repeated paragraphs (2 exact) in 3 paragraphs of 2 documents")
    (folder / "texts/new").mkdir()
    put("texts/new/b.txt", ARTICLE)
    watching.shows("BLOCK: 2 repeated paragraphs (2 exact) in 4 paragraphs of 3 documents")
    put("texts/.dedupignore", "new/\n")
    messages = watching.shows("BLOCK: 2 repeated paragraphs (2 exact) in 3 paragraphs of 2 documents")
    assert "texts/new: left out by .dedupignore" in messages
    (folder / "texts/.dedupignore").unlink()
    watching.shows("BLOCK: 2 repeated paragraphs (2 exact) in 4 paragraphs of 3 documents")
    assert watching.end() == (1, b"")


def test_what_is_half_written_or_gone_is_told_and_mended(watch, put, folder):
    """Neither ends the command; its exit code is that of the last report."""
    put("rows.jsonl", json.dumps({"text": OTHER}) + "\n")
    watching = watch("scan", "rows.jsonl")
    assert watching.report() == ("PASS: no repeated paragraphs in 1 paragraph of 1 document", "")
    put("rows.jsonl", json.dumps({"text": OTHER})[:-5])
    assert "dedup: rows.jsonl:1: " in watching.shows(
        "WARN: no repeated paragraphs in 0 paragraphs of 0 documents; 1 problem"
    )
    (folder / "rows.jsonl").unlink()
    while "dedup: rows.jsonl: no such file or folder" not in watching.report()[1]:
        pass
    put("rows.jsonl", json.dumps({"text": OTHER}) + "\n")
    assert watching.shows("PASS: no repeated paragraphs in 1 paragraph of 1 document") == ""
    assert watching.end() == (0, b"")


def test_a_change_during_a_run_is_not_lost(watch, put, folder):
    """A run that waits for the reader of its report has read its input: what changes then is in the next report."""
    put("a.txt", OTHER)
    os.mkfifo(folder / "report")
    watching = watch("scan", "a.txt", "-o", "concise:report")
    with open(folder / "report", encoding="utf-8") as report:
        put("a.txt", GOOD)
        assert report.read().startswith("PASS")
    with open(folder / "report", encoding="utf-8") as report:
        assert report.read().startswith("BLOCK")
    watching.report()
    watching.report()
    assert watching.end() == (1, b"")


def test_every_output_is_written_anew_and_its_own_files_change_nothing(watch, run, put, folder):
    """Reports beside the input and an archive in the folder change with each run, which is no change of an input."""
    put("texts/a.txt", OTHER)
    run("archive", "create", "--archive", "texts/news.db")
    watching = watch(
        "scan", "texts/", "--archive", "texts/news.db", "-o", "json:a.json", "-o", "markdown:a.md", "--exit-zero"
    )
    watching.report()
    assert json.loads((folder / "a.json").read_bytes())["summary"]["verdict"] == "pass"
    assert not select.select([watching.process.stderr], [], [], 1)[0]
    replace(folder / "texts", "a.txt", GOOD)
    watching.report()
    assert json.loads((folder / "a.json").read_bytes())["summary"]["verdict"] == "block"
    assert (folder / "a.md").read_text("utf-8").startswith("## BLOCK")
    assert watching.end() == (0, b"")


def test_a_draft_is_checked_again_when_it_is_saved(watch, run, put):
    put("old.txt", ARTICLE)
    run("archive", "create", "--archive", "news.db")
    run("archive", "add", "old.txt", "--archive", "news.db")
    put("draft.txt", OTHER)
    watching = watch("check", "draft.txt", "--archive", "news.db")
    assert watching.report()[0].startswith("PASS")
    put("draft.txt", REPEATED)
    watching.shows("BLOCK: 1 repeated paragraph (1 near)")
    assert watching.end() == (1, b"")


def test_the_screen_is_cleared_on_a_terminal_only(start, put, folder, environment):
    put("a.txt", OTHER)
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "dedup", "scan", "a.txt", "--watch", "-f", "concise"]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=slave, stderr=subprocess.PIPE)
    try:
        shown, runs = "", 0
        while "BLOCK" not in shown:
            assert process.stderr.readline() == WAITING
            runs += 1
            while len(re.findall("PASS|BLOCK", shown)) < runs:  # a terminal shows what was written a little later
                assert select.select([master], [], [], PATIENCE_S)[0]
                shown += os.read(master, 10_000).decode()
            if runs == 1:
                put("a.txt", GOOD)
        assert shown.count("\x1b[2J") == runs > 1
        assert shown.rindex("\x1b[2J") < shown.index("BLOCK")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 1
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
        os.close(master)
        os.close(slave)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-"], "Error: --watch reads its inputs again, and standard input comes once; name a file.\n"),
        (["a.txt", "--baseline", "b", "--update-baseline"], "would take each change as known; leave one of them out.\n"),
        ([".", "-o", "sub/a.html"], "dedup: sub/a.html: lies in a folder that is watched: the next run would read it; name another place with -o\n"),
        (["a.txt", "-o", "a.txt"], "dedup: a.txt: is one of the inputs, which the report would replace; name another place with -o\n"),
        (["a.txt", "-t", "85"], "did you mean 0.85?\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_watched_is_refused_at_once(run, put, args, said):
    put("a.txt", OTHER)
    put("sub/b.txt", OTHER)
    refused = run("scan", *args, "--watch")
    assert (refused.code, refused.stdout) == (2, "")
    assert refused.stderr.endswith(said)


def test_without_the_package_the_way_out_is_named(run, put, folder):
    put("a.txt", OTHER)
    put(
        "hook/sitecustomize.py",
        "import importlib.util as u\nf = u.find_spec\nu.find_spec = lambda name, *a: None if name == 'watchfiles' else f(name, *a)\n",
    )
    refused = run("scan", "a.txt", "--watch", env={"PYTHONPATH": str(folder / "hook")})
    assert refused.code == 2
    assert refused.stderr == "dedup: --watch needs a package more; pip install 'dedup-paragraphs[watch]'\n"
