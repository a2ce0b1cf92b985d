"""Text of a test module with failing arguments of a provider."""

from __future__ import annotations

from tests.testing.failing_programs import SECRET

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


def test_provider(program):
    run(program)


def test_provider_with_monitor(program):
    with ProviderMocks(Mocks()) as monitor:
        run_on(monitor, program)


def test_provider_with_mocks_of_pulumi(program):
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
