"""The fixture `tcimages_emulator`: a running emulator of your own, clean for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pulumi_tcimages.emulator import Emulator


_VENDOR = ("TENCENTCLOUD_", "TCCLI_", "TKE_", "TCIMAGES_ENDPOINT_")


@pytest.fixture
def tcimages_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """A stand-in for Tencent Cloud's image APIs, on loopback, with the default catalogue.

    While it runs, this process's environment leads to it, and to no account of the user's.
    """
    from pulumi_tcimages.emulator import Emulator  # not at import: every pytest run loads plugins

    with Emulator() as cloud:
        for name in [one for one in os.environ if one.upper().startswith(_VENDOR)]:
            monkeypatch.delenv(name)
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        yield cloud
