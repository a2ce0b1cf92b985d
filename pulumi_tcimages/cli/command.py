"""Base classes for commands: help in sections, and errors with exit codes."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable
from typing import Any, TextIO

import click
from click.formatting import HelpFormatter

from pulumi_tcimages import errors
from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.error_rendering import in_flags, style
from pulumi_tcimages.errors import TcImagesError

NO_MATCH, EXIT_USAGE, REFUSED, NETWORK = 1, 2, 3, 4
INTERRUPTED, EXIT_SIGPIPE = 130, 141

_INDENT, _LABEL = 2, 26
_NO_LIMIT = 1_000
"""A length limit for descriptions, so high that click does not shorten them."""

_CODES: dict[type[TcImagesError], int] = {
    errors.NoMatchError: NO_MATCH,
    errors.AmbiguousMatchError: NO_MATCH,
    errors.ApiError: REFUSED,
    errors.NetworkError: NETWORK,
    errors.InvalidResponseError: NETWORK,
    errors.CancelledError: INTERRUPTED,
}
"""The exit code for each error class. All other errors are user errors, which exit with 2."""


def exit_code(error: TcImagesError) -> int:
    """Return the exit code for an error."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), EXIT_USAGE)


def drop_output(stream: TextIO) -> None:
    """Redirect a stream to the null device, so that flushing it at exit does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class CliError(Exception):
    """A TcImagesError that is converted to a message for the command line and an exit code."""

    def __init__(self, error: TcImagesError, command: str) -> None:
        super().__init__(in_flags(error).text(command, style))
        self.code = exit_code(error)

    def show(self) -> None:
        first, _, rest = str(self).partition("\n")
        terminal.echo_err(first, "bold red")
        if rest:
            terminal.echo_err(rest)


class Flag(click.Option):
    """An option and the title of its help section."""

    def __init__(self, *args: Any, section: str = "Options", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.section = section


class Operand(click.Argument):
    """A positional argument with a description and the title of its help section."""

    def __init__(self, *args: Any, section: str, text: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.section = section
        self._text = text

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:  # noqa: ARG002
        return self.metavar or self.human_readable_name, self._text


class Command(click.Command):
    """A click command with help in sections, whose errors name flags instead of arguments."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except TcImagesError as error:
            raise CliError(error, ctx.command_path) from None
        except BrokenPipeError:
            drop_output(sys.stdout)
            raise click.exceptions.Exit(EXIT_SIGPIPE) from None
        return result

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                section = getattr(parameter, "section", "Options")
                sections.setdefault(section, []).append(record)
        write_sections(formatter, sections.items())


def write_sections(
    formatter: HelpFormatter, sections: Iterable[tuple[str, list[tuple[str, str]]]]
) -> None:
    """Write sections, each with a title and a list of names with descriptions.

    Descriptions are not wrapped at hyphens, which occur in flags.
    """
    for title, rows in sections:
        label = min(max(len(name) for name, _ in rows), _LABEL)
        room = formatter.width - label - 2 * _INDENT
        with formatter.section(title):
            for name, text in rows:
                lines = textwrap.wrap(text, room, break_on_hyphens=False) or [""]
                if len(name) > label:
                    lines.insert(0, "")
                for line, shown in zip(lines, [name, *[""] * len(lines)], strict=False):
                    formatter.write(f"{'':{_INDENT}}{shown:<{label}}{'':{_INDENT}}{line}".rstrip())
                    formatter.write("\n")


class Group(click.Group):
    """A click group that suggests a correction for a misspelled command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.list_commands(ctx) and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, self.list_commands(ctx), n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"There is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        rows = [
            (name, command.get_short_help_str(_NO_LIMIT))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name))
        ]
        write_sections(formatter, [("Commands", rows)])


class LazyGroup(Group):
    """A click group that imports each command on use."""

    def __init__(self, *args: Any, lazy: dict[str, dict[str, tuple[str, str]]], **more: Any):
        """Create a group.

        Args:
            lazy: the commands by help section and name, each with a location and a description.
                The location is `module:attribute`. The attribute is a command, or a function that
                builds the command with a name.
        """
        super().__init__(*args, **more)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [name for commands in self._lazy.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        import importlib

        for commands in self._lazy.values():
            if cmd_name in commands:
                module, _, attribute = commands[cmd_name][0].partition(":")
                member: Any = getattr(importlib.import_module(module), attribute)
                return member if isinstance(member, click.Command) else member(cmd_name)
        return None

    def format_commands(self, ctx: click.Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        write_sections(
            formatter,
            (
                (title, [(name, text) for name, (_, text) in commands.items()])
                for title, commands in self._lazy.items()
            ),
        )
