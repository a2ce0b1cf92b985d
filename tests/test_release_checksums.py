"""A release contains the files that its jobs built, even if somebody replaces an artifact."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workflow_files import RELEASE, steps_of

SYSTEMS = [entry["system"] for entry in RELEASE["plugin"]["strategy"]["matrix"]["include"]]
ALL_SUMS = ["build.outputs.packages", *(f"plugin.outputs.{system}" for system in SYSTEMS)]
linux = pytest.mark.skipif(sys.platform != "linux", reason="the jobs run on Linux")


def run_bash(text: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run shell lines like a step of a workflow."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def read_sums(folder: Path, job: str, system: str) -> str:
    """Run the step that gives the checksums of the files in `dist`, and return its output."""
    (step,) = (step for step in steps_of(RELEASE[job]) if step.get("id") == "sums")
    output = folder / "output"
    text = step["run"].replace("${{ matrix.system }}", system)
    assert run_bash(text, folder, GITHUB_OUTPUT=str(output)).returncode == 0
    first, *lines, last = output.read_text(encoding="utf-8").splitlines()
    assert (first, last) == (f"{system}<<END", "END")
    return "\n".join(lines)


@pytest.fixture(params=["attest", "publish", "announce"])
def release_job(request: pytest.FixtureRequest) -> dict[str, Any]:
    job: dict[str, Any] = RELEASE[request.param]
    return job


@pytest.fixture
def downloaded(tmp_path: Path, release_job: dict[str, Any]) -> tuple[Path, str, dict[str, str]]:
    """The folder `dist`, the shell code that compares its files, and its environment."""
    sums = {}
    for name in ALL_SUMS:
        job, _, system = name.partition(".outputs.")
        built = tmp_path / system
        (built / "dist").mkdir(parents=True)
        for suffix in ("tar.gz", "json"):
            (built / "dist" / f"{system} 1.{suffix}").write_text(f"{name} {suffix}")
        sums[name] = read_sums(built, job, system)
    check = list(steps_of(release_job))[1]
    text = check["env"]["SUMS"]
    dist = tmp_path / check["working-directory"]
    for name, lines in sums.items():
        if name in text:
            shutil.copytree(tmp_path / name.rpartition(".")[2] / "dist", dist, dirs_exist_ok=True)
        text = text.replace(f"${{{{ needs.{name} }}}}", lines)
    assert "${{" not in text
    return dist, check["run"], {"SUMS": text}


@linux
def test_files_as_built_are_released(
    downloaded: tuple[Path, str, dict[str, str]],
) -> None:
    dist, text, environ = downloaded

    result = run_bash(text, dist, **environ)

    assert (result.returncode, result.stderr) == (0, "")


def change_file(dist: Path) -> None:
    (dist / "packages 1.json").write_text("hostile")


def remove_file(dist: Path) -> None:
    (dist / "packages 1.json").unlink()


def add_file(dist: Path) -> None:
    (dist / "hostile").touch()


def add_hidden_file(dist: Path) -> None:
    (dist / ".hostile").touch()


def add_file_in_folder(dist: Path) -> None:
    (dist / "hostile").mkdir()
    (dist / "hostile" / "file").touch()


def add_link(dist: Path) -> None:
    (dist / "hostile").symlink_to("packages 1.json")


@linux
@pytest.mark.parametrize(
    "change",
    [change_file, remove_file, add_file, add_hidden_file, add_file_in_folder, add_link],
    ids=lambda change: change.__name__,
)
def test_changed_artifact_is_not_released(
    downloaded: tuple[Path, str, dict[str, str]], change: Callable[[Path], None]
) -> None:
    dist, text, environ = downloaded
    change(dist)

    assert run_bash(text, dist, **environ).returncode == 1


@linux
def test_missing_checksums_stop_the_release(downloaded: tuple[Path, str, dict[str, str]]) -> None:
    dist, text, _ = downloaded

    assert run_bash(text, dist, SUMS="").returncode == 1


@linux
def test_checksums_from_windows_are_understood(
    downloaded: tuple[Path, str, dict[str, str]],
) -> None:
    dist, text, environ = downloaded

    assert run_bash(text, dist, SUMS=environ["SUMS"].replace("  ", " *")).returncode == 0


def test_every_file_that_is_released_is_compared_before_anything_else() -> None:
    compared = {
        name: re.findall(r"needs\.(.+?) }}", list(steps_of(job))[1]["env"]["SUMS"])
        for name, job in RELEASE.items()
        if name in ("attest", "publish", "announce")
    }

    assert compared == {"attest": ALL_SUMS, "publish": ALL_SUMS[:1], "announce": ALL_SUMS}
    for job in ("build", "plugin"):
        assert RELEASE[job]["outputs"] == {
            name: f"${{{{ steps.sums.outputs.{name} }}}}"
            for name in (SYSTEMS if job == "plugin" else ["packages"])
        }
    assert len({list(steps_of(RELEASE[job]))[1]["run"] for job in compared}) == 1
