"""`emulator` as a real process: its output, its end and its usage errors."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.timeouts import PATIENCE_S


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda value: value.name)
def test_emulator_output_is_shell_code_and_a_signal_stops_it(
    number: signal.Signals, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "pulumi_tcimages.cli", "emulator"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(9)]
        assert lines.pop() == "unset TENCENTCLOUD_TOKEN TENCENTCLOUD_SECURITY_TOKEN\n"
        for line in lines[1:]:
            export, assignment = shlex.split(line)
            name, _, value = assignment.partition("=")
            assert export == "export"
            monkeypatch.setenv(name, value)

        outcome = shell("platform-images", "--framework", "spark", "-o", "ids")

        process.send_signal(number)
        try:
            rest, stderr = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()  # or the context manager would wait for it
    address = re.search(r"http://127\.0\.0\.1:\d+$", lines[0].strip())
    assert address is not None
    assert os.environ["TCIMAGES_ENDPOINT_TIONE"] == address[0]
    assert (outcome.code, len(outcome.out.split())) == (0, 1)
    assert (process.returncode, rest, stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("text", "flag", "problem"),
    [
        ('{"DescribePlatformImages": 3}', "--script", "the steps must be a list"),
        ("{", "--script", "Expecting property name"),
        ("[" * 100_000, "--script", "maximum recursion depth exceeded"),
        ('{"images": []}', "--catalogue", "images: unknown field, expected one of"),
    ],
)
def test_unreadable_file_is_a_usage_error(
    shell: Shell, tmp_path: Path, text: str, flag: str, problem: str
) -> None:
    file = tmp_path / "given.json"
    file.write_text(text, encoding="utf-8")

    outcome = shell("emulator", flag, str(file))

    assert (outcome.code, outcome.out) == (2, "false\n")
    assert f"{file}: " in outcome.err
    assert problem in outcome.err


def test_used_port_is_a_usage_error(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = shell("emulator", "--port", str(port))

    assert (outcome.code, outcome.out) == (2, "false\n")
    assert f"Invalid value for --port: cannot listen on {port}: " in outcome.err
    assert outcome.err.endswith("Leave the option out to get any free port.\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("mistake", ["--prot 1", "--port x", "--script missing.json"])
def test_evaluated_error_stops_the_shell_before_the_cloud(mistake: str) -> None:
    emulator = f"{shlex.quote(sys.executable)} -m pulumi_tcimages.cli emulator {mistake}"

    result = subprocess.run(
        ["sh", "-c", f'eval "$({emulator} &)" && echo went on'],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (result.returncode, result.stdout) == (1, "")
    assert "Error: " in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_background_emulator_ignores_ctrl_c() -> None:
    command = f"trap '' INT; exec {shlex.quote(sys.executable)} -m pulumi_tcimages.cli emulator"
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().rpartition("http://")[2].strip().split(":")
        process.send_signal(signal.SIGINT)
        with socket.create_connection((address[0], int(address[1])), timeout=PATIENCE_S):
            pass
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.2)
        process.send_signal(signal.SIGTERM)


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_shell_continues_after_evaluating_the_output() -> None:
    """The README shows this shell line."""
    python = shlex.quote(sys.executable)
    script = (
        f'eval "$({python} -m pulumi_tcimages.cli emulator 2>/dev/null & echo EMULATOR=$!)"; '
        f"{python} -m pulumi_tcimages.cli platform-images --framework spark -o ids; "
        "kill $EMULATOR"
    )

    result = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, timeout=30, check=False
    )

    assert (result.returncode, len(result.stdout.split())) == (0, 1), result.stderr
