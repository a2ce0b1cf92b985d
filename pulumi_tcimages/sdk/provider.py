"""The base class of explicit providers, and their registration with the engine."""

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

__tracebackhide__ = True
"""Hides this module's frames from pytest's tracebacks, which would print keys in arguments."""


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

    Args:
        keywords: the constructor's arguments.
        secrets: the names of arguments that are or contain secrets.
    """
    make_plugin_findable()
    props = build_props(own_class(type(provider)), keywords)
    for key, value in vars(props).items():
        if value is not None:
            setattr(props, key, _as_text(value, is_secret=key in secrets))
    pulumi.ProviderResource.__init__(provider, "tcimages", name, props, resource_options(opts))


def _as_text(value: Any, *, is_secret: bool) -> pulumi.Output[str]:
    """Convert an argument to a string. Values that are not strings are converted to JSON."""
    text: pulumi.Output[str] = pulumi.Output.from_input(value).apply(
        lambda plain: (
            plain if isinstance(plain, str) else pulumi.runtime.to_json(_camel_keys(plain))
        )
    )
    return pulumi.Output.secret(text) if is_secret else text


def _camel_keys(value: Any) -> Any:
    """Convert the keys of a map to camelCase, and remove None values.

    If two keys are spellings of one name, all keys stay unchanged, and the plugin rejects them.
    """
    if isinstance(value, Mapping):
        parts = {name: part for name, part in value.items() if part is not None}
        renamed = {camel(name): part for name, part in parts.items()}
        return renamed if len(renamed) == len(parts) else parts
    return value
