"""Read the pins from the output of `pulumi stack export`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_tcimages.core.configuration_keys import KEY_PARTS, SECRET_KEYS, Configuration
from pulumi_tcimages.errors import ConfigurationError, InvalidArgumentError
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.configuration import marked_texts, read_provider_inputs, without_default
from pulumi_tcimages.plugin.exported_values import ExportError, read_object
from pulumi_tcimages.plugin.pin_inputs import Pin, Properties, find_pin_of, inputs_of
from pulumi_tcimages.plugin.property_values import Secret, has_secret, has_unknown, secret_texts
from pulumi_tcimages.plugin.redacted_errors import ErrorRedactor
from pulumi_tcimages.plugin.redaction import Secrets
from pulumi_tcimages.plugin.rpc_errors import read_urn

_PROVIDER = f"pulumi:providers:{PACKAGE}"
_SEPARATOR = "::"
_KEYS = frozenset(map(camel, KEY_PARTS))
_ROLES = frozenset(map(camel, SECRET_KEYS)) - _KEYS
_MOST_SHOWN = 5


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
    problem: str = ""
    """Why the pin cannot be checked, or "" if the export has all that is needed."""
    export: str = field(default="", compare=False)
    """The file or stack that the export comes from."""
    is_urn_shared: bool = field(default=False, compare=False)
    """Whether another export contains a different pin with the same URN. Two stacks can have equal
    URNs, because a URN contains neither the organization nor the backend.
    """

    @property
    def name(self) -> str:
        return read_urn(self.urn).name

    @property
    def stack(self) -> str:
        """The names of the project and the stack, such as `images/dev`."""
        urn = read_urn(self.urn)
        return f"{urn.project}/{urn.stack}"

    @property
    def stack_label(self) -> str:
        """The stack's name for messages, followed by the export if the name is ambiguous."""
        return f"{self.stack} ({self.export})" if self.is_urn_shared else self.stack

    def read_configuration(self, overridden: Collection[str] = ()) -> Configuration:
        """Build the configuration of the pin's provider, without API keys and encrypted roles.

        These are left out, because pins are checked with the user's own keys.

        Encrypted values of `overridden` settings (snake_case) are left out too: flags replace them.

        Raises: ConfigurationError for an invalid value or an encrypted value of another setting.
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

    Raises: ExportError for resources that cannot be read. It is raised after all other pins have
    been yielded.
    """
    resources = _find_resources(document)
    providers = _find_providers(resources)
    unknown_types = set()
    problems: list[str] = []
    for resource in resources:
        kind = _text_of(resource, "type")
        pin = find_pin_of(kind)
        # Skip a resource with `delete`: it has been replaced, and its deletion is pending.
        if resource.get("delete") is True:
            continue
        if pin is None:
            if resource.get("custom") and kind.startswith(f"{PACKAGE}:"):
                unknown_types.add(kind)
            continue
        try:
            yield _read_pin(resource, pin, providers, export)
        except ExportError as error:
            problems.append(str(error))
    if unknown_types:
        names = _join(map(quote, sorted(unknown_types)), ", ")
        problems.append(
            f"this version of pulumi-tcimages has no resource {names}, so it is not checked; "
            "update the package"
        )
    if problems:
        raise ExportError(_join(dict.fromkeys(problems), "; "))


_Providers = Mapping[str, Sequence[Mapping[str, Any]]]


def _find_providers(resources: Iterable[Mapping[str, Any]]) -> _Providers:
    """Return the provider resources by their references. Several may have the same reference."""
    providers: dict[str, list[Mapping[str, Any]]] = {}
    for resource in resources:
        urn, identifier = _text_of(resource, "urn"), _text_of(resource, "id")
        if resource.get("type") == _PROVIDER and urn and identifier:
            providers.setdefault(f"{urn}{_SEPARATOR}{identifier}", []).append(resource)
    return providers


def _read_pin(
    resource: Mapping[str, Any], pin: Pin, providers: _Providers, export: str
) -> StackPin:
    urn = _text_of(resource, "urn")
    if urn.count(_SEPARATOR) < 3:
        raise ExportError(f"{quote(urn)} is not the URN of a resource")
    reference = _text_of(resource, "provider")
    candidates = providers.get(reference, ())
    provider = candidates[0] if candidates else {}
    problem = _find_pin_problem(resource) or _find_provider_problem(reference, candidates)
    outputs = read_object(resource.get("outputs"))
    return StackPin(
        urn=urn,
        pin=pin,
        inputs=read_object(resource.get("inputs")) or inputs_of(pin, outputs),
        outputs=outputs,
        provider=read_object(provider.get("inputs")),
        provider_name=without_default(read_urn(_text_of(provider, "urn")).name),
        problem=f"{problem}; export the stack again" if problem else "",
        export=export,
    )


def _find_pin_problem(resource: Mapping[str, Any]) -> str:
    if not isinstance(resource.get("delete", False), (bool, type(None))):
        return "its field delete is not a boolean"
    for name in ("inputs", "outputs"):
        if not _is_object(resource.get(name)):
            return f"its {name} are not an object"
    return ""


def _find_provider_problem(reference: str, providers: Sequence[Mapping[str, Any]]) -> str:
    """Return why the settings of a pin's provider cannot be read, or "" if they can.

    Without them, the pin would be checked with the environment's settings.
    """
    if not reference:
        return "it names no provider"
    if not providers:
        return "its provider is not in the export"
    if not all(_is_object(provider.get("inputs")) for provider in providers):
        return "the inputs of its provider are not an object"
    if any(provider.get("inputs") != providers[0].get("inputs") for provider in providers):
        return "its provider is in the export several times, with different inputs"
    return ""


def _is_object(value: Any) -> bool:
    """Return whether a value is an object. Pulumi leaves out an object without fields."""
    return value is None or isinstance(value, dict)


def _join(texts: Iterable[str], separator: str) -> str:
    """Join the first texts, and add the number of the others."""
    every = list(texts)
    joined = separator.join(every[:_MOST_SHOWN])
    return f"{joined} and {len(every) - _MOST_SHOWN} more" if len(every) > _MOST_SHOWN else joined


def merge_pins(pins: Iterable[StackPin]) -> list[StackPin]:
    """Return the pins without duplicates, and mark different pins that have the same URN."""
    by_urn: dict[str, dict[object, StackPin]] = {}
    for pin in pins:
        parts = (pin.pin, pin.inputs, pin.outputs, pin.provider, pin.provider_name, pin.problem)
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
    resources = state.get("resources") if isinstance(state, dict) else ""
    if resources is None:  # A stack without resources.
        return []
    if not isinstance(resources, list) or not all(isinstance(each, dict) for each in resources):
        raise ExportError("this is not what `pulumi stack export` prints")
    return resources


def _text_of(resource: Mapping[str, Any], name: str) -> str:
    """Return a field of a resource, or "" if it is missing or not a string."""
    value = resource.get(name)
    return value if isinstance(value, str) else ""
