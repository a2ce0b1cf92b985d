"""Changes that move a pin, and how they are reported to the engine."""

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
from tests.plugin.conftest import OneImageCloud
from tests.plugin.pin_steps import CRITERIA, Stack, vllm_row

PLATFORM, SESSION = (find_pin(f"tcimages:index:{kind}ImagePin") for kind in ("Platform", "Session"))


def test_changed_project_moves_the_pin(vllm_cloud: Emulator, stack: Stack) -> None:
    stack.up({**CRITERIA, "tiProjectId": "1"})
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))

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
def test_changed_scope_or_trigger_moves_the_pin(pin: pins.Pin, name: str) -> None:
    assert changed_replace_triggers(pin, {}, {name: "a"}, {name: "b"}) == [name]


def test_region_marked_as_secret_is_unchanged() -> None:
    assert changed_replace_triggers(PLATFORM, {}, {"region": "a"}, {"region": Secret("a")}) == []


def test_trigger_may_be_unknown_and_null_region_is_filled_in() -> None:
    arguments = {"framework": "vllm", "triggers": UNKNOWN, "region": None}

    assert check(PLATFORM, arguments, lambda: "ap-beijing") == {**arguments, "region": "ap-beijing"}


def test_update_to_an_image_without_id_is_rejected() -> None:
    log, olds = UrnLog(pytest.fail, pytest.fail), {"framework": "torch"}
    news = {**olds, "triggers": {"a": "1"}}

    with pytest.raises(InvalidArgumentError, match="has no id, so that it cannot be pinned"):
        pins.update(PLATFORM, olds, olds, news, OneImageCloud(None), None, log)


def test_withdrawn_image_that_a_change_replaces_has_no_warning() -> None:
    state = {"framework": "torch", "image": {"imageId": "i-1"}, "available": False}
    log = UrnLog(pytest.fail, pytest.fail)

    assert pins.diff(PLATFORM, state, {"framework": "torch"}, {"framework": "vllm"}, log) == [
        "framework"
    ]


def test_diff_kinds_are_update_add_and_delete() -> None:
    kinds = provider_pb2.PropertyDiff

    detailed_diff = build_diff_response(
        ["a", "b", "c"], {"a": 1, "b": 1}, {"a": 2, "c": 1}
    ).detailedDiff

    assert {name: (value.kind, value.inputDiff) for name, value in detailed_diff.items()} == {
        "a": (kinds.UPDATE, True),
        "b": (kinds.DELETE, True),
        "c": (kinds.ADD, True),
    }
