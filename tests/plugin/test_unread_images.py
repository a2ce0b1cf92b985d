"""Functions and pins log the images whose version cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pulumi_tcimages.emulator import Emulator
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import CRITERIA, URN, Stack, vllm_row

WARNING = 'not considered, because it cannot be read: vllm(nightly) (frameworkVersion "nightly")'


@pytest.fixture
def unreadable_cloud(vllm_cloud: Emulator) -> Emulator:
    """A cloud with three images, one of them with an unreadable version."""
    vllm_cloud.catalogue.add_platform_image(vllm_row("nightly"))
    return vllm_cloud


@pytest.mark.usefixtures("unreadable_cloud")
def test_single_lookup_warns_about_an_image_not_compared(
    attach_uncached: Callable[..., Plugin], engine: Engine
) -> None:
    answer = attach_uncached(engine.address).invoke("getPlatformImage", **CRITERIA)

    assert answer["frameworkVersion"] == "0.20.2"
    assert engine.logged == [("WARNING", f"getPlatformImage: {WARNING}", "", False)]


@pytest.mark.usefixtures("unreadable_cloud")
def test_list_warns_about_an_image_a_range_cannot_match(
    attach_uncached: Callable[..., Plugin], engine: Engine
) -> None:
    answer = attach_uncached(engine.address).invoke("getPlatformImages", frameworkVersion=">=0.10")

    assert answer["ids"] == ["vllm-0.20.2"]
    assert engine.logged == [("WARNING", f"getPlatformImages: {WARNING}", "", False)]


@pytest.mark.usefixtures("unreadable_cloud")
def test_error_names_an_image_a_range_cannot_match(attach_uncached: Callable[..., Plugin]) -> None:
    _, text = attach_uncached().invoke_error("getPlatformImage", frameworkVersion=">=99")

    assert 'because it cannot be read: vllm(nightly) (frameworkVersion "nightly")' in text.replace(
        "\n         ", " "
    )


@pytest.mark.usefixtures("unreadable_cloud")
def test_pin_warns_at_create_and_refresh(
    attach_uncached: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(attach_uncached(engine.address).stub)
    stack.up(CRITERIA)
    log_after_create = list(engine.logged)
    other_stack = Stack(attach_uncached(engine.address).stub)
    other_stack.id, other_stack.inputs, other_stack.outputs = stack.id, stack.inputs, stack.outputs
    other_stack.refresh()

    assert log_after_create == [("WARNING", WARNING, URN, False)]
    assert engine.logged == log_after_create * 2
    assert other_stack.outputs["newerImageId"] == ""


def test_image_differing_by_label_is_not_newer(vllm_cloud: Emulator, stack: Stack) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.20.2+cu130"))

    stack.refresh()

    assert (stack.outputs["newerImageId"], stack.outputs["newerVersion"]) == ("", "")


def test_newer_version_is_reported_with_its_suffix(vllm_cloud: Emulator, stack: Stack) -> None:
    stack.up(CRITERIA)
    vllm_cloud.catalogue.add_platform_image(vllm_row("0.21.0-cu130"))

    stack.refresh()

    assert stack.outputs["newerVersion"] == "0.21.0-cu130"
