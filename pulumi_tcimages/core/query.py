"""Base classes for queries: the arguments of a function, validated before a request is sent.

Each data source declares query classes. The descriptions of their fields appear in schema.json, the
Pulumi Registry and `--help`. A description is a noun phrase with the allowed values or an example,
followed by short sentences such as "Case-insensitive." and "Defaults to `60`." Names are in
camelCase. The description of a required argument is one sentence, which an error message repeats.

Unknown names, wrong types, empty strings and invalid ranges are rejected. A value that is missing
from Tencent Cloud's documented list is sent with a warning, because the list may grow.
"""

# Do not add `from __future__ import annotations`: pydantic would take 2 ms to evaluate the
# annotations.

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.suggestions.spelling import did_you_mean
from pulumi_tcimages.core.validation_errors import CHOOSING, checked, read_arguments
from pulumi_tcimages.core.validators import Region, VersionRange, Word
from pulumi_tcimages.core.value_checks import (
    build_bare_latest_error,
    build_false_latest_error,
    build_latest_key_error,
    listed,
    read_component_name,
)
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.naming import NameStyle, camel, normalize_name

_MOST_EXAMPLES = 3
STRICT = ConfigDict(frozen=True, strict=True, extra="forbid")


class BaseQuery(BaseModel):
    """The arguments of a data source: the region, the arguments sent to the API, and the criteria.

    A criterion is compared with the image field of the same name, unless `reads` maps it to another
    field.
    """

    model_config = STRICT

    source_name: ClassVar[str]
    """The name of the data source, such as `platform_image`."""
    image: ClassVar[type[Image]]
    api_arguments: ClassVar[tuple[str, ...]] = ()
    """The names of the arguments that are sent to the API."""
    scope_arguments: ClassVar[tuple[str, ...]] = ()
    """API arguments for the object whose images are listed, such as a data engine's id."""
    reads: ClassVar[Mapping[str, str]] = {}
    known_values: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The documented values, by argument or `argument.key`. Other values cause a warning."""
    chooses: ClassVar[frozenset[str]] = CHOOSING

    region: Region | None = Field(
        None,
        description="The region to query, for example `ap-guangzhou`. Defaults to the configured "
        "region.",
    )

    # `check_fields=False`, because only queries for a single image have the field `latest_by`.
    @field_validator("latest_by", check_fields=False)
    @classmethod
    def _read_latest_by(cls, keys: list[str] | None) -> list[str] | None:
        return None if keys is None else checked(cls._read_keys)(keys)

    @classmethod
    def _read_keys(cls, keys: list[str]) -> list[str]:
        return [_read_latest_key(cls, number, key) for number, key in enumerate(keys)]

    @model_validator(mode="after")
    def _refuse_latest_of_everything(self) -> "BaseQuery":
        checked(_refuse_bare_latest)(self)
        return self

    @classmethod
    def criteria_names(cls) -> list[str]:
        aside = {"region", *cls.api_arguments, *cls.chooses}
        return [name for name in cls.model_fields if name not in aside]

    @classmethod
    def plain_names(cls) -> list[str]:
        """Return the names of all criteria except those for the id or the name of an image."""
        identity = {cls.image.id_field, cls.image.name_field}
        return [
            name
            for name in cls.criteria_names()
            if cls.field_of(name) not in identity and not name.endswith("_regex")
        ]

    @classmethod
    def example_names(cls) -> list[str]:
        """Return the names of up to three criteria to suggest. Version ranges are not suggested."""
        return [name for name in cls.plain_names() if not cls.is_range(name)][:_MOST_EXAMPLES]

    @classmethod
    def required_names(cls) -> list[str]:
        return [name for name, field in cls.model_fields.items() if field.is_required()]

    @classmethod
    def field_of(cls, argument: str) -> str:
        """Return the name of the image field that a criterion is compared with."""
        return cls.reads.get(argument, argument)

    @classmethod
    def is_range(cls, argument: str) -> bool:
        """Return whether a criterion is a version range."""
        return VersionRange in get_args(cls.model_fields[argument].annotation)

    def defaults(self) -> dict[str, Any]:
        """Return the criteria that have a default and are not set, with the default."""
        return {
            name: field.default
            for name, field in type(self).model_fields.items()
            if name not in self.model_fields_set
            and field.default is not None
            and not field.is_required()
        }

    def criteria(self) -> dict[str, Any]:
        """Return the criteria that are set, by name."""
        values = {name: getattr(self, name) for name in self.criteria_names()}
        return {name: value for name, value in values.items() if value is not None}

    def parameters(self) -> dict[str, Any]:
        """Return the API parameters, without empty lists, which the API rejects."""
        return {
            name: value
            for name in self.api_arguments
            if (value := _dump(getattr(self, name))) is not None
        }

    def sent_names(self) -> list[str]:
        """Return the names of the API arguments that are set."""
        return [*self.parameters()]

    def optional_api_arguments(self) -> list[str]:
        """Return the names of the API arguments that are set and filter the images."""
        aside = {*self.scope_arguments, *self.required_names()}
        return [name for name in self.parameters() if name not in aside]

    def narrows(self) -> bool:
        """Return whether any argument filters the images. `latest` requires this."""
        return bool(self.required_names() or self.criteria() or self.optional_api_arguments())

    def warnings(self) -> list[str]:
        """Return a warning for each value that is not in `known_values`."""
        return [
            line
            for path, known in self.known_values.items()
            for value in self._values_at(path)
            for line in warn_off_list(path, value, known)
        ]

    def _values_at(self, path: str) -> Iterator[str]:
        argument, _, part = path.partition(".")
        value = getattr(self, argument)
        items = value if isinstance(value, list) else [value]
        for item in items:
            text = getattr(item, part) if part and item is not None else item
            if text is not None:
                yield text


class Latest:
    """Mixin that adds the field `latest` to a query for a single image.

    It is a plain class, because a pydantic model would take longer to load. pydantic collects the
    field in subclasses.
    """

    latest: bool | None = Field(
        None,
        description="Whether to select the newest image if several match. Newest means the highest "
        "version. Defaults to `false`: a lookup of a single image then fails if several match.",
    )


LatestKeys = list[Word] | None


def latest_by_field(*keys: str, components: bool = True) -> Any:
    """Build the pydantic field `latest_by`.

    Args:
        keys: the image fields that `latest` can compare; the first is the default.
        components: whether users may also name components, such as `cuda`.
    """
    *names, last = [*(f"`{key}`" for key in keys), *(["component names"] if components else [])]
    listing = f"{', '.join(names)} and {last}" if names else last
    default = f' Defaults to `["{keys[0]}"]`.' if keys else ""
    return Field(
        None,
        min_length=1,
        description=f"The keys that determine the newest image, most important first. Valid "
        f"keys: {listing}. Implies `latest`.{default}",
    )


QueryT = TypeVar("QueryT", bound=BaseQuery)


def read_query(model: type[QueryT], arguments: Mapping[str, Any], style: NameStyle = str) -> QueryT:
    """Validate arguments, and build a query.

    Raises: InvalidArgumentError.
    """
    return read_arguments(model, arguments, style)


def version_key(image: type[Image]) -> str:
    """Return the `latest_by` key for the version field, for instance `frameworkVersion`.

    It is "" for a source without versions.
    """
    return camel(image.version_field)


def latest_keys(query: BaseQuery) -> tuple[str, ...]:
    """Return the keys that `latest` compares, most important first; () if it is not set."""
    keys = getattr(query, "latest_by", None)
    if keys:
        return tuple(keys)
    return (version_key(query.image),) if getattr(query, "latest", None) else ()


def time_keys(image: type[Image]) -> dict[str, str]:
    """Map each `latest_by` key that is a date, such as `createTime`, to its image field."""
    return {camel(name): name for name in image.time_fields}


def _read_latest_key(model: type[BaseQuery], number: int, key: str) -> str:
    """Convert a `latest_by` key to a field name in camelCase or a canonical component name.

    Raises: InvalidArgumentError if the images cannot be compared by this key.
    """
    fields = tuple(filter(None, (version_key(model.image), *time_keys(model.image))))
    for field in fields:
        if normalize_name(key) == normalize_name(field):
            return field
    has_components = "components" in model.model_fields
    arguments = {normalize_name(name): name for name in model.model_fields}
    argument = arguments.get(normalize_name(key))
    components = " and names of components, such as pytorch or cuda" if has_components else ""
    allowed = f"{listed(fields)}{components}"
    if argument:
        raise build_latest_key_error(number, key, argument, allowed)
    if not has_components:
        raise InvalidArgumentError(
            f"the images of this source are not ranked by {quote(key)}",
            argument=f"latest_by[{number}]",
            value=quote(key),
            allowed=allowed,
            fix=f"write {quote(fields[0])}, for instance",
        )
    return read_component_name(key)


def _dump(value: Any) -> Any:
    if isinstance(value, list):
        items = [
            item.model_dump(exclude_none=True) if isinstance(item, BaseModel) else item
            for item in value
        ]
        return items or None
    return value


def warn_off_list(path: str, value: str, known: tuple[str, ...]) -> list[str]:
    """Return a list with one warning if a value is not in `known`, else an empty list."""
    if value.lower() in map(str.lower, known):
        return []
    warning = f"`{path}` {quote(value)} is not on the known list ({listed(known)}); asked anyway"
    return ["; ".join(filter(None, [warning, did_you_mean(value, known)]))]


def _refuse_bare_latest(query: BaseQuery) -> None:
    latest, keys = getattr(query, "latest", None), getattr(query, "latest_by", None)
    if latest is False and keys:
        raise build_false_latest_error()
    if latest and not keys and not query.image.version_field:
        raise InvalidArgumentError(
            "these images have no version of their own to compare",
            argument="latest",
            fix="name the components to compare in `latest_by`",
        )
    if latest_keys(query) and not query.narrows():
        raise build_bare_latest_error(query.example_names(), has_latest=bool(latest))
