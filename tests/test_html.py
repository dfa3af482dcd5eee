"""The report as a page: one file, nothing from outside, nothing unescaped, right to left where the text is."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html

import dedup
from dedup import Document
from dedup.language import Language
from dedup.model import Notice, Problem, Skipped
from dedup.write import WRITERS, Style
from dedup.write.html import FRAGMENT_FINDINGS, TAG_WORDS, direction, language
from dedup.write.words import PLACES_SHOWN

SEEDS = Path(__file__).parents[1] / "seeds"

NUMBERS = "قال الوزير إن {} مدرسة جديدة ستفتح أبوابها للطلاب يوم {} في العاصمة"
ARABIC = (NUMBERS.format(741, "الأحد"), NUMBERS.format(852, "الاثنين"))
SPELLING = (
    "أكدت المتحدثة إن المدرسة الجديدة في إربد ستفتح أبوابها في الخريف",
    "اكدت المتحدثه ان المدرسه الجديده فى اربد ستفتح ابوابها في الخريف",
)
ENGLISH = (
    "The city council voted on Tuesday to repair all of the 17 old bridges across the long river in the north",
    "The city council voted on Thursday to repair all the 17 old bridges across the long river in the north soon",
)
HEBREW = ("שר החינוך אמר ביום ראשון כי בית הספר החדש ייפתח בעיר", "שר החינוך אמר ביום שני כי בית הספר החדש ייפתח בעיר")
CHINESE = (
    "国家统计局星期二公布的数据显示，今年第三季度国内生产总值同比增长百分之四",
    "国家统计局星期三公布的数据显示，今年第三季度国内生产总值同比增长百分之五",
)
PERSIAN = (
    "وزیر آموزش گفت مدرسه تازه در پاییز آینده در گرگان باز خواهد شد",
    "وزیر آموزش گفت مدرسه تازه در پاییز امسال در گرگان باز خواهد شد",
)
PAIRS = (ARABIC, SPELLING, ENGLISH, HEBREW, CHINESE, PERSIAN)
SHORT = "اقرأ أيضاً"
VARIED = [*(text for pair in PAIRS for text in pair), ARABIC[0], SHORT, SHORT]


def written(report, **style):
    return "".join(WRITERS["html"](report, Style(**style)))


def parsed(page):
    return html.document_fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8"))


def scanned(texts, **overrides):
    return dedup.scan(texts, threshold=0.75, **overrides)


@pytest.fixture(scope="module")
def varied():
    return scanned(VARIED)


def texts_of(tree):
    return [p.text_content() for p in tree.xpath("//article//p[contains(@class, 'text')]")]


# --- one file, all of the report ------------------------------------------------------------------


def test_the_page_takes_nothing_from_outside(varied):
    """No image, no font, no form, no link but within: nothing to fetch, nothing to send to, and one known script."""
    page = written(varied)
    tree = parsed(page)
    fetching = "img link iframe object embed video audio source form base svg".split()
    assert [element.tag for element in tree.iter(*fetching)] == []
    assert [name for e in tree.iter() for name in e.attrib if name in ("src", "style", "srcset", "action")] == []
    ids = set(tree.xpath("//@id"))
    assert {href[1:] for href in tree.xpath("//@href")} <= ids
    assert "url(" not in page
    assert "@import" not in page
    (script,) = tree.iter("script")
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    assert "fetch" not in script.text
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    allowed = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert policy == [allowed]
    (nothing,) = parsed(written(scanned(["x"]))).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "script" not in nothing


def test_every_paragraph_is_shown_whole(varied):
    """What the marks cut is only marked: put together again it is the paragraph."""
    tree = parsed(written(varied))
    assert [match.kind for match in varied.matches if not match.short] != []
    for match in varied.matches:
        for paragraph in (match.a, match.b):
            cells = [td.text_content() for td in tree.iter("td")] if match.short else texts_of(tree)
            assert paragraph.text in cells


def test_the_earlier_paragraph_comes_first(varied):
    tree = parsed(written(varied))
    shown = [[p.text_content() for p in article.find_class("text")] for article in tree.iter("article")]
    expected = [[match.b.text, match.a.text] for match in varied.matches if not match.short]
    assert sorted(shown) == sorted(expected)
    assert {tuple(h.text for h in article.iter("h4")) for article in tree.iter("article")} == {("first", "again")}


def test_marks_are_whole_words(varied):
    """A mark within a word would break its joined letters. Scripts without spaces have no such borders."""
    marked = 0
    for paragraph in parsed(written(varied)).find_class("text"):
        before = paragraph.text or ""
        for mark in paragraph:
            after = mark.tail or ""
            if direction(paragraph.text_content()) == "rtl":
                assert not re.search(r"\w$", before)
                assert not re.match(r"[\w\u064b-\u0652]", after)
                marked += 1
            before = after
    assert marked > 10


def test_every_mark_says_its_kind_in_words(varied):
    tree = parsed(written(varied))
    marks = [mark for paragraph in tree.find_class("text") for mark in paragraph.iter("mark")]
    assert all(mark.get("title") == TAG_WORDS[mark.get("class")] for mark in marks)
    assert {mark.get("class") for mark in marks} == {"number", "replace", "spelling", "insert", "delete"}


def test_changed_numbers_and_days_are_named():
    *facts, why = [li.text_content() for li in parsed(written(scanned(ARABIC))).find_class("facts")[0]]
    assert facts == ["changed number: first 741, again 852", "changed day: first الأحد, again الاثنين"]
    assert why == "because 86% of what each says is in the other; 1 place states another number"


def test_the_verdict_is_the_title_and_the_heading():
    tree = parsed(written(dedup.scan(SEEDS)))
    assert tree.findtext(".//title") == "BLOCK: 4 repeated paragraphs (2 near, 1 rewritten, 1 passage)"
    assert tree.find(".//h1").text_content() == "BLOCK: 4 repeated paragraphs (2 near, 1 rewritten, 1 passage)"


def test_headings_go_down_one_by_one(varied):
    levels = [int(element.tag[1]) for element in parsed(written(varied)).iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_the_page_has_its_landmarks_and_unique_ids(varied):
    tree = parsed(written(varied))
    assert [len(list(tree.iter(name))) for name in ("main", "footer", "article")] == [1, 1, 7]
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_a_score_is_cut_not_rounded():
    """Else 0.8499, which is rewritten, reads as 85.0 %, and the page and the terminal disagree."""
    (match,) = dedup.scan(ARABIC).matches
    assert round(match.score, 3) > match.score
    (heading,) = parsed(written(dedup.scan(ARABIC))).iter("h3")
    assert heading.text == f"1. near: nearly the same, {int(match.score * 1000) / 10} % alike"


def test_copies_of_one_text_are_one_finding_with_all_their_places():
    """A line that stands in 300 texts must not bury the other findings; no place is left out."""
    tree = parsed(written(dedup.scan([*[ARABIC[0]] * 301, ARABIC[1]])))
    assert len(list(tree.iter("article"))) == 2
    *_, exact = tree.iter("article")
    places = [p.text_content() for p in exact.iter("p") if p.get("class") == "place"]
    assert sorted(places) == sorted(f"{n}: paragraph 1, line 1" for n in range(1, 302))
    assert exact.findtext(".//summary") == f"in {300 - PLACES_SHOWN} more places"


def test_short_paragraphs_are_listed_apart():
    tree = parsed(written(dedup.scan([SHORT] * 3)))
    assert tree.find(".//h1").text_content() == "PASS: no repeated paragraphs"
    assert (
        tree.findtext(".//section[@class='aside']//summary")
        == "2 short paragraphs (under 8 words) repeated; they do not count"
    )
    assert [td.text_content().split() for td in tree.iter("td")] == [
        SHORT.split(),
        "1: paragraph 1, line 1".split(),
        "2: paragraph 1, line 1 3: paragraph 1, line 1".split(),
    ]


def test_what_was_not_read_is_on_the_page(tmp_path):
    """A page that keeps silent on a missing file would be a lie."""
    (tmp_path / "binary.txt").write_bytes(b"\0\1\2\3" * 9)
    (tmp_path / "old.txt").write_bytes(SPELLING[0].encode("cp1256"))
    report = dedup.scan([tmp_path, tmp_path / "missing.txt", {"id": "7"}])
    tree = parsed(written(report))
    assert tree.find(".//h1").text_content() == "WARN: no repeated paragraphs; 2 problems, not all was read"
    listed = [li.text_content() for li in tree.iter("li")]
    assert listed == [
        *map(str, report.problems),
        *(f"{skipped.path}: {skipped.reason}" for skipped in report.skipped),
        *report.notices,
    ]
    assert len(listed) == 4


# --- direction and language -----------------------------------------------------------------------


def test_texts_and_names_carry_their_direction(varied):
    """Text of a user decides its own direction and is kept from deciding that of others."""
    tree = parsed(written(varied))
    assert tree.getroottree().getroot().get("lang") == "en"
    assert {p.get("dir") for p in tree.find_class("text")} == {"auto"}
    assert all(bdi.get("dir") in ("auto", "ltr") for bdi in tree.iter("bdi"))
    for place in tree.find_class("place"):
        if place.tag == "p":
            assert place.xpath("./bdi[@dir='ltr']/bdi[@dir='auto']")


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (ARABIC, ("rtl", "ar")),
        (HEBREW, ("rtl", "")),
        (PERSIAN, ("rtl", "")),
        (ENGLISH, ("ltr", "")),
        (CHINESE, ("ltr", "")),
    ],
    ids=["Arabic", "Hebrew", "Persian is not read as Arabic", "English", "Chinese"],
)
def test_a_pair_has_the_direction_of_its_text(pair, expected):
    tree = parsed(written(scanned(pair)))
    assert [div.get("dir") for div in tree.find_class("pair")] == [expected[0]]
    assert {p.get("lang") for p in tree.find_class("text")} == {expected[1]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "ltr"),
        ("12 (5)", "ltr"),
        ("12 مدرسة in Amman", "rtl"),
        ("«القمة» C5+1", "rtl"),
        ("C5+1 القمة", "ltr"),
        ("\u200fC5+1", "rtl"),
        ("١٢ schools", "ltr"),
    ],
)
def test_direction_is_that_of_the_first_strong_character(text, expected):
    """As HTML's `dir="auto"` has it: digits and punctuation decide nothing."""
    assert direction(text) == expected


def test_language_is_named_only_where_it_is_known():
    assert [language(text) for text in ("قال", "12 مدرسة", "گفت", "Amman عمان", "", "שלום", "ܫܠܡܐ")] == [
        "ar",
        "ar",
        *[""] * 5,
    ]


# --- nothing unescaped ----------------------------------------------------------------------------

PAYLOADS = [
    "<script>alert(1)</script>",
    "</p><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script/src=data:,alert(1)>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src/onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "` onerror=`alert(1)",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<iframe src=javascript:alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<base href='https://example.org/'>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<object data=data:text/html,<script>alert(1)</script>>",
    "<!--><img src=x onerror=alert(1)>-->",
    "--><script>alert(1)</script><!--",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#x3c;/script>",
    "{{ 7 * 7 }}{% for x in y %}{# z #}",
    "{{ ''.__class__.__mro__ }}",
    "${alert(1)} #{alert(1)} <%= 1 %>",
    "</bdi></p></article></main></body></html><script>alert(1)</script>",
    "<\u202escript>alert(1)</script>",
    "<\x00script>alert(1)</\x00script>",
    "\ud83c<script>alert(1)</script>\udf00",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
]
HARMLESS = "an ordinary name"


def hostile(payload):
    """Return a report that holds `payload` in every field that comes from outside."""
    texts = [f"{payload} {text} {payload}" for text in ARABIC]
    documents = [
        Document(payload, f"{texts[0]}\n\n{payload}", payload),
        Document(f"{payload}2", f"{texts[1]}\n\n{payload}", f"{payload}.jsonl", row=3),
    ]
    rows = [
        {"id": f"{payload}3", "text": texts[0]},
        {payload: "no text"},
        Path("no-such-folder") / payload.replace("\0", ""),
    ]
    report = scanned([*documents, *rows], paragraphs="blank")
    changes = {
        "matches": tuple(_with_element(match, payload) for match in report.matches),
        "problems": (*report.problems, Problem(payload, payload, payload)),
        "skipped": (*report.skipped, Skipped(payload, payload)),
        "notices": (*report.notices, str(Notice(payload, payload))),
    }
    return replace(report, **changes)


def _with_element(match, payload):
    return replace(match, a=replace(match.a, element=payload))


def elements(tree):
    """Return what a page is made of, without its text: each element with its attributes."""
    return {(element.tag, *sorted(element.attrib)) for element in tree.iter() if isinstance(element.tag, str)}


def attributes(tree):
    """Return the values of the attributes that the template fills, whatever number stands in those of its own."""
    own = ("id", "href", "aria-label", "data-words", "data-spelling")
    return {
        (name, re.sub(r"\d+", "0", value) if name in own else value)
        for element in tree.iter()
        for name, value in element.attrib.items()
        if element.tag != "meta"
    }


def cleaned(text):
    """Return text as the page may hold it."""
    text = re.sub("[\x00\ud800-\udfff]", "\ufffd", text)
    return re.sub("[\u202a-\u202e\u2066-\u2069]", "", text)


@pytest.mark.parametrize("make", [written, lambda report: report._repr_html_()], ids=["page", "fragment"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_field_adds_an_element_or_an_attribute(payload, make):
    """Parsed back, a hostile report has the elements of a harmless one, and the payload is text."""
    ordinary, tree = parsed(make(hostile(HARMLESS))), parsed(make(hostile(payload)))
    assert elements(tree) <= elements(ordinary) | {("mark", "class", "title")}
    allowed = {("class", tag) for tag in (*TAG_WORDS, "outside", "ignored", "also", "part")} | {
        ("title", word) for word in TAG_WORDS.values()
    }
    assert attributes(tree) <= attributes(ordinary) | allowed | {("dir", "ltr"), ("lang", "")}
    assert [node for node in tree.iter() if not isinstance(node.tag, str)] == [], "no comments, no instructions"
    assert tree.text_content().count(cleaned(payload)) >= 15


def test_the_payloads_are_seen_where_nothing_escapes(monkeypatch):
    """Break it once: without escaping, most payloads do add elements. Else the test above could not fail."""
    from dedup.write.html import _environment

    ordinary = elements(parsed(written(hostile(HARMLESS)))) | {("mark", "class", "title")}
    monkeypatch.setattr(_environment(), "autoescape", False)
    _environment().cache.clear()
    try:
        found = [payload for payload in PAYLOADS if not elements(parsed(written(hostile(payload)))) <= ordinary]
    finally:
        _environment().cache.clear()
    assert len(found) > len(PAYLOADS) / 3


def test_rows_of_a_file_are_escaped_like_all_else(tmp_path):
    """From bytes to the page: ids and field names of JSON lines, and the messages on them."""
    path = tmp_path / "news.jsonl"
    rows = [{"id": payload, "text": text} for payload, text in zip(PAYLOADS, ARABIC, strict=False)]
    rows += [{payload: 1} for payload in PAYLOADS]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    report = scanned(path)
    assert len(report.problems) == len(PAYLOADS)
    tree = parsed(written(report))
    assert not list(tree.iter("img", "svg", "iframe", "form"))
    text = tree.text_content()
    assert all(cleaned(problem.finding) in text for problem in report.problems)


def test_a_lone_surrogate_and_controls_become_visible_not_invalid():
    """The page can be encoded, and holds no character that HTML forbids or that reorders its surroundings."""
    evil = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xD800)))
    text = NUMBERS.format(f"12{evil}3", "الأحد")
    page = written(dedup.scan([text, text], paragraphs="blank"))
    page.encode()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    assert "12\ufffd" in page


# --- redacted, and a fragment ---------------------------------------------------------------------


def test_redacted_has_no_word_of_an_article(varied):
    """Only places are left: no text, no number that changed, no name of a day, and no mark."""
    page = written(varied, redact=True)
    words = {word for text in VARIED for word in re.findall(r"[^\W\u4e00-\u9fff]{4,}", text)} | {"741", "852"}
    visible = parsed(page).find(".//main").text_content()
    assert {word for word in words if word in written(varied)} == words
    assert {word for word in words if word in visible} == set()
    assert not re.search("[\u0590-\u06ff\u4e00-\u9fff]", page)
    tree = parsed(page)
    assert len(list(tree.iter("article"))) == 7
    assert not list(tree.iter("mark"))


def selectors(css):
    """Return the selectors of all rules, those within @media too."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    preludes = re.findall(r"([^{};]+)\{", css)
    return [one.strip() for prelude in preludes if not prelude.strip().startswith("@") for one in prelude.split(",")]


def test_a_fragment_keeps_its_style_to_itself(varied):
    """In a notebook it stands in somebody else's page: a style and a division, nothing of a whole page."""
    fragment = varied._repr_html_()
    assert not re.search(r"<(html|head|body|title|meta|main|!doctype|script)\b", fragment, re.IGNORECASE)
    style, division = html.fragments_fromstring(fragment)
    assert (style.tag, division.tag, division.get("class")) == ("style", "div", "dedup")
    assert division.xpath(".//@id") == [], "two reports in a notebook would have the same ids"
    found = selectors(style.text)
    assert len(found) > 30
    assert [one for one in found if not re.match(r"(body)?\.dedup(?![\w-])", one)] == []
    at_rules = set(re.findall(r"@[\w-]+", style.text))
    assert at_rules == {"@media"}


def test_a_fragment_shows_what_the_page_shows(varied):
    (_, division), page = html.fragments_fromstring(varied._repr_html_()), parsed(written(varied))
    for link in page.find_class("here"):
        link.drop_tree()
    cards = [[article.text_content() for article in tree.iter("article")] for tree in (division, page)]
    assert cards[0] == cards[1]
    assert division.find(".//header").text_content() == page.find(".//header").text_content()


def test_a_fragment_of_many_findings_says_what_it_leaves_out():
    texts = [NUMBERS.format(number, "الأحد") for number in range(12)]
    report = dedup.scan(texts)
    assert len(report.matches) == 66
    _, division = html.fragments_fromstring(report._repr_html_())
    assert len(list(division.iter("article"))) == FRAGMENT_FINDINGS == 50
    assert "and 16 more findings" in division.text_content()
    assert len(list(parsed(written(report)).iter("article"))) == 66


# --- in a browser ---------------------------------------------------------------------------------

LONG = f"{'ط' * 400} {NUMBERS}"


@pytest.fixture
def load(browser, tmp_path):
    """Return a function that opens a page as a file; at the end nothing may have happened but that."""
    contexts, events = [], []

    def opened(text, width=1200, media=None, **options):
        path = tmp_path / f"{len(contexts)}.html"
        path.write_text(text, "utf-8")
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: events.append(request.url) if request.url != path.as_uri() else None)
        page.on("dialog", lambda dialog: (events.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda message: events.append(f"console {message.text}"))
        page.on("pageerror", lambda error: events.append(f"error {error}"))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert events == []


@pytest.mark.parametrize("javascript", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_hostile_report_is_only_read(load, javascript):
    """No request, no dialog, no word on the console (see `load`); all of it is there as text."""
    texts = [f"{''.join(PAYLOADS)} {text}" for text in ARABIC]
    documents = [Document("".join(PAYLOADS), text, "".join(PAYLOADS)) for text in texts]
    page = load(written(scanned(documents, paragraphs="blank")), java_script_enabled=javascript)
    page.mouse.move(300, 300)
    page.wait_for_timeout(100)
    assert page.locator("img, svg, iframe, form, a:not([href^='#f']), body body").count() == 0
    assert page.locator("article .text").count() == 2
    shown = page.locator("article .text").first.text_content()
    assert all(cleaned(payload) in shown for payload in PAYLOADS)
    assert page.title() == "BLOCK: 1 repeated paragraph (1 near)"


def test_the_recorder_sees_what_a_page_does(browser, tmp_path):
    """Break it once: a page that asks, talks and fetches is caught by the same listeners."""
    seen = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: seen.append(request.url[:5]))
        page.on("dialog", lambda dialog: (seen.append("dialog"), dialog.dismiss()))
        page.on("console", lambda message: seen.append("console"))
        path = tmp_path / "bad.html"
        path.write_text("<img src='data:,x'><link rel=stylesheet href=x.css><script>console.log(1);alert(1)</script>")
        page.goto(path.as_uri())
    assert {"file:", "dialog", "console"} <= set(seen)
    assert seen.count("file:") == 2


@pytest.fixture
def varied_page(load, varied):
    return load(written(varied), java_script_enabled=False)


def boxes(locator):
    return [one.bounding_box() for one in locator.all()]


@pytest.mark.parametrize(
    ("name", "right_to_left"), [("قال الوزير", True), ("שר החינוך", True), ("city council", False)]
)
def test_the_earlier_paragraph_stands_where_the_eye_begins(varied_page, name, right_to_left):
    """Side by side; the first column of Arabic and Hebrew is the right one."""
    article = varied_page.locator("article", has_text=name).last
    first, again = boxes(article.locator(".side"))
    assert first["y"] == again["y"]
    assert (first["x"] > again["x"]) is right_to_left
    assert abs(first["x"] - again["x"]) >= min(first["width"], again["width"]) - 2, "beside, not over each other"
    directions = article.locator(".text").evaluate_all("all => all.map(p => getComputedStyle(p).direction)")
    assert directions == ["rtl" if right_to_left else "ltr"] * 2


def test_a_paragraph_that_begins_with_a_mark_keeps_its_direction(load):
    """The words that a mark says to a screen reader are English: they must not count for `dir=auto`."""
    first, again = (ARABIC[0].replace("قال", word) for word in ("صرح", "أعلن"))
    page = load(written(scanned([first, again])))
    assert page.locator("article .text").first.evaluate("p => p.firstElementChild === p.firstChild")
    assert page.locator("article .text").evaluate_all("all => all.map(p => getComputedStyle(p).direction)") == [
        "rtl",
        "rtl",
    ]


def test_on_a_telephone_the_sides_stand_one_above_the_other(load, varied):
    page = load(written(varied), width=360)
    for article in page.locator("article").all():
        first, again = boxes(article.locator(".side"))
        assert first["y"] + first["height"] <= again["y"] + 1
        assert first["x"] == again["x"]


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_is_wider_than_the_screen(load, width):
    """Words and names without a space are broken: nothing is cut off, nothing has to be scrolled."""
    documents = [Document(f"{'n' * 300}{n}", LONG.format(n, "الأحد"), "p" * 300, row=n) for n in (1, 2)]
    documents += [Document(f"{'m' * 300}{n}", SHORT, None) for n in (1, 2)]
    page = load(written(dedup.scan([*documents, {"id": 1}, Path("x" * 200), *PAYLOADS * 2])), width=width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    assert page.locator("article, .side, .text, td, li").evaluate_all(cut) == []


def test_marks_are_visible_and_cover_no_letters(varied_page):
    """An opaque ground and a line of its own kind; no mark reaches into the line above or below."""
    script = """all => all.map(mark => {
        const style = getComputedStyle(mark), text = getComputedStyle(mark.parentElement);
        return {ground: style.backgroundColor, line: style.textDecorationLine, kind: style.textDecorationStyle,
                place: style.textUnderlinePosition,
                spacing: style.letterSpacing, border: style.borderInlineStartWidth, padding: style.paddingInlineStart,
                name: mark.className, rtl: text.direction === 'rtl', height: parseFloat(text.lineHeight),
                boxes: [...mark.getClientRects()].map(box => [box.width, box.height])};
    })"""
    marks = varied_page.locator("article .text mark").evaluate_all(script)
    assert len(marks) > 10
    for mark in marks:
        assert re.fullmatch(r"rgb\(\d+, \d+, \d+\)", mark["ground"]), "opaque"
        assert mark["ground"] != "rgb(255, 255, 255)"
        assert mark["line"] == "underline"
        assert mark["place"] == "under", "a line on the dots of في would make it فى"
        assert mark["kind"] == {"number": "double", "spelling": "dotted"}.get(mark["name"], "solid")
        assert (mark["spacing"], mark["border"], mark["padding"]) == ("normal", "0px", "0px")
        for width, height in mark["boxes"]:
            assert width > 2
            assert 10 < height <= mark["height"]


def test_a_screen_reader_is_told_what_a_mark_means(load, varied):
    page = load(written(varied))
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    read = " ".join(
        node["name"]["value"] for node in tree["nodes"] if node.get("role", {}).get("value") == "StaticText"
    )
    for words in ("other number", "other words", "other spelling", "only here"):
        assert f"[{words}:" in read


def test_what_is_said_to_a_screen_reader_moves_no_letter(load, varied):
    """The hidden words stand within right-to-left text; the picture is the same without them."""
    page = load(written(varied))
    before = page.screenshot(full_page=True)
    page.add_style_tag(content=".dedup .text mark::before, .dedup .text mark::after { content: none !important }")
    assert page.screenshot(full_page=True) == before


_COLORS = """() => [...document.querySelectorAll('.dedup, .dedup *')].filter(
    e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
        let ground = e;
        while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
        return [getComputedStyle(e).color, getComputedStyle(ground).backgroundColor, e.outerHTML.slice(0, 60)];
    })"""


def luminance(color):
    channels = [int(value) / 255 for value in re.findall(r"\d+", color)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """WCAG 2.2, contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "texts", [VARIED, [*ARABIC, {"id": 1}], [SHORT], ["x y"]], ids=["block", "problems", "pass", "x"]
)
def test_all_text_can_be_read(load, scheme, texts):
    """WCAG 1.4.3: a contrast of 4.5 to 1, in the light and in the dark."""
    found = load(written(scanned(texts)), color_scheme=scheme).evaluate(_COLORS)
    assert len(found) > 3
    assert [one for one in found if contrast(one[0], one[1]) < 4.5] == []
    dark = luminance(found[0][1]) < 0.1
    assert dark is (scheme == "dark")


def test_a_warning_can_be_read(load):
    page = load(written(dedup.scan(SEEDS, fail_on="exact")), color_scheme="dark")
    assert page.locator(".verdict.warn").text_content() == "WARN"
    assert [one for one in page.evaluate(_COLORS) if contrast(one[0], one[1]) < 4.5] == []


def test_print_is_dark_on_white_with_its_marks(load, varied):
    """Also from a dark screen; a printer that leaves grounds out still has the lines."""
    page = load(written(varied), color_scheme="dark")
    page.emulate_media(media="print")
    found = page.evaluate(_COLORS)
    assert {ground for _, ground, html in found if not html.startswith("<mark")} <= {
        "rgb(255, 255, 255)",
        "rgb(244, 245, 247)",
    }
    assert [one for one in found if contrast(one[0], one[1]) < 4.5] == []


def test_a_fragment_leaves_the_page_around_it_alone(load, varied):
    """The colours and fonts of a notebook stay, before the report and after it."""
    around = (
        "<h1>h</h1><p>p</p><mark>m</mark><table><tr><td>t</td></tr></table><details><summary>s</summary>d</details>"
    )
    script = """() => [...document.querySelectorAll('body > :not(.dedup):not(.dedup *):not(style)')].map(e => {
        const style = getComputedStyle(e);
        return [e.tagName, style.color, style.backgroundColor, style.font, style.margin, style.direction];
    })"""
    without = load(f"<body>{around}{around}</body>").evaluate(script)
    beside = load(f"<body>{around}{varied._repr_html_()}{around}</body>").evaluate(script)
    assert beside == without
    assert len(beside) == 10


# --- sources, whole texts, toggles and keys -------------------------------------------------------

STORED = {
    "id": "wire/1",
    "text": f"{ARABIC[0]}\n\n{SPELLING[0]}",
    "date": "2026-03-01T10:00:00+03:00",
    "outlet": "الميناء",
    "title": "مدارس جديدة",
    "url": "https://example.org/1",
}
DRAFT = f"{SPELLING[1]}\n\n{ARABIC[1]}\n\nوهذه فقرة جديدة لا تكرر شيئا مما نشر من قبل في أي صحيفة"


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    with dedup.Archive.create(tmp_path_factory.mktemp("page") / "news.db") as archive:
        archive.add(STORED)
        return archive.check(DRAFT, threshold=0.75)


def test_a_draft_is_shown_whole_with_its_findings_numbered_and_its_sources_with_their_share(checked):
    """Every paragraph as read; each number leads to its pair; changed numbers come first, and the draft before."""
    tree = parsed(written(checked))
    (whole,) = tree.find_class("whole")
    assert [p.text_content() for p in whole.find_class("text")] == DRAFT.split("\n\n")
    assert [a.get("href") for a in whole.iter("a")] == ["#f2", "#f1"]
    first, second = tree.iter("article")
    assert (first.get("id"), first.find_class("text")[0].text_content()) == ("f1", ARABIC[1])
    assert "changed number" in first.text_content()
    assert [h.text for h in second.iter("h4")] == ["in the draft", "published before"]
    (source,) = tree.find_class("sources")[0].iter("li")
    repeated = sum(match.a.words for match in checked.matches)
    share = int(repeated / checked.counts.words * 1000) / 10
    assert f"{repeated} words, {share} % of all" in source.text_content()
    assert "2026-03-01T10:00:00+03:00" in source.text_content()
    assert source.xpath(".//a/@href") == ["https://example.org/1", "#f1", "#f2"]


def test_of_many_documents_no_whole_text_is_shown_and_the_page_says_so():
    tree = parsed(written(dedup.scan([*ARABIC * 6])))
    assert not tree.find_class("whole")
    assert "Whole texts are shown of a few documents only." in tree.text_content()


def test_toggles_hide_and_keys_lead_from_finding_to_finding(load, checked):
    page = load(written(checked))
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "f1"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    arabic_keyboard = "{key: 'ت', code: 'KeyJ', bubbles: true}"
    page.evaluate(f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {arabic_keyboard}))")
    assert page.evaluate("document.activeElement.id") == "f2"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "f1"
    page.locator("#spelling").uncheck()
    assert page.locator("article:visible").count() == 1
    assert page.locator("#status").text_content() == "1 of 2 findings are shown."
    page.locator("#spelling").check()
    page.locator("#least").fill("99")
    assert page.locator("article:visible").count() == 0


def test_without_a_script_all_is_there_and_no_toggle_promises_anything(load, checked):
    page = load(written(checked), java_script_enabled=False)
    assert page.locator("article:visible").count() == 2
    assert not page.locator("#tools").is_visible()
    page.locator(".whole a.number").first.click()
    assert page.url.endswith("#f2")


ARABIC_PAGE = Language("ar", "arabic")


def test_the_page_is_arabic_as_a_whole_where_that_is_asked_for(checked):
    """Direction, verdict, labels and numbers; quoted text keeps its digits, and no word of English is left."""
    page = written(checked, lang=ARABIC_PAGE)
    tree = parsed(page)
    root = tree.getroottree().getroot()
    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    (whole,) = tree.find_class("whole")
    assert [p.text_content() for p in whole.find_class("text")] == DRAFT.split("\n\n")
    assert [a.text for a in whole.find_class("number")] == ["٢", "١"]
    for gone in (*tree.find_class("text"), *tree.iter("bdi", "script", "style", "footer")):
        gone.drop_tree()
    said = tree.find(".//main").text_content()
    said += " ".join(tree.xpath("//main//@title | //main//@aria-label | //main//@data-shown | //main//@data-copied"))
    left = set(re.findall("[A-Za-z]{2,}", said)) - {"ar", "archive", "blank", "all"}
    assert left == set()


@pytest.mark.parametrize("lang", [Language("en"), ARABIC_PAGE], ids=["English", "Arabic"])
def test_axe_finds_nothing_serious(browser, tmp_path, checked, varied, lang):
    """The rules of axe-core, on a draft and on a scan with all kinds of findings, everything opened.

    In the dark those of colour alone: nothing else changes there.
    """
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    for report in (checked, varied):
        with browser.new_context(bypass_csp=True) as context:
            page = context.new_page()
            (tmp_path / "page.html").write_text(written(report, lang=lang, templates=True), "utf-8")
            page.goto((tmp_path / "page.html").as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            page.add_script_tag(content=axe)
            light = page.evaluate("axe.run()")
            page.emulate_media(color_scheme="dark")
            dark = page.evaluate("axe.run({runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}})")
        assert (len(light["passes"]) > 20, len(dark["passes"]) > 0) == (True, True)
        found = (*light["violations"], *dark["violations"])
        grave = [each for each in found if each["impact"] in ("serious", "critical")]
        assert [(each["id"], each["nodes"][0]["html"]) for each in grave] == []
