"""The fault table for the requests that get keys: from STS and a CVM's metadata service.

Every row has the outcome and the number of attempts that it has for images.
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
from pulumi_tcimages.cloud.credentials import build_credential_provider
from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from pulumi_tcimages.cloud.sender import Credential, Sender
from pulumi_tcimages.cloud.settings import read_settings
from pulumi_tcimages.core.api import Keys
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.emulator import Emulator, Fault, Key
from pulumi_tcimages.errors import ApiError, AuthError, TcImagesError
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES
from tests.cloud.fakes import REGION, ROLE
from tests.cloud.fault_cases import CANARY, Row
from tests.cloud.fault_cases_of_connections import RAW
from tests.cloud.fault_cases_of_the_cloud import REFUSED
from tests.cloud.faulty_server import Misbehaving, Step, reply, silence

_FAR_UNIX_S = 4_000_000_000
_LENT = {"TmpSecretId": "a", "TmpSecretKey": "b", "Token": "c"}


@dataclass(frozen=True)
class Target:
    """A request for keys, the configuration that causes it, and its good reply."""

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


_ASSUMED = {"Response": {"Credentials": _LENT, "ExpiredTime": _FAR_UNIX_S}}
ASSUME = Target("AssumeRole", {**CANARY, "assume_role": {"role_arn": ROLE}}, "sts", _ASSUMED)
IDENTITY = Target(
    "AssumeRoleWithWebIdentity",
    {
        "assume_role_with_web_identity": {
            "role_arn": ROLE,
            "web_identity_token": CANARY["security_token"],
        }
    },
    "sts",
    _ASSUMED,
)
CALLER = Target("GetCallerIdentity", CANARY, "sts", {"Response": {"AccountId": "1"}})
METADATA = Target(
    "metadata",
    {"cam_role_name": "the-role"},
    "metadata",
    {**_LENT, "ExpiredTime": _FAR_UNIX_S, "Code": "Success"},
)
TARGETS = (ASSUME, IDENTITY, CALLER, METADATA)


def rows_for(target: Target, rows: list[Row]) -> list[Row]:
    """Return the rows of a table that can happen to a request."""
    if target is METADATA:  # it has neither codes nor an envelope and a signature
        return [row for row in rows if not row.needs and not _has_code(row)]
    return [row for row in rows if row.needs <= {"api"}]


def _has_code(row: Row) -> bool:
    has_fault = any(isinstance(step, Fault) and step.code for step in row.steps)
    return has_fault or row.error in (ApiError, AuthError)


Ask = Callable[..., object]


@pytest.fixture
def ask(fake_time, tmp_path, transport_of) -> Ask:
    """Return a function that sends the request of a target to a server."""

    def run(target: Target, url: str, messages: list[str], timeout_s: float) -> object:
        clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
        configuration = {**target.configuration, "endpoints": {target.endpoint: url}}
        settings = read_settings(read_configuration(configuration), {}, tmp_path)
        sender = Sender(settings, transport_of(), clock)
        deadline = Deadline(clock, timeout_s, ProgressReporter(messages.append, clock))
        if target is not CALLER:
            return build_credential_provider(settings, sender, clock).current(deadline)
        keys = Keys(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"])
        return send_caller_identity(settings, sender, Credential(keys, "x"), REGION, deadline)

    return run


@pytest.mark.parametrize(
    ("target", "row"),
    [(target, row) for target in (ASSUME, METADATA) for row in rows_for(target, REFUSED)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_fault_of_the_cloud(target, row, cloud: Emulator, ask, caplog, capfd):
    cloud.keys.add(Key(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"]))
    cloud.keys.cvm_role = "the-role"
    cloud.faults.add(target.action, *row.steps)

    _run(target, row, cloud.endpoint, ask, caplog, capfd)

    assert len(cloud.requests.of(target.action)) == row.requests


@pytest.mark.parametrize(
    ("target", "row"),
    [(target, row) for target in (ASSUME, METADATA) for row in rows_for(target, RAW)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_fault_on_the_wire(target, row, ask, caplog, capfd):
    with Misbehaving(*row.steps_for(target.good_step)) as server:
        _run(target, row, server.url, ask, caplog, capfd)

    assert len(server.requests) == row.requests


_ONCE = ("502 with a page, once", "429 with a page, once", "reset, once", "closed, once")


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize(
    "row", [row for row in REFUSED if row.name in _ONCE], ids=lambda row: row.name
)
def test_a_single_failure_is_retried(target, row, cloud: Emulator, ask, caplog, capfd):
    cloud.keys.add(Key(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"]))
    cloud.keys.cvm_role = "the-role"
    cloud.faults.add(target.action, *row.steps)

    _run(target, row, cloud.endpoint, ask, caplog, capfd)

    assert len(cloud.requests.of(target.action)) == 2


def test_a_metadata_request_that_hangs_once_is_retried(ask, monkeypatch):
    monkeypatch.setattr("pulumi_tcimages.cloud.sender._METADATA_S", 1.0)
    with Misbehaving(silence, METADATA.good_step) as server:
        found = ask(METADATA, server.url, [], 60)

    assert found.keys.secret_id == "a"
    assert len(server.requests) >= 2  # a busy machine may be late with the good answer too


def test_a_machine_whose_role_is_not_named_asks_for_it_again_too(
    cloud: Emulator, keyless, open_fake, tmp_path
):
    (tmp_path / ".tccli").mkdir()
    (tmp_path / ".tccli" / "default.credential").write_text('{"type": "cvm-role"}')
    cloud.faults.add("metadata", Fault(status=503), Fault(), Fault(reset=True))

    client = open_fake(keyless)

    assert client.list_images(PLATFORM_IMAGES, region=REGION).images
    assert len(cloud.requests.of("metadata")) == 4


def _run(target, row, url, ask, caplog, capfd) -> None:
    """Send the request, and check everything that came out but the number of requests."""
    caplog.set_level(logging.DEBUG)
    messages: list[str] = []
    error: TcImagesError | None = None
    try:
        assert ask(target, url, messages, row.timeout_seconds)
    except TcImagesError as caught:
        error = caught
    shown: list[str] = []
    if error:
        shown = [str(error), repr(error), "".join(traceback.format_exception(error))]
        assert error.call.attempts == (row.attempts or row.requests)
        assert error.call.endpoint == url.partition("//")[2]
    assert type(error) is (row.error or type(None))
    for canary in CANARY.values():
        output = [*shown, *messages, caplog.text, *capfd.readouterr()]
        assert [text for text in output if canary in text] == []
