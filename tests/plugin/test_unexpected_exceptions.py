"""Unexpected exceptions: one line for the user, a traceback without values for the log."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_tcimages import __version__
from pulumi_tcimages.dependencies import write_reinstall
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.errors import ISSUES
from pulumi_tcimages.plugin.server import Provider
from tests.caller_environment import ENVIRONMENT, get_variable
from tests.plugin.conftest import Plugin

# Joined, so that no source line of a traceback contains it.
CANARY = "-".join(["canary", "value"])


class FailingCloud:
    """A cloud that raises an error: a bug, or too little memory."""

    stack = "prod"
    secret_keys = ()

    def __init__(self, error: Exception) -> None:
        self._error = error

    @property
    def client(self) -> object:
        raise self._error


def catch_invoke_error(cloud: FailingCloud) -> grpc.RpcError:
    """Return the error of an invoke of a provider with this cloud."""
    provider = Provider()
    provider._cloud = cloud
    server = grpc.server(ThreadPoolExecutor(1))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        request = provider_pb2.InvokeRequest(
            tok="tcimages:index:getPlatformImages", args=struct_pb2.Struct()
        )
        with pytest.raises(grpc.RpcError) as caught:
            stub.Invoke(request)
    server.stop(None).wait()
    return caught.value


def test_memory_error_is_not_reported_as_a_bug() -> None:
    error = catch_invoke_error(FailingCloud(MemoryError()))

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert error.details() == (
        "getPlatformImages: there is not enough memory.\n"
        "Next     allow this process more memory, or run less beside it."
    )


def test_bug_is_reported_in_one_sentence_and_logged_without_values(
    capfd: pytest.CaptureFixture[str],
) -> None:
    error = catch_invoke_error(FailingCloud(KeyError(CANARY)))

    assert error.code() is grpc.StatusCode.INTERNAL
    assert error.details() == (
        "getPlatformImages: pulumi-tcimages has a bug (KeyError). Please report it on "
        f"{ISSUES}, with the output of: pulumi up --stack prod --logtostderr --logflow -v=9"
    )
    log = capfd.readouterr().err
    assert "in Invoke" in log
    assert CANARY not in log


def test_every_method_that_can_fail_maps_errors() -> None:
    methods = [name for name in vars(Provider) if name[0].isupper()]
    unwrapped = [name for name in methods if not hasattr(getattr(Provider, name), "__wrapped__")]

    assert unwrapped == ["Cancel"]  # it only sets an event
    assert len(methods) == 17


@pytest.mark.skipif(
    not get_variable("TCIMAGES_PLUGIN"), reason="for a plugin from an archive: set TCIMAGES_PLUGIN"
)
def test_frozen_plugin_with_a_missing_file_shows_the_fix(
    cloud: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable = Path(get_variable("TCIMAGES_PLUGIN"))
    executable_copy = (
        Path(shutil.copytree(executable.parent, tmp_path / "damaged")) / executable.name
    )
    for library in executable_copy.parent.rglob("_pydantic_core.*"):
        library.unlink()
    monkeypatch.setitem(ENVIRONMENT, "TCIMAGES_PLUGIN", str(executable_copy))

    plugin = Plugin(cloud.environment)

    code, text = plugin.invoke_error("getPlatformImages")
    assert plugin.stop() == 0
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert text == (
        "the tcimages plugin cannot be loaded: ModuleNotFoundError: No module named "
        "'pydantic_core._pydantic_core'\n"
        f"Next     remove it with the files in {executable_copy.parent}, "
        "and Pulumi installs it again:\n"
        f"         pulumi plugin rm resource tcimages {__version__} --yes"
    )


@pytest.mark.skipif(
    bool(get_variable("TCIMAGES_PLUGIN")), reason="a frozen plugin imports nothing from PYTHONPATH"
)
def test_broken_installation_shows_the_fix(
    start_plugin: Callable[..., Plugin], cloud: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "packaging.py").write_text("raise ImportError('half an upgrade')")

    plugin = start_plugin(environment={**cloud.environment, "PYTHONPATH": str(tmp_path)})

    code, text = plugin.invoke_error("getPlatformImages")
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert text == (
        "the tcimages plugin cannot be loaded: ImportError: half an upgrade\n"
        f"Next     to install the package again, run:\n         {write_reinstall()}"
    )
