"""Files with keys: invalid content, and files that cannot be read."""

from __future__ import annotations

import errno
import os

import pytest

from pulumi_tcimages.cloud import profiles
from pulumi_tcimages.errors import AuthError, ConfigurationError
from tests.cloud.fakes import ROLE, last_key_id, list_all, write_file


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


@pytest.mark.parametrize(
    "name", [".tccli/default.credential", ".tencentcloud/credentials", "token"]
)
def test_limit_of_open_files_is_not_blamed_on_the_file(
    keyless, make_client, tmp_path, monkeypatch, name
):
    real_read = profiles.read_file

    def read_file(path, most_bytes):
        if path == tmp_path / name:
            raise OSError(errno.EMFILE, "Too many open files")
        return real_read(path, most_bytes)

    monkeypatch.setattr(profiles, "read_file", read_file)
    role = {"TKE_PROVIDER_ID": "cls-1", "TKE_ROLE_ARN": ROLE}
    environ = {**role, "TKE_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / name)}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, **environ}))

    assert caught.value.problem.endswith(" cannot be read: too many open files.")
    assert str(caught.value.fix).startswith("raise its limit of open files (ulimit -n)")
