"""Lexical, the tree in which Ghost keeps a post: written as the HTML that Ghost shows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from dedup.language import told

Node = Mapping[str, Any]

BLOCKS = {
    "paragraph": "p",
    "heading": "h2",
    "extended-heading": "h2",
    "quote": "blockquote",
    "extended-quote": "blockquote",
    "aside": "blockquote",
    "list": "ul",
    "listitem": "li",
}
"""Nodes that are a block -> its element, where the node names none itself."""
INLINE = {"linebreak": "<br>", "tab": " ", "horizontalrule": "<hr>"}
TEXTS = frozenset(("text", "extended-text", "code-highlight", "tk", "at-link-search"))
CAPTIONED = ("image", "gallery", "video", "audio", "embed", "bookmark", "file")
CARDS: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(CAPTIONED, (("caption", "figcaption"),)),
    "html": (("html", "div"),),
    "callout": (("calloutText", "div"),),
    "toggle": (("heading", "h4"), ("content", "div")),
    "header": (("header", "h2"), ("subheader", "h3")),
    "product": (("productTitle", "h4"), ("productDescription", "div")),
}
"""Nodes that hold HTML in fields -> these, and the element each becomes."""
UNREAD = {
    "codeblock": "a code block",
    "email": "text for e-mail only",
    "email-cta": "text for e-mail only",
    "call-to-action": "a call to action",
    "signup": "a sign-up form",
}
"""Nodes with text that is no part of the article -> what a notice calls them."""
SILENT = frozenset(("button", "paywall", "transistor"))


def html_of(root: Node, markdown: Callable[[str], str], leave_out: Callable[[str], None]) -> str:
    """Return the HTML of a tree; `markdown` makes HTML of that, `leave_out` is told what is not."""
    return "".join(_Writer(markdown, leave_out).of(root))


class _Writer:
    """Write nodes; nesting is bounded by that of the JSON they were read from, or ends in a RecursionError."""

    def __init__(self, markdown: Callable[[str], str], leave_out: Callable[[str], None]) -> None:
        self._markdown, self._leave_out = markdown, leave_out

    def of(self, node: Node) -> Iterator[str]:
        """Yield the HTML of a node in pieces."""
        kind = node.get("type")
        if kind in TEXTS:
            yield escape(_text(node, "text"), quote=False)
        elif kind in INLINE:
            yield INLINE[kind]
        elif kind in CARDS:
            yield from (f"<{tag}>{_text(node, field)}</{tag}>" for field, tag in CARDS[kind])
        elif kind == "markdown":
            yield f"<div>{self._markdown(_text(node, 'markdown'))}</div>"
        elif kind in BLOCKS:
            yield from self._block(node, kind)
        else:
            yield from self._children(node)
            self._note(kind, node)

    def _block(self, node: Node, kind: str) -> Iterator[str]:
        tag = node.get("tag")
        name = tag if isinstance(tag, str) and tag.isalnum() else BLOCKS[kind]
        yield f"<{name}>"
        yield from self._children(node)
        yield f"</{name}>"

    def _children(self, node: Node) -> Iterator[str]:
        children = node.get("children")
        for child in children if isinstance(children, list) else ():
            if isinstance(child, Mapping):
                yield from self.of(child)

    def _note(self, kind: object, node: Node) -> None:
        if kind in UNREAD:
            self._leave_out(UNREAD[str(kind)])
        elif "children" not in node and kind not in SILENT:
            self._leave_out(told(f"a card of the kind {str(kind)[:40]}"))


def _text(node: Node, field: str) -> str:
    value = node.get(field)
    return value if isinstance(value, str) else ""
