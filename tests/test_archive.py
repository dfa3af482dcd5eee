"""The archive: what is stored, what a check finds in it, and that both stores are one to whoever asks."""

import dataclasses
import itertools
import json
import os
import random
import sqlite3
import tempfile
import threading

import numpy as np
import pytest
import servers
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import dedup
from dedup.archive import postings, upkeep, writing
from dedup.archive.banding import Banding, word_prints
from dedup.archive.entries import entries_of
from dedup.archive.records import NO_DATE, Info, pack, packed, unpack, utc_of
from dedup.archives import Archive
from dedup.errors import ArchiveError, ReadError, SettingsError
from dedup.match import confirm as confirming
from dedup.model import Article, Document
from dedup.text.compiled import keyed
from dedup.text.normalize import make_key

FIRST = "أعلنت وزارة النقل أمس افتتاح الجسر الجديد الذي يربط ضفتي المدينة بعد عامين من الأعمال المتواصلة"
SECOND = "وقال الوزير إن كلفة المشروع بلغت ثمانين مليونا وإن الجسر سيخفف الازدحام على الطريق الساحلي القديم"
THIRD = "فاز فريق الميناء على ضيفه بثلاثة أهداف في مباراة حضرها آلاف المشجعين وامتدت إلى شوطين إضافيين"
SPELLED = FIRST.replace("أ", "ا").replace("ة", "ه")
NEAR = FIRST.replace("أمس", "اليوم")
OTHER = "تستعد المكتبة العامة لإطلاق برنامج صيفي للقراءة يشارك فيه طلاب المدارس ومتطوعون من الجامعات المحلية"


@pytest.fixture(scope="session")
def postgres():
    """The URL of a server of this run, or a skip with the reason.

    Not among pytest's own folders: another run closes these to all but its user, and the server is another.
    """
    if (reason := servers.missing()) is not None:
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="dedup-postgres-") as folder, servers.server(folder) as (url, _):
        yield url


_SCHEMAS = itertools.count()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    """Where a new archive may be made, in each store."""
    if request.param == "sqlite":
        return str(tmp_path / "news.db")
    return f"{request.getfixturevalue('postgres')}?schema=test{os.getpid()}_{next(_SCHEMAS)}"


@pytest.fixture
def archive(place):
    with Archive.create(place) as made:
        yield made


def article(doc, *paragraphs, **known):
    return Document(doc, "\n\n".join(paragraphs), article=Article(**known))


def found(report):
    return [(m.kind, m.scope, m.a.paragraph, m.b.doc, m.b.paragraph) for m in report.matches]


# --- what is stored -------------------------------------------------------------------------------


def test_an_article_is_stored_once_and_found(archive):
    assert archive.add(article("a", FIRST, SECOND, date="2026-03-01")).outcome == "added"
    assert archive.add(article("a", FIRST, SECOND, date="2026-03-01")).outcome == "unchanged"
    report = archive.check(f"{OTHER}\n\n{FIRST}")
    assert found(report) == [("exact", "archive", 2, "a", 1)]
    assert report.verdict == "block"
    (match,) = report.matches
    assert (match.b.article.date, match.b.text, match.articles) == ("2026-03-01", FIRST, 1)
    assert (report.counts.paragraphs, report.counts.documents) == (2, 1)
    assert (report.archive.articles, report.archive.paragraphs, report.archive.newest) == (1, 2, "2026-03-01")


def test_a_check_stores_nothing(archive):
    archive.add(article("a", FIRST))
    before = archive.stats()
    archive.check(SECOND)
    assert archive.stats() == before
    assert archive.check(SECOND).verdict == "pass"


def test_spelling_near_and_rewritten_are_told(archive):
    archive.add(article("a", FIRST, SECOND, THIRD, date="2026-03-01"))
    report = archive.check(f"{SPELLED}\n\n{SECOND.replace('ثمانين', 'تسعين')}\n\n{OTHER}")
    assert [(kind, a, b) for kind, _, a, _, b in found(report)] == [("normalized", 1, 1), ("near", 2, 2)]
    assert report.matches[0].spelling
    assert archive.check(NEAR).matches[0].kind == "near"


def test_another_version_replaces_and_an_older_one_does_not(archive):
    archive.add(article("a", FIRST, version="1"))
    assert archive.add(article("a", SECOND, version="2")).outcome == "replaced"
    assert archive.check(FIRST).verdict == "pass"
    assert archive.check(SECOND).verdict == "block"
    assert archive.add(article("a", FIRST, version="1")).outcome == "older"
    assert archive.check(FIRST).verdict == "pass"
    assert archive.add(article("a", THIRD, version="ten")).outcome == "replaced"


def test_another_text_under_the_same_version_is_an_error_unless_replaced(archive):
    archive.add(article("a", FIRST, version="1"))
    with pytest.raises(ReadError, match="version 1 is stored with another text"):
        archive.add(article("a", SECOND, version="1"))
    assert archive.check(FIRST).verdict == "block"
    assert archive.add(article("a", SECOND, version="1"), replace=True).outcome == "replaced"
    assert archive.check(FIRST).verdict == "pass"


def test_what_is_known_of_an_article_may_change_without_its_text(archive):
    archive.add(article("a", FIRST, version="1", title="قديم"))
    assert archive.add(article("a", FIRST, version="1", title="جديد")).outcome == "replaced"
    assert archive.check(FIRST).matches[0].b.article.title == "جديد"


def test_equal_paragraphs_share_one_content(archive):
    archive.add(article("a", FIRST, SECOND))
    archive.add(article("b", FIRST, THIRD))
    archive.add(article("c", SPELLED))
    stats = archive.stats()
    assert (stats.articles, stats.paragraphs, stats.contents) == (3, 5, 4)
    archive.remove("a")
    assert (archive.stats().contents, archive.verify()) == (3, [])
    assert archive.check(FIRST).matches[0].b.doc == "b"


def test_what_was_removed_is_gone_at_once(archive):
    archive.add(article("a", FIRST, SECOND))
    assert archive.remove("a", "nothing") == ["a"]
    assert archive.check(FIRST).matches == ()
    assert archive.remove("a") == []
    assert archive.stats().contents == 0


def test_of_a_removed_text_no_byte_is_left_on_the_disk(tmp_path):
    place = tmp_path / "news.db"
    with Archive.create(place) as archive:
        archive.add_all([article(f"a{i}", f"{OTHER} {i}") for i in range(50)])
        archive.add(article("secret", FIRST))
        assert any(FIRST.encode() in path.read_bytes() for path in tmp_path.iterdir())
        archive.remove("secret")
        archive.compact()
        for text in (FIRST.encode(), FIRST[:40].encode(), pack(make_key(FIRST))):
            assert not any(text in path.read_bytes() for path in tmp_path.iterdir())
        assert archive.check(f"{OTHER} 7").verdict == "block"


def test_mappings_paths_and_texts_can_be_added(archive, tmp_path):
    archive.add({"id": "m", "text": FIRST, "published": "2026-03-01T10:00+03:00", "outlet": "الميناء", "version": 2})
    (tmp_path / "page.html").write_text(f"<p>{SECOND}</p>", "utf-8")
    archive.add(tmp_path / "page.html")
    (tmp_path / "plain.txt").write_text(OTHER, "utf-8")
    archive.add(tmp_path / "plain.txt")
    archive.add(THIRD, id="t", date="2026-03-02")
    rows = {doc: known for doc, known, _ in archive.articles()}
    assert rows["m"] == Article(version="2", outlet="الميناء", date="2026-03-01T10:00+03:00")
    assert set(rows) == {"m", "t", str(tmp_path / "page.html"), str(tmp_path / "plain.txt")}
    with pytest.raises(dedup.InputError, match="needs an id"):
        archive.add(FIRST)


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01", "12/03/2026"])
def test_a_date_that_is_none_is_refused(archive, date):
    with pytest.raises(ReadError, match=r"is no ISO 8601 date; write 2026"):
        archive.add(article("a", FIRST, date=date))
    assert archive.stats().articles == 0


def test_odd_characters_are_stored_and_found(archive):
    odd = f"{FIRST} \x00 \U0001f600 \ud800"
    archive.add(article("a", odd))
    assert archive.verify() == []
    report = archive.check(f"{FIRST} \x00 \U0001f600 \ud800")
    assert [m.kind for m in report.matches] == ["normalized"]


# --- what counts ----------------------------------------------------------------------------------


def test_the_earliest_publication_comes_first_whatever_the_order_and_the_zone(archive):
    archive.add(article("late", FIRST, date="2026-03-01T12:00+00:00"))
    archive.add(article("never", FIRST))
    archive.add(article("early", FIRST, date="2026-03-01T13:30+03:00"))
    (match,) = archive.check(FIRST).matches
    assert (match.b.doc, match.articles) == ("early", 3)
    archive.remove("early", "late")
    assert archive.check(FIRST).matches[0].b.doc == "never"


def test_own_versions_and_excluded_articles_are_left_out(archive):
    archive.add(article("a", FIRST))
    archive.add(article("b", SECOND))
    assert archive.check(article("a", FIRST)).verdict == "pass"
    assert archive.check(FIRST, id="a").verdict == "pass"
    assert archive.check(f"{FIRST}\n\n{SECOND}", exclude=["a"]).matches[0].b.doc == "b"
    row = {"id": "new", "text": FIRST, "rewrite_of": ["a"]}
    assert archive.check(row).verdict == "block"
    assert archive.check(row, story_field="rewrite_of").verdict == "pass"


def chain(length):
    """Return the versions of a story, each made of the one before, all with the same first paragraph."""
    texts = [SECOND, THIRD, OTHER, "ولم يحدد بعد موعد المرحلة الثانية من المشروع ولا من يتولاها من الشركات"]
    return [
        dataclasses.replace(article(f"v{n}", FIRST, texts[n]), story=(f"v{n - 1}",) if n else ()) for n in range(length)
    ]


def test_all_earlier_versions_of_a_story_are_left_out_whatever_the_order_in_which_they_came(archive):
    first, second, third, draft = chain(4)
    archive.add_all([third, first])
    archive.add(second)
    report = archive.check(draft)
    assert (report.verdict, report.matches) == ("pass", ())
    assert report.archive.excluded == ("v0", "v1", "v2", "v3")
    assert archive.check(draft.text, id="v2").verdict == "pass", "--id names the draft"
    assert archive.check(draft.text, exclude=["v2"]).matches[0].b.doc == "v0", "an excluded article is one alone"
    assert archive.verify() == []


def test_of_two_stories_made_of_one_item_each_is_compared_with_the_other(archive):
    """Two desks that rewrite the same wire: what both took of it was published twice."""
    one, other = (dataclasses.replace(article(doc, FIRST), story=("wire",)) for doc in "ab")
    archive.add_all([article("wire", FIRST), one])
    assert [m.b.doc for m in archive.check(other).matches] == ["a"]


def test_a_story_that_names_itself_in_a_circle_ends(archive):
    archive.add_all([dataclasses.replace(article(a, FIRST), story=(b, a)) for a, b in ("ab", "bc", "ca")])
    assert archive.record("a")["story"] == ["b"]
    assert archive.check(dataclasses.replace(article("new", FIRST), story=("b",))).archive.excluded == (
        "a",
        "b",
        "c",
        "new",
    )
    archive.remove("b")
    assert archive.check(dataclasses.replace(article("new", FIRST), story=("b",))).matches[0].b.doc == "a"
    archive.remove("a", "c")
    assert (archive.store.stories(range(9)), archive.verify()) == ({}, [])


def test_a_story_that_is_told_anew_is_stored_and_one_that_is_not_is_left(archive):
    """Articles that were stored without it take it in when they are added again, one by one or many."""
    first, second, third, draft = chain(4)
    archive.load([dataclasses.replace(each, story=()) for each in (first, second, third)])
    assert archive.check(draft).verdict == "block"
    assert archive.load([first, second, third]).outcomes == {"unchanged": 1, "replaced": 2}
    assert archive.add(third).outcome == "unchanged"
    assert archive.load([first, second, third]).outcomes == {"unchanged": 3}
    assert archive.check(draft).verdict == "pass"


def test_a_story_survives_export_and_import(archive, tmp_path):
    archive.add_all(chain(3))
    (tmp_path / "export.jsonl").write_text("".join(json.dumps(r) + "\n" for r in archive.records()), "utf-8")
    with Archive.create(tmp_path / "other.db") as other:
        other.load(tmp_path / "export.jsonl")
        assert list(other.records()) == list(archive.records())
        assert other.check(chain(4)[3]).verdict == "pass"


def test_a_story_that_was_changed_behind_the_archive_is_damage(archive):
    archive.add_all(chain(3))
    with archive.store.writing():
        archive.store.database.run("UPDATE story SET doc = 'v9' WHERE doc = 'v0'")
    assert [str(d).split(": ", 1)[1] for d in archive.verify()] == [
        "article v1: is not as it was written; restore it from a copy"
    ]
    with archive.store.writing():
        archive.store.database.run("UPDATE story SET article = 99 WHERE doc = 'v9'")
    assert any("what is kept of article number 99: belongs to no article" in str(d) for d in archive.verify())


def quoting(doc, *paragraphs, quote=FIRST):
    """An article of HTML in which one paragraph stands in a <blockquote>."""
    html = "".join(f"<p>{text}</p>" for text in paragraphs)
    return {"guid": doc, "state": "published", "body_html": f"{html}<blockquote><p>{quote}</p></blockquote>"}


def test_a_quotation_by_its_element_is_one_in_the_archive_too(archive):
    """What both sides quote is `quoted`, without a mark; what only one of them quotes is not."""
    archive.add(quoting("a", SECOND))
    archive.add(article("b", THIRD))
    (match,) = archive.check(quoting("new", OTHER)).matches
    assert (match.quoted, match.b.doc, match.b.element) == (True, "a", "blockquote")
    assert archive.check(quoting("new", OTHER), ignore_quotes=True).verdict == "pass"
    assert not archive.check(FIRST).matches[0].quoted
    assert not archive.check(quoting("new", quote=SECOND)).matches[0].quoted
    assert not archive.check(quoting("new", quote=THIRD)).matches[0].quoted
    assert archive.verify() == []
    archive.remove("a")
    assert (archive.store.quotations(range(9)), archive.verify()) == ({}, [])


def test_a_quotation_survives_export_and_import(archive, tmp_path):
    archive.add(quoting("a", SECOND))
    assert [p.get("quotation") for p in archive.record("a")["paragraphs"]] == [None, True]
    (tmp_path / "export.jsonl").write_text("".join(json.dumps(r) + "\n" for r in archive.records()), "utf-8")
    with Archive.create(tmp_path / "other.db") as other:
        assert other.load(tmp_path / "export.jsonl").outcomes == {"added": 1}
        assert list(other.records()) == list(archive.records())
        assert other.check(quoting("new")).matches[0].quoted
        assert other.load(tmp_path / "export.jsonl").outcomes == {"unchanged": 1}
        assert other.load([quoting("a", SECOND)]).outcomes == {"unchanged": 1}


def test_an_archive_from_before_quotations_were_kept_takes_them_in(archive, monkeypatch):
    """When their articles are added again; a quotation that was changed behind it is damage."""
    with archive.store.writing():
        archive.store.database.run("DROP TABLE quotation")
    with monkeypatch.context() as before:
        before.setattr("dedup.archive.entries.in_quotation", lambda _: False)
        archive.add(quoting("a", SECOND))
    assert not archive.check(quoting("new")).matches[0].quoted
    assert (archive.verify(), archive.store.database.has("quotation")) == ([], False)
    assert archive.load([quoting("a", SECOND)]).outcomes == {"replaced": 1}
    assert archive.check(quoting("new")).matches[0].quoted
    with archive.store.writing():
        archive.store.database.run("UPDATE quotation SET position = 0")
    assert [str(d).split(": ", 1)[1] for d in archive.verify()] == [
        "article a: is not as it was written; restore it from a copy"
    ]


def test_an_archive_from_before_stories_were_kept_takes_them_in(archive):
    first, second, third, draft = chain(4)
    archive.add(first)
    with archive.store.writing():
        archive.store.database.run("DROP TABLE story")
    assert archive.check(draft).verdict == "block"
    archive.compact()
    archive.remove("nothing")
    archive.add(article("other", THIRD))
    assert (archive.verify(), archive.store.database.has("story")) == ([], False)
    archive.add_all([second, third])
    assert (archive.verify(), archive.check(draft).verdict) == ([], "pass")


def test_a_text_without_an_id_of_its_own_leaves_nothing_out(archive):
    archive.add(article("1", FIRST))
    assert archive.check([FIRST]).verdict == "block"
    assert archive.check({"text": FIRST}).verdict == "block"


def test_later_articles_earlier_ones_and_other_outlets_can_be_left_out(archive):
    archive.add(article("old", FIRST, date="2026-03-01", outlet="الميناء"))
    archive.add(article("new", NEAR, date="2026-03-09T23:00-05:00", outlet="الوادي"))

    def docs(**limits):
        return [m.b.doc for m in archive.check(FIRST, **limits).matches]

    assert docs() == ["old", "new"]
    assert docs(as_of="2026-03-05") == ["old"]
    assert docs(since="2026-03-05") == ["new"]
    assert docs(as_of="2026-03-10T04:00Z") == ["old", "new"]
    assert docs(as_of="2026-03-10T03:59Z") == ["old"]
    assert docs(outlets=["الوادي"]) == ["new"]
    with pytest.raises(SettingsError, match="as_of must be an ISO 8601 date"):
        docs(as_of="soon")


def test_boilerplate_is_listed_but_does_not_count(archive):
    archive.add_all([article(f"a{i:02}", FIRST, f"{OTHER} {'كلمة ' * i}") for i in range(8)])
    report = archive.check(f"{FIRST}\n\n{SECOND}", boilerplate_after=8)
    (match,) = report.matches
    assert (match.articles, match.boilerplate, report.verdict) == (8, True, "pass")
    assert archive.check(FIRST, boilerplate_after=9).verdict == "block"
    assert archive.check(FIRST, boilerplate_after=0).verdict == "block"
    assert report.rethreshold(0.9).matches[0].articles == 8


def test_a_draft_is_compared_with_itself_too(archive):
    archive.add(article("a", SECOND))
    report = archive.check(f"{FIRST}\n\n{OTHER}\n\n{NEAR}\n\n{SECOND}")
    assert sorted((m.scope, m.kind, m.a.paragraph) for m in report.matches) == [
        ("archive", "exact", 4),
        ("within", "near", 3),
    ]
    assert archive.check(f"{FIRST}\n\n{NEAR}", scope=("archive",)).matches == ()
    assert report.duplicated_ratio > 0


def test_a_copy_in_the_draft_of_what_the_archive_has_is_told_of_both(archive):
    archive.add(article("a", FIRST))
    report = archive.check(f"{FIRST}\n\n{OTHER}\n\n{FIRST}")
    assert sorted(found(report)) == [
        ("exact", "archive", 1, "a", 1),
        ("exact", "archive", 3, "a", 1),
        ("exact", "within", 3, "1", 1),
    ]


def test_a_passage_of_the_archive_is_named(archive):
    shared = f"{FIRST} {SECOND}"
    archive.add(article("a", f"{OTHER} {shared}", date="2026-03-01"))
    report = archive.check(f"{shared} {THIRD} ويأتي ذلك في إطار خطة أوسع تشمل مدنا أخرى في الشمال والجنوب.")
    (match,) = report.matches
    assert (match.kind, match.scope, match.b.doc) == ("passage", "archive", "a")
    (span,) = match.spans.b
    assert span.text == shared
    assert report.verdict == "warn"


def test_an_archive_without_passages_says_so(place):
    with Archive.create(place, passages=False) as archive:
        archive.add(article("a", f"{OTHER} {FIRST} {SECOND}"))
        report = archive.check(f"{FIRST} {SECOND} {THIRD}")
        assert not report.passages
        assert "without passages" in report.notices[0]


def test_an_empty_archive_is_said_to_be_empty(archive):
    report = archive.check(FIRST)
    assert (report.verdict, report.archive.articles) == ("pass", 0)
    assert "the archive is empty" in report.notices[0]


def test_what_decides_keys_must_be_that_of_the_archive(place):
    with Archive.create(place, normalize="ar-strict") as archive:
        archive.add(article("a", FIRST))
        assert archive.check(SPELLED).matches[0].kind == "near"
        with pytest.raises(SettingsError, match="normalize is 'ar', but the archive"):
            archive.check(FIRST, settings=dedup.Settings())


# --- one answer, whatever the way -----------------------------------------------------------------


def texts_of(seed, count):
    """Return paragraphs of which many are alike."""
    draw = random.Random(seed)
    words = f"{FIRST} {SECOND} {THIRD} {OTHER}".split()
    texts = []
    for _ in range(count):
        if texts and draw.random() < 0.4:
            parts = draw.choice(texts).split()
            parts[draw.randrange(len(parts))] = draw.choice(words)
            texts.append(" ".join(parts))
        else:
            texts.append(" ".join(draw.choice(words) + str(draw.randrange(9)) for _ in range(draw.randrange(8, 30))))
    return texts


def answer(archive, drafts):
    """Return what an archive says of drafts, as the bytes of the reports, without its place."""
    reports = [archive.check(draft).to_dict() for draft in drafts]
    for report in reports:
        del report["summary"]["archive"]["place"]
    return json.dumps(reports)


def test_order_of_insertion_way_of_adding_and_store_do_not_show(tmp_path, postgres):
    texts = texts_of(1, 300)
    articles = [
        article(f"a{i:03}", *texts[i : i + 3], date=f"2026-03-{1 + i % 28:02}T10:00Z", version="1")
        for i in range(0, 300, 3)
    ]
    drafts = ["\n\n".join(texts[i : i + 4]) for i in range(0, 300, 40)] + texts_of(2, 5)
    answers = set()
    shuffled = random.Random(3).sample(articles, len(articles))
    places = [str(tmp_path / f"{i}.db") for i in range(4)] + [f"{postgres}?schema=order{os.getpid()}"]
    for number, place in enumerate(places):
        with Archive.create(place) as archive:
            if number == 0:
                archive.load(articles)
            elif number == 1:
                for each in shuffled:
                    archive.add(each)
            else:
                archive.add_all(shuffled[:50])
                archive.add(
                    article("a000", "نص آخر لا يشبه غيره في شيء أبدا", version="0", date="2026-01-01"), replace=True
                )
                archive.compact() if number == 2 else archive.rebuild()
                archive.add_all(articles)
                archive.remove("nothing")
            answers.add(answer(archive, drafts))
            answers.add(answer(archive, drafts))  # and compiled
    assert len(answers) == 1


def test_the_archive_finds_what_all_pairs_find(tmp_path):
    """Of a small archive every pair that shares a band is confirmed: nearly none is missed."""
    texts = texts_of(4, 400)
    with Archive.create(tmp_path / "news.db") as archive:
        archive.load([Document(f"a{i}", text) for i, text in enumerate(texts[:300])])
        missed = wanted = 0
        for text in texts[300:]:
            reported = {m.b.text for m in archive.check(text, level="rewritten").matches}
            key = make_key(text)
            for other in dict.fromkeys(texts[:300]):
                if confirming.score(key, make_key(other)) >= 0.8 and len(text.split()) >= 15:
                    wanted += 1
                    missed += other not in reported
    assert wanted > 40
    assert missed <= 0.02 * wanted


def test_two_equal_bands_are_asked_of_a_large_archive():
    banding = Banding.of(Info())
    assert (banding.least_hits(49_999), banding.least_hits(50_000)) == (1, 2)
    recall = banding.recall(0.70, 2)
    assert recall["0.80"] > 0.99
    assert recall["0.75"] > 0.90


def test_band_keys_and_word_prints_are_the_same_compiled_or_not():
    from dedup import kernels

    keys = [make_key(text) for text in (*texts_of(5, 40), "", "كلمة", "東京都 知事 会見 発表")]
    banding = Banding.of(Info())
    assert (banding.keys(keys) == banding.keys(keys, 10**6)).all()
    kernel = kernels.load("passages", 10**6)
    for plain, compiled in zip(word_prints(keys), word_prints(keys, kernel), strict=True):
        assert plain.tolist() == compiled.tolist()


# --- postings -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 499, 500, 501, 5_000])
def test_a_run_gives_back_what_it_was_made_of(size):
    draw = np.random.default_rng(size)
    codes = postings.distinct(draw.integers(0, 2**40, size, dtype=np.uint64) << np.uint64(20))
    codes[: size // 3] = codes[0] + np.arange(size // 3, dtype=np.uint64)  # one key in several blocks
    codes.sort()
    blocks = list(postings.blocks_of(codes))
    assert (postings.codes_in(blocks) == codes).all()
    run = postings.Run(1, len(codes), np.frombuffer(postings.fences_of(codes), dtype="<u4"))
    keys = postings.distinct((codes >> np.uint64(32)).astype(np.uint32))
    contents_of = {}
    for code in codes.tolist():
        contents_of.setdefault(code >> 32, []).append(code & 0xFFFFFFFF)
    for wanted in (keys, keys[::7], keys[:1], np.array([0, 5, 2**32 - 1], dtype=np.uint32)):
        chosen = postings.pairs_in([blocks[i] for i in run.blocks_with(wanted)])
        places, contents, capped = postings.found_in(chosen, wanted, 10**6)
        expected = [(place, c) for place, key in enumerate(wanted.tolist()) for c in contents_of.get(key, ())]
        assert (sorted(zip(places.tolist(), contents.tolist(), strict=True)), capped) == (sorted(expected), 0)


def test_runs_become_one_in_pieces(monkeypatch):
    monkeypatch.setattr(postings, "PIECE", 1_000)
    draw = np.random.default_rng(1)
    parts = [postings.distinct(draw.integers(0, 2**64 - 1, 3_000, dtype=np.uint64)) for _ in range(3)]
    parts[1][:700] = (np.uint64(7) << np.uint64(32)) + np.arange(700, dtype=np.uint64)
    parts[1].sort()
    runs = [postings.Run(i, len(c), np.frombuffer(postings.fences_of(c), dtype="<u4")) for i, c in enumerate(parts)]

    def blocks(run, first, last):
        return parts[run.id][first * postings.BLOCK : last * postings.BLOCK]

    pieces = list(postings.merged(runs, blocks))
    assert len(pieces) > 3
    assert (np.concatenate(pieces) == np.sort(np.concatenate(parts))).all()


def test_small_runs_are_joined_as_they_come(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "FRESH_CONTENTS", 5)
    texts = texts_of(6, 600)
    with Archive.create(tmp_path / "news.db") as archive:
        for i in range(0, 600, 6):
            archive.add(article(f"a{i}", *texts[i : i + 6]))
        assert 1 < archive.stats().runs < 40
        assert archive.verify() == []
        assert all(archive.check(text).verdict == "block" for text in texts[::50])
        archive.compact()
        assert (archive.stats().runs, archive.verify()) == (2, [])
        assert all(archive.check(text).verdict == "block" for text in texts[::50])


def test_a_failed_transaction_leaves_nothing_behind_in_memory(archive, monkeypatch):
    monkeypatch.setattr(writing, "FRESH_CONTENTS", 1)
    archive.add(article("a", FIRST, SECOND))

    def fail(*_):
        raise RuntimeError("stop")

    with monkeypatch.context() as broken:
        broken.setattr(upkeep, "merge_due", fail)
        with pytest.raises(RuntimeError, match="stop"):
            archive.add(article("b", THIRD, OTHER))
    assert archive.check(THIRD).verdict == "pass"
    assert archive.stats().articles == 1
    archive.add(article("c", f"{THIRD} مرة أخرى", OTHER))
    assert archive.check(OTHER).matches[0].b.doc == "c"
    assert archive.verify() == []


# --- against a plain model ------------------------------------------------------------------------

POOL = [*texts_of(7, 25), SPELLED, FIRST, NEAR, SECOND]
DOCS = [f"d{i}" for i in range(6)]


class Machine(RuleBasedStateMachine):
    """Add, add again, remove, reopen, compact and check, against a dict."""

    place = staticmethod(lambda: "")

    @initialize()
    def begin(self):
        self.where = type(self).place()
        self.archive = Archive.create(self.where)
        self.model = {}

    @rule(
        doc=st.sampled_from(DOCS),
        texts=st.lists(st.sampled_from(POOL), min_size=1, max_size=4),
        v=st.integers(1, 3),
        day=st.integers(1, 28),
    )
    def add(self, doc, texts, v, day):
        new = article(doc, *texts, version=str(v), date=f"2026-03-{day:02}")
        known = self.model.get(doc)
        if known is None:
            expected = "added"
        elif known.article.version != new.article.version:
            expected = "older" if int(known.article.version) > v else "replaced"
        elif known.text != new.text:
            expected = "conflict"
        else:
            expected = "unchanged" if known.article == new.article else "replaced"
        (added,) = self.archive.add_all([new])
        assert added.outcome == expected
        if expected in ("added", "replaced"):
            self.model[doc] = new

    @rule(doc=st.sampled_from(DOCS))
    def remove(self, doc):
        assert self.archive.remove(doc) == ([doc] if self.model.pop(doc, None) else [])

    @rule()
    def reopen(self):
        self.archive.close()
        self.archive = Archive.open(self.where)

    @rule()
    def compact(self):
        self.archive.compact()

    @rule()
    def rebuild(self):
        self.archive.rebuild()

    @rule(text=st.sampled_from(POOL))
    def check(self, text):
        report = self.archive.check(text)
        equal = [d for d in self.model.values() if make_key(text) in map(make_key, d.text.split("\n\n"))]
        same = [d for d in equal if text in d.text.split("\n\n")]
        copies = [m for m in report.matches if m.kind in ("exact", "normalized")]
        if not equal:
            assert copies == []
            return
        (match,) = copies
        first = min(same or equal, key=lambda d: (utc_of(d.article.date), d.id))
        assert (match.kind, match.b.doc) == ("exact" if same else "normalized", first.id)
        if same:
            assert match.articles == len(same)

    @precondition(lambda self: self.model)
    @rule()
    def export(self):
        stored = {record["id"]: [p["text"] for p in record["paragraphs"]] for record in self.archive.records()}
        assert stored == {doc: d.text.split("\n\n") for doc, d in self.model.items()}

    @invariant()
    def counts(self):
        if not hasattr(self, "model"):
            return
        stats = self.archive.stats()
        paragraphs = [text for d in self.model.values() for text in d.text.split("\n\n")]
        assert (stats.articles, stats.paragraphs) == (len(self.model), len(paragraphs))
        assert stats.contents == len(set(paragraphs))

    def teardown(self):
        if hasattr(self, "archive"):
            assert self.archive.verify() == []
            self.archive.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_an_archive_is_what_a_dict_would_be(kind, request, tmp_path):
    numbers = itertools.count()
    if kind == "postgres":
        url = request.getfixturevalue("postgres")
        place = lambda: f"{url}?schema=machine{os.getpid()}_{next(numbers)}"
    else:
        place = lambda: str(tmp_path / f"{next(numbers)}.db")
    machine = type("Machine_", (Machine,), {"place": staticmethod(place)})
    machine.TestCase.settings = settings(
        max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine.TestCase("runTest").runTest()


# --- opening --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["أرشيف.db", "a b?c#d%20.db", "'\".db"])
def test_an_archive_may_have_any_name(tmp_path, name):
    with Archive.create(tmp_path / name) as archive:
        archive.add(article("a", FIRST))
    assert name in {path.name for path in tmp_path.iterdir()}
    with Archive.open(tmp_path / name, writable=False) as archive:
        assert archive.check(FIRST).verdict == "block"


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "text.db").write_text("نص")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (x)").connection.close()
    for name, finding in (
        ("none.db", "there is no archive here"),
        ("text.db", "no archive of"),
        ("other.db", "no archive of"),
    ):
        with pytest.raises(ArchiveError, match=finding):
            Archive.open(tmp_path / name)
    with pytest.raises(ArchiveError, match="is there already"):
        Archive.create(tmp_path / "text.db")
    with pytest.raises(ArchiveError, match="no such folder"):
        Archive.create(tmp_path / "none" / "news.db")


def test_the_place_of_an_archive_is_never_taken(place):
    Archive.create(place).close()
    with pytest.raises(ArchiveError, match="is there already"):
        Archive.create(place)


def test_another_format_is_refused_with_the_way_out(place, monkeypatch):
    from dedup.archive import store

    Archive.create(place).close()
    monkeypatch.setattr(store, "FORMAT", 2)
    with pytest.raises(ArchiveError, match="is of format 1, this version reads 2; export it"):
        Archive.open(place)


def test_keys_of_another_version_are_refused_and_made_anew(place, monkeypatch):
    from dedup.archive import store

    with Archive.create(place) as archive:
        archive.add(article("a", FIRST))
    monkeypatch.setattr(store, "NORMALIZER", 2)
    monkeypatch.setattr(upkeep, "NORMALIZER", 2)
    with pytest.raises(ArchiveError, match="has keys of version 1, this version makes 2; dedup archive rebuild"):
        Archive.open(place)
    with Archive.open(place, any_keys=True) as archive:
        assert archive.rebuild() == 1
    with Archive.open(place) as archive:
        assert archive.check(FIRST).verdict == "block"
        assert archive.verify() == []


def test_an_archive_opened_to_read_is_not_written(place):
    with Archive.create(place) as archive:
        archive.add(article("a", FIRST))
    with Archive.open(place, writable=False) as archive:
        assert archive.check(FIRST).verdict == "block"
        with pytest.raises(ArchiveError, match="was opened to read"):
            archive.add(article("b", SECOND))


def test_a_network_file_system_is_refused(tmp_path, monkeypatch):
    from dedup.archive import sqlite

    Archive.create(tmp_path / "news.db").close()
    monkeypatch.setattr(sqlite, "_file_system", lambda _: "nfs4")
    with pytest.raises(ArchiveError, match="is on a network file system"):
        Archive.open(tmp_path / "news.db")
    Archive.open(tmp_path / "news.db", network=True).close()


def test_threads_ask_and_add_at_once(archive):
    texts = texts_of(8, 200)
    archive.add_all([article("first", FIRST)])
    failed = []

    def add(part):
        try:
            for i in part:
                archive.add(article(f"a{i}", texts[i]))
        except Exception as error:  # told below
            failed.append(error)

    def ask():
        try:
            for _ in range(15):
                assert archive.check(FIRST).verdict == "block"
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=add, args=(range(n, 60, 2),)) for n in range(2)]
    threads += [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert archive.stats().articles == 61
    assert archive.verify() == []


# --- damage ---------------------------------------------------------------------------------------


def test_a_changed_text_posting_or_count_is_found(tmp_path):
    place = tmp_path / "news.db"
    with Archive.create(place) as archive:
        archive.load([article(f"a{i}", *texts_of(i, 3)) for i in range(400)])
        assert archive.verify() == []
        archive.compact()
    changes = {
        "UPDATE content SET text = text || 'x' WHERE id = 7": "text 7",
        "UPDATE occurrence SET number = 9 WHERE article = 3 AND position = 1": "article a2",
        "UPDATE article SET date = '2020-01-01' WHERE id = 3": "article a2",
        "DELETE FROM content WHERE id = 7": "is missing",
        "UPDATE block SET data = zeroblob(4000) WHERE id = (SELECT MIN(id) FROM block)": "postings",
        "DELETE FROM block WHERE id = (SELECT MAX(id) FROM block)": "do not hold together",
        "UPDATE counter SET value = value - 1 WHERE name = 'articles'": "but counted",
        "UPDATE setting SET value = '2' WHERE name = 'seed'": "",
    }
    content = place.read_bytes()
    for change, finding in changes.items():
        connection = sqlite3.connect(place)
        connection.execute(change)
        connection.commit()
        connection.close()
        if not finding:
            with pytest.raises(ArchiveError, match="its settings are damaged"):
                Archive.open(place)
        else:
            with Archive.open(place, writable=False) as archive:
                assert any(finding in str(damage) for damage in archive.verify()), change
        for name in ("news.db-wal", "news.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        place.write_bytes(content)


def test_rebuild_mends_postings(place):
    texts = texts_of(9, 60)
    with Archive.create(place) as archive:
        archive.add_all([article(f"a{i}", text) for i, text in enumerate(texts)])
        archive.store.database.run("UPDATE fresh SET keys = ? WHERE content = 5", (b"\0" * 256,))
        archive.store.database.run("UPDATE counter SET value = 3 WHERE name = 'paragraphs'")
        damages = archive.verify()
        assert damages
        assert all(damage.rebuild for damage in damages)
        archive.rebuild()
        assert archive.verify() == []
        assert archive.check(texts[4]).verdict == "block"


def test_what_is_exported_is_imported_just_so(place, tmp_path):
    long = " ".join([FIRST, SECOND, THIRD] * 3)
    documents = [
        article(
            "a", FIRST, f"{SECOND}\n{THIRD}", version="3", date="2026-03-01T10:00+03:00", url="https://example.org/a"
        ),
        article("b", long, OTHER),
    ]
    with Archive.create(place, max_paragraph_chars=200) as archive:
        archive.add_all(documents)
        records = list(archive.records())
    assert any(p["part"] for p in records[1]["paragraphs"])
    (tmp_path / "export.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    with Archive.create(tmp_path / "other.db") as other:
        assert other.load(tmp_path / "export.jsonl").outcomes == {"added": 2}
        assert list(other.records()) == records
        assert other.load(documents).outcomes == {"unchanged": 2}
        assert other.load(tmp_path / "export.jsonl").outcomes == {"unchanged": 2}


# --- loading --------------------------------------------------------------------------------------


def test_loading_goes_on_after_what_cannot_be_stored(archive, tmp_path):
    rows = [
        {"id": "a", "text": FIRST, "date": "2026-03-01"},
        {"id": "b", "text": SECOND, "date": "sometime"},
        {"text": THIRD},
        {"id": "c", "text": 7},
        {"id": "a", "text": OTHER, "date": "2026-03-01"},
        {"id": "d", "text": THIRD},
    ]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    loaded = archive.load(tmp_path / "news.jsonl")
    assert loaded.outcomes == {"added": 2, "conflict": 1}
    assert sorted(str(problem).split(": ")[0].rsplit(":", 1)[-1] for problem in loaded.problems) == ["2", "3", "4", "a"]
    assert archive.load(tmp_path / "news.jsonl").outcomes == {"unchanged": 2, "conflict": 1}


def test_bulk_and_single_adding_give_one_archive(tmp_path):
    texts = texts_of(10, 1_200)
    documents = [article(f"a{i}", *texts[i : i + 4]) for i in range(0, 1_200, 4)]
    with Archive.create(tmp_path / "bulk.db") as bulk, Archive.create(tmp_path / "single.db") as single:
        assert bulk.load(documents).bulk
        single.add_all(documents)
        assert bulk.verify() == single.verify() == []
        bulk.compact()
        single.compact()
        assert bulk.stats().postings == single.stats().postings
        assert list(bulk.records()) == list(single.records())


def test_dates_are_compared_in_utc():
    assert utc_of(None) == NO_DATE
    assert utc_of("2026-03-01") == utc_of("2026-03-01T00:00Z") == utc_of("2026-03-01T03:00:00+03:00")
    assert utc_of("1969-12-31T23:59:59.999999Z") == -1
    assert utc_of("2026-03-01T10:00:00.000001Z") - utc_of("2026-03-01T10:00:00Z") == 1


def test_keys_are_packed_and_unpacked():
    for key in ("قال محمد 123 abc", "پایتخت", "گفت ی ک", "東京", "", "x" * 1000):
        assert unpack(pack(key)) == key
    assert len(pack("قال")) == 4


def test_keys_are_packed_alike_one_by_one_and_many_at_once():
    """Also where a character is none of Windows-1256, or two code units."""
    texts = [FIRST, "", "پایتخت ۱۲", "東京 𠮷野家", "ǅ", "Ж", "é ü", "€", *texts_of(1, 3), "", "𝔘"]
    keys, units = keyed(texts, texts_in_all=10**6)
    assert units is not None
    assert keys == [make_key(text) for text in texts]
    assert packed(keys, units) == [pack(key) for key in keys] == packed(keys)


def test_entries_do_not_depend_on_their_batch(archive):
    documents = [article(f"a{i}", *texts_of(i, 2)) for i in range(5)]
    alone = [entries_of(archive.store, [document])[0] for document in documents]
    together = entries_of(archive.store, documents, 10**6)
    for one, other in zip(alone, together, strict=True):
        assert one._replace(bands=None, grams=()) == other._replace(bands=None, grams=())
        assert (one.bands == other.bands).all()
        assert all((a == b).all() for a, b in zip(one.grams, other.grams, strict=True))


def test_rebuild_does_not_vouch_for_a_damaged_text(tmp_path):
    place = tmp_path / "news.db"
    with Archive.create(place) as archive:
        archive.add(article("a", FIRST))
        archive.store.database.run("UPDATE content SET text = ?", (SECOND.encode(),))
        archive.rebuild()
        assert any("text 1" in str(damage) for damage in archive.verify())


def test_names_that_no_database_takes_are_stored_and_found(archive):
    odd = Document("a\ud800\x00", FIRST, article=Article(title="x\x00\udfff", version="9" * 5_000))
    assert archive.add(odd).outcome == "added"
    assert archive.load([odd]).outcomes == {"unchanged": 1}
    assert archive.check(FIRST, id="a\ud800\x00").verdict == "pass"
    assert archive.add(dataclasses.replace(odd, article=Article(version="8" * 5_000))).outcome == "replaced"
    assert archive.remove("a\ud800\x00") == ["a\ud800\x00"]


def test_an_article_beyond_all_bounds_does_not_stop_the_others(archive):
    loaded = archive.load([Document("huge", "س\n" * 100_001), Document("b", FIRST)])
    assert loaded.outcomes == {"added": 1}
    assert "has more than 100,000 lines" in str(loaded.problems[0])
