"""GitHub's runner for a composite action, as far as ours asks for it: inputs, outputs, `if`, and steps in bash.

Expressions are those that ours has, and any other is an error here. With the path of a folder for temporary files the
whole action runs on the seeds, its installation included, as `.ci/run` has it:

    python tests/runner.py FOLDER
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
ACTION = ROOT / "action.yml"
EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""How GitHub starts `shell: bash`."""


@dataclass(frozen=True)
class Ran:
    """What a workflow sees of an action that ran: each step's exit code, outputs, log and summary."""

    codes: dict
    outputs: dict
    log: str
    summary: str

    @property
    def failed(self):
        return any(self.codes.values())


def run_action(given, workspace, temporary, environment, without=(), changed=("", "")):
    """Run the action in a workspace; steps `without` are left out, and in scripts a first text gives way to another."""
    action = yaml.safe_load(ACTION.read_text("utf-8"))
    assert set(given) <= set(action["inputs"])
    known = {f"inputs.{name}": str(given.get(name, spec.get("default", ""))) for name, spec in action["inputs"].items()}
    codes, log, summary = {}, "", ""
    for step in action["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert step.get("if") in (None, "always()")
        if step["id"] in without or (step.get("if") is None and any(codes.values())):
            continue
        script, output, text = (Path(temporary) / f"{step['id']}.{kind}" for kind in ("sh", "output", "summary"))
        script.write_text(step["run"].replace(*changed) if changed[0] else step["run"], "utf-8")
        output.write_text("")
        text.write_text("")
        own = {name: evaluated(value, known) for name, value in step.get("env", {}).items()}
        own |= {"RUNNER_TEMP": str(temporary), "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_WORKSPACE": str(workspace)}
        own |= {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(text)}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        done = subprocess.run([*BASH, script], cwd=workspace, env={**environment, **own}, check=False, **streams)
        codes[step["id"]] = done.returncode
        log += done.stdout.decode()
        summary += text.read_text("utf-8")
        for line in output.read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            known[f"steps.{step['id']}.outputs.{name}"] = value
    outputs = {name: evaluated(spec["value"], known) for name, spec in action["outputs"].items()}
    return Ran(codes, outputs, log, summary)


def evaluated(text, known):
    """Return a text with its expressions replaced by what they stand for; what is not set is empty."""
    return EXPRESSION.sub(
        lambda match: known[match[1]] if match[1].startswith("inputs.") else known.get(match[1], ""), text
    )


if __name__ == "__main__":
    ran = run_action({"paths": "seeds/"}, ROOT, Path(sys.argv[1]), dict(os.environ))
    print(ran.log, ran.outputs)
    assert ran.codes == {"install": 0, "scan": 1, "tell": 0}
    assert (ran.outputs["findings"], ran.outputs["exit-code"]) == ("4", "1")
