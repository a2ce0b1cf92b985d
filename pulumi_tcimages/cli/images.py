"""`tcimages platform-images` and `session-images`: the functions' questions, asked from the shell.

With `--latest` or `--latest-by` the answer is one image, or the error that says why not; without,
a list. The question models are the functions' own, so every criterion means the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from pulumi_tcimages import lookup
from pulumi_tcimages.cli import signals, terminal
from pulumi_tcimages.cli.command import Command, Flag
from pulumi_tcimages.cli.config_option import ConfigFlag, read_flags
from pulumi_tcimages.cli.error_rendering import style
from pulumi_tcimages.cli.flags import ASK, build_flags
from pulumi_tcimages.cli.output import (
    FORMATS,
    AnyImage,
    field_names,
    read_columns,
    write_found,
    write_found_one,
)
from pulumi_tcimages.cli.status import Status
from pulumi_tcimages.cloud import Client, open_client
from pulumi_tcimages.core.images import PlatformImage, SessionImage
from pulumi_tcimages.core.query import (
    AnyQuery,
    PlatformImageQuery,
    PlatformImagesQuery,
    SessionImageQuery,
    SessionImagesQuery,
    read_query,
)
from pulumi_tcimages.naming import render_names


class Kind(NamedTuple):
    """One of the two catalogues."""

    command: str
    what: str
    image: AnyImage
    one: type[AnyQuery]
    several: type[AnyQuery]


PLATFORM = Kind(
    "platform-images",
    "platform images of TIONE",
    PlatformImage,
    PlatformImageQuery,
    PlatformImagesQuery,
)
SESSION = Kind(
    "session-images",
    "session images of a DLC engine",
    SessionImage,
    SessionImageQuery,
    SessionImagesQuery,
)


def build_command(kind: Kind, callback: Callable[..., None], text: str, *more: Flag) -> Command:
    """A command with a kind's criteria, its keys and what else is given, in this order."""
    profile = Flag(
        ["--profile"],
        section=ASK,
        metavar="NAME",
        help="The tccli profile to read keys and region from.",
    )
    parameters: list[click.Parameter] = [
        *build_flags(kind.one, field_names(kind.image)),
        profile,
        ConfigFlag(section=ASK),
        *more,
    ]
    return Command(kind.command, callback=callback, params=parameters, help=text)


def read(model: type[AnyQuery], arguments: dict[str, Any]) -> AnyQuery:
    """The question; what is unusual about it is told on stderr. Errors: InvalidArgumentError."""
    given = {name: value for name, value in arguments.items() if value is not None}
    query = read_query(model, given)
    tell(query.warnings())
    return query


def tell(warnings: Iterable[str]) -> None:
    """What is unusual about a question, on stderr, a line each."""
    for warning in warnings:
        terminal.echo_err(f"warning: {render_names(warning, style)}")


@contextmanager
def open_cloud(profile: str | None, config: dict[str, Any]) -> Iterator[Client]:
    """A client for one command: tells what takes long, ends its waits at Ctrl-C."""
    cancelled = threading.Event()
    configuration = read_flags(config, profile=profile)
    with Status("asking Tencent Cloud") as status, signals.interrupting(cancelled):
        draw = status.on_progress if status.is_live else None
        client = open_client(configuration, tell=status.on_message, draw=draw, cancelled=cancelled)
        try:
            yield client
        finally:
            client.close()


def _build_listing(kind: Kind, text: str) -> Command:
    def ask(
        profile: str | None, config: dict[str, Any], output: str, columns: str, **arguments: Any
    ) -> None:
        if columns and output != "table":
            raise click.UsageError("--columns is for --output table")
        read_columns(columns, kind.image)
        is_one = arguments.get("latest") or arguments.get("latest_by")
        query = read(kind.one if is_one else kind.several, arguments)
        if is_one:
            with open_cloud(profile, config) as cloud:
                one = lookup.find_image(cloud, query)
            tell(one.warnings)
            write_found_one(one, kind.image, output, columns)
            return
        with open_cloud(profile, config) as cloud:
            listing = lookup.list_images(cloud, query)
            found = lookup.find_images_in(listing, query)
        if found.images:  # the error for an empty list has the warnings, too
            tell(found.warnings)
        write_found(found, kind.image, output, columns)
        if not found.images:
            lookup.find_image_in(listing, query)  # the error that says why there is none

    output = Flag(
        ["--output", "-o"],
        type=click.Choice(FORMATS),
        default=FORMATS[0],
        section="Output",
        help="A table for people; JSON as the functions return it; ids or urls, one a line.",
    )
    columns = Flag(
        ["--columns"],
        default="",
        metavar="A,B,...",
        section="Output",
        help="The columns of the table: any fields of an image, as JSON has them or in kebab-case.",
    )
    return build_command(kind, ask, text, output, columns)


platform_images = _build_listing(
    PLATFORM,
    """List the platform images of TIONE, for training, notebooks and inference.

    With --latest or --latest-by the answer is exactly one image, the newest, or an error that says
    why not.

    \b
    tcimages platform-images --image-range Train --framework pytorch --latest
    tcimages platform-images --components 'cuda==12.*' --components vllm=none
    """,
)
session_images = _build_listing(
    SESSION,
    """List the images that sessions of a DLC standard Spark ENGINE can run.

    With --latest the answer is exactly one image, the newest, or an error that says why not.

    \b
    tcimages session-images DataEngine-b0jt6fvk --framework-type machine-learning
    """,
)
