"""Send warnings and status lines to the engine's log.

The engine hides a plugin's output, so its Log method is the only way to the user. A line that
cannot be sent is dropped, because it must not make a lookup fail.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import grpc

from pulumi_tcimages.naming import NameStyle, camel, render_names
from pulumi_tcimages.plugin.pulumi_proto import engine_pb2, engine_pb2_grpc
from pulumi_tcimages.redaction import redact

_TIMEOUT_S = 2.0
_MAX_REMEMBERED = 1_000
"""Lines that are remembered, to send each once. The number is limited, because any local program
can cause new lines.
"""
_NO_PROXY = [("grpc.enable_http_proxy", 0)]
"""The engine runs on this machine and is never reached through a proxy."""


class UrnLog(NamedTuple):
    """The engine's log for one resource."""

    warn: Callable[[str], None]
    inform: Callable[[str], None]


class EngineLog:
    """The engine's log. Its address may be set later, or never."""

    secrets: Sequence[str] = ()
    """Secret values of the configuration, which are removed from every line."""

    def __init__(self, address: str = "", style: NameStyle = camel) -> None:
        self._style = style
        self._lock = threading.Lock()
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._sent: set[tuple[str, str]] = set()
        self._address = address

    def attach(self, address: str) -> None:
        """Use the log of another engine from now on."""
        with self._lock:
            self._address, self._stub = address, None
            self._sent.clear()

    def warn(self, text: str, urn: str = "") -> None:
        """Send a warning, unless it has been sent already."""
        self._send_once(engine_pb2.WARNING, text, urn)

    def inform(self, text: str, urn: str = "") -> None:
        """Send a line of information, unless it has been sent already."""
        self._send_once(engine_pb2.INFO, text, urn)

    def about(self, urn: str) -> UrnLog:
        """Return the log for one resource."""
        return UrnLog(partial(self.warn, urn=urn), partial(self.inform, urn=urn))

    def show_status(self, text: str) -> None:
        """Show a line until the operation goes on."""
        self._send(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text, ephemeral=True))

    def _send_once(self, severity: engine_pb2.LogSeverity.ValueType, text: str, urn: str) -> None:
        text = render_names(text, self._style)
        with self._lock:
            if (text, urn) in self._sent:
                return
            if len(self._sent) >= _MAX_REMEMBERED:
                self._sent.clear()
            self._sent.add((text, urn))
        self._send(engine_pb2.LogRequest(severity=severity, message=text, urn=urn))

    def _send(self, request: engine_pb2.LogRequest) -> None:
        request.message = redact(request.message, self.secrets)
        with self._lock:
            if self._stub is None and self._address:
                channel = grpc.insecure_channel(self._address, options=_NO_PROXY)
                self._stub = engine_pb2_grpc.EngineStub(channel)
            stub = self._stub
        if stub is not None:
            with contextlib.suppress(grpc.RpcError):
                stub.Log(request, timeout=_TIMEOUT_S)
