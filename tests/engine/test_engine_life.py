"""A stack over time: a lookup follows the catalogue, and a pin moves only on request."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_tcimages import __version__
from pulumi_tcimages.emulator import Emulator
from tests.engine.cli import Project
from tests.engine.conftest import NewProject
from tests.engine.programs import CRITERIA, NEW, PIN_IMAGE, offer_newer_image, pin, yaml_program
from tests.expected_images import OLD

pytestmark = pytest.mark.engine

OFFLINE = "7b9e0d42-6fa4-5240-8e98-d053203d219d"
CHOOSES_NEW = f"id {NEW}). The pin keeps its image"
WITHDRAWN = f"id {NEW}) is no longer offered"


def read_outputs(project: Project) -> tuple[Any, ...]:
    """Return the stack's outputs: pinned id, newest id, the pin's newer id and availability."""
    outputs = project.outputs()
    names = ("pinned_id", "newest_id", "newer_than_pinned", "still_offered")
    return tuple(outputs[name] for name in names)


@pytest.fixture(params=["python", "yaml"])
def project(request: pytest.FixtureRequest, new_project: NewProject) -> Project:
    """The unchanged examples/pin_image, and the same program in YAML."""
    if request.param == "python":
        return new_project("pin_image")
    return new_project(files={"Pulumi.yaml": PIN_IMAGE})


def test_pin_moves_only_for_trigger_criteria_or_region(project: Project, cloud: Emulator) -> None:
    preview = project.pulumi("preview")
    assert OLD in preview.text  # a preview already looks up the image
    assert preview.problems == []

    up = project.pulumi("up")
    assert up.problems == []
    assert read_outputs(project) == (OLD, OLD, "", True)
    pin_id = project.resources()["training"]["id"]

    project.pulumi("up", "--expect-no-changes")

    offer_newer_image(cloud.catalogue)
    up = project.up()
    assert "1 updated" not in up.text
    assert read_outputs(project) == (OLD, NEW, "", True)

    refresh = project.pulumi("refresh")
    assert CHOOSES_NEW in refresh.text
    assert project.resources()["training"]["outputs"]["newerImageId"] == NEW

    project.configure(own_frameworkVersion=">=2.9,<3")
    up = project.up()
    assert "1 updated" in up.text
    # The image also satisfies the changed criteria.
    assert read_outputs(project) == (OLD, NEW, NEW, True)

    project.configure(own_chosen="2026-12")
    project.up()
    assert read_outputs(project) == (NEW, NEW, "", True)

    cloud.catalogue.withdraw_platform_image(NEW)
    assert WITHDRAWN in project.pulumi("refresh").text
    up = project.up()
    assert WITHDRAWN in up.text
    assert read_outputs(project) == (NEW, OLD, OLD, False)

    project.configure(own_frameworkVersion=">=2.8,<2.16")
    project.up()
    # The image does not satisfy these criteria.
    assert read_outputs(project) == (OLD, OLD, "", True)

    offer_newer_image(cloud.catalogue)
    project.configure(own_frameworkVersion=">=2.8,<3", region="ap-shanghai")
    project.up()
    assert read_outputs(project) == (NEW, NEW, "", True)
    pin = project.resources()["training"]
    assert (pin["id"], pin["outputs"]["region"]) == (pin_id, "ap-shanghai")

    project.pulumi("destroy")
    assert project.resources() == {}


def test_imported_image_stays_until_criteria_or_triggers_change(
    new_project: NewProject, cloud: Emulator
) -> None:
    untriggered = {"training": pin(**CRITERIA)}
    project = new_project(files={"Pulumi.yaml": {**PIN_IMAGE, "resources": untriggered}})
    offer_newer_image(cloud.catalogue)

    imported = project.pulumi(
        "import", "tcimages:index:PlatformImagePin", "training", OLD, "--protect=false"
    )
    assert f"imageId: {OLD}" in imported.text  # the proposed code

    project.up()
    assert read_outputs(project) == (OLD, NEW, NEW, True)

    project.write("Pulumi.yaml", PIN_IMAGE)  # adds a trigger to the pin
    project.up()
    assert read_outputs(project) == (NEW, NEW, "", True)


def test_imported_offline_engine_version_is_unchanged_by_the_proposed_code(
    new_project: NewProject,
) -> None:
    project = new_project(files={"Pulumi.yaml": yaml_program()})
    kind, identity = "EngineImageVersionPin", f"StandardSpark/{OFFLINE}"

    imported = project.pulumi(
        "import", f"tcimages:index:{kind}", "engine", identity, "--protect=false"
    )
    proposed = {"engineType": "StandardSpark", "imageVersionId": OFFLINE, "state": "offline"}
    for name, value in proposed.items():
        assert f"{name}: {value}" in imported.text
    program = yaml_program(resources={"engine": pin(kind, **proposed)})
    project.write("Pulumi.yaml", program)

    assert project.pulumi("up", "--expect-no-changes").problems == []
    assert project.pulumi("refresh", "--expect-no-changes").problems == []


def test_image_changed_under_its_id_is_taken_only_on_request(
    new_project: NewProject, cloud: Emulator
) -> None:
    def program(**more: Any) -> dict[str, Any]:
        outputs = {"version": "${training.image.frameworkVersion}"}
        return yaml_program(resources={"training": pin(**CRITERIA, **more)}, outputs=outputs)

    project = new_project(files={"Pulumi.yaml": program()})
    project.up()
    cloud.catalogue.change_platform_image(OLD, FrameworkVersion="2.15.1")

    refresh = project.pulumi("refresh")
    project.up()
    kept = project.outputs()["version"]
    project.write("Pulumi.yaml", program(frameworkVersion=">=2.15.1"))
    up = project.up()

    changed = f"(id {OLD}) under its id: frameworkVersion."
    assert f"{changed} The pin keeps the stored values" in refresh.text
    assert kept == "2.15"
    assert f"{changed} The pin takes the new values" in up.text
    assert project.outputs()["version"] == "2.15.1"
    assert project.pulumi("refresh").problems == []


def test_stack_of_an_older_plugin_version_continues(new_project: NewProject) -> None:
    project = new_project("pin_image")
    project.up()
    pin_id = project.resources()["training"]["id"]
    state = project.pulumi("stack", "export").stdout
    default = f"default_{__version__.replace('.', '_')}"
    older = state.replace(default, "default_0_0_1").replace(f'"{__version__}"', '"0.0.1"')
    assert older != state
    project.write("older.json", older)
    project.pulumi("stack", "import", "--file", "older.json")

    project.pulumi("refresh")
    up = project.pulumi("up")

    assert up.problems == []
    assert "replaced" not in up.text
    assert project.resources()["training"]["id"] == pin_id
    project.pulumi("destroy")
    assert project.resources() == {}
