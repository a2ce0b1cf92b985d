"""Commands in the reports of `doctor` and `plugin status`, which users paste into a shell."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_tcimages.sdk import discovery
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.cli.conftest import Shell

pytestmark = pytest.mark.skipif(os.name == "nt", reason="commands are written for a POSIX shell")
KEEP = f"export {discovery.OPT_OUT}=1"
WIDTHS = [0, 40, 80, 120, 300]
"""The widths of the terminals. 0 stands for a pipe."""


@pytest.fixture
def on(shell: Shell, terminal: Callable[[int], Shell]) -> Callable[[int], Shell]:
    """A function that returns a `shell` on a terminal of this width, or in a pipe if it is 0."""
    return lambda columns: terminal(columns) if columns else shell


def write_unknown_launcher() -> Path:
    launcher = launcher_path()
    launcher.parent.mkdir(parents=True)
    launcher.write_text("theirs", encoding="utf-8")
    return launcher


def list_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


@pytest.mark.usefixtures("cloud", "script")
@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("command", [("doctor",), ("plugin", "status")])
@pytest.mark.parametrize("folder", ["home", "home of mine"])
def test_each_command_of_the_fix_has_a_line_of_its_own(
    on: Callable[[int], Shell],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: tuple[str, ...],
    columns: int,
    folder: str,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / folder))
    launcher = write_unknown_launcher()
    path = f"'{launcher}'" if " " in folder else str(launcher)

    lines = list_lines(on(columns)(*command).out)

    assert f"rm {path}" in lines
    assert KEEP in lines
    assert ("tcimages plugin install" in lines) == (command == ("doctor",))


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("columns", WIDTHS)
def test_commands_of_every_failed_check_have_lines_of_their_own(
    on: Callable[[int], Shell],
    monkeypatch: pytest.MonkeyPatch,
    script: Path,
    tmp_path: Path,
    columns: int,
) -> None:
    bundle = tmp_path / "a bundle of certificates that is not there.pem"
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("TCIMAGES_ENDPOINT_TIONE", "http://127.0.0.1:1")
    monkeypatch.delenv("TENCENTCLOUD_REGION")
    script.write_text("#!/bin/sh\necho out of order\n", encoding="utf-8")

    lines = list_lines(on(columns)("doctor").out)

    for command in ("unset SSL_CERT_FILE", str(script), "tcimages plugin install"):
        assert command in lines, lines


@pytest.mark.usefixtures("cloud", "script")
def test_each_command_ends_its_line_in_json(shell: Shell) -> None:
    launcher = write_unknown_launcher()

    document = json.loads(shell("doctor", "--output", "json").out)

    fix = next(check["fix"] for check in document["checks"] if check["check"] == "plugin")
    assert fix == (
        f"if nobody needs it, run: rm {launcher}\nTo keep it as it is, run: {KEEP}\n"
        "Then run: tcimages plugin install"
    )
