"""Pins created from the id of an image, as `pulumi import` does."""

from __future__ import annotations

import grpc
import pytest

from pulumi_tcimages.plugin.pins import build_id
from pulumi_tcimages.plugin.property_values import deserialize
from tests.plugin.conftest import Plugin
from tests.plugin.pin_steps import CRITERIA, SESSION_URN, URN, Stack

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
