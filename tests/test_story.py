"""Three weeks of three outlets, and five drafts: what an editor would be told (`tests/story/README.md`)."""

import json
from pathlib import Path

import pytest

from dedup.archives import Archive

STORY = Path(__file__).parent / "story"
ROWS = [json.loads(line) for line in (STORY / "archive.jsonl").read_text("utf-8").splitlines()]
DRAFTS = {row["id"]: row for row in map(json.loads, (STORY / "drafts.jsonl").read_text("utf-8").splitlines())}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with Archive.create(tmp_path_factory.mktemp("story") / "news.db") as made:
        loaded = made.load(STORY / "archive.jsonl")
        assert (loaded.outcomes, loaded.problems) == ({"added": 61, "replaced": 3}, [])
        yield made


def told(report):
    """Return (kind, paragraph of the draft, article, paragraph there) of what counts."""
    listed = (m for m in report.matches if m.kind != "template" and not m.boilerplate)
    return [(m.kind, m.a.paragraph, m.b.doc, m.b.paragraph) for m in listed]


def test_a_rewritten_wire_story_is_found_with_its_date_and_its_changed_numbers(archive):
    report = archive.check(DRAFTS["draft/rewritten-wire"])
    assert report.verdict == "block"
    assert told(report) == [
        ("normalized", 2, "sahel/2026-03-06/2", 2),
        ("near", 1, "sahel/2026-03-06/2", 1),
        ("near", 2, "mina/2026-03-06/3", 3),
        ("near", 3, "sahel/2026-03-06/2", 4),
        ("rewritten", 1, "wadi/2026-03-07/1", 1),
    ]
    changed = {m.a.paragraph: m.diff().changed_numbers for m in report.matches if m.b.doc.startswith("sahel")}
    assert ("٢٣", "19") in changed[1]
    assert ("٣٠", "25") in changed[3]
    assert {m.b.article.date for m in report.matches if m.b.doc.startswith("sahel")} == {"2026-03-06T11:40:00+03:00"}


def test_the_wire_story_comes_before_those_that_took_it_whatever_their_clocks_say(archive):
    wire = next(row for row in ROWS if row["id"] == "sahel/2026-03-06/2")
    report = archive.check({"id": "another", "text": wire["text"]})
    firsts = {m.a.paragraph: m.b.doc for m in report.matches if m.kind in ("exact", "normalized")}
    assert firsts == dict.fromkeys(range(1, 6), "sahel/2026-03-06/2")


def test_a_new_story_passes(archive):
    report = archive.check(DRAFTS["draft/clean"])
    assert (report.verdict, report.matches) == ("pass", ())


def test_standing_text_is_listed_and_does_not_count(archive):
    report = archive.check(DRAFTS["draft/boilerplate"])
    assert report.verdict == "pass"
    (match,) = report.matches
    assert (match.boilerplate, match.articles, match.a.paragraph) == (True, 12, 3)
    assert match.b.doc == "wadi/2026-03-01/1"


def test_a_press_release_inside_a_paragraph_is_a_passage(archive):
    report = archive.check(DRAFTS["draft/press-release"])
    assert report.verdict == "warn"
    assert {m.kind for m in report.matches} == {"passage"}
    match = report.matches[0]
    assert (match.a.paragraph, match.words, match.b.doc) == (2, 34, "mina/2026-03-12/2")


def test_the_next_version_of_an_article_is_no_repetition_of_it(archive):
    assert archive.check(DRAFTS["mina/2026-03-09/2"]).matches == ()
    assert archive.check(DRAFTS["mina/2026-03-09/2"]["text"]).verdict == "block"


def test_only_the_last_version_of_a_corrected_article_is_there(archive):
    stored = archive.record("sahel/2026-03-11/1")
    assert stored["version"] == "3"
    versions = [row for row in ROWS if row["id"] == "sahel/2026-03-11/1"]
    first = versions[0]["text"].split("\n\n")[0]
    assert [m.kind for m in archive.check(first).matches] == ["near"]


def test_a_date_counts_in_utc(archive):
    """An article of 00:40 in +03:00 is of the day before."""
    docs = {doc for doc, known, _ in archive.articles() if known.date and known.date.startswith("2026-03-10")}
    assert "sahel/2026-03-10/1" in docs
    text = next(row["text"] for row in ROWS if row["id"] == "sahel/2026-03-10/1")
    assert archive.check(text, as_of="2026-03-09T23:59Z").verdict == "block"
    assert archive.check(text, as_of="2026-03-09T21:00Z").verdict == "pass"


def test_an_article_that_is_withdrawn_is_found_no_more(tmp_path):
    gone = next(row for row in ROWS if row["id"] == "mina/2026-03-13/2")
    secret = gone["text"].split("\n\n")[1]
    with Archive.create(tmp_path / "news.db") as archive:
        archive.load(STORY / "archive.jsonl")
        assert [m.kind for m in archive.check(secret).matches] == ["exact"]
        archive.remove("mina/2026-03-13/2")
        assert archive.check(secret).matches == ()
        archive.compact()
        assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert archive.verify() == []


def test_nothing_else_of_the_three_weeks_repeats_but_what_the_story_says(archive):
    """Each article against all others: only the situations of the README are found."""
    named = {
        ("mina/2026-03-06/3", "sahel/2026-03-06/2"),
        ("wadi/2026-03-07/1", "sahel/2026-03-06/2"),
        ("wadi/2026-03-07/1", "mina/2026-03-06/3"),
        ("wadi/2026-03-13/1", "mina/2026-03-12/2"),
    }
    found = set()
    for doc, _, _ in list(archive.articles()):
        record = archive.record(doc)
        report = archive.check(record)
        found.update((doc, m.b.doc) for m in report.matches if m.kind != "template" and not m.boilerplate)
    assert {tuple(sorted(pair)) for pair in found} <= {tuple(sorted(pair)) for pair in named}
    assert {tuple(sorted(pair)) for pair in named} - {tuple(sorted(pair)) for pair in found} <= {
        ("mina/2026-03-06/3", "wadi/2026-03-07/1")
    }
