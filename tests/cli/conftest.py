"""The shell in this process: argv in, exit code and both streams out; an emulator behind it."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from pulumi_tcimages.cli import main, status
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.sdk import discovery, environment, plugin_states
from pulumi_tcimages.sdk.launcher import Target
from tests.timeouts import PATIENCE_S

ENGINE = "DataEngine-e482ijv6"
PYTORCH = ("platform-images", "--framework", "pytorch", "--image-range", "Train")
NEWEST = "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu"
"""The newest that the line above lists."""
SESSION = ("session-images", ENGINE, "--framework-type", "machine-learning")


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Shell = Callable[..., Outcome]


def lead_to(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a shell that this emulator is configured for."""
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)


def examine(shell: Shell, *argv: str) -> tuple[int, dict[str, dict[str, str]]]:
    """What `doctor` ends with, and what it found out, by check."""
    outcome = shell("doctor", "--output", "json", *argv)
    document = json.loads(outcome.out)
    assert document["ok"] == (outcome.code == 0)
    return outcome.code, {finding.pop("check"): finding for finding in document["checks"]}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment whose plugin is this script, which is its console script too."""
    place = tmp_path / "bin" / discovery.PLUGIN
    place.parent.mkdir()
    place.write_text("#!/bin/sh\necho 12345\nexec sleep 60\n", encoding="utf-8")
    place.chmod(0o755)
    for module in (discovery, environment):
        monkeypatch.setattr(module, "find_script", lambda: place)
    monkeypatch.setattr(plugin_states, "find_own_target", lambda: Target(place, place))
    monkeypatch.setenv("PATH", f"{place.parent}{os.pathsep}{os.environ['PATH']}")
    return place


@pytest.fixture
def rival(script: Path, tmp_path: Path) -> Path:
    """Another plugin, in a folder of its own."""
    place = tmp_path / "other" / script.name
    place.parent.mkdir()
    shutil.copy(script, place)
    return place


@pytest.fixture(autouse=True)
def empty_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A home folder for each test, and a terminal."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    """One emulator for all tests that leave it as it is."""
    with Emulator(requests_per_second=0) as cloud:
        yield cloud


@pytest.fixture
def cloud(running: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The emulator, and an environment that leads to it."""
    lead_to(running, monkeypatch)
    return running


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs a command line in this process."""

    def run(*argv: str) -> Outcome:
        capsys.readouterr()
        code = main(argv)
        return Outcome(code, *capsys.readouterr())

    return run


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Shell]:
    """Runs a command line as on a terminal of so many columns, fast enough for no progress line."""
    monkeypatch.setattr(status, "_QUIET_S", PATIENCE_S)

    def at(columns: int) -> Shell:
        def run(*argv: str) -> Outcome:
            out, err = Terminal(), Terminal()
            with monkeypatch.context() as patch:
                patch.setenv("COLUMNS", str(columns))
                patch.setattr("sys.stdout", out)
                patch.setattr("sys.stderr", err)
                code = main(argv)
            return Outcome(code, out.getvalue(), err.getvalue())

        return run

    return at
