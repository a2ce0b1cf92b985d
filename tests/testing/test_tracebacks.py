"""The output of pytest for failing programs, with all arguments and local variables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "canary-of-a-value"  # short, because pytest shortens long values
TESTS = f"""
import decimal

import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.testing import ProviderMocks, run, run_on

SECRET = {SECRET!r}
RECURSIVE = {{"externalId": SECRET}}
RECURSIVE["itself"] = RECURSIVE
NO_JSON = {{
    "decimal": {{"externalId": SECRET, "sessionDuration": decimal.Decimal(7200)}},
    "set": {{"externalId": SECRET, "names": {{1, 2}}}},
    "bytes": {{"externalId": SECRET, "name": b"x"}},
    "tuple key": {{"externalId": SECRET, (1, 2): 3}},
    "recursive": RECURSIVE,
    "half a character": SECRET + "\\ud800",
    "half a character inside": {{"externalId": SECRET + "\\ud800"}},
}}
CALLS = {{
    "function": lambda: run(lambda: 1 / 0, environment=variables()),
    "coroutine": lambda: run(fail, environment=variables()),
    "lookup": lambda: run(look_up, environment=variables(REGION="no such region")),
    "pin": lambda: run(create_pin, environment=variables(REGION="no such region")),
    "no text": lambda: run(look_up, environment=variables(REGION=5)),
    "missing program": lambda: run("missing.py", environment=variables()),
    "no such key": lambda: run(look_up, environment=variables(), config=configure(bad="x")),
    "configured region": lambda: run(look_up, config=configure(region="no such region")),
    "provider of a wrong type": lambda: run(lambda: create_provider(region=5)),
    "provider without a name": lambda: run(lambda: create_provider(name="")),
    "provider of a wrong region": lambda: run(lambda: look_up(create_provider(region="x y"))),
    "broken plugin": lambda: run(look_up, environment={{**variables(), "PYTHONHOME": "/nowhere"}}),
    "variable with half a character": lambda: run(look_up, environment=variables(X="\\ud800")),
    "variable with a null character": lambda: run(look_up, environment=variables(X="a\\0b")),
    "variable with a wrong name": lambda: run(look_up, environment={{**variables(), "X=Y": "a"}}),
    "variable that is too long": lambda: run(look_up, environment=variables(X="a" * 3_000_000)),
    "number as a key": lambda: run(look_up, config={{5: SECRET}}),
}}


def variables(**more):
    values = dict(SECRET_KEY=SECRET, SECRET_ID=SECRET, **more)
    return {{f"TENCENTCLOUD_{{name}}": value for name, value in values.items()}}


def configure(**more):
    return {{f"tcimages:{{name}}": value for name, value in dict(secretKey=SECRET, **more).items()}}


def create_provider(name="p", **more):
    return tcimages.Provider(name, secret_key=SECRET, assume_role={{"external_id": SECRET}}, **more)


def look_up(provider=None):
    opts = pulumi.InvokeOptions(provider=provider)
    return tcimages.get_platform_image(framework="vllm", latest=True, opts=opts)


def create_pin():
    tcimages.PlatformImagePin("pin", framework="vllm", latest=True)


async def fail():
    raise ValueError


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_program(call):
    call()


@pytest.mark.parametrize("name", NO_JSON)
def test_run(name):
    run(look_up, config={{"tcimages:assumeRole": NO_JSON[name]}})


@pytest.mark.parametrize("name", NO_JSON)
def test_run_on(name):
    with ProviderMocks(environment=variables()) as monitor:
        run_on(monitor, look_up, config={{"assumeRole": NO_JSON[name]}}, project="tcimages")
"""


@pytest.mark.parametrize("options", [[], ["--tb=long"], ["--tb=long", "--showlocals"]], ids=str)
def test_failed_programs_print_no_keys(tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "test_program.py"
    file.write_text(TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-vv", *options, str(file)]

    completed = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "ANOTHER_VALUE": SECRET}
    )

    assert "31 failed" in completed.stdout
    assert [line for line in completed.stdout.splitlines() if SECRET in line] == []
    advice = "config key tcimages:assumeRole: the value cannot be written as JSON"
    assert completed.stdout.count(f"] - TypeError: {advice}") == 14
