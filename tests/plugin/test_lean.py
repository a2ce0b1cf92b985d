"""The plugin's process loads nothing that it never uses, and has it all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

_LOOK_UP = """
import pulumi_tcimages.plugin.__main__
import pulumi_tcimages.plugin.server
from pulumi_tcimages.cloud.lean_requests import load_requests
from pulumi_tcimages.core.versions import read_range
from pulumi_tcimages.plugin.protobuf import provider_pb2

load_requests()
read_range(">=2.5,<3")
provider_pb2.InvokeRequest(tok="t")
"""
_SHOW = """
import sys
from pulumi_tcimages.plugin import lean

print(*[one for one in lean._UNUSED if type(sys.modules[one]) is not lean._InName])
print(*[one for one in sys.modules if one.startswith("asyncio.") or one == "_compat_pickle"])
"""
_SERVE = """
import asyncio.events
from asyncio import sleep
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
import sys
print(asyncio.events is sys.modules["asyncio"].events)
"""
_USES = {
    "pickle": "import pickle; print(pickle.loads(pickle.dumps(1)))",
    "idna": "import requests; print(requests.Request('GET', 'http://é.fr').prepare().url)",
    "locale": "import calendar; print(calendar.LocaleTextCalendar().formatmonthname(2026, 1, 0))",
    "zipfile": "from zipfile import ZipFile; print(ZipFile.__module__)",
    "shutil": "import tempfile\nwith tempfile.TemporaryDirectory() as there: print(there[:0])",
    "subprocess": "import subprocess; print(subprocess.run(['true']).returncode)",
    "packaging": "from packaging.tags import sys_tags; print(len(list(sys_tags())) > 9)",
    "messages": "from google.protobuf import text_format; print(text_format.MessageToString("
    "provider_pb2.InvokeRequest(tok='t')).strip())",
}


def run(*parts: str) -> list[str]:
    command = [sys.executable, "-c", "\n".join(parts)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def test_what_a_lookup_imports_leaves_the_unused_mere_names() -> None:
    assert run(_LOOK_UP, _SHOW) == ["", ""]


def test_who_asks_for_asyncio_after_all_gets_it() -> None:
    assert run(_LOOK_UP, _SERVE) == ["UNIMPLEMENTED", "True"]


@pytest.mark.parametrize("what", _USES)
def test_who_asks_for_another_gets_it(what: str) -> None:
    assert run(_LOOK_UP, _USES[what]) == run(*_LOOK_UP.splitlines()[-5:-3], _USES[what])


def test_one_that_many_threads_ask_for_at_once_is_loaded_once() -> None:
    ask = """
import csv as real, sys, threading
del sys.modules["csv"]
from pulumi_tcimages.plugin.lean import _InName
sys.modules["csv"] = named = _InName("csv")
start, got = threading.Barrier(16), []
def ask():
    start.wait()
    got.append(named.reader is not None and sys.modules["csv"])
threads = [threading.Thread(target=ask) for _ in range(16)]
[one.start() for one in threads]
[one.join() for one in threads]
print(len(set(map(id, got))), got[0] is not named)
"""
    assert run(ask) == ["1 True"]


def test_one_that_is_loaded_already_stays() -> None:
    shown = run("import asyncio\n", _LOOK_UP, "print(asyncio.run.__module__)")

    assert shown == ["asyncio.runners"]
