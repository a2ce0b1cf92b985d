"""An explicit provider: one region and one set of credentials, for those who need several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from pulumi_tcimages.naming import camel
from pulumi_tcimages.sdk.arguments import validate_arguments
from pulumi_tcimages.sdk.inputs import (
    AssumeRoleArgs,
    AssumeRoleWithWebIdentityArgs,
    EndpointsArgs,
)
from pulumi_tcimages.sdk.invoke import make_plugin_findable
from pulumi_tcimages.sdk.resources import (
    SubclassableResource,
    build_props,
    own_class,
    resource_options,
)
from pulumi_tcimages.sdk.types import property_names

_SECRETS = frozenset(
    {"secret_id", "secret_key", "security_token", "assume_role", "assume_role_with_web_identity"}
)


@property_names
class Provider(SubclassableResource, pulumi.ProviderResource):
    """A provider with a configuration of its own, instead of the stack's `tcimages:` keys."""

    region: pulumi.Output[str | None]
    secret_id: pulumi.Output[str | None]
    secret_key: pulumi.Output[str | None]
    security_token: pulumi.Output[str | None]
    profile: pulumi.Output[str | None]
    shared_credentials_dir: pulumi.Output[str | None]
    cam_role_name: pulumi.Output[str | None]
    site: pulumi.Output[str | None]
    protocol: pulumi.Output[str | None]
    language: pulumi.Output[str | None]

    @validate_arguments
    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        region: pulumi.Input[str | None] = None,
        secret_id: pulumi.Input[str | None] = None,
        secret_key: pulumi.Input[str | None] = None,
        security_token: pulumi.Input[str | None] = None,
        profile: pulumi.Input[str | None] = None,
        shared_credentials_dir: pulumi.Input[str | None] = None,
        cam_role_name: pulumi.Input[str | None] = None,
        assume_role: pulumi.Input[AssumeRoleArgs | None] = None,
        assume_role_with_web_identity: pulumi.Input[AssumeRoleWithWebIdentityArgs | None] = None,
        site: pulumi.Input[str | None] = None,
        endpoints: pulumi.Input[EndpointsArgs | None] = None,
        protocol: pulumi.Input[str | None] = None,
        language: pulumi.Input[str | None] = None,
        timeout_seconds: pulumi.Input[float | None] = None,
        cache_ttl_seconds: pulumi.Input[float | None] = None,
        max_requests_per_second: pulumi.Input[int | None] = None,
        allowed_account_ids: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        forbidden_account_ids: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
    ) -> None:
        """A provider with a configuration of its own.

        Args:
            resource_name: The provider's name in the stack.
            opts: Pulumi's options for a resource.
            region: The region to ask, for instance `ap-guangzhou`; default: the environment's, then
                the profile's. There is no built-in one.
            secret_id: The id of the API key; better kept in the environment or a profile.
            secret_key: The API key; better kept in the environment or a profile.
            security_token: The token that belongs to a temporary key.
            profile: The tccli profile to read keys and region from; default `default`.
            shared_credentials_dir: The folder of the tccli profiles; default `~/.tccli`.
            cam_role_name: The CAM role of the CVM that this runs on; its metadata service lends the
                keys.
            assume_role: A role to take on, on top of whatever credentials were found.
            assume_role_with_web_identity: A role to take on with an OIDC token instead of keys, as
                in CI.
            site: The site that issued the keys: `china` (cloud.tencent.com) or `intl`
                (tencentcloud.com); default `china`.
            endpoints: Where requests go instead of the vendor's address, for each service.
            protocol: `https` or, for a gateway of your own, `http`; default `https`.
            language: The language of the cloud's messages: `en-US` or `zh-CN`; default `en-US`.
            timeout_seconds: How many seconds a lookup may take, with all its pages, waits and
                retries; default 60.
            cache_ttl_seconds: How many seconds a listing is cached for further lookups, 0 for not
                at all; default 300.
            max_requests_per_second: How many requests are sent in any second, for each action and
                address; the cloud allows an account 20; default 15.
            allowed_account_ids: The ids of the only accounts whose keys may be used; any other is
                an error.
            forbidden_account_ids: The ids of accounts whose keys must not be used.
        """
        self._register(resource_name, opts, locals())

    def _register(
        self, name: str, opts: pulumi.ResourceOptions | None, keywords: Mapping[str, Any]
    ) -> None:
        make_plugin_findable()
        props = build_props(own_class(type(self)), keywords)
        for one, value in vars(props).items():
            if value is not None:
                setattr(props, one, _as_text(one, value))
        super().__init__("tcimages", name, props, resource_options(opts))


def _as_text(name: str, value: Any) -> pulumi.Output[str]:
    """A value as a provider's configuration travels: as text, JSON if it is anything else."""
    text: pulumi.Output[str] = pulumi.Output.from_input(value).apply(
        lambda known: known if isinstance(known, str) else pulumi.runtime.to_json(_spelled(known))
    )
    return pulumi.Output.secret(text) if name in _SECRETS else text


def _spelled(value: Any) -> Any:
    """A section with its names in Pulumi's spelling."""
    if isinstance(value, Mapping):
        return {camel(name): one for name, one in value.items() if one is not None}
    return value
