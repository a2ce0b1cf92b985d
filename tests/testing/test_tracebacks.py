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

PROVIDERS = f"""
import asyncio
import dataclasses
import decimal
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.testing import ProviderMocks, run, run_on

SECRET = {SECRET!r}
RECURSIVE = {{"external_id": SECRET}}
RECURSIVE["role_arn"] = RECURSIVE
LEVELS = [SECRET]
for _ in range(5000):
    LEVELS = [LEVELS, SECRET]


@dataclasses.dataclass
class Role:
    external_id: str


class Unreadable(Mapping):
    def __init__(self):
        self._data = {{"external_id": SECRET}}

    def __len__(self):
        return 1

    def __iter__(self):
        raise OSError("unreadable")

    def __getitem__(self, key):
        return self._data[key]

    def __repr__(self):
        return repr(self._data)


class Mocks(pulumi.runtime.Mocks):
    def call(self, args):
        return {{}}

    def new_resource(self, args):
        return args.name, {{}}


def resolve(value):
    return pulumi.Output.secret(value)


def later(value):
    return pulumi.Output.from_input(0).apply(lambda _: value)


def fail():
    return pulumi.Output.from_input({{}}).apply(lambda outputs: outputs["missing"])


async def wait_and_fail():
    raise OSError("unreachable")


async def wait_for(value):
    return value


def role(**more):
    return resolve({{"external_id": SECRET, **more}})


ARGUMENTS = {{
    "failing output": lambda: dict(region=fail()),
    "output that fails in a library": lambda: dict(region=pulumi.Output.json_loads("x")),
    "failing awaitable": lambda: dict(profile=wait_and_fail()),
    "failing output in a map": lambda: dict(
        assume_role={{"external_id": resolve(SECRET), "role_arn": fail()}}
    ),
    "failing output in a list": lambda: dict(allowed_account_ids=[resolve(SECRET), fail()]),
    "two failing outputs": lambda: dict(profile=wait_and_fail(), region=fail(), site=fail()),
    "decimal": lambda: dict(assume_role=role(session_duration=decimal.Decimal(7200))),
    "set": lambda: dict(assume_role=role(role_arn={{1}})),
    "bytes": lambda: dict(secret_id=later(SECRET.encode())),
    "dataclass": lambda: dict(assume_role=later(Role(SECRET))),
    "generator": lambda: dict(assume_role=role(role_arn=(_ for _ in SECRET))),
    "tuple key": lambda: dict(assume_role=later({{"external_id": SECRET, (1, 2): 3}})),
    "map that contains itself": lambda: dict(assume_role=RECURSIVE),
    "output of a map that contains itself": lambda: dict(assume_role=later(RECURSIVE)),
    "awaitable of a map that contains itself": lambda: dict(assume_role=wait_for(RECURSIVE)),
    "list of many levels": lambda: dict(allowed_account_ids=LEVELS),
    "unreadable map": lambda: dict(assume_role=Unreadable()),
    "output of an unreadable map": lambda: dict(assume_role=later(Unreadable())),
}}


def add_secrets(**more):
    keys = dict(secret_id=SECRET, secret_key=SECRET, security_token=resolve(SECRET))
    return {{"assume_role": {{"external_id": SECRET}}, **keys, **more}}


@pytest.fixture(params=ARGUMENTS)
def program(request):
    arguments = ARGUMENTS[request.param]
    return lambda: tcimages.Provider("p", **add_secrets(**arguments())) and None


def test_run(program):
    run(program)


def test_run_on(program):
    with ProviderMocks(Mocks()) as monitor:
        run_on(monitor, program)


def test_mocks_of_pulumi(program):
    with ThreadPoolExecutor(1, initializer=open_loop) as thread:
        thread.submit(run_with_pulumi, program).result()


def open_loop():
    loop = asyncio.new_event_loop()
    # A report of an error that nobody awaited can end pytest on Python 3.11, if it occurs while
    # pytest parses a file.
    loop.set_exception_handler(lambda *_: None)
    asyncio.set_event_loop(loop)


def run_with_pulumi(program):
    pulumi.runtime.set_mocks(Mocks())
    pulumi.runtime.test(program)()
"""
OTHER_ERRORS = f"""
import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.testing import run

SECRET = {SECRET!r}


class Bucket(pulumi.CustomResource):
    def __init__(self, name, props, opts=None):
        super().__init__("other:index:Bucket", name, props, opts)


class Mocks(pulumi.runtime.Mocks):
    def call(self, args):
        raise OSError("no function")

    def new_resource(self, args):
        token = args.typ
        args = None
        raise OSError(token)


def secret():
    return pulumi.Output.secret(SECRET)


def fail():
    return pulumi.Output.from_input({{}}).apply(lambda outputs: outputs["missing"])


def unknown_function():
    pulumi.runtime.invoke("other:index:getBucket", {{"name": "a"}})


def unknown_output():
    return pulumi.runtime.invoke_output("other:index:getBucket", {{"name": secret()}})


PROGRAMS = {{
    "resource": lambda: Bucket("b", {{"password": secret(), "size": 1}}),
    "failing argument of a resource": lambda: Bucket("b", {{"a": secret(), "b": fail()}}),
    "function": unknown_function,
    "function of an output": unknown_output,
    "argument of a pin": lambda: tcimages.PlatformImagePin(
        "pin", framework=secret(), image_name=fail(), name_regex=secret(), latest=True
    ),
    "argument of an image": lambda: tcimages.get_platform_image_output(
        framework=secret(), image_name=fail(), name_regex=secret(), latest=True
    ),
    "map of an image": lambda: tcimages.get_platform_image_output(
        components={{"cuda": secret(), "python": fail()}}, latest=True
    ),
    "wrong argument of an image": lambda: tcimages.get_platform_image_output(
        framework=secret(), name_regex="(", latest=True
    ),
    "wrong argument of a pin": lambda: tcimages.PlatformImagePin(
        "pin", framework=secret(), image_name=secret(), gpu=secret(), latest=True
    ),
    "provider of a failing function": lambda: tcimages.get_platform_image_output(
        framework=secret(), latest=True, opts=pulumi.InvokeOptions(provider=create_provider(fail()))
    ),
    "provider of a failing pin": lambda: tcimages.PlatformImagePin(
        "pin", framework=secret(), opts=pulumi.ResourceOptions(provider=create_provider(fail()))
    ),
    "export": lambda: pulumi.export("a", {{"a": secret(), "b": fail(), "c": secret()}}),
    "plain text": lambda: tcimages.get_platform_image(framework=SECRET, name_regex="("),
    "plain text of a wrong type": lambda: tcimages.get_platform_image(framework=SECRET, gpu={{1}}),
}}


def create_provider(region):
    return tcimages.Provider("p", secret_key=secret(), security_token=SECRET, region=region)


@pytest.fixture(scope="module")
def environment():
    with Emulator() as cloud:
        yield cloud.environment


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name, environment):
    run(lambda: PROGRAMS[name]() and None, environment=environment, mocks=Mocks())
"""


def run_pytest(file: Path, text: str, options: list[str]) -> str:
    """Run pytest on tests that all fail, and return its output."""
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-vv", *options, str(file)]
    # The order of a set depends on this seed. With 5, a secret is before the failing argument.
    environment = {**os.environ, "ANOTHER_VALUE": SECRET, "PYTHONHASHSEED": "5"}
    return subprocess.run(command, capture_output=True, text=True, env=environment).stdout


@pytest.mark.parametrize("options", [[], ["--tb=long"], ["--tb=long", "--showlocals"]], ids=str)
def test_failed_programs_print_no_keys(tmp_path: Path, options: list[str]) -> None:
    output = run_pytest(tmp_path / "test_program.py", TESTS, options)

    assert "31 failed" in output
    assert [line for line in output.splitlines() if SECRET in line] == []
    advice = "config key tcimages:assumeRole: the value cannot be written as JSON"
    assert output.count(f"] - TypeError: {advice}") == 14


@pytest.mark.parametrize("options", [[], ["--tb=long"], ["--tb=long", "--showlocals"]], ids=str)
def test_failed_arguments_of_a_provider_reveal_no_others(
    tmp_path: Path, options: list[str]
) -> None:
    output = run_pytest(tmp_path / "test_providers.py", PROVIDERS, options)

    assert "54 failed" in output
    assert [line for line in output.splitlines() if SECRET in line] == []
    assert output.count('lambda outputs: outputs["missing"]') >= 12  # the line of the program
    assert output.count('raise OSError("unreachable")') >= 3
    assert output.count("] - KeyError: 'missing'") >= 9
    assert output.count("Argument assume_role\n") >= 24


@pytest.mark.parametrize("options", [["--tb=long"], ["--tb=long", "--showlocals"]], ids=str)
def test_errors_of_a_program_print_no_variables_of_pulumi(
    tmp_path: Path, options: list[str]
) -> None:
    output = run_pytest(tmp_path / "test_others.py", OTHER_ERRORS, options)

    assert "14 failed" in output
    assert [line for line in output.splitlines() if SECRET in line] == []
    assert "site-packages" not in output.partition("= FAILURES =")[2]
