"""Convert the plugin's log messages to Python warnings.

A small server replaces the engine's log. It keeps messages until the call that caused them has
returned. Then it issues the warnings in the caller's thread, where a filter can turn them into
errors.
"""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class PluginWarning(UserWarning):
    """A warning from the plugin. `pulumi up` would show it next to the resource."""


class Log(engine_pb2_grpc.EngineServicer):
    """A gRPC server with the engine's Log method."""

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
        """Issue all received warnings and drop all other messages."""
        with suppress(Empty):
            while True:
                message = self._messages.get_nowait()
                if message.severity >= engine_pb2.WARNING:
                    name = message.urn.rpartition("::")[2]
                    text = f"{name}: {message.message}" if name else message.message
                    warnings.warn(text, PluginWarning, stacklevel=2)

    def close(self) -> None:
        self._server.stop(None).wait()
        self._pool.shutdown()  # Shut down the thread pool here, because the gRPC server does not.
