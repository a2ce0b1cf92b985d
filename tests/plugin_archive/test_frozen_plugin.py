"""The frozen plugin passes the installed plugin's tests of protocol, exit, faults and replay.

`TCIMAGES_PLUGIN=PATH pytest tests/plugin` runs all of them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archives import ROOT, unpack


@pytest.fixture(scope="module")
def executable(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(archive, tmp_path_factory.mktemp("frozen"))


TESTED = [
    "plugin/test_protocol.py",
    "plugin/test_lifecycle.py",
    "plugin/test_cloud_faults.py",
    "plugin/test_unexpected_exceptions.py",
    "plugin/test_session_pins.py",
    "engine/test_engine_recorded.py",
]


def test_frozen_plugin_passes_the_tests_of_the_installed_one(executable: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-m", "not engine"]

    result = subprocess.run(
        [*command, *(f"tests/{name}" for name in TESTED)],
        cwd=ROOT,
        env={**os.environ, "TCIMAGES_PLUGIN": str(executable)},
        capture_output=True,
        text=True,
    )

    assert result.returncode == 0, result.stdout[-10_000:] + result.stderr[-1000:]
    passed = re.findall(r"^tests/(\S+?)::.* PASSED", result.stdout, re.MULTILINE)
    assert set(passed) == set(TESTED)
