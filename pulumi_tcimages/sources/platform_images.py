"""TIONE's API action DescribePlatformImages: images for training, notebooks and inference.

Source: Tencent Cloud's documentation of that action.
"""

from typing import ClassVar

from pydantic import computed_field

from pulumi_tcimages.core.api import Action, ListAction
from pulumi_tcimages.core.fields import items, optional, text
from pulumi_tcimages.core.images import Items, Text
from pulumi_tcimages.core.names import read_tag
from pulumi_tcimages.core.query import BaseQuery, Latest, LatestKeys, latest_by_field
from pulumi_tcimages.core.validators import Word
from pulumi_tcimages.sources.source import Source
from pulumi_tcimages.sources.tione import PlatformImageExtraAttribute, PlatformImageFilter
from pulumi_tcimages.sources.tione_images import (
    FrameworkArguments,
    FrameworkImage,
    FrameworkImageArguments,
)

IMAGE_RANGES = ("Train", "Inference", "Notebook")
FILTER_NAMES = ("ImageId", "ImageName", "SupportDataPipeline", "AllowSaveAllContent", "ImageRange")


class PlatformImage(FrameworkImage):
    """A TIONE platform image for training, notebooks or inference."""

    attributes_field = "extra_attributes"

    image_range: Items[str] = items(
        "The intended uses of the image: any of `Train`, `Inference` and `Notebook`."
    )
    registry_region: Text = text("The region of the registry. Empty if it has none.")
    registry_id: Text = text("The id of the registry. Empty if it has none.")
    extra_attributes: Items[PlatformImageExtraAttribute] = items(
        "The extra attributes, as returned by the API."
    )
    region_scope: Text = text(
        "The regions where the image is available: `all`, `autonomous` or `general`."
    )

    @computed_field(description="The tag of the image: the part of `imageUrl` after the last `:`.")
    @property
    def image_tag(self) -> str:
        return read_tag(self.image_url)


class _ImageRangeArguments(FrameworkArguments):
    image_range: Word | None = optional(
        "An intended use of the image: `Train`, `Inference` or `Notebook`."
    )


class _FilterArguments:
    filters: list[PlatformImageFilter] | None = optional(
        "Filters that the API applies. The criteria are applied to the images that it returns.",
        min_length=1,
    )


class PlatformImagesQuery(
    FrameworkImageArguments, _ImageRangeArguments, _FilterArguments, BaseQuery
):
    """List the platform images of TIONE, for training, notebooks and inference."""

    source_name = "platform_image"
    image = PlatformImage
    known_values: ClassVar = {"image_range": IMAGE_RANGES, "filters.name": FILTER_NAMES}


class PlatformImageQuery(Latest, PlatformImagesQuery):
    """Find a single platform image of TIONE: the only match or, with `latest`, the newest."""

    latest_by: LatestKeys = latest_by_field("frameworkVersion")


PLATFORM_IMAGES = Source(
    title="platform images of TIONE",
    list_query=PlatformImagesQuery,
    single_query=PlatformImageQuery,
    action=ListAction(
        Action("tione", "DescribePlatformImages", "2021-11-11"),
        rows="platform_image_infos",
        total="total_count",
        paging="offset",
    ),
    columns=(
        "image_name",
        "framework_version",
        "framework",
        "image_range",
        "device",
        "image_id",
    ),
    examples=(
        "--image-range Train --framework pytorch --latest",
        "--components 'cuda==12.*' --components vllm=none",
    ),
    scope="the project",
    sites=("china",),
)
