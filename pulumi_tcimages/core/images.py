"""Base classes for the image records that a listing returns.

Each data source declares a subclass of Image. Its fields are the properties that users see, and
their descriptions are copied to schema.json. Most fields contain Tencent Cloud's values unchanged.
Other fields are computed, as their descriptions say.

Every field of the API is nullable. A missing or null string becomes "", a list becomes [], and a
boolean or number becomes None. Nulls inside a list are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.components import canonical
from pulumi_tcimages.naming import camel, pascal_case

_MOST_ITEMS = 256
"""Maximum length of a list in a row, to limit memory. It is ten times the longest known list."""


def _read_items(value: Any) -> Any:
    """Drop the nulls from a list. A null list becomes empty."""
    if value is None:
        return []
    if not isinstance(value, list):
        return value
    if len(value) > _MOST_ITEMS:
        raise PydanticCustomError("too_many_items", f"more than {_MOST_ITEMS} items")
    return [item for item in value if item is not None] if None in value else value


Number = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""An integer that fits into a float without rounding, as Pulumi requires."""
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
_Item = TypeVar("_Item")
Items = Annotated[list[_Item], BeforeValidator(_read_items)]


class Record(BaseModel):
    """Base class for objects in a response. Unknown fields are ignored; a wrong type is an error.

    The input may have the API's field names in PascalCase or our names in snake_case.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        alias_generator=AliasGenerator(validation_alias=pascal_case),
        populate_by_name=True,
    )


class Image(Record):
    """Base class for the images of all data sources.

    The class variables name the fields that identify and rank an image. A class variable is "" if
    the images have no such field.
    """

    id_field: ClassVar[str] = ""
    name_field: ClassVar[str]
    address_field: ClassVar[str] = ""
    family_field: ClassVar[str] = ""
    """The field with the image's family, such as `framework`. `latest` compares versions only
    within a family.
    """
    version_field: ClassVar[str] = ""
    time_fields: ClassVar[tuple[str, ...]] = ()
    """The date fields that `latest_by` accepts in addition to the version."""
    incidental_fields: ClassVar[tuple[str, ...]] = ("description",)
    """The fields whose change, like that of a date, does not mean that the image itself changed."""

    # These properties must not have the names of the API's fields, because a field of a subclass
    # would shadow the property.

    @property
    def identifier(self) -> str:
        return str(getattr(self, self.id_field) or "") if self.id_field else ""

    @classmethod
    def parse_id(cls, fields: Mapping[str, Any], name: str) -> str:
        """Return the id in an unvalidated row, or "" if it is missing or has the wrong type.

        Args:
            name: the key of the id in `fields`.
        """
        value = fields.get(name) if cls.id_field else None
        is_right = value is not None and type(value) in alternatives(
            cls.model_fields[cls.id_field].annotation
        )
        return str(value) if is_right else ""

    @property
    def label(self) -> str:
        name: str = getattr(self, self.name_field)
        return name

    @property
    def address(self) -> str:
        address: str = getattr(self, self.address_field) if self.address_field else ""
        return address

    @cached_property
    def family(self) -> str:
        """Return the family in canonical form: `pytorch` for `PYTORCH` and `torch`."""
        return canonical(getattr(self, self.family_field)) if self.family_field else ""

    @property
    def compared_version(self) -> str | None:
        """Return the version that `latest` compares, as the API returned it.

        It is "" if only the version is missing, and None if the family is missing too.
        """
        version: str = getattr(self, self.version_field) if self.version_field else ""
        return version or ("" if self.family or not self.family_field else None)

    @cached_property
    def checked_version(self) -> str | None:
        """Return `compared_version`, or a reason in brackets if the image's name contradicts it."""
        return self.compared_version

    def gap_in(self, field: str) -> str:  # noqa: ARG002 - sources look at other fields
        """Return the reason why a map field may lack keys, such as `(no name)`, or "" if it is
        complete.
        """
        return "" if self.label else "(no name)"

    @property
    def component_versions(self) -> dict[str, str]:
        """Return the components and versions that were parsed from the image's name."""
        components: dict[str, str] = getattr(self, "components", {})
        return components


ImageT = TypeVar("ImageT", bound=Image)


def to_fields(image: Image) -> dict[str, Any]:
    """Return all fields by their snake_case names, except those that are None."""
    return image.model_dump(exclude_none=True)


def to_properties(image: Image) -> dict[str, Any]:
    """Return all fields by their camelCase names, except those that are None."""
    return {camel(name): value for name, value in to_fields(image).items()}
