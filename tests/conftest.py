"""What the tests share: the real process, a folder of its own, a real browser, and texts."""

import gzip
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("dedup", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("dedup")

MARKER = "زمردة"
"""A word of the articles below: no message on standard error may ever hold it."""
ARTICLE = f"أعلنت شركة {MARKER} أمس أنها ستبني مدرستين جديدتين في الجنوب قبل نهاية العام المقبل"
REPEATED = ARTICLE.replace("أمس", "اليوم")
"""One word differs from ARTICLE: `near`."""
SPELLED = ARTICLE.replace("أ", "ا")
"""Only hamzas differ from ARTICLE: `normalized`, spelling."""
OTHER = f"انتهت مباراة {MARKER} والأهلي بالتعادل بعد شوطين إضافيين وسط حضور جماهيري كبير في العاصمة"
GOOD = f"{ARTICLE}\n\n{REPEATED}\n"
SHARED = (
    "سيفتتح الوزير غدا مستشفى الأطفال الجديد في حي الزيتون بعد أعمال دامت ثلاثة أعوام وكلفت أربعين مليون دينار",
    "ويضم المبنى مئة وعشرين سريرا وسبع غرف للعمليات وقسما للطوارئ يعمل ليلا ونهارا ويخدم سكان الأحياء الشرقية والقرى",
)
ROUND_FIRST = (
    "وأكد المتحدث أن الموظفين تدربوا شهرين كاملين قبل هذا الموعد وأن الأجهزة وصلت قبل أسابيع من شركات معروفة وجربها الأطباء",
    "وشكر رئيس البلدية المهندسين والعمال وقال إن الطريق المؤدية إلى المكان ستوسع وستزرع على جانبيها أشجار النخيل كما طلب الأهالي",
)
ROUND_AGAIN = (
    "وقالت صحيفة محلية اليوم نقلا عن مصادر لم تسمها في تقرير طويل عن الصحة العامة وعن مشاريع تأخرت بسبب نقص المال والخبرة إنه",
    "وجاء في التقرير أيضا كلام عن مستشفيات أخرى في الشمال لم تكتمل رغم الوعود المتكررة وعن أطباء هاجروا بحثا عن أجور أفضل",
)
PASSAGES = [
    "\n\n".join(f"{own}. {text}" for own, text in zip(ROUND_FIRST, SHARED, strict=True)),
    "\n\n".join(f"{text} {own}." for own, text in zip(ROUND_AGAIN, SHARED, strict=True)),
]
"""Two texts with one passage that stands in two paragraphs of each."""
ARABIC = re.compile("[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufefc]")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""What Chromium is called, and how it is kept from everything but the page."""


@dataclass(frozen=True)
class Outcome:
    """What a process left: its exit code and both streams."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def findings(self):
        """(kind, score, paragraph of a, paragraph of b) of each finding."""
        return [(f["kind"], f["score"], f["a"]["paragraph"], f["b"]["paragraph"]) for f in self.json["findings"]]

    @property
    def problems(self):
        """``place: finding; remedy`` of each problem, as standard error has it."""
        return ["{place}: {finding}; {remedy}".format(**p).removesuffix("; ") for p in self.json["problems"]]

    @property
    def skipped(self):
        return [(s["path"], s["reason"]) for s in self.json["summary"]["skipped"]]

    @property
    def notices(self):
        return self.json["summary"]["notices"]


@pytest.fixture
def folder(tmp_path):
    """An empty folder to run in; the configuration above it is empty, too, whatever stands higher up."""
    (tmp_path / "dedup.toml").touch()
    path = tmp_path / "work"
    path.mkdir()
    return path


@pytest.fixture
def put(folder):
    """Write a file into the folder, str as UTF-8, ``.gz`` packed, and return its name."""

    def write(name, content):
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return name

    return write


@pytest.fixture
def environment():
    """What the process sees: nothing that would colour, configure, widen or translate its output."""
    left_out = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING", "PYTHONHASHSEED", "DEDUP_LANG", "LANGUAGE")
    return {name: value for name, value in os.environ.items() if name not in left_out} | {"LC_ALL": "C.UTF-8"}


@pytest.fixture
def run(folder, environment):
    """Run the real command in the folder; no run may show a traceback, or a word of an article in a message."""

    def run_command(*args, stdin=b"", env=None, cwd=folder, before=(), **popen):
        done = subprocess.run(
            [*before, sys.executable, "-m", "dedup", *map(str, args)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env={name: value for name, value in {**environment, **(env or {})}.items() if value is not None},
            cwd=cwd,
            timeout=300,
            check=False,
            **popen,
        )
        outcome = Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in outcome.stderr, outcome.stderr
        assert MARKER not in outcome.stderr
        return outcome

    return run_command


FORMS = ("full", "concise", "json", "jsonl", "html", "csv", "markdown", "sarif", "github", "gitlab", "junit")


@pytest.fixture
def in_each_form(run, tmp_path):
    """Run a command once and return the outcome and what it wrote in each form.

    That this is what the command prints when it is asked for one form is the first law of test_output.py.
    """
    runs = itertools.count()

    def run_command(*args, **options):
        place = tmp_path / f"forms-{next(runs)}"
        place.mkdir()
        done = run(*args, *(part for form in FORMS for part in ("-o", f"{form}:{place / form}")), **options)
        return done, {form: (place / form).read_bytes().decode() for form in FORMS if (place / form).exists()}

    return run_command


@pytest.fixture
def heeding_permissions():
    """What goes before a command so that permissions of files count for root, too."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root may read and write anything, and setpriv (util-linux) is not here to change that")
    dropped = "-dac_override,-dac_read_search"
    return ("setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}")


@pytest.fixture
def start(folder, environment):
    """Start the real command and return the process while it runs; it is ended with the test.

    Coverage does not follow it: a signal that comes while coverage holds its lock would leave it waiting for ever.
    """
    running = []
    uncounted = {name: value for name, value in environment.items() if not name.startswith("COVERAGE_")}

    def start_command(*args, **popen):
        process = subprocess.Popen(
            [sys.executable, "-m", "dedup", *map(str, args)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=uncounted,
            cwd=folder,
            **popen,
        )
        running.append(process)
        return process

    yield start_command
    for process in running:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


@pytest.fixture
def beside_good(run, put):
    """Scan an input beside a good file, and hold that the good one is reported all the same."""

    def scanned(*names, code=2, **options):
        put("good.txt", GOOD)
        found = run("scan", *names, "good.txt", "-f", "json", **options)
        assert found.code == code
        assert ("near", "good.txt") in [(f["kind"], f["a"]["doc"]) for f in found.json["findings"]]
        for problem in found.problems:
            assert f"dedup: {problem}" in found.stderr.splitlines()
            assert problem.count("; ") >= 1, "a place, a finding and a remedy"
        for notice in found.notices:
            assert f"dedup: note: {notice}" in found.stderr.splitlines()
        assert found.json["summary"]["exit_code"] == code
        return found

    return scanned


@pytest.fixture(scope="session")
def seeds():
    """The two articles that the project ships."""
    return Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="module")
def browser():
    """Start a headless Chromium of the system, once for all tests."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()
