"""JSON of newsrooms: ninjs, Superdesk, Arc XP, WordPress, Ghost, and rows of no known shape.

The shapes are those of the formats' own examples (see `dedup.read.newsroom.shapes`); the whole article in each of them is
`formats/golden.*.json`, which `test_golden` reads.
"""

import json
from pathlib import Path

import pytest
from conftest import ARTICLE, GOOD, MARKER, OTHER, REPEATED
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.read.newsroom.fields import dated, first, host, in_role, joined, unmarked, utc
from dedup.read.placed import loads

FORMATS = Path(__file__).parent / "formats"
HTML = f"<p>{ARTICLE}</p>\n<p>{REPEATED}</p>"
NINJS = {"uri": "urn:x:1", "type": "text", "pubstatus": "usable", "body_html": HTML}
SUPERDESK = {"guid": "urn:x:2", "family_id": "urn:x:1", "state": "in_progress", "body_html": HTML}
ANS = {"_id": "A3", "type": "story", "version": "0.10.7", "content_elements": [{"type": "text", "content": ARTICLE}]}
WORDPRESS = {
    "id": 4,
    "link": "https://example.org/4",
    "status": "publish",
    "content": {"rendered": HTML, "protected": False},
}
GHOST = {"id": "5", "uuid": "5-5", "status": "draft", "html": HTML}
ITEMS = {"ninjs": NINJS, "superdesk": SUPERDESK, "ans": ANS, "wordpress": WORDPRESS, "ghost": GHOST}


def dump(value, **how):
    return json.dumps(value, ensure_ascii=False, **how)


def documents(*items, **settings):
    """Return what becomes of mappings: documents, problems, what was left out, notices."""
    return list(dedup.read.read(list(items), dedup.Settings(**settings)))


def texts(*items, **settings):
    """Return (text, element) of each paragraph of mappings."""
    found = [item for item in documents(*items, **settings) if isinstance(item, dedup.Document)]
    return [(d.text[b.start : b.end], b.element) for d in found for b in d.blocks]


# --- which text is read ---------------------------------------------------------------------------


STORY_NITF = (
    "<!DOCTYPE nitf SYSTEM 'nitf-3-4.dtd'><nitf><head><title>لا</title></head><body><body.head><hedline><hl1>لا</hl1>"
    "</hedline></body.head><body.content><p>أ</p><bq><p>ب</p></bq></body.content></body></nitf>"
)


def body(kind, value, name="contentType"):
    return {"role": "x", name: kind, "value": value}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param(
            {"uri": "u", "body_text": "أ\n\nب"},
            [("أ", "body_text/text[1]"), ("ب", "body_text/text[2]")],
            id="ninjs 1, text",
        ),
        pytest.param(
            {"uri": "u", "body_text": "أ", "body_xhtml": "<p>ب"},
            [("ب", "body_xhtml/p[1]")],
            id="ninjs 1: HTML before text",
        ),
        pytest.param(
            {"uri": "u", "bodies": [body("text/plain", "أ"), body("text/html", "<h2>ب</h2><p>ج")]},
            [("ب", "bodies[2]/h2[1]"), ("ج", "bodies[2]/p[1]")],
            id="ninjs 3: one body of several",
        ),
        pytest.param(
            {"uri": "u", "bodies": [body("text/plain", "أ", "contenttype"), body("", "ب", "contenttype")]},
            [("أ", "bodies[1]/text[1]")],
            id="ninjs 2: the first of two alike",
        ),
        pytest.param(
            {"uri": "u", "bodies": [{"value": "<div>أ</div>"}]},
            [("أ", "bodies[1]/div[1]")],
            id="ninjs 3: told by its tags",
        ),
        pytest.param(
            {
                "altids": {"itemid": "i"},
                "headline": "لا",
                "body_nitf": "<p>أ&nbsp;أ</p>\n<block><hl2>ب</hl2><p>ج</p></block>",
            },
            [("أ\xa0أ", "body_nitf/p[1]"), ("ب", "body_nitf/hl2[1]"), ("ج", "body_nitf/p[2]")],
            id="AP: blocks of NITF",
        ),
        pytest.param(
            {
                "uri": "u",
                "body_xhtml": f"<?xml version='1.0' encoding='ISO-8859-1'?>\n{STORY_NITF}",
                "body_text": "أ\n\nب",
            },
            [("أ", "body_xhtml/p[1]"), ("ب", "body_xhtml/bq/p[1]")],
            id="ninjs 1: a whole story in NITF, before text",
        ),
        pytest.param(
            {"uri": "u", "bodies": [body("application/nitf+xml", "<body.content><p>أ</p></body.content>")]},
            [("أ", "bodies[1]/p[1]")],
            id="ninjs 3: the body of NITF",
        ),
        pytest.param(
            {"uri": "u", "bodies": [body("application/nitf+xml", STORY_NITF), body("text/html", "<p>ج")]},
            [("ج", "bodies[2]/p[1]")],
            id="ninjs 3: HTML before NITF",
        ),
        pytest.param(
            {"uri": "u", "body_nitf": " ", "body_text": "أ"}, [("أ", "body_text/text[1]")], id="NITF without a word"
        ),
        pytest.param(
            {"uri": "u", "body_html": "<p></p>", "body_text": "أ"},
            [("أ", "body_text/text[1]")],
            id="an empty body is none",
        ),
        pytest.param(
            {
                **SUPERDESK,
                "body_html": "<p>أ</p><p><br></p>",
                "body_footer": "<p>ب</p>",
                "abstract": "<p>لا",
                "headline": "لا",
            },
            [("أ", "body_html/p[1]"), ("ب", "body_footer/p[1]")],
            id="Superdesk: its footer, too",
        ),
        pytest.param(
            {**WORDPRESS, "content": {"raw": "<!-- wp:paragraph --><p>أ</p>", "rendered": "<p>لا</p><p>أ</p>"}},
            [("أ", "content.raw/p[1]")],
            id="WordPress: as it was written, without what plugins add",
        ),
        pytest.param(
            {
                **WORDPRESS,
                "content": {"raw": '[caption id="1"]<img> ج[/caption]\r\n\r\nأ <b>و</b>\nب\n \nد\n\n[gallery ids="1"]'},
            },
            [("ج", "content.raw/figure[1]"), ("أ و ب", "content.raw/body[1]"), ("د", "content.raw/body[2]")],
            id="WordPress: the classic editor",
        ),
        pytest.param(
            {
                **WORDPRESS,
                "content": {"raw": "<!-- wp:paragraph -->\n<p>أ\n\nب</p>\n<!-- /wp:paragraph -->\n\n<p>ج</p>"},
            },
            [("أ ب", "content.raw/p[1]"), ("ج", "content.raw/p[2]")],
            id="WordPress: the editor of blocks, where a blank line parts nothing",
        ),
        pytest.param(
            {**WORDPRESS, "content": {"raw": "<p>أ</p>", "rendered": "", "protected": True}},
            [("أ", "content.raw/p[1]")],
            id="WordPress: a password keeps nothing from who may edit",
        ),
        pytest.param(
            {"html": None, **GHOST, "lexical": "{}"},
            [(ARTICLE, "html/p[1]"), (REPEATED, "html/p[2]")],
            id="Ghost: HTML",
        ),
        pytest.param(
            {"id": "1", "uuid": "1", "plaintext": "أ", "mobiledoc": None},
            [("أ", "plaintext/text[1]")],
            id="Ghost: plain text",
        ),
    ],
)
def test_one_body_of_an_item_is_read(item, expected):
    """What stands beside the body is not: headline, abstract, captions of other items."""
    assert texts(item) == expected


def node(kind, *children, **fields):
    return {"type": kind, "version": 1, **fields, **({"children": list(children)} if children else {})}


def said(text):
    return node("extended-text", text=text)


def test_the_tree_of_ghost_is_read_as_the_page_that_it_becomes():
    """Links and marks join, a line break is a line, two begin a paragraph; cards give what a reader sees of them."""
    root = node(
        "root",
        node("extended-heading", said("أ"), tag="h3"),
        node("paragraph", said("ب <b>&amp;"), node("link", said("رابط"), url="x"), node("linebreak"), said("ج")),
        node("paragraph", said("د"), node("linebreak"), node("linebreak"), said("ه")),
        node("list", node("listitem", said("و"), node("list", node("listitem", said("ز")), tag="ol")), tag="ul"),
        node("extended-quote", said("ح")),
        node("image", caption="<i>ط</i>"),
        node("toggle", heading="ي", content="<p>ك</p>"),
        node("markdown", markdown="ل\n\n*م*"),
        node("horizontalrule"),
        node("paragraph"),
    )
    expected = [
        ("أ", "h3[1]"),
        ("ب <b>&amp;رابط\nج", "p[1]"),
        ("د", "p[2]"),
        ("ه", "p[3]"),
        ("و", "li[1]"),
        ("ز", "li[2]"),
        ("ح", "blockquote[1]"),
        ("ط", "figcaption[1]"),
        ("ي", "h4[1]"),
        ("ك", "p[4]"),
        ("ل", "p[5]"),
        ("م", "p[6]"),
    ]
    for lexical in (dump({"root": root}), {"root": root}):
        assert texts({**GHOST, "html": None, "lexical": lexical}) == [(text, f"lexical/{e}") for text, e in expected]


def test_the_elements_of_arc_xp_are_read_in_order():
    """Text, headers, quotations with their source, lists in lists, tables; no reference and no link to other stories."""
    elements = [
        {"type": "header", "level": 2, "content": "أ"},
        {"type": "text", "content": "ب <a href='x'>ج</a>"},
        {"type": "reference", "referent": {"id": "لا"}},
        {
            "type": "quote",
            "content_elements": [{"type": "text", "content": "د"}],
            "citation": {"type": "text", "content": "ه"},
        },
        {
            "type": "list",
            "items": [{"type": "text", "content": "و"}, {"type": "list", "items": [{"type": "text", "content": "ز"}]}],
        },
        {"type": "table", "header": [{"type": "text", "content": "ح"}], "rows": [[{"type": "text", "content": "ط"}]]},
        {"type": "raw_html", "content": "<p>ي</p><iframe>لا</iframe>"},
        {"type": "interstitial_link", "content": "لا"},
        {"type": "correction", "text": "ك"},
    ]
    assert texts({**ANS, "content_elements": elements}) == [
        ("أ", "content_elements[1]/header[1]"),
        ("ب ج", "content_elements[2]/text[1]"),
        ("د", "content_elements[4]/content_elements[1]/text[1]"),
        ("ه", "content_elements[4]/citation/text[1]"),
        ("و", "content_elements[5]/items[1]/text[1]"),
        ("ز", "content_elements[5]/items[2]/items[1]/text[1]"),
        ("ح", "content_elements[6]/header[1]/text[1]"),
        ("ط", "content_elements[6]/rows[1][1]/text[1]"),
        ("ي", "content_elements[7]/p[1]"),
        ("ك", "content_elements[9]/correction[1]"),
    ]


MOBILEDOC = {
    "version": "0.3.1",
    "atoms": [["soft-return", "", {}], ["mention", "@سمير", {}]],
    "cards": [
        ["card-markdown", {"markdown": "# م\n\nن"}],
        ["image", {"src": "x.png", "caption": "صورة <b>ا</b>"}],
        ["hr", {}],
        ["html", {"html": "<p>و</p>"}],
    ],
    "markups": [["strong"], ["a", ["href", "https://example.org"]]],
    "sections": [
        [1, "h2", [[0, [], 0, "أ & <b>"]]],
        [1, "p", [[0, [], 0, "ب "], [0, [0, 1], 2, "ج"], [1, [], 0, 0], [0, [], 0, "د"], [1, [], 0, 1]]],
        [10, 0],
        [3, "ul", [[[0, [], 0, "ه"]], [[0, [], 0, "و "], [0, [0], 1, "ز"]]]],
        [1, "blockquote", [[0, [], 0, "ح"]], ["data-x", "y"]],
        [10, 1],
        [10, 2],
        [10, 3],
        [2, "https://example.org/x.png"],
    ],
    "ghostVersion": "4.0",
}
"""A post in the shape of those of Ghost 3 and 4."""


def test_a_post_of_old_is_read_as_the_page_that_it_becomes():
    """Markups part no word, a soft return is a line, an atom is its text; cards are those of today."""
    expected = [
        ("أ & <b>", "h2[1]"), ("ب ج\nد@سمير", "p[1]"), ("م", "div[1]/h1[1]"), ("ن", "div[1]/p[1]"),
        ("ه", "ul[1]/li[1]"), ("و ز", "ul[1]/li[2]"), ("ح", "blockquote[1]"), ("صورة ا", "figcaption[1]"), ("و", "p[2]"),
    ]  # fmt: skip
    for mobiledoc in (dump(MOBILEDOC), MOBILEDOC):
        post = {**GHOST, "html": None, "lexical": None, "mobiledoc": mobiledoc, "plaintext": "لا"}
        found = texts(post)
        assert [text for text, _ in found] == [text for text, _ in expected]
        assert all(element.startswith("mobiledoc/") for _, element in found)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"sections": 1},
        {"sections": [1, [], [1], [1, 2], [3, "ul"], [3, "ul", [1]], [10, 7], [10, "x"], [10, -1], [99, 1], [[], 1]]},
        {"sections": [[10, 0], [1, "p", [[1, [], 0, 9], [0, [], 0, 5], [0]]]], "cards": [[1, 2]], "atoms": 1},
    ],
)
def test_a_post_of_old_that_is_no_such_thing_has_no_text(broken):
    """Whatever its lists hold: no exception, and no word made of numbers."""
    (found,) = documents({**GHOST, "html": None, "mobiledoc": broken})
    assert found.reason == "no text in it"


def test_text_that_is_left_out_is_said_once_for_all_items(run, put):
    """A second body, a caption, code, an element of an unknown type."""
    image = {"type": "image", "caption": MARKER}
    twice = {**NINJS, "bodies": [body("text/plain", ARTICLE)]}
    story = {**ANS, "content_elements": [*ANS["content_elements"], image, image, {"type": "poll", "content": MARKER}]}
    post = {
        **GHOST,
        "html": "",
        "lexical": {"root": node("root", node("paragraph", said(ARTICLE)), node("codeblock", code="x"))},
    }
    found = run("scan", put("feed.json", dump([twice, {**twice, "uri": "urn:x:9"}, story, post])), "-f", "json")
    assert found.notices == [
        "feed.json: not compared: a code block",
        "feed.json: not compared: a further body (text/plain) (2 times)",
        "feed.json: not compared: an element of the type poll",
        "feed.json: not compared: the caption of a picture or film (2 times)",
    ]
    assert not found.problems


# --- how an item is told --------------------------------------------------------------------------


WRAPS = {
    "an item": lambda item: item,
    "a list": lambda item: [item],
    "an answer of Superdesk": lambda item: {"_items": [item], "_meta": {"total": 1}},
    "an answer of Ghost": lambda item: {"posts": [item], "meta": {}},
    "a webhook of Ghost": lambda item: {"post": {"current": item, "previous": {}}},
}
PARAGRAPHS = {name: 1 if name == "ans" else 2 for name in ITEMS}


@pytest.mark.parametrize("asked", [None, *ITEMS], ids=str)
def test_an_item_is_told_by_its_shape_or_by_what_was_asked(run, put, asked):
    """Alone, in a list, and as an API wraps it: each is one document, with all of its text."""
    names = ITEMS if asked is None else [asked]
    for name in names:
        for how, wrap in WRAPS.items():
            put(f"in/{name}/{how}.json", dump(wrap(ITEMS[name]), indent=1))
    found = run("scan", "in", "-f", "json", *(() if asked is None else ("--format-in", asked)))
    summary = found.json["summary"]
    assert (found.problems, found.skipped) == ([], [])
    assert summary["documents"] == len(names) * len(WRAPS)
    assert summary["paragraphs"] == sum(PARAGRAPHS[name] for name in names) * len(WRAPS)


@pytest.mark.parametrize("how", ["an item", "an answer of Superdesk"])
def test_an_item_is_told_on_standard_input(run, how):
    found = run("scan", "-", "-f", "json", stdin=dump(WRAPS[how](NINJS), indent=1))
    assert (found.code, found.problems, found.json["summary"]["documents"]) == (1, [], 1)


@pytest.mark.parametrize("asked", [[], ["--format-in", "ans"]], ids=["told", "asked"])
def test_a_search_of_arc_xp_is_a_list_of_stories(run, put, asked):
    """Though it has the field in which a story has its text."""
    stories = [{**ANS, "_id": id} for id in ("A3", "A4")]
    put("found.json", dump({"type": "results", "version": "0.5.9", "content_elements": stories}))
    found = run("scan", "found.json", "-f", "json", *asked)
    assert [(f["kind"], f["a"]["doc"], f["b"]["doc"]) for f in found.json["findings"]] == [("exact", "A4", "A3")]


def test_each_item_of_a_list_has_its_number_and_the_line_of_its_text(run, put):
    put("feed.json", dump([NINJS, {"id": "plain", "text": f"{OTHER}\n\n{ARTICLE}"}], indent=2))
    found = run("scan", "feed.json", "-f", "json")
    repeat = next(f for f in found.json["findings"] if f["a"]["doc"] == "plain" and f["kind"] == "exact")
    assert [(repeat[side][name]) for side in "ab" for name in ("row", "line", "element")] == [
        2, 10, "text[2]", 1, 6, "body_html/p[1]",
    ]  # fmt: skip
    concise = run("scan", "feed.json", "-f", "concise").stdout
    assert "feed.json:10: exact 1.0000 ~ feed.json:6 (paragraphs 2 ~ 1)" in concise


def test_rows_of_json_may_be_items(run, put):
    """One a line, whatever the suffix; the line is that of the row, and plain rows stand beside them."""
    rows = [{"id": "0", "text": OTHER}, NINJS, GHOST]
    put("feed.jsonl", "".join(dump(row) + "\n" for row in rows))
    put("feed.json", "".join(dump(row) + "\n" for row in rows))
    for name in ("feed.jsonl", "feed.json"):
        found = run("scan", name, "-f", "json")
        assert not found.problems
        places = {(f["kind"], f["a"]["row"], f["a"]["line"], f["a"]["element"]) for f in found.json["findings"]}
        assert ("exact", 3, 3, "html/p[1]") in places
    found = run("scan", "feed.jsonl", "--format-in", "ninjs", "-f", "json")
    finding = "no item of ninjs: none of bodies, body_html, body_text, body_nitf; the fields are"
    remedy = "leave out --format-in, or name the format that it has"
    assert found.problems == [
        f"feed.jsonl:1: {finding} id, text; {remedy}",
        f"feed.jsonl:3: {finding} id, uuid, status, html; {remedy}",
    ]


@pytest.mark.parametrize(
    "row", [{"state": "Ohio", "body": "أ"}, {"version": "1.2", "type": "x", "body": "أ"}, {"uri": 5, "headline": "أ"}]
)
def test_a_row_that_shares_a_field_with_an_item_is_none(row):
    """It is told of what it has, and how it can be read."""
    (problem,) = documents(row)
    assert problem.finding.startswith('no field "text"; the fields are ')


def test_an_object_with_the_field_of_the_text_is_a_plain_row():
    """Whatever else it has: rows that were read before items were are read as they were."""
    (found,) = documents({**NINJS, "id": "1", "text": "أ"})
    assert (found.id, found.text, found.blocks) == ("1", "أ", None)
    (found,) = documents({**NINJS, "other": "ب"}, text_field="other")
    assert found.text == "ب"


def test_rows_are_plain_where_that_is_asked_for(run, put):
    """By name; and `dedup clean`, which takes text out of the field of a row, asks for it always."""
    put("feed.jsonl", dump(NINJS) + "\n" + dump({"text": OTHER}) + "\n")
    said = 'feed.jsonl:1: no field "text"; the fields are uri, type, pubstatus, body_html; try --text-field body_html'
    assert run("scan", "feed.jsonl", "--format-in", "jsonl", "-f", "json").problems == [said]
    found = run("clean", "feed.jsonl", "-o", "out.jsonl", "--removed", "gone.jsonl")
    assert said in found.stderr
    assert "1 kept, 0 shortened, 0 dropped" in found.stdout + found.stderr


def test_a_folder_may_hold_json_of_anything(run, put):
    put("in/package.json", '{"name": "x", "scripts": {"a": "b"}}')
    put("in/numbers.json", "[1, 2]")
    put("in/a.json", dump(NINJS))
    found = run("scan", "in", "-f", "json")
    assert (found.code, found.problems) == (1, [])
    reason = "JSON of no kind that dedup reads"
    assert found.skipped == [("in/numbers.json", reason), ("in/package.json", reason)]


# --- what is known of it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "id", "known"),
    [
        ("ninjs-1", "urn:newsml:example.org:20260303:library", ("2", None, "وكالة الساحل", "ليلى الحمداني", "2026-03-03T09:10:00+03:00")),
        ("ninjs-2", "http://example.org/media/text/260303-library-a0f2d045", ("1", None, "وكالة الساحل", None, "2026-03-03T10:37:00+03:00")),
        ("ninjs-3", "urn:newsml:example.org:20260303:library", ("2", None, "وكالة الساحل", "ليلى الحمداني", "2026-03-03T10:37:00+03:00")),
        ("superdesk", "urn:newsml:localhost:5000:2026-03-03T16:24:15.612469:37d94b89", ("4", None, "SAHEL", "ليلى الحمداني", "2026-03-03T16:30:00+0000")),
        ("ans", "ABCLIBRARY2026", ("REV2", "/local/library/2026/03/03/", "wadi", "ليلى الحمداني, سمير", "2026-03-03T07:00:00.10Z")),
        ("wordpress", "https://wadi.example.org/?post_type=post&p=59382", ("2026-03-03T09:00:00Z", "https://wadi.example.org/2026/03/library/", "wadi.example.org", None, "2026-03-03T07:00:00Z")),
        ("ghost", "5ddc9141c35e7700383b2937", ("2026-03-03T08:44:17.000Z", "https://wadi.example.org/library/", "wadi.example.org", "ليلى الحمداني", "2026-03-03T07:44:17.000Z")),
    ],
)  # fmt: skip
def test_an_item_says_what_is_known_of_it(name, id, known):
    """Id, version, address, outlet, author and date with its zone: what an archive keeps."""
    (document,) = [
        d for d in dedup.read.read(FORMATS / f"golden.{name}.json", dedup.Settings()) if isinstance(d, dedup.Document)
    ]
    article = document.article
    assert document.id == id
    assert (article.version, article.url, article.outlet, article.author, article.date) == known
    assert article.title.startswith("مكتبة عامة جديدة في رأس الوادي")
    assert "&" not in article.title
    assert type(article.title) is str, "nothing of the file is kept with it"


@pytest.mark.parametrize(
    ("item", "story"),
    [
        pytest.param({**SUPERDESK, "rewrite_of": "urn:x:0", "rewritten_by": "urn:x:3"}, ("urn:x:0", "urn:x:1", "urn:x:3"), id="Superdesk"),
        pytest.param({**SUPERDESK, "family_id": "urn:x:2"}, (), id="the first of its family"),
        pytest.param({**NINJS, "evolvedfrom": "urn:x:0"}, ("urn:x:0",), id="ninjs of Superdesk"),
        pytest.param({**NINJS, "evolvedfrom": "c", "ancestors": ["a", "b", "c"]}, ("c", "a", "b"), id="its content API"),
        pytest.param({**NINJS, "associations": {"evolvedFrom": {"uri": "a"}, "mainpic": {"uri": "b"}}}, ("a",), id="ninjs 1"),
        pytest.param(
            {**NINJS, "associations": [{"name": "x", "rel": "irel:previousVersion", "uri": "a"}, {"name": "pic", "uri": "b"}]},
            ("a",),
            id="ninjs 3",
        ),
        pytest.param({**NINJS, "mine": ["a", "b"]}, ("a", "b"), id="the field that --same-story names"),
    ],
)  # fmt: skip
def test_an_item_names_the_earlier_versions_of_its_story(item, story):
    (document,) = documents(item, story_field="mine")
    assert document.story == story


def test_an_item_of_ap_has_the_id_that_stays():
    """Its address has the query of whoever asked for it."""
    (document,) = documents(
        {"uri": "https://api/content/1?qt=x", "altids": {"itemid": "1"}, "body_nitf": "<p>أ</p>", "provider": "AP"}
    )
    assert (document.id, document.article.outlet) == ("1", "AP")


def test_long_nitf_is_read_as_short_is(beside_good, put):
    """In a process of its own, and what is nested too deep is a problem there, too."""
    words = "كلمة " * 9
    blocks = "".join(f"<p>{n} {words}</p>\n" for n in range(900))
    (document,) = documents(
        {"uri": "u", "body_nitf": f"<nitf><body><body.content>{blocks}</body.content></body></nitf>"}
    )
    assert [(b.line, b.element) for b in document.blocks[::899]] == [(1, "body_nitf/p[1]"), (900, "body_nitf/p[900]")]
    bomb = "<nitf><body><body.content>" + "<p>" * 40_000
    found = beside_good(put("bomb.json", dump({"uri": "u", "body_nitf": bomb})))
    assert "not well-formed XML" in found.problems[0]


def test_the_id_may_be_asked_for_by_its_field():
    (document,) = documents({**WORDPRESS, "slug": "library"}, id_field="slug")
    assert document.id == "library"


def test_a_draft_is_no_duplicate_of_its_own_earlier_versions(run, put):
    """Neither under its own id, nor under that of the item that it rewrites; under another it is."""
    run("archive", "create", "--archive", "news.db")
    first = {
        **SUPERDESK,
        "_current_version": 1,
        "firstpublished": "2026-03-01T10:00:00+0000",
        "body_html": f"<p>{ARTICLE}</p>",
    }
    assert (
        run("archive", "add", put("item.json", dump(first, indent=1)), "--archive", "news.db").stdout
        == "1 added; 1 paragraph stored\n"
    )
    edited = {**first, "_current_version": 2, "body_html": f"<p>{ARTICLE}</p><p>{OTHER}</p>"}
    update = {**edited, "guid": "urn:x:7", "rewrite_of": "urn:x:2"}
    other = {**edited, "guid": "urn:x:8", "family_id": "urn:x:8"}
    for item, code in ((edited, 0), (update, 0), (other, 1)):
        assert run("check", put("draft.json", dump(item)), "--archive", "news.db").code == code
    assert (
        run("archive", "add", put("item.json", dump(edited)), "--archive", "news.db").stdout
        == "1 replaced; 2 paragraphs stored\n"
    )


def test_a_fourth_version_is_no_duplicate_of_the_first(run, put):
    """Each item of Superdesk names the one before, and its family where it says one; the archive leads to the others."""
    run("archive", "create", "--archive", "news.db")
    first = {**SUPERDESK, "guid": "urn:x:0", "family_id": None, "body_html": f"<p>{ARTICLE}</p><p>{OTHER}</p>"}
    versions = [{**first, "guid": f"urn:x:{n}", "rewrite_of": f"urn:x:{n - 1}"} for n in range(1, 4)]
    run("archive", "add", put("items.json", dump([first, *versions[:2]])), "--archive", "news.db")
    draft = versions[2]
    assert run("check", put("draft.json", dump(draft)), "--archive", "news.db").code == 0
    run("archive", "remove", "urn:x:1", "--archive", "news.db")
    assert run("check", put("draft.json", dump(draft)), "--archive", "news.db").code == 1, "nothing leads to the first"
    assert "story: urn:x:1\n" in run("archive", "show", "urn:x:2", "--archive", "news.db").stdout


def test_rows_name_their_story_in_any_field(run, put):
    rows = [{"id": str(n), "text": ARTICLE, "made_of": str(n - 1) if n else None} for n in range(4)]
    run("archive", "create", "--archive", "news.db")
    put("rows.jsonl", "".join(map(dump, rows[:3])).replace("}{", "}\n{") + "\n")
    run("archive", "add", "rows.jsonl", "--archive", "news.db", "--same-story", "made_of")
    put("draft.jsonl", dump(rows[3]) + "\n")
    assert run("check", "draft.jsonl", "--archive", "news.db", "--same-story", "made_of").code == 0
    assert run("check", "draft.jsonl", "--archive", "news.db").code == 1


def test_a_hook_hands_over_the_item_as_it_is(tmp_path):
    """In Python a mapping of a known shape is read as in a file."""
    with dedup.Archive.create(tmp_path / "news.db") as archive:
        archive.add(WORDPRESS)
        assert archive.check({**WORDPRESS, "content": {"rendered": f"<p>{REPEATED}</p>"}}).verdict == "pass"
        report = archive.check({**GHOST, "html": f"<p>{ARTICLE}</p>"})
        assert next((m.kind, m.b.doc, m.b.article.url) for m in report.matches) == (
            "exact",
            "https://example.org/4",
            "https://example.org/4",
        )
        with pytest.raises(dedup.ReadError, match="withdrawn"):
            archive.add({**SUPERDESK, "state": "killed"})
        archive.add(NINJS, version="7", outlet="الميناء")
        assert {name: archive.record("urn:x:1")[name] for name in ("version", "outlet")} == {
            "version": "7",
            "outlet": "الميناء",
        }


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({**NINJS, "pubstatus": "canceled"}, "withdrawn (pubstatus: canceled); dedup archive remove takes it out of an archive"),
        ({**NINJS, "pubstatus": "Canceled"}, "withdrawn (pubstatus: canceled); dedup archive remove takes it out of an archive"),
        ({**SUPERDESK, "state": "unpublished"}, "withdrawn (state: unpublished); dedup archive remove takes it out of an archive"),
        ({**SUPERDESK, "state": "recalled"}, "withdrawn (state: recalled); dedup archive remove takes it out of an archive"),
        ({**SUPERDESK, "state": "spiked"}, "withdrawn (state: spiked); dedup archive remove takes it out of an archive"),
        ({**SUPERDESK, "state": "killed"}, "withdrawn (state: killed); dedup archive remove takes it out of an archive"),
        ({**WORDPRESS, "status": "trash"}, "withdrawn (status: trash); dedup archive remove takes it out of an archive"),
        ({**WORDPRESS, "content": {"rendered": "", "protected": True}}, "protected by a password; ask for it with context=edit"),
        ({"uri": "u", "type": "picture", "headline": "x"}, "picture, no body: none of bodies, body_html, body_text, body_nitf"),
        ({**SUPERDESK, "body_html": "<p></p>"}, "no text in it"),
        ({**GHOST, "html": "", "lexical": dump({"root": node("root", node("paragraph"))})}, "no text in it"),
        ({"type": "image", "version": "0.10.7", "caption": "x"}, "image, no body: none of content_elements"),
    ],
)  # fmt: skip
def test_what_was_withdrawn_or_has_no_text_is_left_out_and_said(item, reason):
    assert [(found.path, found.reason) for found in documents(item)] == [("input 1", reason)]


def test_what_may_not_be_published_yet_is_checked_and_said():
    document, notice = documents({**NINJS, "pubStatus": "withheld"})
    assert (document.id, str(notice)) == ("urn:x:1", "mappings: withheld; compared all the same")


# --- bad input ------------------------------------------------------------------------------------

DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"uri": "u",\n "body_html": "<p>', "bad.json:2: not JSON: Unterminated string starting at column 15; it seems to be cut off; get it again"),
        ('{"uri": "u",\n "a": [1,', "bad.json:2: not JSON: Expecting value at column 10; it seems to be cut off; get it again"),
        ("{'uri': 1}", "bad.json:1: not JSON: Expecting property name enclosed in double quotes at column 2; export it again"),
        (DEEP, "bad.json: JSON nested too deep to be read; leave it out"),
        ('"text"', "bad.json: a JSON string, not an object; give an item, or a list of them"),
        ("[1]", "bad.json: a JSON number, not an object; give an item, or a list of them"),
        ('{"a": "b"}', 'bad.json: no field "text"; the fields are a; try --text-field a'),
        ('[{"text": "x"},\n {"text": 5,\n "a": "b"}]', 'bad.json: item 2, line 3: field "text" is a number, not text; give a string, or leave the row out'),
        ('{"uri": "u", "body_html": ["x"]}', "bad.json: body_html is a list, not text; export the item again"),
        ('{"uri": "u", "bodies": "x"}', "bad.json: bodies is a string, not a list; export the item again"),
        ('{"uri": "u", "bodies": ["x"]}', "bad.json: bodies[1] is a string, not an object; export the item again"),
        ('{"uri": "u", "bodies": [{"contentType": "application/rtf", "value": "{}"}]}', "bad.json: its body is application/rtf; ask for the item with a body of HTML, NITF or plain text"),
        ('{"uri": "u", "body_nitf": "<p>' + MARKER + '</b>"}', "bad.json: body_nitf:1: not well-formed XML (tag name mismatch); have it written again, or mend it there"),
        ('{"uri": "u", "body_nitf": "<!DOCTYPE nitf [<!ENTITY a SYSTEM \\"/etc/passwd\\">]><nitf><body><body.content><p>&a;</p></body.content></body></nitf>"}', "bad.json: body_nitf:1: not well-formed XML (undeclared entity); have it written again, or mend it there"),
        ('{"content_elements": [{"type": "text", "content": 1}]}', "bad.json: content_elements[1] is a number, not text; export the item again"),
        ('{"content_elements": ["x"]}', "bad.json: content_elements[1] is a string, not an object; export the story again"),
        ('{"content": {"rendered": {}}}', "bad.json: content.rendered is an object, not text; export the item again"),
        ('{"uuid": "1", "lexical": "{"}', "bad.json: lexical is not JSON; ask for it with ?formats=html"),
        ('{"uuid": "1", "lexical": 5}', "bad.json: lexical is a number, not a tree; ask for it with ?formats=html"),
        (dump({"uuid": "1", "lexical": {"root": {"type": "markdown", "markdown": "![" * 10_000}}}), "bad.json: has a Markdown card of more than 12,000 characters; ask for it with ?formats=html"),
        ('{"uuid": "1", "mobiledoc": "{"}', "bad.json: mobiledoc is not JSON; ask for it with ?formats=html"),
        ('{"uuid": "1", "mobiledoc": [1]}', "bad.json: mobiledoc is a list, not a tree; ask for it with ?formats=html"),
    ],
    ids=lambda value: None if isinstance(value, str) and value.startswith("bad.json") else str(value)[:30],
)  # fmt: skip
def test_what_cannot_be_read_is_a_problem_and_the_others_go_on(tmp_path, content, problem):
    (tmp_path / "bad.json").write_text(content)
    (tmp_path / "good.txt").write_text(GOOD)
    report = dedup.scan([tmp_path / "bad.json", tmp_path / "good.txt"])
    assert [str(each).removeprefix(f"{tmp_path}/") for each in report.problems] == [problem]
    assert (report.by_kind["near"], report.exit_code) == (1, 2)


def test_the_command_says_a_bad_file(beside_good, put):
    """As a process: a message without a word of an article."""
    found = beside_good(put("cut.json", dump(NINJS)[:-40]))
    assert found.problems == [
        "cut.json:1: not JSON: Unterminated string starting at column 72; it seems to be cut off; get it again"
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('{"uri": "u", "n": ' + "9" * 10_000 + ', "body_text": "%s"}', id="a number of 10,000 digits"),
        pytest.param('{"uri": 5, "guid": null, "_id": {}, "headline": ["x"], "byline": {}, "html": "%s", "uuid": []}', id="odd types beside the text"),
        pytest.param('\ufeff{"uri": "u", "headline": "\\ud800", "body_html": "<p>%s \\udc00</p>"}', id="half a character"),
        pytest.param('{"uri": "u", "n": NaN, "body_html": "%s", "body_html": "<p>%s</p>"}', id="NaN, and a field twice"),
        pytest.param('{"uri": "u", "associations": 5, "pubstatus": 7, "body_html": "%s"}', id="a state that is none"),
    ],
)  # fmt: skip
def test_what_is_odd_beside_the_text_hinders_nothing(tmp_path, content):
    (tmp_path / "a.json").write_text(content.replace("%s", ARTICLE))
    report = dedup.scan([tmp_path / "a.json", ARTICLE])
    assert report.problems == ()
    assert len(report.matches) == 1


def test_nesting_without_end_in_a_mapping_is_a_problem():
    """A file nested so deep is refused before; a mapping of Python may nest itself."""
    element = {"type": "quote", "content_elements": []}
    element["content_elements"].append(element)
    (problem,) = documents({**ANS, "content_elements": [element]})
    assert str(problem) == "input 1: nested too deep to be read; leave it out"


def test_a_file_too_large_for_the_memory_of_the_run_is_refused(tmp_path):
    (tmp_path / "large.json").write_bytes(b'[{"text": "' + b"x" * 16_000_000 + b'"}]')
    report = dedup.scan([tmp_path / "large.json", ARTICLE], memory="256MB")
    assert str(report.problems[0]).endswith(
        "large.json: JSON of more than 16 MB; write one item a line (.jsonl), part it, or allow more with --memory"
    )
    assert report.counts.documents == 1


def test_a_long_field_is_parsed_in_a_process_of_its_own(tmp_path):
    """As any long page: what stalls the parser is refused, what does not is read as ever."""
    long = HTML + "<p>" + " ".join(f"كلمة{n}" for n in range(20_000))
    item = {"uri": "u", "body_html": long}
    (tmp_path / "a.json").write_text(dump([item, {**item, "body_html": "<div>" * 200_000}, NINJS]), "utf-8")
    found = list(dedup.read.read([tmp_path / "a.json"], dedup.Settings()))
    (here,) = documents({**item, "body_html": HTML})
    assert found[0].text.startswith(here.text)
    assert [block.element for block in found[0].blocks] == [f"body_html/p[{n}]" for n in (1, 2, 3)]
    assert "nested too deep" in str(found[1])
    assert found[2].id == "urn:x:1"


# --- lines ----------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 0, 2]), st.booleans())
def test_json_is_read_as_the_standard_parser_reads_it(value, indent, escaped):
    """The same values, and each text at the line on which it was written."""
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    found = loads(text)
    assert found == json.loads(text) == value
    for placed in strings(found):
        assert json.dumps(placed, ensure_ascii=escaped) in text.split("\n")[placed.line - 1]


def strings(value):
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(inner)


@pytest.mark.parametrize(
    ("known", "item", "expected"),
    [
        pytest.param(first("a.b", "c"), {"a": [{"b": ""}, {"b": "x"}]}, "x", id="the first that is not empty"),
        pytest.param(first("a.b", "c"), {"a": 5, "c": 0}, "0", id="another path; a number"),
        pytest.param(first("a"), {"a": True}, None, id="a truth is no text"),
        pytest.param(
            in_role("main", "a", "n"),
            {"a": [{"role": "x", "n": "x"}, {"role": "main", "n": "y"}]},
            "y",
            id="that of a role",
        ),
        pytest.param(in_role("main", "a", "n"), {"a": "x"}, None, id="no list"),
        pytest.param(joined("a.n"), {"a": [{"n": "x"}, {"n": "y"}, {"n": "x"}]}, "x, y", id="each once"),
        pytest.param(unmarked(first("a")), {"a": "<b>x</b> &amp; y"}, "x & y", id="without tags"),
        pytest.param(
            utc(first("a")), {"a": "2026-03-01T10:00:00"}, "2026-03-01T10:00:00Z", id="UTC that does not say so"
        ),
        pytest.param(
            utc(first("a")), {"a": "2026-03-01T10:00:00+03:00"}, "2026-03-01T10:00:00+03:00", id="a zone stays"
        ),
        pytest.param(utc(first("a")), {"a": "0000-00-00T00:00:00"}, None, id="zeros"),
        pytest.param(
            dated("a", "b"),
            {"a": "Wed, 24 Jul 2019", "b": "2019-07-24T16:04:06+0000"},
            "2019-07-24T16:04:06+0000",
            id="a date that sorts",
        ),
        pytest.param(host(first("a")), {"a": "http://["}, None, id="no address"),
    ],
)
def test_what_is_known_is_taken_out_of_nested_fields(known, item, expected):
    assert known(item) == expected
