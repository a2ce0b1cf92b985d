"""Validate the inputs of pins, compare them, and build queries from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from pulumi_tcimages import sources
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.validation_errors import check_known, read_arguments, read_names
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin import PACKAGE
from pulumi_tcimages.plugin.diffs import changed
from pulumi_tcimages.plugin.functions import read_invoke_query
from pulumi_tcimages.plugin.property_values import UNKNOWN, has_unknown, unwrap
from pulumi_tcimages.plugin.rpc_errors import shorten
from pulumi_tcimages.sources import find_source_of_token
from pulumi_tcimages.sources.source import Source

Properties = dict[str, Any]


@dataclass(frozen=True)
class Pin:
    """The resource type that pins the images of a data source. The images must have ids."""

    source: Source

    @property
    def name(self) -> str:
        return self.source.pin_name

    @property
    def query(self) -> type[BaseQuery]:
        return self.source.single_query

    @property
    def id_field(self) -> str:
        """The image field that contains the id, in camelCase."""
        return camel(self.source.image.id_field)

    @property
    def name_field(self) -> str:
        """The image field that contains the name, in camelCase."""
        return camel(self.source.image.name_field)

    @property
    def replace_triggers(self) -> tuple[str, ...]:
        """The inputs whose change makes the pin select its image again."""
        return ("triggers", *map(camel, self.query.scope_arguments))

    @property
    def listed_by(self) -> list[str]:
        """The required inputs that select a listing, without scope inputs like the data engine."""
        names = self.query.required_names()
        return [camel(name) for name in names if name not in self.query.scope_arguments]

    @property
    def token(self) -> str:
        return f"{PACKAGE}:index:{self.name}"


def list_pins() -> list[Pin]:
    """Return the pin types of all sources whose images have ids."""
    return [Pin(source) for source in sources.SOURCES if source.pin_name]


def find_pin_of(token: str) -> Pin | None:
    """Return the pin type for a resource's type token, or None if it is unknown."""
    source = find_source_of_token(token)
    pin = Pin(source) if source and source.pin_name else None
    return pin if pin and pin.token == token else None


def find_pin(token: str) -> Pin:
    """Return the pin type for a resource's type token.

    Raises: InvalidArgumentError for an unknown token.
    """
    if pin := find_pin_of(token):
        return pin
    tokens = (pin.token for pin in list_pins())
    raise InvalidArgumentError(
        f"there is no resource {shorten(token)}",
        allowed=", ".join(tokens),
        fix="use one of those under Allowed, or install the plugin of the SDK's version",
    )


def check(pin: Pin, inputs: Properties, find_region: Callable[[], str | None]) -> Properties:
    """Validate a pin's inputs and add the effective region.

    The engine compares only the inputs of a pin. If they lacked the region, it would not notice a
    change of the configured region.

    Raises: InvalidArgumentError.
    """
    read_names([*pin.query.model_fields, "triggers"], inputs, camel)
    _check_triggers(inputs.get("triggers"))
    criteria = criteria_of(inputs)
    if has_unknown(criteria):
        check_known(pin.query, unwrap(criteria), lambda value: not has_unknown(value), style=camel)
    else:
        read_criteria(pin, inputs)
    if inputs.get("region") is not None:
        return inputs
    region = find_region()
    return {**inputs, "region": region} if region else inputs


def read_criteria(pin: Pin, inputs: Mapping[str, Any]) -> BaseQuery:
    """Build a query from a pin's inputs. Raises: InvalidArgumentError."""
    return read_invoke_query(pin.query, criteria_of(inputs))


def criteria_of(inputs: Mapping[str, Any]) -> Properties:
    """Return the inputs that select an image, which are all except triggers."""
    return {name: value for name, value in inputs.items() if name != "triggers"}


def inputs_of(pin: Pin, outputs: Mapping[str, Any]) -> Properties:
    """Extract the inputs from a pin's outputs.

    The state of a pin that was read with `.get()` contains no inputs.
    """
    names = {"triggers", *map(camel, pin.query.model_fields)}
    return {name: value for name, value in outputs.items() if name in names}


def changed_replace_triggers(
    pin: Pin, olds: Properties, old_inputs: Properties, news: Properties
) -> list[str]:
    """Return the names of the changed inputs that make the pin select its image again.

    If an old state has no region, the region counts as unchanged.
    """
    old_regions = [unwrap(properties.get("region")) for properties in (old_inputs, olds)]
    old_region = next((region for region in old_regions if isinstance(region, str)), None)
    is_elsewhere = old_region is not None and old_region != unwrap(news.get("region"))
    names = [name for name in changed(old_inputs, news) if name in pin.replace_triggers]
    return [*names, "region"] if is_elsewhere else names


class _Triggers(BaseModel):
    model_config = ConfigDict(strict=True)

    triggers: dict[str, str] | None = None


def _check_triggers(triggers: Any) -> None:
    values = unwrap(triggers)
    if isinstance(values, dict):
        values = {name: value for name, value in values.items() if value is not UNKNOWN}
    if values is not UNKNOWN:
        read_arguments(_Triggers, {"triggers": values})
