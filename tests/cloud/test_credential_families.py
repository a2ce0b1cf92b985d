"""Keys, roles and identities: what belongs together is taken from one place, or not at all."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Key
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.credential_sources import (
    LENT,
    OTHER_ROLE,
    PLACES,
    POD,
    PROFILE,
    TERRAFORM_ARN,
    TERRAFORM_TOKEN,
    Place,
    in_json,
)
from tests.cloud.fakes import ROLE, list_all, write

_WITH_IDENTITY = "AssumeRoleWithWebIdentity"


def test_two_tokens_that_disagree_are_not_chosen_from(cloud, open_fake):
    environ = {**cloud.environment, "TENCENTCLOUD_TOKEN": "a", "TENCENTCLOUD_SECURITY_TOKEN": "b"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(environ))

    assert caught.value.source == ("environment TENCENTCLOUD_SECURITY_TOKEN and TENCENTCLOUD_TOKEN")


def test_a_configured_token_without_keys_is_not_added_to_the_environments_keys(cloud, open_fake):
    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(cloud.environment, security_token="of-which-keys"))

    assert caught.value.problem == "there is a token, but no secret id beside it."
    assert len(cloud.requests) == 0


def test_a_token_that_was_left_behind_is_not_added_to_the_keys_of_a_file(ask):
    left_behind = Place("", "", environ={"TENCENTCLOUD_TOKEN": "of-other-keys"})

    assert ask(left_behind, PROFILE)[0] == "AKIDprofile"


def test_a_pod_assumes_the_role_of_the_environment_on_top_of_its_own(cloud, ask):
    terraform = Place("", "", environ={TERRAFORM_ARN: ROLE})

    ask(POD, terraform)

    (own,) = cloud.requests.of(_WITH_IDENTITY)
    assert (own.body["RoleArn"], own.body["ProviderId"]) == (OTHER_ROLE, "cls-1")
    (on_top,) = cloud.requests.of("AssumeRole")
    assert on_top.body["RoleArn"] == ROLE
    assert on_top.secret_id.startswith(LENT)


@pytest.mark.parametrize(
    "extra",
    [
        {"TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID": "another"},
        {"TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "another"},
        {"TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "1"},
    ],
    ids=str,
)
def test_a_pods_identity_takes_nothing_from_terraforms_variables(cloud, ask, extra):
    ask(POD, Place("", "", environ=extra))

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
            "there is a web identity, but no token of it.",
            ["environment TKE_WEB_IDENTITY_TOKEN_FILE"],
        ),
        (
            {"TKE_WEB_IDENTITY_TOKEN_FILE": "/t", "TENCENTCLOUD_ASSUME_ROLE_ARN": ROLE},
            "there is a pod identity, but no role to take on with it and not its provider.",
            ["environment TKE_ROLE_ARN", "environment TKE_PROVIDER_ID"],
        ),
        (
            {"TKE_WEB_IDENTITY_TOKEN_FILE": "/t", "TKE_ROLE_ARN": ROLE},
            "there is a pod identity, but not its provider.",
            ["environment TKE_PROVIDER_ID"],
        ),
        (
            {TERRAFORM_TOKEN: "t", "TENCENTCLOUD_ROLE_ARN": ROLE},
            "there is a web identity, but no role to take on with it.",
            ["environment TENCENTCLOUD_ASSUME_ROLE_ARN"],
        ),
        (
            {TERRAFORM_TOKEN: "t", TERRAFORM_ARN: "<arn>"},
            "there is a web identity, but no role to take on with it.",
            ["environment TENCENTCLOUD_ASSUME_ROLE_ARN (holds a placeholder)"],
        ),
    ],
)
def test_half_an_identity_of_the_environment_is_completed_from_nowhere(
    cloud, keyless, open_fake, environ, problem, searched
):
    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake({**keyless, **environ}))

    assert (caught.value.problem, list(caught.value.searched)) == (problem, searched)
    assert caught.value.fix
    assert len(cloud.requests) == 0


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({TERRAFORM_ARN: "<arn>"}, TERRAFORM_ARN),
        ({"TENCENTCLOUD_ROLE_ARN": "${ARN}"}, "TENCENTCLOUD_ROLE_ARN"),
        ({"TKE_ROLE_ARN": ROLE, "TKE_PROVIDER_ID": "cls-1"}, "TKE_WEB_IDENTITY_TOKEN_FILE"),
    ],
)
def test_half_a_role_of_the_environment_says_which_variable_to_set(
    keyless, cloud, open_fake, environ, variable
):
    has_keys = "TKE_ROLE_ARN" not in environ

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake({**(cloud.environment if has_keys else keyless), **environ}))

    assert caught.value.fix == "set what is missing, or unset all variables of that role:"
    assert [name for name, _ in caught.value.settings] == [variable]
    assert f"export {variable}=" in str(caught.value)


@pytest.mark.parametrize(
    ("half", "environ", "added"),
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
def test_half_a_role_of_the_configuration_is_not_completed_from_the_environment(
    cloud, open_fake, half, environ, added
):
    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake({**cloud.environment, **environ}, **half))

    assert caught.value.fix == f"give all parts in one place: {added} is not added."
    assert len(cloud.requests) == 0


def test_a_configured_role_takes_nothing_from_the_environment(cloud, open_fake):
    environ = {
        **cloud.environment,
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "other",
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "1",
        "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "other",
        "TENCENTCLOUD_ROLE_SESSION_NAME": "other",
    }

    list_all(open_fake(environ, assume_role={"role_arn": ROLE}))

    (request,) = cloud.requests.of("AssumeRole")
    assert request.body == {
        "RoleArn": ROLE,
        "RoleSessionName": "pulumi-tcimages",
        "DurationSeconds": 7200,
    }


def test_the_shells_role_takes_nothing_from_terraforms_variables(cloud, open_fake):
    environ = {
        **cloud.environment,
        "TENCENTCLOUD_ROLE_ARN": ROLE,
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "other",
        "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "other",
    }

    list_all(open_fake(environ))

    (request,) = cloud.requests.of("AssumeRole")
    assert (request.body["RoleSessionName"], "ExternalId" in request.body) == (
        "pulumi-tcimages",
        False,
    )


def test_a_profiles_role_takes_nothing_from_the_environment(cloud, keyless, open_fake, tmp_path):
    cloud.keys.add(Key("AKIDprofile", "keyprofile"))
    write(tmp_path, ".tccli/default.credential", {**in_json("profile"), "role-arn": ROLE})
    environ = {**keyless, "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "other"}

    list_all(open_fake(environ))

    (request,) = cloud.requests.of("AssumeRole")
    assert (request.body["RoleSessionName"], "ExternalId" in request.body) == (
        "pulumi-tcimages",
        False,
    )


@pytest.mark.parametrize(("profile", "assumed"), [("build", ROLE), (None, OTHER_ROLE)])
def test_the_role_of_a_configured_profile_comes_before_the_environments(
    cloud, ask, profile, assumed
):
    name = f"{profile or 'default'}.credential"
    with_role = Place("", "", files={name: {**in_json("profile"), "role-arn": ROLE}})
    environment = Place("", "", environ={"TENCENTCLOUD_ROLE_ARN": OTHER_ROLE})

    ask(with_role, environment, **({"profile": profile} if profile else {}))

    assert [request.body["RoleArn"] for request in cloud.requests.of("AssumeRole")] == [assumed]


def test_a_configured_identity_is_not_followed_by_the_environments_role(cloud, ask):
    ask(PLACES[0], Place("", "", environ={"TENCENTCLOUD_ROLE_ARN": OTHER_ROLE}))

    assert len(cloud.requests.of("AssumeRole")) == 0


def test_a_profiles_role_that_is_a_template_is_an_error(cloud, keyless, open_fake, tmp_path):
    with_template = {**in_json("profile"), "role-arn": "<role-arn>"}
    path = write(tmp_path, ".tccli/default.credential", with_template)

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(keyless))

    assert caught.value.problem == "there is a role to assume, but not which."
    assert caught.value.fix == f"replace the placeholder in role-arn of {path}."
    assert len(cloud.requests) == 0


@pytest.mark.parametrize("where", ["configuration", "environment"])
def test_a_profiles_template_of_a_role_gives_way_to_a_role_that_counts_more(cloud, ask, where):
    files = {"default.credential": {**in_json("profile"), "role-arn": "<role-arn>"}}
    arguments = {"assume_role": {"role_arn": ROLE}} if where == "configuration" else {}
    environ = {} if arguments else {TERRAFORM_ARN: ROLE}

    ask(Place("", "", arguments, environ, files))

    assert [request.body["RoleArn"] for request in cloud.requests.of("AssumeRole")] == [ROLE]


@pytest.mark.parametrize("where", ["configuration", "environment"])
def test_a_role_that_is_a_template_is_not_passed_over_for_the_keys_own_rights(
    cloud, open_fake, where
):
    arguments = {"assume_role": {"role_arn": "<role-arn>"}} if where == "configuration" else {}
    environ = {} if arguments else {TERRAFORM_ARN: "${ROLE_ARN}"}

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake({**cloud.environment, **environ}, **arguments))

    assert caught.value.problem == "there is a role to assume, but not which."
    assert "(holds a " in caught.value.searched[0]
    assert len(cloud.requests) == 0
