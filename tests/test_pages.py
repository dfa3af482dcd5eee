"""Whole pages: the article is compared, in all that it says, and what the site puts round it is not.

The shapes are those of Arabic news sites of today and of long ago, and of blogs: landmarks of HTML 5, a theme of
WordPress, nested boxes without names and with advertisements between paragraphs, a lead apart from its body, Blogger.
"""

from pathlib import Path

import pytest
from conftest import ARTICLE, OTHER

import dedup

GOLDEN = (Path(__file__).parent / "formats" / "golden.txt").read_text("utf-8")
PARAGRAPHS = [line for line in GOLDEN.splitlines() if line.strip()]
MENU = ["الرئيسية", "أخبار محلية", "عربي ودولي", "اقتصاد", "رياضة", "ثقافة وفنون", "كتّاب ومقالات", "اتصل بنا"]
SHARE = ["شارك الخبر", "فيسبوك", "واتساب", "طباعة", "إرسال إلى صديق"]
RELATED = [
    "وزير الصحة يفتتح مركزا جديدا للقلب في العاصمة بحضور عدد كبير من المسؤولين",
    "ارتفاع طفيف في أسعار الذهب في السوق المحلية وسط ترقب لقرار البنك المركزي",
    "المنتخب الوطني يستعد لمواجهة حاسمة في تصفيات كأس آسيا بصفوف مكتملة",
]
ABOUT = "صحيفة المدى صحيفة يومية سياسية مستقلة تصدر منذ عام 2003 وتعنى بالشأن المحلي والعربي والدولي"
RIGHTS = "جميع الحقوق محفوظة لصحيفة المدى ولا يجوز نسخ أو إعادة نشر أي من مواد الموقع دون إذن خطي مسبق"
COOKIES = "نستخدم ملفات تعريف الارتباط لتحسين تجربتك في تصفح الموقع وبمتابعتك التصفح فإنك توافق على سياسة الخصوصية"


def items(texts, tag="li"):
    return "".join(f'<{tag}><a href="/x">{text}</a></{tag}>' for text in texts)


def blocks(texts):
    return "\n".join(f"<p>{text}</p>" for text in texts)


def landmarks(texts):
    return f"""<div class="cookies">{COOKIES}</div><header><nav><ul>{items(MENU)}</ul></nav></header>
<main><article><h1>مكتبة عامة جديدة</h1><div class="share">{items(SHARE, "span")}</div><div>{blocks(texts)}</div>
<section class="related"><h2>اقرأ أيضا</h2><ul>{items(RELATED)}</ul></section></article></main>
<aside><h3>الأكثر قراءة</h3><ol>{items(RELATED)}</ol></aside><footer><p>{ABOUT}</p><p>{RIGHTS}</p></footer>"""


def wordpress(texts):
    return f"""<div id="page"><div id="masthead"><ul class="menu">{items(MENU)}</ul></div><div id="primary">
<div class="post hentry"><h1 class="entry-title">مكتبة عامة جديدة</h1><div class="entry-content">{blocks(texts)}
<div class="sharedaddy"><h3>شارك هذا الموضوع:</h3><ul>{items(SHARE)}</ul></div></div>
<div class="jp-relatedposts"><h3>مواضيع ذات صلة</h3>{items(RELATED, "h4")}</div></div></div>
<div id="secondary"><div class="textwidget"><p>{ABOUT}</p></div></div><div id="colophon">{RIGHTS}</div></div>"""


def nested(texts):
    boxes = '<div class="x9">إعلان</div>'.join(f'<div class="x7"><p>{text}</p></div>' for text in texts)
    return f"""<div id="__next"><div class="x1">{items(MENU, "div")}</div><div class="x2"><h1>مكتبة عامة جديدة</h1>
<div class="x3">{items(SHARE, "span")}</div>{boxes}<div class="x4">{items(RELATED, "h3")}</div></div>
<div class="x5"><div>{ABOUT}</div><div>{RIGHTS}</div></div><div class="x6"><p>{COOKIES}</p></div></div>"""


def lead(texts):
    return f"""<div class="top"><ul>{items(MENU)}</ul></div><div class="story"><h1>مكتبة عامة جديدة</h1>
<div class="excerpt"><p>{texts[0]}</p></div><div class="share">{items(SHARE, "span")}</div>
<div class="text">{blocks(texts[1:])}</div></div><div class="more">{items(RELATED, "div")}</div><div>{RIGHTS}</div>"""


def blogger(texts):
    return f"""<div class="header section"><h1>مدونة المدى</h1><p class="description">{ABOUT}</p></div>
<div class="main section"><div class="post hentry"><h3 class="post-title">مكتبة عامة جديدة</h3>
<div class="post-body entry-content" itemprop="articleBody">{blocks(texts)}</div>
<div class="post-footer">{items(SHARE, "span")}</div></div></div>
<div class="sidebar section"><ul>{items(RELATED)}</ul></div><div class="footer section">{RIGHTS}</div>"""


SHAPES = (landmarks, wordpress, nested, lead, blogger)


def page(shape, texts=PARAGRAPHS):
    return f'<!doctype html>\n<html lang="ar" dir="rtl"><head><title>مكتبة</title></head>\n<body>{shape(texts)}</body></html>'


def scan(path, content, **settings):
    path.write_text(content, "utf-8")
    return dedup.scan(path, format_in="page", **settings)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_article_of_a_page_is_read_whole_and_nothing_round_it(shape, tmp_path):
    report = scan(tmp_path / "a.html", page(shape))
    read = [p.text for p in report.paragraphs]
    assert [text for text in PARAGRAPHS if text not in read] == []
    assert not {ABOUT, RIGHTS, COOKIES, *MENU, *RELATED} & set(read)
    assert [(m.kind, m.b.text) for m in report.matches if not m.short] == [
        (kind, PARAGRAPHS[number - 1]) for kind, number in (("exact", 4), ("normalized", 5), ("near", 2))
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_of_a_paragraph_that_stands_twice_in_a_row_both_are_read(shape, tmp_path):
    """What an extractor leaves out is what is looked for."""
    texts = [text for text in PARAGRAPHS[:6] for _ in range(2)]
    report = scan(tmp_path / "a.html", page(shape, texts))
    assert [p.text for p in report.paragraphs if p.text in texts] == texts
    assert report.by_kind["exact"] >= 6


@pytest.mark.parametrize("size", ["short", "long"])
def test_places_are_those_of_the_page_and_what_is_left_out_is_counted(size, tmp_path):
    """Line and element as in the reading of all of it; a long page is read in a process of its own."""
    content = page(landmarks).replace("<body>", f"<body>{' ' * 70_000 * (size == 'long')}")
    article = scan(tmp_path / "a.html", content)
    whole = dedup.scan(tmp_path / "a.html")
    places = {(p.line, p.element, p.text) for p in whole.paragraphs}
    assert {(p.line, p.element, p.text) for p in article.paragraphs} <= places
    left = whole.counts.paragraphs - article.counts.paragraphs
    assert article.notices == (
        f"{tmp_path / 'a.html'}: {left} paragraphs of the page outside its article not compared",
    )


def test_what_a_comment_switches_off_is_off_in_the_article(tmp_path):
    switched = f"<!-- dedup: off --><p>{PARAGRAPHS[8]}</p><!-- dedup: on -->"
    report = scan(tmp_path / "a.html", page(landmarks).replace(f"<p>{PARAGRAPHS[8]}</p>", switched))
    assert [p.text for p in report.paragraphs if p.off] == [PARAGRAPHS[8]]
    assert report.by_kind["normalized"] == 0


def test_a_page_without_an_article_is_read_as_a_whole_and_said(tmp_path):
    report = scan(tmp_path / "a.html", "<p>نعم</p><p>لا</p>")
    assert [p.text for p in report.paragraphs] == ["نعم", "لا"]
    assert report.notices == (f"{tmp_path / 'a.html'}: no article found in the page; all of it is compared",)
    assert scan(tmp_path / "b.html", " \n").skipped[0].reason == "no text in it"


def test_without_trafilatura_the_remedy_is_the_command_that_installs_it(run, put, folder):
    put("a.html", page(landmarks, [ARTICLE, OTHER]))
    put("hidden/trafilatura.py", "raise ImportError")
    found = run("scan", "a.html", "--format-in", "page", env={"PYTHONPATH": str(folder / "hidden")})
    said = "dedup: a.html: cannot be read without trafilatura; pip install 'dedup-paragraphs[pages]'"
    assert (found.code, found.stderr.splitlines()) == (2, [said])
