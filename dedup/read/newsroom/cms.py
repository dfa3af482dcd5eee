"""The body of a post: of WordPress, and of Ghost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dedup.errors import ReadError
from dedup.language import told
from dedup.read.blocks import Piece
from dedup.read.newsroom import mobiledoc
from dedup.read.newsroom.bodies import Body
from dedup.read.newsroom.fields import Item
from dedup.read.newsroom.lexical import html_of
from dedup.read.placed import a_type, placed

# --- WordPress ------------------------------------------------------------------------------------

_CAPTION = re.compile(r"\[(/?)(?:wp_)?caption\b[^\]]*\]")
_SHORTCODE = re.compile(r"\[/?(?:gallery|embed|audio|video|playlist)\b[^\]]*\]")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n\s*")


def wordpress(item: Item, body: Body) -> Iterator[Piece]:
    """Yield the text of a post: as it was written where that is there, for plugins put things into what is rendered.

    Raises:
        ReadError: it is no text.
    """
    content = item.get("content")
    if not isinstance(content, Mapping):
        yield from body.html(content, "content")
        return
    raw = content.get("raw")
    if body.string(raw, "content.raw").strip():
        text = placed(_with_paragraphs(str(raw)), body.line_of(raw, 1))
        yield from body.html(text, "content.raw")
    else:
        yield from body.html(content.get("rendered"), "content.rendered")


def _with_paragraphs(raw: str) -> str:
    """Return a post as WordPress shows it: in the classic editor a blank line parts paragraphs, and no <p> does."""
    if "<!-- wp:" in raw:
        return raw
    figures = _CAPTION.sub(r"<\1figure>", raw)
    return _BLANK_LINE.sub("<br><br>", _SHORTCODE.sub(" ", figures))


# --- Ghost ----------------------------------------------------------------------------------------

_WITH_HTML = told("ask for it with ?formats=html")


def ghost(item: Item, body: Body) -> Iterator[Piece]:
    """Yield the text of a post: its HTML where that was asked for, else its tree, else its plain text.

    Raises:
        ReadError: what there is of them cannot be read.
    """
    html = item.get("html")
    if body.string(html, "html").strip():
        yield from body.html(html, "html")
        return
    for field, root_of in TREES.items():
        if item.get(field) not in (None, ""):
            text = html_of(root_of(_tree(item[field], field, body)), lambda card: _markdown(card, body), body.leave_out)
            yield from body.html(placed(text, body.line_of(item[field], 1)), field)
            return
    if item.get("plaintext") is not None:
        yield from body.plain(item["plaintext"], "plaintext")


def _root(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    root = tree.get("root", {})
    return root if isinstance(root, Mapping) else {}


TREES = {"lexical": _root, "mobiledoc": mobiledoc.root_of}
"""Fields with the tree of a post, that of today before that of old -> what gives its root."""


def _tree(tree: object, field: str, body: Body) -> Mapping[str, Any]:
    if isinstance(tree, str):
        try:
            tree = json.loads(tree) if tree.strip() else {}
        except ValueError as error:
            raise ReadError(body.place, f"{field} is not JSON", _WITH_HTML) from error
    if not isinstance(tree, Mapping):
        raise ReadError(body.place, f"{field} is {a_type(tree)}, not a tree", _WITH_HTML)
    return tree


def _markdown(card: str, body: Body) -> str:
    from dedup.read.formats import named
    from dedup.read.markup.pieces import markdown_html

    most = named("markdown").guarded_from
    if most is not None and len(card) > most:  # a parser of Markdown can be kept busy for minutes by less
        raise ReadError(body.place, f"has a Markdown card of more than {most:,} characters", _WITH_HTML)
    return markdown_html(card)
