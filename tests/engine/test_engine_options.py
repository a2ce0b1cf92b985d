"""Pulumi's resource options, reads and unknown values work on pins."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from tests.engine.conftest import NewProject
from tests.engine.programs import PYTHON, yaml_program
from tests.expected_images import OLD

pytestmark = pytest.mark.engine

BEFORE = """
import pulumi
import pulumi_tcimages as tcimages

config = pulumi.Config()
pinned = tcimages.PlatformImagePin(
    "old-name", image_range="Train", framework="tensorflow", device="gpu", latest=True,
    opts=pulumi.ResourceOptions(protect=True),
)
ignoring = tcimages.PlatformImagePin(
    "ignoring", image_range="Train", framework=config.require("framework"), device="gpu",
    latest=True, opts=pulumi.ResourceOptions(ignore_changes=["framework"]),
)
# The trigger is not known in the first preview, and so neither is the time; the image is.
waiting = tcimages.PlatformImagePin(
    "waiting", framework="tensorflow", device="gpu", latest=True,
    triggers={"when": pinned.resolved_at},
)
answer = tcimages.get_platform_image_output(
    image_id=waiting.image.image_id, image_range=waiting.resolved_at.apply(lambda _: "Train")
)
for name, value in {"ignoring": ignoring.image.framework, "answer": answer.image_name}.items():
    pulumi.export(name, value)
"""

AFTER = BEFORE.replace('"old-name"', '"new-name"').replace(
    "protect=True", 'protect=True, aliases=[pulumi.Alias(name="old-name")]'
)
READ = """
import pulumi
import pulumi_tcimages as tcimages

known = tcimages.PlatformImagePin.get("known", "{image_id}")
pulumi.export("name", known.image.image_name)
pulumi.export("id", known.image.image_id)
pulumi.export("at", known.resolved_at)
"""


def test_pulumi_resource_options_work_on_pins(
    new_project: NewProject,
) -> None:
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": BEFORE})
    project.configure(own_framework="tensorflow")

    preview = project.pulumi("preview")
    assert "+ 4 to create" in preview.text
    assert preview.problems == []

    project.up()
    assert project.outputs() == {
        "ignoring": "TENSORFLOW",
        "answer": "tf2.15-py3.10-cuda12.2-gpu",
    }
    pin_id = project.resources()["old-name"]["id"]

    project.write("__main__.py", AFTER)
    project.configure(own_framework="pytorch")
    project.pulumi("up", "--expect-no-changes")
    assert project.resources()["new-name"]["id"] == pin_id
    assert project.resources()["ignoring"]["inputs"]["framework"] == "tensorflow"

    failed = project.pulumi("destroy", fails=True)
    assert "protected" in failed.text
    project.pulumi("state", "unprotect", "--all")
    project.pulumi("destroy")
    assert project.resources() == {}


def test_get_reads_a_pin_by_image_id_without_a_diff(new_project: NewProject) -> None:
    program = READ.format(image_id=OLD)
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": program})

    project.pulumi("up")
    project.pulumi("up", "--expect-no-changes")

    assert project.outputs() == {"name": "tf2.15-py3.10-cuda12.2-gpu", "id": OLD, "at": ""}


GONE = "ResourceNotFound.DataEngineNotFound"


def test_pin_of_a_deleted_engine_can_be_refreshed_and_destroyed(
    new_project: NewProject, cloud: Emulator
) -> None:
    criteria = {
        "dataEngineId": "DataEngine-e482ijv6",
        "frameworkType": "machine-learning",
        "framework": "pytorch",
        "latest": True,
    }
    spark = {"type": "tcimages:SessionImagePin", "properties": criteria}
    project = new_project(files={"Pulumi.yaml": yaml_program(resources={"spark": spark})})
    project.up()
    cloud.faults.add("DescribeSessionImageVersion", Fault(code=GONE, times=100))

    refreshed = project.pulumi("refresh")
    project.pulumi("destroy", "--refresh")

    assert "is no longer offered in ap-guangzhou" in refreshed.text
    assert f"cannot be listed any more; Tencent Cloud says {GONE}" in refreshed.text
    assert project.resources() == {}


UNKNOWN_REGION = """
import pulumi
import pulumi_tcimages as tcimages

pin = tcimages.PlatformImagePin("first", image_range="Train", image_id="{image_id}")
provider = tcimages.Provider("later", region=pin.resolved_at.apply(lambda _: "ap-shanghai"))
image = tcimages.get_platform_image_output(
    image_id="{image_id}", opts=pulumi.InvokeOutputOptions(provider=provider)
)
pulumi.export("region", image.region)
pulumi.export("shouted", image.image_name.apply(lambda name: name.upper()))
"""


def test_provider_with_unknown_region_works_in_the_update(
    new_project: NewProject, cloud: Emulator
) -> None:
    program = UNKNOWN_REGION.format(image_id=OLD)
    project = new_project(files={"Pulumi.yaml": PYTHON, "__main__.py": program})

    preview = project.pulumi("preview")
    assert preview.problems == []
    assert "TF2.15" not in preview.text

    project.up()
    assert project.outputs() == {
        "region": "ap-shanghai",
        "shouted": "TF2.15-PY3.10-CUDA12.2-GPU",
    }
    assert cloud.requests[-1].region == "ap-shanghai"
