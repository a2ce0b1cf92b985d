"""`tcimages plugin`: the launcher that Pulumi's engine finds, seen, written or removed by hand."""

from __future__ import annotations

import click

from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.command import YOURS, Command, Group
from pulumi_tcimages.sdk import discovery

_MEANING = {
    "ready": "the engine finds this environment's plugin",
    "absent": "nothing is there yet: a program's first call writes it, or `plugin install` does",
    "elsewhere": "the engine finds another environment's plugin; `plugin install` changes that",
    "broken": "what the engine would start is gone; `plugin install` mends that",
    "foreign": "there is something that pulumi-tcimages did not write; it is left alone",
}
_SHADOWED = "but the engine takes the one that comes first on PATH; take that off PATH"


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def plugin() -> None:
    """Put the plugin where Pulumi's engine looks.

    A Python program does this by itself at its first call. By hand it is needed where no program
    runs: for refresh, destroy and import of stacks with pins on a new machine.
    """


@plugin.command(cls=Command)
def status() -> None:
    """Say what the engine would find."""
    found, rival = discovery.plugin_status(), discovery.find_rival()
    lines = [
        ("version", found.version),
        ("state", f"{found.state}: {_SHADOWED if rival else _MEANING[found.state]}"),
        ("launcher", str(found.launcher)),
        ("starts", str(found.target or "-")),
        ("this one", str(found.script or "-")),
        *([("on PATH", str(rival))] if rival else []),
    ]
    for name, value in lines:
        terminal.write(f"{name:<10}{value}")
    if rival or found.state in ("broken", "foreign"):
        raise click.exceptions.Exit(YOURS)


@plugin.command(cls=Command)
def install() -> None:
    """Write the launcher of this environment's plugin."""
    terminal.write(str(discovery.install_plugin()))
    if discovery.plugin_status().state == "foreign":
        terminal.say(
            "it was not written by pulumi-tcimages and is left alone; delete it to have ours"
        )
        raise click.exceptions.Exit(YOURS)


@plugin.command(cls=Command)
def remove() -> None:
    """Remove the launcher, if it is one of ours."""
    removed = discovery.remove_plugin()
    if removed:
        terminal.write(str(removed))
    else:
        terminal.say("nothing to remove: there is no launcher of ours")
