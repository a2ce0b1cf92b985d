"""`outdated`: secrets in an export are neither used as keys nor shown."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.emulator.keys import ACCOUNT_ID
from tests.cli.outdated.exports import (
    NEWER_NAME,
    PLATFORM,
    Check,
    with_provider,
)
from tests.cli.stack_exports import SECRET, export_with, resource_of
from tests.engine.programs import NEW
from tests.expected_images import OLD


def test_keys_in_the_export_are_not_used(check: Check, cloud: Emulator) -> None:
    document = export_with("newer")
    resource_of(document, "default_0_1_0")["inputs"] |= {
        "secretId": {**SECRET, "plaintext": '"AKIDold"'},
        "secretKey": {**SECRET, "ciphertext": "v1:x"},
        "securityToken": "rotated",
    }

    outcome = check(document)

    assert outcome.code == 1
    assert {request.secret_id for request in cloud.requests} == {cloud.secret_id}


@pytest.mark.usefixtures("cloud")
def test_secret_role_in_the_export_is_ignored_with_a_warning(
    check: Check,
) -> None:
    document = export_with("newer")
    resource_of(document, "default_0_1_0")["inputs"] |= {
        "assumeRole": {**SECRET, "ciphertext": "v1:x"}
    }

    outcome = check(document)

    assert outcome.code == 1
    assert "warning: the role of the provider is secret in the export" in outcome.err


def test_decrypted_secret_criterion_is_used_but_not_shown(check: Check, cloud: Emulator) -> None:
    document = export_with("newer")
    framework = {**SECRET, "plaintext": '"tensorflow"'}
    resource_of(document, "newer")["inputs"]["framework"] = framework

    listed = check(document, argv=("-o", "json"))
    cloud.faults.add(PLATFORM, Fault(code="InvalidParameter", message="not tensorflow", times=9))
    refused = check(document)

    (pin,) = json.loads(listed.out)["outdated"]
    assert (listed.code, pin["newer"]["id"], pin["image"]["name"]) == (1, "[secret]", "[secret]")
    assert refused.code == 3
    for outcome in (listed, refused):
        assert not re.search(f"tensorflow|{OLD}|{NEW}|{NEWER_NAME}", outcome.out + outcome.err)


def test_changed_fields_of_a_secret_choice_are_not_shown(check: Check, cloud: Emulator) -> None:
    document = export_with("newer")
    framework = {**SECRET, "plaintext": '"tensorflow"'}
    resource_of(document, "newer")["inputs"]["framework"] = framework
    cloud.catalogue.change_platform_image(OLD, ImageUrl="reg.example/tf:9")

    outcome = check(document, argv=("-o", "json"))

    (pin,) = json.loads(outcome.out)["outdated"]
    assert (outcome.code, pin["changed"]) == (1, ["[secret]"])


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
@pytest.mark.parametrize(
    ("criterion", "value"),
    [("frameworkVersion", ">=9.9,<7.7"), ("nameRegex", "canary("), ("device", "canary-device")],
)
def test_invalid_decrypted_secret_criterion_is_not_shown(
    check: Check, criterion: str, value: str, form: str
) -> None:
    document = export_with("newer")
    resource = resource_of(document, "newer")
    resource["inputs"][criterion] = {**SECRET, "plaintext": json.dumps(value)}

    outcome = check(document, argv=("-o", form))

    shown = outcome.out + outcome.err
    assert "not checked" in outcome.err
    assert [text for text in ("9.9", "7.7", "canary") if text in shown] == []


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_decrypted_secret_setting_of_a_provider_is_not_shown(check: Check, form: str) -> None:
    document = export_with("newer")
    resource_of(document, "default_0_1_0")["inputs"] |= {
        "profile": {**SECRET, "plaintext": '"canary-profile"'}
    }

    outcome = check(document, argv=("-o", form))

    assert "the profile [secret], from configuration" in outcome.err
    assert "canary" not in outcome.out + outcome.err


@pytest.mark.parametrize("is_json", [True, False], ids=["JSON text", "value"])
@pytest.mark.parametrize(
    ("setting", "value", "canary"),
    [
        ("profile", "canary-profile", "canary"),
        ("forbiddenAccountIds", [ACCOUNT_ID], ACCOUNT_ID),
        ("forbiddenAccountIds", ["100001234567", "canaryx"], "canary"),
        ("allowedAccountIds", ["100001234567"], "100001234567"),
        (
            "assumeRole",
            {"roleArn": "qcs::cam::uin/1:roleName/canary-role", "sessionName": "canary-session"},
            "canary",
        ),
        ("assumeRole", {"roleArn": "canary"}, "canary"),
        ("endpoints", {"sts": "ftp://canary"}, "canary"),
    ],
)
def test_decrypted_secret_setting_is_not_shown_in_any_stored_form(
    check: Check, cloud: Emulator, setting: str, value: Any, canary: str, is_json: bool
) -> None:
    refused = "the role qcs::cam::uin/1:roleName/canary-role, as canary-session, is refused"
    cloud.faults.add("AssumeRole", Fault(code="UnauthorizedOperation", message=refused))
    stored = json.dumps(value) if is_json and not isinstance(value, str) else value

    outcome = check(with_provider(**{setting: {**SECRET, "plaintext": json.dumps(stored)}}))

    assert outcome.code
    assert canary not in outcome.out + outcome.err
