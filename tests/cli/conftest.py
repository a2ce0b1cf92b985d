"""Fixtures that run the command in this process, against an emulator."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pulumi_tcimages.cli import main, status
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.sdk import discovery, environment, plugin_states
from pulumi_tcimages.sdk.launcher import Target
from tests.cli.stack_exports import export_with
from tests.timeouts import PATIENCE_S

FakePulumi = Callable[[str], None]

ENGINE = "DataEngine-e482ijv6"
PYTORCH = ("platform-images", "--framework", "pytorch", "--image-range", "Train")
NEWEST = "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu"
"""The name of the newest image that PYTORCH lists."""
SESSION = ("session-images", ENGINE, "--framework-type", "machine-learning")


class Outcome(NamedTuple):
    """The exit code and output of a command."""

    code: int
    out: str
    err: str


Shell = Callable[..., Outcome]


def use_emulator(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment variables that point to this emulator."""
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)


def run_doctor(shell: Shell, *argv: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Run `doctor`; return its exit code and its findings by check."""
    outcome = shell("doctor", "--output", "json", *argv)
    document = json.loads(outcome.out)
    assert document["ok"] == (outcome.code == 0)
    return outcome.code, {finding.pop("check"): finding for finding in document["checks"]}


class Terminal(io.StringIO):
    """A stream whose `isatty` is true."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fake plugin, which is also the console script of the environment."""
    path = tmp_path / "bin" / discovery.PLUGIN
    path.parent.mkdir()
    path.write_text("#!/bin/sh\necho 12345\nexec sleep 60\n", encoding="utf-8")
    path.chmod(0o755)
    for module in (discovery, environment):
        monkeypatch.setattr(module, "find_script", lambda: path)
    monkeypatch.setattr(plugin_states, "find_own_target", lambda: Target(path, path))
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
    return path


@pytest.fixture
def other_plugin(script: Path, tmp_path: Path) -> Path:
    """Another fake plugin in its own folder, to put on PATH."""
    path = tmp_path / "other" / script.name
    path.parent.mkdir()
    shutil.copy(script, path)
    return path


@pytest.fixture(autouse=True)
def empty_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set a separate home folder for each test, and the type of the terminal."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))


@pytest.fixture(scope="session")
def shared_emulator() -> Iterator[Emulator]:
    """An emulator that all tests share, so no test may change it."""
    with Emulator(requests_per_second=0) as cloud:
        yield cloud


@pytest.fixture
def cloud(shared_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The shared emulator, with environment variables that point to it."""
    use_emulator(shared_emulator, monkeypatch)
    return shared_emulator


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """A function that runs a command line in this process."""

    def run(*argv: str) -> Outcome:
        capsys.readouterr()
        code = main(argv)
        return Outcome(code, *capsys.readouterr())

    return run


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Shell]:
    """A function that returns a `shell` on a terminal of this width, without progress lines."""
    monkeypatch.setattr(status, "_QUIET_S", PATIENCE_S)

    def on_terminal(columns: int) -> Shell:
        def run(*argv: str) -> Outcome:
            out, err = Terminal(), Terminal()
            with monkeypatch.context() as patch:
                patch.setenv("COLUMNS", str(columns))
                patch.setattr("sys.stdout", out)
                patch.setattr("sys.stderr", err)
                code = main(argv)
            return Outcome(code, out.getvalue(), err.getvalue())

        return run

    return on_terminal


@pytest.fixture
def current_export(cloud: Emulator) -> dict[str, Any]:  # noqa: ARG001 (the pin is checked there)
    """An export with one pin that is not outdated."""
    return export_with("current")


@pytest.fixture
def write_pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    """A function that creates a fake `pulumi` command from lines of shell code."""

    def write(script: str) -> None:
        command = tmp_path / "bin" / "pulumi"
        command.parent.mkdir()
        command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")

    return write
