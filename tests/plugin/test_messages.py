"""What the engine's log says of a pin: that it moves, how its image stands, and no secret."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.plugin.messages import write_image
from pulumi_tcimages.plugin.property_values import Secret, unwrap
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, URN, Stack, vllm


@pytest.fixture
def stack(fresh: Callable[..., Plugin], engine: Engine) -> Stack:
    """A pin whose plugin knows where the engine's log is."""
    return Stack(fresh(engine.address).stub)


def test_a_newer_image_does_not_move_the_pin_and_a_refresh_tells_of_it(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    moving.catalogue.add_platform_image(vllm("0.21.0"))

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


def test_a_withdrawn_image_is_a_warning_at_refresh_and_at_every_up(
    moving: Emulator, fresh: Callable[..., Plugin], stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")

    stack.refresh()
    stack.stub = fresh(engine.address).stub
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


def test_a_catalogue_that_is_empty_now_does_not_make_the_pin_gone(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    for version in ("0.9.1", "0.20.2"):
        moving.catalogue.withdraw_platform_image(f"vllm-{version}")

    stack.refresh()

    assert (stack.outputs["available"], stack.outputs["newerImageId"]) == (False, "")
    assert stack.version == "0.20.2"
    ((_, warning, _, _),) = engine.logged
    assert warning.endswith(
        "; the same query would now end in an error. The pin keeps it; to move on, change the "
        "query, as the same lookup tells how."
    )


def test_a_withdrawn_image_is_no_warning_where_the_pin_lets_it_go(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")
    stack.refresh()
    engine.logged.clear()

    stack.up({**CRITERIA, "imageRange": "Inference"})

    moved = (
        "the pinned image vllm(0.20.2) (id vllm-0.20.2) is no longer offered in ap-guangzhou: "
        "the pin moves to "
        "vllm(0.9.1) (0.9.1, id vllm-0.9.1)."
    )
    assert (stack.version, engine.logged) == ("0.9.1", [("INFO", moved, URN, False)])


def test_a_changed_criterion_that_it_does_not_satisfy_resolves_anew_and_is_named(
    stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    changed = {**CRITERIA, "frameworkVersion": "<0.10", "imageRange": "Inference"}

    stack.preview(changed)
    in_preview = list(engine.logged)
    stack.up(changed)

    moved = (
        "the pinned image vllm(0.20.2) (id vllm-0.20.2) does not satisfy frameworkVersion "
        '"<0.10" (it has 0.20.2): '
        "the pin moves to vllm(0.9.1) (0.9.1, id vllm-0.9.1)."
    )
    assert unwrap(stack.outputs["image"])["frameworkVersion"] == "0.9.1"
    assert in_preview == engine.logged == [("INFO", moved, URN, False)]


def test_a_secret_criterion_that_moves_the_pin_is_not_told(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    moving.catalogue.add_platform_image(vllm("0.5", ImageType="canary"))
    stack.up({**CRITERIA, "frameworkVersion": ">=0.9"})

    stack.up({**CRITERIA, "imageType": Secret("canary")})

    moved = "the pin moves: which images and why is secret, because a criterion is."
    assert engine.logged == [("INFO", moved, URN, False)]


def test_what_a_secret_criterion_chose_is_in_no_line_of_the_log(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up({"framework": Secret("vllm"), "latest": True, "imageRange": "Inference"})
    moving.catalogue.add_platform_image(vllm("0.21.0"))
    stack.refresh()
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")
    stack.refresh()
    moving.catalogue.add_platform_image(vllm("0.20.2", ImageRange=["Notebook"]))
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


def test_a_refresh_does_not_tell_an_image_that_the_program_made_secret(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    stack.outputs["image"] = hidden = Secret(stack.outputs["image"])  # as the engine marks it
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")

    stack.refresh()

    withdrawn = (
        "the pinned image [secret] is no longer offered in ap-guangzhou; the same query would now "
        "choose version 0.9.1 (id vllm-0.9.1). The pin keeps it; to move on, change a trigger."
    )
    assert (stack.outputs["image"], engine.logged) == (hidden, [("WARNING", withdrawn, URN, False)])


def test_a_refresh_does_not_tell_a_newer_image_that_the_program_made_secret(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    stack.outputs["newerImageId"] = Secret("")  # as the engine marks it
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    stack.refresh()

    newer = (
        "the same query would now choose [secret] (0.21.0). The pin keeps its image; to move on, "
        "change a trigger."
    )
    assert stack.outputs["newerImageId"] == Secret("vllm-0.21.0")
    assert engine.logged == [("INFO", newer, URN, False)]


def test_an_update_does_not_tell_a_newer_image_that_the_program_made_secret(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    stack.outputs["newerImageId"] = Secret(stack.outputs["newerImageId"])
    moving.catalogue.add_platform_image(vllm("0.21.0", ImageId="canary"))

    stack.up({**CRITERIA, "imageRange": "Inference"})

    ((_, message, _, _),) = engine.logged
    assert message.startswith("the same query would now choose [secret]")
    assert "canary" not in message


def test_a_changed_trigger_tells_in_preview_which_image_the_pin_moves_to(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    moving.catalogue.add_platform_image(vllm("0.21.0"))
    changed = {**CRITERIA, "triggers": {"month": "12"}}

    stack.preview(changed)
    in_preview = list(engine.logged)
    stack.up(changed)

    moved = (
        "the pin chooses anew, as triggers changed: it moves from vllm(0.20.2) (id vllm-0.20.2) to "
        "vllm(0.21.0) (0.21.0, id vllm-0.21.0)."
    )
    assert stack.version == "0.21.0"
    assert in_preview == engine.logged == [("INFO", moved, URN, False)]


def test_a_changed_trigger_that_chooses_the_same_image_says_that_the_pin_stays(
    stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)

    stack.up({**CRITERIA, "triggers": {"month": "12"}})

    stays = (
        "the pin chooses anew, as triggers changed: it stays at vllm(0.20.2) (0.20.2, id "
        "vllm-0.20.2)."
    )
    assert engine.logged == [("INFO", stays, URN, False)]


def test_a_changed_trigger_of_a_secret_criterion_names_no_image(
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


def test_a_changed_criterion_that_keeps_an_image_tells_of_a_newer_one(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    stack.up(CRITERIA)
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    stack.preview({**CRITERIA, "imageRange": "Inference"})

    news = (
        "the same query would now choose vllm(0.21.0) (0.21.0, id vllm-0.21.0). The pin keeps "
        "its image; to move "
        "on, change a trigger."
    )
    assert engine.logged == [("INFO", news, URN, False)]


def test_a_refresh_names_what_the_cloud_changed_about_the_pinned_image(
    moving: Emulator, stack: Stack, engine: Engine
) -> None:
    criteria = {**CRITERIA, "imageRange": "Inference"}
    stack.up(criteria)
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")
    moving.catalogue.add_platform_image(vllm("0.20.2", ImageRange=["Notebook"]))

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


def test_an_image_whose_name_is_its_id_or_missing_is_named_once() -> None:
    assert write_image("vllm", "image-1", "0.9") == "vllm (0.9, id image-1)"
    assert write_image("vllm", "image-1") == "vllm (id image-1)"
    assert write_image("", "image-1", "0.9") == "image-1 (0.9)"
    assert write_image("image-1", "image-1") == "image-1"


def test_a_key_of_latest_by_that_no_image_has_is_a_warning_of_a_pin_too(
    stack: Stack, engine: Engine
) -> None:
    criteria = {"framework": "vllm", "latestBy": ["vlm", "vllm"]}

    stack.up(criteria)
    stack.up({**criteria, "imageRange": "Inference"})

    warning = (
        'latestBy "vlm" ranks nothing: of 2 images none has this component; did you mean "vllm"?'
    )
    assert (stack.version, engine.logged) == ("0.20.2", [("WARNING", warning, URN, False)])
