"""Unchanged examples with the engine. Other files here cover pick_image and pin_image."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_tcimages.emulator import Emulator
from tests.doc_blocks import format_exports
from tests.engine.cli import EXAMPLES
from tests.engine.conftest import NewProject
from tests.engine.toolchains import NODE, add_typescript_sdk, require_tools
from tests.expected_images import (
    EXPLICIT_PROVIDER,
    SESSION,
    SESSION_URL,
    TRAINING,
    TRAINING_URL,
    used_separate_keys,
    write_research_keys,
)

pytestmark = pytest.mark.engine

CHOSEN = {
    "sessionImageId": SESSION,
    "sessionImageUrl": SESSION_URL,
    "trainingImageId": TRAINING,
    "trainingImageUrl": TRAINING_URL,
}
"""The exports of the examples in other languages."""


def test_deployment_stack_dev_moves_and_prod_is_pinned(
    new_project: NewProject, cloud: Emulator
) -> None:
    dev = new_project("deployment_stack/images")
    prod = dev.select_stack("prod")
    training = new_project("deployment_stack/training")
    dev.up()
    prod.up()
    (newer,) = (
        item
        for item in cloud.catalogue.platform_images("ap-guangzhou")
        if item["ImageId"] == TRAINING
    )
    cloud.catalogue.add_platform_image(
        {**newer, "ImageId": "next", "FrameworkVersion": "2.9", "ImageUrl": "registry/next:2.9"}
    )

    dev.up()
    prod.up()
    training.up()
    in_production = training.select_stack("prod")
    in_production.up()

    assert training.outputs() == {"image_id": "next", "image_url": "registry/next:2.9"}
    assert in_production.outputs() == {"image_id": TRAINING, "image_url": TRAINING_URL}


def test_explicit_provider_uses_separate_keys_per_region(
    new_project: NewProject, cloud: Emulator
) -> None:
    project = new_project("explicit_provider")
    research = write_research_keys(cloud, Path(project.environment["HOME"]))

    project.pulumi("up")

    assert project.outputs() == EXPLICIT_PROVIDER
    assert used_separate_keys(cloud, research)
    assert research.secret_key not in project.pulumi("stack", "export").stdout


def test_every_listing_prints_the_output_in_the_readme(new_project: NewProject) -> None:
    project = new_project("every_listing")

    result = project.pulumi("up", "--skip-preview")

    assert result.problems == []
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"\n```text\n{format_exports(project.outputs())}```\n" in readme


def test_yaml_example_resolves_functions_and_a_pin(new_project: NewProject) -> None:
    project = new_project("yaml")

    result = project.pulumi("up")

    assert result.problems == []
    outputs = project.outputs()
    assert len(outputs.pop("notebookImageIds")) > 5
    assert outputs == CHOSEN
    project.pulumi("up", "--expect-no-changes")
    project.pulumi("destroy")


def test_typescript_example_resolves_a_function_and_a_pin(new_project: NewProject) -> None:
    require_tools(*NODE)
    project = new_project("typescript")
    # Not `pulumi package add ../..` as in Pulumi.yaml: it creates an environment in the checkout.
    settings = (project.folder / "Pulumi.yaml").read_text(encoding="utf-8")
    plugins = "plugins: {providers: [{name: tcimages, path: venv/bin}]}\n"
    project.write("Pulumi.yaml", settings + plugins)
    add_typescript_sdk(project, "./venv/bin/pulumi-resource-tcimages")

    result = project.pulumi("up")

    assert result.problems == []
    assert project.outputs() == CHOSEN
    project.pulumi("up", "--expect-no-changes")
    project.pulumi("refresh")
    assert project.outputs() == CHOSEN
    project.pulumi("destroy")
    assert project.resources() == {}
