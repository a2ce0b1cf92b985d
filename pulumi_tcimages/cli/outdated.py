"""`tcimages outdated`: list the pins of stacks that have a newer, withdrawn or changed image."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from pulumi_tcimages import lookup
from pulumi_tcimages.cli import signals, terminal
from pulumi_tcimages.cli.command import EXIT_USAGE, Command, Operand, exit_code
from pulumi_tcimages.cli.config_option import ConfigFlag, read_flags
from pulumi_tcimages.cli.error_rendering import in_flags
from pulumi_tcimages.cli.export_settings import configure_pin
from pulumi_tcimages.cli.exports import Export, export_stacks, list_stacks, read_files
from pulumi_tcimages.cli.outdated_report import FORMATS, Report
from pulumi_tcimages.cli.pulumi_command import EngineError
from pulumi_tcimages.cli.status import Status
from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.errors import (
    AmbiguousMatchError,
    InvalidArgumentError,
    NoMatchError,
    TcImagesError,
)
from pulumi_tcimages.formatting import count_of
from pulumi_tcimages.naming import camel, render_names
from pulumi_tcimages.plugin.outdated_pins import CheckedPin, PinChecker
from pulumi_tcimages.plugin.redacted_errors import ErrorRedactor
from pulumi_tcimages.plugin.stack_export import StackPin, merge_pins

_OUTDATED, _NOT_CHECKED = 1, 5
_CACHE_S = 86_400.0
"""The cache time in seconds. It replaces each provider's own, so that pins share listings."""


@click.command(cls=Command)
@click.argument(
    "files",
    cls=Operand,
    nargs=-1,
    type=click.Path(path_type=Path),
    metavar="[EXPORT]...",
    section="Arguments",
    text="A file with the output of `pulumi stack export`. Defaults to stdin.",
)
@click.option(
    "--stack", "stacks", multiple=True, metavar="NAME", help="Export this stack. Repeatable."
)
@click.option("--all", "is_all", is_flag=True, help="Export every stack of the current backend.")
@click.option(
    "--output",
    "-o",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    help="The output format: a table, JSON for scripts, or Markdown for a pull request or issue.",
)
@click.option("--profile", metavar="NAME", help="The tccli profile to read the API key from.")
@click.option("--config", cls=ConfigFlag)
def outdated(
    files: Sequence[Path],
    stacks: Sequence[str],
    is_all: bool,
    output: str,
    profile: str | None,
    config: dict[str, Any],
) -> None:
    """List the pins of stacks that have a newer, withdrawn or changed image.

    Reads the output of `pulumi stack export` from stdin or from files, or runs that command. No
    program runs and no state changes. Each pin's query is run again with its provider's
    configuration, but with the API key of the environment or a profile. Flags override the
    configuration.

    Exits with 0 if all pins are checked and none is outdated, 1 if some are outdated, and 5 if none
    is outdated but some are not checked. Errors exit as in a lookup: 2 for a user error, 3 if
    Tencent Cloud refused the request, 4 for the network.

    \b
    pulumi stack export | tcimages outdated
    tcimages outdated --stack dev --stack prod
    tcimages outdated --all --output markdown
    """
    if is_all and stacks:
        raise click.UsageError("--all has every --stack already: give one of them.")
    flags = read_flags(config, profile=profile)
    cancelled = threading.Event()
    with signals.interrupting(cancelled):
        with Status("reading the stacks") as status:
            exports = list(_read_exports(files, stacks, is_all, status, cancelled))
        pins = merge_pins(pin for export in exports for pin in export.pins)
        with _open_checker(flags, cancelled) as checker:
            checked = [checker.check(pin) for pin in pins]
    problems = [export.problem for export in exports if export.problem]
    report = Report(checked, problems)
    report.write(output)
    code = _report_problems(checked, problems)
    if not code and report.outdated:
        code = _OUTDATED
    elif not code and report.unchecked:
        code = _NOT_CHECKED
        count = count_of(len(report.unchecked), "pin")
        terminal.echo_err(
            f"tcimages outdated: {count} not checked, for the reasons above", "bold red"
        )
    if code:
        raise click.exceptions.Exit(code)


def _read_exports(
    files: Sequence[Path],
    stacks: Sequence[str],
    is_all: bool,
    status: Status,
    cancelled: threading.Event,
) -> Iterator[Export]:
    if not files and not stacks and not is_all:
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError(
                "Give an export, --stack or --all: pulumi stack export | tcimages outdated"
            )
        files = [Path("-")]
    yield from read_files(files)
    try:
        names = list_stacks(cancelled) if is_all else stacks
    except EngineError as error:
        yield Export(problem=str(error))
        return
    if names:
        on_message = status.on_message if status.is_live else lambda _: None
        yield from export_stacks(names, on_message, cancelled)


@contextmanager
def _open_checker(flags: Configuration, cancelled: threading.Event) -> Iterator[PinChecker]:
    with ExitStack() as opened:
        status = opened.enter_context(Status("asking Tencent Cloud"))

        def open_cloud(configuration: Configuration) -> lookup.Cloud:
            client = open_client(
                configuration.model_copy(update={"cache_ttl_seconds": _CACHE_S}),
                on_message=status.on_message,
                on_progress=status.on_progress if status.is_live else None,
                cancelled=cancelled,
            )
            opened.callback(client.close)
            return client

        yield PinChecker(open_cloud, partial(configure_pin, flags=flags))


def _report_problems(checked: Sequence[CheckedPin], problems: Sequence[str]) -> int:
    """Report warnings and errors. Return the exit code for the errors, or 0 if there are none."""
    for warning in _list_warnings(checked):
        terminal.echo_err(f"warning: {warning}")
    for problem in problems:
        terminal.echo_err(f"tcimages outdated: {problem}", "bold red")
    code = EXIT_USAGE if problems else 0
    shown_errors: set[int] = set()
    for result in checked:
        error = result.error
        if error and id(error) not in shown_errors:
            shown_errors.add(id(error))
            terminal.echo_err(_render_error(result.pin, error), "")
            code = code or exit_code(error)
    return code


def _list_warnings(checked: Sequence[CheckedPin]) -> list[str]:
    """Return the warnings of all pins, without duplicates."""
    warnings = []
    for result in checked:
        if result.pin.hides_role:
            warnings.append(
                "the role of the provider is secret in the export, so the environment's keys are "
                f"used for {result.pin.stack_label}"
            )
        warnings += [render_names(text, camel) for text in result.warnings]
        if result.problem and not result.error:
            name = f"{result.pin.stack_label} {result.pin.name}"
            warnings.append(f"{name} is not checked: {result.problem}")
    return list(dict.fromkeys(warnings))


def _render_error(pin: StackPin, error: TcImagesError) -> str:
    """Return an error's message without secrets.

    Criteria have the same names as in programs, but settings are written as flags.
    """
    if not isinstance(error, (NoMatchError, AmbiguousMatchError, InvalidArgumentError)):
        error = in_flags(error)
    return ErrorRedactor(pin.secrets).write(error, f"{pin.stack_label} {pin.name}")
