"""The command `dedup`: one module a subcommand.

Exit codes: 0 nothing at or above `--fail-on`, 1 something, 2 something could not be done.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from typing import NoReturn

import click

from dedup.cli import speech
from dedup.cli.progress import Stopped
from dedup.errors import DedupError
from dedup.settings import nearest
from dedup.version import __version__
from dedup.write import words
from dedup.write.terminal import harmless

INTERRUPTED = 130
TERMINATED = 143


COMMANDS = ("archive", "check", "clean", "compare", "completion", "config", "evaluate", "explain", "report", "scan")
"""Subcommands: each is the function of that name in the module of that name."""


class _Lazy(click.Group):
    """Load the module of a subcommand when it is asked for: a check before publication is a new process each time."""

    def list_commands(self, _: click.Context | None) -> list[str]:
        """Return the names of all subcommands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:
        """Return a subcommand; where there is none, the nearest is named, but not while a shell completes a line."""
        if cmd_name not in COMMANDS:
            if ctx is not None and ctx.resilient_parsing:
                return None
            raise click.UsageError(f'no command "{cmd_name}"; {nearest(cmd_name, COMMANDS)}')
        command: click.Command = getattr(importlib.import_module(f"dedup.cli.{cmd_name}"), cmd_name)
        return speech.equipped(command)


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 nothing at or above --fail-on, 1 something, 2 something could not be done.",
)
@click.version_option(__version__, prog_name="dedup", help="Show the version and exit.")
def cli() -> None:
    """Find repeated paragraphs, exact and near, in any language; Arabic first."""


def main() -> NoReturn:
    """Run the command and leave the process with its exit code."""
    gc.set_threshold(100_000, 50, 50)  # a check is a new process each time, and most of it is loading
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts threads for algebra, of which there is none
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # unwinds, so files are tidied up
    speech.hear(sys.argv[1:], os.environ)
    try:
        code = speech.equipped(cli).main(standalone_mode=False)
    except click.exceptions.Exit as exit_:
        code = exit_.exit_code
    except click.ClickException as error:
        vars(error)["message"] = speech.speaking().tell(error.message or "")
        error.show()
        code = 2
    except DedupError as error:
        click.echo(f"dedup: {words.error(error, speech.speaking(), harmless)}", err=True)
        code = 2
    except Stopped as stopped:
        click.echo(f"dedup: {stopped}", err=True)
        code = INTERRUPTED
    except (click.Abort, KeyboardInterrupt):
        click.echo(speech.speaking().say("dedup: stopped; nothing was written"), err=True)
        code = INTERRUPTED
    gc.freeze()  # or the end of the process looks for cycles in all that was loaded: a tenth of a check
    sys.exit(code if isinstance(code, int) else 0)
