"""Pins through the engine's operations, while the catalogue changes."""

from __future__ import annotations

import re
from collections.abc import Callable

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.plugin import pins
from pulumi_tcimages.plugin.engine_log import UrnLog
from pulumi_tcimages.plugin.pin_inputs import find_pin
from pulumi_tcimages.plugin.property_values import UNKNOWN, Secret, serialize
from tests.plugin.conftest import OneImageCloud, Plugin
from tests.plugin.pin_steps import CRITERIA, URN, Properties, Stack, vllm_row


def test_new_pin_shows_its_image_in_preview_and_stores_it(stack: Stack) -> None:
    preview = stack.preview(CRITERIA)
    stack.up(CRITERIA)

    image = {
        "imageId": "vllm-0.20.2",
        "imageName": "vllm(0.20.2)",
        "framework": "VLLM",
        "frameworkVersion": "0.20.2",
        "imageRange": ["Inference"],
        "components": {"vllm": "0.20.2"},
        "supportGpuList": [],
        "extraAttributes": [],
        "attributes": {},
        "libraries": {},
        "trainingModes": [],
        **dict.fromkeys(("imageType", "imageUrl", "imageTag", "registryRegion", "registryId"), ""),
        **dict.fromkeys(("description", "regionScope", "device"), ""),
    }
    expected = {
        **CRITERIA,
        "region": "ap-guangzhou",
        "image": image,
        "available": True,
        "newerImageId": "",
        "newerVersion": "",
    }
    assert preview == {**expected, "resolvedAt": UNKNOWN}
    resolved_at = stack.outputs.pop("resolvedAt")
    assert stack.outputs == expected
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", resolved_at)
    assert re.fullmatch(r"pin-[0-9a-f]{12}", stack.id)


def test_second_update_changes_nothing(stack: Stack) -> None:
    stack.up(CRITERIA)

    assert stack.up(CRITERIA) == []


def test_changed_trigger_moves_the_pin(vllm_cloud: Emulator, stack: Stack) -> None:
    stack.up({**CRITERIA, "triggers": {"month": "11"}})
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))

    preview = stack.preview({**CRITERIA, "triggers": {"month": "12"}})
    changed = stack.up({**CRITERIA, "triggers": {"month": "12"}})

    assert changed == ["triggers"]
    assert preview["image"]["frameworkVersion"] == stack.version == "0.21.0"
    assert preview["resolvedAt"] is UNKNOWN


def test_changed_criterion_keeps_a_matching_image(vllm_cloud: Emulator, stack: Stack) -> None:
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))

    changed = stack.up({**CRITERIA, "imageRange": "inference"})

    assert changed == ["imageRange"]
    assert stack.outputs == before | {
        "imageRange": "inference",
        "newerImageId": "vllm-0.21.0",
        "newerVersion": "0.21.0",
    }


def test_false_is_a_criterion(stack: Stack) -> None:
    stack.up(CRITERIA)

    with pytest.raises(grpc.RpcError, match="0 left by supportDistributedDeploy"):
        stack.up({**CRITERIA, "supportDistributedDeploy": False})


def test_image_without_id_is_not_pinned() -> None:
    pin = find_pin("tcimages:index:PlatformImagePin")
    log = UrnLog(pytest.fail, pytest.fail)

    with pytest.raises(InvalidArgumentError, match="has no id, so that it cannot be pinned"):
        pins.create(pin, {"framework": "torch"}, OneImageCloud(image_id=None), None, log)


def test_changed_criterion_without_match_fails_and_keeps_the_pin(
    stack: Stack,
) -> None:
    stack.up(CRITERIA)

    with pytest.raises(grpc.RpcError) as caught:
        stack.up({**CRITERIA, "frameworkVersion": ">99"})

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert caught.value.details().startswith(
        "PlatformImagePin train: no image matches. [no-match]\n"
    )
    assert stack.version == "0.20.2"


def test_changed_stack_region_moves_the_pin(
    vllm_cloud: Emulator, attach_uncached: Callable[..., Plugin], stack: Stack
) -> None:
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"), regions=["ap-beijing"])
    stack.up(CRITERIA)

    stack.stub = attach_uncached(region="ap-beijing").stub
    changed = stack.up(CRITERIA)

    assert changed == ["region"]
    assert (stack.outputs["region"], stack.version) == ("ap-beijing", "0.21.0")


def test_state_without_region_is_not_moved_when_it_is_added(
    vllm_cloud: Emulator, stack: Stack
) -> None:
    stack.up(CRITERIA)
    for properties in (stack.inputs, stack.outputs):
        del properties["region"]
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))

    changed = stack.up(CRITERIA)

    assert changed == ["region"]
    assert stack.version == "0.20.2"


def test_state_without_inputs_is_read(stack: Stack) -> None:
    stack.up(CRITERIA)
    stack.inputs = {}

    stack.refresh()

    assert stack.inputs == {**CRITERIA, "region": "ap-guangzhou"}
    assert stack.outputs["available"] is True


def test_secret_criterion_makes_the_image_secret(
    stack: Stack,
) -> None:
    stack.up({"framework": Secret("vllm"), "latest": True, "triggers": Secret({"by": "hand"})})

    assert stack.outputs["framework"] == Secret("vllm")
    assert stack.outputs["triggers"] == Secret({"by": "hand"})
    assert isinstance(stack.outputs["image"], Secret)
    assert isinstance(stack.outputs["newerVersion"], Secret)
    assert stack.outputs["available"] is True


def test_input_marked_as_secret_changes_marks_but_not_the_image(
    vllm_cloud: Emulator, stack: Stack
) -> None:
    criteria = {**CRITERIA, "triggers": {"by": "hand"}}
    stack.up(criteria)
    before, request_count = dict(stack.outputs), len(vllm_cloud.requests)

    diffs = stack.up({**CRITERIA, "framework": Secret("vllm"), "triggers": {"by": Secret("hand")}})

    secret_outputs = {
        name: Secret(before[name]) for name in ("image", "newerImageId", "newerVersion")
    }
    secret_inputs = {"framework": Secret("vllm"), "triggers": {"by": Secret("hand")}}
    assert diffs == ["framework", "triggers"]
    assert stack.outputs == {**before, **secret_outputs, **secret_inputs}
    assert len(vllm_cloud.requests) == request_count
    assert stack.up(criteria) == ["framework", "triggers"]
    assert stack.outputs == before
    assert stack.up({**criteria, "attributes": None}) == []


def test_secret_trigger_makes_no_output_secret(stack: Stack) -> None:
    stack.up({**CRITERIA, "triggers": {"token": Secret("x")}})

    assert stack.outputs["triggers"] == {"token": Secret("x")}
    assert stack.version == "0.20.2"


def test_error_redacts_secret_inputs_but_not_words_of_the_image(
    stack: Stack,
) -> None:
    arguments = {"framework": "vllm", "nameRegex": Secret("canary|"), "latest": True}
    stack.up(arguments)

    with pytest.raises(grpc.RpcError) as caught:
        stack.up({**arguments, "imageRange": "Inference", "frameworkVersion": ">=0.30"})

    text = caught.value.details()
    assert "canary" not in text
    assert 'nameRegex "[secret]"; framework "vllm"; frameworkVersion' in text
    assert 'imageRange "Inference"' in text
    assert "0.20" not in text  # a near image would reveal what the secret matches


def test_unknown_inputs_make_outputs_unknown(stack: Stack) -> None:
    preview = stack.preview({**CRITERIA, "imageRange": UNKNOWN})

    outputs = ("image", "resolvedAt", "available", "newerImageId", "newerVersion")
    assert {name: preview[name] for name in outputs} == dict.fromkeys(outputs, UNKNOWN)
    assert preview["framework"] == "vllm"


def test_unknown_trigger_does_not_make_the_image_unknown(stack: Stack) -> None:
    preview = stack.preview({**CRITERIA, "triggers": {"when": UNKNOWN}})

    assert preview["image"]["frameworkVersion"] == "0.20.2"
    assert preview["triggers"] == {"when": UNKNOWN}
    assert preview["resolvedAt"] is UNKNOWN


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"framework": "vllm", "frameworkVersion": "2.1"}, "this is not a version range"),
        ({"framework": UNKNOWN, "frameworkVersion": "2.1"}, "this is not a version range"),
        (
            {"frameworkVersion": Secret("2.1"), "triggers": {"a": UNKNOWN}},
            "this is not a version range",
        ),
        ({"latest": True}, "latest needs at least one criterion"),
        ({"framwork": "vllm"}, "did you mean framework?"),
        ({**CRITERIA, "trigers": {"a": "1"}}, "did you mean triggers?"),
        ({**CRITERIA, "triggers": "now"}, "expected a map, got a string"),
        ({**CRITERIA, "triggers": {"a": 1, "b": UNKNOWN}}, "put the value in quotes"),
        ({**CRITERIA, "framwork": UNKNOWN}, "did you mean framework?"),
    ],
)
def test_invalid_inputs_fail_the_check_without_a_property_name(
    stack: Stack, inputs: Properties, expected: str
) -> None:
    checked = stack.stub.Check(provider_pb2.CheckRequest(urn=URN, news=serialize(inputs)))

    (failure,) = checked.failures
    assert failure.property == ""
    assert expected in failure.reason


def test_delete_sends_no_request(vllm_cloud: Emulator, stack: Stack) -> None:
    stack.up(CRITERIA)
    requests = len(vllm_cloud.requests)

    stack.stub.Delete(provider_pb2.DeleteRequest(id=stack.id, urn=URN))

    assert len(vllm_cloud.requests) == requests
