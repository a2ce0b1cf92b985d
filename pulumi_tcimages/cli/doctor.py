"""`tcimages doctor`: check everything that a lookup needs, and suggest a fix for each problem."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from pulumi_tcimages import __version__
from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.cli import signals, subprocesses, terminal
from pulumi_tcimages.cli.checks import Finding, check_cloud, choose_limit_s
from pulumi_tcimages.cli.command import EXIT_USAGE
from pulumi_tcimages.cli.command import Command as CliCommand
from pulumi_tcimages.cli.config_option import ConfigFlag, read_flags
from pulumi_tcimages.cli.plugin_checks import check_plugin, choose_start_s
from pulumi_tcimages.cli.settings_checks import check_settings
from pulumi_tcimages.cli.status import Status
from pulumi_tcimages.cli.table import wrap, wrap_advice
from pulumi_tcimages.cloud import read_settings
from pulumi_tcimages.cloud.deadline import Clock
from pulumi_tcimages.dependencies import find_conflicts, write_fix
from pulumi_tcimages.formatting import escape
from pulumi_tcimages.naming import mark

_STATE_CELLS, _SHORTEST_LINE = 6, 20
_COLOURS = {"ok": "green", "note": "yellow", "fail": "red"}


@click.command(cls=CliCommand)
@click.option("--region", metavar="REGION", help="The region to query.")
@click.option(
    "--profile", metavar="NAME", help="The tccli profile to read the API key and the region from."
)
@click.option("--config", cls=ConfigFlag)
@click.option(
    "--output",
    "-o",
    type=click.Choice(["text", "json"]),
    default="text",
    help="The output format: text or JSON.",
)
def doctor(region: str | None, profile: str | None, config: dict[str, Any], output: str) -> None:
    """Check everything that a lookup needs: versions, plugin, settings, keys, network, clock.

    Sends one small signed request. Exits with 0, or with the code of the first failure: 2 for a
    user error, 3 if Tencent Cloud refused the request, 4 for the network.
    """
    cancelled = threading.Event()
    clock = Clock.of_system(cancelled)
    settings = read_settings(read_flags(config, region=region, profile=profile))
    limit_s = choose_limit_s(settings)
    with Status("looking around"), signals.interrupting(cancelled), ThreadPoolExecutor(2) as pool:
        # Check the plugin on the main thread: Ctrl-C is raised only there, and must end the plugin.
        pulumi = pool.submit(_check_cli, limit_s)
        cloud = pool.submit(check_cloud, settings, clock, limit_s)
        plugin = list(check_plugin(limit_s))
        findings = [
            *_check_versions(),
            signals.wait_for(pulumi),
            *plugin,
            *check_settings(settings),
            *signals.wait_for(cloud),
        ]
    if output == "json":
        terminal.write_json(_as_document(findings))
    else:
        _write(findings)
    code = next((finding.code for finding in findings if finding.state == "fail"), 0)
    if code:
        raise click.exceptions.Exit(code)


def _write(findings: list[Finding]) -> None:
    label = max(len(finding.check) for finding in findings)
    width = terminal.width_of(sys.stdout)
    room = max(width - _STATE_CELLS - label - 2, _SHORTEST_LINE) if width else None
    for finding in findings:
        first, *more = wrap(escape(finding.found), room)
        state = f"{finding.state:<{_STATE_CELLS}}"
        line = f"{finding.check:<{label}}  {first}"
        terminal.echo_parts((state, _COLOURS[finding.state]), (line, ""))
        more += wrap_advice(finding.advice, room, "fix: ")
        for line in more:
            terminal.echo(f"{'':{_STATE_CELLS + label}}  {line}")


def _as_document(findings: list[Finding]) -> dict[str, Any]:
    checks = [
        {
            "check": finding.check,
            "state": finding.state,
            "found": finding.found,
            "fix": finding.advice.as_text(mark),
        }
        for finding in findings
    ]
    is_ok = all(finding.state != "fail" for finding in findings)
    return {"ok": is_ok, "checks": checks}


def _check_versions() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()}, {sys.executable}")
    yield Finding("package", "ok", f"pulumi-tcimages {__version__}, {Path(__file__).parents[1]}")
    yield Finding("sdk", "ok", f"pulumi {metadata.version('pulumi')}")
    if conflicts := find_conflicts():
        problem = "; ".join(map(str, conflicts))
        fix = Advice(Command(write_fix(conflicts), "run:"))
        yield Finding("packages", "fail", problem, fix, EXIT_USAGE)


def _check_cli(limit_s: float) -> Finding:
    command = shutil.which("pulumi")
    if not command:
        fix = "https://www.pulumi.com/docs/install, for `pulumi up`; lookups here need none"
        return Finding("pulumi", "note", "the pulumi command is not on PATH", fix)
    environ = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        with subprocesses.start([command, "version"], choose_start_s(limit_s), environ) as pulumi:
            version = pulumi.read_line().strip()
            is_broken = pulumi.wait() != 0
        reason = "it fails"
    except (OSError, subprocess.TimeoutExpired) as error:
        is_broken, reason = True, type(error).__name__
    if is_broken:
        problem = f"{command} does not work ({reason})"
        return Finding("pulumi", "fail", problem, "install the pulumi command anew", EXIT_USAGE)
    return Finding("pulumi", "ok", f"{version}, {command}")
