"""Every example as it is written, through the engine; pick_image and pin_image are in the tests
of discovery and of a stack's life."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pulumi_tcimages.emulator import Emulator, Key
from tests.engine.conftest import NewProject

pytestmark = pytest.mark.engine

TRAINING = "91c8dd73-d3b5-5ded-a963-bd7dbd75f08e"
TRAINING_URL = (
    "tione.tencentcloudcr.com/qcloud-ti-platform/notebook-conda-gpu:"
    "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu"
)
SESSION = "9cb4085e-4091-57b3-9e43-6f3a206a62af"
SESSION_URL = "ccr.ccs.tencentyun.com/dlc_cloud/pytorch:dev-v20250818"


def test_deployment_stack_dev_follows_prod_holds_and_training_reads_what_they_chose(
    new_project: NewProject, cloud: Emulator
) -> None:
    dev = new_project("deployment_stack/images")
    prod = dev.on("prod")
    training = new_project("deployment_stack/training")
    dev.up()
    prod.up()
    (newer,) = (
        one for one in cloud.catalogue.platform_images("ap-guangzhou") if one["ImageId"] == TRAINING
    )
    cloud.catalogue.add_platform_image(
        {**newer, "ImageId": "next", "FrameworkVersion": "2.9", "ImageUrl": "registry/next:2.9"}
    )

    dev.up()
    prod.up()
    training.up()
    in_production = training.on("prod")
    in_production.up()

    assert training.outputs() == {"image_id": "next", "image_url": "registry/next:2.9"}
    assert in_production.outputs() == {"image_id": TRAINING, "image_url": TRAINING_URL}


def test_explicit_provider_asks_each_region_with_its_own_keys(
    new_project: NewProject, cloud: Emulator
) -> None:
    project = new_project("explicit_provider")
    research = cloud.keys.add(Key("AKIDresearch", "research-key"))
    profile = Path(project.environment["HOME"], ".tccli", "research.credential")
    profile.parent.mkdir()
    profile.write_text(
        json.dumps({"secretId": research.secret_id, "secretKey": research.secret_key})
    )

    project.pulumi("up")

    assert project.outputs() == {
        "guangzhou_region": "ap-guangzhou",
        "guangzhou_count": 29,
        "guangzhou_newest": "vllm(0.20.2)",
        "shanghai_region": "ap-shanghai",
        "shanghai_count": 29,
        "shanghai_newest": "vllm(0.20.2)",
    }
    assert {(one.region, one.secret_id) for one in cloud.requests} == {
        ("ap-guangzhou", cloud.secret_id),
        ("ap-shanghai", research.secret_id),
    }
    assert "research-key" not in project.pulumi("stack", "export").stdout


def test_yaml_resolves_functions_and_a_pin(new_project: NewProject) -> None:
    project = new_project("yaml")

    ran = project.pulumi("up")

    assert ran.problems == []
    outputs = project.outputs()
    assert len(outputs.pop("notebookImageIds")) > 5
    assert outputs == {
        "sessionImageId": SESSION,
        "sessionImageUrl": SESSION_URL,
        "trainingImageId": TRAINING,
        "trainingImageUrl": TRAINING_URL,
    }
    project.pulumi("up", "--expect-no-changes")
    project.pulumi("destroy")


def test_typescript_resolves_a_function_and_a_pin(new_project: NewProject) -> None:
    for command in ("node", "npm", "pulumi-language-nodejs"):
        if not shutil.which(command):
            pytest.skip(f"NOT PROVEN: no {command} here, so no TypeScript program was run")
    project = new_project("typescript")
    add = project.pulumi("package", "add", "./venv/bin/pulumi-resource-tcimages", fails=None)
    if "npm error" in add.text:
        pytest.skip(f"NOT PROVEN: npm could not fetch Pulumi's SDK: {add.text[-300:]}")
    assert add.code == 0, add.text

    ran = project.pulumi("up")

    assert ran.problems == []
    expected = {
        "sessionImageId": SESSION,
        "sessionImageUrl": SESSION_URL,
        "trainingImageId": TRAINING,
        "trainingImageUrl": TRAINING_URL,
    }
    assert project.outputs() == expected
    project.pulumi("up", "--expect-no-changes")
    project.pulumi("refresh")
    assert project.outputs() == expected
    project.pulumi("destroy")
    assert project.resources() == {}
