"""Installed plugins that another user owns, or can write to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_tcimages.sdk import discovery
from pulumi_tcimages.sdk.pulumi_home import launcher_path
from tests.sdk.environments import find_problem
from tests.sdk.other_users.attacker import ATTACKER, needs_root

pytestmark = needs_root


PLUGIN = "#!/bin/sh\necho 1\n"


def write_installed() -> Path:
    """Write a plugin and its lock file, as Pulumi installs them."""
    launcher = launcher_path()
    launcher.parent.mkdir()
    Path(f"{launcher.parent}.lock").touch()
    launcher.write_text(PLUGIN)
    launcher.chmod(0o755)
    return launcher


@pytest.mark.usefixtures("home")
def test_installed_plugin_is_accepted() -> None:
    write_installed()

    assert (discovery.plugin_status().state, find_problem()) == ("installed", "")


@pytest.mark.usefixtures("home")
def test_world_writable_installed_plugin_is_a_problem() -> None:
    launcher = write_installed()
    launcher.chmod(0o777)

    problem = find_problem()

    assert problem.startswith(f"{launcher} of root (uid 0) can be written by every user")
    assert discovery.plugin_status().problem == problem
    assert str(discovery.plugin_status().fix) == (
        "anybody may have changed it already, so remove it and install the plugin again; run: "
        f"rm {launcher}"
    )


@pytest.mark.parametrize("place", ["the file", "its folder"])
def test_installed_symlink_to_a_file_writable_by_others_is_a_problem(
    home: Path, place: str
) -> None:
    launcher = write_installed()
    target = home.parent / "theirs" / "plugin"
    target.parent.mkdir()
    launcher.replace(target)
    launcher.symlink_to(target)
    weak = target if place == "the file" else target.parent
    os.chown(weak, ATTACKER, ATTACKER)

    problem = find_problem()

    assert problem.startswith(
        f"{weak} belongs to uid {ATTACKER}, who could change what Pulumi runs"
    )
    assert discovery.plugin_status().problem == problem


@pytest.mark.usefixtures("home")
def test_lock_of_another_user_does_not_mark_a_plugin_as_installed() -> None:
    launcher = write_installed()
    os.chown(f"{launcher.parent}.lock", ATTACKER, ATTACKER)

    assert discovery.plugin_status().state == "foreign"


@pytest.mark.usefixtures("home")
def test_unfinished_installation_of_another_user_is_reported_with_its_owner() -> None:
    launcher = launcher_path()
    partial = Path(f"{launcher.parent}.partial")
    partial.touch()
    os.chown(partial, ATTACKER, ATTACKER)

    problem = find_problem()

    assert f"{partial} is there, which belongs to uid {ATTACKER}." in problem
    fix = "ask that user or an administrator to delete it."
    assert (failure := discovery.register()) is not None
    assert str(failure.fix).startswith(fix)
    assert not launcher.parent.exists()
