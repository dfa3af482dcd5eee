"""Word documents (.docx): what a reader sees of the text once all tracked changes are accepted.

Read from the XML by the rules of ECMA-376. python-docx reads no footnotes and no text boxes, leaves out what was
inserted with tracked changes and what stands in content controls, and unpacks every picture before its first paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from dedup.errors import ReadError
from dedup.model import Article, Document, Notice, Skipped
from dedup.read.blocks import Piece, document_of_pieces
from dedup.read.files import Source
from dedup.read.markup.package import Package
from dedup.read.markup.styles import HIDDEN, Styles, styles_of
from dedup.read.markup.trees import Element, local, namespace, words_of
from dedup.read.markup.word import attribute, children, marked, name_of, stated, value
from dedup.read.newsroom.status import date_of
from dedup.settings import Settings

COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
"""Elements of a run that stand for a sign."""
THROUGH = frozenset("sdtContent customXml smartTag ins moveTo hyperlink fldSimple dir bdo ruby rubyBase".split())
"""Elements that only wrap what they hold: it is read as if they were not there."""
DELETED = ("del", "moveFrom")
LEFT_OUT = {"altChunk": "embedded document", "sdt": "placeholder"}
"""What is no text of this document, or nobody's: the words in a field of a form that wait for others."""
DRAWN = ("drawing", "pict", "object")

_BREAKS = re.compile(r"\n[ \t]*\n\s*")
_HAS_TEXT = re.compile(rb"<(?:\w+:)?t[ >]")


def docx_documents(source: Source, settings: Settings) -> Iterator[Document | Notice | Skipped]:
    """Yield a Word document as one document.

    Raises:
        ReadError: no such document, an old one, one with a password, damaged, or made to harm.
    """
    if source.in_walk and source.name.rpartition("/")[2].startswith("~$"):
        yield Skipped(source.name, "the mark of Word that a document is open")
        return
    if not source.open().read(1):
        yield Skipped(source.name, "no text in it")
        return
    package = Package(source)
    part = next((one.part for one in package.relations("") if one.kind == "officeDocument"), "word/document.xml")
    root = package.xml(part)
    if root is None or name_of(root) != "document":
        raise ReadError(source.name, "no .docx: a zip without a Word document", "give a .docx, or what is in the zip")
    text = _Text(styles_of(package, part))
    pieces = [*text.body(root), *text.notes(package, part)]
    if left := [*text.left_out(), *_other_parts(package, part)]:
        yield Notice(source.name, f"not compared: {', '.join(left)}")
    article = _article(package)
    yield document_of_pieces(pieces, source.name, source.path, article=article, named=source.path is not None)


def _inside(element: Element) -> Iterator[Element]:
    """Yield what stands in an element, without what only wraps it; of two forms of the same thing the first."""
    for child in element:
        name = name_of(child)
        if name in THROUGH:
            yield from _inside(child)
        elif name == "sdt" and not marked(child, "sdtPr", "showingPlcHdr"):
            yield from (each for content in children(child, "sdtContent") for each in _inside(content))
        elif (
            name == "" and namespace(child) == COMPATIBILITY
        ):  # a text box is there once for Word of today, once for that of 2007
            yield from (each for form in list(child)[:1] for each in _inside(form))
        else:
            yield child


class _Text:
    """Collect the paragraphs of a document in the order of reading, and count what is left out."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.left: Counter[str] = Counter()
        self.paragraphs = self.boxes = 0
        self.noted: dict[str, list[str]] = {"footnote": [], "endnote": []}

    def body(self, root: Element) -> Iterator[Piece]:
        """Yield the pieces of the body; what a text box holds comes after the paragraph that it is anchored to."""
        for body in children(root, "body"):
            yield from self._blocks(body, "")

    def notes(self, package: Package, part: str) -> Iterator[Piece]:
        """Yield the pieces of the notes that the text refers to, in the order in which it does."""
        parts = {relation.kind: relation.part for relation in package.relations(part)}
        for kind, ids in self.noted.items():
            root = package.xml(parts[f"{kind}s"]) if ids and f"{kind}s" in parts else None
            notes = {} if root is None else {attribute(note, "id"): note for note in children(root, kind)}
            for number, id in enumerate(dict.fromkeys(ids), 1):
                if id in notes:
                    yield from self._blocks(notes[id], f"{kind}[{number}]/")

    def left_out(self) -> Iterator[str]:
        """Yield what was left out, counted."""
        for what, count in sorted(self.left.items()):
            yield f"{count} {what}{'s' if count > 1 else ''}"

    def _blocks(self, container: Element, place: str) -> Iterator[Piece]:
        counts: Counter[str] = Counter()
        open_ = _Paragraph()
        for block in _inside(container):
            name = name_of(block)
            counts[name] += 1
            element = f"{place}{name}[{counts[name]}]"
            if name == "p":
                self.paragraphs += 1
                open_ = open_ or _Paragraph(self.paragraphs, element)
                boxes = self._runs(block, open_, [], value(block, "pPr", "pStyle"))
                if not self._is_joined(block):
                    yield from open_.pieces()
                    open_ = _Paragraph()
                for box in boxes:
                    self.boxes += 1
                    yield from self._blocks(box, f"{place}txbx[{self.boxes}]/")
            elif name == "tbl":
                yield from self._table(block, element)
            elif name in LEFT_OUT:
                self.left[LEFT_OUT[name]] += 1
        yield from open_.pieces()

    def _is_joined(self, paragraph: Element) -> bool:
        """Return whether the end of a paragraph was deleted with tracked changes: the next goes on with it."""
        return any(marked(paragraph, "pPr", "rPr", deleted) for deleted in DELETED)

    def _table(self, table: Element, place: str) -> Iterator[Piece]:
        rows = (row for row in _inside(table) if name_of(row) == "tr")
        for at, row in enumerate(rows, 1):
            if any(marked(row, "trPr", deleted) for deleted in DELETED):
                self.left["tracked deletion"] += 1
                continue
            cells = (cell for cell in _inside(row) if name_of(cell) == "tc")
            for number, cell in enumerate(cells, 1):
                yield from self._blocks(cell, f"{place}/tr[{at}]/tc[{number}]/")

    def _runs(self, parent: Element, paragraph: _Paragraph, fields: list[bool], style: str | None) -> list[Element]:
        """Add the text of runs to a paragraph and return the text boxes that are anchored in it.

        `fields` are the fields that are open: False before their result, where what stands is their code. `style` is
        that of the paragraph.
        """
        boxes: list[Element] = []
        for child in _inside(parent):
            name = name_of(child)
            if name in DELETED:
                self.left["tracked deletion"] += 1
            elif name == "r" and self._is_hidden(child, style):
                self.left["hidden run"] += 1
            elif name == "r":
                boxes += self._runs(child, paragraph, fields, style)
            elif name in DRAWN:
                paragraph.add(" ")
                boxes += _boxes(child)
            elif name == "" and local(child) in ("oMath", "oMathPara"):
                paragraph.add(" ")
                self.left["formula"] += 1
            elif name == "fldChar":
                _step(fields, attribute(child, "fldCharType"))
            elif name in LEFT_OUT:
                self.left[LEFT_OUT[name]] += 1
            elif name in ("footnoteReference", "endnoteReference"):
                self.noted[name.removesuffix("Reference")].append(attribute(child, "id") or "")
            elif all(fields):
                paragraph.add(_sign(child, name))
        return boxes

    def _is_hidden(self, run: Element, style: str | None) -> bool:
        """Return whether nobody sees a run: as it says itself, else as its style and that of its paragraph say."""
        direct = stated(run, *HIDDEN)
        return self._styles.hide(style, value(run, "rPr", "rStyle")) if direct is None else direct


class _Paragraph:
    """The text of a paragraph as it is found, its number in the document, and its place."""

    def __init__(self, number: int = 0, element: str = "") -> None:
        self.number = number
        self.element = element
        self.parts: list[str] = []

    def __bool__(self) -> bool:
        return self.number > 0

    def add(self, text: str) -> None:
        """Add text at the end."""
        self.parts.append(text)

    def pieces(self) -> Iterator[Piece]:
        """Yield the text: two line breaks in a row begin another paragraph, as in HTML."""
        for text in _BREAKS.split("".join(self.parts)):
            if text.strip():
                yield Piece(text, self.number, self.element)


def _sign(element: Element, name: str) -> str:
    if name == "t":
        text = element.text or ""
        return text if element.get(SPACE) == "preserve" else text.strip(" \t\r\n")
    if name == "sym":
        return _symbol(attribute(element, "char") or "")
    return SIGNS.get(name, "")


def _symbol(code: str) -> str:
    """Return the sign of a symbol font, as what it is: a code that means something in its font alone."""
    return (
        chr(int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{1,4}", code) and not 0xD800 <= int(code, 16) <= 0xDFFF else ""
    )


def _step(fields: list[bool], kind: str | None) -> None:
    if kind == "begin":
        fields.append(False)
    elif fields and kind == "separate":
        fields[-1] = True
    elif fields and kind == "end":
        fields.pop()


def _boxes(drawing: Element) -> Iterator[Element]:
    """Yield the text boxes in a drawing; those in them are found when they are read."""
    for child in _inside(drawing):
        if name_of(child) == "txbxContent":
            yield child
        else:
            yield from _boxes(child)


# --- beside the text ------------------------------------------------------------------------------


def _other_parts(package: Package, part: str) -> Iterator[str]:
    """Yield what stands beside the text and has words: page headers and footers, comments."""
    for what, kinds in (("headers and footers", ("header", "footer")), ("comments", ("comments",))):
        parts = [relation.part for relation in package.relations(part) if relation.kind in kinds]
        if any(_HAS_TEXT.search(package.content(each) or b"") for each in parts):
            yield what


def _article(package: Package) -> Article | None:
    """Return what the properties of a document say: what its author typed, and when it was last saved."""
    part = next((one.part for one in package.relations("") if one.kind == "core-properties"), None)
    root = package.xml(part) if part is not None else None
    if root is None:
        return None
    known = {local(each): words_of(each) or None for each in root}
    return Article(
        title=known.get("title"),
        author=known.get("creator"),
        date=date_of((known.get("modified"), known.get("created"))),
        language=known.get("language"),
    )
