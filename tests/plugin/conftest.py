"""A real plugin process, called over gRPC as the engine calls it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc

from pulumi_tcimages.core.listing import Listing
from pulumi_tcimages.diagnostics import Where
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.plugin.property_values import deserialize, serialize
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests import caller_environment
from tests.plugin.pin_steps import Stack, vllm_row
from tests.plugin.plugin_pool import PluginPool
from tests.timeouts import PATIENCE_S

TOKEN = "tcimages:index:"
MAX_MESSAGE = [
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
]


class Plugin:
    """A plugin process with a gRPC client."""

    def __init__(self, environment: Mapping[str, str], arguments: tuple[str, ...] = ()) -> None:
        self.process = subprocess.Popen(
            [*plugin_command(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=clean_environment() | dict(environment),
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.port}", options=MAX_MESSAGE)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def configure(self, **values: Any) -> Any:
        return self.stub.Configure(provider_pb2.ConfigureRequest(args=serialize(values)))

    def configure_provider(self, name: str, **values: Any) -> Any:
        """Configure an explicit provider, or the default one if it is called `default_...`."""
        request = provider_pb2.ConfigureRequest(args=serialize(values), name=name)
        return self.stub.Configure(request)

    def invoke(self, function: str, /, **arguments: Any) -> dict[str, Any]:
        request = provider_pb2.InvokeRequest(tok=TOKEN + function, args=serialize(arguments))
        return deserialize(getattr(self.stub.Invoke(request), "return"))

    def invoke_error(self, function: str, /, **arguments: Any) -> tuple[grpc.StatusCode, str]:
        """Return the status and the text of the error that an invoke ends with."""
        with pytest.raises(grpc.RpcError) as caught:
            self.invoke(function, **arguments)
        return caught.value.code(), caught.value.details()

    def stop(self) -> int:
        """Cancel and terminate the plugin as the engine does, and return the exit code."""
        if self.process.poll() is None:
            # Cancel fails if the plugin could not be loaded.
            with contextlib.suppress(grpc.RpcError):
                self.stub.Cancel(empty_pb2.Empty())
            self.process.terminate()
        self.channel.close()
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


def plugin_command() -> list[str]:
    """Return the command that starts the plugin: the executable in TCIMAGES_PLUGIN, or this
    checkout."""
    executable = caller_environment.get_variable("TCIMAGES_PLUGIN")
    if executable:
        return [str(Path(executable).resolve())]
    return [sys.executable, "-m", "pulumi_tcimages.plugin"]


def clean_environment() -> dict[str, str]:
    """Return this environment without a home folder, with deprecation warnings as errors."""
    return {
        **os.environ,
        "HOME": "/nonexistent",
        "PYTHONWARNINGS": "error::DeprecationWarning",
    }


class OneImageCloud:
    """A cloud that lists one image, with a new listing object for each instance."""

    def __init__(self, image_id: str = "i-1") -> None:
        image = PlatformImage(image_id=image_id, framework="PyTorch", framework_version="2.3")
        self.listing = Listing((image,), 1, Where("ap-guangzhou", "localhost"))

    def list_images(self, *_: Any, **__: Any) -> Listing:
        return self.listing


@pytest.fixture(scope="session")
def plugin_pool() -> Iterator[PluginPool]:
    pool = PluginPool(Plugin)
    yield pool
    pool.close()


@pytest.fixture
def cloud(plugin_pool: PluginPool) -> Iterator[Emulator]:
    """A new emulator, if possible on the port that is in the environment of pooled plugins."""
    try:
        emulator = Emulator(plugin_pool.emulator_port, requests_per_second=0).start()
    except OSError:  # Another program uses the port now.
        emulator = Emulator(requests_per_second=0).start()
    plugin_pool.emulator_port = int(emulator.address.rpartition(":")[2])
    yield emulator
    emulator.stop()


@pytest.fixture
def attach_plugin(plugin_pool: PluginPool, cloud: Emulator) -> Iterator[Callable[..., Plugin]]:
    """Attach to plugins without configuration, whose processes served other tests before."""
    plugins: list[Plugin] = []

    def attach(engine_address: str = "", environment: Mapping[str, str] | None = None) -> Plugin:
        plugin_environment = cloud.environment if environment is None else environment
        plugins.append(plugin_pool.take(plugin_environment, engine_address))
        return plugins[-1]

    yield attach
    for plugin in plugins:
        plugin_pool.give_back(plugin)


@pytest.fixture
def start_plugin(cloud: Emulator) -> Iterator[Callable[..., Plugin]]:
    """Start plugins for one test, as an engine does, and stop them at its end."""
    plugins: list[Plugin] = []

    def start_with(*arguments: str, environment: Mapping[str, str] | None = None) -> Plugin:
        plugin_environment = cloud.environment if environment is None else environment
        plugins.append(Plugin(plugin_environment, arguments))
        return plugins[-1]

    yield start_with
    for plugin in plugins:
        plugin.stop()


@pytest.fixture
def plugin(attach_plugin: Callable[..., Plugin]) -> Plugin:
    """A plugin without configuration: keys, region and endpoints come from its environment."""
    plugin = attach_plugin()
    plugin.configure()
    return plugin


@pytest.fixture
def vllm_cloud(cloud: Emulator) -> Emulator:
    """A cloud with two vLLM images, of which 0.20.2 is the newest."""
    for row in cloud.catalogue.platform_images():
        cloud.catalogue.withdraw_platform_image(row["ImageId"])
    for version in ("0.9.1", "0.20.2"):
        cloud.catalogue.add_platform_image(vllm_row(version))
    return cloud


@pytest.fixture
def attach_uncached(
    vllm_cloud: Emulator, attach_plugin: Callable[..., Plugin]
) -> Callable[..., Plugin]:
    """Attach to plugins that list anew for each call, without waiting for the rate limit."""

    def attach_configured(engine_address: str = "", **configuration: Any) -> Plugin:
        plugin = attach_plugin(engine_address, vllm_cloud.environment)
        plugin.configure(cacheTtlSeconds=0, maxRequestsPerSecond=1000, **configuration)
        return plugin

    return attach_configured


@pytest.fixture
def stack(attach_uncached: Callable[..., Plugin]) -> Stack:
    """A stack whose pin is not created yet."""
    return Stack(attach_uncached().stub)


class Engine(engine_pb2_grpc.EngineServicer):
    """The engine's gRPC server, which records the log lines it receives."""

    def __init__(self) -> None:
        self.logged: list[tuple[str, str, str, bool]] = []
        self._server = grpc.server(ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Log(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        severity = engine_pb2.LogSeverity.Name(request.severity)
        self.logged.append((severity, request.message, request.urn, request.ephemeral))
        return empty_pb2.Empty()

    def stop(self) -> None:
        self._server.stop(None).wait()


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine_server = Engine()
    yield engine_server
    engine_server.stop()


def struct(**values: Any) -> struct_pb2.Struct:
    return serialize(values)
