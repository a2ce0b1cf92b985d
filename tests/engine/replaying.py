"""Replay the engine's requests to the plugin, and record calls of commands without a log.

`pulumi do` writes no log of its calls. They go through a `Relay`: a gRPC server in this process
that forwards every call to a real plugin.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from tests.engine.recording import Call, normalize
from tests.plugin.conftest import MAX_MESSAGE, Plugin

MESSAGES: Mapping[str, tuple[Any, Any]] = {
    "Handshake": (provider_pb2.ProviderHandshakeRequest, provider_pb2.ProviderHandshakeResponse),
    "GetPluginInfo": (empty_pb2.Empty, plugin_pb2.PluginInfo),
    "GetSchema": (provider_pb2.GetSchemaRequest, provider_pb2.GetSchemaResponse),
    "CheckConfig": (provider_pb2.CheckRequest, provider_pb2.CheckResponse),
    "DiffConfig": (provider_pb2.DiffRequest, provider_pb2.DiffResponse),
    "Configure": (provider_pb2.ConfigureRequest, provider_pb2.ConfigureResponse),
    "Invoke": (provider_pb2.InvokeRequest, provider_pb2.InvokeResponse),
    "Check": (provider_pb2.CheckRequest, provider_pb2.CheckResponse),
    "Diff": (provider_pb2.DiffRequest, provider_pb2.DiffResponse),
    "Create": (provider_pb2.CreateRequest, provider_pb2.CreateResponse),
    "Read": (provider_pb2.ReadRequest, provider_pb2.ReadResponse),
    "Update": (provider_pb2.UpdateRequest, provider_pb2.UpdateResponse),
    "Delete": (provider_pb2.DeleteRequest, empty_pb2.Empty),
    "Cancel": (empty_pb2.Empty, empty_pb2.Empty),
}


class Plugins:
    """The plugin processes of one command. Each starts with a Handshake and gets one Cancel."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._plugins: list[Plugin] = []
        self._cancelled = 0

    def send(self, method: str, request: Any) -> Any:
        """Send a request to the plugin process that it belongs to. Raises: grpc.RpcError."""
        if method == "Handshake":
            self._plugins.append(Plugin(self._environment))
        plugin = self._plugins[-1]
        if method == "Cancel":
            plugin = self._plugins[self._cancelled]
            self._cancelled += 1
        return getattr(plugin.stub, method)(request)

    def replay(self, call: Call) -> Call:
        """Send a recorded request, and return the call with the new response."""
        method = call["method"]
        request_type, _ = MESSAGES[method]
        request = json_format.ParseDict(call["request"], request_type(), ignore_unknown_fields=True)
        recorded = {"method": method, "request": call["request"]}
        try:
            response = self.send(method, request)
        except grpc.RpcError as error:
            return normalize({**recorded, **describe_error(error)})
        return normalize({**recorded, "response": json_format.MessageToDict(response)})

    def stop(self) -> None:
        for plugin in self._plugins:
            plugin.stop()


def normalize_response(call: Call) -> Call:
    """Return a recorded call in the JSON format of the installed protobuf library."""
    if "error" in call:
        return call
    _, response_type = MESSAGES[call["method"]]
    response = json_format.ParseDict(call["response"], response_type(), ignore_unknown_fields=True)
    return {**call, "response": json_format.MessageToDict(response)}


class Relay(grpc.GenericRpcHandler):
    """A gRPC proxy that forwards every call to a real plugin, and records it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.calls: list[Call] = []
        self._plugins = Plugins(environment)
        self._server = grpc.server(ThreadPoolExecutor(4), handlers=[self], options=MAX_MESSAGE)
        self._port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def executable(self, folder: Path) -> Path:
        """Write a script for the engine to start as the plugin, which prints this server's port."""
        folder.mkdir()
        script = folder / "pulumi-resource-tcimages"
        script.write_text(f"#!/bin/sh\necho {self._port}\nexec sleep 60\n", encoding="utf-8")
        script.chmod(0o755)
        return script

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        method = handler_call_details.method.rpartition("/")[2]
        if method not in MESSAGES:
            return None
        request_type, response_type = MESSAGES[method]
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: self.forward(method, request, context),
            request_deserializer=request_type.FromString,
            response_serializer=response_type.SerializeToString,
        )

    def forward(self, method: str, request: Any, context: grpc.ServicerContext) -> Any:
        call: Call = {"method": method, "request": json_format.MessageToDict(request)}
        self.calls.append(call)
        try:
            response = self._plugins.send(method, request)
        except grpc.RpcError as error:
            call.update(describe_error(error))
            context.abort(error.code(), error.details())
        call["response"] = json_format.MessageToDict(response)
        return response

    def stop(self) -> None:
        self._server.stop(None).wait()
        self._plugins.stop()


def describe_error(error: Any) -> dict[str, str]:
    """Return the status code and the first line of an error; other tests cover its full text."""
    return {"code": error.code().name, "error": error.details().partition("\n")[0]}
