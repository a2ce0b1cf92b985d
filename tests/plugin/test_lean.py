"""The plugin's process loads nothing that it never uses, and has it all the same."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_LOOK_UP = """
import pulumi_tcimages.plugin.__main__
from pulumi_tcimages.plugin.lean import load_pydantic_core
load_pydantic_core()
import pulumi_tcimages.plugin.server
from pulumi_tcimages.cloud.lean_requests import load_requests
from pulumi_tcimages.core.versions import read_range
from pulumi_tcimages.plugin.protobuf import provider_pb2

load_requests()
read_range(">=2.5,<3")
message = provider_pb2.InvokeRequest(tok="t")
"""
_SHOW = """
import sys
from pulumi_tcimages.plugin import lean

loaded = [one for one in lean._UNUSED if type(sys.modules[one]) is not lean._InName]
parts = [one for one in sys.modules if one.startswith(("asyncio.", "idna.", "_compat_pickle"))]
print(loaded + parts)
"""
_SERVE = """
import asyncio
from pulumi_tcimages.plugin.lean import grpc

async def ask():
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        try:
            await channel.unary_unary("/no/such")(b"")
        except grpc.aio.AioRpcError as error:
            print(error.code().name)
    await server.stop(None)

asyncio.run(ask())
import asyncio.events
print(asyncio.events.AbstractEventLoop is asyncio.AbstractEventLoop)
"""
_USES = {
    "import pickle; print(pickle.loads(pickle.dumps(1)))": "1",
    "import requests; print(requests.Request('GET', 'http://é.fr').prepare().url)": (
        "http://xn--9ca.fr/"
    ),
    "import calendar; print(calendar.LocaleTextCalendar(locale='C').formatmonthname(2026, 1, 0))": (
        "January 2026"
    ),
    "import tempfile, zipfile; print(zipfile.is_zipfile(tempfile.TemporaryFile()))": "False",
    "import csv, io; print(next(csv.reader(io.StringIO('a,b'))))": "['a', 'b']",
    "import mimetypes; print(mimetypes.guess_type('a.json')[0])": "application/json",
    "import difflib; print(difflib.get_close_matches('ab', ['abc']))": "['abc']",
    "import shutil; print(shutil.which('no-such-program'))": "None",
    "import subprocess, sys; print(subprocess.run([sys.executable, '-c', '']).returncode)": "0",
    "from packaging.tags import sys_tags; print(any(sys_tags()))": "True",
    "print(str(message).strip())": 'tok: "t"',
}


def run(*parts: str) -> list[str]:
    environment = os.environ | {"PYDANTIC_DISABLE_PLUGINS": "__all__"}  # as `main` has it
    command = [sys.executable, "-c", "\n".join(parts)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return ran.stdout.splitlines()


def test_what_a_lookup_imports_leaves_the_unused_mere_names() -> None:
    assert run(_LOOK_UP, _SHOW) == ["[]"]


def test_who_asks_for_asyncio_after_all_gets_it() -> None:
    assert run(_LOOK_UP, _SERVE) == ["UNIMPLEMENTED", "True"]


@pytest.mark.parametrize(("use", "shown"), _USES.items(), ids=range(len(_USES)))
def test_who_asks_for_another_gets_it(use: str, shown: str) -> None:
    assert run(_LOOK_UP, use) == [shown]


def test_one_that_two_threads_ask_for_at_once_is_loaded_once() -> None:
    ask = """
import csv, sys, threading, types
from pulumi_tcimages.plugin import lean
sys.modules["csv"] = named = lean._InName("csv")
both, real, got = threading.Barrier(2), sys.modules, []

class Modules:
    def get(self, name):
        found = real.get(name)
        try:
            both.wait(0.2)  # until the other has looked, too, if nothing keeps it out
        except threading.BrokenBarrierError:
            pass
        return found

    def __delitem__(self, name):
        del real[name]

lean.sys = types.SimpleNamespace(modules=Modules())
threads = [threading.Thread(target=lambda: got.append(named.DictReader)) for _ in range(2)]
[one.start() for one in threads]
[one.join() for one in threads]
print(len(got), len(set(got)), got[0] is real["csv"].DictReader)
"""
    assert run(ask) == ["2 1 True"]


def test_one_that_is_loaded_already_stays() -> None:
    shown = run("import asyncio\n", _LOOK_UP, "print(asyncio.run.__module__)")

    assert shown == ["asyncio.runners"]


def test_a_dataclass_is_what_it_always_is() -> None:
    ask = """
import dataclasses, pickle
from pulumi_tcimages.plugin import lean

@dataclasses.dataclass(frozen=True, order=True)
class Point:
    x: int
    y: int = dataclasses.field(default=2, repr=False)

one = Point(1)
print(one, one == Point(1, 2), one < Point(2), hash(one) == hash(Point(y=2, x=1)))
print(dataclasses.replace(one, y=3).y, pickle.loads(pickle.dumps(one)) == one)
for wrong in (lambda: Point(), lambda: setattr(one, "x", 3)):
    try:
        wrong()
    except (TypeError, AttributeError) as error:
        print(error)
"""
    assert run(ask) == [
        "Point(x=1) True True True",
        "3 True",
        "Point.__init__() missing 1 required positional argument: 'x'",
        "cannot assign to field 'x'",
    ]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="dataclasses are made in one go there")
def test_a_method_of_a_dataclass_is_made_once_and_not_before_it_is_called() -> None:
    ask = """
import dataclasses
make, made = dataclasses._create_fn, []
dataclasses._create_fn = lambda name, *a, **k: made.append(name) or make(name, *a, **k)
from pulumi_tcimages.plugin import lean

@dataclasses.dataclass
class Point:
    x: int

print(made.count("__init__"), made.count("__eq__"))
print(Point(1) == Point(2), made.count("__init__"), made.count("__eq__"))
"""
    before, after = (one.split() for one in run(ask))
    assert int(after[1]) == int(before[0]) + 1
    assert int(after[2]) == int(before[1]) + 1


_USES_OF_PATTERNS = {
    "from urllib3.util import parse_url; print(parse_url('http://[fe80::1%25e]:8080/a b?c#d'))": (
        "http://[fe80::1%e]:8080/a%20b?c#d"
    ),
    "import http.cookiejar; print(http.cookiejar.http2time('Wed, 09 Feb 1994 22:23:32 GMT'))": (
        "760832612.0"
    ),
    "import platform; print(len(platform.python_version_tuple()))": "3",
    "import http.cookies; print(len(http.cookies.SimpleCookie('a=b; c=d')))": "2",
    "import fractions; print(fractions.Fraction('1.5'))": "3/2",
    "import email.utils; print(email.utils.formataddr(('a, b', 'c@d.e')))": '"a, b" <c@d.e>',
    "import email.header; print(email.header.decode_header('=?utf-8?q?=C3=A9?=')[0][1])": "utf-8",
    "print('é。fr'.encode('idna').decode())": "xn--9ca.fr",
    "import logging; print(logging.Formatter('%(message)s').usesTime())": "False",
}


@pytest.mark.parametrize(("use", "shown"), _USES_OF_PATTERNS.items(), ids=range(9))
def test_a_pattern_that_was_not_compiled_is_when_it_matches(use: str, shown: str) -> None:
    assert run(_LOOK_UP, use) == [shown]


def test_patterns_are_not_compiled_ahead_of_their_use() -> None:
    ask = """
import re, urllib3.util.url as url
late = next(one for one in vars(url).values() if type(one).__name__ == "_LatePattern")
print(type(re.compile("a")).__name__, type(late.pattern).__name__, late.match(" ") is None)
"""
    assert run(_LOOK_UP, ask) == ["Pattern str True"]


_SHAPES = """
import typing_extensions, typing, sys
from pulumi_tcimages.plugin import lean
source = typing if sys.version_info >= (3, 12) else typing_extensions
whole = source.TypedDict
"""


def test_the_shapes_of_schemas_are_dicts_and_typed_dicts_are_whole_again() -> None:
    ask = """
lean.load_pydantic_core()
from pydantic import BaseModel, ConfigDict
from pydantic_core import core_schema

class Model(BaseModel):
    x: int

print(core_schema.IntSchema.__mro__[1].__name__, source.TypedDict is whole)
print(Model(x=1), core_schema.int_schema(ge=1), ConfigDict(strict=True))
"""
    assert run(_SHAPES, ask) == ["_Shape True", "x=1 {'type': 'int', 'ge': 1} {'strict': True}"]


def test_a_pydantic_that_wants_more_of_its_shapes_is_loaded_as_it_is() -> None:
    ask = """
lean._Shape = None
lean.load_pydantic_core()
from pydantic import BaseModel
from pydantic_core import core_schema

class Model(BaseModel):
    x: int

print(core_schema.IntSchema.__mro__[1].__name__, source.TypedDict is whole, Model(x=1))
"""
    assert run(_SHAPES, ask) == ["dict True x=1"]
