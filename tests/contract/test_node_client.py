"""The vendor's Node client against the emulator. It signs the host without its port.

`make test` installs it (node_client.py). Where it is not installed, the tests are skipped with a
line that says so; TCIMAGES_REQUIRE_NODE=1 makes them fail instead.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.emulator import Fault
from tests import caller_environment
from tests.contract.node_client import FOLDER, is_installed
from tests.emulator.listing_samples import SAMPLES

SCRIPT = Path(__file__).with_name("node_client.js")
LISTING, SESSIONS = "DescribePlatformImages", "DescribeSessionImageVersion"
VERSIONS = {SESSIONS: "2021-01-25", "ListImages": "2021-01-25", "GetCallerIdentity": "2018-08-13"}
"""Versions of the API other than TIONE's."""


@pytest.fixture(scope="module")
def modules() -> Path:
    """The folder with the client that `make test` installed."""
    if shutil.which("node") is None:
        return skip_or_fail("node is not on PATH")
    if not is_installed():
        return skip_or_fail("it is not installed. `python -m tests.contract.node_client` says why")
    return FOLDER / "node_modules"


def skip_or_fail(reason: str) -> Any:
    if caller_environment.get_variable("TCIMAGES_REQUIRE_NODE") == "1":
        pytest.fail(reason)
    pytest.skip(f"THE NODE CLIENT WAS NOT TRIED: {reason}")


@pytest.fixture
def send_calls(modules, cloud):
    """A function that sends calls from one node process and returns their results."""

    def run(*calls: dict[str, Any]) -> list[dict[str, Any]]:
        complete_calls = [
            {
                "endpoint": cloud.address,
                "version": VERSIONS.get(call["action"], "2021-11-11"),
                "parameters": {},
                "credential": {"secretId": cloud.secret_id, "secretKey": cloud.secret_key},
                "region": "ap-guangzhou",
                "language": "en-US",
                "method": "POST",
                **call,
            }
            for call in calls
        ]
        process = subprocess.run(
            ["node", str(SCRIPT)],
            input=json.dumps(complete_calls),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "NODE_PATH": str(modules)},
        )
        assert process.stderr == ""
        results: list[dict[str, Any]] = json.loads(process.stdout)
        return results

    return run


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_node_client_reads_both_listings(send_calls, cloud, method):
    parameters = {"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "machine-learning"}
    filters = [{"Name": "ImageRange", "Values": ["Notebook"]}]
    sessions, first, second, notebooks = send_calls(
        {"action": SESSIONS, "parameters": parameters, "method": method},
        {"action": LISTING, "method": method},
        {"action": LISTING, "method": method, "parameters": {"Offset": 100, "Limit": 200}},
        {"action": LISTING, "method": method, "parameters": {"Filters": filters}},
    )
    assert [image["SparkImageVersion"] for image in sessions["answer"]["EngineSessionImages"]] == [
        "tensorflow-v2.18.0",
        "scikit-learn-v1.6.0",
        "pytorch-v2.5.1",
    ]
    rows = [*first["answer"]["PlatformImageInfos"], *second["answer"]["PlatformImageInfos"]]
    assert rows == cloud.catalogue.platform_images("ap-guangzhou")
    assert 0 < notebooks["answer"]["TotalCount"] < 205


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_node_client_reads_the_published_images_of_other_listings(send_calls, method):
    calls = [
        {"action": sample.action, "parameters": sample.parameters, "method": method}
        for sample in SAMPLES
    ]
    for sample, result in zip(SAMPLES, send_calls(*calls), strict=True):
        rows = result["answer"][sample.rows]
        assert [row for row in rows if row in sample.images] == sample.images


def test_every_api_error_is_an_exception_of_the_node_client(send_calls, cloud):
    cloud.keys.deny(cloud.secret_id, SESSIONS)
    cloud.faults.add("GetCallerIdentity", Fault(code="InternalError"))
    key = {"secretId": cloud.secret_id}
    unknown = {"secretId": "AKIDUNKNOWN", "secretKey": "x"}
    calls = [
        ({"action": LISTING, "credential": {**key, "secretKey": "wrong"}}, "SignatureFailure"),
        ({"action": LISTING, "credential": unknown}, "SecretIdNotFound"),
        (
            {"action": LISTING, "credential": {**key, "secretKey": cloud.secret_key, "token": "x"}},
            "TokenFailure",
        ),
        (
            {"action": SESSIONS, "parameters": {"DataEngineId": "x", "FrameworkType": "python"}},
            "UnauthorizedOperation",
        ),
        ({"action": "DescribeNothing"}, "InvalidAction"),
        ({"action": LISTING, "version": "2019-01-01"}, "NoSuchVersion"),
        ({"action": LISTING, "region": "na-ashburn"}, "UnsupportedRegion"),
        ({"action": LISTING, "region": ""}, "MissingParameter"),
        ({"action": LISTING, "parameters": {"Framework": "x"}}, "UnknownParameter"),
        ({"action": LISTING, "parameters": {"Offset": "0"}}, "InvalidParameter"),
        ({"action": LISTING, "parameters": {"Limit": 1000}}, "PageLimitExceeded"),
        ({"action": "GetCallerIdentity"}, "InternalError"),
    ]
    results = send_calls(*(call for call, _ in calls))
    assert [result["code"].rpartition(".")[2] for result in results] == [code for _, code in calls]
    assert [result["requestId"] for result in results] == [
        entry.request_id for entry in cloud.requests
    ]
    assert all(result["message"].isascii() for result in results)


def test_node_client_session_token_is_accepted(send_calls, cloud):
    key = cloud.keys.issue(4_000_000_000.0, role="reader", session="node")
    credential = {"secretId": key.secret_id, "secretKey": key.secret_key, "token": key.token}
    (by_post, by_get) = send_calls(
        {"action": "GetCallerIdentity", "credential": credential},
        {"action": "GetCallerIdentity", "credential": credential, "method": "GET"},
    )
    assert [result["answer"]["Type"] for result in (by_post, by_get)] == ["CAMRole", "CAMRole"]
