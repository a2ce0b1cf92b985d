"""Build the properties and options to register pins and providers with."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_tcimages import __version__
from pulumi_tcimages.naming import camel

_OURS = "pulumi_tcimages."


class SubclassableResource(pulumi.CustomResource):
    """A resource that a program may subclass."""

    def __init_subclass__(cls) -> None:
        """Copy inherited annotations to the subclass, because Pulumi ignores base classes."""
        super().__init_subclass__()
        cls.__annotations__ = {**own_class(cls).__annotations__, **inspect.get_annotations(cls)}


def own_class(resource: type[pulumi.CustomResource]) -> type[pulumi.CustomResource]:
    """Return the first class of this package among a resource's class and its base classes."""
    return next(base for base in resource.__mro__ if base.__module__.startswith(_OURS))


def build_props(resource: type[pulumi.CustomResource], arguments: Mapping[str, Any]) -> Any:
    """Build a resource's properties: its arguments, and None for each output.

    The result is an object of a Pulumi input type, which is built from the constructor's signature.
    Pulumi converts the names of its fields to camelCase, and leaves the keys of the user's maps as
    they are.
    """
    signature = inspect.signature(resource.__init__).parameters
    names = signature.keys() - {"self", "resource_name", "opts"}
    fields: dict[str, Any] = {name: pulumi.property(camel(name), default=None) for name in names}
    # With precise types instead of Any, Pulumi would fail with an assertion if a user passed a list
    # instead of a map. The plugin rejects it with a helpful error.
    fields["__annotations__"] = dict.fromkeys(names, Any)
    kind: Any = type(f"{resource.__name__}Args", (), fields)
    props = pulumi.input_type(kind)()
    vars(props).update({name: arguments.get(name) for name in {*names, *resource.__annotations__}})
    return props


def resource_options(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return the user's options with this package's version as the default plugin version."""
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=__version__), opts)
