"""The content of wheel and sdist, and the wheel with all versions that it allows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from pulumi_tcimages.emulator import Emulator
from tests.fresh_environments import create_environment, install, run_pip

ROOT = Path(__file__).parent.parent
DATA = {
    "emulator/catalogue.json",
    "emulator/catalogue.schema.json",
    "emulator/messages.json",
    "pulumi-plugin.json",
    "py.typed",
    "schema.json",
}
TOP = {
    "CHANGELOG.md",
    "LICENSE",
    "PKG-INFO",
    "PulumiPlugin.yaml",
    "README.md",
    "pyproject.toml",
    "schema.json",
    ".gitignore",  # the build creates these
}
PROGRAM = """
import sys
from pathlib import Path
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.testing import run

with Emulator() as cloud:
    print(run(sys.argv[1], environment=cloud.environment)["name"])
"""
LOOKUP_MODULE = """
import pulumi
import pulumi_tcimages as tcimages

image = tcimages.get_platform_image(framework="pytorch", image_range="Train", latest=True)
pulumi.export("name", image.image_name)
"""


def build(source: Path, folder: Path, *kinds: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder), *kinds],
        cwd=source,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new wheel and sdist."""
    folder = tmp_path_factory.mktemp("built")
    build(ROOT, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    return next(built.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel, which precedes the checkout on Python's path."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, *words: str, environment: dict[str, str]) -> str:
    result = subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": str(installed), **environment},
        cwd=installed.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_wheel_has_only_the_package_and_its_data(wheel: Path) -> None:
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


def test_sdist_has_only_the_sources_of_the_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    build(source, tmp_path, "-t", "wheel")

    files = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert {name for name in files if "/" not in name} == TOP
    assert {name.rpartition("/")[0] for name in files if name.startswith("examples")} == {
        "examples/pick_image"
    }
    assert {name.partition("/")[0] for name in files if "/" in name} == {
        "examples",
        "pulumi_tcimages",
    }
    with zipfile.ZipFile(wheel) as expected, zipfile.ZipFile(tmp_path / wheel.name) as contents:
        assert expected.namelist() == contents.namelist()


def test_twine_accepts_wheel_and_sdist(wheel: Path, sdist: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(sdist)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


def lowest(wheel: Path) -> Iterator[str]:
    """Yield every dependency pinned to the lowest version that the wheel allows."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = message_from_bytes(archive.read(name))
    for requirement in map(Requirement, metadata.get_all("Requires-Dist") or ()):
        if requirement.marker is None or requirement.marker.evaluate():
            (least,) = (part.version for part in requirement.specifier if part.operator == ">=")
            yield f"{requirement.name}=={least}"


@pytest.mark.parametrize("versions", ["newest", "lowest"])
def test_wheel_works_in_a_fresh_environment(wheel: Path, tmp_path: Path, versions: str) -> None:
    python = create_environment(tmp_path / "venv")
    value = [str(wheel), *(lowest(wheel) if versions == "lowest" else ())]
    (tmp_path / "asking.py").write_text(LOOKUP_MODULE, encoding="utf-8")
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")

    def run_in_folder(*words: str | Path, **environment: str) -> str:
        result = subprocess.run(
            list(map(str, words)),
            env={**os.environ, **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    install(python, *value, cwd=tmp_path)

    assert run_pip(python, "check", cwd=tmp_path) == "No broken requirements found.\n"
    with Emulator() as cloud:
        command = ("platform-images", "--framework", "vllm", "--latest", "--output", "ids")
        assert (
            len(run_in_folder(python.with_name("tcimages"), *command, **cloud.environment).split())
            == 1
        )
    assert "training_image_url  tione." in run_in_folder(
        python.with_name("tcimages"), "demo", PATH=""
    )
    assert "cuda" in run_in_folder(python, "program.py", "asking.py")


def test_wheel_works_outside_the_checkout(installed: Path) -> None:
    with Emulator() as cloud:
        table = run(
            installed,
            *("-m", "pulumi_tcimages.cli", "platform-images", "--framework", "vllm", "--latest"),
            *("--output", "ids"),
            environment=cloud.environment,
        )
        location = run(
            installed,
            *("-c", "import pulumi_tcimages; print(pulumi_tcimages.__file__)"),
            environment={},
        )

    assert len(table.split()) == 1
    assert Path(location.strip()).is_relative_to(installed)


def test_wheel_runs_the_demo(installed: Path) -> None:
    shown = run(installed, "-m", "pulumi_tcimages.cli", "demo", environment={"PATH": ""})

    assert "training_image_url  tione.tencentcloudcr.com/" in shown


def test_wheel_provides_the_pytest_fixture(installed: Path, tmp_path: Path) -> None:
    test = tmp_path / "test_theirs.py"
    test.write_text("def test_it(tcimages_emulator):\n    assert tcimages_emulator.endpoint\n")

    printed = run(
        installed,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(test)),
        environment={},
    )

    assert "1 passed" in printed


def test_test_files_named_in_security_policy_exist() -> None:
    named = re.findall(r"tests/[\w/]+\.py", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))

    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []
