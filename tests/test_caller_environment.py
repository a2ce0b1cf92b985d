"""Variables, folder, umask and ignored signals of the caller do not reach the tests."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import caller_environment

ROOT = Path(__file__).parents[1]
OTHERS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
HOSTILE = {
    **dict.fromkeys(("TCIMAGES_ENDPOINT_TIONE", "TCIMAGES_REQUIRE_ENGINE"), "hostile"),
    **dict.fromkeys(("TENCENTCLOUD_SECRET_ID", "TCCLI_PROFILE", "TKE_ROLE_ARN"), "hostile"),
    **dict.fromkeys(("PULUMI_HOME", "PULUMI_MONITOR", "XDG_CONFIG_HOME"), "hostile"),
    **dict.fromkeys(("http_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("NO_COLOR", "FORCE_COLOR", "CI", "A_NAME_THAT_NOBODY_KNOWS"), "1"),
    "COLUMNS": "20",
    "TERM": "dumb",
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "POSIX",
    "HOME": "/nonexistent",
    "PYTHONWARNINGS": "error",
    "PYTHONPATH": "/nonexistent",
    "PYTEST_ADDOPTS": "--no-header",
}


IGNORING = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def run_tests(*words: str, folder: Path, **environment: str) -> str:
    """Run pytest in another folder, with a strict umask and ignored signals."""
    result = subprocess.run(
        [sys.executable, "-c", IGNORING, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        umask=0o077,
        check=False,
    )
    return result.stdout + result.stderr


def test_clean_environment_is_the_same_for_every_caller() -> None:
    umask = os.umask(0o022)

    assert {name for name in os.environ if HOSTILE.get(name) == os.environ[name]} == set()
    assert caller_environment.list_foreign_variables(report=True) == [
        "HOME",
        "USERPROFILE",
        "LC_ALL",
        "TZ",
    ]
    assert list(Path.home().iterdir()) == []
    assert (umask, Path.cwd(), time.localtime().tm_gmtoff) == (0o022, ROOT, 0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert {signal.getsignal(number) for number in OTHERS} == {signal.SIG_DFL}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()


@pytest.mark.parametrize("processes", ["0", "1"], ids=["alone", "in parallel"])
def test_tests_pass_in_a_hostile_environment(tmp_path: Path, processes: str) -> None:
    test = f"{__file__}::test_clean_environment_is_the_same_for_every_caller"

    report = run_tests("--numprocesses", processes, test, folder=tmp_path, **HOSTILE)

    assert "1 passed" in report, report


@pytest.mark.parametrize("processes", ["0", "1"], ids=["alone", "in parallel"])
def test_requirements_of_the_caller_reach_the_tests(tmp_path: Path, processes: str) -> None:
    test = f"{ROOT}/tests/contract/test_node_client.py"
    variables = {"TCIMAGES_REQUIRE_NODE": "1", "PATH": str(tmp_path)}

    report = run_tests("--numprocesses", processes, test, folder=tmp_path, **variables)

    assert "node is not on PATH" in report, report
    assert re.search(r"[1-9][0-9]* errors? in", report), report
