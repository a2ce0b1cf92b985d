"""`outdated`: input from stdin, files, pipes and `pulumi`, including invalid input."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages import user_files
from pulumi_tcimages.cli import exports, pulumi_command
from pulumi_tcimages.emulator import Emulator
from tests.cli.conftest import Outcome, Shell
from tests.cli.stack_exports import export_with
from tests.timeouts import PATIENCE_S, wait_until

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX pipes and scripts")
FakePulumi = Callable[[str], None]
EMPTY = export_with()
SUMMARY = "1 pin, none outdated\n"


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


def assert_one_problem(outcome: Outcome, problem: str, summary: str = "0 pins, none outdated\n"):
    assert outcome.code == 2
    assert outcome.err.startswith(summary)
    assert problem in outcome.err
    assert outcome.err.count("\n") == 2


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

    assert outcome.err == SUMMARY
    assert took_s < PATIENCE_S


def test_invalid_document_keeps_the_documents_before_it(
    shell: Shell, current_export: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = f"{json.dumps(current_export)}\n{{".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    outcome = shell("outdated")

    assert_one_problem(outcome, "stdin, export 2 is not JSON: ", SUMMARY)


def test_too_many_documents_are_one_problem(
    shell: Shell, current_export: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_MOST_DOCUMENTS", 1)
    data = f"{json.dumps(current_export)}\n{{}}\n{{}}".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    outcome = shell("outdated")

    assert_one_problem(outcome, "stdin: only 1 export of it can be read", SUMMARY)


def test_closed_stdin_is_one_problem(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # as with `<&-` in a shell

    outcome = shell("outdated", "-")

    assert_one_problem(outcome, "cannot read stdin: it is closed\n")


@posix
def test_non_blocking_stdin_without_data_is_one_problem(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    with os.fdopen(reader) as stdin, os.fdopen(writer, "w"):
        monkeypatch.setattr(sys, "stdin", stdin)
        outcome = shell("outdated", "-")

    assert_one_problem(outcome, "cannot read stdin: ")


def test_file_named_stdin_is_read_as_a_file(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stdin").write_text(json.dumps(EMPTY), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", None)

    assert shell("outdated", "stdin").code == 0


@pytest.mark.parametrize("is_stdin", [True, False], ids=["stdin", "file"])
def test_oversized_input_is_one_problem(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_stdin: bool
) -> None:
    monkeypatch.setattr(exports, "_MOST_BYTES", 3 * 1024**2)
    file = tmp_path / "large.json"
    with file.open("wb") as large:
        large.truncate(exports._MOST_BYTES + 1)

    with file.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        outcome = shell("outdated", "-" if is_stdin else str(file))

    assert_one_problem(outcome, f"cannot read {'stdin' if is_stdin else file}: larger than 3 MiB")


@posix
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev"])
def test_device_or_folder_is_one_problem(shell: Shell, path: str) -> None:
    outcome = shell("outdated", path)

    assert_one_problem(outcome, f"cannot read {path}: ")


@posix
def test_named_pipe_without_a_writer_is_one_problem(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_files, "_WRITER_WAIT_S", 0.05)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    outcome = shell("outdated", str(pipe))

    assert_one_problem(outcome, f"cannot read {pipe}: no program wrote to it within ")


@posix
@pytest.mark.parametrize("is_silent", [True, False], ids=["silent at first", "writes at once"])
def test_named_pipe_is_read_when_the_writer_is_late(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_silent: bool
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    is_open = threading.Event()
    waited = threading.Event()
    select = user_files.select.select

    def select_and_signal(*arguments: Any) -> Any:
        if is_silent:
            assert is_open.wait(PATIENCE_S)
            arguments = (*arguments[:3], 0.05)
        ready = select(*arguments)
        waited.set()
        return ready

    def write() -> None:
        with pipe.open("w") as stream:
            is_open.set()
            if is_silent:
                waited.wait(PATIENCE_S)
            stream.write(json.dumps(EMPTY))

    monkeypatch.setattr(user_files.select, "select", select_and_signal)
    writer = threading.Thread(target=write)
    writer.start()
    outcome = shell("outdated", str(pipe))
    writer.join()

    assert (outcome.code, outcome.err) == (0, "0 pins, none outdated\n")


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="needs bash")
def test_process_substitution_is_read(tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text(json.dumps(EMPTY), encoding="utf-8")
    command = f"{sys.executable} -m pulumi_tcimages.cli outdated <(sleep 0.2; cat {file}) <(true)"

    result = subprocess.run(
        ["/bin/bash", "-c", command],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    assert result.returncode == 2
    assert result.stderr.startswith("0 pins, none outdated\ntcimages outdated: /dev/fd/")
    assert result.stderr.endswith(" is empty\n")


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
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
