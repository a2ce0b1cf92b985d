"""The demo's temporary folder: deleted at its end, or by the next run if it was killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

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
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate folder for temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_folder_is_always_deleted_at_the_end(temporary: Path) -> None:
    def be_interrupted() -> None:
        with temporary_folder() as folder:
            (folder / "file").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_interrupted()

    assert list(temporary.iterdir()) == []


def test_folder_of_a_killed_run_is_deleted_but_not_of_a_running_one(
    temporary: Path,
) -> None:
    command = [sys.executable, "-c", HOLD]
    killed = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    living = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert killed.stdout is not None
        assert living.stdout is not None
        left, used = (Path(process.stdout.readline().strip()) for process in (killed, living))  # type: ignore[union-attr]
        killed.kill()
        killed.communicate()
        assert left.exists()

        with temporary_folder() as folder:
            assert sorted(temporary.iterdir()) == sorted([folder, used])
    finally:
        living.kill()
        living.communicate()


@pytest.mark.parametrize("name", ["tcimages-demo-project", "tcimages-demo-my_notes"])
def test_folder_of_the_user_is_kept_whatever_its_name(temporary: Path, name: str) -> None:
    """The second name resembles those of `tempfile`."""
    (temporary / name).mkdir()
    (temporary / name / "work").touch()

    with temporary_folder():
        pass

    assert (temporary / name / "work").exists()


@pytest.mark.skipif(os.name == "nt", reason="the pulumi command is a shell script here")
def test_project_saved_in_the_temporary_folder_survives_the_next_demo(
    temporary: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tools = tmp_path_factory.mktemp("tools")
    (tools / "pulumi").write_text("#!/bin/sh\necho {}\n", encoding="utf-8")
    (tools / "pulumi").chmod(0o755)
    folder = temporary / "tcimages-demo-kept_one"
    command = [sys.executable, "-m", "pulumi_tcimages.cli", "demo"]
    environ = {**os.environ, "PATH": f"{tools}:/usr/bin:/bin"}

    for arguments in (["--keep", str(folder)], []):
        subprocess.run([*command, *arguments], env=environ, check=True, capture_output=True)

    assert (folder / "Pulumi.yaml").exists()


def test_folder_with_the_marker_but_another_name_is_kept(temporary: Path) -> None:
    """A user may have copied the folder of a run."""
    copied = temporary / "tcimages-demo-copy-of-mine"
    with temporary_folder() as folder:
        shutil.copytree(folder, copied)

    with temporary_folder():
        pass

    assert copied.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_folder_of_another_user_is_kept(temporary: Path) -> None:
    (temporary / "tcimages-demo-file").touch()
    (temporary / "theirs").mkdir()
    (temporary / "tcimages-demo-link").symlink_to(temporary / "theirs")
    if os.geteuid() == 0:
        (temporary / "tcimages-demo-other").mkdir()
        os.chown(temporary / "tcimages-demo-other", 65_533, 65_533)
    before = sorted(temporary.iterdir())

    with temporary_folder():
        pass

    assert sorted(temporary.iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
def test_next_demo_deletes_the_folder_of_a_killed_demo(
    temporary: Path, tmp_path_factory: pytest.TempPathFactory
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
    left = [path.name for path in temporary.iterdir()]
    command.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")

    result = subprocess.run(demo, env=environ, capture_output=True, text=True)

    assert (len(left), result.returncode) == (1, 2)
    assert list(temporary.iterdir()) == []
