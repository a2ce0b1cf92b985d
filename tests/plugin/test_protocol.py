"""RPCs of the plugin itself: handshake, schema, log and unimplemented methods."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from pulumi_tcimages import __version__
from tests.plugin.conftest import TOKEN, Engine, Plugin, struct

SCHEMA = Path(__file__).parent.parent.parent / "schema.json"


def test_handshake_and_configure_accept_the_same_features(plugin: Plugin) -> None:
    handshake = plugin.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    configured = plugin.configure(version=__version__)

    assert handshake == provider_pb2.ProviderHandshakeResponse(
        accept_secrets=True, accept_resources=True, accept_outputs=False
    )
    assert configured == provider_pb2.ConfigureResponse(
        acceptSecrets=True, acceptResources=True, acceptOutputs=False, supportsPreview=True
    )


def test_plugin_info_has_the_version_of_the_package(plugin: Plugin) -> None:
    assert plugin.stub.GetPluginInfo(empty_pb2.Empty()) == plugin_pb2.PluginInfo(
        version=__version__
    )


def test_served_schema_is_the_file_of_the_repository(plugin: Plugin) -> None:
    """If this fails after a change of a model, run `make generate`."""
    served_schema = plugin.stub.GetSchema(provider_pb2.GetSchemaRequest(version=0)).schema

    assert served_schema == SCHEMA.read_text(encoding="utf-8")
    assert json.loads(served_schema)["version"] == __version__


def test_logo_of_the_schema_is_in_the_repository() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    _, _, path = schema["logoUrl"].partition(f"/v{schema['version']}/")

    assert (SCHEMA.parent / path).read_bytes().startswith(b"\x89PNG")


def test_download_url_of_the_schema_is_its_repository() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    repository = schema["repository"].removeprefix("https://github.com/")

    assert schema["pluginDownloadURL"] == f"github://api.github.com/{repository}"


def test_schema_of_another_version_is_unimplemented(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        plugin.stub.GetSchema(provider_pb2.GetSchemaRequest(version=1))

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_no_terraform_mapping_is_returned(plugin: Plugin) -> None:
    mapping = plugin.stub.GetMapping(provider_pb2.GetMappingRequest(key="terraform"))
    mappings = plugin.stub.GetMappings(provider_pb2.GetMappingsRequest(key="terraform"))

    assert (mapping.provider, mapping.data, list(mappings.providers)) == ("", b"", [])


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("Parameterize", provider_pb2.ParameterizeRequest()),
        ("Call", provider_pb2.CallRequest()),
        ("Construct", provider_pb2.ConstructRequest()),
    ],
)
def test_unsupported_methods_are_unimplemented(plugin: Plugin, method: str, message: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        getattr(plugin.stub, method)(message)

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_unknown_resource_error_names_all_resources(plugin: Plugin) -> None:
    urn = "urn:pulumi:prod::shop::my:comp:Thing$tcimages:index:ImagePin::a::b"

    with pytest.raises(grpc.RpcError) as caught:
        plugin.stub.Diff(provider_pb2.DiffRequest(urn=urn))

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.details() == (
        "ImagePin a::b: invalid argument. [invalid-argument]\n"
        "Problem  there is no resource tcimages:index:ImagePin\n"
        "Allowed  tcimages:index:SessionImagePin, tcimages:index:PlatformImagePin,\n"
        "         tcimages:index:PresetImagePin,\n"
        "         tcimages:index:EngineImageVersionPin,\n"
        "         tcimages:index:PythonSparkImagePin, tcimages:index:RayImagePin\n"
        "Next     use one of those under Allowed, or install the plugin of the SDK's\n"
        "         version"
    )


def test_options_before_the_engine_address_are_ignored(
    start_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start_plugin(
        "--logtostderr", "-v=9", "--tracing", "http://127.0.0.1:1", engine.address
    )
    plugin.configure()

    plugin.invoke("getPlatformImages", imageRange="Training")

    assert [severity for severity, *_ in engine.logged] == ["WARNING"]


def test_unlisted_value_has_one_warning(
    start_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start_plugin(engine.address)
    plugin.configure()

    answers = [plugin.invoke("getPlatformImages", imageRange="Training") for _ in range(3)]

    assert [answer["images"] for answer in answers] == [[], [], []]
    warning = (
        'getPlatformImages: imageRange "Training" is not on the known list (Train, Inference, '
        'Notebook); asked anyway; did you mean "Train"?'
    )
    assert engine.logged == [("WARNING", warning, "", False)]


def test_each_attached_engine_receives_all_log_lines(
    start_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start_plugin()
    for _ in range(2):
        plugin.stub.Attach(plugin_pb2.PluginAttach(address=engine.address))
        plugin.configure()
        for _ in range(2):
            plugin.invoke("getPlatformImages", imageRange="Training")

    assert len(engine.logged) == 2


def test_attached_plugin_rejects_another_configuration_until_cancel(
    start_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start_plugin()
    plugin.stub.Attach(plugin_pb2.PluginAttach(address=engine.address))
    with pytest.raises(grpc.RpcError):
        plugin.configure(region="No Region")
    plugin.configure(region="ap-guangzhou")
    plugin.configure(region="ap-guangzhou", version="9.9.9")

    with pytest.raises(grpc.RpcError) as caught:
        plugin.configure(region="ap-shanghai")

    assert "configured already, but\n         differently" in caught.value.details()
    plugin.stub.Cancel(empty_pb2.Empty())
    plugin.configure(region="ap-shanghai")
    answer = plugin.invoke("getPlatformImages", framework="vllm")
    assert answer["region"] == "ap-shanghai"


def test_message_above_the_default_grpc_size_is_accepted(plugin: Plugin) -> None:
    request = provider_pb2.InvokeRequest(
        tok=f"{TOKEN}getPlatformImage", args=struct(imageName="x" * 12_000_000)
    )

    with pytest.raises(grpc.RpcError) as caught:
        plugin.stub.Invoke(request)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "(12000000 characters)" in caught.value.details()
    assert len(caught.value.details()) < 500
