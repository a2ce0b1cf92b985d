"""Send warnings and status lines to the engine's log, which shows them to the user.

The engine hides a plugin's output, so its Log method is the only way to reach the user. A line that
cannot be sent is dropped, because a lookup must not fail over a log message.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import grpc

from pulumi_tcimages.naming import NameStyle, camel, render_names
from pulumi_tcimages.redaction import redact

if TYPE_CHECKING:
    from pulumi_tcimages.plugin.pulumi_proto import engine_pb2_grpc

_Severity = Literal["INFO", "WARNING"]
_TIMEOUT_S = 2.0
_MAX_REMEMBERED = 1_000
"""The maximum number of sent lines to remember, so that they are not sent again.

Without a limit, any local program could fill the memory by calling the plugin.
"""
_NO_PROXY = [("grpc.enable_http_proxy", 0)]
"""The engine runs on this machine, so it must not be called through a proxy."""


class UrnLog(NamedTuple):
    """Functions that write to the engine's log about one resource."""

    warn: Callable[[str], None]
    inform: Callable[[str], None]


class EngineLog:
    """Writes to the engine's log. The engine's address may be set later or never."""

    secrets: Sequence[str] = ()
    """The configuration's secret values, which are redacted from every line."""

    def __init__(self, address: str = "", style: NameStyle = camel) -> None:
        self._style = style
        self._lock = threading.Lock()
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._sent: set[tuple[str, str]] = set()
        self._address = address

    def attach(self, address: str) -> None:
        """Switch to the log of the engine at this address."""
        with self._lock:
            self._address, self._stub = address, None
            self._sent.clear()

    def warn(self, text: str) -> None:
        """Send a warning, unless it has already been sent."""
        self._send_once("WARNING", text)

    def about(self, urn: str, secrets: Sequence[str]) -> UrnLog:
        """Return the log for one resource, which redacts the resource's secret values too."""

        def send(severity: _Severity, text: str) -> None:
            self._send_once(severity, redact(text, secrets), urn)

        return UrnLog(partial(send, "WARNING"), partial(send, "INFO"))

    def show_status(self, text: str) -> None:
        """Show a status line, which the engine removes when the operation continues."""
        self._send("INFO", text, is_ephemeral=True)

    def _send_once(self, severity: _Severity, text: str, urn: str = "") -> None:
        text = render_names(text, self._style)
        with self._lock:
            if (text, urn) in self._sent:
                return
            if len(self._sent) >= _MAX_REMEMBERED:
                self._sent.clear()
            self._sent.add((text, urn))
        self._send(severity, text, urn)

    def _send(
        self, severity: _Severity, text: str, urn: str = "", *, is_ephemeral: bool = False
    ) -> None:
        try:
            # Imported on use: the import takes 0.7 ms, and most lookups log nothing.
            from pulumi_tcimages.plugin.pulumi_proto import engine_pb2, engine_pb2_grpc
        except (ImportError, OSError):  # For instance, the limit of open files is reached.
            return
        request = engine_pb2.LogRequest(
            severity=engine_pb2.LogSeverity.Value(severity),
            message=redact(text, self.secrets),
            urn=urn,
            ephemeral=is_ephemeral,
        )
        with self._lock:
            if self._stub is None and self._address:
                channel = grpc.insecure_channel(self._address, options=_NO_PROXY)
                self._stub = engine_pb2_grpc.EngineStub(channel)
            stub = self._stub
        if stub is not None:
            with contextlib.suppress(grpc.RpcError):
                stub.Log(request, timeout=_TIMEOUT_S)
