"""DLC's API action ListImages: images for Ray clusters and workspaces.

Source: Tencent Cloud's documentation of that action.
"""

from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, computed_field

from pulumi_tcimages.core.api import Action, ListAction
from pulumi_tcimages.core.fields import optional, text
from pulumi_tcimages.core.images import Image, Number, Text
from pulumi_tcimages.core.names import Name, read_name, read_tag
from pulumi_tcimages.core.query import BaseQuery, Latest, LatestKeys, latest_by_field
from pulumi_tcimages.core.validation_errors import checked
from pulumi_tcimages.core.validators import Components, Device, Regex, VersionRange, Word
from pulumi_tcimages.core.value_checks import read_exactly
from pulumi_tcimages.sources.source import Source

IMAGE_TYPES = ("Ray", "Workspace")
_REGIONS = ("ap-beijing", "ap-chongqing", "ap-guangzhou", "ap-shanghai", "ap-singapore")


class RayImage(Image):
    """An image for Ray clusters or workspaces of DLC."""

    id_field = "id"
    name_field = "name"
    address_field = "url"
    version_field = "ray_version"
    time_fields = ("create_time", "update_time")

    id: Number | None = optional("The id of the image, as a number.")
    name: Text = text("The name of the image, which also describes its contents.")
    url: Text = text("The full registry address of the image, including the tag.")
    description: Text = text("Tencent Cloud's description of the image, often in Chinese.")
    type: Text = text("The type of the image: `Ray` or `Workspace`.")
    ray_version: Text = text("The version of Ray. Empty on some images.")
    create_time: Number | None = optional(
        "The time when the image was created, in milliseconds since 1970."
    )
    update_time: Number | None = optional(
        "The time when the image was last updated, in milliseconds since 1970."
    )

    @computed_field(description="The tag of the image: the part of `url` after the last `:`.")
    @property
    def image_tag(self) -> str:
        return read_tag(self.url)

    @cached_property
    def checked_version(self) -> str | None:
        return self._parsed.check_version("ray", self.compared_version)

    @computed_field(
        description="The components of the image and their versions, for example `python`, `cuda` "
        "and `pytorch`. Parsed from `name`. A version is empty if it is missing or cannot be "
        "parsed."
    )
    @property
    def components(self) -> dict[str, str]:
        return self._parsed.components

    @computed_field(description="The device type: `cpu`, `gpu` or `npu`. Parsed from `name`.")
    @property
    def device(self) -> str:
        return self._parsed.device

    @cached_property
    def _parsed(self) -> Name:
        return read_name(self.name)


def _read_type(value: str) -> str:
    return read_exactly(value, "image types", IMAGE_TYPES)


def _read_id(value: object) -> object:
    """Convert a number to a string, because YAML reads an unquoted id as a number."""
    is_whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value % 1 == 0
    return f"{value:.0f}" if is_whole else value


class RayImagesQuery(BaseQuery):
    """List the images of DLC for Ray clusters and workspaces."""

    source_name = "ray_image"
    image = RayImage
    api_arguments = ("type", "keyword")
    reads: ClassVar = {"image_id": "id", "name_regex": "name", "tag_regex": "image_tag"}
    known_values: ClassVar = {"type": IMAGE_TYPES}

    type: Annotated[Word, AfterValidator(checked(_read_type))] | None = optional(
        "The type of the image: `Ray` or `Workspace`. Applied by the API."
    )
    keyword: Word | None = optional(
        "A keyword to search for in names and descriptions. Applied by the API."
    )
    image_id: Annotated[Word, BeforeValidator(_read_id)] | None = optional(
        'The id of the image, as a string, for example `"4"`.'
    )
    name: Word | None = optional("The full name of the image. Case-insensitive.")
    name_regex: Regex | None = optional(
        "A regular expression to search for in `name`. Rust syntax, not anchored, "
        "case-sensitive unless it starts with `(?i)`."
    )
    tag_regex: Regex | None = optional(
        "A regular expression to search for in `imageTag`. Same syntax as for `nameRegex`."
    )
    ray_version: VersionRange | None = optional(
        'The version of Ray, as a PEP 440 version range, for example `">=2.49,<3"`.'
    )
    device: Device | None = optional("The device type: `cpu`, `gpu` or `npu`. Parsed from `name`.")
    components: Components | None = optional(
        "The components to match, each with a PEP 440 version range, `*` for present or `none` for "
        'absent, for example `{"python": "==3.11", "cuda": "none"}`. Components are parsed from '
        "`name`.",
        min_length=1,
    )


class RayImageQuery(Latest, RayImagesQuery):
    """Find a single Ray image of DLC: the only match or, with `latest`, the newest."""

    latest_by: LatestKeys = latest_by_field("rayVersion", "createTime", "updateTime")


RAY_IMAGES = Source(
    title="Ray images of DLC",
    list_query=RayImagesQuery,
    single_query=RayImageQuery,
    action=ListAction(
        Action("dlc", "ListImages", "2021-01-25"), rows="items", total="total", paging="page"
    ),
    columns=("name", "ray_version", "type", "device", "id"),
    examples=("--type Ray --device cpu --latest", "--type Workspace --ray-version '>=2.49'"),
    regions={"china": _REGIONS, "intl": _REGIONS},
)
