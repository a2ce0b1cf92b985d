"""A pin's state that another version of the package wrote: missing, unknown and foreign values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.plugin.property_values import UNKNOWN, Secret, has_unknown, serialize
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, SESSION_URN, Properties, Stack, vllm

MISSING = ...
STRANGE = [MISSING, None, UNKNOWN, 7, "", [], {}, {"a": UNKNOWN}]
ANOTHER_VERSION = "the pin's state was written by another version of pulumi-tcimages"
FIX = "change a trigger and run pulumi up, which chooses the image anew"


def put(properties: Properties, name: str, value: Any) -> None:
    """Set a property, as an edited state or another version has it."""
    properties.pop(name, None)
    if value is not MISSING:
        properties[name] = value


def refused(act: Callable[[], Any]) -> str:
    """The text of the error that an RPC ends with, on one line."""
    with pytest.raises(grpc.RpcError) as raised:
        act()
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    return " ".join(raised.value.details().split())


@pytest.mark.parametrize("name", ["resolvedAt", "available", "newerImageId", "newerVersion"])
def test_a_strange_answer_in_the_state_is_mended_by_a_refresh_and_by_an_update(
    stack: Stack, name: str
) -> None:
    stack.up(CRITERIA)
    whole = dict(stack.outputs)
    mended = {**whole, "resolvedAt": ""} if name == "resolvedAt" else whole
    narrowed = {**CRITERIA, "imageRange": "Inference"}

    for value in STRANGE:
        stack.up(CRITERIA)
        put(stack.outputs, name, value)
        stack.refresh()
        assert stack.outputs == mended

        put(stack.outputs, name, value)
        preview = stack.preview(narrowed)
        assert stack.up(narrowed) == ["imageRange"]
        assert preview == stack.outputs == {**mended, "imageRange": "Inference"}

        put(stack.outputs, name, value)
        assert stack.up({**CRITERIA, "imageRange": Secret("Inference")}) == ["imageRange"]
        assert not has_unknown(stack.outputs)
        assert stack.outputs["resolvedAt"] == mended["resolvedAt"]


def test_a_state_without_an_image_is_told_as_another_versions_with_the_fix(stack: Stack) -> None:
    stack.up(CRITERIA)
    narrowed = {**CRITERIA, "imageRange": "Inference"}

    for image in [*STRANGE, {"imageId": ""}, {"imageId": 7}, {"imageId": UNKNOWN}, Secret(None)]:
        put(stack.outputs, "image", image)
        for act in (
            stack.refresh,
            lambda: stack.preview(narrowed),
            lambda: stack.up(narrowed),
            lambda: stack.up({**CRITERIA, "framework": Secret("vllm")}),
        ):
            text = refused(act)
            assert text.startswith(
                "PlatformImagePin train: invalid argument. [invalid-argument] Problem "
            )
            assert f"{ANOTHER_VERSION}: it has no image with an id" in text
            assert FIX in text
        assert stack.up(CRITERIA) == []
    assert stack.up({**CRITERIA, "triggers": {"again": "1"}}) == ["triggers"]
    assert stack.version == "0.20.2"


def test_a_state_that_lost_all_outputs_is_not_taken_for_an_import(stack: Stack) -> None:
    stack.up(CRITERIA)
    stack.outputs = {}

    assert ANOTHER_VERSION in refused(stack.refresh)


def test_fields_of_an_image_that_a_version_does_not_know_stay_and_missing_ones_are_empty(
    stack: Stack,
) -> None:
    stack.up(CRITERIA)
    whole = dict(stack.outputs)
    image = {**whole["image"], "madeOn": "the moon"}
    for name in ("components", "supportGpuList", "imageName"):
        del image[name]
    image["trainingModes"] = None
    image["framework"] = UNKNOWN

    stack.outputs["image"] = image
    stack.refresh()

    expected = {**whole["image"], "madeOn": "the moon", "components": {}}
    expected |= {"imageName": "", "framework": ""}
    assert stack.outputs == {**whole, "image": expected}


def test_an_output_that_no_version_knows_hinders_nothing(stack: Stack) -> None:
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
def test_an_input_in_the_state_that_this_version_refuses_is_told_as_another_versions(
    stack: Stack, name: str, value: Any, problem: str
) -> None:
    stack.up(CRITERIA)
    stack.inputs[name] = value

    text = refused(stack.refresh)

    assert f"{ANOTHER_VERSION}: {problem}" in text
    assert "Next run pulumi up without a refresh" in text
    assert stack.up(CRITERIA) == [name]
    assert stack.version == "0.20.2"


@pytest.mark.parametrize("triggers", [None, {}], ids=repr)
def test_triggers_that_are_null_or_empty_in_the_state_move_nothing(
    moving: Any, stack: Stack, triggers: Any
) -> None:
    stack.up(CRITERIA)
    stack.inputs["triggers"] = stack.outputs["triggers"] = triggers
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    assert stack.up(CRITERIA) == []
    assert stack.up({**CRITERIA, "imageRange": "Inference"}) == ["imageRange"]
    assert stack.version == "0.20.2"


@pytest.mark.parametrize("region", [MISSING, None, UNKNOWN, 7, {}], ids=repr)
def test_a_strange_region_in_the_state_is_taken_for_the_same(
    moving: Any, stack: Stack, region: Any
) -> None:
    stack.up(CRITERIA)
    put(stack.inputs, "region", region)
    put(stack.outputs, "region", region)
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    assert stack.up(CRITERIA) == ["region"]
    assert stack.version == "0.20.2"


def test_get_with_a_state_of_another_version_and_no_inputs_reads_what_it_can(stack: Stack) -> None:
    stack.up(CRITERIA)
    del stack.outputs["resolvedAt"]
    stack.outputs["madeOn"] = "the moon"
    stack.inputs = {}

    stack.refresh()

    assert stack.inputs == {**CRITERIA, "region": "ap-guangzhou"}
    assert stack.outputs["resolvedAt"] == ""


def test_a_strange_state_of_a_withdrawn_image_is_warned_of_or_passed_over_at_an_up(
    moving: Any, fresh: Callable[..., Plugin], engine: Engine, stack: Stack
) -> None:
    stack.up(CRITERIA)
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")
    stack.stub = fresh(engine.address).stub
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


def test_marks_of_secrets_on_any_answer_outlive_a_refresh(stack: Stack) -> None:
    stack.up(CRITERIA)
    for name in ("image", "newerImageId", "newerVersion", "resolvedAt", "available"):
        stack.outputs[name] = Secret(stack.outputs[name])
    marked = dict(stack.outputs)

    stack.refresh()

    assert stack.outputs == marked


def test_a_session_pins_state_of_another_version_is_told_as_that(
    fresh: Callable[..., Plugin],
) -> None:
    stack = Stack(fresh().stub, SESSION_URN)
    arguments = {"dataEngineId": "DataEngine-b0jt6fvk", "frameworkType": "python", "latest": True}
    stack.up(arguments)
    del stack.outputs["resolvedAt"]
    stack.refresh()
    stack.outputs["image"] = {"imageId": "of another kind"}

    assert ANOTHER_VERSION in refused(stack.refresh)


def test_a_strange_state_is_deleted_without_a_word(stack: Stack) -> None:
    stack.up(CRITERIA)
    properties = serialize({"image": UNKNOWN, "triggers": None})

    stack.stub.Delete(provider_pb2.DeleteRequest(id=stack.id, urn=stack.urn, properties=properties))
