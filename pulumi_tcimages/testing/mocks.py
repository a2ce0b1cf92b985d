"""A mock monitor that calls the real plugin for this package's functions, pins and providers."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import grpc
import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import config as pulumi_config
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime.proto import provider_pb2, resource_pb2
from pulumi.runtime.rpc import UNKNOWN

from pulumi_tcimages.sdk.errors import parse_error
from pulumi_tcimages.testing.exports import read_exports
from pulumi_tcimages.testing.process import PluginProcess, plugin_environment

_PROVIDER = "pulumi:providers:tcimages"
_STACK = "pulumi:pulumi:Stack"
# Older Pulumi SDKs lack `ResourceInvokeResponse` and expect an `InvokeResponse` instead.
_INVOKE_RESPONSE: Any = getattr(resource_pb2, "ResourceInvokeResponse", provider_pb2.InvokeResponse)
__tracebackhide__ = True
"""Hides this module's frames from pytest's tracebacks, which would print keys in arguments."""


class NoMocks(pulumi.runtime.Mocks):
    """The default mocks for the resources and functions of other packages.

    Resources return their inputs as outputs. Functions raise an error.
    """

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        raise NotImplementedError(f"no mock for {args.token}: hand your own mocks to ProviderMocks")

    def new_resource(
        self, args: pulumi.runtime.MockResourceArgs
    ) -> tuple[str | None, dict[Any, Any]]:
        return args.resource_id or f"{args.name}-id", args.inputs


class ProviderMocks(pulumi_mocks.MockMonitor):
    """A monitor for `pulumi.runtime.set_mocks` that passes this package's calls to the real plugin.

        mocks = ProviderMocks(MyMocks(), environment=cloud.environment)
        pulumi.runtime.set_mocks(mocks.mocks, monitor=mocks)

    All other calls go to your mocks. The plugin starts at the first call. It is stopped by `close`,
    at the end of the `with` block, or when this process ends, even if it is killed.
    """

    passes_secrets = True
    """Makes the SDK pass arguments with their secret marks."""
    exports: dict[str, Any]
    """The exports, with secrets as plain values and unknown values as `pulumi.UNKNOWN`."""
    secret_exports: frozenset[str]
    """The names of the secret exports."""

    def __init__(
        self,
        mocks: pulumi.runtime.Mocks | None = None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Create a monitor. The plugin starts at the first call.

        Args:
            mocks: your mocks for the resources and functions of other packages.
            environment: environment variables for the plugin, which replace all keys, regions and
                addresses in this process's environment. By default, the plugin inherits this
                process's environment at the time of the call.
        """
        super().__init__(mocks or NoMocks())
        self._user_mocks: Any = super()
        self.exports, self.secret_exports = {}, frozenset()
        if environment is not None and not _is_environment(environment):
            raise TypeError(
                "environment: expected a map from names to strings, such as the emulator's"
                " .environment"
            )
        self._environment = environment
        self._lock = threading.Lock()
        self._plugins: dict[str, PluginProcess] = {}

    def __enter__(self) -> ProviderMocks:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop all plugin processes. A later call starts a new one."""
        with self._lock:
            while self._plugins:
                self._plugins.popitem()[1].close()

    # The SDK calls the following methods of a monitor.

    def Invoke(self, request: Any) -> Any:
        if not request.tok.startswith("tcimages:"):
            return self._user_mocks.Invoke(request)
        plugin = self._plugin_of(request.provider)
        if not plugin.configured:
            return _INVOKE_RESPONSE()
        answer = plugin.invoke(request.tok, request.args)
        # The field `return` is passed in a dict, because its name is a Python keyword.
        returned: dict[str, Any] = {"return": getattr(answer, "return")}
        return _INVOKE_RESPONSE(failures=answer.failures, **returned)

    def RegisterResource(self, request: Any) -> Any:
        if request.type == _PROVIDER:
            return self._register_provider(request)
        if not request.type.startswith("tcimages:"):
            return self._user_mocks.RegisterResource(request)
        urn = self.make_urn(request.parent, request.type, request.name)
        plugin = self._plugin_of(request.provider)
        with _our_errors():
            image_id, state = plugin.create(urn, request)
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=self._remember(urn, image_id, state), object=state
        )

    def ReadResource(self, request: Any) -> Any:
        if not request.type.startswith("tcimages:"):
            return self._user_mocks.ReadResource(request)
        urn = self.make_urn(request.parent, request.type, request.name)
        plugin = self._plugin_of(request.provider)
        if request.id == UNKNOWN or not plugin.configured:
            return resource_pb2.ReadResourceResponse(urn=urn)
        with _our_errors():
            image_id, state = plugin.read(urn, request.id, request.properties)
        self._remember(urn, image_id, state)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=state)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        if request.urn.split("::")[2] == _STACK:
            self.exports, self.secret_exports = read_exports(request.outputs)
        return self._user_mocks.RegisterResourceOutputs(request)

    def _register_provider(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        with _our_errors():
            self._plugin_of(f"{urn}::", request.object)
        provider_id = self._remember(urn, f"{request.name}-id", request.object)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=provider_id, object=request.object)

    def _remember(self, urn: str, known_id: str, state: Struct) -> str:
        self.resources[urn] = self.ResourceRegistration(urn, known_id, read_exports(state)[0])
        return known_id

    def _plugin_of(self, reference: str, inputs: Struct | None = None) -> PluginProcess:
        """Return the plugin for a provider reference (`urn::id`, or "" for the default provider).

        If the configuration has changed, a new plugin replaces the running one, because several
        programs may use the same mocks.
        """
        urn = reference.rpartition("::")[0]
        with self._lock:
            running = self._plugins.get(urn)
            if urn and inputs is None:
                if running is None:
                    raise LookupError(f"{urn} was not registered with these mocks")
                return running
            provider_inputs = _stack_inputs() if inputs is None else inputs
            if running is not None:
                if running.has_settings(provider_inputs, self._environment):
                    return running
                self._plugins.pop(urn).close()
            environment = plugin_environment(self._environment)
            plugin = PluginProcess(provider_inputs, environment, urn)
            self._plugins[urn] = plugin
            return plugin


def _is_environment(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    return all(isinstance(text, str) for pair in value.items() for text in pair)


def _stack_inputs() -> Struct:
    """Return the inputs of the default provider: the stack's `tcimages:` configuration."""
    config: Any = pulumi_config.CONFIG
    values = config.get() if isinstance(config, contextvars.ContextVar) else config
    inputs = Struct()
    for key, value in values.items():
        if key.startswith("tcimages:"):
            inputs[key.removeprefix("tcimages:")] = value
    return inputs


@contextmanager
def _our_errors() -> Iterator[None]:
    """Convert the plugin's gRPC errors in the block to the package's exceptions."""
    try:
        yield
    except grpc.RpcError as status:
        raise parse_error(status.details()) from None
