"""The two kinds of image: one field list each.

The same list makes `images[]`, the single result, a pin's `image` and the text of schema.json, so a
field's description here is what people read in the registry. Plain fields are the vendor's, as
sent; computed fields are read out of them, and say so. The vendor documents every field as
nullable: a scalar that is null or empty is None, a list that is null is empty, and a null inside a
list is skipped.

Source: the pages of DescribeSessionImageVersion and DescribePlatformImages.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import (
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    computed_field,
)
from pydantic_core import PydanticCustomError

from pulumi_tcimages.core.api import pascal
from pulumi_tcimages.core.names import Name, canonical, read_name, read_tag
from pulumi_tcimages.naming import camel

Kind = Literal["session", "platform"]

_FLAGS = {"true": True, "false": False}

_MOST_ITEMS = 256
"""Items of one list in a row: ten times the longest list known, so that a row stays small."""


def _read_items(value: Any) -> Any:
    """The items of a list without its nulls; a null list is empty."""
    if value is None:
        return []
    if not isinstance(value, list):
        return value
    if len(value) > _MOST_ITEMS:
        raise PydanticCustomError("too_many_items", f"more than {_MOST_ITEMS} items")
    return [item for item in value if item is not None] if None in value else value


Number = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""A whole number that JSON and Pulumi carry exactly."""
Text = Annotated[str | None, BeforeValidator(lambda value: None if value == "" else value)]
_Item = TypeVar("_Item")
Items = Annotated[list[_Item], BeforeValidator(_read_items)]


class Record(BaseModel):
    """What the vendor sent, read strictly: a wrong type is an error, an unknown field is not.

    Fields are found under the vendor's names, and under ours.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        alias_generator=AliasGenerator(validation_alias=pascal),
        populate_by_name=True,
    )


class SessionImage(Record):
    """An image that a session of a standard Spark engine can run."""

    id_field: ClassVar[str] = "spark_image_id"
    name_field: ClassVar[str] = "spark_image_version"

    spark_image_id: Text = Field(None, description="The image's id; opaque, not always a UUID.")
    spark_image_tag: Text = Field(
        None, description="The image's full registry address with its tag, as sent."
    )
    spark_image_type: Number | None = Field(
        None,
        description="The vendor's number for the framework, as sent; its published meaning and its "
        "published sample contradict each other, so use `framework` instead.",
    )
    spark_image_version: Text = Field(
        None, description="The image's name and version in one, for instance `pytorch-v2.5.1`."
    )

    @computed_field(description="The framework, read out of `sparkImageVersion`: `pytorch`.")
    @property
    def framework(self) -> str | None:
        return next(iter(self._parsed.components), None)

    @computed_field(description="Its version, read out of `sparkImageVersion`: `2.5.1`.")
    @property
    def framework_version(self) -> str | None:
        return next(iter(self._parsed.components.values()), None) or None

    @computed_field(description="The tag alone: what follows the last `:` of `sparkImageTag`.")
    @property
    def image_tag(self) -> str | None:
        return read_tag(self.spark_image_tag)

    @cached_property
    def _parsed(self) -> Name:
        return read_name(self.spark_image_version)

    @property
    def id(self) -> str | None:
        return self.spark_image_id

    @property
    def name(self) -> str | None:
        return self.spark_image_version

    @property
    def address(self) -> str | None:
        return self.spark_image_tag

    @property
    def components(self) -> dict[str, str]:
        return self._parsed.components


class ExtraAttribute(Record):
    """One extra attribute of a platform image, as sent."""

    type: Text = Field(None, description="`List` where `values` holds the value, else absent.")
    key: Text = Field(None, description="The attribute's name, for instance `TrainingModes`.")
    value: Text = Field(None, description="The value of a scalar attribute, always text.")
    values: Items[str] = Field([], description="The values of a list attribute.")

    def all_values(self) -> list[str]:
        """The value or values, whichever this attribute uses."""
        return self.values or ([] if self.value is None else [self.value])


class PlatformImage(Record):
    """A TIONE platform image for training, notebooks or inference."""

    id_field: ClassVar[str] = "image_id"
    name_field: ClassVar[str] = "image_name"

    image_id: Text = Field(None, description="The image's id; opaque, not always a UUID.")
    image_name: Text = Field(None, description="The image's name, which also tells what is in it.")
    image_type: Text = Field(None, description="The registry's type, `TCR` or `CCR` in any case.")
    image_url: Text = Field(None, description="The image's full registry address with its tag.")
    image_range: Items[str] = Field(
        [], description="What the image is for: any of `Train`, `Inference`, `Notebook`."
    )
    framework: Text = Field(None, description="The framework, as sent: the case varies.")
    framework_version: Text = Field(None, description="The framework's version, as sent.")
    registry_region: Text = Field(None, description="The registry's region, where it has one.")
    registry_id: Text = Field(None, description="The registry's id, where it has one.")
    support_gpu_list: Items[str] = Field(
        [],
        description="GPU models the image supports; empty on some rows whose `description` names "
        "them.",
    )
    description: Text = Field(None, description="The vendor's text, several lines, often Chinese.")
    extra_attributes: Items[ExtraAttribute] = Field(
        [], description="The extra attributes, as sent."
    )
    support_distributed_deploy: bool | None = Field(
        None, description="Whether distributed deployment is supported; absent on older rows."
    )
    region_scope: Text = Field(
        None, description="Where the image is offered: `all`, `autonomous` or `general`."
    )

    @computed_field(description="The tag alone: what follows the last `:` of `imageUrl`.")
    @property
    def image_tag(self) -> str | None:
        return read_tag(self.image_url)

    @computed_field(description="The extra attributes as a map from key to values.")
    @cached_property
    def attributes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self.extra_attributes:
            if one.key:
                found.setdefault(one.key, []).extend(one.all_values())
        return found

    @computed_field(description="The extra attribute `SupportDataPipeline` as a boolean.")
    @property
    def support_data_pipeline(self) -> bool | None:
        return self._flag("SupportDataPipeline")

    @computed_field(description="The extra attribute `AllowSaveAllContent` as a boolean.")
    @property
    def allow_save_all_content(self) -> bool | None:
        return self._flag("AllowSaveAllContent")

    @computed_field(description="The extra attribute `TrainingModes`, for instance `DDP`.")
    @property
    def training_modes(self) -> list[str]:
        return self.attribute("TrainingModes") or []

    @computed_field(
        description="What is in the image and in which version, read out of `imageName`: "
        "`pytorch`, `cuda`, `python`, `tilearn-llm` and so on; the version is empty where the name "
        "mentions a component without a readable one."
    )
    @property
    def components(self) -> dict[str, str]:
        return self._parsed.components

    @computed_field(description="`cpu`, `gpu` or `npu`, read out of `imageName`.")
    @property
    def device(self) -> str | None:
        return self._parsed.device

    @cached_property
    def _parsed(self) -> Name:
        return read_name(self.image_name)

    def attribute(self, key: str) -> list[str] | None:
        """The values of an extra attribute, whatever its key's case; None where it is absent."""
        if key in self.attributes:
            return self.attributes[key]
        lower = key.lower()
        return next(
            (values for name, values in self.attributes.items() if name.lower() == lower), None
        )

    def _flag(self, key: str) -> bool | None:
        text = next(iter(self.attribute(key) or []), "").lower()
        return _FLAGS.get(text)

    @property
    def id(self) -> str | None:
        return self.image_id

    @property
    def name(self) -> str | None:
        return self.image_name

    @property
    def address(self) -> str | None:
        return self.image_url


Image = SessionImage | PlatformImage


def framework_of(image: Image) -> str | None:
    """The framework in its one spelling, to compare with: `PYTORCH` and `torch` are `pytorch`."""
    return canonical(image.framework) if image.framework else None


def to_fields(image: Image) -> dict[str, Any]:
    """Every field that has a value, in snake_case; lists and maps always."""
    return image.model_dump(exclude_none=True)


def to_properties(image: Image) -> dict[str, Any]:
    """The same under the names of schema.json, as every face gives it."""
    return {camel(name): value for name, value in to_fields(image).items()}
