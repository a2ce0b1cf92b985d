"""`tcimages emulator`: serve both image APIs on this machine, for one command or until Ctrl-C."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from pulumi_tcimages.cli import signals, subprocesses, terminal
from pulumi_tcimages.cli.command import Command, Group, Operand
from pulumi_tcimages.emulator import CatalogueError, Emulator
from pulumi_tcimages.resource_limits import find_limit

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_POLL_S = 0.5
_TOKENS = ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")
"""Variables to unset, because the user's token does not go with the emulator's keys."""
ACCOUNT_PREFIXES = ("TENCENTCLOUD_", "TCCLI_", "TKE_")
"""Prefixes of the variables with the user's keys, roles and profiles.

`tcimages emulator run` and `tcimages demo` do not pass these variables to a command.
"""
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127
"""The exit codes of shells and `env` for a command that cannot be started."""


def _emulator_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the emulator's options to a command."""
    options = (
        click.option(
            "--port",
            type=click.IntRange(0, 65535),
            default=0,
            help="The port to listen on. Defaults to 0: any free port.",
        ),
        click.option(
            "--latency-ms",
            type=click.IntRange(0, 60_000),
            default=0,
            help="The delay of each response in milliseconds.",
        ),
        click.option(
            "--catalogue",
            type=_FILE,
            help="A JSON file with the images to serve instead of the built-in ones, as "
            "GET /_emulator/catalogue returns them.",
        ),
        click.option(
            "--script",
            type=_FILE,
            help="A JSON file with faults to inject, for example "
            '{"DescribePlatformImages": [{"code": "InternalError", "times": 2}]}.',
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


class _EvaluatedGroup(Group):
    """The group `emulator`. Without a subcommand, it prints shell commands for `eval`."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        try:
            return super().make_context(*args, **more)
        except click.ClickException:
            _fail_evaluation()
            raise

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.ClickException:
            if ctx.invoked_subcommand is None:
                _fail_evaluation()
            raise


def _fail_evaluation() -> None:
    """Print `false`, so that `eval "$(tcimages emulator &)" && ...` fails after an error.

    Without any output, `eval` would succeed.
    """
    if not terminal.is_terminal(sys.stdout):
        terminal.echo("false")


@click.group(
    cls=_EvaluatedGroup,
    invoke_without_command=True,
)
@_emulator_options
@click.pass_context
def emulator(ctx: click.Context, /, **options: Any) -> None:
    """Serve both image APIs on this machine, with no account, until Ctrl-C.

    Prints its address and keys as lines to paste into another terminal. `run` serves a single
    command instead, without another terminal.
    """
    if ctx.invoked_subcommand:
        # Pass options on to `run` if they precede it, as in `tcimages emulator --port 0 run`.
        ctx.default_map = {ctx.invoked_subcommand: options}
        return
    # Install the signal handlers first, because a script may stop this process once it has printed
    # its first line.
    with signals.stopping() as stop, _serve(**options) as cloud:
        _announce(cloud)
        # Wait in short intervals: on Windows, Python handles signals only between waits.
        while not stop.wait(_POLL_S):
            pass


@emulator.command(cls=Command, context_settings={"allow_interspersed_args": False})
@_emulator_options
@click.argument(
    "command",
    cls=Operand,
    nargs=-1,
    required=True,
    type=click.UNPROCESSED,
    metavar="COMMAND...",
    section="Command",
    text="The command and its arguments. `--` before it is optional.",
)
def run(command: Sequence[str], **options: Any) -> None:
    """Run a command with the emulator in its environment, then stop the emulator.

    Exits with the command's exit code. Ctrl-C ends both.

    \b
    tcimages emulator run -- pulumi up
    tcimages emulator run --latency-ms 100 -- pytest tests
    """
    with _serve(**options) as cloud:
        others = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith(ACCOUNT_PREFIXES)
        }
        try:
            code = subprocesses.run_in_foreground(command, {**others, **cloud.environment})
        except OSError as error:
            code = _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
            terminal.echo_err(
                f"tcimages emulator run: {command[0]}: {error.strerror}; correct the name of the "
                "command, or add its folder to PATH"
            )
    raise click.exceptions.Exit(code)


@contextmanager
def _serve(
    port: int, latency_ms: int, catalogue: Path | None, script: Path | None
) -> Iterator[Emulator]:
    """Run an emulator during the block.

    Raises: click.BadParameter for a port or file that cannot be used.
    """
    try:
        cloud = Emulator(port, catalogue, latency_ms / 1000)
    except CatalogueError as error:
        raise click.BadParameter(str(error), param_hint="--catalogue") from None
    if script:
        try:
            cloud.faults.load(script)
        except (OSError, ValueError, RecursionError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or error
            raise click.BadParameter(f"{script}: {reason}", param_hint="--script") from None
    try:
        cloud.start()
    except OSError as error:
        if find_limit(error):
            raise
        raise click.BadParameter(
            f"cannot listen on {port}: {os.strerror(error.errno or 0)}. "
            "Leave the option out to get any free port.",
            param_hint="--port",
        ) from None
    try:
        yield cloud
    finally:
        cloud.stop()


def _announce(cloud: Emulator) -> None:
    terminal.echo(f"# Tencent Cloud's image APIs, emulated at {cloud.endpoint}")
    for name, value in cloud.environment.items():
        terminal.echo(f"export {name}={shlex.quote(value)}")
    terminal.echo(f"unset {' '.join(_TOKENS)}")
    sys.stdout.flush()
    engines = ", ".join(cloud.catalogue.engines())
    # This line is a shell comment, because a user may paste the whole output into a terminal.
    stop = "Ctrl-C stops this, and so does" if signals.receives_ctrl_c() else "To stop this"
    terminal.hint(f"# DLC engines: {engines}. {stop}: kill {os.getpid()}")
    if not terminal.is_terminal(sys.stdout):
        # Close stdout, because a reader such as `eval "$(... &)"` waits for the end of the output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
