"""Failures end with one clear message, do not hang, and leave nothing behind."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages import lookup
from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import TcImagesError
from pulumi_tcimages.naming import NameStyle, camel, snake
from pulumi_tcimages.sources.platform_images import PlatformImageQuery
from tests.engine.cli import PROC, CommandResult, Project
from tests.engine.conftest import NewProject
from tests.engine.programs import CRITERIA, PLUGINS, PYTHON, invoke, pin, yaml_program
from tests.engine.toolchains import (
    NODE,
    add_typescript_sdk,
    copy_typescript_settings,
    require_tools,
)
from tests.timeouts import PATIENCE_S, wait_until

pytestmark = pytest.mark.engine

FAILURES = {
    "wrong value": (
        'image_range="Train", framework_version="2.5"',
        {"imageRange": "Train", "frameworkVersion": "2.5"},
    ),
    "no match": (
        'image_range="Train", framework="pytorch", framework_version=">=7"',
        {"imageRange": "Train", "framework": "pytorch", "frameworkVersion": ">=7"},
    ),
    "several": (
        'image_range="Train", framework="tensorflow", framework_version="==2.15.*"',
        {"imageRange": "Train", "framework": "tensorflow", "frameworkVersion": "==2.15.*"},
    ),
}


def list_leftovers(project: Project) -> list[str]:
    """Return locks in the backend, and files in the plugins folder other than the launcher."""
    backend = Path(project.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
    plugins = Path(project.environment["PULUMI_HOME"], "plugins")
    files = [*backend.glob(".pulumi/locks/**/*.json"), *plugins.glob("resource-tcimages-v*/*")]
    return [file.name for file in files if file.name != "pulumi-resource-tcimages"]


def make_python(new_project: NewProject) -> Project:
    cases = "\n".join(
        f"if failure == {name!r}:\n    tcimages.get_platform_image({keywords})"
        for name, (keywords, _) in FAILURES.items()
    )
    program = "import pulumi\nimport pulumi_tcimages as tcimages\n"
    program += f"failure = pulumi.Config().require('failure')\n{cases}\n"
    return new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": program})


def make_typescript(new_project: NewProject) -> Project:
    require_tools(*NODE)
    cases = {name: arguments for name, (_, arguments) in FAILURES.items()}
    program = (
        'import * as pulumi from "@pulumi/pulumi";\n'
        'import * as tcimages from "@pulumi/tcimages";\n'
        f"const cases: Record<string, any> = {json.dumps(cases)};\n"
        'const failure = new pulumi.Config().require("failure");\n'
        "export const image = tcimages.getPlatformImageOutput(cases[failure]).imageId;\n"
    )
    settings = {"name": "program", "runtime": "nodejs", "plugins": PLUGINS}
    project = new_project(files={"Pulumi.yaml": settings, "index.ts": program})
    copy_typescript_settings(project)
    add_typescript_sdk(project, "./venv/bin/pulumi-resource-tcimages")
    return project


def make_yaml(new_project: NewProject) -> Project:
    return new_project(files={"Pulumi.yaml": yaml_program()})


def write_lookup(cloud: Emulator, arguments: dict[str, Any], language: str) -> list[str]:
    """Return the lines of the error in the name style of a language."""
    style: NameStyle = snake if language == "python" else camel
    client = open_client(read_configuration({}), environ=cloud.environment)
    with closing(client), pytest.raises(TcImagesError) as raised:
        lookup.find_image(client, read_query(PlatformImageQuery, arguments, camel))
    return raised.value.text(style("get_platform_image"), style).splitlines()


@pytest.mark.parametrize(
    ("language", "make"),
    [("python", make_python), ("yaml", make_yaml), ("typescript", make_typescript)],
    ids=["python", "yaml", "typescript"],
)
def test_error_is_shown_whole_without_a_traceback_and_leaves_nothing(
    language: str,
    make: Callable[[NewProject], Project],
    new_project: NewProject,
    cloud: Emulator,
) -> None:
    project = make(new_project)
    for failure, (_, arguments) in FAILURES.items():
        if language == "yaml":
            inputs = {"image": invoke("getPlatformImage", **arguments)}
            project.write(
                "Pulumi.yaml", yaml_program(variables=inputs, outputs={"image": "${image}"})
            )
        project.configure(own_failure=failure)

        result = project.pulumi("up", "--skip-preview", fails=True)

        diagnostics = result.text.partition("Diagnostics:")[2] or result.text
        lines = {line.strip() for line in diagnostics.splitlines()}
        headline, *rest = write_lookup(cloud, arguments, language)
        assert headline in " ".join(diagnostics.split())
        assert [line for line in rest if line.strip() not in lines] == []
        assert "Traceback" not in result.text
        assert diagnostics.count("Next     ") == 1
        assert list_leftovers(project) == []


@pytest.fixture
def hanging(new_project: NewProject, cloud: Emulator) -> Project:
    """A running program whose lookup waits for the cloud."""
    received = threading.Event()
    cloud.faults.add("DescribePlatformImages", Fault(before=received.set, delay_s=3600.0))
    project = new_project(
        files={
            "Pulumi.yaml": yaml_program(
                variables={"image": invoke("getPlatformImage", **CRITERIA)},
                outputs={"image": "${image}"},
            )
        }
    )
    project.start("preview")
    assert received.wait(PATIENCE_S)
    return project


@pytest.mark.skipif(not PROC.is_dir(), reason="NOT PROVEN: no /proc to look for processes in")
def test_killed_engine_ends_the_plugin_during_a_listing(hanging: Project) -> None:
    assert hanging.plugins()

    hanging.started[-1].kill()

    assert wait_until(lambda: not hanging.plugins())


@pytest.mark.skipif(not PROC.is_dir(), reason="NOT PROVEN: no /proc to look for processes in")
def test_killed_plugin_during_a_lookup_is_an_error(
    hanging: Project,
) -> None:
    for pid in hanging.plugins():
        os.kill(pid, signal.SIGKILL)

    stdout, stderr = hanging.started[-1].communicate(timeout=PATIENCE_S)

    result = CommandResult(hanging.started[-1].returncode, stdout + stderr, stdout)
    assert result.code != 0
    assert any("error:" in line for line in result.problems)


def test_interrupted_engine_ends_a_hanging_lookup(hanging: Project) -> None:
    hanging.started[-1].send_signal(signal.SIGINT)

    stdout, stderr = hanging.started[-1].communicate(timeout=PATIENCE_S)

    assert hanging.started[-1].returncode != 0
    assert "always a bug in the provider" not in stdout + stderr


def test_killed_pin_creation_is_cleared_as_the_readme_says(
    new_project: NewProject, cloud: Emulator
) -> None:
    received = threading.Event()
    cloud.faults.add("DescribePlatformImages", Fault(before=received.set, delay_s=3600.0))
    project = new_project(
        files={"Pulumi.yaml": yaml_program(resources={"training": pin(**CRITERIA)})}
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


WRONG_CONSTANTS = {
    "a range": "tcimages.PlatformImagePin('train', framework_version='^2.5')",
    "a regular expression": "tcimages.PlatformImagePin('train', name_regex='[')",
    "another name": "tcimages.PlatformImagePin('train', framework_type='pytorch')",
    "a framework": ("tcimages.SessionImagePin('s', data_engine_id='D', framework_type='pytorch')"),
    "a provider's part": "tcimages.Provider('p', endpoints={'tione': 'https://a/path'})",
    "a provider's number": "tcimages.Provider('p', assume_role={'session_duration': 99999})",
}


def test_invalid_constant_prints_one_message_with_its_line(
    new_project: NewProject,
) -> None:
    cases = "\n".join(
        f"if failure == {name!r}:\n    {statement}" for name, statement in WRONG_CONSTANTS.items()
    )
    program = "import pulumi\nimport pulumi_tcimages as tcimages\n"
    program += f"failure = pulumi.Config().require('failure')\n{cases}\n"
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": program})
    for number, failure in enumerate(WRONG_CONSTANTS):
        project.configure(own_failure=failure)

        result = project.pulumi("up", "--skip-preview", fails=True)

        diagnostics = result.text.partition("Diagnostics:")[2] or result.text
        assert "invalid argument. [invalid-argument]" in diagnostics, failure
        assert f"At       __main__.py:{5 + 2 * number}" in diagnostics
        assert diagnostics.count("Next     ") == 1
        assert "Traceback" not in result.text
        assert "KeyboardInterrupt" not in result.text


PYTHON_WITH_PROVIDER = """import pulumi
import pulumi_tcimages as tcimages

provider = tcimages.Provider("other", timeout_seconds=0.0001, region="ap-guangzhou")
tcimages.get_platform_image(
    image_range="Train", framework="pytorch", latest=True,
    opts=pulumi.InvokeOptions(provider=provider),
)
"""


def write_yaml_with_provider() -> dict[str, Any]:
    newest = invoke("getPlatformImage", **CRITERIA)
    newest["fn::invoke"]["options"] = {"provider": "${other}"}
    properties = {"timeoutSeconds": 0.0001, "region": "ap-guangzhou"}
    return yaml_program(
        resources={"other": {"type": "pulumi:providers:tcimages", "properties": properties}},
        variables={"newest": newest},
        outputs={"id": "${newest.imageId}"},
    )


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"Pulumi.yaml": PYTHON, "__main__.py": PYTHON_WITH_PROVIDER}, "timeout_seconds"),
        ({"Pulumi.yaml": write_yaml_with_provider()}, "timeoutSeconds"),
    ],
    ids=["python", "yaml"],
)
def test_advice_about_an_explicit_provider_does_not_change_the_stack(
    new_project: NewProject, files: dict[str, Any], name: str
) -> None:
    project = new_project(files=files)
    project.configure(timeoutSeconds="60")

    result = project.pulumi("preview", fails=True)

    assert f"Next     set {name} of the provider other to 60" in result.text
    assert "pulumi config" not in result.text
