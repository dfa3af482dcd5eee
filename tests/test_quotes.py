"""Quotations: what both sides quote is marked as such, and can be set aside; the forms of marks are those of real news."""

import json

import pytest
from conftest import ARTICLE, OTHER, ROUND_AGAIN, ROUND_FIRST, SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.text.quotes import quoted_stretches

SAID = "لن نتنازل عن حقوق المزارعين في مياه النهر وسنعرض الأمر على المحكمة قبل نهاية هذا الشهر مهما طالت الجلسات"
WHO = "وقال وزير الزراعة في مؤتمر صحفي"
REPORTED = (
    "ذكر رئيس اللجنة «أن المياه حق للجميع» ثم شدد قائلا «ولن نبيع منها قطرة» وختم كلامه هكذا «والمحكمة بيننا وبينهم»"
)
REPORTED_AGAIN = (
    "وقد أوضح مصدر «أن المياه حق للجميع» كما نبه إلى «ولن نبيع منها قطرة» وانتهى بقوله أيضا «والمحكمة بيننا وبينهم»"
)
SAID_AGAIN = SAID.replace("وسنعرض", "وسوف نعرض")


def blocks(*texts):
    return "\n\n".join(texts) + "\n"


def quoted(*texts, **changes):
    return [(match.kind, match.quoted) for match in dedup.scan(texts, **changes).matches]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("قال: «نعم» ومضى", ["نعم"], id="guillemets"),
        pytest.param("كتب “نعم” ثم ‹لا› ثم „ja“ ثم 「はい」", ["نعم", "لا", "ja", "はい"], id="other pairs"),
        pytest.param("dit: « oui » !", [" oui "], id="with spaces inside"),
        pytest.param('هيئة "توب 500" و"قصة موت معلن"', ["توب 500", "قصة موت معلن"], id="straight, behind a proclitic"),
        pytest.param('بـ"الدولة" وال"ماطور"', ["الدولة", "ماطور"], id="behind tatweel and the article"),
        pytest.param('טלפון של צה"ל וגם 5" בלבד', [], id="straight between letters, behind a digit"),
        pytest.param('قال "من 3" و"5"', ["من 3", "5"], id="a digit in quotes"),
        pytest.param("لـ»المدينة» و ”داعش” و»x«", ["المدينة", "داعش", "x"], id="turned the wrong way"),
        pytest.param("وقال عبدالله:» العيد اختلف« .", [" العيد اختلف"], id="turned, behind a colon"),
        pytest.param("قال «إن «الهلال» فاز» أمس", ["إن «الهلال» فاز"], id="nested"),
        pytest.param("قال “إن 'x' و\"y\" هنا” أمس", ["إن 'x' و\"y\" هنا"], id="nested of other marks"),
        pytest.param("وأضاف: «لن نتنازل أبدا", ["لن نتنازل أبدا"], id="not closed: to the end"),
        pytest.param("«قال «أحمد» إنه عائد", ["قال «أحمد» إنه عائد"], id="not closed from the first sign on"),
        pytest.param('نفذ "ردا. وقال "نعم" و"لا" أمس', ["نعم", "لا"], id="a closing that was forgotten"),
        pytest.param("وهذا كله صحيح». ثم مضى", ["وهذا كله صحيح"], id="opened in an earlier paragraph"),
        pytest.param("قال «نعم»». ثم", ["نعم"], id="closed twice"),
        pytest.param("\u200f«نعم\u200f» و«لَا»َ", ["نعم\u200f", "لَا"], id="direction marks beside"),
        pytest.param("don't ‘so’ 'x'", [], id="single marks are apostrophes"),
        pytest.param('"', [], id="alone"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_what_stands_in_quotation_marks(text, expected):
    assert [text[low:high] for low, high in quoted_stretches(text)] == expected


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='«»“”„‹›"﴿﴾ اب:.,(5و\u200f\n', max_size=40))
def test_stretches_are_in_order_apart_and_within_the_text(text):
    ends = [end for stretch in quoted_stretches(text) for end in stretch]
    assert ends == sorted(ends)
    assert all(low < high for low, high in quoted_stretches(text))
    assert all(0 <= end <= len(text) for end in ends)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param((f"«{SAID}»", f'"{SAID}"'), ("normalized", True), id="nothing but a quotation"),
        pytest.param(
            (f"وقال الوزير: «{SAID}».", f'وأضاف "{SAID_AGAIN}"'), ("near", True), id="said by whom in other words"
        ),
        pytest.param((f"«{SAID}»", SAID), ("normalized", False), id="one side only"),
        pytest.param((f"وقال: «{SAID}».", f"وقال إن {SAID}."), ("near", False), id="reported by the other"),
        pytest.param((f"{ARTICLE} «نعم»", f"{ARTICLE} «نعم»"), ("exact", False), id="a word in quotes"),
        pytest.param((f"«{SAID}» {ARTICLE}", f"«{SAID}» {ARTICLE}"), ("exact", False), id="half of it"),
        pytest.param((f"{WHO} «{SAID}»", f"{WHO} «{SAID}»"), ("exact", False), id="who said it is copied, too"),
        pytest.param((REPORTED, REPORTED_AGAIN), ("near", False), id="much is told in other words between"),
        pytest.param((f"«{SAID}", f"“{SAID}"), ("normalized", True), id="each paragraph opens again"),
        pytest.param(
            (f"{ROUND_FIRST[0]}: «{' '.join(SHARED)}»", f"{ROUND_AGAIN[0]} “{' '.join(SHARED)}” {OTHER}"),
            ("passage", True),
            id="a passage",
        ),
        pytest.param(
            (f"{ROUND_FIRST[0]}: {SHARED[0]} «{SHARED[1]}»", f"{ROUND_AGAIN[0]} {SHARED[0]} «{SHARED[1]}» {OTHER}"),
            ("passage", False),
            id="half a passage",
        ),
    ],
)
def test_a_finding_is_quoted_where_both_sides_quote_nearly_all_of_it(texts, expected):
    assert quoted(*texts, threshold=0.6, rewritten_threshold=0) == [expected]


QUOTING = {
    "html": f"<p>{OTHER}</p><blockquote><p>{SAID}</p><ul><li>نعم</ul></blockquote><p>لا</p>",
    "markdown": f"{OTHER}\n\n> {SAID}\n>\n> - نعم\n\nلا\n",
}


@pytest.mark.parametrize("form", QUOTING)
def test_an_element_that_quotes_is_a_quotation(put, folder, form):
    """... with what stands in it; and its name says so."""
    found = dedup.paragraphs(QUOTING[form], format=form)
    assert [p.element for p in found][1:] == ["blockquote/p[1]", "blockquote/li[1]", "p[2]"] or form == "markdown"
    assert found[1].element == "blockquote/p[1]"
    name = put(f"a.{'md' if form == 'markdown' else 'html'}", QUOTING[form])
    put("b.txt", f"“{SAID}”")
    report = dedup.scan([folder / name, folder / "b.txt"])
    assert [(match.kind, match.quoted) for match in report.matches] == [("normalized", True)]


@pytest.fixture
def papers(put):
    put("a.txt", blocks(f"وقال الوزير: «{SAID}».", ARTICLE))
    put("b.txt", blocks(f'وأضاف الوزير "{SAID_AGAIN}"', OTHER))
    return "a.txt", "b.txt"


def test_a_quotation_is_told_and_counts_until_it_is_ignored(run, papers):
    outcome = run("scan", *papers, "-f", "json")
    assert outcome.code == 1
    assert [f["quoted"] for f in outcome.json["findings"]] == [True]
    assert outcome.json["summary"]["quoted_findings"] == outcome.json["summary"]["counted_findings"] == 1
    ignored = run("scan", *papers, "--ignore-quotes", "-f", "json")
    assert ignored.code == 0
    assert ignored.json["findings"] == outcome.json["findings"], "never hidden"
    assert (ignored.json["summary"]["quoted_findings"], ignored.json["summary"]["counted_findings"]) == (1, 0)
    assert (len(outcome.json["groups"]), ignored.json["groups"]) == (1, [])


def test_every_report_for_people_says_what_is_a_quotation(run, papers):
    for form in ("full", "markdown", "html", "github"):
        assert "a quotation" in run("scan", *papers, "-f", form).stdout
    assert "near quoted 0." in run("scan", *papers, "-f", "concise").stdout
    assert "اقتباس" in run("scan", *papers, "--lang", "ar").stdout
    for form in ("full", "concise", "markdown", "html"):
        assert "1 ignored quotation" in run("scan", *papers, "--ignore-quotes", "-f", form, "-q").stdout
    assert "اقتباس متجاهَل واحد" in run("scan", *papers, "--ignore-quotes", "--lang", "ar", "-q").stdout


def test_a_file_of_settings_ignores_quotations_in_every_command(run, put, folder, papers):
    put("dedup.toml", "ignore-quotes = true")
    assert run("compare", *papers).code == 0
    assert run("compare", *papers, "--no-ignore-quotes").code == 1
    put("saved.json", run("scan", *papers, "-f", "json").stdout)
    assert run("report", "saved.json", "-f", "json").stdout == (folder / "saved.json").read_text("utf-8")
    put("in.jsonl", "".join(json.dumps({"text": f"«{SAID}»"}) + "\n" for _ in range(2)))
    run("clean", "in.jsonl", "-o", "out.jsonl", "--removed", "gone.jsonl")
    assert (folder / "out.jsonl").read_text("utf-8") == (folder / "in.jsonl").read_text("utf-8")


def test_a_check_knows_the_quotations_of_the_archive(run, put):
    put("news.jsonl", json.dumps({"id": "1", "text": f"وقال المتحدث: «{SAID}»"}) + "\n")
    put("draft.txt", blocks(f"وأكد الوزير: “{SAID}”", OTHER))
    assert run("archive", "create", "--archive", "news.db").code == 0
    assert run("archive", "add", "news.jsonl", "--archive", "news.db").code == 0
    assert run("check", "draft.txt", "--archive", "news.db").code == 1
    ignored = run("check", "draft.txt", "--archive", "news.db", "--ignore-quotes", "-f", "json")
    assert (ignored.code, [f["quoted"] for f in ignored.json["findings"]]) == (0, [True])
