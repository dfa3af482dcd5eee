"""NewsML-G2: the items of a message, or a single one, each with its text and what is said of it.

After IPTC's guidelines (listings 1, 2, 6, 24, 25) and what agencies send: ANSA, dpa and STT in the fixtures of
Superdesk, TT in its own example. Names are looked for in the namespace of their item, whatever its prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Article, Document, Notice, Skipped
from dedup.read.blocks import Piece, document_of_pieces
from dedup.read.files import Source
from dedup.read.markup.pieces import BLOCK_TAGS, HTML, tree_pieces
from dedup.read.markup.trees import Element, elements, found, line_of, local, namespace, root_of, words_at
from dedup.read.newsroom import newsml1, nitf
from dedup.read.newsroom.inline import looks_marked_up, string_pieces
from dedup.read.newsroom.status import date_of, is_canceled, is_made_of, notices_of
from dedup.settings import Settings

NAMESPACES = ("http://iptc.org/std/nar/2006-10-01/", "")
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ROOTS = ("newsMessage", "newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")


def newsml_documents(source: Source, settings: Settings) -> Iterator[Document | Notice | Skipped]:
    """Yield the text of each news item of NewsML, G2 or 1, as a document.

    Raises:
        ReadError: no XML that can be read, or no NewsML.
    """
    root = yield from root_of(source)
    if root is None:
        return
    if not is_newsml(root):
        raise ReadError(source.name, f"XML of <{local(root)}>, not NewsML", "leave out --format-in newsml")
    yield from items(root, source, settings)


def is_newsml(element: Element) -> bool:
    """Return whether an element is the root of NewsML, G2 or 1."""
    return newsml1.is_newsml1(element) or (local(element) in ROOTS and namespace(element) in NAMESPACES)


def items(root: Element, source: Source, settings: Settings) -> Iterator[Document | Notice]:
    """Yield what each item of a message is, or the one that stands alone."""
    if newsml1.is_newsml1(root):
        yield from newsml1.items(root, source, settings)
        return
    if local(root) != "newsMessage":
        yield from _item(root, source, settings)
        return
    for itemset in found(root, "itemSet"):
        for item in elements(itemset):
            yield from _item(item, source, settings)


def _item(item: Element, source: Source, settings: Settings) -> Iterator[Document | Notice]:
    place = f"{source.name}:{line_of(item)}"
    given = item.get("guid")
    name = given or source.name
    if local(item) != "newsItem":
        called = f"{local(item)} {given}" if given else local(item)
        yield Notice(place, f"{called} has no text of its own; left out")
        return
    status = _code(item, "itemMeta", "pubStatus")
    yield from notices_of(place, name, status)
    if is_canceled(status):
        return
    bodies = sorted(_bodies(item), key=_rank)
    pieces: list[Piece] = []
    while bodies and not pieces:
        body = bodies.pop(0)
        pieces = list(_pieces(body, name, settings))
    if not pieces:
        yield Notice(place, f"{name}: {_why_without_text(item)}")
        return
    if bodies:  # all that a contentSet holds are renditions of one text, so says the specification
        yield Notice(place, told(f"{name}: {len(bodies)} more of the same text not compared ({_listed(bodies)})"))
    named = given is not None or source.path is not None
    known = _article(item, body)
    yield document_of_pieces(pieces, name, source.path, article=known, story=_story(item), named=named)


# --- one body of an item --------------------------------------------------------------------------


def _bodies(item: Element) -> Iterator[Element]:
    yield from found(item, "contentSet", "inlineXML")
    yield from found(item, "contentSet", "inlineData")


def _rank(body: Element) -> int:
    """Return how well a body tells its paragraphs: NITF and XHTML, then HTML as a string, then plain text."""
    if local(body) == "inlineXML":
        return 0 if _pieces_of(body) is not None else 3
    return 1 if _is_html(body) else 2


def _pieces(body: Element, name: str, settings: Settings) -> Iterator[Piece]:
    if local(body) == "inlineXML":
        reader = _pieces_of(body)
        return iter(()) if reader is None else reader()
    return string_pieces(body, name, settings, html=_is_html(body))


def _pieces_of(body: Element) -> Callable[[], Iterator[Piece]] | None:
    """Return what reads the XML in a body: NITF, XHTML, or nothing that is known."""
    for element in elements(body):
        if local(element) == "nitf":
            return lambda: nitf.pieces_of(element)
        if local(element) in BLOCK_TAGS:
            return lambda: tree_pieces((body,), HTML)
    return None


def _is_html(body: Element) -> bool:
    kind = body.get("contenttype", "")
    return "html" in kind or (kind in ("", "text/plain") and looks_marked_up(body))


def _listed(bodies: list[Element]) -> str:
    return ", ".join(f"{local(body)} {body.get('contenttype', '')}".strip() for body in bodies)


def _why_without_text(item: Element) -> str:
    """Return why an item has no text: it lies elsewhere, or is of a kind that is not read."""
    kinds = {
        element.get("contenttype") or "of no stated type" for element in found(item, "contentSet", "remoteContent")
    }
    unknown = {local(element) for body in found(item, "contentSet", "inlineXML") for element in elements(body)}
    if kinds:
        return told(f"its content lies elsewhere ({', '.join(sorted(kinds))}); not fetched")
    if unknown:
        return told(f"its content is <{'>, <'.join(sorted(unknown))}>, which is not read")
    return "no text in it"


# --- what is said of it ---------------------------------------------------------------------------


def _article(item: Element, body: Element) -> Article:
    """Return what an item says of its text; what it leaves open, NITF in it may say."""
    inside = next((nitf.article_of(element) for element in body if local(element) == "nitf"), Article())
    about = ("contentMeta",)
    return Article(
        version=item.get("version"),
        title=words_at(item, *about, "headline") or inside.title,
        outlet=_party(item, "itemMeta", "provider") or inside.outlet,
        author=words_at(item, *about, "by") or _party(item, *about, "creator") or inside.author,
        date=date_of(_dates(item)) or inside.date,
        language=_language(item, body),
    )


def _story(item: Element) -> tuple[str, ...]:
    """Return the guids of the items that this one was made of: TT names all of them, by their addresses."""
    links = [link for link in found(item, "itemMeta", "link") if is_made_of(link.get("rel"))]
    named = (link.get("residref") or link.get("href") for link in links)
    return tuple(dict.fromkeys(guid for guid in named if guid and guid != item.get("guid")))


def _dates(item: Element) -> Iterator[str | None]:
    for path in (("itemMeta", "firstCreated"), ("itemMeta", "versionCreated"), ("contentMeta", "contentCreated")):
        yield words_at(item, *path)


def _language(item: Element, body: Element) -> str | None:
    """Return the language of the text; that of the item is the language of what is said of it."""
    tags = (element.get("tag") for element in found(item, "contentMeta", "language"))
    return next((tag for tag in tags if tag), None) or body.get(XML_LANG) or item.get(XML_LANG)


def _party(item: Element, *path: str) -> str | None:
    """Return who somebody is: the first name, else the code or the address."""
    for party in found(item, *path):
        named = words_at(party, "name")
        return named or party.get("literal") or _code_of(party)
    return None


def _code(item: Element, *path: str) -> str | None:
    return next((_code_of(element) for element in found(item, *path)), None)


def _code_of(element: Element) -> str | None:
    return element.get("qcode") or element.get("uri")
