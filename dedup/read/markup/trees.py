"""XML as a tree, parsed so that nothing in it is expanded, fetched or run."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from html.entities import html5
from typing import cast

from lxml import etree

from dedup.errors import ReadError
from dedup.model import Notice, Skipped, shown
from dedup.read.encoding import Decoded, decode
from dedup.read.files import Source
from dedup.text.switch import has_switch

Element = etree._Element  # noqa: SLF001 - lxml has no other name for it

MOST_MARKS = 3_000_000
"""Elements and attributes of a tree: libxml2 takes 150 bytes for each. Measured: 2 million in 0.3 GB and 1.4 s."""
DECLARED_BYTES = 1_024
"""Bytes at the beginning in which an XML declaration stands."""

_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._\-]{2,40})["']""")
_BEFORE_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_ROOT = re.compile(r"<([^\s<>/]{1,100})")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_OWN = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
"""The entities that XML itself has; they stay, or `&lt;` would become markup."""


class Xml:
    """The text of an XML document: its encoding known, what stands before its root told from the rest."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        decoded = decode(source, declared := _declared(source))
        self.text = shown(decoded.text())
        self.notices = (*decoded.notices, *_contradiction(decoded, declared, self.text))
        self.root_at = root_at(self.text)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but white space."""
        return not self.text.strip("\ufeff \t\r\n")

    @property
    def root_name(self) -> str:
        """The name of the root without its prefix, read without parsing; empty where none is found."""
        found = _ROOT.match(self.text, self.root_at)
        return found[1].rpartition(":")[2] if found else ""

    def root(self) -> Element:
        """Return the root of the tree.

        Raises:
            ReadError: not well-formed, too large, or with entities of its own.
        """
        if "<!ENTITY" in self.text[: self.root_at]:
            raise _entities(self.name)
        text = _NAMED.sub(_character, self.text)  # &nbsp; is of HTML; agencies write it all the same
        return tree(text.encode(), self.name, comments=has_switch(text))


def root_of(source: Source, xml: Xml | None = None) -> Generator[Notice | Skipped, None, Element | None]:
    """Yield what is to be said of an XML file before its text, and return its root; None where it is blank.

    Raises:
        ReadError: no XML that can be read.
    """
    xml = xml or Xml(source)
    yield from xml.notices
    if xml.is_blank:
        yield Skipped(source.name, "no text in it")
        return None
    return xml.root()


def tree(xml: bytes, name: str, *, doctype: bool = True, comments: bool = False) -> Element:
    """Return the root of XML in UTF-8, whatever it declares, with its comments where they are asked for.

    Raises:
        ReadError: not well-formed, too large, with entities, or with a DOCTYPE where none may be.
    """
    if xml.count(b"<") + xml.count(b"=") > 2 * MOST_MARKS:  # each element ends, too
        raise ReadError(name, f"more than {MOST_MARKS:,} elements and attributes", "split it")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=not comments,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(f"{name}:{error.lineno or 1}", f"not well-formed XML ({_what(error)})", _MEND) from None
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):  # type: ignore[union-attr]
        raise _entities(name)
    if not doctype and dtd is not None:
        raise ReadError(name, "XML with a DOCTYPE, which no such file has", "have it written again")
    for entity in root.iter(etree.Entity):
        raise ReadError(f"{name}:{line_of(entity)}", "an entity that only its DTD knows", _NO_ENTITIES)
    return root


def _entities(name: str) -> ReadError:
    return ReadError(name, "XML that declares entities of its own, which are not expanded", _NO_ENTITIES)


_MEND = "have it written again, or mend it there"
_NO_ENTITIES = "replace entities by the characters they stand for"


def _what(error: etree.XMLSyntaxError) -> str:
    """Return the kind of an error in words: libxml2's own message may quote the text."""
    name = etree.ErrorTypes._getName(error.code, "error")  # type: ignore[attr-defined] # noqa: SLF001
    return str(name).replace("ERR_", "").replace("_", " ").lower()


def _declared(source: Source) -> str | None:
    match = _DECLARED.match(source.open().read(DECLARED_BYTES))
    return match[1].decode() if match else None


def _contradiction(decoded: Decoded, declared: str | None, text: str) -> Iterator[Notice]:
    """Yield the notice that the text is UTF-8 though it declares something else."""
    if decoded.encoding == "utf-8" and declared and not declared.lower().startswith("utf") and not text.isascii():
        yield Notice(decoded.source.name, f"declares {declared} but is UTF-8; read as UTF-8")


def root_at(text: str) -> int:
    """Return where the root of XML begins: behind the declaration, a DOCTYPE and comments."""
    at = 1 if text.startswith("\ufeff") else 0
    while match := _BEFORE_ROOT.match(text, at):
        at = match.end()
    return at


def _character(match: re.Match[str]) -> str:
    return match[0] if match[1] in _OWN else html5.get(match[1], match[0])


# --- finding one's way in a tree ------------------------------------------------------------------


def local(element: Element) -> str:
    """Return the name of an element without its namespace; a comment has one that no element can have."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """Return the namespace of an element, empty where it has none."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def line_of(element: Element) -> int:
    """Return the line on which the start tag of an element ends: where its text begins."""
    return cast("int | None", element.sourceline) or 1


def is_comment(element: Element) -> bool:
    """Return whether it is a comment, and no element at all."""
    return isinstance(element, etree._Comment)  # noqa: SLF001 - lxml has no other name for it


def elements(element: Element) -> Iterator[Element]:
    """Yield the elements right below one, without comments."""
    return element.iterchildren(etree.Element)


def page_of(root: Element) -> tuple[Element, ...]:
    """Return the root of a page, and before it the comments that stand before it."""
    return (*reversed(list(root.itersiblings(preceding=True))), root)


def found(element: Element, *names: str) -> Iterator[Element]:
    """Yield what stands below by a path of names, all in the namespace of `element`: any prefix will do."""
    if not names:
        yield element
        return
    for child in element:
        if local(child) == names[0] and namespace(child) == namespace(element):
            yield from found(child, *names[1:])


def words_of(element: Element) -> str:
    """Return all text in an element, white space collapsed; what a comment says is no text."""
    return " ".join(str(element.xpath("string()")).split())


def words_at(element: Element, *path: str) -> str | None:
    """Return the words of the first element at a path of names that has some."""
    return next((words for each in found(element, *path) if (words := words_of(each))), None)


def value_at(element: Element, attribute: str, *path: str) -> str | None:
    """Return the first value of an attribute of the elements at a path of names."""
    return next((value for each in found(element, *path) if (value := each.get(attribute))), None)


def source_of(element: Element) -> str:
    """Return the text right in an element, with the switches in it as they were written."""
    parts = [element.text or ""]
    for comment in element.iterchildren(etree.Comment):
        written = f"<!--{comment.text}-->"
        parts += [written if has_switch(written) else "", comment.tail or ""]
    return "".join(parts)
