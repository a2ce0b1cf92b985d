"""`outdated`: how each pin is checked, and the pins that cannot be checked."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from tests.cli.outdated.exports import (
    NEWER_NAME,
    PLATFORM,
    Check,
    nested,
    rows_of,
)
from tests.cli.stack_exports import SECRET, export_with, resource_of
from tests.expected_images import OLD


def test_stack_without_pins_sends_no_request(check: Check, cloud: Emulator) -> None:
    empty = {"version": 3, "deployment": {"manifest": {}, "metadata": {}}}

    outcome = check(export_with(), empty)

    assert (outcome.code, outcome.err) == (0, "0 pins, none outdated\n")
    assert len(cloud.requests) == 0


def test_pins_of_providers_with_different_timeouts_share_one_listing(
    check: Check, cloud: Emulator
) -> None:
    document = export_with("newer", "current", "withdrawn")
    provider = resource_of(document, "default_0_1_0")
    provider["inputs"] |= {"cacheTtlSeconds": "0", "timeoutSeconds": "50"}
    other = copy.deepcopy(document)
    other = json.loads(json.dumps(other).replace("::program::", "::other::"))
    resource_of(other, "default_0_1_0")["inputs"] |= {
        "timeoutSeconds": "40",
        "region": "ap-guangzhou",
    }

    outcome = check(document, other)

    assert outcome.code == 1
    assert [request.action for request in cloud.requests] == [PLATFORM] * 3  # its pages


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    ("resource", "part", "change", "problem"),
    [
        ("newer", "outputs", {"image": {**SECRET, "ciphertext": "x"}}, "its image is secret; "),
        ("newer", "inputs", {"region": {**SECRET, "ciphertext": "x"}}, "its criteria are secret; "),
        ("newer", "inputs", {"components": {"cuda": {**SECRET, "ciphertext": "x"}}}, "criteria"),
        ("newer", "outputs", {"image": {}}, "it has no image with an id"),
        ("newer", "inputs", {"frameworkVersion": 3}, "was written by another version"),
        ("newer", "inputs", {"bogus": "x"}, "bogus"),
        (
            "default_0_1_0",
            "inputs",
            {"profile": {**SECRET, "ciphertext": "x"}},
            "provider setting profile: the value is secret",
        ),
        ("default_0_1_0", "inputs", {"bogus": "x"}, "provider setting bogus: there is no such key"),
    ],
)
def test_pin_that_cannot_be_checked_is_named_with_the_reason(
    check: Check, resource: str, part: str, change: dict[str, Any], problem: str
) -> None:
    document = export_with("newer", "withdrawn") if part != "inputs" else export_with("newer")
    resource_of(document, resource)[part] |= change

    outcome = check(document)

    assert outcome.code == (1 if part == "outputs" else 5)
    assert "warning: program/dev newer is not checked: " in outcome.err
    assert problem in outcome.err


def _repeat_provider(document: dict[str, Any]) -> None:
    again = copy.deepcopy(resource_of(document, "default_0_1_0"))
    again["inputs"]["region"] = "ap-shanghai"
    document["deployment"]["resources"].append(again)


def _set_provider(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: resource_of(document, "default_0_1_0").update(fields)


def _set_pin(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: resource_of(document, "newer").update(fields)


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_set_provider(inputs=[]), "the inputs of its provider are not an object"),
        (_set_provider(inputs="x"), "the inputs of its provider are not an object"),
        (_set_provider(id=""), "its provider is not in the export"),
        (_set_provider(id=5), "its provider is not in the export"),
        (_set_provider(type="pulumi:providers:aws"), "its provider is not in the export"),
        (_set_provider(urn=None), "its provider is not in the export"),
        (_repeat_provider, "its provider is in the export several times, with different inputs"),
        (_set_pin(provider="urn:pulumi:dev::x::y::z::id"), "its provider is not in the export"),
        (_set_pin(provider=None), "it names no provider"),
        (_set_pin(provider=["x"]), "it names no provider"),
        (_set_pin(inputs=[]), "its inputs are not an object"),
        (_set_pin(inputs=False), "its inputs are not an object"),
        (_set_pin(outputs=[]), "its outputs are not an object"),
        (_set_pin(delete="false"), "its field delete is not a boolean"),
    ],
)
def test_pin_with_an_unreadable_part_is_not_checked_but_others_are(
    check: Check, change: Callable[[dict[str, Any]], None], problem: str
) -> None:
    document = export_with("newer")
    change(document)
    other = json.loads(json.dumps(export_with("current")).replace("::program::", "::other::"))

    outcome = check(document, other)

    assert outcome.code == 5
    assert f"warning: program/dev newer is not checked: {problem}; export the" in outcome.err
    assert "1 pin, none outdated; 1 not checked" in outcome.err


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    "part", [{"urn": "x"}, {"inputs": {"triggers": nested(900)}}, {"custom": "true", "type": "x"}]
)
def test_pin_after_an_unreadable_resource_is_checked(check: Check, part: dict[str, Any]) -> None:
    document = export_with("newer")
    resources = document["deployment"]["resources"]
    kind = "tcimages:index:NewPin" if "type" in part else resource_of(document, "newer")["type"]
    broken = {**resource_of(document, "newer"), **part, "type": kind}
    resources.insert(0, broken)

    outcome = check(document)

    assert outcome.code == 2
    assert NEWER_NAME in outcome.out


def test_refused_listing_is_requested_and_reported_once(check: Check, cloud: Emulator) -> None:
    refuse = Fault(code="AuthFailure.UnauthorizedOperation", times=99)
    cloud.faults.add("DescribeSessionImageVersion", refuse)
    document = export_with("newer", "session")
    again = copy.deepcopy(resource_of(document, "session"))
    again["urn"] += "-2"
    again["inputs"]["latest"] = None
    document["deployment"]["resources"].append(again)

    outcome = check(document)

    actions = [request.action for request in cloud.requests]
    assert outcome.code == 3
    assert NEWER_NAME in outcome.out
    assert actions.count("DescribeSessionImageVersion") == 1
    assert outcome.err.count("Tencent Cloud refused the request.") == 1
    assert "1 of 1 pin is outdated; 2 not checked" in outcome.err


def test_pins_of_a_deleted_engine_count_as_withdrawn(check: Check, cloud: Emulator) -> None:
    cloud.faults.add(
        "DescribeSessionImageVersion", Fault(code="ResourceNotFound.DataEngineNotFound", times=9)
    )

    outcome = check(export_with("session"))

    assert (outcome.code, rows_of(outcome)[1][-1]) == (1, "yes")


@pytest.mark.usefixtures("cloud")
def test_pin_with_a_regular_expression_is_checked_by_it(check: Check) -> None:
    document = export_with("newer")
    resource_of(document, "newer")["inputs"] |= {"nameRegex": "^tf2.15"}

    outcome = check(document)

    assert (outcome.code, outcome.err) == (0, "1 pin, none outdated\n")


def test_pin_whose_image_cannot_be_read_is_not_checked(check: Check, cloud: Emulator) -> None:
    row = cloud.catalogue.withdraw_platform_image(OLD)
    unreadable = {**row, "FrameworkVersion": 2.15}
    cloud.faults.add(PLATFORM, Fault(rows=(unreadable,), times=9))

    outcome = check(export_with("newer"))

    assert (outcome.code, outcome.out) == (5, "")
    assert "FrameworkVersion: expected a string, got a number" in outcome.err
    assert "warning: program/dev newer is not checked: its image is listed, but " in outcome.err


def test_pinned_image_without_comparable_version_is_not_older_than_another(
    check: Check, cloud: Emulator
) -> None:
    cloud.catalogue.change_platform_image(OLD, FrameworkVersion="nightly")
    document = export_with("newer")
    resource_of(document, "newer")["outputs"]["image"]["frameworkVersion"] = "nightly"

    outcome = check(document)

    assert (outcome.code, outcome.out) == (0, "")
    assert "warning: not considered, because it cannot be read: " in outcome.err


@pytest.mark.usefixtures("cloud")
def test_resource_pending_deletion_is_not_counted(check: Check) -> None:
    document = export_with("newer")
    resource_of(document, "newer")["delete"] = True

    assert check(document).code == 0


def test_missing_keys_exit_with_2_and_every_place_searched(check: Check) -> None:
    outcome = check(export_with("newer"))

    assert outcome.code == 2
    assert "environment TENCENTCLOUD_SECRET_ID" in outcome.err
