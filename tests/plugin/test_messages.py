"""Messages about a pin in the engine's log: moves, the status of its image, no secrets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.plugin.messages import write_image
from pulumi_tcimages.plugin.property_values import Secret, unwrap
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, URN, Stack, vllm_row


@pytest.fixture
def stack(attach_uncached: Callable[..., Plugin], engine: Engine) -> Stack:
    """A stack whose plugin sends its log to the engine."""
    return Stack(attach_uncached(engine.address).stub)


def test_refresh_reports_a_newer_image_and_keeps_the_pin(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))

    stack.refresh()
    changed = stack.up(CRITERIA)

    assert changed == []
    assert stack.outputs == before | {"newerImageId": "vllm-0.21.0", "newerVersion": "0.21.0"}
    assert engine.logged == [
        (
            "INFO",
            "the same query would now choose vllm(0.21.0) (0.21.0, id vllm-0.21.0). The pin "
            "keeps its image; to "
            "move on, change a trigger.",
            URN,
            False,
        )
    ]


def test_withdrawn_image_is_warned_about_at_refresh_and_update(
    vllm_cloud: Emulator, attach_uncached: Callable[..., Plugin], stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    vllm_cloud.catalogue.withdraw_platform_image("vllm-0.20.2")

    stack.refresh()
    stack.stub = attach_uncached(engine.address).stub
    changed = stack.up(CRITERIA)

    assert changed == []
    assert stack.outputs == before | {
        "available": False,
        "newerImageId": "vllm-0.9.1",
        "newerVersion": "0.9.1",
    }
    warning = (
        "the pinned image vllm(0.20.2) (id vllm-0.20.2) is no longer offered in ap-guangzhou; "
        "the same query would "
        "now choose version 0.9.1 (id vllm-0.9.1). The pin keeps it; to move on, change a trigger."
    )
    assert engine.logged == [("WARNING", warning, URN, False)] * 2


def test_empty_catalogue_does_not_delete_the_pin(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    for version in ("0.9.1", "0.20.2"):
        vllm_cloud.catalogue.withdraw_platform_image(f"vllm-{version}")

    stack.refresh()

    assert (stack.outputs["available"], stack.outputs["newerImageId"]) == (False, "")
    assert stack.version == "0.20.2"
    ((_, warning, _, _),) = engine.logged
    assert warning.endswith(
        "; the same query would now end in an error. The pin keeps it; to move on, change the "
        "query, as the same lookup tells how."
    )


def test_withdrawn_image_has_no_warning_if_the_pin_moves(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.withdraw_platform_image("vllm-0.20.2")
    stack.refresh()
    engine.logged.clear()

    stack.up({**CRITERIA, "imageRange": "Inference"})

    move_message = (
        "the pinned image vllm(0.20.2) (id vllm-0.20.2) is no longer offered in ap-guangzhou: "
        "the pin moves to "
        "vllm(0.9.1) (0.9.1, id vllm-0.9.1)."
    )
    assert (stack.version, engine.logged) == ("0.9.1", [("INFO", move_message, URN, False)])


def test_unsatisfied_criterion_moves_the_pin_and_is_named(stack: Stack, engine: Engine) -> None:
    stack.up(CRITERIA)
    changed = {**CRITERIA, "frameworkVersion": "<0.10", "imageRange": "Inference"}

    stack.preview(changed)
    preview_log = list(engine.logged)
    stack.up(changed)

    move_message = (
        "the pinned image vllm(0.20.2) (id vllm-0.20.2) does not satisfy frameworkVersion "
        '"<0.10" (it has 0.20.2): '
        "the pin moves to vllm(0.9.1) (0.9.1, id vllm-0.9.1)."
    )
    assert unwrap(stack.outputs["image"])["frameworkVersion"] == "0.9.1"
    assert preview_log == engine.logged == [("INFO", move_message, URN, False)]


def test_secret_criterion_that_moves_the_pin_is_not_shown(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.5", ImageType="canary"))
    stack.up({**CRITERIA, "frameworkVersion": ">=0.9"})

    stack.up({**CRITERIA, "imageType": Secret("canary")})

    move_message = "the pin moves: which images and why is secret, because a criterion is."
    assert engine.logged == [("INFO", move_message, URN, False)]


def test_image_chosen_by_a_secret_criterion_is_not_logged(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up({"framework": Secret("vllm"), "latest": True, "imageRange": "Inference"})
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))
    stack.refresh()
    vllm_cloud.catalogue.withdraw_platform_image("vllm-0.20.2")
    stack.refresh()
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.20.2", ImageRange=["Notebook"]))
    stack.refresh()

    messages = [text for _, text, _, _ in engine.logged]
    assert messages == [
        "the same query would now choose [secret]. The pin keeps its image; to move on, change a "
        "trigger.",
        "the pinned image [secret] is no longer offered in ap-guangzhou; the same query would now "
        "choose [secret]. The pin keeps it; to move on, change a trigger.",
        "the pinned image does not satisfy the criteria any more, as the cloud has it now; what "
        "it is and why is secret, because a criterion is.",
    ]


def test_refresh_does_not_show_a_secret_image(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    # The engine marks outputs like this for `additionalSecretOutputs`.
    stack.outputs["image"] = secret_image = Secret(stack.outputs["image"])
    vllm_cloud.catalogue.withdraw_platform_image("vllm-0.20.2")

    stack.refresh()

    withdrawal_warning = (
        "the pinned image [secret] is no longer offered in ap-guangzhou; the same query would now "
        "choose version 0.9.1 (id vllm-0.9.1). The pin keeps it; to move on, change a trigger."
    )
    assert (stack.outputs["image"], engine.logged) == (
        secret_image,
        [("WARNING", withdrawal_warning, URN, False)],
    )


def test_refresh_does_not_show_a_secret_newer_image(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    # The engine marks outputs like this for `additionalSecretOutputs`.
    stack.outputs["newerImageId"] = Secret("")
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))

    stack.refresh()

    newer_message = (
        "the same query would now choose [secret] (0.21.0). The pin keeps its image; to move on, "
        "change a trigger."
    )
    assert stack.outputs["newerImageId"] == Secret("vllm-0.21.0")
    assert engine.logged == [("INFO", newer_message, URN, False)]


def test_update_does_not_show_a_secret_newer_image(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    stack.outputs["newerImageId"] = Secret(stack.outputs["newerImageId"])
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0", ImageId="canary"))

    stack.up({**CRITERIA, "imageRange": "Inference"})

    ((_, message, _, _),) = engine.logged
    assert message.startswith("the same query would now choose [secret]")
    assert "canary" not in message


def test_preview_reports_the_image_a_changed_trigger_chooses(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))
    changed = {**CRITERIA, "triggers": {"month": "12"}}

    stack.preview(changed)
    preview_log = list(engine.logged)
    stack.up(changed)

    move_message = (
        "the pin chooses anew, as triggers changed: it moves from vllm(0.20.2) (id vllm-0.20.2) to "
        "vllm(0.21.0) (0.21.0, id vllm-0.21.0)."
    )
    assert stack.version == "0.21.0"
    assert preview_log == engine.logged == [("INFO", move_message, URN, False)]


def test_changed_trigger_that_chooses_the_same_image_is_reported(
    stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)

    stack.up({**CRITERIA, "triggers": {"month": "12"}})

    stay_message = (
        "the pin chooses anew, as triggers changed: it stays at vllm(0.20.2) (0.20.2, id "
        "vllm-0.20.2)."
    )
    assert engine.logged == [("INFO", stay_message, URN, False)]


def test_changed_trigger_with_a_secret_criterion_names_no_image(
    stack: Stack, engine: Engine
) -> None:
    secret = {**CRITERIA, "framework": Secret("vllm")}
    stack.up(secret)

    stack.up({**secret, "region": "ap-shanghai", "triggers": {"month": "12"}})

    message = (
        "the pin chooses anew, as triggers and region changed: which image is secret, because a "
        "criterion is."
    )
    assert engine.logged == [("INFO", message, URN, False)]


def test_changed_criterion_that_keeps_the_image_reports_a_newer_one(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0"))

    stack.preview({**CRITERIA, "imageRange": "Inference"})

    newer_message = (
        "the same query would now choose vllm(0.21.0) (0.21.0, id vllm-0.21.0). The pin keeps "
        "its image; to move "
        "on, change a trigger."
    )
    assert engine.logged == [("INFO", newer_message, URN, False)]


def test_refresh_reports_a_changed_property_of_the_image(
    vllm_cloud: Emulator, stack: Stack, engine: Engine
) -> None:
    criteria = {**CRITERIA, "imageRange": "Inference"}
    stack.up(criteria)
    vllm_cloud.catalogue.withdraw_platform_image("vllm-0.20.2")
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.20.2", ImageRange=["Notebook"]))

    stack.refresh()

    assert (stack.outputs["available"], stack.version) == (True, "0.20.2")
    assert [(severity, text) for severity, text, _, _ in engine.logged] == [
        (
            "INFO",
            "the pinned image vllm(0.20.2) (id vllm-0.20.2) does not satisfy imageRange "
            '"Inference" (it has '
            "Notebook), as the cloud has it now.",
        ),
        (
            "INFO",
            "the same query would now choose vllm(0.9.1) (0.9.1, id vllm-0.9.1). The pin keeps its "
            "image; to move on, change a trigger.",
        ),
    ]


def test_image_with_id_as_name_is_named_once() -> None:
    assert write_image("vllm", "image-1", "0.9") == "vllm (0.9, id image-1)"
    assert write_image("vllm", "image-1") == "vllm (id image-1)"
    assert write_image("", "image-1", "0.9") == "image-1 (0.9)"
    assert write_image("image-1", "image-1") == "image-1"


def test_latest_by_key_without_images_is_warned_about(stack: Stack, engine: Engine) -> None:
    criteria = {"framework": "vllm", "latestBy": ["vlm", "vllm"]}

    stack.up(criteria)
    stack.up({**criteria, "imageRange": "Inference"})

    warning = (
        'latestBy "vlm" ranks nothing: of 2 images none has this component; did you mean "vllm"?'
    )
    assert (stack.version, engine.logged) == ("0.20.2", [("WARNING", warning, URN, False)])
