"""XML whose root element tells what it is: NewsML, NITF or XHTML."""

from __future__ import annotations

from collections.abc import Iterator

from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Document, Notice, Skipped
from dedup.read.blocks import document_of_pieces
from dedup.read.files import Source
from dedup.read.markup.pieces import HTML, html_documents, tree_pieces
from dedup.read.markup.trees import Element, Xml, local, page_of, root_of
from dedup.read.newsroom import newsml, nitf
from dedup.settings import Settings


def xml_documents(source: Source, settings: Settings) -> Iterator[Document | Notice | Skipped]:
    """Yield the documents of an XML file, as its root says.

    Raises:
        ReadError: no XML that can be read, or none that dedup knows.
    """
    xml = Xml(source)
    if xml.root_name.lower() == "html" and not _is_well_formed(xml):
        yield from html_documents(source, settings)  # as browsers do
        return
    root = yield from root_of(source, xml)
    if root is None:
        return
    if newsml.is_newsml(root):
        yield from newsml.items(root, source, settings)
    elif nitf.is_nitf(root):
        yield from nitf.item(root, source)
    elif local(root) == "html":
        pieces = tree_pieces(page_of(root), HTML)
        yield document_of_pieces(pieces, source.name, source.path, named=source.path is not None)
    else:
        yield _unknown(root, source)


def _is_well_formed(xml: Xml) -> bool:
    try:
        xml.root()
    except ReadError:
        return False
    return True


def _unknown(root: Element, source: Source) -> Skipped:
    """Return that XML of another kind was left out by a walk, in which such files are nothing unusual.

    Raises:
        ReadError: the file was named.
    """
    finding = told(f"XML of <{local(root)[:40]}>, which dedup does not read")
    if source.in_walk:
        return Skipped(source.name, finding)
    raise ReadError(source.name, finding, "it reads NewsML, NITF and XHTML; give it as one of these, or as text")
