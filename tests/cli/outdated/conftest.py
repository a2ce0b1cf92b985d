"""A cloud that has changed since the export, and a function that runs `outdated`."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator
from tests.cli.conftest import Outcome, Shell, use_emulator
from tests.cli.outdated.exports import (
    Check,
)
from tests.engine.outdated_program import change_catalogue


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator whose images have changed since the export."""
    with Emulator(requests_per_second=0) as emulator:
        use_emulator(emulator, monkeypatch)
        change_catalogue(emulator.catalogue)
        yield emulator


@pytest.fixture
def check(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs the command with these documents on stdin."""

    def run(*documents: Any, argv: tuple[str, ...] = ()) -> Outcome:
        texts = [each if isinstance(each, str) else json.dumps(each) for each in documents]
        data = "\n".join(texts).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return shell("outdated", *argv)

    return run
