"""A minimal plugin with the same libraries (grpc, Pulumi's messages) and a constant response.

It is a lower bound for our plugin. It imports everything before it prints its port. The first
argument is the response as JSON. More arguments are modules to import, to measure their share.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import grpc
from google.protobuf import empty_pb2

from pulumi_tcimages.plugin.property_values import serialize
from pulumi_tcimages.plugin.pulumi_proto import provider_pb2, provider_pb2_grpc


class ConstantProvider(provider_pb2_grpc.ResourceProviderServicer):
    """A provider that returns the same result for every function."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = provider_pb2.InvokeResponse(**{"return": serialize(answer)})

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptResources=True)

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        return self._answer

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        return empty_pb2.Empty()


def main() -> None:
    answer, *modules = sys.argv[1:]
    for name in modules:
        import_module(name)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    server = grpc.server(ThreadPoolExecutor(max_workers=64))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(
        ConstantProvider(json.loads(answer)), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    stopped.wait()
    os._exit(0)


if __name__ == "__main__":
    main()
