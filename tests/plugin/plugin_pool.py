"""Plugin processes that serve one test after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2

from tests.timeouts import PATIENCE_S

if TYPE_CHECKING:
    from tests.plugin.conftest import Plugin

_MAX_IDLE = 4


class PluginPool:
    """Plugin processes without an engine address, to which tests attach like engines.

    The start of a process takes longer than most tests. After Cancel, Attach and Configure reset
    all state of a plugin, so that a test cannot affect the next one.
    """

    def __init__(self, start: Callable[[Mapping[str, str]], Plugin]) -> None:
        self.emulator_port = 0
        """The port of every test's emulator. It is in the environment of the processes."""
        self._start = start
        self._environments: dict[Plugin, dict[str, str]] = {}
        self._idle: list[Plugin] = []

    def take(self, environment: Mapping[str, str], engine_address: str = "") -> Plugin:
        """Return an idle process with this environment, or start one."""
        for plugin in self._idle:
            if self._environments[plugin] == environment and plugin.process.poll() is None:
                self._idle.remove(plugin)
                break
        else:
            plugin = self._start(environment)
            self._environments[plugin] = dict(environment)
        plugin.stub.Attach(plugin_pb2.PluginAttach(address=engine_address))
        return plugin

    def give_back(self, plugin: Plugin) -> None:
        """Cancel all calls, and keep the process for the next test unless it has ended or hangs."""
        if plugin.process.poll() is None and _can_cancel(plugin):
            self._idle.append(plugin)
        else:
            plugin.process.kill()
            self._stop(plugin)
        while len(self._idle) > _MAX_IDLE:
            self._stop(self._idle.pop(0))

    def close(self) -> None:
        """End all idle processes."""
        while self._idle:
            self._stop(self._idle.pop())

    def _stop(self, plugin: Plugin) -> None:
        del self._environments[plugin]
        plugin.stop()


def _can_cancel(plugin: Plugin) -> bool:
    try:
        plugin.stub.Cancel(empty_pb2.Empty(), timeout=PATIENCE_S)
    except grpc.RpcError:
        return False
    return True
