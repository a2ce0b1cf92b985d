"""The provider's configuration, as the engine hands it over, and the client made from it.

CheckConfig and Configure judge alike, and only the syntax of what is given: a Configure that fails
would break a `destroy` and an `up` that changes nothing. Keys, region and account are looked for at
the first signed request.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.configuration_keys import SECRET_KEYS, SECRETS, Configuration
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import printable
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.property_values import (
    Secret,
    has_secret,
    has_unknown,
    secret_texts,
    unwrap,
)
from pulumi_tcimages.plugin.rpc_errors import read_urn

if TYPE_CHECKING:
    from pulumi_tcimages.cloud.client import Client

_NAMES = {camel(name): name for name in Configuration.model_fields}
_SECRET = set(map(camel, SECRET_KEYS))
_OF_THE_ENGINE = frozenset({"version", "pluginDownloadURL"})


def read_variables(variables: Mapping[str, str]) -> dict[str, Any]:
    """The arguments out of what older engines send: `tcimages:config:region`."""
    return {name.rpartition(":")[2]: value for name, value in variables.items()}


def name_provider(request: Any) -> str:
    """Return the name of the provider that a request configures, empty for the default one."""
    _, name = read_urn(getattr(request, "urn", ""))
    name = name or getattr(request, "name", "")
    return "" if name == "default" or name.startswith("default_") else name


def check_configuration(values: Mapping[str, Any], provider: str = "") -> dict[str, Any]:
    """Return the same values, with what is secret marked so, also where the user forgot.

    Errors: ConfigurationError.

    An object that holds a secret is marked whole: the engine may have it as JSON text.
    """
    known = {name: value for name, value in values.items() if not has_unknown(value)}
    _read(known, provider)
    return {
        name: Secret(value) if name in _SECRET and not isinstance(value, Secret) else value
        for name, value in values.items()
    }


def find_unmarked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are marked as secrets by us, and not by the user."""
    return {
        name: value for name, value in values.items() if name in _SECRET and not has_secret(value)
    }


class Cloud:
    """One configuration, and its client once somebody asks something."""

    def __init__(
        self,
        values: Mapping[str, Any],
        tell: Callable[[str], None],
        cancelled: threading.Event,
        unmarked: Mapping[str, Any] = MappingProxyType({}),
        provider: str = "",
    ) -> None:
        """Errors: ConfigurationError, for the syntax of the values.

        Args:
            unmarked: the values that the last check saw without a mark of the user's. What comes
                from a state, as for a destroy, has our marks too: they count as the user's.
            provider: the name of the provider resource, empty for the default one.
        """
        self.configuration = _read(values, provider)
        self.provider = provider
        marked = {
            name: value for name, value in values.items() if unwrap(value) != unmarked.get(name)
        }
        self.secrets = tuple(_marked_texts(marked, self.configuration))
        """What messages may quote, but for its being marked as a secret."""
        self._is_region_secret = has_secret(values.get("region"))
        self._tell = tell
        self._cancelled = cancelled
        self._lock = threading.Lock()
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        """The client, made when it is first asked for."""
        return self._client or self._open()

    def _open(self) -> Client:
        with self._lock:
            if self._client is None:
                from pulumi_tcimages.cloud import open_client

                self._client = open_client(
                    self.configuration,
                    tell=self._tell,
                    cancelled=self._cancelled,
                )
            return self._client

    def find_region(self) -> Any:
        """The region in force, marked if the user marked it; None where nothing names one."""
        region = self.client.region(None)
        return Secret(region) if region and self.is_region_secret else region

    @property
    def is_region_secret(self) -> bool:
        """Whether the region that counts without an argument is marked as a secret."""
        return self._is_region_secret and self.configuration.region is not None

    def covers(self, other: Cloud) -> bool:
        """Return whether the other has the same values, and no secret that is not one here."""
        return (
            self.configuration == other.configuration
            and set(other.secrets) <= set(self.secrets)
            and self.is_region_secret >= other.is_region_secret
        )

    def warm_up(self) -> None:
        """Import what the first lookup needs, whatever it is."""
        import pulumi_tcimages.cloud.connections  # noqa: F401  # and with it requests


# Any user of this machine can call the plugin's port. Whoever could change the endpoints or the
# file of a token would be sent what only the plugin's own user may read. Whoever could take off the
# marks of secrets would see them in state and messages.


def check_change(old: Cloud, new: Cloud, is_for_one_engine: bool) -> None:
    """Refuse another configuration while one is in force. Errors: ConfigurationError.

    An equal configuration without some marks is accepted, and changes nothing. One with more marks
    is refused: either the first one was not the engine's, or the second one is not.

    Args:
        is_for_one_engine: Whether an engine started the plugin. If not, engines attach to it, one
            after the other, and each may bring its own configuration.
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
    """Refuse another engine, which would get the log, beside the one that started the plugin."""
    if is_for_one_engine:
        raise ConfigurationError(
            "the plugin was started by an engine, so no other one can attach to it.",
            fix="start one to attach to: pulumi-resource-tcimages",
        )


def _marked_texts(values: Mapping[str, Any], configuration: Configuration) -> Iterator[str]:
    """Every text that is marked as a secret, as messages show it.

    Keys and tokens are struck out where they are used.
    """
    for name, value in values.items():
        field = _NAMES.get(name)
        if field is None or field in SECRETS or not has_secret(value):
            continue
        texts = secret_texts(value)
        if isinstance(value, Secret):  # an object may come as one text, in JSON
            dumped = configuration.model_dump(include={field}, exclude_none=True)
            texts += secret_texts(Secret(dumped))
        for text in texts:
            yield text
            if field == "endpoints":  # messages have the host alone
                host = text.rpartition("://")[2].rstrip("/")
                yield from (host, re.sub(r":\d+$", "", host))
            yield text.removeprefix("~/")  # messages have the whole path


def _read(values: Mapping[str, Any], provider: str) -> Configuration:
    named = {}
    for name, value in unwrap(dict(values)).items():
        if name in _OF_THE_ENGINE or name.startswith("__"):
            continue
        if name in Configuration.model_fields and name not in _NAMES:
            raise ConfigurationError(
                f"there is no key {name}", fix=f"write {PACKAGE}:{camel(name)}"
            )
        named[_NAMES.get(name, name)] = value
    if not provider:
        return read_configuration(named, "the stack's configuration")
    sources = {name: f"`{name}` of the provider {printable(provider)}" for name in named}
    return read_configuration(named, f"the provider {printable(provider)}", sources)
