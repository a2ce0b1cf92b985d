"""The root command `tcimages`. It imports subcommands on demand and reports their errors."""

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
    Operand,
    drop_output,
)
from pulumi_tcimages.cli.source_commands import SOURCE_COMMANDS
from pulumi_tcimages.dependencies import explain_failure
from pulumi_tcimages.resource_limits import DISK, find_limit

_PACKAGE = "pulumi_tcimages.cli"
_EXIT_BUG = 70
_DEBUG = "TCIMAGES_DEBUG"
_WRITE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""The error numbers of a failed write, for instance to a full disk."""


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="The API key and the region are read from the environment or a tccli profile. "
    "`tcimages doctor` shows where they were found. `tcimages demo` needs neither.",
    lazy={
        "Look up images": {
            **{
                name: (f"{_PACKAGE}.images:build_listing", sentence)
                for name, sentence in SOURCE_COMMANDS.items()
            },
            "explain": (
                f"{_PACKAGE}.explain:explain",
                "Explain the steps and the result of a lookup.",
            ),
            "outdated": (
                f"{_PACKAGE}.outdated:outdated",
                "List pins of stacks with a newer, withdrawn or changed image.",
            ),
        },
        "Try without an account": {
            "demo": (f"{_PACKAGE}.demo:demo", "Run an example program on the emulator."),
            "emulator": (f"{_PACKAGE}.emulator:emulator", "Serve both image APIs on this machine."),
        },
        "Set up": {
            "doctor": (f"{_PACKAGE}.doctor:doctor", "Check everything that a lookup needs."),
            "plugin": (
                f"{_PACKAGE}.plugin:plugin",
                "Install the plugin where Pulumi's engine looks for it.",
            ),
            "completion": (f"{_PACKAGE}.app:completion", "Print the completion script of a shell."),
        },
    },
)
@click.version_option(__version__, "-V", "--version", message="tcimages %(version)s")
def app() -> None:
    """Look up images for Tencent Cloud DLC and TIONE."""


@click.command(cls=Command)
@click.argument(
    "shell",
    cls=Operand,
    type=click.Choice(["bash", "zsh", "fish"]),
    metavar="{bash|zsh|fish}",
    section="Arguments",
    text="The shell that the script is for.",
)
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    In ~/.bashrc:    eval "$(tcimages completion bash)"
    In ~/.zshrc:     eval "$(tcimages completion zsh)"
    In config.fish:  tcimages completion fish | source
    """
    from click.shell_completion import get_completion_class

    completion_class = get_completion_class(shell)
    if completion_class is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    terminal.echo(completion_class(app, {}, "tcimages", "_TCIMAGES_COMPLETE").source())


def run(argv: Sequence[str] | None) -> int:
    """Run a command line, flush its output and return its exit code."""
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stdout is None:
        terminal.echo_err("tcimages: cannot write the output: it is closed.")
        return EXIT_USAGE
    for stream in (sys.stdout, sys.stderr):
        # Tests may replace stdout by a stream that lacks `reconfigure`.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = _run(argv)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = _report_unwritten(error, code)
    try:
        sys.stderr.flush()
    except OSError:  # Python flushes stderr again at exit and would exit with 120 if that failed.
        drop_output(sys.stderr)
    return code


def _report_unwritten(error: OSError, code: int = 0) -> int:
    """Report a failed write and return the exit code. A closed pipe is not reported.

    Args:
        code: the command's own exit code, which is returned if it is not 0.
    """
    drop_output(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return code or EXIT_SIGPIPE
    terminal.echo_err(f"tcimages: cannot write the output: {error.strerror}.")
    return code or EXIT_USAGE


def _run(argv: Sequence[str] | None) -> int:
    try:
        return app.main(argv, prog_name="tcimages", standalone_mode=False) or 0
    except CliError as error:
        error.show()
        return error.code
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as bug:
        limit = find_limit(bug)
        if limit and limit is not DISK:
            terminal.echo_err(f"tcimages: {limit.message}")
            return EXIT_USAGE
        if isinstance(bug, OSError) and bug.errno in _WRITE_ERRORS:
            return _report_unwritten(bug)
        if os.environ.get(_DEBUG):
            raise
        if explained := explain_failure(bug):
            terminal.echo_err(explained.text("tcimages"))
            return EXIT_USAGE
        terminal.echo_err(
            f"tcimages: internal error ({type(bug).__name__}). This is a bug in pulumi-tcimages; "
            f"with {_DEBUG}=1 it shows where."
        )
        return _EXIT_BUG


def _show(error: click.ClickException) -> None:
    """Write a usage error, wrapped to the terminal's width."""
    import io

    from pulumi_tcimages.cli.table import wrap

    message = io.StringIO()
    error.show(message)
    for line in message.getvalue().splitlines():
        for part in wrap(line, terminal.width_of(sys.stderr)):
            terminal.echo_err(part)
