"""The provider's configuration, as the engine hands it over, and the client made from it.

CheckConfig and Configure judge alike, and only the syntax of what is given: a Configure that fails
would break a `destroy` and an `up` that changes nothing. Keys, region and account are looked for at
the first signed request.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.configuration_keys import SECRET_KEYS, Configuration
from pulumi_tcimages.errors import SettingsError
from pulumi_tcimages.layout import camel
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.threads import LOOKUPS
from pulumi_tcimages.plugin.values import Secret, has_unknown, secret_texts, unwrap

if TYPE_CHECKING:
    from pulumi_tcimages.cloud.client import Client

_NAMES = {camel(name): name for name in Configuration.model_fields}
_SECRET = set(map(camel, SECRET_KEYS))
_OF_THE_ENGINE = frozenset({"version", "pluginDownloadURL"})


def read_variables(variables: Mapping[str, str]) -> dict[str, Any]:
    """The arguments out of what older engines send: `tcimages:config:region`."""
    return {name.rpartition(":")[2]: value for name, value in variables.items()}


def check_configuration(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, what is secret marked so, also where the user forgot. Errors: SettingsError.

    An object that holds a secret is marked whole: the engine may have it as JSON text.
    """
    _read({name: value for name, value in values.items() if not has_unknown(value)})
    return {
        name: Secret(value) if name in _SECRET and not isinstance(value, Secret) else value
        for name, value in values.items()
    }


class Cloud:
    """One configuration, and its client once somebody asks something."""

    def __init__(
        self, values: Mapping[str, Any], tell: Callable[[str], None], cancelled: threading.Event
    ) -> None:
        """Errors: SettingsError, for the syntax of the values."""
        self.configuration = _read(values)
        shown = {name: value for name, value in values.items() if name not in _SECRET}
        self.secrets = secret_texts(shown)
        """What errors may quote, but for its being marked; a secret by nature is in none."""
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
                    asked_s=LOOKUPS.asked_s,
                    waiting=LOOKUPS.waiting,
                )
            return self._client

    def find_region(self) -> str | None:
        """The region in force, None where nothing names one."""
        return self.client.region(None)

    def warm_up(self) -> None:
        """Import what the first question needs, whatever it is."""
        from pulumi_tcimages.cloud.lean_requests import load_requests

        load_requests()


# Any user of this machine can call the plugin's port. Whoever could change the endpoints or the
# file of a token would be sent what only the plugin's own user may read.


def check_change(old: Cloud, new: Cloud, is_for_one_engine: bool, is_cancelled: bool) -> None:
    """Refuse another configuration in place of one that is served. Errors: SettingsError.

    Args:
        is_for_one_engine: Whether an engine started the plugin. If not, engines attach to it, one
            after the other, and each may bring its own configuration.
        is_cancelled: Whether the last engine is done.
    """
    if new.configuration == old.configuration:
        return
    if is_for_one_engine:
        raise SettingsError(
            "the plugin was configured already, but differently; it takes one configuration.",
            fix="run the command again. If this comes back, another program on this machine calls "
            "the plugin's port",
        )
    if not is_cancelled:
        raise SettingsError(
            "the plugin is attached to, and was configured already, but differently: for another "
            "provider of this program, or for this one before it changed.",
            fix="debug a program with one provider, and a change of it without --refresh",
        )


def check_attach(is_for_one_engine: bool) -> None:
    """Refuse another engine, which would get the log, beside the one that started the plugin."""
    if is_for_one_engine:
        raise SettingsError(
            "the plugin was started by an engine, so no other one can attach to it.",
            fix="start one to attach to: pulumi-resource-tcimages",
        )


def _read(values: Mapping[str, Any]) -> Configuration:
    named = {}
    for name, value in unwrap(dict(values)).items():
        if name in _OF_THE_ENGINE or name.startswith("__"):
            continue
        if name in Configuration.model_fields and name not in _NAMES:
            raise SettingsError(f"there is no key {name}", fix=f"write {PACKAGE}:{camel(name)}")
        named[_NAMES.get(name, name)] = value
    return read_configuration(named, source="the provider's arguments or the stack's configuration")
