"""Errors about the settings of an explicit provider, which does not read the configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.advice import Advice, SettingChange, keep_all
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.plugin.property_values import Secret, serialize
from pulumi_tcimages.plugin.reader import RUNTIME_VARIABLE
from pulumi_tcimages.plugin.setting_errors import write_for_provider, write_for_stack
from tests.plugin.conftest import Plugin
from tests.plugin.pin_steps import Stack

KEYS = {"secretId": f"AKID{'a' * 32}", "secretKey": "b" * 32}
DEFAULT_URN = "urn:pulumi:prod::shop::pulumi:providers:tcimages::default_0_1_0"
GATEWAY = {"endpoints": {"tione": "http://gateway.example.com"}, "region": "ap-guangzhou"}
INTL = {"site": "intl", "region": "ap-guangzhou"}


@pytest.mark.parametrize(
    ("unset", "configuration", "expected"),
    [
        ("REGION", {}, 'or set region of the provider second to "ap-guangzhou".'),
        ("REGION", {}, "Looked region of the provider second environment"),
        (
            "REGION",
            {"region": "<region>"},
            "Looked region of the provider second (holds a placeholder) environment",
        ),
        ("TIONE", INTL, 'China site: set site of the provider second to "china"'),
        ("TIONE", GATEWAY, 'allow http: set protocol of the provider second to "http"'),
        ("TIONE", GATEWAY, "unless protocol of the provider second is http"),
        ("-", {"timeoutSeconds": 0.0001}, "Next set timeoutSeconds of the provider second to 60"),
        ("-", KEYS, 'keys of intl need: set site of the provider second to "intl"'),
        ("-", {"allowedAccountIds": ["1"]}, "not in allowedAccountIds of the provider second."),
        (
            "-",
            {"assumeRole": {"role_arn": "", "sessionName": "x"}},
            'write assumeRole.role_arn "qcs::cam::uin/ACCOUNT_ID:roleName/ROLE_NAME"',
        ),
        (
            "-",
            {"assumeRole": {"sessionName": "x"}},
            'write assumeRole.roleArn "qcs::cam::uin/ACCOUNT_ID:roleName/ROLE_NAME"',
        ),
        ("-", {"assumeRole": {"sessionName": "x"}}, "Looked assumeRole of the provider second"),
        (
            "SECRET",
            {"secretId": "<your-secret-id>"},
            "Looked secretId and secretKey, profile, camRoleName, "
            "assumeRoleWithWebIdentity of the provider second "
            "secretId of the provider second holds a placeholder environment",
        ),
        (
            "SECRET",
            {"secretId": KEYS["secretId"]},
            "give both in the same place: set secretKey of the provider second too.",
        ),
    ],
)
def test_error_of_an_explicit_provider_names_its_arguments(
    cloud: Emulator,
    attach_plugin: Callable[..., Plugin],
    unset: str,
    configuration: Mapping[str, Any],
    expected: str,
) -> None:
    environment = {name: text for name, text in cloud.environment.items() if unset not in name}
    plugin = attach_plugin(environment=environment)
    plugin.configure_provider("second", **configuration)

    _, text = plugin.invoke_error("getPlatformImages")

    assert expected in " ".join(text.split())
    assert "pulumi config" not in text
    assert "configuration tcimages:" not in text
    assert "`" not in text


@pytest.mark.parametrize(
    ("configuration", "place"),
    [
        (
            {"assumeRole": {"roleArn": "qcs::cam::uin/1:roleName/r", "sessionName": "me"}},
            "check the values of the role: assumeRole of the provider second",
        ),
        (
            {"assumeRoleWithWebIdentity": {"sessionName": "me"}},
            "Looked assumeRoleWithWebIdentity of the provider second",
        ),
    ],
)
def test_error_about_several_parts_of_a_role_names_the_role_once(
    cloud: Emulator,
    start_plugin: Callable[..., Plugin],
    configuration: Mapping[str, Any],
    place: str,
) -> None:
    cloud.faults.add("AssumeRole", Fault(code="ResourceNotFound.RoleNotFound"))
    plugin = start_plugin()
    plugin.configure_provider("second", **configuration)

    _, text = plugin.invoke_error("getPlatformImages")

    lines = " ".join(text.split())
    assert place in lines
    assert lines.count(place.rpartition("of the role: ")[2].removeprefix("Looked ")) == 1


@pytest.mark.parametrize("settings", [{}, {"profile": "team"}], ids=["no keys", "profile"])
def test_content_of_a_file_and_paths_keep_their_spelling(
    cloud: Emulator,
    attach_plugin: Callable[..., Plugin],
    tmp_path: Path,
    settings: dict[str, str],
) -> None:
    environment = {name: text for name, text in cloud.environment.items() if "SECRET" not in name}
    plugin = attach_plugin(environment=environment)
    folder = tmp_path / "secretKey" / "webIdentityTokenFile"
    plugin.configure_provider("second", sharedCredentialsDir=str(folder), **settings)

    _, text = plugin.invoke_error("getPlatformImages")

    assert '{"secretId": "ID", "secretKey": "KEY"}' in " ".join(text.split())
    assert f"{folder}/" in text


def test_setting_in_a_sentence_becomes_an_argument_of_the_provider(
    attach_plugin: Callable[..., Plugin],
) -> None:
    plugin = attach_plugin()
    plugin.configure_provider("second", region="ap-guangzou")

    _, text = plugin.invoke_error("getSessionImages", dataEngineId="D", frameworkType="python")

    assert 'keys of intl need site "intl" of the provider second.' in " ".join(text.split())


def test_error_of_the_default_provider_advises_a_command(
    attach_plugin: Callable[..., Plugin],
) -> None:
    plugin = attach_plugin()
    plugin.configure_provider("default_0_1_0", timeoutSeconds=0.0001)

    _, text = plugin.invoke_error("getPlatformImages")

    assert text.endswith("Next     pulumi config set tcimages:timeoutSeconds 60")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"timeoutSeconds": 0.0001}, "pulumi config set --stack prod tcimages:timeoutSeconds 60"),
        (
            {"timeoutSeconds": Secret(0.0001)},
            "pulumi config set --stack prod --secret tcimages:timeoutSeconds 60",
        ),
        (
            {"secretId": KEYS["secretId"]},
            "pulumi config set --stack prod --secret tcimages:secretKey",
        ),
    ],
)
def test_lookup_error_advises_a_command_for_the_stack_of_the_program(
    attach_plugin: Callable[..., Plugin], values: Mapping[str, Any], expected: str
) -> None:
    plugin = attach_plugin()
    arguments = serialize({"region": "ap-guangzhou", **values})
    plugin.stub.Configure(provider_pb2.ConfigureRequest(urn=DEFAULT_URN, args=arguments))

    _, text = plugin.invoke_error("getPlatformImages")

    assert text.splitlines()[-1].removeprefix("Next").strip() == expected


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("site", "chna", "set --stack prod tcimages:site china"),
        ("endpoints", {"x.y": "h"}, """rm --stack prod --path 'tcimages:endpoints["x.y"]'"""),
        ("zz", "x", "rm --stack prod tcimages:zz"),
    ],
)
def test_configuration_error_advises_a_command_for_the_stack_of_the_program(
    attach_plugin: Callable[..., Plugin], key: str, value: Any, expected: str
) -> None:
    request = provider_pb2.CheckRequest(urn=DEFAULT_URN, news=serialize({key: value}))

    (failure,) = attach_plugin().stub.CheckConfig(request).failures

    assert f" pulumi config {expected}\n" in f"{failure.reason}\n"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"timeoutSeconds": 0},
            "Argument timeout_seconds From the provider second Allowed a number above 0, at most "
            "3600 Next write timeout_seconds 60",
        ),
        (
            {"assumeRole": {"sessionDuration": 0}},
            "Argument assume_role.session_duration From the provider second",
        ),
        ({"assumeRole": {"sessionDuration": 0}}, "Next write assume_role.session_duration 7200"),
        ({"assumeRole": "arn"}, 'Next write assume_role as an object, for instance {"role_arn":'),
        ({"assumeRole": "arn"}, "Allowed an object with any of role_arn, session_name,"),
        ({"timeoutSecond": 3}, "Argument timeoutSecond From"),
        ({"timeoutSecond": 3}, "Next did you mean timeout_seconds?"),
    ],
)
def test_configuration_error_of_an_explicit_provider_names_its_argument(
    attach_plugin: Callable[..., Plugin], values: Mapping[str, Any], expected: str
) -> None:
    plugin = attach_plugin(environment={RUNTIME_VARIABLE: "python"})
    request = provider_pb2.CheckRequest(
        urn="urn:pulumi:prod::shop::pulumi:providers:tcimages::second", news=serialize(values)
    )

    (failure,) = plugin.stub.CheckConfig(request).failures

    assert expected in " ".join(failure.reason.split())
    assert "tcimages:" not in failure.reason


def test_advice_for_the_stack_has_the_keys_of_its_file() -> None:
    error = ConfigurationError("wrong.", fix="write `assume_role.role_arn` in `region`")

    assert write_for_stack(error, "dev").advice == Advice("write assumeRole.roleArn in `region`")


def test_pin_error_of_an_explicit_provider_names_its_argument(
    attach_plugin: Callable[..., Plugin],
) -> None:
    plugin = attach_plugin()
    plugin.configure_provider("second", timeoutSeconds=0.0001)

    with pytest.raises(grpc.RpcError) as caught:
        Stack(plugin.stub).up({"framework": "vLLM", "latest": True})

    assert caught.value.details().endswith(
        "Next     set timeoutSeconds of the provider second to 60"
    )


CHANGES = {
    "one value": (
        [SettingChange(("region",), "ap-guangzhou")],
        'set region of the provider second to "ap-guangzhou"',
    ),
    "several values": (
        [SettingChange(("timeoutSeconds",), "60"), SettingChange(("maxRequestsPerSecond",), "2")],
        "set timeout_seconds of the provider second to 60 and max_requests_per_second to 2",
    ),
    "a removal": (
        [SettingChange(("securityToken",))],
        "leave out security_token of the provider second",
    ),
    "a field": (
        [SettingChange(("assumeRole", "roleArn"), "arn")],
        'set assume_role.role_arn of the provider second to "arn"',
    ),
    "a removal and a value": (
        [SettingChange(("site",)), SettingChange(("region",), "ap-guangzhou")],
        'leave out site of the provider second and set region to "ap-guangzhou"',
    ),
    "a replaced list": (
        [
            SettingChange(("allowedAccountIds",)),
            SettingChange(("allowedAccountIds", 0), "10"),
            SettingChange(("allowedAccountIds", 1), "20"),
        ],
        'set allowed_account_ids of the provider second to ["10", "20"]',
    ),
    "a list": (
        [SettingChange(("allowedAccountIds",), '["10"]')],
        'set allowed_account_ids of the provider second to ["10"]',
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_changes_of_settings_become_arguments_of_the_provider(case: str) -> None:
    changes, expected = CHANGES[case]
    error = ConfigurationError("wrong.", fix=Advice(*changes))

    written = write_for_provider(error, "second", keep_all)

    assert written.advice.as_text() == expected


def test_change_to_a_secret_value_is_left_out() -> None:
    change = SettingChange(("allowedAccountIds",), '["canary"]')
    error = ConfigurationError("wrong.", fix=Advice("add it to the list:", change))

    written = write_for_provider(error, "second", lambda part: "canary" in part.text)

    assert written.advice == Advice("add it to the list.")
