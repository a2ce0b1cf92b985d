"""DLC's API action DescribeSessionImageVersion: images for sessions of Spark engines.

Source: Tencent Cloud's documentation of that action.
"""

from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, computed_field

from pulumi_tcimages.core.api import Action, ListAction
from pulumi_tcimages.core.fields import optional, text
from pulumi_tcimages.core.images import Image, Number, Text
from pulumi_tcimages.core.names import read_name, read_tag
from pulumi_tcimages.core.query import BaseQuery, Latest
from pulumi_tcimages.core.validation_errors import checked
from pulumi_tcimages.core.validators import Regex, VersionRange, Word
from pulumi_tcimages.core.value_checks import read_framework_type
from pulumi_tcimages.sources.dlc import DLC_REGIONS, SCOPE_CODES
from pulumi_tcimages.sources.source import Source

FRAMEWORK_TYPES = ("machine-learning", "python", "spark-ml")
_ENGINE_FIX = "check `data_engine_id`: the id of a running standard Spark engine of this region."


class SessionImage(Image):
    """An image that a session of a standard Spark engine can run."""

    id_field = "spark_image_id"
    name_field = "spark_image_version"
    address_field = "spark_image_tag"
    family_field = "framework"
    version_field = "framework_version"

    spark_image_id: Text = text("The id of the image. Opaque, not always a UUID.")
    spark_image_tag: Text = text(
        "The full registry address of the image, including the tag, as returned by the API."
    )
    spark_image_type: Number | None = optional(
        "A number for the framework, as returned by the API. Tencent Cloud's documentation of it "
        "contradicts its own sample, so use `framework` instead."
    )
    spark_image_version: Text = text(
        "The name of the image, including its version, for example `pytorch-v2.5.1`."
    )

    @computed_field(
        description="The framework, for example `pytorch`. Parsed from `sparkImageVersion`."
    )
    @property
    def framework(self) -> str:
        return next(iter(self.component_versions), "")

    @computed_field(
        description="The version of the framework, for example `2.5.1`. Parsed from "
        "`sparkImageVersion`."
    )
    @property
    def framework_version(self) -> str:
        return next(iter(self.component_versions.values()), "")

    @computed_field(
        description="The tag of the image: the part of `sparkImageTag` after the last `:`."
    )
    @property
    def image_tag(self) -> str:
        return read_tag(self.spark_image_tag)

    @cached_property
    def component_versions(self) -> dict[str, str]:
        return read_name(self.spark_image_version).components


def _read_framework_type(value: str) -> str:
    return read_framework_type(value, FRAMEWORK_TYPES)


FrameworkType = Annotated[Word, AfterValidator(checked(_read_framework_type))]


class SessionImagesQuery(BaseQuery):
    """List the images that sessions of a DLC standard Spark engine can run."""

    source_name = "session_image"
    image = SessionImage
    api_arguments = ("data_engine_id", "framework_type")
    scope_arguments = ("data_engine_id",)
    reads: ClassVar = {"name_regex": "spark_image_version", "tag_regex": "image_tag"}
    known_values: ClassVar = {"framework_type": FRAMEWORK_TYPES}

    data_engine_id: Word = Field(
        description="The id of the data engine, for example `DataEngine-b0jt6fvk`."
    )
    framework_type: FrameworkType = Field(
        description="The framework type: `machine-learning`, `python` or `spark-ml`."
    )
    framework: Word | None = optional(
        "The framework, for example `pytorch`, `tensorflow`, `scikit-learn` or `python`. Parsed "
        "from `sparkImageVersion`. Case-insensitive."
    )
    framework_version: VersionRange | None = optional(
        'The version of the framework, as a PEP 440 version range, for example `">=2.5,<3"`. '
        "Parsed from `sparkImageVersion`."
    )
    name_regex: Regex | None = optional(
        "A regular expression to search for in `sparkImageVersion`. Rust syntax, not anchored, "
        "case-sensitive unless it starts with `(?i)`."
    )
    tag_regex: Regex | None = optional(
        "A regular expression to search for in `imageTag`. Same syntax as for `nameRegex`."
    )
    spark_image_id: Word | None = optional("The id of the image.")


class SessionImageQuery(Latest, SessionImagesQuery):
    """Find a single image for DLC sessions: the only match or, with `latest`, the newest."""


SESSION_IMAGES = Source(
    title="session images of a DLC engine",
    list_query=SessionImagesQuery,
    single_query=SessionImageQuery,
    action=ListAction(
        Action("dlc", "DescribeSessionImageVersion", "2021-01-25"), rows="engine_session_images"
    ),
    columns=(
        "spark_image_version",
        "framework_version",
        "framework",
        "image_tag",
        "spark_image_id",
    ),
    examples=("DataEngine-b0jt6fvk --framework-type machine-learning",),
    operand="ENGINE",
    scope="the engine",
    regions={"intl": DLC_REGIONS},
    gone_codes=("ResourceNotFound", "ResourceNotFound.DataEngineNotFound"),
    scope_fixes=dict.fromkeys(SCOPE_CODES, _ENGINE_FIX),
)
