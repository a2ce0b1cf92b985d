"""`outdated --stack` and `--all`: exports that the command `pulumi` prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.cli import pulumi_command
from tests.cli.conftest import FakePulumi, Shell
from tests.cli.export_problems import SUMMARY, assert_one_problem, posix
from tests.timeouts import PATIENCE_S, wait_until


@posix
@pytest.mark.parametrize(
    "output",
    [
        "echo hello",
        r"printf '\377\376'",
        "head -c 100000 /dev/zero | tr '\\0' '['",
        "true",
    ],
    ids=["not JSON", "not UTF-8", "nested too deeply", "empty"],
)
@pytest.mark.parametrize("argv", [["--stack", "dev"], ["--all"]], ids=" ".join)
def test_invalid_json_from_pulumi_is_one_problem_and_files_are_checked(
    shell: Shell,
    write_pulumi: FakePulumi,
    tmp_path: Path,
    current_export: dict[str, Any],
    argv: list[str],
    output: str,
) -> None:
    write_pulumi(output)
    file = tmp_path / "current.json"
    file.write_text(json.dumps(current_export), encoding="utf-8")

    outcome = shell("outdated", str(file), *argv)

    assert_one_problem(outcome, "` printed no JSON.\n", SUMMARY)


@posix
@pytest.mark.parametrize("output", ["[1]", "null", "[{}]", "{}", '[{"name": 5}]', '[{"name": ""}]'])
def test_unexpected_stack_list_is_one_problem(
    shell: Shell, write_pulumi: FakePulumi, output: str
) -> None:
    write_pulumi(f"echo '{output}'")

    outcome = shell("outdated", "--all")

    assert_one_problem(outcome, "stack ls --all --json` printed no list of stacks.\n")


@posix
@pytest.mark.parametrize("output", ["[1]", "null", "5", '{"deployment": 3}'])
def test_unexpected_export_is_one_problem(
    shell: Shell, write_pulumi: FakePulumi, output: str
) -> None:
    write_pulumi(f"echo '{output}'")

    outcome = shell("outdated", "--stack", "dev")

    assert_one_problem(outcome, "dev: this is not what `pulumi stack export` prints\n")


@posix
def test_failing_pulumi_command_is_quoted_even_if_not_utf_8(
    shell: Shell, write_pulumi: FakePulumi
) -> None:
    write_pulumi(r"printf '\377 no such stack' >&2; exit 1")

    outcome = shell("outdated", "--stack", "dev")

    assert outcome.code == 2
    assert "\ufffd no such stack" in outcome.err


@posix
@pytest.mark.parametrize("stream", ["1", "2"], ids=["stdout", "stderr"])
def test_endless_output_of_pulumi_is_one_problem(
    shell: Shell, write_pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch, stream: str
) -> None:
    monkeypatch.setattr(pulumi_command, "_MOST_BYTES", 1024**2)
    write_pulumi(f"exec yes >&{stream}")

    outcome = shell("outdated", "--stack", "dev")

    assert_one_problem(outcome, "pulumi stack export --stack dev` printed more than 1 MiB.\n")


@posix
def test_long_output_of_failing_pulumi_is_cut_to_its_end(
    shell: Shell, write_pulumi: FakePulumi
) -> None:
    write_pulumi("head -c 1000000 /dev/zero | tr '\\0' x; echo the reason >&2; exit 1")

    outcome = shell("outdated", "--stack", "dev")

    assert len(outcome.err) < 100_000
    assert outcome.err.endswith("the reason\n")


@posix
@pytest.mark.parametrize(
    ("ending", "reason"),
    [("exit 1", "failed."), ("kill -9 $$", "was killed by signal 9.")],
    ids=["fails", "is killed"],
)
def test_state_printed_by_a_failing_export_is_not_shown(
    shell: Shell, write_pulumi: FakePulumi, ending: str, reason: str
) -> None:
    write_pulumi('echo \'{"password": "canary"\'; ' + ending)

    outcome = shell("outdated", "--stack", "dev")

    assert_one_problem(outcome, f"pulumi stack export --stack dev` {reason}\n")
    assert "canary" not in outcome.err


@posix
def test_full_disk_is_reported_for_an_export_without_a_reason(
    shell: Shell, write_pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulumi_command, "_NEARLY_FULL_BYTES", 1024**5)
    write_pulumi("exit 1")

    outcome = shell("outdated", "--stack", "dev")

    assert f"there is no space left in {tempfile.gettempdir()}" in outcome.err


@posix
def test_child_that_holds_the_output_open_does_not_delay_the_result(
    shell: Shell, write_pulumi: FakePulumi, current_export: dict[str, Any], tmp_path: Path
) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps(current_export), encoding="utf-8")
    write_pulumi(f"sleep {PATIENCE_S * 2} & cat {export}; echo $! > {tmp_path}/child")

    began_s = time.monotonic()
    outcome = shell("outdated", "--stack", "dev")
    took_s = time.monotonic() - began_s
    os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)

    assert outcome.err == "1 pin, none outdated\n"
    assert took_s < PATIENCE_S


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("stacks", [["--all"], ["--stack", "a", "--stack", "b"]])
def test_signal_ends_pulumi(tmp_path: Path, number: int, stacks: list[str]) -> None:
    started = tmp_path / "started"
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f"#!/bin/sh\necho $$ >> {started}\nexec sleep 600\n", encoding="utf-8")
    pulumi.chmod(0o755)
    environ = {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"}
    command = [sys.executable, "-m", "pulumi_tcimages.cli", "outdated", *stacks]
    process = subprocess.Popen(command, env=environ, start_new_session=True)
    count = len(stacks) // 2 or 1
    assert wait_until(lambda: started.exists() and started.read_text().count("\n") == count)

    process.send_signal(number)

    assert process.wait(PATIENCE_S) == 128 + number
    for pid in started.read_text().split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
