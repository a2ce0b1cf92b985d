"""After `pip install`, the engine finds the plugin, on used machines and on fresh ones."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pulumi_tcimages.emulator import Emulator
from tests.engine.cli import CHECKOUT, Project, copy_checkout
from tests.engine.conftest import NewProject
from tests.engine.programs import CRITERIA, NEW, PYTHON, invoke, yaml_program
from tests.expected_images import OLD, SESSION, TRAINING
from tests.plugin.conftest import Plugin

pytestmark = pytest.mark.engine

INLINE = """
import json, pulumi, pulumi_tcimages
from pulumi import automation

def program():
    pin = pulumi_tcimages.PlatformImagePin(
        "train", image_range="Train", framework="tensorflow", device="gpu", latest=True
    )
    pulumi.export("image", pin.image.image_id)

stack = automation.create_or_select_stack("inline", "inline", program=program)
image = stack.up().outputs["image"].value
print(json.dumps({"image": image, "destroy": stack.destroy().summary.result}))
"""


def use_new_home(project: Project) -> Project:
    """Return the project with a home in which no program has registered the plugin."""
    home = Path(project.environment["PULUMI_HOME"])
    fresh = home.with_name(f"{home.name}-fresh{len(project.started)}")
    environment = {**project.environment, "PULUMI_HOME": str(fresh)}
    return Project(project.folder, environment, project.stack, project.started)


@pytest.mark.parametrize("first", ["preview", "up"])
def test_first_command_after_pip_install_finds_the_plugin_without_warnings(
    first: str, new_project: NewProject
) -> None:
    project = new_project("pick_image")
    plugins = Path(project.environment["PULUMI_HOME"], "plugins")

    result = project.pulumi(first)

    assert result.problems == []
    assert SESSION in result.text
    assert TRAINING in result.text
    (launcher,) = plugins.glob("resource-tcimages-v*/*")
    assert launcher.name == "pulumi-resource-tcimages"


def test_inline_automation_api_program_finds_the_plugin(
    new_project: NewProject,
) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "inline.py": INLINE})

    result = subprocess.run(
        [project.folder / "venv" / "bin" / "python", "inline.py"],
        cwd=project.folder,
        env={**project.environment, "TMPDIR": str(project.folder)},  # the folder of its workspace
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {"image": OLD, "destroy": "succeeded"}


def test_commands_without_a_program_find_the_plugin_on_a_fresh_machine(
    new_project: NewProject, cloud: Emulator
) -> None:
    project = new_project("pin_image")
    project.up()
    cloud.catalogue.withdraw_platform_image(OLD)

    refresh = use_new_home(project).pulumi("refresh")
    assert f"(id {OLD}) is no longer offered" in refresh.text

    preview = use_new_home(project).pulumi("preview", "--refresh")
    assert f"(id {OLD}) is no longer offered" in preview.text

    session = f"DataEngine-e482ijv6/machine-learning/{SESSION}"
    use_new_home(project).pulumi(
        "import", "tcimages:index:SessionImagePin", "session", session, "--protect=false"
    )
    outputs = project.resources()["session"]["outputs"]
    assert outputs["image"]["sparkImageVersion"] == "pytorch-v2.7.1"

    use_new_home(project).pulumi("destroy")
    assert project.resources() == {}


def test_engine_accepts_the_schema_of_file_and_executable(
    new_project: NewProject,
) -> None:
    project = new_project(files={"Pulumi.yaml": yaml_program()})
    schema = CHECKOUT / "schema.json"

    checked = project.pulumi("schema", "check", str(schema))
    got = project.pulumi("package", "get-schema", "./venv/bin/pulumi-resource-tcimages")

    assert checked.problems == []
    assert json.loads(got.stdout) == json.loads(schema.read_text(encoding="utf-8"))


def test_package_add_of_a_clone_works_for_a_yaml_program(
    new_project: NewProject, tmp_path: Path
) -> None:
    program = yaml_program(
        variables={"newest": invoke("getPlatformImage", **CRITERIA)},
        outputs={"newest_id": "${newest.imageId}"},
    )
    del program["plugins"]
    project = new_project(files={"Pulumi.yaml": program})
    clone = copy_checkout(tmp_path / "clone")

    project.pulumi("package", "add", str(clone))
    result = project.pulumi("up")

    assert result.problems == []
    assert project.outputs() == {"newest_id": OLD}


def test_pulumi_do_calls_a_function(new_project: NewProject) -> None:
    project = new_project(files={"Pulumi.yaml": yaml_program()})
    command = ("do", "--package", "./venv/bin/pulumi-resource-tcimages")
    command += ("tcimages:index:getPlatformImage", "--image-range", "Train", "--framework")

    found = project.pulumi(*command, "tensorflow", "--device", "gpu", "--latest")
    failed = project.pulumi(*command, "tensorflow", "--gpu", "nonesuch", fails=True)

    assert OLD in found.stdout
    assert "getPlatformImage: no image matches. [no-match]" in failed.text
    assert NEW not in found.stdout


def test_engine_uses_the_plugin_that_it_is_attached_to(
    new_project: NewProject, cloud: Emulator
) -> None:
    program = yaml_program(
        variables={"newest": invoke("getPlatformImage", **CRITERIA)},
        outputs={"newest_id": "${newest.imageId}"},
    )
    project = new_project(files={"Pulumi.yaml": program})
    plugin = Plugin(cloud.environment)
    try:
        result = project.pulumi("up", PULUMI_DEBUG_PROVIDERS=f"tcimages:{plugin.port}")
        again = project.pulumi("preview", PULUMI_DEBUG_PROVIDERS=f"tcimages:{plugin.port}")
    finally:
        plugin.stop()

    assert result.problems == again.problems == []
    assert project.outputs() == {"newest_id": OLD}
