"""Base classes for the image records that a listing returns.

Each source declares one record class. Its objects are the items of `images`, the results of
single-image functions and the `image` of a pin. The field descriptions are copied to schema.json.
Plain fields contain the vendor's values unchanged. Computed fields are derived from plain ones, and
their descriptions say so.

The vendor documents every field as nullable. A string that is missing or null becomes "", and a
list becomes []. Nulls inside a list are skipped. A boolean or number becomes None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.names import canonical
from pulumi_tcimages.naming import camel, pascal_case

_MOST_ITEMS = 256
"""Maximum length of a list in a row: ten times the longest known. This limits the row's memory."""


def _read_items(value: Any) -> Any:
    """Return a list's items without nulls. A null list becomes empty."""
    if value is None:
        return []
    if not isinstance(value, list):
        return value
    if len(value) > _MOST_ITEMS:
        raise PydanticCustomError("too_many_items", f"more than {_MOST_ITEMS} items")
    return [item for item in value if item is not None] if None in value else value


Number = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""An integer that JSON and Pulumi transport without rounding."""
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
_Item = TypeVar("_Item")
Items = Annotated[list[_Item], BeforeValidator(_read_items)]


class Record(BaseModel):
    """Base class for objects in a response. A wrong type is an error; unknown fields are ignored.

    The input may use the vendor's field names (PascalCase) or ours (snake_case).
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        alias_generator=AliasGenerator(validation_alias=pascal_case),
        populate_by_name=True,
    )


class Image(Record):
    """Base class for the images of all sources.

    The class variables are the names of the fields that identify and rank an image. A variable is
    "" if the source has no such field.
    """

    id_field: ClassVar[str] = ""
    name_field: ClassVar[str]
    address_field: ClassVar[str] = ""
    family_field: ClassVar[str] = ""
    """The field that contains the image's family, such as its framework. `latest` compares versions
    only within one family.
    """
    version_field: ClassVar[str] = ""
    time_fields: ClassVar[tuple[str, ...]] = ()
    """The date fields that `latest_by` accepts in addition to the version."""

    # A field of a subclass would shadow a property of the same name. So the properties must not
    # have the names of the vendor's fields.

    @property
    def identifier(self) -> str:
        return str(getattr(self, self.id_field) or "") if self.id_field else ""

    @classmethod
    def parse_id(cls, fields: Mapping[str, Any], name: str) -> str:
        """Return the id in an unvalidated row or map, or "" if it is missing or has the wrong type.

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
        """Return the image's name."""
        name: str = getattr(self, self.name_field)
        return name

    @property
    def address(self) -> str:
        address: str = getattr(self, self.address_field) if self.address_field else ""
        return address

    @property
    def family(self) -> str:
        """Return the family in canonical form: `pytorch` for `PYTORCH` and `torch`."""
        return canonical(getattr(self, self.family_field)) if self.family_field else ""

    @property
    def compared_version(self) -> str | None:
        """Return the version that `latest` compares, as the vendor sent it.

        It is "" if the image has a family but no version, and None if it has neither.
        """
        version: str = getattr(self, self.version_field) if self.version_field else ""
        return version or ("" if self.family or not self.family_field else None)

    def gap_in(self, field: str) -> str:  # noqa: ARG002 - sources look at other fields
        """Return why the keys of a map field are unknown, or "" if they are known."""
        return "" if self.label else "(no name)"

    @property
    def component_versions(self) -> dict[str, str]:
        """Return the components and versions that were parsed from the image's name."""
        components: dict[str, str] = getattr(self, "components", {})
        return components


ImageT = TypeVar("ImageT", bound=Image)


def to_fields(image: Image) -> dict[str, Any]:
    """Return all fields by snake_case name, without missing booleans and numbers."""
    return image.model_dump(exclude_none=True)


def to_properties(image: Image) -> dict[str, Any]:
    """Return all fields by the names used in schema.json."""
    return {camel(name): value for name, value in to_fields(image).items()}
