"""The pytest fixture `tcimages_emulator` in a user's tests."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

USER_TESTS = """
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
    names = [thread.name for thread in threading.enumerate() if "emulator" in thread.name]
    assert len(names) == 1

def test_three(tcimages_emulator):
    prefixes = ("TENC", "TCIM")
    variables = {name: os.environ[name] for name in os.environ if name.startswith(prefixes)}
    assert variables == tcimages_emulator.environment

def test_four():
    assert os.environ["TENCENTCLOUD_TOKEN"] == "left over"
    assert "TCIMAGES_ENDPOINT_TIONE" not in os.environ
"""


def run_pytest(folder, tests, **environment):
    """Run tests with the pytest plugin of the package, and return the output."""
    (folder / "test_user.py").write_text(tests)
    (plugin,) = entry_points(group="pytest11", name="tcimages")
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", plugin.value, "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={
            "PATH": os.defpath,
            **environment,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
    )
    return process.stdout + process.stderr


def test_each_test_has_a_new_emulator(tmp_path):
    output = run_pytest(tmp_path, USER_TESTS, **{**os.environ, "TENCENTCLOUD_TOKEN": "left over"})
    assert "4 passed" in output, output


TESTS_WITHOUT_FIXTURE = """
import sys

def list_modules():
    return sorted(name for name in sys.modules if name.startswith("pulumi_tcimages.emulator"))

def test_that_does_not_use_the_fixture():
    assert list_modules() == ["pulumi_tcimages.emulator", "pulumi_tcimages.emulator.pytest_plugin"]
    assert not {"pulumi", "pydantic", "requests", "grpc"} & sys.modules.keys()

def test_that_uses_the_fixture(tcimages_emulator):
    assert "pulumi_tcimages.emulator.gateway" in list_modules()
"""


def test_run_without_the_fixture_imports_only_the_plugin_module(tmp_path):
    output = run_pytest(tmp_path, TESTS_WITHOUT_FIXTURE)
    assert "2 passed" in output, output
