"""DLC's API action DescribeDataEnginePythonSparkImages: Spark images of an engine version.

Source: Tencent Cloud's documentation of that action.
"""

from pydantic import Field

from pulumi_tcimages.core.api import Action, ListAction
from pulumi_tcimages.core.fields import optional, text
from pulumi_tcimages.core.images import Text
from pulumi_tcimages.core.query import Latest, LatestKeys, latest_by_field
from pulumi_tcimages.core.validators import Word
from pulumi_tcimages.sources.dlc import (
    DLC_REGIONS,
    SCOPE_CODES,
    VersionedImage,
    VersionedImagesQuery,
)
from pulumi_tcimages.sources.source import Source

_NOT_FOUND = "ResourceNotFound.ImageVersionNotFound"


class PythonSparkImage(VersionedImage):
    """A Spark image with its Python environment, for one version of a DLC engine's image."""

    id_field = "spark_image_id"
    name_field = "spark_image_version"
    time_fields = ("create_time", "update_time")

    spark_image_id: Text = text("The id of the image. Opaque.")
    child_image_version_id: Text = text(
        "The id of the minor version of the engine's image that the image belongs to."
    )
    spark_image_version: Text = text(
        "The name of the image, including its version, for example `spark:3.2.1-python-ml`."
    )
    description: Text = text("Tencent Cloud's description of the image.")
    create_time: Text = text(
        "The time when the image was created, for example `2020-01-01:00:00:00`."
    )
    update_time: Text = text(
        "The time when the image was last updated, in the format of `createTime`."
    )


class PythonSparkImagesQuery(VersionedImagesQuery):
    """List the Python Spark images for one minor version of a DLC engine's image."""

    source_name = "python_spark_image"
    image = PythonSparkImage
    api_arguments = ("child_image_version_id",)
    scope_arguments = ("child_image_version_id",)

    child_image_version_id: Word = Field(
        description="The id of the minor version of the engine's image."
    )
    spark_image_version: Word | None = optional(
        "The full name of the image, including its version, for example `spark:3.2.1-python`. "
        "Case-insensitive."
    )
    spark_image_id: Word | None = optional("The id of the image.")


class PythonSparkImageQuery(Latest, PythonSparkImagesQuery):
    """Find a single Python Spark image of DLC: the only match or, with `latest`, the newest."""

    latest_by: LatestKeys = latest_by_field("version", "createTime", "updateTime")


PYTHON_SPARK_IMAGES = Source(
    title="Python Spark images of DLC",
    list_query=PythonSparkImagesQuery,
    single_query=PythonSparkImageQuery,
    action=ListAction(
        Action("dlc", "DescribeDataEnginePythonSparkImages", "2021-01-25"),
        rows="python_spark_images",
    ),
    columns=("spark_image_version", "description", "create_time", "spark_image_id"),
    examples=("6247ef00-8bae-5125-886d-8efc71a7e29a --latest",),
    operand="IMAGE_VERSION_ID",
    scope="the engine's image version",
    regions={"intl": (*DLC_REGIONS, "ap-bangkok", "ap-seoul")},
    gone_codes=("ResourceNotFound", _NOT_FOUND),
    scope_fixes=dict.fromkeys(
        (*SCOPE_CODES, _NOT_FOUND),
        "check `child_image_version_id`: the id of a minor version of an engine's image.",
    ),
)
