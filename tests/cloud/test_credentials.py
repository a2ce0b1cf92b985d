"""Keys that sign: their place, their validation and their renewal."""

from __future__ import annotations

import os

import pytest

from pulumi_tcimages import formatting
from pulumi_tcimages.emulator import Key
from pulumi_tcimages.errors import AuthError, ConfigurationError
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


@pytest.mark.parametrize(
    ("name", "content", "problem", "fix"),
    [
        (
            ".tccli/default.credential",
            '{"secretId": "canary"}',
            "there is a secret id, but no secret key beside it.",
            'add "secretKey" to that file.',
        ),
        (
            ".tencentcloud/credentials",
            "[default]\nsecret_key = canary\n",
            "there is a secret key, but no secret id beside it.",
            "add a line secret_id = VALUE to that file, below the line [default].",
        ),
        (
            ".tencentcloud/credentials",
            "[default]\nsecret_id = x\nsecret_key = canary ; of the test account\n",
            "the secret key has a blank or another character that no key has.",
            "copy it anew, and nothing beside it.",
        ),
        (
            ".tccli/default.credential",
            '{"secretId": "密钥", "secretKey": "canary"}',
            "the secret id has a blank or another character that no key has.",
            "copy it anew, and nothing beside it.",
        ),
    ],
)
def test_invalid_keys_in_a_file_show_its_path(
    keyless, make_client, tmp_path, name, content, problem, fix
):
    path = write_file(tmp_path, name, content)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert caught.value.problem == problem
    assert str(caught.value.fix) == fix
    assert caught.value.source.endswith(str(path))
    assert "canary" not in str(caught.value)


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


@pytest.mark.parametrize(
    "content", ["[other]\nsecret_id = x\n", "", "[default]\nsecret_id =\nsecret_key =\n"]
)
def test_ini_file_without_keys_is_skipped(keyless, make_client, tmp_path, content):
    write_file(tmp_path, ".tencentcloud/credentials", content)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert caught.value.problem == "no credentials were found."


def test_invalid_ini_file_is_named_but_not_quoted(keyless, make_client, tmp_path):
    path = write_file(tmp_path, "mine", "canary = canary\n")

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, "TENCENTCLOUD_CREDENTIALS_FILE": str(path)}))

    assert caught.value.source == str(path)
    assert "canary" not in str(caught.value)


def test_rejected_key_of_a_file_is_reloaded(cloud, keyless, make_client, tmp_path):
    write_file(tmp_path, ".tccli/default.credential", {"secretId": "AKIDold", "secretKey": "old"})
    client = make_client(keyless)
    with pytest.raises(AuthError):
        list_all(client)
    write_file(tmp_path, ".tccli/default.credential",
          {"secretId": cloud.secret_id, "secretKey": cloud.secret_key})  # fmt: skip

    list_all(client)

    assert last_key_id(cloud) == cloud.secret_id


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


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"secretId": 4711}, "the file has a number where secretId should be a string."),
        ({"token": ["4711"]}, "the file has a list where token should be a string."),
        ({"role-arn": {"4711": 1}}, "the file has an object where role-arn should be a string."),
        ({"type": True}, "the file has true or false where type should be a string."),
        (
            {"expiresAt": "4711s"},
            "the file has a string where expiresAt should be a time in seconds.",
        ),
        (
            {"expiresAt": 1e400},
            "the file has a number where expiresAt should be a time in seconds.",
        ),
        (
            {"expiresAt": "inf"},
            "the file has a string where expiresAt should be a time in seconds.",
        ),
    ],
)
def test_invalid_type_in_a_profile_is_not_shown(keyless, make_client, tmp_path, change, problem):
    keys = {"secretId": "AKIDprofile", "secretKey": "keyprofile", **change}
    path = write_file(tmp_path, ".tccli/default.credential", keys)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert (caught.value.problem, caught.value.source) == (problem, str(path))
    assert "4711" not in str(caught.value)


KEYS_FORM = 'repair the file. It has the form {"secretId": "ID", "secretKey": "KEY"}'
INI_FORM = (
    "repair the file: below the line [default], it has the lines secret_id = ID and "
    "secret_key = KEY."
)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        (".tccli/default.credential", KEYS_FORM),
        (".tencentcloud/credentials", INI_FORM),
    ],
)
def test_named_pipe_is_not_read(keyless, make_client, tmp_path, name, fix):
    path = tmp_path / name
    path.parent.mkdir()
    os.mkfifo(path)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert caught.value.problem == "the file cannot be read: not a regular file."
    assert (caught.value.source, str(caught.value.fix)) == (str(path), fix)


@pytest.mark.parametrize("name", [".tccli/default.credential", ".tencentcloud/credentials"])
def test_file_of_many_megabytes_is_not_read(keyless, make_client, tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir()
    path.touch()
    os.truncate(path, 64 * 1024**3)  # larger than any memory

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert caught.value.problem == "the file cannot be read: larger than 1 MiB."
    assert caught.value.source == str(path)
