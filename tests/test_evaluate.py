"""`dedup evaluate` and PAN's measures: hand-made cases, of which each figure can be checked by eye."""

import json
import xml.etree.ElementTree as ET

import pytest
from conftest import ARTICLE, MARKER, OTHER, REPEATED

from dedup.errors import ReadError
from dedup.evaluate import Passage, evaluate, plagdet

ROWS = "pair,a,b,label,second,half\n" + "\n".join(
    [
        f"1,{ARTICLE},{REPEATED},copy,copy,test",
        f"2,{ARTICLE},{OTHER},other,other,test",
        f"3,{ARTICLE},{REPEATED},other,other,test",
        f"4,{ARTICLE},{REPEATED},copy,rewrite,test",
        f"5,{ARTICLE},{OTHER},passage,passage,tune",
    ]
)


@pytest.fixture
def labels(put, folder):
    return folder / put("labels.csv", ROWS)


def test_right_and_wrong_pairs_are_counted_and_disputed_ones_apart(labels):
    found = evaluate(labels)
    assert (len(found.judged), len(found.apart)) == (4, 1)
    measures = {m.name: (m.support, m.precision, m.recall, m.f1) for m in found.measures}
    assert measures == {
        "repeat": (1, 0.5, 1.0, pytest.approx(2 / 3)),
        "passage": (1, 0.0, 0.0, 0.0),
        "none": (2, 0.5, 0.5, 0.5),
    }
    assert found.confusion == {("copy", "near"): 1, ("other", "none"): 1, ("other", "near"): 1, ("passage", "none"): 1}
    assert [judged.pair.name for judged in found.wrong] == ["3", "5"]
    low, high = found.measures[0].interval
    assert 0 <= low <= 2 / 3 <= high <= 1
    assert evaluate(labels).to_dict() == found.to_dict(), "the samples are drawn alike each time"


def test_the_sweep_tries_thresholds_on_the_score_alone(labels):
    found = evaluate(labels, where={"half": "test"})
    rows = {row[0]: row[1:] for row in found.sweep}
    assert rows[0.8] == (0.5, 1.0, pytest.approx(2 / 3)), "both pairs that score high"
    assert rows[1.0] == (0.0, 0.0, 0.0)
    assert sum(map(sum, found.histogram.values())) == 3


def test_json_lines_and_ids_of_a_corpus(put, folder):
    corpus = folder / put(
        "corpus.jsonl",
        "\n".join(
            json.dumps({"id": f"x:{i}", "text": f"{OTHER}\n\n{text}"}) for i, text in enumerate((ARTICLE, REPEATED))
        ),
    )
    rows = [{"a": "x:0:2", "b": "x:1:2", "label": 1}, {"a": "x:0:1", "b": "x:0:2", "label": "no"}]
    labels = folder / put("labels.jsonl", "\n".join(map(json.dumps, rows)))
    found = evaluate(labels, corpus)
    assert [(j.wanted, j.found) for j in found.judged] == [("repeat", "repeat"), ("none", "none")]
    assert found.judged[1].pair.within
    with pytest.raises(ReadError, match="has no paragraph x:0:9"):
        evaluate(folder / put("bad.jsonl", json.dumps({**rows[0], "b": "x:0:9"})), corpus)


FORMAT = "; labels are CSV with a header, or JSON lines, with the columns a, b and label"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("labels.csv", "a,b\nx,y", f': no field "label"; the fields are a, b{FORMAT}'),
        ("labels.csv", "a,b,label\nx,y", f':1: no field "label"; the fields are a, b{FORMAT}'),
        ("labels.csv", "a,b,label\nx,y,perhaps", ":1: unknown label 'perhaps'; use one of repeat, "),
        ("labels.csv", "a,b,label\nx,y,", ":1: no label; use one of repeat, "),
        (
            "labels.csv",
            f"a,b,label\nx,copy,{ARTICLE}",
            f":1: a label of {len(ARTICLE)} characters; use one of repeat, ",
        ),
        ("labels.csv", "a,b,label\n", f": holds no pair{FORMAT}"),
        ("labels.csv", "", f": holds no pair{FORMAT}"),
        ("labels.csv", 'a,b,label\n"x,y,copy\n', ":1: not CSV: unexpected end of data, from line 2; see its quotation"),
        ("labels.csv", b"PAR1\0\0", f": is binary, not text{FORMAT}"),
        ("labels.csv.gz", ARTICLE, f": no table: its first line is no header{FORMAT}"),
        ("draft.txt", f"{ARTICLE}\n\n{OTHER}", f": no table: its first line is no header{FORMAT}"),
        ("labels.jsonl", "", f": holds no pair{FORMAT}"),
        ("labels.jsonl", '{"x": 1}', f':1: no field "a"; the fields are x{FORMAT}'),
        ("labels.jsonl", '{"a": null, "b": "y", "label": 1}', ':1: field "a" is null, not text; give a string'),
        ("labels.jsonl", '{"a": "x", "b": "y", "label": null}', ":1: no label; use one of repeat, "),
        ("report.json", '[{"a": "x"}]', f":1: a JSON list, not an object{FORMAT}"),
        ("report.json", '{\n "a": 1\n}', ":1: not JSON: "),
    ],
)
def test_labels_that_cannot_be_used_say_where_what_and_what_to_do(put, folder, name, content, message):
    """And no word of an article, which a label may be where columns are mixed up."""
    labels = folder / put(name, content)
    with pytest.raises(ReadError) as raised:
        evaluate(labels)
    assert str(raised.value).startswith(f"{labels}{message}")
    assert MARKER not in str(raised.value)
    assert raised.value.remedy


def test_labels_of_a_spreadsheet_are_read_and_what_was_done_is_said(run, put):
    """Semicolons, and the encoding of Windows: what a spreadsheet writes where it is told no better."""
    put(
        "labels.csv",
        "\n".join(["a;b;label", f"{ARTICLE};{REPEATED};copy", f"{ARTICLE};{OTHER};other"]).encode("cp1256"),
    )
    done = run("evaluate", "labels.csv", "--json")
    assert (done.code, done.stderr) == (0, "dedup: note: labels.csv: not UTF-8; read as cp1256\n")
    assert (done.json["pairs"], done.json["wrong"]) == (2, [])


def test_pairs_that_are_all_disputed_are_scored_apart_and_no_more(run, put):
    put("labels.csv", f"a,b,label,second\n{ARTICLE},{REPEATED},copy,other")
    done = run("evaluate", "labels.csv")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "0 labelled pairs; 1 more on which two readers differ, scored apart\n\ndisputed pairs"
    )


def test_the_command_writes_tables_and_a_plot(run, put, folder):
    put("labels.csv", ROWS)
    done = run("evaluate", "labels.csv", "--where", "half=test", "--plot", "sweep.svg")
    assert (done.code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "3 labelled pairs; 1 more on which two readers differ, scored apart"
    assert any(line.startswith("repeat ") and " 0.500   1.000" in line for line in lines)
    assert "  3: other, found near 0.97" in done.stdout
    root = ET.parse(folder / "sweep.svg").getroot()
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 3
    found = run("evaluate", "labels.csv", "--json", "--least-words", "14").json
    assert found["pairs"] == 4
    assert found["wrong"][0] == {"pair": "3", "label": "other", "kind": "near", "score": found["wrong"][0]["score"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["labels.csv", "--where", "half"], "is no COLUMN=VALUE"),
        (
            ["labels.csv", "--where", "part=1"],
            'no field "part"; the fields are pair, a, b, label, second, half; see the',
        ),
        (["labels.csv", "--where", "half=all"], "labels.csv: has no pair that is asked for; see the values"),
        (["labels.csv", "--least-words", "900"], "labels.csv: no pair has 900 words on each side; ask for fewer words"),
        (["."], ".: is a folder, not a file of labels; labels are"),
        (["labels.csv", "--plot", "sweep.gif"], "is no .svg"),
        (["missing.csv"], "no such file or folder"),
    ],
)
def test_a_wrong_call_exits_with_2(run, put, arguments, message):
    put("labels.csv", ROWS)
    done = run("evaluate", *arguments)
    assert done.code == 2
    assert message in done.stderr


# --- PAN ------------------------------------------------------------------------------------------

CASE = Passage("s", 100, 200, "r", 0, 100)


@pytest.mark.parametrize(
    ("cases", "detections", "precision", "recall", "granularity", "figure"),
    [
        ([CASE], [CASE], 1, 1, 1, 1),
        ([CASE], [Passage("s", 100, 150, "r", 0, 50)], 1, 0.5, 1, 2 / 3),
        ([CASE], [Passage("s", 50, 250, "r", 0, 100)], 200 / 300, 1, 1, 0.8),
        # Two halves: all is found, in two pieces; 1 / log2(3).
        ([CASE], [Passage("s", 100, 150, "r", 0, 50), Passage("s", 150, 200, "r", 50, 100)], 1, 1, 2, 0.6309),
        # Overlapping detections count their characters once.
        ([CASE], [Passage("s", 100, 180, "r", 0, 80), Passage("s", 120, 200, "r", 20, 100)], 1, 1, 2, 0.6309),
        # On one side only: no overlap at all.
        ([CASE], [Passage("s", 100, 200, "r", 500, 600)], 0, 0, 1, 0),
        ([CASE], [Passage("other", 100, 200, "r", 0, 100)], 0, 0, 1, 0),
        ([CASE], [], 0, 0, 1, 0),
    ],
)
def test_plagdet_of_cases_by_hand(cases, detections, precision, recall, granularity, figure):
    found = plagdet(cases, detections)
    assert (found.precision, found.recall, found.granularity) == pytest.approx((precision, recall, granularity))
    assert found.plagdet == pytest.approx(figure, abs=1e-4)
    assert set(found.to_dict()) == {"plagdet", "precision", "recall", "granularity"}
