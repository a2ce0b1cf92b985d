"""What is secret about a pin is in no line of the engine's log and in no error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest

from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ApiError
from pulumi_tcimages.plugin import pins
from pulumi_tcimages.plugin.engine_log import UrnLog
from pulumi_tcimages.plugin.pin_inputs import find_pin
from pulumi_tcimages.plugin.property_values import Secret
from tests.plugin.conftest import OneListing, Plugin
from tests.plugin.pin_steps import CRITERIA, Stack, vllm

PIN = find_pin("tcimages:index:PlatformImagePin")


def refuse_the_next(moving: Emulator, message: str) -> None:
    fault = Fault(code="InvalidParameter", message=message)
    moving.faults.add("DescribePlatformImages", fault)


def test_a_secret_criterion_is_in_no_error_of_a_create(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as created:
        stack.up({"framework": Secret("canary"), "latest": True})

    assert 'framework "[secret]"' in created.value.details()
    assert "canary" not in created.value.details()


def test_what_a_secret_criterion_leaves_is_in_no_error_of_a_create(
    moving: Emulator, stack: Stack
) -> None:
    moving.catalogue.add_platform_image(vllm("0.20.2", ImageId="twin"))

    with pytest.raises(grpc.RpcError) as ambiguous:
        stack.up({"framework": Secret("vllm"), "latest": True})
    with pytest.raises(grpc.RpcError) as none:
        stack.up({"framework": "vllm", "frameworkVersion": Secret(">=99")})

    several, nothing = ambiguous.value.details(), none.value.details()
    assert several.splitlines()[0].endswith("several images match. [ambiguous]")
    assert several.splitlines()[-3:] == [
        "Next     framework is a secret, so no details are shown; to see them, ask",
        "         the same in the shell, and add framework:",
        "           tcimages explain platform-images --region ap-guangzhou --latest",
    ]
    assert "0 left by frameworkVersion" in nothing
    assert "0.20" not in several + nothing
    assert "twin" not in several + nothing


def test_a_secret_of_the_inputs_is_in_no_error_of_a_refresh(
    moving: Emulator, stack: Stack, fresh: Callable[..., Plugin]
) -> None:
    stack.up(CRITERIA)
    stack.inputs["nameRegex"] = Secret("canary")
    refuse_the_next(moving, "No canary.")
    stack.stub = fresh().stub

    with pytest.raises(grpc.RpcError) as read:
        stack.refresh()

    assert "No [secret]." in read.value.details()


def test_an_error_of_a_refresh_keeps_the_words_of_a_secret_image(
    moving: Emulator, stack: Stack, fresh: Callable[..., Plugin]
) -> None:
    stack.up(CRITERIA)
    stack.outputs["image"] = Secret(stack.outputs["image"])
    refuse_the_next(moving, "Inference is off.")
    stack.stub = fresh().stub

    with pytest.raises(grpc.RpcError, match=r"Inference is off\."):
        stack.refresh()


def test_a_secret_key_that_ranks_nothing_is_warned_of_without_its_name() -> None:
    warned: list[str] = []
    log = UrnLog(warned.append, pytest.fail)
    arguments = {"framework": "torch", "latestBy": ["cudaa", "frameworkVersion"]}

    olds = pins.create(PIN, arguments, OneListing(), "then", log)
    hidden = {**arguments, "latestBy": Secret(arguments["latestBy"]), "imageId": "i-1"}
    pins.update(PIN, olds, arguments, hidden, OneListing(), "now", log)

    assert warned[0].startswith('`latest_by` "cudaa" ranks nothing')
    assert warned[1:] == ["`latest_by` is a secret, so a warning about this lookup is not shown"]


def test_what_the_cloud_says_of_a_project_that_is_gone_is_told_without_a_secret_one() -> None:
    messages: list[str] = []
    call = Call("tione", "DescribePlatformImages", "ap-guangzhou", "host")

    class Gone(OneListing):
        def list_images(self, *_: Any, **__: Any) -> Any:
            raise ApiError("ResourceNotFound", "No project canary-7.", call=call)

    arguments = {"framework": "torch", "tiProjectId": Secret("canary-7")}
    state = {**arguments, "image": {"imageId": "i-1"}, "resolvedAt": "then"}
    pins.read(PIN, "pin-1", state, arguments, Gone(), "", UrnLog(messages.append, messages.append))

    assert "No project [secret]." in messages[0]
    assert "canary" not in "".join(messages)


def test_a_secret_image_that_a_clear_criterion_moves_is_not_named() -> None:
    messages: list[str] = []
    olds = {
        "framework": "torch",
        "image": Secret({"imageId": "canary"}),
        "resolvedAt": "then",
    }
    arguments = {"framework": "torch"}

    news = {**arguments, "imageId": "i-1"}
    pins.update(
        PIN, olds, arguments, news, OneListing(), "now", UrnLog(pytest.fail, messages.append)
    )

    assert len(messages) == 1
    assert "canary" not in messages[0]
    assert "i-1" not in messages[0]
