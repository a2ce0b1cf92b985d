"""Images whose version cannot be read are named in the engine's log: by functions and by pins."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pulumi_tcimages.emulator import Emulator
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, URN, Stack, vllm

WARNING = 'not considered, because it cannot be read: vllm(nightly) (frameworkVersion "nightly")'


@pytest.fixture
def unread(moving: Emulator) -> Emulator:
    """A catalogue of three images, one of them with a version that cannot be read."""
    moving.catalogue.add_platform_image(vllm("nightly"))
    return moving


@pytest.mark.usefixtures("unread")
def test_a_single_lookup_names_an_image_that_cannot_be_compared(
    fresh: Callable[..., Plugin], engine: Engine
) -> None:
    answer = fresh(engine.address).invoke("getPlatformImage", **CRITERIA)

    assert answer["frameworkVersion"] == "0.20.2"
    assert engine.logged == [("WARNING", f"getPlatformImage: {WARNING}", "", False)]


@pytest.mark.usefixtures("unread")
def test_a_list_names_an_image_that_a_range_cannot_decide(
    fresh: Callable[..., Plugin], engine: Engine
) -> None:
    answer = fresh(engine.address).invoke("getPlatformImages", frameworkVersion=">=0.10")

    assert answer["ids"] == ["vllm-0.20.2"]
    assert engine.logged == [("WARNING", f"getPlatformImages: {WARNING}", "", False)]


@pytest.mark.usefixtures("unread")
def test_an_error_names_an_image_that_a_range_cannot_decide(fresh: Callable[..., Plugin]) -> None:
    _, text = fresh().refusal("getPlatformImage", frameworkVersion=">=99")

    assert 'because it cannot be read: vllm(nightly) (frameworkVersion "nightly")' in text.replace(
        "\n         ", " "
    )


@pytest.mark.usefixtures("unread")
def test_a_pin_names_an_image_that_cannot_be_compared_when_created_and_refreshed(
    fresh: Callable[..., Plugin], engine: Engine
) -> None:
    created = Stack(fresh(engine.address).stub)
    created.up(CRITERIA)
    after_create = list(engine.logged)
    refreshed = Stack(fresh(engine.address).stub)
    refreshed.id, refreshed.inputs, refreshed.outputs = created.id, created.inputs, created.outputs
    refreshed.refresh()

    assert after_create == [("WARNING", WARNING, URN, False)]
    assert engine.logged == after_create * 2
    assert refreshed.outputs["newerImageId"] == ""


def test_an_image_that_differs_by_a_label_is_not_newer(moving: Emulator, stack: Stack) -> None:
    stack.up(CRITERIA)
    moving.catalogue.add_platform_image(vllm("0.20.2+cu130"))

    stack.refresh()

    assert (stack.outputs["newerImageId"], stack.outputs["newerVersion"]) == ("", "")


def test_a_newer_version_with_a_suffix_is_told_as_sent(moving: Emulator, stack: Stack) -> None:
    stack.up(CRITERIA)
    moving.catalogue.add_platform_image(vllm("0.21.0-cu130"))

    stack.refresh()

    assert stack.outputs["newerVersion"] == "0.21.0-cu130"
