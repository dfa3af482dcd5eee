"""What others start the command with, as they start it: pre-commit, on the files of a commit."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import GOOD, OTHER

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
ROOT = Path(__file__).resolve().parent.parent

# --- pre-commit -----------------------------------------------------------------------------------

HOOKS = ROOT / ".pre-commit-hooks.yaml"


@pytest.fixture
def commit(folder, put, environment, tmp_path):
    """Run the hook that is shipped with the real pre-commit, on all files of a git repository.

    Only its environment is not built here but is that of the tests; `.ci/run` has it built, too.
    """
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
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
