"""The command as people run it: a process with arguments, streams, an exit code."""

import os
import random
import re
import subprocess
import sysconfig
from pathlib import Path

import click
import pytest
from conftest import ARTICLE, OTHER, REPEATED, SPELLED

import dedup
from dedup.cli import cli
from dedup.settings import KINDS

NEAR = [("near", 0.9103, 16, 9), ("near", 0.9961, 4, 1)]
REWRITTEN = [("rewritten", 0.7663, 17, 12)]
PASSAGE = [("passage", 0.8549, 4, 2)]
WITHOUT_NEAR = [("rewritten", 0.9103, 16, 9), *REWRITTEN, ("rewritten", 0.9961, 4, 1), *PASSAGE]
A_PARAGRAPH = {
    *("doc", "document", "path", "row", "paragraph", "part", "order"),
    *("start", "end", "line", "element", "words"),
}
A_FINDING = {"id", "kind", "scope", "score", "token_score", "short", "words", "quoted", "evidence", "a", "b", "diff"}


def test_the_seeds_have_exactly_four_findings(run, seeds):
    """At the defaults two paragraphs are near their first form, one is rewritten, and a sentence comes again."""
    found = run("scan", seeds, "-f", "json")
    assert (found.code, found.stderr) == (1, "")
    assert found.findings == [*NEAR, *REWRITTEN, *PASSAGE]
    files = [{Path(f[side]["path"]).name[:4] for side in "ab"} for f in found.json["findings"]]
    assert files == [{"004_"}, {"004_"}, {"004_"}, {"000_"}]


@pytest.mark.parametrize(
    ("options", "code", "findings"),
    [
        ("--fail-on exact", 0, NEAR + REWRITTEN + PASSAGE),
        ("--fail-on normalized", 0, NEAR + REWRITTEN + PASSAGE),
        ("--fail-on rewritten", 1, NEAR + REWRITTEN + PASSAGE),
        ("--fail-on passage -t 0.9962", 1, WITHOUT_NEAR),
        ("-t 0.9962", 0, WITHOUT_NEAR),
        ("--fail-on never", 0, NEAR + REWRITTEN + PASSAGE),
        ("--exit-zero", 0, NEAR + REWRITTEN + PASSAGE),
        ("--level exact", 0, []),
        ("--level normalized", 0, []),
        ("--level near", 1, NEAR),
        ("--level rewritten", 1, NEAR + REWRITTEN),
        ("--passage-words-within 11", 1, NEAR + REWRITTEN),
        ("--level rewritten --threshold 0.95", 1, [NEAR[1], ("rewritten", 0.9103, 16, 9), *REWRITTEN]),
        ("--level rewritten -t 0.9962 --rewritten-threshold 0", 0, []),
        ("--level rewritten --rewritten-threshold 0", 1, NEAR),
        ("--level rewritten --rewritten-threshold 0.7664", 1, NEAR),
        ("--level rewritten --min-words 37", 0, []),
        ("--level rewritten --min-words 31", 1, NEAR[:1]),
        ("--scope between", 0, []),
        ("--scope within,between --keep longest --paragraphs line", 1, NEAR + REWRITTEN + PASSAGE),
    ],
)
def test_an_option_decides_what_is_found_and_what_blocks(run, seeds, options, code, findings):
    """Each option changes the findings or the exit code, and nothing else."""
    found = run("scan", seeds, "-f", "json", *options.split())
    assert (found.code, found.findings) == (code, findings)


def test_the_exit_code_and_the_verdict_say_the_same(run, put):
    """`pass` and `warn` leave with 0, `block` with 1; the verdict is the first word of what is written."""
    put("alone.txt", ARTICLE)
    put("again.txt", f"{ARTICLE}\n\n{SPELLED}")
    for name, options, verdict, code in (
        ("alone.txt", (), "PASS", 0),
        ("again.txt", ("--fail-on", "exact"), "WARN", 0),
        ("again.txt", (), "BLOCK", 1),
    ):
        for form in ("full", "concise"):
            found = run("scan", name, "-f", form, *options)
            assert found.code == code
            assert found.stdout.startswith(f"{verdict}: ")
        report = run("scan", name, "-f", "json", *options).json["summary"]
        assert (report["verdict"], report["exit_code"]) == (verdict.lower(), code)


@pytest.mark.parametrize(
    ("profile", "kind"),
    [("ar", ("normalized", 1.0)), ("ar-strict", ("near", 0.975)), ("none", ("near", 0.975))],
)
def test_the_profile_says_what_counts_as_spelling(run, put, profile, kind):
    """A hamza is spelling for `ar` only."""
    put("a.txt", f"{ARTICLE}\n\n{ARTICLE.replace('أعلنت', 'اعلنت').replace('أمس', 'امس')}")
    found = run("scan", "a.txt", "-f", "json", "--normalize", profile)
    assert found.findings == [(*kind, 2, 1)]


def test_short_paragraphs_block_only_on_demand(run, put):
    """Below --min-words equality is listed as short, and fails with --fail-short alone."""
    put("a.txt", "قال نعم\n\nقال نعم\n")
    listed = run("scan", "a.txt", "-f", "json")
    assert (listed.code, listed.json["findings"][0]["short"]) == (0, True)
    assert run("scan", "a.txt", "--fail-short").code == 1
    assert run("scan", "a.txt", "--min-words", "2").code == 1


def test_json_has_the_shape_that_programs_rely_on(run, put, folder):
    """Offsets are code points of the text, scores are cut, `normalized` says whether it is spelling."""
    text = f"\ufeff{OTHER} 🌍\r\n\r\n  {ARTICLE}\n\n{SPELLED}\n\n{REPEATED}\n"
    put("a.txt", text)
    report = run("scan", "a.txt", "-f", "json").json
    head = ["schema", "tool", "offset_unit", "draft", "redacted", "settings", "summary"]
    assert list(report) == [*head, "findings", "groups", "problems", "paragraphs"]
    assert (report["schema"], report["offset_unit"]) == ("dedup/1", "code point")
    assert report["tool"] == {"name": "dedup", "version": dedup.__version__}
    assert report["settings"]["fingerprint"] == dedup.Settings().fingerprint()
    assert list(report["summary"]["by_kind"]) == list(KINDS)
    assert report["summary"]["by_kind"]["normalized"] == 1
    for finding in report["findings"]:
        spelling = {"spelling"} if finding["kind"] == "normalized" else set()
        assert set(finding) == A_FINDING | spelling | {"changed_numbers", "changed_days"}
        assert all(set(finding[side]) == A_PARAGRAPH | {"text"} for side in "ab")
        a, b = finding["a"], finding["b"]
        assert a["paragraph"] > b["paragraph"], "a is what comes later, b what it repeats"
        for side in (a, b):
            assert text[1:][side["start"] : side["end"]] == side["text"], "the mark at the beginning is no character"
        unrounded = float(dedup.similarity(a["text"], b["text"]))
        assert 0 <= unrounded - finding["score"] < 0.0001
    assert report["findings"][0]["spelling"] is True
    assert [f["b"]["line"] for f in report["findings"]] == [3, 3]
    assert [len(group["members"]) for group in report["groups"]] == [2]


def test_the_same_input_gives_the_same_bytes(run, put):
    """Neither the number of threads nor Python's hash seed can be seen in a report."""
    words = f"{ARTICLE} {OTHER}".split()
    shuffled = [" ".join(random.Random(n // 2).sample(words, 20)) for n in range(160)]
    put("many.txt", "\n\n".join(f"{text} {n}" for n, text in enumerate(shuffled)))
    for form in ("concise", "jsonl", "html"):
        one, four = (run("scan", "many.txt", "-f", form, "-j", j, env={"PYTHONHASHSEED": j}).stdout for j in ("1", "4"))
        assert one == four
        assert one.count("\n") > 80


def test_standard_input_is_one_document(run, put, seeds):
    """`-` reads it as text, or as what --stdin-filename says, which names it, too."""
    article = next(seeds.glob("004*")).read_bytes()
    found = run("scan", "-", "-f", "json", stdin=article)
    assert found.findings == [*NEAR, *REWRITTEN]
    assert {f["a"]["doc"] for f in found.json["findings"]} == {"-"}
    page = f"<p>{ARTICLE}</p><script>{ARTICLE}</script><p>{REPEATED}</p>"
    found = run("scan", "-", "--stdin-filename", "draft.html", "-f", "json", stdin=page)
    assert [(f["a"]["doc"], f["a"]["element"]) for f in found.json["findings"]] == [("draft.html", "p[2]")]
    put("b.txt", SPELLED)
    assert run("compare", "-", "b.txt", "-f", "json", stdin=ARTICLE).json["summary"]["by_kind"]["normalized"] == 1


def test_rows_are_documents_with_fields_of_any_name(run, put):
    """--text-field and --id-field say where the text and the id stand; the row is kept."""
    put("a.jsonl", f'{{"key": 7, "body": "{ARTICLE}"}}\n\n{{"key": "ب", "body": "{REPEATED}", "text": 1}}\n')
    found = run("scan", "a.jsonl", "--text-field", "body", "--id-field", "key", "-f", "json").json["findings"]
    assert [(f[s]["doc"], f[s]["path"], f[s]["row"]) for f in found for s in "ba"] == [
        ("7", "a.jsonl", 1),
        ("ب", "a.jsonl", 3),
    ]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl"])
def test_gzip_changes_nothing_but_the_name(run, put, name):
    """Every format is read from .gz as it is read without."""
    content = {
        "a.txt": f"{ARTICLE}\n\n{REPEATED}",
        "a.md": f"# عنوان\n\n{ARTICLE}\n\n> {REPEATED}",
        "a.html": f"<h1>عنوان</h1><p>{ARTICLE}<p>{REPEATED}",
        "a.jsonl": f'{{"text": "{ARTICLE}"}}\n{{"text": "{REPEATED}"}}',
    }[name]
    plain, packed = (run("scan", put(n, content), "-f", "json") for n in (name, f"{name}.gz"))
    assert plain.code == packed.code == 1
    assert plain.stdout.replace(f'"{name}"', f'"{name}.gz"') == packed.stdout


def test_a_folder_is_walked_and_what_is_left_out_is_said(run, put, folder):
    """Sorted by path; hidden, binary, linked and unknown files are named with the reason, five or with -v."""
    put("news/b.txt", REPEATED)
    put("news/a/z.md", ARTICLE)
    put("news/.drafts/c.txt", ARTICLE)
    put("news/photo.txt", b"\x89PNG\0\0")
    put("news/paper.odt", "x")
    (folder / "news/link.txt").symlink_to("b.txt")
    os.mkfifo(folder / "news/pipe.txt")
    found = run("scan", "news", "-f", "json")
    assert found.code == 1
    assert [(f["b"]["doc"], f["a"]["doc"]) for f in found.json["findings"]] == [("news/a/z.md", "news/b.txt")]
    assert found.skipped == [
        ("news/.drafts", "hidden"),
        ("news/link.txt", "symbolic link"),
        ("news/paper.odt", "not a format that dedup reads"),
        ("news/photo.txt", "binary (it has NUL bytes)"),
        ("news/pipe.txt", "not a regular file"),
    ]
    assert found.stderr.splitlines() == [f"dedup: left out: {name}: {reason}" for name, reason in found.skipped]
    put("news/table.xls", "x")
    counted = run("scan", "news", "-f", "json").stderr
    assert "not a format that dedup reads (2)" in counted
    assert counted.count("\n") == 1
    assert run("scan", "news", "-v").stderr.count("\n") == 6
    assert run("scan", "news", "-q").stderr == ""


def test_a_report_is_no_text_of_the_next_run(run, put, folder):
    """What a command writes into the folder that it walks is left out of it, by whatever name; of another, it is read."""
    put("a.txt", ARTICLE)
    put("b.txt", REPEATED)
    outputs = ("-o", "report.html", "-o", "csv:./report.csv")
    first = run("scan", ".", *outputs)
    table = (folder / "report.csv").read_bytes()
    second = run("scan", ".", *outputs)
    assert (first.code, second.code, (folder / "report.csv").read_bytes()) == (1, 1, table)
    said = [f"dedup: left out: {name}: written by this command" for name in ("report.csv", "report.html")]
    assert second.stderr.splitlines() == said
    assert run("scan", ".", "-f", "json").json["summary"]["documents"] == 3


def test_a_file_named_twice_is_read_once(run, put, folder):
    """By whatever names: all of it would be its own duplicate."""
    put("a.txt", ARTICLE)
    (folder / "link.txt").symlink_to("a.txt")
    found = run("scan", "a.txt", "./a.txt", "link.txt", ".", folder / "a.txt", "-f", "json")
    assert (found.code, found.json["findings"], found.json["summary"]["documents"]) == (0, [], 1)
    said = [name for name, reason in found.skipped if reason == "the same file was named before; read once"]
    assert said == ["a.txt", "link.txt", "a.txt", str(folder / "a.txt")]


def test_compare_shows_only_what_two_files_share(run, put):
    """Repetitions inside one of them count with --scope only; a folder, or the same file twice, is refused."""
    put("a.txt", f"{ARTICLE}\n\n{REPEATED}\n\n{OTHER}")
    put("b.txt", OTHER)
    found = run("compare", "a.txt", "b.txt", "-f", "json")
    assert (found.code, found.findings) == (1, [("exact", 1.0, 1, 3)])
    assert len(run("compare", "a.txt", "b.txt", "--scope", "within,between", "-f", "json").findings) == 2
    for pair in (("a.txt", "./a.txt"), ("a.txt", "."), ("-", "-")):
        refused = run("compare", *pair)
        assert (refused.code, refused.stdout) == (2, "")
        assert "dedup scan" in refused.stderr


def test_explain_says_which_rule_decided(run, put, seeds):
    """For paragraphs of files, for whole files, and for texts on the command line."""
    article = next(seeds.glob("004*"))
    explained = run("explain", f"{article}:9", f"{article}:16")
    assert explained.code == 0
    assert explained.stdout.startswith("kind: near\nrule: score 0.9103 is at least the threshold 0.85\n")
    spelled = run("explain", "--text", "إلى المدرسة", "الى المدرسه", "--json").json
    assert (spelled["kind"], spelled["spelling"], spelled["keys"][0]) == ("normalized", True, spelled["keys"][1])
    put("rows.jsonl", '{"text": "أ"}\n{"text": "ب"}')
    for argument, finding in (
        (f"{article}:99", "no paragraph 99"),
        ("غير موجود", "no such file; for the texts themselves add --text"),
        ("rows.jsonl", "holds 2 documents"),
        (f"none.txt:{'9' * 5000}", "no such file"),
    ):
        failed = run("explain", argument, f"{article}:1")
        assert (failed.code, failed.stdout) == (2, "")
        assert finding in failed.stderr


def test_both_ways_to_start_are_the_same_command(run, environment):
    """`dedup` and `python -m dedup` give the version; without arguments, or with wrong ones, they help and leave with 2."""
    script = Path(sysconfig.get_path("scripts")) / "dedup"
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == run("--version").stdout == f"dedup, version {dedup.__version__}\n"
    assert (run("--help").code, run("-h").code, run().code) == (0, 0, 2)
    for wrong, hint in (
        ("scam", "scan"),
        ("scan --treshold 1 x", "--threshold"),
        ("scan", "PATH"),
        ("scan x -j a", "-j"),
    ):
        refused = run(*wrong.split())
        assert (refused.code, refused.stdout) == (2, "")
        assert hint in refused.stderr


def test_explain_settings_prints_recall_and_cost_of_large_input(run):
    """One row a size; with --size, one a recall target: each meets what it says, at rising cost."""
    sizes = run("explain", "--settings").stdout.splitlines()
    assert sizes[0] == "scores from 0.70, paragraphs of 300 characters, all of them distinct"
    assert [line.split()[0] for line in sizes[3:7]] == ["10,000", "100,000", "1,000,000", "10,000,000"]
    targets = run("explain", "--settings", "--size", "1000000").stdout.splitlines()[4:8]
    rows = [
        re.fullmatch(r"recall target (\S+) +\d+ x \d +(\S+) .* ([\d.,]+) +[\d,]+", line).groups() for line in targets
    ]
    assert all(float(recall) >= float(target) for target, recall, _ in rows)
    costs = [float(seconds.replace(",", "")) for _, _, seconds in rows]
    assert costs == sorted(costs)
    assert "0.85" in run("explain", "--settings", "--level", "near").stdout.splitlines()[0]
    assert "nothing can be missed" in run("explain", "--settings", "--level", "exact").stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--settings", "a.txt"), "takes no texts"),
        (("a.txt",), "name A and B"),
        (("a", "b", "--size", "9"), "goes with --settings"),
    ],
)
def test_explain_says_what_does_not_go_together(run, args, message):
    found = run("explain", *args)
    assert found.code == 2
    assert message in found.stderr


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("group", [(), ("archive",), ("config",)], ids=" ".join)
def test_the_summary_of_a_command_is_a_whole_sentence(run, group, lang):
    shown = run(*group, "--help", "--lang", lang).stdout
    listed = shown[re.search(r"(?m)^(Commands|الأوامر):\n", shown).end() :].split("\n\n")[0]
    summaries = re.split(r"(?m)^  (?=\w)", listed)[1:]
    assert len(summaries) > 1
    assert not [summary for summary in summaries if not re.search(r"[^.][.?؟]\s*\Z", summary)]


@pytest.mark.parametrize(
    "command", [("scan", "a.txt"), ("check", "a.txt"), ("compare", "a.txt", "b.txt")], ids=" ".join
)
def test_the_default_that_help_shows_is_that_of_the_command(run, put, command):
    put("a.txt", ARTICLE)
    put("b.txt", OTHER)
    used = run(*command, "-f", "json", "--isolated").json["settings"]
    used["scope"] = "both" if used["scope"] == ["within", "between", "archive"] else ",".join(used["scope"])
    context = click.Context(cli)
    shown = {
        option.name: found[1]
        for option in cli.get_command(context, command[0]).params
        if option.name in used and (found := re.search(r"\[default: (\S+)\]", getattr(option, "help", None) or ""))
    }
    assert {"level", "scope", "threshold", "min_words"} <= set(shown)
    assert {name: _as_json(value) for name, value in shown.items()} == {name: used[name] for name in shown}


def _as_json(value):
    return float(value) if re.fullmatch(r"[\d.]+", value) else value
