"""NewsML-G2, NITF and XHTML: whatever the prefix, the encoding and the agency, one text an item, and nothing unsaid.

The shapes are those of IPTC's guideline listings 1, 2, 6, 24 and 25 (iptc/newsml-g2), of messages of ANSA, dpa and STT,
and of NITF of AP, EFE and NTB (superdesk/superdesk-core, tests/io/fixtures); all text is our own.
"""

from pathlib import Path

import pytest
from conftest import ARTICLE, GOOD, MARKER, OTHER, REPEATED

from dedup import Document
from dedup.read import read
from dedup.settings import Settings

NAR = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
NITF = 'xmlns="http://iptc.org/std/NITF/2006-10-18/"'

MESSAGE = """<?xml version="1.0" encoding="UTF-8"?>
<n:newsMessage xmlns:n="http://iptc.org/std/nar/2006-10-01/" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:o="urn:other">
  <n:header><n:sent>2026-03-01T10:41:00+01:00</n:sent><n:sender>agency.example</n:sender></n:header>
  <n:itemSet>
    <n:packageItem guid="urn:package"><n:itemMeta/></n:packageItem>
    <n:newsItem guid="urn:newsml:agency.example:20260301:1" version="3" standard="NewsML-G2" xml:lang="en">
      <n:itemMeta>
        <n:itemClass qcode="ninat:text"/>
        <n:provider qcode="nprov:AG"><n:name>وكالة المثال</n:name></n:provider>
        <n:versionCreated>2026-03-01T10:41:00+01:00</n:versionCreated>
        <n:firstCreated>2026-02-28T22:00:00Z</n:firstCreated>
        <n:pubStatus qcode="stat:usable"/>
      </n:itemMeta>
      <n:contentMeta>
        <n:contentCreated>2026-02-28T21:00:00Z</n:contentCreated>
        <n:creator uri="http://agency.example/staff/1"><n:name>ليلى الحمداني</n:name></n:creator>
        <n:language tag="ar"/>
        <o:headline>عنوان من مجال آخر</o:headline>
        <n:headline> مكتبة جديدة
          في الحي </n:headline>
        <n:headline role="hld:subHeadline">عنوان فرعي</n:headline>
      </n:contentMeta>
      <n:contentSet>
        <n:inlineXML contenttype="application/xhtml+xml"><h:html><h:head><h:title>لا</h:title></h:head><h:body>
          <h:h2>الأول</h:h2><h:p/>
          <h:p>الثاني <h:em>كله</h:em></h:p>
        </h:body></h:html></n:inlineXML>
      </n:contentSet>
    </n:newsItem>
    <n:newsItem guid="urn:newsml:agency.example:20260301:2" version="1" xml:lang="ar-SA">
      <n:itemMeta><n:provider literal="agency.example"/><n:pubStatus qcode="stat:usable"/></n:itemMeta>
      <n:contentSet><n:inlineData contenttype="text/plain">ثالث

رابع</n:inlineData></n:contentSet>
    </n:newsItem>
  </n:itemSet>
</n:newsMessage>
"""

STORY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "http://www.iptc.org/std/NITF/3.4/specification/dtd/nitf-3-4.dtd">
<nitf version="-//IPTC//DTD NITF 3.4//EN" change.date="October 18, 2006" baselang="ar">
  <head>
    <title>عنوان الملف</title>
    <docdata management-status="usable">
      <doc-id id-string="22751909" regsrc="AG"/>
      <du-key key="library" version="48"/>
      <date.issue norm="20260302T222800+0300"/>
      <doc.copyright holder="وكالة المثال" year="2026"/>
    </docdata>
  </head>
  <body>
    <body.head>
      <hedline><hl1>عنوان الخبر</hl1><hl2>عنوان فرعي</hl2></hedline>
      <byline>كتبت <person>ليلى الحمداني</person><byttl>مراسلة</byttl></byline>
      <abstract><p>لا</p></abstract>
    </body.head>
    <body.content>
      <block id="Main">
        <p lead="true">الأول في <location>رأس الوادي <country>تونس</country></location> مع <num>17</num>&nbsp;عائلة</p>
        <hl2>عنوان داخلي</hl2>
        <p/>
        <ul><li>بند</li>
        <li>بند آخر</li></ul>
        <bq><block><p>اقتباس</p></block><credit>صاحبه</credit></bq>
      </block>
      <table><tr><th>رأس</th><td>خانة</td></tr></table>
      <media media-type="image">
        <media-reference mime-type="image/jpeg" source="a.jpg">لا</media-reference>
        <media-caption>صورة المكتبة</media-caption>
      </media>
      <pre>سطر
سطر ثان</pre>
    </body.content>
    <body.end><tagline>لا</tagline></body.end>
  </body>
</nitf>
"""


def item(content, status="stat:usable", attributes=NAR):
    """A news item with its contentSet."""
    return (
        f'<newsItem {attributes} guid="urn:1" version="1"><itemMeta><pubStatus qcode="{status}"/></itemMeta>'
        f"<contentSet>{content}</contentSet></newsItem>"
    )


def inline(xml, contenttype="application/xhtml+xml"):
    return f'<inlineXML contenttype="{contenttype}">{xml}</inlineXML>'


def plain(text, contenttype="text/plain"):
    return f'<inlineData contenttype="{contenttype}">{text}</inlineData>'


@pytest.fixture
def items(folder, put, monkeypatch):
    """What reading a file yields: documents, and what is said."""
    monkeypatch.chdir(folder)

    def read_items(content, name="feed.xml", **settings):
        found = list(read(Path(put(name, content)), Settings(**settings)))
        return [one for one in found if isinstance(one, Document)], [
            one for one in found if not isinstance(one, Document)
        ]

    return read_items


def blocks(document):
    return [(document.text[b.start : b.end], b.line, b.element) for b in document.blocks]


# --- NewsML-G2 ------------------------------------------------------------------------------------


def test_each_item_of_a_message_is_a_document(items):
    """With its guid as id; the line is that of the file, and blocks that are empty are none."""
    (first, second), (package,) = items(MESSAGE)
    assert blocks(first) == [("الأول", 25, "h2[1]"), ("الثاني كله", 26, "p[1]")]
    assert blocks(second) == [("ثالث", 32, "inlineData[1]"), ("رابع", 34, "inlineData[2]")]
    assert [first.id, second.id] == [f"urn:newsml:agency.example:20260301:{n}" for n in (1, 2)]
    assert str(package) == "feed.xml:5: packageItem urn:package has no text of its own; left out"


def test_what_an_item_says_of_itself_is_kept(items):
    """The headline is the first of its own namespace, the date that of its first version, the language that of the text."""
    (first, second), _ = items(MESSAGE)
    assert first.article.to_dict() == {
        "version": "3",
        "title": "مكتبة جديدة في الحي",
        "url": None,
        "outlet": "وكالة المثال",
        "author": "ليلى الحمداني",
        "date": "2026-02-28T22:00:00Z",
        "language": "ar",
    }
    known = {name: value for name, value in second.article.to_dict().items() if value is not None}
    assert known == {"version": "1", "outlet": "agency.example", "language": "ar-SA"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(inline(f"<html {XHTML}><body><p>أ</p><p>ب</p></body></html>"), ["p[1]", "p[2]"], id="XHTML"),
        pytest.param(
            inline("<html><body><p>أ</p><p>ب</p></body></html>"), ["p[1]", "p[2]"], id="in NewsML's namespace"
        ),
        pytest.param(inline(f"<div {XHTML}><p>أ</p>ب</div>"), ["p[1]", "div[1]"], id="a fragment"),
        pytest.param(inline(f"<p {XHTML}>أ</p><p {XHTML}>ب</p>"), ["p[1]", "p[2]"], id="paragraphs alone"),
        pytest.param(
            inline(f"<nitf {NITF}><body><body.content><p>أ</p><hl2>ب</hl2></body.content></body></nitf>"),
            ["p[1]", "hl2[1]"],
            id="NITF",
        ),
        pytest.param(
            plain("&lt;p&gt;أ&lt;/p&gt;&lt;p&gt;ب&lt;/p&gt;", "text/html"),
            ["inlineData/p[1]", "inlineData/p[2]"],
            id="HTML with its signs escaped",
        ),
        pytest.param(
            plain("<![CDATA[\n<p>أ</p><p>ب</p>]]>"), ["inlineData/p[1]", "inlineData/p[2]"], id="HTML called plain text"
        ),
        pytest.param(plain("أ\n\nب"), ["inlineData[1]", "inlineData[2]"], id="plain text"),
    ],
)
def test_every_kind_of_body_is_read(items, content, expected):
    ((document,), said) = items(item(content))
    assert [(text, element) for text, _, element in blocks(document)] == list(zip("أب", expected, strict=True))
    assert said == []


@pytest.mark.parametrize("reverse", [False, True], ids=["as they stand", "the other way round"])
def test_one_body_an_item_is_read(items, reverse):
    """All that a contentSet holds is one text: read twice, each paragraph would be its own duplicate."""
    bodies = [plain("نص"), plain("&lt;p&gt;نص", "text/html"), inline(f"<p {XHTML}>نص</p>")]
    ((document,), (said,)) = items(item("".join(reversed(bodies) if reverse else bodies)))
    assert blocks(document) == [("نص", 1, "p[1]")]
    assert str(said).startswith("feed.xml:1: urn:1: 2 more of the same text not compared (inlineData text/")


@pytest.mark.parametrize(
    "better",
    [
        pytest.param(plain("&lt;p&gt;نص&lt;/p&gt;", "text/html"), id="HTML"),
        pytest.param(inline(f"<p {XHTML}>نص</p>"), id="XHTML"),
    ],
)
def test_a_body_that_tells_its_paragraphs_comes_before_plain_text(items, better):
    ((document,), _) = items(item(inline("<sports-content/>") + plain("نص") + better))
    assert blocks(document)[0][2].endswith("p[1]")


def test_a_body_without_text_gives_way_to_one_with(items):
    ((document,), _) = items(item(inline(f"<html {XHTML}><body><p/></body></html>") + plain("نص")))
    assert document.text == "نص"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            '<remoteContent contenttype="image/jpeg" href="http://agency.example/1.jpg"/>',
            "its content lies elsewhere (image/jpeg); not fetched",
            id="a picture",
        ),
        pytest.param(
            inline("<sports-content/>"), "its content is <sports-content>, which is not read", id="results of matches"
        ),
        pytest.param("", "no text in it", id="nothing"),
    ],
)
def test_an_item_without_text_is_said(items, content, said):
    ((), (notice,)) = items(item(content))
    assert str(notice) == f"feed.xml:1: urn:1: {said}"


@pytest.mark.parametrize("status", ["stat:canceled", "http://cv.iptc.org/newscodes/pubstatusg2/canceled"])
def test_a_canceled_item_is_left_out_and_said(items, status):
    """It was taken down: nobody may be told to look there for an original."""
    ((), (notice,)) = items(item(plain("نص"), status))
    assert str(notice) == "feed.xml:1: urn:1 is canceled; left out"


def test_a_withheld_item_is_compared_and_said(items):
    """It is a draft: the time to find what it repeats is before it goes out."""
    ((document,), (notice,)) = items(item(plain("نص"), "stat:withheld"))
    assert (document.text, str(notice)) == ("نص", "feed.xml:1: urn:1 is withheld; compared all the same")


def test_an_archive_knows_an_item_by_its_guid_and_version(run, put):
    """The correction of an item is not its own duplicate; another item that repeats it is."""
    put("feed.xml", MESSAGE.replace("الثاني", ARTICLE))
    assert run("archive", "create", "--archive", "news.db").code == 0
    assert run("archive", "add", "feed.xml", "--archive", "news.db").code == 0
    again = MESSAGE.replace("الثاني", REPEATED).replace('version="3"', 'version="4"')
    same = run("check", put("again.xml", again), "--archive", "news.db", "-f", "json")
    assert (same.code, same.json["findings"]) == (0, [])
    other = run("check", put("other.xml", again.replace(':1" ', ':9" ')), "--archive", "news.db", "-f", "json")
    (near,) = [finding for finding in other.json["findings"] if finding["kind"] == "near"]
    assert near["b"]["doc"] == "urn:newsml:agency.example:20260301:1"
    assert near["b"]["article"]["date"].startswith("2026-02-28T")


# --- NITF -----------------------------------------------------------------------------------------


def test_an_item_names_what_it_was_made_of(items):
    """By `residref`, as IPTC has it, or by the address that is the guid, as TT writes it; other links say nothing."""
    links = (
        '<link rel="irel:previousVersion" residref="urn:0"/><link rel="irel:evolvedFrom" href="http://tt.example/2"/>'
        '<link rel="irel:seeAlso" residref="urn:3"/><link rel="irel:previousVersion" residref="urn:1"/>'
    )
    (document,), _ = items(item(plain(OTHER)).replace("</itemMeta>", f"{links}</itemMeta>"))
    assert document.story == ("urn:0", "http://tt.example/2")


def test_nitf_blocks_are_paragraphs(items):
    """Those of the body alone; names and numbers are words of a sentence, references to pictures are not read."""
    ((document,), said) = items(STORY)
    assert blocks(document) == [
        ("الأول في رأس الوادي تونس مع 17\u00a0عائلة", 21, "p[1]"),
        ("عنوان داخلي", 22, "hl2[1]"),
        ("بند", 24, "li[1]"),
        ("بند آخر", 25, "li[2]"),
        ("اقتباس", 26, "bq/p[1]"),
        ("صاحبه", 26, "bq/credit[1]"),
        ("رأس", 28, "th[1]"),
        ("خانة", 28, "td[1]"),
        ("صورة المكتبة", 31, "media-caption[1]"),
        ("سطر\nسطر ثان", 33, "pre[1]"),
    ]
    assert said == []


def test_what_nitf_says_of_itself_is_kept(items):
    """The version is that of the text, not that of the format."""
    ((document,), _) = items(STORY)
    assert document.id == "22751909"
    assert document.article.to_dict() == {
        "version": "48",
        "title": "عنوان الخبر",
        "url": None,
        "outlet": "وكالة المثال",
        "author": "ليلى الحمداني",
        "date": "20260302T222800+0300",
        "language": "ar",
    }


def test_nitf_in_newsml_fills_what_the_item_leaves_open(items):
    body = STORY[STORY.index("<nitf") :].replace("<nitf ", f"<nitf {NITF} ").replace("&nbsp;", " ")
    ((document,), _) = items(item(inline(body, "application/nitf+xml")))
    assert (document.id, document.article.version, document.article.title) == ("urn:1", "1", "عنوان الخبر")


def test_a_canceled_story_is_left_out_and_said(items):
    ((), (notice,)) = items(STORY.replace('"usable"', '"canceled"'))
    assert str(notice) == "feed.xml: 22751909 is canceled; left out"


def test_a_date_that_is_none_is_left_out(items):
    """An archive orders by it; EFE and others write one in words."""
    ((document,), _) = items(STORY.replace("20260302T222800+0300", "March 2, 2026"))
    assert document.article.date is None


# --- which it is ----------------------------------------------------------------------------------

PAGE = f"<html {XHTML}><head><title/><script src='a.js'/></head><body><p>{ARTICLE}</p>\n<p>{REPEATED}</p></body></html>"


@pytest.mark.parametrize(
    ("content", "element"),
    [
        pytest.param(item(inline(f"<p {XHTML}>{ARTICLE}</p><p {XHTML}>{REPEATED}</p>")), "p[2]", id="an item"),
        pytest.param(
            f"<nitf><body><body.content><p>{ARTICLE}</p><p>{REPEATED}</p></body.content></body></nitf>",
            "p[2]",
            id="NITF without a declaration",
        ),
        pytest.param(f"<?xml version='1.0'?>\n{PAGE}", "p[2]", id="XHTML, its script closed at once"),
        pytest.param(
            f"<?xml version='1.0'?><!DOCTYPE html>\n{PAGE.replace('<p>', '<p><br>')}", "p[2]", id="XHTML that is HTML"
        ),
    ],
)
def test_the_root_tells_what_xml_is(items, content, element):
    """In a file of that suffix, and in one whose suffix says nothing."""
    for name in ("feed.xml", "feed.new"):
        ((document,), said) = items(content, name)
        assert [(text, element) for text, _, element in blocks(document)] == [(ARTICLE, "p[1]"), (REPEATED, element)]
        assert said == []


def test_a_message_on_standard_input_is_told_by_its_root(run):
    found = run("scan", "-", "-f", "json", stdin=MESSAGE.replace("الثاني", ARTICLE).replace("ثالث", REPEATED))
    assert [(f["kind"], f["a"]["doc"][-1], f["b"]["doc"][-1]) for f in found.json["findings"]] == [("near", "2", "1")]


BROKEN = {
    "another kind": ("<rss/>", ": XML of <rss>, which dedup does not read; it reads"),
    "newsItem of others": ("<newsItem xmlns='urn:x'/>", ": XML of <newsItem>, which dedup does not read; "),
    "torn": (f"<nitf>\n<p>{MARKER}</b></nitf>", ":2: not well-formed XML (tag name mismatch); "),
    "a word as element": (f"<nitf>\n<{MARKER}</nitf>", ":2: not well-formed XML (name required); "),
    "cut off": (f"<nitf a='{MARKER}", ":1: not well-formed XML (attribute not finished); "),
    "no XML": (MARKER, ":1: not well-formed XML (document empty); "),
    "unknown entity": (f"<nitf>&{MARKER};</nitf>", ":1: not well-formed XML (undeclared entity); "),
    "entity of the DTD": (
        "<!DOCTYPE nitf SYSTEM 'a.dtd'><nitf>\n&a1;</nitf>",
        ":2: an entity that only its DTD knows; ",
    ),
    "no namespace": ("<p:nitf/>", ":1: not well-formed XML (ns undefined namespace); "),
    "300 deep": ("<nitf>" + "<p>" * 300, ":1: not well-formed XML (resource limit); "),
}


def test_what_cannot_be_read_is_a_problem_and_the_next_goes_on(beside_good, put):
    """With the place, and no word of the text."""
    found = beside_good(*(put(f"{name}.xml", content) for name, (content, _) in BROKEN.items()))
    for (name, (_, expected)), problem in zip(BROKEN.items(), found.problems, strict=True):
        assert problem.startswith(f"{name}.xml{expected}")


def test_in_a_walk_xml_of_another_kind_is_left_out(run, put):
    put("in/pom.xml", "<project/>")
    put("in/empty.xml", "")
    put("in/a.txt", GOOD)
    found = run("scan", "in", "-f", "json")
    assert found.code == 1
    assert found.skipped == [
        ("in/empty.xml", "no text in it"),
        ("in/pom.xml", "XML of <project>, which dedup does not read"),
    ]


@pytest.mark.parametrize(
    ("form", "content", "problem"),
    [
        ("newsml", STORY, "a.txt: XML of <nitf>, not NewsML; leave out --format-in newsml"),
        ("nitf", MESSAGE, "a.txt: XML of <newsMessage>, not of <nitf>; leave out --format-in nitf"),
    ],
)
def test_format_in_decides(run, put, form, content, problem):
    assert run("scan", put("a.txt", content), "--format-in", form, "-f", "json").problems == [problem]


# --- encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "encoding", "notices"),
    [
        pytest.param("windows-1256", "cp1256", [], id="as declared"),
        pytest.param("ISO-8859-6", "iso8859_6", [], id="as declared, ISO"),
        pytest.param("UTF-16", "utf-16", [], id="UTF-16 with its mark"),
        pytest.param("UTF-8", "utf-8-sig", [], id="a mark before the declaration"),
        pytest.param(
            "windows-1256", "utf-8", ["declares windows-1256 but is UTF-8; read as UTF-8"], id="UTF-8 after all"
        ),
        pytest.param("UTF-8", "cp1256", ["not UTF-8; read as cp1256"], id="not the UTF-8 it declares"),
    ],
)
def test_arabic_is_read_in_its_encoding(items, declared, encoding, notices):
    """As declared, unless the bytes say otherwise; and that is said."""
    text = item(plain(f"{ARTICLE}\n\n{OTHER}"))
    content = f'<?xml version="1.0" encoding="{declared}"?>\n{text}'.encode(encoding)
    ((document,), said) = items(content)
    assert document.text == f"{ARTICLE}\n\n{OTHER}"
    assert [notice.finding for notice in said] == notices


# --- attacks --------------------------------------------------------------------------------------

LAUGHS = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))


BODY = "<body><body.content><p>&x;</p></body.content></body>"
ENTITIES = "XML that declares entities of its own"
ATTACKS = {
    "laughs": (f"<!DOCTYPE nitf [{LAUGHS}]><nitf>&a11;</nitf>", ENTITIES),
    "laughs in an attribute": (f"<!DOCTYPE nitf [{LAUGHS}]><nitf a='&a11;'/>", ENTITIES),
    "a file of this machine": (f"<!DOCTYPE nitf [<!ENTITY x SYSTEM 'secret.txt'>]><nitf>{BODY}</nitf>", ENTITIES),
    "a file of the network": (
        "<!-- ]> --><!DOCTYPE nitf [<!ENTITY % x SYSTEM 'http://127.0.0.1:9/x.dtd'> %x;]><nitf/>",
        ENTITIES,
    ),
    "hidden from a quick look": ("<!DOCTYPE nitf [<!ATTLIST a b CDATA ']>'> <!ENTITY x 'y'>]><nitf/>", ENTITIES),
    "many elements": ("<nitf>" + "<p/>" * 6_000_001 + "</nitf>", "more than 3,000,000 elements"),
}


def test_an_attack_is_refused_and_the_next_goes_on(beside_good, put):
    """Nothing is expanded, nothing fetched; `secret.txt` has a paragraph that would repeat."""
    put("secret.txt", GOOD)
    found = beside_good(*(put(f"{name}.xml.gz", content) for name, (content, _) in ATTACKS.items()))
    for (name, (_, expected)), problem in zip(ATTACKS.items(), found.problems, strict=True):
        assert problem.startswith(f"{name}.xml")
        assert expected in problem
    assert found.json["summary"]["documents"] == 1


def test_an_external_dtd_is_not_asked_for(run, put):
    """NITF of agencies names one; a file of that name stands there, and says nothing."""
    put("nitf.dtd", f"<!ENTITY chapter '{ARTICLE}'>")
    story = STORY.replace("http://www.iptc.org/std/NITF/3.4/specification/dtd/nitf-3-4.dtd", "nitf.dtd")
    found = run("scan", put("feed.xml", story), "-f", "json")
    assert (found.code, found.json["summary"]["paragraphs"]) == (0, 10)


def test_the_report_names_the_file_of_an_item(run, put):
    """An id says nothing to whoever looks for the file; `dedup explain` could not say which item is meant."""
    put("feed.xml", item(plain(f"{ARTICLE}\n\n{REPEATED}")))
    shown = run("scan", "feed.xml").stdout
    assert "urn:1, feed.xml: paragraph 2, line 3, inlineData[2]" in shown
    assert "dedup explain" not in shown
