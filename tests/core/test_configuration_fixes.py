"""Fixes in errors for invalid values of the configuration."""

from __future__ import annotations

import json

import pytest

from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.setting_advice import ROLE_ARN
from pulumi_tcimages.errors import ConfigurationError
from tests.next_commands import list_settings

INVALID_SCALARS = [
    # invalid values, and the setting that the error suggests
    ({"max_requests_per_second": ""}, ("maxRequestsPerSecond", "15")),
    ({"max_requests_per_second": 0}, ("maxRequestsPerSecond", "15")),
    ({"timeout_seconds": "soon"}, ("timeoutSeconds", "60")),
    ({"cache_ttl_seconds": -1}, ("cacheTtlSeconds", "300")),
    *(
        ({"site": written}, ("site", "intl"))
        for written in (
            *("international", "International site", " INTERNATIONAL", "internaional", "intl."),
            *("global", "overseas", "worldwide", "non-china", "国际站", "海外", "tencentcloud.com"),
        )
    ),
    *(({"site": written}, ("site", "china")) for written in ("cn", "mainland", "国内", "中国")),
    *(
        ({"language": written}, ("language", "zh-CN"))
        for written in ("Chinese", "cn", "zh_TW", "简体中文")
    ),
    ({"language": "English"}, ("language", "en-US")),
    ({"site": "mars"}, ("site", "china")),
    ({"site": "int"}, ("site", "intl")),
    ({"protocol": "htp"}, ("protocol", "http")),
    ({"language": "zh-CH"}, ("language", "zh-CN")),
    ({"region": "ap-guangzhou-3"}, ("region", "ap-guangzhou")),
    ({"region": "Mars"}, ("region", "ap-guangzhou")),
    ({"profile": "../x"}, ("profile", "default")),
    ({"endpoints": {"dlc": "a b"}}, ("endpoints.dlc", "HOST")),
    ({"assume_role": {"session_duration": 0}}, ("assumeRole.session_duration", "7200")),
    ({"assume_role": {"sessionDuration": 0}}, ("assumeRole.sessionDuration", "7200")),
    ({"endpoints": {"a.b": "x"}}, ('endpoints["a.b"]', "")),
    ({"endpoints": {"FooBar": "x"}}, ("endpoints.FooBar", "")),
    ({"endpoints": {"zz_x": "x"}}, ("endpoints.zz_x", "")),
    ({"_p_a_t_h": "x"}, ("_p_a_t_h", "")),
    ({"regoin_of_mine_xyz": "x"}, ("regoin_of_mine_xyz", "")),
]


@pytest.mark.parametrize(
    ("values", "setting"), INVALID_SCALARS, ids=[str(values) for values, _ in INVALID_SCALARS]
)
def test_invalid_value_suggests_a_command_with_a_valid_value(values, setting):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(values, "the stack's configuration")

    assert list_settings(caught.value) == [setting]


@pytest.mark.parametrize(
    ("values", "fix"),
    [
        (
            {"forbidden_account_ids": ["3", "4", "1 2"]},
            "correct item 3 of the list, and keep the others.",
        ),
        (
            {"forbidden_account_ids": '["3", "me"]'},
            "correct item 2 of the list, and keep the others.",
        ),
        (
            {"assume_role": '{"roleArn": "x", "sessionDuration": 0}'},
            "correct this part of `assume_role`, and keep the rest.",
        ),
        (
            {"assume_role": '{"roleArn": "x", "sessionDuration": "soon"}'},
            "correct this part of `assume_role`, and keep the rest.",
        ),
        (
            {"endpoints": '{"tione": "x", "non.sense": "y"}'},
            "remove this part of `endpoints`, and keep the rest. If endpoints is an object in the "
            "stack's file, run: pulumi config rm --path 'tcimages:endpoints[\"non.sense\"]'\n"
            "If Pulumi.yaml sets it, remove it there.",
        ),
        (
            {"assumeRole.roleArn": "x", "assume_role": '{"policy": "y"}'},
            "did you mean assumeRole?",
        ),
        (
            {"assumeRole.externalId": "x"},
            "set the path instead of this key: "
            "pulumi config set --secret --path 'tcimages:assumeRole.externalId'\n"
            "Then remove this key.",
        ),
        (
            {"endpoints.tione": "x"},
            "set the path instead of this key: "
            "pulumi config set --path 'tcimages:endpoints.tione' VALUE\n"
            "pulumi config rm tcimages:endpoints.tione",
        ),
        (
            {"assume_role": '{"roleArn": "x", "policy": "y"'},
            "correct the JSON text of `assume_role`, and keep the rest.",
        ),
        (
            {"allowed_account_ids": '["100000000001", "100000000002"'},
            "correct the JSON text of `allowed_account_ids`, and keep the rest.",
        ),
        ({"a:b": "x"}, "remove it."),
        ({"endpoints": {"a\nb": "x"}}, "remove it."),
    ],
)
def test_no_suggested_command_loses_other_values(values, fix):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(values, "the stack's configuration")

    assert str(caught.value.fix) == fix


def test_invalid_object_has_an_example_with_all_required_keys():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"assume_role_with_web_identity": "x"}, "the stack's configuration")

    example = {"roleArn": ROLE_ARN, "webIdentityTokenFile": "FILE"}
    assert str(caught.value.fix).endswith(f"for instance {json.dumps(example)}")


@pytest.mark.parametrize(
    ("source", "step"),
    [
        ("environment TENCENTCLOUD_REGION", "  export TENCENTCLOUD_REGION=ap-guangzhou"),
        ("profile ~/.tccli/default.configure", "did you mean"),
        ("the provider second", "did you mean"),
    ],
)
def test_invalid_value_is_corrected_at_its_source(source, step):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"region": "ap_guangzou"}, source)

    text = str(caught.value)
    assert step in text
    assert "pulumi config" not in text


def test_invalid_program_value_suggests_the_argument():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"max_requests_per_second": 0}, "the provider second")

    assert caught.value.text("x", str).endswith("Next     write max_requests_per_second 15")
