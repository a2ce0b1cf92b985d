"""Run a plugin process, and send it the engine's requests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import grpc

from pulumi_tcimages.plugin.property_values import deserialize, serialize
from pulumi_tcimages.plugin.pulumi_proto import provider_pb2, provider_pb2_grpc

OURS = (sys.executable, "-m", "pulumi_tcimages.plugin")
CONSTANTS = (sys.executable, "-m", "benchmarks.constants_plugin")


class Plugin:
    """A plugin process, started and called as by the engine; a context manager that ends it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start the process, and wait until it prints its port."""
        self.process = subprocess.Popen(
            list(command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self._port = int(self.process.stdout.readline())
        self._channel: grpc.Channel | None = None

    def configure(self, **values: Any) -> None:
        """Send Handshake and Configure over a new connection."""
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self._port}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._stub.Handshake(provider_pb2.ProviderHandshakeRequest())
        self._stub.Configure(provider_pb2.ConfigureRequest(args=serialize(values)))

    def invoke(self, function: str, **arguments: Any) -> dict[str, Any]:
        return deserialize(getattr(self._stub.Invoke(build_invoke(function, arguments)), "return"))

    def send(self, request: Any, limit_s: float) -> Any:
        """Send an Invoke and return the reply. Raises: grpc.RpcError, also after the limit."""
        return self._stub.Invoke(request, timeout=limit_s)

    def invoke_all(self, requests: Sequence[Any], at_once: int) -> None:
        """Send all requests in batches of `at_once`, and wait for the responses of each batch."""
        for start in range(0, len(requests), at_once):
            batch = requests[start : start + at_once]
            for reply in [self._stub.Invoke.future(request) for request in batch]:
                reply.result()

    def resident_mib(self) -> float:
        """Return the current resident memory of the process."""
        return resident_mib(self.process.pid)

    def __enter__(self) -> Plugin:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        if self._channel:
            self._channel.close()
        self.process.communicate()


def build_invoke(function: str, arguments: Mapping[str, Any]) -> Any:
    """Build the engine's request for one lookup."""
    token = f"tcimages:index:{function}"
    return provider_pb2.InvokeRequest(tok=token, args=serialize(arguments))


def resident_mib(pid: int | str) -> float:
    """Return VmRSS from /proc, which only Linux has."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not report VmRSS")
