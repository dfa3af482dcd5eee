"""Long work: how far it is, on a terminal only; Ctrl+C; memory and temporary files."""

import copy
import gc
import os
import pickle
import pty
import random
import re
import subprocess
import sys
import threading
import time
import tracemalloc
from contextlib import contextmanager
from dataclasses import replace

import pytest

import dedup
from dedup import collect, scratch
from dedup.cli.progress import DOING
from dedup.errors import ScratchError
from dedup.kernels import COMPILED_FROM
from dedup.model import Paragraph
from dedup.progress import STAGES
from dedup.write import WRITERS, Style

DRAW = random.Random(3)
WORDS = ["".join(DRAW.choices("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", k=DRAW.randint(3, 8))) for _ in range(3_000)]


def many(count=COMPILED_FROM + 500):
    """Paragraphs of which every third is like the one before it."""
    texts = []
    for i in range(count):
        words = DRAW.sample(WORDS, 20)
        texts.append(" ".join([*texts[-1].split()[:-1], words[0]]) if i % 3 == 2 else " ".join(words))
    return texts


class Recorder:
    """Progress as a list of what was said."""

    def __init__(self):
        self.stages, self.told = [], []

    @contextmanager
    def stage(self, name, total):
        done = []
        yield done.append
        self.stages.append((name, total, done))

    def tell(self, message):
        self.told.append(message)


def test_every_stage_says_how_far_it_is():
    recorder = Recorder()
    report = dedup.scan(many(), progress=recorder)
    assert [name for name, _, _ in recorder.stages] == list(STAGES)
    for name, total, done in recorder.stages:
        assert done == sorted(done), name
        assert total is None or done[-1] == total, name
    stages = {name: (total, done) for name, total, done in recorder.stages}
    assert stages["read"][1][-1] == report.counts.paragraphs
    assert stages["confirm"][0] == report.generator.candidates
    assert stages["candidates"][0] == report.generator.parameters["bands"]


def test_the_cost_of_a_recall_target_is_told_before_it_is_paid():
    recorder = Recorder()
    report = dedup.scan(many(), progress=recorder, recall_target=0.9999)
    bands, rows = report.generator.parameters["bands"], report.generator.parameters["rows"]
    assert any(f"takes {bands} bands of {rows} rows, some " in message for message in recorder.told)
    assert min(report.generator.recall.values()) >= 0.999
    recorder = Recorder()
    dedup.scan(many(), progress=recorder)
    assert not any("recall" in message for message in recorder.told)


def on_a_terminal(code, *args, cwd):
    """Run Python on a pseudo terminal; return its exit code and what standard error showed."""
    ours, theirs = pty.openpty()
    shown = []

    def read():
        try:
            while data := os.read(ours, 65_536):
                shown.append(data)
        except OSError:
            pass  # the other end is closed

    reader = threading.Thread(target=read)
    reader.start()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-c", code, *args], stderr=theirs, stdout=subprocess.DEVNULL, env=env, cwd=cwd, check=False
    )
    os.close(theirs)
    reader.join()
    os.close(ours)
    return done.returncode, b"".join(shown).decode()


SHOWN_AT_ONCE = "import sys; from dedup.cli import progress, main; progress.QUIET_SECONDS = 0; main()"


def test_a_terminal_shows_stages_with_amounts_and_a_pipe_shows_none(put, folder):
    put("many.txt", "\n\n".join(many()))
    code, shown = on_a_terminal(SHOWN_AT_ONCE, "scan", "many.txt", cwd=folder)
    assert code == 1
    assert re.search(r"reading .*1,500 paragraphs, [\d,]+/s", shown)
    assert re.search(r"confirming .* [\d,]+ pairs, [\d,]+/s", shown)
    assert "\x1b[2K" in shown, "it is gone when the work is done"
    put("few.txt", "\n\n".join(many(30)))
    assert "reading" in on_a_terminal(SHOWN_AT_ONCE, "scan", "few.txt", cwd=folder)[1]
    assert on_a_terminal(SHOWN_AT_ONCE, "scan", "few.txt", "--quiet", cwd=folder) == (1, "")
    command = [sys.executable, "-c", SHOWN_AT_ONCE, "scan", "few.txt"]
    assert subprocess.run(command, capture_output=True, cwd=folder, check=False).stderr == b""


def test_short_work_shows_nothing_even_on_a_terminal(put, folder):
    put("two.txt", "\n\n".join(many(2)))
    assert on_a_terminal("from dedup.cli import main; main()", "scan", "two.txt", cwd=folder)[1] == ""


STOPPED_AT_EACH_STAGE = """
import os, signal, sys
from contextlib import contextmanager
from dedup.cli import main, progress
stage = progress.Shown.stage
@contextmanager
def stopping(self, name, total):
    with stage(self, name, total) as advance:
        if name == stop:
            os.kill(os.getpid(), signal.SIGINT)
        yield advance
progress.Shown.stage = stopping
stages, sys.argv[1:] = sys.argv[1].split(), sys.argv[2:]
for stop in stages:
    try:
        main()
    except SystemExit as end:
        print(stop, end.code, os.listdir(), flush=True)
"""


def test_ctrl_c_says_what_was_done_and_leaves_nothing(put, folder):
    """As the stage says how far it is; no traceback, no report, exit 130."""
    put("many.txt", "\n\n".join(many()))
    stages = ("sign", "candidates", "confirm", "report")
    command = [sys.executable, "-c", STOPPED_AT_EACH_STAGE, " ".join(stages), "scan", "many.txt", "-o", "r.json"]
    done = subprocess.run(command, capture_output=True, cwd=folder, check=False)
    assert done.stdout.decode().splitlines() == [f"{stage} 130 ['many.txt']" for stage in stages]
    for stage, said in zip(stages, done.stderr.decode().splitlines(), strict=True):
        pattern = rf"dedup: stopped while {DOING[stage][0]}.*; 1,500 paragraphs were read; nothing was written"
        assert re.fullmatch(pattern, said)


def test_ctrl_c_stops_the_threads(put, folder, start):
    """A real signal in the middle of the work: the process ends, whatever its threads are at."""
    put("many.txt", "\n\n".join(f"{text} {i}" for i in range(9) for text in many(9_000)))
    process = start("scan", "many.txt", "-o", "r.json", "-j", "2")
    time.sleep(1.5)
    process.send_signal(2)
    assert process.wait(60) in (130, 1)  # 1: on a fast machine it was done already
    if process.returncode == 130:
        assert re.match(rb"dedup: stopped while ", process.stderr.read())
        assert os.listdir(folder) == ["many.txt"]


# --- memory ---------------------------------------------------------------------------------------


def test_a_report_is_the_same_whatever_the_memory_and_the_workers(monkeypatch):
    """Everything that can go to a file goes there; the report has the same bytes."""
    monkeypatch.setattr("dedup.reuse.BYTES_PER_WORD", 0)  # passages fit in any memory here
    texts = many(1_800)
    expected = dedup.scan(texts).to_dict()
    assert expected["summary"]["generator"]["name"] == "banding"
    assert dedup.scan(texts, workers=1).to_dict() == expected
    assert dedup.scan(texts, workers=5).to_dict() == expected
    written = []
    append = scratch.Scratch.write
    monkeypatch.setattr(
        scratch.Scratch, "write", lambda self, data, at: (written.append(len(data)), append(self, data, at))
    )
    monkeypatch.setattr(dedup.Settings, "memory_bytes", property(lambda _: 0))
    monkeypatch.setattr(collect, "BATCH_CHARS", 20_000)
    assert dedup.scan(texts, workers=2).to_dict() == expected
    keys = sum(2 * len(dedup.normalize(text).text) for text in texts[1_000:])
    assert sum(written) > keys + sum(len(text.encode()) for text in texts[1_000:]), "texts and keys, and bands"


def test_nothing_is_left_where_temporary_files_go(put, folder, run, tmp_path):
    (tmp_path / "temporary").mkdir()
    put("many.jsonl", "".join(f'{{"id": "{i}", "text": "{text}"}}\n' for i, text in enumerate(many())))
    assert run("scan", "many.jsonl", "--memory", "256MB", env={"TMPDIR": str(tmp_path / "temporary")}).code == 1
    assert os.listdir(tmp_path / "temporary") == []


def test_a_full_disk_is_a_problem_with_a_way_out(monkeypatch):
    full = OSError(28, "No space left on device")
    monkeypatch.setattr(os, "pwrite", lambda *_: (_ for _ in ()).throw(full))
    with pytest.raises(
        ScratchError, match=r"temporary files in .*: the disk is full; set TMPDIR to a folder with room"
    ) as error:
        scratch.Scratch().append(b"abc")
    assert error.value.__cause__ is full


def test_temporary_files_can_be_read_from_anywhere_and_have_no_name(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    file = scratch.Scratch()
    file.append(b"abc")
    file.write(b"XY", 5)
    assert (file.read(0, 3), file.read(5, 2), file.size) == (b"abc", b"XY", 7)
    assert os.listdir(tmp_path) == []
    file.close()


def test_texts_and_names_come_back_as_they_were():
    texts = ["نص", "", "\ud800 lone", "😀", "x" * 5_000]
    for memory in (0, 10**9):
        kept = collect.Texts(memory)
        kept.extend(texts[:2])
        kept.extend(texts[2:])
        assert [kept.get(i) for i in range(len(texts))] == texts
        kept.close()
    names = collect.Names()
    for text in texts:
        names.append(text)
    assert [*names] == texts


def test_texts_never_hold_more_than_their_memory_and_what_is_on_its_way(monkeypatch):
    """However many come: not twice as much when they go to a file, and no string for each."""
    monkeypatch.setattr(collect, "BATCH_CHARS", 50_000)
    kept = collect.Texts(1_000_000)
    tracemalloc.start()
    try:
        for batch in range(60):
            kept.extend([f"{batch} {i} " + "نص " * 30 for i in range(600)])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept.get(0).startswith("0 0 نص")
    assert kept.get(60 * 600 - 1).startswith("59 599 نص")
    assert peak < 2_200_000, "the memory, the ends of 36,000 texts, a batch as strings and as bytes"
    kept.close()


def test_a_paragraph_whose_text_is_in_a_file_is_like_any_other(monkeypatch):
    """It equals the plain one, and what is copied or pickled has its text; the report outlives the scan and its file."""
    texts = many(1_100)
    plain = dedup.scan(texts, level="near")
    monkeypatch.setattr(dedup.Settings, "memory_bytes", property(lambda _: 0))
    monkeypatch.setattr(collect, "BATCH_CHARS", 20_000)
    kept = dedup.scan(texts, level="near")
    gc.collect()
    assert kept.matches == plain.matches
    match = kept.matches[0]
    for paragraph in (match.a, match.b):
        assert type(vars(Paragraph)["text"].slot.__get__(paragraph)) is collect.Texts, "it is not held"
        assert paragraph.text == texts[paragraph.order]
        assert paragraph in (match.a, match.b)
        for copied in (pickle.loads(pickle.dumps(paragraph)), replace(paragraph, words=0), copy.deepcopy(paragraph)):
            assert type(vars(Paragraph)["text"].slot.__get__(copied)) is str
            assert copied.text == paragraph.text
    assert pickle.loads(pickle.dumps(kept)).to_dict() == plain.to_dict()
    with pytest.raises(AttributeError):
        match.a.text = "other"


def test_findings_hold_no_text_however_often_they_are_read_and_written(monkeypatch):
    """Nor do groups: all there is of text in memory is what came last, less than a batch of it."""
    texts = many(400) * 2
    monkeypatch.setattr(dedup.Settings, "memory_bytes", property(lambda _: 0))
    monkeypatch.setattr(collect, "BATCH_CHARS", 20_000)
    report = dedup.scan(texts, level="near")
    found = {
        id(paragraph): paragraph
        for paragraphs in (*((m.a, m.b) for m in report.matches), *((g.original, *g.members) for g in report.groups))
        for paragraph in paragraphs
    }.values()
    assert len(found) >= len(texts)
    for writer in WRITERS.values():
        assert sum(map(len, writer(report, Style()))) > 0
    assert all(paragraph.text == texts[paragraph.order] for paragraph in found)
    slot = vars(Paragraph)["text"].slot
    assert sum(len(each) for paragraph in found if type(each := slot.__get__(paragraph)) is str) < collect.BATCH_CHARS
    assert sum(map(len, texts)) > 5 * collect.BATCH_CHARS


def test_a_disk_that_fills_while_reading_ends_the_run(monkeypatch):
    """It is no problem of the document being read: what was gathered is not whole, and no report is made of it."""
    full = OSError(28, "No space left on device")
    monkeypatch.setattr(os, "pwrite", lambda *_: (_ for _ in ()).throw(full))
    monkeypatch.setattr(dedup.Settings, "memory_bytes", property(lambda _: 0))
    monkeypatch.setattr(collect, "BATCH_CHARS", 20_000)
    with pytest.raises(ScratchError, match="the disk is full"):
        dedup.scan(many())


def test_a_full_disk_is_a_message_and_exit_code_2(put, folder):
    put("many.txt", "\n\n".join(many()))
    code = """
import os
from dedup import Settings, collect
from dedup.cli import main
def full(*_):
    raise OSError(28, "No space left on device")
os.pwrite = full
Settings.memory_bytes = property(lambda _: 0)
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code, "scan", "many.txt", "-o", "r.json"], capture_output=True, cwd=folder, check=False
    )
    assert done.returncode == 2
    assert re.fullmatch(r"dedup: temporary files in .*: the disk is full; set TMPDIR .*\n", done.stderr.decode())
    assert sorted(os.listdir(folder)) == ["many.txt"]


@pytest.mark.parametrize("texts", [[], ["قصير"], ["", "* * *"], [" ".join(WORDS[:20])]])
def test_banding_of_nothing_to_compare(texts):
    report = dedup.scan(texts, generator="banding")
    assert (report.matches, report.generator.candidates) == ((), 0)
