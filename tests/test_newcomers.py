"""First guesses of somebody who has read the help and no more: none of them passes for an answer that it is not."""

import json
import warnings
from pathlib import Path

import pytest
from conftest import ARTICLE, OTHER, SPELLED

import dedup

# --- in Python ------------------------------------------------------------------------------------


def test_a_shell_completes_every_public_name():
    assert set(dir(dedup)) == set(dedup.__all__)
    assert all(getattr(dedup, name) is not None for name in dir(dedup))


def test_what_is_no_text_is_refused_and_not_taken_apart():
    """One string for a list would be signed letter by letter."""
    with pytest.raises(dedup.InputError, match="put it into a list"):
        dedup.sign(ARTICLE)
    with pytest.raises(dedup.InputError, match="text 2: cannot read NoneType"):
        dedup.sign([ARTICLE, None])
    with pytest.raises(dedup.InputError, match="text 2: cannot read NoneType"):
        dedup.similarity(ARTICLE, None)
    with pytest.raises(dedup.InputError, match="text 1: cannot read bytes"):
        dedup.explain(b"", ARTICLE)
    with pytest.raises(dedup.SettingsError, match=r"threshold=0\.9"):
        dedup.scan([ARTICLE], settings={"threshold": 0.9})


@pytest.mark.parametrize(
    ("guess", "error", "says"),
    [
        (lambda: dedup.Archive("x.db"), dedup.InputError, "not made of str; dedup.Archive.open(place) opens one"),
        (
            lambda: dedup.scan([ARTICLE], archive="x.db"),
            dedup.InputError,
            "cannot ask str; dedup.Archive.open(place).che",
        ),
        (
            lambda: dedup.Settings(treshold=0.8),
            dedup.SettingsError,
            'unknown setting "treshold"; did you mean "thresho',
        ),
        (lambda: dedup.Settings(0.8), dedup.SettingsError, "by name, got 0.8; as in Settings(threshold=0.9)"),
        (lambda: dedup.normalize(None), dedup.InputError, "text 1: cannot read NoneType; give a str"),
        (lambda: dedup.paragraphs(None), dedup.InputError, "text 1: cannot read NoneType; give a str"),
        (lambda: dedup.paragraphs(Path("a.txt")), dedup.InputError, "cannot read PosixPath; give its read_text()"),
        (lambda: dedup.find_duplicates, AttributeError, "no attribute 'find_duplicates'; dedup.scan(inputs) finds"),
        (lambda: dedup.check, AttributeError, "no attribute 'check'; an archive does: dedup.Archive.open(place)"),
        (lambda: dedup.no_such_name, AttributeError, "no attribute 'no_such_name'"),
    ],
)
def test_a_wrong_guess_is_answered_with_the_right_one(guess, error, says):
    """Not in the words of Python, which name a method that nobody called and no way out."""
    with pytest.raises(error) as raised:
        guess()
    assert says in str(raised.value)


@pytest.mark.parametrize("name", ["draft.txt", "folder", "missing.jsonl.gz"])
def test_the_name_of_a_file_is_a_text_and_python_warns(folder, put, monkeypatch, name):
    """A str is always text, whatever files there are; the warning names the line that gave it."""
    monkeypatch.chdir(folder)
    put("draft.txt", f"{ARTICLE}\n\n{ARTICLE}")
    put("folder/a.txt", ARTICLE)
    with pytest.warns(UserWarning, match=rf"'{name}' was compared as a text.*; give pathlib.Path\('{name}'\)") as told:
        found = dedup.scan([ARTICLE, name])
    assert (found.counts.paragraphs, {each.filename for each in told}) == (2, {__file__})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dedup.scan(
            [Path("draft.txt"), "", "كلمة", "two words.txt", f"{ARTICLE}\ndraft.txt", "u.s. 3.5 e.g.", "a" * 999]
        )


def test_a_choice_is_listed_once_and_a_slip_is_guessed():
    with pytest.raises(dedup.SettingsError) as raised:
        dedup.Settings(level="fuzzy")
    assert str(raised.value).count("rewritten") == 1
    with pytest.raises(dedup.SettingsError, match='did you mean "near"'):
        dedup.Settings(level="nere")


def test_a_printed_report_says_what_was_not_read():
    report = dedup.scan([{"id": "1", "text": ARTICLE}, {"id": "2", "text": ARTICLE}, {"id": "3", "body": ARTICLE}])
    assert str(report).splitlines()[1:] == ["2:1: exact 1.0000 ~ 1:1 (paragraphs 1 ~ 1)", str(report.problems[0])]
    assert repr(report) == "<Report block: findings 1, paragraphs 2>"


# --- on the command line --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "draft.txt"),
        ("compare", "a.txt", "missing.txt"),
        ("compare", "missing.txt", "a.txt"),
        ("compare", "a.txt", "bad.jsonl"),
        ("scan", "draft.txt", "more.txt"),
        ("scan", "bad.zip"),
        ("scan", "a.txt", "missing.txt"),
        ("scan", "a.txt", "bad.jsonl"),
    ],
    ids=" ".join,
)
def test_what_could_not_be_read_is_no_pass(run, in_each_form, put, arguments):
    """Whatever else was read, and however little is missing: one row of a file; in each form, saved ones too."""
    put("a.txt", ARTICLE)
    put("bad.zip", "PK\3\4 and no more")
    put("bad.jsonl", f'{json.dumps({"text": OTHER})}\n{{"text": \n')
    found, forms = in_each_form(*arguments)
    assert (found.code, json.loads(forms["json"])["summary"]["verdict"]) == (2, "warn")
    said = [forms["full"], forms["concise"], forms["markdown"].removeprefix("## "), forms["github"].splitlines()[-1]]
    assert all(each.startswith("WARN") for each in said)
    put("saved.json", forms["json"])
    again = run("report", "saved.json")
    assert (again.code, again.stdout) == (2, forms["full"])
    assert run("scan", "a.txt").stdout.startswith("PASS")


@pytest.mark.parametrize(
    ("begins", "finding"),
    [
        ("%PDF-1.4\n1 0 obj\n", "a PDF document; save its text: pdftotext reads most"),
        (r"{\rtf1\ansi\ansicpg1256 ", "an RTF document; open it in a word processor and save it as .docx"),
    ],
)
@pytest.mark.parametrize("name", ["draft.pdf", "draft.txt", "draft.txt.gz"])
def test_a_document_made_of_signs_is_no_text(run, put, name, begins, finding):
    """Its signs would be compared as words, and pass; a walk leaves it out and says so."""
    put(f"folder/{name}", begins + ARTICLE)
    put("folder/a.txt", ARTICLE)
    found = run("check", f"folder/{name}")
    assert (found.code, found.stderr) == (2, f"dedup: folder/{name}: {finding}\n")
    found = run("scan", "folder")
    reason = "not a format that dedup reads" if name == "draft.pdf" else finding.partition(";")[0]
    assert (found.code, found.stderr) == (0, f"dedup: left out: folder/{name}: {reason}\n")
    assert run("scan", "folder", "--lang", "ar").stderr.isascii() is False


def test_a_suffix_that_promises_another_document_is_refused(run, put, folder):
    """A page is asked for as .pdf: text under that name would open as a damaged file."""
    put("a.txt", f"{ARTICLE}\n\n{ARTICLE}")
    found = run("scan", "a.txt", "-o", "report.pdf")
    assert (found.code, found.stdout) == (2, "")
    assert found.stderr == "dedup: report.pdf: no report is written as .pdf; make .html, and print it from a browser\n"
    assert run("scan", "a.txt", "-o", "report.XLSX").stderr.endswith("make .csv, which spreadsheets open\n")
    assert run("scan", "a.txt", "-o", "csv:report.xls", "-o", "report.text").code == 1
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "report.text", "report.xls"]


def test_what_clean_took_out_is_told_to_be_no_report(run, put):
    put("corpus.jsonl", "".join(json.dumps({"id": n, "text": ARTICLE}) + "\n" for n in range(3)))
    assert run("clean", "corpus.jsonl", "-o", "kept.jsonl", "--removed", "removed.jsonl").code == 0
    found = run("report", "removed.jsonl")
    assert (found.code, "removed.jsonl: is no report of dedup" in found.stderr) == (2, True)


def test_a_missing_folder_is_to_be_made_whatever_option_names_it(run, put):
    """The remedy names no option: it may have been -o or --removed."""
    put("corpus.jsonl", json.dumps({"id": 1, "text": ARTICLE}) + "\n")
    found = run("clean", "corpus.jsonl", "-o", "kept.jsonl", "--removed", "out/removed.jsonl")
    assert found.stderr == (
        "dedup: out/removed.jsonl: cannot be written: there is no folder out; make it, or name another place\n"
    )


def test_a_file_of_settings_names_the_archive_and_the_language_of_its_commands(run, put):
    """As it does for a check; the option and the variable come before it."""
    put("dedup.toml", 'archive = "news.db"\nlang = "ar"\n')
    put("a.txt", ARTICLE)
    assert run("archive", "create").stdout == "أُنشئ news.db\n"
    assert run("archive", "create", "--archive", "other.db", "--lang", "en").stdout == "made other.db\n"
    assert run("archive", "add", "a.txt").stdout.startswith("أُضيفت: 1")
    assert run("archive", "list").stdout.startswith("a.txt\tبلا تاريخ")
    assert run("archive", "list", env={"DEDUP_ARCHIVE": "other.db"}).stdout == ""
    assert run("archive", "add", "a.txt", "--isolated").code == 2


# --- in Arabic ------------------------------------------------------------------------------------

POST = {
    "id": 7,
    "guid": {"rendered": "https://example.org/?p=7"},
    "date_gmt": "2026-03-01T08:00:00",
    "modified_gmt": "2026-03-01T08:30:00",
    "title": {"rendered": "مدرستان"},
    "content": {"rendered": f"<p>{ARTICLE}</p>"},
}
"""An article as the REST API of WordPress gives it."""


@pytest.fixture
def archived(run, put):
    """An archive of two posts with one text, and a third that a password protects."""
    closed = {**POST, "guid": "https://example.org/?p=9", "content": {"rendered": "", "protected": True}}
    put("posts.json", json.dumps([POST, {**POST, "guid": "https://example.org/?p=8"}, closed]))
    put("draft.txt", f"{SPELLED}\n\n{OTHER}")
    run("archive", "create", "--archive", "news.db")
    return run("archive", "add", "posts.json", "--archive", "news.db", "--lang", "ar")


def test_what_an_editor_is_told_is_arabic_as_a_whole(run, archived):
    assert "محمي بكلمة مرور؛ اطلبه مع context=edit" in archived.stderr
    found = run("check", "draft.txt", "--archive", "news.db", "--lang", "ar")
    assert "في مقالين من الأرشيف" in found.stdout


def test_the_version_of_an_article_keeps_its_order_on_the_page(run, archived):
    """A date after an Arabic word is turned about, 01-03-2026 for 2026-03-01, unless it is set apart from the word."""
    page = run("check", "draft.txt", "--archive", "news.db", "--lang", "ar", "-f", "html").stdout
    assert 'النسخة <bdi dir="auto">2026-03-01T08:30:00Z</bdi>' in page


def test_a_finding_that_does_not_count_is_said_in_words_that_fit_every_kind(run, put):
    """No adjective, which would have the gender of one kind only."""
    put("a.txt", f"{ARTICLE}\n\n{SPELLED}\n\nاقرأ أيضا\n\nاقرأ أيضا\n")
    run("scan", "a.txt", "--baseline", "known.txt", "--update-baseline")
    found = run("scan", "a.txt", "--baseline", "known.txt", "-f", "concise", "--lang", "ar", "--digits", "latin")
    lines = found.stdout.splitlines()[1:]
    assert [line.partition(": ")[2].partition(" 1.0000")[0] for line in lines] == [
        "مطابقة تامة (فقرة قصيرة) (من النتائج المعروفة)",
        "مطابقة بإملاء آخر (من النتائج المعروفة)",
    ]
