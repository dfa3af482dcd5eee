"""One article in every format that is read: the same paragraphs, the same spans, the same findings.

`formats/golden.txt` is the article; a format has it in ``golden.SUFFIX``, or in ``golden.NAME….SUFFIX`` where several
formats share a suffix, or one has several forms.
"""

from pathlib import Path

import pytest

import dedup
import dedup.read
from dedup.model import Notice
from dedup.read.formats import FORMATS
from dedup.text.segment import segment

FOLDER = Path(__file__).parent / "formats"
FINDINGS = [("exact", 7, 4), ("normalized", 9, 5), ("near", 10, 2)]
"""(kind, paragraph, the earlier paragraph that it repeats)."""


def files_of(form):
    """Return the files of a format: by its suffix, and by its name."""
    named = sorted(FOLDER.glob(f"golden.{form.name}*.*"))
    return [FOLDER / f"golden{suffix}" for suffix in form.suffixes if (FOLDER / f"golden{suffix}").exists()] + named


CASES = [(form.name, path) for form in FORMATS for path in files_of(form)]


def read(name, path):
    """Return the paragraphs of a file with their spans, and its findings."""
    settings = dedup.Settings(format_in=name)
    paragraphs = []
    for item in dedup.read.read(path, settings):  # a text is read only as long as its file is open
        if isinstance(item, Notice):
            continue  # a body in another form, which was left out
        assert isinstance(item, dedup.Document)
        text = item.text
        found = [(piece.number, piece.start, piece.start + len(piece.text), piece.text) for piece in segment(item)]
        assert all(text[start:end] == quoted for _, start, end, quoted in found)
        paragraphs += found
    report = dedup.scan(path, settings=settings)
    return paragraphs, [(match.kind, match.a.paragraph, match.b.paragraph) for match in report.matches]


def test_the_article_has_what_it_is_made_for():
    """An exact repeat, one in another spelling, and one with another number, in twelve paragraphs."""
    paragraphs, findings = read("text", FOLDER / "golden.txt")
    assert (len(paragraphs), findings) == (12, FINDINGS)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_has_the_article(form):
    """Whoever adds a format adds a golden file."""
    assert files_of(form), f"no tests/formats/golden.{form.name}*"


@pytest.mark.parametrize(("name", "path"), CASES, ids=[path.name for _, path in CASES])
def test_the_article_is_the_same_in_every_format(name, path):
    assert read(name, path) == read("text", FOLDER / "golden.txt")


@pytest.mark.parametrize(("name", "path"), CASES, ids=[path.name for _, path in CASES])
def test_the_format_is_told_without_its_name(name, path):
    """From the suffix and the content alone."""
    assert read("auto", path) == read("text", FOLDER / "golden.txt")
