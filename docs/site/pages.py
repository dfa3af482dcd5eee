"""What the site does beyond mkdocs: pages from elsewhere in the repository, and Arabic ones right to left.

Links stay as the web view of the repository needs them, so this is a hook of mkdocs that follows
them, and not `mkdocs-gen-files`, for which the sources would name pages that do not exist there.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {
    "README.md": "glossary.md",
    "CHANGELOG.md": "changelog.md",
    "tests/story/README.md": "story.md",
    "benchmarks/README.md": "benchmarks.md",
    "benchmarks/labels/README.md": "labels.md",
}
"""File of the repository outside docs/ -> the page it is on the site."""

PLACES = {page: source for source, page in ELSEWHERE.items()}
LINK = re.compile(r"\]\(([^)\s#]+\.md)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from elsewhere; of the README its glossary, the rest of it is what the site says."""
    for source, page in ELSEWHERE.items():
        text = (ROOT / source).read_text("utf-8")
        if source == "README.md":
            text = "# Glossary\n" + text.split("\n## Glossary\n")[1].split("\n## ")[0]
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Let a link that leaves docs/ lead to the page that its file is here."""
    place = PLACES.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    return LINK.sub(lambda link: f"]({led_to(link[1], place, page.file.src_uri)}{link[2] or ''})", markdown)


def led_to(link: str, place: str, page: str) -> str:
    """Return where a link of the file at `place` leads, seen from the page that it is."""
    if ":" in link:
        return link
    target = posixpath.normpath(posixpath.join(posixpath.dirname(place), link))
    target = ELSEWHERE.get(target, target.removeprefix("docs/"))
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Any) -> dict[str, Any]:  # noqa: ARG001
    """Set the language of the page, from which the theme takes its own words and their direction.

    mkdocs-static-i18n wants each page in each language, or shows English under the Arabic address.
    """
    config.theme["language"] = "ar" if page.file.src_uri.startswith("ar/") else "en"
    return context
