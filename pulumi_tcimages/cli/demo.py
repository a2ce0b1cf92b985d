"""`tcimages demo`: run an example program on the emulator, without an account.

The program runs with the `pulumi` command if it is on PATH. Otherwise it runs with
`pulumi_tcimages.testing`, which uses the real plugin and Pulumi's mocks. The output says which of
the two was used. All files are in temporary folders. The user's stacks, plugins and settings are
neither read nor changed.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import textwrap
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from pulumi_tcimages.cli import signals, terminal
from pulumi_tcimages.cli.command import EXIT_USAGE, Command
from pulumi_tcimages.cli.new_folder import write_new_folder
from pulumi_tcimages.cli.pulumi_command import EngineError, find_pulumi, install_pulumi
from pulumi_tcimages.cli.scratch import temporary_folder
from pulumi_tcimages.cli.stack import UP, run_stack
from pulumi_tcimages.cli.status import Status
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.formatting import escape_controls
from pulumi_tcimages.resource_limits import find_limit
from pulumi_tcimages.user_files import is_folder

# The example program is inside an installed wheel, but beside the package in a source checkout.
_PLACES = (
    Path(__file__).with_name("pick_image"),
    Path(__file__).parents[2] / "examples" / "pick_image",
)
_MAIN = "__main__.py"
_WITHOUT_PULUMI = (
    "Run without the pulumi command: the real plugin, behind Pulumi's mocks. `tcimages demo "
    "--install` downloads the command."
)


class DemoError(click.ClickException):
    """The demo cannot run. The message contains the reason."""

    exit_code = EXIT_USAGE


@click.command(cls=Command)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the project in this new folder.",
)
@click.option(
    "--install",
    is_flag=True,
    help="Download the pulumi command with Pulumi's installer if it is not on PATH.",
)
def demo(keep: Path | None, install: bool) -> None:
    """Show a program that looks up two images, and run it on the emulator.

    Needs no account and downloads nothing. Without the pulumi command on PATH the program runs
    behind Pulumi's mocks, with the real plugin.
    """
    if keep and os.access(keep, os.F_OK):
        raise click.BadParameter(f"{keep} is there already.", param_hint="--keep")
    program = _find_program()
    try:
        with (
            _refusals("the demo cannot run here"),
            signals.interrupting(threading.Event()),
            temporary_folder() as folder,
            Emulator() as cloud,
        ):
            command = find_pulumi() or (_install() if install else "")
            _show_program(program, command)
            project = folder / program.name
            write_new_folder(project, _build_project(program))
            exports = _run(command, project, cloud)
    except EngineError as error:
        raise DemoError(str(error)) from None
    _show_exports(exports)
    if command:
        terminal.echo(f"\nRun with {command}: a real `pulumi up`; the stack is destroyed.")
    else:
        terminal.echo(f"\n{_WITHOUT_PULUMI}")
    if keep:
        with (
            _refusals(f"the project cannot be kept in {keep}"),
            signals.interrupting(threading.Event()),
        ):
            write_new_folder(keep, _build_project(program))
        terminal.echo(_next_steps(keep))


@contextmanager
def _refusals(problem: str) -> Iterator[None]:
    """Convert an OSError in the block to a DemoError, so that it is not reported as a bug."""
    try:
        yield
    except OSError as error:
        limit = find_limit(error)
        fix = f" {limit.fix[0].upper()}{limit.fix[1:]}" if limit else ""
        raise DemoError(f"{problem}: {error.strerror or error}.{fix}") from None


def _install() -> str:
    with Status("installing the pulumi command"):
        return install_pulumi()


def _run(command: str, project: Path, cloud: Emulator) -> Mapping[str, object]:
    """Run the project and return its stack outputs.

    Raises: EngineError if the `pulumi` command fails.
    """
    if command:
        with Status("running pulumi up, then pulumi destroy"):
            return run_stack(command, project, cloud.environment)
    from pulumi_tcimages.testing import run

    with Status("running the program"):
        return run(project, environment=cloud.environment)


def _build_project(program: Path) -> dict[str, bytes]:
    """Return the program's files, with a project file for this Python environment.

    With the example's own project file, Pulumi would create a new virtual environment and download
    packages. This environment already contains everything that the program needs.
    """
    lines = [f"name: {program.name.replace('_', '-')}", "runtime:", "  name: python"]
    if sys.prefix != sys.base_prefix:
        # Do not escape Unicode characters, because YAML does not support surrogate pairs.
        lines += ["  options:", f"    virtualenv: {json.dumps(sys.prefix, ensure_ascii=False)}"]
    files = {file.name: file.read_bytes() for file in program.iterdir() if file.suffix == ".py"}
    return {**files, "Pulumi.yaml": "\n".join([*lines, ""]).encode("utf-8", "surrogateescape")}


def _find_program() -> Path:
    program = next((folder for folder in _PLACES if is_folder(folder)), None)
    if program is None:
        raise DemoError("the example program is not part of this installation.")
    return program


def _show_program(program: Path, command: str) -> None:
    """Show the program and the command that runs it."""
    line = shlex.join(["pulumi", *UP]) if command else f"pulumi_tcimages.testing.run({_MAIN!r})"
    code = (program / _MAIN).read_text(encoding="utf-8")
    terminal.echo(f"{_MAIN}:\n", "bold")
    terminal.echo(textwrap.indent(code, "    "))
    terminal.echo(f"{'$' if command else '>>>'} {line}\n", "bold")
    # Flush, so that the user can read the program while it runs.
    sys.stdout.flush()


def _show_exports(exports: Mapping[str, object]) -> None:
    label = max(map(len, exports), default=0)
    for name, value in sorted(exports.items()):
        terminal.echo(f"{name:<{label}}  {escape_controls(str(value))}")


def _next_steps(folder: Path) -> str:
    return f"""
The project is in {folder}. It runs on what is installed in {sys.prefix}:
`pulumi install` is not needed, and may build that anew. To run it yourself:
  cd {shlex.quote(str(folder))}
  export PULUMI_BACKEND_URL=file://. PULUMI_CONFIG_PASSPHRASE=demo
  pulumi stack init demo
  tcimages emulator run -- pulumi up"""
