"""The body of an Arc XP story (ANS): a list of elements, some of which hold others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dedup.errors import ReadError
from dedup.language import told
from dedup.read.blocks import Piece
from dedup.read.newsroom.bodies import Body
from dedup.read.newsroom.fields import Item
from dedup.read.placed import a_type

FIELDS: dict[str, str] = {
    "text": "content",
    "header": "content",
    "blockquote": "content",
    "raw_html": "content",
    "correction": "text",
}
"""Elements that are text -> the field that has it, with HTML in it."""
NESTED: dict[str, tuple[str, ...]] = {
    "list": ("items",),
    "quote": ("content_elements", "citation"),
    "element_group": ("content_elements",),
    "table": ("header", "rows"),
}
"""Elements that hold others -> the fields that do."""
CAPTIONED = frozenset(("image", "gallery", "video", "audio", "graphic"))
SILENT = frozenset(
    "code custom_embed divider endorsement interstitial_link link_list numeric_rating oembed_response reference".split()
)
"""Elements without a text of the story: what stands elsewhere, and links to it."""


def ans(item: Item, body: Body) -> Iterator[Piece]:
    """Yield the text of an Arc XP story; the third of its elements is ``content_elements[3]``.

    Raises:
        ReadError: an element is none, or its text is no text.
    """
    found = item.get("content_elements")
    if found is not None and not isinstance(found, list | tuple):
        raise ReadError(body.place, f"content_elements is {a_type(found)}, not a list", _AGAIN)
    yield from _all(found, "content_elements", body)


_AGAIN = told("export the story again")


def _all(found: object, path: str, body: Body) -> Iterator[Piece]:
    """Yield the text of a list of elements, of a list of such lists (the rows of a table), or of one; None has none."""
    if isinstance(found, list | tuple):
        for number, element in enumerate(found, 1):
            yield from _all(element, f"{path}[{number}]", body)
    elif isinstance(found, Mapping):
        yield from _one(found, path, body)
    elif found is not None:
        raise ReadError(body.place, f"{path} is {a_type(found)}, not an object", _AGAIN)


def _one(element: Item, path: str, body: Body) -> Iterator[Piece]:
    kind = element.get("type")
    if kind in FIELDS:
        yield from body.html(element.get(FIELDS[kind]), path, kind)
    elif kind in NESTED:
        for field in NESTED[kind]:
            yield from _all(element.get(field), f"{path}/{field}", body)
    elif kind in CAPTIONED:
        if element.get("caption"):
            body.leave_out(told("the caption of a picture or film"))
    elif kind not in SILENT:
        body.leave_out(told(f"an element of the type {str(kind)[:40]}"))
