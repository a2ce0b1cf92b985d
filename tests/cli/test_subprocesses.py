"""Ctrl-C and other signals while a child process starts or ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.cli import pulumi_command, signals, subprocesses
from pulumi_tcimages.cli.pulumi_command import EngineError
from pulumi_tcimages.cli.subprocesses import list_session
from tests.timeouts import PATIENCE_S, wait_until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[Any]]:
    """The started processes. Ctrl-C arrives before `Popen` has returned."""
    programs = []
    start = subprocess.Popen

    def start_with_ctrl_c(*arguments: Any, **options: Any) -> subprocess.Popen[Any]:
        program = start(*arguments, **options)
        programs.append(program)
        os.kill(os.getpid(), signal.SIGINT)
        return program

    monkeypatch.setattr(subprocess, "Popen", start_with_ctrl_c)
    return programs


def test_ctrl_c_during_start_ends_a_program(
    started: list[subprocess.Popen[Any]],
) -> None:
    with pytest.raises(KeyboardInterrupt), subprocesses.start(SLEEP, 60):
        pass

    assert [program.returncode for program in started] == [-signal.SIGKILL]


def test_ctrl_c_during_start_ends_a_process_group(
    started: list[subprocess.Popen[Any]],
) -> None:
    with pytest.raises(KeyboardInterrupt), subprocesses.start(SLEEP, 60, own_group=True):
        pass

    assert [program.returncode for program in started] == [-signal.SIGTERM]


def test_ctrl_c_during_start_ends_the_installer(
    started: list[subprocess.Popen[Any]],
) -> None:
    with pytest.raises(KeyboardInterrupt):
        pulumi_command.install_pulumi()

    assert [program.returncode for program in started] == [-signal.SIGINT]


# Like Pulumi, this program starts a child in its own process group, and ends it at SIGINT.
ENDING_ITS_CHILD = """
import subprocess, sys
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
with open(sys.argv[1], "w") as file:
    file.write(f"{child.pid}\\n")
try:
    child.wait()
finally:
    child.kill()
    child.wait()
"""
# Like Pulumi before it handles signals, this program leaves its child running at SIGINT.
LEAVING_A_CHILD = """
import os, subprocess, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
child = subprocess.Popen(["sleep", "600"], preexec_fn=os.setpgrp)
with open(sys.argv[1], "w") as file:
    file.write(f"{child.pid}\\n")
child.wait()
"""
# This program ignores SIGINT, and its child is in the same process group.
IGNORING_SIGINT = """
import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
with open(sys.argv[1], "w") as file:
    file.write(f"{child.pid}\\n")
child.wait()
"""


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(ENDING_ITS_CHILD, id="ends its child"),
        pytest.param(IGNORING_SIGINT, id="ignores SIGINT"),
        pytest.param(LEAVING_A_CHILD, id="leaves its child"),
    ],
)
def test_cancelled_pulumi_command_leaves_no_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    started, cancelled = tmp_path / "started", threading.Event()
    limit_s = 0.1 if program == IGNORING_SIGINT else PATIENCE_S
    monkeypatch.setattr(pulumi_command, "_END_S", limit_s)

    def cancel() -> None:
        assert wait_until(lambda: started.exists() and started.read_text().endswith("\n"))
        cancelled.set()

    thread = threading.Thread(target=cancel)
    thread.start()
    command = [sys.executable, "-c", program, str(started)]
    with pytest.raises(EngineError, match="was cancelled"):
        pulumi_command.run_pulumi_json(command, os.environ, cancelled=cancelled)
    thread.join()

    assert wait_until(lambda: not is_running(int(started.read_text())))


def start_careless(folder: Path, count: int) -> tuple[subprocess.Popen[bytes], list[int]]:
    """Start a program in a session of its own, with children in groups of their own."""
    started = folder / "started"
    code = LEAVING_A_CHILD.replace("child.wait()", "")
    code = f"for number in range({count}):\n{textwrap.indent(code, '    ')}\nchild.wait()"
    code = code.replace("sys.argv[1]", "sys.argv[1] + str(number)")
    process = subprocess.Popen([sys.executable, "-c", code, str(started)], start_new_session=True)
    files = [Path(f"{started}{number}") for number in range(count)]
    assert wait_until(lambda: all(file.exists() and file.read_text() for file in files))
    return process, [int(file.read_text()) for file in files]


def test_child_that_starts_while_its_session_is_ended_is_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, (_, late) = start_careless(tmp_path, 2)
    scans = []

    def list_without_late_child(leader: int) -> list[int]:
        scans.append(leader)
        return [pid for pid in list_session(leader) if pid != late or len(scans) > 1]

    monkeypatch.setattr(subprocesses, "list_session", list_without_late_child)
    subprocesses.end_group(process, signal.SIGINT)

    assert wait_until(lambda: not is_running(late))


@pytest.mark.parametrize("proc", ["/proc", "/nowhere"])
def test_running_processes_of_a_session_are_listed_with_and_without_proc(
    tmp_path: Path, proc: str
) -> None:
    process, (child,) = start_careless(tmp_path, 1)

    shared_emulator = list_session(process.pid, Path(proc))
    process.kill()
    assert wait_until(lambda: not is_running(process.pid))
    left = list_session(process.pid, Path(proc))
    subprocesses.end_group(process)

    assert (sorted(shared_emulator), left) == (sorted([process.pid, child]), [child])
    assert list_session(process.pid, Path(proc)) == []


def is_running(pid: int) -> bool:
    """Return whether a process runs; a zombie, whose parent has not waited for it, does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("stacks", [(), ("a", "b", "c")], ids=["stack ls", "stack export"])
def test_every_further_ctrl_c_waits_until_pulumi_has_ended(
    tmp_path: Path, stacks: tuple[str, ...], count: int
) -> None:
    started, pulumi, may_end = tmp_path / "started", tmp_path / "pulumi", tmp_path / "may end"
    started.mkdir()
    listing = json.dumps([{"name": name} for name in stacks])
    script = ENDING_ITS_CHILD.replace("sys.argv[1]", f"{str(started)!r} + '/' + str(os.getpid())")
    pulumi.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        f"if {bool(stacks)} and 'ls' in sys.argv:\n    print({listing!r})\n    sys.exit()\n"
        + script.replace("finally:", f"finally:\n{textwrap.indent(wait_for(may_end), '    ')}"),
        encoding="utf-8",
    )
    pulumi.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "pulumi_tcimages.cli", "outdated", "--all"],
        env={**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert wait_until(lambda: len(read_children(started)) == max(len(stacks), 1))

    for _ in range(count):
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    was_waiting = process.poll() is None
    may_end.touch()
    _, errors = process.communicate(timeout=PATIENCE_S)

    assert was_waiting
    assert process.returncode == 128 + signal.SIGINT
    assert "Traceback" not in errors
    assert [pid for pid in read_children(started) if is_running(pid)] == []


def wait_for(file: Path) -> str:
    """Return a program that waits until a file exists."""
    return f"import os, time\nwhile not os.path.exists({str(file)!r}):\n    time.sleep(0.01)\n"


def read_children(folder: Path) -> list[int]:
    """Return the child processes that were started, by the files that ENDING_ITS_CHILD wrote."""
    texts = [file.read_text() for file in folder.iterdir()]
    return [int(text) for text in texts if text.endswith("\n")]


def test_ctrl_c_during_start_reaches_a_foreground_command(
    started: list[subprocess.Popen[Any]],
) -> None:
    signal_exit = 128

    code = subprocesses.run_in_foreground(["sleep", "60"], os.environ)

    assert code == signal_exit + signal.SIGINT
    assert len(started) == 1


def test_started_program_inherits_ignored_signals() -> None:
    code = "import signal, sys; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with subprocesses.start([sys.executable, "-c", code], 60) as program:
            assert program.read_line() == "True\n"
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def ctrl_c_elsewhere() -> Iterator[None]:
    """A thread that receives Ctrl-C while the main thread waits."""

    def receive() -> None:
        time.sleep(0.3)  # until the main thread waits; an earlier signal ends it all the same
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    thread = threading.Thread(target=receive)
    thread.start()
    yield
    thread.join()


@pytest.mark.usefixtures("ctrl_c_elsewhere")
def test_ctrl_c_that_another_thread_receives_ends_the_wait_for_a_program() -> None:
    started_s = time.monotonic()
    with pytest.raises(KeyboardInterrupt), subprocesses.start(SLEEP, PATIENCE_S) as program:
        program.read_line()

    assert time.monotonic() - started_s < PATIENCE_S


@pytest.mark.usefixtures("ctrl_c_elsewhere")
def test_ctrl_c_that_another_thread_receives_ends_the_wait_for_a_result() -> None:
    future: Future[None] = Future()
    release = threading.Timer(PATIENCE_S, future.set_result, [None])
    release.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            signals.wait_for(future)
        assert not future.done()
    finally:
        release.cancel()
