"""`plugin status|install|remove`: the launcher in a separate plugin folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plugin_archive.sbom import build_sbom
from pulumi_tcimages import __version__
from pulumi_tcimages.sdk import discovery
from tests.cli.conftest import Shell


def test_launcher_is_installed_shown_and_removed(
    shell: Shell, script: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "pulumi" / "plugins" / f"resource-tcimages-v{__version__}"
    launcher = folder / discovery.PLUGIN

    before, installed, after = (shell("plugin", verb) for verb in ("status", "install", "status"))
    removed, again = shell("plugin", "remove"), shell("plugin", "remove")

    assert "state     absent: " in before.out
    assert (installed.code, installed.out) == (0, f"{launcher}\n")
    assert "state     ready: " in after.out
    assert f"starts    {script} {script}\n" in after.out
    assert (removed.code, removed.out) == (0, f"{launcher}\n")
    assert (again.code, again.out) == (0, "")
    assert again.err == "nothing to remove: there is no launcher of ours\n"
    assert not folder.exists()


def test_status_names_another_plugin_first_on_path(
    shell: Shell, script: Path, other_plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("plugin", "install")

    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{other_plugin.parent}")
    first = shell("plugin", "status")
    monkeypatch.setenv("PATH", f"{other_plugin.parent}{os.pathsep}{script.parent}")
    shadowed = shell("plugin", "status")

    assert (first.code, "on PATH" in first.out) == (0, False)
    assert shadowed.code == 2
    assert "state     ready: but the engine starts the one that is first on PATH" in shadowed.out
    assert shadowed.out.endswith(f"on PATH   {other_plugin}\n")


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("plugins: {providers: [{name: tcimages, path: other}]}", "FOLDER/other/PLUGIN"),
        ("plugins: {providers: [{name: tcimages, path: FOLDER/other}]}", "FOLDER/other/PLUGIN"),
        ("packages: {tcimages: ./other}", "FOLDER/other/PLUGIN"),
        ("packages: {tcimages: {source: ./other}}", "FOLDER/other/PLUGIN"),
        ("packages: {tcimages: github.com/owner/name@1a2b}", "github.com/owner/name@1a2b"),
    ],
)
def test_status_in_a_project_names_the_preferred_plugin(
    shell: Shell, other_plugin: Path, monkeypatch: pytest.MonkeyPatch, written: str, place: str
) -> None:
    folder = other_plugin.parents[1]
    file = folder / "Pulumi.yaml"
    file.write_text(f"name: p\n{written.replace('FOLDER', str(folder))}\n", encoding="utf-8")
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    expected = place.replace("FOLDER", str(folder)).replace("PLUGIN", other_plugin.name)

    status = shell("plugin", "status")

    assert status.code == 0
    assert (
        "state     absent: but the engine prefers the plugin that the project names" in status.out
    )
    assert f"project   {file} names {expected}\n" in status.out


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(
    ("written", "version", "is_named"),
    [
        ("plugins: {providers: [{name: tcimages, path: gone, version: 0.0.9}]}", "0.0.9", True),
        ("plugins: {providers: [{name: tcimages, path: gone, version: 0.0.9}]}", "0.1.0", False),
        ("packages: {tcimages: ./gone}", "0.0.9", True),
        ("packages: {tcimages: tcimages@0.1.0}", "0.1.0", False),
        ("packages: {other: ./gone}", "0.1.0", False),
    ],
)
def test_status_of_a_project_that_names_a_missing_folder_fails(
    shell: Shell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
    version: str,
    is_named: bool,
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(f"name: p\n{written}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    status = shell("plugin", "status", "--version", version)

    assert status.code == (2 if is_named else 0)
    assert ("project   " in status.out) == is_named
    assert (f"problem   {tmp_path / 'gone'} is no folder\n" in status.out) == is_named


@pytest.mark.usefixtures("script")
def test_unwritable_folder_is_an_error_with_alternatives(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "pulumi").write_text("in the way", encoding="utf-8")

    outcome = shell("plugin", "install")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("tcimages plugin install: configuration error. [configuration]")
    assert "Pulumi.yaml" in outcome.err


@pytest.mark.usefixtures("script")
def test_another_version_is_installed_shown_and_removed(shell: Shell, tmp_path: Path) -> None:
    """A stack whose state names an older version loads the plugin of that version."""
    launcher = tmp_path / "pulumi" / "plugins" / "resource-tcimages-v0.0.9" / discovery.PLUGIN

    installed = shell("plugin", "install", "--version", "v0.0.9")
    status = shell("plugin", "status", "--version", "0.0.9")
    removed = shell("plugin", "remove", "--version", "0.0.9")

    assert (installed.code, installed.out) == (0, f"{launcher}\n")
    assert status.out.startswith("version   0.0.9\nstate     ready: ")
    assert (removed.code, removed.out) == (0, f"{launcher}\n")


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize("version", ["1", "latest", "../../x", "1.2.3/..", "", "1.2.3\n"])
def test_invalid_version_is_rejected(shell: Shell, tmp_path: Path, version: str) -> None:
    outcome = shell("plugin", "install", "--version", version)

    assert (outcome.code, outcome.out) == (2, "")
    assert f"{version!r} is no version such as {__version__}." in outcome.err
    assert not (tmp_path / "pulumi").exists()


@pytest.mark.usefixtures("script")
def test_launcher_of_unknown_origin_is_shown_with_its_owner(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "pulumi" / "plugins" / f"resource-tcimages-v{__version__}"
    folder.mkdir(parents=True)
    (folder / discovery.PLUGIN).write_text("theirs", encoding="utf-8")

    status = shell("plugin", "status")
    installed = shell("plugin", "install")

    assert (status.code, installed.code, installed.out) == (2, 2, "")
    assert f"problem   {folder / discovery.PLUGIN} of " in status.out
    assert "if nobody needs it, run:" in installed.err


@pytest.mark.parametrize(("version", "code"), [(__version__, 0), ("9.9.9", 2)])
@pytest.mark.usefixtures("script")
def test_status_names_the_version_of_an_archive_that_pulumi_installed(
    shell: Shell, tmp_path: Path, version: str, code: int
) -> None:
    folder = tmp_path / "pulumi" / "plugins" / f"resource-tcimages-v{__version__}"
    folder.mkdir(parents=True)
    (folder / discovery.PLUGIN).write_text("frozen", encoding="utf-8")
    sbom = build_sbom(discovery.PLUGIN, version, [], 0)
    (folder / "sbom.cdx.json").write_text(sbom, encoding="utf-8")
    Path(f"{folder}.lock").touch()

    status = shell("plugin", "status")

    assert status.code == code
    assert f"archive   {version}\n" in status.out


@pytest.mark.usefixtures("script")
def test_plugin_installed_by_pulumi_is_kept(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "pulumi" / "plugins" / f"resource-tcimages-v{__version__}"
    folder.mkdir(parents=True)
    (folder / discovery.PLUGIN).write_text("theirs", encoding="utf-8")
    Path(f"{folder}.lock").touch()

    status = shell("plugin", "status")
    installed = shell("plugin", "install")

    assert (status.code, "state     installed: " in status.out) == (0, True)
    assert (installed.code, installed.err) == (
        0,
        "Pulumi itself installed the plugin there; it is left alone\n",
    )


@pytest.mark.usefixtures("script")
def test_home_with_undecodable_bytes_is_escaped(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULUMI_HOME", f"{tmp_path}/caf\udce9 two\nlines")

    status = shell("plugin", "status")

    assert status.code == 0
    assert f"launcher  {tmp_path}/caf\\udce9 two\\nlines/plugins/" in status.out
