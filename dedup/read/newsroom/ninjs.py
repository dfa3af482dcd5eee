"""The body of an item of ninjs, and of Superdesk, which keeps its own in the same fields.

AP sends NITF in it: `body_nitf`, some blocks of a body, as in the news of Microsoft's BenchmarkQED.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dedup.errors import ReadError
from dedup.language import told
from dedup.read.blocks import Piece
from dedup.read.newsroom.bodies import Body
from dedup.read.newsroom.fields import Item
from dedup.read.placed import a_type


class _Form(NamedTuple):
    """One of the bodies of an item: how it is written, what it is called, where it stands, what it is."""

    order: int
    kind: str
    element: str
    value: object


_MARKUP = re.compile(r"<(?:p|div|br|h[1-6]|ul|ol|section|article|blockquote|table)\b", re.IGNORECASE)
_STORY = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE nitf[^>]*>\s*)?<(?:\w+:)?(?:nitf|body\.content)\b")
"""How NITF begins, whatever its body is called."""
_ORDER: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile("nitf", re.IGNORECASE), 1),
    (re.compile("html", re.IGNORECASE), 0),
    (re.compile("^(?:text/plain|text|plain)$", re.IGNORECASE), 2),
    (re.compile("xml|json|rtf|pdf|word", re.IGNORECASE), 9),
)
"""What a kind of body is called -> which is read: the lowest. HTML is 0, NITF 1, text 2, and 9 is not read."""
HTML, NITF, TEXT, NOT_READ = 0, 1, 2, 9


def ninjs(item: Item, body: Body) -> Iterator[Piece]:
    """Yield the text of an item of ninjs 1, 2 or 3: one of its bodies, which all say the same.

    Raises:
        ReadError: a body is no text, or none is HTML, NITF or plain text.
    """
    forms = sorted([*_listed(item, body), *_named(item)], key=lambda form: form.order)
    for number, form in enumerate(forms):
        if form.order == NOT_READ:
            raise ReadError(
                body.place, f"its body is {form.kind}", "ask for the item with a body of HTML, NITF or plain text"
            )
        read = {HTML: body.html, NITF: body.nitf, TEXT: body.plain}[form.order]
        found = list(read(form.value, form.element))
        if found:
            yield from found
            for other in forms[number + 1 :]:
                body.leave_out(told(f"a further body ({other.kind})"))
            return


def _listed(item: Item, body: Body) -> Iterator[_Form]:
    """Yield the bodies of ninjs 2 and 3."""
    bodies = item.get("bodies")
    if bodies is None:
        return
    if not isinstance(bodies, list | tuple):
        raise ReadError(body.place, f"bodies is {a_type(bodies)}, not a list", "export the item again")
    for number, each in enumerate(bodies, 1):
        if not isinstance(each, Mapping):
            raise ReadError(body.place, f"bodies[{number}] is {a_type(each)}, not an object", "export the item again")
        kind = each.get("contentType", each.get("contenttype"))
        yield _form(kind if isinstance(kind, str) else "", f"bodies[{number}]", each.get("value"))


def _named(item: Item) -> Iterator[_Form]:
    """Yield the bodies of ninjs 1: ``body_html`` and whatever else begins so."""
    for name, value in item.items():
        if name.startswith("body_") and name != "body_footer" and value is not None:
            yield _form(name.removeprefix("body_"), name, value)


def _form(kind: str, element: str, value: object) -> _Form:
    looks_marked = isinstance(value, str) and _MARKUP.search(value) is not None
    order = next((order for pattern, order in _ORDER if pattern.search(kind)), HTML if looks_marked else TEXT)
    if isinstance(value, str) and _STORY.match(value) is not None:
        order = NITF
    return _Form(order, kind or ("HTML" if looks_marked else "text"), element, value)


def superdesk(item: Item, body: Body) -> Iterator[Piece]:
    """Yield the text of a Superdesk item, and the footer that is put below it on output.

    Raises:
        ReadError: a body is no text.
    """
    yield from ninjs(item, body)
    yield from body.html(item.get("body_footer"), "body_footer")
