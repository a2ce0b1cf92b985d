"""Pins whose image Tencent Cloud changed under the same id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.plugin.property_values import UNKNOWN, Secret, unwrap
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, SESSION_URN, URN, Stack

PINNED = "vllm-0.20.2"
LABEL = "vllm(0.20.2) (id vllm-0.20.2)"
NEW_VALUES = {"FrameworkVersion": "0.21.0", "ImageUrl": "reg/vllm:0.21.0"}
FIX = "The pin keeps the stored values; to take the new ones, change a trigger."


@pytest.fixture
def stack(vllm_cloud: Emulator, attach_uncached: Callable[..., Plugin], engine: Engine) -> Stack:
    """A stack whose plugin sends its log to the engine. The pinned image has an address."""
    vllm_cloud.catalogue.change_platform_image(
        PINNED,
        ImageUrl="reg/vllm:0.20.2",
        SupportGpuList=["A100", "L40"],
        ExtraAttributes=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
        SupportDistributedDeploy=True,
        Description="An image.",
    )
    return Stack(attach_uncached(engine.address).stub)


def messages(engine: Engine) -> list[tuple[str, str]]:
    return [(severity, text) for severity, text, _, _ in engine.logged]


def test_refresh_warns_of_the_changed_fields_and_keeps_the_stored_values(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    vllm_cloud.catalogue.change_platform_image(PINNED, **NEW_VALUES)

    stack.refresh()
    stack.up(CRITERIA)

    assert stack.outputs == before
    assert engine.logged == [
        (
            "WARNING",
            f"Tencent Cloud changed the pinned image {LABEL} under its id: imageUrl, "
            f"frameworkVersion, imageTag. {FIX}",
            URN,
            False,
        )
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"SupportGpuList": ["L40", "A100"]},
        {"ExtraAttributes": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]},
        {"Description": "Another text."},
        {"ImageType": "TCR"},
    ],
    ids=["order of a list", "order of objects", "description", "empty in the state"],
)
def test_other_form_of_the_same_image_is_not_a_change(
    vllm_cloud: Emulator, stack: Stack, engine: Engine, row: dict[str, Any]
) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.change_platform_image(PINNED, **row)

    stack.refresh()

    assert messages(engine) == []


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"SupportGpuList": []}, "supportGpuList"),
        ({"SupportDistributedDeploy": False}, "supportDistributedDeploy"),
        ({"Description": "支持的核心库：transformers 4.57"}, "libraries"),
    ],
    ids=["emptied list", "boolean", "libraries of the description"],
)
def test_changed_value_is_named(
    vllm_cloud: Emulator, stack: Stack, engine: Engine, row: dict[str, Any], field: str
) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.change_platform_image(PINNED, **row)

    stack.refresh()

    assert f"under its id: {field}." in messages(engine)[0][1]


def test_state_of_another_version_with_other_fields_has_no_warning(
    stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    image = stack.outputs["image"]
    for name in ("imageUrl", "imageTag", "components", "supportDistributedDeploy"):
        del image[name]
    image |= {"libraries": {"parsed": "otherwise"}, "regionScope": 7, "framework": UNKNOWN}
    image |= {"madeOn": "the moon", "extraAttributes": None}

    for _ in range(2):
        stack.refresh()

    assert messages(engine) == []


def test_changed_criterion_takes_the_new_values_that_satisfy_it(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    stack.outputs["resolvedAt"] = "2024-01-01T00:00:00Z"
    vllm_cloud.catalogue.change_platform_image(PINNED, **NEW_VALUES)
    narrowed = {**CRITERIA, "frameworkVersion": ">=0.21"}

    preview = stack.preview(narrowed)
    stack.up(narrowed)

    image = stack.outputs["image"]
    assert preview["image"] == image
    assert (image["imageUrl"], image["imageTag"]) == ("reg/vllm:0.21.0", "0.21.0")
    assert stack.version == "0.21.0"
    assert preview["resolvedAt"] is UNKNOWN
    assert stack.outputs["resolvedAt"] > "2026"
    assert messages(engine) == [
        (
            "INFO",
            f"Tencent Cloud changed the pinned image {LABEL} under its id: imageUrl, "
            "frameworkVersion, imageTag. The pin takes the new values, because its criteria "
            "changed.",
        )
    ]


def test_changed_criterion_that_the_new_values_fail_moves_the_pin(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.change_platform_image(PINNED, **NEW_VALUES)

    stack.up({**CRITERIA, "frameworkVersion": "<0.21"})

    assert stack.version == "0.9.1"
    ((severity, text),) = messages(engine)
    assert severity == "INFO"
    assert text.startswith(f"the pinned image {LABEL} does not satisfy frameworkVersion")


def test_criterion_about_a_description_that_changed_takes_the_new_one(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    vllm_cloud.catalogue.change_platform_image(PINNED, SupportGpuList=[])
    stack.up(CRITERIA)
    gpus = "支持的卡型：H20"
    vllm_cloud.catalogue.change_platform_image(PINNED, Description=gpus)

    stack.up({**CRITERIA, "gpu": "H20"})

    assert stack.outputs["image"]["description"] == gpus
    assert "under its id: description. The pin takes" in messages(engine)[0][1]


def test_changed_criterion_fills_fields_that_the_state_lacks(stack: Stack, engine: Engine) -> None:
    stack.up(CRITERIA)
    image = dict(stack.outputs["image"])
    stack.outputs["image"] = {"imageId": PINNED, "madeOn": "the moon"}

    stack.up({**CRITERIA, "imageRange": "Inference"})

    assert stack.outputs["image"] == {**image, "madeOn": "the moon"}
    assert messages(engine) == []


def test_changed_trigger_takes_the_new_values_and_names_the_fields(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.change_platform_image(PINNED, **NEW_VALUES)

    stack.up({**CRITERIA, "triggers": {"take": "it"}})

    assert stack.version == "0.21.0"
    assert messages(engine) == [
        (
            "INFO",
            "the pin chooses anew, as triggers changed: it stays at vllm(0.20.2) (0.21.0, id "
            "vllm-0.20.2) and takes what Tencent Cloud changed in it: imageUrl, "
            "frameworkVersion, imageTag.",
        )
    ]
    engine.logged.clear()
    stack.refresh()
    assert messages(engine) == []


def test_secret_criterion_hides_the_changed_fields(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    secret = {**CRITERIA, "framework": Secret("vllm")}
    stack.up(secret)
    vllm_cloud.catalogue.change_platform_image(PINNED, **NEW_VALUES)

    stack.refresh()
    stack.up({**secret, "frameworkVersion": ">=0.21"})

    hidden = (
        "Tencent Cloud changed the pinned image under its id; what changed is secret, because a "
        "criterion is."
    )
    assert messages(engine) == [
        ("WARNING", f"{hidden} {FIX}"),
        ("INFO", f"{hidden} The pin takes the new values, because its criteria changed."),
    ]
    assert unwrap(stack.outputs["image"])["frameworkVersion"] == "0.21.0"


def test_image_that_a_filter_no_longer_lists_is_compared(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    filtered = {**CRITERIA, "filters": [{"name": "ImageRange", "values": ["Inference"]}]}
    stack.up(filtered)
    vllm_cloud.catalogue.change_platform_image(PINNED, ImageRange=["Train"], ImageUrl="reg/b:1")

    stack.refresh()

    assert any(
        "under its id: imageUrl, imageRange, imageTag." in text for _, text in messages(engine)
    )


def test_moved_tag_of_a_session_image_is_a_change(
    attach_uncached: Callable[..., Plugin], vllm_cloud: Emulator, engine: Engine
) -> None:
    stack = Stack(attach_uncached(engine.address).stub, SESSION_URN)
    scope = {"dataEngineId": "DataEngine-b0jt6fvk", "frameworkType": "python"}
    arguments = {**scope, "latest": True}
    stack.up(arguments)
    image = stack.outputs["image"]
    vllm_cloud.catalogue.change_session_image(
        *scope.values(), image["sparkImageId"], SparkImageTag="reg/py:dev-v20261101"
    )

    stack.refresh()
    stack.up({**arguments, "tagRegex": "^dev-v20261101$"})

    assert "under its id: sparkImageTag, imageTag." in messages(engine)[0][1]
    assert stack.outputs["image"]["imageTag"] == "dev-v20261101"


def test_engine_version_that_goes_offline_is_reported_once(
    attach_uncached: Callable[..., Plugin], vllm_cloud: Emulator, engine: Engine
) -> None:
    urn = "urn:pulumi:prod::shop::tcimages:index:EngineImageVersionPin::spark"
    stack = Stack(attach_uncached(engine.address).stub, urn)
    stack.up({"engineType": "StandardSpark", "version": "==1.1"})
    image_id = stack.outputs["image"]["imageVersionId"]

    later = "2026-01-01:00:00:00"
    vllm_cloud.catalogue.change("engine_image_versions", image_id, UpdateTime=later)
    stack.refresh()
    assert messages(engine) == []

    vllm_cloud.catalogue.change("engine_image_versions", image_id, State=3)
    stack.refresh()
    ((severity, text),) = messages(engine)
    assert (severity, 'does not satisfy state "online"' in text) == ("INFO", True)

    vllm_cloud.catalogue.change("engine_image_versions", image_id, State=2, IsPublic=2)
    stack.refresh()
    assert "under its id: isPublic, visibility." in messages(engine)[-1][1]


def test_preset_image_that_is_no_longer_the_latest_is_not_changed(
    attach_uncached: Callable[..., Plugin], vllm_cloud: Emulator, engine: Engine
) -> None:
    urn = "urn:pulumi:prod::shop::tcimages:index:PresetImagePin::preset"
    stack = Stack(attach_uncached(engine.address).stub, urn)
    image_id = vllm_cloud.catalogue.images("preset_images")[0]["ImageId"]
    vllm_cloud.catalogue.change("preset_images", image_id, IsLatestStable=True, Version=3)
    stack.up({"imageId": image_id})

    vllm_cloud.catalogue.change("preset_images", image_id, IsLatestStable=False)
    stack.refresh()
    assert messages(engine) == []

    vllm_cloud.catalogue.change("preset_images", image_id, Version=4)
    stack.refresh()
    assert "under its id: version." in messages(engine)[-1][1]


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(
    ("other", "criteria", "version"),
    [
        ({"FrameworkVersion": "0.19"}, {"frameworkVersion": ">=0.20"}, "0.20.2"),
        ({"FrameworkVersion": "0.21"}, {"frameworkVersion": ">=0.21"}, "0.21"),
        ({"ImageRange": ["Train"]}, {"imageRange": "Train"}, "0.20.2"),
    ],
    ids=["the same row matches", "the other row matches", "other field"],
)
def test_order_of_rows_with_the_pinned_id_does_not_matter(
    vllm_cloud: Emulator,
    stack: Stack,
    engine: Engine,
    *,
    other: dict[str, Any],
    criteria: dict[str, Any],
    version: str,
    is_reversed: bool,
) -> None:
    stack.up(CRITERIA)
    same = vllm_cloud.catalogue.withdraw_platform_image(PINNED)
    rows = [same, {**same, **other}]
    rows = rows[::-1] if is_reversed else rows
    vllm_cloud.faults.add("DescribePlatformImages", Fault(rows=tuple(rows), times=99))

    stack.refresh()
    refreshed = messages(engine)
    engine.logged.clear()
    stack.up({**CRITERIA, **criteria})

    assert (stack.outputs["available"], stack.version) == (True, version)
    shared = f'the cloud lists different images with the same id: "{PINNED}" (2 images)'
    assert refreshed == [("WARNING", shared)]
    moves = [text for _, text in messages(engine) if "the pin moves to" in text]
    assert bool(moves) is (criteria != {"frameworkVersion": ">=0.20"})


@pytest.mark.parametrize("is_reversed", [False, True])
def test_changed_rows_with_the_pinned_id_are_taken_by_the_criteria(
    vllm_cloud: Emulator, stack: Stack, *, is_reversed: bool
) -> None:
    stack.up(CRITERIA)
    same = vllm_cloud.catalogue.withdraw_platform_image(PINNED)
    rows = [{**same, "FrameworkVersion": version} for version in ("0.21", "0.22")]
    rows = rows[::-1] if is_reversed else rows
    vllm_cloud.faults.add("DescribePlatformImages", Fault(rows=tuple(rows), times=99))

    stack.refresh()
    stack.up({**CRITERIA, "frameworkVersion": ">=0.22"})

    assert stack.version == "0.22"
