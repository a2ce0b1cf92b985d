"""The wheel: what is in it, and that it works on its own, away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pulumi_tcimages.emulator import Emulator

ROOT = Path(__file__).parent.parent
DATA = {
    "cli/pick_image/Pulumi.yaml",
    "cli/pick_image/requirements.txt",
    "emulator/catalogue.json",
    "emulator/catalogue.schema.json",
    "pulumi-plugin.json",
    "py.typed",
    "schema.json",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel alone in a folder, which comes before the checkout wherever it is on the path."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, *words: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": str(installed), **environment},
        cwd=installed.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_has_the_package_its_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]

    package = "pulumi_tcimages/"
    assert [name for name in names if not name.startswith(package)] == []
    data = {name.removeprefix(package) for name in names if not name.endswith(".py")}
    assert data == DATA
    sources = {name for name in names if name.endswith(".py") and "/pick_image/" not in name}
    assert sources == {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "pulumi_tcimages").rglob("*.py")
    }


def test_the_wheel_answers_away_from_the_checkout(installed: Path) -> None:
    with Emulator() as cloud:
        table = run(
            installed,
            *("-m", "pulumi_tcimages.cli", "platform-images", "--framework", "vllm", "--latest"),
            *("--output", "ids"),
            environment=cloud.environment,
        )
        where = run(
            installed,
            *("-c", "import pulumi_tcimages; print(pulumi_tcimages.__file__)"),
            environment={},
        )

    assert len(table.split()) == 1
    assert Path(where.strip()).is_relative_to(installed)


def test_the_wheel_runs_its_demo(installed: Path) -> None:
    shown = run(installed, "-m", "pulumi_tcimages.cli", "demo", environment={"PATH": ""})

    assert "training_image_url  tione.tencentcloudcr.com/" in shown


def test_users_of_the_wheel_have_the_fixture(installed: Path, tmp_path: Path) -> None:
    test = tmp_path / "test_theirs.py"
    test.write_text("def test_it(tcimages_emulator):\n    assert tcimages_emulator.endpoint\n")

    said = run(
        installed,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(test)),
        environment={},
    )

    assert "1 passed" in said
