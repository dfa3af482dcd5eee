"""Comments that take a part out of the comparison: what stands between them is read, and found and counted nowhere."""

import json
import re

import pytest
from conftest import ARTICLE, OTHER, PASSAGES, SPELLED
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dedup
from dedup.model import Document
from dedup.read import document_of
from dedup.text.segment import segment
from dedup.write import WRITERS, Style

OFF, ON = "<!-- dedup: off -->", "<!-- dedup: on -->"
SWITCH = re.compile(r"<!--\s*dedup\s*:\s*(off|on)\s*-->", re.IGNORECASE)
BODY = f"<p>{ARTICLE}</p>{OFF}<blockquote><p>{SPELLED}</p></blockquote>{ON}<p>{OTHER}</p>"
LINES = f"{ARTICLE}\n\n{OFF}\n{SPELLED}\n{ON}\n\n{OTHER}\n"
NEWSML = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="a"><itemMeta/><contentSet>{}</contentSet></newsItem>'
)
NITF = "<nitf><head/><body><body.content><block>{}</block></body.content></body></nitf>"
LEXICAL = [
    {"type": "paragraph", "children": [{"type": "text", "text": ARTICLE}]},
    {"type": "html", "html": OFF},
    {"type": "quote", "children": [{"type": "text", "text": SPELLED}]},
    {"type": "html", "html": ON},
    {"type": "paragraph", "children": [{"type": "text", "text": OTHER}]},
]
STORY = [
    {"type": "text", "content": ARTICLE},
    {"type": "raw_html", "content": OFF},
    {"type": "quote", "content_elements": [{"type": "text", "content": SPELLED}]},
    {"type": "raw_html", "content": ON},
    {"type": "text", "content": OTHER},
]
INPUTS = {
    "text": ("a.txt", LINES),
    "text on one line": ("a.txt", f"{ARTICLE}\n{OFF} {SPELLED} {ON}\n{OTHER}"),
    "Markdown": ("a.md", LINES),
    "Markdown in a sentence": ("a.md", f"{ARTICLE}\n\n{OFF}{SPELLED}{ON}\n\n{OTHER}\n"),
    "Markdown in blocks of HTML": ("a.md", f"{ARTICLE}\n\n<div>{OFF}</div>\n\n{SPELLED}\n\n<p>{ON}{OTHER}</p>\n"),
    "HTML": ("a.html", BODY),
    "a page": ("a.html", f"<!doctype html><html><head><title>t</title></head><body>{BODY}</body></html>"),
    "a long page": ("a.html", f"{BODY}<p hidden>{' ' * 70_000}</p>"),
    "XHTML": ("a.xml", f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{BODY}</body></html>'),
    "rows of text": ("a.jsonl", json.dumps({"id": "1", "text": LINES})),
    "rows of HTML": ("a.jsonl", json.dumps({"id": "1", "text": BODY})),
    "JSON": ("a.json", json.dumps([{"id": "1", "text": LINES}])),
    "CSV": ("a.csv", f'id,text\n1,"{LINES}"\n'),
    "CSV of HTML": ("a.csv", f'id,text\n1,"{BODY}"\n'),
    "ninjs": ("a.json", json.dumps({"uri": "a", "body_html": BODY})),
    "ninjs of text": ("a.json", json.dumps({"uri": "a", "bodies": [{"contentType": "text/plain", "value": LINES}]})),
    "a long ninjs": ("a.json", json.dumps({"uri": "a", "body_html": f"{BODY}<p hidden>{' ' * 70_000}</p>"})),
    "Superdesk": ("a.json", json.dumps({"guid": "a", "state": "in_progress", "body_html": BODY})),
    "Arc XP": ("a.json", json.dumps({"_id": "a", "type": "story", "version": "0.10.7", "content_elements": STORY})),
    "WordPress": ("a.json", json.dumps({"guid": {"rendered": "a"}, "content": {"rendered": BODY}})),
    "WordPress, classic": ("a.json", json.dumps({"guid": {"rendered": "a"}, "content": {"raw": LINES}})),
    "Ghost": ("a.json", json.dumps({"id": "a", "uuid": "a", "html": BODY})),
    "Ghost's tree": ("a.json", json.dumps({"id": "a", "lexical": json.dumps({"root": {"children": LEXICAL}})})),
    "NewsML of XHTML": (
        "a.xml",
        NEWSML.format(f'<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body>{BODY}</body></html></inlineXML>'),
    ),
    "NewsML of HTML": (
        "a.xml",
        NEWSML.format(f'<inlineData contenttype="text/html"><![CDATA[{BODY}]]></inlineData>'),
    ),
    "NewsML of text": ("a.xml", NEWSML.format(f'<inlineData contenttype="text/plain">{LINES}</inlineData>')),
    "NITF": ("a.xml", NITF.format(BODY)),
}


def scan(path, content):
    """Return the report of a file."""
    path.write_text(content, "utf-8", newline="")
    return dedup.scan(path)


def places(report):
    """Return where the paragraphs of a report stand, and what they are."""
    return [(p.paragraph, p.line, p.element, p.start, p.text) for p in report.paragraphs]


@pytest.mark.parametrize(("name", "content"), INPUTS.values(), ids=INPUTS)
def test_what_is_switched_off_is_read_and_not_found(name, content, tmp_path):
    """In every format: no finding, one paragraph told apart from two that are compared, and the same numbers."""
    report = scan(tmp_path / name, content)
    assert (report.verdict, report.matches, report.problems) == ("pass", (), ())
    assert (report.counts.paragraphs, report.counts.off, report.counts.empty) == (2, 1, 0)
    assert [(p.paragraph, p.off) for p in report.paragraphs] == [(1, False), (2, True), (3, False)]
    assert OFF not in "".join(p.text for p in report.paragraphs)


@pytest.mark.parametrize("name", ["text", "Markdown", "HTML", "XHTML", "Ghost", "NewsML of HTML", "NITF"])
def test_without_their_meaning_all_else_is_the_same(name, tmp_path):
    """The same places and numbers, and the repeat is found: blank lines in plain text, else comments on other things."""
    file, content = INPUTS[name]
    blank = SWITCH.sub(lambda found: " " * len(found[0]), content)
    plain = scan(tmp_path / file, blank if file == "a.txt" else content.replace("dedup: ", "other: "))
    assert places(scan(tmp_path / file, content)) == places(plain)
    assert [(m.kind, m.a.paragraph, m.b.paragraph) for m in plain.matches] == [("normalized", 2, 1)]


FORMS = ("<!--dedup:off-->", "<!--   DEDUP :  Off -->", "<!--\u200fdedup: off\u200f-->", "<!--\tdedup:\u00a0OFF\t-->")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("format", ["text", "markdown", "html"])
def test_spaces_and_case_do_not_matter(form, format):
    text = f"{ARTICLE}\n\n{form}\n\n{ARTICLE}"
    assert [p.off for p in dedup.paragraphs(text, format=format)] in ([False, True], [True])


@pytest.mark.parametrize("format", ["text", "markdown", "html"])
def test_off_without_on_lasts_to_the_end_and_on_without_off_is_harmless(format):
    parted = f"<p>{ARTICLE}</p>\n\n{{}}\n\n<p>{ARTICLE}</p>\n\n<p>{OTHER}</p>"
    assert [p.off for p in dedup.paragraphs(parted.format(OFF), format=format)] == [False, True, True]
    assert [p.off for p in dedup.paragraphs(parted.format(ON), format=format)] == [False, False, False]


@pytest.mark.parametrize(
    ("format", "text"),
    [
        pytest.param("markdown", f"```\n{OFF}\n```\n\n{ARTICLE}", id="a fenced block of code"),
        pytest.param("markdown", f"نص\n\n    {OFF}\n\n{ARTICLE}", id="an indented block of code"),
        pytest.param("markdown", f"يكتب `{OFF}` في النص\n\n{ARTICLE}", id="code in a sentence"),
        pytest.param("html", f"<p>&lt;!-- dedup: off --&gt;</p><p>{ARTICLE}</p>", id="escaped"),
        pytest.param("html", f"<script>'{OFF}'</script><p>{ARTICLE}</p>", id="a script"),
        pytest.param("html", f'<p title="{OFF}">نص</p><p>{ARTICLE}</p>', id="an attribute"),
        pytest.param("text", f"يكتب المحرر {OFF} في النص\n\n{ARTICLE}", id="amid a sentence of plain text"),
        pytest.param("html", f"<!-- dedup: offline --><p>{ARTICLE}</p>", id="another comment"),
    ],
)
def test_what_is_no_comment_switches_nothing(format, text):
    assert not any(p.off for p in dedup.paragraphs(text, format=format))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{OFF}<p>نص</p>", id="first of all"),
        pytest.param(f"{OFF}<!doctype html><html><body><p>نص</p></body></html>", id="before the doctype"),
        pytest.param(f"<html>{OFF}<head></head><body><p>نص</p></body></html>", id="before the head"),
        pytest.param(f"<head>{OFF}<title>t</title></head><body><p>نص</p>", id="in the head"),
        pytest.param(f"<ul><li><svg>{OFF}</svg></li><li>نص</li></ul>", id="in a drawing"),
    ],
)
def test_a_comment_counts_wherever_it_stands_in_a_page(text):
    assert [p.off for p in dedup.paragraphs(text, format="html")] == [True]


@pytest.mark.parametrize(
    ("format", "text"),
    [("html", f"<p>أول {OFF} ثان {ON} ثالث</p>"), ("markdown", f"أول {OFF} ثان {ON} ثالث")],
)
def test_a_paragraph_with_a_part_switched_off_is_so_as_a_whole(format, text):
    """What stands between takes part in nothing, and a comment parts no paragraph."""
    (paragraph,) = dedup.paragraphs(text, format=format)
    assert (paragraph.off, paragraph.text.split()) == (True, ["أول", "ثان", "ثالث"])
    assert not any(p.off for p in dedup.paragraphs(text.replace(" ثان ", " "), format=format))


# --- whatever the input ---------------------------------------------------------------------------

MARKS = st.sampled_from([OFF, ON, "<!--DEDUP:OFF-->", "<!-- more -->"])
PLAIN = st.lists(
    st.one_of(
        MARKS,
        st.sampled_from(["\n", "\n\n", "\r\n", " ", "\u200f", "\u2028", "<p>", "</p>", "<", ">", "<!--", "-->", "```"]),
        st.text("أبتx1. ", max_size=6),
    ),
    max_size=14,
).map("".join)
MARKUP = st.lists(
    st.one_of(
        MARKS,
        st.sampled_from("<p> </p> <div> </div> <br> <b> </b> <li> <ul> <td> <table> <pre> <svg> </svg>".split()),
        st.sampled_from([" ", "\n", "\n\n", "\n```\n", "`", "* ", "&nbsp;", "<script>", "</script>"]),
    ),
    max_size=14,
)


def visible(text):
    """Return the characters of a text that a reader sees, without comments that switch."""
    return re.sub(r"[\s\u200f]", "", SWITCH.sub("", text))


@settings(max_examples=150, deadline=None)
@given(PLAIN, st.sampled_from(["auto", "blank", "line"]))
@example(f"أ {OFF}\nب\n{ON} ج", "auto")
def test_comments_in_plain_text_never_lose_or_invent_text(text, rule):
    """The paragraphs are parts of the text, in order, and all that is visible stands in them."""
    pieces = list(segment(Document("1", text), rule))
    assert [text[p.start : p.start + len(p.text)] for p in pieces] == [p.text for p in pieces]
    assert [p.number for p in pieces] == list(range(1, len(pieces) + 1))
    assert visible("".join(p.text for p in pieces)) == visible(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", OFF, ON]), st.booleans()), min_size=1, max_size=8))
def test_lines_of_comments_are_blank_lines_that_switch(lines):
    """Brute force is the oracle: blanks for the comments, and a state carried from line to line."""
    text, blank, states, off = "", "", [], False
    for number, (switch, blank_line) in enumerate(lines):
        off = switch == OFF if switch else off
        states.append(off)
        after = "\n\n" if blank_line else "\n"
        text += f"{switch}\nفقرة{number}{after}"
        blank += f"{' ' * len(switch)}\nفقرة{number}{after}"
    found = dedup.paragraphs(text)
    assert [(p.start, p.line, p.text) for p in found] == [(p.start, p.line, p.text) for p in dedup.paragraphs(blank)]
    assert [p.off for p in found] == states


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_comments_in_markup_change_nothing_but_what_is_off(format):
    """Against comments of no meaning: the same paragraphs at the same places; off are those with a word that is."""

    @settings(max_examples=150, deadline=None)
    @given(MARKUP)
    def holds(parts):
        words = [f"{part}w{number} " for number, part in enumerate(parts)]  # a word of its own after each part
        text = "".join(words)
        found = document_of(text, format)
        without = document_of(re.sub("dedup", "other", text, flags=re.IGNORECASE), format)
        assert found.text.replace("dedup", "other").replace("DEDUP", "other") == without.text
        assert [block._replace(off=False) for block in found.blocks] == list(without.blocks)
        if "<script>" in text or "<svg>" in text or "`" in text:
            return  # there a comment may be none
        off, is_off = False, {}
        for number, part in enumerate(parts):
            switch = SWITCH.fullmatch(part)
            off = switch[1].lower() == "off" if switch else off
            is_off[f"w{number}"] = off
        for block in found.blocks:
            inside = re.findall(r"w\d+", found.text[block.start : block.end])
            if inside:
                assert block.off == any(is_off[word] for word in inside)

    holds()


@pytest.mark.parametrize("content", [LINES, f"{OFF}\n{LINES}", f"{LINES}{OFF}"])
def test_a_file_is_switched_as_the_same_text_is(content, tmp_path):
    """Files are read line by line, texts at once."""
    found = scan(tmp_path / "a.txt", content).paragraphs
    assert [(p.start, p.off) for p in found] == [(p.start, p.off) for p in dedup.paragraphs(content)]


# --- in reports -----------------------------------------------------------------------------------


def test_no_figure_counts_what_is_switched_off():
    """All figures are those of the text without it, but the number of what is off."""
    rest = f"{ARTICLE}\n\n{OTHER}\n\n{SPELLED}\n"
    off = f"{OTHER}\n\n* * *\n\nقصيرة\n\n{ARTICLE} {OTHER}\n"
    whole, part = (dedup.scan(text).summary() for text in (f"{rest}\n{OFF}\n{off}", rest))
    assert whole.pop("off_paragraphs") == 4
    assert part.pop("off_paragraphs") == 0
    assert whole == part


def test_a_long_paragraph_counts_once():
    """In parts as any other, all of them off, and nobody is told that they were compared."""
    report = dedup.scan(f"{OTHER}\n\n{OFF}\n{' '.join([ARTICLE] * 9)}\n", max_paragraph_chars=100)
    assert (report.counts.paragraphs, report.counts.off, report.counts.empty, report.notices) == (1, 1, 0, ())
    assert [p.off for p in report.paragraphs] == [False] + [True] * (len(report.paragraphs) - 1)


def test_no_passage_is_found_in_it():
    first, again = PASSAGES
    assert [m.kind for m in dedup.scan([first, again]).matches] == ["passage"]
    assert dedup.scan([first, f"{OFF}\n{again}"]).matches == ()


def test_a_text_that_is_also_switched_on_is_compared(tmp_path):
    """Of two equal paragraphs one is off: the other still repeats what was published."""
    with dedup.Archive.create(tmp_path / "news.db") as archive:
        archive.add({"id": "a", "text": ARTICLE})
        report = archive.check(f"{ARTICLE}\n\n{OFF}\n{ARTICLE}\n")
        assert [(m.kind, m.a.paragraph, m.b.doc) for m in report.matches] == [("exact", 1, "a")]
        assert archive.check(f"{OFF}\n{ARTICLE}\n").matches == ()


@pytest.mark.parametrize(("language", "said"), [("en", "1 paragraph switched off"), ("ar", "فقرة واحدة مستثناة")])
def test_the_report_says_how_many(language, said, run, put):
    put("a.txt", LINES)
    assert said in run("scan", "a.txt", "--lang", language).stdout


def test_a_saved_report_knows_it():
    plain = dedup.scan(LINES).to_dict()
    assert dedup.Report.from_dict(plain).to_dict() == plain
    assert [p.off for p in dedup.Report.from_dict(plain).paragraphs] == [False, True, False]


def test_the_text_as_read_shows_it(tmp_path, browser):
    page = browser.new_page()
    page.set_content("".join(WRITERS["html"](scan(tmp_path / "a.html", BODY), Style())))
    assert page.locator(".whole .off").all_inner_texts() == [SPELLED]
    assert page.locator(".whole .off + .numbers").inner_text() == "switched off, not compared"
    page.close()


def test_a_document_that_is_off_as_a_whole_is_said(run, put):
    put("a.txt", f"{OFF}\n{ARTICLE}\n")
    put("b.txt", ARTICLE)
    found = run("scan", "a.txt", "b.txt", "-f", "json")
    assert (found.code, found.findings) == (0, [])
    assert found.skipped == [("a.txt", "all of its text is switched off")]
    assert "a.txt: all of its text is switched off" in found.stderr


# --- archives and tables --------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "content"), [("a.txt", LINES), ("a.html", BODY)])
def test_an_archive_stores_an_article_without_it(name, content, tmp_path):
    (tmp_path / name).write_text(content, "utf-8")
    with dedup.Archive.create(tmp_path / "news.db") as archive:
        loaded = archive.load(tmp_path / name)
        assert (loaded.outcomes["added"], loaded.paragraphs, loaded.off) == (1, 2, 1)
        report = archive.check(f"{OTHER}\n\n{SPELLED}")
        assert [(m.kind, m.b.paragraph) for m in report.matches] == [("exact", 3), ("normalized", 1)]
        (record,) = archive.records()
        assert [p["paragraph"] for p in record["paragraphs"]] == [1, 3]
        assert archive.verify() == []


def test_another_state_of_the_comments_is_another_text(run, put):
    """The text of a page is the same with and without them: the archive must not take it for what it has."""
    run("archive", "create", "--archive", "news.db")
    for content, said in (
        (BODY, "1 added; 2 paragraphs stored; 1 paragraph switched off\n"),
        (BODY.replace(OFF, ""), "1 replaced; 3 paragraphs stored\n"),
    ):
        put("a.html", content)
        assert run("archive", "add", "a.html", "--replace", "--archive", "news.db").stdout == said


def rows(*texts):
    return "".join(json.dumps({"id": str(n), "text": text}, ensure_ascii=False) + "\n" for n, text in enumerate(texts))


@pytest.mark.parametrize("unit", ["paragraph", "document"])
def test_cleaning_leaves_it_where_it_is_and_takes_nothing_out_for_its_sake(unit, run, put, folder):
    """What is off neither goes nor keeps: of the last two rows one goes, with a comment that is all that is left."""
    kept = f"{OFF}\n{ARTICLE}\n{ON}\n"
    put("in.jsonl", rows(kept, f"{ARTICLE}\n\n{OFF}\n{OTHER}", OTHER, f"{ON}\n{OTHER}"))
    done = run("clean", "in.jsonl", "-o", "out.jsonl", "--removed", "removed.jsonl", "--unit", unit)
    assert done.stdout == (
        "4 rows: 3 kept, 0 shortened, 1 dropped; 1 paragraph removed (1 exact); 2 paragraphs switched off\n"
    )
    assert (folder / "out.jsonl").read_text("utf-8") == rows(kept, f"{ARTICLE}\n\n{OFF}\n{OTHER}", OTHER)


def test_a_row_with_text_that_is_off_is_not_dropped(run, put, folder):
    put("in.jsonl", rows(ARTICLE, f"{ARTICLE}\n\n{OFF}\n{OTHER}"))
    run("clean", "in.jsonl", "-o", "out.jsonl", "--removed", "removed.jsonl")
    assert (folder / "out.jsonl").read_text("utf-8") == rows(ARTICLE, f"{OFF}\n{OTHER}")
    run("clean", "in.jsonl", "-o", "whole.jsonl", "--removed", "none.jsonl", "--unit", "document")
    assert (folder / "whole.jsonl").read_text("utf-8") == (folder / "in.jsonl").read_text("utf-8")


def test_what_one_field_switches_off_is_off_in_the_next(tmp_path):
    """Off without on lasts to the end of the document: of a Superdesk item, to that of its footer."""
    for filler in ("", f"<p hidden>{' ' * 70_000}</p>"):
        item = {
            "guid": "a",
            "state": "x",
            "body_html": f"<p>{ARTICLE}</p>{OFF}{filler}",
            "body_footer": f"<p>{ARTICLE}</p>",
        }
        assert [p.off for p in scan(tmp_path / "a.json", json.dumps(item)).paragraphs] == [False, True]
