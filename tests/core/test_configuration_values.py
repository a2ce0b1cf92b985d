"""Errors for invalid values of the configuration."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.configuration_keys import SECRETS
from pulumi_tcimages.errors import ConfigurationError
from tests.path_mistakes import JWT, MISTAKES, PATHS, TOKENS, is_shown


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


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_invalid_secret_value_is_not_shown(name):
    section, _, part = name.partition(".")
    for canary in ("canary canary", "canary" * 20_000):
        with pytest.raises(ConfigurationError) as caught:
            read_configuration({section: {part: canary}} if part else {section: canary})

        assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    "value",
    [["x"] * 1_001, [["x"] * 600] * 2, "[" + "1," * 1_000 + "1]", ["100000000001"] * 1_001],
    ids=["long list", "nested lists", "JSON text", "list of valid ids"],
)
def test_long_list_is_rejected_before_its_items_are_read(value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": value})

    assert caught.value.problem == "the value has more than 1000 items."


def test_many_account_ids_in_text_keep_the_error_short():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"allowed_account_ids": "1 " * 100_000})

    assert len(str(caught.value)) < 1_000


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


@pytest.mark.parametrize("value", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize(
    "name", ["shared_credentials_dir", "assume_role_with_web_identity.web_identity_token_file"]
)
def test_content_instead_of_a_path_is_not_shown(name, value):
    section, _, part = name.partition(".")

    with pytest.raises(ConfigurationError) as caught:
        read_configuration({section: {part: value} if part else value}, "the test")

    assert caught.value.problem.startswith("the value is ")
    assert caught.value.key == name
    assert caught.value.allowed.startswith("the path of a ")
    assert not is_shown(f"{caught.value} {caught.value!r}", value)


@pytest.mark.parametrize("path", PATHS)
def test_plausible_path_is_accepted(path):
    read_configuration({"shared_credentials_dir": path}, "the test")


def test_token_instead_of_its_file_has_the_fix():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(
            {"assume_role_with_web_identity": {"webIdentityTokenFile": JWT}},
            "environment TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE",
        )

    assert str(caught.value).splitlines() == [
        "configuration error. [configuration]",
        "Problem  the value is a token or key, not a path.",
        "Key      tcimages:assumeRoleWithWebIdentity.webIdentityTokenFile",
        "From     environment TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE",
        "Allowed  the path of a file with the OIDC token",
        "Next     write the token to a file, and set the path of that file:",
        "           export TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE=FILE",
    ]


@pytest.mark.parametrize("value", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("name", ["region", "site", "protocol", "language", "timeout_seconds"])
def test_token_as_another_setting_is_not_shown(name, value):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({name: value}, "the test")

    assert not is_shown(str(caught.value), value)
