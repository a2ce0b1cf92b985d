"""The limit of open files is reached while the plugin serves: each error has the fix."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.plugin.__main__ import _explain_broken
from pulumi_tcimages.plugin.server import Provider
from pulumi_tcimages.resource_limits import MEMORY
from tests.plugin.conftest import Plugin, struct

resource = pytest.importorskip("resource", reason="limits of files are POSIX's")
pytestmark = pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="needs to limit another process"
)
FIX = (
    "this process has too many open files. "
    "Next raise its limit of open files (ulimit -n), or run fewer lookups at once."
)
PROVIDER = "urn:pulumi:prod::shop::pulumi:providers:tcimages::default"
PIN = "urn:pulumi:prod::shop::tcimages:index:PlatformImagePin::train"


def use_up_files(process: int) -> None:
    """Let a process open no more files: set its limit to the lowest number that is free."""
    used = {int(file.name) for file in Path(f"/proc/{process}/fd").iterdir()}
    lowest = next(number for number in range(len(used) + 1) if number not in used)
    resource.prlimit(process, resource.RLIMIT_NOFILE, (lowest, lowest))


def create_pin(plugin: Plugin) -> Any:
    properties = struct(framework="pytorch", latest=True)
    return plugin.stub.Create(provider_pb2.CreateRequest(urn=PIN, properties=properties))


def check_wrong_site(plugin: Plugin) -> Any:
    request = provider_pb2.CheckRequest(urn=PROVIDER, news=struct(site="x"))
    return plugin.stub.CheckConfig(request)


CALLS: dict[str, Callable[[Plugin], Any]] = {
    "getPlatformImage: no image matches": lambda plugin: plugin.invoke(
        "getPlatformImage", framework="pytorch", frameworkVersion=">=99"
    ),
    "getPlatformImage: several images match": lambda plugin: plugin.invoke(
        "getPlatformImage", framework="pytorch"
    ),
    "getPlatformImages: empty list": lambda plugin: plugin.invoke(
        "getPlatformImages", framework="pytorch", frameworkVersion=">=99"
    ),
    "PlatformImagePin train": create_pin,
    "GetSchema": lambda plugin: plugin.stub.GetSchema(provider_pb2.GetSchemaRequest()),
    "tcimages default: wrong setting": check_wrong_site,
    "DiffConfig": lambda plugin: plugin.stub.DiffConfig(provider_pb2.DiffRequest()),
}


@pytest.mark.parametrize("name", CALLS)
def test_call_at_the_limit_of_open_files_ends_with_the_fix(
    start_plugin: Callable[..., Plugin], name: str
) -> None:
    plugin = start_plugin()
    plugin.configure()
    plugin.invoke("getPlatformImages", framework="pytorch")
    use_up_files(plugin.process.pid)

    with pytest.raises(grpc.RpcError) as caught:
        CALLS[name](plugin)

    assert caught.value.details().startswith(name.partition(":")[0])
    assert FIX in " ".join(caught.value.details().split())


@pytest.mark.parametrize("error", [OSError(errno.EMFILE, "x"), MemoryError()])
def test_plugin_that_cannot_be_loaded_advises_no_new_installation(error: Exception) -> None:
    text = _explain_broken(error)

    assert text.startswith("the tcimages plugin cannot be loaded: th")
    assert "\nNext     " in text
    assert "install" not in text


def test_error_whose_message_takes_too_much_memory_has_the_fix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def raise_memory_error(*_: object) -> None:
        raise MemoryError

    provider = Provider()
    monkeypatch.setattr(provider, "render_error", raise_memory_error)
    request = provider_pb2.InvokeRequest(tok="tcimages:index:getPlatformImages")

    code, text = provider.describe_error(InvalidArgumentError("wrong"), request, "Invoke")

    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert text == f"getPlatformImages: {MEMORY.message}"
