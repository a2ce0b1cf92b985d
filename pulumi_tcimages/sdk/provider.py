"""The base class of explicit providers, and their registration with the engine."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from typing import Any

import pulumi

from pulumi_tcimages.sdk.invoke import make_plugin_findable
from pulumi_tcimages.sdk.provider_arguments import convert_arguments
from pulumi_tcimages.sdk.resources import (
    SubclassableResource,
    build_props,
    own_class,
    resource_options,
)

__tracebackhide__ = True  # Without it, pytest's tracebacks would print keys in arguments.


class ProviderBase(SubclassableResource, pulumi.ProviderResource):
    """A provider that a program may subclass."""


def register_provider(
    provider: ProviderBase,
    name: str,
    opts: pulumi.ResourceOptions | None,
    keywords: Mapping[str, Any],
    secrets: Collection[str],
) -> None:
    """Register a provider with the engine. Each argument is converted to a string.

    The keywords are the constructor's arguments. `secrets` names those that contain secrets.
    """
    make_plugin_findable()
    kind = own_class(type(provider))
    props = build_props(kind, keywords)
    arguments = {name: value for name, value in vars(props).items() if value is not None}
    parameters = inspect.signature(kind.__init__).parameters
    annotations = {name: str(parameters[name].annotation) for name in arguments}
    vars(props).update(convert_arguments(arguments, secrets, annotations, kind.__name__))
    pulumi.ProviderResource.__init__(provider, "tcimages", name, props, resource_options(opts))
