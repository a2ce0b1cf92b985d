"""Output and error streams that are closed or full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest


@pytest.mark.usefixtures("cloud")
def test_closed_reader_ends_the_command_silently() -> None:
    command = [sys.executable, "-m", "pulumi_tcimages.cli", "platform-images"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        message = process.stderr.read()

    assert (process.returncode, message) == (141, b"")


def run_shell(*argv: str, stdout: TextIO, unbuffered: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pulumi_tcimages.cli", *argv],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "argv",
    [["platform-images"], ["explain", "platform-images", "--framework", "x"], ["--help"]],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.usefixtures("cloud")
def test_full_disk_is_reported_as_an_output_error(argv: list[str], unbuffered: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = run_shell(*argv, stdout=full, unbuffered=unbuffered)

    assert result.returncode in (1, 2)
    assert result.stderr.splitlines()[-1:] == (
        ["tcimages: cannot write the output: No space left on device."]
    )
    assert "bug" not in result.stderr
    assert "Exception" not in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX closes it")
@pytest.mark.parametrize(
    ("closed", "message"),
    [(">&-", "tcimages: cannot write the output: it is closed.\n"), (">&- 2>&-", "")],
)
def test_closed_stdout_is_reported(closed: str, message: str) -> None:
    command = f'"{sys.executable}" -m pulumi_tcimages.cli --version {closed}'

    result = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout, result.stderr) == (2, "", message)


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    ("argv", "code", "is_printed"),
    [
        (["platform-images", "--bogus"], 2, False),
        (["platform-images", "--framework", ""], 2, False),
        (["explain", "platform-images", "--framework", "nope"], 1, True),
        (["platform-images", "--gpu", "H20", "--latest-by", "torch", "--latest-by", "x"], 0, True),
    ],
    ids=["unknown option", "invalid argument", "no match", "warning"],
)
def test_closed_stderr_pipe_keeps_the_exit_code(
    argv: list[str], code: int, is_printed: bool
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        result = subprocess.run(
            [sys.executable, "-m", "pulumi_tcimages.cli", *argv],
            stdout=subprocess.PIPE,
            stderr=pipe,
            text=True,
            check=False,
        )

    assert (result.returncode, bool(result.stdout)) == (code, is_printed)


@pytest.mark.usefixtures("cloud")
def test_closed_stdout_pipe_adds_nothing_to_an_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        result = run_shell("explain", "platform-images", "--framework", "nope", stdout=pipe)

    assert (result.returncode, result.stderr) == (1, "")
