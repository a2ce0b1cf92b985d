"""`tcimages demo`: an example program that picks two images, run on the emulator, with no account.

Three ways, the first that is there, and the answer says which: the `pulumi` command; one that the
Automation API installs; `pulumi_tcimages.testing`, where the real plugin answers behind Pulumi's
mock monitor. Everything happens in temporary folders: no stack, plugin or setting of the user's is
read or changed.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.command import EXIT_USAGE, Command
from pulumi_tcimages.cli.pulumi_command import EngineError
from pulumi_tcimages.cli.scratch import temporary_folder
from pulumi_tcimages.cli.stack import find_command, run_stack
from pulumi_tcimages.cli.status import Status
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.formatting import escape_controls

_PLACES = (
    Path(__file__).with_name("pick_image"),  # in an installed wheel
    Path(__file__).parents[2] / "examples" / "pick_image",  # in a checkout
)


class DemoError(click.ClickException):
    """What keeps the demo from running, as it was said."""

    exit_code = EXIT_USAGE


@click.command(cls=Command)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Leave the project in this new folder, to play with.",
)
def demo(keep: Path | None) -> None:
    """Run an example program on the emulator: what a first `pulumi up` looks like.

    Needs no account. Uses the pulumi command where it is on PATH or can be installed within
    seconds; else the program runs behind Pulumi's mocks, with the real plugin.
    """
    if keep and os.access(keep, os.F_OK):
        raise click.BadParameter(f"{keep} is there already.", param_hint="--keep")
    program = _find_program()
    with (
        _told("the demo cannot run here"),
        temporary_folder() as folder,
        Emulator() as cloud,
    ):
        way, exports = _run(_copy(program, folder / program.name), cloud)
    _show(exports)
    terminal.echo(f"\n{way}")
    if keep:
        with _told(f"the project cannot be kept in {keep}"):
            _copy(program, keep)
        terminal.echo(_next_steps(keep))


@contextmanager
def _told(what: str) -> Iterator[None]:
    """What the machine refuses in here is no bug of ours."""
    try:
        yield
    except OSError as refused:
        raise DemoError(f"{what}: {refused.strerror or refused}.") from None


def _run(project: Path, cloud: Emulator) -> tuple[str, Mapping[str, object]]:
    """How the program was run, in one line, and what it exported."""
    with Status("looking for the pulumi command"):
        found = find_command()
    if found:
        try:
            with Status("running pulumi up, then pulumi destroy"):
                exports = run_stack(found.command, project, cloud.environment)
        except EngineError as failed:
            raise DemoError(str(failed)) from None
        return f"Run with {found.told}: a real `pulumi up`; the stack is destroyed.", exports
    from pulumi_tcimages.testing import run

    with Status("running the program"):
        exports = run(project, environment=cloud.environment)
    return "Run without the pulumi command: the real plugin, behind Pulumi's mocks.", exports


def _copy(program: Path, place: Path) -> Path:
    """Copy the program to another folder, with a project file that runs it by this Python.

    The example's own project file and requirements would have Pulumi make a virtual environment
    from the network. Everything that the program needs is in this one.
    """
    place.mkdir(parents=True)
    for file in program.iterdir():
        if file.suffix == ".py":
            shutil.copy(file, place)
    lines = [f"name: {program.name.replace('_', '-')}", "runtime:", "  name: python"]
    if sys.prefix != sys.base_prefix:
        # Plain, since YAML has no pairs of \u for what is beyond them.
        lines += ["  options:", f"    virtualenv: {json.dumps(sys.prefix, ensure_ascii=False)}"]
    (place / "Pulumi.yaml").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return place


def _find_program() -> Path:
    found = next((place for place in _PLACES if place.is_dir()), None)
    if found is None:
        raise DemoError("the example program is not part of this installation.")
    return found


def _show(exports: Mapping[str, object]) -> None:
    label = max(map(len, exports), default=0)
    for name, value in sorted(exports.items()):
        terminal.echo(f"{name:<{label}}  {escape_controls(str(value))}")


def _next_steps(folder: Path) -> str:
    return f"""
The project is in {folder}. It runs on what is installed in {sys.prefix}:
`pulumi install` is not needed, and may build that anew. To run it yourself:
  tcimages emulator                 in another terminal; paste what it prints here
  cd {shlex.quote(str(folder))}
  export PULUMI_BACKEND_URL=file://. PULUMI_CONFIG_PASSPHRASE=demo
  pulumi stack init demo
  pulumi up"""
