"""Settings that the user marks as secret stay secret in the state and in messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_tcimages.advice import Advice, SettingChange
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.plugin.property_values import Secret, deserialize
from pulumi_tcimages.plugin.redacted_errors import ErrorRedactor
from pulumi_tcimages.plugin.redaction import Secrets
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, Stack
from tests.plugin.test_configuration import check_configuration_of

REGION = "ap-nanjing"
ROLE = {
    "roleArn": "qcs::cam::uin/100000000001:roleName/canary-role",
    "sessionName": "build",
    "policy": '{"version": "canary-policy"}',
}


@pytest.fixture
def secret_region(attach_uncached: Callable[..., Plugin]) -> Plugin:
    return attach_uncached(region=Secret(REGION))


def test_secret_region_stays_secret_in_a_pin(secret_region: Plugin) -> None:
    stack = Stack(secret_region.stub)

    preview = stack.preview(CRITERIA)
    stack.up(CRITERIA)
    stack.refresh()

    regions = [preview["region"], stack.inputs["region"], stack.outputs["region"]]
    assert regions == [Secret(REGION)] * 3
    assert isinstance(stack.outputs["image"], Secret)


def test_secret_region_stays_secret_in_an_imported_pin(secret_region: Plugin) -> None:
    stack = Stack(secret_region.stub)

    stack.import_("vllm-0.20.2")

    assert [stack.inputs["region"], stack.outputs["region"]] == [Secret(REGION)] * 2


def test_pin_follows_when_its_region_is_marked_as_secret(
    attach_uncached: Callable[..., Plugin], secret_region: Plugin
) -> None:
    stack = Stack(attach_uncached(region=REGION).stub)
    stack.up(CRITERIA)
    stack.stub = secret_region.stub

    assert stack.up(CRITERIA) == ["region"]
    assert stack.outputs["region"] == Secret(REGION)


@pytest.mark.parametrize("function", ["getPlatformImage", "getPlatformImages"])
def test_secret_region_stays_secret_in_the_result_of_a_function(
    secret_region: Plugin, function: str
) -> None:
    criteria = CRITERIA if function == "getPlatformImage" else {"framework": "vllm"}

    assert secret_region.invoke(function, **criteria)["region"] == Secret(REGION)
    other_region = secret_region.invoke(function, **criteria, region="ap-beijing")
    assert other_region["region"] == "ap-beijing"


def test_unmarked_region_is_not_secret(attach_uncached: Callable[..., Plugin]) -> None:
    stack = Stack(attach_uncached(region=REGION).stub)

    stack.up(CRITERIA)

    assert stack.outputs["region"] == REGION


def test_secret_setting_is_in_no_error_and_no_log_line(
    vllm_cloud: Emulator, attach_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = attach_plugin(engine.address, environment=vllm_cloud.environment)
    plugin.configure(region=Secret(REGION), language=Secret("zh-CN"))

    plugin.invoke("getPlatformImages", framework="vllm", imageRange=f"{REGION}-x")
    _, text = plugin.invoke_error("getPlatformImage", imageName="none")

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
    ids=["secret object", "secret JSON text", "secret fields"],
)
def test_secret_role_is_redacted_in_errors(
    vllm_cloud: Emulator, attach_plugin: Callable[..., Plugin], role: Any
) -> None:
    plugin = attach_plugin(environment=vllm_cloud.environment)
    checked = deserialize(check_configuration_of(plugin, assumeRole=role).inputs)
    plugin.configure(**checked)
    vllm_cloud.faults.add(
        "AssumeRole",
        Fault(code="InvalidParameter", message=" ".join(ROLE.values())),
        Fault(),
    )
    vllm_cloud.faults.add("DescribePlatformImages", Fault(code="InvalidAction"))

    _, role_error = plugin.invoke_error("getPlatformImages")
    _, listing_error = plugin.invoke_error("getPlatformImages")

    assert "the role [secret], assumed with keys from" in " ".join(listing_error.split())
    assert "canary" not in role_error + listing_error


def test_role_is_redacted_in_errors_even_if_the_engine_sends_no_mark(
    vllm_cloud: Emulator, attach_plugin: Callable[..., Plugin]
) -> None:
    """The engine checks the stack's configuration without the user's marks."""
    vllm_cloud.keys.add_role("canary-role", external_id="canary-id")
    plugin = attach_plugin(environment=vllm_cloud.environment)
    role = {**ROLE, "externalId": "canary-id"}
    checked = deserialize(check_configuration_of(plugin, assumeRole=role).inputs)
    assert checked == {"assumeRole": Secret(role)}
    plugin.configure(**checked)
    vllm_cloud.faults.add("AssumeRole", Fault(code="InvalidParameter", message="build"), Fault())
    vllm_cloud.faults.add("DescribePlatformImages", Fault(code="InvalidAction"))

    _, role_error = plugin.invoke_error("getPlatformImages")
    _, listing_error = plugin.invoke_error("getPlatformImages")

    assert "canary" not in role_error + listing_error
    assert "build" in role_error  # The session's name is not a secret.


def test_secret_endpoint_is_redacted_in_errors(
    vllm_cloud: Emulator, attach_plugin: Callable[..., Plugin]
) -> None:
    plugin = attach_plugin(environment=vllm_cloud.environment)
    plugin.configure(endpoints=Secret({"tione": vllm_cloud.endpoint}))
    vllm_cloud.faults.add("DescribePlatformImages", Fault(code="InvalidAction"))

    _, text = plugin.invoke_error("getPlatformImages")

    assert vllm_cloud.address not in text
    assert "DescribePlatformImages, ap-guangzhou, [secret]" in text


def test_redacted_value_is_in_no_suggested_command() -> None:
    accounts = '["100000000002"]'
    error = ConfigurationError(
        "these keys belong to another account.",
        fix=Advice("add it to the list:", SettingChange(("allowedAccountIds",), accounts)),
    )

    text = ErrorRedactor(Secrets(texts=("100000000002",))).write(error, "getPlatformImage")

    assert text.endswith("Next     add it to the list.")
