"""CheckConfig, DiffConfig and Configure: syntax checks, secret marks and updates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.plugin.configuration import check_configuration
from pulumi_tcimages.plugin.property_values import UNKNOWN, Secret, deserialize, serialize
from tests.plugin.conftest import Plugin

CANARY = "canary-secret-value"


def check_configuration_of(plugin: Plugin, **news: Any) -> Any:
    return plugin.stub.CheckConfig(provider_pb2.CheckRequest(news=serialize(news)))


def diff(plugin: Plugin, old: dict[str, Any], new: dict[str, Any]) -> Any:
    request = provider_pb2.DiffRequest(old_inputs=serialize(old), news=serialize(new))
    return plugin.stub.DiffConfig(request)


def test_version_is_returned_and_secrets_are_marked(plugin: Plugin) -> None:
    arguments = {
        "version": "0.1.0",
        "region": "ap-guangzhou",
        "secretId": "AKID",
        "secretKey": CANARY,
    }

    checked = check_configuration_of(plugin, **arguments)

    assert list(checked.failures) == []
    assert deserialize(checked.inputs) == {
        "version": "0.1.0",
        "region": "ap-guangzhou",
        "secretId": Secret("AKID"),
        "secretKey": Secret(CANARY),
    }


@pytest.mark.parametrize(
    "role", [{"roleArn": "arn", "externalId": CANARY}, f'{{"externalId": "{CANARY}"}}'], ids=type
)
def test_object_that_may_contain_a_secret_is_marked(plugin: Plugin, role: object) -> None:
    assert deserialize(check_configuration_of(plugin, assumeRole=role).inputs) == {
        "assumeRole": Secret(role)
    }


def test_marked_secret_stays_secret_and_is_not_wrapped_twice(plugin: Plugin) -> None:
    checked = check_configuration_of(
        plugin, secretKey=Secret(CANARY), region=Secret("ap-guangzhou")
    )

    assert deserialize(checked.inputs) == {
        "secretKey": Secret(CANARY),
        "region": Secret("ap-guangzhou"),
    }


def test_error_does_not_show_a_setting_marked_as_secret(
    attach_plugin: Callable[..., Plugin],
) -> None:
    """A profile is not secret by default, so only the mark of the user redacts it."""
    plugin = attach_plugin(environment={})
    plugin.configure(region="ap-guangzhou", profile=Secret(CANARY))

    _, text = plugin.invoke_error("getPlatformImages")

    assert "run: tccli" not in text
    assert text.endswith(
        "Next     correct the setting. To check all settings, run: tcimages doctor"
    )
    assert CANARY not in text


def test_advice_about_a_region_does_not_show_a_secret_region(
    attach_plugin: Callable[..., Plugin],
) -> None:
    plugin = attach_plugin()
    plugin.configure(region=Secret("ap-guangzou"))

    _, text = plugin.invoke_error("getPlatformImages")

    assert "Code     UnsupportedRegion" in text
    assert "ap-guang" not in text
    assert text.endswith("Next     region is a secret: check the value")


def test_unknown_value_passes_the_check(plugin: Plugin) -> None:
    checked = check_configuration_of(plugin, region=UNKNOWN, secretKey=Secret(UNKNOWN))

    assert list(checked.failures) == []
    assert deserialize(checked.inputs) == {"region": UNKNOWN, "secretKey": Secret(UNKNOWN)}


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        ({"region": "Bad Region"}, "tcimages:region"),
        ({"timeoutSeconds": "soon"}, "tcimages:timeoutSeconds"),
        ({"endpoints": '{"tione": "ftp://x"}'}, "tcimages:endpoints.tione"),
        ({"regoin": "ap-guangzhou"}, "did you mean region?"),
        ({"secret_key": CANARY}, "write tcimages:secretKey"),
        ({"secretKey": f"{CANARY}\nx"}, "tcimages:secretKey"),
    ],
    ids=lambda item: str(item)[:40],
)
def test_invalid_value_fails_the_check_without_a_property_name(
    plugin: Plugin, news: dict[str, Any], expected: str
) -> None:
    """The engine would print the value of a property that a failure names."""
    checked = check_configuration_of(plugin, **news)

    (failure,) = checked.failures
    assert deserialize(checked.inputs) == news
    assert failure.property == ""
    assert expected in failure.reason
    assert CANARY not in failure.reason


def test_check_failure_does_not_show_a_marked_secret(plugin: Plugin) -> None:
    (failure,) = check_configuration_of(plugin, region=Secret(f"Not {CANARY}")).failures

    assert "[secret]" in failure.reason
    assert CANARY not in failure.reason


def test_removed_setting_is_not_in_the_checked_inputs(plugin: Plugin) -> None:
    request = provider_pb2.CheckRequest(
        olds=serialize({"region": "ap-beijing"}), news=serialize({"language": "zh-CN"})
    )

    assert deserialize(plugin.stub.CheckConfig(request).inputs) == {"language": "zh-CN"}


def test_configure_rejects_invalid_values_like_check_config(plugin: Plugin) -> None:
    """`pulumi do` calls Configure without CheckConfig."""
    with pytest.raises(grpc.RpcError) as caught:
        plugin.configure(region="Bad Region")

    assert "tcimages:region" in caught.value.details()


def test_configure_accepts_values_as_text(
    attach_plugin: Callable[..., Plugin], cloud: Emulator
) -> None:
    plugin = attach_plugin(environment={})
    plugin.configure(
        version="0.1.0",
        region="ap-beijing",
        secretId=cloud.secret_id,
        secretKey=Secret(cloud.secret_key),
        endpoints=f'{{"tione": "{cloud.endpoint}"}}',
        timeoutSeconds="5",
        cacheTtlSeconds="0",
    )

    answers = [plugin.invoke("getPlatformImages", framework="vllm")["region"] for _ in range(2)]

    assert answers == ["ap-beijing", "ap-beijing"]
    listings = [request for request in cloud.requests if request.body.get("Offset", 0) == 0]
    assert len(listings) == 2  # cacheTtlSeconds is 0


def test_variables_of_older_engines_are_read(attach_plugin: Callable[..., Plugin]) -> None:
    plugin = attach_plugin()
    request = provider_pb2.ConfigureRequest(variables={"tcimages:config:region": "ap-shanghai"})
    plugin.stub.Configure(request)

    assert plugin.invoke("getPlatformImages", imageName="x")["region"] == "ap-shanghai"


def test_arguments_take_precedence_over_variables(
    attach_plugin: Callable[..., Plugin],
) -> None:
    plugin = attach_plugin()
    request = provider_pb2.ConfigureRequest(
        args=serialize({"region": "ap-beijing"}),
        variables={"tcimages:config:region": "ap-shanghai"},
    )
    plugin.stub.Configure(request)

    assert plugin.invoke("getPlatformImages", imageName="x")["region"] == "ap-beijing"


def test_configure_succeeds_without_credentials_and_region(
    attach_plugin: Callable[..., Plugin],
) -> None:
    """`pulumi destroy` must work without them."""
    plugin = attach_plugin(environment={})

    plugin.configure(version="0.1.0")

    code, text = plugin.invoke_error("getPlatformImages")
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert text.startswith("getPlatformImages: configuration error. [configuration]\n")
    assert "TENCENTCLOUD_" in text


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ({"region": "a"}, {"region": "a"}, {}),
        ({"region": "a"}, {"region": "b"}, {"region": "UPDATE"}),
        ({"secretKey": "old"}, {"secretKey": Secret("old")}, {}),
        ({"secretKey": Secret("old")}, {"secretKey": Secret("new")}, {"secretKey": "UPDATE"}),
        ({"region": "a"}, {}, {"region": "DELETE"}),
        ({}, {"region": UNKNOWN}, {"region": "ADD"}),
    ],
)
def test_changed_setting_is_an_update_not_a_replacement(
    plugin: Plugin, old: dict[str, Any], new: dict[str, Any], changed: dict[str, str]
) -> None:
    kinds = provider_pb2.PropertyDiff
    detailed_diff = {
        name: kinds(kind=kinds.Kind.Value(kind), inputDiff=True) for name, kind in changed.items()
    }
    changes = provider_pb2.DiffResponse

    assert diff(plugin, old, new) == changes(
        changes=changes.DIFF_SOME if changed else changes.DIFF_NONE,
        diffs=list(changed),
        detailedDiff=detailed_diff,
        hasDetailedDiff=True,
    )


def test_keys_of_the_engine_pass_the_check() -> None:
    arguments = {"version": "1.0.0", "pluginDownloadURL": "https://x.example", "__internal": {}}

    assert check_configuration(arguments) == arguments


def test_error_names_the_provider_and_its_argument(
    attach_plugin: Callable[..., Plugin],
) -> None:
    plugin = attach_plugin(environment={})
    plugin.configure_provider("second", region="ap-guangzhou", profile="build")

    _, text = plugin.invoke_error("getPlatformImages")

    assert text.splitlines()[:3] == [
        "getPlatformImages: configuration error. [configuration]",
        "Provider second",
        "Problem  the profile build, from profile of the provider second, has no",
    ]


def test_error_does_not_name_the_default_provider(attach_plugin: Callable[..., Plugin]) -> None:
    plugin = attach_plugin(environment={})
    plugin.configure_provider("default_0_1_0", region="ap-guangzhou", profile="build")

    _, text = plugin.invoke_error("getPlatformImages")

    assert "Provider" not in text
    assert "from configuration tcimages:profile, has no" in text


def test_invalid_value_error_names_the_provider(plugin: Plugin) -> None:
    urn = "urn:pulumi:dev::shop::pulumi:providers:tcimages::second"
    news = serialize({"site": "mars"})

    checked = plugin.stub.CheckConfig(provider_pb2.CheckRequest(urn=urn, news=news))

    assert "\nFrom     the provider second\n" in checked.failures[0].reason


def test_misspelled_key_of_a_provider_is_corrected_without_the_package(plugin: Plugin) -> None:
    urn = "urn:pulumi:dev::shop::pulumi:providers:tcimages::second"
    news = serialize({"secret_key": CANARY})

    checked = plugin.stub.CheckConfig(provider_pb2.CheckRequest(urn=urn, news=news))

    assert "Next     write secretKey" in checked.failures[0].reason
