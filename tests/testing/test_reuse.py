"""Mocks that outlive a program, as with `set_mocks` at the top of a test module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.testing import ProviderMocks, run_on
from tests.testing.conftest import Environment, get_newest_image


@pytest.fixture
def mocks(environment: Environment) -> Iterator[ProviderMocks]:
    with ProviderMocks(environment={**environment, "TENCENTCLOUD_REGION": ""}) as mocks:
        yield mocks


def export_region() -> None:
    pulumi.export("region", get_newest_image().region)


def export_newest() -> None:
    image = tcimages.get_platform_image(framework="vllm", latest=True)
    pulumi.export("id", image.image_id)


def test_mocks_use_the_configuration_of_the_next_program(mocks: ProviderMocks) -> None:
    regions = []
    for region in ("ap-shanghai", "ap-shanghai", "ap-beijing"):
        run_on(mocks, export_region, config={"tcimages:region": region})
        regions.append(mocks.exports["region"])

    assert regions == ["ap-shanghai", "ap-shanghai", "ap-beijing"]


def test_mocks_use_the_provider_of_the_next_program(mocks: ProviderMocks) -> None:
    regions = []
    for region in ("ap-shanghai", "ap-beijing"):

        def program(region: str = region) -> None:
            other = tcimages.Provider("other", region=region)
            pin = tcimages.PlatformImagePin(
                "pin",
                image_range="Train",
                latest=True,
                framework="pytorch",
                opts=pulumi.ResourceOptions(provider=other),
            )
            pulumi.export("region", pin.region)

        run_on(mocks, program)
        regions.append(mocks.exports["region"])

    assert regions == ["ap-shanghai", "ap-beijing"]


def test_requests_go_to_the_emulator_of_the_current_test(monkeypatch: pytest.MonkeyPatch) -> None:
    ids: list[str] = []
    with ProviderMocks() as mocks:
        for _ in range(2):
            with Emulator() as cloud:
                for name, value in cloud.environment.items():
                    monkeypatch.setitem(os.environ, name, value)
                for image_id in ids:
                    cloud.catalogue.withdraw_platform_image(image_id)
                run_on(mocks, export_newest)
                ids.append(mocks.exports["id"])

    assert ids[0] != ids[1]


def test_preview_does_not_read_or_import_unknown_pins(mocks: ProviderMocks) -> None:
    def program() -> None:
        unknown = pulumi.Output.from_input("").apply(lambda _: pulumi.UNKNOWN)
        other = tcimages.Provider("other", region=unknown)
        read = tcimages.PlatformImagePin.get("read", "id", pulumi.ResourceOptions(provider=other))
        imported = tcimages.PlatformImagePin(
            "imported", opts=pulumi.ResourceOptions(provider=other, import_="id")
        )
        late = tcimages.PlatformImagePin.get("late", unknown)
        for pin in (read, imported, late):
            pulumi.export(pin.pulumi_resource_name, pin.image.image_name)

    run_on(mocks, program, preview=True, config={"tcimages:region": "ap-beijing"})

    assert mocks.exports == dict.fromkeys(("read", "imported", "late"), pulumi.UNKNOWN)


@pytest.mark.parametrize("value", ["http://127.0.0.1", {"RETRIES": 5}])
def test_invalid_environment_variables_raise(value: object) -> None:
    environment: Any = value

    with pytest.raises(TypeError, match="environment: expected a map from names to strings"):
        ProviderMocks(environment=environment)
