"""Read exports of stacks: from stdin, from files, or from the `pulumi` command."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click

from pulumi_tcimages.cli.pulumi_command import EngineError, find_pulumi, run_pulumi

_AT_ONCE = 4
"""Exports at the same time. Each mostly waits for the backend."""
_INSTALL = "Install it, or pipe an export: pulumi stack export | tcimages outdated"


class Export(NamedTuple):
    """An export, or the reason why it is missing."""

    origin: str
    """The file or stack, for messages."""
    document: Any = None
    problem: str = ""


def read_files(paths: Sequence[Path]) -> Iterator[Export]:
    """Read files; `-` is stdin."""
    for path in paths:
        origin = "stdin" if str(path) == "-" else str(path)
        try:
            data = sys.stdin.buffer.read() if origin == "stdin" else path.read_bytes()
        except OSError as error:
            yield Export(origin, problem=f"cannot read {origin}: {error.strerror}")
            continue
        try:
            documents = list(_parse(data))
        except (ValueError, RecursionError) as error:
            yield Export(origin, problem=f"{origin} is not JSON: {error}")
            continue
        yield from (Export(origin, document) for document in documents)
        if not documents:
            yield Export(origin, problem=f"{origin} is empty")


def export_stacks(names: Sequence[str], on_message: Callable[[str], None]) -> list[Export]:
    """Export stacks of the current backend with the `pulumi` command."""
    command, environ = _find_pulumi()

    def export(name: str) -> Export:
        on_message(f"exporting {name}")
        try:
            text = run_pulumi([command, "stack", "export", "--stack", name], environ)
        except EngineError as error:
            return Export(name, problem=str(error))
        return Export(name, json.loads(text))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(export, names))


def list_stacks() -> list[str]:
    """Return the names of all stacks of the current backend. Errors: EngineError."""
    command, environ = _find_pulumi()
    text = run_pulumi([command, "stack", "ls", "--all", "--json"], environ)
    return [stack["name"] for stack in json.loads(text)]


def _find_pulumi() -> tuple[str, dict[str, str]]:
    command = find_pulumi()
    if not command:
        raise click.UsageError(f"The pulumi command is not on PATH. {_INSTALL}")
    return command, {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}


def _parse(data: bytes) -> Iterator[Any]:
    """Yield each JSON document, because the exports of several stacks may follow one another."""
    # PowerShell redirects output in UTF-16.
    text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    decoder, start = json.JSONDecoder(), 0
    skip = partial(_skip_blanks, text)
    while (start := skip(start)) < len(text):
        document, start = decoder.raw_decode(text, start)
        yield document


def _skip_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
