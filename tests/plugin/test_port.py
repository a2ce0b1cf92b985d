"""Calls from other local programs cannot change what the plugin sends, or where."""

from __future__ import annotations

import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.plugin.property_values import Secret, deserialize, serialize
from tests.plugin.conftest import TOKEN, Engine, Plugin
from tests.timeouts import PATIENCE_S, wait_until

PIN = "urn:pulumi:dev::web::tcimages:index:PlatformImagePin::train"
CONFIGURATION = {"region": "ap-guangzhou", "cacheTtlSeconds": 0}


@pytest.fixture
def attacker() -> Iterator[Emulator]:
    """A server of another user, who wants a file that only the plugin may read."""
    with Emulator() as emulator:
        yield emulator


def test_port_listens_on_loopback_only(start_plugin: Callable[..., Plugin]) -> None:
    port = start_plugin().port

    # On any address, it would also listen on this one.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_idle_connection_is_closed(start_plugin: Callable[..., Plugin]) -> None:
    """Many idle connections would use up the plugin's file descriptors."""
    # The default timeout of grpc is a minute.
    with socket.create_connection(
        ("127.0.0.1", start_plugin().port), timeout=PATIENCE_S / 2
    ) as connection:
        received = [connection.recv(4096), connection.recv(4096), connection.recv(4096)]

    assert received[-1] == b""


@pytest.fixture
def attack(attacker: Emulator, tmp_path: Path) -> dict[str, Any]:
    """A configuration that sends the token of a private file to the attacker."""
    token = tmp_path / "token"
    token.write_text("canary-token")
    token.chmod(0o600)
    identity = {"roleArn": "qcs::cam::uin/1:roleName/a", "webIdentityTokenFile": str(token)}
    endpoints = dict.fromkeys(("dlc", "tione", "sts"), attacker.endpoint)
    return {**CONFIGURATION, "assumeRoleWithWebIdentity": identity, "endpoints": endpoints}


@pytest.fixture
def plugin(start_plugin: Callable[..., Plugin], engine: Engine) -> Plugin:
    """A plugin started and configured by an engine."""
    plugin = start_plugin(engine.address)
    plugin.configure(**CONFIGURATION)
    return plugin


@pytest.fixture
def attached_plugin(attach_plugin: Callable[..., Plugin]) -> Plugin:
    """A configured plugin that no engine has started."""
    plugin = attach_plugin()
    plugin.configure(**CONFIGURATION)
    return plugin


def catch_text(call: Callable[[], Any]) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    return " ".join(caught.value.details().split())


def test_second_configuration_is_rejected_and_first_remains(
    plugin: Plugin, attack: dict[str, Any], attacker: Emulator, cloud: Emulator
) -> None:
    text = catch_text(lambda: plugin.configure(**attack))

    assert "the plugin was configured already, but differently" in text
    assert "another program on this machine calls the plugin's port" in text
    assert plugin.invoke("getPlatformImages", framework="vllm")["ids"]
    assert len(cloud.requests) > 0
    assert len(attacker.requests) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"region": "ap-shanghai"},
        {"region": Secret("ap-shanghai")},
        {"endpoints": {"tione": "http://127.0.0.1:1"}},
        {"endpoints": '{"tione": "http://127.0.0.1:1"}'},
        {"profile": "theirs"},
        {"secretId": "theirs", "secretKey": "theirs"},
        {"cacheTtlSeconds": 1},
    ],
    ids=str,
)
def test_any_changed_setting_is_rejected(plugin: Plugin, change: dict[str, Any]) -> None:
    assert "configured already" in catch_text(
        lambda: plugin.configure(**{**CONFIGURATION, **change})
    )


def test_same_configuration_is_accepted_again(plugin: Plugin) -> None:
    plugin.configure(**CONFIGURATION, version="0.1.0")

    assert plugin.invoke("getPlatformImages", framework="vllm")["ids"]


def test_cancel_does_not_allow_another_configuration(
    plugin: Plugin, attack: dict[str, Any], attacker: Emulator
) -> None:
    plugin.stub.Cancel(empty_pb2.Empty())

    assert "configured already" in catch_text(lambda: plugin.configure(**attack))
    code, _ = plugin.invoke_error("getPlatformImages")
    assert code is grpc.StatusCode.CANCELLED
    assert len(attacker.requests) == 0


@pytest.mark.parametrize("method", ["Cancel", "Invoke"])
def test_cancel_does_not_wait_for_calls_whose_message_never_arrives(
    plugin: Plugin, method: str
) -> None:
    is_over = threading.Event()

    def send_nothing() -> Iterator[bytes]:
        is_over.wait(PATIENCE_S)
        yield from ()

    with grpc.insecure_channel(
        f"127.0.0.1:{plugin.port}", options=[("grpc.use_local_subchannel_pool", 1)]
    ) as channel:
        call = channel.stream_unary(f"/pulumirpc.ResourceProvider/{method}")
        pending = [call.future(send_nothing()) for _ in range(400)]
        try:
            plugin.stub.Cancel(empty_pb2.Empty(), timeout=PATIENCE_S / 4)
        finally:
            is_over.set()
        del pending


def test_same_configuration_does_not_revive_a_cancelled_plugin(plugin: Plugin) -> None:
    plugin.stub.Cancel(empty_pb2.Empty())

    plugin.configure(**CONFIGURATION)

    code, _ = plugin.invoke_error("getPlatformImages")
    assert code is grpc.StatusCode.CANCELLED


def test_first_configuration_does_not_revive_a_cancelled_plugin(
    start_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start_plugin(engine.address)
    plugin.stub.Cancel(empty_pb2.Empty())

    plugin.configure(**CONFIGURATION)

    code, _ = plugin.invoke_error("getPlatformImages")
    assert code is grpc.StatusCode.CANCELLED


@pytest.mark.parametrize("is_attached", [False, True])
@pytest.mark.parametrize("is_configured", [False, True])
def test_cancel_ends_lookups_from_before_an_equal_configuration(
    start_plugin: Callable[..., Plugin],
    engine: Engine,
    cloud: Emulator,
    is_attached: bool,
    is_configured: bool,
) -> None:
    plugin = start_plugin(*([] if is_attached else [engine.address]), environment=cloud.environment)
    if is_configured:
        plugin.configure(**CONFIGURATION)
    cloud.faults.add("*", Fault(delay_s=3600, times=1))
    request = provider_pb2.InvokeRequest(
        tok=f"{TOKEN}getPlatformImages", args=serialize({"region": "ap-guangzhou"})
    )
    lookup = plugin.stub.Invoke.future(request)
    assert wait_until(lambda: not cloud.faults.left())

    plugin.configure(**CONFIGURATION)
    plugin.stub.Cancel(empty_pb2.Empty())

    assert lookup.code() is grpc.StatusCode.CANCELLED


@pytest.mark.parametrize("is_attached", [False, True])
def test_equal_configuration_without_marks_removes_no_mark(
    start_plugin: Callable[..., Plugin], engine: Engine, is_attached: bool
) -> None:
    plugin = start_plugin(*([] if is_attached else [engine.address]))
    role = {"roleArn": "qcs::cam::uin/1:roleName/canary-role"}
    configuration = {"region": "ap-nanjing", "profile": "canary-profile", "assumeRole": role}
    plugin.configure(**{name: Secret(value) for name, value in configuration.items()})

    checked = plugin.stub.CheckConfig(provider_pb2.CheckRequest(news=serialize(configuration)))
    plugin.configure(**configuration)
    plugin.configure(**deserialize(checked.inputs))

    criteria = serialize({"framework": "pytorch"})
    pin = plugin.stub.Check(provider_pb2.CheckRequest(urn=PIN, news=criteria))
    assert deserialize(pin.inputs)["region"] == Secret("ap-nanjing")
    _, text = plugin.invoke_error("getPlatformImages")
    assert "[secret]" in text
    assert "canary" not in text


@pytest.mark.parametrize("is_attached", [False, True])
def test_equal_configuration_with_more_marks_is_rejected(
    start_plugin: Callable[..., Plugin], engine: Engine, is_attached: bool
) -> None:
    """The first configuration without marks may come from another program."""
    plugin = start_plugin(*([] if is_attached else [engine.address]))
    plugin.configure(region="ap-nanjing")

    text = catch_text(lambda: plugin.configure(region=Secret("ap-nanjing")))

    assert "configured already, but differently" in text


def test_next_attached_engine_sets_its_own_marks(start_plugin: Callable[..., Plugin]) -> None:
    plugin = start_plugin()
    plugin.configure(region="ap-nanjing")
    plugin.stub.Cancel(empty_pb2.Empty())

    plugin.configure(region=Secret("ap-nanjing"))

    criteria = serialize({"framework": "pytorch"})
    pin = plugin.stub.Check(provider_pb2.CheckRequest(urn=PIN, news=criteria))
    assert deserialize(pin.inputs)["region"] == Secret("ap-nanjing")


def test_attach_to_a_plugin_of_an_engine_is_rejected(plugin: Plugin, engine: Engine) -> None:
    other_engine = Engine()
    try:
        request = plugin_pb2.PluginAttach(address=other_engine.address)
        text = catch_text(lambda: plugin.stub.Attach(request))
        plugin.invoke("getPlatformImages", imageRange="Training")
        assert other_engine.logged == []
    finally:
        other_engine.stop()

    assert "the plugin was started by an engine" in text
    assert len(engine.logged) == 1


def test_checking_another_configuration_changes_nothing(
    plugin: Plugin, attack: dict[str, Any], attacker: Emulator
) -> None:
    news = serialize(attack)
    plugin.stub.CheckConfig(provider_pb2.CheckRequest(news=news))
    plugin.stub.DiffConfig(provider_pb2.DiffRequest(news=news, old_inputs=serialize(CONFIGURATION)))

    assert plugin.invoke("getPlatformImages", framework="vllm")["ids"]
    assert len(attacker.requests) == 0


def test_one_of_many_simultaneous_configurations_is_accepted(
    start_plugin: Callable[..., Plugin], engine: Engine
) -> None:
    plugin = start_plugin(engine.address)

    def configure(number: int) -> bool:
        try:
            plugin.configure(region="ap-guangzhou", timeoutSeconds=10 + number)
        except grpc.RpcError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        accepted = list(threads.map(configure, range(24)))

    assert accepted.count(True) == 1


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_message_above_16_mib_is_rejected_before_it_is_read(
    attached_plugin: Plugin, compression: grpc.Compression
) -> None:
    request = provider_pb2.InvokeRequest(tok="t" * (16 * 1024 * 1024 + 1))

    with pytest.raises(grpc.RpcError) as caught:
        attached_plugin.stub.Invoke(request, compression=compression)

    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert attached_plugin.invoke("getPlatformImages", framework="vllm")["ids"]


@pytest.mark.skipif(sys.platform != "linux", reason="VmHWM is Linux's")
def test_rejected_large_messages_leave_no_memory_behind(plugin: Plugin) -> None:
    items = struct_pb2.ListValue(values=[struct_pb2.Value(bool_value=True)] * 100_000)
    arguments = struct_pb2.Struct(fields={"gpu": struct_pb2.Value(list_value=items)})
    request = provider_pb2.InvokeRequest(tok=f"{TOKEN}getPlatformImage", args=arguments)
    initial_mib = peak_mib(plugin.process.pid)

    for _ in range(12):
        assert "Argument gpu" in catch_text(lambda: plugin.stub.Invoke(request))

    # If the messages stayed in memory, twelve would take 100 MiB.
    assert peak_mib(plugin.process.pid) - initial_mib < 50


def peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (peak_kib,) = re.findall(r"VmHWM:\s+(\d+)", status)
    return int(peak_kib) / 1024


def test_large_requests_do_not_wait_for_other_lookups(
    attached_plugin: Plugin, cloud: Emulator
) -> None:
    barrier = threading.Barrier(4)
    blocking_fault = Fault(before=lambda: barrier.wait(PATIENCE_S))
    for _ in range(3):
        cloud.faults.add("DescribePlatformImages", blocking_fault)
    triggers = {f"key {number}": "x" * 4_000 for number in range(100)}

    def create(region: str) -> Any:
        properties = serialize({"framework": "vllm", "region": region, "triggers": triggers})
        urn = "urn:pulumi:dev::web::tcimages:index:PlatformImagePin::pin"
        request = provider_pb2.CreateRequest(urn=urn, properties=properties)
        return attached_plugin.stub.Create.future(request)

    calls = [create(region) for region in ("ap-guangzhou", "ap-shanghai", "ap-beijing")]

    barrier.wait(PATIENCE_S)  # all three requests are pending at the same time
    for call in calls:
        call.exception()


def test_invalid_message_is_rejected(attached_plugin: Plugin) -> None:
    call = attached_plugin.channel.unary_unary("/pulumirpc.ResourceProvider/Invoke")

    with pytest.raises(grpc.RpcError) as caught:
        call(b"\xff\xff")

    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert caught.value.details() == "the request is invalid, or nested too deeply"


@pytest.mark.parametrize("urn", ["", "urn:pulumi:dev::web::tcimages:index:{0}::{0}"], ids=bool)
def test_long_unknown_name_is_shortened(attached_plugin: Plugin, urn: str) -> None:
    name = "t" * 1_000_000

    if urn:
        text = catch_text(
            lambda: attached_plugin.stub.Check(provider_pb2.CheckRequest(urn=urn.format(name)))
        )
    else:
        text = catch_text(lambda: attached_plugin.stub.Invoke(provider_pb2.InvokeRequest(tok=name)))

    assert "there is no" in text
    assert "ttt..." in text.partition("Problem")[2]
    assert "tcimages:index:" in text.partition("Allowed")[2]
    assert len(text) < 2_000
