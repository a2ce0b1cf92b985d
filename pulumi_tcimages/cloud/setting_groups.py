"""Roles and web identities: several settings that describe one thing, all taken from one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pulumi_tcimages.cloud.setting_sources import FAMILIES, Family
from pulumi_tcimages.cloud.setting_values import Value, read_path, read_value
from pulumi_tcimages.cloud.variables import ENVIRONMENT, Variables, annotate
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.core.placeholders import Placeholder


class Section(NamedTuple):
    """The parts of a role or a web identity, all of one place."""

    name: str
    values: Mapping[str, Value]
    places: Mapping[str, str]
    """Where the place has each part, with what it holds instead of a value."""
    family: Family | None = None
    """The family of variables; None for the configuration."""

    def get(self, part: str) -> Any:
        """The value of a part, or None."""
        found = self.values.get(part)
        return found.value if found else None


def read_sections(
    name: str, configuration: Configuration, variables: Variables
) -> Iterator[Section]:
    """Every place that describes a section, whole or not, the one that counts first.

    Errors: ConfigurationError for a variable that cannot be right.
    """
    if section := _read_configured(name, configuration):
        yield section
    for family in FAMILIES:
        if family.section == name and variables.is_meant(family):
            yield _read_family(family, variables)


def _read_configured(name: str, configuration: Configuration) -> Section | None:
    model = getattr(configuration, name)
    if model is None:
        return None
    values: dict[str, Value] = {}
    places: dict[str, str] = {}
    held: list[Placeholder] = []
    for part in type(model).model_fields:
        path = f"{name}.{part}"
        value, placeholder = read_path(configuration, path), configuration.placeholders.get(path)
        places[part] = annotate(configuration.source_of(path), placeholder)
        if value is not None:
            values[part] = Value(value, configuration.source_of(path))
        if placeholder:
            held.append(placeholder)
    is_meant = bool(values) or not all(one.is_blank for one in held)
    return Section(name, values, places) if is_meant else None


def _read_family(family: Family, variables: Variables) -> Section:
    values = {
        part: read_value(f"{family.section}.{part}", text, f"{ENVIRONMENT}{variable}")
        for part, variable in family.variables.items()
        if (text := variables.text(variable))
    }
    places = {part: variables.place(variable) for part, variable in family.variables.items()}
    return Section(family.section, values, places, family)
