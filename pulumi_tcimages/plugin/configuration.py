"""Parse the provider configuration that the engine sends and create its cloud client.

CheckConfig and Configure validate only the syntax of values. If Configure failed for other reasons,
such as missing keys, `destroy` and an `up` without changes would fail too. Keys, region and account
are looked up at the first signed request.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.configuration_keys import SECRET_KEYS, SECRETS, Configuration
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import printable
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.property_values import (
    Secret,
    deserialize,
    has_secret,
    has_unknown,
    secret_texts,
    serialize,
    unwrap,
)
from pulumi_tcimages.plugin.pulumi_proto import provider_pb2
from pulumi_tcimages.plugin.rpc_errors import read_urn

if TYPE_CHECKING:
    from pulumi_tcimages.cloud.client import Client

_NAMES = {camel(name): name for name in Configuration.model_fields}
_SECRET = set(map(camel, SECRET_KEYS))
_SHOWN_PARTS = ("session_name", "session_duration", "provider_id", "web_identity_token_file")
_ENGINE_KEYS = frozenset({"version", "pluginDownloadURL"})


def read_variables(variables: Mapping[str, str]) -> dict[str, Any]:
    """Parse the configuration of older engines, whose keys look like `tcimages:config:region`."""
    return {name.rpartition(":")[2]: value for name, value in variables.items()}


def name_provider(request: Any) -> str:
    """Return the name of the explicit provider that a request configures, or ""."""
    name = read_urn(getattr(request, "urn", "")).name
    return without_default(name or getattr(request, "name", ""))


def is_about_provider(request: Any) -> bool:
    """Return whether a request checks or configures a provider, as its URN says."""
    return read_urn(getattr(request, "urn", "")).token.startswith("pulumi:providers:")


def find_stack(request: Any) -> str:
    """Return the name of the stack in a request's URN, or "" if it has no URN."""
    return read_urn(getattr(request, "urn", "")).stack


def without_default(name: str) -> str:
    """Return the name of an explicit provider, or "" for the engine's default provider."""
    return "" if name == "default" or name.startswith("default_") else name


def check_configuration(values: Mapping[str, Any], provider: str = "") -> dict[str, Any]:
    """Validate the configuration and mark all its secrets, even those the user did not mark.

    An object with a secret field is marked as a whole, because the engine may send it as a JSON
    string.

    Raises: ConfigurationError.
    """
    known = {name: value for name, value in values.items() if not has_unknown(value)}
    read_provider_inputs(known, provider)
    return {
        name: Secret(value) if name in _SECRET and not isinstance(value, Secret) else value
        for name, value in values.items()
    }


def mark_encrypted(request: Any) -> Any:
    """Return a CheckConfig request in which the keys that the stack's file encrypts are secret.

    The engine removes the marks. The request for an explicit provider is returned unchanged.
    """
    from pulumi_tcimages.plugin.stack_file import find_encrypted_keys

    encrypted = () if name_provider(request) else find_encrypted_keys(find_stack(request))
    marked = {
        name: Secret(value) if name in encrypted and not isinstance(value, Secret) else value
        for name, value in deserialize(request.news).items()
    }
    return provider_pb2.CheckRequest(urn=request.urn, name=request.name, news=serialize(marked))


class Cloud:
    """A provider configuration and its client, which is created on first use."""

    def __init__(
        self,
        values: Mapping[str, Any],
        on_message: Callable[[str], None],
        cancelled: threading.Event,
        provider: str = "",
        stack: str = "",
    ) -> None:
        """Parse the configuration.

        Args:
            provider: the name of the provider resource, or "" for the default provider.
            stack: the name of the stack, or "" if the engine did not send it.

        Raises: ConfigurationError if a value has invalid syntax.
        """
        self.configuration = read_provider_inputs(values, provider)
        self.provider = provider
        self.stack = stack
        self.secret_keys = frozenset(name for name, value in values.items() if has_secret(value))
        """The keys in camelCase that are marked as secret."""
        self.secrets = tuple(marked_texts(values, self.configuration))
        """The strings to redact in messages, because they are marked as secret."""
        self._is_region_secret = has_secret(values.get("region"))
        self._on_message = on_message
        self._cancelled = cancelled
        self._lock = threading.Lock()
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        """The client, which is created on first access."""
        return self._client or self._open()

    def _open(self) -> Client:
        with self._lock:
            if self._client is None:
                from pulumi_tcimages.cloud import open_client

                self._client = open_client(
                    self.configuration, on_message=self._on_message, cancelled=self._cancelled
                )
            return self._client

    def find_region(self) -> Any:
        """Return the effective region or None, marked as secret if it is configured as secret."""
        region = self.client.region(None)
        return Secret(region) if region and self.is_region_secret else region

    @property
    def is_region_secret(self) -> bool:
        """Whether the configured region is secret."""
        return self._is_region_secret and self.configuration.region is not None

    def covers(self, other: Cloud) -> bool:
        """Return whether `other` has the same values and no secret marks that `self` lacks."""
        return (
            self.configuration == other.configuration
            and set(other.secrets) <= set(self.secrets)
            and self.is_region_secret >= other.is_region_secret
        )

    def warm_up(self) -> None:
        """Import the HTTP client before the first lookup."""
        import pulumi_tcimages.cloud.connections  # noqa: F401


# Any user of this machine can call the plugin's port, so `check_change` rejects a different
# configuration. With other endpoints or another token file, that user could receive data that only
# the plugin's user may read. Without the secret marks, the plugin would show secrets in state and
# messages.


def check_change(old: Cloud, new: Cloud, is_for_one_engine: bool) -> None:
    """Reject a second configuration that differs from the first.

    The same values with fewer secret marks are accepted and ignored. The same values with more
    marks are rejected: the engine never adds marks later, so they come from another program.

    Args:
        is_for_one_engine: whether an engine started the plugin. Otherwise engines attach to it one
            after another, each with its own configuration.

    Raises: ConfigurationError.
    """
    if old.covers(new):
        return
    if is_for_one_engine:
        raise ConfigurationError(
            "the plugin was configured already, but differently; it takes one configuration.",
            fix="run the command again. If this comes back, another program on this machine calls "
            "the plugin's port",
        )
    raise ConfigurationError(
        "the plugin is attached to, and was configured already, but differently: for another "
        "provider of this program, or for this one before it changed.",
        fix="debug a program with one provider, and a change of it without --refresh",
    )


def check_attach(is_for_one_engine: bool) -> None:
    """Reject Attach if an engine started the plugin, because log lines must go to that engine."""
    if is_for_one_engine:
        raise ConfigurationError(
            "the plugin was started by an engine, so no other one can attach to it.",
            fix="start one to attach to: pulumi-resource-tcimages",
        )


def marked_texts(values: Mapping[str, Any], configuration: Configuration) -> Iterator[str]:
    """Yield all strings that are marked as secret, in every form that messages may contain.

    API keys and tokens are not included, because the cloud client redacts them.

    Args:
        configuration: the configuration that was parsed from `values`. Parsing may change a value:
            an account id that was given as a number becomes a string.
    """
    for name, value in values.items():
        field = _NAMES.get(name)
        if field is None or field in SECRETS or not has_secret(value):
            continue
        texts = secret_texts(value)
        if isinstance(value, Secret):
            dumped = configuration.model_dump(include={field}, exclude_none=True)
            texts += secret_texts(Secret(dumped))
        if field in SECRET_KEYS:
            # The object has a mark even if the user set none, so keep what errors must name.
            role = getattr(configuration, field)
            shown = {str(getattr(role, part, None)) for part in _SHOWN_PARTS}
            texts = [text for text in texts if text not in shown]
        for text in texts:
            yield text
            # Messages show only the host of an endpoint, so redact the host of a secret endpoint
            # too.
            if field == "endpoints":
                host = text.rpartition("://")[2].rstrip("/")
                yield from (host, re.sub(r":\d+$", "", host))
            # Messages replace `~` in paths, so redact a secret path without `~/` too.
            yield text.removeprefix("~/")


def read_provider_inputs(values: Mapping[str, Any], provider: str) -> Configuration:
    """Build the configuration of a provider, or with "" of the default provider.

    Raises: ConfigurationError.
    """
    named = {}
    for name, value in unwrap(dict(values)).items():
        if name in _ENGINE_KEYS or name.startswith("__"):
            continue
        if name in Configuration.model_fields and name not in _NAMES:
            raise ConfigurationError(
                f"there is no key {name}",
                fix=f"write {camel(name)}" if provider else f"write {PACKAGE}:{camel(name)}",
            )
        named[_NAMES.get(name, name)] = value
    if not provider:
        return read_configuration(named, "the stack's configuration")
    place = f"the provider {printable(provider)}"
    # Name a source for unset settings too, because errors list the places that were searched.
    sources = {name: f"`{name}` of {place}" for name in Configuration.model_fields}
    return read_configuration(named, place, sources)
