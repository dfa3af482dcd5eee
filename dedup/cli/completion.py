"""`dedup completion`: the script by which a shell completes commands, options and their values."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from dedup.cli.output import to_stdout

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_DEDUP_COMPLETE"
"""What the script sets when it asks the command; click listens to it."""
MENDED = {
    'string split ","': 'string split --max 1 ","',
    "$zsh_eval_context[-1] == loadautofunc": "$zsh_eval_context[-1] == (loadautofunc|shfunc)",
}
"""What click 8.5 has in its scripts -> what it takes to work: fish would cut each description at its first comma, and
zsh, where it loads the script from a folder of functions, would complete the first line and not the second."""


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script by which a shell completes commands, options and their values.

    \b
    Examples:
      eval "$(dedup completion bash)"
      dedup completion zsh > ~/.zfunc/_dedup
      dedup completion fish > ~/.config/fish/completions/dedup.fish
    """
    form = get_completion_class(shell)
    assert form is not None
    script = form(context.find_root().command, {}, "dedup", VARIABLE)
    source = ShellComplete.source(script)  # the base class: that of bash runs bash, to ask for its version
    for cutting, whole in MENDED.items():
        source = source.replace(cutting, whole)
    to_stdout([source, "\n"])
