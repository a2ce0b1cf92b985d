"""Registration: the states of a plugin in Pulumi's home, and which ones a program repairs."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from plugin_archive.sbom import build_sbom
from pulumi_tcimages import __version__
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sdk import discovery
from pulumi_tcimages.sdk.launcher import Target, build_launcher
from pulumi_tcimages.sdk.plugin_states import PluginStatus
from tests.sdk.environments import FOLDER, NAME, find_problem, make_environment


def write_script(launcher: Path, text: str) -> None:
    launcher.write_text(text)
    launcher.chmod(0o755)


def test_each_plugin_state_is_recognised(home: Path, own_target: Target, tmp_path: Path) -> None:
    launcher = home / "plugins" / FOLDER / NAME
    absent = PluginStatus(__version__, launcher, "absent", own_target)
    assert discovery.plugin_status() == absent

    discovery.install_plugin()
    assert discovery.plugin_status() == replace(absent, state="ready", target=own_target)

    other = make_environment(tmp_path / "other")
    write_script(launcher, build_launcher(other))
    assert discovery.plugin_status() == replace(absent, state="elsewhere", target=other)

    newer = make_environment(tmp_path / "newer", "9.0.0")
    write_script(launcher, build_launcher(newer))
    assert discovery.plugin_status() == replace(absent, state="outdated", target=newer)

    newer.main.unlink()
    assert discovery.plugin_status() == replace(absent, state="broken", target=newer)

    closed = Target(
        tmp_path / ("x" * 300), own_target.main
    )  # too long: fails like a folder without permission, even for root
    write_script(launcher, build_launcher(closed))
    assert discovery.plugin_status() == replace(absent, state="broken", target=closed)

    write_script(launcher, "#!/bin/sh\nexec something-else\n")
    assert discovery.plugin_status().state == "foreign"

    Path(f"{launcher.parent}.lock").touch()
    assert discovery.plugin_status() == replace(absent, state="installed")


def test_launcher_of_another_working_environment_is_not_replaced(
    launcher: Path, tmp_path: Path
) -> None:
    """Two projects with the same version share a home, and one environment is temporary."""
    other = make_environment(tmp_path / "other")
    write_script(launcher, build_launcher(other))

    assert find_problem() == ""

    assert launcher.read_text() == build_launcher(other)


@pytest.mark.parametrize(
    "damage", ["deleted", "another version", "version unreadable", "not a Python"]
)
def test_launcher_of_a_broken_environment_is_replaced(
    launcher: Path, own_target: Target, tmp_path: Path, damage: str
) -> None:
    other = make_environment(tmp_path / "other")
    write_script(launcher, build_launcher(other))
    version = other.main.with_name("__init__.py")
    if damage == "deleted":
        shutil.rmtree(tmp_path / "other")
    elif damage == "another version":
        version.write_text('__version__ = "9.0.0"\n')
    elif damage == "version unreadable":
        version.write_bytes(b"\xff")
    else:
        other.python.chmod(0o644)

    assert find_problem() == ""

    assert launcher.read_text() == build_launcher(own_target)


@pytest.mark.usefixtures("own_target")
@pytest.mark.parametrize(
    "lines",
    [10, 4, 3, 2],
    ids=["removed target", "cut inside a quote", "one path missing", "no paths"],
)
def test_damaged_launcher_is_rewritten(launcher: Path, tmp_path: Path, lines: int) -> None:
    text = build_launcher(Target(tmp_path / "it's gone", tmp_path / "it's too\n"))
    write_script(launcher, "\n".join(text.split("\n")[:lines]))

    assert find_problem() == ""

    assert discovery.plugin_status().state == "ready"


@pytest.mark.usefixtures("own_target")
def test_empty_launcher_is_repaired(launcher: Path) -> None:
    write_script(launcher, "")

    assert discovery.plugin_status().state == "broken"
    assert find_problem() == ""
    assert discovery.plugin_status().state == "ready"


@pytest.mark.usefixtures("home", "own_target")
@pytest.mark.skipif(os.name == "nt", reason="every file is executable there")
def test_launcher_without_execute_permission_is_repaired() -> None:
    discovery.install_plugin().chmod(0o644)

    assert discovery.plugin_status().state == "broken"
    assert find_problem() == ""
    assert discovery.plugin_status().state == "ready"


@pytest.mark.usefixtures("own_target")
def test_valid_launcher_is_not_rewritten(home: Path) -> None:
    path = discovery.install_plugin()
    before = path.stat()

    find_problem()

    assert path == home / "plugins" / FOLDER / NAME
    assert path.stat().st_ino == before.st_ino


def test_explicit_install_replaces_the_launcher_of_another_environment(
    launcher: Path, own_target: Target, tmp_path: Path
) -> None:
    write_script(launcher, build_launcher(make_environment(tmp_path / "other")))

    discovery.install_plugin()

    assert launcher.read_text() == build_launcher(own_target)


@pytest.mark.usefixtures("own_target")
@pytest.mark.parametrize("file", [NAME, "PulumiPlugin.yaml"], ids=["archive", "folder"])
def test_plugin_installed_by_pulumi_is_kept_without_a_warning(launcher: Path, file: str) -> None:
    write_script(launcher.with_name(file), "theirs")
    Path(f"{launcher.parent}.lock").touch()

    assert find_problem() == ""
    assert discovery.install_plugin() == launcher
    assert discovery.remove_plugin() is None

    assert [(path.name, path.read_text()) for path in launcher.parent.iterdir()] == [
        (file, "theirs")
    ]


def write_archive(launcher: Path, version: str) -> None:
    """Write the executable and the SBOM, as Pulumi unpacks them from an archive."""
    write_script(launcher, "frozen")
    text = build_sbom(launcher.name, version, [], 0)
    launcher.with_name("sbom.cdx.json").write_text(text, encoding="utf-8")
    Path(f"{launcher.parent}.lock").touch()


@pytest.mark.usefixtures("own_target")
def test_archive_of_the_same_version_is_kept(launcher: Path) -> None:
    write_archive(launcher, __version__)

    assert find_problem() == ""

    status = discovery.plugin_status()
    assert (status.state, status.archive_version, status.problem) == ("installed", __version__, "")
    assert launcher.read_text() == "frozen"


@pytest.mark.usefixtures("own_target")
def test_archive_of_another_version_is_a_problem_with_a_fix(launcher: Path) -> None:
    write_archive(launcher, "9.9.9")

    problem = find_problem()

    assert problem == (
        f"{launcher.parent} holds version 9.9.9 of the plugin, and Pulumi takes it for "
        f"{__version__}."
    )
    assert str(discovery.plugin_status().fix) == (
        f"run: pulumi plugin rm resource tcimages {__version__} --yes\nThen correct the address "
        "that it was downloaded from"
    )
    assert launcher.read_text() == "frozen"


@pytest.mark.usefixtures("own_target")
def test_archive_without_its_executable_is_replaced_by_a_launcher(launcher: Path) -> None:
    write_archive(launcher, __version__)
    launcher.unlink()

    assert find_problem() == ""

    assert discovery.plugin_status().state == "ready"


@pytest.mark.usefixtures("own_target")
@pytest.mark.parametrize("mode", [0o755, 0o644], ids=["executable", "not executable"])
def test_launcher_of_unknown_origin_is_reported_and_kept(launcher: Path, mode: int) -> None:
    write_script(launcher, "theirs")
    launcher.chmod(mode)

    problem = find_problem()

    assert problem.startswith(f"{launcher} of ")
    assert problem.endswith("was neither written by pulumi-tcimages nor installed by Pulumi.")
    assert str(discovery.plugin_status().fix) == (
        f"if nobody needs it, run: rm {launcher}\nTo keep it as it is, run: export "
        "TCIMAGES_NO_PLUGIN_INSTALL=1"
    )
    with pytest.raises(ConfigurationError, match="if nobody needs it"):
        discovery.install_plugin()
    assert discovery.remove_plugin() is None
    assert launcher.read_text() == "theirs"


@pytest.mark.usefixtures("own_target")
def test_source_plugin_of_unknown_origin_is_reported_and_kept(launcher: Path) -> None:
    write_script(launcher.with_name("PulumiPlugin.yaml"), "runtime: python\n")

    assert find_problem().startswith(f"{launcher.with_name('PulumiPlugin.yaml')} of ")
    assert not launcher.exists()


@pytest.mark.usefixtures("own_target")
def test_launcher_takes_precedence_over_a_source_plugin(launcher: Path) -> None:
    discovery.install_plugin()
    write_script(launcher.with_name("PulumiPlugin.yaml"), "runtime: python\n")

    assert discovery.plugin_status().state == "ready"


@pytest.mark.usefixtures("own_target")
@pytest.mark.parametrize(("is_a_folder", "remove"), [(False, "rm"), (True, "rm -r")])
def test_unfinished_pulumi_installation_is_reported(
    launcher: Path, is_a_folder: bool, remove: str
) -> None:
    """The engine ignores a version folder that has a `.partial` file beside it."""
    partial = Path(f"{launcher.parent}.partial")
    if is_a_folder:
        partial.mkdir(parents=True)
    else:
        partial.touch()

    assert find_problem() == (
        f"Pulumi has begun to install a plugin in {launcher.parent} and has not finished."
    )
    assert str(discovery.plugin_status().fix) == (
        f"if no installation is running, run: {remove} {partial}"
    )
    assert list(launcher.parent.iterdir()) == []


def test_launcher_can_be_installed_for_another_version(home: Path, own_target: Target) -> None:
    """Commands without a program load the plugin version that the stack's state names."""
    older = home / "plugins" / "resource-tcimages-v0.0.1" / NAME

    assert discovery.install_plugin("0.0.1") == older

    assert discovery.plugin_status("0.0.1") == PluginStatus(
        "0.0.1", older, "ready", own_target, own_target
    )
    assert discovery.plugin_status().state == "absent"
    assert discovery.remove_plugin("0.0.1") == older


@pytest.mark.usefixtures("own_target")
def test_remove_deletes_launcher_lock_and_folder(home: Path) -> None:
    launcher = discovery.install_plugin()
    Path(f"{launcher.parent}.lastused").touch()  # the engine writes it at every use

    assert discovery.remove_plugin() == launcher
    assert discovery.remove_plugin() is None

    assert list((home / "plugins").iterdir()) == []


@pytest.mark.usefixtures("own_target")
def test_remove_keeps_unrelated_files(home: Path) -> None:
    unrelated = discovery.install_plugin().with_name("theirs")
    unrelated.touch()

    assert discovery.remove_plugin() == home / "plugins" / FOLDER / NAME
    assert list(unrelated.parent.iterdir()) == [unrelated]


@pytest.mark.usefixtures("own_target")
@pytest.mark.parametrize(("value", "written"), [("1", False), ("yes", False), ("0", True)])
def test_launcher_is_written_unless_opted_out(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str, written: bool
) -> None:
    monkeypatch.setenv(discovery.OPT_OUT, value)

    assert find_problem() == ""

    assert (home / "plugins" / FOLDER / NAME).exists() is written
