"""Values of settings with their sources, and groups of settings that describe a role to assume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pulumi_tcimages.advice import Advice
from pulumi_tcimages.cloud.setting_sources import VARIABLE_GROUPS, VariableGroup
from pulumi_tcimages.cloud.variables import ENVIRONMENT, Variables, annotate
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.core.placeholders import Placeholder
from pulumi_tcimages.core.setting_advice import change_variable
from pulumi_tcimages.core.setting_patterns import find_path_problem
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.naming import camel

CONFIGURATION = "configuration"


class Value(NamedTuple):
    """The value of a setting, and its source for messages, such as `environment
    TENCENTCLOUD_REGION`.
    """

    value: Any
    source: str

    def __repr__(self) -> str:
        """Show only the source, because the value may be secret."""
        return f"Value(source={self.source!r})"


def read_value(name: str, text: str, source: str) -> Value:
    """Parse a string as the value of a setting.

    Raises: ConfigurationError if it is invalid.
    """
    section, dot, part = name.partition(".")
    read = read_configuration({section: {camel(part): text}} if dot else {name: text}, source)
    return Value(read_path(read, name), source)


def check_path(text: str, source: str, allowed: str) -> str:
    """Return the value of an environment variable that contains the path of a file.

    Raises: ConfigurationError if it cannot be a path. The error does not show the value.
    """
    if problem := find_path_problem(text):
        advice = Advice("set the path of a file instead:", change_variable(source, "FILE"))
        problem = f"the value {problem}."
        raise ConfigurationError(problem, source=source, allowed=allowed, fix=advice)
    return text


def read_path(configuration: Configuration, name: str) -> Any:
    """Return the value at a dotted path, such as `assume_role.role_arn`, or None."""
    value: Any = configuration
    for part in name.split("."):
        value = None if value is None else getattr(value, part)
    return value


class Section(NamedTuple):
    """The settings that describe a role to assume. All of them come from the same source."""

    name: str
    values: Mapping[str, Value]
    places: Mapping[str, str]
    """For each field, the text for the list of searched places in an error."""
    variable_group: VariableGroup | None = None
    """The group of variables that describes this role, or None if the configuration does."""

    def get(self, part: str) -> Any:
        """Return the value of a field, such as `role_arn`, or None."""
        setting = self.values.get(part)
        return setting.value if setting else None


def read_sections(
    name: str, configuration: Configuration, variables: Variables
) -> Iterator[Section]:
    """Yield the settings of a role from each source that has any of them, by precedence.

    Raises: ConfigurationError for an invalid variable.
    """
    if section := _read_configured(name, configuration):
        yield section
    for group in VARIABLE_GROUPS:
        if group.section == name and variables.is_described(group):
            yield _read_group(group, variables)


def find_partial(name: str, variables: Variables) -> Section | None:
    """Return the first role in the environment that lacks its essential variables, or None.

    Raises: ConfigurationError for an invalid variable.
    """
    groups = (group for group in VARIABLE_GROUPS if group.section == name)
    partial = next(filter(variables.is_partial, groups), None)
    return _read_group(partial, variables) if partial else None


def _read_configured(name: str, configuration: Configuration) -> Section | None:
    model = getattr(configuration, name)
    if model is None:
        return None
    values: dict[str, Value] = {}
    places: dict[str, str] = {}
    placeholders: list[Placeholder] = []
    for part in type(model).model_fields:
        path = f"{name}.{part}"
        value, placeholder = read_path(configuration, path), configuration.placeholders.get(path)
        places[part] = annotate(configuration.source_of(path), placeholder)
        if value is not None:
            values[part] = Value(value, configuration.source_of(path))
        if placeholder:
            placeholders.append(placeholder)
    is_described = bool(values) or not all(placeholder.is_blank for placeholder in placeholders)
    return Section(name, values, places) if is_described else None


def _read_group(group: VariableGroup, variables: Variables) -> Section:
    values = {
        part: read_value(f"{group.section}.{part}", text, f"{ENVIRONMENT}{variable}")
        for part, variable in group.variables.items()
        if (text := variables.text(variable))
    }
    places = {part: variables.place(variable) for part, variable in group.variables.items()}
    return Section(group.section, values, places, group)
