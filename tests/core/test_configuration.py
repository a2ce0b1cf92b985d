"""Parsing of the configuration: accepted values, and their representation."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.configuration import field_names, read_configuration
from pulumi_tcimages.core.configuration_keys import SECRETS, Configuration
from pulumi_tcimages.errors import ConfigurationError

ALL_SETTINGS = {
    "region": "ap-guangzhou",
    "secret_id": "AKIDexample",
    "secret_key": "example",
    "security_token": "token==",
    "profile": "build",
    "shared_credentials_dir": "~/keys of mine",
    "cam_role_name": "role-1",
    "assume_role": {
        "role_arn": "qcs::cam::uin/100000000001:roleName/build",
        "session_name": "s",
        "session_duration": 900,
        "policy": '{"version": "2.0"}',
        "external_id": "e",
    },
    "assume_role_with_web_identity": {
        "provider_id": "OIDC",
        "role_arn": "qcs::cam::uin/100000000001:roleName/ci",
        "session_name": "s",
        "session_duration": 900,
        "web_identity_token": "eyJ",
        "web_identity_token_file": "/run/token",
    },
    "site": "intl",
    "endpoints": {
        "dlc": "dlc.example.com",
        "tione": "127.0.0.1:8080",
        "sts": "https://sts.example.com",
        "metadata": "http://[::1]:80",
    },
    "protocol": "http",
    "language": "zh-CN",
    "timeout_seconds": 2.5,
    "cache_ttl_seconds": 0.0,
    "max_requests_per_second": 20,
    "allowed_account_ids": ["100000000001"],
    "forbidden_account_ids": ["100000000002"],
}


def test_every_key_is_read():
    assert read_configuration(ALL_SETTINGS).model_dump() == ALL_SETTINGS
    assert set(ALL_SETTINGS) == set(Configuration.model_fields)


def test_empty_configuration_has_no_settings():
    assert read_configuration({}) == read_configuration({"region": None}) == Configuration()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("timeout_seconds", "5", 5.0),
        ("max_requests_per_second", "7", 7),
        ("max_requests_per_second", 7.0, 7),
        ("allowed_account_ids", '["100000000001"]', ["100000000001"]),
        ("allowed_account_ids", "[100000000001]", ["100000000001"]),
        ("allowed_account_ids", [100000000001.0], ["100000000001"]),
        ("protocol", "HTTPS", "https"),
        ("region", " ap-guangzhou\n", "ap-guangzhou"),
        ("profile", "123", "123"),
    ],
)
def test_value_is_read_from_text(name, text, value):
    assert getattr(read_configuration({name: text}), name) == value


@pytest.mark.parametrize("text", ["", " ", "None", "null", '"AKID"', "<your-id>", "${ID}", "xxxx"])
@pytest.mark.parametrize("name", ["region", "secret_id", "site", "endpoints.dlc"])
def test_placeholder_is_ignored_and_recorded(name, text):
    section, _, part = name.partition(".")

    configuration = read_configuration({section: {part: text} if part else text})

    assert configuration.model_dump(exclude_none=True) == ({section: {}} if part else {})
    assert list(configuration.placeholders) == [name]


def test_policy_may_contain_variables_but_account_ids_may_not():
    policy = '{"resource": "${account}"}'

    assert read_configuration({"assume_role": {"policy": policy}}).assume_role.policy == policy
    with pytest.raises(ConfigurationError):
        read_configuration({"allowed_account_ids": "None"})


def test_object_is_read_from_json_text():
    configuration = read_configuration(
        {"assume_role": '{"roleArn": "a", "session_duration": "900"}'}
    )

    assert configuration.assume_role.role_arn == "a"
    assert configuration.assume_role.session_duration == 900


@pytest.mark.parametrize(
    "values", [{"role_arn": "a", "roleArn": None}, {"roleArn": None, "role_arn": "a"}]
)
def test_second_spelling_without_a_value_is_unset(values):
    assert read_configuration({"assume_role": values}).assume_role.role_arn == "a"


def test_repr_shows_setting_names_without_values():
    shown = repr(read_configuration({"region": "ap-guangzhou", "secret_id": "AKIDexample"}))

    assert shown == "Configuration(region, secret_id)"
    assert "AKIDexample" not in repr(read_configuration(ALL_SETTINGS))


def test_every_secret_is_a_setting_with_a_description():
    assert set(field_names()) >= SECRETS
    for field in Configuration.model_fields.values():
        assert field.description
        assert field.description.endswith(".")
