"""What people and machines are used to: a file of settings, which of them are in force, and completion in a shell."""

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import tomllib

import pytest

from dedup.cli.configuration import COMMAND_KEYS
from dedup.settings import NAMES, Settings

# --- settings -------------------------------------------------------------------------------------


def uncommented(text):
    """Return a file of settings with every key that is commented out."""
    return "".join(line[1:] if line[:1] == "#" and line[1:2] != " " else line for line in text.splitlines(True))


@pytest.mark.parametrize("code", ["en", "ar"])
def test_the_file_to_begin_with_sets_nothing_and_names_every_key_once(run, folder, code):
    """As it is it changes no setting; with every # away it is read, and what has a default is at it."""
    assert run("config", "init", "--lang", code).code == 0
    text = (folder / "dedup.toml").read_text("utf-8")
    assert tomllib.loads(text) == {}
    named = {key.replace("-", "_"): value for key, value in tomllib.loads(uncommented(text)).items()}
    assert set(named) == {*NAMES, *COMMAND_KEYS}
    assert {name: value for name, value in Settings().to_dict().items() if value is not None}.items() <= named.items()
    (folder / "dedup.toml").write_text(uncommented(text), "utf-8")
    assert run("config", "show").code == 0


def test_no_file_of_settings_is_written_over(run, put, folder):
    put("dedup.toml", "threshold = 0.9\n")
    refused = run("config", "init")
    assert (refused.code, refused.stdout) == (2, "")
    assert refused.stderr == "dedup: dedup.toml: is there already, and is left as it is; name another place\n"
    assert (folder / "dedup.toml").read_text("utf-8") == "threshold = 0.9\n"
    assert run("config", "init", "no/such/folder.toml").code == 2
    assert run("config", "init", "other/pyproject.toml").code == 2


def test_a_pyproject_to_begin_with_has_the_table(run, folder):
    assert run("config", "init", "pyproject.toml").code == 0
    assert tomllib.loads((folder / "pyproject.toml").read_text("utf-8")) == {"tool": {"dedup": {}}}


def test_what_is_in_force_is_told_with_its_origin(run, put, folder):
    """A variable comes before the file, the file before the default; a file that is not used is not told."""
    put("dedup.toml", 'threshold = 0.9\narchive = "old.db"\nlang = "ar"\nquiet = true\n')
    place = str(folder / "dedup.toml")
    shown = run("config", "show", "--json", env={"DEDUP_ARCHIVE": "news.db", "DEDUP_LANG": "en"}).json
    assert shown["file"] == place
    assert set(shown["settings"]) == set(NAMES)
    assert set(shown["command"]) == set(COMMAND_KEYS)
    assert shown["settings"]["threshold"] == {"value": 0.9, "from": place}
    assert shown["settings"]["min_words"] == {"value": Settings().min_words, "from": "default"}
    assert shown["command"]["archive"] == {"value": "news.db", "from": "DEDUP_ARCHIVE"}
    assert shown["command"]["lang"] == {"value": "en", "from": "DEDUP_LANG"}
    assert shown["command"]["quiet"] == {"value": True, "from": place}
    alone = run("config", "show", "--json", "--isolated", env={"DEDUP_ARCHIVE": ""}).json
    assert alone["file"] is None
    assert {each["from"] for table in ("settings", "command") for each in alone[table].values()} == {"default"}


def test_what_is_shown_can_be_a_file_of_settings(run, put):
    """What is shown says the same again when it is used."""
    put("dedup.toml", 'max-duplicated = "20%"\nscope = "between"\narchive = "صحيفة\\u007f\\n\\"x.db"\n')
    shown = run("config", "show")
    put("again.toml", shown.stdout)
    first, again = (run("config", "show", "--json", "--config", f"{name}.toml").json for name in ("dedup", "again"))
    for table in ("settings", "command"):
        assert [each["value"] for each in first[table].values()] == [each["value"] for each in again[table].values()]
    assert json.dumps(first["command"]["archive"]["value"]) == json.dumps('صحيفة\x7f\n"x.db')


def test_a_password_of_an_archive_is_not_shown(run):
    """What is in force is shown to whoever helps; the password is not theirs."""
    for arguments, place in (
        (["config", "show"], "postgresql://desk:{}@host/news?schema=a"),
        (["config", "show", "--json"], "postgresql://desk:{}@host/news?schema=a"),
        (["config", "show"], "postgresql://host/news?user=desk&password={}&schema=a"),
    ):
        shown = run(*arguments, env={"DEDUP_ARCHIVE": place.format("s3cret")}).stdout
        assert "s3cret" not in shown
        assert place.format("***") in shown


# --- completion -----------------------------------------------------------------------------------


@pytest.fixture
def in_bash(run, folder, environment):
    """Give what bash itself would complete a line to, with the script as it is printed."""
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    (folder / "bin").mkdir()
    command = folder / "bin/dedup"
    command.write_text(f"#!{sys.executable}\nfrom dedup.cli import main\nmain()\n")
    command.chmod(0o755)
    (folder / "completion.sh").write_text(run("completion", "bash").stdout)

    def completed(*words):
        line = f'COMP_WORDS=({" ".join(words)} ""); COMP_CWORD={len(words) - 1}'
        script = f'source completion.sh; complete -p dedup; {line}; _dedup_completion dedup; printf "%s\\n" "${{COMPREPLY[@]}}"'
        path = f"{folder}/bin{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "--norc", "-c", script],
            check=False,
            cwd=folder,
            env={**environment, "PATH": path},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        registered, *replies = done.stdout.splitlines()
        assert registered == "complete -o nosort -F _dedup_completion dedup"
        return [reply for reply in replies if reply]

    return completed


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["dedup", "sc"], ["scan"]),
        (["dedup", "config", "i"], ["init"]),
        (["dedup", "scan", "--max-d"], ["--max-duplicated"]),
        (["dedup", "scan", "--fail-on", "ne"], ["near", "never"]),
        (["dedup", "nothing", "--x"], []),
    ],
)
def test_bash_completes_commands_options_and_values(in_bash, words, expected):
    """What is no command completes to nothing, and says nothing into the line that is being typed."""
    assert in_bash(*words) == expected


@pytest.fixture
def installed(in_bash, folder, environment):
    """Give an environment that has the command and a home of its own, and a way to skip without a shell."""

    def with_shell(shell):
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed (apt-get install {shell})")
        path = f"{folder}/bin{os.pathsep}{os.environ['PATH']}"
        (folder / "home").mkdir()
        home = str(folder / "home")
        return {
            **environment,
            "PATH": path,
            "HOME": home,
            "ZDOTDIR": home,
            "XDG_CONFIG_HOME": f"{home}/.config",
            "TERM": "dumb",
        }

    return with_shell


class Typed:
    """A shell on a terminal: what is typed, and what it then shows."""

    def __init__(self, command, env, cwd):
        self.ours, theirs = pty.openpty()
        streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
        self.process = subprocess.Popen(command, env=env, cwd=cwd, start_new_session=True, **streams)
        os.close(theirs)

    def type(self, text):
        os.write(self.ours, text.encode())

    def shows(self, text):
        """Read until a text is shown, or for a minute nothing more comes."""
        shown = b""
        while text.encode() not in shown:
            assert select.select([self.ours], [], [], 60)[0], shown.decode()
            shown += os.read(self.ours, 10_000)
        return True

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.ours)


COMPLETED = [
    ("dedup sc", "dedup scan "),
    ("dedup config i", "dedup config init "),
    ("dedup scan --max-d", "dedup scan --max-duplicated "),
    ("dedup scan --fail-on nev", "dedup scan --fail-on never "),
    ("dedup scan صح", "dedup scan صحيفة،أولى.txt "),
]
"""What is typed before TAB -> what then stands in the line."""


@pytest.mark.parametrize(
    ("way", "most"),
    [("fpath=($PWD/functions $fpath); compinit -u -D", 9), ('compinit -u -D; eval "$(dedup completion zsh)"', 2)],
    ids=["loaded", "evaluated"],
)
def test_zsh_completes_what_is_typed(installed, run, put, folder, way, most):
    """In the line of a real zsh, with the script in a folder of functions or evaluated."""
    environment = installed("zsh")
    put("functions/_dedup", run("completion", "zsh").stdout)
    put("صحيفة،أولى.txt", "")
    zsh = Typed(["zsh", "-f", "-i"], environment, folder)
    try:
        zsh.type(f"autoload -Uz compinit; {way}; print ready $((1 + 1))\n")
        assert zsh.shows("ready 2")
        for typed, completed in COMPLETED[:most]:
            zsh.type(f"{typed}\t")
            assert zsh.shows(completed)
            zsh.type("\x15")  # Ctrl+U takes the line away
        zsh.type("dedup nothing --x\t")
        assert zsh.shows("\a")
    finally:
        zsh.end()


def test_fish_completes_what_is_typed(installed, run, put, folder):
    """With the script where fish looks for it; a description is whole, whatever commas are in it."""
    environment = installed("fish")
    put("home/.config/fish/completions/dedup.fish", run("completion", "fish").stdout)
    put("صحيفة،أولى.txt", "")

    def completed(line):
        command = ["fish", "-c", "complete -C $argv[1]", line]
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return dict(reply.partition("\t")[::2] for reply in done.stdout.splitlines())

    assert list(completed("dedup scan صح")) == ["صحيفة،أولى.txt"]
    assert completed("dedup nothing --x") == {}
    assert "20% or 0.2; more" in completed("dedup scan --max-d")["--max-duplicated"]
    assert completed("dedup scan --fail-on ne") == {"near": "", "never": ""}
    assert completed("dedup sc")["scan"].endswith("of them was published before.")


@pytest.mark.parametrize(
    ("shell", "said"), [("zsh", "#compdef dedup"), ("fish", "complete --no-files --command dedup")]
)
def test_the_script_of_another_shell_is_for_that_shell(run, shell, said):
    printed = run("completion", shell)
    assert (printed.code, printed.stderr) == (0, "")
    assert said in printed.stdout
    assert "_DEDUP_COMPLETE" in printed.stdout
