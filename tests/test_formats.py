"""How the format of an input is found: by what was asked for, by its name, by its content."""

import json

import pytest

from tests.conftest import ARTICLE, GOOD, REPEATED

ROWS = "".join(
    json.dumps({"id": i, "text": text}, ensure_ascii=False) + "\n" for i, text in enumerate((ARTICLE, REPEATED))
)
PAGE = f"<!DOCTYPE html>\n<html><body><p>{ARTICLE}</p><p>{REPEATED}</p></body></html>"


@pytest.mark.parametrize(
    ("content", "elements", "rows"),
    [
        pytest.param(PAGE, ["p[2]"], [None], id="a page"),
        pytest.param("\ufeff \n" + PAGE.lower(), ["p[2]"], [None], id="a page after a mark and a blank line"),
        pytest.param(ROWS, [None], [2], id="rows of JSON"),
        pytest.param(GOOD, [None], [None], id="text"),
    ],
)
def test_content_tells_the_format_where_the_name_does_not(run, put, content, elements, rows):
    """On standard input as in a file whose suffix says nothing."""
    for found in (run("scan", put("draft", content), "-f", "json"), run("scan", "-", "-f", "json", stdin=content)):
        assert [f["kind"] for f in found.json["findings"]] == ["near"]
        assert [f["a"]["element"] for f in found.json["findings"]] == elements
        assert [f["a"]["row"] for f in found.json["findings"]] == rows


def test_the_name_counts_for_more_than_the_content(run, put):
    found = run("scan", put("page.txt", PAGE), "-f", "json")
    assert found.json["findings"] == [], "one line of plain text"


def test_format_in_counts_for_more_than_the_name(run, put):
    found = run("scan", put("page.txt", PAGE), "--format-in", "html", "-f", "json")
    assert [f["a"]["element"] for f in found.json["findings"]] == ["p[2]"]


def test_an_unknown_format_is_named_with_the_nearest(run, put):
    found = run("scan", put("a.txt", GOOD), "--format-in", "htlm")
    assert (found.code, found.stderr) == (2, "dedup: unknown format 'htlm'; did you mean \"html\"?\n")


@pytest.mark.parametrize(
    ("header", "parted"),
    [("id,text", ","), ("id;text", ";"), ("id\ttext", "\t")],
    ids=["commas", "semicolons", "tabs"],
)
def test_the_first_line_of_csv_says_what_parts_its_fields(run, put, header, parted):
    put("a.csv", f"{header}\n1{parted}{ARTICLE}\n2{parted}{REPEATED}\n")
    assert [f["a"]["row"] for f in run("scan", "a.csv", "-f", "json").json["findings"]] == [2]


ADDED = """
from dedup import Document
from dedup.read import Format


def documents(source, settings):
    yield Document(source.name, source.open().read().decode().replace("|", "\\n\\n"), path=source.path)


piped = Format("piped", (".piped",), documents)
"""


@pytest.fixture
def added(tmp_path):
    """A folder of distributions with one that adds the format `piped`."""
    place = tmp_path / "site"
    (place / "piped-1.0.dist-info").mkdir(parents=True)
    (place / "piped-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: piped\nVersion: 1.0\n")
    (place / "piped-1.0.dist-info" / "entry_points.txt").write_text("[dedup.readers]\npiped = piped:piped\n")
    (place / "piped.py").write_text(ADDED)
    return {"PYTHONPATH": str(place)}


def test_another_distribution_adds_a_format(run, put, added):
    """By its suffix, in a folder, and by its name."""
    put("in/a.piped", f"{ARTICLE}|{REPEATED}")
    put("b.txt", f"{ARTICLE}|{REPEATED}")
    for arguments in (["in/a.piped"], ["in"], ["b.txt", "--format-in", "piped"]):
        found = run("scan", *arguments, "-f", "json", env=added)
        assert [(f["kind"], f["a"]["paragraph"]) for f in found.json["findings"]] == [("near", 2)]


def test_an_added_format_that_does_not_load_is_said_and_the_rest_goes_on(run, put, added, tmp_path):
    (tmp_path / "site" / "piped.py").write_text("import nothing_of_that_name")
    put("in/a.txt", GOOD)
    put("in/b.piped", GOOD)
    found = run("scan", "in", "-f", "json", env=added)
    assert found.code == 2
    (problem,) = found.problems
    assert problem.startswith("piped: a format of another distribution that cannot be loaded: No module named")
    assert problem.endswith("; mend or remove the distribution that adds it")
    assert len(found.json["findings"]) == 1
