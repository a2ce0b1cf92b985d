"""Run other programs in the foreground, or read their first line within a time limit.

A daemon thread reads a program's output and is never joined, because the program's children may
keep the output open after the program has exited.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from pulumi_tcimages.cli import signals
from pulumi_tcimages.user_files import path_exists

_OF_KEYBOARD = (signal.SIGINT, getattr(signal, "SIGQUIT", None))  # Windows lacks SIGQUIT.
"""The signals for Ctrl-C and Ctrl-\\, which a terminal sends to all processes of a command."""
_MAX_LINE = 64 * 1024
_SAME_S = 0.2
"""Signals of one number within this time count as one, because `timeout` sends its signal twice: to
the command and to its group.
"""
_LONG_S = 60.0
_END_S = 1.0
"""The seconds between SIGTERM and SIGKILL."""


class Child:
    """A running program, with one deadline for all waits."""

    def __init__(self, process: subprocess.Popen[str], limit_s: float) -> None:
        self._process = process
        self._ends_s = time.monotonic() + limit_s
        self._line: Future[str] = Future()
        threading.Thread(target=self._read, daemon=True).start()

    def read_line(self) -> str:
        """Return the program's first line, or "" if it prints none before the deadline."""
        with contextlib.suppress(TimeoutError):
            return signals.wait_for(self._line, self._left_s())
        return ""

    def wait(self) -> int:
        """Wait for the program's exit code. Raises: subprocess.TimeoutExpired."""
        return self._process.wait(self._left_s())

    def _left_s(self) -> float:
        return max(self._ends_s - time.monotonic(), 0.0)

    def _read(self) -> None:
        if self._process.stdout:
            with self._process.stdout as stream:
                self._line.set_result(stream.readline(_MAX_LINE))


@contextmanager
def start(
    command: Sequence[str],
    limit_s: float,
    environ: Mapping[str, str] | None = None,
    own_group: bool = False,
) -> Iterator[Child]:
    """Run a program during the block and kill it at the end.

    Args:
        own_group: whether to start a new session, so that the program's children are ended too.
            They get SIGTERM and, a second later, SIGKILL. Ctrl-C on the terminal does not reach
            such a program.

    Raises: OSError if the program cannot be started.
    """
    process = None
    try:
        with signals.delayed():
            process = subprocess.Popen(  # noqa: S603 (commands that the caller looked up)
                command,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=own_group,
            )
            child = Child(process, limit_s)
        yield child
    finally:
        if process is not None and own_group and os.name == "posix":
            end_group(process)
        elif process is not None:
            process.kill()
            process.wait()


def end_group(
    process: subprocess.Popen[Any], number: int = signal.SIGTERM, limit_s: float = _END_S
) -> None:
    """End a program that has its own session and all other processes of that session.

    Signalling the program's process group is not enough, because some children, such as Pulumi's
    plugins, have their own groups.

    Args:
        number: the signal that asks the group to exit.
        limit_s: the seconds between that signal and SIGKILL.
    """
    # Signal before `wait`, after which the system may reuse the group's number.
    with contextlib.suppress(OSError):
        os.killpg(process.pid, number)
    deadline_s = time.monotonic() + limit_s
    while not _has_ended(process.pid) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    deadline_s = time.monotonic() + _END_S
    # List the session again after each signal, because its processes may have started others.
    while (pids := list_session(process.pid)) and time.monotonic() < deadline_s:
        for pid in pids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    process.wait()


def run_in_foreground(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command with this process's stdin and output. Return its exit code.

    This process forwards each signal to the command once and waits for it. A second Ctrl-C or
    SIGTERM would make many programs, such as Pulumi, exit immediately without cleaning up. As in a
    shell, the exit code of a killed command is 128 plus the signal's number.

    Raises: OSError if the command cannot be started.
    """
    forwarded_s: dict[int, float] = {}
    process: subprocess.Popen[bytes] | None = None
    # Programs such as `timeout` signal their whole process group. In a session of its own, the
    # command gets such a signal only from this process.
    own_session = not _is_shell_job()

    def pass_on(number: int, _frame: FrameType | None = None) -> None:
        now_s = time.monotonic()
        if process is None:
            early.append(number)
        elif now_s - forwarded_s.get(number, -math.inf) >= _SAME_S and (
            # The terminal sends Ctrl-C to the command as well.
            own_session or number not in _OF_KEYBOARD or not _is_foreground()
        ):
            forwarded_s[number] = now_s
            with contextlib.suppress(OSError):
                _send(process, number, own_session)

    early: list[int] = []
    with signals.handling(pass_on):
        process = subprocess.Popen(  # noqa: S603 (the user's own command)
            command, env=environ, start_new_session=own_session
        )
        for number in early:
            pass_on(number)
        code = _wait_for_end(process)
    return signals.SIGNAL_EXIT - code if code < 0 else code


def _wait_for_end(process: subprocess.Popen[bytes]) -> int:
    """Return the exit code of a process.

    If `wait` has a time limit, however long, it wakes often. Then Python runs the handlers of
    signals that another thread received.
    """
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(_LONG_S)


def _send(process: subprocess.Popen[bytes], number: int, own_session: bool) -> None:
    if own_session and process.returncode is None:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)


def _is_foreground() -> bool:
    """Return whether this process is in the terminal's foreground process group."""
    # On Windows, a console sends Ctrl-C to all of its processes.
    return os.name != "posix" or _find_foreground_group() == os.getpgrp()


def _is_shell_job() -> bool:
    """Return whether this process belongs to a job of an interactive shell, which can move it to
    the terminal's foreground.
    """
    if os.name != "posix":
        return True
    group = _find_foreground_group()
    return group is not None and os.getpgrp() in (group, os.getpid())


def _find_foreground_group() -> int | None:
    """Return the terminal's foreground process group, or None without a terminal."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:  # `/dev/tty` cannot be opened if this process has no terminal.
        return None
    try:
        return os.tcgetpgrp(terminal)
    except OSError:
        return None
    finally:
        os.close(terminal)


def list_session(leader: int, proc: Path = Path("/proc")) -> list[int]:
    """Return the running processes of a session.

    Args:
        leader: the process id of the session's first process.
        proc: the folder in which Linux lists processes. On other systems `ps` lists them.
    """
    processes = _read_proc(proc) if path_exists(proc / "self") else _run_ps()
    return [pid for pid, state in processes if state != "Z" and _is_in_session(pid, leader)]


def _read_proc(proc: Path) -> Iterator[tuple[int, str]]:
    """Yield the id and state of each process. State Z means that the process has ended."""
    for folder in proc.glob("[0-9]*"):
        # Skip the program's name, which precedes the state and may contain blanks and parentheses.
        with contextlib.suppress(OSError):
            state = (folder / "stat").read_bytes().rpartition(b")")[2].split()[0]
            yield int(folder.name), state.decode()


def _run_ps() -> Iterator[tuple[int, str]]:
    """Yield the id and state of each process, on systems without /proc."""
    command = ["ps", "-A", "-o", "pid=,stat="]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    for line in done.stdout.splitlines():
        pid, state = line.split()
        yield int(pid), state[0]


def _is_in_session(pid: int, leader: int) -> bool:
    try:
        return os.getsid(pid) == leader
    except OSError:  # `getsid` fails if the process has ended or, on macOS, access is denied.
        return False


def _has_ended(pid: int) -> bool:
    """Return whether a child process has ended, without collecting its exit code."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
