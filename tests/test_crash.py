"""The archive when things go wrong: killed writers, many at once, full disks, flipped bits, old files."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import dedup
from dedup.archives import Archive
from dedup.errors import ArchiveError
from dedup.model import Article, Document

ROOT = Path(__file__).parents[1]
PARAGRAPHS = 5
ROUNDS = int(os.environ.get("DEDUP_KILLS", "25"))
"""Rounds of `kill -9`; `DEDUP_KILLS=200` for the long run."""

WRITERS = """
import os, random, sys
from dedup.archive import writing
from dedup.archives import Archive
from dedup.model import Document
from test_crash import text_of

place, acknowledged, trial = sys.argv[1:]
writing.FRESH_CONTENTS = 40

def write(first):
    draw = random.Random(first)
    stored = []
    with Archive.open(place) as archive, open(acknowledged, "a", buffering=1) as told:
        print(os.getpid(), flush=True)
        for number in range(first, first + 100_000):
            what = draw.random()
            if stored and what < 0.15:
                gone = stored.pop(draw.randrange(len(stored)))
                told.write(f"? {gone}\\n")
                archive.remove(gone)
                told.write(f"- {gone}\\n")
            elif what < 0.19:
                archive.compact()
            else:
                told.write(f"? a{number}\\n")
                archive.add(Document(f"a{number}", text_of(number)))
                stored.append(f"a{number}")
                told.write(f"+ a{number}\\n")

with Archive.create(trial) as archive:
    archive.add(Document("a", text_of(1)))  # what is loaded late is loaded here, once for all writers
for first in sys.stdin:
    child = os.fork()
    if not child:
        write(int(first))
    os.waitpid(child, 0)
    print("gone", flush=True)
"""
"""A process that starts a writer for each line that it is sent: the number of its first article."""


def text_of(number):
    """Return the text of an article: five paragraphs that no other has."""
    draw = random.Random(number)
    words = "قال الوزير المدينة الجسر الطريق أمس اليوم مشروع مليون افتتاح جديد كبير بعد قبل منذ خلال عام شهر".split()
    return "\n\n".join(
        " ".join(draw.choice(words) + str(draw.randrange(99)) for _ in range(12)) for _ in range(PARAGRAPHS)
    )


@contextlib.contextmanager
def process(code, *args, **options):
    """Run Python code as a process that is ended with the block."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    environment = {name: value for name, value in environment.items() if not name.startswith("COVERAGE_")}
    running = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)], env=environment, stdout=subprocess.PIPE, text=True, **options
    )
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.pid, signal.SIGKILL)
        running.wait()
        for stream in filter(None, (running.stdin, running.stdout)):
            stream.close()


def test_no_acknowledged_write_is_lost_and_no_article_is_half_there(tmp_path):
    """Kill a writer at any moment, again and again: adding, removing, joining runs, writing the file anew."""
    place, acknowledged = tmp_path / "news.db", tmp_path / "acknowledged"
    Archive.create(place).close()
    acknowledged.touch()
    draw = random.Random(1)
    writes = 0
    with process(WRITERS, place, acknowledged, tmp_path / "trial.db", stdin=subprocess.PIPE) as writers:
        for turn in range(ROUNDS):
            writers.stdin.write(f"{turn * 100_000}\n")
            writers.stdin.flush()
            writer = int(writers.stdout.readline())
            time.sleep(draw.uniform(0.01, 0.2))
            os.kill(writer, signal.SIGKILL)
            assert writers.stdout.readline() == "gone\n"
            told = acknowledged.read_text().splitlines()
            writes += sum(line[0] == "?" for line in told)
            stored = assert_all_is_there(place, told, thoroughly=turn % 5 == 4 or turn == ROUNDS - 1)
            acknowledged.write_text("".join(f"+ {doc}\n" for doc in stored))
    assert writes > ROUNDS


def assert_all_is_there(place, told, thoroughly):
    """Hold an archive to the writes that were acknowledged; return the articles that it has."""
    expected = {line[2:] for line in told if line[0] == "+"} - {line[2:] for line in told if line[0] == "-"}
    began = time.monotonic()
    with Archive.open(place) as archive:
        assert time.monotonic() - began < 30
        stored = {doc: paragraphs for doc, _, paragraphs in archive.articles()}
        # The last write may have come about without its acknowledgement, and no other.
        assert expected ^ set(stored) <= {line[2:] for line in told[-1:] if line[0] == "?"}
        assert set(stored.values()) <= {PARAGRAPHS}
        if thoroughly:
            assert archive.verify() == []
            for doc in sorted(stored)[:3]:
                assert archive.check(text_of(int(doc[1:]))).by_kind["exact"] == PARAGRAPHS
    return stored


CROWD = """
import os, sys, time
from dedup.archives import Archive
from dedup.model import Document
from test_crash import PARAGRAPHS, text_of

place, seconds = sys.argv[1], float(sys.argv[2])

def tell(*figures):
    os.write(1, " ".join(map(str, figures)).encode() + b"\\n")

def write(number, end):
    stored, waits = 0, []
    with Archive.open(place) as archive:
        while time.monotonic() < end or not stored:
            began = time.monotonic()
            archive.add(Document(f"w{number}/{stored}", text_of(number * 1_000_000 + stored)))
            waits.append(time.monotonic() - began)
            stored += 1
    tell("write", stored, max(waits))

def read(number, end):
    asked = 0
    with Archive.open(place, writable=False) as archive:
        while time.monotonic() < end or not asked:
            report = archive.check(text_of(0))
            assert report.by_kind["exact"] == PARAGRAPHS, report.by_kind
            assert report.archive.paragraphs == PARAGRAPHS * report.archive.articles
            asked += 1
    tell("read", asked, 0)

with Archive.create(place) as archive:
    archive.add(Document("first", text_of(0)))
    for _ in range(2):  # the second loads the kernels: once, here, for all
        archive.check(text_of(0))
for number in range(1, 9):
    if not os.fork():
        (write if number < 5 else read)(number, time.monotonic() + seconds)
        os._exit(0)
assert [os.wait()[1] for _ in range(8)] == [0] * 8
"""


def test_writers_and_readers_at_once_lose_nothing(tmp_path):
    """Four processes that write and four that ask, all at the same time."""
    place = tmp_path / "news.db"
    seconds = float(os.environ.get("DEDUP_SECONDS", "1.5"))
    with process(CROWD, place, seconds, stderr=subprocess.PIPE) as crowd:
        output, error = crowd.communicate(timeout=seconds + 120)
    assert (crowd.returncode, error) == (0, "")
    figures = [line.split() for line in output.splitlines()]
    stored = [int(count) for what, count, _ in figures if what == "write"]
    with Archive.open(place) as archive:
        assert archive.stats().articles == 1 + sum(stored)
        assert archive.verify() == []
    print("articles", stored, "longest wait", max(float(wait) for _, _, wait in figures))
    assert sorted(what for what, _, _ in figures) == ["read"] * 4 + ["write"] * 4
    assert all(int(count) > 0 for _, count, _ in figures)


# --- disks ----------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MB in memory."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small file system")
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], check=False).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(archive, most):
    """Add articles until one cannot be; return how many there are, and the error."""
    for number in range(most):
        try:
            archive.add(Document(f"a{number}", text_of(number)))
        except ArchiveError as error:
            return number, error
    raise AssertionError("the disk never was full")


def test_a_full_disk_is_a_clear_error_and_the_archive_is_as_before(small_disk):
    with Archive.create(small_disk / "news.db") as archive:
        stored, error = fill(archive, 10_000)
        assert stored > 20
        assert "the disk is full" in str(error) or "cannot be read or written" in str(error)
        assert archive.stats().articles == stored
        assert archive.check(text_of(0)).by_kind["exact"] == PARAGRAPHS
        assert archive.verify() == []
    subprocess.run(["mount", "-o", "remount,size=30m", small_disk], check=True)
    with Archive.open(small_disk / "news.db") as archive:
        assert archive.stats().articles == stored
        archive.add(Document("more", text_of(77)))
        assert archive.verify() == []


LIMITED = """
import resource, signal, sys
from dedup.archives import Archive
from test_crash import fill

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
with Archive.open(sys.argv[1]) as archive:
    stored, error = fill(archive, 10_000)
    assert archive.stats().articles == stored
print(stored, error)
"""


def test_a_limit_on_the_size_of_files_is_no_harm(tmp_path):
    place = tmp_path / "news.db"
    Archive.create(place).close()
    with process(LIMITED, place, stderr=subprocess.PIPE) as limited:
        output, error = limited.communicate(timeout=120)
    assert error == ""
    stored, said = output.split(" ", 1)
    assert "disk" in said
    with Archive.open(place) as archive:
        assert archive.stats().articles == int(stored)
        assert archive.verify() == []


def test_a_read_only_medium_can_be_asked(tmp_path, run, heeding_permissions):
    folder = tmp_path / "medium"
    folder.mkdir()
    with Archive.create(folder / "news.db") as archive:
        archive.add(Document("a", text_of(1)))
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    (tmp_path / "draft.txt").write_text(text_of(1), "utf-8")
    try:
        checked = run(
            "check", tmp_path / "draft.txt", "--archive", folder / "news.db", "-f", "json", before=heeding_permissions
        )
        assert (checked.code, checked.json["summary"]["by_kind"]["exact"]) == (1, PARAGRAPHS)
        added = run(
            "archive", "add", tmp_path / "draft.txt", "--archive", folder / "news.db", before=heeding_permissions
        )
        assert added.code == 2
        assert "cannot" in added.stderr
    finally:
        folder.chmod(0o755)


# --- bits -----------------------------------------------------------------------------------------


def test_flipped_bits_are_found(tmp_path):
    """Every flip in a row of text is found, and of all flips in use nearly every one."""
    place = tmp_path / "news.db"
    with Archive.create(place) as archive:
        archive.load(
            [Document(f"a{n}", text_of(n), article=Article(date="2026-03-01", title=f"عنوان {n}")) for n in range(30)]
        )
        archive.compact()
    content = place.read_bytes()
    draw = random.Random(1)
    texts = [content.index(text_of(n).split("\n\n")[0].encode()) for n in range(0, 30, 2)]
    missed_texts = [at for at in texts if not _found(place, content, at + draw.randrange(40), draw.randrange(8))]
    assert missed_texts == []
    used = [at for at in range(100, len(content)) if content[at : at + 1] != b"\0"]
    flips = [(draw.choice(used), draw.randrange(8)) for _ in range(100)]
    missed = [flip for flip in flips if not _found(place, content, *flip)]
    assert len(missed) <= 0.01 * len(flips), missed


def _found(place, content, at, bit):
    changed = bytearray(content)
    changed[at] ^= 1 << bit
    for name in ("news.db-wal", "news.db-shm"):
        (place.parent / name).unlink(missing_ok=True)
    place.write_bytes(changed)
    try:
        with Archive.open(place, writable=False, any_keys=True) as archive:
            return bool(archive.verify())
    except dedup.DedupError:
        return True


# --- old files ------------------------------------------------------------------------------------


def test_an_archive_of_format_1_opens_for_ever(tmp_path):
    """`tests/golden/format-1.db` was made once, by the first version of the format, and is never made again."""
    place = tmp_path / "golden.db"
    shutil.copy(ROOT / "tests/golden/format-1.db", place)
    expected = json.loads((ROOT / "tests/golden/format-1.json").read_text("utf-8"))
    with Archive.open(place) as archive:
        assert archive.verify() == []
        assert json.loads(json.dumps(list(archive.records()), ensure_ascii=False)) == expected
        for record in expected:
            for paragraph in record["paragraphs"]:
                report = archive.check(paragraph["text"])
                assert [m.kind for m in report.matches][:1] == ["exact"]
        archive.add(Document("new", text_of(1)))
        assert archive.verify() == []
        archive.add(Document("newer", text_of(2), story=("new",)))
        assert (archive.verify(), archive.record("newer")["story"]) == ([], ["new"])
