"""Turn the plugin's log messages into Python warnings.

A small server takes the engine's place. Messages wait until the call that caused them returns, so
that a warning is raised in the caller's thread, where a filter can turn it into an error.
"""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class PluginWarning(UserWarning):
    """A warning of the plugin, which `pulumi up` would show beside the resource."""


class Log(engine_pb2_grpc.EngineServicer):
    """The part of the engine that the plugin calls."""

    def __init__(self) -> None:
        self._messages: SimpleQueue[Any] = SimpleQueue()
        self._pool = ThreadPoolExecutor(1, "tcimages-log")
        self._server = grpc.server(self._pool, options=[("grpc.so_reuseport", 0)])
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Log(self, request: Any, context: Any) -> empty_pb2.Empty:
        self._messages.put(request)
        return empty_pb2.Empty()

    def warn(self) -> None:
        """Raise the warnings among the messages so far; the others are dropped."""
        while (message := self._next()) is not None:
            if message.severity >= engine_pb2.WARNING:
                name = message.urn.rpartition("::")[2]
                text = f"{name}: {message.message}" if name else message.message
                warnings.warn(text, PluginWarning, stacklevel=2)

    def close(self) -> None:
        self._server.stop(None).wait()
        self._pool.shutdown()  # the server does not stop it

    def _next(self) -> Any:
        try:
            return self._messages.get_nowait()
        except Empty:
            return None
