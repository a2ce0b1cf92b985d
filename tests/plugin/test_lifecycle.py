"""How a plugin starts and ends: no call keeps it, no dead engine leaves it behind."""

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
from tests.cloud.faulty_server import Misbehaving, reply
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
    ended = wait_until(lambda: not is_alive(pid))
    if not ended:
        os.kill(pid, signal.SIGKILL)
    return ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_with_success(start: Callable[..., Plugin], number: int) -> None:
    plugin = start()

    plugin.process.send_signal(number)

    assert plugin.process.wait(timeout=PATIENCE_S) == 0


@pytest.mark.parametrize("count", [300, 1000])
def test_cancel_is_answered_at_once_while_lookups_hang(
    plugin: Plugin, cloud: Emulator, count: int
) -> None:
    """More lookups than the plugin has threads: any local program may send them."""
    cloud.faults.add("*", Fault(delay_s=3600, times=count))
    requests = [
        provider_pb2.InvokeRequest(
            tok=f"{TOKEN}getSessionImages",
            args=struct(dataEngineId=f"DataEngine-{number}", frameworkType="python"),
        )
        for number in range(count)
    ]

    hanging = [plugin.stub.Invoke.future(request) for request in requests]
    assert wait_until(lambda: len(cloud.faults.left()["*"]) <= count - 3)
    are_hanging = not any(lookup.done() for lookup in hanging)
    plugin.stub.Cancel(empty_pb2.Empty(), timeout=PATIENCE_S)
    codes = {lookup.code() for lookup in hanging}

    assert are_hanging
    assert codes == {grpc.StatusCode.CANCELLED}  # lookups that nobody cancels end with DEADLINE
    assert plugin.stop() == 0


def test_cancel_ends_all_lookups_that_wait_for_one_listing(plugin: Plugin, cloud: Emulator) -> None:
    cloud.faults.add("*", Fault(delay_s=3600))
    request = provider_pb2.InvokeRequest(tok=f"{TOKEN}getPlatformImages", args=struct())
    waiting = [plugin.stub.Invoke.future(request) for _ in range(20)]
    assert wait_until(lambda: not cloud.faults.left())

    plugin.stub.Cancel(empty_pb2.Empty(), timeout=PATIENCE_S)

    assert {lookup.code() for lookup in waiting} == {grpc.StatusCode.CANCELLED}


def test_a_cancelled_plugin_answers_the_next_engine_that_is_attached_to_it(plugin: Plugin) -> None:
    plugin.stub.Cancel(empty_pb2.Empty())
    code, _ = plugin.refusal("getPlatformImages")

    plugin.configure()
    found = plugin.invoke("getPlatformImages", framework="tensorflow")

    assert code == grpc.StatusCode.CANCELLED
    assert found["ids"]


def test_a_dead_parent_ends_it_without_an_engine_address() -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, *plugin_command()],
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.stdout.readline()  # the port: it is up

    starter.kill()
    starter.communicate()

    assert ends_by_itself(pid)


def test_a_dead_engine_ends_it_while_its_parent_lives_on(engine: Engine) -> None:
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


def test_help_is_printed_and_nothing_is_served() -> None:
    ran = subprocess.run(
        [*plugin_command(), "--help"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )

    assert ran.stdout.startswith("usage: pulumi-resource-tcimages [ENGINE_ADDRESS]\n")


def test_the_engines_log_shows_why_a_lookup_takes_long(
    start: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start(engine.address)
    busy = reply(b"", "Retry-After: 30", status="503 Busy")
    with Misbehaving(busy) as cloud:
        plugin.configure(endpoints={"tione": cloud.url})
        waiting = plugin.stub.Invoke.future(
            provider_pb2.InvokeRequest(tok=f"{TOKEN}getPlatformImages", args=struct())
        )
        wait_until(lambda: engine.logged)
        plugin.stub.Cancel(empty_pb2.Empty())

    text = "trying again: tione DescribePlatformImages is not answering as it should"
    assert engine.logged == [("INFO", text, "", True)]
    assert waiting.code() is grpc.StatusCode.CANCELLED
