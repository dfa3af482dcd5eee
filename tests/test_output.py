"""Where a report goes and in what form: streams, files written whole or not at all, colour, redaction."""

import json
import os
import pty
import resource
import stat
import subprocess
import sys
import time

import pytest
from conftest import ARABIC, ARTICLE, FORMS, MARKER, OTHER, REPEATED, SPELLED

SUFFIX_OF = {"concise": None, "github": None, "gitlab": None, "markdown": "md", "junit": "xml"}
"""Form -> the suffix that chooses it, where that is not its name."""
REPETITIVE = f"{ARTICLE}\n\n{OTHER}\n\nقال نعم\n\n{SPELLED}\n\n{REPEATED}\n\nقال نعم\n"
"""One finding of spelling, one near, and a short one."""


def test_each_form_is_the_same_alone_on_standard_output_and_in_a_file_beside_others(run, put, in_each_form):
    put("a.txt", REPETITIVE)
    done, written = in_each_form("scan", "a.txt")
    assert (done.code, done.stdout, done.stderr) == (1, "", "")
    assert written == {form: run("scan", "a.txt", "-f", form).stdout for form in FORMS}


def test_a_suffix_chooses_the_form_unless_one_is_named(run, put, folder, in_each_form):
    """-o report.json is JSON, .jsonl is JSON lines, .html a page, anything else for eyes; -f goes before."""
    put("a.txt", REPETITIVE)
    _, direct = in_each_form("scan", "a.txt")
    by_suffix = {f"r.{suffix}": form for form in FORMS if (suffix := SUFFIX_OF.get(form, form)) is not None}
    by_suffix |= {"r.HTM": "html", "other": "full"}
    done = run("scan", "a.txt", *(part for name in by_suffix for part in ("-o", name)))
    assert (done.code, done.stdout, done.stderr) == (1, "", "")
    assert {name: (folder / name).read_bytes().decode() for name in by_suffix} == {
        name: direct[form] for name, form in by_suffix.items()
    }
    named = run("scan", "a.txt", "-f", "sarif", "-o", "-", "-o", "named.html")
    assert named.stdout == (folder / "named.html").read_bytes().decode() == direct["sarif"]


def test_each_form_holds_the_findings(put, in_each_form):
    """JSON lines end with the summary; the page and the form for eyes quote; concise names places only."""
    put("a.txt", REPETITIVE)
    _, written = in_each_form("scan", "a.txt")
    report = json.loads(written["json"])
    *findings, summary = map(json.loads, written["jsonl"].splitlines())
    assert [{"type": "finding", **finding} for finding in report["findings"]] == findings
    assert summary["type"] == "summary"
    assert all(summary[key] == report[key] for key in ("schema", "settings", "summary", "problems"))
    assert written["html"].lower().startswith("<!doctype html>")
    for form in ("full", "html"):
        assert written[form].count(MARKER) >= 4
    lines = written["concise"].splitlines()
    assert not ARABIC.search(written["concise"])
    assert len(lines) == 4
    assert all(line.startswith("a.txt:") and " ~ a.txt:" in line for line in lines[1:])


def test_redaction_leaves_no_letter_of_an_article(put, in_each_form):
    """Not in findings, not in groups, not in diffs, not in what is said of changed numbers and days."""
    put("a.txt", f"{REPETITIVE}\n\n{OTHER.replace('شوطين', 'ثلاثة أشواط يوم الأحد 12')}")
    silent = {"concise", "gitlab", "github", "sarif"}  # these say only which number became which
    whole = in_each_form("scan", "a.txt")[1]
    assert {form for form in FORMS if ARABIC.search(whole[form])} >= set(FORMS) - silent
    done, redacted = in_each_form("scan", "a.txt", "--redact")
    assert (done.code, set(redacted)) == (1, set(FORMS))
    assert [form for form in FORMS if ARABIC.search(redacted[form])] == []


def test_less_is_written_on_demand(run, put):
    """--statistics counts instead of listing; --quiet drops what is neither finding nor problem."""
    put("a.txt", REPETITIVE)
    put("empty.txt", "")
    counted = run("scan", "a.txt", "--statistics").stdout
    assert "near" in counted
    assert "a.txt" not in counted
    loud, quiet = (run("scan", "a.txt", "empty.txt", "none.txt", "-f", "full", *q) for q in ((), ("-q",)))
    assert (loud.code, quiet.code) == (2, 2)
    assert "left out: empty.txt" in loud.stderr
    assert quiet.stderr.splitlines() == [line for line in loud.stderr.splitlines() if "none.txt" in line]
    assert len(quiet.stdout) < len(loud.stdout)
    assert quiet.stdout.count(MARKER) == loud.stdout.count(MARKER)


def test_an_existing_file_keeps_its_mode_and_a_link_its_target(run, put, folder):
    """A new report gets the mode that the umask gives, and nothing is left beside it."""
    put("a.txt", REPETITIVE)
    put("old.json", "{}")
    (folder / "old.json").chmod(0o604)
    (folder / "link.json").symlink_to("old.json")
    assert run("scan", "a.txt", "-o", "link.json").code == 1
    assert run("scan", "a.txt", "-o", "new.json", umask=0o027).code == 1
    assert (folder / "link.json").is_symlink()
    assert (folder / "old.json").read_text() == (folder / "new.json").read_text()
    modes = {name: stat.S_IMODE((folder / name).stat().st_mode) for name in ("old.json", "new.json")}
    assert modes == {"old.json": 0o604, "new.json": 0o640}
    assert sorted(os.listdir(folder)) == ["a.txt", "link.json", "new.json", "old.json"]


def test_a_report_is_written_whole_or_not_at_all(run, put, folder):
    """A disk that fills up in the middle leaves the report of yesterday, and no stray file."""
    put("a.txt", REPETITIVE)
    put("report.json", "yesterday")

    def small_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    uncounted = dict.fromkeys(("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"))  # they would write to that disk
    failed = run("scan", "a.txt", "-o", "report.json", env=uncounted, preexec_fn=small_disk)
    assert failed.code == 2
    assert failed.stderr.startswith("dedup: report.json: cannot be written: File too large;")
    assert (folder / "report.json").read_text() == "yesterday"
    assert sorted(os.listdir(folder)) == ["a.txt", "report.json"]


@pytest.mark.parametrize(
    ("output", "finding"),
    [
        ("none/report.json", "there is no folder none"),
        ("a.txt/report.json", "there is no folder a.txt"),
        (".", "it is a folder"),
        ("link.txt", "is one of the inputs, which the report would replace"),
        ("/dev/full", "No space left on device"),
    ],
)
def test_a_report_that_has_no_place_is_refused(run, put, folder, output, finding):
    """Exit 2 with the place, and no draft is ever replaced by the report about it."""
    put("a.txt", REPETITIVE)
    (folder / "link.txt").symlink_to("a.txt")
    for command in (("scan", "a.txt"), ("compare", "a.txt", "b.txt"))[: 2 if output == "link.txt" else 1]:
        refused = run(*command, "-o", output)
        assert (refused.code, refused.stdout) == (2, "")
        assert f"{output}: " in refused.stderr
        assert finding in refused.stderr
    assert (folder / "a.txt").read_text() == REPETITIVE
    assert sorted(os.listdir(folder)) == ["a.txt", "link.txt"]


@pytest.mark.parametrize("mode", [0o555, 0])
def test_a_folder_without_permission_is_refused(run, put, folder, heeding_permissions, mode):
    """One that cannot be written, and one that cannot even be looked into."""
    put("a.txt", REPETITIVE)
    (folder / "sealed").mkdir(mode=mode)
    refused = run("scan", "a.txt", "-o", "sealed/report.json", before=heeding_permissions)
    assert refused.code == 2
    assert "sealed/report.json: cannot be written: Permission denied" in refused.stderr


def test_a_full_or_closed_standard_output_is_a_message(put, folder, environment):
    """Exit 2 and one line, for the reports and for `explain`."""
    put("a.txt", REPETITIVE)
    for command in (("scan", "a.txt"), ("scan", "a.txt", "-f", "json"), ("explain", "a.txt:1", "a.txt:2")):
        line = " ".join(command)
        for where, finding in ((">/dev/full", "No space left on device"), (">&-", "is closed")):
            done = subprocess.run(
                ["sh", "-c", f"exec {sys.executable} -m dedup {line} {where}"],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 2
            assert done.stderr.startswith("dedup: standard output: ")
            assert finding in done.stderr
            assert done.stderr.count("\n") == 1


def test_a_reader_who_has_seen_enough_is_no_error(start, put):
    """`dedup scan ... | head -1`: no message, and the verdict stays the exit code."""
    put("a.txt", REPETITIVE)
    process = start("scan", "a.txt", "-f", "json")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1


def test_a_report_is_utf8_whatever_the_locale(run, put, in_each_form):
    """An ASCII locale changes neither what is read nor what is written."""
    put("a.txt", REPETITIVE)
    ascii_only = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert in_each_form("scan", ".", env=ascii_only) == in_each_form("scan", ".")
    for form in ("full", "json"):
        assert run("scan", ".", "-f", form, env=ascii_only).stdout == run("scan", ".", "-f", form).stdout


def test_colour_is_for_terminals(put, folder, environment):
    """`auto` colours a terminal unless NO_COLOR is set; --color has the last word."""
    put("a.txt", REPETITIVE)

    def seen(*options, terminal=True, **variables):
        main, other = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "dedup", "scan", "a.txt", *options],
            cwd=folder,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=other if terminal else subprocess.PIPE,
        )
        os.close(other)
        text = _read_all(main) if terminal else process.stdout.read().decode()
        os.close(main)
        assert process.wait() == 1
        if not terminal:
            process.stdout.close()
        return text

    assert "\x1b[" in seen()
    assert "alike" in seen(), "full, not concise"
    assert "\x1b[" not in seen(NO_COLOR="1")
    assert "\x1b[" not in seen("--color", "never")
    assert "\x1b[" not in seen(terminal=False)
    for terminal in (True, False):
        assert "\x1b[" in seen("--color", "always", terminal=terminal, NO_COLOR="1")


def _read_all(descriptor):
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError:  # the other end was closed
            part = b""
        if not part:
            return b"".join(parts).decode()
        parts.append(part)


def test_a_text_or_a_name_steers_no_terminal(run, put):
    """Escape sequences and direction overrides of an input come out harmless."""
    evil = f"{ARTICLE} \x1b]0;x\x07 \u202e"
    put("a\x1b[31m.txt", f"{evil}\n\n{evil}")
    for form in ("full", "concise"):
        found = run("scan", ".", "none\x1b[2J.txt", "-f", form)
        assert found.code == 2
        assert "\\x1b[31m" in found.stdout
        assert "\\x1b[2J" in found.stderr
        assert not {"\x1b", "\x07", "\u202e"} & set(found.stdout + found.stderr)
    assert "\\x1b" in run("scan", ".", "--config", "\x1b.toml").stderr


def test_termination_while_writing_leaves_nothing(start, put, folder):
    """SIGTERM ends with 143; the report that was half written is gone."""
    put("many.txt", f"{ARTICLE}\n\n" * 5_000)
    # Quiet: the first run on a machine says that it compiles, and whether this is the first is not the matter here.
    process = start("scan", "many.txt", "-o", "report.json", "-q")
    while process.poll() is None and not list(folder.glob(".dedup-*")):
        time.sleep(0.005)
    process.terminate()
    assert process.wait() == 143
    assert process.stderr.read() == b""
    assert os.listdir(folder) == ["many.txt"]


def test_ctrl_c_is_a_plain_message(start, folder):
    """Exit 130, one line, no traceback, no file."""
    process = start("scan", "-", "-o", "report.json", bufsize=0)
    for _ in range(16):  # more than a pipe holds: when this is through, the command is reading
        process.stdin.write(b"a" * 65_536)
    process.send_signal(2)
    assert process.wait() == 130
    assert process.stderr.read().strip() == b"dedup: stopped while reading (0 paragraphs); nothing was written"
    assert os.listdir(folder) == []
