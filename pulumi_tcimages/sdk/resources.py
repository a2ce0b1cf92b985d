"""Properties and options that pins and the provider hand to Pulumi."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_tcimages import __version__
from pulumi_tcimages.naming import camel

_OURS = "pulumi_tcimages."


class SubclassableResource(pulumi.CustomResource):
    """A resource that a program may derive its own class from."""

    def __init_subclass__(cls) -> None:
        """Declare the outputs again: Pulumi reads their types from one class only."""
        super().__init_subclass__()
        cls.__annotations__ = {**own_class(cls).__annotations__, **inspect.get_annotations(cls)}


def own_class(resource: type[pulumi.CustomResource]) -> type[pulumi.CustomResource]:
    """Return the class of ours that a program's class is derived from, or the class itself."""
    return next(one for one in resource.__mro__ if one.__module__.startswith(_OURS))


def build_props(resource: type[pulumi.CustomResource], given: Mapping[str, Any]) -> Any:
    """Return the arguments of a resource's constructor, with a place for each output.

    They are an input type of Pulumi made from the constructor's signature. From it, Pulumi knows
    which names to translate and which are keys of the user's maps.
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
    """Return the user's options, with the plugin's version set to ours."""
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=__version__), opts)
