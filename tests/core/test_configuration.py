"""The configuration's syntax: what is taken, what is refused, and what the refusal says."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.configuration import field_names, read_configuration
from pulumi_tcimages.core.configuration_keys import SECRETS, Configuration
from pulumi_tcimages.errors import ConfigurationError

EVERYTHING = {
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
    assert read_configuration(EVERYTHING).model_dump() == EVERYTHING
    assert set(EVERYTHING) == set(Configuration.model_fields)


def test_nothing_given_is_nothing_configured():
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
def test_a_value_may_come_as_text(name, text, value):
    assert getattr(read_configuration({name: text}), name) == value


@pytest.mark.parametrize("text", ["", " ", "None", "null", '"AKID"', "<your-id>", "${ID}", "xxxx"])
@pytest.mark.parametrize("name", ["region", "secret_id", "site", "endpoints.dlc"])
def test_a_placeholder_is_not_given_and_remembered(name, text):
    section, _, part = name.partition(".")

    found = read_configuration({section: {part: text} if part else text})

    assert found.model_dump(exclude_none=True) == ({section: {}} if part else {})
    assert list(found.placeholders) == [name]


def test_a_policy_may_have_variables_and_a_list_of_accounts_is_never_passed_over():
    policy = '{"resource": "${account}"}'

    assert read_configuration({"assume_role": {"policy": policy}}).assume_role.policy == policy
    with pytest.raises(ConfigurationError):
        read_configuration({"allowed_account_ids": "None"})


def test_an_object_may_come_as_json_with_the_keys_as_they_are_typed():
    found = read_configuration({"assume_role": '{"roleArn": "a", "session_duration": "900"}'})

    assert found.assume_role.role_arn == "a"
    assert found.assume_role.session_duration == 900


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
def test_a_wrong_value_is_refused_with_its_key_its_source_and_what_is_allowed(values, key, allowed):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(values, "the test")

    assert (caught.value.key, caught.value.source) == (key, "the test")
    assert allowed in caught.value.allowed


@pytest.mark.parametrize("value", ["abc", "-5"])
def test_a_time_that_is_none_is_quoted(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"timeout_seconds": value})

    assert caught.value.problem == f'the value "{value}" is not one that is allowed.'


@pytest.mark.parametrize("value", ["100000000001", 100000000001, "100000000001, 0200"])
def test_account_ids_that_are_no_list_are_told_with_how_to_set_one(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": value}, "the stack's configuration")

    second = ["           pulumi config set --path 'tcimages:allowedAccountIds[1]' 0200"]
    assert str(caught.value).splitlines() == [
        "configuration error. [configuration]",
        f'Problem  the value "{value}" is not a list.',
        "Key      tcimages:allowedAccountIds",
        "From     the stack's configuration",
        "Allowed  a list of account ids (digits)",
        "Next     replace it with a list:",
        "           pulumi config rm tcimages:allowedAccountIds",
        "           pulumi config set --path 'tcimages:allowedAccountIds[0]' 100000000001",
        *(second if "," in str(value) else []),
    ]


@pytest.mark.parametrize("value", ["http://tione.example", "[1]", 5])
def test_an_object_that_is_none_is_told_with_how_to_set_one(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"endpoints": value}, "the stack's configuration")

    assert str(caught.value).splitlines() == [
        "configuration error. [configuration]",
        "Problem  the value is not an object.",
        "Key      tcimages:endpoints",
        "From     the stack's configuration",
        "Allowed  an object with any of dlc, tione, sts, metadata",
        "Next     replace it, for instance with an address for tione:",
        "           pulumi config rm tcimages:endpoints",
        "           pulumi config set --path 'tcimages:endpoints.tione' tione.tencentcloudapi.com",
    ]


@pytest.mark.parametrize("value", [[], {"0": "100000000001"}])
def test_a_list_without_items_or_an_object_is_removed_before_an_item_is_set(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": value})

    assert [name for name, _ in caught.value.settings] == [
        "allowedAccountIds",
        "allowedAccountIds[0]",
    ]


@pytest.mark.parametrize("text", ["1e400", "true", "0"])
def test_a_wrong_value_is_shown_as_it_was_given(text):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"timeout_seconds": text})

    assert caught.value.problem == f'the value "{text}" is not one that is allowed.'


def test_a_mistyped_key_is_answered_with_the_right_one():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"secretid": "x"})

    assert caught.value.fix == "did you mean secretId?"


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_value_is_never_shown(name):
    section, _, part = name.partition(".")
    for canary in ("canary canary", "canary" * 20_000):
        with pytest.raises(ConfigurationError) as caught:
            read_configuration({section: {part: canary}} if part else {section: canary})

        assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"


def test_a_configuration_shows_the_names_of_its_settings_and_no_value():
    shown = repr(read_configuration({"region": "ap-guangzhou", "secret_id": "AKIDexample"}))

    assert shown == "Configuration(region, secret_id)"
    assert "AKIDexample" not in repr(read_configuration(EVERYTHING))


def test_every_secret_is_a_setting_and_every_setting_has_a_sentence():
    assert set(field_names()) >= SECRETS
    for field in Configuration.model_fields.values():
        assert field.description
        assert field.description.endswith(".")


@pytest.mark.parametrize("path", ["", "assume_role."])
def test_an_unknown_key_of_many_megabytes_is_shortened(path):
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
def test_a_list_of_too_many_items_is_refused_before_its_items_are_read(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": value})

    assert caught.value.problem == "the value has more than 1000 items."


def test_many_account_ids_in_a_text_bring_no_command_for_each():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": "1 " * 100_000})

    assert len(str(caught.value)) < 1_000


SCALARS = [
    # a wrong value, and the setting that Next advises
    ({"max_requests_per_second": ""}, ("maxRequestsPerSecond", "15")),
    ({"max_requests_per_second": 0}, ("maxRequestsPerSecond", "15")),
    ({"timeout_seconds": "soon"}, ("timeoutSeconds", "60")),
    ({"cache_ttl_seconds": -1}, ("cacheTtlSeconds", "300")),
    ({"site": "international"}, ("site", "china")),
    ({"site": "int"}, ("site", "intl")),
    ({"protocol": "htp"}, ("protocol", "http")),
    ({"language": "zh-CH"}, ("language", "zh-CN")),
    ({"region": "ap-guangzhou-3"}, ("region", "ap-guangzhou")),
    ({"region": "Mars"}, ("region", "ap-guangzhou")),
    ({"profile": "../x"}, ("profile", "default")),
    ({"endpoints": {"dlc": "a b"}}, ("endpoints.dlc", "HOST")),
    ({"assume_role": {"session_duration": 0}}, ("assumeRole.sessionDuration", "7200")),
    ({"regoin_of_mine_xyz": "x"}, ("regoinOfMineXyz", "")),
]


@pytest.mark.parametrize(("values", "setting"), SCALARS, ids=[str(values) for values, _ in SCALARS])
def test_a_wrong_value_is_answered_with_a_command_that_sets_one_that_is_accepted(values, setting):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(values, "the stack's configuration")

    assert caught.value.settings == (setting,)


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
            "correct it in the JSON text of `assume_role`, and keep the rest.",
        ),
        ({"_p_a_t_h": "x"}, "remove it."),
    ],
)
def test_no_command_is_advised_that_would_lose_other_values(values, fix):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(values, "the stack's configuration")

    assert (caught.value.fix, caught.value.settings) == (fix, ())


def test_an_object_is_answered_with_all_the_parts_that_it_needs():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"assume_role_with_web_identity": "x"}, "the stack's configuration")

    assert [name for name, _ in caught.value.settings] == [
        "assumeRoleWithWebIdentity",
        "assumeRoleWithWebIdentity.roleArn",
        "assumeRoleWithWebIdentity.webIdentityTokenFile",
    ]


@pytest.mark.parametrize(
    ("source", "step"),
    [
        ("environment TENCENTCLOUD_REGION", "  export TENCENTCLOUD_REGION=ap-guangzhou"),
        ("profile ~/.tccli/default.configure", "did you mean"),
        ("the provider second", "did you mean"),
    ],
)
def test_a_wrong_value_is_corrected_where_it_came_from(source, step):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"region": "ap_guangzou"}, source)

    text = str(caught.value)
    assert step in text
    assert "pulumi config" not in text


def test_a_wrong_value_in_a_program_is_answered_with_the_argument():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"max_requests_per_second": 0}, "the provider second")

    assert caught.value.text("x", str).endswith("Next     write max_requests_per_second 15")
