"""Simultaneous lookups: they share one listing, and do not block each other."""

from __future__ import annotations

import json
import re
import threading
from itertools import cycle, islice

import grpc
import pytest
from google.protobuf import empty_pb2

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.naming import camel, pascal_case
from pulumi_tcimages.plugin.property_values import deserialize
from pulumi_tcimages.plugin.pulumi_proto import provider_pb2
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.source import Source
from tests.cloud.fault_targets import is_first_page
from tests.plugin.conftest import TOKEN, Plugin, struct
from tests.source_scopes import scope_of
from tests.timeouts import PATIENCE_S

LOOKUPS = 400
"""More than the plugin has threads, so that some of them wait."""


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_simultaneous_lookups_share_one_listing(
    plugin: Plugin, cloud: Emulator, source: Source
) -> None:
    scope, field = scope_of(source), source.image.name_field
    rows = cloud.catalogue.images(f"{source.name}s")
    names = [row[pascal_case(field)] for row in rows if row.get(pascal_case(field))]
    requested_names = list(islice(cycle(names), LOOKUPS))
    lookups = [
        plugin.stub.Invoke.future(
            provider_pb2.InvokeRequest(
                tok=TOKEN + source.list_function,
                args=struct(**scope, nameRegex=f"^{re.escape(name)}$"),
            )
        )
        for name in requested_names
    ]

    results = [deserialize(getattr(lookup.result(), "return"))["images"] for lookup in lookups]
    images = plugin.invoke(source.list_function, **scope)["images"]

    listed = {image[camel(field)] for image in images}
    assert [{image[camel(field)] for image in images} for images in results] == [
        {name} & listed for name in requested_names
    ]
    pages = [json.dumps(request.body) for request in cloud.requests]
    assert len(pages) == len(set(pages))
    assert sum(is_first_page(request.body) for request in cloud.requests) == 1


def test_blocked_service_does_not_block_another(plugin: Plugin, cloud: Emulator) -> None:
    release = threading.Event()
    blocking_fault = Fault(before=lambda: release.wait(PATIENCE_S), times=30)
    cloud.faults.add("DescribeSessionImageVersion", blocking_fault)
    requests = [
        provider_pb2.InvokeRequest(
            tok=TOKEN + "getSessionImages",
            args=struct(dataEngineId=f"DataEngine-{number}", frameworkType="python"),
        )
        for number in range(30)
    ]
    pending = [plugin.stub.Invoke.future(request) for request in requests]
    # Calls arrive in order: once this one is answered, all lookups have arrived.
    plugin.stub.GetPluginInfo(empty_pb2.Empty())

    ids = plugin.invoke("getPlatformImages")["ids"]
    were_done = [lookup.done() for lookup in pending]
    release.set()

    assert ids
    assert not any(were_done)
    assert all(lookup.exception() for lookup in pending)  # these engines do not exist


def test_five_thousand_simultaneous_lookups_succeed(plugin: Plugin) -> None:
    arguments = struct(components={"torch": ">=2.1"}, latestBy=["torch"])
    request = provider_pb2.InvokeRequest(tok=TOKEN + "getPlatformImage", args=arguments)

    lookups = [plugin.stub.Invoke.future(request) for _ in range(5000)]

    assert {lookup.code() for lookup in lookups} == {grpc.StatusCode.OK}
