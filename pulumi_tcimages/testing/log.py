"""What the plugin tells the engine, told to the test: its warnings become Python's.

Shape: a small server that stands where the engine does. Lines wait until the call that caused them
is back, so that a warning is raised in the caller's thread, where a filter can make an error of it.
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
    """A warning of the plugin, which `pulumi` would show beside the resource."""


class Log(engine_pb2_grpc.EngineServicer):
    """The engine's half that the plugin calls."""

    def __init__(self) -> None:
        self._lines: SimpleQueue[Any] = SimpleQueue()
        self._pool = ThreadPoolExecutor(1, "tcimages-log")
        self._server = grpc.server(self._pool, options=[("grpc.so_reuseport", 0)])
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Log(self, request: Any, context: Any) -> empty_pb2.Empty:
        self._lines.put(request)
        return empty_pb2.Empty()

    def warn(self) -> None:
        """Raise what has come in: warnings; what merely informs is for people at a terminal."""
        while (line := self._next()) is not None:
            if line.severity >= engine_pb2.WARNING:
                name = line.urn.rpartition("::")[2]
                text = f"{name}: {line.message}" if name else line.message
                warnings.warn(text, PluginWarning, stacklevel=2)

    def close(self) -> None:
        self._server.stop(None).wait()
        self._pool.shutdown()  # which a server leaves running

    def _next(self) -> Any:
        try:
            return self._lines.get_nowait()
        except Empty:
            return None
