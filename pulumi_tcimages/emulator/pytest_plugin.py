"""The fixture `tcimages_emulator`: a running emulator of your own, clean for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pulumi_tcimages.emulator import Emulator


@pytest.fixture
def tcimages_emulator() -> Iterator[Emulator]:
    """A stand-in for Tencent Cloud's image APIs, on loopback, with the default catalogue."""
    from pulumi_tcimages.emulator import Emulator  # not at import: every pytest run loads plugins

    with Emulator() as cloud:
        yield cloud
