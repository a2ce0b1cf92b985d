"""The plugin's own RPCs: how an engine meets it, what it says of itself, what it does not do."""

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


def test_handshake_and_configure_accept_the_same_things(plugin: Plugin) -> None:
    shaken = plugin.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    configured = plugin.configure(version=__version__)

    assert shaken == provider_pb2.ProviderHandshakeResponse(
        accept_secrets=True, accept_resources=True, accept_outputs=False
    )
    assert configured == provider_pb2.ConfigureResponse(
        acceptSecrets=True, acceptResources=True, acceptOutputs=False, supportsPreview=True
    )


def test_plugin_info_is_the_packages_version(plugin: Plugin) -> None:
    assert plugin.stub.GetPluginInfo(empty_pb2.Empty()) == plugin_pb2.PluginInfo(
        version=__version__
    )


def test_the_schema_that_is_served_is_the_file_at_the_top(plugin: Plugin) -> None:
    """After a change of a model: make generate."""
    served = plugin.stub.GetSchema(provider_pb2.GetSchemaRequest(version=0)).schema

    assert served == SCHEMA.read_text(encoding="utf-8")
    assert json.loads(served)["version"] == __version__


def test_the_logo_that_the_schema_names_is_in_the_repository() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    _, _, path = schema["logoUrl"].partition(f"/v{schema['version']}/")

    assert (SCHEMA.parent / path).read_bytes().startswith(b"\x89PNG")


def test_the_schema_sends_the_engine_to_the_releases_of_its_repository() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    home = schema["repository"].removeprefix("https://github.com/")

    assert schema["pluginDownloadURL"] == f"github://api.github.com/{home}"


def test_a_schema_of_another_version_is_unimplemented(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        plugin.stub.GetSchema(provider_pb2.GetSchemaRequest(version=1))

    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_there_is_no_mapping_from_a_terraform_provider(plugin: Plugin) -> None:
    one = plugin.stub.GetMapping(provider_pb2.GetMappingRequest(key="terraform"))
    several = plugin.stub.GetMappings(provider_pb2.GetMappingsRequest(key="terraform"))

    assert (one.provider, one.data, list(several.providers)) == ("", b"", [])


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("Parameterize", provider_pb2.ParameterizeRequest()),
        ("Call", provider_pb2.CallRequest()),
        ("Construct", provider_pb2.ConstructRequest()),
    ],
)
def test_methods_that_a_data_source_lacks_are_unimplemented(
    plugin: Plugin, method: str, request_: Any
) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        getattr(plugin.stub, method)(request_)

    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_resource_that_is_none_of_ours_is_answered_with_those_there_are(plugin: Plugin) -> None:
    urn = "urn:pulumi:prod::shop::my:comp:Thing$tcimages:index:ImagePin::a::b"

    with pytest.raises(grpc.RpcError) as raised:
        plugin.stub.Diff(provider_pb2.DiffRequest(urn=urn))

    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert raised.value.details() == (
        "ImagePin a::b: invalid argument. [invalid-argument]\n"
        "Problem  there is no resource tcimages:index:ImagePin\n"
        "Allowed  tcimages:index:SessionImagePin, tcimages:index:PlatformImagePin,\n"
        "         tcimages:index:PresetImagePin,\n"
        "         tcimages:index:EngineImageVersionPin,\n"
        "         tcimages:index:PythonSparkImagePin, tcimages:index:RayImagePin\n"
        "Next     use one of those under Allowed, or install the plugin of the SDK's\n"
        "         version"
    )


def test_options_before_the_engines_address_are_passed_over(
    start: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start("--logtostderr", "-v=9", "--tracing", "http://127.0.0.1:1", engine.address)
    plugin.configure()

    plugin.invoke("getPlatformImages", imageRange="Training")

    assert [severity for severity, *_ in engine.logged] == ["WARNING"]


def test_an_unknown_value_is_sent_with_one_warning(
    start: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start(engine.address)
    plugin.configure()

    answers = [plugin.invoke("getPlatformImages", imageRange="Training") for _ in range(3)]

    assert [answer["images"] for answer in answers] == [[], [], []]
    warning = (
        'getPlatformImages: imageRange "Training" is not on the known list (Train, Inference, '
        'Notebook); asked anyway; did you mean "Train"?'
    )
    assert engine.logged == [("WARNING", warning, "", False)]


def test_each_attached_engine_gets_all_log_lines(
    start: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start()
    for _ in range(2):
        plugin.stub.Attach(plugin_pb2.PluginAttach(address=engine.address))
        plugin.configure()
        for _ in range(2):
            plugin.invoke("getPlatformImages", imageRange="Training")

    assert len(engine.logged) == 2


def test_a_plugin_that_is_attached_to_refuses_another_configuration_until_the_first_is_done(
    start: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start()
    plugin.stub.Attach(plugin_pb2.PluginAttach(address=engine.address))
    with pytest.raises(grpc.RpcError):
        plugin.configure(region="No Region")
    plugin.configure(region="ap-guangzhou")
    plugin.configure(region="ap-guangzhou", version="9.9.9")

    with pytest.raises(grpc.RpcError) as raised:
        plugin.configure(region="ap-shanghai")

    assert "configured already, but\n         differently" in raised.value.details()
    plugin.stub.Cancel(empty_pb2.Empty())
    plugin.configure(region="ap-shanghai")
    answer = plugin.invoke("getPlatformImages", framework="vllm")
    assert answer["region"] == "ap-shanghai"


def test_a_message_far_above_grpcs_default_size_arrives(plugin: Plugin) -> None:
    request = provider_pb2.InvokeRequest(
        tok=f"{TOKEN}getPlatformImage", args=struct(imageName="x" * 12_000_000)
    )

    with pytest.raises(grpc.RpcError) as raised:
        plugin.stub.Invoke(request)

    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "(12000000 characters)" in raised.value.details()
    assert len(raised.value.details()) < 500
