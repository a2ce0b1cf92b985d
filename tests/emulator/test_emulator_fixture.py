"""The fixture that users of the package get: a clean emulator for each of their tests."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

THEIRS = """
import os
import threading
from pulumi_tcimages.emulator import Fault

def test_one(tcimages_emulator):
    assert tcimages_emulator.address.startswith("127.0.0.1:")
    tcimages_emulator.faults.add("DescribePlatformImages", Fault(status=502))
    tcimages_emulator.catalogue.withdraw_platform_image("sglang-v0.5.6.post2")

def test_two(tcimages_emulator):
    assert tcimages_emulator.faults.left() == {}
    assert any(
        row["ImageId"] == "sglang-v0.5.6.post2"
        for row in tcimages_emulator.catalogue.platform_images()
    )
    names = [one.name for one in threading.enumerate() if "emulator" in one.name]
    assert len(names) == 1

def test_three(tcimages_emulator):
    ours = {name: value for name, value in os.environ.items() if name.startswith(("TENC", "TCIM"))}
    assert ours == tcimages_emulator.environment

def test_four():
    assert os.environ["TENCENTCLOUD_TOKEN"] == "left over"
    assert "TCIMAGES_ENDPOINT_TIONE" not in os.environ
"""


def test_each_test_of_a_user_gets_a_clean_emulator(tmp_path):
    (tmp_path / "test_theirs.py").write_text(THEIRS)
    plugin = "pulumi_tcimages.emulator.pytest_plugin"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            plugin,
            "-p",
            "no:cacheprovider",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "TENCENTCLOUD_TOKEN": "left over",
        },
    )
    assert "4 passed" in done.stdout, done.stdout + done.stderr


ANOTHERS = """
import sys

def ours():
    return sorted(name for name in sys.modules if name.startswith("pulumi"))

def test_that_does_not_use_the_fixture():
    assert ours() == [
        "pulumi_tcimages", "pulumi_tcimages.emulator", "pulumi_tcimages.emulator.pytest_plugin"
    ], ours()

def test_that_uses_the_fixture(tcimages_emulator):
    assert "pulumi_tcimages.emulator.gateway" in ours()
"""


def test_a_pytest_run_without_the_fixture_imports_only_the_plugin_module(tmp_path):
    (tmp_path / "test_theirs.py").write_text(ANOTHERS)
    (plugin,) = entry_points(group="pytest11", name="tcimages")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", plugin.value, "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
        env={
            "PATH": os.defpath,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr
