"""What the pins and the provider hand to Pulumi: their properties and options."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, get_args

import pulumi

from pulumi_tcimages import __version__
from pulumi_tcimages.layout import camel


def build_props(resource: type[pulumi.CustomResource], given: Mapping[str, Any]) -> Any:
    """The arguments of a resource's constructor, with a place for each of its outputs.

    They come as Pulumi's input type, made out of the constructor's signature: that is how Pulumi
    knows which names to translate and which are keys of the user's own.
    """
    signature = inspect.get_annotations(inspect.unwrap(resource.__init__), eval_str=True)
    names = signature.keys() - {"resource_name", "opts", "return"}
    fields: dict[str, Any] = {one: pulumi.property(camel(one), default=None) for one in names}
    # The first arm of pulumi.Input[X | None] is X, and all that a name's translation looks at.
    fields["__annotations__"] = {one: get_args(signature[one])[0] for one in names}
    kind: Any = type(f"{resource.__name__}Args", (), fields)
    props = pulumi.input_type(kind)()
    vars(props).update({one: given.get(one) for one in {*names, *resource.__annotations__}})
    return props


def resource_options(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """The user's options, asking for the plugin of this very version."""
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=__version__), opts)
