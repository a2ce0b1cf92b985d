"""The launcher: unusual homes, moved and deleted environments, other versions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages import __version__
from tests.caller_environment import get_variable
from tests.engine.cli import Project, copy_checkout, make_venv
from tests.engine.conftest import NewProject
from tests.engine.programs import PYTHON
from tests.expected_images import OLD

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(
        bool(get_variable("TCIMAGES_PLUGIN")),
        reason="TCIMAGES_PLUGIN is started without a launcher",
    ),
]

LOOKUP = """
import pulumi, pulumi_tcimages
image = pulumi_tcimages.get_platform_image(
    image_range="Train", framework="tensorflow", device="gpu", latest=True
)
pulumi.export("image", image.image_id)
"""
PIN = """
import pulumi, pulumi_tcimages
pin = pulumi_tcimages.PlatformImagePin(
    "train", image_range="Train", framework="tensorflow", device="gpu", latest=True
)
pulumi.export("image", pin.image.image_id)
"""
INLINE = (
    """
import os, shutil, subprocess, sys
from pulumi import automation

def program():
"""
    + "\n".join(f"    {line}" for line in LOOKUP.strip().splitlines())
    + """

stack = automation.create_or_select_stack("inline", "inline", program=program)
"""
)
ABSOLUTE = 'export PULUMI_HOME="$PWD/.ph"'


def unwrap(text: str) -> str:
    """Return a message without its line breaks."""
    return " ".join(text.split())


def home_of(project: Project) -> Path:
    return Path(project.environment["PULUMI_HOME"])


def launcher_of(project: Project, version: str = __version__) -> Path:
    folder = home_of(project) / "plugins" / f"resource-tcimages-v{version}"
    return folder / "pulumi-resource-tcimages"


def use_home(project: Project, home: Path) -> Project:
    """Return the project with another PULUMI_HOME."""
    environment = {**project.environment, "PULUMI_HOME": str(home)}
    return Project(project.folder, environment, project.stack, project.started)


def run_python(project: Project, code: str, **environment: str) -> str:
    """Run Python code in the project's environment and folder, and return its output."""
    (project.folder / "code.py").write_text(code, encoding="utf-8")
    result = subprocess.run(
        [project.folder / "venv" / "bin" / "python", "code.py"],
        cwd=project.folder,
        env={**project.environment, "TMPDIR": str(project.folder), **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_relative_home_in_the_project_folder_works_with_a_warning(new_project: NewProject) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": LOOKUP})

    result = project.pulumi("up", PULUMI_HOME=".ph")

    assert project.outputs() == {"image": OLD}
    assert ABSOLUTE in unwrap(result.text)
    assert len(list(project.folder.glob(".ph/plugins/resource-tcimages-*/*"))) == 1


@pytest.mark.parametrize("layout", ["main in a subfolder", "started in a subfolder"])
def test_unusable_relative_home_is_reported_and_not_created(
    new_project: NewProject, layout: str
) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": LOOKUP})
    folder = project.folder / "src"
    folder.mkdir()
    if layout == "main in a subfolder":
        shutil.move(project.folder / "__main__.py", folder)
        project.write("Pulumi.yaml", {**PYTHON, "main": "src/"})
        engines, other_folder = project.folder, folder
    else:
        engines, other_folder = folder, project.folder
    started = Project(engines, project.environment, project.stack, project.started)

    result = started.pulumi("up", PULUMI_HOME=".ph", fails=True)

    assert unwrap(result.text).count(ABSOLUTE) == 1
    assert (engines / ".ph").is_dir()
    assert not (other_folder / ".ph").exists()


def test_relative_home_of_the_automation_api_is_reported(
    new_project: NewProject,
) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON})
    code = INLINE + (
        "said = []\n"
        "try:\n    stack.up(on_output=said.append)\nexcept Exception:\n    pass\n"
        "print(''.join(said))\n"
    )

    output = run_python(project, code, PULUMI_HOME=".ph")

    assert ABSOLUTE in unwrap(output)
    assert not (project.folder / ".ph" / "plugins").exists()  # the CLI creates `.ph`


@pytest.mark.parametrize("damage", ["launcher removed", "environment deleted"])
def test_launcher_is_repaired_between_updates_of_one_process(
    new_project: NewProject, damage: str, tmp_path: Path
) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON})
    launcher = launcher_of(project)
    gone = f"{tmp_path}/gone"
    damage_code = "shutil.rmtree(os.path.dirname(launcher))"
    if damage == "environment deleted":
        damage_code = (
            "text = open(launcher).read().replace(sys.prefix, gone)\n"
            "open(launcher, 'w').write(text)"
        )
    code = INLINE + (
        f"launcher, gone = {str(launcher)!r}, {gone!r}\n"
        "first = stack.up()\n"
        f"{damage_code}\n"
        "second = stack.up()\n"
        "print(first.outputs['image'].value, second.outputs['image'].value, second.stderr)\n"
    )

    assert run_python(project, code).split() == [OLD, OLD]
    assert gone not in launcher.read_text()


def test_moved_environment_still_works(new_project: NewProject, tmp_path: Path) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": LOOKUP})
    (project.folder / "venv").unlink()
    make_venv(tmp_path / "before")
    (project.folder / "venv").symlink_to(tmp_path / "before")
    project.pulumi("up")
    (tmp_path / "before").rename(tmp_path / "after")
    (project.folder / "venv").unlink()
    (project.folder / "venv").symlink_to(tmp_path / "after")

    result = project.pulumi("up")

    assert result.problems == []
    assert str(tmp_path / "before") not in launcher_of(project).read_text()


@pytest.mark.parametrize("layout", ["pip install --target", "sources on PYTHONPATH"])
def test_package_on_pythonpath_works(
    new_project: NewProject, venv: Path, tmp_path: Path, layout: str
) -> None:
    """There is no console script, and files of the program shadow imported modules."""
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": LOOKUP})
    (project.folder / "venv").unlink()
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    (project.folder / "venv").symlink_to(bare)
    packages = next((venv / "lib").glob("python*/site-packages"))
    target = tmp_path / "target"
    if layout == "pip install --target":
        shutil.copytree(packages, target)  # the installed packages without the scripts
        path = f"{target}{os.pathsep}"  # a common mistake: the empty entry means the current folder
    else:
        target = copy_checkout(tmp_path / "sources")
        shutil.copytree(packages, tmp_path / "others", ignore=shutil.ignore_patterns("*tcimages*"))
        path = os.pathsep.join([str(target), str(tmp_path / "others"), ""])
    project.write("requests.py", "raise SystemExit('the requests of the program')\n")
    project.write("pydantic.py", "raise SystemExit('the pydantic of the program')\n")

    result = project.pulumi("up", PYTHONPATH=path)

    assert result.problems == []
    assert project.outputs() == {"image": OLD}
    assert str(target / "pulumi_tcimages" / "__main__.py") in launcher_of(project).read_text()


@pytest.mark.parametrize("command", ["refresh", "destroy", "up --refresh"])
def test_manual_install_serves_a_stack_of_an_older_version(
    new_project: NewProject, tmp_path: Path, command: str
) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": PIN})
    project.up()
    state = project.pulumi("stack", "export").stdout
    default = f"default_{__version__.replace('.', '_')}"
    older = state.replace(default, "default_0_0_1").replace(f'"{__version__}"', '"0.0.1"')
    project.write("older.json", older)
    project.pulumi("stack", "import", "--file", "older.json")
    fresh = use_home(project, tmp_path / "fresh")
    tcimages = project.folder / "venv" / "bin" / "tcimages"
    install: Any = [tcimages, "plugin", "install"]
    subprocess.run(install, env=fresh.environment, check=True, capture_output=True)

    failed = fresh.pulumi(*command.split(), fails=True)
    subprocess.run(
        [*install, "--version", "0.0.1"], env=fresh.environment, check=True, capture_output=True
    )
    result = fresh.pulumi(*command.split())

    assert "v0.0.1" in failed.text
    assert result.problems == []


def test_temporary_environment_does_not_replace_a_working_launcher(
    new_project: NewProject, tmp_path: Path
) -> None:
    """Two projects with the same version share a home, and one environment is deleted later."""
    first = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": PIN})
    first.up()
    before = launcher_of(first).read_text()
    other = {**PYTHON, "name": "other"}
    second = new_project(files={"Pulumi.yaml": other, "__main__.py": LOOKUP})
    (second.folder / "venv").unlink()
    make_venv(tmp_path / "temporary")
    (second.folder / "venv").symlink_to(tmp_path / "temporary")
    second.up()
    shutil.rmtree(tmp_path / "temporary")

    refresh = first.pulumi("refresh")

    assert refresh.problems == []
    assert launcher_of(first).read_text() == before


def test_plugin_installed_by_pulumi_is_kept(new_project: NewProject) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": LOOKUP})
    script = project.folder / "venv" / "bin" / "pulumi-resource-tcimages"
    project.pulumi("plugin", "install", "resource", "tcimages", __version__, "-f", str(script))
    folder = launcher_of(project).parent
    before = sorted(path.name for path in folder.iterdir())

    result = project.pulumi("up")

    assert result.problems == []
    assert sorted(path.name for path in folder.iterdir()) == before
    tcimages = project.folder / "venv" / "bin" / "tcimages"
    status = subprocess.run(
        [tcimages, "plugin", "status"], env=project.environment, capture_output=True, text=True
    )
    assert "state     installed: " in status.stdout


@pytest.mark.parametrize("name", ["two words", "it's", "100%", "图像", "new\nline"])
def test_home_with_any_name_works(new_project: NewProject, name: str) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": LOOKUP})
    moved = use_home(project, home_of(project).with_name(name))

    result = moved.pulumi("up")

    assert result.problems == []
    assert moved.outputs() == {"image": OLD}
