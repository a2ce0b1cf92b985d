"""Ambiguous queries with many images or long values are answered quickly."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from pulumi_tcimages.core import criteria
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.suggestions.ambiguous import build_ambiguous_hints
from pulumi_tcimages.sources.platform_images import PlatformImage
from pulumi_tcimages.sources.tione import PlatformImageExtraAttribute
from tests.core.queries import (
    ambiguous,
    build_query,
    images_named,
)
from tests.timeouts import PATIENCE_S


def test_many_candidates_are_compared_quickly() -> None:
    images = images_named(
        *(f"torch2.{n}-py38-cuda12.{n % 7}" for n in range(3000)), framework="pytorch"
    )
    started = time.perf_counter()

    error = ambiguous(images, framework="pytorch")

    assert time.perf_counter() - started < PATIENCE_S
    assert len(error.candidates) == 3000


def test_long_attributes_are_compared_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = 0
    find_attribute = criteria.find_attribute

    def count_comparison(attributes: Mapping[str, list[str]], key: str) -> list[str]:
        nonlocal compared
        compared += 1
        return find_attribute(attributes, key)

    monkeypatch.setattr(criteria, "find_attribute", count_comparison)
    images = [
        PlatformImage(
            image_name=f"torch2.0-{number}",
            image_id=str(number),
            extra_attributes=[
                PlatformImageExtraAttribute(key="k", values=[f"v{index}" for index in range(99)])
            ],
        )
        for number in range(40)
    ]

    error = ambiguous(images, name_regex="torch")

    assert error.hints
    assert 0 < compared < 50_000


def test_thousands_of_gpus_are_compared_quickly() -> None:
    images = [
        PlatformImage(
            image_name=f"torch2.{number}",
            image_id=f"id-{number}",
            framework="PyTorch",
            description="支持的卡型:"
            + " ".join(f"G{number * 34_000 + index}" for index in range(34_000)),
        )
        for number in range(30)
    ]
    started = time.perf_counter()

    error = ambiguous(images, framework="pytorch")

    assert time.perf_counter() - started < PATIENCE_S
    assert len(error.candidates) == 30


def test_only_first_differences_are_paired() -> None:
    images = [
        PlatformImage(image_name="a", image_id="a", support_gpu_list=[f"g{n}", *more])
        for n in range(12)
        for more in [[f"{n % 2}-{gpu}" for gpu in range(150)]]
    ]
    attempts = 0

    def count_attempt(_images: Sequence[Any], _query: BaseQuery) -> None:
        nonlocal attempts
        attempts += 1

    build_ambiguous_hints(
        images, images, build_query({"image_name": "a", "latest": True}), count_attempt
    )

    assert 0 < attempts < 10_000
