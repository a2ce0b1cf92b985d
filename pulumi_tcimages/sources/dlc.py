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
        description="The family that the version belongs to, for example `standard-s` or `spark`. "
        "Parsed from the image's name. Versions are compared only within a family."
    )
    @property
    def family(self) -> str:
        return next(iter(self.components), "")

    @computed_field(
        description="The version of the image, for example `1.10`. Parsed from the image's name."
    )
    @property
    def version(self) -> str:
        return next(iter(self.components.values()), "")

    @computed_field(
        description="The components of the image and their versions, for example `spark` and "
        "`python`. Parsed from the image's name. A version is empty if it is missing or cannot be "
        "parsed."
    )
    @property
    def components(self) -> dict[str, str]:
        return read_name(self.label).components


class VersionedImagesQuery(BaseQuery):
    """Base class with the criteria for images whose name contains a family and a version."""

    reads: ClassVar[Mapping[str, str]] = {"name_regex": "label"}

    family: Word | None = optional(
        "The family that the version belongs to, for example `standard-s` or `spark`. Parsed from "
        "the image's name. Case-insensitive."
    )
    version: VersionRange | None = optional(
        'The version of the image, as a PEP 440 version range, for example `">=1.1,<2"`. Parsed '
        "from the image's name."
    )
    name_regex: Regex | None = optional(
        "A regular expression to search for in the image's name. Rust syntax, not anchored, "
        "case-sensitive unless it starts with `(?i)`."
    )
    components: Components | None = optional(
        "The components to match, each with a PEP 440 version range, `*` for present or `none` for "
        'absent, for example `{"spark": ">=3.5", "python": "*"}`. Components are parsed from the '
        "image's name.",
        min_length=1,
    )
