"""Pins created from the id of an image, as `pulumi import` does."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.plugin.pins import build_id
from pulumi_tcimages.plugin.property_values import deserialize
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, SESSION_URN, URN, Stack, vllm_row

VERSION_URN = "urn:pulumi:prod::shop::tcimages:index:EngineImageVersionPin::spark"
OFFLINE = "7b9e0d42-6fa4-5240-8e98-d053203d219d"
ONLINE = "1251adc1-b9d5-599d-9970-3502dca38c69"
ENGINE = {"dataEngineId": "DataEngine-b0jt6fvk", "frameworkType": "machine-learning"}


def test_imported_pin_keeps_its_image_at_the_first_update(stack: Stack) -> None:
    stack.import_("vllm-0.9.1")
    imported = dict(stack.outputs)

    changed = stack.up(CRITERIA)

    assert stack.id == build_id(URN)
    assert imported["imageId"] == "vllm-0.9.1"
    assert changed == ["framework", "imageId", "latest"]
    assert stack.version == "0.9.1"
    assert stack.outputs["newerVersion"] == "0.20.2"


def test_imported_pin_moves_by_a_trigger_and_keeps_its_id(stack: Stack) -> None:
    stack.import_("vllm-0.9.1")
    stack.up(CRITERIA)

    stack.up({**CRITERIA, "triggers": {"go": "on"}})
    stack.refresh()

    assert (stack.id, stack.version) == (build_id(URN), "0.20.2")


def test_get_returns_the_same_state_each_time(
    stack: Stack,
) -> None:
    responses = [stack.get("vllm-0.9.1") for _ in range(2)]

    assert responses[0] == responses[1]
    assert (responses[0].id, deserialize(responses[0].properties)["resolvedAt"]) == (
        "vllm-0.9.1",
        "",
    )


def test_inputs_of_an_import_cause_no_change(stack: Stack) -> None:
    stack.import_("vllm-0.9.1")

    assert stack.up(stack.inputs) == []


@pytest.mark.parametrize(
    ("urn", "identity", "expected"),
    [
        (URN, "no-such-image", "PlatformImagePin train: no image matches. [no-match]"),
        (URN, "pin-0123456789ab", "take an image's id, not a pin's"),
        (SESSION_URN, "1a2b3c4d", "dataEngineId/frameworkType/sparkImageId"),
        (SESSION_URN, "DataEngine-b0jt6fvk//x", "dataEngineId/frameworkType/sparkImageId"),
    ],
)
def test_import_of_an_invalid_id_is_rejected(
    stack: Stack, urn: str, identity: str, expected: str
) -> None:
    stack.urn = urn

    with pytest.raises(grpc.RpcError) as caught:
        stack.import_(identity)

    assert expected in caught.value.details()


def test_session_image_is_imported_with_its_engine(plugin: Plugin) -> None:
    stack = Stack(plugin.stub, SESSION_URN)
    stack.up({**ENGINE, "framework": "pytorch"})
    image = stack.outputs["image"]

    other = Stack(plugin.stub, SESSION_URN)
    other.import_(f"DataEngine-b0jt6fvk/machine-learning/{image['sparkImageId']}")

    assert image["sparkImageVersion"] == "pytorch-v2.5.1"
    assert other.outputs["image"] == image


def test_offline_engine_version_is_imported_with_its_state(
    attach_uncached: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(attach_uncached(engine.address).stub, VERSION_URN)

    stack.import_(f"StandardSpark/{OFFLINE}")
    imported = dict(stack.outputs)
    stack.refresh()

    assert stack.inputs == {
        "engineType": "StandardSpark",
        "imageVersionId": OFFLINE,
        "state": "offline",
        "region": "ap-guangzhou",
    }
    assert imported["image"]["imageVersion"] == "Standard-S 1.0"
    assert stack.outputs == imported
    assert stack.up(stack.inputs) == []
    assert engine.logged == []


def test_first_update_of_an_imported_offline_version_follows_the_criteria(
    attach_uncached: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(attach_uncached(engine.address).stub, VERSION_URN)
    stack.import_(f"StandardSpark/{OFFLINE}")
    criteria = {"engineType": "StandardSpark", "isPublic": True, "latest": True}

    with pytest.raises(grpc.RpcError, match="no image matches") as caught:
        stack.up({"engineType": "StandardSpark", "imageVersionId": OFFLINE})
    stack.up({**criteria, "state": "offline", "version": "<1.1"})
    kept = stack.outputs["image"]["imageVersionId"]
    engine.logged.clear()
    stack.up(criteria)

    assert 'state "offline"' in caught.value.details()
    assert kept == OFFLINE
    assert stack.outputs["image"]["stateName"] == "online"
    assert engine.logged[0][1].startswith(
        f'the pinned image Standard-S 1.0 (id {OFFLINE}) does not satisfy state "online" (it has '
        '"offline"): the pin moves to Standard-S 1.10 '
    )


def test_import_of_an_online_version_has_no_state(plugin: Plugin) -> None:
    stack = Stack(plugin.stub, VERSION_URN)

    stack.import_(f"StandardSpark/{ONLINE}")

    assert "state" not in stack.inputs


def test_engine_version_without_a_state_is_imported(
    vllm_cloud: Emulator, attach_uncached: Callable[..., Plugin]
) -> None:
    vllm_cloud.catalogue.change("engine_image_versions", OFFLINE, State=None)
    stack = Stack(attach_uncached().stub, VERSION_URN)

    stack.import_(f"StandardSpark/{OFFLINE}")

    assert stack.outputs["image"]["imageVersionId"] == OFFLINE
    assert "state" not in stack.inputs


def test_id_that_two_images_share_is_not_imported(vllm_cloud: Emulator, plugin: Plugin) -> None:
    other = vllm_row("0.21.0", ImageId="vllm-0.9.1")
    vllm_cloud.faults.add("DescribePlatformImages", Fault(rows=(other,), times=99))

    with pytest.raises(grpc.RpcError) as caught:
        Stack(plugin.stub).import_("vllm-0.9.1")

    text = " ".join(caught.value.details().split())
    assert '2 different images have the id "vllm-0.9.1"' in text
    assert "Next create the pin with pulumi up instead of an import" in text
