"""Writing the launcher: full disks, killed writers, and many programs at once."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_tcimages import __version__
from pulumi_tcimages.sdk import discovery, plugin_folder
from pulumi_tcimages.sdk.plugin_folder import open_folder
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.sdk.environments import find_problem

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes, links and FIFOs are POSIX's")


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The launcher's path in a home that does not exist, nor does its parent folder."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "new" / "home"))
    monkeypatch.delenv(discovery.OPT_OUT, raising=False)
    return launcher_path()


def test_failed_write_leaves_no_draft(launcher: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_error(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", raise_error)

    assert find_problem() == f"{launcher} cannot be written: No space left on device."
    assert (
        list(launcher.parents[1].iterdir()) == []
    )  # Pulumi would treat an empty folder as a plugin


@pytest.mark.parametrize(
    ("code", "fix"),
    [
        (
            errno.EROFS,
            "to use a folder that you can write to, run: export PULUMI_HOME=FOLDER\nOr let",
        ),
        (
            errno.ENOSPC,
            "free space on the disk of {plugins}. To use a folder on another disk, run:",
        ),
        (errno.EMFILE, "raise its limit of open files (ulimit -n)"),
        (errno.ENOMEM, "allow this process more memory"),
        (errno.EACCES, "make {plugins} writable for this user. To use a folder of your own"),
    ],
)
def test_unwritable_folder_is_reported_with_the_reason(
    launcher: Path, monkeypatch: pytest.MonkeyPatch, code: int, fix: str
) -> None:
    def raise_error(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", raise_error)

    failure = discovery.register()

    assert failure
    assert str(failure.fix).startswith(fix.replace("{plugins}", str(launcher.parents[1])))


def test_full_disk_leaves_no_draft(launcher: Path) -> None:
    program = (
        "import resource, signal\n"
        "from pulumi_tcimages.sdk import discovery\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "print(discovery.register().problem)\n"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (result.stdout, result.stderr) == (
        f"{launcher} cannot be written: File too large.\n",
        "",
    )
    assert list(launcher.parents[1].iterdir()) == []


def test_failed_removal_of_a_launcher_is_reported(
    launcher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raise_error(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    discovery.install_plugin()
    monkeypatch.setattr(os, "unlink", raise_error)

    with pytest.raises(Exception, match=r"cannot\s+be\s+removed") as raised:
        discovery.remove_plugin()

    assert raised.value.problem == f"{launcher} cannot be removed: Operation not permitted."


def test_noexec_file_system_is_reported(launcher: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.access

    def access(path: str, mode: int, **options: object) -> bool:
        return path != launcher.name and real(path, mode, **options)

    monkeypatch.setattr(os, "access", access)

    assert find_problem() == (
        f"{launcher} cannot be executed: its disk may be mounted with noexec."
    )


KILLED = """
import os, signal
from pulumi_tcimages.sdk import discovery
os.replace = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
discovery.register()
"""


def test_draft_of_a_killed_writer_is_deleted(launcher: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED])
    leftovers = list(launcher.parent.iterdir())

    assert find_problem() == ""

    assert (killed.returncode, len(leftovers)) == (-signal.SIGKILL, 1)
    assert list(launcher.parent.iterdir()) == [launcher]


def test_draft_of_a_running_writer_is_kept(launcher: Path) -> None:
    folder, name = launcher.parents[1], launcher.parent.name
    launcher.parent.mkdir(parents=True)
    draft = launcher.with_name(".launcher-living")
    with draft.open("w") as writer:
        plugin_folder.lock_file(writer.fileno())

        with open_folder(folder, name) as opened:
            assert opened is not None
            opened.sweep()
            assert draft.exists()

    find_problem()
    assert list(launcher.parent.iterdir()) == [launcher]


def test_symlink_named_like_a_draft_is_deleted_and_not_followed(
    launcher: Path, tmp_path: Path
) -> None:
    launcher.parent.mkdir(parents=True)
    (tmp_path / "victim").touch()
    launcher.with_name(".launcher-link").symlink_to(tmp_path / "victim")

    assert find_problem() == ""

    assert list(launcher.parent.iterdir()) == [launcher]
    assert (tmp_path / "victim").exists()


FIFTY = """
import os, sys
from pathlib import Path
from pulumi_tcimages.sdk import discovery, plugin_states
from pulumi_tcimages.sdk.launcher import Target

reader, writer = os.pipe()
children = []
for number in range(50):
    child = os.fork()
    if not child:
        os.close(writer)
        folder = Path(sys.argv[1 + number % 2])
        plugin_states.find_own_target = lambda: Target(folder / "python", folder / "__main__.py")
        os.read(reader, 1)  # all of them wait here, and the end of the pipe starts them at once
        for _ in range(int(sys.argv[3])):
            if problem := discovery.register():
                print(problem, flush=True)
                os._exit(1)
        os._exit(0)
    children.append(child)
os.close(writer)
print([os.waitpid(child, 0)[1] for child in children] == [0] * 50)
"""


@pytest.mark.parametrize("version", [__version__, "9.0.0"], ids=["own version", "other version"])
def test_fifty_concurrent_processes_leave_one_launcher(
    launcher: Path, tmp_path: Path, version: str
) -> None:
    """The processes belong to two environments, which may replace each other's launcher."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        (folder / "__main__.py").touch()
        (folder / "python").write_text("#!/bin/sh\n")
        (folder / "python").chmod(0o755)
        (folder / "__init__.py").write_text(f'__version__ = "{version}"\n')

    result = subprocess.run(
        [sys.executable, "-c", FIFTY, *folders, "5"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert (result.stdout, result.stderr) == ("True\n", "")
    assert list(launcher.parents[1].iterdir()) == [launcher.parent]
    assert list(launcher.parent.iterdir()) == [launcher]
    assert subprocess.run([launcher]).returncode == 0


REMOVING = """
import os, sys
from pulumi_tcimages.sdk import discovery

children = []
for number in range(10):
    child = os.fork()
    if not child:
        for _ in range(100):
            if number % 2:
                discovery.remove_plugin()
                discovery.plugin_status()
            elif problem := discovery.register():
                print(problem, flush=True)
                os._exit(1)
        os._exit(0)
    children.append(child)
print([os.waitpid(child, 0)[1] for child in children] == [0] * 10)
"""


def test_concurrent_installs_and_removals_succeed(launcher: Path) -> None:
    result = subprocess.run([sys.executable, "-c", REMOVING], capture_output=True, text=True)

    assert (result.stdout, result.stderr) == ("True\n", "")
    assert list(launcher.parents[1].iterdir()) in ([], [launcher.parent])
