"""Every command of the shell, as the shell itself has them: none goes without help and a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from pulumi_tcimages.cli.app import app
from pulumi_tcimages.cli.command import LazyGroup


def _commands_of(group: click.Group, path: Sequence[str] = ()) -> Iterator[list[str]]:
    context = click.Context(group)
    names = group.list_commands(context) if isinstance(group, LazyGroup) else group.commands
    for name in names:
        yield [*path, name]
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands_of(command, [*path, name])


COMMANDS = list(_commands_of(app))
