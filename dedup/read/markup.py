"""HTML and Markdown: the text of each block, with the line and the element it stands in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from lxml import html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dedup.model import Block, Document, Notice, Problem, shown
from dedup.read.encoding import decode
from dedup.read.files import READ_ERRORS, Source, unreadable
from dedup.settings import Settings

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary "
    "table tbody td tfoot th thead title tr ul".split()
)
"""Elements that begin and end a paragraph."""
UNREAD_TAGS = frozenset("head script style template noscript svg math iframe object select textarea".split())
"""Elements whose content no reader sees as text."""

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_\-]{2,30})""", re.IGNORECASE)
_FRONT_MATTER = re.compile(
    r"\A(?:---[ \t]*\r?\n.*?^(?:---|\.\.\.)|\+\+\+[ \t]*\r?\n.*?^\+\+\+)[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
"""YAML between --- lines, or TOML between +++ lines: a Markdown parser would take it for a heading."""
_SPACES = re.compile(r"[ \t\n\r\f]+")

Piece = tuple[str, int, str]
"""The text of a block, its line in the source, and its element."""


def html_documents(source: Source, settings: Settings) -> Iterator[Document | Problem | Notice]:
    """Yield the visible text of a page or fragment as one document."""
    try:
        match = _DECLARED.search(source.open().read(4_096))
        decoded = decode(source, match[1].decode("ascii") if match else None)
        if isinstance(decoded, Problem):
            yield decoded
            return
        if decoded.notice is not None:
            yield decoded.notice
        yield html_document(decoded.text(), source.name, source.path)
    except READ_ERRORS as error:
        yield unreadable(source.name, error)


def markdown_documents(source: Source, settings: Settings) -> Iterator[Document | Problem | Notice]:
    """Yield the prose of a Markdown file as one document; code blocks are left out, and said."""
    decoded = decode(source)
    if isinstance(decoded, Problem):
        yield decoded
        return
    if decoded.notice is not None:
        yield decoded.notice
    text = decoded.text()
    if code := sum(1 for token in _tokens(text)[0] if token.type in ("fence", "code_block")):
        yield Notice(source.name, f"{code} code block{'s' if code > 1 else ''} not compared")
    yield markdown_document(text, source.name, source.path)


def html_document(text: str, id: str, path: str | None = None) -> Document:
    """Return the blocks of HTML as a document; `element` is ``p[3]``, the third p of the page."""
    return _document(_html_pieces(text), id, path)


def markdown_document(text: str, id: str, path: str | None = None) -> Document:
    """Return the blocks of Markdown as a document; `element` is the tag that they would become."""
    return _document(_markdown_pieces(text), id, path)


def _document(pieces: Iterable[Piece], id: str, path: str | None) -> Document:
    parts: list[str] = []
    blocks: list[Block] = []
    counts: Counter[str] = Counter()
    start = 0
    for text, line, element in pieces:
        counts[element] += 1
        blocks.append(Block(start, start + len(text), line, f"{element}[{counts[element]}]"))
        parts.append(text)
        start += len(text) + 2
    return Document(id, "\n\n".join(parts), path=path, blocks=tuple(blocks))


# --- HTML -----------------------------------------------------------------------------------------


def _html_pieces(text: str) -> Iterator[Piece]:
    # Encoded again, because libxml2 refuses a str that declares an encoding of its own.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    data = shown(text).replace("\0", "\ufffd").encode()
    if not data.strip():
        return
    root = html.document_fromstring(data, parser=parser, ensure_head_body=True)
    yield from _Blocks().of(root)


class _Blocks:
    """Collect inline text until an element that begins or ends a paragraph.

    A walk without recursion: nesting is the input's to choose.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.line = 1
        self.element = "body"
        self.open: list[tuple[str, int, bool]] = []

    def of(self, root: html.HtmlElement) -> Iterator[Piece]:
        """Yield the pieces of a tree in document order."""
        stack: list[tuple[html.HtmlElement, bool]] = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            if leaving:
                yield from self._leave(element)
                continue
            yield from self._enter(element)
            stack.append((element, True))
            if element.tag not in UNREAD_TAGS:
                stack.extend((child, False) for child in reversed(element))
        yield from self._flush()

    def _enter(self, element: html.HtmlElement) -> Iterator[Piece]:
        tag = element.tag
        if tag in BLOCK_TAGS:
            yield from self._flush()
            self.open.append((tag, element.sourceline or 1, tag == "pre"))
            self.element, self.line = tag, element.sourceline or 1
        if tag == "br":
            self.parts.append("\x00")
        elif tag not in UNREAD_TAGS and element.text:
            self._add(element.text)

    def _leave(self, element: html.HtmlElement) -> Iterator[Piece]:
        if element.tag in BLOCK_TAGS:
            yield from self._flush()
            self.open.pop()
            self.element, self.line, _ = self.open[-1] if self.open else ("body", 1, False)
        if element.tail:
            self._add(element.tail)

    def _add(self, text: str) -> None:
        preserved = any(pre for _, _, pre in self.open)
        self.parts.append(text.replace("\n", "\x00") if preserved else text)

    def _flush(self) -> Iterator[Piece]:
        """Yield what was collected: two line breaks in a row begin another paragraph, one does not."""
        text, self.parts = "".join(self.parts), []
        for piece in re.split("\x00[ \t\n\r\f]*\x00[\x00 \t\n\r\f]*", text):
            body = "\n".join(_SPACES.sub(" ", line).strip(" ") for line in piece.split("\x00")).strip("\n")
            if body:
                yield body, self.line, self.element


# --- Markdown -------------------------------------------------------------------------------------


def _tokens(text: str) -> tuple[list[Token], int]:
    """Return the block tokens, and how many lines of front matter stand before the first."""
    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    lines = text[: front.end()].count("\n") if front else 0
    return MarkdownIt("commonmark").enable("table").parse(body), lines


def _markdown_pieces(text: str) -> Iterator[Piece]:
    tokens, front_lines = _tokens(text)
    tags: list[str] = []
    for token in tokens:
        line = (token.map[0] if token.map else 0) + 1 + front_lines
        if token.nesting == 1:
            tags.append(token.tag)
        elif token.nesting == -1:
            tags.pop()
        elif token.type == "inline":
            yield _inline_text(token), line, tags[-1] if tags else "p"
        elif token.type == "html_block":
            for body, offset, element in _html_pieces(token.content):
                yield body, line + offset - 1, element


def _inline_text(token: Token) -> str:
    return "".join(
        "\n" if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or ()
        if child.type in ("text", "code_inline", "softbreak", "hardbreak", "image")
    )
