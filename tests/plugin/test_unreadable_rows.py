"""Unreadable rows are skipped, and reported by functions, pins and errors."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest

from pulumi_tcimages.core.reserved_texts import TAG, UNKNOWN_TEXT
from pulumi_tcimages.emulator import Emulator, Fault
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, URN, Stack, vllm_row

FOREVER = 300
FULL_WIDTH = {ord(letter): ord(letter) + 0xFEE0 for letter in "0123456789abcdef"}
UNREADABLE = vllm_row("0.21.0", FrameworkVersion=0.21)
PROBLEM = (
    "1 of 3 listed images was left out, because the cloud's answer cannot be read there: "
    '"vllm(0.21.0)" (FrameworkVersion: expected a string, got a number)'
)


@pytest.fixture
def plugin(attach_uncached: Callable[..., Plugin], engine: Engine) -> Plugin:
    return attach_uncached(engine.address)


def add_rows(cloud: Emulator, *rows: object) -> None:
    cloud.faults.add("DescribePlatformImages", Fault(rows=rows, times=FOREVER))
    cloud.faults.add("DescribeSessionImageVersion", Fault(rows=rows, times=FOREVER))


@pytest.mark.parametrize("tag", [TAG, TAG.upper(), TAG.translate(FULL_WIDTH), UNKNOWN_TEXT])
@pytest.mark.parametrize("place", ["a library", "an attribute", "an address"])
def test_row_with_a_text_that_pulumi_reserves_is_skipped(
    cloud: Emulator, attach_uncached: Callable[..., Plugin], engine: Engine, place: str, tag: str
) -> None:
    """With the tag as a key, the engine would take a map of libraries for a file to open."""
    row: dict[str, object] = {"ImageId": "i", "ImageName": "own-1.0", "Framework": "own"}
    if place == "a library":
        row["RuntimeLibList"] = [
            {"Name": tag, "Version": "c44067f5952c0a294b673a41bacd8c17"},
            {"Name": "path", "Version": "/etc/hostname"},
        ]
    elif place == "an attribute":
        row["ExtraAttributeList"] = [{"Key": tag, "Value": "x"}]
    else:
        row["ImageUrl"] = tag
    cloud.faults.add("DescribePresetImageList", Fault(rows=[row], times=FOREVER))
    plugin = attach_uncached(engine.address)

    answer = plugin.invoke("getPresetImages", framework="own")

    assert answer["images"] == []
    (warning, *_) = [text for _, text, *_ in engine.logged]
    assert "was left out" in warning
    assert "it has a text that Pulumi reserves" in warning


@pytest.mark.parametrize("function", ["getPlatformImage", "getPlatformImages"])
def test_function_skips_unreadable_rows_with_a_warning(
    vllm_cloud: Emulator, plugin: Plugin, engine: Engine, function: str
) -> None:
    add_rows(vllm_cloud, UNREADABLE)
    latest = {"latest": True} if function == "getPlatformImage" else {}

    answer = plugin.invoke(function, framework="vllm", **latest)

    assert answer.get("imageId", answer.get("ids")) in (
        "vllm-0.20.2",
        ["vllm-0.9.1", "vllm-0.20.2"],
    )
    assert engine.logged == [("WARNING", f"{function}: {PROBLEM}", "", False)]


@pytest.mark.parametrize(
    ("criteria", "status"),
    [({"imageId": "vllm-0.21.0"}, "NOT_FOUND"), ({"framework": "vllm"}, "FAILED_PRECONDITION")],
)
def test_error_reports_unreadable_rows(
    vllm_cloud: Emulator, plugin: Plugin, criteria: dict[str, str], status: str
) -> None:
    add_rows(vllm_cloud, UNREADABLE)

    code, text = plugin.invoke_error("getPlatformImage", **criteria)

    assert code is grpc.StatusCode[status]
    assert " ".join(text.split()).count(f"Warning {PROBLEM}") == 1


def test_session_lookup_skips_unreadable_rows_with_a_warning(
    vllm_cloud: Emulator, plugin: Plugin, engine: Engine
) -> None:
    repeated_row = {"SparkImageId": "s-1", "SparkImageVersion": "pytorch-v9.0.0"}
    add_rows(
        vllm_cloud,
        None,
        {"SparkImageId": "s-2", "SparkImageVersion": 2.5},
        repeated_row,
        repeated_row,
    )

    answer = plugin.invoke(
        "getSessionImage",
        dataEngineId="DataEngine-b0jt6fvk",
        frameworkType="machine-learning",
        framework="pytorch",
        latest=True,
    )

    assert answer["sparkImageId"] == "s-1"
    ((_, warning, _, _),) = engine.logged
    assert warning.endswith(
        'row 1 (expected an object, got null), id "s-2" (SparkImageVersion: expected a string, got '
        "a number)"
    )


def test_pin_skips_unreadable_rows_with_a_warning(
    vllm_cloud: Emulator, plugin: Plugin, engine: Engine
) -> None:
    add_rows(vllm_cloud, UNREADABLE)
    stack = Stack(plugin.stub)

    stack.up(CRITERIA)

    assert stack.version == "0.20.2"
    assert engine.logged == [("WARNING", PROBLEM, URN, False)]


def test_pinned_image_with_unreadable_row_is_neither_withdrawn_nor_compared(
    vllm_cloud: Emulator, plugin: Plugin, engine: Engine
) -> None:
    stack = Stack(plugin.stub)
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    vllm_cloud.catalogue.withdraw_platform_image("vllm-0.20.2")
    add_rows(vllm_cloud, vllm_row("0.20.2", FrameworkVersion=0.2))

    stack.refresh()

    assert stack.outputs == before
    ((severity, text, _, _),) = engine.logged
    assert (severity, text[:34]) == ("WARNING", "1 of 2 listed images was left out,")


def test_pinned_image_without_comparable_version_is_not_older_than_another(
    vllm_cloud: Emulator, plugin: Plugin, engine: Engine
) -> None:
    vllm_cloud.catalogue.change_platform_image("vllm-0.20.2", FrameworkVersion="nightly")
    stack = Stack(plugin.stub)
    stack.up({"imageId": "vllm-0.20.2"})

    stack.up(CRITERIA)
    stack.refresh()

    assert (stack.version, stack.outputs["newerVersion"]) == ("nightly", "")
    ((severity, text, _, _),) = engine.logged
    assert severity == "WARNING"
    assert text.startswith("not considered, because it cannot be read: vllm(0.20.2)")


def test_pin_with_unreadable_row_does_not_move(vllm_cloud: Emulator, plugin: Plugin) -> None:
    stack = Stack(plugin.stub)
    stack.up(CRITERIA)
    vllm_cloud.catalogue.withdraw_platform_image("vllm-0.20.2")
    add_rows(vllm_cloud, vllm_row("0.20.2", FrameworkVersion=0.2))

    with pytest.raises(grpc.RpcError) as caught:
        stack.up({**CRITERIA, "imageRange": "Inference"})

    text = " ".join(caught.value.details().split())
    assert "vllm(0.20.2) (id vllm-0.20.2) is listed, but its entry cannot be read" in text
    assert "change a trigger to choose another image now" in text
    assert stack.version == "0.20.2"


def test_list_without_readable_rows_is_an_error(vllm_cloud: Emulator, plugin: Plugin) -> None:
    for version in ("0.9.1", "0.20.2"):
        vllm_cloud.catalogue.withdraw_platform_image(f"vllm-{version}")
    add_rows(vllm_cloud, {"ImageUrl": "a"}, {"ImageUrl": "b"})

    for function in ("getPlatformImages", "getPlatformImage"):
        _, text = plugin.invoke_error(function, framework="vllm")
        assert "2 images listed, and none can be read" in " ".join(text.split())
