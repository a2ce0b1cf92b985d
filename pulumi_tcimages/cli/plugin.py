"""`tcimages plugin`: inspect, install or remove the plugin's launcher in Pulumi's home."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

from pulumi_tcimages import __version__
from pulumi_tcimages.advice import Advice
from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.command import EXIT_USAGE, Command, Group
from pulumi_tcimages.cli.project_plugin import ProjectPlugin, find_project_plugin
from pulumi_tcimages.cli.table import wrap_advice
from pulumi_tcimages.formatting import escape
from pulumi_tcimages.sdk import discovery

_MEANING = {
    "ready": "the engine finds this environment's plugin",
    "absent": "nothing is there yet: a program's first call writes it, or `plugin install` does",
    "elsewhere": "the engine finds the plugin of another environment, of the same version; "
    "`plugin install` changes that",
    "outdated": "the engine would start a plugin of another version; a program's first "
    "call mends that, or `plugin install` does",
    "unsafe": "the engine would start a plugin that another user could change; a program's first "
    "call mends that, or `plugin install` does",
    "broken": "the engine would start nothing, because the launcher or what it starts is damaged "
    "or gone; a program's first call mends that, or `plugin install` does",
    "installed": "the engine finds a plugin that Pulumi installed; it is left alone",
    "foreign": "there is something that pulumi-tcimages did not write; it is left alone",
}
_SHADOWED = "but the engine starts the one that is first on PATH; remove that from PATH"
_OVERRULED = "but the engine prefers the plugin that the project names"
_SEMVER = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")


def _read_version(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    version = value.removeprefix("v")
    if not _SEMVER.fullmatch(version):
        raise click.BadParameter(f"{value!r} is no version such as {__version__}.")
    return version


_version: Callable[[Any], Any] = click.option(
    "--version",
    default=__version__,
    metavar="VERSION",
    callback=_read_version,
    help="The plugin version that the engine requests. If no program runs, that is the version in "
    f"the stack's state. Defaults to {__version__}.",
)


@click.group(cls=Group)
def plugin() -> None:
    """Install the plugin where Pulumi's engine looks for it.

    A Python program does this automatically at its first call. Use these commands if no program
    runs: for refresh, destroy and import of stacks with pins on a new machine. The engine then
    requests the version that last updated the stack. If that version is older, pass it as --version
    to install this environment's plugin in its place.
    """


@plugin.command(cls=Command)
@_version
def status(version: str) -> None:
    """Show which plugin the engine would start, and where it is."""
    plugin, shadowing = discovery.plugin_status(version), discovery.find_shadowing()
    project = find_project_plugin(version)
    unread = project.unread_reason if project else ""
    if unread:
        project = None
    meaning = _OVERRULED if project else _SHADOWED if shadowing else _MEANING[plugin.state]
    lines: list[tuple[str, str | Advice]] = [
        ("version", plugin.version),
        ("state", f"{plugin.state}: {meaning}"),
        *(_describe_project(project) if project else [("project", unread)]),
        ("launcher", str(plugin.launcher)),
        ("starts", str(plugin.target or "-")),
        ("this one", str(plugin.own or "-")),
        ("archive", plugin.archive_version),
        ("because", plugin.weak_point),
        ("problem", plugin.problem),
        ("fix", plugin.fix),
        ("on PATH", str(shadowing or "")),
    ]
    for name, value in lines:
        texts = wrap_advice(value, None) if isinstance(value, Advice) else [escape(value)]
        for number, text in enumerate(filter(None, texts)):
            terminal.echo(f"{'' if number else name:<10}{text}")
    if project:
        is_usable = not (project.problem or project.weak_point)
    else:
        is_weak = plugin.state in ("broken", "outdated", "unsafe")
        is_usable = not (shadowing or plugin.problem or is_weak)
    if not is_usable:
        raise click.exceptions.Exit(EXIT_USAGE)


def _describe_project(project: ProjectPlugin) -> list[tuple[str, str]]:
    """Return the lines of `tcimages plugin status` about a project's plugin."""
    if project.weak_point:
        return [("project", str(project.file)), ("problem", project.weak_point)]
    lines = [("project", f"{project.file} names {project.place}")]
    return [*lines, ("problem", f"{project.folder} {project.problem}" if project.problem else "")]


@plugin.command(cls=Command)
@_version
def install(version: str) -> None:
    """Write the launcher of this environment's plugin."""
    terminal.echo(str(discovery.install_plugin(version)))
    plugin = discovery.plugin_status(version)
    if plugin.state == "installed":
        terminal.echo_err("Pulumi itself installed the plugin there; it is left alone")
    if plugin.problem:
        terminal.echo_err("\n".join([f"warning: {plugin.problem}", *plugin.fix.lines()]))
    if version == __version__:
        terminal.hint("a stack that another version last updated needs --version with that one too")


@plugin.command(cls=Command)
@_version
def remove(version: str) -> None:
    """Remove the launcher if pulumi-tcimages wrote it."""
    removed = discovery.remove_plugin(version)
    if removed:
        terminal.echo(str(removed))
    else:
        terminal.echo_err("nothing to remove: there is no launcher of ours")
