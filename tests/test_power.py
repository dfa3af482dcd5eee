"""The archive when the machine loses power: of what was not yet on the disk, any part may be there and any part not.

A log is cut and its last sectors are mixed up, a checkpoint is stopped after any of its pages: what SQLite promises
(https://www.sqlite.org/wal.html, https://www.sqlite.org/psow.html) is held to what an archive promises, which is
whole articles, in the order of writing, and those that were acknowledged before the disk was waited for.
"""

import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile
import time

import pytest
import servers
from test_crash import PARAGRAPHS, assert_all_is_there, process, text_of

from dedup.archive.store import open_store
from dedup.archives import Archive
from dedup.errors import DedupError
from dedup.model import Document

ARTICLES = 12
HEADER, FRAME_HEADER, PAGE, SECTOR = 32, 24, 4096, 512
"""Bytes of a log's header, of a frame's, of the page in it (https://www.sqlite.org/fileformat2.html#walformat), and
of what a disk writes whole."""


@pytest.fixture
def written(tmp_path):
    """Return the file and the log of an archive in the middle of its life: nothing of the log is in the file yet."""
    place = tmp_path / "live.db"
    Archive.create(place, durability="full").close()
    with Archive.open(place) as archive:
        for number in range(ARTICLES):
            archive.add(Document(f"a{number:02}", text_of(number)))
        return place.read_bytes(), (tmp_path / "live.db-wal").read_bytes()


def commits_of(log):
    """Return where each transaction of a log ends: behind the frame that names the size of the file."""
    starts = range(HEADER, len(log), FRAME_HEADER + PAGE)
    sizes = ((start, struct.unpack_from(">I", log, start + 4)[0]) for start in starts)
    return [start + FRAME_HEADER + PAGE for start, size in sizes if size]


def articles_after(folder, file, log):
    """Return the articles of an archive that is opened again, all of them whole and verified."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    place = folder / "again.db"
    place.write_bytes(file)
    (folder / "again.db-wal").write_bytes(log)
    with Archive.open(place) as archive:
        found = {doc: paragraphs for doc, _, paragraphs in archive.articles()}
        assert set(found.values()) <= {PARAGRAPHS}
        assert archive.verify() == []
    return sorted(found)


def test_a_log_that_was_cut_anywhere_holds_the_first_articles_and_no_half(tmp_path, written):
    """Every transaction before the cut is there, none behind it, whether or not a sector of it came to the disk."""
    file, log = written
    draw = random.Random(1)
    ends = commits_of(log)
    held = [0]
    for end in ends:
        held.append(len(articles_after(tmp_path / "cut", file, log[:end])))
    assert held == sorted(held)
    assert (held[0], held[-1]) == (0, ARTICLES)
    for _ in range(30):
        cut = draw.randrange(len(log))
        expected = held[sum(end <= cut for end in ends)]
        found = articles_after(tmp_path / "cut", file, log[:cut])
        assert found == [f"a{number:02}" for number in range(expected)]


def test_sectors_of_the_last_write_may_come_in_any_order(tmp_path, written):
    """Where only some sectors of the last transaction are on the disk, it did not happen; all before it did."""
    file, log = written
    draw = random.Random(2)
    before, end = commits_of(log)[-2:]
    without = articles_after(tmp_path / "mixed", file, log[:before])
    for _ in range(20):
        mixed = bytearray(log)
        sectors = range(before - before % SECTOR + SECTOR, end, SECTOR)
        for at in draw.sample(sectors, draw.randint(1, len(sectors))):
            mixed[at : min(at + SECTOR, end)] = bytes(min(SECTOR, end - at))
        assert articles_after(tmp_path / "mixed", file, mixed) in (without, [f"a{n:02}" for n in range(ARTICLES)])


def test_a_checkpoint_may_stop_after_any_page(tmp_path, written):
    """The log stays until the file is whole: any mixture of old and new pages is the archive, with its log."""
    file, log = written
    place = tmp_path / "done.db"
    place.write_bytes(file)
    (tmp_path / "done.db-wal").write_bytes(log)
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    new = place.read_bytes()
    old = file.ljust(len(new), b"\0")
    draw = random.Random(3)
    damaged = 0
    for _ in range(10):
        pages = [draw.choice((old, new))[at : at + PAGE] for at in range(0, len(new), PAGE)]
        mixed = b"".join(pages)
        assert len(articles_after(tmp_path / "mixed", mixed, log)) == ARTICLES
        damaged += is_damaged(tmp_path / "mixed", mixed)
    assert damaged == 10  # without the log, which the disk is waited for, they are no archive


def is_damaged(folder, file):
    """Return whether an archive of such pages is lost where its log is not there."""
    try:
        return len(articles_after(folder, file, b"")) < ARTICLES
    except (DedupError, AssertionError, sqlite3.Error):
        return True


@pytest.mark.parametrize(("durability", "level"), [("full", 2), ("normal", 1)])
def test_full_durability_waits_for_the_disk(tmp_path, durability, level):
    """Who asked for it has each write on the disk when it is acknowledged: SQLite is told so on each connection."""
    place = tmp_path / "news.db"
    Archive.create(place, durability=durability).close()
    store = open_store(str(place), writable=True)
    ((found,),) = store.database.rows("PRAGMA synchronous")
    store.close()
    assert found == level


# --- PostgreSQL -----------------------------------------------------------------------------------

WRITER = """
import sys
from dedup.archives import Archive
from dedup.model import Document
from test_crash import text_of

place, acknowledged, first = sys.argv[1:]
with Archive.open(place) as archive, open(acknowledged, "a", buffering=1) as told:
    for number in range(int(first), int(first) + 100_000):
        told.write(f"? a{number}\\n")
        archive.add(Document(f"a{number}", text_of(number)))
        told.write(f"+ a{number}\\n")
"""


def test_an_aborted_server_and_a_killed_writer_lose_nothing_that_was_acknowledged(tmp_path):
    """All processes of PostgreSQL end at once while a writer adds, or the writer does: no article is lost, none half."""
    if (reason := servers.missing()) is not None:
        pytest.skip(reason)
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    # Not below tmp_path: another run of pytest takes the permission to go there from the server's user.
    with tempfile.TemporaryDirectory(prefix="dedup-server-") as folder, servers.server(folder) as (url, crash):
        Archive.create(url).close()
        for turn in range(6):
            known = len(acknowledged.read_text().splitlines())
            with process(WRITER, url, acknowledged, turn * 100_000, stderr=subprocess.DEVNULL) as writer:
                while len(acknowledged.read_text().splitlines()) < known + 4 * (turn + 1):
                    assert writer.poll() is None
                    time.sleep(0.01)
                if turn % 2:
                    crash()
                else:
                    os.kill(writer.pid, signal.SIGKILL)
                writer.wait()
            stored = assert_all_is_there(url, acknowledged.read_text().splitlines(), thoroughly=turn == 5)
            acknowledged.write_text("".join(f"+ {doc}\n" for doc in stored))
