"""What could stall or fill a parser is refused in time, and the rest goes on."""

import os
import resource
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest

from dedup.errors import ReadError
from dedup.read.files import Source, open_path
from dedup.read.formats import FORMATS, NEWSROOM, named, with_suffix
from dedup.read.guard import MOST_BYTES, Guard
from dedup.settings import Settings
from tests.conftest import ARTICLE, REPEATED

SETTINGS = Settings()
LONG = ARTICLE * 1_000
PAGE = f"<!DOCTYPE html><h1>عنوان</h1><p>{LONG}</p>\n<p>{REPEATED}\ud7ff</p><ul><li>{ARTICLE}<li>{REPEATED}</ul>"
FILES = {
    "page.html": PAGE.encode(),
    "old.html": f'<meta charset="windows-1256">{PAGE}'.replace("\ud7ff", "").encode("cp1256"),
    "prose.md": f"---\ntitle: x\n---\n# عنوان\n\n{LONG}\n\n- {ARTICLE}\n\n```\ncode\n```\n".encode(),
    "deep.md": f"{'> ' * 500}{ARTICLE}{' ' * 12_000}".encode(),
    "broken.html": PAGE.encode() + b"<p>\xff",
}


GOLDEN = Path(__file__).parent / "formats"
CONTENTS = {
    "a page": ("html", "<p>أ</p><p>ب<br>ج</p>".encode()),
    "prose": ("markdown", "# أ\n\nب\nج\n".encode()),
    "of another kind": ("xml", b"<feed/>"),
    "NITF": ("nitf", (GOLDEN / "golden.nitf.xml").read_bytes()),
    "NewsML": ("newsml", (GOLDEN / "golden.newsml-xhtml.xml").read_bytes()),
}
"""What it is -> the format, and a short text in it."""


@pytest.fixture
def guard():
    one = Guard()
    yield one
    one.close()


def asked(guard, path):
    """What is read of a file, in the other process with a guard and in this one without."""
    form = with_suffix(path.suffix)
    with open_path(path, in_walk=False) as source:
        try:
            return list((guard.read if guard else lambda form, *rest: form.reader(*rest))(form, source, SETTINGS))
        except Exception as error:
            return str(error)


@pytest.mark.parametrize("name", FILES)
def test_the_other_process_reads_what_this_one_reads(tmp_path, guard, name):
    path = tmp_path / name
    path.write_bytes(FILES[name])
    assert path.stat().st_size > with_suffix(path.suffix).guarded_from
    here = asked(None, path)
    assert asked(guard, path) == here != []
    assert asked(guard, path) == here, "it serves more than one"


@pytest.mark.parametrize("in_walk", [False, True])
@pytest.mark.parametrize("path", [None, "in/a.x"])
@pytest.mark.parametrize("name", CONTENTS)
def test_what_is_known_of_an_input_goes_with_it(guard, name, path, in_walk):
    """Its place, whether it was named or met in a walk, the settings; and back come names, stories and all else."""
    form, content = named(CONTENTS[name][0]), CONTENTS[name][1]
    settings = Settings(paragraphs="line", text_field="x")

    def read(reader):
        try:
            return list(reader(Source("a.x", path, BytesIO(content), ".x", in_walk=in_walk), settings))
        except ReadError as error:
            return str(error)

    here = read(form.reader)
    assert read(lambda *asked: guard.read(form, *asked)) == here != []


def test_a_process_that_was_ended_is_replaced_by_the_next(tmp_path, guard):
    """By whoever cleans up on a busy machine: one input is not read, and that is said; the next one is."""
    path = tmp_path / "page.html"
    path.write_bytes(FILES["page.html"])
    here = asked(guard, path)
    guard._process.kill()
    guard._process.wait()
    assert asked(guard, path) == here == asked(None, path)


def test_every_format_that_holds_its_input_as_a_whole_is_guarded():
    """Rows and lines are read one by one; all else could fill the memory, or stall its parser.

    JSON is limited by the memory of the run, and has its long fields parsed so.
    """
    streamed = {"text", "jsonl", "csv", "tsv", "parquet", "arrow", "zip"}
    assert {form.name for form in FORMATS if form.guarded_from is None} <= streamed | {"json", *NEWSROOM}


BOMBS = {
    "attributes.html": (
        lambda: b"<p " + b" ".join(b"a%d=1" % i for i in range(150_000)) + b">",
        "takes more than 3 seconds",
    ),
    "brackets.md": (lambda: b"![" * 100_000, "takes more than 3 seconds"),
    "memory.html": (lambda: b"<b>x</b>" * 7_000_000, "HTML too large to be parsed"),
    "zeros.html.gz": (lambda: b" " * (MOST_BYTES + 1), "larger than 64 MB unpacked, too large to be read as html"),
    "nested.html": (lambda: b"<div>" * 200_000, "HTML nested too deep to be read"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_and_the_rest_goes_on(beside_good, put, name):
    """Nor does this process grow: 1 GB is the most that any of both may take."""
    make, finding = BOMBS[name]
    put(name, make())
    (problem,) = beside_good(name).problems
    assert problem.startswith(f"{name}: {finding}")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_000_000


def test_the_process_ends_with_the_run_even_when_that_is_killed(put, folder, environment):
    """Killed in the middle of a long input: it reads to the end of it at most."""
    put("brackets.md", b"![" * 100_000)
    mark = f"mark-{os.urandom(8).hex()}"
    run = subprocess.Popen(
        [sys.executable, "-m", "dedup", "scan", "brackets.md"], cwd=folder, env={**environment, "MARK": mark}
    )

    def marked():
        found = []
        for place in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark.encode() in place.read_bytes() and int(place.parent.name) != run.pid:
                    found.append(place.parent.name)
            except OSError:
                continue
        return found

    while not marked():
        assert run.poll() is None
        time.sleep(0.05)
    run.kill()
    run.wait()
    for _ in range(600):
        if not marked():
            return
        time.sleep(0.1)
    pytest.fail("the other process is still there")
