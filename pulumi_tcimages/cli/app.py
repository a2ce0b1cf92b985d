"""`tcimages`: the commands, each loaded when it is named, and the way out of all of them."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from pulumi_tcimages import __version__
from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.command import (
    EXIT_SIGPIPE,
    EXIT_USAGE,
    INTERRUPTED,
    CliError,
    Command,
    LazyGroup,
    drop_output,
)
from pulumi_tcimages.cli.source_commands import SOURCE_COMMANDS
from pulumi_tcimages.errors import OUT_OF_MEMORY

_ROOM = "pulumi_tcimages.cli"
_BUG = 70
_DEBUG = "TCIMAGES_DEBUG"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What only writing can meet; the shell writes little but its output."""


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Keys and region come from the environment or a tccli profile. `tcimages doctor` says "
    "what was found; `tcimages demo` needs none.",
    lazy={
        "Ask": {
            **{
                name: (f"{_ROOM}.images:COMMANDS.{name}", sentence)
                for name, sentence in SOURCE_COMMANDS.items()
            },
            "explain": (f"{_ROOM}.explain:explain", "Show how a lookup goes, and why it ends so."),
            "outdated": (
                f"{_ROOM}.outdated:outdated",
                "List pins of stacks that have a newer or a withdrawn image.",
            ),
        },
        "Try": {
            "demo": (f"{_ROOM}.demo:demo", "Run an example program on the emulator."),
            "emulator": (f"{_ROOM}.emulator:emulator", "Serve both image APIs on this machine."),
        },
        "Set up": {
            "doctor": (f"{_ROOM}.doctor:doctor", "Check everything a lookup needs."),
            "plugin": (f"{_ROOM}.plugin:plugin", "Put the plugin where Pulumi's engine looks."),
            "completion": (f"{_ROOM}.app:completion", "Print the completion script of a shell."),
        },
    },
)
@click.version_option(__version__, "-V", "--version", message="tcimages %(version)s")
def app() -> None:
    """Which image do I use? Asks Tencent Cloud for DLC and TIONE images."""


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    In ~/.bashrc:    eval "$(tcimages completion bash)"
    In ~/.zshrc:     eval "$(tcimages completion zsh)"
    In config.fish:  tcimages completion fish | source
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    terminal.echo(kind(app, {}, "tcimages", "_TCIMAGES_COMPLETE").source())


def run(argv: Sequence[str] | None) -> int:
    """The exit code of a command line, after everything has been printed."""
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stdout is None:
        terminal.echo_err("tcimages: cannot write the output: it is closed.")
        return EXIT_USAGE
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not where a test has put something else there
            stream.reconfigure(errors="backslashreplace")
    code = _run(argv)
    try:
        sys.stdout.flush()
    except OSError as failure:
        code = _unwritten(failure, code)
    try:
        sys.stderr.flush()
    except OSError:  # nobody can read it, and Python would end with code 120
        drop_output(sys.stderr)
    return code


def _unwritten(failure: OSError, code: int = 0) -> int:
    """The exit code when stdout did not take everything, which is told unless nobody reads it."""
    drop_output(sys.stdout)
    if isinstance(failure, BrokenPipeError):
        return code or EXIT_SIGPIPE
    terminal.echo_err(f"tcimages: cannot write the output: {failure.strerror}.")
    return code or EXIT_USAGE


def _run(argv: Sequence[str] | None) -> int:
    try:
        return app.main(argv, prog_name="tcimages", standalone_mode=False) or 0
    except CliError as told:
        told.show()
        return told.code
    except click.ClickException as wrong:
        _show(wrong)
        return wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except MemoryError:
        terminal.echo_err(f"tcimages: {OUT_OF_MEMORY}")
        return EXIT_USAGE
    except Exception as bug:
        if isinstance(bug, OSError) and bug.errno in _FULL:
            return _unwritten(bug)
        if os.environ.get(_DEBUG):
            raise
        terminal.echo_err(
            f"tcimages: internal error ({type(bug).__name__}). This is a bug in pulumi-tcimages; "
            f"with {_DEBUG}=1 it shows where."
        )
        return _BUG


def _show(wrong: click.ClickException) -> None:
    """What click says of a command line, broken between words where the terminal ends."""
    import io

    from pulumi_tcimages.cli.table import wrap

    said = io.StringIO()
    wrong.show(said)
    for line in said.getvalue().splitlines():
        for part in wrap(line, terminal.width_of(sys.stderr)):
            terminal.echo_err(part)
