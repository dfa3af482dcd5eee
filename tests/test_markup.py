"""HTML and Markdown as a reader sees them: blocks, lines, elements, and nothing that is not shown."""

import re

import pytest
from conftest import ARTICLE, OTHER, REPEATED
from hypothesis import given
from hypothesis import strategies as st

import dedup


def paragraphs(text, format):
    return [(p.text, p.line, p.element) for p in dedup.paragraphs(text, format=format)]


def texts(text, format):
    return [p.text for p in dedup.paragraphs(text, format=format)]


# --- HTML -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>أ</p>\n<p>ب</p>", [("أ", 1, "p[1]"), ("ب", 2, "p[2]")], id="a block is a paragraph"),
        pytest.param("<p>أ<p>ب<div>ج", [("أ", 1, "p[1]"), ("ب", 1, "p[2]"), ("ج", 1, "div[1]")], id="left open"),
        pytest.param("نص\nبلا عناصر", [("نص بلا عناصر", 1, "body[1]")], id="no element at all"),
        pytest.param(
            "<div>أ<div>ب<p>ج</p>د</div>ه</div>",
            [("أ", 1, "div[1]"), ("ب", 1, "div[2]"), ("ج", 1, "p[1]"), ("د", 1, "div[3]"), ("ه", 1, "div[4]")],
            id="text around nested blocks",
        ),
        pytest.param(
            "<h1>أ</h1>\n<ul><li>ب<li>ج</ul>\n<blockquote>د</blockquote><figcaption>ه</figcaption>",
            [
                ("أ", 1, "h1[1]"),
                ("ب", 2, "li[1]"),
                ("ج", 2, "li[2]"),
                ("د", 3, "blockquote[1]"),
                ("ه", 3, "figcaption[1]"),
            ],
            id="headings, lists, quotations, captions",
        ),
        pytest.param(
            "<table><tr><th>أ<td>ب\n<tr><td>ج</table>",
            [("أ", 1, "th[1]"), ("ب", 1, "td[1]"), ("ج", 2, "td[2]")],
            id="each cell",
        ),
    ],
)
def test_html_blocks_are_paragraphs(html, expected):
    """With the line where the element begins, and which of its kind it is."""
    assert paragraphs(html, "html") == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>ك<b>ل</b>مة <a href='x'>را<i>بط</i></a></p>", ["كلمة رابط"], id="inline elements join"),
        pytest.param("<p>أ \n\t ب&nbsp;ج</p>", ["أ ب\u00a0ج"], id="white space is one space, NBSP itself"),
        pytest.param("<p>أ<br>ب<br/>ج</p>", ["أ\nب\nج"], id="br is a line"),
        pytest.param("<p>أ<br> <br>ب<br><br><br>ج</p>", ["أ", "ب", "ج"], id="br br is a paragraph"),
        pytest.param("<pre>أ  ب\nج\n\nد</pre>", ["أ ب\nج", "د"], id="lines of pre"),
        pytest.param("<p>&laquo;أ&raquo; &amp; &#1576; &lt;b&gt; &#x1F30D;</p>", ["«أ» & ب <b> 🌍"], id="entities"),
        pytest.param("<p>5 < 6 و 7 > 3 &unknown;</p>", ["5 < 6 و 7 > 3 &unknown;"], id="what is no element"),
        pytest.param("<p>أ<!-- لا -->ب<?php لا ?>ج</p>", ["أبج"], id="comments and instructions"),
        pytest.param("<title>لا</title><style>لا</style><p>أ<script>'لا'</script>ب", ["أب"], id="not for readers"),
        pytest.param(
            "<p>أ<svg><text>لا</text></svg>ب<img alt='لا'>ج<select><option>لا</select>د", ["أ ب ج د"], id="things"
        ),
        pytest.param("<template>لا</template><noscript>لا</noscript><p>أ</p>", ["أ"], id="what a browser leaves out"),
        pytest.param("<p> </p><p>&nbsp;</p><p>\u200f</p>", [], id="nothing visible"),
        pytest.param("", [], id="empty"),
        pytest.param("<!-- لا -->", [], id="only a comment"),
        pytest.param("<!DOCTYPE html><?xml version='1.0' encoding='cp1256'?><html><p>أ", ["أ"], id="declared in a str"),
        pytest.param("<p>a\ud800b\0c</p>", ["a\ufffdb\ufffdc"], id="what XML cannot hold"),
        pytest.param("<div>" * 1_000 + "أ" + "</div>" * 1_000 + "<p>ب", ["أ", "ب"], id="nested 1,000 deep"),
    ],
)
def test_html_is_read_as_a_reader_sees_it(html, expected):
    """No word of what is not shown, no two words made one, nothing lost."""
    assert texts(html, "html") == expected


def test_a_text_node_of_any_size_is_read():
    """libxml2 alone drops one of 10 MB, and all that follows."""
    big = f"{'ا' * 999} " * 5_100
    assert len(big.encode()) > 10_000_000
    found = dedup.paragraphs(f"<p>{big}</p><p>{OTHER}</p>", format="html")
    assert found[-1].text == OTHER
    assert sum(len(p.text) + 1 for p in found[:-1]) == len(big)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [("html", "<div>" * 5_000 + ARTICLE), ("md", ">" * 5_000 + ARTICLE), ("md", "<div>" * 5_000 + ARTICLE)],
)
def test_markup_nested_too_deep_is_a_problem(tmp_path, suffix, text):
    """Nothing is lost in silence: exit 2, and the others go on."""
    path = tmp_path / f"a.{suffix}"
    path.write_text(text)
    report = dedup.scan([path, ARTICLE, REPEATED])
    assert (report.exit_code, report.by_kind["near"], report.counts.documents) == (2, 1, 2)
    assert "convert it to plain text" in str(report.problems[0])
    with pytest.raises(dedup.ReadError, match="convert it to plain text"):
        dedup.paragraphs(text, format={"md": "markdown"}.get(suffix, suffix))


# --- Markdown -------------------------------------------------------------------------------------

ARTICLE_MD = """\
---
title: عنوان في المقدمة
---
# عنوان *مائل*

نص فيه `كود` و[رابط](http://x) و![صورة](y)
وسطر ثان\\
وثالث

> اقتباس

- بند
  - فرع
1. عدد

| أ | ب |
|---|---|
| ج | د |

```
لا يقارن
```
"""


def test_markdown_blocks_are_paragraphs():
    """By their elements in HTML, with the lines of the file; without front matter, code and markup."""
    assert paragraphs(ARTICLE_MD, "markdown") == [
        ("عنوان مائل", 4, "h1[1]"),
        ("نص فيه كود ورابط وصورة\nوسطر ثان\nوثالث", 6, "p[1]"),
        ("اقتباس", 10, "blockquote/p[1]"),
        ("بند", 12, "p[2]"),
        ("فرع", 13, "p[3]"),
        ("عدد", 14, "p[4]"),
        ("أ", 16, "th[1]"),
        ("ب", 16, "th[2]"),
        ("ج", 18, "td[1]"),
        ("د", 18, "td[2]"),
    ]
    assert [line for _, line, _ in paragraphs(ARTICLE_MD.replace("\n", "\r\n"), "markdown")] == [
        line for _, line, _ in paragraphs(ARTICLE_MD, "markdown")
    ]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        pytest.param("+++\na = 1\n+++\nأ", ["أ"], id="front matter in TOML"),
        pytest.param("---\r\na: 1\r\n...\r\nأ", ["أ"], id="front matter that ends in dots"),
        pytest.param("---\n\nأ\n\n---\n\nب", ["أ", "ب"], id="a rule is no front matter"),
        pytest.param("أ\n\n---\na: 1\n---\n", ["أ", "a: 1"], id="front matter only in front"),
        pytest.param("أ<br>ب <b>ج</b> <!-- لا --> &amp; \\*", ["أ\nب ج  & *"], id="HTML in a line"),
        pytest.param("أ\n\n<!-- لا -->\n\nب", ["أ", "ب"], id="a comment of its own"),
        pytest.param("<div>\n\nأ\n\n<p>ب</p>\n<script>لا</script>\n\n</div>", ["أ", "ب"], id="HTML between blocks"),
        pytest.param("- " * 9 + "أ", ["أ"], id="nested lists"),
        pytest.param("رأس\n====\n\nأ", ["رأس", "أ"], id="underlined headings"),
        pytest.param("[x]: http://x 'لا'\n\nأ[x]", ["أx"], id="link definitions"),
    ],
)
def test_markdown_is_read_as_a_reader_sees_it(markdown, expected):
    assert texts(markdown, "markdown") == expected


def test_html_in_markdown_keeps_its_lines():
    found = paragraphs(f"---\na: 1\n---\n{OTHER}\n\n<div>\n<p>أ</p>\n<p>ب</p>\n</div>\n", "markdown")
    assert [line for _, line, _ in found] == [4, 7, 8]


def test_a_break_in_front_is_no_line():
    assert paragraphs("<br>أ<br>ب", "markdown") == [("أ\nب", 1, "p[1]")]


def test_code_is_not_compared_and_that_is_said(tmp_path):
    """Fenced or indented: a notice, because an article may be indented by mistake."""
    path = tmp_path / "a.md"
    path.write_text(f"{OTHER}\n\n```\n{ARTICLE}\n```\n\nو\n\n    {ARTICLE}\n")
    report = dedup.scan([path, ARTICLE])
    assert report.matches == ()
    assert report.notices == (f"{path}: 2 code blocks not compared",)


# --- both -----------------------------------------------------------------------------------------


@given(
    st.text(alphabet="أب \n\r\t<>/pbr!-&;#*_`[]()|\0\u200f\ud800", max_size=80), st.sampled_from(["html", "markdown"])
)
def test_any_markup_gives_paragraphs_with_true_offsets(text, format):
    """Whatever is broken in it: numbered from 1, on a line of the source, none empty, in order."""
    found = dedup.paragraphs(text, format=format)
    assert [p.paragraph for p in found] == list(range(1, len(found) + 1))
    lines = len(re.split("\r\n|\r|\n", text))
    end = -1
    for p in found:
        assert p.text.strip() == p.text != ""
        assert p.end - p.start == len(p.text)
        assert p.start > end
        assert 1 <= p.line <= lines
        end = p.end


def test_an_unknown_format_is_named_with_the_known():
    with pytest.raises(dedup.SettingsError, match="unknown format 'markdwn'; did you mean \"markdown\""):
        dedup.paragraphs("x", format="markdwn")
