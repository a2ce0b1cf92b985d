"""Invoke, over the whole path: gRPC, the question, the signed request, the choice, and back."""

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
from tests.plugin.conftest import TOKEN, Engine, OneListing, Plugin, struct

ENGINE = {"dataEngineId": "DataEngine-b0jt6fvk", "frameworkType": "machine-learning"}


def ask(function: str, arguments: struct_pb2.Struct, cloud: OneListing) -> Any:
    return answer(TOKEN + function, arguments, cloud, lambda _: None)


def test_one_session_image_is_the_pages_own_sample(plugin: Plugin) -> None:
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


def test_a_list_is_sorted_and_counts_what_the_cloud_lists(plugin: Plugin) -> None:
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


def test_an_empty_list_is_an_answer(plugin: Plugin) -> None:
    answer = plugin.invoke("getPlatformImages", imageName="no such name")

    assert (answer["images"], answer["ids"]) == ([], [])


def test_an_empty_list_warns_once_of_what_no_image_has_and_lists_once(
    start: Callable[..., Plugin], engine: Engine, cloud: Emulator
) -> None:
    plugin = start(engine.address)
    plugin.configure()

    for _ in range(2):
        plugin.invoke("getPlatformImages", framework="pytroch", imageRange="Train")

    warning = (
        'getPlatformImages: the list is empty: of 205 images none satisfies framework "pytroch"; '
        'did you mean framework "pytorch"? (leaves 66 images)'
    )
    assert engine.logged == [("WARNING", warning, "", False)]
    assert len(cloud.requests) == 3  # the pages of one listing


def test_a_key_of_latest_by_that_no_image_has_is_a_warning_where_a_later_one_decides(
    start: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start(engine.address)
    plugin.configure()
    question = {"framework": "pytorch", "imageRange": "Train"}

    odd = [plugin.invoke("getPlatformImage", **question, latestBy=["cudaa", "torch"]) for _ in "12"]
    plain = plugin.invoke("getPlatformImage", **question, latestBy=["torch"])

    assert odd == [plain, plain]
    warning = (
        'getPlatformImage: latestBy "cudaa" ranks nothing: of 205 images none has this component; '
        'did you mean "cuda"?'
    )
    nameless = (
        "getPlatformImage: not considered, because it cannot be read: "
        "7db47e4a-c43d-5fa7-968d-9f06166156b6 (components pytorch (no name))"
    )
    assert [text for _, text, _, _ in engine.logged] == [warning, nameless]


def test_no_warning_of_a_list_that_is_not_empty_or_of_criteria_that_only_exclude_each_other(
    start: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start(engine.address)
    plugin.configure()

    some = plugin.invoke("getPlatformImages", framework="vllm")["ids"]
    none = plugin.invoke("getPlatformImages", framework="vllm", imageRange="Train")["ids"]

    assert (bool(some), none, engine.logged) == (True, [], [])


def test_a_secret_argument_is_not_told_in_a_warning(
    start: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start(engine.address)
    plugin.configure()

    answer = plugin.invoke("getPlatformImages", framework=Secret("canary-name"))
    plugin.invoke("getPlatformImages", imageRange=Secret("canary-range"))

    assert answer["ids"] == Secret([])
    assert [text for _, text, _, _ in engine.logged] == [
        f"getPlatformImages: {name} is a secret, so a warning about this lookup is not shown"
        for name in ("framework", "imageRange")
    ]


def test_no_match_says_what_was_asked_and_left(plugin: Plugin, cloud: Emulator) -> None:
    code, text = plugin.refusal("getSessionImage", **ENGINE, framework="torch", tagRegex="^prod")

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
    code, text = plugin.refusal("getSessionImage", **ENGINE)

    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert text.startswith("getSessionImage: 3 images match. [ambiguous]\n")
    assert 'framework "pytorch"' in text


def test_an_argument_in_pythons_spelling_is_refused_with_the_right_one(
    plugin: Plugin, cloud: Emulator
) -> None:
    code, text = plugin.refusal("getPlatformImage", image_range="Train")

    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert text.splitlines()[:2] == [
        "getPlatformImage: invalid argument. [invalid-argument]",
        'Problem  there is no argument "image_range"',
    ]
    assert text.endswith("Next     did you mean imageRange?")
    assert len(cloud.requests) == 0


def test_the_same_question_is_answered_anew_from_a_new_listing(
    start: Callable[..., Plugin], cloud: Emulator
) -> None:
    plugin = start()
    plugin.configure(cacheTtlSeconds=0)
    question = {**ENGINE, "framework": "pytorch", "latest": True}
    before = plugin.invoke("getSessionImage", **question)
    cloud.catalogue.add_session_image(
        ENGINE["dataEngineId"],
        ENGINE["frameworkType"],
        {"SparkImageId": "newest", "SparkImageVersion": "pytorch-v9.0.0"},
    )

    after = plugin.invoke("getSessionImage", **question)

    assert (before["frameworkVersion"], after["sparkImageId"]) == ("2.5.1", "newest")


def test_a_listing_that_is_over_is_not_held_by_its_answers() -> None:
    catalogue = OneListing()
    question = struct(framework="pytorch", latest=True)

    answers = [ask("getPlatformImage", question, catalogue) for _ in range(2)]
    assert answers[0] is answers[1]
    listing = weakref.ref(catalogue.listing)
    catalogue.listing = OneListing().listing
    assert listing() is None


def test_long_lists_are_not_kept_beside_the_listing() -> None:
    catalogue = OneListing()
    answers = [ask("getPlatformImages", struct(), catalogue) for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0] is not answers[1]


def test_an_unknown_function_names_those_there_are(plugin: Plugin) -> None:
    code, text = plugin.refusal("getImage")

    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert all(function.token in text for function in list_functions())


def test_an_argument_that_is_not_known_yet_is_refused_not_dropped(plugin: Plugin) -> None:
    code, text = plugin.refusal("getPlatformImage", imageId=UNKNOWN)

    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "not known yet" in text


def test_a_secret_argument_makes_the_whole_answer_secret(plugin: Plugin) -> None:
    plain = plugin.invoke("getSessionImage", **ENGINE, framework="pytorch")
    secret = plugin.invoke("getSessionImage", **ENGINE, framework=Secret("pytorch"))

    assert secret == {name: Secret(value) for name, value in plain.items()}


def test_the_cloud_saying_no_is_told_with_code_and_request(plugin: Plugin, cloud: Emulator) -> None:
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.UnauthorizedOperation"))

    code, text = plugin.refusal("getPlatformImage", framework="pytorch", latest=True)

    assert code is grpc.StatusCode.PERMISSION_DENIED
    assert "AuthFailure.UnauthorizedOperation" in text
    assert "tione:DescribePlatformImages" in text
    assert cloud.requests[-1].request_id in text
    assert cloud.secret_key not in text
    assert cloud.faults.left() == {}


def test_the_answer_does_not_depend_on_another_region(start: Callable[..., Plugin]) -> None:
    plugin = start()
    plugin.configure(region="ap-beijing")

    there = plugin.invoke("getSessionImages", **ENGINE)["region"]
    here = plugin.invoke("getSessionImages", **ENGINE, region="ap-shanghai")["region"]

    assert (there, here) == ("ap-beijing", "ap-shanghai")


def test_a_secret_argument_is_not_told_in_the_error(plugin: Plugin) -> None:
    secret = {"torch": Secret(">=99"), "cuda": "*"}

    _, text = plugin.refusal("getPlatformImage", imageName=Secret("canary-name"), components=secret)

    assert 'imageName "[secret]"' in text
    assert "canary-name" not in text
    assert ">=99" not in text


@pytest.mark.parametrize(
    "secret", ["canary name of many words " * 3, 98765.5, ["x" * 30, "canary" * 9]]
)
def test_a_secret_of_any_kind_is_not_told(plugin: Plugin, secret: object) -> None:
    _, text = plugin.refusal("getPlatformImage", imageName=Secret(secret), latest=True)

    assert "[secret]" in text
    assert not re.search("canary|98765", text)
