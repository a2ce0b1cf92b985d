"""Parsing of the configuration: accepted values, rejected values and their errors."""

from __future__ import annotations

import json

import pytest

from pulumi_tcimages.advice import Advice
from pulumi_tcimages.core.configuration import field_names, read_configuration
from pulumi_tcimages.core.configuration_keys import SECRETS, Configuration
from pulumi_tcimages.core.setting_advice import ROLE_ARN
from pulumi_tcimages.errors import ConfigurationError
from tests.next_commands import list_settings

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
    ("values", "key", "allowed"),
    [
        ({"regoin": "x"}, "regoin", "region, secretId"),
        ({"region": "Guangzhou"}, "region", "lower-case letters"),
        ({"region": 5}, "region", "lower-case letters"),
        ({"secret_id": "two words"}, "secret_id", "printable ASCII"),
        ({"secret_key": "a\nb"}, "secret_key", "printable ASCII"),
        ({"security_token": "ключ"}, "security_token", "printable ASCII"),
        ({"profile": "../x"}, "profile", "without slashes"),
        ({"site": "mars"}, "site", "china, intl"),
        ({"protocol": "ftp"}, "protocol", "https, http"),
        ({"language": "de"}, "language", "en-US, zh-CN"),
        ({"timeout_seconds": 0}, "timeout_seconds", "above 0"),
        ({"timeout_seconds": "soon"}, "timeout_seconds", "above 0"),
        ({"timeout_seconds": True}, "timeout_seconds", "above 0"),
        ({"timeout_seconds": "NaN"}, "timeout_seconds", "above 0"),
        ({"cache_ttl_seconds": -1}, "cache_ttl_seconds", "from 0"),
        ({"max_requests_per_second": 0}, "max_requests_per_second", "from 1"),
        ({"max_requests_per_second": 1.5}, "max_requests_per_second", "from 1"),
        ({"allowed_account_ids": []}, "allowed_account_ids", "account ids"),
        ({"allowed_account_ids": "100000000001"}, "allowed_account_ids", "account ids"),
        ({"allowed_account_ids": ["me"]}, "allowed_account_ids", "account ids"),
        ({"allowed_account_ids": "[1e999]"}, "allowed_account_ids", "account ids"),
        ({"allowed_account_ids": "[" * 100_000}, "allowed_account_ids", "account ids"),
        ({"endpoints": "tione.example.com"}, "endpoints", "dlc, tione, sts"),
        ({"endpoints": {"cvm": "x"}}, "endpoints.cvm", "dlc, tione, sts"),
        ({"endpoints": {"dlc": "a b"}}, "endpoints.dlc", "host:port or URL"),
        ({"endpoints": {"dlc": "https://a/path"}}, "endpoints.dlc", "without a path"),
        ({"endpoints": {"dlc": "https://me:pass@a"}}, "endpoints.dlc", "host:port or URL"),
        ({"endpoints": {"dlc": "a:99999"}}, "endpoints.dlc", "host:port or URL"),
        ({"endpoints": {"dlc": "a\r\nX-Evil: 1"}}, "endpoints.dlc", "host:port or URL"),
        ({"endpoints": {"dlc": "ftp://a"}}, "endpoints.dlc", "host:port or URL"),
        ({"assume_role": "qcs::x"}, "assume_role", "roleArn"),
        ({"assume_role": 5}, "assume_role", "roleArn"),
        ({"assume_role": {"role": "x"}}, "assume_role.role", "roleArn"),
        ({"assume_role": {"session_duration": 99999}}, "assume_role.session_duration", "43200"),
    ],
)  # fmt: skip
def test_invalid_value_is_rejected_with_key_source_and_allowed_values(values, key, allowed):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(values, "the test")

    assert (caught.value.key, caught.value.source) == (key, "the test")
    assert allowed in caught.value.allowed


@pytest.mark.parametrize("is_json", [False, True], ids=["object", "JSON text"])
@pytest.mark.parametrize(
    ("setting", "first", "second", "key"),
    [
        ("endpoints", "tione", "Tione", "endpoints.tione"),
        ("endpoints", "STS", "sts", "endpoints.sts"),
        ("assume_role", "role_arn", "roleArn", "assume_role.role_arn"),
        ("assume_role", "sessionDuration", "session_duration", "assume_role.session_duration"),
        (
            "assume_role_with_web_identity",
            "webIdentityTokenFile",
            "web_identity_token_file",
            "assume_role_with_web_identity.web_identity_token_file",
        ),
    ],
)
def test_two_spellings_of_a_key_are_refused_and_named(setting, first, second, key, is_json):
    value = {first: "1", second: "2"}
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({setting: json.dumps(value) if is_json else value}, "the test")

    assert caught.value.problem == f'"{first}" and "{second}" are the same key.'
    assert (caught.value.key, caught.value.source) == (key, "the test")
    assert str(caught.value.fix) == "leave one of the two out"


@pytest.mark.parametrize(
    "values", [{"role_arn": "a", "roleArn": None}, {"roleArn": None, "role_arn": "a"}]
)
def test_second_spelling_without_a_value_is_unset(values):
    assert read_configuration({"assume_role": values}).assume_role.role_arn == "a"


@pytest.mark.parametrize(
    ("setting", "text", "problem", "key"),
    [
        ("endpoints", '{"tione": "a", "tione": "b"}', '"tione"', "endpoints.tione"),
        ("assume_role", '{"roleArn": null, "roleArn": "b"}', '"roleArn"', "assume_role.role_arn"),
        ("assume_role", '{"canary": 1, "canary": 2}', "a key", "assume_role"),
        ("allowed_account_ids", '[{"canary": 1, "canary": 2}]', "a key", "allowed_account_ids"),
    ],
)
def test_repeated_json_key_is_rejected_and_shown_if_known(setting, text, problem, key):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({setting: text}, "the test")

    assert caught.value.problem == f"{problem} is in the JSON text twice."
    assert caught.value.key == key
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("value", ["abc", "-5"])
def test_invalid_timeout_is_quoted(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"timeout_seconds": value})

    assert caught.value.problem == f'the value "{value}" is not one that is allowed.'


@pytest.mark.parametrize("value", ["canary", 100000000001, "100000000001, 0200", [], {"0": "1"}])
def test_invalid_list_has_an_example_and_no_command(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": value}, "the stack's configuration")

    problem = "the list is empty." if value == [] else "the value is not a list."
    assert str(caught.value).splitlines() == [
        "configuration error. [configuration]",
        f"Problem  {problem}",
        "Key      tcimages:allowedAccountIds",
        "From     the stack's configuration",
        "Allowed  a list of account ids (digits)",
        'Next     write allowedAccountIds as a list, for instance ["ACCOUNT_ID"]',
    ]


@pytest.mark.parametrize("value", [["1", "canary x"], '["1", "canary x"]'])
def test_invalid_list_item_is_named_by_its_number(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": value}, "the stack's configuration")

    assert caught.value.problem == "item 2 of the list is not an account id."
    assert str(caught.value.fix) == "correct item 2 of the list, and keep the others."
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("value", ["http://canary.example", "[1]", 5, [{"tione": "canary"}]])
def test_invalid_object_has_an_example_and_no_command(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"endpoints": value}, "the stack's configuration")

    assert str(caught.value).splitlines() == [
        "configuration error. [configuration]",
        "Problem  the value is not an object.",
        "Key      tcimages:endpoints",
        "From     the stack's configuration",
        "Allowed  an object with any of dlc, tione, sts, metadata",
        'Next     write endpoints as an object, for instance {"tione":',
        '         "tione.tencentcloudapi.com"}',
    ]


@pytest.mark.parametrize("text", ["1e400", "true", "0"])
def test_invalid_value_is_shown_as_entered(text):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"timeout_seconds": text})

    assert caught.value.problem == f'the value "{text}" is not one that is allowed.'


def test_misspelled_key_is_corrected():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"secretid": "x"})

    assert str(caught.value.fix) == "did you mean secretId?"


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_invalid_secret_value_is_not_shown(name):
    section, _, part = name.partition(".")
    for canary in ("canary canary", "canary" * 20_000):
        with pytest.raises(ConfigurationError) as caught:
            read_configuration({section: {part: canary}} if part else {section: canary})

        assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"


def test_repr_shows_setting_names_without_values():
    shown = repr(read_configuration({"region": "ap-guangzhou", "secret_id": "AKIDexample"}))

    assert shown == "Configuration(region, secret_id)"
    assert "AKIDexample" not in repr(read_configuration(ALL_SETTINGS))


def test_every_secret_is_a_setting_with_a_description():
    assert set(field_names()) >= SECRETS
    for field in Configuration.model_fields.values():
        assert field.description
        assert field.description.endswith(".")


@pytest.mark.parametrize("path", ["", "assume_role."])
def test_unknown_key_of_megabytes_is_shortened(path):
    name = "regio" + "nabcdefghij" * 1_300_000
    values = {"assume_role": {name: "x"}} if path else {name: "x"}

    with pytest.raises(ConfigurationError) as caught:
        read_configuration(values)

    assert caught.value.key == f"{path}{name[:60]}..."
    assert len(str(caught.value)) < 2_000


@pytest.mark.parametrize(
    "value",
    [["x"] * 1_001, [["x"] * 600] * 2, "[" + "1," * 1_000 + "1]", ["100000000001"] * 1_001],
    ids=["list", "nested", "text", "valid"],
)
def test_long_list_is_rejected_before_its_items_are_read(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": value})

    assert caught.value.problem == "the value has more than 1000 items."


def test_many_account_ids_in_text_keep_the_error_short():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": "1 " * 100_000})

    assert len(str(caught.value)) < 1_000


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


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ('{"roleArn": "r"\n "policy": "p"}', "expecting ',' delimiter, in line 2, column 2"),
        ('{"roleArn": "r", "policy": 1' + "0" * 5000 + "}", "a number has too many digits"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
def test_mistake_in_json_text_is_located_without_the_text(text, mistake):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"assume_role": text}, "the stack's configuration")

    assert caught.value.problem == f"the value is not an object: {mistake}."


def test_misspelled_key_in_json_text_has_a_suggestion():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"assume_role": '{"roleArm": "r"}'}, "the stack's configuration")

    assert caught.value.fix == Advice("did you mean roleArn?")
