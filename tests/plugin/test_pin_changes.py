"""Which change moves a pin, and how the engine is told of each."""

from __future__ import annotations

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.plugin import pins
from pulumi_tcimages.plugin.diffs import build_diff_response
from pulumi_tcimages.plugin.engine_log import UrnLog
from pulumi_tcimages.plugin.pin_inputs import changed_replace_triggers, check, find_pin
from pulumi_tcimages.plugin.property_values import UNKNOWN, Secret
from tests.plugin.conftest import OneListing
from tests.plugin.pin_steps import CRITERIA, Stack, vllm

PLATFORM, SESSION = (find_pin(f"tcimages:index:{item}ImagePin") for item in ("Platform", "Session"))


def test_another_project_resolves_anew(moving: Emulator, stack: Stack) -> None:
    stack.up({**CRITERIA, "tiProjectId": "1"})
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    assert stack.up({**CRITERIA, "tiProjectId": "2"}) == ["tiProjectId"]
    assert stack.version == "0.21.0"


@pytest.mark.parametrize(
    ("pin", "name"),
    [
        (SESSION, "dataEngineId"),
        (SESSION, "region"),
        (PLATFORM, "tiProjectId"),
        (PLATFORM, "triggers"),
    ],
)
def test_what_the_images_are_for_moves_a_pin(pin: pins.Pin, name: str) -> None:
    assert changed_replace_triggers(pin, {}, {name: "a"}, {name: "b"}) == [name]


def test_a_region_that_is_marked_as_secret_later_is_the_same_region() -> None:
    assert changed_replace_triggers(PLATFORM, {}, {"region": "a"}, {"region": Secret("a")}) == []


def test_triggers_may_be_unknown_and_a_region_that_is_null_is_filled_in() -> None:
    arguments = {"framework": "vllm", "triggers": UNKNOWN, "region": None}

    assert check(PLATFORM, arguments, lambda: "ap-beijing") == {**arguments, "region": "ap-beijing"}


def test_an_update_to_an_image_without_an_id_is_refused() -> None:
    log, olds = UrnLog(pytest.fail, pytest.fail), {"framework": "torch"}
    news = {**olds, "triggers": {"a": "1"}}

    with pytest.raises(InvalidArgumentError, match="has no id, so that it cannot be pinned"):
        pins.update(PLATFORM, olds, olds, news, OneListing(None), None, log)


def test_a_withdrawn_image_that_a_change_lets_go_is_no_warning() -> None:
    state = {"framework": "torch", "image": {"imageId": "i-1"}, "available": False}
    log = UrnLog(pytest.fail, pytest.fail)

    assert pins.diff(PLATFORM, state, {"framework": "torch"}, {"framework": "vllm"}, log) == [
        "framework"
    ]


def test_each_change_is_an_update_an_addition_or_a_deletion_of_an_input() -> None:
    kinds = provider_pb2.PropertyDiff

    found = build_diff_response(["a", "b", "c"], {"a": 1, "b": 1}, {"a": 2, "c": 1}).detailedDiff

    assert {name: (value.kind, value.inputDiff) for name, value in found.items()} == {
        "a": (kinds.UPDATE, True),
        "b": (kinds.DELETE, True),
        "c": (kinds.ADD, True),
    }
