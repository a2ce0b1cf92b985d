"""Write images as a table or record for people, and as JSON, ids or URLs for scripts."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Sequence
from typing import Any

import click

from pulumi_tcimages.cli import terminal
from pulumi_tcimages.cli.command import NO_MATCH
from pulumi_tcimages.cli.table import build_record, build_table
from pulumi_tcimages.core.images import Image, to_fields
from pulumi_tcimages.formatting import count_of, escape_controls, printable, quote
from pulumi_tcimages.lookup import ImageList, ImageMatch
from pulumi_tcimages.naming import normalize_name
from pulumi_tcimages.shell_commands import kebab
from pulumi_tcimages.sources.source import Source


def choose_formats(source: Source) -> list[str]:
    """Return the output formats of a source. Not all sources have ids or URLs."""
    formats = ["table", "json"]
    if source.image.id_field:
        formats.append("ids")
    if source.image.address_field:
        formats.append("url")
    return formats


def read_columns(text: str, source: Source) -> tuple[str, ...]:
    """Parse a comma-separated list of fields. If it is empty, return the default columns.

    Raises: click.BadParameter if a field is unknown.
    """
    if not text:
        return source.columns
    known = {normalize_name(name): name for name in field_names(source.image)}
    names = []
    for column in filter(None, (part.strip() for part in text.split(","))):
        name = normalize_name(column)
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f" Did you mean {kebab(known[near[0]])!r}?" if near else ""
            every = ", ".join(map(kebab, known.values()))
            raise click.BadParameter(
                f"there is no column {column!r}.{hint} There are: {every}.", param_hint="--columns"
            )
        names.append(known[name])
    if not names:
        raise click.BadParameter(f"{text!r} names no column.", param_hint="--columns")
    return tuple(names)


def field_names(image: type[Image]) -> tuple[str, ...]:
    """Return the names of all fields of an image, including computed fields."""
    return (*image.model_fields, *image.model_computed_fields)


def write_matches(matches: ImageList, source: Source, output: str, columns: str) -> None:
    """Write a list of images to stdout."""
    if output == "json":
        terminal.write_json(matches.to_properties())
    elif output == "table":
        if not matches.images:
            return
        _write_table(matches.images, source, columns)
        count = count_of(matches.total_count, "image")
        terminal.hint(f"{len(matches.images)} of {count} in {matches.region}")
    else:
        _write_lines(matches.images, output)


def write_match(match: ImageMatch, source: Source, output: str, columns: str) -> None:
    """Write one image to stdout."""
    if output == "json":
        terminal.write_json(match.to_properties())
    elif output == "table" and columns:
        _write_table([match.image], source, columns)
    elif output == "table":
        _write_record(match)
    elif _write_lines([match.image], output):
        # Exit with an error, so that a script does not continue without an id or URL.
        raise click.exceptions.Exit(NO_MATCH)


def _write_lines(images: Sequence[Image], output: str) -> int:
    """Write each image's id or URL on its own line. Return the number of images without one.

    Raises: click.ClickException, which exits with 1, if an id or URL contains a line break. Then
    nothing is written.
    """
    noun = "id" if output == "ids" else "url"
    texts = [image.identifier if output == "ids" else image.address for image in images]
    lines = [text for text in texts if text]
    for line in lines:
        if line.splitlines() != [line]:
            raise click.ClickException(
                f"the {noun} {quote(line)} has a line break, so a script would take it for two. "
                "Use --output json."
            )
    for line in lines:
        terminal.echo(escape_controls(line))
    if escaped := sum(not line.isprintable() for line in lines):
        terminal.echo_err(
            f"warning: {count_of(escaped, noun)} with control characters, which are escaped here. "
            "--output json has them as they were sent."
        )
    if missing := len(texts) - len(lines):
        article = "an" if noun == "id" else "a"
        terminal.echo_err(
            f"warning: {count_of(missing, 'image')} without {article} {noun} left out"
        )
    return missing


def _write_table(images: Sequence[Image], source: Source, columns: str) -> None:
    names = read_columns(columns, source)
    rows = [[printable(_text(getattr(image, name))) for name in names] for image in images]
    width = terminal.width_of(sys.stdout)
    header = list(map(kebab, names))
    whole = [name for name in header if name.endswith("id")]
    if not columns:  # Do not shorten the name, which is the first column by default.
        whole.append(header[0])
    table = build_table(header, rows, width, whole)
    terminal.echo(table.lines[0], "bold")
    for line in table.lines[1:]:
        terminal.echo(line)
    if table.dropped:
        terminal.hint(f"hidden: {', '.join(table.dropped)} (choose: --columns)")


def _write_record(match: ImageMatch) -> None:
    fields = [
        (kebab(name), "\n".join(map(printable, _text(value).split("\n"))))
        for name, value in to_fields(match.image).items()
        # Omit lists of objects, because another field contains the same data as a map.
        if value and not (isinstance(value, list) and isinstance(value[0], dict))
    ]
    lines = build_record([*fields, ("region", match.region)], terminal.width_of(sys.stdout))
    terminal.echo("\n".join(lines))


def _text(value: Any) -> str:
    if value in (None, "", [], {}):
        return "-"
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}={_text(part)}" if part else key for key, part in value.items())
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
