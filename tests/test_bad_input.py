"""Whatever is wrong with one input is said: exit code, place, finding, remedy; and the others are reported."""

import codecs
import gzip
import json
import os
import random
import subprocess
import sys

import pytest
from conftest import ARTICLE, GOOD, OTHER, REPEATED

import dedup

# --- what changes nothing -------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", "\n \n\u200f\n", "\ufeff"])
def test_an_empty_file_is_listed_and_changes_nothing(beside_good, put, content):
    """Of each format, packed or not; the exit code is that of the others."""
    names = [put(name, content) for name in ("e.txt", "e.md", "e.html", "e.txt.gz")]
    found = beside_good(*names, code=1)
    assert found.skipped == [(name, "no text in it") for name in names]
    assert found.problems == []


def test_a_binary_is_skipped_in_a_walk_and_a_problem_by_name(beside_good, put):
    """A NUL at the beginning says so, as in grep; one that was asked for by name is not passed by."""
    put("news/photo.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    put("news/a.txt", OTHER)
    found = beside_good("news", code=1)
    assert found.skipped == [("news/photo.txt", "binary (it has NUL bytes)")]
    found = beside_good("news/photo.txt")
    assert found.problems == [
        "news/photo.txt: binary, not text (it has NUL bytes); name a text, Markdown, HTML or JSONL file"
    ]


# --- what cannot be read --------------------------------------------------------------------------


def test_a_missing_file_is_a_problem(beside_good):
    found = beside_good("خبر.txt")
    assert found.problems == ["خبر.txt: no such file or folder; look for a typing error in the path"]


def test_a_folder_without_texts_is_a_problem(beside_good, put):
    """It says what is read, and lists what stands there."""
    put("pictures/a.png", "x")
    found = beside_good("pictures")
    (problem,) = found.problems
    assert problem.startswith("pictures: no file here that dedup reads; it reads .txt .text .md ")
    assert found.skipped == [("pictures/a.png", "not a format that dedup reads")]


@pytest.mark.parametrize("name", ["a.txt.gz", "a.md.gz", "a.html.gz", "a.jsonl.gz"])
@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (lambda raw: raw[: len(raw) // 2], "Compressed file ended before the end-of-stream marker was reached"),
        (lambda raw: raw[:-8] + bytes(8), "CRC check failed"),
        (lambda raw: b"plain text", "Not a gzipped file"),
        (lambda raw: raw[:10] + b"\xff" * 40 + raw[50:], "Error -3 while decompressing data: invalid block type"),
    ],
    ids=["cut short", "wrong checksum", "not packed", "bytes flipped"],
)
def test_a_damaged_gzip_is_a_problem(folder, put, name, damage, finding):
    """Nothing of it is taken for text, whatever its format; what is good beside it is."""
    text = codecs.BOM_UTF8 + "".join(random.Random(1).choices(f"{ARTICLE}<>", k=9_000)).encode()
    (folder / name).write_bytes(damage(gzip.compress(text)))
    report = dedup.scan([folder / name, GOOD])
    (problem,) = report.problems
    assert problem.place == str(folder / name)
    assert problem.finding.startswith(f"damaged gzip ({finding}")
    assert report.exit_code == 2
    assert report.by_kind["near"] == 1


def test_a_file_without_permission_is_a_problem(beside_good, put, folder, heeding_permissions):
    (folder / put("a.txt", OTHER)).chmod(0)
    (folder / "sealed").mkdir(mode=0)
    for name in ("a.txt", "sealed"):
        (problem,) = beside_good(name, before=heeding_permissions).problems
        assert problem.startswith(f"{name}: cannot be read: Permission denied; ")


def test_a_name_that_no_file_can_have_is_a_problem(beside_good):
    """An article pasted in place of its path: too long for any system."""
    (problem,) = beside_good("x" * 5_000).problems
    assert "cannot be read: File name too long; " in problem


def test_a_broken_standard_input_is_a_problem(run, put, folder, environment):
    """Packed wrongly, binary, or closed: a message as for a file."""
    assert "damaged gzip" in run("scan", "-", "--stdin-filename", "a.txt.gz", stdin=b"x").stderr
    assert "-: binary, not text" in run("scan", "-", stdin=b"a\0b").stderr
    command = f"exec {sys.executable} -m dedup scan - <&-"
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "dedup: -: standard input is closed; pipe a text into it, or name a file\n",
    )


def test_a_pipe_is_read_like_a_file(folder, put, environment):
    """What a shell's <(...) gives can be read once only, and has no suffix."""
    put("good.txt", GOOD)
    command = f"{sys.executable} -m dedup scan <(cat good.txt) <(gzip -c good.txt | gunzip) -f concise"
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(b"BLOCK: ")
    assert b"4 paragraphs of 2 documents" in done.stdout


# --- rows -----------------------------------------------------------------------------------------

BROKEN_ROWS = {
    f'{{"body": "{ARTICLE}", "id": "7"}}': 'no field "text"; the fields are body, id; try --text-field body',
    '{"n": 1}': 'no field "text"; the fields are n; give each row its text',
    "{}": 'no field "text"; it has no fields; give each row its text',
    '{"text": null, "id": "7"}': 'field "text" is a null, not text; give a string, or leave the row out',
    '{"text": ["أ"]}': 'field "text" is a list, not text; give a string, or leave the row out',
    "null": 'a JSON null, not an object; one object a line: {"id": …, "text": …}',
    f'"{ARTICLE}"': 'a JSON string, not an object; one object a line: {"id": …, "text": …}',
    ARTICLE: "not JSON: Expecting value at column 1; one JSON object a line",
    f'{{"text": "{ARTICLE}': "not JSON: Unterminated string starting at column 10; one JSON object a line",
    f'{{"text": "{ARTICLE}", "n": {"7" * 5_000}}}': "not JSON that can be read: Exceeds the limit (4300 digits) "
    "for integer string conversion: value has 5000 digits; leave the row out",
    "[" * 100_000: "not JSON that can be read: nested too deep; leave the row out",
}


def test_a_broken_row_is_a_problem_and_the_next_goes_on(beside_good, put):
    """Each is named by its line in the file, without a word of it; blank lines are none."""
    good = json.dumps({"id": "سليم", "text": OTHER})
    put("rows.jsonl", "\n" + "\n".join(f"{row}\n{good}" for row in BROKEN_ROWS))
    found = beside_good("rows.jsonl")
    assert found.problems == [f"rows.jsonl:{2 * n}: {finding}" for n, finding in enumerate(BROKEN_ROWS.values(), 1)]
    assert found.json["summary"]["documents"] == len(BROKEN_ROWS) + 1
    assert found.json["summary"]["by_kind"]["exact"] == len(BROKEN_ROWS) - 1
    assert found.json["findings"][0]["b"]["doc"] == "سليم"


def test_lone_surrogates_leave_as_replacement_characters(run, put):
    """In every form, one for one, so that offsets stay right; they compare like any character."""
    row = json.dumps({"id": "\ud800", "text": f"{ARTICLE} \udfff"})
    put("rows.jsonl", f"{row}\n{row}\n")
    for form in ("json", "jsonl", "full", "html"):
        found = run("scan", "rows.jsonl", "-f", form)
        assert (found.code, found.stderr) == (1, "")
        assert "\ufffd" in found.stdout
    (finding,) = run("scan", "rows.jsonl", "-f", "json").json["findings"]
    assert (finding["a"]["doc"], finding["a"]["text"]) == ("\ufffd", f"{ARTICLE} \ufffd")
    assert finding["a"]["end"] == len(ARTICLE) + 2


# --- size, settings, network ----------------------------------------------------------------------


def test_a_line_of_megabytes_is_cut_and_that_is_said(run, put):
    """At spaces, by 10,000 characters, and nothing of it is lost."""
    body = " ".join(random.Random(1).choices(f"{ARTICLE} {OTHER} x é 🌍".split(), k=440_000))
    put("big.txt", body)
    assert len(body.encode()) > 4_000_000
    found = run("scan", "big.txt", "-f", "json", "--level", "normalized")
    assert (found.code, found.problems) == (0, [])
    parts = dedup.paragraphs(body)
    (notice,) = found.notices
    assert notice.startswith("big.txt: paragraph 1: longer than 10,000 characters; compared in ")
    assert notice.replace(",", "").endswith(f" {len(parts)} parts")
    assert found.json["summary"]["distinct_keys"] == len(parts)
    assert min(len(part.text) for part in parts[:-1]) > 5_000
    assert max(len(part.text) for part in parts) <= 10_000
    assert [part.part for part in parts] == list(range(1, len(parts) + 1))
    assert " ".join(part.text for part in parts) == body


def test_a_wrong_setting_is_refused_before_anything_is_read(run, put):
    """With the range, and the value that was probably meant."""
    put("a.txt", GOOD)
    for options, message in (
        (("-t", "85"), "threshold must be from 0 to 1, got 85; did you mean 0.85?"),
        (("-t", "nan"), "threshold must be from 0 to 1, got nan"),
        (("--rewritten-threshold", "-1"), "rewritten_threshold must be from 0 to 1, got -1"),
        (("--min-words", "-1"), "min_words must be a whole number from 0 to 10000, got -1"),
        (
            ("--scope", "inside"),
            "scope must be one of within, between, archive, got 'inside'",
        ),
        (("--text-field", ""), "text_field must be the name of a field, got ''"),
        (("-j", "0"), "workers must be a whole number from 1 to 1024, got 0"),
    ):
        refused = run("scan", "a.txt", *options)
        assert (refused.code, refused.stdout) == (2, "")
        assert refused.stderr == f"dedup: {message}\n"


def test_two_wins_over_one(run, put, folder):
    """A problem exits with 2 whatever was found or is to be hidden, and the report is written all the same."""
    put("good.txt", GOOD)
    for options in ((), ("--exit-zero",), ("--fail-on", "never"), ("-o", "report.json")):
        found = run("scan", "good.txt", "none.txt", *options)
        assert found.code == 2
        assert found.stderr == "dedup: none.txt: no such file or folder; look for a typing error in the path\n"
        assert ("near" in found.stdout) == ("-o" not in options)
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert (report["summary"]["exit_code"], report["summary"]["by_kind"]["near"]) == (2, 1)


NO_SOCKETS = """
import os, sys
def refuse(event, arguments):
    if event.startswith("socket."):
        print("no socket here:", event, file=sys.stderr)
        os._exit(99)
sys.addaudithook(refuse)
open(os.environ["HOOKED"], "w").close()
"""


def test_nothing_is_sent_anywhere(run, put, tmp_path):
    """No socket is opened by a scan of every format, from the first import to the last byte."""
    put("../hook/sitecustomize.py", NO_SOCKETS)
    page = '<!DOCTYPE html SYSTEM "http://example.com/x.dtd"><link href="http://example.com/x.css">'
    put("a.html", f'{page}<base href="http://example.com/"><p><img src="http://example.com/x.png">{OTHER}')
    put("a.md", f"![](http://example.com/x.png) {ARTICLE}\n")
    put("a.jsonl", json.dumps({"text": REPEATED}))
    python_path = os.pathsep.join(filter(None, [str(tmp_path / "hook"), os.environ.get("PYTHONPATH")]))
    for form in ("json", "html"):
        found = run("scan", ".", "-f", form, env={"PYTHONPATH": python_path, "HOOKED": str(tmp_path / "hooked")})
        assert (found.code, found.stderr) == (1, "")
    assert (tmp_path / "hooked").exists()
