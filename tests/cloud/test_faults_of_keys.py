"""The fault table for requests that get keys: from STS and a CVM's metadata service.

Every case has the same result and number of attempts as for images.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from pulumi_tcimages.cloud.account_allowlist import send_caller_identity
from pulumi_tcimages.cloud.api_requests import Credential
from pulumi_tcimages.cloud.credentials import build_credential_provider
from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from pulumi_tcimages.cloud.sender import Sender
from pulumi_tcimages.cloud.settings import read_settings
from pulumi_tcimages.core.api import Keys
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.emulator import Emulator, Fault, Key
from pulumi_tcimages.errors import ApiError, AuthError, TcImagesError
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES
from tests.cloud.fakes import REGION, ROLE
from tests.cloud.fault_cases import CANARY, FaultCase
from tests.cloud.fault_cases_of_bodies import BODY_CASES
from tests.cloud.fault_cases_of_connections import CONNECTION_CASES
from tests.cloud.fault_cases_of_secrets import SECRET_CASES
from tests.cloud.fault_cases_of_the_cloud import API_CASES
from tests.cloud.faulty_server import FaultyServer, Step, reply, silence

_FAR_UNIX_S = 4_000_000_000
_TEMPORARY_KEYS = {"TmpSecretId": "a", "TmpSecretKey": "b", "Token": "c"}


@dataclass(frozen=True)
class Target:
    """A request for keys, its configuration and its good response."""

    action: str
    """The name of the request in the emulator's faults."""
    configuration: dict[str, Any]
    endpoint: str
    good: dict[str, Any]

    def __str__(self) -> str:
        return self.action

    @property
    def good_step(self) -> Step:
        return reply(json.dumps(self.good).encode())


_ROLE_RESPONSE = {"Response": {"Credentials": _TEMPORARY_KEYS, "ExpiredTime": _FAR_UNIX_S}}
ASSUME = Target("AssumeRole", {**CANARY, "assume_role": {"role_arn": ROLE}}, "sts", _ROLE_RESPONSE)
IDENTITY = Target(
    "AssumeRoleWithWebIdentity",
    {
        "assume_role_with_web_identity": {
            "role_arn": ROLE,
            "web_identity_token": CANARY["security_token"],
        }
    },
    "sts",
    _ROLE_RESPONSE,
)
CALLER = Target("GetCallerIdentity", CANARY, "sts", {"Response": {"AccountId": "1"}})
METADATA = Target(
    "metadata",
    {"cam_role_name": "the-role"},
    "metadata",
    {**_TEMPORARY_KEYS, "ExpiredTime": _FAR_UNIX_S, "Code": "Success"},
)
TARGETS = (ASSUME, IDENTITY, CALLER, METADATA)


def cases_for(target: Target, cases: list[FaultCase]) -> list[FaultCase]:
    """Return the cases that apply to a request."""
    if target is METADATA:  # metadata has no codes, no envelope and no signature
        return [case for case in cases if not case.needs and not _has_code(case)]
    return [case for case in cases if case.needs <= {"api"}]


def _has_code(case: FaultCase) -> bool:
    has_fault = any(isinstance(step, Fault) and step.code for step in case.steps)
    return has_fault or case.error in (ApiError, AuthError)


SendKeyRequest = Callable[..., object]


@pytest.fixture
def send_key_request(fake_time, tmp_path, make_transport) -> SendKeyRequest:
    """Return a function that sends a target's request to a server."""

    def send(target: Target, url: str, messages: list[str], timeout_s: float) -> object:
        clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
        configuration = {**target.configuration, "endpoints": {target.endpoint: url}}
        settings = read_settings(read_configuration(configuration), {}, tmp_path)
        sender = Sender(settings, make_transport(), clock)
        deadline = Deadline(clock, timeout_s, ProgressReporter(messages.append, clock))
        if target is not CALLER:
            return build_credential_provider(settings, sender, clock).current(deadline)
        keys = Keys(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"])
        return send_caller_identity(settings, sender, Credential(keys, "x"), REGION, deadline)

    return send


@pytest.mark.parametrize(
    ("target", "case"),
    [(target, case) for target in (ASSUME, METADATA) for case in cases_for(target, API_CASES)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_api_fault(target, case, cloud: Emulator, send_key_request, caplog, capfd):
    cloud.keys.add(Key(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"]))
    cloud.keys.cvm_role = "the-role"
    cloud.faults.add(target.action, *case.steps)

    _check_request(target, case, cloud.endpoint, send_key_request, caplog, capfd)

    assert len(cloud.requests.of(target.action)) == case.requests


@pytest.mark.parametrize(
    ("target", "case"),
    [
        (target, case)
        for target in (ASSUME, METADATA)
        for case in cases_for(target, CONNECTION_CASES + BODY_CASES + SECRET_CASES)
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_connection_fault(target, case, send_key_request, caplog, capfd):
    with FaultyServer(*case.steps_for(target.good_step)) as server:
        _check_request(target, case, server.url, send_key_request, caplog, capfd)

    assert len(server.requests) == case.requests


_ONCE = (
    "502 with an HTML page, once",
    "429 with an HTML page, once",
    "reset, once",
    "closed, once",
)


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize(
    "case", [case for case in API_CASES if case.name in _ONCE], ids=lambda case: case.name
)
def test_single_failure_is_retried(target, case, cloud: Emulator, send_key_request, caplog, capfd):
    cloud.keys.add(Key(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"]))
    cloud.keys.cvm_role = "the-role"
    cloud.faults.add(target.action, *case.steps)

    _check_request(target, case, cloud.endpoint, send_key_request, caplog, capfd)

    assert len(cloud.requests.of(target.action)) == 2


def test_hanging_metadata_request_is_retried(send_key_request, monkeypatch):
    monkeypatch.setattr("pulumi_tcimages.cloud.sender._METADATA_S", 1.0)
    with FaultyServer(silence, METADATA.good_step) as server:
        credential = send_key_request(METADATA, server.url, [], 60)

    assert credential.keys.secret_id == "a"
    assert len(server.requests) >= 2  # a busy machine may be late for the good response too


def test_unnamed_machine_role_is_retried(cloud: Emulator, keyless, make_client, tmp_path):
    (tmp_path / ".tccli").mkdir()
    (tmp_path / ".tccli" / "default.credential").write_text('{"type": "cvm-role"}')
    cloud.faults.add("metadata", Fault(status=503), Fault(), Fault(reset=True))

    client = make_client(keyless)

    assert client.list_images(PLATFORM_IMAGES, region=REGION).images
    assert len(cloud.requests.of("metadata")) == 4


def _check_request(target, case, url, send_key_request, caplog, capfd) -> None:
    """Send the request, and check every output except the number of requests."""
    caplog.set_level(logging.DEBUG)
    messages: list[str] = []
    error: TcImagesError | None = None
    try:
        assert send_key_request(target, url, messages, case.timeout_seconds)
    except TcImagesError as caught:
        error = caught
    error_texts: list[str] = []
    if error:
        error_texts = [str(error), repr(error), "".join(traceback.format_exception(error))]
        assert error.call.attempts == (case.attempts or case.requests)
        assert error.call.endpoint == url.partition("//")[2]
    assert type(error) is (case.error or type(None))
    for canary in CANARY.values():
        output = [*error_texts, *messages, caplog.text, *capfd.readouterr()]
        assert [text for text in output if canary in text] == []
