"""`dedup report`: what was saved is written again, to the byte; what is no report is refused."""

import json
from dataclasses import replace

import jsonschema
import pytest
from conftest import ARTICLE, OTHER, PASSAGES, REPEATED, SHARED, SPELLED

import dedup
from dedup.decide import grouped
from dedup.model import Report, lines
from dedup.model.saved import report_of
from dedup.settings import KINDS
from dedup.write import WRITERS, Style, schema

FORMULA = ("قال الوزير إن 12 مدرسة ستفتح يوم الأحد في كل المدن", "قال الوزير إن 15 مدرسة ستفتح يوم الاثنين في كل المدن")
TEXTS = [f"{ARTICLE}\n\nنعم\n\n* * *\n\n{OTHER}", f"{REPEATED}\n\n{SPELLED}\n\n{ARTICLE}\n\nنعم", *FORMULA, *PASSAGES]
STORED = {
    "id": "a",
    "text": ARTICLE,
    "date": "2026-03-01",
    "outlet": "الميناء",
    "title": "خبر",
    "url": "https://x.org/1",
}
MANY = [{"id": f"boilerplate/{n}", "text": f"{OTHER}\n\n{n} خبر قصير"} for n in range(12)]


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """A report of every kind there is: each finding, an archive, boilerplate, problems, banding, only copies, nothing."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "broken.jsonl").write_text("{", "utf-8")
    (folder / ".hidden").touch()
    (folder / "old.txt").write_bytes(SHARED[0].encode("cp1256"))
    with dedup.Archive.create(folder / "news.db") as archive:
        archive.load([STORED, *MANY])
        checked = archive.check(f"{REPEATED}\n\n{OTHER}\n\n{ARTICLE}", exclude=["x"], since="2020-01-01")
    return {
        "scan": dedup.scan(TEXTS),
        "check": checked,
        "problems": dedup.scan([folder, *TEXTS], max_paragraph_chars=100),
        "banding": dedup.scan(TEXTS, generator="banding", keep="longest"),
        "copies": dedup.scan(TEXTS, level="normalized", fail_on="exact"),
        "surrogate": dedup.scan([f"\ud83c {ARTICLE}", f"\ud83c {REPEATED}"]),
        "corpus": dedup.scan([*TEXTS, *({"id": str(n), "text": f"خبر {n}"} for n in range(9))]),
        "nothing": dedup.scan([]),
    }


def written(report, form, **style):
    return "".join(WRITERS[form](report, Style(**style)))


NAMES = ("scan", "check", "problems", "banding", "copies", "surrogate", "corpus", "nothing")


def test_the_reports_hold_every_kind(reports):
    kinds = {match.kind for report in reports.values() for match in report.matches}
    assert kinds == set(KINDS)
    spans = [
        span
        for m in reports["scan"].to_dict()["findings"]
        if "spans" in m
        for side in m["spans"].values()
        for span in side
    ]
    assert {"place" in span for span in spans} == {True, False}
    assert any(match.boilerplate for match in reports["check"].matches)
    assert (bool(reports["scan"].paragraphs), bool(reports["corpus"].paragraphs)) == (True, False)
    assert set(NAMES) == set(reports)


@pytest.mark.parametrize("redact", [False, True], ids=["whole", "redacted"])
@pytest.mark.parametrize("name", NAMES)
def test_a_saved_report_is_written_as_the_run_itself_would_have(reports, name, redact):
    """Every format, to the byte; a redacted one stays redacted without being told."""
    saved = json.loads(written(reports[name], "json", redact=redact))
    assert saved == reports[name].to_dict(redact=redact)
    again = Report.from_dict(saved)
    assert (again.verdict, again.exit_code, again.redacted) == (reports[name].verdict, reports[name].exit_code, redact)
    for form in WRITERS:
        for style in ({}, {"templates": True}, {"statistics": True, "quiet": True}):
            assert written(again, form, **style) == written(reports[name], form, redact=redact, **style), form


@pytest.mark.parametrize("name", NAMES)
def test_every_report_is_valid_by_the_schema_and_has_no_key_that_it_does_not_know(reports, name):
    closed = json.loads(schema(), object_hook=closing)
    jsonschema.Draft202012Validator.check_schema(closed)
    for redact in (False, True):
        jsonschema.validate(reports[name].to_dict(redact=redact), closed, jsonschema.Draft202012Validator)


def closing(node):
    """Return a part of a schema that allows no other keys than it names."""
    return {**node, "additionalProperties": False} if isinstance(node.get("properties"), dict) else node


def test_the_schema_tells_damage(reports):
    """Break it once: without a key, or with another type, a report is not valid."""
    whole = reports["scan"].to_dict()
    for damaged in (
        {**whole, "schema": "dedup/2"},
        {key: value for key, value in whole.items() if key != "groups"},
        {**whole, "findings": [{**whole["findings"][0], "score": "1"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(damaged, json.loads(schema()))


def test_the_command_gives_the_bytes_and_the_exit_code_of_the_run(run, put, folder):
    put("draft.txt", f"{ARTICLE}\n\n{REPEATED}\n\n{OTHER}")
    run("archive", "create", "--archive", "news.db")
    put("news.jsonl", json.dumps(STORED))
    run("archive", "add", "--archive", "news.db", "news.jsonl")
    for command in (("scan", "draft.txt"), ("check", "draft.txt", "--archive", "news.db"), ("check", "none.txt")):
        direct = run(*command, "-o", "saved.json", "-o", "1.html", "-o", "full:1.txt", "-o", "1.sarif")
        again = run("report", "saved.json", "-o", "2.html", "-o", "full:2.txt", "-o", "2.sarif")
        assert (again.code, again.stderr) == (direct.code, direct.stderr)
        for name in ("html", "txt", "sarif"):
            assert (folder / f"2.{name}").read_bytes() == (folder / f"1.{name}").read_bytes()
    assert again.code == 2
    text = (folder / "saved.json").read_text("utf-8")
    assert run("report", "-", "-f", "json", stdin=f"\ufeff{text}").stdout == text


@pytest.mark.parametrize("redact", [False, True], ids=["whole", "redacted"])
@pytest.mark.parametrize("name", NAMES)
def test_json_lines_are_written_again_as_the_run_itself_would_have(reports, name, redact):
    """Groups follow from the findings; whole texts are not in JSON lines, and nothing else is lost."""
    text = written(reports[name], "jsonl", redact=redact)
    assert lines.is_lines(text)
    again = report_of(lines.joined(text, "saved"), "saved", grouped)
    whole = replace(reports[name], paragraphs=())
    for form in WRITERS:
        assert written(again, form) == written(whole, form, redact=redact), form


def test_the_command_reads_json_lines_whatever_they_are_called(run, put, folder):
    put("rows.jsonl", "".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(TEXTS * 3)))
    direct = run("scan", "rows.jsonl", "-o", "saved.jsonl", "-o", "1.json", "-o", "1.html", "-o", "csv:1.csv")
    again = run("report", "saved.jsonl", "-o", "2.json", "-o", "2.html", "-o", "csv:2.csv")
    assert (again.code, again.stderr) == (direct.code, direct.stderr) == (1, "")
    for suffix in ("json", "html", "csv"):
        assert (folder / f"1.{suffix}").read_bytes() == (folder / f"2.{suffix}").read_bytes()
    saved = (folder / "saved.jsonl").read_text("utf-8")
    assert run("report", "-", "-f", "jsonl", stdin=f"\ufeff{saved}\n").stdout == saved


@pytest.mark.parametrize(
    ("damaged", "finding"),
    [
        (lambda found: found[:-1], "saved.jsonl: is cut off: its last line is not the summary; save it again"),
        (lambda found: [*found[:-1], found[-1][:99]], "saved.jsonl:{last}: is no JSON from column"),
        (lambda found: [found[0], found[1][9:], *found[2:]], "saved.jsonl:2: is no JSON"),
        (lambda found: [found[0], "[]", *found[2:]], "saved.jsonl:2: is no JSON object"),
        (lambda found: found[1:], "saved.jsonl: is damaged: summary."),
        (lambda found: found * 2, "saved.jsonl: goes on after its summary: it holds more than one report"),
        (lambda found: [*found, found[0]], "saved.jsonl: goes on after its summary"),
        (lambda found: [found[-1].replace('"dedup/1"', '"dedup/2"')], "saved.jsonl: has the schema dedup/2"),
    ],
)
def test_json_lines_that_were_cut_or_joined_are_refused(reports, run, put, damaged, finding):
    found = written(reports["scan"], "jsonl").splitlines()
    put("saved.jsonl", "\n".join(damaged(found)))
    refused = run("report", "saved.jsonl", "-f", "html")
    assert (refused.code, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"dedup: {finding.format(last=len(found))}")


def test_lines_that_a_later_version_added_are_passed_over(reports):
    text = written(reports["check"], "jsonl")
    newer = '{"type": "group", "new": 1}\n\n' + text
    assert report_of(lines.joined(newer, "x"), "x", grouped) == report_of(lines.joined(text, "x"), "x", grouped)


def test_the_schema_is_printed(run):
    assert json.loads(run("report", "--schema").stdout)["title"] == "A report of dedup, dedup/1"
    assert run("report").code == 2


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", "is no JSON from line 1, column 1"),
        ('{"schema": "dedup/1", ', "is no JSON from line 1"),
        ("\xff", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no report of dedup: no JSON object"),
        ('{"version": "2.1.0", "runs": []}', 'is no report of dedup: no "schema": "dedup/1"'),
        ('{"schema": "dedup/2"}', "has the schema dedup/2; dedup/1 is read; read it with a newer dedup"),
        ('{"schema": "dedup/1"}', "is damaged: tool is missing"),
    ],
)
def test_what_is_no_report_is_refused(run, put, text, finding):
    put("saved.json", text.encode("latin-1"))
    refused = run("report", "saved.json")
    assert (refused.code, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"dedup: saved.json: {finding}")
    assert refused.stderr.count("\n") == 1


def test_a_missing_file_and_a_report_that_would_replace_itself_are_refused(run, put):
    assert "none.json: no such file or folder; look for a typing error" in run("report", "none.json").stderr
    put("saved.json", "{}")
    assert "is one of the inputs" in run("report", "saved.json", "-o", "saved.json").stderr


def places_of(value, path=()):
    """Yield the path of each key and of each member of a report."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inside:
        yield (*path, key), below
        yield from places_of(below, (*path, key))


def changed(value, path, new):
    """Return plain values with another one at `path`; without it where `new` is None and it is a key."""
    key, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[key] = changed(copy[key], rest, new)
    elif new is MISSING and isinstance(copy, dict):
        del copy[key]
    elif new is not MISSING:
        copy[key] = new
    return copy


MISSING = object()


def test_no_damage_passes_unseen_and_none_is_a_traceback(reports):
    """Each value in turn is taken out, or is another: refused, or the verdict and the counts are as they were."""
    report = reports["check"]
    whole = report.to_dict()
    refused = []
    for path, below in places_of(whole):
        if any(isinstance(step, int) and step > 1 for step in path):
            continue  # members further on are as the first ones
        for new in (MISSING, None, {"x": 1}, "x", -1):
            if new == below:
                continue
            try:
                again = Report.from_dict(changed(whole, path, new))
            except dedup.ReadError as error:
                refused.append(str(error))
                continue
            assert (again.verdict, again.by_kind) == (report.verdict, report.by_kind)
            for form in ("json", "html"):
                written(again, form)
    assert len(refused) > 1_000
    assert all(error.startswith("the report: ") for error in refused)
    assert not any(word in error for error in refused for word in ARTICLE.split())


def test_a_report_that_was_cut_short_is_not_taken_for_a_pass(reports):
    """Without its findings the verdict would be another, and the summary says so."""
    cut = {**reports["scan"].to_dict(), "findings": [], "groups": []}
    with pytest.raises(dedup.ReadError, match=r"damaged: summary\.verdict does not follow from what else is in it"):
        Report.from_dict(cut)


def test_settings_that_do_not_have_their_fingerprint_are_refused(reports):
    plain = reports["scan"].to_dict()
    for change, finding in (({"threshold": 0.9}, "fingerprint is not that"), ({"new": 1}, 'unknown setting "new"')):
        with pytest.raises(dedup.ReadError, match=finding):
            Report.from_dict({**plain, "settings": {**plain["settings"], **change}})


def test_keys_that_a_later_version_added_are_passed_over(reports):
    plain = reports["check"].to_dict()
    newer = {**plain, "new": [1], "findings": [{**each, "new": {}} for each in plain["findings"]]}
    assert Report.from_dict(newer).to_dict() == plain


def test_a_report_names_the_version_that_made_it(reports):
    """A page made of it later is the page of that run."""
    plain = reports["nothing"].to_dict()
    again = Report.from_dict({**plain, "tool": {"name": "dedup", "version": "0.0.7"}})
    assert "dedup 0.0.7" in written(again, "html")
    assert json.loads(written(again, "sarif"))["runs"][0]["tool"]["driver"]["version"] == "0.0.7"


def test_another_threshold_needs_a_new_run(reports):
    with pytest.raises(ValueError, match="read back"):
        Report.from_dict(reports["scan"].to_dict()).rethreshold(0.9)


def test_whole_texts_are_kept_of_a_few_documents_only(monkeypatch):
    """Every paragraph of a draft, and none of a corpus, which would not fit in memory a second time."""
    draft = dedup.scan("\n\n".join(TEXTS))
    assert [p.order for p in draft.paragraphs] == list(range(draft.counts.paragraphs))
    assert draft.to_dict(redact=True)["paragraphs"] == []
    for name in ("WHOLE_DOCUMENTS", "WHOLE_PARAGRAPHS", "WHOLE_CHARS"):
        with monkeypatch.context() as patch:
            patch.setattr(f"dedup.detect.{name}", 1)
            assert dedup.scan(TEXTS).paragraphs == ()
    assert replace(draft, paragraphs=()).verdict == draft.verdict
