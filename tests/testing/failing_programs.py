"""Text of test modules with programs that all fail. Their output must not contain the secret."""

from __future__ import annotations

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
def test_other(name, environment):
    run(lambda: PROGRAMS[name]() and None, environment=environment, mocks=Mocks())
"""
