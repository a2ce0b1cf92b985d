"""`outdated`: pins with the same URN, and exports with thousands of pins."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.plugin.stack_export import merge_pins, read_pins
from tests.cli import stack_exports
from tests.cli.conftest import Shell
from tests.cli.outdated.exports import (
    Check,
    rows_of,
    with_newer,
    with_provider,
)
from tests.cli.stack_exports import SECRET, export_with, resource_of
from tests.expected_images import OLD


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("outputs", {"resolvedAt": "2024-01-01T00:00:00Z"}),
        ("inputs", {"framework": "tensorflow", "latest": None, "imageId": OLD}),
        ("outputs", {"image": {"imageId": "gone", "imageName": "gone"}}),
    ],
)
def test_different_pins_with_one_urn_are_all_checked_and_labelled_by_export(
    shell: Shell, tmp_path: Path, form: str, is_reversed: bool, part: str, values: dict[str, Any]
) -> None:
    acme, other = tmp_path / "acme.json", tmp_path / "other.json"
    acme.write_text(with_newer("inputs", {}), encoding="utf-8")
    other.write_text(with_newer(part, values), encoding="utf-8")
    files = sorted(map(str, [acme, other]), reverse=is_reversed)

    outcome = shell("outdated", *files, files[0], "-o", form)

    is_current = "imageId" in values
    assert outcome.code == 1
    if form == "json":
        document = json.loads(outcome.out)
        assert document["checked"] == 2
        assert {pin["stack"] for pin in document["outdated"]} == {"program/dev"}
        exports = [pin["export"] for pin in document["outdated"]]
    else:
        assert f"{1 if is_current else 2} of 2 pins " in outcome.out + outcome.err
        exports = re.findall(r"program/dev \(([^)]*)\)", outcome.out)
    assert exports == ([str(acme)] if is_current else files)


@pytest.mark.usefixtures("cloud")
def test_pins_that_differ_only_in_their_provider_are_both_checked(check: Check) -> None:
    outcome = check(with_provider(), with_provider(language="zh-CN"), with_provider())

    assert outcome.code == 1
    assert [row[0] for row in rows_of(outcome)[1:]] == [
        "program/dev (stdin)",
        "program/dev (stdin, export 2)",
    ]


@pytest.mark.usefixtures("cloud")
def test_unchecked_pins_with_one_urn_are_labelled_by_export(check: Check) -> None:
    hidden = [
        with_newer("inputs", {"framework": {**SECRET, "ciphertext": text}, "region": text})
        for text in ("a", "b")
    ]

    outcome = check(*hidden)

    assert "warning: program/dev (stdin) newer is not checked: " in outcome.err
    assert "warning: program/dev (stdin, export 2) newer is not checked: " in outcome.err


@pytest.mark.usefixtures("cloud")
def test_thousands_of_pins_take_little_more_time_than_one_listing(
    check: Check,
) -> None:
    document = stack_exports.export_with_copies("newer", 2500)
    check(export_with("newer"))  # imports

    began_s = time.process_time()
    outcome = check(document)
    took_s = time.process_time() - began_s

    assert outcome.code == 1
    assert len(outcome.out.splitlines()) > 2500
    assert took_s < 20, took_s  # a second on an idle machine; a listing a pin would take minutes


def test_thousands_of_pins_with_one_urn_are_merged_in_linear_time() -> None:
    document = export_with("newer")
    pin = resource_of(document, "newer")
    resources = document["deployment"]["resources"]
    for number in [*range(8000), *range(8000)]:
        resources.append({**pin, "inputs": {"framework": [{"value": number}]}})

    began_s = time.process_time()
    pins = merge_pins(read_pins(document))
    took_s = time.process_time() - began_s

    assert len(pins) == 8001
    assert all(pin.is_urn_shared for pin in pins)
    assert took_s < 10, took_s  # half a second on an idle machine; in quadratic time a minute


def test_pins_with_equal_values_are_merged_in_any_order_of_their_names() -> None:
    inputs = {"framework": "a", "tags": {"x": [1, {"y": 2}], "z": {**SECRET, "plaintext": "5"}}}
    document = export_with("newer")
    pin = resource_of(document, "newer")
    turned = {
        "tags": {"z": {**SECRET, "plaintext": "5"}, "x": [1, {"y": 2}]},
        "framework": "a",
    }
    resources = document["deployment"]["resources"]
    pin["inputs"] = inputs
    resources += [{**pin, "inputs": turned}, {**pin, "inputs": {**inputs, "framework": "b"}}]

    assert [found.inputs["framework"] for found in merge_pins(read_pins(document))] == ["a", "b"]
