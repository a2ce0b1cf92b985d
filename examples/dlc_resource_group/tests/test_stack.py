"""Unit tests of the stack, with lookups in the emulator and a mock of the resource group."""

from pathlib import Path

import pulumi
import pytest
import yaml

import pulumi_tcimages as tcimages
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.testing import run

STACK = Path(__file__).parents[1]
RESOURCE_TYPE = "tencentcloud:index/dlcStandardEngineResourceGroup:DlcStandardEngineResourceGroup"
ENGINE = "DataEngine-e482ijv6"
NEWEST = {
    "image_name": "pytorch-v2.7.1",
    "image_version": "9cb4085e-4091-57b3-9e43-6f3a206a62af",
}
NEXT = {
    "SparkImageId": "next",
    "SparkImageTag": "ccr.ccs.tencentyun.com/dlc_cloud/pytorch:dev-v20261118",
    "SparkImageType": 2,
    "SparkImageVersion": "pytorch-v2.9.0",
}


class TencentCloud(pulumi.runtime.Mocks):
    """Mocks of the other provider, as Pulumi documents them. They get no lookups and no pins."""

    def __init__(self) -> None:
        self.groups: list[dict[str, object]] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        assert args.typ == RESOURCE_TYPE
        self.groups.append(args.inputs)
        return f"{args.name}-1", args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, object]:
        raise NotImplementedError(args.token)


def deploy(
    stack: str, cloud: Emulator, mocks: TencentCloud | None = None, *, preview: bool = False
) -> dict[str, object]:
    """Run the program as `pulumi up --stack STACK` does, and return the stack's outputs."""
    settings = yaml.safe_load((STACK / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    return run(
        STACK,
        config=settings["config"],
        environment=cloud.environment,
        mocks=mocks or TencentCloud(),
        preview=preview,
        project="dlc-resource-group",
        stack=stack,
    )


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_resource_group_runs_the_image_of_the_lookup(
    stack: str, tcimages_emulator: Emulator
) -> None:
    mocks = TencentCloud()

    deploy(stack, tcimages_emulator, mocks)

    (group,) = mocks.groups
    assert group["imageType"] == "built-in"
    assert group["imageName"] == NEWEST["image_name"]
    assert group["imageVersion"] == NEWEST["image_version"]
    assert group["engineResourceGroupName"] == f"training-{stack}"


def test_development_takes_a_new_image_at_the_next_update(tcimages_emulator: Emulator) -> None:
    tcimages_emulator.catalogue.add_session_image(ENGINE, "machine-learning", NEXT)
    mocks = TencentCloud()

    outputs = deploy("dev", tcimages_emulator, mocks)

    assert outputs["image_name"] == "pytorch-v2.9.0"
    assert mocks.groups[0]["imageVersion"] == "next"


def test_production_exports_the_pin_status(tcimages_emulator: Emulator) -> None:
    outputs = deploy("prod", tcimages_emulator)

    assert outputs == {**NEWEST, "newer_version": "", "resource_group": "training-1"}


def test_preview_knows_the_image(tcimages_emulator: Emulator) -> None:
    outputs = deploy("prod", tcimages_emulator, preview=True)

    assert outputs["image_name"] == NEWEST["image_name"]


def test_engine_without_images_stops_the_deployment(tcimages_emulator: Emulator) -> None:
    catalogue = tcimages_emulator.catalogue
    for image in catalogue.session_images(ENGINE, "machine-learning"):
        catalogue.withdraw_session_image(ENGINE, "machine-learning", image["SparkImageId"])

    with pytest.raises(tcimages.NoMatchError):
        deploy("dev", tcimages_emulator)
