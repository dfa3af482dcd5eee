"""How much may repeat, and how much of it is listed: limits, orders, and the first few findings."""

import json
import re

import pytest
from conftest import ARTICLE, FORMS, OTHER, REPEATED, SPELLED

import dedup

TWO = f"{ARTICLE}\n\n{OTHER}\n\n{SPELLED}\n\nقال نعم\n\n{REPEATED}\n\nقال نعم\n"
"""Two findings that count, and a short one that does not."""
FORMS_THAT_SAY = ("full", "concise", "json", "jsonl", "html", "markdown", "sarif", "github", "junit")


@pytest.mark.parametrize(
    ("options", "exceeded"),
    [
        (("--max-findings", 2), []),
        (("--max-findings", 1), ["max_findings"]),
        (("--max-findings", 0), ["max_findings"]),
        (("--max-duplicated", "100%"), []),
        (("--max-duplicated", "10%"), ["max_duplicated"]),
        (("--max-duplicated", "0.1"), ["max_duplicated"]),
        (("--max-duplicated", "0.1", "--max-findings", 1), ["max_duplicated", "max_findings"]),
    ],
)
def test_what_is_beyond_a_limit_blocks_whatever_fail_on_is(run, put, options, exceeded):
    """The limit itself is allowed; beyond it the verdict is block, the exit code 1, and the limit is named."""
    put("a.txt", TWO)
    found = run("scan", "a.txt", "--fail-on", "never", "-f", "json", *options)
    summary = found.json["summary"]
    assert [limit["setting"] for limit in summary["exceeded"]] == exceeded
    assert all(limit["found"] > limit["limit"] for limit in summary["exceeded"])
    assert (found.code, summary["verdict"]) == ((1, "block") if exceeded else (0, "warn"))


def test_exit_zero_hides_a_limit_too(run, put):
    put("a.txt", TWO)
    options = ("--fail-on", "never", "--max-findings", 1)
    assert run("scan", "a.txt", *options).code == 1
    assert run("scan", "a.txt", "--exit-zero", *options).code == 0


def test_a_report_says_which_limit_was_exceeded(put, in_each_form):
    """In every form that has a verdict, with what was found and what is allowed."""
    put("a.txt", TWO)
    limits = ("--fail-on", "never", "--max-findings", 1, "--max-duplicated", "10%")
    said, plain = (in_each_form("scan", "a.txt", *options)[1] for options in (limits, limits[:2]))
    for form in FORMS_THAT_SAY:
        assert re.search("max[-_]findings", said[form]), form
        assert re.search("max[-_]duplicated", said[form]), form
        assert "allows" not in plain[form], form


def test_only_what_counts_is_limited(run, put):
    """A short paragraph that repeats counts for no limit, until --fail-short says so."""
    put("a.txt", f"{OTHER}\n\nقال نعم\n\nقال نعم\n")
    limits = ("--max-findings", 0, "--max-duplicated", "0%")
    assert run("scan", "a.txt", *limits).code == 0
    short = run("scan", "a.txt", "-f", "json", "--fail-short", "--fail-on", "never", *limits)
    assert [limit["setting"] for limit in short.json["summary"]["exceeded"]] == ["max_duplicated", "max_findings"]


def test_limits_stand_in_a_file_of_settings_and_in_python(run, put):
    """One value however it is written; what cannot be meant is refused, with what may be."""
    put("a.txt", TWO)
    put("dedup.toml", 'max-duplicated = "10%"\nfail-on = "never"')
    found = run("scan", "a.txt", "-f", "json")
    assert (found.code, found.json["settings"]["max_duplicated"]) == (1, 0.1)
    assert dedup.Settings(max_duplicated="20 %") == dedup.Settings(max_duplicated=0.2)
    assert dedup.scan([ARTICLE, SPELLED], fail_on="never", max_findings=0).exceeded[0].found == 1
    refused = run("scan", "a.txt", "--max-duplicated", "20")
    assert (refused.code, refused.stdout) == (2, "")
    assert "did you mean 20%?" in refused.stderr
    for wrong in ("many", "120%", "-1", "nan"):
        assert run("scan", "a.txt", f"--max-duplicated={wrong}").code == 2


def test_a_limit_fails_the_case_of_the_verdict_in_junit(run, put):
    """The number of failures is that of the elements, so that a CI counts what it shows."""
    put("a.txt", TWO)
    text = run("scan", "a.txt", "-f", "junit", "--fail-on", "never", "--max-findings", 1).stdout
    assert 'failures="1"' in text
    assert text.count("<failure ") == 1
    notes = run("scan", "a.txt", "-f", "sarif", "--fail-on", "never", "--max-findings", 1).stdout
    assert (
        "max-findings"
        in json.loads(notes)["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    )


LONG = f"{OTHER} {ARTICLE}"
SEVERAL = "\n\n".join((LONG, ARTICLE, OTHER, REPEATED, SPELLED, LONG.replace("حضور جماهيري", "غياب رسمي"), OTHER))
"""An exact, a normalized and two near findings, of several lengths and scores."""
KEYS = {
    "score": lambda f: (-f["score"], -f["words"]),
    "size": lambda f: (-f["words"], -f["score"]),
    "source": lambda f: f["b"]["paragraph"],
}


def test_findings_come_in_the_order_that_is_asked_for(run, put):
    """Only the order changes: what is found, the verdict and the exit code stay."""
    put("a.txt", SEVERAL)
    plain = run("scan", "a.txt", "-f", "json")
    for order, key in KEYS.items():
        found = run("scan", "a.txt", "-f", "json", "--sort", order)
        assert found.json["findings"] == sorted(plain.json["findings"], key=key)
        assert found.json["findings"] != plain.json["findings"]
        assert (found.code, found.json["summary"]) == (plain.code, plain.json["summary"])


def test_top_lists_the_first_and_says_that_there_are_more(put, in_each_form):
    """Verdict and exit code are those of all findings; the report says how many are left out."""
    put("a.txt", SEVERAL)
    whole, listed = in_each_form("scan", "a.txt")
    top, first = in_each_form("scan", "a.txt", "--top", 1)
    assert top.code == whole.code == 1
    assert top.stderr == "dedup: note: --top 1: not all findings are listed; the verdict is that of all\n"
    assert in_each_form("scan", "a.txt", "--top", 100)[1] == listed, "what is not reached changes nothing"
    for form in FORMS:
        assert len(first[form]) < len(listed[form]), form
    for form in ("full", "concise", "html", "markdown", "github"):
        assert "more findings, not listed" in first[form], form
        assert "not listed" not in listed[form], form


def test_top_and_order_stand_in_a_file_of_settings(run, put):
    """The summary counts all, and says how many are not listed; a wrong value is refused with the right ones."""
    put("a.txt", SEVERAL)
    put("dedup.toml", 'top = 1\nsort = "size"')
    found = run("scan", "a.txt", "-f", "json", "-q")
    (listed,), summary = found.json["findings"], found.json["summary"]
    assert listed["words"] == max(f["words"] for f in run("scan", "a.txt", "-f", "json", "--isolated").json["findings"])
    assert summary["findings_left_out"] == sum(summary["by_kind"].values()) - 1 > 1
    assert found.stderr == ""
    put("dedup.toml", "top = 0")
    assert "top must be a whole number from 1, got 0" in run("scan", "a.txt").stderr
    assert run("scan", "a.txt", "--top", 0).code == 2
    put("dedup.toml", "top = true")
    assert "top must be a whole number from 1, got True" in run("scan", "a.txt").stderr
