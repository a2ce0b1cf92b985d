"""Run the plugin in a separate process and call it as the engine does."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from typing import Any

import grpc
import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from pulumi_tcimages import __version__
from pulumi_tcimages.sdk.environment import find_own_target
from pulumi_tcimages.sdk.errors import parse_error
from pulumi_tcimages.testing.log import Log

_START_S = 30.0
_PREFIXES = ("TENCENTCLOUD_", "TCCLI_", "TKE_", "TCIMAGES_")
_OPTIONS = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
]
__tracebackhide__ = True
"""Hides this module's frames from pytest's tracebacks, which would print keys in arguments."""


class PluginProcess:
    """A plugin process with one configuration."""

    def __init__(self, inputs: Struct, environment: dict[str, str], urn: str = "") -> None:
        """Start a plugin.

        Args:
            inputs: the provider's configuration.
            urn: the provider's URN for messages, or "" for the default provider.
        """
        self._settings = inputs, _select_settings(environment)
        self._log = Log()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (open while the process runs)
        self._process = self._start(environment)
        self._channel: grpc.Channel | None = None
        atexit.register(self.close)
        try:
            address = f"127.0.0.1:{self._read_port()}"
            self._channel = grpc.insecure_channel(address, options=_OPTIONS)
            self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
            self.configured = self._configure(inputs, urn)
        except BaseException:
            self.close()
            raise

    def _start(self, environment: dict[str, str]) -> subprocess.Popen[str]:
        """Start the process. Raises: RuntimeError, for instance if `environment` is invalid."""
        try:
            return subprocess.Popen(  # noqa: S603 (this Python)
                [*_plugin_command(), self._log.address],
                env={**environment, "TCIMAGES_RUNTIME": "python"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                text=True,
            )
        except (OSError, ValueError) as error:
            self._log.close()
            self._stderr.close()
            # `from None` removes the frames of `subprocess`, whose variables pytest prints.
            raise RuntimeError(f"the plugin did not start. {error}") from None

    def has_settings(self, inputs: Struct, environment: Mapping[str, str] | None) -> bool:
        """Return whether the plugin was started with the same configuration and environment."""
        return self._settings == (inputs, _select_settings(environment or os.environ))

    def call(self, method: str, request: Any) -> Any:
        """Call an RPC method of the plugin, then issue the warnings that it logged.

        Raises: grpc.RpcError with the plugin's message; RuntimeError if the plugin has ended.
        """
        try:
            response = getattr(self._stub, method)(request)
        except grpc.RpcError:
            self._log.warn()
            if self._process.poll() is not None:
                raise RuntimeError(
                    f"the plugin ended during a call.{self._read_stderr()}"
                ) from None
            raise
        self._log.warn()
        return response

    def invoke(self, token: str, arguments: Struct) -> Any:
        """Call a provider function. Raises: grpc.RpcError, RuntimeError."""
        return self.call(
            "Invoke", provider_pb2.InvokeRequest(tok=token, args=arguments, preview=is_preview())
        )

    def create(self, urn: str, request: Any) -> tuple[str, Struct]:
        """Create a pin and return its id and outputs.

        If the provider's configuration is unknown in a preview, the outputs are the inputs.
        """
        if not self.configured:
            return "", request.object
        if request.importId:
            return self.read(urn, request.importId)
        checked = self.call("Check", provider_pb2.CheckRequest(urn=urn, news=request.object))
        if checked.failures:
            raise parse_error("\n".join(failure.reason for failure in checked.failures))
        created = self.call(
            "Create",
            provider_pb2.CreateRequest(urn=urn, properties=checked.inputs, preview=is_preview()),
        )
        return created.id, created.properties

    def read(self, urn: str, known_id: str, properties: Struct | None = None) -> tuple[str, Struct]:
        """Read a pin or, if `properties` is None, import it. Return its id and outputs."""
        response = self.call(
            "Read", provider_pb2.ReadRequest(urn=urn, id=known_id, properties=properties)
        )
        if not response.id:
            raise parse_error(
                f"{urn.rpartition('::')[2]}: there is no resource with the id {known_id}."
            )
        return response.id, response.properties

    def close(self) -> None:
        """Kill the process, which needs no orderly shutdown."""
        atexit.unregister(self.close)
        if self._channel:
            self._channel.close()
        self._process.kill()
        self._process.communicate()
        self._log.close()
        self._stderr.close()

    def _read_port(self) -> int:
        """Read the port from the plugin's first line. Kill the plugin if it does not print one."""
        timer = threading.Timer(_START_S, self._process.kill)
        try:
            # Start the timer inside `try`, so that `finally` cancels it even after Ctrl-C.
            timer.start()
            line = self._process.stdout.readline() if self._process.stdout else ""
        finally:
            timer.cancel()
        if not line.strip().isdigit():
            raise RuntimeError(f"the plugin did not start.{self._read_stderr()}")
        return int(line)

    def _configure(self, provider_inputs: Struct, urn: str) -> bool:
        """Configure the plugin. Return False if a setting is unknown, as may happen in previews."""
        inputs = Struct()
        inputs.CopyFrom(provider_inputs)
        inputs["version"] = __version__
        self.call("Handshake", provider_pb2.ProviderHandshakeRequest())
        checked = self.call("CheckConfig", provider_pb2.CheckRequest(urn=urn, news=inputs))
        if checked.failures:
            raise parse_error("\n".join(failure.reason for failure in checked.failures))
        if UNKNOWN in str(checked.inputs):
            return False
        self.call(
            "Configure",
            provider_pb2.ConfigureRequest(
                args=checked.inputs, acceptSecrets=True, acceptResources=True, urn=urn
            ),
        )
        return True

    def _read_stderr(self) -> str:
        self._stderr.seek(0)
        text = self._stderr.read().decode(errors="replace").strip()
        return f" It said:\n{text}" if text else " It said nothing."


def is_preview() -> bool:
    """Return whether the program runs in a preview."""
    return bool(pulumi.runtime.is_dry_run())


def plugin_environment(variables: Mapping[str, str] | None) -> dict[str, str]:
    """Return this process's environment with additional variables and an absolute PYTHONPATH.

    The variables replace all keys, regions and addresses in the environment.
    """
    hidden = _select_settings(os.environ) if variables else {}
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    paths = filter(None, inherited.get("PYTHONPATH", "").split(os.pathsep))
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, paths)),
        **(variables or {}),
    }


def _select_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that set keys, regions and addresses."""
    return {
        name: value for name, value in environment.items() if name.upper().startswith(_PREFIXES)
    }


def _plugin_command() -> list[str]:
    """Return the command that starts the plugin.

    If possible, the current folder is not on the plugin's import path.
    """
    target = find_own_target()
    return [*map(str, target)] if target else [sys.executable, "-m", "pulumi_tcimages"]
