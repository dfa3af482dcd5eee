"""The elements of a Word document, by their names in either form of the standard."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from dedup.read.markup.trees import Element, namespace

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main")
"""That of Word, and that of the strict form of the standard."""


def name_of(element: Element) -> str:
    """Return the name of an element of Word, empty for others: drawings and formulas have a `p` and a `t`, too."""
    return _name_of(str(element.tag))


@cache
def _name_of(tag: str) -> str:
    space, _, name = tag.rpartition("}")
    return name if space.removeprefix("{") in NAMESPACES else ""


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute of an element of Word."""
    return element.get(f"{{{namespace(element)}}}{name}")


def children(element: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a name right below one."""
    return (child for child in element if name_of(child) == name)


def marked(element: Element, *path: str) -> bool:
    """Return whether a property stands at a path of names, and is not switched off."""
    if not path:
        return attribute(element, "val") not in ("0", "false", "off")
    return any(marked(child, *path[1:]) for child in children(element, path[0]))


def stated(element: Element, *path: str) -> bool | None:
    """Return whether a property at a path of names is on, None where nothing is said of it."""
    if not path:
        return marked(element)
    found = (stated(child, *path[1:]) for child in children(element, path[0]))
    return next((value for value in found if value is not None), None)


def value(element: Element, *path: str) -> str | None:
    """Return the value of the first property at a path of names."""
    if not path:
        return attribute(element, "val")
    found = (value(child, *path[1:]) for child in children(element, path[0]))
    return next((each for each in found if each is not None), None)
