"""What the pins and the provider hand to Pulumi: their properties and options."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_tcimages import __version__
from pulumi_tcimages.layout import camel


def build_props(resource: type[pulumi.CustomResource], given: Mapping[str, Any]) -> Any:
    """The arguments of a resource's constructor, with a place for each of its outputs.

    They come as Pulumi's input type, made out of the constructor's signature: that is how Pulumi
    knows which names to translate and which are keys of the user's own.
    """
    signature = inspect.signature(resource.__init__).parameters
    names = signature.keys() - {"self", "resource_name", "opts"}
    fields: dict[str, Any] = {one: pulumi.property(camel(one), default=None) for one in names}
    # Of any type: where a list is given for a map, it is the plugin that says so, while Pulumi
    # would end the program in a failed assertion of its own.
    fields["__annotations__"] = dict.fromkeys(names, Any)
    kind: Any = type(f"{resource.__name__}Args", (), fields)
    props = pulumi.input_type(kind)()
    vars(props).update({one: given.get(one) for one in {*names, *resource.__annotations__}})
    return props


def resource_options(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """The user's options, asking for the plugin of this very version."""
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=__version__), opts)
