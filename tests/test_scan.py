"""What a scan promises: kinds, scope, order, groups, and what can be asked of a report."""

import dataclasses
import itertools
import json

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

import dedup
from dedup.settings import KINDS, LEVELS

A = "أعلن وزير التعليم أمس أن المدارس الجديدة ستفتح أبوابها في الخريف المقبل بعد أن اكتملت أعمال البناء"
A_SPELLED = "اعلن وزير التعليم امس ان المدارس الجديده ستفتح ابوابها فى الخريف المقبل بعد ان اكتملت اعمال البناء"
A_MARKED = "أعلنَ وزيرُ التعليم أمسِ: أن المدارس الجديدة ستفتح أبوابها في الخريف المقبل بعد أن اكتملت أعمال البناء."
A_NEAR = "أعلن وزير التعليم اليوم أن المدارس الجديدة ستفتح أبوابها في الخريف المقبل بعد أن اكتملت أعمال البناء"
A_REWRITTEN = "أعلن وزير الصحة أمس أن المستشفيات الجديدة ستبدأ عملها قبل الخريف القادم بعد أن اكتملت أعمال البناء"
B = "انتهت مباراة الأهلي والزمالك بالتعادل بعد شوطين إضافيين وسط حضور جماهيري كبير"


def kinds(report):
    return [(m.kind, m.a.doc, m.b.doc) for m in report.matches]


@pytest.mark.parametrize(
    ("a", "b", "kind", "spelling"),
    [
        pytest.param(A, f"  {A}\n", "exact", False, id="outer whitespace aside"),
        pytest.param(A, A_MARKED, "normalized", False, id="marks and punctuation"),
        pytest.param(A, A_SPELLED, "normalized", True, id="letters: spelling"),
        pytest.param(A, A_NEAR, "near", False, id="one word"),
        pytest.param(A, A_REWRITTEN, "rewritten", False, id="several words"),
        pytest.param(A, B, None, False, id="another story"),
        pytest.param("قال نعم", "قال نعم!", "normalized", False, id="short, but equal"),
        pytest.param("قال نعم", "قال لهم نعم", None, False, id="short: only equality counts"),
        pytest.param("* * *", "* * *", None, False, id="without a key: never"),
    ],
)
def test_kind_of_a_pair(a, b, kind, spelling):
    """`scan`, `compare`, `similarity` and `explain` agree on it."""
    for report in (dedup.scan([a, b]), dedup.compare(a, b)):
        assert kinds(report) == ([(kind, "2", "1")] if kind else [])
        assert [m.spelling for m in report.matches] == ([spelling] if kind else [])
    found = dedup.similarity(a, b)
    assert (found.kind, found.spelling) == (kind, spelling)
    assert dedup.explain(a, b).similarity == found
    if kind and dedup.scan([a, b]).matches[0].kind != "exact":
        assert float(found) == dedup.scan([a, b]).matches[0].score


@pytest.mark.parametrize("level", LEVELS)
def test_levels_are_cumulative(level):
    report = dedup.scan([A, A, A_SPELLED, A_NEAR, A_REWRITTEN, f"{B}. {A}"], level=level, passage_words=12)
    found = {m.kind for m in report.matches}
    assert found == set(LEVELS[: LEVELS.index(level) + 1])
    assert list(report.by_kind) == list(KINDS)


def test_profiles_decide_what_is_spelling():
    assert kinds(dedup.scan([A, A_SPELLED], normalize="ar-strict")) == [("near", "2", "1")]
    assert kinds(dedup.scan([A, A_MARKED], normalize="ar-strict")) == [("normalized", "2", "1")]
    assert kinds(dedup.scan([A, A_MARKED], normalize="none", level="normalized")) == []
    assert kinds(dedup.scan([A, A], normalize="none")) == [("exact", "2", "1")]


def test_verdict_and_exit_code_follow_fail_on():
    """Block at or above `fail_on`, warn below it, pass without findings."""
    expected = {"exact": "warn", "normalized": "warn", "near": "block", "rewritten": "block", "never": "warn"}
    for fail_on, verdict in expected.items():
        report = dedup.scan([A, A_NEAR], fail_on=fail_on)
        assert report.verdict == verdict
        assert report.exit_code == (verdict == "block")
    assert dedup.scan([A, B]).verdict == "pass"
    assert dedup.scan([A, A_REWRITTEN]).verdict == "warn"


def test_short_paragraphs_are_listed_but_do_not_count():
    report = dedup.scan("اقرأ أيضا\n\nنص\n\nاقرأ أيضا")
    assert [(m.kind, m.short) for m in report.matches] == [("exact", True)]
    assert (report.verdict, report.exit_code) == ("pass", 0)
    assert dedup.scan("اقرأ أيضا\n\nنص\n\nاقرأ أيضا", fail_short=True).exit_code == 1


def test_paragraphs_without_a_key_are_numbered_and_counted_but_never_matched():
    report = dedup.scan("* * *\n\n😀\n\n* * *\n\nنص")
    assert (report.counts.paragraphs, report.counts.empty) == (4, 3)
    assert report.matches == ()


def test_findings_come_in_their_order():
    """Kind, words of the shorter side, score, place."""
    texts = [B, B, A, A_NEAR, A_SPELLED, A, "نعم نعم", "نعم نعم", f"{A} {B}", f"{A_NEAR} {B}"]
    matches = dedup.scan(texts).matches
    keys = [(KINDS.index(m.kind), -min(m.a.words, m.b.words), -m.score) for m in matches]
    assert keys == sorted(keys)
    assert len(matches) > 5


def test_a_copy_names_the_same_characters_first():
    """A_SPELLED stands before A's copy, yet the copy names A."""
    assert kinds(dedup.scan([A, A_SPELLED, A])) == [("exact", "3", "1"), ("normalized", "2", "1")]


# --- scope ----------------------------------------------------------------------------------------


def test_scope_is_asked_of_places_before_copies_collapse():
    """The pair between the documents is found although both keys first stand in the first one."""
    documents = [f"{A}\n\n{A_NEAR}", f"{A}\n\n{B}"]
    between = dedup.scan(documents, scope="between")
    assert [(m.kind, m.a.doc, m.a.paragraph, m.b.doc, m.b.paragraph) for m in between.matches] == [
        ("exact", "2", 1, "1", 1),
        ("near", "2", 1, "1", 2),
    ]
    assert [(m.kind, m.a.doc, m.b.doc) for m in dedup.scan(documents, scope=["within"]).matches] == [("near", "1", "1")]


PARAGRAPHS = st.sampled_from([A, A_SPELLED, A_MARKED, A_NEAR, A_REWRITTEN, B, "نعم", "* * *"])
DOCUMENTS = st.lists(st.lists(PARAGRAPHS, max_size=4).map("\n\n".join), max_size=4)


def pairs_of(report, shift=0):
    return sorted((m.kind, m.a.order + shift, m.b.order + shift, m.score) for m in report.matches)


@budget(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_within_is_each_document_by_itself(documents):
    """A scan of many documents with scope `within` finds what a scan of each of them finds."""
    together = dedup.scan(documents, scope="within")
    apart, done = [], 0
    for text in documents:
        report = dedup.scan([text])
        apart += pairs_of(report, done)
        done += len(dedup.paragraphs(text))
    assert pairs_of(together) == sorted(apart)


@budget(max_examples=60, deadline=None)
@given(DOCUMENTS, st.sampled_from(["within", "between", "within,between"]))
def test_every_match_is_in_scope_and_true(documents, scope):
    """Whatever is reported has its scope, its score and its kind; a is later than b; none comes twice."""
    report = dedup.scan(documents, scope=scope)
    for m in report.matches:
        assert m.scope in scope
        assert m.a.order > m.b.order
        assert dedup.similarity(m.a.text, m.b.text).kind == m.kind
        assert dedup.similarity(m.a.text, m.b.text).score == m.score
        assert documents[int(m.a.doc) - 1][m.a.start : m.a.end] == m.a.text
    assert len({(m.a.order, m.b.order) for m in report.matches}) == len(report.matches)
    assert len({m.id for m in report.matches}) == len(report.matches)


@budget(max_examples=60, deadline=None)
@given(DOCUMENTS, st.sampled_from(["first", "longest"]))
def test_members_of_a_group_are_alike_with_their_original(documents, keep):
    report = dedup.scan(documents, keep=keep)
    for g in report.groups:
        for member, score in zip(g.members, g.scores, strict=True):
            found = dedup.similarity(member.text, g.original.text)
            assert found.kind in ("exact", "normalized", "near")
            assert found.score == score
    assert len({p.order for p in report.duplicates}) == sum(len(g.members) for g in report.groups)
    total = sum(p.words for text in documents for p in dedup.paragraphs(text))
    assert report.duplicated_ratio == (sum(p.words for p in report.duplicates) / total if total else 0)


# --- another threshold, without a new run -----------------------------------------------------------


@budget(max_examples=40, deadline=None)
@given(DOCUMENTS, st.sampled_from([0.7, 0.75, 0.8, 0.9, 0.95, 1.0]))
def test_another_threshold_is_another_scan(documents, threshold):
    """`rethreshold(t)` is the report that a scan at `t` gives, byte for byte, but for passages, which stay."""
    changed = dedup.scan(documents, level="rewritten").rethreshold(threshold).to_dict()
    anew = dedup.scan(documents, level="rewritten", threshold=threshold).to_dict()
    assert json.dumps(changed) == json.dumps(anew)


def test_a_threshold_below_what_was_computed_is_an_error():
    report = dedup.scan([A, A_NEAR])
    with pytest.raises(ValueError, match=r"the lowest score computed is 0\.7"):
        report.rethreshold(0.6)
    with pytest.raises(ValueError, match=r"did you mean 0\.9"):
        report.rethreshold(90)
    with pytest.raises(ValueError, match="no score was computed"):
        dedup.scan([A, A_NEAR], level="exact").rethreshold(0.9)
    assert dedup.scan([A, A_NEAR], level="near").rethreshold(0.99).matches == ()


# --- what comes back --------------------------------------------------------------------------------


def test_kinds_are_decided_on_the_unrounded_score():
    """0.84996 is not near, and is not shown as 0.85."""
    a = "ا" * 20_000
    b = "ا" * 16_999 + "ب" * 3_001
    found = dedup.similarity(a, b, min_words=0, max_paragraph_chars=100_000)
    assert found.score == pytest.approx(0.84995, abs=1e-12)
    assert found.kind is None  # one token, and that differs
    assert found.to_dict()["score"] == 0.8499


def test_a_report_prints_as_the_verdict_and_a_line_for_each_finding():
    """What is printed first in a session is no heap of fields, and holds no word of a text."""
    lines = str(dedup.scan([A, A_NEAR, B])).splitlines()
    assert lines[0] == "BLOCK: 1 repeated paragraph (1 near) in 3 paragraphs of 3 documents"
    assert len(lines) == 2
    assert A_NEAR.split()[3] not in lines[1]


def test_a_report_is_plain_values_and_its_own_html():
    report = dedup.scan([A, A_NEAR, B])
    value = json.loads(json.dumps(report.to_dict()))
    assert value["schema"] == "dedup/1"
    assert [f["kind"] for f in value["findings"]] == [m.kind for m in report.findings]
    assert A_NEAR.split()[3] in report._repr_html_()
    assert report.matches[0].to_dict()["a"]["text"] == A_NEAR


def test_results_are_frozen():
    report = dedup.scan([A, A_NEAR])
    for value in (report, report.matches[0], report.matches[0].a, report.settings, report.groups[0]):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, dataclasses.fields(value)[0].name, "other")


def test_the_same_input_gives_the_same_bytes():
    texts = [A, A_NEAR, B, A_SPELLED, A, A_REWRITTEN]
    first = json.dumps(dedup.scan(texts).to_dict())
    assert all(json.dumps(dedup.scan(texts).to_dict()) == first for _ in range(3))


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_the_order_of_inputs_changes_names_not_findings(order):
    texts = [A, A_NEAR, B, A_REWRITTEN]
    found = {frozenset((m.a.text, m.b.text, m.kind)) for m in dedup.scan([texts[i] for i in order]).matches}
    assert found == {frozenset((m.a.text, m.b.text, m.kind)) for m in dedup.scan(texts).matches}


def test_banding_confirms_what_all_pairs_confirm():
    """On many paragraphs: nothing that all pairs do not have, with the same scores, and nearly all of it."""
    texts = [f"{A} رقم {i} ثم {B} و{i * 7} ألفا" for i in range(60)] + [
        f"{B} {'كلام ' * (i % 9)}{i}" for i in range(60)
    ]
    exhaustive = {(m.id, m.score) for m in dedup.scan(texts, generator="all-pairs").matches}
    banded = {(m.id, m.score) for m in dedup.scan(texts, generator="banding").matches}
    assert banded <= exhaustive
    assert len(banded) > 0.95 * len(exhaustive)


def test_the_generator_goes_by_the_number_of_keys():
    texts = [f"{A} {i}" for i in range(30)]
    assert dedup.scan(texts).generator.name == "all-pairs"
    assert dedup.scan(texts, all_pairs_limit=10).generator.name == "banding"
    assert dedup.scan(texts, level="normalized").generator.name == "none"


def test_an_empty_input_is_a_report():
    report = dedup.scan([])
    assert (report.verdict, report.exit_code, report.duplicated_ratio) == ("pass", 0, 0.0)
    assert dedup.scan("").counts.documents == 1


def test_results_made_by_hand_have_no_stages():
    p = dedup.Paragraph("1", 1, 0, 3, 1, "نعم")
    match = dedup.Match("exact", 1.0, 1.0, p, p)
    with pytest.raises(ValueError, match="made by hand"):
        match.diff()
    assert match.to_dict()["diff"] == []


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        (
            "The minister said on Monday that the new schools will open next autumn.",
            "The minister said Monday that the new schools will open next autumn.",
            "English",
        ),
        (
            "Le ministre a déclaré lundi que les nouvelles écoles ouvriront à l’automne prochain.",
            "Le ministre a déclaré mardi que les nouvelles écoles ouvriront à l'automne prochain !",
            "French",
        ),
        (
            "وزیر آموزش گفت مدارس جدید پاییز آینده در همه استان‌ها باز خواهند شد",
            "وزير آموزش گفت مدارس جديد پاييز آينده در همه استان‌ها باز مي شوند",
            "Persian",
        ),
        (
            "教育部长星期一表示，新学校将于明年秋天在全国各地开学。",
            "教育部长星期二表示，新学校将于明年秋天在全国各地开学。",
            "Chinese",
        ),
        (
            "文部科学大臣は月曜日、新しい学校が来年の秋に開校すると述べた。",
            "文部科学大臣は火曜日、新しい学校が来年の秋に開校すると述べた。",
            "Japanese",
        ),
        ("รัฐมนตรีกล่าวว่าโรงเรียนใหม่จะเปิดในฤดูใบไม้ร่วงปีหน้า", "รัฐมนตรีกล่าวว่าโรงเรียนใหม่จะเปิดในฤดูหนาวปีหน้า", "Thai"),
    ],
)
def test_six_languages(one, other, language):
    """Near pairs are found, and the diff is in words (or characters) of the language."""
    report = dedup.scan([one, other], threshold=0.8)
    assert [m.kind for m in report.matches] == ["near"]
    changed = [op for op in report.matches[0].diff() if op.tag not in ("equal", "spelling")]
    assert changed
    assert sum(len(op.a_text) for op in changed) < len(one) / 2


def test_few_but_very_long_paragraphs_are_not_compared_all_with_all():
    """The cost of a pair grows with the square of the length, so the limit is one of characters, too."""
    texts = [f"{A} {B} " * 20 + str(i) for i in range(8)]
    assert dedup.scan(texts, all_pairs_limit=100).generator.name == "all-pairs"
    assert dedup.scan(texts, all_pairs_limit=20).generator.name == "banding"
    assert dedup.scan(texts, all_pairs_limit=20, generator="all-pairs").generator.name == "all-pairs"


def test_a_character_that_is_several_words_is_told_whole():
    """A paragraph may have more words than characters: all of them are in the diff and in the spans."""
    report = dedup.scan([" ".join(["ﷺ"] * 4), " ".join(["صلى الله عليه وسلم"] * 4)])
    (match,) = report.matches
    assert [op.tag for op in match.diff()] == ["spelling"]
    assert [span.text for span in (*match.spans.a, *match.spans.b)] == [match.a.text, match.b.text]
