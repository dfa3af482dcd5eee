"""`dedup clean`: what stays, what goes, and that no row is lost."""

import csv
import io
import json
import os

import pyarrow as pa
import pytest
from conftest import ARTICLE, OTHER, REPEATED, SPELLED
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import dedup
from dedup.cleaning import Choice, Cleaner, gathered
from dedup.read.packing import PACKINGS

FOOTER = "تابعونا على صفحتنا"
ROWS = [
    {"id": "a", "text": f"{ARTICLE}\n\n{FOOTER}", "date": "2026-03-02", "tags": ["x", 1]},
    {"id": "b", "text": f"{OTHER}\n\n{FOOTER}\n\n{SPELLED}", "date": "2026-03-01"},
    {"id": "c", "text": FOOTER},
    {"id": "d", "text": REPEATED},
]


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def clean(run, put, folder):
    """Clean a table and return the outcome, what stays and what goes, as rows."""

    def cleaned(content, *options, name="in.jsonl", code=0):
        put(name, content)
        done = run("clean", name, "-o", "out", "--removed", "gone.jsonl", *options)
        assert done.code == code, done.stderr
        gone = [json.loads(line) for line in (folder / "gone.jsonl").read_text("utf-8").splitlines()]
        return done, (folder / "out").read_bytes().decode(), gone

    return cleaned


def test_copies_and_other_spellings_go_and_rows_that_lose_nothing_stay_as_they_stood(clean):
    content = lines(ROWS).replace('{"id": "a"', '{"id"  :"a"')
    done, kept, gone = clean(content)
    first, second, fourth = kept.splitlines()
    assert first == content.splitlines()[0]
    assert json.loads(second) == {"id": "b", "text": OTHER, "date": "2026-03-01"}
    assert json.loads(fourth) == ROWS[3]
    assert done.stdout == "4 rows: 2 kept, 1 shortened, 1 dropped; 3 paragraphs removed (2 exact, 1 normalized)\n"
    assert [(g["row"], g.get("paragraph"), g.get("kind")) for g in gone] == [
        (2, 2, "exact"), (2, 3, "normalized"), (3, 1, "exact"), (3, None, None),
    ]  # fmt: skip
    assert gone[1]["kept"] == {"path": "in.jsonl", "row": 1, "id": "a", "paragraph": 1, "text": ARTICLE}
    assert gone[3] == {"path": "in.jsonl", "row": 3, "dropped": True, "fields": ROWS[2]}


def test_what_is_no_file_is_written_into_and_stays(run, put, folder):
    """A pipe, or a device: run by root, a file in its place would take /dev/null from the whole machine."""
    put("in.jsonl", lines(ROWS))
    pipes = {}
    for name in ("kept", "gone"):
        os.mkfifo(folder / name)
        pipes[name] = os.open(folder / name, os.O_RDWR | os.O_NONBLOCK)  # so that nobody waits for the other side
    done = run("clean", "in.jsonl", "-o", "kept", "--removed", "gone")
    assert (done.code, done.stderr) == (0, "")
    assert run("clean", "in.jsonl", "-o", "kept.jsonl", "--removed", "gone.jsonl").stdout == done.stdout
    for name, pipe in pipes.items():
        assert (folder / name).is_fifo()
        assert os.read(pipe, 1 << 16) == (folder / f"{name}.jsonl").read_bytes()
        os.close(pipe)


def test_near_copies_go_when_asked(clean):
    done, kept, gone = clean(lines(ROWS), "--level", "near")
    assert len(kept.splitlines()) == 2
    assert [g["kind"] for g in gone if g["row"] == 4 and "kind" in g] == ["near"]
    assert "1 near" in done.stdout


def test_the_level_that_help_shows_is_taken_where_none_is_given(clean, run):
    assert "[default: normalized]" in " ".join(run("clean", "--help", env={"COLUMNS": "99"}).stdout.split())
    assert clean(lines(ROWS)) == clean(lines(ROWS), "--level", "normalized") != clean(lines(ROWS), "--level", "near")


@pytest.mark.parametrize(
    ("keep", "gone"), [("first", {2, 3}), ("longest", {2, 3}), ("earliest", {1, 3}), ("latest", {2, 3})]
)
def test_which_of_a_group_stays(clean, keep, gone):
    _, _, removed = clean(lines(ROWS), "--keep", keep)
    assert {g["row"] for g in removed} == gone


def test_rows_without_a_date_stay_last(clean):
    rows = [
        {"id": "x", "text": ARTICLE},
        {"id": "y", "text": ARTICLE, "date": "2020-01-01"},
        {"id": "z", "text": ARTICLE, "date": "soon"},
    ]
    for keep in ("earliest", "latest"):
        _, kept, _ = clean(lines(rows), "--keep", keep)
        assert json.loads(kept)["id"] == "y"


def test_a_document_goes_only_as_a_whole(clean):
    done, kept, gone = clean(lines(ROWS), "--unit", "document")
    assert [json.loads(line) for line in kept.splitlines()] == [ROWS[0], ROWS[1], ROWS[3]]
    assert [g["row"] for g in gone] == [3, 3]
    assert done.stdout.startswith("4 rows: 3 kept, 0 shortened, 1 dropped;")


def test_rows_that_cannot_be_read_stay_as_they_stood(clean):
    content = f"{lines(ROWS[:1])}not json\n\n[1]\n{json.dumps({'id': 'e'})}\n{lines(ROWS[2:3])}"
    done, kept, _ = clean(content, code=2)
    assert kept == content[: content.index(lines(ROWS[2:3]))]
    assert "5 rows: 1 kept, 0 shortened, 1 dropped, 3 left as they stood (not read)" in done.stdout
    assert len(done.stderr.splitlines()) == 3


@pytest.mark.parametrize("mark", [",", ";"])
def test_csv_stays_csv(clean, mark):
    table = io.StringIO()
    writer = csv.writer(table, delimiter=mark)
    writer.writerow(["id", "text", "note"])
    writer.writerows(
        [["a", f"{ARTICLE}\n\n{FOOTER}", 'قال "نعم"'], ["b", f"{OTHER}\n\n{SPELLED}", ""], ["c", FOOTER, "x"]]
    )
    done, kept, gone = clean("\ufeff" + table.getvalue(), name="in.csv")
    rows = list(csv.reader(io.StringIO(kept), delimiter=mark))
    assert rows == [["id", "text", "note"], ["a", f"{ARTICLE}\n\n{FOOTER}", 'قال "نعم"'], ["b", OTHER, ""]]
    assert kept.startswith(table.getvalue()[: table.getvalue().index("\r\nb")])
    assert [g.get("dropped") for g in gone] == [None, None, True]
    assert done.stdout.startswith("3 rows: 1 kept, 1 shortened, 1 dropped;")


def test_a_table_may_be_packed_and_its_fields_have_other_names(clean):
    rows = [{"url": "a", "body": ARTICLE}, {"url": "b", "body": ARTICLE}]
    _, kept, gone = clean(lines(rows), "--text-field", "body", "--id-field", "url", name="in.jsonl.gz")
    assert (json.loads(kept), gone[0]["id"], gone[0]["kept"]["id"]) == (rows[0], "b", "a")


def test_what_would_do_harm_is_refused(run, put, folder):
    put("in.jsonl", lines(ROWS))
    put("in.txt", ARTICLE)
    for args, said in (
        (("in.jsonl", "-o", "in.jsonl", "--removed", "r"), "is one of the inputs"),
        (("in.jsonl", "-o", "o", "--removed", "in.jsonl"), "is one of the inputs"),
        (("in.jsonl", "-o", "o", "--removed", "o"), "is the output, too"),
        (("in.txt", "-o", "o", "--removed", "r"), "is no table"),
        (("none.jsonl", "-o", "o", "--removed", "r"), "no such file"),
        (
            ("in.jsonl", "-o", "o", "--removed", "r", "--level", "passage"),
            "'passage' is not one of 'exact', 'normalized', 'near'",
        ),
    ):
        refused = run("clean", *args)
        assert refused.code == 2
        assert said in refused.stderr
    assert not (folder / "o").exists()


def written(cleaner):
    """What stays, and what goes."""
    target, gone = io.BytesIO(), io.BytesIO()
    cleaner.write(cleaner.files, target, gone)
    return target.getvalue().decode(), [json.loads(line) for line in gone.getvalue().decode().splitlines()]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([ARTICLE, SPELLED, REPEATED, OTHER, FOOTER, "* * *", "نعم"]), max_size=4), max_size=8
    ),
    st.sampled_from(["paragraph", "document"]),
)
def test_nothing_is_lost_and_nothing_repeats(tmp_path_factory, articles, unit):
    """Each text that was read stays at least once; what stays and what goes are what was there."""
    path = tmp_path_factory.mktemp("clean") / "in.jsonl"
    path.write_text(lines({"id": str(i), "text": "\n\n".join(article)} for i, article in enumerate(articles)), "utf-8")
    cleaner = Cleaner(gathered([path], dedup.Settings(level="normalized")), Choice(unit))
    stays, gone = written(cleaner)
    kept = [json.loads(line)["text"] for line in stays.splitlines()]
    result = cleaner.result
    assert result.read == len(articles) == result.kept + result.shortened + result.dropped
    before = {dedup.normalize(text).text for article in articles for text in article}
    after = [dedup.normalize(p.text).text for text in kept for p in dedup.paragraphs(text, paragraphs="blank")]
    assert before - {""} == set(after) - {""}
    if unit == "paragraph":
        assert len(after) - after.count("") == len(set(after) - {""})
    assert sum(1 for g in gone if g.get("dropped")) == result.dropped


def test_a_table_without_the_field_or_cut_off_is_refused(run, put, folder):
    put("in.csv", "id,body\n1,x\n")
    refused = run("clean", "in.csv", "-o", "o", "--removed", "r")
    assert refused.code == 2
    assert 'no field "text"' in refused.stderr
    put("whole.jsonl.gz", lines(ROWS * 2000))
    put("cut.jsonl.gz.part", (folder / "whole.jsonl.gz").read_bytes()[:-300])
    (folder / "cut.jsonl.gz.part").rename(folder / "cut.jsonl.gz")
    assert run("clean", "cut.jsonl.gz", "-o", "o", "--removed", "r").code == 2
    assert not (folder / "o").exists()


@pytest.mark.parametrize("suffix", PACKINGS)
def test_outputs_are_packed_as_their_suffixes_say(run, put, folder, suffix):
    """The same bytes each time, and unpacked those of a plain output."""
    put("in.jsonl", lines(ROWS))
    outputs = []
    for name in ("plain.jsonl", f"a.jsonl{suffix}", f"b.jsonl{suffix}"):
        assert run("clean", "in.jsonl", "-o", name, "--removed", f"gone-{name}").code == 0
        outputs.append([(folder / each).read_bytes() for each in (name, f"gone-{name}")])
    plain, first, second = outputs
    assert first == second
    assert suffix != ".gz" or first[0][3:8] == bytes(5), "neither name nor time, which would change the bytes"
    assert [PACKINGS[suffix].reading(io.BytesIO(raw)).read() for raw in first] == plain


@pytest.mark.parametrize(
    ("name", "output", "said"),
    [("in.jsonl", "o.csv", "is .csv, and the input .jsonl"), ("in.parquet", "o.parquet.gz", "would be packed twice")],
)
def test_an_output_of_another_format_is_refused_before_the_work(run, put, folder, name, output, said):
    put(name, "")
    done = run("clean", name, "-o", output, "--removed", "gone")
    assert (done.code, said in done.stderr, (folder / output).exists()) == (2, True, False)


TABLE = pa.table(
    {
        "id": pa.array([1, 2, 3, 4, 5, 6], pa.int16()),
        "text": [ARTICLE, OTHER, None, f"{FOOTER}\n\n{SPELLED}\n\nخبر آخر", FOOTER, OTHER],
        "tags": [["a"], [], None, ["b", "c"], ["d"], ["e"]],
        "when": pa.array([1, None, 3, 4, 5, 6], pa.timestamp("ms", "Asia/Riyadh")),
    }
).replace_schema_metadata({"huggingface": "{}"})


@pytest.mark.parametrize(
    ("kind", "codec"),
    [
        (pa.string(), "zstd"),
        (pa.large_string(), "none"),
        (pa.dictionary(pa.int32(), pa.string()), {"id": "gzip", "text": "snappy"}),
    ],
    ids=str,
)
def test_parquet_stays_parquet(run, folder, kind, codec):
    """Schema, metadata, compression and the order of row groups; and rows that lose nothing, to the value."""
    table = TABLE.set_column(1, "text", TABLE["text"].cast(kind)).replace_schema_metadata(TABLE.schema.metadata)
    parquet.write_table(table, folder / "in.parquet", compression=codec, row_group_size=2)
    done = run("clean", "in.parquet", "-o", "out.parquet", "--removed", "gone.jsonl")
    assert done.code == 2, "row 3 has no text"
    assert done.stdout.startswith("6 rows: 2 kept, 1 shortened, 2 dropped, 1 left as they stood (not read); ")
    before, after = parquet.ParquetFile(folder / "in.parquet"), parquet.ParquetFile(folder / "out.parquet")
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    rows = after.read().to_pylist()
    assert [row["id"] for row in rows] == [1, 2, 3, 4]
    assert rows[:3] == table.to_pylist()[:3]
    assert rows[3] == {**table.to_pylist()[3], "text": f"{FOOTER}\n\nخبر آخر"}
    groups = [after.metadata.row_group(i) for i in range(after.num_row_groups)]
    assert [group.num_rows for group in groups] == [2, 2], "of the third nothing stays"
    codecs = [[f.metadata.row_group(0).column(i).compression for i in range(4)] for f in (before, after)]
    assert codecs[0] == codecs[1]
    gone = [json.loads(line) for line in (folder / "gone.jsonl").read_text("utf-8").splitlines()]
    assert [g["row"] for g in gone] == [4, 5, 5, 6, 6]
    assert gone[2]["fields"]["when"] == "1970-01-01T03:00:00.005000+03:00"


def test_of_a_large_row_group_a_part_is_held_at_a_time(folder, monkeypatch):
    """What stays of one is written as several, none larger than what may be held; no row is lost or changes places."""
    from dedup.cleaning import parquet as cleaning

    monkeypatch.setattr(cleaning, "HELD_BYTES", 40_000)
    texts = [f"{i} {ARTICLE}" if i % 5 else ARTICLE for i in range(3_000)]
    table = pa.table({"id": pa.array(range(3_000), pa.int64()), "text": texts})
    parquet.write_table(table, folder / "in.parquet", row_group_size=2_000)
    dedup.clean(folder / "in.parquet", folder / "out.parquet", folder / "gone.jsonl", level="exact")
    after = parquet.ParquetFile(folder / "out.parquet")
    expected = [i for i in range(3_000) if i % 5 or i == 0]
    assert after.read()["id"].to_pylist() == expected
    assert after.read()["text"].to_pylist() == [texts[i] for i in expected]
    sizes = [after.metadata.row_group(i).num_rows for i in range(after.num_row_groups)]
    assert len(sizes) > 2
    ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
    assert sum(1 for i in expected if i < 2_000) in ends, "what was apart stays apart"


@pytest.mark.parametrize(("more", "ids"), [((), "c"), (("--keep", "latest"), "b"), (("--keep", "earliest"), "c")])
def test_a_row_with_a_preferred_value_stays(clean, more, ids):
    """The first named before the second; between equal ones `keep` decides; other values come last."""
    outlets = [("a", "z", 1), ("b", "y", 3), ("c", "y", 2), ("d", "x", 9)]
    rows = [{"id": i, "text": ARTICLE, "outlet": o, "date": f"2026-03-0{d}"} for i, o, d in outlets]
    if not more:
        rows[1]["outlet"] = "z"
    _, kept, _ = clean(lines(rows), "--prefer", "outlet=y, x", *more)
    assert [json.loads(line)["id"] for line in kept.splitlines()] == [*ids]


@pytest.mark.parametrize(
    ("value", "more", "said"),
    [
        ("outlet", (), "must be a field and values, as outlet=okaz,sabq; got 'outlet'"),
        ("outlt=x", (), 'no row has the field "outlt"'),
        ("id=a", ("--keep", "longest"), "not go with keep=longest"),
    ],
)
def test_what_cannot_be_preferred_is_refused(run, put, folder, value, more, said):
    put("in.jsonl", lines(ROWS))
    done = run("clean", "in.jsonl", "-o", "o", "--removed", "gone", "--prefer", value, *more)
    assert (done.code, said in done.stderr, (folder / "o").exists()) == (2, True, False)


def test_short_paragraphs_stay_when_asked_in_rows_with_other_text(clean):
    """Those of a row of which all repeats go with it."""
    rows = [*ROWS, {"id": "e", "text": f"{FOOTER}\n\n{SPELLED}"}]
    done, kept, _ = clean(lines(rows), "--keep-short")
    assert [json.loads(line).get("text") for line in kept.splitlines()] == [
        f"{ARTICLE}\n\n{FOOTER}", f"{OTHER}\n\n{FOOTER}", REPEATED,
    ]  # fmt: skip
    assert done.stdout.startswith("5 rows: 2 kept, 1 shortened, 2 dropped;")


def test_a_script_cleans_and_asks_for_the_least_alike(folder):
    path = folder / "in.jsonl"
    path.write_text(lines(ROWS), "utf-8")
    result = dedup.clean(path, str(folder / "out.jsonl"), folder / "gone.jsonl", level="near")
    assert result.summary() == (
        "4 rows: 1 kept, 1 shortened, 2 dropped; 4 paragraphs removed (2 exact, 1 near, 1 normalized)"
    )
    first, second = result.borderline(2)
    assert (first.kind, first.paragraph.doc, first.kept.doc) == ("near", "d", "a")
    assert first.score < second.score == 1
    assert len((folder / "out.jsonl").read_text("utf-8").splitlines()) == 2
    with pytest.raises(dedup.ReadError, match="is one of the inputs"):
        dedup.clean(path, folder / "x", path)


# --- several tables -------------------------------------------------------------------------------


def shard(path, rows, form):
    """Write rows of id and text as a table of any form; the last line lacks its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "parquet":
        parquet.write_table(pa.table({name: [row[name] for row in rows] for name in ("id", "text")}), path)
        return
    table = io.StringIO()
    if form == "csv":
        writer = csv.DictWriter(table, ["id", "text"])
        writer.writeheader()
        writer.writerows(rows)
    else:
        table.write(lines(rows))
    path.write_text(table.getvalue().rstrip(), "utf-8")


def texts_of(path):
    """The ids and texts of a table, read as a scan reads it."""
    read = [item for item in dedup.read.read(path, dedup.Settings()) if isinstance(item, dedup.Document)]
    return [(document.id, document.text) for document in read]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from([ARTICLE, SPELLED, REPEATED, OTHER]), max_size=4), min_size=2, max_size=4),
    st.sampled_from(["jsonl", "csv"]),
    st.booleans(),
)
def test_of_several_tables_each_text_stays_once_and_in_the_first(tmp_path_factory, shards, form, joined):
    """By the order of the arguments; rows in = rows kept + dropped, of each table and of all; one file has them all."""
    folder = tmp_path_factory.mktemp("clean")
    paths = [folder / "in" / f"{9 - i}.{form}" for i in range(len(shards))]
    for i, (path, texts) in enumerate(zip(paths, shards, strict=True)):
        shard(path, [{"id": f"{i}-{n}", "text": text} for n, text in enumerate(texts)], form)
    output = folder / (f"all.{form}" if joined else "out")
    result = dedup.clean(paths, output, folder / "gone.jsonl")
    first = {}
    for i, texts in enumerate(shards):
        for n, text in enumerate(texts):
            first.setdefault(dedup.normalize(text).text, (f"{i}-{n}", text))
    stays = [found for path in ([output] if joined else [output / p.name for p in paths]) for found in texts_of(path)]
    assert stays == sorted(first.values())
    assert {name: tally.read for name, tally in result.tables.items()} == {
        str(p): len(texts) for p, texts in zip(paths, shards, strict=True)
    }
    for each in (result, *result.tables.values()):
        assert each.read == each.kept + each.dropped
    gone = [json.loads(line) for line in (folder / "gone.jsonl").read_text("utf-8").splitlines()]
    assert sum(g.get("dropped", False) for g in gone) == result.dropped
    assert {g["kept"]["id"] for g in gone if "kept" in g} <= {name for name, _ in first.values()}


def test_a_folder_is_walked_and_each_table_keeps_its_name(run, put, folder):
    """Below what all inputs have in common; of what is no table it is said that it was left out."""
    put("data/24/p.jsonl", lines(ROWS[:1]))
    put("data/25/p.jsonl.gz", lines(ROWS[1:2]))
    put("data/25/deep/q.csv", f"id,text\n1,{ARTICLE}\n")
    put("data/25/note.txt", ARTICLE)
    shard(folder / "data/26.parquet", [{"id": "x", "text": SPELLED}, {"id": "y", "text": REPEATED}], "parquet")
    done = run("clean", "data/25", "data/24", "data/26.parquet", "-o", "new/clean/", "--removed", "gone.jsonl")
    assert (done.code, done.stderr) == (0, "dedup: left out: data/25/note.txt: no table\n")
    names = [path.relative_to(folder / "new/clean").as_posix() for path in (folder / "new/clean").rglob("*.*")]
    assert sorted(names) == ["24/p.jsonl", "25/deep/q.csv", "25/p.jsonl.gz", "26.parquet"]
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "data/25/deep/q.csv", "data/25/p.jsonl.gz", "data/24/p.jsonl", "data/26.parquet", "5 rows",
    ]  # fmt: skip
    assert texts_of(folder / "new/clean/26.parquet") == [("y", REPEATED)]
    assert not any(ARTICLE in text for _, text in texts_of(folder / "new/clean/24/p.jsonl"))


def test_a_table_that_cannot_be_read_does_not_stop_the_others_and_takes_nothing_from_them(run, put, folder):
    """What stands in it and in another stays in the other: it is not written, so it stands for nothing."""
    rows = [{"id": str(n), "text": f"{ARTICLE} {n}"} for n in range(3_000)]
    put("whole.jsonl.gz", lines(rows))
    put("a.jsonl.gz.part", (folder / "whole.jsonl.gz").read_bytes()[:-300])
    (folder / "a.jsonl.gz.part").rename(folder / "a.jsonl.gz")
    put("b.jsonl", lines([*rows[:2], rows[0]]))
    put("c.csv", "id,body\n1,x\n")
    done = run("clean", "a.jsonl.gz", "b.jsonl", "none.jsonl", "c.csv", "-o", "out/", "--removed", "gone.jsonl")
    assert done.code == 2
    assert done.stdout == "3 rows: 2 kept, 0 shortened, 1 dropped; 1 paragraph removed (1 exact)\n"
    for said in ("a.jsonl.gz: damaged gzip", "none.jsonl: no such file", 'c.csv: no field "text"'):
        assert f"dedup: {said}" in done.stderr
    assert [path.name for path in (folder / "out").iterdir()] == ["b.jsonl"]
    assert (folder / "out/b.jsonl").read_text("utf-8") == lines(rows[:2])


def test_an_output_that_cannot_be_written_does_not_stop_the_others(folder):
    for name in ("a", "b"):
        shard(folder / f"in/{name}.jsonl", [{"id": name, "text": ARTICLE}], "jsonl")
    (folder / "out/a.jsonl").mkdir(parents=True)
    result = dedup.clean(folder / "in", folder / "out", folder / "gone.jsonl")
    assert [problem.place for problem in result.problems] == [str(folder / "out/a.jsonl")]
    assert (folder / "out/b.jsonl").read_bytes() == b""
    assert "kept" in json.loads((folder / "gone.jsonl").read_text("utf-8").splitlines()[0])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("in", "-o", "in/out", "--removed", "r"), "in/out/a.jsonl: is in in, which is read: it would be an input"),
        (("in", "-o", "out/", "--removed", "in/r"), "in/r: is in in, which is read"),
        (("in", "-o", "there", "--removed", "there/r"), "there/r: would stand among what stays"),
        (("in", "in/b.csv", "-o", "all.jsonl", "--removed", "r"), "all.jsonl: is .jsonl, and the input .csv"),
        (("in/a.jsonl", "-o", "all.data/x.jsonl", "--removed", "r"), "there is no folder all.data"),
        (("b.csv", "in/b.csv", "-o", "all.csv", "--removed", "r"), "in/b.csv: has another form or other fields than"),
        (("empty", "-o", "out", "--removed", "r"), "empty: no table here; dedup clean reads .jsonl"),
    ],
)
def test_what_would_mix_tables_or_write_among_inputs_is_refused(run, put, folder, args, said):
    put("in/a.jsonl", lines(ROWS))
    put("in/b.csv", "id,text\n1,x\n")
    put("b.csv", "id;text\n1;x\n")
    for name in ("there", "empty"):
        (folder / name).mkdir()
    done = run("clean", *args)
    assert (done.code, done.stdout) == (2, "")
    assert said in done.stderr
    assert sorted(path.name for path in folder.rglob("*.*")) == ["a.jsonl", "b.csv", "b.csv"]


def test_tables_of_columns_are_joined_where_their_schema_is_one(folder):
    rows = [{"id": str(n), "text": text} for n, text in enumerate([ARTICLE, OTHER, SPELLED, REPEATED])]
    for name, part in (("a", rows[:2]), ("b", rows[2:])):
        shard(folder / f"{name}.parquet", part, "parquet")
    dedup.clean([folder / "a.parquet", folder / "b.parquet"], folder / "all.parquet", folder / "gone.jsonl")
    assert [name for name, _ in texts_of(folder / "all.parquet")] == ["0", "1", "3"]
    parquet.write_table(pa.table({"id": [1], "text": ["x"]}), folder / "c.parquet")
    with pytest.raises(dedup.ReadError, match="other fields than"):
        dedup.clean([folder / "a.parquet", folder / "c.parquet"], folder / "new.parquet", folder / "gone.jsonl")


def test_a_table_that_changed_on_the_way_is_refused(folder):
    path = folder / "a.jsonl"
    for changed in (lines([*ROWS, ROWS[0]]), lines([ROWS[0], ROWS[2], *ROWS[2:]])):
        path.write_text(lines(ROWS), "utf-8")
        cleaner = Cleaner(gathered([path], dedup.Settings(level="normalized")))
        path.write_text(changed, "utf-8")
        with pytest.raises(dedup.ReadError, match="was changed while it was cleaned"):
            written(cleaner)


def test_kinds_that_are_not_looked_for_have_no_options(run, put):
    """An option that would change nothing is refused: who gives it means something else."""
    put("a.jsonl", "")
    for option in ("--passage-words", "--passage-words-within", "--rewritten-threshold"):
        found = run("clean", "a.jsonl", option, "1", "-o", "b.jsonl", "--removed", "c.jsonl")
        assert (found.code, "No such option" in found.stderr) == (2, True), found.stderr
        assert option in run("scan", "--help").stdout
