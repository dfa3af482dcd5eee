"""The page on paper: printed by a real Chromium on A4, and read again from the PDF."""

import io
import random
import re

import pytest
from test_html import ARABIC, SHORT, SPELLING

import dedup
from dedup.language import Language
from dedup.write import WRITERS, Style

pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
A4_WIDTH = 688
"""CSS pixels between the margins."""
DRAW = random.Random(4)
SHORT_LATIN = "Read also: our editorial"


def made_up(count):
    words = ["".join(DRAW.choices("abcdefghijklmnoprstuvw", k=DRAW.randint(2, 11))) for _ in range(400)]
    for number in range(count):
        text = DRAW.choices(words, k=DRAW.randint(20, 50))
        yield from (" ".join(text), " ".join([*text[:9], f"another{number}", *text[10:]]))


@pytest.fixture(scope="module")
def thirty():
    """A report with 30 pairs of all lengths, and short paragraphs in a part that is folded."""
    return dedup.scan(["\n\n".join([*made_up(30), SHORT_LATIN, SHORT_LATIN])])


@pytest.fixture(scope="module")
def printed(browser):
    """Print a page as its own style says, and return the text of each sheet."""

    def sheets(report, **style):
        page = browser.new_page()
        page.set_content("".join(WRITERS["html"](report, Style(**style))))
        raw = page.pdf(format="A4", print_background=False)
        page.close()
        return [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(raw)).pages]

    return sheets


@pytest.fixture
def on_paper(browser):
    """Lay a page out as it is printed, in a width."""
    pages = []

    def laid_out(report, width=A4_WIDTH, **style):
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        page.emulate_media(media="print")
        page.set_content("".join(WRITERS["html"](report, Style(**style))))
        return page

    yield laid_out
    for page in pages:
        page.close()


def test_no_pair_is_broken_over_two_sheets(printed, thirty):
    """The head of each stands on one sheet with what says why; sheets are counted, and what was folded is there."""
    assert len(thirty.matches) == 31
    sheets = printed(thirty)
    assert len(sheets) > 5
    for number, sheet in enumerate(sheets, 1):
        assert f"page {number} of {len(sheets)}" in sheet
        assert len(re.findall(r"^\d+\. near: ", sheet, re.MULTILINE)) == len(
            re.findall("^because ", sheet, re.MULTILINE)
        )
    text = " ".join("".join(sheets).split())
    assert text.count("because ") == 30
    # In the text as read, in its pair, and as a changed number; the short paragraphs in the text and in their table.
    assert text.count(SHORT_LATIN) == 3
    assert [len(re.findall(rf"another{number}\b", text)) for number in range(30)] == [3] * 30


@pytest.mark.parametrize("lang", [Language("en"), Language("ar", "arabic")], ids=["en", "ar"])
def test_nothing_is_wider_than_the_sheet_and_all_is_open(on_paper, seeds, lang):
    """Seeds, a short paragraph, a long word, and an address; sides beside each other on A4, the first where one begins."""
    wide = [*ARABIC, *SPELLING, f"{'ط' * 300} {ARABIC[0]}", SHORT, SHORT]
    for report in (dedup.scan(seeds), dedup.scan([dedup.Document("خ" * 200, text) for text in wide], threshold=0.75)):
        page = on_paper(report, lang=lang)
        beyond = f"all => all.filter(e => e.getBoundingClientRect().right > {A4_WIDTH} || e.getBoundingClientRect().left < 0).map(e => e.outerHTML)"
        assert page.locator("body *:visible").evaluate_all(beyond) == []
        folded = page.locator("details > :not(summary)").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect().height)"
        )
        assert folded
        assert min(folded) > 0
        for article in page.locator("article").all():
            first, again = (side.bounding_box() for side in article.locator(".side").all())
            assert first["x"] > again["x"]
            assert first["y"] == again["y"]


def test_marks_are_lines_where_there_is_no_colour(on_paper, seeds):
    """What repeats in the text as read, and each kind of mark in a pair, is underlined in a way of its own."""
    page = on_paper(dedup.scan(seeds))
    lines = "all => [...new Set(all.map(e => `${getComputedStyle(e).textDecorationLine} ${getComputedStyle(e).textDecorationStyle}`))]"
    assert page.locator(".part").evaluate_all(lines) == ["underline solid"]
    legend = page.locator(".legend mark").evaluate_all(lines)
    assert sorted(legend) == ["underline dotted", "underline double", "underline solid"]


def test_sheets_are_counted_in_the_language_and_digits_of_the_page():
    page = "".join(WRITERS["html"](dedup.scan(["x"]), Style(lang=Language("ar", "arabic"))))
    assert 'content: "صفحة " counter(page, arabic-indic) " من " counter(pages, arabic-indic) ""; ' in page


def test_an_address_is_printed(on_paper, tmp_path):
    with dedup.Archive.create(tmp_path / "news.db") as archive:
        archive.add({"id": "1", "text": ARABIC[0], "title": "مدارس", "url": "https://example.org/1"})
        page = on_paper(archive.check(ARABIC[1]))
    shown = page.locator("article a[href^=http]").first.evaluate("a => getComputedStyle(a, '::after').content")
    assert shown in ('" " attr(href)', '" " "https://example.org/1"', '" https://example.org/1"')
