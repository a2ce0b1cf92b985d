"""`latest_by` compares dates by time, not as text, and reports dates that cannot be read."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.selection import choose_image, decide
from pulumi_tcimages.core.unreadable import is_unranked, read_time
from pulumi_tcimages.sources.preset_images import PresetImage, PresetImageQuery
from tests.core.queries import WHERE

QUERY = PresetImageQuery(framework="own", latest_by=["createTime"])


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2026-05-19T03:54:42Z", "2026-06-15T03:58:16Z"),
        ("2020-01-01:00:00:00", "2020-01-01:00:00:01"),
        ("2025-01-01 00:00:00", "1790000000000"),
        ("2026-03-01T01:00:00+08:00", "2026-02-28T18:30:00Z"),
        ("2026-03-01T01:00:00", "2026-03-01 18:30:00"),
        ("2026-03-01T01:00:00Z", "2026-03-01T01:00:00.9Z"),
        ("2026-03-01", "2026-03-01T00:00:01-0000"),
    ],
)
def test_newer_date_wins_in_every_format(older: str, newer: str) -> None:
    images = [
        PresetImage(image_id=text, image_name=text, framework="OWN", create_time=text)
        for text in (older, newer)
    ]

    assert decide(images, QUERY) is images[1]
    assert decide(images[::-1], QUERY) is images[1]


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-01", "2026-02-30T00:00:00Z", "2026-06-15T03:58", "20260615", "1" * 14],
)
def test_invalid_date_is_unreadable(text: str) -> None:
    image = PresetImage(image_id="i", image_name="i", framework="OWN", create_time=text)

    assert read_time(text) is None
    assert is_unranked(image, "createTime")


@pytest.mark.parametrize("newest", ["0.11rc1", "nightly"])
def test_warning_says_that_a_date_chose_an_unstable_version(newest: str) -> None:
    images = [
        PresetImage(
            image_name=version, framework="OWN", framework_version=version, create_time=date
        )
        for version, date in (("0.9", "2026-01-01"), ("0.10", "2026-01-02"), (newest, "2026-01-03"))
    ]

    choice = choose_image(images, QUERY, WHERE)

    assert choice.image is images[2]
    assert choice.warnings == (
        f"{newest} has no stable version, and other images that match have one: `latest_by` "
        "compares dates",
    )
    assert choose_image(images[:2], QUERY, WHERE).warnings == ()
    assert choose_image(images[2:], QUERY, WHERE).warnings == ()
