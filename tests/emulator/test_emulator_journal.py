"""The journal: recorded, redacted and omitted parts of requests."""

from __future__ import annotations

from pulumi_tcimages.emulator import Emulator, RecordedRequest
from tests.emulator.raw_client import Caller

LISTING = "DescribePlatformImages"
SESSIONS = "DescribeSessionImageVersion"
ENGINE = {"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "python"}


def test_journal_has_caller_parameters_and_outcome():
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
        assert entry == RecordedRequest(
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


def test_journal_has_no_credentials(caller):
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


def test_journal_redacts_values_that_grant_access(caller):
    cloud = caller.cloud
    role = {"RoleArn": "qcs::cam::uin/100000000001:roleName/reader", "RoleSessionName": "test"}
    secret = {name: f"canary-{name}" for name in ("ExternalId", "Policy", "SerialNumber")}

    caller.call("AssumeRole", {**role, **secret})
    caller.call("AssumeRole", {**role, "TokenCode": "canary", "SourceIdentity": "me"})
    caller.call(
        LISTING,
        {"Filters": [{"Name": "x", "Values": [], "ImageSecret": {"Password": "canary"}}]},
    )

    bodies = [entry.body for entry in cloud.requests]
    assert bodies[0] == {
        **role,
        "ExternalId": "***",
        "Policy": "***",
        "SerialNumber": "canary-SerialNumber",
    }
    assert bodies[1] == {**role, "TokenCode": "***", "SourceIdentity": "me"}
    assert bodies[2] == {"Filters": [{"Name": "x", "Values": [], "ImageSecret": "***"}]}


def test_journal_shortens_long_headers(caller):
    long_text = "x" * 20_000
    caller.call(
        LISTING, x_tc_region=long_text, x_tc_requestclient=long_text, x_tc_language=long_text
    )
    caller.call("A" * 20_000, x_tc_version=long_text)

    assert all(len(repr(entry)) < 2_000 for entry in caller.cloud.requests)


def test_journal_omits_deep_nesting(caller):
    body = b'{"Filters": ' + b"[" * 400 + b"]" * 400 + b"}"

    caller.post(caller.headers(LISTING, body), body)

    assert repr(caller.cloud.requests[0].body).count("[") == 8


def test_journal_drops_the_oldest_requests_above_its_size(caller):
    projects = [str(number) * 60_000 for number in range(8)]

    for number in range(80):
        caller.call(LISTING, {"TiProjectId": projects[number % 8], "Limit": 1})

    recorded_projects = [entry.body["TiProjectId"] for entry in caller.cloud.requests]
    assert len(recorded_projects) == 69  # of about 60,000 bytes each, in 4 MiB
    assert recorded_projects[-1] == projects[79 % 8]
