"""Keys, roles and identities: related values come from one place."""

from __future__ import annotations

import re

import pytest

from pulumi_tcimages.emulator import Key
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.credential_sources import (
    OTHER_ROLE,
    PLACES,
    POD,
    PROFILE,
    TEMPORARY,
    TERRAFORM_ARN,
    TERRAFORM_TOKEN,
    Place,
    profile_keys,
)
from tests.cloud.fakes import ROLE, list_all, write_file
from tests.next_commands import list_settings

_WITH_IDENTITY = "AssumeRoleWithWebIdentity"


def test_contradicting_tokens_are_an_error(cloud, make_client):
    environ = {**cloud.environment, "TENCENTCLOUD_TOKEN": "a", "TENCENTCLOUD_SECURITY_TOKEN": "b"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(environ))

    assert caught.value.source == ("environment TENCENTCLOUD_SECURITY_TOKEN and TENCENTCLOUD_TOKEN")


def test_configured_token_is_not_combined_with_environment_keys(cloud, make_client):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(cloud.environment, security_token="of-which-keys"))

    assert caught.value.problem == "there is a token, but no secret id beside it."
    assert len(cloud.requests) == 0


def test_stale_token_is_not_combined_with_keys_of_a_file(list_with_keys_in):
    stale_token = Place("", "", environ={"TENCENTCLOUD_TOKEN": "of-other-keys"})

    assert list_with_keys_in(stale_token, PROFILE)[0] == "AKIDprofile"


def test_pod_assumes_the_role_of_the_environment_after_its_own(cloud, list_with_keys_in):
    terraform = Place("", "", environ={TERRAFORM_ARN: ROLE})

    list_with_keys_in(POD, terraform)

    (pod_request,) = cloud.requests.of(_WITH_IDENTITY)
    assert (pod_request.body["RoleArn"], pod_request.body["ProviderId"]) == (OTHER_ROLE, "cls-1")
    (role_request,) = cloud.requests.of("AssumeRole")
    assert role_request.body["RoleArn"] == ROLE
    assert role_request.secret_id.startswith(TEMPORARY)


@pytest.mark.parametrize(
    "environ",
    [
        {"TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID": "another"},
        {"TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "another"},
        {"TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "1"},
    ],
    ids=str,
)
def test_pod_identity_ignores_terraform_variables(cloud, list_with_keys_in, environ):
    list_with_keys_in(POD, Place("", "", environ=environ))

    (request,) = cloud.requests.of(_WITH_IDENTITY)
    assert request.body == {
        "ProviderId": "cls-1",
        "WebIdentityToken": request.body["WebIdentityToken"],
        "RoleArn": OTHER_ROLE,
        "RoleSessionName": "pulumi-tcimages",
        "DurationSeconds": 7200,
    }


@pytest.mark.parametrize(
    ("environ", "problem", "searched"),
    [
        (
            {"TKE_ROLE_ARN": ROLE, "TKE_PROVIDER_ID": "cls-1"},
            "the web identity has no token.",
            ["environment TKE_WEB_IDENTITY_TOKEN_FILE"],
        ),
        (
            {"TKE_WEB_IDENTITY_TOKEN_FILE": "/t", "TENCENTCLOUD_ASSUME_ROLE_ARN": ROLE},
            "the pod identity has no role ARN and no provider.",
            ["environment TKE_ROLE_ARN", "environment TKE_PROVIDER_ID"],
        ),
        (
            {"TKE_WEB_IDENTITY_TOKEN_FILE": "/t", "TKE_ROLE_ARN": ROLE},
            "the pod identity has no provider.",
            ["environment TKE_PROVIDER_ID"],
        ),
        (
            {TERRAFORM_TOKEN: "t", "TENCENTCLOUD_ROLE_ARN": ROLE},
            "the web identity has no role ARN.",
            ["environment TENCENTCLOUD_ASSUME_ROLE_ARN"],
        ),
        (
            {TERRAFORM_TOKEN: "t", TERRAFORM_ARN: "<arn>"},
            "the web identity has no role ARN.",
            ["environment TENCENTCLOUD_ASSUME_ROLE_ARN (holds a placeholder)"],
        ),
        (
            {"TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID": "ci", TERRAFORM_ARN: ROLE},
            "the web identity has no token.",
            [f"environment {TERRAFORM_TOKEN}", f"environment {TERRAFORM_TOKEN}_FILE"],
        ),
        (
            {"TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID": "ci"},
            "the web identity has no role ARN and no token.",
            [
                f"environment {TERRAFORM_ARN}",
                f"environment {TERRAFORM_TOKEN}",
                f"environment {TERRAFORM_TOKEN}_FILE",
            ],
        ),
    ],
)
def test_partial_identity_of_the_environment_is_an_error(
    cloud, keyless, make_client, environ, problem, searched
):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**keyless, **environ}))

    assert (caught.value.problem, list(caught.value.searched)) == (problem, searched)
    named = set(re.findall("[A-Z_]{8,}", caught.value.source))
    assert set() < named <= {name for name, text in environ.items() if text != "<arn>"}
    assert str(caught.value.fix)
    assert len(cloud.requests) == 0


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({TERRAFORM_ARN: "<arn>"}, TERRAFORM_ARN),
        ({"TENCENTCLOUD_ROLE_ARN": "${ARN}"}, "TENCENTCLOUD_ROLE_ARN"),
        ({"TKE_ROLE_ARN": ROLE, "TKE_PROVIDER_ID": "cls-1"}, "TKE_WEB_IDENTITY_TOKEN_FILE"),
    ],
)
def test_partial_role_of_the_environment_names_the_missing_variable(
    keyless, cloud, make_client, environ, variable
):
    needs_keys = "TKE_ROLE_ARN" not in environ

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**(cloud.environment if needs_keys else keyless), **environ}))

    assert str(caught.value.fix).startswith(
        "set what is missing, or unset all variables of that role: export "
    )
    assert [name for name, _ in list_settings(caught.value)] == [variable]
    assert f"export {variable}=" in str(caught.value)


@pytest.mark.parametrize(
    ("partial_role", "environ", "omitted"),
    [
        (
            {"assume_role": {"session_name": "me"}},
            {"TENCENTCLOUD_ROLE_ARN": ROLE},
            "environment TENCENTCLOUD_ROLE_ARN",
        ),
        (
            {"assume_role_with_web_identity": {"role_arn": ROLE, "provider_id": "ci"}},
            {TERRAFORM_TOKEN: "t"},
            f"environment {TERRAFORM_TOKEN}",
        ),
        (
            {"assume_role_with_web_identity": {"web_identity_token": "t"}},
            {"TKE_ROLE_ARN": ROLE, "TKE_WEB_IDENTITY_TOKEN_FILE": "/t"},
            "environment TKE_ROLE_ARN",
        ),
    ],
)
def test_partial_role_of_the_configuration_is_not_completed(
    cloud, make_client, partial_role, environ, omitted
):
    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**cloud.environment, **environ}, **partial_role))

    assert str(caught.value.fix) == f"give all parts in one place: {omitted} is not added."
    assert len(cloud.requests) == 0


def test_configured_role_ignores_the_environment(cloud, make_client):
    environ = {
        **cloud.environment,
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "other",
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "1",
        "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "other",
        "TENCENTCLOUD_ROLE_SESSION_NAME": "other",
    }

    list_all(make_client(environ, assume_role={"role_arn": ROLE}))

    (request,) = cloud.requests.of("AssumeRole")
    assert request.body == {
        "RoleArn": ROLE,
        "RoleSessionName": "pulumi-tcimages",
        "DurationSeconds": 7200,
    }


def test_shell_role_ignores_terraform_variables(cloud, make_client):
    environ = {
        **cloud.environment,
        "TENCENTCLOUD_ROLE_ARN": ROLE,
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "other",
        "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "other",
    }

    list_all(make_client(environ))

    (request,) = cloud.requests.of("AssumeRole")
    assert (request.body["RoleSessionName"], "ExternalId" in request.body) == (
        "pulumi-tcimages",
        False,
    )


def test_profile_role_ignores_the_environment(cloud, keyless, make_client, tmp_path):
    cloud.keys.add(Key("AKIDprofile", "keyprofile"))
    write_file(tmp_path, ".tccli/default.credential", {**profile_keys("profile"), "role-arn": ROLE})
    environ = {**keyless, "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "other"}

    list_all(make_client(environ))

    (request,) = cloud.requests.of("AssumeRole")
    assert (request.body["RoleSessionName"], "ExternalId" in request.body) == (
        "pulumi-tcimages",
        False,
    )


@pytest.mark.parametrize(("profile", "assumed_role"), [("build", ROLE), (None, OTHER_ROLE)])
def test_role_of_a_configured_profile_precedes_the_environment(
    cloud, list_with_keys_in, profile, assumed_role
):
    name = f"{profile or 'default'}.credential"
    profile_with_role = Place("", "", files={name: {**profile_keys("profile"), "role-arn": ROLE}})
    environment = Place("", "", environ={"TENCENTCLOUD_ROLE_ARN": OTHER_ROLE})

    list_with_keys_in(profile_with_role, environment, **({"profile": profile} if profile else {}))

    assert [request.body["RoleArn"] for request in cloud.requests.of("AssumeRole")] == [
        assumed_role
    ]


def test_configured_identity_ignores_the_environment_role(cloud, list_with_keys_in):
    list_with_keys_in(PLACES[0], Place("", "", environ={"TENCENTCLOUD_ROLE_ARN": OTHER_ROLE}))

    assert len(cloud.requests.of("AssumeRole")) == 0


def test_session_of_a_profile_without_a_role_is_an_error(cloud, keyless, make_client, tmp_path):
    session = {**profile_keys("profile"), "role-session-name": "me"}
    path = write_file(tmp_path, ".tccli/default.credential", session)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert caught.value.problem == "the role to assume has no ARN."
    assert str(caught.value.fix) == f"add role-arn to {path}, or remove role-session-name there."
    assert len(cloud.requests) == 0


def test_placeholder_role_of_a_profile_is_an_error(cloud, keyless, make_client, tmp_path):
    template = {**profile_keys("profile"), "role-arn": "<role-arn>"}
    path = write_file(tmp_path, ".tccli/default.credential", template)

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(keyless))

    assert caught.value.problem == "the role to assume has no ARN."
    assert str(caught.value.fix) == f"replace the placeholder in role-arn of {path}."
    assert len(cloud.requests) == 0


@pytest.mark.parametrize("where", ["configuration", "environment"])
def test_placeholder_role_of_a_profile_yields_to_an_explicit_role(cloud, list_with_keys_in, where):
    files = {"default.credential": {**profile_keys("profile"), "role-arn": "<role-arn>"}}
    arguments = {"assume_role": {"role_arn": ROLE}} if where == "configuration" else {}
    environ = {} if arguments else {TERRAFORM_ARN: ROLE}

    list_with_keys_in(Place("", "", arguments, environ, files))

    assert [request.body["RoleArn"] for request in cloud.requests.of("AssumeRole")] == [ROLE]


@pytest.mark.parametrize("where", ["configuration", "environment"])
def test_placeholder_role_does_not_fall_back_to_the_keys(cloud, make_client, where):
    arguments = {"assume_role": {"role_arn": "<role-arn>"}} if where == "configuration" else {}
    environ = {} if arguments else {TERRAFORM_ARN: "${ROLE_ARN}"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client({**cloud.environment, **environ}, **arguments))

    assert caught.value.problem == "the role to assume has no ARN."
    assert "(holds a " in caught.value.searched[0]
    assert len(cloud.requests) == 0
