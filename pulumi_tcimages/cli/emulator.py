"""`tcimages emulator`: both image APIs on this machine, until it is told to stop."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from pulumi_tcimages.cli import signals, terminal
from pulumi_tcimages.cli.command import Command
from pulumi_tcimages.emulator import Catalogue, CatalogueError, Emulator

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_STEP_S = 0.5


class _Evaluated(Command):
    """What it prints a shell evaluates; where that is nothing, what follows must not go ahead."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with _failing():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _failing():
            return super().invoke(ctx)


@contextmanager
def _failing() -> Iterator[None]:
    """An error is a line for the shell, too: `eval` of nothing succeeds."""
    try:
        yield
    except click.ClickException:
        if not terminal.is_terminal(sys.stdout):
            terminal.echo("false")
        raise


@click.command(cls=_Evaluated)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0, the default, is any.")
@click.option(
    "--latency-ms", type=click.IntRange(0, 60_000), default=0, help="How long an answer takes."
)
@click.option(
    "--catalogue",
    type=_FILE,
    help="The images to offer instead of the usual: JSON, as GET /_emulator/catalogue answers.",
)
@click.option(
    "--script",
    type=_FILE,
    help='Faults to play: {"DescribePlatformImages": [{"code": "InternalError", "times": 2}]}.',
)
def emulator(port: int, latency_ms: int, catalogue: Path | None, script: Path | None) -> None:
    """Serve both image APIs on this machine, with no account, until Ctrl-C.

    Prints where it is and the keys it knows as lines to paste into another terminal.
    """
    cloud = Emulator(port, _read_catalogue(catalogue), latency_ms / 1000)
    if script:
        _load_script(cloud, script)
    # Before the first line is out, so that whoever reads it may stop us at once.
    with signals.stopping() as stop:
        try:
            cloud.start()
        except OSError as refused:
            raise click.BadParameter(
                f"{port} cannot be listened on: {os.strerror(refused.errno or 0)}. "
                "Leave it out for any free one.",
                param_hint="--port",
            ) from None
        try:
            _announce(cloud)
            while not stop.wait(_STEP_S):  # in steps: on Windows a signal ends no wait
                pass
        finally:
            cloud.stop()


def _announce(cloud: Emulator) -> None:
    terminal.echo(f"# Tencent Cloud's image APIs, emulated at {cloud.endpoint}")
    for name, value in cloud.environment.items():
        terminal.echo(f"export {name}={shlex.quote(value)}")
    # A token of the reader's own would go along with these keys, and be refused.
    terminal.echo("unset TENCENTCLOUD_TOKEN TENCENTCLOUD_SECURITY_TOKEN")
    sys.stdout.flush()
    engines = ", ".join(cloud.catalogue.engines())
    # A comment, too: who pastes the lines of a terminal takes this one with them.
    stops = "Ctrl-C stops this, and so does" if signals.heeds_ctrl_c() else "To stop this"
    terminal.hint(f"# DLC engines: {engines}. {stops}: kill {os.getpid()}")
    if not terminal.is_terminal(sys.stdout):
        # So that what reads the lines, `eval "$(... &)"` above all, sees their end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _read_catalogue(path: Path | None) -> Catalogue:
    try:
        return Catalogue.load(path) if path else Catalogue.load()
    except CatalogueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--catalogue") from None


def _load_script(cloud: Emulator, path: Path) -> None:
    try:
        cloud.faults.load(path)
    except (OSError, ValueError, RecursionError) as wrong:
        raise click.BadParameter(f"{path}: {wrong}", param_hint="--script") from None
