"""The commands that list images, one for each source, such as `tcimages platform-images`.

With `--latest` or `--latest-by`, the result is one image or an error, otherwise a list. The
commands use the same queries as the provider's functions, so all criteria behave the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from pulumi_tcimages import lookup
from pulumi_tcimages.cli import signals, terminal
from pulumi_tcimages.cli.command import Command, Flag
from pulumi_tcimages.cli.completion import complete_list
from pulumi_tcimages.cli.config_option import ConfigFlag, read_flags
from pulumi_tcimages.cli.error_rendering import style
from pulumi_tcimages.cli.flags import REQUEST, build_flags
from pulumi_tcimages.cli.output import (
    choose_formats,
    field_names,
    read_columns,
    write_match,
    write_matches,
)
from pulumi_tcimages.cli.status import Status
from pulumi_tcimages.cloud import Client, open_client
from pulumi_tcimages.core.query import BaseQuery, read_query
from pulumi_tcimages.naming import render_names
from pulumi_tcimages.shell_commands import kebab
from pulumi_tcimages.sources import find_source_of_command
from pulumi_tcimages.sources.source import Source


def build_command(source: Source, callback: Callable[..., None], text: str, *more: Flag) -> Command:
    """Build a command with flags for a source's arguments and the configuration.

    Args:
        text: the command's help.
        more: further flags.
    """
    profile = Flag(
        ["--profile"],
        section=REQUEST,
        metavar="NAME",
        help="The tccli profile to read the API key and the region from.",
    )
    parameters: list[click.Parameter] = [
        *build_flags(source.single_query, field_names(source.image)),
        profile,
        ConfigFlag(section=REQUEST),
        *more,
    ]
    return Command(source.command, callback=callback, params=parameters, help=text)


def is_single(arguments: Mapping[str, Any]) -> bool:
    """Return whether a command's arguments select one image instead of a list."""
    return bool(arguments.get("latest") or arguments.get("latest_by"))


def read_arguments(model: type[BaseQuery], arguments: dict[str, Any]) -> BaseQuery:
    """Build a query from flags and write its warnings to stderr.

    Raises: InvalidArgumentError.
    """
    query = read_query(
        model, {name: value for name, value in arguments.items() if value is not None}
    )
    write_warnings(query.warnings())
    return query


def write_warnings(warnings: Iterable[str]) -> None:
    """Write each warning to stderr, on its own line."""
    for warning in warnings:
        terminal.echo_err(f"warning: {render_names(warning, style)}")


@contextmanager
def open_cloud(profile: str | None, config: dict[str, Any]) -> Iterator[Client]:
    """Open a client whose lookups show progress and are interrupted by Ctrl-C."""
    cancelled = threading.Event()
    configuration = read_flags(config, profile=profile)
    with Status("asking Tencent Cloud") as status, signals.interrupting(cancelled):
        draw = status.on_progress if status.is_live else None
        client = open_client(
            configuration, on_message=status.on_message, on_progress=draw, cancelled=cancelled
        )
        try:
            yield client
        finally:
            client.close()


def build_listing(command: str) -> Command:
    """Build the command that lists the images of a source, such as `platform-images`."""
    source = find_source_of_command(command)

    def run(
        profile: str | None, config: dict[str, Any], output: str, columns: str, **arguments: Any
    ) -> None:
        if columns and output != "table":
            raise click.UsageError("--columns is for --output table")
        read_columns(columns, source)
        chooses = is_single(arguments)
        query = read_arguments(source.single_query if chooses else source.list_query, arguments)
        if chooses:
            with open_cloud(profile, config) as cloud:
                match = lookup.find_image(cloud, query)
            write_warnings(match.warnings)
            write_match(match, source, output, columns)
            return
        with open_cloud(profile, config) as cloud:
            listing = lookup.list_images(cloud, query)
            matches = lookup.find_images_in(listing, query)
        # Without images, the warnings are part of the error that is raised below.
        if matches.images:
            write_warnings(matches.warnings)
        write_matches(matches, source, output, columns)
        if not matches.images:
            # This raises the error that explains why no image matches.
            lookup.find_image_in(listing, query)

    output = Flag(
        ["--output", "-o"],
        type=click.Choice(choose_formats(source)),
        default="table",
        section="Output",
        help="The output format: a table, JSON as the functions return it, or plain values, one "
        "per line.",
    )
    columns = Flag(
        ["--columns"],
        shell_complete=complete_list(list(map(kebab, field_names(source.image)))),
        default="",
        metavar="A,B,...",
        section="Output",
        help="The columns of the table: any fields of an image, in kebab-case or as in JSON.",
    )
    return build_command(source, run, _help(source), output, columns)


def _help(source: Source) -> str:
    chooses = (
        "--latest or --latest-by" if "latest_by" in source.single_query.model_fields else "--latest"
    )
    examples = "\n".join(f"tcimages {source.command} {example}" for example in source.examples)
    return (
        f"{source.list_query.__doc__}\n\nWith {chooses}, the result is the newest image, "
        f"or an error that explains why there is none.\n\n\b\n{examples}"
    )
