"""The keys of a map that is secret as a whole are secret too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.plugin.property_values import Secret
from tests.plugin.conftest import Engine, Plugin, struct

PIN = "urn:pulumi:prod::shop::tcimages:index:PlatformImagePin::train"
PROVIDER = "urn:pulumi:prod::shop::pulumi:providers:tcimages::"
CRITERIA: dict[str, Any] = {
    "library with a wrong name": {"libraries": {"canary key": ">=1"}},
    "library with a wrong range": {"libraries": {"canary": "^1"}},
    "library with a number": {"libraries": {"canary": 5}},
    "library of no image": {"libraries": {"canary": ">=1"}},
    "libraries under two spellings": {"libraries": {"canary": "*", "Canary": "*"}},
    "component with a wrong name": {"components": {"canary key": ">=1"}},
    "component with a wrong range": {"components": {"canary": "^1"}},
    "component of no image": {"components": {"canary": "*"}},
    "component that several images lack": {"components": {"canary": "none"}},
    "attribute with a list": {"attributes": {"canary": ["a"]}},
    "attribute of no image": {"attributes": {"canary": "a"}},
    "filter with an unknown key": {"filters": [{"canary": "x"}]},
    "filter with an unknown name": {"filters": [{"name": "canary", "values": ["x"]}]},
}
TRIGGERS: dict[str, Any] = {"trigger with a list": {"triggers": {"canary": ["x"]}}}
SETTINGS: dict[str, Any] = {
    "endpoint of no service": {"endpoints": {"canary": "a"}},
    "endpoint under two spellings": {"endpoints": {"canary": "a", "Canary": "a"}},
    "role with an unknown part": {"assumeRole": {"canary": "a"}},
    "role with a part that looks like another": {"assumeRole": {"roleArnCanary": "a"}},
    "role with a path": {"assumeRole": {"canary.roleArn": "a"}},
    "identity with an unknown part": {"assumeRoleWithWebIdentity": {"canary": "a"}},
    "identity with a list": {"assumeRoleWithWebIdentity": {"canary": ["a"]}},
    "object instead of a string": {"region": {"canary": "a"}},
    "object instead of a secret": {"secretKey": {"canary": "a"}},
    "object instead of a list": {"allowedAccountIds": {"canary": "a"}},
}
AS_JSON = {
    f"{name}, as JSON": {key: json.dumps(value) for key, value in setting.items()}
    for name, setting in SETTINGS.items()
}


def mark_all(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: Secret(value) for name, value in arguments.items()}


@pytest.mark.parametrize("arguments", CRITERIA.values(), ids=CRITERIA)
@pytest.mark.parametrize("function", ["getPlatformImage", "getPlatformImages"])
def test_function_shows_no_key_of_a_secret_map(
    engine: Engine, attach_plugin: Callable[..., Plugin], function: str, arguments: dict[str, Any]
) -> None:
    plugin = attach_plugin(engine.address)
    plugin.configure()

    try:
        plugin.invoke(function, **mark_all(arguments))
        text = ""
    except grpc.RpcError as error:
        text = error.details()

    assert text or function == "getPlatformImages"
    assert "anary" not in f"{text}{engine.logged}"


@pytest.mark.parametrize("arguments", [*CRITERIA.values(), *TRIGGERS.values()])
@pytest.mark.parametrize("is_preview", [True, False])
def test_pin_shows_no_key_of_a_secret_map(
    plugin: Plugin, is_preview: bool, arguments: dict[str, Any]
) -> None:
    properties = struct(**mark_all(arguments))
    checked = plugin.stub.Check(provider_pb2.CheckRequest(urn=PIN, news=properties))
    text = "".join(failure.reason for failure in checked.failures)
    if not text:
        request = provider_pb2.CreateRequest(urn=PIN, properties=properties, preview=is_preview)
        with pytest.raises(grpc.RpcError) as caught:
            plugin.stub.Create(request)
        text = caught.value.details()

    assert text
    assert "anary" not in text


@pytest.mark.parametrize("name", ["other", "default_0_1_0"])
@pytest.mark.parametrize("setting", [*SETTINGS.values(), *AS_JSON.values()], ids=str)
def test_provider_shows_no_key_of_a_secret_object(
    plugin: Plugin, name: str, setting: dict[str, Any]
) -> None:
    request = provider_pb2.CheckRequest(urn=f"{PROVIDER}{name}", news=struct(**mark_all(setting)))
    reasons = [failure.reason for failure in plugin.stub.CheckConfig(request).failures]
    with pytest.raises(grpc.RpcError) as caught:
        plugin.configure_provider(name, **mark_all(setting))

    assert len(reasons) == 1
    assert "anary" not in f"{reasons}{caught.value.details()}"
    assert all("Next " in text for text in [*reasons, caught.value.details()])
