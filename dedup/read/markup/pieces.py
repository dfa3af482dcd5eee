"""HTML and Markdown: the text of each block, with the line and the element it stands in."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml import etree, html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dedup.errors import ReadError
from dedup.model import Document, Notice, shown
from dedup.read.blocks import Piece, document_of_pieces
from dedup.read.encoding import Decoded, decode
from dedup.read.files import Source
from dedup.read.markup.trees import Element, is_comment, line_of, local, page_of
from dedup.settings import Settings
from dedup.text.switch import after, after_markup, continued, has_switch

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary "
    "table tbody td tfoot th thead title tr ul".split()
)
"""Elements that begin and end a paragraph."""
UNREAD_TAGS = frozenset("head script style template noscript svg math iframe object select textarea".split())
"""Elements whose content no reader sees as text."""

SPACED_TAGS = frozenset("audio canvas embed iframe img input math object select svg textarea video".split())
"""Elements that a page shows as a thing of their own between two words."""


QUOTATIONS = frozenset(("blockquote", "bq"))
"""Elements that quote, of HTML and of NITF: what stands in one is named by it, too."""


class Tags(NamedTuple):
    """What the elements of a markup are: those that part paragraphs, are not read, or stand between two words."""

    blocks: frozenset[str]
    unread: frozenset[str]
    spaced: frozenset[str]


HTML = Tags(BLOCK_TAGS, UNREAD_TAGS, SPACED_TAGS)

MAX_NESTING = 100
"""Lists and quotations in each other; markdown-it drops what stands deeper, and its parser recurses."""

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_\-]{2,30})""", re.IGNORECASE)
_FRONT_MATTER = re.compile(
    r"\A(?:---[ \t]*\r?\n(?![ \t]*\r?\n).*?^(?:---|\.\.\.)|\+\+\+[ \t]*\r?\n.*?^\+\+\+)[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
"""YAML between --- lines, or TOML between +++ lines: a Markdown parser would take it for a heading.

As in Pandoc, a --- before a blank line is a rule, and what follows is text.
"""
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_OFF = "\ud800"
"""Stands before a line that is switched off until its block is whole: a character that no text can have."""


def html_documents(source: Source, settings: Settings) -> Iterator[Document | Notice]:
    """Yield the visible text of a page or fragment as one document."""
    decoded = html_decoded(source)
    yield from decoded.notices
    yield html_document(decoded.text(), source.name, source.path)


def html_decoded(source: Source) -> Decoded:
    """Return HTML as text, by the encoding that it declares where that is right."""
    match = _DECLARED.search(source.open().read(4_096))
    return decode(source, match[1].decode("ascii") if match else None)


def markdown_documents(source: Source, settings: Settings) -> Iterator[Document | Notice]:
    """Yield the prose of a Markdown file as one document; code blocks are left out, and said."""
    decoded = decode(source)
    yield from decoded.notices
    tokens, front_lines = _tokens(decoded.text(), source.name)
    if code := sum(1 for token in tokens if token.type in ("fence", "code_block")):
        yield Notice(source.name, f"{code} code blocks not compared" if code > 1 else "1 code block not compared")
    yield document_of_pieces(_markdown_pieces(tokens, front_lines, source.name), source.name, source.path)


def html_document(text: str, id: str, path: str | None = None) -> Document:
    """Return the blocks of HTML as a document; `element` is ``p[3]``, the third p of the page.

    Raises:
        ReadError: elements nested deeper than libxml2 goes; it drops all that follows.
    """
    return document_of_pieces(html_pieces(text, id), id, path)


def markdown_document(text: str, id: str, path: str | None = None) -> Document:
    """Return the blocks of Markdown as a document; `element` is the tag that they would become.

    Raises:
        ReadError: lists or quotations nested deeper than MAX_NESTING.
    """
    return document_of_pieces(_markdown_pieces(*_tokens(text, id), id), id, path)


def markdown_html(text: str) -> str:
    """Return the HTML of Markdown that is part of something else."""
    return str(MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table").render(text))


# --- HTML -----------------------------------------------------------------------------------------


def html_pieces(text: str, name: str) -> Iterator[Piece]:
    """Yield the visible text of a page or fragment, block by block.

    Raises:
        ReadError: elements nested deeper than libxml2 goes; it drops all that follows.
    """
    # Encoded again, because libxml2 refuses a str that declares an encoding of its own. Without
    # huge_tree it drops, in silence, a text node of 10 MB or 256 nested elements and all that follows.
    comments = has_switch(text)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=not comments, remove_pis=True, huge_tree=True)
    data = shown(text).replace("\0", "\ufffd").encode()
    try:
        root = html.document_fromstring(data, parser=parser, ensure_head_body=True)
    except etree.ParserError:  # nothing but white space and comments
        return
    except etree.XMLSyntaxError as error:  # the parser forgives everything but a want of memory
        raise ReadError(name, "HTML too large to be parsed", "convert it to plain text") from error
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        raise ReadError(name, "HTML nested too deep to be read", "convert it to plain text")
    yield from tree_pieces(page_of(root), HTML)


def tree_pieces(roots: Iterable[Element], tags: Tags) -> Iterator[Piece]:
    """Yield the text of trees, of HTML or XML, block by block; namespaces count for nothing."""
    blocks = _Blocks(tags)
    for root in roots:
        yield from blocks.of(root)


class _Blocks:
    """Collect inline text until an element that begins or ends a paragraph.

    A walk without recursion: nesting is the input's to choose. A paragraph of which a part is switched off is so as a
    whole.
    """

    def __init__(self, tags: Tags) -> None:
        self.tags = tags
        self.parts: list[str] = []
        self.line = 1
        self.element = "body"
        self.open: list[tuple[str, int, bool]] = []
        self.off = False

    def of(self, root: Element) -> Iterator[Piece]:
        """Yield the pieces of a tree in document order."""
        stack: list[tuple[Element, bool]] = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            if is_comment(element):
                self._switch(element)
                self._add(element.tail or "")
                continue
            if leaving:
                yield from self._leave(element)
                continue
            yield from self._enter(element)
            stack.append((element, True))
            if local(element) not in self.tags.unread:
                stack.extend((child, False) for child in reversed(element))
            else:
                for comment in element.iter(etree.Comment):
                    self._switch(comment)
        yield from self._flush()

    def _switch(self, comment: Element) -> None:
        self.off = after(f"<!--{comment.text}-->", self.off)

    def _enter(self, element: Element) -> Iterator[Piece]:
        tag = local(element)
        if tag in self.tags.blocks:
            yield from self._flush()
            outer = next((name for name, _, _ in reversed(self.open)), "")
            self.open.append((named_within(outer, tag), line_of(element), tag == "pre"))
            self.element, self.line, _ = self.open[-1]
        if tag == "br":
            self.parts.append("\x00")
        elif tag in self.tags.spaced:
            self.parts.append(" ")
        if tag not in self.tags.unread and element.text:
            self._add(element.text)

    def _leave(self, element: Element) -> Iterator[Piece]:
        if local(element) in self.tags.blocks:
            yield from self._flush()
            self.open.pop()
            self.element, self.line, _ = self.open[-1] if self.open else ("body", 1, False)
        if element.tail:
            self._add(element.tail)

    def _add(self, text: str) -> None:
        if self.off:  # each line, for in <pre> they may part paragraphs
            text = "\n".join(_OFF + line if line.strip() else line for line in text.split("\n"))
        preserved = any(pre for _, _, pre in self.open)
        self.parts.append(text.replace("\n", "\x00") if preserved else text)

    def _flush(self) -> Iterator[Piece]:
        """Yield what was collected: two line breaks in a row begin another paragraph, one does not."""
        text, self.parts = "".join(self.parts), []
        for piece in re.split("\x00[ \t\n\r\f]*\x00[\x00 \t\n\r\f]*", text):
            lines = piece.replace(_OFF, "").split("\x00")
            body = "\n".join(_SPACES.sub(" ", line).strip(" ") for line in lines).strip("\n")
            if body:
                yield Piece(body, self.line, self.element, _OFF in piece)


def named_within(outer: str, tag: str) -> str:
    """Return the name of an element in another: within a quotation ``blockquote/p``, else its own.

    >>> named_within("div", "p"), named_within("blockquote", "p"), named_within("blockquote/ul", "li")
    ('p', 'blockquote/p', 'blockquote/li')
    """
    quotation = outer.split("/", maxsplit=1)[0]
    return f"{quotation}/{tag}" if quotation in QUOTATIONS else tag


# --- Markdown -------------------------------------------------------------------------------------


def _tokens(text: str, name: str) -> tuple[list[Token], int]:
    """Return the block tokens, and how many lines of front matter stand before the first."""
    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    lines = text[: front.end()].count("\n") if front else 0
    tokens = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table").parse(body)
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        raise ReadError(name, f"lists or quotations nested {MAX_NESTING} deep", "convert it to plain text")
    return tokens, lines


def _markdown_pieces(tokens: list[Token], front_lines: int, name: str) -> Iterator[Piece]:
    tags: list[str] = []
    off = False
    for token in tokens:
        line = (token.map[0] if token.map else 0) + 1 + front_lines
        if token.nesting == 1:
            tags.append(token.tag)
        elif token.nesting == -1:
            tags.pop()
        elif token.type == "inline":
            children = token.children or []
            text = "".join(map(_child_text, children))
            *states, off = _states(children, off)
            yield Piece(text, line, functools.reduce(named_within, tags) if tags else "p", any(states))
        elif token.type == "html_block":
            for piece in html_pieces(continued(token.content, off), name):
                yield piece._replace(line=line + piece.line - 1)
            off = after_markup(token.content, off)


def _states(children: Iterable[Token], off: bool) -> Iterator[bool]:
    """Yield for what of a paragraph has text whether it is switched off, and then how it is behind it."""
    for child in children:
        if child.type == "html_inline":
            off = after(child.content, off)
        elif _child_text(child).strip():
            yield off
    yield off


def _child_text(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak") or (child.type == "html_inline" and _BREAK.match(child.content)):
        return "\n"
    return child.content if child.type in ("text", "code_inline", "image") else ""
