"""The pytest fixture `tcimages_emulator`, which runs a new emulator for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pulumi_tcimages.emulator import Emulator


_PREFIXES = ("TENCENTCLOUD_", "TCCLI_", "TKE_", "TCIMAGES_ENDPOINT_")


@pytest.fixture
def tcimages_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator of Tencent Cloud's image APIs with the default catalogue.

    During the test, environment variables point to the emulator instead of any real account.
    """
    from pulumi_tcimages.emulator import (
        Emulator,  # Imported on use, because every pytest run imports this module.
    )

    with Emulator() as cloud:
        for name in [name for name in os.environ if name.upper().startswith(_PREFIXES)]:
            monkeypatch.delenv(name)
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        yield cloud
