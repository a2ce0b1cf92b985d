"""`plugin status|install|remove`: the launcher, in a plugin folder of the test's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_tcimages import __version__
from pulumi_tcimages.sdk import discovery
from tests.cli.conftest import Shell


def test_the_launcher_is_written_seen_and_removed(
    shell: Shell, script: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "pulumi" / "plugins" / f"resource-tcimages-v{__version__}"
    launcher = folder / discovery.PLUGIN

    before, installed, after = (shell("plugin", verb) for verb in ("status", "install", "status"))
    removed, again = shell("plugin", "remove"), shell("plugin", "remove")

    assert "state     absent: " in before.out
    assert (installed.code, installed.out) == (0, f"{launcher}\n")
    assert "state     ready: " in after.out
    assert f"starts    {script}\n" in after.out
    assert (removed.code, removed.out) == (0, f"{launcher}\n")
    assert (again.code, again.out) == (0, "")
    assert again.err == "nothing to remove: there is no launcher of ours\n"
    assert not folder.exists()


def test_another_plugin_that_comes_first_on_path_is_what_the_engine_would_take(
    shell: Shell, script: Path, rival: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("plugin", "install")

    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{rival.parent}")
    ours = shell("plugin", "status")
    monkeypatch.setenv("PATH", f"{rival.parent}{os.pathsep}{script.parent}")
    theirs = shell("plugin", "status")

    assert (ours.code, "on PATH" in ours.out) == (0, False)
    assert theirs.code == 2
    assert "state     ready: but the engine takes the one that comes first on PATH" in theirs.out
    assert theirs.out.endswith(f"on PATH   {rival}\n")


@pytest.mark.usefixtures("script")
def test_a_place_that_cannot_be_written_is_told_with_other_ways(
    shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / "pulumi").write_text("in the way", encoding="utf-8")

    outcome = shell("plugin", "install")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("tcimages plugin install: the configuration does not work.")
    assert "Pulumi.yaml" in outcome.err
