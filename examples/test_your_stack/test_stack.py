"""Tests of the stack beside: the lookups are real, the cloud is the emulator, the job is a mock."""

from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.testing import run

STACK = Path(__file__).parent
IMAGES = "tione.tencentcloudcr.com/qcloud-ti-platform/"


class Acme(pulumi.runtime.Mocks):
    """Your own mocks, as Pulumi documents them. Our functions never come here."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, object]] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        self.jobs.append(args.inputs)
        return f"{args.name}-1", args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, object]:
        raise NotImplementedError(args.token)


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with Emulator() as cloud:
        yield cloud


def test_development_trains_on_the_newest_image(cloud: Emulator) -> None:
    acme = Acme()

    exports = run(STACK, environment=cloud.environment, mocks=acme)

    assert exports == {"image": "torch2.7-py3.12-cuda12.8-gpu", "job": "train-1"}
    assert [job["gpu"] for job in acme.jobs] == ["A100"]


def test_production_stays_on_its_series(cloud: Emulator) -> None:
    exports = run(STACK, config={"pytorch": "==2.4.*"}, environment=cloud.environment, mocks=Acme())

    assert exports["image"] == "torch2.4-py3.11-cuda12.4-gpu"


def test_a_new_image_is_taken_as_soon_as_it_is_offered(cloud: Emulator) -> None:
    name = "torch2.9-py3.12-cuda13.0-gpu"
    cloud.catalogue.add_platform_image(
        {
            "ImageId": "new-one",
            "ImageName": name,
            "ImageUrl": f"{IMAGES}train:{name}",
            "ImageRange": ["Train"],
            "Framework": "PYTORCH",
            "FrameworkVersion": "2.9",
            "SupportGpuList": ["H20"],
        }
    )
    acme = Acme()

    run(STACK, environment=cloud.environment, mocks=acme)

    assert acme.jobs == [{"image": f"{IMAGES}train:{name}", "gpu": "H20"}]


def test_a_range_that_nothing_satisfies_stops_the_deployment(cloud: Emulator) -> None:
    with pytest.raises(tcimages.NoMatchError, match="framework_version"):
        run(STACK, config={"pytorch": ">=3"}, environment=cloud.environment, mocks=Acme())


def test_a_preview_knows_the_image_too(cloud: Emulator) -> None:
    exports = run(STACK, environment=cloud.environment, mocks=Acme(), preview=True)

    assert exports["image"] == "torch2.7-py3.12-cuda12.8-gpu"
