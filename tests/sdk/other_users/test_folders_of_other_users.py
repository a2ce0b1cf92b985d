"""Folders of Pulumi's home that another user owns, or can write to."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_tcimages.sdk import discovery
from pulumi_tcimages.sdk.path_owners import describe_weak_point
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.sdk.environments import find_problem
from tests.sdk.other_users.attacker import ATTACKER, needs_root, run_as_attacker, start_as_attacker

pytestmark = needs_root


def test_version_folder_of_another_user_is_rejected(home: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.touch(mode=0o600)
    folder = launcher_path().parent
    run_as_attacker("paths[0].mkdir(mode=0o777)", folder)

    problem = find_problem()

    assert problem == (f"{folder} belongs to uid {ATTACKER}, who could replace the plugin.")
    assert list(folder.iterdir()) == []
    assert stat.S_IMODE(victim.stat().st_mode) == 0o600
    assert list((home / "plugins").iterdir()) == [folder]


SWAP = """
folder, victim = paths
folder.mkdir(mode=0o777)
folder.chmod(0o777)
print("ready", flush=True)
while True:
    for draft in folder.iterdir():
        try:
            draft.unlink()
            draft.symlink_to(victim)
        except OSError:
            pass
"""


@pytest.mark.usefixtures("home")
def test_swapping_drafts_for_symlinks_changes_no_other_file(tmp_path: Path) -> None:
    """Before owners were checked, this attack succeeded within seven program runs."""
    victim = tmp_path / "victim"
    victim.touch(mode=0o600)
    folder = launcher_path().parent
    attacker = start_as_attacker(SWAP, folder, victim)
    try:
        assert attacker.stdout is not None
        assert attacker.stdout.readline() == "ready\n"
        problems = {find_problem() for _ in range(50)}
    finally:
        attacker.kill()
        attacker.communicate()

    assert [problem.startswith(f"{folder} belongs to uid") for problem in problems] == [True]
    assert stat.S_IMODE(victim.stat().st_mode) == 0o600


@pytest.mark.parametrize("level", [1, 2], ids=["plugins", "home"])
def test_home_of_another_user_is_rejected(home: Path, level: int) -> None:
    folder = (launcher_path().parents[0], home / "plugins", home)[level]
    os.chown(folder, ATTACKER, ATTACKER)

    assert f"{folder} belongs to uid {ATTACKER}, who could replace" in find_problem()
    assert list((home / "plugins").iterdir()) == []


@pytest.mark.parametrize("level", ["plugins", "home"])
def test_symlink_of_another_user_is_rejected(home: Path, tmp_path: Path, level: str) -> None:
    (tmp_path / "private").mkdir()
    link = home / "plugins" if level == "plugins" else home
    (home / "plugins").rmdir()
    if level == "home":
        home.rmdir()
    link.parent.chmod(0o1777)
    run_as_attacker("paths[0].symlink_to(paths[1])", link, tmp_path / "private")

    assert f"{link} belongs to uid {ATTACKER}" in find_problem()
    assert list((tmp_path / "private").iterdir()) == []


@pytest.mark.parametrize("weakness", ["owner", "mode", "link"])
def test_parent_folder_writable_by_another_user_is_a_problem(
    home: Path, monkeypatch: pytest.MonkeyPatch, weakness: str
) -> None:
    parent = home.parent / "above"
    (parent / "safe").mkdir(parents=True)
    parent.chmod({"owner": 0o755, "mode": 0o777, "link": 0o1777}[weakness])
    monkeypatch.setenv("PULUMI_HOME", str(parent / "safe" / "home"))
    if weakness == "owner":
        os.chown(parent, ATTACKER, ATTACKER)
    elif weakness == "link":
        run_as_attacker("paths[0].symlink_to(paths[1])", parent / "link", parent / "safe")
        monkeypatch.setenv("PULUMI_HOME", str(parent / "link" / "home"))
    reason = {
        "owner": f"{parent} belongs to uid {ATTACKER}",
        "mode": f"{parent} of root (uid 0) can be written by every user of this machine",
        "link": f"{parent / 'link'} belongs to uid {ATTACKER}",
    }[weakness]

    problem = find_problem()

    assert problem == (
        f"{launcher_path().parents[1]} is not safe, because {reason}, who could replace the plugin."
    )
    status = discovery.plugin_status()
    assert (status.state, status.problem) == ("ready", problem)
    installed = subprocess.run(
        [sys.executable, "-m", "pulumi_tcimages.cli", "plugin", "install"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert installed.stderr.startswith(f"warning: {problem}\nto use a folder of your own instead")
    assert str(status.fix) == (
        "to use a folder of your own instead, run: "
        'export PULUMI_HOME="$HOME/.pulumi-own"\n'
        "To keep it as it is, run: export TCIMAGES_NO_PLUGIN_INSTALL=1"
    )


def test_owner_of_the_root_folder_is_trusted_in_a_user_namespace(
    home: Path,
) -> None:
    """In a user namespace, the host's root, who owns the parent folders, appears as `nobody`."""
    os.chown(home, ATTACKER, ATTACKER)

    assert describe_weak_point(home / "plugins") == f"{home} belongs to uid {ATTACKER}"
    assert describe_weak_point(home / "plugins", also_trusted=ATTACKER) == ""
