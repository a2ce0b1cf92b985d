"""Keys that are lent by STS for a web identity: a token, given or in a file, and no keys at all."""

from __future__ import annotations

import os

import pytest

from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.fakes import ROLE, keys_used, list_all, write


@pytest.mark.parametrize(
    "content", ["the-oidc-token\n", '{"web_identity_token": "the-oidc-token"}']
)
def test_a_web_identity_needs_no_keys(cloud, keyless, open_fake, tmp_path, content):
    path = write(tmp_path, "token", content)
    identity = {"provider_id": "ci", "role_arn": ROLE, "web_identity_token_file": str(path)}

    list_all(open_fake(keyless, assume_role_with_web_identity=identity))

    (request,) = cloud.requests.of("AssumeRoleWithWebIdentity")
    assert (request.secret_id, request.body["ProviderId"]) == ("", "ci")
    assert keys_used(cloud).startswith("AKIDTEMPORARY")


def test_a_configured_token_file_goes_before_a_token_of_the_environment(
    keyless, open_fake, tmp_path
):
    environ = {**keyless, "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": "left-over"}
    identity = {"role_arn": ROLE, "web_identity_token_file": str(tmp_path / "missing")}

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(environ, assume_role_with_web_identity=identity))

    assert caught.value.problem.endswith("missing cannot be read: no such file or directory.")


def test_a_pod_has_an_identity(cloud, keyless, open_fake, tmp_path):
    environ = {
        **keyless,
        "TKE_REGION": "ap-guangzhou",
        "TKE_PROVIDER_ID": "cls-1",
        "TKE_ROLE_ARN": ROLE,
        "TKE_WEB_IDENTITY_TOKEN_FILE": str(write(tmp_path, "token", "the-oidc-token")),
    }

    list_all(open_fake(environ))

    assert [
        request.body["ProviderId"] for request in cloud.requests.of("AssumeRoleWithWebIdentity")
    ] == ["cls-1"]
    assert len(cloud.requests.of("AssumeRole")) == 0


def test_a_token_file_that_cannot_be_read_says_why(keyless, open_fake, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    problems = []
    huge = tmp_path / "huge"
    huge.touch()
    os.truncate(huge, 64 * 1024**3)
    for path in (tmp_path / "missing", pipe, huge):
        identity = {"role_arn": ROLE, "web_identity_token_file": str(path)}
        with pytest.raises(ConfigurationError) as caught:
            list_all(open_fake(keyless, assume_role_with_web_identity=identity))
        problems.append(caught.value.problem)

    assert problems == [
        f"the file {tmp_path}/missing cannot be read: no such file or directory.",
        f"the file {tmp_path}/pipe cannot be read: not a regular file.",
        f"the file {tmp_path}/huge cannot be read: larger than 1 MiB.",
    ]


@pytest.mark.parametrize("content", ["", "{}", "{", '{"web_identity_token": 5}'])
def test_a_token_file_without_a_token_is_an_error(keyless, open_fake, tmp_path, content):
    path = write(tmp_path, "token", content)
    identity = {"role_arn": ROLE, "web_identity_token_file": str(path)}

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(keyless, assume_role_with_web_identity=identity))

    assert caught.value.problem == f"there is no web identity token in {path}."


def test_a_web_identity_without_a_role_is_an_error(keyless, open_fake):
    identity = {"web_identity_token": "t"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(keyless, assume_role_with_web_identity=identity))

    assert "no role" in caught.value.problem


def test_a_web_identity_token_may_be_a_setting(cloud, keyless, open_fake):
    identity = {"role_arn": ROLE, "web_identity_token": "the-oidc-token"}

    list_all(open_fake(keyless, assume_role_with_web_identity=identity))

    (request,) = cloud.requests.of("AssumeRoleWithWebIdentity")
    assert request.body["ProviderId"] == "OIDC"
