"""Invoke over the whole path: gRPC, query, signed request, selection and response."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.plugin.functions import answer, list_functions
from pulumi_tcimages.plugin.property_values import UNKNOWN, Secret
from tests.plugin.conftest import TOKEN, Engine, OneImageCloud, Plugin, struct

ENGINE = {"dataEngineId": "DataEngine-b0jt6fvk", "frameworkType": "machine-learning"}


def invoke_function(function: str, arguments: struct_pb2.Struct, cloud: OneImageCloud) -> Any:
    return answer(TOKEN + function, arguments, cloud, lambda _: None)


def test_single_session_image_is_the_published_sample(plugin: Plugin) -> None:
    assert plugin.invoke("getSessionImage", **ENGINE, framework="torch") == {
        "sparkImageId": "98765432-10fe-bcd1-9a8b-0123456789ab",
        "sparkImageTag": "ccr.ccs.tencentyun.com/dlc_cloud/pytorch:dev-v20241218",
        "sparkImageType": 1,
        "sparkImageVersion": "pytorch-v2.5.1",
        "framework": "pytorch",
        "frameworkVersion": "2.5.1",
        "imageTag": "dev-v20241218",
        "region": "ap-guangzhou",
    }


def test_list_is_sorted_and_has_the_total_count(plugin: Plugin) -> None:
    answer = plugin.invoke("getSessionImages", **ENGINE, nameRegex="learn|flow")

    names = [image["sparkImageVersion"] for image in answer.pop("images")]
    assert names == ["scikit-learn-v1.6.0", "tensorflow-v2.18.0"]
    assert answer == {
        "ids": [
            "1a2b3c4d-5e6f-7g8h-9i0j-k1l2m3n4o5p6",
            "123e4567-e89b-12d3-a456-426614174001",
        ],
        "totalCount": 3,
        "region": "ap-guangzhou",
    }


def test_empty_list_is_returned(plugin: Plugin) -> None:
    answer = plugin.invoke("getPlatformImages", imageName="no such name")

    assert (answer["images"], answer["ids"]) == ([], [])


def test_empty_list_warns_once_and_lists_once(
    attach_plugin: Callable[..., Plugin], engine: Engine, cloud: Emulator
) -> None:
    plugin = attach_plugin(engine.address)
    plugin.configure()

    for _ in range(2):
        plugin.invoke("getPlatformImages", framework="pytroch", imageRange="Train")

    warning = (
        'getPlatformImages: the list is empty: of 205 images none satisfies framework "pytroch"; '
        'did you mean framework "pytorch"? (leaves 66 images)'
    )
    assert engine.logged == [("WARNING", warning, "", False)]
    assert len(cloud.requests) == 3  # one listing has three pages


def test_latest_by_key_without_images_has_a_warning(
    attach_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = attach_plugin(engine.address)
    plugin.configure()
    arguments = {"framework": "pytorch", "imageRange": "Train"}

    responses = [
        plugin.invoke("getPlatformImage", **arguments, latestBy=["cudaa", "torch"]) for _ in "12"
    ]
    response = plugin.invoke("getPlatformImage", **arguments, latestBy=["torch"])

    assert responses == [response, response]
    warning = (
        'getPlatformImage: latestBy "cudaa" ranks nothing: of 205 images none has this component; '
        'did you mean "cuda"?'
    )
    unnamed = (
        "getPlatformImage: not considered, because it cannot be read: "
        "7db47e4a-c43d-5fa7-968d-9f06166156b6 (components pytorch (no name))"
    )
    assert [text for _, text, _, _ in engine.logged] == [warning, unnamed]


def test_non_empty_list_and_contradicting_criteria_have_no_warning(
    attach_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = attach_plugin(engine.address)
    plugin.configure()

    ids = plugin.invoke("getPlatformImages", framework="vllm")["ids"]
    empty_ids = plugin.invoke("getPlatformImages", framework="vllm", imageRange="Train")["ids"]

    assert (bool(ids), empty_ids, engine.logged) == (True, [], [])


def test_warning_does_not_show_a_secret_argument(
    attach_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = attach_plugin(engine.address)
    plugin.configure()

    answer = plugin.invoke("getPlatformImages", framework=Secret("canary-name"))
    plugin.invoke("getPlatformImages", imageRange=Secret("canary-range"))

    assert answer["ids"] == Secret([])
    assert [text for _, text, _, _ in engine.logged] == [
        f"getPlatformImages: {name} is a secret, so a warning about this lookup is not shown"
        for name in ("framework", "imageRange")
    ]


def test_no_match_error_has_criteria_and_counts(plugin: Plugin, cloud: Emulator) -> None:
    code, text = plugin.invoke_error(
        "getSessionImage", **ENGINE, framework="torch", tagRegex="^prod"
    )

    assert code is grpc.StatusCode.NOT_FOUND
    assert text.splitlines()[:6] == [
        "getSessionImage: no image matches. [no-match]",
        'Asked    dataEngineId "DataEngine-b0jt6fvk"; frameworkType',
        '         "machine-learning"; framework "torch"; tagRegex "^prod"',
        f"Where    ap-guangzhou, {cloud.address}",
        "Looked   3 images listed",
        "         1 left by framework",
    ]


def test_several_matches_are_a_failed_precondition(plugin: Plugin) -> None:
    code, text = plugin.invoke_error("getSessionImage", **ENGINE)

    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert text.startswith("getSessionImage: 3 images match. [ambiguous]\n")
    assert 'framework "pytorch"' in text


def test_snake_case_argument_is_rejected_with_a_suggestion(plugin: Plugin, cloud: Emulator) -> None:
    code, text = plugin.invoke_error("getPlatformImage", image_range="Train")

    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert text.splitlines()[:2] == [
        "getPlatformImage: invalid argument. [invalid-argument]",
        'Problem  there is no argument "image_range"',
    ]
    assert text.endswith("Next     did you mean imageRange?")
    assert len(cloud.requests) == 0


def test_repeated_query_uses_a_new_listing_without_a_cache(
    attach_plugin: Callable[..., Plugin], cloud: Emulator
) -> None:
    plugin = attach_plugin()
    plugin.configure(cacheTtlSeconds=0)
    arguments = {**ENGINE, "framework": "pytorch", "latest": True}
    before = plugin.invoke("getSessionImage", **arguments)
    cloud.catalogue.add_session_image(
        ENGINE["dataEngineId"],
        ENGINE["frameworkType"],
        {"SparkImageId": "newest", "SparkImageVersion": "pytorch-v9.0.0"},
    )

    after = plugin.invoke("getSessionImage", **arguments)

    assert (before["frameworkVersion"], after["sparkImageId"]) == ("2.5.1", "newest")


def test_expired_listing_is_not_referenced_by_responses() -> None:
    catalogue = OneImageCloud()
    arguments = struct(framework="pytorch", latest=True)

    answers = [invoke_function("getPlatformImage", arguments, catalogue) for _ in range(2)]
    assert answers[0] is answers[1]
    listing = weakref.ref(catalogue.listing)
    catalogue.listing = OneImageCloud().listing
    assert listing() is None


def test_list_responses_are_not_cached() -> None:
    catalogue = OneImageCloud()
    answers = [invoke_function("getPlatformImages", struct(), catalogue) for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0] is not answers[1]


def test_unknown_function_error_names_all_functions(plugin: Plugin) -> None:
    code, text = plugin.invoke_error("getImage")

    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert all(function.token in text for function in list_functions())


def test_unknown_value_is_rejected(plugin: Plugin) -> None:
    code, text = plugin.invoke_error("getPlatformImage", imageId=UNKNOWN)

    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "not known yet" in text


def test_secret_argument_makes_the_result_secret(plugin: Plugin) -> None:
    plain = plugin.invoke("getSessionImage", **ENGINE, framework="pytorch")
    secret = plugin.invoke("getSessionImage", **ENGINE, framework=Secret("pytorch"))

    assert secret == {name: Secret(value) for name, value in plain.items()}


def test_api_error_has_code_action_and_request_id(plugin: Plugin, cloud: Emulator) -> None:
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.UnauthorizedOperation"))

    code, text = plugin.invoke_error("getPlatformImage", framework="pytorch", latest=True)

    assert code is grpc.StatusCode.PERMISSION_DENIED
    assert "AuthFailure.UnauthorizedOperation" in text
    assert "tione:DescribePlatformImages" in text
    assert cloud.requests[-1].request_id in text
    assert cloud.secret_key not in text
    assert cloud.faults.left() == {}


def test_result_has_the_region_of_its_request(attach_plugin: Callable[..., Plugin]) -> None:
    plugin = attach_plugin()
    plugin.configure(region="ap-beijing")

    configured_region = plugin.invoke("getSessionImages", **ENGINE)["region"]
    requested_region = plugin.invoke("getSessionImages", **ENGINE, region="ap-shanghai")["region"]

    assert (configured_region, requested_region) == ("ap-beijing", "ap-shanghai")


def test_error_does_not_show_a_secret_argument(plugin: Plugin) -> None:
    secret = {"torch": Secret(">=99"), "cuda": "*"}

    _, text = plugin.invoke_error(
        "getPlatformImage", imageName=Secret("canary-name"), components=secret
    )

    assert 'imageName "[secret]"' in text
    assert "canary-name" not in text
    assert ">=99" not in text


@pytest.mark.parametrize(
    "secret", ["canary name of many words " * 3, 98765.5, ["x" * 30, "canary" * 9]]
)
def test_error_shows_no_secret_of_any_type(plugin: Plugin, secret: object) -> None:
    _, text = plugin.invoke_error("getPlatformImage", imageName=Secret(secret), latest=True)

    assert "[secret]" in text
    assert not re.search("canary|98765", text)
