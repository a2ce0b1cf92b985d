"""Temporary keys for a web identity, whose token is configured or in a file."""

from __future__ import annotations

import os

import pytest

from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.fakes import ROLE, last_key_id, list_all, write_file
from tests.path_mistakes import MISTAKES, is_shown


@pytest.mark.parametrize(
    "content", ["the-oidc-token\n", '{"web_identity_token": "the-oidc-token"}']
)
def test_web_identity_needs_no_keys(cloud, keyless, make_client, tmp_path, content):
    path = write_file(tmp_path, "token", content)
    identity = {"provider_id": "ci", "role_arn": ROLE, "web_identity_token_file": str(path)}

    list_all(make_client(keyless, assume_role_with_web_identity=identity))

    (request,) = cloud.requests.of("AssumeRoleWithWebIdentity")
    assert (request.secret_id, request.body["ProviderId"]) == ("", "ci")
    assert last_key_id(cloud).startswith("AKIDTEMPORARY")


def test_configured_token_file_precedes_a_token_of_the_environment(keyless, make_client, tmp_path):
    environ = {**keyless, "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": "left-over"}
    identity = {"role_arn": ROLE, "web_identity_token_file": str(tmp_path / "missing")}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(environ, assume_role_with_web_identity=identity))

    assert caught.value.problem.endswith("missing cannot be read: no such file or directory.")


def test_pod_identity_is_used(cloud, keyless, make_client, tmp_path):
    environ = {
        **keyless,
        "TKE_REGION": "ap-guangzhou",
        "TKE_PROVIDER_ID": "cls-1",
        "TKE_ROLE_ARN": ROLE,
        "TKE_WEB_IDENTITY_TOKEN_FILE": str(write_file(tmp_path, "token", "the-oidc-token")),
    }

    list_all(make_client(environ))

    assert [
        request.body["ProviderId"] for request in cloud.requests.of("AssumeRoleWithWebIdentity")
    ] == ["cls-1"]
    assert len(cloud.requests.of("AssumeRole")) == 0


def test_unreadable_token_file_is_an_error_with_the_reason(keyless, make_client, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    problems = []
    large_file = tmp_path / "huge"
    large_file.touch()
    os.truncate(large_file, 64 * 1024**3)
    for path in (tmp_path / "missing", pipe, large_file):
        identity = {"role_arn": ROLE, "web_identity_token_file": str(path)}
        with pytest.raises(ConfigurationError) as caught:
            list_all(make_client(keyless, assume_role_with_web_identity=identity))
        problems.append(caught.value.problem)

    assert problems == [
        f"the file {tmp_path}/missing cannot be read: no such file or directory.",
        f"the file {tmp_path}/pipe cannot be read: not a regular file.",
        f"the file {tmp_path}/huge cannot be read: larger than 1 MiB.",
    ]


@pytest.mark.parametrize("content", ["", "{}", "{", '{"web_identity_token": 5}'])
def test_token_file_without_a_token_is_an_error(keyless, make_client, tmp_path, content):
    path = write_file(tmp_path, "token", content)
    identity = {"role_arn": ROLE, "web_identity_token_file": str(path)}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless, assume_role_with_web_identity=identity))

    assert caught.value.problem == f"there is no web identity token in the file {path}."


def test_web_identity_without_a_role_is_an_error(keyless, make_client):
    identity = {"web_identity_token": "t"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless, assume_role_with_web_identity=identity))

    assert "no role" in caught.value.problem


def test_web_identity_token_may_be_configured(cloud, keyless, make_client):
    identity = {"role_arn": ROLE, "web_identity_token": "the-oidc-token"}

    list_all(make_client(keyless, assume_role_with_web_identity=identity))

    (request,) = cloud.requests.of("AssumeRoleWithWebIdentity")
    assert request.body["ProviderId"] == "OIDC"


@pytest.mark.parametrize("value", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize(
    "variable",
    [
        "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE",
        "TKE_WEB_IDENTITY_TOKEN_FILE",
        "TENCENTCLOUD_SHARED_CREDENTIALS_DIR",
        "TENCENTCLOUD_CREDENTIALS_FILE",
        "REQUESTS_CA_BUNDLE",
    ],
)
def test_variable_with_content_instead_of_a_path_is_not_shown(make_client, variable, value):
    keys = {"secret_id": "x", "secret_key": "y"} if variable == "REQUESTS_CA_BUNDLE" else {}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({"TENCENTCLOUD_REGION": "ap-guangzhou", variable: value}, **keys))

    assert variable in caught.value.source
    assert caught.value.problem.startswith("the value is ")
    assert caught.value.allowed
    assert not is_shown(f"{caught.value} {caught.value!r}", value)


def test_opaque_token_instead_of_its_file_is_not_shown(keyless, make_client):
    token = "Canary00" * 5
    environ = {"TKE_WEB_IDENTITY_TOKEN_FILE": token, "TKE_ROLE_ARN": ROLE, "TKE_PROVIDER_ID": "c"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, **environ}))

    assert caught.value.problem == (
        "the file that it names cannot be read: no such file or directory."
    )
    assert caught.value.source == "environment TKE_WEB_IDENTITY_TOKEN_FILE"
