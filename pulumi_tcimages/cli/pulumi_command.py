"""Find, install and run the `pulumi` command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi_tcimages.cli import signals

_LIMIT_S = 120.0
_POLL_S = 0.2
# The script removes the current folder from the import path: a file `grpc.py` there would be
# imported instead of the real grpc.
_INSTALL = (
    "import sys; sys.path[:] = filter(None, sys.path); "
    "from pulumi.automation import PulumiCommand; print(PulumiCommand.install().command)"
)


class EngineError(Exception):
    """The pulumi command could not be run or failed. The message contains its output."""


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
    """Run a pulumi command and return its stdout.

    Args:
        command: the path of `pulumi` and its arguments.
        folder: the working directory; by default the current one.

    Errors: EngineError.
    """
    return _run(command, environ, folder, threading.Event()).decode(errors="replace")


def run_pulumi_json(
    command: Sequence[str],
    environ: Mapping[str, str],
    folder: Path | None = None,
    cancelled: threading.Event | None = None,
) -> Any:
    """Run a pulumi command and return the JSON document that it prints.

    Args:
        cancelled: an event that ends the command when it is set.

    Errors: EngineError.
    """
    output = _run(command, environ, folder, cancelled or threading.Event())
    try:
        return json.loads(output)
    except (ValueError, RecursionError):
        raise EngineError(f"{_quote(command)} printed no JSON.") from None


def _run(
    command: Sequence[str],
    environ: Mapping[str, str],
    folder: Path | None,
    cancelled: threading.Event,
) -> bytes:
    line = _quote(command)
    if cancelled.is_set():
        raise EngineError(f"{line} was cancelled.")
    process = None
    try:
        with signals.delayed():
            process = subprocess.Popen(  # noqa: S603 (the user's own pulumi command)
                [*command, "--non-interactive", "--color", "never"],
                cwd=folder,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        output, complaint = _communicate(process, cancelled)
    except subprocess.TimeoutExpired:
        reason = "was cancelled" if cancelled.is_set() else f"did not end within {_LIMIT_S:.0f} s"
        raise EngineError(f"{line} {reason}.") from None
    except OSError as error:
        raise EngineError(f"{line} cannot be started: {error.strerror}.") from None
    finally:
        if process is not None and process.returncode is None:
            process.kill()
            process.communicate()
    if process.returncode:
        text = (output + complaint).decode(errors="replace").replace("\r\n", "\n")
        raise EngineError(f"{line} failed.\n{text}".rstrip())
    return output


def _communicate(
    process: subprocess.Popen[bytes], cancelled: threading.Event
) -> tuple[bytes, bytes]:
    """Wait for a program, and return its stdout and stderr.

    Errors: subprocess.TimeoutExpired, also if the command is cancelled.
    """
    ends_s = time.monotonic() + _LIMIT_S
    while True:
        try:
            return process.communicate(timeout=_POLL_S)
        except subprocess.TimeoutExpired:
            if cancelled.is_set() or time.monotonic() > ends_s:
                raise


def _quote(command: Sequence[str]) -> str:
    return f"`{' '.join(command)}`"


def _kill_group(process: subprocess.Popen[str]) -> None:
    """Kill the installer and its child processes."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
