"""Code that the data sources for TIONE share: filters, extra attributes, and GPU models."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field, model_validator

from pulumi_tcimages.core.fields import items, optional, text
from pulumi_tcimages.core.images import Items, Record, Text
from pulumi_tcimages.core.query import STRICT
from pulumi_tcimages.core.suggestions.spelling import did_you_mean
from pulumi_tcimages.core.validation_errors import checked
from pulumi_tcimages.core.validators import Word
from pulumi_tcimages.core.value_checks import listed
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.sources.descriptions import LIST, NEGATION

_FLAGS = {"true": True, "false": False}
_REQUIRED = {"name", "values"}
_FILTER_FIX = 'write a name and values, for instance {"name": "ImageName", "values": ["vllm"]}'


class PlatformImageExtraAttribute(Record):
    """An extra attribute of a platform image or preset image."""

    type: Text = text("`List` if the value is in `values`, otherwise empty.")
    key: Text = text("The name of the attribute, for example `TrainingModes`.")
    value: Text = text("The value of a scalar attribute, always a string.")
    values: Items[str] = items("The values of a list attribute.")


def read_attributes(attributes: list[PlatformImageExtraAttribute]) -> dict[str, list[str]]:
    """Convert extra attributes to a dict from key to values."""
    values_by_key: dict[str, list[str]] = {}
    for attribute in attributes:
        if attribute.key:
            values = attribute.values or list(filter(None, [attribute.value]))
            values_by_key.setdefault(attribute.key, []).extend(values)
    return values_by_key


def read_flag(values: list[str]) -> bool | None:
    """Convert the first value, `true` or `false`, to a boolean. Return None for other values."""
    return _FLAGS.get(next(iter(values), "").lower())


_GPU_LINE = re.compile(rf"(?<!不)支持的卡型\s{{0,9}}[:\uff1a]\s{{0,9}}{LIST}")
_EXCLUSION = re.compile(f"除|{NEGATION}", re.IGNORECASE)
"""Matches the start of GPU models that the image does not support, as in `A100(不支持V100)`."""
_LONGEST_LINE = 2_000
_MOST_GPUS = 256


def read_gpus(listed_gpus: list[str], description: str) -> list[str]:
    """Return the GPU models in the list or, if it is empty, those named in the description."""
    if models := [name for gpu in listed_gpus if (name := gpu.strip())]:
        return models
    line = _GPU_LINE.search(description)
    text = unicodedata.normalize("NFKC", line[1][:_LONGEST_LINE]) if line else ""
    supported = _EXCLUSION.split(text)[0]
    return re.findall(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", supported)[:_MOST_GPUS]


class BuiltInImageFilter(BaseModel):
    """A filter that the API applies. It is sent unchanged."""

    model_config = STRICT

    name: Word = Field(
        description="The name of the filter: `ImageName`, `ImageType`, `SupportDataPipeline` or "
        "`AllowSaveAllContent`."
    )
    values: list[Word] = Field(
        min_length=1,
        description="The values, one of which must match, with booleans as strings such as "
        '`"true"`.',
    )
    negative: bool | None = optional("Whether to select the images that do not match.")

    @model_validator(mode="before")
    @classmethod
    def _known_parts(cls, value: Any) -> Any:
        return checked(cls._refuse_unknown_part)(value)

    @classmethod
    def _refuse_unknown_part(cls, value: Any) -> Any:
        parts = tuple(cls.model_fields)
        names = [*map(str, value)] if isinstance(value, Mapping) else []
        unknown = [name for name in names if name not in parts]
        if unknown:
            raise InvalidArgumentError(
                f"a filter has no {quote(unknown[0])}",
                allowed=listed(parts),
                fix=did_you_mean(unknown[0], parts)
                or (f"leave out {quote(unknown[0])}" if {*names} >= _REQUIRED else _FILTER_FIX),
            )
        return value


class PlatformImageFilter(BuiltInImageFilter):
    """A filter that the API applies. It is sent unchanged."""

    name: Word = Field(
        description="The name of the filter: `ImageId`, `ImageName`, `SupportDataPipeline`, "
        "`AllowSaveAllContent` or `ImageRange`."
    )
    fuzzy: bool | None = optional("Whether a partial match is enough.")
