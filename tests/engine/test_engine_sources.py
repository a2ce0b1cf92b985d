"""The listings beside session and platform images, through a real engine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import NewProject
from tests.engine.programs import PYTHON, invoke, yaml_program

pytestmark = pytest.mark.engine

PRESET = {"libraries": {"transformers": ">=4.50"}, "framework": "pytorch", "latest": True}
ENGINE = {"engineType": "StandardSpark", "isPublic": True, "latest": True}
SPARK = {"childImageVersionId": "6247ef00-8bae-5125-886d-8efc71a7e29a", "nameRegex": "python$"}
RAY = {"type": "Ray", "device": "cpu", "components": {"python": "==3.11"}, "latest": True}
BUILT_IN = {"components": {"pytorch": ">=1.9"}, "latestBy": ["pytorch"]}
EXPECTED = {
    "preset": "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu",
    "builtIn": "team-torch2.7-py3.12-cuda12.8-gpu",
    "engine": "Standard-S 1.10",
    "spark": "spark:3.2.1-python",
    "ray": "tcray-2.55.1-py311-cpu",
}

YAML = yaml_program(
    variables={"found": invoke("getBuiltInImage", **BUILT_IN)},
    resources={
        "preset": {"type": "tcimages:PresetImagePin", "properties": PRESET},
        "engine": {"type": "tcimages:EngineImageVersionPin", "properties": ENGINE},
        "spark": {"type": "tcimages:PythonSparkImagePin", "properties": SPARK},
        "ray": {"type": "tcimages:RayImagePin", "properties": RAY},
    },
    outputs={
        "preset": "${preset.image.imageName}",
        "builtIn": "${found.imageName}",
        "engine": "${engine.image.imageVersion}",
        "spark": "${spark.image.sparkImageVersion}",
        "ray": "${ray.image.name}",
    },
)
PROGRAM = """
import pulumi
import pulumi_tcimages as tcimages

preset = tcimages.PresetImagePin(
    "preset", libraries={"transformers": ">=4.50"}, framework="pytorch", latest=True
)
engine = tcimages.EngineImageVersionPin(
    "engine", engine_type="StandardSpark", is_public=True, latest=True
)
spark = tcimages.get_python_spark_image_output(
    child_image_version_id="6247ef00-8bae-5125-886d-8efc71a7e29a", name_regex="python$"
)
ray = tcimages.RayImagePin(
    "ray", type="Ray", device="cpu", components={"python": "==3.11"}, latest=True
)
built_in = tcimages.get_built_in_image(components={"pytorch": ">=1.9"}, latest_by=["pytorch"])
pulumi.export("preset", preset.image.image_name)
pulumi.export("builtIn", built_in.image_name)
pulumi.export("engine", engine.image.image_version)
pulumi.export("spark", spark.spark_image_version)
pulumi.export("ray", ray.image.name)
"""


@pytest.mark.parametrize(
    "files",
    [{"Pulumi.yaml": YAML}, {"Pulumi.yaml": PYTHON, "__main__.py": PROGRAM}],
    ids=["yaml", "python"],
)
def test_every_listing_answers_and_its_pins_live_through_a_stack(
    new_project: NewProject, files: dict[str, Any]
) -> None:
    project = new_project(files=files)

    project.pulumi("preview")
    project.up("--yes")
    project.up("--yes", "--expect-no-changes")
    project.pulumi("refresh", "--yes")

    assert project.outputs() == EXPECTED
    project.pulumi("destroy", "--yes", "--skip-preview")
    assert project.resources().keys() <= {""}
