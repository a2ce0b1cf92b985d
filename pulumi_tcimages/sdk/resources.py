"""Build the properties and options with which pins and providers are registered."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_tcimages import __version__
from pulumi_tcimages.naming import camel

__tracebackhide__ = True  # Without it, pytest's tracebacks would print the arguments.
_OURS = "pulumi_tcimages."


class SubclassableResource(pulumi.CustomResource):
    """A resource that a program may subclass."""

    def __init_subclass__(cls) -> None:
        """Copy inherited annotations to the subclass, because Pulumi ignores base classes."""
        super().__init_subclass__()
        cls.__annotations__ = {**own_class(cls).__annotations__, **inspect.get_annotations(cls)}


def own_class(resource: type[pulumi.CustomResource]) -> type[pulumi.CustomResource]:
    """Return the class of this package that a resource class is or inherits from."""
    return next(base for base in resource.__mro__ if base.__module__.startswith(_OURS))


def build_props(resource: type[pulumi.CustomResource], arguments: Mapping[str, Any]) -> Any:
    """Build a resource's properties, which are its arguments, and None for each output.

    The result is an object of a Pulumi input type, which is built from the constructor's signature.
    Pulumi converts the names of its fields to camelCase, but not the keys of the user's maps.
    """
    signature = inspect.signature(resource.__init__).parameters
    names = [name for name in signature if name not in ("self", "resource_name", "opts")]
    fields: dict[str, Any] = {name: pulumi.property(camel(name), default=None) for name in names}
    # Use Any instead of precise types. With these, Pulumi would raise an AssertionError for a list
    # instead of a map, which the plugin rejects with a clear error.
    fields["__annotations__"] = dict.fromkeys(names, Any)
    kind: Any = type(f"{resource.__name__}Args", (), fields)
    props = pulumi.input_type(kind)()
    vars(props).update({name: arguments.get(name) for name in (*names, *resource.__annotations__)})
    return props


def resource_options(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return the user's options with this package's version as the default plugin version."""
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=__version__), opts)
