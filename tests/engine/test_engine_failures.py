"""When it goes wrong: one clear message, never a hang, and nothing left behind."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from tests.engine.cli import PROC, Project, Ran
from tests.engine.conftest import NewProject
from tests.engine.programs import PYTHON, QUESTION, invoke, pin, yaml_program
from tests.timeouts import PATIENCE_S, wait_until

pytestmark = pytest.mark.engine

ASK = "import pulumi_tcimages as tcimages\ntcimages.get_platform_image({})\n"
FAILURES = {
    "wrong argument": (
        'image_range="Train", framwork="pytorch"',
        {"imageRange": "Train", "framwork": "pytorch"},
        ["framwork", "framework"],
    ),
    "no match": (
        'image_range="Train", framework="pytorch", framework_version=">=7"',
        {"imageRange": "Train", "framework": "pytorch", "frameworkVersion": ">=7"},
        ["no image matches", ">=7", "ap-guangzhou", "205 images"],
    ),
    "several": (
        'image_range="Train", framework="tensorflow", framework_version="==2.15.*"',
        {"imageRange": "Train", "framework": "tensorflow", "frameworkVersion": "==2.15.*"},
        ["2 images match", "tf2.15-py3.10-cpu", "tf2.15-py3.10-cuda12.2-gpu", "device"],
    ),
}


def left_behind(project: Project) -> list[str]:
    """Locks in the backend, and anything but the launcher among the plugins."""
    backend = Path(project.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
    plugins = Path(project.environment["PULUMI_HOME"], "plugins")
    files = [*backend.glob(".pulumi/locks/**/*.json"), *plugins.glob("resource-tcimages-v*/*")]
    return [file.name for file in files if file.name != "pulumi-resource-tcimages"]


@pytest.mark.parametrize(
    ("language", "failure"), [*(("python", failure) for failure in FAILURES), ("yaml", "several")]
)
def test_a_question_without_an_answer_fails_with_one_message_and_leaves_nothing(
    language: str, failure: str, new_project: NewProject
) -> None:
    keywords, arguments, expected = FAILURES[failure]
    if language == "python":
        project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": ASK.format(keywords)})
    else:
        inputs = {"image": invoke("getPlatformImage", **arguments)}
        project = new_project(
            files={"Pulumi.yaml": yaml_program(variables=inputs, outputs={"image": "${image}"})}
        )

    ran = project.pulumi("preview", fails=True)

    diagnostics = ran.text.partition("Diagnostics:")[2] or ran.text
    assert [text for text in expected if text not in diagnostics] == []
    assert "Traceback" not in ran.text
    assert diagnostics.count("Next     ") == 1
    assert left_behind(project) == []


@pytest.fixture
def hanging(new_project: NewProject, cloud: Emulator) -> Project:
    """A program whose lookup is stuck in the cloud."""
    received = threading.Event()
    cloud.faults.add("DescribePlatformImages", Fault(before=received.set, delay_s=3600.0))
    project = new_project(
        files={
            "Pulumi.yaml": yaml_program(
                variables={"image": invoke("getPlatformImage", **QUESTION)},
                outputs={"image": "${image}"},
            )
        }
    )
    project.start("preview")
    assert received.wait(PATIENCE_S)
    return project


@pytest.mark.skipif(not PROC.is_dir(), reason="NOT PROVEN: no /proc to look for processes in")
def test_killing_the_engine_in_the_middle_of_a_listing_ends_the_plugin(hanging: Project) -> None:
    assert hanging.plugins()

    hanging.started[-1].kill()

    assert wait_until(lambda: not hanging.plugins())


@pytest.mark.skipif(not PROC.is_dir(), reason="NOT PROVEN: no /proc to look for processes in")
def test_killing_the_plugin_in_the_middle_of_a_lookup_is_an_error_and_not_a_hang(
    hanging: Project,
) -> None:
    for pid in hanging.plugins():
        os.kill(pid, signal.SIGKILL)

    stdout, stderr = hanging.started[-1].communicate(timeout=PATIENCE_S)

    ran = Ran(hanging.started[-1].returncode, stdout + stderr, stdout)
    assert ran.code != 0
    assert any("error:" in line for line in ran.problems)


def test_interrupting_the_engine_ends_a_stuck_lookup_at_once(hanging: Project) -> None:
    hanging.started[-1].send_signal(signal.SIGINT)

    stdout, stderr = hanging.started[-1].communicate(timeout=PATIENCE_S)

    assert hanging.started[-1].returncode != 0
    assert "always a bug in the provider" not in stdout + stderr


def test_what_a_killed_create_of_a_pin_leaves_is_cleared_as_the_readme_says(
    new_project: NewProject, cloud: Emulator
) -> None:
    received = threading.Event()
    cloud.faults.add("DescribePlatformImages", Fault(before=received.set, delay_s=3600.0))
    project = new_project(
        files={"Pulumi.yaml": yaml_program(resources={"training": pin(**QUESTION)})}
    )
    project.start("up", "--skip-preview")
    assert received.wait(PATIENCE_S)
    project.started[-1].kill()
    project.started[-1].communicate()
    project.pulumi("cancel", "--yes", "dev")

    warned = project.up()
    pinned = project.resources()["training"]["id"]
    project.pulumi("refresh", "--clear-pending-creates")

    assert "PlatformImagePin::training, interrupted while creating" in warned.text
    assert project.up().problems == []
    assert project.resources()["training"]["id"] == pinned
