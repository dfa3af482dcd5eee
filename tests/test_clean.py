"""`dedup clean`: what stays, what goes, and that no row is lost."""

import csv
import io
import json

import pytest
from conftest import ARTICLE, OTHER, REPEATED, SPELLED
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.cleaning import Cleaner

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
    assert gone[1]["kept"] == {"row": 1, "id": "a", "paragraph": 1, "text": ARTICLE}
    assert gone[3] == {"row": 3, "dropped": True, "fields": ROWS[2]}


def test_near_copies_go_when_asked(clean):
    done, kept, gone = clean(lines(ROWS), "--level", "near")
    assert len(kept.splitlines()) == 2
    assert [g["kind"] for g in gone if g["row"] == 4 and "kind" in g] == ["near"]
    assert "1 near" in done.stdout


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
            "level must be one of exact, normalized, near",
        ),
    ):
        refused = run("clean", *args)
        assert refused.code == 2
        assert said in refused.stderr
    assert not (folder / "o").exists()


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
    cleaner = Cleaner(path, unit=unit)
    gone = list(cleaner.removed())
    kept = [json.loads(line)["text"] for line in cleaner.kept()]
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
