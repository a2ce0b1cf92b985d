"""CheckConfig, DiffConfig, Configure: syntax only, secrets marked, no destroy broken."""

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


def check(plugin: Plugin, **news: Any) -> Any:
    return plugin.stub.CheckConfig(provider_pb2.CheckRequest(news=serialize(news)))


def diff(plugin: Plugin, old: dict[str, Any], new: dict[str, Any]) -> Any:
    request = provider_pb2.DiffRequest(old_inputs=serialize(old), news=serialize(new))
    return plugin.stub.DiffConfig(request)


def test_version_is_echoed_and_secrets_are_marked_also_when_the_user_forgot(plugin: Plugin) -> None:
    arguments = {
        "version": "0.1.0",
        "region": "ap-guangzhou",
        "secretId": "AKID",
        "secretKey": CANARY,
    }

    checked = check(plugin, **arguments)

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
def test_an_object_that_may_hold_a_secret_is_marked_whole(plugin: Plugin, role: object) -> None:
    assert deserialize(check(plugin, assumeRole=role).inputs) == {"assumeRole": Secret(role)}


def test_what_was_a_secret_stays_one_and_is_not_wrapped_twice(plugin: Plugin) -> None:
    checked = check(plugin, secretKey=Secret(CANARY), region=Secret("ap-guangzhou"))

    assert deserialize(checked.inputs) == {
        "secretKey": Secret(CANARY),
        "region": Secret("ap-guangzhou"),
    }


def test_an_error_does_not_show_what_the_configuration_marks_as_secret(
    start: Callable[..., Plugin],
) -> None:
    """What is a secret by nature is in none; this may be in any, but for its mark."""
    plugin = start(environment={})
    plugin.configure(region="ap-guangzhou", profile=Secret(CANARY))

    _, text = plugin.refusal("getPlatformImages")

    assert text.endswith("Next     run: tccli configure --profile [secret]")
    assert CANARY not in text


def test_a_secret_region_is_in_no_advice_about_it(start: Callable[..., Plugin]) -> None:
    plugin = start()
    plugin.configure(region=Secret("ap-guangzou"))

    _, text = plugin.refusal("getPlatformImages")

    assert "Code     UnsupportedRegion" in text
    assert "ap-guang" not in text
    assert text.endswith("Next     region is a secret: check the value")


def test_an_unknown_value_passes_through(plugin: Plugin) -> None:
    checked = check(plugin, region=UNKNOWN, secretKey=Secret(UNKNOWN))

    assert list(checked.failures) == []
    assert deserialize(checked.inputs) == {"region": UNKNOWN, "secretKey": Secret(UNKNOWN)}


@pytest.mark.parametrize(
    ("news", "said"),
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
def test_a_wrong_value_fails_the_check_without_naming_a_property(
    plugin: Plugin, news: dict[str, Any], said: str
) -> None:
    """The engine prints the value of a property that a failure names."""
    checked = check(plugin, **news)

    (failure,) = checked.failures
    assert deserialize(checked.inputs) == news
    assert failure.property == ""
    assert said in failure.reason
    assert CANARY not in failure.reason


def test_a_failed_check_does_not_show_what_is_marked_as_secret(plugin: Plugin) -> None:
    (failure,) = check(plugin, region=Secret(f"Not {CANARY}")).failures

    assert "[secret]" in failure.reason
    assert CANARY not in failure.reason


def test_what_was_configured_before_and_is_not_any_more_is_gone(plugin: Plugin) -> None:
    request = provider_pb2.CheckRequest(
        olds=serialize({"region": "ap-beijing"}), news=serialize({"language": "zh-CN"})
    )

    assert deserialize(plugin.stub.CheckConfig(request).inputs) == {"language": "zh-CN"}


def test_configure_judges_like_the_check(plugin: Plugin) -> None:
    """`pulumi do` configures without a check."""
    with pytest.raises(grpc.RpcError) as raised:
        plugin.configure(region="Bad Region")

    assert "tcimages:region" in raised.value.details()


def test_configure_takes_what_stack_configuration_makes_of_values(
    start: Callable[..., Plugin], cloud: Emulator
) -> None:
    plugin = start(environment={})
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
    assert len(listings) == 2  # cacheTtlSeconds 0


def test_variables_of_older_engines_are_read(start: Callable[..., Plugin]) -> None:
    plugin = start()
    request = provider_pb2.ConfigureRequest(variables={"tcimages:config:region": "ap-shanghai"})
    plugin.stub.Configure(request)

    assert plugin.invoke("getPlatformImages", imageName="x")["region"] == "ap-shanghai"


def test_the_arguments_of_an_engine_that_sends_variables_too_count(
    start: Callable[..., Plugin],
) -> None:
    plugin = start()
    request = provider_pb2.ConfigureRequest(
        args=serialize({"region": "ap-beijing"}),
        variables={"tcimages:config:region": "ap-shanghai"},
    )
    plugin.stub.Configure(request)

    assert plugin.invoke("getPlatformImages", imageName="x")["region"] == "ap-beijing"


def test_configure_needs_no_credentials_and_no_region(start: Callable[..., Plugin]) -> None:
    """A destroy has none, and needs none."""
    plugin = start(environment={})

    plugin.configure(version="0.1.0")

    code, text = plugin.refusal("getPlatformImages")
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
def test_a_changed_configuration_is_an_update_and_never_a_replacement(
    plugin: Plugin, old: dict[str, Any], new: dict[str, Any], changed: dict[str, str]
) -> None:
    kinds = provider_pb2.PropertyDiff
    detailed = {
        name: kinds(kind=kinds.Kind.Value(kind), inputDiff=True) for name, kind in changed.items()
    }
    changes = provider_pb2.DiffResponse

    assert diff(plugin, old, new) == changes(
        changes=changes.DIFF_SOME if changed else changes.DIFF_NONE,
        diffs=list(changed),
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def test_what_is_the_engines_is_none_of_our_keys() -> None:
    arguments = {"version": "1.0.0", "pluginDownloadURL": "https://x.example", "__internal": {}}

    assert check_configuration(arguments) == arguments


def configure_provider(plugin: Plugin, name: str, **values: Any) -> None:
    request = provider_pb2.ConfigureRequest(args=serialize(values), name=name)
    plugin.stub.Configure(request)


def test_an_error_names_the_provider_and_the_argument_that_it_is_from(
    start: Callable[..., Plugin],
) -> None:
    plugin = start(environment={})
    configure_provider(plugin, "second", region="ap-guangzhou", profile="build")

    _, text = plugin.refusal("getPlatformImages")

    assert text.splitlines()[:3] == [
        "getPlatformImages: configuration error. [configuration]",
        "Provider second",
        "Problem  the profile build, from profile of the provider second, has no",
    ]


def test_an_error_of_the_default_provider_does_not_name_it(start: Callable[..., Plugin]) -> None:
    plugin = start(environment={})
    configure_provider(plugin, "default_0_1_0", region="ap-guangzhou", profile="build")

    _, text = plugin.refusal("getPlatformImages")

    assert "Provider" not in text
    assert "from configuration tcimages:profile, has no" in text


def test_a_wrong_value_is_told_with_the_provider_that_has_it(plugin: Plugin) -> None:
    urn = "urn:pulumi:dev::shop::pulumi:providers:tcimages::second"
    news = serialize({"site": "mars"})

    checked = plugin.stub.CheckConfig(provider_pb2.CheckRequest(urn=urn, news=news))

    assert "\nFrom     the provider second\n" in checked.failures[0].reason
