"""An emulator and a lookup for the tests of `pulumi_tcimages.testing`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.emulator import Emulator

NEW: dict[str, Any] = {"framework": "pytorch", "latest": True}
NEWEST = "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu"
Environment = dict[str, str]


@pytest.fixture(scope="package")
def cloud() -> Iterator[Emulator]:
    with Emulator() as cloud:
        yield cloud


@pytest.fixture
def environment(cloud: Emulator) -> Environment:
    return dict(cloud.environment)


def get_newest_image(**criteria: Any) -> tcimages.GetPlatformImageResult:
    """Look up the newest training image, or an image with other criteria."""
    return tcimages.get_platform_image(**{"image_range": "Train", **NEW, **criteria})
