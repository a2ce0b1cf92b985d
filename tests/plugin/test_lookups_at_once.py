"""Many lookups on their way at once: one listing, one failure, and nobody in another's way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf import empty_pb2

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.plugin.pulumi_proto import provider_pb2
from tests.plugin.conftest import TOKEN, Plugin, struct
from tests.timeouts import PATIENCE_S


def test_a_thousand_lookups_at_once_cost_one_listing(plugin: Plugin, cloud: Emulator) -> None:
    def one(_: int) -> str:
        found = plugin.invoke("getPlatformImage", components={"torch": ">=2.1"}, latestBy=["torch"])
        return str(found["imageName"])

    with ThreadPoolExecutor(100) as pool:
        names = set(pool.map(one, range(1000)))

    pages = -(-len(cloud.catalogue.platform_images()) // 100)
    assert len(names) == 1
    assert len(cloud.requests) == pages


def test_lookups_that_hang_on_one_service_do_not_block_another(
    plugin: Plugin, cloud: Emulator
) -> None:
    go = threading.Event()
    hang = Fault(before=lambda: go.wait(PATIENCE_S), times=30)
    cloud.faults.add("DescribeSessionImageVersion", hang)
    requests = [
        provider_pb2.InvokeRequest(
            tok=TOKEN + "getSessionImages",
            args=struct(dataEngineId=f"DataEngine-{number}", frameworkType="python"),
        )
        for number in range(30)
    ]
    hanging = [plugin.stub.Invoke.future(one) for one in requests]
    plugin.stub.GetPluginInfo(empty_pb2.Empty())  # answered behind them, so they have come

    found = plugin.invoke("getPlatformImages")["ids"]
    hung = [one.done() for one in hanging]
    go.set()

    assert found
    assert not any(hung)
    assert all(one.exception() for one in hanging)  # there are no such engines


def test_five_thousand_lookups_at_once_are_all_answered(plugin: Plugin) -> None:
    arguments = struct(components={"torch": ">=2.1"}, latestBy=["torch"])
    request = provider_pb2.InvokeRequest(tok=TOKEN + "getPlatformImage", args=arguments)

    on_their_way = [plugin.stub.Invoke.future(request) for _ in range(5000)]

    assert {one.code() for one in on_their_way} == {grpc.StatusCode.OK}
