"""NewsML 1: one text an item, whatever its components, and nothing unsaid.

The shapes are those of AFP's message (superdesk/superdesk-core, tests/io/fixtures/afp20.xml), of what the parsers of
Superdesk expect of EFE and ANP (superdesk/io/feed_parsers/newsml_1_2.py, superdesk-belga), of Belga's archive of 1994
and 2025, and of the packages of Opennemas (mdampuero/opennemas-onm, news_agency/newsml_templates); all text is our own.
"""

from pathlib import Path

import pytest
from conftest import ARTICLE, MARKER, OTHER, REPEATED

from dedup import Document
from dedup.read import read
from dedup.settings import Settings


def message(*components, status="Usable", management="", number=1, revision=1):
    """A message of one item."""
    return (
        '<NewsML Version="1.2"><NewsEnvelope><DateAndTime>20260301T130037Z</DateAndTime></NewsEnvelope>'
        f"{item(*components, status=status, management=management, number=number, revision=revision)}</NewsML>"
    )


def item(*components, status="Usable", management="", number=1, revision=1):
    return (
        "<NewsItem><Identification><NewsIdentifier><ProviderId>agency.example</ProviderId><DateId>20260301</DateId>"
        f'<NewsItemId>{number}</NewsItemId><RevisionId PreviousRevision="0" Update="N">{revision}</RevisionId>'
        f"<PublicIdentifier>urn:newsml:agency.example:20260301:{number}:{revision}N</PublicIdentifier>"
        '</NewsIdentifier></Identification><NewsManagement><NewsItemType FormalName="News"/>'
        f'<FirstCreated>20260301T125902Z</FirstCreated><Status FormalName="{status}"/>{management}</NewsManagement>'
        f"{''.join(components)}</NewsItem>"
    )


def component(*inside, role=None, **attributes):
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    stated = f'<Role FormalName="{role}"/>' if role else ""
    return f"<NewsComponent{given}>{stated}{''.join(inside)}</NewsComponent>"


def text(content, media="Text"):
    return f'<ContentItem><MediaType FormalName="{media}"/><DataContent>{content}</DataContent></ContentItem>'


ABOUT = (
    "<NewsLines><HeadLine>مكتبة  جديدة</HeadLine><ByLine>ليلى الحمداني</ByLine></NewsLines><AdministrativeMetadata>"
    '<Provider><Party FormalName="وكالة المثال"/></Provider><Creator><Party FormalName="AFP"/></Creator>'
    '</AdministrativeMetadata><DescriptiveMetadata><Language FormalName="ar"/></DescriptiveMetadata>'
)
NITF = "<nitf><head/><body><body.head><hedline><hl1>لا</hl1></hedline></body.head><body.content>{}</body.content></body></nitf>"


@pytest.fixture
def items(folder, put, monkeypatch):
    """What reading a file yields: documents, and what is said."""
    monkeypatch.chdir(folder)

    def read_items(content, name="feed.xml"):
        found = list(read(Path(put(name, content)), Settings()))
        said = [str(one) for one in found if not isinstance(one, Document)]
        return [one for one in found if isinstance(one, Document)], said

    return read_items


def blocks(document):
    return [(document.text[b.start : b.end], b.element) for b in document.blocks]


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        pytest.param(
            [component(ABOUT, component(text("<p> أ</p><p>ب <b>كله</b></p>")))],
            [("أ", "p[1]"), ("ب كله", "p[2]")],
            id="AFP: paragraphs alone",
        ),
        pytest.param(
            [component(text(NITF.format("<p>أ</p><hl2>ب</hl2>")))], [("أ", "p[1]"), ("ب", "hl2[1]")], id="EFE: NITF"
        ),
        pytest.param(
            [component(text("<nitf><body.content><block><p>أ</p></block></body.content></nitf>"))],
            [("أ", "p[1]")],
            id="NITF without its body",
        ),
        pytest.param(
            [component(text('<html xmlns="http://www.w3.org/1999/xhtml"><head><title>لا</title></head><body><p>أ</p></body></html>'))],
            [("أ", "p[1]")],
            id="XHTML",
        ),
        pytest.param(
            [component(text("<![CDATA[<p>أ</p><p>ب]]>"))],
            [("أ", "DataContent/p[1]"), ("ب", "DataContent/p[2]")],
            id="ANP: HTML as a string",
        ),
        pytest.param(
            [
                component(
                    component("<ContentItem><DataContent>لا</DataContent></ContentItem>", role="Title"),
                    component("<ContentItem><DataContent><![CDATA[أ\n\nب]]></DataContent></ContentItem>", role="Lead"),
                    component("<ContentItem><DataContent>ج</DataContent></ContentItem>", role="Body"),
                    role="Text",
                )
            ],
            [("أ", "DataContent[1]"), ("ب", "DataContent[2]"), ("ج", "DataContent[3]")],
            id="Belga: lead and body are one text, the title is none",
        ),
        pytest.param(
            [
                component(
                    component(component(text("<p>أ</p>"), role="Main"), role="Content list"),
                    component(component(text(NITF.format("<p>لا</p>")), role="Caption"), role="Photo"),
                )
            ],
            [("أ", "p[1]")],
            id="Opennemas: the captions of photos stand beside the text",
        ),
        pytest.param(
            [component(text("أ"), text("<p>أ</p><p>ب</p>"), text("أ"), EquivalentsList="yes")],
            [("أ", "p[1]"), ("ب", "p[2]")],
            id="of equivalents one, which tells its paragraphs",
        ),
        pytest.param(
            [component(text("أ"), text("ب"))],
            [("أ", "DataContent[1]"), ("ب", "DataContent[2]")],
            id="what is not said to be equivalent is read whole",
        ),
    ],
)  # fmt: skip
def test_every_kind_of_content_is_read(items, components, expected):
    ((document,), _) = items(message(*components))
    assert blocks(document) == expected


def test_what_an_item_says_of_itself_is_kept(items):
    """The id is that of all its revisions, of which the public identifier names one."""
    ((document,), said) = items(message(component(ABOUT, component(text("<p>أ</p>"))), revision=4))
    known = document.article
    assert (document.id, known.version, said) == ("urn:newsml:agency.example:20260301:1", "4", [])
    assert (known.title, known.author, known.outlet) == ("مكتبة جديدة", "ليلى الحمداني", "وكالة المثال")
    assert (known.date, known.language) == ("20260301T125902Z", "ar")
    assert document.path == "feed.xml"


def test_nitf_in_it_fills_what_the_item_leaves_open(items):
    ((document,), _) = items(message(component(text(NITF.format("<p>أ</p>")), **{"xml:lang": "ar"})))
    assert (document.article.title, document.article.outlet, document.article.language) == (
        "لا",
        "agency.example",
        "ar",
    )


def test_each_item_of_a_message_is_a_document(items):
    """One within the component of another, too, and its text is its own alone."""
    package = item(component(item(component(text("<p>ب</p>")), number=3), component(text("<p>أ</p>"))), number=2)
    documents, said = items(f'<NewsML xmlns="http://iptc.org/std/NewsML/2003-10-10/">{package}</NewsML>')
    assert [(document.id[-1], document.text) for document in documents] == [("2", "أ"), ("3", "ب")]
    assert said == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(message(component(text("<p>أ</p>")), status="Canceled"), "is canceled; left out", id="canceled"),
        pytest.param(
            message(component('<ContentItem Href="a.jpg"><MediaType FormalName="Photo"/></ContentItem>')),
            ": its content lies elsewhere (Photo); not fetched",
            id="a picture",
        ),
        pytest.param(
            message(component(text("<sports-content/>"))), ": its content is <sports-content>, which is not read", id="results"
        ),
        pytest.param(
            message(component(text("AAAA", media="Graphic"))), ": its content is Graphic, which is not read", id="a graphic"
        ),
        pytest.param(message(), ": no text in it", id="nothing"),
    ],
)  # fmt: skip
def test_an_item_without_text_is_said(items, content, said):
    documents, notices = items(content)
    assert documents == []
    assert [notice.removeprefix("feed.xml:1: urn:newsml:agency.example:20260301:1").strip() for notice in notices] == [
        said.strip()
    ]


def test_what_is_left_out_beside_the_text_is_counted(items):
    """By its role or kind: what else of the item has words and is not compared."""
    photo = component(text("لا"), role="AFPRole:Caption")
    ((_,), (notice,)) = items(
        message(
            component(component(text("<p>أ</p>")), photo, photo, component(text("ب"), text("ب"), EquivalentsList="yes"))
        )
    )
    assert notice.endswith(":1: not compared: AFPRole:Caption (2), EquivalentsList (1)")


def test_a_withheld_item_is_compared_and_said(items):
    ((document,), (notice,)) = items(message(component(text("<p>أ</p>")), status="Embargoed"))
    assert document.text == "أ"
    assert notice.endswith(":1 is embargoed; compared all the same")


def test_an_archive_knows_an_item_by_its_id_and_revision_and_by_what_it_was_made_of(run, put):
    """A revision of an item, and one that is derived from it, are no duplicates of it; another item is."""
    run("archive", "create", "--archive", "news.db")
    assert (
        run(
            "archive", "add", put("feed.xml", message(component(text(f"<p>{ARTICLE}</p>")))), "--archive", "news.db"
        ).code
        == 0
    )
    made_of = '<DerivedFrom NewsItem="urn:newsml:agency.example:20260301:1:1"/>'
    for content, code in (
        (message(component(text(f"<p>{REPEATED}</p>")), revision=2), 0),
        (message(component(text(f"<p>{REPEATED}</p>")), number=2, management=made_of), 0),
        (message(component(text(f"<p>{REPEATED}</p>")), number=2), 1),
    ):
        assert run("check", put("draft.xml", content), "--archive", "news.db").code == code


def test_its_root_tells_it_and_a_finding_names_its_file_and_line(run, put):
    """By content where the suffix says nothing, and where its text is long enough to be read apart."""
    padding = "".join(f"<p>{OTHER} {4 * n * 'كلمة '}</p>" for n in range(60))
    components = component(text(f"\n<p>{ARTICLE}</p>\n{padding}\n<p>{REPEATED}</p>"))
    found = run("scan", put("feed.new", message(components)), "-f", "json").json["findings"]
    near = next(finding for finding in found if finding["kind"] == "near" and finding["b"]["paragraph"] == 1)
    assert (near["a"]["path"], near["a"]["line"], near["a"]["element"]) == ("feed.new", 4, "p[62]")
    assert len(message(components).encode()) > 64_000


def test_no_word_of_the_text_is_in_what_is_said(items):
    broken = message(component(f'<Role FormalName="{"x" * 90}"/>', text(f"<p>{MARKER}</b>")))
    _, (problem,) = items(broken)
    assert "not well-formed XML" in problem
    assert MARKER not in problem
