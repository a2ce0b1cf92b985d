"""Find, install and run the `pulumi` command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi_tcimages.cli import signals

_LIMIT_S = 120.0
# The script removes the current folder from the import path, because a `grpc.py` in the user's
# folder would shadow the real grpc.
_INSTALL = (
    "import sys; sys.path[:] = filter(None, sys.path); "
    "from pulumi.automation import PulumiCommand; print(PulumiCommand.install().command)"
)


class EngineError(Exception):
    """The pulumi command failed. The message contains its output."""


def find_pulumi() -> str:
    """Return the path of the pulumi command, or "" if it is not on PATH."""
    return shutil.which("pulumi") or ""


def install_pulumi() -> str:
    """Download the pulumi command with the Automation API, and return its path.

    Errors: EngineError.
    """
    process = None
    try:
        with signals.delayed():
            process = subprocess.Popen(  # noqa: S603 (this Python)
                [sys.executable, "-c", _INSTALL],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        path, complaint = process.communicate(timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        raise EngineError(f"pulumi was not installed within {_LIMIT_S:.0f} s.") from None
    finally:
        if process is not None and process.returncode is None:
            _kill_group(process)
    if process.returncode:
        last_line = (complaint.strip().splitlines() or ["it said nothing"])[-1]
        raise EngineError(f"pulumi cannot be installed: {last_line}")
    return path.strip()


def run_pulumi(
    command: Sequence[str], environ: Mapping[str, str], folder: Path | None = None
) -> str:
    """Run a pulumi command and return its stdout. Errors: EngineError.

    Args:
        command: the path of `pulumi` and its arguments.
        folder: the working directory; by default the current one.
    """
    return _run(command, environ, folder).decode(errors="replace")


def run_pulumi_json(
    command: Sequence[str], environ: Mapping[str, str], folder: Path | None = None
) -> Any:
    """Run a pulumi command and return the JSON document that it prints. Errors: EngineError."""
    output = _run(command, environ, folder)
    try:
        return json.loads(output)
    except (ValueError, RecursionError):
        raise EngineError(f"{_quote(command)} printed no JSON.") from None


def _run(command: Sequence[str], environ: Mapping[str, str], folder: Path | None) -> bytes:
    line = _quote(command)
    try:
        done = subprocess.run(  # noqa: S603 (the user's own pulumi command)
            [*command, "--non-interactive", "--color", "never"],
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"{line} did not end within {_LIMIT_S:.0f} s.") from None
    except OSError as error:
        raise EngineError(f"{line} cannot be started: {error.strerror}.") from None
    if done.returncode:
        output = (done.stdout + done.stderr).decode(errors="replace").replace("\r\n", "\n")
        raise EngineError(f"{line} failed.\n{output}".rstrip())
    return done.stdout


def _quote(command: Sequence[str]) -> str:
    return f"`{' '.join(command)}`"


def _kill_group(process: subprocess.Popen[str]) -> None:
    """Kill the installer and its child processes."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
