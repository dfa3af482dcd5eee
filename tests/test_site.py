"""The site of the documentation: it builds without a warning, and loads nothing from elsewhere.

Needs the extra `docs`, and Chromium for what a reader sees.
"""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from lxml import html

ROOT = Path(__file__).resolve().parent.parent
LOADING = "//*[@src]/@src | //*[@srcset]/@srcset | //link[not(@rel='canonical')]/@href | //form/@action"
CSS_URL = re.compile(r"@import|url\(\s*[\"']?(?:https?:)?//")

pytest.importorskip("material", reason="the site needs the extra docs")


def built(root, target):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", root / "docs/site/mkdocs.yml", "-d", target]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "true"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = built(ROOT, folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path):
    """Break the site once: a wrong page, and a wrong heading of a right one."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    for name in ("README.md", "CHANGELOG.md", "tests/story/README.md", "benchmarks/README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "benchmarks/labels", tmp_path / "benchmarks/labels")
    with (tmp_path / "docs/why.md").open("a") as page:
        page.write("\n[one](nowhere.md), [two](tutorial.md#nowhere), [three](../nowhere.md)\n")
    done = built(tmp_path, tmp_path / "site")
    assert done.returncode != 0
    assert done.stderr.count("nowhere") >= 3


def test_every_page_of_the_documentation_is_on_the_site(site):
    pages = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    assert len(pages) > 10
    names = [page.with_name("index.md") if page.name == "README.md" else page for page in pages]
    assert [name for name in names if not (site / name.with_suffix(".html")).exists()] == []


def test_nothing_is_loaded_from_another_host(site):
    """Fonts, scripts, styles and images lie beside the pages; only links that a reader follows lead away."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        for url in html.fromstring(page.read_bytes()).xpath(LOADING):
            assert "//" not in url, f"{page}: {url}"
            path = re.split("[?#]", url)[0]
            beside = site / path.lstrip("/") if path.startswith("/") else page.parent / path  # 404.html: from the root
            assert url.startswith("data:") or beside.exists(), f"{page}: {url}"
    for style in site.rglob("*.css"):
        assert not CSS_URL.search(style.read_text("utf-8")), style


# --- in a browser ---------------------------------------------------------------------------------


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and keeps it to itself."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(site):
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def visit(browser, address):
    """Return a function that opens a page of the site; at the end nothing but the site was asked."""
    asked, errors = [], []
    with browser.new_context(viewport={"width": 1300, "height": 900}) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield lambda path: page.goto(address + path, wait_until="networkidle") and page
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert errors == []


def test_a_reader_finds_a_page_by_its_words(visit):
    page = visit("index.html")
    page.locator(".md-search__input").click()
    page.keyboard.type("PostgreSQL")
    page.locator(".md-search-result__link").first.wait_for()
    assert "archive.html" in page.locator(".md-search-result__link").first.get_attribute("href")


ARABIC_PAGES = sorted(f"ar/{path.stem.replace('README', 'index')}.html" for path in (ROOT / "docs/ar").glob("*.md"))
DIRECTIONS = """() => {
  const direction = selector => [...new Set(
    [...document.querySelectorAll(selector)].map(each => getComputedStyle(each).direction))];
  return {text: direction(".md-content p, .md-content h1, .md-content li, .md-content td, .md-nav__link"),
          code: direction(".md-content pre, .md-content pre code, .md-content p code")};
}"""


@pytest.mark.parametrize("path", ARABIC_PAGES)
def test_an_arabic_page_runs_right_to_left_and_its_code_left_to_right(visit, path):
    page = visit(path)
    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.evaluate(DIRECTIONS) == {"text": ["rtl"], "code": ["ltr"]}
    heading, content = page.locator(".md-content h1").bounding_box(), page.locator(".md-content").bounding_box()
    contents = page.locator(".md-sidebar--primary").bounding_box()
    assert contents["x"] > content["x"], "the list of pages stands on the right"
    assert heading["x"] + heading["width"] > content["x"] + content["width"] / 2


def test_an_english_page_runs_left_to_right(visit):
    page = visit("index.html")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.evaluate(DIRECTIONS) == {"text": ["ltr"], "code": ["ltr"]}


def test_a_line_of_a_transcript_runs_as_its_script_does(visit):
    """An Arabic quotation in an English page: its full stop stands at its left end, not in the margin of the block."""
    page = visit("howto/archive.html")
    assert page.evaluate("() => getComputedStyle(document.querySelector('pre > code')).unicodeBidi") == "plaintext"
