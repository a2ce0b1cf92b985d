"""What the user marks as a secret in the configuration keeps its mark: in state and in messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.plugin.property_values import Secret, deserialize
from pulumi_tcimages.plugin.redaction import Secrets
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, Stack
from tests.plugin.test_configuration import check

REGION = "ap-nanjing"
ROLE = {
    "roleArn": "qcs::cam::uin/100000000001:roleName/canary-role",
    "sessionName": "canary-session",
    "policy": '{"version": "canary-policy"}',
}


@pytest.fixture
def secret_region(fresh: Callable[..., Plugin]) -> Plugin:
    return fresh(region=Secret(REGION))


def test_a_secret_region_stays_one_in_a_pins_inputs_and_outputs(secret_region: Plugin) -> None:
    stack = Stack(secret_region.stub)

    preview = stack.preview(CRITERIA)
    stack.up(CRITERIA)
    stack.refresh()

    regions = [preview["region"], stack.inputs["region"], stack.outputs["region"]]
    assert regions == [Secret(REGION)] * 3
    assert isinstance(stack.outputs["image"], Secret)


def test_a_secret_region_stays_one_when_a_pin_is_imported(secret_region: Plugin) -> None:
    stack = Stack(secret_region.stub)

    stack.import_("vllm-0.20.2")

    assert [stack.inputs["region"], stack.outputs["region"]] == [Secret(REGION)] * 2


def test_a_pin_follows_when_the_region_is_marked_later(
    fresh: Callable[..., Plugin], secret_region: Plugin
) -> None:
    stack = Stack(fresh(region=REGION).stub)
    stack.up(CRITERIA)
    stack.stub = secret_region.stub

    assert stack.up(CRITERIA) == ["region"]
    assert stack.outputs["region"] == Secret(REGION)


@pytest.mark.parametrize("function", ["getPlatformImage", "getPlatformImages"])
def test_a_secret_region_stays_one_in_the_result_of_a_function(
    secret_region: Plugin, function: str
) -> None:
    criteria = CRITERIA if function == "getPlatformImage" else {"framework": "vllm"}

    assert secret_region.invoke(function, **criteria)["region"] == Secret(REGION)
    elsewhere = secret_region.invoke(function, **criteria, region="ap-beijing")
    assert elsewhere["region"] == "ap-beijing"


def test_a_region_that_is_not_marked_is_shown(fresh: Callable[..., Plugin]) -> None:
    stack = Stack(fresh(region=REGION).stub)

    stack.up(CRITERIA)

    assert stack.outputs["region"] == REGION


def test_a_secret_setting_is_in_no_error_and_in_no_line_of_the_log(
    moving: Emulator, start: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start(engine.address, environment=moving.environment)
    plugin.configure(region=Secret(REGION), language=Secret("zh-CN"))

    plugin.invoke("getPlatformImages", framework="vllm", imageRange=f"{REGION}-x")
    _, text = plugin.refusal("getPlatformImage", imageName="none")

    logged = [line[1] for line in engine.logged]
    assert len(logged) == 1
    assert REGION not in f"{text}{logged}"


@pytest.mark.parametrize(
    "role",
    [
        Secret(ROLE),
        Secret(json.dumps(ROLE)),
        {name: Secret(value) for name, value in ROLE.items()},
    ],
    ids=["object", "JSON", "by part"],
)
def test_a_role_that_is_marked_is_struck_out_of_errors(
    moving: Emulator, start: Callable[..., Plugin], role: Any
) -> None:
    plugin = start(environment=moving.environment)
    checked = deserialize(check(plugin, assumeRole=role).inputs)
    plugin.configure(**checked)
    moving.faults.add(
        "AssumeRole",
        Fault(code="InvalidParameter", message=" ".join(ROLE.values())),
        Fault(),
    )
    moving.faults.add("DescribePlatformImages", Fault(code="InvalidAction"))

    _, of_role = plugin.refusal("getPlatformImages")
    _, of_images = plugin.refusal("getPlatformImages")

    assert "the role [secret], assumed with keys from" in " ".join(of_images.split())
    assert "canary" not in of_role + of_images


def test_a_role_that_only_we_mark_is_shown_but_for_its_external_id(
    moving: Emulator, start: Callable[..., Plugin]
) -> None:
    moving.keys.add_role("canary-role", external_id="canary-id")
    plugin = start(environment=moving.environment)
    role = {**ROLE, "externalId": "canary-id"}
    checked = deserialize(check(plugin, assumeRole=role).inputs)
    assert checked == {"assumeRole": Secret(role)}
    plugin.configure(**checked)
    moving.faults.add("DescribePlatformImages", Fault(code="InvalidAction"))

    _, text = plugin.refusal("getPlatformImages")

    assert "canary-role" in text
    assert "canary-id" not in text


def test_an_address_that_is_marked_is_struck_out_of_errors(
    moving: Emulator, start: Callable[..., Plugin]
) -> None:
    plugin = start(environment=moving.environment)
    plugin.configure(endpoints=Secret({"tione": moving.endpoint}))
    moving.faults.add("DescribePlatformImages", Fault(code="InvalidAction"))

    _, text = plugin.refusal("getPlatformImages")

    assert moving.address not in text
    assert "DescribePlatformImages, ap-guangzhou, [secret]" in text


def test_no_command_is_advised_that_would_set_a_redacted_value() -> None:
    accounts = '["100000000002"]'
    error = ConfigurationError(
        "these keys belong to another account.",
        fix="add it to the list:",
        settings=(("allowedAccountIds", accounts),),
    )

    text = Secrets(texts=("100000000002",)).text_of(error, "getPlatformImage")

    assert text.endswith("Next     add it to the list.")
