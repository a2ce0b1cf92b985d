"""A mock monitor that leaves our own functions, pins and providers to the real plugin."""

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
# What a monitor answers; with older Pulumi SDKs it is the plugin's own message.
_INVOKE_RESPONSE: Any = getattr(resource_pb2, "ResourceInvokeResponse", provider_pb2.InvokeResponse)


class NoMocks(pulumi.runtime.Mocks):
    """For programs that have nothing else: a resource is what was put in, other functions fail."""

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        raise NotImplementedError(f"no mock for {args.token}: hand your own mocks to ProviderMocks")

    def new_resource(
        self, args: pulumi.runtime.MockResourceArgs
    ) -> tuple[str | None, dict[Any, Any]]:
        return args.resource_id or f"{args.name}-id", args.inputs


class ProviderMocks(pulumi_mocks.MockMonitor):
    """A monitor for `pulumi.runtime.set_mocks`: our calls to the real plugin, the rest to yours.

        mocks = ProviderMocks(MyMocks(), environment=cloud.environment)
        pulumi.runtime.set_mocks(mocks.mocks, monitor=mocks)

    The plugin is started at the first call and ends with `close`, with the `with` block, with this
    process, and also if this process is killed.
    """

    keeps_marks = True
    """The plugin gets the arguments as they come, and knows which of them are secret."""
    exports: dict[str, Any]
    """What the program exported: secrets opened, `pulumi.UNKNOWN` where a preview cannot know."""
    secret_exports: frozenset[str]
    """The names of the exports that Pulumi would hide."""

    def __init__(
        self,
        mocks: pulumi.runtime.Mocks | None = None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """A monitor that has started nothing yet.

        Args:
            mocks: Your own, for every resource and function that is not ours.
            environment: Variables for the plugin. If any are given, the keys, region and addresses
                in this process's own environment are kept from it; else it has that environment as
                it is when the plugin is asked.
        """
        super().__init__(mocks or NoMocks())
        self._yours: Any = super()
        self.exports, self.secret_exports = {}, frozenset()
        if environment is not None and not _is_environment(environment):
            raise TypeError(
                "environment is a map of variables, all of them texts: pass the emulator's"
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
        """End every plugin that was started; a later call starts a new one."""
        with self._lock:
            while self._plugins:
                self._plugins.popitem()[1].close()

    # What the SDK calls, in Pulumi's spelling

    def Invoke(self, request: Any) -> Any:
        if not request.tok.startswith("tcimages:"):
            return self._yours.Invoke(request)
        plugin = self._plugin_of(request.provider)
        if not plugin.configured:
            return _INVOKE_RESPONSE()
        answer = plugin.invoke(request.tok, request.args)
        returned: dict[str, Any] = {"return": getattr(answer, "return")}  # a word of Python's
        return _INVOKE_RESPONSE(failures=answer.failures, **returned)

    def RegisterResource(self, request: Any) -> Any:
        if request.type == _PROVIDER:
            return self._register_provider(request)
        if not request.type.startswith("tcimages:"):
            return self._yours.RegisterResource(request)
        urn = self.make_urn(request.parent, request.type, request.name)
        plugin = self._plugin_of(request.provider)
        with _our_errors():
            image_id, state = plugin.create(urn, request)
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=self._remember(urn, image_id, state), object=state
        )

    def ReadResource(self, request: Any) -> Any:
        if not request.type.startswith("tcimages:"):
            return self._yours.ReadResource(request)
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
        return self._yours.RegisterResourceOutputs(request)

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
        """The plugin of a provider reference (`urn::id`), of the stack's configuration if empty.

        Where mocks outlive a program, the next one may configure the same provider differently.
        """
        urn = reference.rpartition("::")[0]
        with self._lock:
            known = self._plugins.get(urn)
            if urn and inputs is None:
                if known is None:
                    raise LookupError(f"{urn} was not registered with these mocks")
                return known
            given = _stack_inputs() if inputs is None else inputs
            if known is not None:
                if known.answers_for(given, self._environment):
                    return known
                self._plugins.pop(urn).close()
            plugin = PluginProcess(given, plugin_environment(self._environment))
            self._plugins[urn] = plugin
            return plugin


def _is_environment(given: object) -> bool:
    if not isinstance(given, Mapping):
        return False
    return all(isinstance(text, str) for pair in given.items() for text in pair)


def _stack_inputs() -> Struct:
    """The inputs of the default provider: the stack's `tcimages:` keys."""
    inputs = Struct()
    for key, value in _stack_config().items():
        if key.startswith("tcimages:"):
            inputs[key.removeprefix("tcimages:")] = value
    return inputs


def _stack_config() -> Mapping[str, Any]:
    config: Any = pulumi_config.CONFIG
    known: Mapping[str, Any] = (
        config.get() if isinstance(config, contextvars.ContextVar) else config
    )
    return known


@contextmanager
def _our_errors() -> Iterator[None]:
    """A status from the plugin becomes the error that it is."""
    try:
        yield
    except grpc.RpcError as refused:
        raise parse_error(refused.details()) from None
