"""Pin states that another version of the package wrote, with a real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.cli import Project
from tests.engine.conftest import NewProject
from tests.engine.programs import CRITERIA, pin, yaml_program
from tests.expected_images import OLD

pytestmark = pytest.mark.engine


def edit_outputs(project: Project, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change the pin's outputs in the state, as another version would have written them."""
    deployment = json.loads(project.pulumi("stack", "export").stdout)
    for resource in deployment["deployment"]["resources"]:
        if resource["type"] == "tcimages:index:PlatformImagePin":
            edit(resource["outputs"])
    project.write("state.json", deployment)
    project.pulumi("stack", "import", "--file", "state.json")


def test_state_without_resolved_at_is_refreshed_and_updated(new_project: NewProject) -> None:
    def program(**more: Any) -> dict[str, Any]:
        outputs = {"id": "${held.image.imageId}", "at": "${held.resolvedAt}"}
        return yaml_program(resources={"held": pin(**CRITERIA, **more)}, outputs=outputs)

    project = new_project(files={"Pulumi.yaml": program()})
    project.up()

    edit_outputs(project, lambda outputs: outputs.pop("resolvedAt"))
    project.pulumi("refresh")
    assert project.resources()["held"]["outputs"]["resolvedAt"] == ""

    edit_outputs(project, lambda outputs: outputs.update(resolvedAt=None, available=None, more=1))
    project.write("Pulumi.yaml", program(imageType="TCR"))
    project.up()
    assert project.outputs() == {"id": OLD, "at": ""}


def test_state_without_an_image_is_reported_and_repaired_by_a_trigger(
    new_project: NewProject,
) -> None:
    def program(**more: Any) -> dict[str, Any]:
        return yaml_program(resources={"held": pin(**CRITERIA, **more)})

    project = new_project(files={"Pulumi.yaml": program()})
    project.up()

    edit_outputs(project, lambda outputs: outputs.update(image=None))
    refresh = project.pulumi("refresh", fails=True)
    project.up()
    project.write("Pulumi.yaml", program(triggers={"again": "1"}))
    project.up()

    assert "written by another version of pulumi-tcimages" in " ".join(refresh.text.split())
    assert "Traceback" not in refresh.text
    assert project.resources()["held"]["outputs"]["image"]["imageId"] == OLD
