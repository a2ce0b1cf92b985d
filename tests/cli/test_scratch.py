"""The demo's temporary folder: deleted at its end, or by the next run if it was killed."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from pulumi_tcimages.cli import signals
from pulumi_tcimages.cli.scratch import temporary_folder

HOLD = """
import time
from pulumi_tcimages.cli.scratch import temporary_folder
with temporary_folder() as folder:
    (folder / "file").touch()
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def temp_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate folder for temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_folder_is_always_deleted_at_the_end(temp_folder: Path) -> None:
    def raise_in_folder() -> None:
        with temporary_folder() as folder:
            (folder / "file").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        raise_in_folder()

    assert list(temp_folder.iterdir()) == []


def test_signal_during_the_removal_is_handled_after_it(
    temp_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = shutil.rmtree

    def remove_after_a_signal(*words: object, **options: object) -> None:
        signal.raise_signal(signal.SIGTERM)
        remove(*words, **options)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(shutil, "rmtree", remove_after_a_signal)
    with (
        pytest.raises(SystemExit),
        signals.interrupting(threading.Event()),
        temporary_folder() as folder,
    ):
        (folder / "state").mkdir()

    assert list(temp_folder.iterdir()) == []


def test_killed_removal_is_completed_by_the_next_demo(
    temp_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove_the_files_and_end(folder: Path, **_: object) -> None:
        for path in filter(Path.is_file, folder.glob("*")):
            path.unlink()
        raise KeyboardInterrupt("stands for kill -9")

    def run_and_fail() -> None:
        with temporary_folder() as folder:
            (folder / "file").touch()
            (folder / "state").mkdir()

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", remove_the_files_and_end)
        with pytest.raises(KeyboardInterrupt):
            run_and_fail()

    with temporary_folder() as folder:
        assert list(temp_folder.iterdir()) == [folder]


@pytest.mark.parametrize(("owner", "name"), [(os, "open"), (Path, "touch")])
def test_failed_start_leaves_no_folder(
    temp_folder: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    def fail_once(*_: object, **__: object) -> None:
        monkeypatch.undo()
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    tempfile.gettempdir()  # Tries to write to the folder, once in a process.
    monkeypatch.setattr(owner, name, fail_once)
    with pytest.raises(OSError, match="Too many open files"), temporary_folder():
        pass

    assert list(temp_folder.iterdir()) == []


def test_only_the_folder_of_a_killed_run_is_deleted(
    temp_folder: Path,
) -> None:
    command = [sys.executable, "-c", HOLD]
    killed = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert killed.stdout is not None
        assert running.stdout is not None
        leftover, used = (Path(process.stdout.readline().strip()) for process in (killed, running))  # type: ignore[union-attr]
        killed.kill()
        killed.communicate()
        assert leftover.exists()

        with temporary_folder() as folder:
            assert sorted(temp_folder.iterdir()) == sorted([folder, used])
    finally:
        running.kill()
        running.communicate()


@pytest.mark.parametrize("name", ["tcimages-demo-project", "tcimages-demo-my_notes"])
def test_folder_of_the_user_is_kept_whatever_its_name(temp_folder: Path, name: str) -> None:
    """The second name resembles those of `tempfile`."""
    (temp_folder / name).mkdir()
    (temp_folder / name / "work").touch()

    with temporary_folder():
        pass

    assert (temp_folder / name / "work").exists()


@pytest.mark.skipif(os.name == "nt", reason="the pulumi command is a shell script here")
def test_project_saved_in_the_temporary_folder_survives_the_next_demo(
    temp_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tools = tmp_path_factory.mktemp("tools")
    (tools / "pulumi").write_text("#!/bin/sh\necho {}\n", encoding="utf-8")
    (tools / "pulumi").chmod(0o755)
    folder = temp_folder / "tcimages-demo-kept_one"
    command = [sys.executable, "-m", "pulumi_tcimages.cli", "demo"]
    environ = {**os.environ, "PATH": f"{tools}:/usr/bin:/bin"}

    for arguments in (["--keep", str(folder)], []):
        subprocess.run([*command, *arguments], env=environ, check=True, capture_output=True)

    assert (folder / "Pulumi.yaml").exists()


def test_folder_with_the_marker_but_another_name_is_kept(temp_folder: Path) -> None:
    """A user may have copied the folder of a run."""
    copied = temp_folder / "tcimages-demo-copy-of-mine"
    with temporary_folder() as folder:
        shutil.copytree(folder, copied)

    with temporary_folder():
        pass

    assert copied.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_folder_of_another_user_is_kept(temp_folder: Path) -> None:
    (temp_folder / "tcimages-demo-file").touch()
    (temp_folder / "theirs").mkdir()
    (temp_folder / "tcimages-demo-link").symlink_to(temp_folder / "theirs")
    if os.geteuid() == 0:
        (temp_folder / "tcimages-demo-other").mkdir()
        os.chown(temp_folder / "tcimages-demo-other", 65_533, 65_533)
    before = sorted(temp_folder.iterdir())

    with temporary_folder():
        pass

    assert sorted(temp_folder.iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
def test_next_demo_deletes_the_folder_of_a_killed_demo(
    temp_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The killed demo runs a `pulumi` that never ends; the next one's fails immediately."""
    tools = tmp_path_factory.mktemp("tools")
    command = tools / "pulumi"
    ready = tools / "ready"
    os.mkfifo(ready)
    command.write_text(f"#!/bin/sh\necho $$ > {ready}\nexec sleep 600\n", encoding="utf-8")
    command.chmod(0o755)
    environ = {**os.environ, "PATH": f"{tools}:/usr/bin:/bin"}
    demo = [sys.executable, "-m", "pulumi_tcimages.cli", "demo"]
    killed = subprocess.Popen(demo, env=environ, start_new_session=True)
    started = int(ready.read_text())  # wait until the command runs
    for pid in (killed.pid, started):
        os.kill(pid, signal.SIGKILL)
    killed.wait()
    leftover = [path.name for path in temp_folder.iterdir()]
    command.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")

    result = subprocess.run(demo, env=environ, capture_output=True, text=True)

    assert (len(leftover), result.returncode) == (1, 2)
    assert list(temp_folder.iterdir()) == []
