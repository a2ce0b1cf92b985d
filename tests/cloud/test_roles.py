"""Temporary keys for assumed roles, which no error may show."""

from __future__ import annotations

import json
import re

import pytest

from pulumi_tcimages.cloud.api_requests import ApiRequest, Credential
from pulumi_tcimages.cloud.endpoints import Endpoint
from pulumi_tcimages.core import api
from pulumi_tcimages.core.key_responses import read_caller_account
from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import (
    ApiError,
    AuthError,
    ConfigurationError,
    InvalidResponseError,
)
from tests.cloud.fakes import ROLE, last_key_id, list_all, write_file
from tests.cloud.faulty_server import FaultyServer, echo, reply
from tests.next_commands import list_settings


def test_role_is_assumed_with_all_parameters(cloud, make_client):
    cloud.keys.add_role("build", external_id="ext")
    role = {
        "role_arn": ROLE,
        "session_name": "me",
        "session_duration": 900,
        "external_id": "ext",
        "policy": '{"a": 1}',
    }

    list_all(make_client(cloud.environment, assume_role=role))

    (request,) = cloud.requests.of("AssumeRole")
    assert request.body == {
        "RoleArn": ROLE,
        "RoleSessionName": "me",
        "DurationSeconds": 900,
        "Policy": "***",
        "ExternalId": "***",
    }
    key = cloud.keys.find(last_key_id(cloud))
    assert (key.role, key.policy) == ("build", "%7B%22a%22%3A%201%7D")


def test_role_of_the_environment_is_assumed(cloud, make_client):
    environ = {
        **cloud.environment,
        "TENCENTCLOUD_ROLE_ARN": ROLE,
        "TENCENTCLOUD_ROLE_SESSION_NAME": "shell",
    }

    list_all(make_client(environ))

    (request,) = cloud.requests.of("AssumeRole")
    assert (request.body["RoleArn"], request.body["RoleSessionName"]) == (ROLE, "shell")


def test_role_of_a_profile_is_assumed(cloud, keyless, make_client, tmp_path):
    write_file(tmp_path, ".tccli/default.credential",
          {"secretId": cloud.secret_id, "secretKey": cloud.secret_key, "role-arn": ROLE,
           "role-session-name": "shell"})  # fmt: skip

    list_all(make_client(keyless))

    assert [request.body["RoleSessionName"] for request in cloud.requests.of("AssumeRole")] == [
        "shell"
    ]


@pytest.mark.parametrize(
    ("partial_role", "problem", "place"),
    [
        (
            {"assume_role": {"session_name": "me", "external_id": "ext"}},
            "the role to assume has no ARN.",
            "configuration tcimages:assumeRole.roleArn",
        ),
        (
            {"assume_role_with_web_identity": {"role_arn": ROLE, "session_name": "ci"}},
            "the web identity has no token.",
            "configuration tcimages:assumeRoleWithWebIdentity.webIdentityToken",
        ),
        (
            {"assume_role_with_web_identity": {"provider_id": "gitlab"}},
            "the web identity has no role ARN and no token.",
            "configuration tcimages:assumeRoleWithWebIdentity.roleArn",
        ),
    ],
)
def test_partial_role_does_not_fall_back_to_the_keys(
    cloud, make_client, partial_role, problem, place
):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(cloud.environment, **partial_role))

    assert (caught.value.problem, caught.value.searched[0]) == (problem, place)
    # On JSON text, the command would replace the other parts.
    assert " is an object in the stack's file, run:" in str(caught.value.fix)
    assert len(cloud.requests) == 0


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "me"}, "TENCENTCLOUD_ASSUME_ROLE_ARN"),
        ({"TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "900"}, "TENCENTCLOUD_ASSUME_ROLE_ARN"),
        (
            {
                "TENCENTCLOUD_ASSUME_ROLE_ARN": "",
                "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "canary",
                "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "me",
            },
            "TENCENTCLOUD_ASSUME_ROLE_ARN",
        ),
        ({"TENCENTCLOUD_ROLE_SESSION_NAME": "me"}, "TENCENTCLOUD_ROLE_ARN"),
    ],
)
def test_role_variables_without_arn_are_an_error(cloud, make_client, environ, missing):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**cloud.environment, **environ}, assume_role={}))

    error = caught.value
    assert error.problem == "the role to assume has no ARN."
    assert set(re.findall("TENCENTCLOUD_[A-Z_]+", error.source)) == {
        name for name, text in environ.items() if text
    }
    assert [name for name, _ in list_settings(error)] == [missing]
    assert "canary" not in str(error)
    assert len(cloud.requests) == 0


@pytest.mark.parametrize("text", ["", "None", "<role-arn>"])
@pytest.mark.parametrize("name", ["role_arn", "roleArn"])
def test_advice_about_a_blank_part_of_a_role_has_its_spelling(cloud, make_client, name, text):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(cloud.environment, assume_role={name: text, "session_name": "me"}))

    assert list_settings(caught.value)[0][0] == f"assumeRole.{name}"
    assert caught.value.searched[0].startswith(f"configuration tcimages:assumeRole.{name} (")


@pytest.mark.parametrize("text", ["", "None"])
def test_role_variables_without_a_value_are_ignored(cloud, make_client, text):
    environ = {**cloud.environment, "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": text}

    assert list_all(make_client(environ)).images


def test_rejected_role_error_names_the_keys(cloud, make_client):
    cloud.keys.add_role("build", external_id="ext")

    with pytest.raises(AuthError) as caught:
        list_all(make_client(cloud.environment, assume_role={"role_arn": ROLE}))

    assert caught.value.call.action == "AssumeRole"
    assert caught.value.call.key_source == "environment TENCENTCLOUD_SECRET_ID"
    assert "sts:AssumeRole" in str(caught.value.fix)


@pytest.mark.parametrize(
    "code", ["ResourceNotFound.RoleNotFound", "InvalidParameter.WebIdentityTokenError"]
)
def test_rejected_role_error_names_the_role_settings(cloud, make_client, code):
    cloud.faults.add("AssumeRole", Fault(code=code))

    with pytest.raises(ApiError) as caught:
        list_all(make_client(cloud.environment, assume_role={"role_arn": ROLE}))

    assert str(caught.value.fix) == (
        "check the values of the role: configuration tcimages:assumeRole.roleArn."
    )


@pytest.mark.parametrize("external_id", ["canary-1234", 'canary"1234', "canary\\1234", "cana"])
def test_external_id_in_an_error_is_redacted(cloud, make_client, external_id):
    cloud.faults.add("AssumeRole", Fault(code="InvalidParameter", message=f"not {external_id}"))
    role = {"role_arn": ROLE, "external_id": external_id}

    with pytest.raises(ApiError) as caught:
        list_all(make_client(cloud.environment, assume_role=role))

    assert caught.value.message == "not [secret]"


def test_external_id_that_is_a_field_name_has_no_effect(cloud, make_client):
    cloud.keys.add_role("build", external_id="Credentials")
    role = {"role_arn": ROLE, "external_id": "Credentials"}

    assert list_all(make_client(cloud.environment, assume_role=role)).images


def test_error_names_the_role_and_its_keys(cloud, make_client):
    cloud.faults.add("DescribePlatformImages", Fault(code="InvalidAction"))

    with pytest.raises(ApiError) as caught:
        list_all(make_client(cloud.environment, assume_role={"role_arn": ROLE}))

    assert caught.value.call.key_source == (
        f"the role {ROLE}, assumed with keys from environment TENCENTCLOUD_SECRET_ID"
    )


CANARY = "canary-secret-canary"
TEMPORARY = "lent-secret-lent"
TEMPORARY_KEYS = {"TmpSecretId": TEMPORARY, "TmpSecretKey": TEMPORARY, "Token": TEMPORARY}


@pytest.mark.parametrize(
    "step",
    [
        echo,
        reply(json.dumps({"Response": {"Credentials": TEMPORARY_KEYS}}).encode()),
        reply(
            json.dumps({"Response": {"Credentials": TEMPORARY_KEYS, "ExpiredTime": "x"}}).encode()
        ),
        reply(json.dumps({"Response": {"Error": {"Code": "A", "Message": CANARY}}}).encode()),
        reply(CANARY.encode(), status="500 Oops", content_type=CANARY),
    ],
)
@pytest.mark.parametrize("kind", ["web identity", "role"])
def test_response_with_role_keys_is_not_shown(make_client, step, kind):
    with FaultyServer(step) as server:
        configuration = {
            "web identity": {
                "assume_role_with_web_identity": {"role_arn": ROLE, "web_identity_token": CANARY}
            },
            "role": {
                "assume_role": {"role_arn": ROLE},
                "secret_id": CANARY,
                "secret_key": CANARY,
            },
        }[kind]
        client = make_client(endpoints={"sts": server.url}, **configuration)
        with pytest.raises((ApiError, InvalidResponseError)) as caught:
            list_all(client)

    shown = f"{caught.value} {caught.value!r}"
    assert CANARY not in shown
    assert TEMPORARY not in shown
    assert caught.value.call.service == "sts"


def test_role_of_a_web_identity_is_not_assumed_again(cloud, keyless, make_client):
    environ = {
        **keyless,
        "TENCENTCLOUD_ASSUME_ROLE_ARN": ROLE,
        "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": "the-oidc-token",
    }

    list_all(make_client(environ))

    assert len(cloud.requests.of("AssumeRoleWithWebIdentity")) == 1
    assert len(cloud.requests.of("AssumeRole")) == 0


def test_configured_role_is_assumed_after_a_web_identity(cloud, keyless, make_client):
    list_all(
        make_client(
            keyless,
            assume_role={"role_arn": ROLE},
            assume_role_with_web_identity={"role_arn": ROLE, "web_identity_token": "oidc"},
        )
    )

    (request,) = cloud.requests.of("AssumeRole")
    assert request.secret_id.startswith("AKIDTEMPORARY")


def test_role_lasts_two_hours_and_its_policy_is_escaped(cloud, make_client):
    role = {"role_arn": ROLE, "policy": '{"resource": "a/b"}'}

    list_all(make_client(cloud.environment, assume_role=role))

    [request] = cloud.requests.of("AssumeRole")
    assert request.body["DurationSeconds"] == 7200
    assert cloud.keys.find(last_key_id(cloud)).policy == "%7B%22resource%22%3A%20%22a%2Fb%22%7D"


def test_repr_of_a_request_shows_no_secret():
    request = ApiRequest(
        action=api.ASSUME_ROLE,
        parameters={"external_id": "canary"},
        endpoint=Endpoint("https://sts", "sts"),
        region=None,
        credential=Credential(api.Keys("canary", "canary", "canary"), "the test"),
        read=read_caller_account,
        secret="canary",
    )

    assert "canary" not in repr(request)
