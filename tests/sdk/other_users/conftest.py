"""A Pulumi home in which other users can create files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_tcimages.sdk import discovery


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home whose plugins folder is world-writable and sticky, like /tmp.

    It is not in pytest's own folder: every run of pytest closes that to other users again.
    """
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o711)
        home = Path(base, "home")
        (home / "plugins").mkdir(parents=True)
        (home / "plugins").chmod(0o1777)
        monkeypatch.setenv("PULUMI_HOME", str(home))
        monkeypatch.delenv(discovery.OPT_OUT, raising=False)
        yield home
