"""The plugin's process loads no asyncio, and has it all the same."""

from __future__ import annotations

import subprocess
import sys

_LOOK_UP = """
import pulumi_tcimages.plugin.__main__
import pulumi_tcimages.plugin.server
from pulumi_tcimages.cloud.lean_requests import load_requests

load_requests()
"""
_SHOW = """
import sys

print([one for one in sys.modules if one.startswith(("asyncio", "grpc.aio", "_compat_pickle"))])
"""
_USE = """
import asyncio.events
from asyncio import sleep
from pulumi_tcimages.plugin.lean_grpc import grpc

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
print(asyncio.events is sys.modules["asyncio"].events)
"""


def run(*parts: str) -> list[str]:
    command = [sys.executable, "-c", "".join(parts)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def test_what_a_lookup_imports_leaves_asyncio_a_mere_name() -> None:
    assert run(_LOOK_UP, _SHOW) == ["['asyncio', 'grpc.aio']"]


def test_who_asks_for_asyncio_after_all_gets_it() -> None:
    shown = run(_LOOK_UP, "import sys", _USE)

    assert shown == ["UNIMPLEMENTED", "True"]


def test_who_asks_for_pickle_after_all_gets_it() -> None:
    assert run(_LOOK_UP, "import pickle\nprint(pickle.loads(pickle.dumps(1)))") == ["1"]


def test_asyncio_that_is_loaded_already_stays() -> None:
    shown = run("import asyncio\n", _LOOK_UP, "print(asyncio.run.__module__)")

    assert shown == ["asyncio.runners"]
