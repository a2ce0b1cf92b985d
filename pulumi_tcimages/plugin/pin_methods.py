"""Handle the engine's gRPC requests about pins: parse each request and build its response."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from pulumi_tcimages.plugin import pin_inputs, pins
from pulumi_tcimages.plugin.configuration import Cloud
from pulumi_tcimages.plugin.diffs import build_diff_response
from pulumi_tcimages.plugin.engine_log import UrnLog
from pulumi_tcimages.plugin.pin_inputs import Pin, find_pin
from pulumi_tcimages.plugin.property_values import deserialize, serialize
from pulumi_tcimages.plugin.pulumi_proto import provider_pb2
from pulumi_tcimages.plugin.rpc_errors import read_urn


def pin_of(urn: str) -> Pin:
    """Return the pin type of a URN. Raises: InvalidArgumentError for an unknown type."""
    return find_pin(read_urn(urn).token)


def check(pin: Pin, request: Any, cloud: Cloud) -> Any:
    """Validate a pin's inputs. Raises: InvalidArgumentError."""
    inputs = pin_inputs.check(pin, deserialize(request.news), cloud.find_region)
    return provider_pb2.CheckResponse(inputs=serialize(inputs))


def diff(request: Any, log: UrnLog) -> Any:
    """Build the response that lists the changed inputs of a pin."""
    pin = pin_of(request.urn)
    outputs = deserialize(request.olds)
    olds, news = deserialize(request.old_inputs), deserialize(request.news)
    return build_diff_response(pins.diff(pin, outputs, olds, news, log), olds, news)


def create(request: Any, cloud: Cloud, log: UrnLog) -> Any:
    """Select the image of a new pin."""
    pin = pin_of(request.urn)
    now = None if request.preview else _now()
    outputs = pins.create(pin, deserialize(request.properties), cloud.client, now, log)
    identity = "" if request.preview else pins.build_id(request.urn)
    return provider_pb2.CreateResponse(id=identity, properties=serialize(outputs))


def update(request: Any, cloud: Cloud, log: UrnLog) -> Any:
    """Keep or replace the image of a pin whose inputs changed."""
    outputs = pins.update(
        pin_of(request.urn),
        deserialize(request.olds),
        deserialize(request.old_inputs),
        deserialize(request.news),
        cloud.client,
        None if request.preview else _now(),
        log,
    )
    return provider_pb2.UpdateResponse(properties=serialize(outputs))


def read(request: Any, cloud: Cloud, log: UrnLog) -> Any:
    """Refresh a pin, or import it if the request has no properties."""
    # `pulumi import` sends no properties, so the pin gets the current time. `.get()` in a program
    # sends empty properties at every update, when a new time would look like a change.
    is_import = not request.HasField("properties")
    inputs, outputs = pins.read(
        pin_of(request.urn),
        request.id,
        deserialize(request.properties),
        deserialize(request.inputs),
        cloud.client,
        _now() if is_import else "",
        log,
        is_region_secret=cloud.is_region_secret,
    )
    return provider_pb2.ReadResponse(
        id=pins.build_id(request.urn) if is_import else request.id,
        properties=serialize(outputs),
        inputs=serialize(inputs),
    )


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
