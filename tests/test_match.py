"""Scores, diffs, occurrences and groups: each against brute force or by its law."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from dedup.match.confirm import all_pairs, confirm, score, token_score
from dedup.match.diff import Side, word_diff
from dedup.match.group import group
from dedup.match.occurrences import copies, in_scope, ties
from dedup.model import Match, Paragraph
from dedup.text.normalize import words_of

WORDS = ["قال", "الوزير", "أمس", "امس", "25", "٣٠", "الأحد", "الاثنين", "في", "المدرسة", "«المدرسه»", "5.5", "نعم!"]
PHRASES = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


# --- scores ---------------------------------------------------------------------------------------


@given(st.text("ابج ", max_size=30), st.text("ابج ", max_size=30))
def test_a_score_is_the_indel_similarity(a, b):
    """2 LCS / (len + len), symmetric, 1 for equal keys."""
    lcs = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            lcs[i][j] = lcs[i - 1][j - 1] + 1 if x == y else max(lcs[i - 1][j], lcs[i][j - 1])
    total = len(a) + len(b)
    assert score(a, b) == pytest.approx(2 * lcs[-1][-1] / total if total else 1, abs=1e-12)
    assert score(a, b) == score(b, a)
    assert token_score(a.split(), b.split()) <= 1


@pytest.mark.parametrize("n", [20, 150])  # the plain loop, and the matrix
@pytest.mark.parametrize("floor", [0.3, 0.7, 0.85])
def test_all_pairs_are_all_pairs(n, floor):
    """Both ways to compute them give what a double loop gives, score for score, for any workers."""
    keys = [" ".join(WORDS[(i * k) % len(WORDS)] for k in range(1, 4 + i % 7)) for i in range(n)]
    expected = [
        (i, j, score(keys[i], keys[j])) for i in range(n) for j in range(i + 1, n) if score(keys[i], keys[j]) >= floor
    ]
    assert expected
    assert all_pairs(keys, floor) == all_pairs(keys, floor, workers=2) == expected


def test_confirmation_keeps_what_reaches_the_floor():
    keys = ["قال الوزير امس", "قال الوزير اليوم", "لا شيء من هذا"]
    found = list(confirm(keys.__getitem__, [(0, 1), (0, 2)], 0.6))
    assert [(s.first, s.second) for s in found] == [(0, 1)]
    assert found[0].score == score(keys[0], keys[1])


def test_a_score_on_the_edge_is_inside():
    """0.85 is `near`: the edge is not lost to rounding."""
    a, b = "ا" * 17 + "ب" * 3, "ا" * 17 + "ج" * 3
    assert score(a, b) == 0.85
    assert len(list(confirm([a, b].__getitem__, [(0, 1)], 0.85))) == 1


# --- diff -----------------------------------------------------------------------------------------


def diff_of(a, b):
    return word_diff(Side(a, words_of(a)), Side(b, words_of(b)))


@given(PHRASES, PHRASES)
def test_a_diff_applied_to_one_side_gives_the_other(a, b):
    """Replacing each step's words of `a` by its words of `b` turns the words of `a` into those of `b`."""
    a_words, b_words = [w.key for w in words_of(a)], [w.key for w in words_of(b)]
    ops = diff_of(a, b).ops
    assert [w.key for op in ops for w in words_of(op.a_text)] == a_words
    assert [w.key for op in ops for w in words_of(op.b_text)] == b_words
    applied = [w.key for op in ops for w in words_of(op.a_text if op.tag in ("equal", "spelling") else op.b_text)]
    assert applied == b_words


@given(PHRASES, PHRASES)
def test_the_spans_of_a_diff_quote_the_texts(a, b):
    """Spans are in order, apart, and hold the quoted words."""
    at_a = at_b = 0
    for op in diff_of(a, b):
        assert a[slice(*op.a_span)] == op.a_text
        assert b[slice(*op.b_span)] == op.b_text
        assert op.a_span[0] >= at_a
        assert op.b_span[0] >= at_b
        at_a, at_b = op.a_span[1], op.b_span[1]


@given(PHRASES, PHRASES)
def test_a_diff_keeps_as_many_words_as_can_be_kept(a, b):
    kept = sum(len(words_of(op.a_text)) for op in diff_of(a, b) if op.tag in ("equal", "spelling"))
    a_keys, b_keys = [w.key for w in words_of(a)], [w.key for w in words_of(b)]
    assert kept >= Indel.similarity(a_keys, b_keys) / 2 - 1e-9


@given(PHRASES, PHRASES)
def test_tags_say_what_they_mean(a, b):
    for op in diff_of(a, b):
        a_keys, b_keys = ([w.key for w in words_of(t)] for t in (op.a_text, op.b_text))
        assert op.tag in ("equal", "spelling", "insert", "delete", "replace", "number")
        assert (op.tag in ("equal", "spelling")) == (a_keys == b_keys) or op.tag == "replace"
        assert (op.tag == "insert") == (not a_keys)
        assert (op.tag == "delete") == (not b_keys)
        if op.tag == "number":
            assert any(c.isdigit() for c in a_keys[0] + b_keys[0])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param("قتل 12 شخصا", "قتل 21 شخصا", [("number", "12", "21")], id="a number"),
        pytest.param("قتل ١٢ شخصا", "قتل 12 شخصا", [("spelling", "١٢", "12")], id="digit shapes are spelling"),
        pytest.param("إلى المدرسةِ", "الى المدرسه", [("spelling", "إلى المدرسةِ", "الى المدرسه")], id="spelling"),
        pytest.param("قال الوزير", "قال", [("delete", "الوزير", "")], id="only in a"),
        pytest.param("قال", "قال الوزير", [("insert", "", "الوزير")], id="only in b"),
        pytest.param(
            "نحو 25 مليونا",
            "حوالي 30 ألفا",
            [("replace", "نحو", "حوالي"), ("number", "25", "30"), ("replace", "مليونا", "ألفا")],
            id="a number among other changes",
        ),
        pytest.param("الـ21 منها", "21 منها", [("replace", "الـ21", "21")], id="the same number, written otherwise"),
        pytest.param("東京都知事", "東京市知事", [("replace", "都", "市")], id="one character of Chinese"),
    ],
)
def test_changed_words_of_a_pair(a, b, expected):
    assert [(op.tag, op.a_text, op.b_text) for op in diff_of(a, b) if op.tag != "equal"] == expected


@pytest.mark.parametrize(
    ("a", "b", "numbers", "days"),
    [
        pytest.param("قتل 12 يوم الأحد", "قتل 21 يوم الاثنين", [("12", "21")], [("الأحد", "الاثنين")], id="both"),
        pytest.param("يوم الإثنين", "يوم الاثنين", [], [], id="a day in two spellings"),
        pytest.param("مساء والأربعاء", "مساء الخميس", [], [("والأربعاء", "الخميس")], id="a day behind a proclitic"),
        pytest.param("بعد 3 أيام و5 ليال", "بعد أيام و5 ليال", [("3", None)], [], id="a number that only one side has"),
        pytest.param(
            "5 ثم 7", "7 ثم 5", [(None, "7"), ("7", None)], [], id="numbers that changed places: 5-7 is not 7-5"
        ),
        pytest.param("1,500 دولار", "1500 دولار", [], [], id="thousands separators"),
        pytest.param("on Monday", "on Friday", [], [("Monday", "Friday")], id="English days"),
    ],
)
def test_changed_numbers_and_days_are_named(a, b, numbers, days):
    diff = diff_of(a, b)
    assert list(diff.changed_numbers) == numbers
    assert list(diff.changed_days) == days


# --- occurrences and groups -------------------------------------------------------------------------


def placed(*documents):
    """One paragraph for each number: that of its document."""
    return [
        Paragraph(str(document), i + 1, 0, 1, 1, "نص", order=i, document=document, words=9)
        for i, document in enumerate(documents)
    ]


SCOPES = st.sampled_from([("within",), ("between",), ("within", "between")])
PLACES = st.lists(st.integers(0, 3), min_size=1, max_size=9).map(sorted)


@given(PLACES, SCOPES)
def test_a_copy_names_the_earliest_in_scope(documents, scope):
    """Against brute force over all earlier paragraphs."""
    paragraphs = placed(*documents)
    found = [(a.order, b.order) for a, b, _ in copies(paragraphs, [lambda p: p.text], scope)]
    expected = []
    for a in paragraphs:
        earlier = [b for b in paragraphs[: a.order] if in_scope(a, b, scope)]
        if earlier:
            expected.append((a.order, earlier[0].order))
    assert found == expected


def test_a_copy_names_the_same_characters_before_the_same_key():
    """... even where an earlier paragraph has the same key in another spelling."""
    paragraphs = [
        Paragraph("1", i + 1, 0, 1, 1, text, order=i) for i, text in enumerate(["إلى", "الى", "الى", "إلىِ", "إلى"])
    ]
    forms = [lambda p: p.text, lambda p: p.text.replace("\u0650", ""), lambda p: ""]
    found = [(a.order, b.order, form) for a, b, form in copies(paragraphs, forms, ("within",))]
    assert found == [(1, 0, 2), (2, 1, 0), (3, 0, 1), (4, 0, 0)]


@given(PLACES, st.data(), SCOPES)
def test_two_keys_are_tied_at_their_earliest_places_in_scope(documents, data, scope):
    """Against brute force: one place, or with `within` alone one a document."""
    paragraphs = placed(*documents)
    sides = [data.draw(st.booleans()) for _ in paragraphs]
    first = [p for p, side in zip(paragraphs, sides, strict=True) if side]
    second = [p for p, side in zip(paragraphs, sides, strict=True) if not side]
    if not first or not second:
        return
    allowed = sorted(
        (max(p.order, q.order), min(p.order, q.order), p.document)
        for p in first
        for q in second
        if in_scope(p, q, scope)
    )
    found = [(a.order, b.order) for a, b in ties(first, second, scope)]
    if scope == ("within",):
        earliest = {}
        for later, earlier, document in allowed:
            earliest.setdefault(document, (later, earlier))
        assert sorted(found) == sorted(earliest.values())
    else:
        assert found == [pair[:2] for pair in allowed[:1]]


MATCHES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11), st.sampled_from(["exact", "near", "near", "rewritten"])),
    max_size=20,
)


def matches_of(drawn, paragraphs):
    """A consistent set of matches: a copy names an earlier paragraph, once; keys are compared once."""
    root = list(range(len(paragraphs)))
    for i, j, kind in drawn:
        a, b = max(i, j), min(i, j)
        if kind == "exact" and a != b and root[a] == a and b == root[b] and a not in root[a + 1 :]:
            root[a] = b
    found = [Match("exact", 1.0, 1.0, paragraphs[a], paragraphs[b]) for a, b in enumerate(root) if a != b]
    pairs = {(max(root[i], root[j]), min(root[i], root[j])): kind for i, j, kind in drawn if kind != "exact"}
    found += [
        Match(kind, 0.9 if kind == "near" else 0.75, 0.5, paragraphs[a], paragraphs[b])
        for (a, b), kind in sorted(pairs.items())
        if a != b
    ]
    confirmed = {(a, b) for (a, b), kind in pairs.items() if kind == "near" and a != b}
    return found, root, confirmed


@given(MATCHES, st.sampled_from(["first", "longest"]), SCOPES)
def test_every_member_was_confirmed_against_its_original(drawn, keep, scope):
    """A group is a star; nobody is in two; nobody with a free confirmed neighbour is left alone."""
    paragraphs = [Paragraph("1", i + 1, 0, 1, 1, "نص", order=i, document=i // 4, words=9 + i % 3) for i in range(12)]
    matches, root, near = matches_of(drawn, paragraphs)
    groups = group(matches, lambda a, b: in_scope(a, b, scope), keep)

    def confirmed(p, q):
        i, j = root[p.order], root[q.order]
        return in_scope(p, q, scope) and (i == j or (max(i, j), min(i, j)) in near)

    seen = [p.order for g in groups for p in (g.original, *g.members)]
    assert len(seen) == len(set(seen))
    for g in groups:
        assert g.members
        assert all(confirmed(g.original, member) for member in g.members)
        assert len(g.scores) == len(g.members) == len(g) - 1
        if keep == "first":
            assert all(g.original.order < member.order for member in g.members)
        else:
            assert all(g.original.words >= member.words for member in g.members)
    matched = {p.order: p for m in matches if m.kind != "rewritten" for p in (m.a, m.b)}
    alone = [p for order, p in matched.items() if order not in seen]
    assert not any(confirmed(p, q) for p in alone for q in alone if p.order != q.order)
