"""Fixtures: a running emulator, and a client that sends signed requests to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_tcimages.emulator import Emulator
from tests.emulator.raw_client import Caller


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with Emulator(requests_per_second=0) as emulator:
        yield emulator


@pytest.fixture
def caller(cloud: Emulator) -> Caller:
    return Caller(cloud)
