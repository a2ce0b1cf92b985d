"""`tcimages explain`: show a lookup step by step, and the reason for its result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import click

from pulumi_tcimages import lookup
from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.command import Command, Group, exit_code
from pulumi_tcimages.cli.error_rendering import in_flags, label, style, to_flags, write_criteria
from pulumi_tcimages.cli.images import (
    build_command,
    is_single,
    open_cloud,
    read_arguments,
    write_warnings,
)
from pulumi_tcimages.cli.source_commands import SOURCE_COMMANDS
from pulumi_tcimages.core.criteria import list_arguments
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery, latest_keys
from pulumi_tcimages.core.selection import Rank, rank
from pulumi_tcimages.core.unreadable import is_field_key, version_text
from pulumi_tcimages.core.versions import read_version
from pulumi_tcimages.diagnostics import candidate_lines, choice_lines, funnel_lines
from pulumi_tcimages.errors import AmbiguousMatchError, TcImagesError
from pulumi_tcimages.formatting import Row, count_of, lay_out
from pulumi_tcimages.naming import snake
from pulumi_tcimages.shell_commands import kebab
from pulumi_tcimages.sources import find_source_of_command
from pulumi_tcimages.sources.source import Source

_SHOWN_BEHIND = 3


class _SourceGroup(Group):
    """A group that builds a command for each data source on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(SOURCE_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        is_known = cmd_name in SOURCE_COMMANDS
        return _build_explaining(find_source_of_command(cmd_name)) if is_known else None


@click.group(cls=_SourceGroup)
def explain() -> None:
    """Explain how many images each criterion leaves, which one is selected, and why.

    Accepts the criteria of the command that it explains, and exits with that command's code.
    """


def _build_explaining(source: Source) -> Command:
    def show(profile: str | None, config: dict[str, Any], **arguments: Any) -> None:
        query = read_arguments(source.single_query, arguments)
        with open_cloud(profile, config) as cloud:
            explanation = lookup.explain(cloud, query)
        command, choice = f"tcimages {source.command}", explanation.choice
        if isinstance(choice, AmbiguousMatchError):
            choice = replace(choice, funnel=explanation.images.steps)
            # Without `--latest`, the explained command lists several images without an error.
            if not is_single(arguments):
                _show_list(command, explanation, query, choice)
                return
        if isinstance(choice, TcImagesError):
            terminal.echo(in_flags(choice).text(command, style))
            raise click.exceptions.Exit(exit_code(choice))
        write_warnings(explanation.warnings)
        rows = [*_query_rows(explanation, query), *_choice_rows(choice, explanation, query)]
        terminal.echo(lay_out(f"{command}: one image is chosen.", rows))

    text = f"Explain the steps and the result of a lookup of {source.title}."
    return build_command(source, show, text)


def _show_list(
    command: str, explanation: lookup.Explanation, query: BaseQuery, error: AmbiguousMatchError
) -> None:
    """Show the images that a command lists and suggest criteria that select a single image."""
    write_warnings(error.warnings)
    more = len(error.candidates) - error.shown
    hints = [hint._replace(criteria=to_flags(hint.criteria)) for hint in error.hints]
    rows: list[Row] = [
        *_query_rows(explanation, query),
        ("Listed", _with_rest(candidate_lines(error.candidates[: error.shown]), more)),
        ("Next", list(choice_lines(hints, style))),
    ]
    count = count_of(len(explanation.images.left), "image")
    terminal.echo(lay_out(f"{command}: {count} listed.", rows))


def _query_rows(explanation: lookup.Explanation, query: BaseQuery) -> Iterator[Row]:
    steps = [(label(criterion), count) for criterion, count in explanation.images.steps]
    yield "Asked", write_criteria(list_arguments(query)) or "no criteria"
    yield "Where", str(explanation.where)
    yield "Looked", list(funnel_lines(explanation.images.listed_count, steps, style))


def _choice_rows(choice: Image, explanation: lookup.Explanation, query: BaseQuery) -> Iterator[Row]:
    identifier = [f"id {choice.identifier}"] if choice.identifier else []
    yield "Chosen", [choice.label or "(no name)", *identifier]
    left = explanation.images.left
    if len(left) == 1:
        yield "Why", "it is the only one that matches"
        return
    keys = latest_keys(query)
    ranked = sorted(left, key=lambda image: rank(image, query, keys), reverse=True)
    others = [image for image in ranked if image is not choice]
    yield "Why", f"the newest of {count_of(len(left), 'image')}: {_versions(choice, query, keys)}"
    rows = [f"{_versions(image, query, keys)}  {image.label}" for image in others[:_SHOWN_BEHIND]]
    yield "Behind", _with_rest(rows, len(others) - _SHOWN_BEHIND)


def _with_rest(lines: Sequence[str], more: int) -> list[str]:
    return [*lines, *([f"... and {more} more"] if more > 0 else [])]


def _versions(image: Image, query: BaseQuery, keys: tuple[str, ...]) -> str:
    """Return the versions by which an image is ranked, most important first."""
    ranks: Rank = rank(image, query, keys)
    return ", ".join(
        f"{kebab(snake(key)) if is_field_key(image, key) else key} "
        f"{_version(version_text(image, key), is_ranked=is_ranked)}"
        for key, (is_ranked, _) in zip(keys, ranks, strict=True)
    )


def _version(text: str | None, *, is_ranked: bool) -> str:
    """Return a version as the vendor sent it. Append the reason if the version ranks last."""
    if is_ranked or not text:
        return text or "(none)"
    return f"{text} ({'a pre-release' if read_version(text) else 'not a version'})"
