"""Advised commands, run as a user would paste them."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml

from tests.engine.cli import Project
from tests.engine.conftest import NewProject
from tests.engine.programs import CRITERIA, invoke, yaml_program

pytestmark = pytest.mark.engine


def write_newest_yaml() -> dict[str, Any]:
    newest = invoke("getPlatformImage", **CRITERIA)
    return yaml_program(variables={"newest": newest}, outputs={"id": "${newest.imageId}"})


def read_settings(project: Project) -> dict[str, Any]:
    path = project.folder / f"Pulumi.{project.stack}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["config"]


def run_advised_command(project: Project, text: str) -> str:
    """Run the only command that changes the configuration, and return it."""
    (command,) = re.findall(r"pulumi (config .*)", text)
    project.pulumi(*shlex.split(command))
    return command


def test_advised_command_changes_only_the_stack_of_the_operation(new_project: NewProject) -> None:
    selected = new_project(files={"Pulumi.yaml": write_newest_yaml()})
    other = selected.select_stack("prod.eu")
    selected.configure(region="ap-beijing", timeoutSeconds="600")
    other.configure(region="guangzhou", timeoutSeconds="0.0001")
    before = read_settings(selected)

    for _ in range(2):  # First the region is rejected, and then the lookup needs more time.
        failed = selected.pulumi("preview", "--stack", "prod.eu", fails=True)
        run_advised_command(selected, failed.text)

    assert read_settings(selected) == before
    assert read_settings(other)["tcimages:region"] == "ap-guangzhou"
    other.pulumi("preview")


def test_advised_command_changes_the_selected_stack(new_project: NewProject) -> None:
    project = new_project(files={"Pulumi.yaml": write_newest_yaml()})
    project.configure(region="guangzhou")

    failed = project.pulumi("preview", fails=True)
    command = run_advised_command(project, failed.text)

    assert "--stack dev " in command
    project.pulumi("preview")


def test_advised_command_keeps_a_secret_setting_secret(new_project: NewProject) -> None:
    project = new_project(files={"Pulumi.yaml": write_newest_yaml()})
    project.pulumi("config", "set", "--secret", "tcimages:timeoutSeconds", "0.0001")

    failed = project.pulumi("preview", fails=True)
    run_advised_command(project, failed.text)

    assert "secure" in read_settings(project)["tcimages:timeoutSeconds"]
    project.pulumi("preview")
