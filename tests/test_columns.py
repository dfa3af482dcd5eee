"""Parquet and Arrow: rows are documents as in JSON lines, in little memory; files are those of pyarrow and polars."""

import datetime as dt
import subprocess
import sys

import polars as pl
import pyarrow as pa
import pytest
from conftest import ARTICLE, GOOD, OTHER, REPEATED
from pyarrow import feather, ipc, parquet

import dedup
from dedup.read import read
from dedup.settings import Settings

ROWS = {"id": ["a", "b"], "text": [ARTICLE, REPEATED], "outlet": ["x", None], "views": [1, 2]}


def put_parquet(path, table):
    parquet.write_table(table, path)


def put_arrow(path, table):
    with ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)


def put_stream(path, table):
    with ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


def put_feather(path, table):
    feather.write_feather(table, str(path), compression="zstd")


FORMS = {
    "a.parquet": put_parquet,
    "file.arrow": put_arrow,
    "stream.arrow": put_stream,
    "a.feather": put_feather,
    "polars.parquet": lambda path, table: pl.from_arrow(table).write_parquet(path),
    "polars.arrow": lambda path, table: pl.from_arrow(table).write_ipc(path),
}


@pytest.fixture(params=FORMS)
def form(request, folder):
    """Write a table in each form, and return its path."""

    def write(columns):
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        FORMS[request.param](folder / request.param, table)
        return folder / request.param

    return write


def test_rows_are_documents(form):
    path = form(ROWS)
    (match,) = dedup.scan(path).matches
    assert (match.kind, match.a.doc, match.a.row, match.a.path, match.b.doc) == ("near", "b", 2, str(path), "a")


def test_no_row_of_a_long_batch_is_lost(form):
    """Each is a document, in its order, however many stand in one batch of the file."""
    numbers = [document.id for document in read(form({"text": [OTHER] * 600, "id": list(range(600))}), Settings())]
    assert numbers == list(map(str, range(600)))


def test_articles_are_what_json_lines_make_of_them(form):
    """Times in ISO 8601, to the microsecond, with their zones; nulls are not known."""
    when = dt.datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=dt.UTC)
    columns = {
        "text": [ARTICLE] * 2,
        "id": pa.array([7, None], pa.int64()),
        "date": pa.array([when, None], pa.timestamp("ns", "UTC")),
        "title": pa.array(["خبر", None]).dictionary_encode(),
        "version": pa.array([2, None], pa.int8()),
    }
    first, second = read(form(columns), Settings())
    assert (first.id, first.article.date, first.article.title) == ("7", "2026-03-02T09:30:00.123456+00:00", "خبر")
    assert first.article.version == "2"
    assert (second.named, second.article) == (False, None)


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())], ids=str
)  # fmt: skip
def test_text_may_be_of_any_type_of_string(folder, kind):
    put_arrow(folder / "a.arrow", pa.table({"text": pa.array([ARTICLE, None, REPEATED]).cast(kind)}))
    report = dedup.scan(folder / "a.arrow")
    assert [m.a.row for m in report.matches] == [3]
    assert [str(p) for p in report.problems] == [
        f'{folder}/a.arrow:2: field "text" is a null, not text; give a string, or leave the row out'
    ]


@pytest.mark.parametrize(
    ("columns", "finding"),
    [
        (
            {"id": ["a" * 40], "title": ["t"], "n": [9**9], "body": [ARTICLE]},
            'no field "text"; the fields are id, title, n, body; try --text-field body',
        ),
        ({"body": pa.array([], pa.string())}, 'no field "text"; the fields are body; name the field of the text: --text-field'),
        ({"text": [1, 2], "body": ["x", "y"]}, 'field "text" is int64, not text; try --text-field body'),
        ({"text": [1, 2]}, 'field "text" is int64, not text; name the field of the text: --text-field'),
        ({"text": [["x"]]}, 'field "text" is list<element: string>, not text; name the field of the text: --text-field'),
    ],
    ids=["no such field", "no such field and no rows", "numbers beside texts", "numbers", "lists"],
)  # fmt: skip
def test_a_table_without_text_is_a_problem_and_passed_by_in_a_walk(beside_good, put, folder, columns, finding):
    (folder / "in").mkdir()
    put("in/a.txt", OTHER)
    put_parquet(folder / "in/a.parquet", pa.table(columns))
    assert beside_good("in/a.parquet").problems == [f"in/a.parquet: {finding}"]
    assert beside_good("in", code=1).skipped == [("in/a.parquet", finding.rsplit("; ", 1)[0])]


def test_a_text_that_is_not_utf_8_is_a_problem_and_the_others_are_read(folder):
    broken = pa.array([ARTICLE.encode(), b"\xd8", REPEATED.encode()]).cast(pa.string(), safe=False)
    put_parquet(folder / "a.parquet", pa.table({"text": broken}))
    report = dedup.scan(folder / "a.parquet")
    assert [(p.place.rsplit(":", 1)[-1], p.finding) for p in report.problems] == [
        ("2", 'field "text" is a value that is not UTF-8, not text')
    ]
    assert len(report.matches) == 1


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_damage_is_a_problem(beside_good, put, folder, name):
    FORMS.get(name, put_arrow)(folder / "whole", pa.table({"text": [f"{OTHER} {n}" for n in range(4_000)]}))
    whole = (folder / "whole").read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:200] + b"\xff" * 900 + whole[1100:], b"plain text", b""):
        put(name, damaged)
        (problem,) = [p for p in beside_good(name).problems if ":" in p and "damaged" in p]
        assert problem.startswith(f"{name}: damaged {name[2:]} (")


def test_without_pyarrow_the_remedy_is_the_command_that_installs_it(beside_good, put, folder):
    put_parquet(folder / "a.parquet", pa.table(ROWS))
    put("hidden/pyarrow.py", "raise ImportError")
    (problem,) = beside_good("a.parquet", env={"PYTHONPATH": str(folder / "hidden")}).problems
    assert problem == "a.parquet: cannot be read without pyarrow; pip install 'dedup-paragraphs[arrow]'"


def test_content_tells_the_format_on_standard_input_and_packing_is_refused(run, put, folder):
    put_parquet(folder / "a.parquet", pa.table({"text": [ARTICLE, REPEATED]}))
    raw = (folder / "a.parquet").read_bytes()
    assert [f["kind"] for f in run("scan", "-", "-f", "json", stdin=raw).json["findings"]] == ["near"]
    put("b.parquet.gz", raw)
    assert "unpack it: it packs its columns itself" in run("scan", "b.parquet.gz").stderr


def test_what_no_document_needs_is_not_read_and_the_rest_in_little_memory(folder):
    """90 MB of texts, and as much beside them in another column, in a process of less than 150 MB."""
    schema = pa.schema({"text": pa.string(), "other": pa.string()})
    with parquet.ParquetWriter(folder / "a.parquet", schema, use_dictionary=False) as writer:
        for part in range(10):
            texts = [f"{part} {row} {GOOD * 8}" for row in range(4_000)]
            writer.write_table(pa.table([texts, texts], schema))
    code = (
        "import re, sys, pathlib\n"
        "from dedup import Settings\n"
        "from dedup.read import read\n"
        "chars = sum(len(item.text) for item in read(pathlib.Path(sys.argv[1]), Settings()))\n"
        "print(chars // 1000_000, int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)\n"
    )
    path = str(folder / "a.parquet")
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    chars, megabytes = map(int, done.stdout.split())
    assert chars > 50
    assert megabytes < 150
