"""Packed input: unpacked on the way, in little memory, and what is wrong with it said.

The zips of other programs are made in the shape of what they write: macOS adds `__MACOSX/._name`, Windows parts
folders by backslashes, and many write UTF-8 names without the flag that says so.
"""

import gzip
import io
import json
import random
import struct
import subprocess
import sys
import zipfile

import pytest
from conftest import ARTICLE, GOOD, OTHER, REPEATED

import dedup
from dedup.cleaning import Cleaner, gathered
from dedup.read import encoding, zips
from dedup.read.packing import PACKINGS

PAGE = f"<html><body><p>{ARTICLE}</p></body></html>"
ROWS = "".join(json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate((ARTICLE, REPEATED)))


def packed(suffix, raw):
    stream = io.BytesIO()
    with PACKINGS[suffix].writing(stream) as writer:
        writer.write(raw)
    return stream.getvalue()


def zipped(*members, **options):
    """Return a zip of (name or ZipInfo, content) pairs."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as target:
        for name, content in members:
            target.writestr(name, content)
    return stream.getvalue()


def written(cleaner):
    target = io.BytesIO()
    cleaner.write(cleaner.files, target, io.BytesIO())
    return target.getvalue().decode()


# --- gzip and Zstandard ---------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", PACKINGS)
def test_every_format_may_be_packed(folder, suffix):
    """One file or several put together, as `cat a.gz b.gz` makes."""
    first, second = ROWS.encode().splitlines(keepends=True)
    (folder / f"a.jsonl{suffix}").write_bytes(packed(suffix, first) + packed(suffix, second))
    (folder / f"a.txt{suffix}").write_bytes(packed(suffix, GOOD.encode("cp1256")))
    for name in ("a.jsonl", "a.txt"):
        report = dedup.scan(folder / f"{name}{suffix}")
        assert (report.problems, [m.kind for m in report.matches]) == ((), ["near"])


@pytest.mark.parametrize("suffix", PACKINGS)
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.jsonl", "a.csv"])
def test_damage_is_a_problem_and_nothing_of_it_is_taken_for_text(folder, suffix, name):
    whole = packed(suffix, "".join(random.Random(1).choices(f"{ARTICLE}<>\n", k=9_000)).encode())
    for damaged in (whole[: len(whole) // 2], whole[:-4] + bytes(4), b"plain text", whole[:20] + b"\xff" * 40):
        (folder / f"{name}{suffix}").write_bytes(damaged)
        report = dedup.scan([folder / f"{name}{suffix}", GOOD])
        assert [p.finding.split(" (")[0] for p in report.problems] == [f"damaged {PACKINGS[suffix].name}"]
        assert "b'" not in report.problems[0].finding, "bytes of the file"
        assert report.by_kind["near"] == 1


def test_zstandard_that_asks_for_too_much_memory_is_a_problem(folder):
    """A frame that begins so asks for 2 GB, as `zstd --long=31` does (RFC 8878, 3.1.1.1.2)."""
    (folder / "a.txt.zst").write_bytes(struct.pack("<IBB", 0xFD2FB528, 0, (31 - 10) << 3) + bytes(30))
    (problem,) = dedup.scan(folder / "a.txt.zst").problems
    assert problem.finding.startswith("damaged zstd (")
    assert "memory" in problem.finding


@pytest.mark.parametrize(("name", "suffix"), [("a.jsonl", ".zst"), ("a.txt", ".gz")])
def test_a_bomb_takes_little_memory(folder, suffix, name):
    """200 MB without an end of a line are read in less: as pieces of a text; as a row, they are a problem."""
    (folder / f"{name}{suffix}").write_bytes(packed(suffix, b"x" * 10_000_000) * 20)
    code = (
        "import re, sys, pathlib\n"
        "from dedup import Document, Problem, Settings\n"
        "from dedup.read import read\n"
        "problems = 0\n"
        "for item in read(pathlib.Path(sys.argv[1]), Settings()):\n"
        "    problems += isinstance(item, Problem)\n"
        "    sum(map(len, item.chunks())) if isinstance(item, Document) else 0\n"
        "print(problems, int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder / f"{name}{suffix}")], capture_output=True, text=True, check=True
    )
    problems, megabytes = map(int, done.stdout.split())
    assert problems == (name != "a.txt")
    assert megabytes < 180


def test_a_row_that_is_too_long_is_a_problem_and_the_next_goes_on(folder, monkeypatch):
    monkeypatch.setattr("dedup.read.tables.rows.MOST_LINE", 700)
    monkeypatch.setattr(encoding.Decoded.lines, "__defaults__", ("", 700))
    long = json.dumps({"text": "x" * 2_000}) + "\n"
    (folder / "a.jsonl").write_text(long + ROWS + long)
    report = dedup.scan(folder / "a.jsonl")
    assert [str(p) for p in report.problems] == [
        f"{folder}/a.jsonl:{row}: longer than 700 characters; leave the row out, or part it" for row in (1, 4)
    ]
    assert [m.a.row for m in report.matches] == [3]
    settings = dedup.Settings(level="near")
    cleaner = Cleaner(gathered([folder / "a.jsonl"], settings), settings=settings)
    assert written(cleaner) == long + ROWS.splitlines(keepends=True)[0] + long
    assert (cleaner.result.read, cleaner.result.unread, cleaner.result.dropped) == (4, 2, 1)


# --- zip ------------------------------------------------------------------------------------------


def test_each_member_of_a_zip_is_read_by_its_own_suffix(run, put):
    members = [("a.html", PAGE), ("deep/b.txt", REPEATED), ("rows.jsonl.gz", gzip.compress(ROWS.encode()))]
    put("issue.zip", zipped(("deep/", ""), *members))
    found = run("scan", "issue.zip", "-f", "json")
    places = [(f["a"]["path"], f["a"]["row"], f["b"]["doc"]) for f in found.json["findings"]]
    assert places == [
        ("issue.zip/rows.jsonl.gz", 1, "issue.zip/a.html"),
        ("issue.zip/rows.jsonl.gz", 2, "issue.zip/deep/b.txt"),
        ("issue.zip/deep/b.txt", None, "issue.zip/a.html"),
    ]
    assert (found.code, found.problems, found.skipped) == (1, [], [])


def test_a_zip_is_known_in_a_folder_by_content_and_on_standard_input(run, put):
    raw = zipped(("a.txt", GOOD))
    for found in (
        run("scan", put("in/a.zip", raw)[:2], "-f", "json"),
        run("scan", put("issue", raw), "-f", "json"),
        run("scan", "-", "-f", "json", stdin=raw),
        run(
            "scan",
            put("b.zip", zipped(("a.txt", PAGE.replace("</p>", f"<p>{REPEATED}")))),
            "--format-in",
            "html",
            "-f",
            "json",
        ),
    ):
        assert (found.problems, [f["kind"] for f in found.json["findings"]]) == ([], ["near"])


def test_a_document_that_is_a_zip_is_not_taken_for_a_zip_of_articles(run, put):
    """Office documents begin with their content types, ODF and EPUB with their type."""
    for first in ("[Content_Types].xml", "mimetype"):
        put("draft", zipped((first, "x"), ("a.txt", GOOD)))
        assert run("scan", "draft", "-f", "json").json["findings"] == []


def test_what_a_walk_passes_by_is_passed_by_in_a_zip(beside_good, put):
    members = [
        ".hidden.txt",
        "deep/.git/a.txt",
        "__MACOSX/._a.txt",
        "__MACOSX/b.txt",
        "photo.jpg",
        "binary.txt",
        "other.csv",
    ]
    contents = [OTHER] * 5 + ["\0PNG", "id,body\n1,x\n"]
    put("issue.zip", zipped(("a.txt", OTHER), *zip(members, contents, strict=True)))
    found = beside_good("issue.zip", code=1)
    reasons = ["hidden"] * 4 + [
        "not a format that dedup reads",
        "binary (it has NUL bytes)",
        'no field "text"; the fields are id, body',
    ]
    assert found.skipped == [(f"issue.zip/{name}", reason) for name, reason in zip(members, reasons, strict=True)]


def encrypted():
    """Return a zip whose second member says that it is encrypted."""
    raw = bytearray(zipped(("a.txt", OTHER), ("b.txt", OTHER)))
    raw[raw.rindex(b"PK\1\2") + 8] |= 1
    return bytes(raw)


def twice():
    with pytest.warns(UserWarning, match="Duplicate name"):
        return zipped(("a.txt", OTHER), ("b.txt", OTHER), ("b.txt", OTHER))


def damaged():
    stored = zipfile.ZipInfo("b.txt")
    return zipped(("a.txt", OTHER), (stored, "س" * 50_000)).replace("س".encode() * 9, b"x" * 18, 1)


def of_unknown_method():
    raw = bytearray(zipped(("a.txt", OTHER), ("b.txt", OTHER)))
    raw[raw.rindex(b"PK\1\2") + 10] = 77
    return bytes(raw)


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(encrypted, ["b.txt: encrypted"], id="encrypted"),
        pytest.param(twice, ["b.txt: there 2 times in the zip"] * 2, id="a name twice"),
        pytest.param(damaged, ["b.txt: damaged zip (Bad CRC-32 for file 'b.txt')"], id="wrong checksum"),
        pytest.param(of_unknown_method, ["b.txt: damaged zip (That compression method is not supported)"], id="method"),
        pytest.param(
            lambda: zipped(("a.txt", OTHER), ("../b.txt", OTHER), ("/c.txt", OTHER), ("..\\d.txt", OTHER), ("C:\\e.txt", OTHER)),
            [f"{name}: a name that leads out of the zip" for name in ("../b.txt", "/c.txt", "..\\d.txt", "C:\\e.txt")],
            id="names that lead out",
        ),
        pytest.param(
            lambda: zipped(("a.txt", OTHER), ("in.zip", zipped(("a.txt", OTHER))), ("b.zip.gz", b"x")),
            ["in.zip: a zip in a zip", "b.zip.gz: a zip in a zip"],
            id="nested",
        ),
        pytest.param(
            lambda: zipped(("a.txt", OTHER), ("b.txt", "x" * 101_000_000)),
            ["b.txt: unpacks to 101,000,000 bytes, 1,028 times what it is packed, as a bomb does"],
            id="a bomb",
        ),
    ],
)  # fmt: skip
def test_a_bad_member_is_a_problem_and_the_others_are_read(beside_good, put, make, problems):
    put("issue.zip", make())
    found = beside_good("issue.zip")
    assert [problem.split("; ")[0] for problem in found.problems] == [f"issue.zip/{problem}" for problem in problems]
    assert found.json["summary"]["documents"] == 2


def overlapping():
    """Return a zip whose second entry points at the bytes of the first, as in Fifield's bombs."""
    raw = bytearray(zipped(("a.txt", OTHER), ("b.txt", OTHER)))
    at = raw.rindex(b"PK\1\2") + 42
    raw[at : at + 4] = bytes(4)
    return bytes(raw)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        pytest.param(lambda: b"no zip", "damaged zip (File is not a zip file)", id="no zip"),
        pytest.param(lambda: b"", "damaged zip (File is not a zip file)", id="empty"),
        pytest.param(lambda: zipped(("a.txt", OTHER))[:-9], "damaged zip (File is not a zip file)", id="cut short"),
        pytest.param(overlapping, "a zip whose files overlap, as in a bomb", id="overlapping"),
        pytest.param(lambda: zipped(("a.jpg", b"x")), "no file here that dedup reads", id="nothing to read"),
    ],
)
def test_a_bad_zip_is_a_problem(beside_good, put, make, problem):
    put("issue.zip", make())
    found = beside_good("issue.zip")
    assert [said.split("; ")[0] for said in found.problems] == [f"issue.zip: {problem}"]


def test_a_zip_of_too_many_files_is_refused(folder, monkeypatch):
    monkeypatch.setattr(zips, "MOST_MEMBERS", 2)
    (folder / "a.zip").write_bytes(zipped(*((f"{n}.txt", OTHER) for n in range(3))))
    (problem,) = dedup.scan(folder / "a.zip").problems
    assert problem.finding == "3 files in one zip; at most 2 are read"


def test_names_without_a_mark_are_utf_8_where_they_can_be(folder):
    """Of what many programs write: UTF-8 without the flag; what is not UTF-8 is as zipfile has it."""
    raw = zipped(("خبر.txt", OTHER), ("é.txt", OTHER))
    flag = struct.pack("<H", zips.UTF_8_NAME)
    assert raw.count(flag) == 4
    raw = raw.replace(flag, bytes(2)).replace("é".encode(), b"\x82x")
    (folder / "a.zip").write_bytes(raw)
    report = dedup.scan(folder / "a.zip", level="exact")
    assert [m.a.doc for m in report.matches] == [f"{folder}/a.zip/éx.txt"]
    assert [m.b.doc for m in report.matches] == [f"{folder}/a.zip/خبر.txt"]
