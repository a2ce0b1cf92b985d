"""Keys that sign requests: where they are searched, and which token belongs to them."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Key
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.fakes import last_key_id, list_all, write_file


def build_keys(name: str) -> dict[str, str]:
    return {"secret_id": f"AKID{name}", "secret_key": f"key{name}"}


@pytest.fixture
def cloud_with_keys(cloud):
    """A cloud with a valid key for each place."""
    for name in ("configured", "environment", "profile", "ini"):
        keys = build_keys(name)
        cloud.keys.add(Key(keys["secret_id"], keys["secret_key"]))
    return cloud


def test_first_place_with_keys_is_used(cloud_with_keys, keyless, make_client, tmp_path):
    environ = {
        **keyless,
        "TENCENTCLOUD_SECRET_ID": "AKIDenvironment",
        "TENCENTCLOUD_SECRET_KEY": "keyenvironment",
    }
    ini = write_file(tmp_path, ".tencentcloud/credentials",
                "[default]\nsecret_id = 'AKIDini'\nsecret_key = \"keyini\"\n")  # fmt: skip

    list_all(make_client(keyless))
    assert last_key_id(cloud_with_keys) == "AKIDini"
    profile = write_file(tmp_path, ".tccli/default.credential",
                    {"secretId": "AKIDprofile", "secretKey": "keyprofile"})  # fmt: skip
    list_all(make_client(keyless))
    assert last_key_id(cloud_with_keys) == "AKIDprofile"
    list_all(make_client(environ))
    assert last_key_id(cloud_with_keys) == "AKIDenvironment"
    list_all(make_client(environ, profile="default"))
    assert last_key_id(cloud_with_keys) == "AKIDprofile"
    list_all(make_client(environ, **build_keys("configured")))
    assert last_key_id(cloud_with_keys) == "AKIDconfigured"
    assert ini.exists()
    assert profile.exists()


@pytest.mark.parametrize("variable", ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"])
def test_temporary_key_is_sent_with_its_token(cloud, make_client, variable):
    cloud.keys.add(Key("AKIDtemporary", "key", "the-token"))
    environ = {
        **cloud.environment,
        "TENCENTCLOUD_SECRET_ID": "AKIDtemporary",
        "TENCENTCLOUD_SECRET_KEY": "key",
        variable: "the-token",
    }

    list_all(make_client(environ))

    assert last_key_id(cloud) == "AKIDtemporary"


def test_token_of_another_place_is_not_sent(cloud_with_keys, make_client):
    environ = {**cloud_with_keys.environment, "TENCENTCLOUD_TOKEN": "of-other-keys"}

    list_all(make_client(environ, **build_keys("configured")))

    assert last_key_id(cloud_with_keys) == "AKIDconfigured"


@pytest.mark.parametrize(
    "tokens",
    [
        {"TENCENTCLOUD_TOKEN": "stale", "TENCENTCLOUD_SECURITY_TOKEN": "staler"},
        {"TENCENTCLOUD_TOKEN": "not a token"},
        {"TENCENTCLOUD_SECRET_ID": "None", "TENCENTCLOUD_TOKEN": "not a token"},
    ],
)
@pytest.mark.parametrize("place", ["configuration", "profile", "ini"])
def test_tokens_without_keys_do_not_affect_other_keys(
    cloud_with_keys, keyless, make_client, tmp_path, place, tokens
):
    keys = build_keys(place if place != "configuration" else "configured")
    profile_keys = {"secretId": keys["secret_id"], "secretKey": keys["secret_key"]}
    ini_keys = f"[default]\nsecret_id={keys['secret_id']}\nsecret_key={keys['secret_key']}\n"
    if place == "profile":
        write_file(tmp_path, ".tccli/default.credential", profile_keys)
    if place == "ini":
        write_file(tmp_path, ".tencentcloud/credentials", ini_keys)

    list_all(make_client({**keyless, **tokens}, **(keys if place == "configuration" else {})))

    assert last_key_id(cloud_with_keys) == keys["secret_id"]


def test_contradicting_tokens_with_keys_are_an_error(cloud, make_client):
    tokens = {"TENCENTCLOUD_TOKEN": "one", "TENCENTCLOUD_SECURITY_TOKEN": "another"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**cloud.environment, **tokens}))

    assert caught.value.problem.startswith("two variables hold different tokens")


@pytest.mark.parametrize(
    ("configuration", "environ", "source"),
    [
        ({"secret_id": "x"}, {}, "configuration tcimages:secretId"),
        ({"secret_key": "x"}, {}, "configuration tcimages:secretKey"),
        ({}, {"TENCENTCLOUD_SECRET_ID": "x"}, "environment TENCENTCLOUD_SECRET_ID"),
    ],
)
def test_partial_key_is_an_error(keyless, make_client, configuration, environ, source):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, **environ}, **configuration))

    assert caught.value.source == source
    assert caught.value.key == ""


@pytest.mark.parametrize("expires_at", ["1700000000", " 1700000000.5 "])
def test_expiry_may_be_a_string(keyless, make_client, tmp_path, expires_at):
    login = {"secretId": "a", "secretKey": "b", "expiresAt": expires_at}
    write_file(tmp_path, ".tccli/default.credential", login)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert "expired at 2023-11-14 22:13:20 UTC" in caught.value.problem


@pytest.mark.parametrize("expires_at", ["4102444800", 0, "0", 0.0, "", "None", None])
def test_profile_without_expiry_or_not_expired_is_used(
    cloud_with_keys, keyless, make_client, tmp_path, expires_at
):
    login = {"secretId": "AKIDprofile", "secretKey": "keyprofile", "expiresAt": expires_at}
    write_file(tmp_path, ".tccli/default.credential", login)

    list_all(make_client(keyless))

    assert last_key_id(cloud_with_keys) == "AKIDprofile"


def test_credentials_do_not_share_cached_rows(cloud, keyless, make_client, tmp_path):
    cloud.keys.add(Key("AKIDprofile", "keyprofile"))
    write_file(tmp_path, ".tccli/default.credential",
          {"secretId": cloud.secret_id, "secretKey": cloud.secret_key})  # fmt: skip
    client = make_client(keyless)
    list_all(client)
    cloud.keys.revoke(cloud.secret_id)
    write_file(tmp_path, ".tccli/default.credential",
          {"secretId": "AKIDprofile", "secretKey": "keyprofile"})  # fmt: skip

    list_all(client, ti_project_id="other")  # not cached: its rejection reloads the keys
    before = len(cloud.requests)
    list_all(client)

    assert {request.secret_id for request in list(cloud.requests)[before:]} == {"AKIDprofile"}
