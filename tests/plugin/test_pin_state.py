"""A pin's state from another version: missing, unknown and unexpected values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.plugin.property_values import UNKNOWN, Secret, has_unknown, serialize
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, SESSION_URN, Properties, Stack, vllm_row

MISSING = ...
UNEXPECTED_VALUES = [MISSING, None, UNKNOWN, 7, "", [], {}, {"a": UNKNOWN}]
ANOTHER_VERSION = "the pin's state was written by another version of pulumi-tcimages"
FIX = "change a trigger and run pulumi up, which chooses the image anew"


def set_property(properties: Properties, name: str, value: Any) -> None:
    """Set a property to a value that an edited state or another version may have."""
    properties.pop(name, None)
    if value is not MISSING:
        properties[name] = value


def catch_text(call: Callable[[], Any]) -> str:
    """Return the text of the error that a call ends with, on one line."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    return " ".join(caught.value.details().split())


@pytest.mark.parametrize("name", ["resolvedAt", "available", "newerImageId", "newerVersion"])
def test_unexpected_output_is_repaired_by_refresh_and_update(stack: Stack, name: str) -> None:
    stack.up(CRITERIA)
    original = dict(stack.outputs)
    repaired = {**original, "resolvedAt": ""} if name == "resolvedAt" else original
    narrowed = {**CRITERIA, "imageRange": "Inference"}

    for value in UNEXPECTED_VALUES:
        stack.up(CRITERIA)
        set_property(stack.outputs, name, value)
        stack.refresh()
        assert stack.outputs == repaired

        set_property(stack.outputs, name, value)
        preview = stack.preview(narrowed)
        assert stack.up(narrowed) == ["imageRange"]
        assert preview == stack.outputs == {**repaired, "imageRange": "Inference"}

        set_property(stack.outputs, name, value)
        assert stack.up({**CRITERIA, "imageRange": Secret("Inference")}) == ["imageRange"]
        assert not has_unknown(stack.outputs)
        assert stack.outputs["resolvedAt"] == repaired["resolvedAt"]


def test_state_without_image_is_rejected_with_the_fix(stack: Stack) -> None:
    stack.up(CRITERIA)
    narrowed = {**CRITERIA, "imageRange": "Inference"}

    for image in [
        *UNEXPECTED_VALUES,
        {"imageId": ""},
        {"imageId": 7},
        {"imageId": UNKNOWN},
        Secret(None),
    ]:
        set_property(stack.outputs, "image", image)
        for call in (
            stack.refresh,
            lambda: stack.preview(narrowed),
            lambda: stack.up(narrowed),
            lambda: stack.up({**CRITERIA, "framework": Secret("vllm")}),
        ):
            text = catch_text(call)
            assert text.startswith(
                "PlatformImagePin train: invalid argument. [invalid-argument] Problem "
            )
            assert f"{ANOTHER_VERSION}: it has no image with an id" in text
            assert FIX in text
        assert stack.up(CRITERIA) == []
    assert stack.up({**CRITERIA, "triggers": {"again": "1"}}) == ["triggers"]
    assert stack.version == "0.20.2"


def test_state_without_outputs_is_not_an_import(stack: Stack) -> None:
    stack.up(CRITERIA)
    stack.outputs = {}

    assert ANOTHER_VERSION in catch_text(stack.refresh)


def test_unknown_image_fields_remain_and_missing_ones_are_empty(
    stack: Stack,
) -> None:
    stack.up(CRITERIA)
    original = dict(stack.outputs)
    image = {**original["image"], "madeOn": "the moon"}
    for name in ("components", "supportGpuList", "imageName"):
        del image[name]
    image["trainingModes"] = None
    image["framework"] = UNKNOWN

    stack.outputs["image"] = image
    stack.refresh()

    expected = {**original["image"], "madeOn": "the moon", "components": {}}
    expected |= {"imageName": "", "framework": ""}
    assert stack.outputs == {**original, "image": expected}


def test_unknown_output_is_ignored_and_removed(stack: Stack) -> None:
    stack.up(CRITERIA)
    stack.outputs["madeOn"] = UNKNOWN

    stack.refresh()
    assert stack.up({**CRITERIA, "imageRange": "Inference"}) == ["imageRange"]
    assert "madeOn" not in stack.outputs


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("packages", {"numpy": "*"}, 'there is no argument "packages"'),
        ("frameworkVersion", "2.5", "this is not a version range"),
        ("imageRange", UNKNOWN, "the value is not known yet"),
        ("components", "cuda", "expected a map"),
    ],
)
def test_invalid_input_in_the_state_is_from_another_version(
    stack: Stack, name: str, value: Any, problem: str
) -> None:
    stack.up(CRITERIA)
    stack.inputs[name] = value

    text = catch_text(stack.refresh)

    assert f"{ANOTHER_VERSION}: {problem}" in text
    assert "Next run pulumi up without a refresh" in text
    assert stack.up(CRITERIA) == [name]
    assert stack.version == "0.20.2"


@pytest.mark.parametrize("triggers", [None, {}], ids=repr)
def test_null_or_empty_triggers_do_not_move_the_pin(
    vllm_cloud: Any, stack: Stack, triggers: Any
) -> None:
    stack.up(CRITERIA)
    stack.inputs["triggers"] = stack.outputs["triggers"] = triggers
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))

    assert stack.up(CRITERIA) == []
    assert stack.up({**CRITERIA, "imageRange": "Inference"}) == ["imageRange"]
    assert stack.version == "0.20.2"


@pytest.mark.parametrize("region", [MISSING, None, UNKNOWN, 7, {}], ids=repr)
def test_unexpected_region_does_not_move_the_pin(
    vllm_cloud: Any, stack: Stack, region: Any
) -> None:
    stack.up(CRITERIA)
    set_property(stack.inputs, "region", region)
    set_property(stack.outputs, "region", region)
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))

    assert stack.up(CRITERIA) == ["region"]
    assert stack.version == "0.20.2"


def test_state_of_another_version_without_inputs_is_read(stack: Stack) -> None:
    stack.up(CRITERIA)
    del stack.outputs["resolvedAt"]
    stack.outputs["madeOn"] = "the moon"
    stack.inputs = {}

    stack.refresh()

    assert stack.inputs == {**CRITERIA, "region": "ap-guangzhou"}
    assert stack.outputs["resolvedAt"] == ""


def test_withdrawn_image_in_unexpected_state_has_one_warning(
    vllm_cloud: Any, attach_uncached: Callable[..., Plugin], engine: Engine, stack: Stack
) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.withdraw_platform_image("vllm-0.20.2")
    stack.stub = attach_uncached(engine.address).stub
    stack.refresh()
    stack.outputs |= {"newerImageId": UNKNOWN, "newerVersion": None}
    engine.logged.clear()

    assert stack.up(CRITERIA) == []
    ((_, warning, _, _),) = engine.logged
    assert "vllm(0.20.2) (id vllm-0.20.2) is no longer offered" in warning
    assert "would now end in an error" in warning

    for image in (None, UNKNOWN, "text", [1]):
        stack.outputs["image"] = image
        assert stack.up(CRITERIA) == []
    assert len(engine.logged) == 1


def test_secret_marks_of_outputs_survive_a_refresh(stack: Stack) -> None:
    stack.up(CRITERIA)
    for name in ("image", "newerImageId", "newerVersion", "resolvedAt", "available"):
        stack.outputs[name] = Secret(stack.outputs[name])
    marked = dict(stack.outputs)

    stack.refresh()

    assert stack.outputs == marked


def test_session_pin_state_of_another_version_is_rejected(
    attach_uncached: Callable[..., Plugin],
) -> None:
    stack = Stack(attach_uncached().stub, SESSION_URN)
    arguments = {"dataEngineId": "DataEngine-b0jt6fvk", "frameworkType": "python", "latest": True}
    stack.up(arguments)
    del stack.outputs["resolvedAt"]
    stack.refresh()
    stack.outputs["image"] = {"imageId": "of another kind"}

    assert ANOTHER_VERSION in catch_text(stack.refresh)


def test_unexpected_state_is_deleted_without_error(stack: Stack) -> None:
    stack.up(CRITERIA)
    properties = serialize({"image": UNKNOWN, "triggers": None})

    stack.stub.Delete(provider_pb2.DeleteRequest(id=stack.id, urn=stack.urn, properties=properties))
