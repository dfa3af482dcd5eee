"""Which text of a Word document its styles hide (ECMA-376, part 1, 17.7.2 and 17.7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dedup.read.markup.package import Package
from dedup.read.markup.trees import Element
from dedup.read.markup.word import attribute, children, marked, stated, value

HIDDEN = ("rPr", "vanish")
PARAGRAPH, CHARACTER = "paragraph", "character"


class _Style(NamedTuple):
    """One style: whether it hides text, None where it says nothing, and the style that it is based on."""

    hidden: bool | None
    base: str | None


class Styles:
    """Say whether text of a paragraph style and a character style is hidden, where it says nothing itself.

    `vanish` is a property that toggles: within one kind of style the first value on the way to its bases counts, and a
    paragraph style and a character style that both hide show what they are put on together.
    """

    def __init__(
        self,
        styles: Mapping[tuple[str, str], _Style] | None = None,
        default: Mapping[str, str] | None = None,
        *,
        always: bool = False,
    ) -> None:
        self._styles, self._default, self._always = styles or {}, default or {}, always

    def hide(self, paragraph: str | None, character: str | None) -> bool:
        """Return whether text of two styles is hidden; None is the style of all that have none."""
        if self._always or not self._styles:
            return self._always
        return self._hidden(PARAGRAPH, paragraph) != self._hidden(CHARACTER, character)

    def _hidden(self, kind: str, name: str | None) -> bool:
        if name is None or (kind, name) not in self._styles:
            name = self._default.get(kind)
        passed = set()
        while name is not None and name not in passed:
            passed.add(name)  # styles may be based on each other in a circle
            style = self._styles.get((kind, name), _Style(None, None))
            if style.hidden is not None:
                return style.hidden
            name = style.base
        return False


def styles_of(package: Package, part: str) -> Styles:
    """Return the styles of a document, `part` of a package; none where no style hides anything.

    Raises:
        ReadError: as `Package.xml`.
    """
    place = next((one.part for one in package.relations(part) if one.kind == "styles"), None)
    root = None if place is None else package.xml(place)
    if root is None:
        return Styles()
    listed = list(children(root, "style"))
    always = any(marked(each, "rPrDefault", *HIDDEN) for each in children(root, "docDefaults"))
    styles = {_key(style): _Style(stated(style, *HIDDEN), value(style, "basedOn")) for style in listed}
    if not any(style.hidden for style in styles.values()):
        return Styles(always=always)
    default = {kind: name for style in listed if attribute(style, "default") in _ON for kind, name in (_key(style),)}
    return Styles(styles, default, always=always)


_ON = ("1", "true", "on")


def _key(style: Element) -> tuple[str, str]:
    return attribute(style, "type") or PARAGRAPH, attribute(style, "styleId") or ""
