"""Every credential class of the vendor's Python client, against the emulator."""

from __future__ import annotations

import time
from functools import partial

import pytest

from tests.contract.client_options import IGNORED_WARNINGS

pytestmark = IGNORED_WARNINGS

ROLE = "qcs::cam::uin/100000000001:roleName/reader"


def test_session_token_is_accepted_in_every_form(clients):
    key = clients.cloud.keys.issue(time.time() + 600)
    credential = clients.vendor.credential.Credential(key.secret_id, key.secret_key, key.token)
    clients.credential = credential
    for form in ({}, {"reqMethod": "GET"}, {"keepAlive": True}, {"unsigned_payload": True}):
        assert clients.images(Limit=1, **form).TotalCount == 205


def test_token_service_returns_identity_and_keys_of_a_role(clients, sdk_error):
    sts = partial(clients.common, "sts", "2018-08-13")
    assert sts("GetCallerIdentity", {})["Type"] == "CAMUser"
    assumed = sts("AssumeRole", {"RoleArn": ROLE, "RoleSessionName": "contract"})["Credentials"]
    clients.credential = clients.vendor.credential.Credential(
        assumed["TmpSecretId"], assumed["TmpSecretKey"], assumed["Token"]
    )
    assert sts("GetCallerIdentity", {})["Type"] == "CAMRole"
    assert clients.images(Limit=1).TotalCount == 205
    with pytest.raises(sdk_error) as raised:
        sts("AssumeRole", {"RoleArn": "reader", "RoleSessionName": "contract"})
    assert raised.value.get_code() == "InvalidParameter.ParamError"


@pytest.fixture
def plain_http(vendor, monkeypatch):
    """Make the vendor's credential classes, which have no option for it, use plain HTTP."""
    plain = partial(vendor.http_profile.HttpProfile, protocol="http")
    monkeypatch.setattr(vendor.credential, "HttpProfile", plain)


@pytest.mark.usefixtures("plain_http")
def test_assume_role_credential_works(clients):
    clients.credential = clients.vendor.credential.STSAssumeRoleCredential(
        clients.cloud.secret_id,
        clients.cloud.secret_key,
        ROLE,
        "contract",
        endpoint=clients.cloud.address,
    )
    assert clients.images(Limit=1).TotalCount == 205
    actions = [entry.action for entry in clients.cloud.requests]
    assert actions == ["AssumeRole", "DescribePlatformImages"]


@pytest.mark.usefixtures("plain_http")
def test_web_identity_credential_works(clients):
    clients.credential = clients.vendor.credential.OIDCRoleArnCredential(
        "ap-guangzhou", "tke", "eyJ.a.token", ROLE, "contract", endpoint=clients.cloud.address
    )
    assert clients.images(Limit=1).TotalCount == 205
    first = clients.cloud.requests[0]
    assert (first.action, first.secret_id) == ("AssumeRoleWithWebIdentity", "")


def test_cvm_credential_works(clients, monkeypatch):
    machine = clients.vendor.credential.CVMRoleCredential
    path = "/latest/meta-data/cam/security-credentials/"
    monkeypatch.setattr(machine, "_role_endpoint", clients.cloud.endpoint + path)
    clients.credential = machine()
    assert clients.images(Limit=1).TotalCount == 205
    actions = [entry.action for entry in clients.cloud.requests]
    assert actions == ["metadata", "metadata", "DescribePlatformImages"]
