"""Phrases to ignore: no finding rests on one, and what is shown stays as it was read."""

import json

import pytest
from conftest import ARTICLE, MARKER, OTHER, REPEATED, ROUND_AGAIN, ROUND_FIRST, SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.text.normalize import make_key, words_of
from dedup.text.phrases import Phrases, without
from dedup.text.tokens import tokens

READ_ALSO = "اقرأ أيضا"
BUTTON = "شارك هذا الخبر على فيسبوك وتويتر وواتساب"
SIGN_OFF = "مراسل الصحيفة من مدينة صفاقس: رضوان بن محمود الكاتب المختص في شؤون التعليم والثقافة والرياضة"
PHRASES = (READ_ALSO, BUTTON, SIGN_OFF)
FILE = f"# {MARKER}\n{READ_ALSO}\n\n  {BUTTON}\n{SIGN_OFF}\n"
UNLIKE = "ارتفعت أسعار النفط عند الإغلاق بعد هبوط دام أسبوعين"
"""With SIGN_OFF behind both, UNLIKE and OTHER are alike."""


def blocks(*texts):
    return "\n\n".join(texts) + "\n"


def found(report):
    return [(m.kind, m.a.paragraph, m.b.paragraph) for m in report.matches]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("نعم اقرا ايضا لا", "نعم لا", id="alef without hamza"),
        pytest.param("نعم إقرأ أيضاً لا", "نعم لا", id="other hamza, tanwin"),
        pytest.param("نعم ﴿اقْرَأْ أيــضا﴾: لا", "نعم لا", id="vowels, tatweel, brackets"),
        pytest.param("نعم اقرأ... أيضا لا", "نعم لا", id="signs between its words"),
        pytest.param("نعم واقرأ أيضا لا", "نعم واقرا ايضا لا", id="a longer word is another"),
        pytest.param("نعم اقرأ أيضاح لا", "نعم اقرا ايضاح لا", id="at the end, too"),
        pytest.param("اقرأ أيضا، اقرأ أيضا", "", id="nothing else, twice"),
        pytest.param("اقرأ اقرأ أيضا أيضا", "اقرا ايضا", id="what closes up is no phrase"),
        pytest.param("東京都です東京", "都 で す", id="each character of some scripts is a word"),
        pytest.param("one two three two three four", "four", id="the longest of several at one word"),
        pytest.param("قال ﷺ نعم", "قال نعم", id="a ligature is its words"),
    ],
)
@pytest.mark.parametrize("profile", ["ar", "ar-strict", "none"])
def test_a_phrase_is_found_whatever_its_spelling_and_at_the_borders_of_words(text, left, profile):
    phrases = (READ_ALSO, "東京", "one two", "one two three", "two three", "صلى الله عليه وسلم")
    blanked = without(text, phrases)
    assert len(blanked) == len(text)
    assert tokens(make_key(blanked)) == left.split()
    key = make_key(blanked, profile)
    assert tokens(make_key(key)) == left.split(), "every profile leaves them out"
    assert bool(key) == bool(left)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([*"اأإقريضا،.« \n", "ءَ", "أً"]), max_size=60).map("".join),  # a mark has its letter
    st.lists(st.text(alphabet="اقرأ يض", min_size=1), max_size=4),
)
def test_what_is_left_of_a_text_is_its_own_words_at_their_places(text, phrases):
    """... those that no phrase covers, each with the span it has in the text."""
    finder = Phrases(phrases)
    words = words_of(text)
    covered = {i for low, high in finder.found([word.key for word in words]) for i in range(low, high)}
    kept = tuple(word for i, word in enumerate(words) if i not in covered)
    assert words_of(finder.blank(text)) == kept


def test_compiled_code_leaves_out_what_the_reference_does():
    texts = [f"{READ_ALSO} {n} {text}" for n in range(40) for text in (ARTICLE, BUTTON, "3.5 東京都", "", "ﷺ اقرأ")]
    finder = Phrases(PHRASES)
    compiled = finder.blank_all(texts, texts_in_all=1_000_000)
    assert compiled.texts == [finder.blank(text) for text in texts]
    assert sum(compiled.phrases.values()) == 4 * 40 + 40 + 40 - 40 + 40


def test_a_paragraph_of_nothing_but_phrases_takes_part_in_no_finding(run, put):
    put("phrases.txt", FILE)
    put("a.txt", blocks(ARTICLE, BUTTON, f"{READ_ALSO}: {BUTTON}!", f"{SIGN_OFF}. {BUTTON}"))
    put("b.txt", blocks(BUTTON, f"{READ_ALSO}... {BUTTON}", f"{SIGN_OFF}. {BUTTON}", "* * *"))
    without_option = run("scan", "a.txt", "b.txt", "-f", "json")
    assert without_option.code == 1
    outcome = run("scan", "a.txt", "b.txt", "--ignore-phrases", "phrases.txt", "-f", "json")
    assert (outcome.code, outcome.json["findings"]) == (0, [])
    summary = outcome.json["summary"]
    assert (summary["ignored_paragraphs"], summary["ignored_phrases"], summary["empty_paragraphs"]) == (6, 10, 1)
    assert summary["words"] == len(ARTICLE.split())
    full = run("scan", "a.txt", "b.txt", "--ignore-phrases", "phrases.txt", "-q")
    assert "10 ignored phrases (6 paragraphs of nothing else)" in full.stdout.splitlines()[0]


def test_no_score_rests_on_a_phrase():
    """Alike by their sign-off only: no finding. Alike but for a button: the same text."""
    texts = [f"{OTHER}. {SIGN_OFF}", f"{UNLIKE}. {SIGN_OFF}", f"{ARTICLE}. {BUTTON}", f"{BUTTON} {ARTICLE}"]
    apart = dedup.scan(texts)
    assert {m.kind for m in apart.matches} & {"near", "rewritten", "passage"}
    report = dedup.scan(texts, ignore_phrases=PHRASES)
    assert [(m.kind, m.spelling, m.score, m.words, m.a.doc) for m in report.matches] == [
        ("normalized", False, 1.0, len(ARTICLE.split()), "4")
    ]
    assert [m.a.text for m in report.matches] == [texts[3]], "what is shown is what was read"
    assert dedup.similarity(*texts[:2], ignore_phrases=PHRASES).kind is None
    assert dedup.similarity(*texts[2:], ignore_phrases=PHRASES).kind == "normalized"


def test_a_passage_is_none_where_only_phrases_are_shared_and_goes_on_across_one():
    own = "وقالت صحيفة محلية في تقرير طويل عن الصحة العامة وعن مشاريع تأخرت بسبب نقص المال"
    only = [f"{own} {SIGN_OFF} {BUTTON}", f"{SIGN_OFF} {BUTTON} {OTHER}"]
    assert [m.kind for m in dedup.scan(only).matches] == ["passage"]
    assert dedup.scan(only, ignore_phrases=PHRASES).matches == ()
    cut = SHARED[0].index(" ", len(SHARED[0]) // 2)
    across = [
        f"{' '.join(ROUND_FIRST)}. {SHARED[0][:cut]} {BUTTON} {SHARED[0][cut:]} {SHARED[1]}",
        f"{' '.join(SHARED)}. {' '.join(ROUND_AGAIN)}",
    ]
    (match,) = dedup.scan(across, ignore_phrases=PHRASES).matches
    assert (match.kind, match.score) == ("passage", 1.0)
    (earlier,), (later,) = match.spans.b, match.spans.a
    assert earlier.words == later.words == match.words
    assert BUTTON in earlier.text
    assert across[0][earlier.start : earlier.end] == earlier.text
    assert across[1][later.start : later.end] == later.text


@pytest.mark.parametrize(
    "scanned", [[f"{ARTICLE} {BUTTON}", f"{BUTTON}, {REPEATED}", REPEATED.replace("اليوم أنها", f"غدا {BUTTON} بأنها")]]
)
def test_no_step_of_a_diff_holds_a_phrase_and_all_other_words_are_in_one(scanned):
    report = dedup.scan(scanned, ignore_phrases=PHRASES)
    assert {m.kind for m in report.matches} == {"near"}
    for match in report.matches:
        steps = match.diff()
        for side, text in (("a", match.a.text), ("b", match.b.text)):
            words = " ".join(getattr(step, f"{side}_text") for step in steps)
            assert make_key(words) == make_key(without(text, PHRASES))
            for step in steps:
                low, high = getattr(step, f"{side}_span")
                assert text[low:high] == getattr(step, f"{side}_text")
        assert all(step.a_text == step.b_text for step in steps if step.tag == "equal")


def test_a_saved_report_has_the_phrases_and_is_made_again_by_its_settings(run, put, folder):
    """But for the line that says how to see why: a saved report does not know what a command was told."""
    given = "--ignore-phrases phrases.txt"
    put("phrases.txt", FILE)
    put("a.txt", blocks(f"{ARTICLE} {BUTTON}", f"{READ_ALSO} {REPEATED}"))
    saved = run("scan", "a.txt", *given.split(), "-f", "json")
    assert saved.json["settings"]["ignore_phrases"] == list(PHRASES)
    put("saved.json", saved.stdout)
    for form in ("json", "full", "html"):
        again = run("report", "saved.json", "-f", form).stdout.replace("dedup explain", f"dedup explain {given}")
        assert again == run("scan", "a.txt", *given.split(), "-f", form).stdout
    told = {name: value for name, value in saved.json["settings"].items() if name != "fingerprint"}
    put("dedup.toml", "".join(f"{name} = {json.dumps(value)}\n" for name, value in told.items() if value is not None))
    assert run("scan", "a.txt", "-f", "json").stdout == saved.stdout


def test_the_reports_for_people_show_a_phrase_as_one(run, put):
    put("phrases.txt", FILE)
    put("a.txt", blocks(ARTICLE, f"{REPEATED}، {READ_ALSO}."))
    options = ("a.txt", "--ignore-phrases", "phrases.txt")
    assert f"<{READ_ALSO}>" in run("scan", *options).stdout
    assert (
        f'<span class="ignored" title="ignored phrase">{READ_ALSO}</span>' in run("scan", *options, "-f", "html").stdout
    )
    assert "عبارة متجاهَلة واحدة" in run("scan", *options, "--lang", "ar").stdout.splitlines()[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1256"])
def test_a_file_of_phrases_is_read_in_any_encoding(run, put, encoding):
    put("phrases.txt", FILE.replace("\n", "\r\n").encode(encoding))
    put("a.txt", blocks(ARTICLE, BUTTON, BUTTON))
    outcome = run("scan", "a.txt", "--ignore-phrases", "phrases.txt", "-f", "json")
    assert outcome.json["settings"]["ignore_phrases"] == list(PHRASES)
    assert ("phrases.txt: not UTF-8; read as cp1256" in outcome.stderr) == (encoding == "cp1256")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "phrases.txt: no such file", id="missing"),
        pytest.param(f"{READ_ALSO}\n* * *\n", "phrases.txt:2: a phrase without a word", id="signs only"),
        pytest.param("نعم " * 300, "phrases.txt:1: a phrase of 1,199 characters", id="a text by mistake"),
        pytest.param("\n".join(f"phrase {n}" for n in range(10_001)), "phrases.txt:10001: more than", id="too many"),
        pytest.param(b"PK\0\0", "phrases.txt: binary, not text", id="binary"),
    ],
)
def test_a_bad_file_of_phrases_ends_the_run(run, put, content, message):
    put("a.txt", ARTICLE)
    if content is not None:
        put("phrases.txt", content)
    outcome = run("scan", "a.txt", "--ignore-phrases", "phrases.txt")
    assert (outcome.code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"dedup: {message}")
    assert "; " in outcome.stderr


def test_a_file_of_settings_lists_phrases_or_names_a_file_beside_it(run, put, folder):
    put("a.txt", blocks(BUTTON, BUTTON))
    put("news/phrases.txt", FILE)
    put("news/deep/x.txt", "")
    for said in ('ignore-phrases = "phrases.txt"', f'ignore-phrases = ["{BUTTON}"]'):
        put("news/dedup.toml", said)
        outcome = run("scan", folder / "a.txt", cwd=folder / "news/deep")
        assert (outcome.code, outcome.stderr) == (0, "")
        assert "2 ignored phrases" in outcome.stdout
    put("news/dedup.toml", 'ignore-phrases = "gone.txt"')
    assert run("scan", folder / "a.txt", cwd=folder / "news/deep").code == 2
    assert run("scan", folder / "a.txt", "--ignore-phrases", folder / "news/phrases.txt", "--isolated").code == 0


def test_a_check_ignores_phrases_of_the_draft_and_of_the_archive(run, put):
    """... however much of a paragraph they are: what was published is found beside a sign-off as long as itself."""
    rows = [
        {"id": "signed", "text": f"{ARTICLE}. {SIGN_OFF}", "date": "2026-03-01"},
        {"id": "bare", "text": OTHER, "date": "2026-03-02"},
        {"id": "button", "text": BUTTON, "date": "2026-03-03"},
    ]
    put("news.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    put("phrases.txt", FILE)
    assert run("archive", "create", "--archive", "news.db").code == 0
    assert run("archive", "add", "news.jsonl", "--archive", "news.db").code == 0
    put("draft.txt", blocks(REPEATED, f"{SIGN_OFF} {OTHER} {BUTTON}", BUTTON, f"{UNLIKE}. {SIGN_OFF}"))
    asked = ("check", "draft.txt", "--archive", "news.db", "-f", "json")
    outcome = run(*asked, "--ignore-phrases", "phrases.txt")
    assert [(f["kind"], f["a"]["paragraph"], f["b"]["doc"]) for f in outcome.json["findings"]] == [
        ("normalized", 2, "bare"),
        ("near", 1, "signed"),
    ]
    assert outcome.json["findings"][1]["b"]["text"] == rows[0]["text"]
    put("draft.txt", blocks(f"{SIGN_OFF} {ARTICLE}"))
    same = run(*asked, "--ignore-phrases", "phrases.txt").json
    assert [(f["kind"], f["b"]["doc"]) for f in same["findings"]] == [("normalized", "signed")]


def test_a_cleaned_table_keeps_its_phrases(run, put, folder):
    rows = [{"text": blocks(ARTICLE, BUTTON)}, {"text": blocks(OTHER, BUTTON)}, {"text": blocks(BUTTON, SIGN_OFF)}]
    put("in.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    put("phrases.txt", FILE)
    options = ("-o", "out.jsonl", "--removed", "gone.jsonl", "--ignore-phrases", "phrases.txt")
    assert run("clean", "in.jsonl", *options).code == 0
    assert (folder / "out.jsonl").read_text("utf-8") == (folder / "in.jsonl").read_text("utf-8")
