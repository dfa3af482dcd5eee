"""The formats of newsrooms in JSON, as a table: how each is known, where its text stands, and what is known of it.

Followed from the formats' own examples: iptc/newsinjson (examples/1.6, 2.2, 3.0), superdesk/superdesk-core (the
ninjs formatter, prod_api fixtures, items of AP), washingtonpost/ans-schema (fixtures of 0.10.7), the reference of the
REST API of WordPress, and that of Ghost's Admin API.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dedup.language import told
from dedup.read.newsroom.ans import ans
from dedup.read.newsroom.bodies import Reading
from dedup.read.newsroom.cms import ghost, wordpress
from dedup.read.newsroom.fields import Item, Known, at, dated, either, first, host, in_role, joined, unmarked, utc
from dedup.read.newsroom.ninjs import ninjs, superdesk
from dedup.read.newsroom.status import is_made_of


@dataclass(frozen=True, slots=True)
class Shape:
    """Describe a format of items: its name, what tells it, and where things stand.

    `fields` are where a body may stand, as messages name them; `aside` says why an item is left out, `noted` what is
    to say of one that is read, None where there is nothing; `story` yields the ids of other versions of its story.
    """

    name: str
    fits: Callable[[Item], bool]
    fields: tuple[str, ...]
    body: Reading
    id: Known
    known: Mapping[str, Known]
    story: Callable[[Item], Iterator[str]] = field(default=lambda _: iter(()))
    aside: Known = field(default=lambda _: None)
    noted: Known = field(default=lambda _: None)


# --- what tells them ------------------------------------------------------------------------------


def _has(item: Item, *names: str) -> bool:
    return any(name in item for name in names)


def _is_superdesk(item: Item) -> bool:
    return _has(item, "guid", "_id") and _has(item, "family_id", "state", "_current_version", "rewrite_of")


def _is_ans(item: Item) -> bool:
    """Return whether it is a thing of Arc XP, which says the version of its schema; results of a search are none."""
    listed = item.get("content_elements")
    if isinstance(listed, list):
        return not any(isinstance(each, Mapping) and each.get("type") == "story" for each in listed)
    version = item.get("version")
    return isinstance(version, str) and re.match(r"0\.\d", version) is not None and "type" in item


def _is_wordpress(item: Item) -> bool:
    content = item.get("content")
    return isinstance(content, Mapping) and _has(content, "raw", "rendered")


def _is_ghost(item: Item) -> bool:
    return _has(item, "lexical", "mobiledoc") or ("html" in item and _has(item, "uuid", "comment_id", "published_at"))


def _is_ninjs(item: Item) -> bool:
    if not isinstance(item.get("uri", item.get("guid", next(at(item, AP_ID), None))), str):
        return False
    return any(name.startswith(("body_", "headline", "pubstatus", "versioncreated")) or name in _NINJS for name in item)


AP_ID = "altids.itemid"
"""The id of an item of AP: its `uri` is the address of one download, with the query of whoever asked."""
_NINJS = ("bodies", "pubStatus", "versionCreated", "representationType", "representationtype", "associations")


# --- what is left out, and what belongs together --------------------------------------------------


def _in_state(states: Mapping[str, frozenset[str]]) -> Known:
    """Return what says that an item was withdrawn, where one of its fields has such a value."""

    def aside(item: Item) -> str | None:
        for name, values in states.items():
            value = item.get(name)
            if isinstance(value, str) and value.casefold() in values:
                return told(f"withdrawn ({name}: {value.casefold()}); dedup archive remove takes it out of an archive")
        return None

    return aside


def _held(item: Item) -> str | None:
    """Say that an item may not be published yet: a desk checks it before it is."""
    return "withheld; compared all the same" if "withheld" in (item.get("pubstatus"), item.get("pubStatus")) else None


_CANCELED = frozenset(("canceled", "cancelled"))
_STATES = {"pubstatus": _CANCELED, "pubStatus": _CANCELED}
_SUPERDESK_STATES = {"state": frozenset(("killed", "recalled", "spiked", "unpublished")), **_STATES}


def _not_shown(item: Item) -> str | None:
    """Say that a post was withdrawn, or that a password keeps it from whoever asked."""
    content = item.get("content")
    if isinstance(content, Mapping) and content.get("protected") is True and not (content.get("raw") or "").strip():
        return told("protected by a password; ask for it with context=edit")
    return _in_state({"status": frozenset(("trash",))})(item)


def _versions(*paths: str) -> Callable[[Item], Iterator[str]]:
    return lambda item: (value for path in paths for value in at(item, path))


def _evolved_from(item: Item) -> Iterator[str]:
    """Yield the ids of earlier versions: fields of Superdesk's ninjs, and associations that say so.

    `ancestors` are all of them, where an item comes from its content API.
    """
    yield from _versions("evolvedfrom", "rewrite_of", "ancestors")(item)
    found = item.get("associations")
    named = found.items() if isinstance(found, Mapping) else enumerate(found if isinstance(found, list) else ())
    for name, each in named:  # ninjs 1, or 2 and 3
        if isinstance(each, Mapping) and any(map(is_made_of, (name, each.get("name"), each.get("rel")))):
            yield from (value for path in (AP_ID, "uri", "guid") for value in at(each, path))


# --- the table ------------------------------------------------------------------------------------

_NINJS_KNOWN: dict[str, Known] = {
    "version": first("version", "versionCreated", "versioncreated"),
    "title": unmarked(either(in_role("main", "headlines", "value"), first("headlines.value", "headline", "title"))),
    "outlet": first("source", "copyrightHolder", "copyrightholder", "infoSources.name", "infosources.name", "provider"),
    "author": joined("byline", "by", "authors.name"),
    "date": dated("firstpublished", "firstCreated", "firstcreated", "versionCreated", "versioncreated"),
    "language": first("language"),
}

SHAPES: tuple[Shape, ...] = (
    Shape(
        "superdesk",
        _is_superdesk,
        ("body_html", "body_text"),
        superdesk,
        first("guid", "_id", "uri"),
        {
            "version": first("_current_version", "version"),
            "title": unmarked(first("headline")),
            "outlet": first("source"),
            "author": joined("byline", "authors.sub_label", "authors.name"),
            "date": dated("firstpublished", "versioncreated", "_updated"),
            "language": first("language"),
        },
        _versions("rewrite_of", "evolvedfrom", "ancestors", "family_id", "rewritten_by"),
        _in_state(_SUPERDESK_STATES),
        _held,
    ),
    Shape(
        "ans",
        _is_ans,
        ("content_elements",),
        ans,
        first("_id"),
        {
            "version": first("revision.revision_id", "last_updated_date"),  # `version` is that of the schema
            "title": unmarked(first("headlines.basic")),
            "url": first("canonical_url", "website_url"),
            "outlet": first("canonical_website", "website", "owner.id", "distributor.name"),
            "author": joined("credits.by.name", "credits.by.byline"),
            "date": dated("first_publish_date", "publish_date", "display_date"),
            "language": first("language"),
        },
    ),
    Shape(
        "wordpress",
        _is_wordpress,
        ("content.raw", "content.rendered"),
        wordpress,
        # The number of a post is that of its site only: two sites of a newsroom would replace each other's posts.
        either(unmarked(first("guid.raw", "guid.rendered")), first("link", "id")),
        {
            "version": either(utc(first("modified_gmt")), first("modified")),
            "title": unmarked(first("title.raw", "title.rendered")),
            "url": first("link"),
            "outlet": host(first("link")),
            "author": joined("_embedded.author.name"),
            "date": either(utc(dated("date_gmt")), dated("date")),
            "language": first("lang"),
        },
        aside=_not_shown,
    ),
    Shape(
        "ghost",
        _is_ghost,
        ("html", "lexical", "mobiledoc", "plaintext"),
        ghost,
        first("id", "uuid"),
        {
            "version": first("updated_at"),
            "title": first("title"),
            "url": first("canonical_url", "url"),
            "outlet": host(first("url")),
            "author": joined("authors.name", "primary_author.name"),
            "date": dated("published_at"),
            "language": first("locale"),
        },
    ),
    Shape(
        "ninjs",
        _is_ninjs,
        ("bodies", "body_html", "body_text", "body_nitf"),
        ninjs,
        first(AP_ID, "uri", "guid"),
        _NINJS_KNOWN,
        _evolved_from,
        _in_state(_STATES),
        _held,
    ),
)
"""All shapes, in the order in which an item is held against them: Superdesk's is one of ninjs and more."""


def shape_of(item: Item) -> Shape | None:
    """Return the shape of an item, or None."""
    return next((shape for shape in SHAPES if shape.fits(item)), None)


def named_shape(name: str) -> Shape | None:
    """Return the shape that a format is called after, or None."""
    return next((shape for shape in SHAPES if shape.name == name), None)
