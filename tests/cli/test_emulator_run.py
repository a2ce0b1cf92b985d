"""`emulator run`: a command that uses the emulator, its signals and its exit code."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.timeouts import PATIENCE_S, wait_until

RUN = (sys.executable, "-m", "pulumi_tcimages.cli", "emulator", "run")
COMMAND = (sys.executable, "-c")
PRINT_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"
SLEEP = """
import resource, time
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # SIGQUIT would leave a file
print("ready", flush=True)
time.sleep(600)
"""
COUNT_SIGNALS = """
import signal, sys, time
count = 0
def receive(*_):
    global count
    count += 1
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, receive)
print("ready", flush=True)
while not count:
    time.sleep(0.01)
time.sleep(1)
print("signals:", count, flush=True)
sys.exit(9)
"""


def run_command(
    *argv: str, options: Sequence[str] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *options, "--", *argv],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def start_command(program: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([*RUN, *COMMAND, program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_command_looks_up_images_and_the_emulator_ends_afterwards() -> None:
    program = f"{PRINT_ENVIRONMENT}; from pulumi_tcimages.cli import main; "
    program += "raise SystemExit(main(['platform-images', '--framework', 'spark', '-o', 'ids']))"

    result = run_command(*COMMAND, program)

    environment, image_id = result.stdout.splitlines()
    host, port = (
        json.loads(environment)["TCIMAGES_ENDPOINT_TIONE"].removeprefix("http://").split(":")
    )
    assert (result.returncode, result.stderr, len(image_id)) == (0, "", 36)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))


def test_credentials_of_the_caller_are_hidden_from_the_command() -> None:
    variables = {
        "TENCENTCLOUD_TOKEN": "x",
        "TENCENTCLOUD_ASSUME_ROLE_ARN": "x",
        "TCCLI_PROFILE": "x",
        "TKE_ROLE_ARN": "x",
    }

    result = run_command(*COMMAND, PRINT_ENVIRONMENT, KEEP="this", **variables)

    environment = json.loads(result.stdout)
    assert environment["KEEP"] == "this"
    assert not variables.keys() & environment.keys()


@pytest.mark.parametrize("before", [True, False], ids=["before run", "after run"])
def test_options_are_accepted_before_and_after_run(tmp_path: Path, before: bool) -> None:
    script = tmp_path / "faults.json"
    script.write_text('{"DescribePlatformImages": [{"code": "InternalError"}]}', encoding="utf-8")
    option = ["--script", str(script)]
    program = (
        "import os, urllib.request; "
        "print(urllib.request.urlopen(os.environ['TCIMAGES_ENDPOINT_TIONE'] + '/_emulator/faults')"
        ".read().decode())"
    )
    argv = [*RUN[:-1], *option, "run"] if before else [*RUN, *option]

    result = subprocess.run(
        [*argv, *COMMAND, program], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )

    assert json.loads(result.stdout) == {"DescribePlatformImages": 1}, result.stderr


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ([*COMMAND, "raise SystemExit(7)"], 7),
        ([*COMMAND, "import os; os.kill(os.getpid(), 15)"], 128 + 15),
        (["/nowhere/command"], 127),
        ([str(Path(__file__).parent)], 126),
    ],
    ids=["exit code", "ended by a signal", "not found", "not executable"],
)
def test_exit_code_is_that_of_the_command(argv: list[str], code: int) -> None:
    result = run_command(*argv)

    assert (result.returncode, result.stdout) == (code, "")
    if code in (126, 127):
        assert result.stderr.startswith(f"tcimages emulator run: {argv[0]}: ")
        assert "; correct the name of the command" in result.stderr
        assert result.stderr.count("\n") == 1


def test_missing_command_is_a_usage_error_with_empty_stdout(
    shell: Shell,
) -> None:
    outcome = shell("emulator", "run")

    assert (outcome.code, outcome.out) == (2, "")
    assert "Missing argument 'COMMAND...'" in outcome.err


def test_used_port_is_a_usage_error_before_the_command_runs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run_command(*COMMAND, "print('ran')", options=["--port", port])

    assert (result.returncode, result.stdout) == (2, "")
    assert f"cannot listen on {port}: " in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_signal_ends_the_command(name: str) -> None:
    number = signal.Signals[name]
    process = start_command(SLEEP)

    process.send_signal(number)

    try:
        process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert process.returncode in (128 + number, 1)  # Python exits with 1 after some interrupts


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_nohup_keeps_the_command_running_after_hangup() -> None:
    program = "import signal; print('ready', flush=True); print(signal.sigwait([signal.SIGTERM]))"
    block = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]); "
    process = subprocess.Popen(
        ["nohup", *RUN, *COMMAND, block + program], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    process.send_signal(signal.SIGHUP)
    process.terminate()

    try:
        out, _ = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert (process.returncode, out.strip()) == (0, str(signal.SIGTERM))


@pytest.mark.skipif(os.name == "nt", reason="needs a pty")
def test_ctrl_c_on_a_terminal_interrupts_the_command_once() -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [*RUN, *COMMAND, COUNT_SIGNALS])
    output = b""

    def read_until(text: bytes) -> bool:
        nonlocal output
        try:
            output += os.read(terminal, 4096)
        except OSError:  # EIO after all processes on the terminal have ended
            return True
        return text in output

    assert wait_until(lambda: read_until(b"ready"))
    os.write(terminal, b"\x03")
    assert wait_until(lambda: read_until(b"signals:"))
    _, status = os.waitpid(pid, 0)
    os.close(terminal)

    assert b"signals: 1" in output
    assert os.waitstatus_to_exitcode(status) == 9


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("by_timeout", [True, False], ids=["like timeout", "to the group"])
def test_signal_to_the_process_group_reaches_the_command_once(name: str, by_timeout: bool) -> None:
    number = signal.Signals[name]
    process = subprocess.Popen(
        [*RUN, *COMMAND, COUNT_SIGNALS],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    # Stop the emulator's process, so that it forwards the signal after the group has received it.
    process.send_signal(signal.SIGSTOP)
    os.killpg(process.pid, number)
    time.sleep(0.2)
    process.send_signal(signal.SIGCONT)
    if by_timeout:  # It signals its command as well.
        process.send_signal(number)

    try:
        out, _ = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert (process.returncode, out) == (9, "signals: 1\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_stderr_is_closed_when_the_command_ends() -> None:
    """In contrast, `eval "$(tcimages emulator &)"` leaves a process that holds stderr open."""
    result = run_command("sh", "-c", "echo told >&2")

    assert (result.returncode, result.stderr) == (0, "told\n")
