"""Pins, which are resources that keep a chosen image in the stack's state, like a lock file.

Like all resources, they support `protect`, `ignore_changes`, aliases, `pulumi import` and `.get`.
The plugin decides when a pin moves to another image.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import pulumi

from pulumi_tcimages.sdk.invoke import TOKEN, make_plugin_findable
from pulumi_tcimages.sdk.resources import (
    SubclassableResource,
    build_props,
    own_class,
    resource_options,
)

__tracebackhide__ = True  # Without it, pytest's tracebacks would print the arguments.
_PinT = TypeVar("_PinT", bound="Pin")


class Pin(SubclassableResource):
    """The base class of all pins, with the outputs that they share."""

    resolved_at: pulumi.Output[str]
    """The time when the image was chosen, in UTC."""
    available: pulumi.Output[bool]
    """Whether the cloud offered the image at the last refresh or update."""
    newer_image_id: pulumi.Output[str]
    """The id of the image that the query would choose now.

    It is "" if that image is the pinned one, or if the query would not choose any image.
    """
    newer_version: pulumi.Output[str]
    """The version of the image with `newer_image_id`, or "" if there is no such image."""


def register_pin(
    pin: Pin, name: str, opts: pulumi.ResourceOptions | None, keywords: Mapping[str, Any]
) -> None:
    """Register a pin with the engine. The keywords are the constructor's arguments."""
    make_plugin_findable()
    kind = own_class(type(pin))
    props = build_props(kind, keywords)
    token = TOKEN + kind.__name__
    pulumi.CustomResource.__init__(pin, token, name, props, resource_options(opts))


def read_pin(
    kind: type[_PinT], name: str, image_id: pulumi.Input[str], opts: pulumi.ResourceOptions | None
) -> _PinT:
    """Read an existing pin by its import id. Implements the class method `.get` of each pin."""
    pin = kind.__new__(kind)
    by_id = pulumi.ResourceOptions(id=image_id)
    register_pin(pin, name, pulumi.ResourceOptions.merge(opts, by_id), {})
    return pin
