"""Read stack exports from stdin, from files, or from the `pulumi` command."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import click

from pulumi_tcimages.cli import signals
from pulumi_tcimages.cli.pulumi_command import EngineError, find_pulumi, run_pulumi_json
from pulumi_tcimages.core.setting_patterns import find_path_problem
from pulumi_tcimages.formatting import count_of, printable
from pulumi_tcimages.plugin.exported_values import ExportError
from pulumi_tcimages.plugin.stack_export import StackPin, read_pins
from pulumi_tcimages.user_files import read_file, read_stream

_AT_ONCE = 4
"""The maximum number of `pulumi stack export` commands to run at once."""
_INSTALL = "Install it, or pipe an export: pulumi stack export | tcimages outdated"
_MOST_BYTES = 512 * 1024 * 1024
"""The size limit for an export. Parsing takes several times as much memory.

The exports of large stacks are tens of MiB.
"""
_MOST_DOCUMENTS = 10_000
"""The maximum number of JSON documents in a file. No backend contains this many stacks.

It also limits the number of errors about documents that are not exports.
"""
_BLANKS = re.compile(r"\s*")


class Export(NamedTuple):
    """The pins in a stack's export."""

    pins: Sequence[StackPin] = ()
    problem: str = ""
    """Why a part of the export could not be read, or "" if all pins were read."""


def _read_export(document: Any, origin: str) -> Export:
    """Read the pins in an export. The rest of the document is discarded to save memory.

    Args:
        origin: the export's file or stack, for messages.
    """
    pins: list[StackPin] = []
    try:
        for pin in read_pins(document, origin):
            # Append each pin, so that the pins read so far are kept if an error is raised.
            pins.append(pin)
    except ExportError as error:
        return Export(pins, f"{origin}: {error}")
    return Export(pins)


def read_files(paths: Sequence[Path]) -> Iterator[Export]:
    """Read exports from files. `-` stands for stdin."""
    for path in paths:
        is_stdin = str(path) == "-"
        origin = "stdin" if is_stdin else printable(str(path))
        try:
            data = _read_stdin() if is_stdin else read_file(path, _MOST_BYTES, may_be_pipe=True)
        except OSError as error:
            reason = f"cannot read {origin}: {error.strerror or error}"
            if wrong := find_path_problem(str(path)):  # Do not show it: an export has secrets.
                reason = f"an argument {wrong}. Write the export to a file, or to stdin for -"
            yield Export(problem=reason)
        else:
            yield from _parse(data, origin)


def export_stacks(
    names: Sequence[str], on_message: Callable[[str], None], cancelled: threading.Event
) -> list[Export]:
    """Export stacks from the current backend with the `pulumi` command."""
    command = _require_pulumi()

    def export(name: str) -> Export:
        on_message(f"exporting {name}")
        try:
            document = run_pulumi_json(
                [command, "stack", "export", "--stack", name], os.environ, cancelled=cancelled
            )
        except EngineError as error:
            return Export(problem=str(error))
        return _read_export(document, name)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        exports = [pool.submit(export, name) for name in names]
        try:
            return [signals.wait_for(each) for each in exports]
        finally:
            for each in exports:
                each.cancel()


def list_stacks(cancelled: threading.Event) -> list[str]:
    """Return the names of all stacks in the current backend. Raises: EngineError."""
    command = _require_pulumi()
    stacks = run_pulumi_json(
        [command, "stack", "ls", "--all", "--json"], os.environ, cancelled=cancelled
    )
    names = [
        name
        for stack in (stacks if isinstance(stacks, list) else ())
        if isinstance(stack, dict) and isinstance(name := stack.get("name"), str) and name
    ]
    if not isinstance(stacks, list) or len(names) < len(stacks):
        raise EngineError(f"`{command} stack ls --all --json` printed no list of stacks.")
    return names


def _require_pulumi() -> str:
    command = find_pulumi()
    if not command:
        raise click.UsageError(f"The pulumi command is not on PATH. {_INSTALL}")
    return command


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise OSError(None, "it is closed")
    return read_stream(sys.stdin.buffer, _MOST_BYTES)


def _parse(data: bytes, origin: str) -> Iterator[Export]:
    """Read each JSON document in a file, which may contain the exports of several stacks."""
    decoder, start, count = json.JSONDecoder(), 0, 0
    name = origin
    try:
        # Detect the encoding, because files to which PowerShell redirects output are UTF-16.
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
        while (start := _skip_blanks(text, start)) < len(text):
            count += 1
            if count > _MOST_DOCUMENTS:
                problem = f"{origin}: only {count_of(_MOST_DOCUMENTS, 'export')} of it can be read"
                yield Export(problem=problem)
                return
            name = origin if count == 1 else f"{origin}, export {count}"
            document, start = decoder.raw_decode(text, start)
            yield _read_export(document, name)
    except (ValueError, RecursionError) as error:
        yield Export(problem=f"{name} is not JSON: {error}")
        return
    if not count:
        yield Export(problem=f"{origin} is empty")


def _skip_blanks(text: str, start: int) -> int:
    blanks = _BLANKS.match(text, start)
    return blanks.end() if blanks else start
