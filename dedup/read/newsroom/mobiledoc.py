"""Mobiledoc, in which Ghost kept a post before version 5: written as the tree that it keeps today.

After the description of mobiledoc 0.3 in bustle/mobiledoc-kit, and posts of Ghost 3 and 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Node = dict[str, Any]

TODAY = {"card-markdown": "markdown", "code": "codeblock", "hr": "horizontalrule"}
"""What a card was called -> what it is called in Lexical, where that is another name."""
QUOTED = {"blockquote": "quote", "aside": "aside"}
"""Element of a section -> the node of Lexical; all others are paragraphs that name their element."""
BREAK = "soft-return"


def root_of(mobiledoc: Mapping[str, Any]) -> Node:
    """Return the root of the tree that Ghost would make of a post; what is not understood is no part of it."""
    return _node("root", _sections(mobiledoc))


def _sections(mobiledoc: Mapping[str, Any]) -> Iterator[Node]:
    for section in _list(mobiledoc.get("sections")):
        kind, *rest = _list(section) or [None]
        if isinstance(kind, int) and kind in SECTIONS and rest:
            yield from SECTIONS[kind](mobiledoc, rest)


def _paragraph(mobiledoc: Mapping[str, Any], rest: list[Any]) -> Iterator[Node]:
    """Yield a section of text: the name of its element, and its markers."""
    tag, markers = rest[0], rest[1] if len(rest) > 1 else None
    yield _node(QUOTED.get(str(tag), "paragraph"), _inline(mobiledoc, markers), tag=tag)


def _listing(mobiledoc: Mapping[str, Any], rest: list[Any]) -> Iterator[Node]:
    """Yield a list: the name of its element, and the markers of each item."""
    items = _list(rest[1]) if len(rest) > 1 else []
    yield _node("list", (_node("listitem", _inline(mobiledoc, markers)) for markers in items), tag=rest[0])


def _card(mobiledoc: Mapping[str, Any], rest: list[Any]) -> Iterator[Node]:
    """Yield a card: its place in the list of cards, which has its name and its fields."""
    name, fields = (*_at(mobiledoc, "cards", rest[0]), None, None)[:2]
    if isinstance(name, str):
        known = fields if isinstance(fields, Mapping) else {}
        yield {**known, "type": TODAY.get(name, name)}


SECTIONS: dict[object, Callable[[Mapping[str, Any], list[Any]], Iterator[Node]]] = {
    1: _paragraph,
    3: _listing,
    10: _card,
}
"""Number of a kind of section -> what makes nodes of it; 2 is a picture by its address, without a word."""


def _inline(mobiledoc: Mapping[str, Any], markers: object) -> Iterator[Node]:
    """Yield the text of markers: of a kind, with what they open and close, each with a text or the place of an atom."""
    for kind, _, _, value in (marker for marker in map(_list, _list(markers)) if len(marker) == 4):
        if kind == 0 and isinstance(value, str):
            yield {"type": "text", "text": value}
        elif kind == 1:
            name, text = (*_at(mobiledoc, "atoms", value), None, None)[:2]
            yield {"type": "linebreak"} if name == BREAK else {"type": "text", "text": text}


def _node(kind: str, children: Iterator[Node], **fields: Any) -> Node:
    return {"type": kind, **fields, "children": list(children)}


def _at(mobiledoc: Mapping[str, Any], field: str, place: object) -> list[Any]:
    """Return what stands at a place of a list of lists, empty where nothing does."""
    found = _list(mobiledoc.get(field))
    return _list(found[place]) if isinstance(place, int) and 0 <= place < len(found) else []


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
