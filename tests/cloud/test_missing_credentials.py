"""Errors for missing keys and expired logins, with the command that helps."""

from __future__ import annotations

import pytest

from pulumi_tcimages import formatting
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.fakes import list_all, write_file


def test_missing_keys_error_lists_every_place(keyless, make_client, tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert caught.value.searched == [
        "configuration tcimages:secretId and secretKey, tcimages:profile,",
        "  tcimages:camRoleName, tcimages:assumeRoleWithWebIdentity",
        "environment TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
        f"profile {tmp_path}/.tccli/default.credential",
        f"file {tmp_path}/.tencentcloud/credentials",
        "file /etc/tencentcloud/credentials",
        "environment TENCENTCLOUD_CAM_ROLE_NAME",
        "pod identity, environment TKE_WEB_IDENTITY_TOKEN_FILE",
        "the role of a CVM (this machine is not a CVM)",
    ]
    wrapped_lines = [line for line in str(caught.value).splitlines() if "/" not in line]
    assert max(map(len, wrapped_lines)) <= formatting.WIDTH


@pytest.mark.parametrize(
    ("environ", "configuration", "source"),
    [
        ({}, {"profile": "build"}, "configuration tcimages:profile"),
        ({"TENCENTCLOUD_PROFILE": "build"}, {}, "environment TENCENTCLOUD_PROFILE"),
    ],
)
def test_named_profile_without_keys_is_an_error(
    keyless, make_client, tmp_path, environ, configuration, source
):
    write_file(
        tmp_path, ".tencentcloud/credentials", "[default]\nsecret_id = other\nsecret_key = other\n"
    )

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, **environ}, **configuration))

    assert caught.value.problem == f"the profile build, from {source}, has no keys."
    assert caught.value.source == f"{tmp_path}/.tccli/build.credential"
    assert str(caught.value.fix) == "run: tccli configure --profile build"


EXPIRED = {"secretId": "a", "secretKey": "b", "expiresAt": 1700000000}
PERMANENT = "If its keys are permanent, remove type, token and expiresAt from that file."


@pytest.mark.parametrize(
    ("login", "fix"),
    [
        ({"type": "oauth"}, f"run: tccli auth login --profile 'my login'\n{PERMANENT}"),
        ({"type": "sso"}, f"run: tccli sso login --profile 'my login'\n{PERMANENT}"),
        ({"sso": {"url": "x"}}, f"run: tccli sso login --profile 'my login'\n{PERMANENT}"),
        ({"type": "default"}, f"get new temporary keys. {PERMANENT}"),
        ({}, f"get new temporary keys. {PERMANENT}"),
    ],
)
def test_expired_login_error_has_the_renewal_command(keyless, make_client, tmp_path, login, fix):
    write_file(tmp_path, ".tccli/my login.credential", EXPIRED | login)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless, profile="my login"))

    assert caught.value.problem == (
        "the login of profile my login expired at 2023-11-14 22:13:20 UTC."
    )
    assert str(caught.value.fix) == fix


def test_expired_login_with_permanent_keys_is_an_error(keyless, make_client, tmp_path):
    login = {**EXPIRED, "secretId": f"AKID{'p' * 32}", "type": "oauth", "token": "old"}
    write_file(tmp_path, ".tccli/default.credential", login)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert "has permanent keys beside a login that expired" in caught.value.problem
    assert str(caught.value.fix) == "remove type, token and expiresAt from that file."


@pytest.mark.parametrize(
    ("login_type", "command"),
    [("sso", "tccli sso login"), ("oauth", "tccli auth login"), ("", "tccli configure")],
)
def test_profile_without_keys_suggests_the_command_of_its_type(
    keyless, make_client, tmp_path, login_type, command
):
    write_file(tmp_path, ".tccli/build.credential", {"type": login_type})

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless, profile="build"))

    assert str(caught.value.fix) == f"run: {command} --profile build"


@pytest.mark.parametrize(
    ("misspelled", "correct"),
    [
        ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRET_ID"),
        ("TENCENT_SECRET_KEY", "TENCENTCLOUD_SECRET_KEY"),
        ("QCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_ID"),
        ("TENCENTCLOUD_SECERT_KEY", "TENCENTCLOUD_SECRET_KEY"),
        ("tencentcloud_secret_id", "TENCENTCLOUD_SECRET_ID"),
    ],
)
def test_missing_keys_error_names_a_misspelled_variable(keyless, make_client, misspelled, correct):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, misspelled: "canary"}))

    assert f"  {misspelled} is set, which nothing reads" in caught.value.searched
    assert str(caught.value.fix).startswith(f"rename {misspelled} to {correct}, or ")
    assert "canary" not in str(caught.value)


def test_variable_of_another_vendor_is_no_misspelling(keyless, make_client):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, "AWS_SECRET_ID": "x", "TENCENTCLOUD_APPID": "x"}))

    assert str(caught.value.fix).startswith("set TENCENTCLOUD_SECRET_ID")
