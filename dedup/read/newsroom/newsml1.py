"""NewsML 1: the items of a message, each with the text of its components and what is said of it.

After the DTD of NewsML 1.2 and what agencies send: AFP's message in the fixtures of Superdesk and what Superdesk's
parsers expect of EFE and Belga, Belga's own notes on its archive, and the templates of Opennemas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dedup.language import told
from dedup.model import Article, Document, Notice
from dedup.read.blocks import Piece, document_of_pieces
from dedup.read.files import Source
from dedup.read.markup.pieces import HTML, tree_pieces
from dedup.read.markup.trees import Element, elements, found, line_of, local, value_at, words_at, words_of
from dedup.read.newsroom import nitf
from dedup.read.newsroom.inline import looks_marked_up, string_pieces
from dedup.read.newsroom.status import date_of, is_canceled, notices_of
from dedup.settings import Settings

ROOT = "NewsML"
URN = "urn:newsml:"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BESIDE = frozenset(
    "abstract byline caption copyright credit dateline headline keyword slug subheadline summary title".split()
)
"""Roles of components whose words stand beside the text."""


def is_newsml1(element: Element) -> bool:
    """Return whether an element is the root of NewsML 1; its DTD has no namespace, its schema one of its own."""
    return local(element) == ROOT


def items(root: Element, source: Source, settings: Settings) -> Iterator[Document | Notice]:
    """Yield the text of each item, those within components of others, too."""
    for item in root.iter("{*}NewsItem"):
        yield from _item(item, source, settings)


def _item(item: Element, source: Source, settings: Settings) -> Iterator[Document | Notice]:
    place = f"{source.name}:{line_of(item)}"
    given = _id(item)
    name = given or source.name
    status = value_at(item, "FormalName", "NewsManagement", "Status")
    yield from notices_of(place, name, status)
    if is_canceled(status):
        return
    text = _Text(name, settings)
    pieces = [piece for component in found(item, "NewsComponent") for piece in text.of(component)]
    if not pieces:
        yield Notice(place, f"{name}: {_why_without_text(item, text)}")
        return
    if text.left:
        listed = ", ".join(f"{what} ({count})" for what, count in sorted(text.left.items()))
        yield Notice(place, told(f"{name}: not compared: {listed}"))
    yield document_of_pieces(
        pieces,
        name,
        source.path,
        article=_article(item),
        story=_story(item, given),
        named=given is not None or source.path is not None,
    )


# --- the text -------------------------------------------------------------------------------------


class _Text:
    """Collect the text of components in their order, and count by its role or kind what is left out."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._name, self._settings = name, settings
        self.left: Counter[str] = Counter()

    def of(self, component: Element) -> Iterator[Piece]:
        """Yield the pieces of a component; of several that say the same, those of one."""
        role = value_at(component, "FormalName", "Role") or ""
        if role.rpartition(":")[2].casefold() in BESIDE:
            self.left[role[:40]] += 1
            return
        parts = [part for part in elements(component) if local(part) in ("NewsComponent", "ContentItem")]
        if component.get("EquivalentsList") != "yes":
            for part in parts:
                yield from self._part(part)
            return
        texts = [pieces for part in sorted(parts, key=_has_no_markup) if (pieces := list(self._part(part)))]
        yield from texts[0] if texts else ()
        if len(texts) > 1:
            self.left["EquivalentsList"] += len(texts) - 1

    def _part(self, part: Element) -> Iterator[Piece]:
        if local(part) == "NewsComponent":
            yield from self.of(part)
            return
        for content in found(part, "DataContent"):
            kind = value_at(part, "FormalName", "MediaType") or "Text"
            if kind.casefold() not in ("text", "complexdata"):
                self.left[kind[:40]] += 1
            else:
                yield from self._content(content)

    def _content(self, content: Element) -> Iterator[Piece]:
        """Yield the pieces of a text: NITF, XHTML, their paragraphs alone as AFP sends them, or a string."""
        inside = list(elements(content))
        names = [local(element) for element in inside]
        if not inside:
            yield from string_pieces(content, self._name, self._settings, html=looks_marked_up(content))
        elif "nitf" in names:
            yield from nitf.pieces_of(inside[names.index("nitf")])
        elif "html" in names:
            yield from tree_pieces((inside[names.index("html")],), HTML)
        elif not nitf.TAGS.blocks.isdisjoint(names) or (content.text or "").strip():
            yield from tree_pieces((content,), nitf.TAGS)
        else:
            self.left[f"<{names[0][:40]}>"] += 1


def _has_no_markup(part: Element) -> bool:
    """Return whether no text in a part is more than a string: what has markup tells its paragraphs."""
    return not any(True for content in part.iter("{*}DataContent") for _ in elements(content))


def _why_without_text(item: Element, text: _Text) -> str:
    kinds = {
        value_at(content, "FormalName", "MediaType") or "of no stated type"
        for content in item.iter("{*}ContentItem")
        if content.get("Href")
    }
    if kinds:
        return told(f"its content lies elsewhere ({', '.join(sorted(kinds))}); not fetched")
    if text.left:
        return told(f"its content is {', '.join(sorted(text.left))}, which is not read")
    return "no text in it"


# --- what is said of it ---------------------------------------------------------------------------


def _id(item: Element) -> str | None:
    """Return the id that all revisions of an item have: its public identifier names one of them."""
    for identifier in found(item, "Identification", "NewsIdentifier"):
        parts = [words_at(identifier, name) for name in ("ProviderId", "DateId", "NewsItemId")]
        if all(parts):
            return URN + ":".join(map(str, parts))
        return _without_revision(words_at(identifier, "PublicIdentifier"))
    return None


def _without_revision(urn: str | None) -> str | None:
    parts = (urn or "").split(":")
    return ":".join(parts[:5]) if len(parts) == 6 and (urn or "").startswith(URN) else urn


def _story(item: Element, own: str | None) -> tuple[str, ...]:
    """Return the ids of the items that this one was made of."""
    links = found(item, "NewsManagement", "DerivedFrom")
    named = [_without_revision(link.get("NewsItem")) for link in links]
    return tuple(dict.fromkeys(id for id in named if id and id != own))


def _article(item: Element) -> Article:
    """Return what an item says of its text; what it leaves open, NITF in it may say."""
    inside = next((nitf.article_of(element) for element in item.iter("{*}nitf")), Article())
    about = "AdministrativeMetadata"
    return Article(
        version=words_at(item, "Identification", "NewsIdentifier", "RevisionId"),
        title=_anywhere(item, "HeadLine") or inside.title,
        outlet=_party(item, about, "Provider") or _party(item, about, "Source") or inside.outlet or _provider(item),
        author=_anywhere(item, "ByLine") or inside.author or _party(item, about, "Creator"),
        date=date_of(_dates(item)) or inside.date,
        language=_language(item) or inside.language,
    )


def _dates(item: Element) -> Iterator[str | None]:
    yield words_at(item, "NewsManagement", "FirstCreated")
    yield words_at(item, "NewsManagement", "ThisRevisionCreated")
    yield words_at(item, "Identification", "NewsIdentifier", "DateId")


def _language(item: Element) -> str | None:
    stated = (each.get("FormalName") for each in _below(item, "DescriptiveMetadata", "Language"))
    marked = (component.get(XML_LANG) for component in item.iter("{*}NewsComponent"))
    return next((tag for tags in (stated, marked) for tag in tags if tag), None)


def _provider(item: Element) -> str | None:
    return words_at(item, "Identification", "NewsIdentifier", "ProviderId")


def _party(item: Element, *path: str) -> str | None:
    return next((name for party in _below(item, *path, "Party") if (name := party.get("FormalName"))), None)


def _anywhere(item: Element, name: str) -> str | None:
    return next((words for element in _below(item, name) if (words := words_of(element))), None)


def _below(item: Element, name: str, *path: str) -> Iterator[Element]:
    """Yield what stands at a path that begins at any depth: each component may say it."""
    for element in item.iter(f"{{*}}{name}"):
        yield from found(element, *path)
