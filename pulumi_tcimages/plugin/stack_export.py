"""Read the pins from the output of `pulumi stack export`.

Secrets in an export are encrypted, so they are read as secrets with an unknown value. With
`--show-secrets`, the export contains them as plain text.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_tcimages.core.configuration_keys import KEY_PARTS, SECRET_KEYS, Configuration
from pulumi_tcimages.errors import ConfigurationError, InvalidArgumentError
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.configuration import marked_texts, read_provider_inputs, without_default
from pulumi_tcimages.plugin.pin_inputs import Pin, Properties, find_pin_of, inputs_of
from pulumi_tcimages.plugin.property_values import (
    SECRET_TAG,
    TAG,
    UNKNOWN,
    Secret,
    has_secret,
    has_unknown,
    read_tagged,
    secret_texts,
)
from pulumi_tcimages.plugin.redacted_errors import ErrorRedactor
from pulumi_tcimages.plugin.redaction import Secrets

_PROVIDER = f"pulumi:providers:{PACKAGE}"
_SEPARATOR = "::"
_KEYS = frozenset(map(camel, KEY_PARTS))
_ROLES = frozenset(map(camel, SECRET_KEYS)) - _KEYS
_MOST_LEVELS = 100
"""Maximum depth of nested values. The engine cannot send deeper values either, because protobuf has
the same limit.
"""
_MOST_SHOWN_TYPES = 5
_TOO_DEEP = f"a value of a pin or provider has more than {_MOST_LEVELS} levels"


class ExportError(ValueError):
    """The document is not a stack export, or has a part that this version cannot read."""


@dataclass(frozen=True)
class StackPin:
    """A pin in a stack's export."""

    urn: str
    pin: Pin
    inputs: Properties
    outputs: Properties
    provider: Properties = field(repr=False)
    """The inputs of the pin's provider resource."""
    provider_name: str = ""
    """The provider's name, or "" for the default provider."""
    export: str = field(default="", compare=False)
    """The file or stack that the export comes from."""
    is_urn_shared: bool = field(default=False, compare=False)
    """Whether another export contains a different pin with the same URN. Two stacks can have equal
    URNs, because a URN contains neither the organization nor the backend.
    """

    @property
    def name(self) -> str:
        return self.urn.split(_SEPARATOR, 3)[3]

    @property
    def stack(self) -> str:
        """The names of the project and the stack, such as `images/dev`."""
        start, project = self.urn.split(_SEPARATOR)[:2]
        return f"{project}/{start.rpartition(':')[2]}"

    @property
    def stack_label(self) -> str:
        """The stack's name for messages, followed by the export if the name is ambiguous."""
        return f"{self.stack} ({self.export})" if self.is_urn_shared else self.stack

    def read_configuration(self, overridden: Collection[str] = ()) -> Configuration:
        """Build the configuration of the pin's provider, without API keys and encrypted roles.

        These are left out, because pins are checked with the user's own keys.

        Args:
            overridden: the settings (snake_case) that flags replace. Encrypted values of these are
                left out.

        Errors: ConfigurationError for an invalid value, or for an encrypted value of another
        setting.
        """
        values = {name: value for name, value in self.provider.items() if name not in _KEYS}
        optional = _ROLES | set(map(camel, overridden))
        for name, value in list(values.items()):
            if has_unknown(value):
                if name not in optional:
                    raise ConfigurationError(
                        "the value is secret, so it cannot be read from an export; give it with "
                        "--config, or export the stack with --show-secrets.",
                        key=name,
                    )
                del values[name]
        return read_provider_inputs(values, self.provider_name)

    @property
    def secrets(self) -> Secrets:
        """The secrets in the pin's criteria and its provider, which reports must not contain."""
        texts = (*secret_texts(self.provider), *marked_texts(self.provider, Configuration()))
        return Secrets.among(self.inputs, self.pin.source, texts)

    def problem_of(self, error: InvalidArgumentError | ConfigurationError) -> str:
        """Return the problem in an error about the pin or its provider, without secrets."""
        secrets = self.secrets
        setting = error.key.partition(".")[0] if isinstance(error, ConfigurationError) else ""
        value = self.provider.get(camel(setting))
        if has_secret(value) and not has_unknown(value):
            secrets = replace(secrets, names=secrets.names | {setting})
        return ErrorRedactor(secrets).problem_of(error)

    @property
    def hides_role(self) -> bool:
        """Whether the provider has a role or web identity that is encrypted in the export."""
        return any(has_unknown(self.provider.get(name)) for name in _ROLES)


def read_pins(document: Any, export: str = "") -> Iterator[StackPin]:
    """Yield the pins in a stack export, or in a checkpoint file of a backend.

    Args:
        export: the file or stack that the document comes from.

    Errors: ExportError. The error about a pin with an unknown type is raised after all other pins
    have been yielded.
    """
    resources = _find_resources(document)
    providers = {
        f"{_text_of(resource, 'urn')}{_SEPARATOR}{_text_of(resource, 'id')}": resource
        for resource in resources
        if resource.get("type") == _PROVIDER
    }
    unknown_types = set()
    for resource in resources:
        kind = _text_of(resource, "type")
        pin = find_pin_of(kind)
        # Skip a resource with `delete`: it has been replaced, and its deletion is pending.
        if resource.get("delete"):
            continue
        if pin is None:
            if resource.get("custom") and kind.startswith(f"{PACKAGE}:"):
                unknown_types.add(kind)
            continue
        urn = _text_of(resource, "urn")
        if urn.count(_SEPARATOR) < 3:
            raise ExportError(f"{quote(urn)} is not the URN of a resource")
        outputs = _read_object(resource.get("outputs"))
        provider = providers.get(_text_of(resource, "provider"), {})
        provider_name = _text_of(provider, "urn").rpartition(_SEPARATOR)[2]
        yield StackPin(
            urn=urn,
            pin=pin,
            inputs=_read_object(resource.get("inputs")) or inputs_of(pin, outputs),
            outputs=outputs,
            provider=_read_object(provider.get("inputs")),
            provider_name=without_default(provider_name),
            export=export,
        )
    if unknown_types:
        shown = sorted(unknown_types)[:_MOST_SHOWN_TYPES]
        names = ", ".join(map(quote, shown))
        if len(unknown_types) > len(shown):
            names += f" and {len(unknown_types) - len(shown)} more"
        raise ExportError(
            f"this version of pulumi-tcimages has no resource {names}, so it is not checked; "
            "update the package"
        )


def merge_pins(pins: Iterable[StackPin]) -> list[StackPin]:
    """Return the pins without duplicates, and mark different pins that have the same URN."""
    by_urn: dict[str, dict[object, StackPin]] = {}
    for pin in pins:
        parts = (pin.pin, pin.inputs, pin.outputs, pin.provider, pin.provider_name)
        by_urn.setdefault(pin.urn, {}).setdefault(_to_hashable(parts), pin)
    return [
        replace(pin, is_urn_shared=len(group) > 1)
        for group in by_urn.values()
        for pin in group.values()
    ]


def _to_hashable(value: Any) -> object:
    """Convert a value to a key for a dictionary, such that equal values have equal keys."""
    if isinstance(value, Mapping):
        return frozenset((name, _to_hashable(part)) for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(_to_hashable, value))
    return (Secret, _to_hashable(value.value)) if isinstance(value, Secret) else value


def _find_resources(document: Any) -> list[dict[str, Any]]:
    state = None
    if isinstance(document, dict):
        state = document.get("deployment")
        # Checkpoint files, which self-managed backends store, have `checkpoint` instead of
        # `deployment`.
        checkpoint = document.get("checkpoint")
        if state is None and isinstance(checkpoint, dict):
            state = checkpoint.get("latest") or {}
    resources = (state.get("resources") or []) if isinstance(state, dict) else None
    if not isinstance(resources, list) or not all(isinstance(each, dict) for each in resources):
        raise ExportError("this is not what `pulumi stack export` prints")
    return resources


def _text_of(resource: Mapping[str, Any], name: str) -> str:
    """Return a field of a resource, or "" if it is missing or not a string."""
    value = resource.get(name)
    return value if isinstance(value, str) else ""


def _read_object(value: Any) -> Properties:
    if not isinstance(value, dict):
        return {}
    return {
        name: _read(part, _MOST_LEVELS) for name, part in value.items() if not name.startswith("__")
    }


def _read(value: Any, levels: int) -> Any:
    """Convert a JSON value to a property value.

    Errors: ExportError if the value has more than `levels` nested levels.
    """
    if not isinstance(value, (list, Mapping)):
        return value
    if not levels:
        raise ExportError(_TOO_DEEP)
    if isinstance(value, list):
        return [_read(part, levels - 1) for part in value]
    if value.get(TAG) == SECRET_TAG and "value" not in value:
        return Secret(_read_plaintext(value.get("plaintext"), levels - 1))
    properties = {name: _read(part, levels - 1) for name, part in value.items()}
    return read_tagged(properties) if TAG in properties else properties


def _read_plaintext(text: Any, levels: int) -> Any:
    """Parse a secret that `--show-secrets` printed as JSON. Return UNKNOWN if it is encrypted."""
    try:
        value = json.loads(text) if isinstance(text, str) else UNKNOWN
    except RecursionError:
        raise ExportError(_TOO_DEEP) from None
    except ValueError:
        return UNKNOWN
    return _read(value, levels)
