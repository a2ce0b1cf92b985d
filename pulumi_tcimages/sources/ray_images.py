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

    id: Number | None = optional("The image's id, a number.")
    name: Text = text("The image's name, which also tells what is in it.")
    url: Text = text("The image's full registry address with its tag.")
    description: Text = text("The vendor's text, often Chinese.")
    type: Text = text("What the image is for: `Ray` or `Workspace`.")
    ray_version: Text = text("The version of Ray; empty on some images.")
    create_time: Number | None = optional("When it was created, in milliseconds since 1970.")
    update_time: Number | None = optional("When it was changed last, in milliseconds since 1970.")

    @computed_field(description="The tag alone: what follows the last `:` of `url`.")
    @property
    def image_tag(self) -> str:
        return read_tag(self.url)

    @computed_field(
        description="The components in the image with their versions, read from `name`: `python`, "
        "`cuda`, `pytorch` and so on. The version is empty if it cannot be read."
    )
    @property
    def components(self) -> dict[str, str]:
        return self._parsed.components

    @computed_field(description="`cpu`, `gpu` or `npu`, read out of `name`.")
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
        "What the image is for, `Ray` or `Workspace`; the cloud applies it."
    )
    keyword: Word | None = optional(
        "A text to find in names and descriptions; the cloud applies it."
    )
    image_id: Annotated[Word, BeforeValidator(_read_id)] | None = optional(
        'The id of the image as a string: `"4"`.'
    )
    name: Word | None = optional("The whole name, whatever its case.")
    name_regex: Regex | None = optional(
        "A regular expression to find in `name`: Rust syntax, not anchored, "
        "case-sensitive unless it begins with `(?i)`."
    )
    tag_regex: Regex | None = optional(
        "A regular expression to find in `imageTag`, as for `nameRegex`."
    )
    ray_version: VersionRange | None = optional(
        'A PEP 440 range for the output `rayVersion`, for instance `">=2.49,<3"`.'
    )
    device: Device | None = optional("The device read out of `name`: `cpu`, `gpu` or `npu`.")
    components: Components | None = optional(
        "Components read out of `name`, each with a PEP 440 range, `*` for present or "
        '`none` for absent: `{"python": "==3.11", "cuda": "none"}`.',
        min_length=1,
    )


class RayImageQuery(Latest, RayImagesQuery):
    """Find the Ray image of DLC that matches or, with `latest`, the newest match."""

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
