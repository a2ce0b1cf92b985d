"""Fixtures: a client and an emulator that share a fake clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_tcimages.cloud import Client, open_client
from pulumi_tcimages.cloud.deadline import Clock
from pulumi_tcimages.cloud.proxies import NetworkEnvironment
from pulumi_tcimages.cloud.transport import Transport
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.emulator import Emulator, Key
from tests.cloud.credential_sources import Place
from tests.cloud.fakes import FakeTime, list_session, write_file


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def cloud(fake_time: FakeTime) -> Iterator[Emulator]:
    with Emulator(clock=fake_time.unix_s) as emulator:
        yield emulator


MakeClient = Callable[..., Client]


@pytest.fixture
def make_client(fake_time: FakeTime, tmp_path: Path) -> Iterator[MakeClient]:
    """Make clients with the fake clock and only the given environment, and close them."""
    clients: list[Client] = []

    def make(
        environ: dict[str, str] | None = None,
        on_message: Callable[[str], None] = lambda _: None,
        on_progress: Callable[[int, int], None] | None = None,
        **configuration: Any,
    ) -> Client:
        clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
        client = open_client(
            read_configuration(configuration),
            environ=environ or {},
            home=tmp_path,
            on_message=on_message,
            on_progress=on_progress,
            clock=clock,
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def keyless(cloud: Emulator) -> dict[str, str]:
    """The emulator's environment without its keys."""
    return {name: value for name, value in cloud.environment.items() if "SECRET" not in name}


@pytest.fixture
def list_with_keys_in(
    cloud: Emulator, keyless: dict[str, str], make_client: MakeClient, tmp_path: Path
) -> Callable[..., tuple[str, str]]:
    """List with keys in several places, and return the id and the provider of the used keys."""
    cloud.keys.cvm_role = "the-cvm-role"
    cloud.keys.add_role("reader")
    for name in ("configured", "environment", "profile", "ini", "build", "folder"):
        cloud.keys.add(Key(f"AKID{name}", f"key{name}"))

    def list_images(*places: Place, **configuration: object) -> tuple[str, str]:
        environ = dict(keyless)
        for place in places:
            environ.update(place.environ)
            configuration.update(place.configuration)
            for name, content in place.files.items():
                in_tccli = name.endswith(".credential") and "/" not in name
                path = f".tccli/{name}" if in_tccli else name
                write_file(tmp_path, path, content)
        list_session(make_client(environ, **configuration))
        providers = [
            request.body["ProviderId"] for request in cloud.requests.of("AssumeRoleWithWebIdentity")
        ]
        providers_used = providers or ["metadata" for _ in cloud.requests.of("metadata")]
        # If a role is assumed, the keys sign that request instead of the listing.
        requests = cloud.requests.of("AssumeRole") or cloud.requests.of(
            "DescribeSessionImageVersion"
        )
        return requests[-1].secret_id, " ".join(providers_used)

    return list_images


@pytest.fixture
def make_transport() -> Iterator[Callable[..., Transport]]:
    """Make transports with only the given environment, and close them."""
    transports: list[Transport] = []

    def make(
        environ: dict[str, str] | None = None, check_cancelled: Callable[[], None] = lambda: None
    ) -> Transport:
        transports.append(Transport(NetworkEnvironment(environ or {}), check_cancelled))
        return transports[-1]

    yield make
    for transport in transports:
        transport.close()
