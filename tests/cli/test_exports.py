"""`outdated`: exports from stdin, files and pipes, including invalid input."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages import user_files
from pulumi_tcimages.cli import exports
from tests.cli.conftest import Shell
from tests.cli.export_problems import EMPTY, SUMMARY, assert_one_problem, posix
from tests.timeouts import PATIENCE_S


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


@pytest.mark.parametrize("resources", [{}, "", 0, False, [1]])
def test_resources_that_are_no_list_are_one_problem(
    shell: Shell, tmp_path: Path, resources: object
) -> None:
    path = tmp_path / "export.json"
    document = {"version": 3, "deployment": {"resources": resources}}
    path.write_text(json.dumps(document), encoding="utf-8")

    outcome = shell("outdated", str(path))

    assert_one_problem(outcome, f"{path}: this is not what `pulumi stack export` prints\n")


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
    assert result.stderr.startswith("0 pins, none outdated; 1 problem\ntcimages outdated: /dev/fd/")
    assert result.stderr.endswith(" is empty\n")
