"""What the journal keeps of each request, and what it must not."""

from __future__ import annotations

from pulumi_tcimages.emulator import Emulator, Received
from tests.emulator.calling import Caller

LISTING = "DescribePlatformImages"
SESSIONS = "DescribeSessionImageVersion"
ENGINE = {"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "python"}


def test_the_journal_tells_who_asked_what_and_what_came_back():
    with Emulator(clock=lambda: 1_700_000_000.5) as cloud:
        caller = Caller(cloud)
        answer = caller.call(
            SESSIONS,
            {**ENGINE, "DataEngineId": "DataEngine-unknown0"},
            at_unix_s=1_700_000_000,
            x_tc_language="en-US",
            x_tc_requestclient="test_client",
        )
        (entry,) = cloud.requests
        assert entry == Received(
            method="POST",
            path="/",
            action=SESSIONS,
            version="2021-01-25",
            region="ap-guangzhou",
            secret_id=cloud.secret_id,
            language="en-US",
            client="test_client",
            body={"DataEngineId": "DataEngine-unknown0", "FrameworkType": "python"},
            at_unix_s=1_700_000_000.5,
            request_id=answer.response["RequestId"],
            status=200,
            answer="ResourceNotFound.DataEngineNotFound",
        )
        assert (len(cloud.requests), cloud.requests.of(LISTING)) == (1, [])
        assert cloud.requests[-2:] == [entry]
        cloud.requests.clear()
        assert list(cloud.requests) == []


def test_the_journal_holds_no_credential(caller):
    cloud = caller.cloud
    key = cloud.keys.issue(2_000_000_000.0)
    caller.secret_id, caller.secret_key, caller.token = key.secret_id, key.secret_key, key.token
    headers = caller.headers(LISTING)
    caller.post(headers)
    identity = {
        "ProviderId": "tke",
        "WebIdentityToken": "eyJ.canary.token",
        "RoleArn": "qcs::cam::uin/100000000001:roleName/reader",
        "RoleSessionName": "test",
    }
    caller.call("AssumeRoleWithWebIdentity", identity)
    shown = repr(cloud.requests) + repr(key) + repr(cloud.keys.find(cloud.secret_id))
    signature = headers["authorization"].rpartition("=")[2]
    for secret in (key.secret_key, key.token, signature, cloud.secret_key, "canary"):
        assert secret not in shown
