"""`dedup check` and `dedup archive` as processes: what an editor, a hook and an operator see."""

import json
import random
import subprocess
import sys
import time

import pytest
from conftest import ARTICLE, OTHER, REPEATED, SPELLED

import dedup

LEAD = "وتأتي هذه الخطوة في إطار برنامج يمتد ثلاث سنوات ويشمل تسع مدن صغيرة في الشمال والجنوب معا"


ROWS = [
    {
        "id": "a",
        "version": 1,
        "date": "2026-03-01T10:00+03:00",
        "outlet": "الميناء",
        "title": "مدرستان",
        "text": f"{ARTICLE}\n\n{LEAD}",
    },
    {"id": "b", "date": "2026-03-02", "outlet": "الوادي", "url": "https://example.org/b", "text": SPELLED},
    {"id": "c", "text": OTHER},
]


@pytest.fixture
def rows(put):
    put("news.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS))


def test_an_archive_is_made_and_filled(run, rows, folder):
    assert run("archive", "create", "--archive", "news.db").stdout == "made news.db\n"
    added = run("archive", "add", "news.jsonl", "--archive", "news.db")
    assert (added.code, added.stdout, added.stderr) == (0, "3 added; 4 paragraphs stored\n", "")


@pytest.fixture
def news(rows, folder):
    """An archive of three articles."""
    with dedup.Archive.create(folder / "news.db") as archive:
        for row in ROWS:
            archive.add(row)
    return "news.db"


def test_a_draft_that_repeats_the_archive_is_blocked(run, put, news):
    put("draft.txt", REPEATED)
    checked = run("check", "draft.txt", "--archive", news)
    assert checked.code == 1
    lines = checked.stdout.splitlines()
    assert lines[0] == (
        "BLOCK: 1 repeated paragraph (1 near) in 1 paragraph of 1 document; "
        "archive of 3 articles, 4 paragraphs, the newest of 2026-03-02"
    )
    assert "  first  a: paragraph 1, line 1" in lines
    assert "         2026-03-01T10:00+03:00, الميناء, version 1" in lines
    assert "         مدرستان" in lines
    assert checked.stderr == ""


def test_the_verdict_says_that_no_archive_was_checked(run, put):
    put("draft.txt", ARTICLE)
    checked = run("check", "draft.txt")
    assert (checked.code, checked.stdout.splitlines()[0]) == (
        0,
        "PASS: no repeated paragraphs in 1 paragraph of 1 document; no archive was checked",
    )


def test_the_environment_and_a_file_of_settings_name_the_archive(run, put, news):
    put("draft.txt", ARTICLE)
    assert run("check", "draft.txt", env={"DEDUP_ARCHIVE": news}).code == 1
    put("dedup.toml", f'archive = "{news}"\n')
    assert run("check", "draft.txt").code == 1
    assert run("scan", "draft.txt").code == 1
    put("dedup.toml", "archive = 3\n")
    assert "archive must be the place of one, got 3" in run("check", "draft.txt").stderr


@pytest.mark.parametrize("broken", ["missing", "no archive", "cut"])
def test_an_archive_that_cannot_be_asked_is_never_a_pass(run, put, news, folder, broken):
    put("draft.txt", f"{ARTICLE}\n\n{LEAD}\n\n{ARTICLE}")
    if broken == "missing":
        news = "none.db"
    elif broken == "no archive":
        put(news, "نص")
    else:
        (folder / news).write_bytes((folder / news).read_bytes()[:8_000])
    checked = run("check", "draft.txt", "--archive", news, "-f", "json")
    assert checked.code == 2
    assert (checked.json["summary"]["verdict"], checked.json["summary"]["archive"]["failed"]) == ("block", True)
    assert [f["scope"] for f in checked.json["findings"]] == ["within"]
    assert checked.problems[0].startswith(f"{news}: ")
    assert f"dedup: {checked.problems[0]}" in checked.stderr.splitlines()
    put("draft.txt", OTHER)
    clean = run("check", "draft.txt", "--archive", news, "-f", "json", "--exit-zero")
    assert (clean.code, clean.json["summary"]["verdict"]) == (2, "warn")


def test_a_draft_that_cannot_be_read_is_a_problem(run, news):
    checked = run("check", "none.txt", "--archive", news, "-f", "json")
    assert (checked.code, len(checked.problems)) == (2, 1)


def test_own_versions_and_the_same_story_are_left_out(run, put, news):
    put("draft.txt", ARTICLE)
    assert run("check", "draft.txt", "--archive", news, "--id", "a", "--exclude-id", "b").code == 0
    put("draft.jsonl", json.dumps({"id": "new", "rewrite_of": ["a", "b"], "text": ARTICLE}) + "\n")
    assert run("check", "draft.jsonl", "--archive", news).code == 1
    assert run("check", "draft.jsonl", "--archive", news, "--same-story", "rewrite_of").code == 0


def test_dates_and_outlets_limit_what_counts(run, put, news):
    put("draft.txt", ARTICLE)

    def articles(*limits):
        return [
            f["b"]["doc"] for f in run("check", "draft.txt", "--archive", news, "-f", "json", *limits).json["findings"]
        ]

    assert articles() == ["a"]
    assert articles("--as-of", "2026-03-01T08:00Z") == ["a"]
    assert articles("--since", "2026-03-02") == ["b"]
    assert articles("--outlet", "الوادي") == ["b"]
    wrong = run("check", "draft.txt", "--archive", news, "--as-of", "today")
    assert (wrong.code, wrong.stdout) == (2, "")
    assert "as_of must be an ISO 8601 date" in wrong.stderr


def test_an_old_archive_warns(run, put, news):
    put("draft.txt", "نص جديد لم ينشر من قبل في أي مكان وليس له مثيل في كل ما سبق نشره هنا")
    old = run("check", "draft.txt", "--archive", news, "--max-archive-age", "2d", "-f", "json")
    assert (old.code, old.json["summary"]["verdict"], old.json["summary"]["archive"]["stale"]) == (0, "warn", True)
    assert "days old; add what was published since" in old.stderr
    assert run("check", "draft.txt", "--archive", news, "--max-archive-age", "9000w").stdout.startswith("PASS")
    assert run("check", "draft.txt", "--archive", news, "--max-archive-age", "soon").code == 2


def test_boilerplate_is_one_line(run, put, news):
    put(
        "more.jsonl",
        "".join(json.dumps({"id": f"m{i}", "text": f"{LEAD}\n\n{'سطر ' * i} وحده"}) + "\n" for i in range(9)),
    )
    assert run("archive", "add", "more.jsonl", "--archive", news).code == 0
    put("draft.txt", LEAD)
    checked = run("check", "draft.txt", "--archive", news)
    assert checked.code == 0
    assert "1 paragraph of boilerplate (in 10 articles or more); they do not count:" in checked.stdout
    assert f"  draft.txt: paragraph 1, line 1, in 10 articles: {LEAD[:60]}…" in checked.stdout.splitlines()
    assert run("check", "draft.txt", "--archive", news, "--boilerplate-after", "11").code == 1
    page = run("check", "draft.txt", "--archive", news, "-f", "html").stdout
    assert "in 10 articles" in page


def test_redacted_output_has_no_title(put, news, in_each_form):
    put("draft.txt", REPEATED)
    _, written = in_each_form("check", "draft.txt", "--archive", news, "--redact")
    for form, said in written.items():
        assert "مدرستان" not in said, form
        assert "زمردة" not in said, form
        assert "2026-03-01" in said or form not in ("full", "json", "jsonl", "html"), form


def test_addresses_of_the_web_are_links_and_no_others(run, put, news):
    put(
        "odd.jsonl",
        json.dumps(
            {"id": "odd", "url": "javascript:alert(1)", "title": "<script>alert(2)", "text": LEAD[:-4] + "جميعا"}
        )
        + "\n",
    )
    run("archive", "add", "odd.jsonl", "--archive", news)
    put("draft.txt", f"{SPELLED}\n\n{LEAD[:-4]}جميعا")
    page = run("check", "draft.txt", "--archive", news, "-f", "html", "--outlet", "الوادي").stdout
    assert 'href="https://example.org/b"' in page
    page = run("check", "draft.txt", "--archive", news, "-f", "html").stdout
    assert "javascript:" not in page
    assert "<script>alert(2)" not in page
    assert page.count("<script") == 1, "the page's own"


# --- dedup archive --------------------------------------------------------------------------------


def test_adding_again_changes_nothing_and_conflicts_are_told(run, put, news):
    again = run("archive", "add", "news.jsonl", "--archive", news)
    assert (again.code, again.stdout) == (0, "3 unchanged; 0 paragraphs stored\n")
    put("other.jsonl", json.dumps({"id": "c", "text": LEAD}) + "\n")
    conflict = run("archive", "add", "other.jsonl", "--archive", news)
    assert conflict.code == 2
    assert (
        conflict.stderr
        == "dedup: c: without a version is stored with another text; give it another version, or --replace\n"
    )
    assert (
        run("archive", "add", "other.jsonl", "--archive", news, "--replace").stdout
        == "1 replaced; 1 paragraph stored\n"
    )


def test_plain_texts_pages_and_folders_can_be_added(run, put, news):
    put("more/one.txt", f"{LEAD} ثم أضيف إليه شيء")
    put("more/two.html", f"<p>{LEAD} ثم حذف منه شيء</p>")
    put("more/broken.txt", "\x00")
    added = run("archive", "add", "more", "--archive", news)
    assert (added.code, added.stdout) == (0, "2 added; 2 paragraphs stored\n")
    assert (
        run("check", "more/one.txt", "--archive", news, "-f", "json").json["findings"][0]["b"]["doc"] != "more/one.txt"
    )


def test_rows_that_cannot_be_stored_are_named_and_the_others_go_on(run, put, news):
    put(
        "mixed.jsonl",
        '{"id": "x"}\n{"id": "y", "date": "gestern", "text": "نص"}\n{"text": "نص"}\n{"id": "z", "text": "نص"}\n',
    )
    mixed = run("archive", "add", "mixed.jsonl", "--archive", news)
    assert (mixed.code, mixed.stdout) == (2, "1 added; 1 paragraph stored\n")
    assert [line.split(": ")[1] for line in mixed.stderr.splitlines()] == [
        "mixed.jsonl:1",
        "mixed.jsonl:2",
        "mixed.jsonl:3",
    ]


def test_what_is_stored_can_be_listed_shown_counted_and_removed(run, news):
    listed = run("archive", "list", "--archive", news).stdout.splitlines()
    assert listed == [
        "a\t2026-03-01T10:00+03:00\tالميناء\t2\tمدرستان",
        "b\t2026-03-02\tالوادي\t1\t",
        "c\tno date\t\t1\t",
    ]
    assert len(run("archive", "list", "--archive", news, "--outlet", "الوادي").stdout.splitlines()) == 1
    assert json.loads(run("archive", "list", "--archive", news, "--json").stdout.splitlines()[0])["id"] == "a"
    assert f"[1] {ARTICLE}" in run("archive", "show", "a", "--archive", news).stdout.splitlines()
    assert json.loads(run("archive", "show", "a", "--archive", news, "--json").stdout)["paragraphs"][1]["text"] == LEAD
    assert run("archive", "show", "none", "--archive", news).code == 2
    assert run("archive", "stats", "--archive", news).stdout.startswith(
        "3 articles, 4 paragraphs, 4 distinct texts; 2026-03-01"
    )
    assert json.loads(run("archive", "stats", "--archive", news, "--json").stdout)["outlets"] == ["الميناء", "الوادي"]
    removed = run("archive", "remove", "a", "none", "--archive", news)
    assert (removed.code, removed.stdout) == (2, "removed 1 article\n")
    assert "none: not in the archive" in removed.stderr
    assert run("archive", "remove", "b", "--archive", news).code == 0


def test_upkeep(run, put, news, folder):
    assert run("archive", "verify", "--archive", news).stdout == "all is well: 3 articles, 4 paragraphs\n"
    assert "bytes before" in run("archive", "compact", "--archive", news).stdout
    assert run("archive", "rebuild", "--archive", news).stdout == "made anew for 4 texts\n"
    assert run("archive", "export", "--archive", news, "-o", "export.jsonl").code == 0
    assert run("archive", "create", "--archive", "copy.db").code == 0
    assert run("archive", "import", "export.jsonl", "--archive", "copy.db").stdout == "3 added; 4 paragraphs stored\n"
    assert run("archive", "export", "--archive", "copy.db").stdout == (folder / "export.jsonl").read_text("utf-8")
    content = bytearray((folder / news).read_bytes())
    at = bytes(content).index(ARTICLE.encode())
    content[at + 3] ^= 1
    (folder / news).write_bytes(bytes(content))
    damaged = run("archive", "verify", "--archive", news)
    assert damaged.code == 2
    assert "is not as it was written; restore it from a copy" in damaged.stderr


def test_without_a_place_the_commands_say_so(run):
    for command in (("create",), ("add", "x"), ("list",), ("stats",), ("verify",), ("remove", "x")):
        refused = run("archive", *command)
        assert refused.code == 2
        assert "--archive" in refused.stderr


LOADING = """
from dedup import archives
from dedup.cli import main

archives.BATCH_CHARS = 60_000
main()
"""
"""`dedup` that stores what it has read more often than it would."""


def test_an_interrupted_load_goes_on_where_it_was(run, put, folder):
    """Killed between two batches: what is stored is known again, the rest is added."""
    draw = random.Random(1)
    words = f"{ARTICLE} {OTHER} {LEAD}".replace("زمردة", "").split()
    rows = (
        json.dumps({"id": str(i), "text": "\n\n".join(" ".join(draw.choices(words, k=25)) for _ in range(8))}) + "\n"
        for i in range(800)
    )
    put("many.jsonl", "".join(rows))
    dedup.Archive.create(folder / "many.db").close()
    command = [sys.executable, "-c", LOADING, "archive", "add", "many.jsonl", "--archive", "many.db"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as loading:
        while not articles_in(folder / "many.db"):
            assert loading.poll() is None
            time.sleep(0.01)
        loading.kill()
    before = articles_in(folder / "many.db")
    assert 0 < before < 800
    done = run("archive", "add", "many.jsonl", "--archive", "many.db")
    assert done.stdout == f"{800 - before:,} added, {before:,} unchanged; {(800 - before) * 8:,} paragraphs stored\n"
    assert run("archive", "verify", "--archive", "many.db").code == 0


def articles_in(place):
    with dedup.Archive.open(place, writable=False) as archive:
        return archive.stats().articles
