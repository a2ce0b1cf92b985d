"""The archive of this checkout."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The archive, built once for all workers of a run."""
    from tests.archives import build_archive  # not at the top: Windows has no fcntl

    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    return build_archive(shared / "plugin-archive.lock")
