"""TIONE's API action DescribeBuildInImages: built-in images, and images in registries.

The response contains a registry password in `ImageSecret`. So the image class has no field for it,
and errors never quote the response.

Source: Tencent Cloud's documentation of that action.
"""

from typing import ClassVar

from pydantic import computed_field

from pulumi_tcimages.core.api import Action, ListAction
from pulumi_tcimages.core.fields import optional, text
from pulumi_tcimages.core.images import Text
from pulumi_tcimages.core.names import read_tag
from pulumi_tcimages.core.query import BaseQuery, Latest, LatestKeys, latest_by_field
from pulumi_tcimages.sources.source import Source
from pulumi_tcimages.sources.tione import BuiltInImageFilter
from pulumi_tcimages.sources.tione_images import TioneArguments, TioneImage

FILTER_NAMES = ("ImageName", "ImageType", "SupportDataPipeline", "AllowSaveAllContent")


class BuiltInImage(TioneImage):
    """A built-in image of TIONE. It has no id."""

    registry_region: Text = text("The region of the registry. Empty if it has none.")
    registry_id: Text = text("The id of the registry. Empty if it has none.")
    allow_save_all_content: bool | None = optional("Whether the image allows saving all content.")
    support_data_pipeline: bool | None = optional(
        "Whether the image supports data pipelines. Absent on some images."
    )

    @computed_field(description="The tag of the image: the part of `imageUrl` after the last `:`.")
    @property
    def image_tag(self) -> str:
        return read_tag(self.image_url)


class BuiltInImagesQuery(TioneArguments, BaseQuery):
    """List the built-in images of TIONE."""

    source_name = "built_in_image"
    image = BuiltInImage
    api_arguments = ("image_filters",)
    known_values: ClassVar = {
        "image_type": ("SYSTEM", "TCR", "CCR", "PreSet", "CUSTOM"),
        "image_filters.name": FILTER_NAMES,
    }

    image_filters: list[BuiltInImageFilter] | None = optional(
        "Filters that the API applies. The criteria are applied to the images that it returns.",
        min_length=1,
    )


class BuiltInImageQuery(Latest, BuiltInImagesQuery):
    """Find a single built-in image of TIONE: the only match or, with `latestBy`, the newest."""

    latest_by: LatestKeys = latest_by_field()


BUILT_IN_IMAGES = Source(
    title="built-in images of TIONE",
    list_query=BuiltInImagesQuery,
    single_query=BuiltInImageQuery,
    action=ListAction(
        Action("tione", "DescribeBuildInImages", "2021-11-11"), rows="build_in_image_infos"
    ),
    columns=("image_name", "image_type", "device", "image_tag", "image_url"),
    examples=("--image-type SYSTEM", "--components 'pytorch>=1.9' --latest-by pytorch"),
    sites=("china",),
    is_confidential=True,
)
