"""Choose the thread that parses and answers a request.

Small requests are parsed concurrently, and large ones one at a time, on a single thread. A parsed
message takes up to thirty times its size in memory, and each thread keeps some of that. Any local
program could send many large messages at the same time.

A repeated lookup is answered on the event loop, if its response is known. Moving a call to a thread
and back takes 0.15 ms, half of the time for such a lookup.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from inspect import iscoroutinefunction
from typing import Any

import grpc
from google.protobuf.message import DecodeError

FindRepeated = Callable[[Any], Any]

_SMALL_BYTES = 16 * 1024
"""Larger lookups are not compared with earlier ones, which would delay all other calls."""
_LARGE_BYTES = 256 * 1024
"""Larger requests are parsed one at a time, to limit memory. Requests of programs are smaller."""
_HUGE_BYTES = 1024 * 1024
"""Larger requests are also answered one at a time. No useful request is so large."""


class BoundedParsing(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio ships no types
    """Wraps the methods of a service, so that they choose the thread that parses a request."""

    def __init__(
        self, methods: grpc.GenericRpcHandler, threads: Executor, find_repeated: FindRepeated
    ) -> None:
        """Wrap the methods.

        Args:
            threads: the threads for Invoke, which is a coroutine.
            find_repeated: returns the response to a repeated Invoke, or None.
        """
        self._methods = methods
        self._threads = threads
        self._find_repeated = find_repeated
        self._large = ThreadPoolExecutor(1)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        handler = self._methods.service(handler_call_details)
        if not handler or not handler.unary_unary or iscoroutinefunction(handler.unary_unary):
            return handler

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
                context.set_details("the request is no message of this method")
                return None
            return answer(request, context)

        async def run_or_repeat(data: bytes, context: grpc.ServicerContext) -> Any:
            if len(data) <= _SMALL_BYTES:
                with contextlib.suppress(DecodeError):  # `run` reports it.
                    response = self._find_repeated(parse(data))
                    if response is not None:
                        return response
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, run, data, context)

        is_invoke = handler_call_details.method.endswith("/Invoke")
        return grpc.unary_unary_rpc_method_handler(
            run_or_repeat if is_invoke else run, response_serializer=handler.response_serializer
        )


class Registrar:
    """Receives the provider's methods from Pulumi's generated code in place of the server."""

    def __init__(
        self, server: grpc.aio.Server, threads: Executor, find_repeated: FindRepeated
    ) -> None:
        self._server = server
        self._threads = threads
        self._find_repeated = find_repeated

    def add_generic_rpc_handlers(self, handlers: tuple[grpc.GenericRpcHandler]) -> None:
        self._server.add_generic_rpc_handlers(
            tuple(
                BoundedParsing(methods, self._threads, self._find_repeated) for methods in handlers
            )
        )

    def add_registered_method_handlers(self, _service: str, _handlers: dict[str, Any]) -> None:
        """Do nothing: newer generated code of Pulumi registers the same methods again here."""
