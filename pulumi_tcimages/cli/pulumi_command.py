"""Find, install and run the `pulumi` command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from pulumi_tcimages.cli import signals, subprocesses

_LIMIT_S = 120.0
_POLL_S = 0.2
_END_S = 2.0
"""The seconds between SIGINT and SIGKILL."""
_MOST_BYTES = 512 * 1024 * 1024
"""The size limit for a program's output. The exports of large stacks are tens of MiB."""
_MOST_SHOWN_BYTES = 64 * 1024
"""The maximum length of a failed program's output in messages."""
_NEARLY_FULL_BYTES = 64 * 1024
# Remove the current folder from the import path, so that a file `grpc.py` there is not imported.
_INSTALL = (
    "import sys; sys.path[:] = filter(None, sys.path); "
    "from pulumi.automation import PulumiCommand; print(PulumiCommand.install().command)"
)


class EngineError(Exception):
    """The `pulumi` command could not be started, or failed. The message contains its output."""


def find_pulumi() -> str:
    """Return the path of the pulumi command, or "" if it is not on PATH."""
    return shutil.which("pulumi") or ""


def install_pulumi() -> str:
    """Download the pulumi command with the Automation API and return its path.

    Raises: EngineError.
    """
    command = [sys.executable, "-c", _INSTALL]
    try:
        done = _run_program(command, "the installer of pulumi", threading.Event())
    except subprocess.TimeoutExpired:
        raise EngineError(f"pulumi was not installed within {_LIMIT_S:.0f} s.") from None
    if done.returncode:
        complaint = done.stderr.decode(errors="replace")
        last_line = (complaint.strip().splitlines() or ["it said nothing"])[-1]
        raise EngineError(f"pulumi cannot be installed: {last_line}")
    return done.stdout.decode(errors="replace").strip()


def run_pulumi(command: Sequence[str], environ: Mapping[str, str], folder: Path) -> None:
    """Run a pulumi command in a folder.

    Args:
        command: the path of `pulumi` and its arguments.

    Raises: EngineError, with all output of a failed command.
    """
    done = _run(command, environ, folder, threading.Event())
    if done.returncode:
        raise _describe_failure(command, done.returncode, done.stdout + done.stderr)


def run_pulumi_json(
    command: Sequence[str],
    environ: Mapping[str, str],
    folder: Path | None = None,
    cancelled: threading.Event | None = None,
) -> Any:
    """Run a pulumi command and return the JSON document that it prints.

    Args:
        folder: the working directory. The default is the current one.
        cancelled: an event that ends the command when it is set.

    Raises: EngineError. It shows only stderr, because the stdout of a failed command may contain
    parts of the stack's state.
    """
    done = _run(command, environ, folder, cancelled or threading.Event())
    if done.returncode:
        raise _describe_failure(command, done.returncode, done.stderr)
    try:
        return json.loads(done.stdout)
    except (ValueError, RecursionError):
        raise EngineError(f"{_quote(command)} printed no JSON.") from None


def _run(
    command: Sequence[str],
    environ: Mapping[str, str],
    folder: Path | None,
    cancelled: threading.Event,
) -> subprocess.CompletedProcess[bytes]:
    line = _quote(command)
    if cancelled.is_set():
        raise EngineError(f"{line} was cancelled.")
    options = ("--non-interactive", "--color", "never")
    env = {**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        return _run_program([*command, *options], line, cancelled, cwd=folder, env=env)
    except subprocess.TimeoutExpired:
        reason = "was cancelled" if cancelled.is_set() else f"did not end within {_LIMIT_S:.0f} s"
        raise EngineError(f"{line} {reason}.") from None
    except OSError as error:
        raise EngineError(f"{line} cannot be started: {error.strerror}.") from None


def _describe_failure(command: Sequence[str], code: int, output: bytes) -> EngineError:
    """Return an error with the end of a failed program's output."""
    text = output[-_MOST_SHOWN_BYTES:].decode(errors="replace").replace("\r\n", "\n")
    folder = tempfile.gettempdir()
    if not text.strip() and shutil.disk_usage(folder).free < _NEARLY_FULL_BYTES:
        text = f"there is no space left in {folder}, where its output goes"
    outcome = f"was killed by signal {-code}" if code < 0 else "failed"
    return EngineError(f"{_quote(command)} {outcome}.\n{text}".rstrip())


def _run_program(
    command: Sequence[str],
    name: str,
    cancelled: threading.Event,
    **options: Any,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program until it exits. End it if it takes too long, is cancelled or prints too much.

    The program gets its own session, which Ctrl-C on the terminal does not reach. Otherwise a
    second Ctrl-C would make Pulumi exit without ending its plugins.

    Its output goes to temporary files instead of a pipe. A pipe would have to be read to its end,
    which never comes if a child of the program keeps it open.

    Args:
        name: the program's name in messages.

    Raises: OSError if it cannot be started; subprocess.TimeoutExpired if it takes too long or is
    cancelled; EngineError if it prints too much.
    """
    process = None
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            with signals.delayed():
                process = subprocess.Popen(  # noqa: S603 (the user's pulumi command, or this Python)
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=errors,
                    start_new_session=os.name == "posix",
                    **options,
                )
            _wait(process, name, (output, errors), cancelled)
        finally:
            if process is not None and process.returncode is None:
                with signals.delayed():
                    _end(process)
        texts = [_read(stream) for stream in (output, errors)]
    return subprocess.CompletedProcess(command, process.returncode, *texts)


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        # Pulumi ends its plugins when it gets SIGINT. Plugins have their own process groups, and
        # may keep running for minutes if Pulumi is killed.
        subprocesses.end_group(process, signal.SIGINT, _END_S)
    else:
        process.kill()
        process.wait()


def _wait(
    process: subprocess.Popen[bytes],
    name: str,
    streams: Sequence[BinaryIO],
    cancelled: threading.Event,
) -> None:
    ends_s = time.monotonic() + _LIMIT_S
    while process.returncode is None:
        try:
            process.wait(timeout=_POLL_S)
        except subprocess.TimeoutExpired:
            if cancelled.is_set() or time.monotonic() > ends_s:
                raise
        if any(os.fstat(stream.fileno()).st_size > _MOST_BYTES for stream in streams):
            raise EngineError(f"{name} printed more than {_MOST_BYTES // 1024**2} MiB.")


def _read(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read()


def _quote(command: Sequence[str]) -> str:
    return f"`{' '.join(command)}`"
