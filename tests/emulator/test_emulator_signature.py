"""Signatures: every form that the vendor's clients send, and every error."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Assumptions, Emulator, Key, Keys
from pulumi_tcimages.emulator.framing import HttpRequest
from pulumi_tcimages.emulator.signature import authenticate
from tests.emulator.raw_client import Caller, build_request

LISTING = "DescribePlatformImages"
IDENTITY = "GetCallerIdentity"
NOW = 1_700_000_000


def test_caller_is_the_key_that_signed(caller):
    assert caller.call(IDENTITY).response["AccountId"] == "100000000001"


@pytest.mark.parametrize(
    ("action", "version", "region", "body", "signature"),
    [
        (
            "DescribeSessionImageVersion",
            "2021-01-25",
            "ap-singapore",
            b'{"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "machine-learning"}',
            "34317b43da53ee08ba4f482df73303878730d784f96d319233d01522348b5d45",
        ),
        (
            "DescribePlatformImages",
            "2021-11-11",
            "ap-guangzhou",
            b"{}",
            "918935afe4252a5733036f9180e32f76c73bf50fd73e9a4c13feab3e280e1f93",
        ),
    ],
)
def test_captured_bytes_of_the_vendors_client_are_accepted(
    action, version, region, body, signature
):
    secret_id, timestamp = "AKIDexampleexampleexampleexample0001", 1795317644
    service = "dlc" if "Session" in action else "tione"
    with Emulator(clock=lambda: timestamp + 1.5) as cloud:
        cloud.keys.add(Key(secret_id, "secretexamplesecretexample000001"))
        answer = Caller(cloud).post(
            {
                "User-Agent": "python-requests/2.34.2",
                "Connection": "keep-alive",
                "Content-Type": "application/json",
                "Host": "127.0.0.1:18431",
                "X-TC-Action": action,
                "X-TC-RequestClient": "SDK_PYTHON_3.1.190",
                "X-TC-Timestamp": str(timestamp),
                "X-TC-Version": version,
                "X-TC-Region": region,
                "X-TC-Language": "zh-CN",
                "Authorization": f"TC3-HMAC-SHA256 Credential={secret_id}/2026-11-22/{service}"
                f"/tc3_request, SignedHeaders=content-type;host, Signature={signature}",
            },
            body,
        )
    assert answer.code == ""


PAYLOAD = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
EXAMPLE_KEY = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"


@pytest.mark.parametrize(
    ("secret_key", "signed", "signature"),
    [
        (
            EXAMPLE_KEY,
            "content-type;host",
            "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
        ),
        (
            "Gu5t9xGARNpq86cd98joQYCN3*******",
            "content-type;host;x-tc-action",
            "be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3",
        ),
        (
            "*" * 32,
            "content-type;host;x-tc-action",
            "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
        ),
    ],
)
def test_signatures_of_the_vendors_manual_are_accepted(secret_key, signed, signature):
    request = HttpRequest(
        "POST",
        "/",
        "",
        {
            "host": "cvm.tencentcloudapi.com",
            "content-type": "application/json; charset=utf-8",
            "x-tc-action": "DescribeInstances",
            "x-tc-timestamp": "1551113065",
            "authorization": "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, "
            f"SignedHeaders={signed}, Signature={signature}",
        },
        PAYLOAD,
    )
    keys = Keys()
    key = keys.add(Key("AKIDEXAMPLE", secret_key))
    assert authenticate(request, "cvm", keys, 1551113065, Assumptions()) == key


def test_get_signature_of_the_vendors_manual_is_accepted():
    signature = "5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474"
    request = HttpRequest(
        "GET",
        "/",
        "Limit=10&Offset=0",
        {
            "host": "cvm.tencentcloudapi.com",
            "content-type": "application/x-www-form-urlencoded",
            "x-tc-timestamp": "1539084154",
            "authorization": "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2018-10-09/cvm/tc3_request, "
            f"SignedHeaders=content-type;host, Signature={signature}",
        },
        b"",
    )
    keys = Keys()
    key = keys.add(Key("AKIDEXAMPLE", EXAMPLE_KEY))
    assert authenticate(request, "cvm", keys, 1539084154, Assumptions()) == key


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"signed": ("content-type", "host", "x-tc-action")},
        {"signed": ("content-type", "host", "x-tc-region", "x-tc-timestamp")},
        {"x_tc_content_sha256": "UNSIGNED-PAYLOAD"},
        {"content_type": "application/json; charset=utf-8"},
        {"signed_host": "127.0.0.1"},
        {"service": "127", "signed_host": "127.0.0.1"},
        {"host": "tione.tencentcloudapi.com"},
    ],
    ids=str,
)
def test_signature_forms_of_the_vendors_clients_are_accepted(caller, options):
    assert caller.call(LISTING, **options).code == ""


def test_get_signs_its_query(caller):
    query = "Filters.0.Name=ImageRange&Filters.0.Values.0=Train&Offset=0&Limit=200"
    assert caller.get(LISTING, query).code == ""


def change_headers(headers, **changes):
    changed = {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return {name: value for name, value in changed.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"authorization": None}, "MissingParameter"),
        ({"authorization": "Basic c29tZTpvbmU="}, "AuthFailure.InvalidAuthorization"),
        ({"authorization": "SKIP"}, "AuthFailure.InvalidAuthorization"),
        ({"authorization": "TC3-HMAC-SHA256 "}, "AuthFailure.InvalidAuthorization"),
        ({"x_tc_timestamp": None}, "MissingParameter"),
        ({"x_tc_timestamp": "yesterday"}, "InvalidParameter"),
        ({"x_tc_timestamp": "-5"}, "InvalidParameter"),
        ({"x_tc_timestamp": "999999999999999"}, "AuthFailure.SignatureExpire"),
        ({"content_type": "application/json;charset=utf-8"}, "AuthFailure.SignatureFailure"),
        ({"host": "dlc.tencentcloudapi.com"}, "AuthFailure.SignatureFailure"),
        ({"x_tc_content_sha256": "UNSIGNED-PAYLOAD"}, "AuthFailure.SignatureFailure"),
        ({"x_tc_token": "a token for a permanent key"}, "AuthFailure.TokenFailure"),
    ],
    ids=str,
)
def test_changed_header_is_rejected(caller, changes, code):
    assert caller.post(change_headers(caller.headers(LISTING), **changes)).code == code


@pytest.mark.parametrize(
    ("original", "replacement", "code"),
    [
        ("AKIDEMULATOR", "AKIDIMITATOR", "AuthFailure.SecretIdNotFound"),
        ("/tione/", "/dlc/", "AuthFailure.SignatureFailure"),
        ("/tione/", "/TIONE/", "AuthFailure.InvalidAuthorization"),
        ("content-type;host", "host", "AuthFailure.InvalidAuthorization"),
        ("content-type;host", "content-type;host;x-tc-missing", "AuthFailure.InvalidAuthorization"),
        ("content-type;host", "content-type;host;x-tc-region", "AuthFailure.SignatureFailure"),
        ("tc3_request", "tc4_request", "AuthFailure.InvalidAuthorization"),
        ("Signature=", "Signature=00", "AuthFailure.InvalidAuthorization"),
    ],
)
def test_changed_authorization_is_rejected(caller, original, replacement, code):
    headers = caller.headers(LISTING)
    headers["authorization"] = headers["authorization"].replace(original, replacement, 1)
    assert caller.post(headers).code == code


def test_signature_for_another_service_is_rejected(caller):
    assert caller.call(LISTING, service="dlc").code == "AuthFailure.SignatureFailure"


def test_changed_body_is_rejected(caller):
    assert (
        caller.post(caller.headers(LISTING, b"{}"), b"{ }").code == "AuthFailure.SignatureFailure"
    )


def test_changed_query_is_rejected(caller):
    headers = caller.headers(LISTING, method="GET", query="Limit=1")
    answer = caller.send(build_request("GET", "/?Limit=2", headers))
    assert answer.code == "AuthFailure.SignatureFailure"


def test_wrong_secret_key_is_rejected(caller):
    caller.secret_key = "x" * 32
    assert caller.call(LISTING).code == "AuthFailure.SignatureFailure"


def test_scope_date_must_be_the_utc_date_of_the_timestamp():
    midnight = 1_700_006_400  # 2023-11-15T00:00:00Z
    with Emulator(clock=lambda: midnight) as cloud:
        caller = Caller(cloud)
        headers = caller.headers(LISTING, at_unix_s=midnight - 1)
        assert caller.post(headers).code == ""
        headers["x-tc-timestamp"] = str(midnight)
        assert caller.post(headers).code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize(
    ("offset_s", "code"),
    [
        (-301, "AuthFailure.SignatureExpire"),
        (-300, ""),
        (300, ""),
        (301, "AuthFailure.SignatureExpire"),
    ],
)
def test_timestamp_may_be_five_minutes_off(offset_s, code):
    with Emulator(clock=lambda: NOW) as cloud:
        assert Caller(cloud).call(LISTING, at_unix_s=NOW + offset_s).code == code


@pytest.mark.parametrize("token", ["", "another token"])
def test_temporary_key_requires_its_token(caller, token):
    key = caller.cloud.keys.issue(2_000_000_000.0)
    caller.secret_id, caller.secret_key = key.secret_id, key.secret_key
    caller.token = key.token
    assert caller.call(IDENTITY).code == ""
    caller.token = token
    assert caller.call(IDENTITY).code == "AuthFailure.TokenFailure"


@pytest.mark.parametrize("code", ["AuthFailure.TokenFailure", "AuthFailure.SecretIdNotFound"])
def test_temporary_key_expires(code):
    now = [float(NOW)]
    with Emulator(clock=lambda: now[0], choices=Assumptions(expired_key=code)) as cloud:
        key = cloud.keys.issue(NOW + 60)
        caller = Caller(cloud, key.secret_id, key.secret_key, key.token)
        assert caller.call(IDENTITY, at_unix_s=NOW).code == ""
        now[0] += 60
        assert caller.call(IDENTITY, at_unix_s=NOW + 60).code == code


def test_revoked_key_is_not_found(caller):
    key = caller.cloud.keys.add(Key("AKIDSOMEONE", "another key"))
    caller.secret_id, caller.secret_key = key.secret_id, key.secret_key
    assert caller.call(IDENTITY).code == ""
    caller.cloud.keys.revoke(key.secret_id)
    assert caller.call(IDENTITY).code == "AuthFailure.SecretIdNotFound"
