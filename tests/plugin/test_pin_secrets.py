"""Secrets of a pin are in no log line and no error."""

from __future__ import annotations

import json
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
from tests.plugin.conftest import Engine, OneImageCloud, Plugin
from tests.plugin.pin_steps import CRITERIA, Stack, vllm_row

PIN = find_pin("tcimages:index:PlatformImagePin")


def reject_next_listing(vllm_cloud: Emulator, message: str) -> None:
    fault = Fault(code="InvalidParameter", message=message)
    vllm_cloud.faults.add("DescribePlatformImages", fault)


def test_create_error_does_not_show_a_secret_criterion(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        stack.up({"framework": Secret("canary"), "latest": True})

    assert 'framework "[secret]"' in caught.value.details()
    assert "canary" not in caught.value.details()


def test_create_error_does_not_show_results_of_a_secret_criterion(
    vllm_cloud: Emulator, stack: Stack
) -> None:
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.20.2", ImageId="twin"))

    with pytest.raises(grpc.RpcError) as ambiguous_error:
        stack.up({"framework": Secret("vllm"), "latest": True})
    with pytest.raises(grpc.RpcError) as no_match_error:
        stack.up({"framework": "vllm", "frameworkVersion": Secret(">=99")})

    ambiguous_text, no_match_text = ambiguous_error.value.details(), no_match_error.value.details()
    assert ambiguous_text.splitlines()[0].endswith("several images match. [ambiguous]")
    assert ambiguous_text.splitlines()[-3:] == [
        "Next     framework is a secret, so no details are shown; to see them, ask",
        "         the same in the shell, and add framework:",
        "           tcimages explain platform-images --region ap-guangzhou --latest",
    ]
    assert "0 left by frameworkVersion" in no_match_text
    assert "0.20" not in ambiguous_text + no_match_text
    assert "twin" not in ambiguous_text + no_match_text


def test_refresh_error_does_not_show_a_secret_input(
    vllm_cloud: Emulator, stack: Stack, attach_uncached: Callable[..., Plugin]
) -> None:
    stack.up(CRITERIA)
    stack.inputs["nameRegex"] = Secret("canary")
    reject_next_listing(vllm_cloud, "No canary.")
    stack.stub = attach_uncached().stub

    with pytest.raises(grpc.RpcError) as caught:
        stack.refresh()

    assert "No [secret]." in caught.value.details()


def test_refresh_error_shows_words_of_a_secret_image(
    vllm_cloud: Emulator, stack: Stack, attach_uncached: Callable[..., Plugin]
) -> None:
    stack.up(CRITERIA)
    stack.outputs["image"] = Secret(stack.outputs["image"])
    reject_next_listing(vllm_cloud, "Inference is off.")
    stack.stub = attach_uncached().stub

    with pytest.raises(grpc.RpcError, match=r"Inference is off\."):
        stack.refresh()


def test_warning_about_latest_by_does_not_name_a_secret_key() -> None:
    warnings: list[str] = []
    log = UrnLog(warnings.append, pytest.fail)
    arguments = {"framework": "torch", "latestBy": ["cudaa", "frameworkVersion"]}

    olds = pins.create(PIN, arguments, OneImageCloud(), "then", log)
    secret_arguments = {**arguments, "latestBy": Secret(arguments["latestBy"]), "imageId": "i-1"}
    pins.update(PIN, olds, arguments, secret_arguments, OneImageCloud(), "now", log)

    assert warnings[0].startswith('`latest_by` "cudaa" ranks nothing')
    assert warnings[1:] == ["`latest_by` is a secret, so a warning about this lookup is not shown"]


def test_api_message_about_a_missing_project_is_redacted() -> None:
    messages: list[str] = []
    call = Call("tione", "DescribePlatformImages", "ap-guangzhou", "host")

    class MissingProjectCloud(OneImageCloud):
        def list_images(self, *_: Any, **__: Any) -> Any:
            raise ApiError("ResourceNotFound", "No project canary-7.", call=call)

    arguments = {"framework": "torch", "tiProjectId": Secret("canary-7")}
    state = {**arguments, "image": {"imageId": "i-1"}, "resolvedAt": "then"}
    pins.read(
        PIN,
        "pin-1",
        state,
        arguments,
        MissingProjectCloud(),
        "",
        UrnLog(messages.append, messages.append),
    )

    assert "No project [secret]." in messages[0]
    assert "canary" not in "".join(messages)


def test_request_id_that_repeats_a_secret_input_is_redacted_in_the_log(
    vllm_cloud: Emulator, attach_uncached: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(attach_uncached(engine.address).stub)
    stack.up({**CRITERIA, "tiProjectId": Secret("canary-77")})
    error = {"Code": "ResourceNotFound", "Message": "No project."}
    body = json.dumps({"Response": {"Error": error, "RequestId": "r-canary-77"}})
    vllm_cloud.faults.add("DescribePlatformImages", Fault(body=body))

    stack.refresh()

    assert engine.logged[0][1].endswith("No project. (request r-[secret])")


def test_move_from_a_secret_image_names_no_image() -> None:
    messages: list[str] = []
    olds = {
        "framework": "torch",
        "image": Secret({"imageId": "canary"}),
        "resolvedAt": "then",
    }
    arguments = {"framework": "torch"}

    news = {**arguments, "imageId": "i-1"}
    pins.update(
        PIN, olds, arguments, news, OneImageCloud(), "now", UrnLog(pytest.fail, messages.append)
    )

    assert len(messages) == 1
    assert "canary" not in messages[0]
    assert "i-1" not in messages[0]
