"""One fault of each kind, from the socket to the gRPC status.

tests/cloud has all faults. Here keys, transport and message are those of a real process.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import grpc
import pytest
import trustme

from pulumi_tcimages.emulator import Emulator, Key
from pulumi_tcimages.plugin.rpc_errors import CODES
from tests.cloud.fault_cases import CANARY, FaultCase
from tests.cloud.fault_cases_of_bodies import BODY_CASES
from tests.cloud.fault_cases_of_connections import CONNECTION_CASES
from tests.cloud.fault_cases_of_listings import build_listing_cases
from tests.cloud.fault_cases_of_replies import build_response_cases
from tests.cloud.fault_cases_of_secrets import SECRET_CASES
from tests.cloud.fault_cases_of_the_cloud import API_CASES
from tests.cloud.fault_targets import PLATFORM
from tests.cloud.faulty_server import FaultyServer
from tests.plugin.conftest import Plugin

CONNECTION_FAULTS = [
    "no response in time",
    "no list",
    "truncated JSON, once",
    "429 with Retry-After beyond the deadline",
    "gzip",
    "a gzip bomb",
    "a redirect",
    "a result with HTTP 201",
    "a wrong clock, and no Date header",
    "an error message with the keys",
]
API_FAULTS = [
    "always AuthFailure.SecretIdNotFound",
    "always UnauthorizedOperation",
    "always InvalidAction",
    "always UnsupportedRegion",
    "always Something.New",
    "once InternalError",
    "403 with an HTML page",
    "a wrong clock",
    "reset, once",
    "cut off, once",
    "smaller pages than requested",
    "a row that is null",
]
CASES = {
    case.name: case
    for case in (
        *CONNECTION_CASES,
        *BODY_CASES,
        *SECRET_CASES,
        *build_response_cases(PLATFORM),
        *API_CASES,
        *build_listing_cases(PLATFORM),
    )
}


def check_fault(plugin: Plugin, case: FaultCase, url: str) -> None:
    """List images through the plugin, and compare the outcome with a case of the fault table."""
    key = {"secretId": CANARY["secret_id"], "secretKey": CANARY["secret_key"]}
    plugin.configure(
        **key,
        securityToken=CANARY["security_token"],
        endpoints={"tione": url},
        timeoutSeconds=min(case.timeout_seconds, 30),
    )
    if case.error is None:
        assert plugin.invoke("getPlatformImages")["images"]
        return
    code, text = plugin.invoke_error("getPlatformImages")
    assert code is CODES.get(case.error, grpc.StatusCode.UNKNOWN)
    assert case.text_for(PLATFORM.source) in " ".join(text.split())
    assert [canary for canary in CANARY.values() if canary in text] == []


@pytest.mark.parametrize("name", CONNECTION_FAULTS)
def test_connection_fault_reaches_the_engine_with_its_status(
    name: str, attach_plugin: Callable[..., Plugin]
) -> None:
    with FaultyServer(*CASES[name].steps_for(PLATFORM.good)) as server:
        check_fault(attach_plugin(), CASES[name], server.url)


@pytest.mark.parametrize("name", API_FAULTS)
def test_api_fault_reaches_the_engine_with_its_status(
    name: str, attach_plugin: Callable[..., Plugin], cloud: Emulator
) -> None:
    cloud.keys.add(Key(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"]))
    cloud.faults.add("DescribePlatformImages", *CASES[name].steps)

    check_fault(attach_plugin(), CASES[name], cloud.endpoint)


@pytest.mark.parametrize("is_trusted", [True, False])
def test_certificate_is_accepted_only_from_a_configured_authority(
    start_plugin: Callable[..., Plugin], cloud: Emulator, tmp_path: Path, *, is_trusted: bool
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    certificate_settings = {"SSL_CERT_FILE": str(tmp_path / "ca.pem")} if is_trusted else {}
    plugin = start_plugin(environment={**cloud.environment, **certificate_settings})
    with FaultyServer(PLATFORM.good, certificate=authority.issue_cert("127.0.0.1")) as server:
        plugin.configure(endpoints={"tione": server.url})
        if is_trusted:
            assert plugin.invoke("getPlatformImages")["ids"] == list(PLATFORM.row.values())
            return
        _, text = plugin.invoke_error("getPlatformImages")

    assert "the certificate of 127.0.0.1 is signed by" in " ".join(text.split())
