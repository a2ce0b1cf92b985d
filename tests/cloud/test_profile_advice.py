"""Advice to write a tccli profile, which must not overwrite another profile of the same name.

tccli writes only to the folder `.tccli` in the home folder, and fails if the profile's files are
not JSON objects.
"""

from __future__ import annotations

import os

import pytest

from pulumi_tcimages.advice import Command
from pulumi_tcimages.cloud.credential_errors import advise_tccli
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.fakes import list_all, write_file

EXPIRED = {"secretId": "a", "secretKey": "b", "token": "c", "expiresAt": 1700000000}
KEYS = '{"secretId": "ID", "secretKey": "KEY"}'
SESSION = '{"secretId": "ID", "secretKey": "KEY", "token": "TOKEN"}'
REGION = '{"_sys_param": {"region": "REGION"}}'


def catch_fix(client):
    with pytest.raises(ConfigurationError) as caught:
        list_all(client)
    return caught.value.advice


def list_commands(advice):
    return [part.text for part in advice if isinstance(part, Command)]


@pytest.fixture(params=["team", "team/.tccli", ".tccli/ci", "typo"])
def other_folder(request, tmp_path):
    """A folder of profiles that tccli does not write to."""
    folder = tmp_path / request.param
    if request.param != "typo":
        folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("content", [None, {}, {"type": "sso"}, {"secretId": "<id>"}])
def test_profile_without_keys_in_another_folder_has_no_tccli_command(
    keyless, make_client, other_folder, content
):
    if content is not None and other_folder.exists():
        write_file(other_folder, "default.credential", content)
    configured = {"shared_credentials_dir": str(other_folder), "profile": "default"}

    fix = catch_fix(make_client(keyless, **configured))

    assert list_commands(fix) == []
    assert str(fix).endswith(f"write this to that file: {KEYS}")


def test_missing_keys_with_another_profile_folder_have_no_tccli_command(
    keyless, make_client, other_folder
):
    fix = catch_fix(make_client(keyless, shared_credentials_dir=str(other_folder)))

    assert [command for command in list_commands(fix) if command.startswith("tccli")] == []
    assert str(fix).startswith(
        "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or write a profile: "
        f"{other_folder}/default.credential with {KEYS}."
    )


@pytest.mark.parametrize("kind", ["sso", "oauth"])
def test_expired_login_in_another_folder_has_no_tccli_command(keyless, make_client, tmp_path, kind):
    write_file(tmp_path, "team/default.credential", {**EXPIRED, "type": kind})

    fix = catch_fix(make_client(keyless, shared_credentials_dir=str(tmp_path / "team")))

    assert list_commands(fix) == []
    assert str(fix).startswith(f"get new keys, and write this to that file: {SESSION}")


@pytest.mark.skipif(os.name == "nt", reason="symlinks need rights there")
@pytest.mark.parametrize("spelling", ["~/.tccli", "~/.tccli/../.tccli", "link"])
def test_other_spelling_of_the_tccli_folder_has_the_command(
    keyless, make_client, tmp_path, spelling
):
    (tmp_path / ".tccli").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / ".tccli")
    folder = str(tmp_path / "link") if spelling == "link" else spelling

    fix = catch_fix(make_client(keyless, shared_credentials_dir=folder, profile="build"))

    assert list_commands(fix) == ["tccli configure --profile build"]


@pytest.mark.parametrize("content", ["{", "[]", '{"_sys_param": 1}', "\xff"])
def test_profile_with_a_file_that_tccli_cannot_read_has_no_tccli_command(tmp_path, content):
    folder = tmp_path / ".tccli"
    write_file(tmp_path, ".tccli/build.configure", content)

    fix = advise_tccli("tccli configure", folder / "build.credential", folder, "run:")

    assert list_commands(fix) == []
    assert str(fix) == f"write this to that file: {KEYS}"


@pytest.mark.parametrize(
    ("name", "form"), [("build.credential", KEYS), ("build.configure", REGION)]
)
@pytest.mark.parametrize("content", ["{", "[]", '{"secretId": 1, "_sys_param": 1}'])
def test_damaged_profile_error_shows_the_form_of_the_file(
    keyless, make_client, tmp_path, name, form, content
):
    keyless.pop("TENCENTCLOUD_REGION")
    write_file(tmp_path, f".tccli/{name}", content)

    fix = catch_fix(make_client(keyless, profile="build"))

    assert str(fix) == f"repair the file. It has the form {form}"
