"""Parse small requests concurrently, but large ones one at a time, on a single thread.

A parsed message takes up to thirty times its size in memory, and each thread keeps some of that
memory. Any local program could use up the memory by sending many large messages at the same time.
"""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf.message import DecodeError

from pulumi_tcimages.plugin.thread_pools import ThreadPool
from pulumi_tcimages.resource_limits import MEMORY

_LARGE_BYTES = 256 * 1024
"""Requests above this size are parsed one at a time, to limit memory. Programs send smaller ones.
"""
_HUGE_BYTES = 1024 * 1024
"""Requests above this size are parsed and answered one at a time. No useful request is this large.
"""


class BoundedParsing(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio ships no types
    """Wraps the methods of a service, so that they parse large requests on a single thread."""

    def __init__(self, methods: grpc.GenericRpcHandler) -> None:
        self._methods = methods
        self._large = ThreadPool(1)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        handler = self._methods.service(handler_call_details)
        if not handler or not handler.unary_unary:
            return handler
        if hasattr(handler.unary_unary, "experimental_thread_pool"):
            # Cancel has a thread of its own. As a method with a stream of messages, it starts
            # before its message arrives. A caller that never sends one would block the thread.
            return grpc.stream_unary_rpc_method_handler(
                handler.unary_unary, response_serializer=handler.response_serializer
            )

        parse, answer = handler.request_deserializer, handler.unary_unary

        def run(data: bytes, context: grpc.ServicerContext) -> Any:
            try:
                if len(data) > _HUGE_BYTES:
                    whole = self._large.submit(lambda: answer(parse(data), context))
                    return whole.result()
                is_large = len(data) > _LARGE_BYTES
                request = self._large.submit(parse, data).result() if is_large else parse(data)
            except DecodeError:
                context.set_code(grpc.StatusCode.INTERNAL)
                context.set_details("the request is invalid, or nested too deeply")
                return None
            except MemoryError:
                context.set_code(grpc.StatusCode.RESOURCE_EXHAUSTED)
                context.set_details(f"the request is too large: {MEMORY.message}")
                return None
            return answer(request, context)

        return grpc.unary_unary_rpc_method_handler(
            run, response_serializer=handler.response_serializer
        )


class Registrar:
    """Stands in for the server when Pulumi's generated code registers the provider's methods."""

    def __init__(self, server: grpc.Server) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, handlers: tuple[grpc.GenericRpcHandler]) -> None:
        self._server.add_generic_rpc_handlers(tuple(map(BoundedParsing, handlers)))

    def add_registered_method_handlers(self, _service: str, _handlers: dict[str, Any]) -> None:
        """Do nothing, because newer generated code registers the same methods again here."""
