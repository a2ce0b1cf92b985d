"""The base class of an explicit provider: how its configuration is registered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pulumi

from pulumi_tcimages.naming import camel
from pulumi_tcimages.sdk.invoke import make_plugin_findable
from pulumi_tcimages.sdk.resources import (
    SubclassableResource,
    build_props,
    own_class,
    resource_options,
)


class ProviderBase(SubclassableResource, pulumi.ProviderResource):
    """A provider that a program may derive a class of its own from."""


def register_provider(
    provider: ProviderBase,
    name: str,
    opts: pulumi.ResourceOptions | None,
    keywords: Mapping[str, Any],
    secrets: Collection[str],
) -> None:
    """Register a provider with the arguments of its constructor, as the engine takes them: texts.

    Args:
        secrets: the arguments that are secrets, or hold one.
    """
    make_plugin_findable()
    props = build_props(own_class(type(provider)), keywords)
    for key, value in vars(props).items():
        if value is not None:
            setattr(props, key, _as_text(value, is_secret=key in secrets))
    pulumi.ProviderResource.__init__(provider, "tcimages", name, props, resource_options(opts))


def _as_text(value: Any, *, is_secret: bool) -> pulumi.Output[str]:
    """A value as a provider's configuration travels: as text, JSON if it is anything else."""
    text: pulumi.Output[str] = pulumi.Output.from_input(value).apply(
        lambda known: known if isinstance(known, str) else pulumi.runtime.to_json(_spelled(known))
    )
    return pulumi.Output.secret(text) if is_secret else text


def _spelled(value: Any) -> Any:
    """A section with its names in Pulumi's spelling."""
    if isinstance(value, Mapping):
        return {camel(name): one for name, one in value.items() if one is not None}
    return value
