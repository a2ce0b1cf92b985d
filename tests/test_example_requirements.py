"""Each example's requirements can be installed, although the package is not on an index."""

from __future__ import annotations

import re
import shutil
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from pulumi_tcimages import __version__
from tests.fresh_environments import create_environment, install

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
FILES = sorted(EXAMPLES.glob("**/requirements.txt"))
FILES = [file for file in FILES if "venv" not in file.parts]


def group_equal_files() -> dict[str, list[Path]]:
    """Group the files in whose folders pip does the same: equal text at an equal depth."""
    groups: dict[str, list[Path]] = {}
    for file in FILES:
        depth = len(file.relative_to(EXAMPLES).parts)
        groups.setdefault(f"{depth} {file.read_text(encoding='utf-8')}", []).append(file)
    return {files[0].parent.name: files for files in groups.values()}


GROUPS = group_equal_files()


def installed_in(environment: Path) -> dict[str, str]:
    """Return the versions of an environment's packages by name."""
    (folder,) = environment.glob("**/site-packages")
    return {package.name: package.version for package in metadata.distributions(path=[str(folder)])}


def imported_by(folder: Path) -> set[str]:
    """Return the packages that an example's program and tests import, or `pulumi`."""
    sources = (path for path in folder.rglob("*.py") if "venv" not in path.parts)
    program = "\n".join(source.read_text("utf-8") for source in sources)
    imported = set(re.findall(r"^(?:import|from) (pulumi_tcimages|pytest)\b", program, re.M))
    return {name.replace("_", "-") for name in imported} or {"pulumi"}


def test_every_python_example_has_requirements() -> None:
    projects = [
        settings.parent
        for settings in EXAMPLES.glob("**/Pulumi.yaml")
        if "python" in str(yaml.safe_load(settings.read_text(encoding="utf-8"))["runtime"])
    ]

    assert [file.parent for file in FILES] == sorted(projects)


@pytest.mark.parametrize("name", GROUPS)
def test_example_requirements_install_in_their_folder(name: str, tmp_path: Path) -> None:
    """Like `pulumi install`, run pip in the example's folder, because its paths are relative."""
    files = GROUPS[name]
    python = create_environment(tmp_path / "venv")

    # Without dependencies, because the package's tests cover those.
    install(python, "--no-deps", "-r", "requirements.txt", cwd=files[0].parent)

    versions = installed_in(tmp_path / "venv")
    assert {file.parent: imported_by(file.parent) for file in files} == {
        file.parent: versions.keys() for file in files
    }
    assert versions.get("pulumi-tcimages", __version__) == __version__


def test_dockerfile_of_the_runner_image_installs(tmp_path: Path) -> None:
    """Run the Dockerfile's COPY and pip steps in a folder in place of the image."""
    text = (EXAMPLES / "runner" / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (.+)$", text, re.M):
        *sources, target = line.split()
        folder = tmp_path / target.strip("/")
        for source in map(ROOT.joinpath, sources):
            if source.is_dir():
                shutil.copytree(source, folder)
            else:
                folder.mkdir(exist_ok=True)
                shutil.copy(source, folder)
    (source_path,) = re.findall(r"^RUN python -m pip install --no-cache-dir (/.+)$", text, re.M)
    python = create_environment(tmp_path / "venv")

    install(python, "--no-deps", f"{tmp_path}{source_path}", cwd=tmp_path)

    assert installed_in(tmp_path / "venv") == {"pulumi-tcimages": __version__}
