"""TIONE DescribePlatformImages: the platform images for training, notebooks and inference.

Source: the vendor's API page of DescribePlatformImages.
"""

from functools import cached_property
from typing import ClassVar

from pydantic import Field, computed_field

from pulumi_tcimages.core.api import Action, ListAction
from pulumi_tcimages.core.criteria import find_attribute
from pulumi_tcimages.core.images import Image, Items, Text
from pulumi_tcimages.core.names import Name, read_name, read_tag
from pulumi_tcimages.core.query import BaseQuery, LatestBy, LatestKeys, latest_by_field
from pulumi_tcimages.core.validators import (
    Attributes,
    Components,
    Device,
    Regex,
    VersionRange,
    Word,
)
from pulumi_tcimages.sources.source import Source
from pulumi_tcimages.sources.tione import (
    ExtraAttribute,
    Filter,
    read_attributes,
    read_flag,
    read_gpus,
)

IMAGE_RANGES = ("Train", "Inference", "Notebook")
FILTER_NAMES = ("ImageId", "ImageName", "SupportDataPipeline", "AllowSaveAllContent", "ImageRange")


class PlatformImage(Image):
    """A TIONE platform image for training, notebooks or inference."""

    id_field = "image_id"
    name_field = "image_name"
    address_field = "image_url"
    family_field = "framework"
    version_field = "framework_version"

    image_id: Text = Field("", description="The image's id; opaque, not always a UUID.")
    image_name: Text = Field("", description="The image's name, which also tells what is in it.")
    image_type: Text = Field("", description="The registry's type, `TCR` or `CCR` in any case.")
    image_url: Text = Field("", description="The image's full registry address with its tag.")
    image_range: Items[str] = Field(
        [], description="What the image is for: any of `Train`, `Inference`, `Notebook`."
    )
    framework: Text = Field("", description="The framework, as sent: the case varies.")
    framework_version: Text = Field("", description="The framework's version, as sent.")
    registry_region: Text = Field("", description="The registry's region, where it has one.")
    registry_id: Text = Field("", description="The registry's id, where it has one.")
    support_gpu_list: Items[str] = Field(
        [],
        description="GPU models the image supports; empty on some rows whose `description` names "
        "them.",
    )
    description: Text = Field("", description="The vendor's text, several lines, often Chinese.")
    extra_attributes: Items[ExtraAttribute] = Field(
        [], description="The extra attributes, as sent."
    )
    support_distributed_deploy: bool | None = Field(
        None, description="Whether distributed deployment is supported; absent on older rows."
    )
    region_scope: Text = Field(
        "", description="Where the image is offered: `all`, `autonomous` or `general`."
    )

    @computed_field(description="The tag alone: what follows the last `:` of `imageUrl`.")
    @property
    def image_tag(self) -> str:
        return read_tag(self.image_url)

    @computed_field(description="The extra attributes as a map from key to values.")
    @cached_property
    def attributes(self) -> dict[str, list[str]]:
        return read_attributes(self.extra_attributes)

    @computed_field(description="The extra attribute `SupportDataPipeline` as a boolean.")
    @property
    def support_data_pipeline(self) -> bool | None:
        return read_flag(find_attribute(self.attributes, "SupportDataPipeline"))

    @computed_field(description="The extra attribute `AllowSaveAllContent` as a boolean.")
    @property
    def allow_save_all_content(self) -> bool | None:
        return read_flag(find_attribute(self.attributes, "AllowSaveAllContent"))

    @computed_field(description="The extra attribute `TrainingModes`, for instance `DDP`.")
    @property
    def training_modes(self) -> list[str]:
        return find_attribute(self.attributes, "TrainingModes")

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
    def device(self) -> str:
        return self._parsed.device

    @cached_property
    def gpus(self) -> list[str]:
        return read_gpus(self.support_gpu_list, self.description)

    @cached_property
    def _parsed(self) -> Name:
        return read_name(self.image_name)


class PlatformImagesQuery(BaseQuery):
    """List the platform images of TIONE, for training, notebooks and inference."""

    command = "platform-images"
    image = PlatformImage
    api_arguments = ("ti_project_id", "filters")
    scope_arguments = ("ti_project_id",)
    reads: ClassVar = {"name_regex": "image_name", "tag_regex": "image_tag", "gpu": "gpus"}
    known_values: ClassVar = {"image_range": IMAGE_RANGES, "filters.name": FILTER_NAMES}

    filters: list[Filter] | None = Field(
        None,
        min_length=1,
        description="Filters for the cloud to apply; the other arguments narrow what it lists.",
    )
    ti_project_id: Word | None = Field(
        None, description="The TIONE project; the default workspace unless given."
    )
    image_id: Word | None = Field(None, description="The id of the image.")
    image_name: Word | None = Field(None, description="The whole name, whatever its case.")
    name_regex: Regex | None = Field(
        None,
        description="A regular expression to find in `imageName`: Rust syntax, not anchored, "
        "case-sensitive unless it begins with `(?i)`.",
    )
    tag_regex: Regex | None = Field(
        None, description="A regular expression to find in `imageTag`, as for `nameRegex`."
    )
    framework: Word | None = Field(
        None, description="The framework, whatever its case: `pytorch`, `tensorflow`, `vllm`."
    )
    framework_version: VersionRange | None = Field(
        None, description='A PEP 440 range for `frameworkVersion`, for instance `">=2.1,<3"`.'
    )
    image_range: Word | None = Field(
        None, description="What the image is for: `Train`, `Inference` or `Notebook`."
    )
    gpu: Word | None = Field(
        None,
        description="A GPU model that the image supports, as a whole name: `A10` is not `A100`.",
    )
    device: Device | None = Field(
        None, description="The device read out of `imageName`: `cpu`, `gpu` or `npu`."
    )
    image_type: Word | None = Field(
        None, description="The registry's type, whatever its case: `TCR` or `CCR`."
    )
    support_data_pipeline: bool | None = Field(
        None, description="Whether the image supports data pipelines."
    )
    allow_save_all_content: bool | None = Field(
        None, description="Whether the image allows saving all content."
    )
    support_distributed_deploy: bool | None = Field(
        None, description="Whether the image supports distributed deployment."
    )
    attributes: Attributes | None = Field(
        None,
        min_length=1,
        description='Extra attributes and a value that each must have: `{"TrainingModes": "DDP"}`.',
    )
    components: Components | None = Field(
        None,
        min_length=1,
        description="Components read out of `imageName`, each with a PEP 440 range, `*` for "
        'present or `none` for absent: `{"pytorch": ">=2.1", "cuda": "==12.*", "vllm": "none"}`.',
    )


class PlatformImageQuery(LatestBy, PlatformImagesQuery):
    """Find the one platform image of TIONE that matches, or with `latest` the newest that does."""

    latest_by: LatestKeys = latest_by_field("frameworkVersion")


PLATFORM_IMAGES = Source(
    name="platform_image",
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
)
