"""What others start the command with, as they start it: pre-commit on the files of a commit, and GitHub in a workflow."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import GOOD, MARKER, OTHER

from dedup.cli.scan import scan
from dedup.write import WRITERS

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
import runner  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent

# --- pre-commit -----------------------------------------------------------------------------------

HOOKS = ROOT / ".pre-commit-hooks.yaml"


@pytest.fixture
def commit(folder, put, environment, tmp_path):
    """Run the hook that is shipped with the real pre-commit, on all files of a git repository.

    Only its environment is not built here but is that of the tests; `.ci/run` has it built, too.
    """
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "HOME": str(tmp_path), "PRE_COMMIT_HOME": str(tmp_path / "cache"), "GIT_CONFIG_GLOBAL": ""}
    # With TRAVIS set, pre-commit counts two cores, whatever there are.
    env = {**{k: v for k, v in environment.items() if not k.startswith("GIT_")}, **own, "TRAVIS": "1"}

    def committed(**changed):
        shipped = yaml.safe_load(HOOKS.read_text("utf-8"))
        hooks = [{**hook, "language": "system", **changed} for hook in shipped]
        put(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
        for command in (["git", "init", "-q"], ["git", "add", "-A"]):
            subprocess.run(command, cwd=folder, env=env, check=True)
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout

    return committed


def test_what_is_shipped_is_what_pre_commit_takes():
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", HOOKS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert [hook["id"] for hook in yaml.safe_load(HOOKS.read_text("utf-8"))] == ["dedup"]


def test_no_pair_is_lost_between_the_processes_of_a_commit(commit, put):
    """Of a dozen files, each with a twin, all six pairs are found; other files are not read."""
    words = [
        f"{OTHER} في الجولة {number}" for number in ("الأولى", "الثانية", "الثالثة", "الرابعة", "الخامسة", "السادسة")
    ]
    for number, text in enumerate(words):
        put(f"a{number}.txt", text)
        put(f"صحيفة {number}.md", text)
    put("table.csv", f"text\n{words[0]}\n")
    code, said = commit(args=["--level", "exact", "-f", "concise"])
    assert code == 1
    assert said.count("BLOCK") == 1
    assert "6 repeated paragraphs (6 exact) in 12 paragraphs of 12 documents" in said


def test_a_hook_can_read_a_whole_folder_whatever_was_changed(commit, put):
    """As the documentation says it: without names, and with the folder as the argument."""
    put("texts/a.txt", OTHER)
    put("texts/b.jsonl", f'{{"text": "{OTHER}"}}\n')
    put("elsewhere.txt", GOOD)
    code, said = commit(args=["texts/", "-f", "concise"], pass_filenames=False)
    assert code == 1
    assert "1 repeated paragraph (1 exact) in 2 paragraphs of 2 documents" in said


def test_a_commit_without_repeats_passes(commit, put):
    put("a.txt", OTHER)
    assert commit()[0] == 0


# --- GitHub ---------------------------------------------------------------------------------------

ACTION = yaml.safe_load(runner.ACTION.read_text("utf-8"))
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"]}
HOSTILE = (
    "$(touch hacked) `touch hacked` ; touch hacked; \" ; touch hacked; ' ; touch hacked\ntouch hacked\n || touch hacked"
)


@pytest.fixture
def act(folder, environment, tmp_path):
    """Run the action; the installation is that of the tests, but for where it is said."""
    temporary = tmp_path / "runner's temp"
    own = temporary / "dedup/bin"
    own.mkdir(parents=True)
    for name, command in (("python", sys.executable), ("dedup", f"{sysconfig.get_path('scripts')}/dedup")):
        (own / name).write_text(f'#!/bin/sh\nexec "{command}" "$@"\n')
        (own / name).chmod(0o755)

    def acted(without=("install",), changed=("", ""), **given):
        inputs = {name.replace("_", "-"): value for name, value in given.items()}
        ran = runner.run_action(inputs, folder, temporary, environment, without, changed)
        assert "Traceback" not in ran.log
        assert not list(tmp_path.rglob("hacked"))
        assert not list(ROOT.glob("hacked"))
        return ran

    return acted


def test_the_action_is_what_github_takes():
    """It holds to the schema, and no script has an expression in it, by which what stands in an input would be run."""
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", runner.ACTION]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert not [name for name, step in STEPS.items() if "${{" in step["run"]]


def test_the_inputs_of_the_action_are_options_of_the_command():
    """Each is named as its option and given to it; each format of the command can be asked for."""
    options = {name for option in scan.params for name in option.opts} | {"--lang"}
    own = {"paths", "args", "extras", "version", "format"}
    script = STEPS["scan"]["run"]
    for name in set(ACTION["inputs"]) - own:
        assert f"--{name}" in options
        assert f"option --{name} " in script or name == "archive"
    used = {value for step in STEPS.values() for value in step["env"].values()}
    assert {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]} <= used
    cases = re.findall(r"^ +([a-z |]+)\) suffix=", script, re.MULTILINE)
    assert {name for case in cases for name in case.split(" | ")} == set(WRITERS)


def test_a_workflow_goes_on_with_what_was_found(act, folder, seeds):
    """A step that fails leaves outputs, annotations, a summary and both reports for the steps after it."""
    shutil.copytree(seeds, folder / "نصوص the seeds")
    ran = act(paths="نصوص the seeds/\n", args="--sort size --passage-words-within '10'")
    assert ran.codes == {"scan": 1, "tell": 0}
    report, sarif = Path(ran.outputs.pop("report-path")), Path(ran.outputs.pop("sarif-path"))
    assert ran.outputs == {"findings": "4", "duplication-percentage": "5.40", "exit-code": "1"}
    assert report.read_text("utf-8").startswith("<!doctype html>")
    assert len(json.loads(sarif.read_text("utf-8"))["runs"][0]["results"]) == 4
    assert ran.summary.startswith("## BLOCK\n")
    assert ran.log.count("::error file=نصوص the seeds/004_5e32a4f81c8668bc.txt,line=") == 2


def test_what_passes_passes(act, put):
    put("-f.txt", OTHER)
    ran = act(paths="-f.txt", format="concise", fail_on="exact", max_findings="0", max_duplicated="0%", lang="ar")
    assert (ran.failed, ran.outputs["exit-code"], ran.outputs["findings"]) == (False, "0", "0")
    assert Path(ran.outputs["report-path"]).read_text("utf-8").startswith("مقبول")


def test_what_could_not_be_done_is_told(act, put):
    """With a report where there is one; and the archive that is named is the one that is asked."""
    put("good.txt", GOOD)
    ran = act(paths="good.txt\nmissing.txt", archive="missing.db", format="json")
    assert (ran.outputs["exit-code"], ran.outputs["findings"]) == ("2", "1")
    problems = json.loads(Path(ran.outputs["report-path"]).read_text("utf-8"))["problems"]
    assert [problem["place"] for problem in problems] == ["missing.db", "missing.txt"]
    ran = act(paths="good.txt", threshold="85")
    assert (ran.codes["scan"], ran.outputs["exit-code"], ran.outputs["findings"]) == (2, "2", "")
    assert "did you mean 0.85?" in ran.log
    assert "::error title=dedup::there is no report" in ran.log


@pytest.mark.parametrize("names", [("paths", "archive", "baseline", "config", "fail-on", "max-duplicated", "max-findings", "threshold", "lang"), ("format",), ("args",), ("extras",), ("version",)], ids=lambda names: names[0])  # fmt: skip
def test_no_input_is_run(act, put, names):
    """Neither what stands in an input, nor a module of the repository that is checked."""
    for module in ("json", "os", "shlex", "sys", "site", "venv"):
        put(f"{module}.py", "open('hacked', 'w')\n")
    ran = (
        act((), **dict.fromkeys(names, HOSTILE))
        if names[0] in ("extras", "version")
        else act(**dict.fromkeys(names, HOSTILE))
    )
    assert ran.failed
    assert "::error title=dedup::" in ran.log


def test_args_are_words_and_not_a_script(act, put):
    """Quotes hold words together, and what a shell would run is a word like any other."""
    put("good.txt", GOOD)
    ran = act(
        paths="good.txt",
        args="--id-field '$(touch hacked)' --text-field \"`touch hacked` ; touch hacked\" --color never",
    )
    assert ran.codes["scan"] == 1
    ran = act(paths="good.txt", args="$(touch hacked) && touch hacked")
    assert "$(touch: no such file" in ran.log


def test_a_summary_is_never_larger_than_is_shown(act, put):
    """GitHub leaves out one of more than 1 MiB; beyond that, here beyond 300 bytes, it has places without texts."""
    put("good.txt", GOOD)
    whole = act(paths="good.txt")
    short = act(paths="good.txt", changed=("1000000", "300"))
    assert len(whole.summary.encode()) > 300
    assert MARKER in whole.summary
    assert MARKER not in short.summary
    assert short.summary.startswith("## BLOCK\n")
    assert "good.txt" in short.summary
    assert short.codes == {"scan": 1, "tell": 0}
