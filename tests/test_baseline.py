"""A baseline of known findings: what stands in it does not count, whatever moved; what is new does."""

import json

import jsonschema
import pytest
from conftest import ARTICLE, GOOD, OTHER, REPEATED

from dedup.write import schema

BASELINE = ("--baseline", "known.txt")


def blocks(*texts):
    return "\n\n".join(texts) + "\n"


@pytest.fixture
def known(run, put):
    """A baseline of the one finding of a.txt."""
    put("a.txt", GOOD)
    outcome = run("scan", "a.txt", *BASELINE, "--update-baseline", "-f", "json")
    assert (outcome.code, outcome.json["summary"]["known_findings"]) == (0, 1)
    assert "1 finding added, 0 findings dropped" in outcome.stderr


def test_known_findings_stay_known_wherever_their_paragraphs_move(run, put, known):
    put("a.txt", blocks(OTHER, ARTICLE))
    put("b.txt", blocks(OTHER.replace("الأهلي", "الزمالك ثم خرج الجميع إلى بيوتهم"), REPEATED))
    found = run("scan", "a.txt", "b.txt", *BASELINE, "-f", "json").json
    moved = [f for f in found["findings"] if f["a"]["text"] == REPEATED]
    assert [f["known"] for f in moved] == [True]
    assert moved[0]["scope"] == "between"


def test_one_copy_more_of_a_known_text_is_new(run, put):
    put("a.txt", blocks(ARTICLE, ARTICLE))
    assert run("scan", "a.txt", *BASELINE, "--update-baseline").code == 0
    assert run("scan", "a.txt", *BASELINE).code == 0
    put("a.txt", blocks(ARTICLE, ARTICLE, ARTICLE))
    outcome = run("scan", "a.txt", *BASELINE, "-f", "json")
    assert outcome.code == 1
    assert sorted(f["known"] for f in outcome.json["findings"]) == [False, True]
    assert outcome.json["summary"]["counted_findings"] == 1


@pytest.mark.parametrize("content", [None, "", "dedup1:0123456789abcdef\n", "dedup-baseline/1 normalize=ar\n<<<<<<<\n"])
def test_a_missing_or_damaged_baseline_is_an_error(run, put, content):
    put("a.txt", OTHER)
    if content is not None:
        put("known.txt", content)
    outcome = run("scan", "a.txt", *BASELINE)
    assert outcome.code == 2
    assert "known.txt" in outcome.stderr


@pytest.mark.parametrize("more", [(), ("--update-baseline",)])
def test_a_baseline_of_another_profile_is_refused(run, folder, known, more):
    before = (folder / "known.txt").read_bytes()
    outcome = run("scan", "a.txt", *BASELINE, "--normalize", "none", *more)
    assert outcome.code == 2
    assert "profile ar, not none" in outcome.stderr
    assert (folder / "known.txt").read_bytes() == before


def test_an_update_drops_what_is_gone_and_holds_no_text(run, put, folder, known):
    again = run("scan", "a.txt", *BASELINE, "--update-baseline")
    assert "0 findings added, 0 findings dropped" in again.stderr
    put("a.txt", blocks(OTHER, OTHER))
    outcome = run("scan", "a.txt", *BASELINE, "--update-baseline")
    assert "1 finding added, 1 finding dropped" in outcome.stderr
    head, line = (folder / "known.txt").read_text("utf-8").splitlines()
    assert head == "dedup-baseline/1 normalize=ar"
    assert line.endswith(" # exact: a.txt:3 ~ a.txt:1")


def test_a_baseline_that_a_person_has_edited_is_read(run, put, folder, known):
    """A mark of order, blank lines, comments of their own, white space: what an editor and a review leave."""
    head, line = (folder / "known.txt").read_text("utf-8").splitlines()
    name, _, why = line.partition(" # ")
    put("known.txt", f"\ufeff{head}\r\n\r\n# عرفناه\r\n  {name}\t#{why}\r\n")
    found = run("scan", "a.txt", *BASELINE, "-f", "json")
    assert (found.code, found.json["summary"]["known_findings"]) == (0, 1)
    put("known.txt", f"{head}\n\n{line}\n<<<<<<<\n")
    assert "known.txt:4: is damaged" in run("scan", "a.txt", *BASELINE).stderr


def test_no_update_while_something_could_not_be_read(run, put, folder, known):
    before = (folder / "known.txt").read_bytes()
    put("a.txt", OTHER)
    outcome = run("scan", "a.txt", "missing.txt", *BASELINE, "--update-baseline")
    assert outcome.code == 2
    assert "not updated" in outcome.stderr
    assert (folder / "known.txt").read_bytes() == before


def test_an_update_replaces_no_input_and_no_report(run, put, folder):
    put("a.txt", GOOD)
    assert run("scan", "a.txt", "--baseline", "a.txt", "--update-baseline").code == 2
    assert run("scan", "a.txt", *BASELINE, "--update-baseline", "-o", "known.txt").code == 2
    assert run("scan", "a.txt", "--update-baseline").code == 2
    assert (folder / "a.txt").read_text("utf-8") == GOOD


def test_new_only_says_how_many_it_hides(in_each_form, known):
    """In every form that is read by people, and in JSON; the known one is not listed."""
    (all_done, listed), (new_done, hidden) = (
        in_each_form("scan", "a.txt", *BASELINE, *only) for only in ((), ("--new-only",))
    )
    assert all_done.code == new_done.code == 0
    report = json.loads(hidden["json"])
    assert (report["findings"], report["summary"]["findings_left_out"]) == ([], 1)
    for form in ("full", "concise", "markdown", "html"):
        assert "1 known finding" in listed[form], form
        assert "1 known finding" in hidden[form], form
        assert "a.txt:3: near" not in hidden[form], form


def test_reports_for_programs_tell_known_from_new(run, put, folder, known):
    put("a.txt", f"{GOOD}\n{blocks(OTHER, OTHER)}")
    outcome = run("scan", "a.txt", *BASELINE, "-o", "r.sarif", "-o", "github:r.github", "-o", "r.xml", "-o", "r.json")
    assert outcome.code == 1
    results = json.loads((folder / "r.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert {r["ruleId"]: r["baselineState"] for r in results} == {"dedup/exact": "new", "dedup/near": "unchanged"}
    assert (folder / "r.github").read_text("utf-8").count("::error") == 1
    assert "dedup near" not in (folder / "r.github").read_text("utf-8")
    assert 'failures="1"' in (folder / "r.xml").read_text("utf-8")


def test_a_saved_report_keeps_what_was_known(run, put, folder, known):
    put("a.txt", f"{GOOD}\n{blocks(OTHER, OTHER)}")
    run("scan", "a.txt", *BASELINE, "-o", "r.json", "-o", "r.sarif", "-o", "github:r.github", "-o", "r.xml")
    saved = json.loads((folder / "r.json").read_text("utf-8"))
    jsonschema.validate(saved, json.loads(schema()))
    assert run("report", "r.json", "-f", "sarif").stdout == (folder / "r.sarif").read_text("utf-8")
    assert run("report", "r.json", "-f", "json").stdout == (folder / "r.json").read_text("utf-8")
