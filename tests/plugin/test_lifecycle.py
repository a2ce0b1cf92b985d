"""Start and end of a plugin: no pending call or dead engine keeps it running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.emulator import Emulator, Fault
from tests.cloud.faulty_server import FaultyServer, reply
from tests.plugin.conftest import (
    TOKEN,
    Engine,
    Plugin,
    clean_environment,
    plugin_command,
    struct,
)
from tests.timeouts import PATIENCE_S, wait_until

STARTER = """
import subprocess, sys
plugin = subprocess.Popen(sys.argv[1:])
print(plugin.pid, flush=True)
plugin.wait()
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ends_by_itself(pid: int) -> bool:
    has_ended = wait_until(lambda: not is_alive(pid))
    if not has_ended:
        os.kill(pid, signal.SIGKILL)
    return has_ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_plugin_exits_with_success(
    start_plugin: Callable[..., Plugin], number: int
) -> None:
    plugin = start_plugin()

    plugin.process.send_signal(number)

    assert plugin.process.wait(timeout=PATIENCE_S) == 0


@pytest.mark.parametrize("count", [300, 1000])
def test_cancel_returns_at_once_while_lookups_hang(
    plugin: Plugin, cloud: Emulator, count: int
) -> None:
    """Any local program may send more lookups than the plugin has threads."""
    cloud.faults.add("*", Fault(delay_s=3600, times=count))
    requests = [
        provider_pb2.InvokeRequest(
            tok=f"{TOKEN}getSessionImages",
            args=struct(dataEngineId=f"DataEngine-{number}", frameworkType="python"),
        )
        for number in range(count)
    ]

    pending = [plugin.stub.Invoke.future(request) for request in requests]
    assert wait_until(lambda: len(cloud.faults.left()["*"]) <= count - 3)
    were_pending = not any(lookup.done() for lookup in pending)
    plugin.stub.Cancel(empty_pb2.Empty(), timeout=PATIENCE_S)
    codes = {lookup.code() for lookup in pending}

    assert were_pending
    assert codes == {grpc.StatusCode.CANCELLED}  # lookups that are not cancelled end with DEADLINE
    assert plugin.stop() == 0


def test_cancel_ends_all_lookups_that_share_a_listing(plugin: Plugin, cloud: Emulator) -> None:
    cloud.faults.add("*", Fault(delay_s=3600))
    request = provider_pb2.InvokeRequest(tok=f"{TOKEN}getPlatformImages", args=struct())
    pending = [plugin.stub.Invoke.future(request) for _ in range(20)]
    assert wait_until(lambda: not cloud.faults.left())

    plugin.stub.Cancel(empty_pb2.Empty(), timeout=PATIENCE_S)

    assert {lookup.code() for lookup in pending} == {grpc.StatusCode.CANCELLED}


def test_cancelled_plugin_serves_the_next_attached_engine(plugin: Plugin) -> None:
    plugin.stub.Cancel(empty_pb2.Empty())
    code, _ = plugin.invoke_error("getPlatformImages")

    plugin.configure()
    result = plugin.invoke("getPlatformImages", framework="tensorflow")

    assert code == grpc.StatusCode.CANCELLED
    assert result["ids"]


def test_plugin_ends_with_its_parent_process() -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, *plugin_command()],
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.stdout.readline()  # the plugin prints its port once it is ready

    starter.kill()
    starter.communicate()

    assert ends_by_itself(pid)


def test_plugin_ends_with_its_engine(engine: Engine) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, *plugin_command(), engine.address],
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.stdout.readline()

    engine.stop()

    assert ends_by_itself(pid)
    starter.communicate(timeout=PATIENCE_S)


def test_help_is_printed() -> None:
    result = subprocess.run(
        [*plugin_command(), "--help"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )

    assert result.stdout.startswith("usage: pulumi-resource-tcimages [ENGINE_ADDRESS]\n")


def test_log_explains_a_retried_request(
    start_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start_plugin(engine.address)
    busy_response = reply(b"", "Retry-After: 30", status="503 Busy")
    with FaultyServer(busy_response) as cloud:
        plugin.configure(endpoints={"tione": cloud.url})
        pending = plugin.stub.Invoke.future(
            provider_pb2.InvokeRequest(tok=f"{TOKEN}getPlatformImages", args=struct())
        )
        wait_until(lambda: engine.logged)
        plugin.stub.Cancel(empty_pb2.Empty())

    text = "trying again: tione DescribePlatformImages is not answering as it should"
    assert engine.logged == [("INFO", text, "", True)]
    assert pending.code() is grpc.StatusCode.CANCELLED
