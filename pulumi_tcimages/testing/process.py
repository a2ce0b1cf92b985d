"""One plugin process, configured as the engine configures it, and asked over its own protocol."""

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
_VENDOR = ("TENCENTCLOUD_", "TCCLI_", "TKE_", "TCIMAGES_")
_OPTIONS = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
]


class PluginProcess:
    """One plugin process with one configuration, as the engine would have it."""

    def __init__(self, inputs: Struct, environment: dict[str, str]) -> None:
        self._answers_by = inputs, _vendors(environment)
        self._log = Log()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (it is open as long as the process)
        self._process = subprocess.Popen(  # noqa: S603 (this Python)
            [*_plugin_command(), self._log.address],
            env={**environment, "TCIMAGES_RUNTIME": "python"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )
        self._channel: grpc.Channel | None = None
        atexit.register(self.close)
        try:
            address = f"127.0.0.1:{self._read_port()}"
            self._channel = grpc.insecure_channel(address, options=_OPTIONS)
            self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
            self.configured = self._configure(inputs)
        except BaseException:
            self.close()
            raise

    def answers_for(self, inputs: Struct, given: Mapping[str, str] | None) -> bool:
        """Whether a plugin with this configuration and these variables would answer the same."""
        return self._answers_by == (inputs, _vendors(given or os.environ))

    def call(self, method: str, request: Any) -> Any:
        """The plugin's answer to one RPC. Errors: grpc.RpcError, with the whole message."""
        try:
            answer = getattr(self._stub, method)(request)
        except grpc.RpcError:
            self._log.warn()
            if self._process.poll() is not None:
                raise RuntimeError(f"the plugin ended while it was asked.{self._said()}") from None
            raise
        self._log.warn()
        return answer

    def invoke(self, token: str, arguments: Struct) -> Any:
        """A function's answer. Errors: grpc.RpcError, with the whole message."""
        return self.call(
            "Invoke", provider_pb2.InvokeRequest(tok=token, args=arguments, preview=is_preview())
        )

    def create(self, urn: str, request: Any) -> tuple[str, Struct]:
        """A pin's id and outputs, or its inputs alone where a preview cannot know more."""
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
        """A pin's id and outputs, by an id that is known; imported where it has no properties."""
        found = self.call(
            "Read", provider_pb2.ReadRequest(urn=urn, id=known_id, properties=properties)
        )
        if not found.id:
            raise parse_error(
                f"{urn.rpartition('::')[2]}: there is no resource with the id {known_id}."
            )
        return found.id, found.properties

    def close(self) -> None:
        """End the process. It holds nothing that would need a goodbye."""
        atexit.unregister(self.close)
        if self._channel:
            self._channel.close()
        self._process.kill()
        self._process.communicate()
        self._log.close()
        self._stderr.close()

    def _read_port(self) -> int:
        """The first line. A plugin that does not print it is ended, which ends the reading."""
        too_late = threading.Timer(_START_S, self._process.kill)
        try:
            too_late.start()  # in here, because a Ctrl-C may come while it starts
            line = self._process.stdout.readline() if self._process.stdout else ""
        finally:
            too_late.cancel()
        if not line.strip().isdigit():
            raise RuntimeError(f"the plugin did not start.{self._said()}")
        return int(line)

    def _configure(self, given: Struct) -> bool:
        """Hand the configuration over; False if a preview does not know all of it."""
        inputs = Struct()
        inputs.CopyFrom(given)
        inputs["version"] = __version__
        self.call("Handshake", provider_pb2.ProviderHandshakeRequest())
        checked = self.call("CheckConfig", provider_pb2.CheckRequest(news=inputs))
        if checked.failures:
            raise parse_error("\n".join(failure.reason for failure in checked.failures))
        if UNKNOWN in str(checked.inputs):
            return False
        self.call(
            "Configure",
            provider_pb2.ConfigureRequest(
                args=checked.inputs, acceptSecrets=True, acceptResources=True
            ),
        )
        return True

    def _said(self) -> str:
        self._stderr.seek(0)
        text = self._stderr.read().decode(errors="replace").strip()
        return f" It said:\n{text}" if text else " It said nothing."


def is_preview() -> bool:
    """Whether the program runs as `pulumi preview` does."""
    return bool(pulumi.runtime.is_dry_run())


def plugin_environment(given: Mapping[str, str] | None) -> dict[str, str]:
    """Return this process's variables and the given ones; what is on PYTHONPATH made absolute."""
    kept_back = _vendors(os.environ) if given else {}
    ours = {name: value for name, value in os.environ.items() if name not in kept_back}
    paths = filter(None, ours.get("PYTHONPATH", "").split(os.pathsep))
    return {
        **ours,
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, paths)),
        **(given or {}),
    }


def _vendors(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables by which keys, region and addresses are found."""
    return {name: value for name, value in environment.items() if name.upper().startswith(_VENDOR)}


def _plugin_command() -> list[str]:
    """Return what starts the plugin, as a launcher does: with nothing from the current folder."""
    target = find_own_target()
    return [*map(str, target)] if target else [sys.executable, "-m", "pulumi_tcimages"]
