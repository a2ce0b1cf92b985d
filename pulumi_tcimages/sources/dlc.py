"""Code that the data sources for DLC share: regions, error codes, and a base class for images."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import computed_field

from pulumi_tcimages.core.fields import optional
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.names import read_name
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.validators import Components, Regex, VersionRange, Word

DLC_REGIONS = (
    *("ap-hongkong", "ap-jakarta", "ap-singapore", "ap-tokyo"),
    *("eu-frankfurt", "na-ashburn", "na-siliconvalley"),
)
"""The regions of the international site, according to DLC's documentation."""
SCOPE_CODES = ("InvalidParameter.ParameterNotFoundOrBeNone", "ResourceNotFound")
"""The API's error codes for an unknown value of a required argument, such as an engine's id."""


class VersionedImage(Image):
    """Base class for images with a family and a version in the name, such as `Standard-S 1.10`."""

    family_field = "family"
    version_field = "version"

    @computed_field(
        description="What the version is of, read out of the image's name: `standard-s` or "
        "`spark`. Versions are compared within one family."
    )
    @property
    def family(self) -> str:
        return next(iter(self.components), "")

    @computed_field(description="The version, read out of the image's name: `1.10`.")
    @property
    def version(self) -> str:
        return next(iter(self.components.values()), "")

    @computed_field(
        description="What the image's name mentions, with versions: `spark`, `python` and so on; "
        "the version is empty where the name mentions a component without a readable one."
    )
    @property
    def components(self) -> dict[str, str]:
        return read_name(self.label).components


class VersionedImagesQuery(BaseQuery):
    """Base class with the criteria for images whose name contains a family and a version."""

    reads: ClassVar[Mapping[str, str]] = {"name_regex": "label"}

    family: Word | None = optional(
        "The output `family`, read out of the image's name, whatever its case."
    )
    version: VersionRange | None = optional(
        'A PEP 440 range for the version in the image\'s name, for instance `">=1.1,<2"`.'
    )
    name_regex: Regex | None = optional(
        "A regular expression to find in the image's name: Rust syntax, not anchored, "
        "case-sensitive unless it begins with `(?i)`."
    )
    components: Components | None = optional(
        "Components read out of the image's name, each with a PEP 440 range, `*` for "
        'present or `none` for absent: `{"spark": ">=3.5", "python": "*"}`.',
        min_length=1,
    )
