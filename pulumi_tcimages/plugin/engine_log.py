"""What the plugin tells the engine while it works: warnings, and status lines.

Only what the engine's Log shows reaches the user: a plugin's own output is hidden. A log line that
cannot be sent is dropped; it is never a reason for a lookup to fail.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import grpc

from pulumi_tcimages.plugin import pulumi_proto
from pulumi_tcimages.redaction import redact

if TYPE_CHECKING:
    from pulumi_tcimages.plugin.pulumi_proto import engine_pb2, engine_pb2_grpc

_TIMEOUT_S = 2.0
_NO_PROXY = [("grpc.enable_http_proxy", 0)]
"""The engine is on this machine, whatever proxy leads out of it."""


class UrnLog(NamedTuple):
    """The engine's log beside one resource."""

    warn: Callable[[str], None]
    inform: Callable[[str], None]


class EngineLog:
    """The engine's log, at an address that may come late or never."""

    secrets: Sequence[str] = ()
    """What the configuration marks as secret: it is struck out of every line."""

    def __init__(self, address: str = "") -> None:
        self._lock = threading.Lock()
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._told: set[tuple[str, str]] = set()
        self._address = address

    def attach(self, address: str) -> None:
        """Use another address from now on, as Attach asks."""
        with self._lock:
            self._address, self._stub = address, None
            self._told.clear()  # that engine's user has been told nothing yet

    def warn(self, text: str, urn: str = "") -> None:
        """Show a warning, once each."""
        self._once(pulumi_proto.engine_pb2.WARNING, text, urn)

    def inform(self, text: str, urn: str = "") -> None:
        """Show a line of information, once each."""
        self._once(pulumi_proto.engine_pb2.INFO, text, urn)

    def about(self, urn: str) -> UrnLog:
        """The same, for what is about one resource."""
        return UrnLog(partial(self.warn, urn=urn), partial(self.inform, urn=urn))

    def show_status(self, text: str) -> None:
        """Show a line while it is true: it is gone when the operation goes on."""
        messages = pulumi_proto.engine_pb2
        self._send(messages.LogRequest(severity=messages.INFO, message=text, ephemeral=True))

    def _once(self, severity: engine_pb2.LogSeverity.ValueType, text: str, urn: str) -> None:
        with self._lock:
            if (text, urn) in self._told:
                return
            self._told.add((text, urn))
        self._send(pulumi_proto.engine_pb2.LogRequest(severity=severity, message=text, urn=urn))

    def _send(self, request: engine_pb2.LogRequest) -> None:
        request.message = redact(request.message, self.secrets)
        with self._lock:
            if self._stub is None and self._address:
                channel = grpc.insecure_channel(self._address, options=_NO_PROXY)
                self._stub = pulumi_proto.engine_pb2_grpc.EngineStub(channel)
            stub = self._stub
        if stub is not None:
            with contextlib.suppress(grpc.RpcError):
                stub.Log(request, timeout=_TIMEOUT_S)
