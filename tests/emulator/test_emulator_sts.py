"""Temporary keys: of an assumed role, a web identity and a CVM's metadata."""

from __future__ import annotations

import http.client
import json

import pytest

from pulumi_tcimages.emulator import Assumptions, Emulator
from tests.emulator.raw_client import Caller
from tests.timeouts import PATIENCE_S

ROLE = "qcs::cam::uin/100000000001:roleName/reader"
ASSUME = {"RoleArn": ROLE, "RoleSessionName": "session"}
IDENTITY = {**ASSUME, "ProviderId": "tke", "WebIdentityToken": "eyJ.any.token"}
NOW = 1_700_000_000


def test_user_identity_is_returned(caller):
    response = caller.call("GetCallerIdentity").response
    del response["RequestId"]
    assert response == {
        "Arn": "qcs::cam::uin/100000000001:uin/100000000001",
        "AccountId": "100000000001",
        "UserId": "100000000001",
        "PrincipalId": "100000000001",
        "Type": "CAMUser",
    }


def test_signature_of_a_signed_web_identity_is_checked(caller):
    caller.secret_key = "x" * 32

    answer = caller.call("AssumeRoleWithWebIdentity", IDENTITY)

    assert answer.code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize(
    ("action", "parameters", "is_unsigned"),
    [
        ("AssumeRole", ASSUME, False),
        ("AssumeRoleWithWebIdentity", IDENTITY, False),
        ("AssumeRoleWithWebIdentity", IDENTITY, True),
    ],
    ids=["role", "signed web identity", "unsigned web identity"],
)
def test_assumed_role_keys_work_until_they_expire(action, parameters, is_unsigned):
    now = [float(NOW)]
    with Emulator(clock=lambda: now[0]) as cloud:
        body = json.dumps({**parameters, "DurationSeconds": 3600}).encode()
        headers = Caller(cloud).headers(action, body, at_unix_s=NOW)
        if is_unsigned:
            headers["authorization"] = "SKIP"
        answer = Caller(cloud).post(headers, body)
        credentials = answer.response["Credentials"]
        assert answer.response["ExpiredTime"] == NOW + 3600
        assert answer.response["Expiration"] == "2023-11-14T23:13:20Z"
        role_caller = Caller(
            cloud, credentials["TmpSecretId"], credentials["TmpSecretKey"], credentials["Token"]
        )
        identity = role_caller.call("GetCallerIdentity", at_unix_s=NOW).response
        del identity["RequestId"]
        assert identity == {
            "Arn": "qcs::sts:100000000001:assumed-role/460000100000000001",
            "AccountId": "100000000001",
            "UserId": "460000100000000001:session",
            "PrincipalId": "460000100000000001",
            "Type": "CAMRole",
        }
        now[0] += 3600
        expired = role_caller.call("GetCallerIdentity", at_unix_s=now[0])
        assert expired.code == "AuthFailure.TokenFailure"


def test_unsigned_assume_role_is_rejected(caller):
    body = json.dumps(ASSUME).encode()
    headers = caller.headers("AssumeRole", body) | {"authorization": "SKIP"}

    assert caller.post(headers, body).code == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize(
    ("action", "changes", "code"),
    [
        ("AssumeRole", {"RoleArn": None}, "MissingParameter"),
        ("AssumeRole", {"RoleArn": "reader"}, "InvalidParameter.ParamError"),
        ("AssumeRole", {"RoleSessionName": "not a name"}, "InvalidParameter.ParamError"),
        ("AssumeRole", {"DurationSeconds": 43201}, "InvalidParameter.OverTimeError"),
        ("AssumeRole", {"DurationSeconds": 0}, "InvalidParameter.OverTimeError"),
        ("AssumeRole", {"DurationSeconds": "7200"}, "InvalidParameter"),
        ("AssumeRole", {"WebIdentityToken": "x"}, "UnknownParameter"),
        ("AssumeRoleWithWebIdentity", {"ProviderId": ""}, "InvalidParameter.ParamError"),
        (
            "AssumeRoleWithWebIdentity",
            {"WebIdentityToken": " "},
            "InvalidParameter.WebIdentityTokenError",
        ),
    ],
    ids=str,
)
def test_invalid_role_request_is_rejected(caller, action, changes, code):
    valid_parameters = ASSUME if action == "AssumeRole" else IDENTITY
    assert caller.call(action, {**valid_parameters, **changes}).code == code


def test_role_with_external_id_requires_it(caller):
    caller.cloud.keys.add_role("reader", external_id="agreed")
    assert caller.call("AssumeRole", ASSUME).code == "UnauthorizedOperation"
    assert caller.call("AssumeRole", {**ASSUME, "ExternalId": "agreed"}).code == ""


def test_unknown_roles_may_be_rejected():
    with Emulator(choices=Assumptions(unknown_role="refuse")) as cloud:
        caller = Caller(cloud)
        assert caller.call("AssumeRole", ASSUME).code == "ResourceNotFound.RoleNotFound"
        cloud.keys.add_role("reader")
        assert caller.call("AssumeRole", ASSUME).code == ""


def fetch_metadata(cloud, path, method="GET"):
    connection = http.client.HTTPConnection(cloud.address, timeout=PATIENCE_S)
    try:
        connection.request(method, f"/latest/meta-data/cam/{path}")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_metadata_has_the_role_and_renews_its_keys():
    now = [float(NOW)]
    with Emulator(clock=lambda: now[0]) as cloud:
        assert fetch_metadata(cloud, "security-credentials/") == (200, "tcimages-cvm-role")
        path = "security-credentials/tcimages-cvm-role"
        status, text = fetch_metadata(cloud, path)
        first_keys = json.loads(text)
        assert (status, first_keys["Code"], first_keys["ExpiredTime"]) == (
            200,
            "Success",
            NOW + 7200,
        )
        assert first_keys["Expiration"] == "2023-11-15T00:13:20Z"
        cvm_caller = Caller(
            cloud, first_keys["TmpSecretId"], first_keys["TmpSecretKey"], first_keys["Token"]
        )
        assert cvm_caller.call("GetCallerIdentity", at_unix_s=NOW).response["Type"] == "CAMRole"
        assert json.loads(fetch_metadata(cloud, path)[1]) == first_keys
        now[0] += 7000
        assert json.loads(fetch_metadata(cloud, path)[1])["ExpiredTime"] == NOW + 7000 + 7200
        assert [entry.path.rpartition("/")[2] for entry in cloud.requests.of("metadata")] == [
            "",
            "tcimages-cvm-role",
            "tcimages-cvm-role",
            "tcimages-cvm-role",
        ]
        assert first_keys["TmpSecretKey"] not in repr(cloud.requests)


def test_metadata_without_role_or_for_another_role_is_not_found(cloud):
    assert fetch_metadata(cloud, "security-credentials/another-role")[0] == 404
    assert fetch_metadata(cloud, "security-credentials/", "POST")[0] == 404
    assert fetch_metadata(cloud, "user-data")[0] == 404
    assert fetch_metadata(cloud, "security-credentialsX")[0] == 404
    cloud.keys.cvm_role = ""
    assert fetch_metadata(cloud, "security-credentials/")[0] == 404
