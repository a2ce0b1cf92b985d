"""The launcher's folder: permissions, symlinks, and files that are replaced or kept."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sdk import discovery, plugin_folder
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.sdk.environments import find_problem

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes, links and FIFOs are POSIX's")


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The launcher's path in a home that does not exist, nor does its parent folder."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "new" / "home"))
    monkeypatch.delenv(discovery.OPT_OUT, raising=False)
    return launcher_path()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_created_folders_are_private_whatever_the_umask(launcher: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        discovery.install_plugin()
    finally:
        os.umask(before)

    folders = launcher.parents[:4]  # the version folder, `plugins`, the home and its parent
    assert [mode_of(folder) for folder in folders] == [0o700] * 4
    assert mode_of(launcher) == 0o755


@pytest.mark.parametrize("level", [0, 1, 2], ids=["version", "plugins", "home"])
def test_world_writable_folder_is_rejected(launcher: Path, level: int) -> None:
    launcher.parent.mkdir(parents=True)
    launcher.parents[level].chmod(0o777)

    problem = find_problem()

    assert problem.startswith(f"{launcher.parents[level]} of ")
    assert problem.endswith(
        " can be written by every user of this machine, who could replace the plugin."
    )
    with pytest.raises(ConfigurationError) as raised:
        discovery.install_plugin()
    assert raised.value.problem == problem
    assert str(raised.value.fix).startswith(
        f"run: chmod o-w {launcher.parents[level]}\nTo use a folder of your own instead, run: "
    )
    assert list(launcher.parent.iterdir()) == []


@pytest.mark.parametrize("mode", [0o777, 0o757])
def test_world_writable_launcher_is_repaired(launcher: Path, mode: int) -> None:
    discovery.install_plugin()
    launcher.parent.chmod(0o755)
    launcher.chmod(mode)

    assert discovery.plugin_status().state == "broken"
    assert find_problem() == ""
    assert mode_of(launcher) == 0o755


def test_sticky_plugins_folder_is_accepted(launcher: Path) -> None:
    launcher.parents[1].mkdir(parents=True)
    launcher.parents[1].chmod(0o1777)

    assert find_problem() == ""

    assert discovery.plugin_status().state == "ready"


def test_symlinked_plugins_folder_is_followed(launcher: Path, tmp_path: Path) -> None:
    """Users may keep their plugins on another disk."""
    (tmp_path / "disk").mkdir()
    launcher.parents[2].mkdir(parents=True)
    launcher.parents[1].symlink_to(tmp_path / "disk")

    assert find_problem() == ""

    assert (tmp_path / "disk" / launcher.parent.name / launcher.name).is_file()


@pytest.mark.parametrize("is_there", [True, False], ids=["to a folder", "to nothing"])
def test_symlinked_version_folder_is_rejected(
    launcher: Path, tmp_path: Path, is_there: bool
) -> None:
    """The engine does not follow such a symlink either."""
    if is_there:
        (tmp_path / "other").mkdir()
    launcher.parents[1].mkdir(parents=True)
    launcher.parent.symlink_to(tmp_path / "other")

    problem = find_problem()

    assert problem.startswith(f"{launcher.parent} is a link of ")
    assert problem.endswith("Pulumi finds no plugin through a link.")
    with pytest.raises(ConfigurationError, match="to remove the link, run:"):
        discovery.install_plugin()
    assert [path.name for path in tmp_path.iterdir() if path.name == "other"] == (
        ["other"] if is_there else []
    )


def test_broken_symlink_for_the_plugins_folder_is_an_error(launcher: Path, tmp_path: Path) -> None:
    launcher.parents[2].mkdir(parents=True)
    launcher.parents[1].symlink_to(tmp_path / "nowhere")

    assert find_problem() == f"{launcher} cannot be written: No such file or directory."


@pytest.mark.parametrize("level", ["home", "plugins", "above the home"])
def test_broken_symlink_on_the_path_is_named_with_its_target(
    launcher: Path, tmp_path: Path, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = launcher.parents[2]
    link = {"home": home, "plugins": home / "plugins", "above the home": home / "link"}[level]
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tmp_path / "nowhere")
    if level == "above the home":
        monkeypatch.setenv("PULUMI_HOME", str(link / "inner"))

    with pytest.raises(ConfigurationError) as caught:
        discovery.install_plugin()

    assert str(caught.value.fix).startswith(
        f"the link {link} leads to {tmp_path / 'nowhere'}, which does not exist: create that "
        "folder, or correct the link. To use a folder of your own instead, run: "
    )


@pytest.mark.parametrize("kind", ["fifo", "device", "dangling link"])
def test_special_file_at_the_launcher_path_is_replaced(launcher: Path, kind: str) -> None:
    launcher.parent.mkdir(parents=True)
    if kind == "fifo":
        os.mkfifo(launcher)
    elif kind == "dangling link":
        launcher.symlink_to("nowhere")
    else:
        try:
            os.mknod(
                launcher, stat.S_IFCHR | 0o666, os.makedev(1, 5)
            )  # /dev/zero, which has no end
        except PermissionError:
            pytest.skip("only root makes devices")

    assert discovery.plugin_status().state == "broken"
    assert find_problem() == ""

    assert stat.S_ISREG(launcher.lstat().st_mode)
    assert discovery.plugin_status().state == "ready"


@pytest.mark.parametrize("kind", ["folder", "link", "huge file"])
def test_possibly_wanted_file_at_the_launcher_path_is_kept(
    launcher: Path, tmp_path: Path, kind: str
) -> None:
    launcher.parent.mkdir(parents=True)
    if kind == "folder":
        launcher.mkdir()
    elif kind == "link":
        (tmp_path / "theirs").touch()
        launcher.symlink_to(tmp_path / "theirs")
    else:
        launcher.touch()
        os.truncate(launcher, 1 << 40)  # sparse, so it takes no space
    before = launcher.lstat()

    assert "was neither written by pulumi-tcimages" in find_problem()

    assert launcher.lstat() == before


def test_symlink_in_place_of_a_draft_changes_no_other_file(
    launcher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulate another user who swaps the draft between writing and renaming."""
    victim = tmp_path / "victim"
    victim.write_text("secret")
    victim.chmod(0o600)
    lock_file = plugin_folder.lock_file

    def swap(descriptor: int) -> bool:
        for draft in launcher.parent.glob(".launcher-*"):
            draft.unlink()
            draft.symlink_to(victim)
        return lock_file(descriptor)

    monkeypatch.setattr(plugin_folder, "lock_file", swap)

    find_problem()

    assert (mode_of(victim), victim.read_text()) == (0o600, "secret")


WINDOWS = """
import contextlib, os, shlex, shutil, stat, subprocess, sys, tempfile

for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_DIRECTORY", "fchmod",
             "geteuid", "getuid"):
    delattr(os, name)
os.supports_dir_fd = set()
sys.modules["fcntl"] = sys.modules["pwd"] = None
sys.platform = "win32"

from pulumi_tcimages.sdk import discovery, plugin_folder

said = [discovery.register(), discovery.register(), discovery.plugin_status().state]
launcher = discovery.install_plugin()
with plugin_folder.open_folder(launcher.parents[1], launcher.parent.name) as folder:
    (launcher.parent / ".launcher-draft").touch()
    folder.sweep()
    said.append(folder.names() == [launcher.name])
launcher.write_bytes(b"")
said += [discovery.plugin_status().state, discovery.remove_plugin() == launcher]
print(*said, launcher.parent.exists())
"""


@pytest.mark.usefixtures("launcher")
def test_launcher_is_written_without_owners_symlinks_and_locks() -> None:
    """Simulate Windows only as far as removing the functions that its `os` lacks."""
    result = subprocess.run([sys.executable, "-c", WINDOWS], capture_output=True, text=True)

    assert (result.stdout, result.stderr) == ("None None ready True broken True False\n", "")
