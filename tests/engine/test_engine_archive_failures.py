"""Errors of the engine for a bad archive or home, as docs/troubleshooting.md quotes them."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_tcimages import __version__
from tests.archives import NAME
from tests.engine.cli import CHECKOUT, Project
from tests.engine.conftest import NewProject
from tests.engine.programs import archive_program
from tests.expected_images import OLD, SESSION

pytestmark = pytest.mark.engine

PAGE = (CHECKOUT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
OTHER = "9.9.9"


def truncate(archive: Path, served: Path) -> None:
    served.write_bytes(archive.read_bytes()[:5_000_000])


def write_page(_: Path, served: Path) -> None:
    served.write_text("<html>login</html>", encoding="utf-8")


def pack_another_system(_: Path, served: Path) -> None:
    executable = served.with_name(NAME)
    executable.write_bytes(b"\xcf\xfa\xed\xfe" + bytes(64))
    executable.chmod(0o755)
    with tarfile.open(served, "w:gz") as tar:
        tar.add(executable, NAME)


def remove(_: Path, served: Path) -> None:
    served.unlink()


def install(project: Project, archive: Path) -> Path:
    """Install the archive from its file, and return the folder of the plugin."""
    project.pulumi("plugin", "install", "resource", "tcimages", __version__, "--file", str(archive))
    home = Path(project.environment["PULUMI_HOME"])
    return home / "plugins" / f"resource-tcimages-v{__version__}"


def is_documented(text: str, *quotes: str) -> bool:
    """Return whether the engine's output contains these words and the page quotes them."""
    return all(words in text and f"`{words}" in PAGE for words in quotes)


@pytest.mark.parametrize(
    ("corrupt", "quotes"),
    [
        (truncate, "unexpected EOF"),
        (write_page, "gzip: invalid header"),
        (pack_another_system, "exec format error"),
        (remove, "404 HTTP error fetching plugin from"),
    ],
)
def test_bad_archive_is_rejected_and_a_good_one_replaces_it(
    bare_project: Project,
    archive_server: str,
    archive: Path,
    tmp_path: Path,
    corrupt: Callable[[Path, Path], None],
    quotes: str,
) -> None:
    served = tmp_path / "server" / archive.name
    served.unlink()  # the symlink to the archive
    served.touch()
    corrupt(archive, served)
    bare_project.write("Pulumi.yaml", archive_program(archive_server))
    bare_project.select_stack("dev")

    failed = bare_project.pulumi("preview", fails=True)
    served.unlink(missing_ok=True)
    served.symlink_to(archive)
    if corrupt is pack_another_system:
        bare_project.pulumi("plugin", "rm", "resource", "tcimages", __version__, "--yes")
    repaired = bare_project.pulumi("preview")

    assert is_documented(failed.text, quotes)
    assert OLD in repaired.text
    plugins = Path(bare_project.environment["PULUMI_HOME"], "plugins")
    assert [path.name for path in plugins.iterdir() if path.suffix == ".partial"] == []


def test_archive_with_a_version_unlike_its_name_warns(
    bare_project: Project, archive_server: str, archive: Path, tmp_path: Path
) -> None:
    name = archive.name.replace(f"v{__version__}", f"v{OTHER}")
    (tmp_path / "server" / name).symlink_to(archive)
    bare_project.write("Pulumi.yaml", archive_program(archive_server, OTHER))
    bare_project.select_stack("dev")

    result = bare_project.pulumi("preview")

    assert is_documented(result.text, "expected to have version >=")


def test_program_without_a_version_finds_none_on_a_static_server(
    bare_project: Project, archive_server: str
) -> None:
    program = archive_program(archive_server)
    for options in (
        program["variables"]["newest"]["fn::invoke"]["options"],
        program["resources"]["training"]["options"],
    ):
        options.pop("version", None)
    bare_project.write("Pulumi.yaml", program)
    bare_project.select_stack("dev")

    result = bare_project.pulumi("preview", fails=True)

    assert is_documented(result.text, "could not find latest version for provider tcimages")


@pytest.mark.parametrize(
    ("missing", "quotes"),
    [
        ("_internal/pydantic_core/*", ["the tcimages plugin cannot be loaded"]),
        ("_internal/libpython*", ["Failed to load Python shared library"]),
        (NAME, ["loading PulumiPlugin.yaml", "no such file or directory"]),
    ],
)
def test_plugin_with_a_missing_file_can_be_reinstalled(
    bare_project: Project, archive_server: str, archive: Path, missing: str, quotes: list[str]
) -> None:
    folder = install(bare_project, archive)
    files = list(folder.glob(missing))
    for file in files:
        file.unlink()
    bare_project.write("Pulumi.yaml", archive_program(archive_server))
    bare_project.select_stack("dev")

    failed = bare_project.pulumi("preview", fails=True)
    bare_project.pulumi("plugin", "rm", "resource", "tcimages", __version__, "--yes")
    repaired = bare_project.pulumi("preview")

    assert files
    assert is_documented(failed.text, *quotes)
    assert OLD in repaired.text


def test_disabled_downloads_require_a_manual_installation(
    bare_project: Project, archive_server: str
) -> None:
    bare_project.write("Pulumi.yaml", archive_program(archive_server))
    bare_project.select_stack("dev")

    result = bare_project.pulumi(
        "preview", fails=True, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION="true"
    )

    assert is_documented(result.text, "no resource plugin 'pulumi-resource-tcimages' found")


@pytest.fixture
def read_only_plugins(bare_project: Project) -> Iterator[Path]:
    """A plugins folder without write permission; skipped for root, who can always write."""
    if os.geteuid() == 0:
        pytest.skip("NOT PROVEN as root: a folder without write permission")
    folder = Path(bare_project.environment["PULUMI_HOME"], "plugins")
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    yield folder
    folder.chmod(0o700)


def test_read_only_home_is_reported_and_stays_empty(
    bare_project: Project, archive_server: str, read_only_plugins: Path
) -> None:
    bare_project.write("Pulumi.yaml", archive_program(archive_server))
    bare_project.select_stack("dev")

    result = bare_project.pulumi("preview", fails=True)

    assert is_documented(result.text, "permission denied")
    assert list(read_only_plugins.iterdir()) == []


def test_python_program_uses_the_archive_of_its_version(
    new_project: NewProject, archive: Path
) -> None:
    project = new_project("pick_image")
    folder = install(project, archive)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    result = project.pulumi("up")
    status = project.run("venv/bin/tcimages", "plugin", "status")
    doctor = project.run("venv/bin/tcimages", "doctor")
    removed = project.run("venv/bin/tcimages", "plugin", "remove")

    assert result.problems == []
    assert SESSION in result.text
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert (status.code, "state     installed: " in status.text) == (0, True)
    assert f"archive   {__version__}" in status.text
    assert "from an archive that Pulumi installed" in doctor.text
    assert "nothing to remove" in removed.text


def test_python_program_never_starts_an_archive_of_another_version(
    new_project: NewProject, archive: Path
) -> None:
    project = new_project("pick_image")
    project.pulumi("plugin", "install", "resource", "tcimages", OTHER, "--file", str(archive))

    result = project.pulumi("up")
    status = project.run("venv/bin/tcimages", "plugin", "status")
    mixed = project.run("venv/bin/tcimages", "plugin", "status", "--version", OTHER, fails=True)

    assert result.problems == []
    assert f"version   {__version__}\n" in status.text
    assert "\narchive   " not in status.text  # the launcher of the package is used
    assert f"holds version {__version__} of the plugin, and Pulumi takes it for {OTHER}" in (
        mixed.text
    )
