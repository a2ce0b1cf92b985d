"""`tcimages explain`: the same lookup told step by step; what is chosen, and why or why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from pulumi_tcimages import lookup
from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.command import Command, Group, exit_code
from pulumi_tcimages.cli.error_rendering import in_flags, label, style, write_criteria
from pulumi_tcimages.cli.images import (
    build_command,
    open_cloud,
    read,
    tell,
)
from pulumi_tcimages.core.criteria import asked_of
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery, latest_keys
from pulumi_tcimages.core.selection import Rank, rank
from pulumi_tcimages.core.unreadable import is_field_key, version_text
from pulumi_tcimages.core.versions import read_version
from pulumi_tcimages.diagnostics import funnel_lines
from pulumi_tcimages.errors import NoMatchError, TcImagesError
from pulumi_tcimages.formatting import Row, count_of, lay_out
from pulumi_tcimages.naming import snake
from pulumi_tcimages.shell_commands import kebab
from pulumi_tcimages.sources import SOURCES, Source

_SHOWN = 3


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def explain() -> None:
    """Show how a lookup goes: how many images each criterion leaves, what is chosen, and why.

    Takes the criteria of the command that it explains, and ends with that lookup's exit code.
    """


def _build_explaining(source: Source) -> Command:
    def show(profile: str | None, config: dict[str, Any], **arguments: Any) -> None:
        query = read(source.single_query, arguments)
        with open_cloud(profile, config) as cloud:
            told = lookup.explain(cloud, query)
        asker = f"tcimages {source.command}"
        if isinstance(told.choice, TcImagesError):
            terminal.echo(in_flags(told.choice).text(asker, style))
            steps = _funnel(told)[1:]  # how many were listed is in every error's text
            if steps and not isinstance(told.choice, NoMatchError):  # whose text has the steps too
                terminal.echo(lay_out("", [("Funnel", steps)]))
            raise click.exceptions.Exit(exit_code(told.choice))
        tell(told.warnings)
        rows = [*_how(told, query), *_why(told.choice, told.funnel.left, query)]
        terminal.echo(lay_out(f"{asker}: one image is chosen.", rows))

    text = f"Show how a lookup among the {source.title} goes, and why it ends so."
    return build_command(source, show, text)


def _how(told: lookup.Explanation, query: BaseQuery) -> Iterator[Row]:
    yield "Asked", write_criteria(asked_of(query)) or "nothing in particular"
    yield "Where", str(told.where)
    yield "Looked", _funnel(told)


def _funnel(told: lookup.Explanation) -> list[str]:
    steps = [(label(one), count) for one, count in told.funnel.steps]
    return list(funnel_lines(told.funnel.listed_count, steps, style))


def _why(choice: Image, left: tuple[Image, ...], query: BaseQuery) -> Iterator[Row]:
    yield "Chosen", [choice.label or "(no name)", f"id {choice.identifier}"]
    keys = latest_keys(query)
    if len(left) == 1:
        yield "Why", "it is the only one that matches"
        return
    ranked = sorted(left, key=lambda image: rank(image, query, keys), reverse=True)
    others = [image for image in ranked if image is not choice]
    yield "Why", f"the newest of {count_of(len(left), 'image')}: {_versions(choice, query, keys)}"
    more = len(others) - _SHOWN
    yield (
        "Behind",
        [
            *(f"{_versions(one, query, keys)}  {one.label}" for one in others[:_SHOWN]),
            *([f"... and {more} more"] if more > 0 else []),
        ],
    )


def _versions(image: Image, query: BaseQuery, keys: tuple[str, ...]) -> str:
    """What an image is compared by, in the order in which it counts."""
    ranks: Rank = rank(image, query, keys)
    return ", ".join(
        f"{kebab(snake(key)) if is_field_key(image, key) else key} "
        f"{_version(version_text(image, key), is_ranked=is_ranked)}"
        for key, (is_ranked, _) in zip(keys, ranks, strict=True)
    )


def _version(text: str | None, *, is_ranked: bool) -> str:
    """Return a version as sent, with the reason if it cannot win."""
    if is_ranked or not text:
        return text or "(none)"
    return f"{text} ({'a pre-release' if read_version(text) else 'not a version'})"


for _source in SOURCES:
    explain.add_command(_build_explaining(_source))
