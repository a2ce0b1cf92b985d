"""Base classes for the images and queries of TIONE."""

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar

from pydantic import computed_field

from pulumi_tcimages.core.criteria import find_attribute
from pulumi_tcimages.core.fields import items, optional, text
from pulumi_tcimages.core.images import Image, Items, Text
from pulumi_tcimages.core.names import Name, read_name
from pulumi_tcimages.core.validators import (
    Attributes,
    Components,
    Device,
    Regex,
    VersionRange,
    Word,
)
from pulumi_tcimages.sources.libraries import Libraries, read_libraries
from pulumi_tcimages.sources.tione import read_attributes, read_flag, read_gpus


class TioneImage(Image):
    """Base class with the fields that all images of TIONE share."""

    name_field = "image_name"
    address_field = "image_url"

    image_name: Text = text("The name of the image, which also describes its contents.")
    image_type: Text = text("The type of the image, for example `TCR` or `CCR`. The case varies.")
    image_url: Text = text("The full registry address of the image, including the tag.")

    @computed_field(
        description="The components of the image and their versions, for example `pytorch` (also "
        "for `torch`), `cuda`, `python` and `tilearn-llm`. Parsed from `imageName`. A version is "
        "empty if it is missing or cannot be parsed."
    )
    @property
    def components(self) -> dict[str, str]:
        return self._parsed.components

    @computed_field(description="The device type: `cpu`, `gpu` or `npu`. Parsed from `imageName`.")
    @property
    def device(self) -> str:
        return self._parsed.device

    @cached_property
    def _parsed(self) -> Name:
        return read_name(self.image_name)


class _Identified(Image):
    id_field = "image_id"

    image_id: Text = text("The id of the image. Opaque, not always a UUID.")


class FrameworkImage(TioneImage, _Identified):
    """Base class with the fields that platform images and preset images share."""

    family_field = "framework"
    version_field = "framework_version"
    attributes_field: ClassVar[str]

    framework: Text = text("The framework, as returned by the API. The case varies.")
    framework_version: Text = text("The version of the framework, as returned by the API.")
    support_gpu_list: Items[str] = items(
        "The GPU models that the image supports. Empty on some images whose `description` lists "
        "them."
    )
    description: Text = text(
        "Tencent Cloud's description of the image, in several lines, often in Chinese."
    )
    support_distributed_deploy: bool | None = optional(
        "Whether the image supports distributed deployment. Absent on older images."
    )

    @cached_property
    def checked_version(self) -> str | None:
        return self._parsed.check_version(self.family, self.compared_version)

    @computed_field(description="The extra attributes, as a map from key to values.")
    @cached_property
    def attributes(self) -> dict[str, list[str]]:
        return read_attributes(getattr(self, self.attributes_field))

    @computed_field(
        description="Whether the image supports data pipelines. Parsed from the extra attribute "
        "`SupportDataPipeline`."
    )
    @property
    def support_data_pipeline(self) -> bool | None:
        return read_flag(find_attribute(self.attributes, "SupportDataPipeline"))

    @computed_field(
        description="Whether the image allows saving all content. Parsed from the extra attribute "
        "`AllowSaveAllContent`."
    )
    @property
    def allow_save_all_content(self) -> bool | None:
        return read_flag(find_attribute(self.attributes, "AllowSaveAllContent"))

    @computed_field(
        description="The values of the extra attribute `TrainingModes`, for example `DDP`."
    )
    @property
    def training_modes(self) -> list[str]:
        return find_attribute(self.attributes, "TrainingModes")

    @computed_field(
        description="The libraries of the image and their versions, as returned by the API, for "
        "example `transformers`, `pytorch` and `cuda`. Parsed from the list in `description`. A "
        "version is empty if it is missing or cannot be parsed."
    )
    @property
    def libraries(self) -> dict[str, str]:
        return self._libraries.versions

    @cached_property
    def _libraries(self) -> Libraries:
        return read_libraries(self.description)

    @cached_property
    def gpus(self) -> list[str]:
        return read_gpus(self.support_gpu_list, self.description)

    def gap_in(self, field: str) -> str:
        return self._libraries.gap if field == "libraries" else super().gap_in(field)


# The mixins are plain classes, from which pydantic collects the fields. As pydantic models they
# would make every start 5 ms slower.
#
# The order of the base classes determines the order of the arguments: pydantic starts with the last
# base class, BaseQuery. A query must not redeclare a field.


class _NameArguments:
    """Mixin with the criteria for an image's name."""

    reads: ClassVar[Mapping[str, str]] = {
        "name_regex": "image_name",
        "tag_regex": "image_tag",
        "gpu": "gpus",
    }

    image_name: Word | None = optional("The full name of the image. Case-insensitive.")
    name_regex: Regex | None = optional(
        "A regular expression to search for in `imageName`. Rust syntax, not anchored, "
        "case-sensitive unless it starts with `(?i)`."
    )
    tag_regex: Regex | None = optional(
        "A regular expression to search for in `imageTag`. Same syntax as for `nameRegex`."
    )


class TioneArguments(_NameArguments):
    """Mixin with the criteria that all queries for TIONE share."""

    device: Device | None = optional(
        "The device type: `cpu`, `gpu` or `npu`. Parsed from `imageName`."
    )
    image_type: Word | None = optional(
        "The type of the image, for example `TCR` or `CCR`. Case-insensitive."
    )
    support_data_pipeline: bool | None = optional("Whether the image supports data pipelines.")
    allow_save_all_content: bool | None = optional("Whether the image allows saving all content.")
    components: Components | None = optional(
        "The components to match, each with a PEP 440 version range, `*` for present or `none` for "
        'absent, for example `{"pytorch": ">=2.1", "cuda": "==12.*", "vllm": "none"}`. Components '
        "are parsed from `imageName`.",
        min_length=1,
    )


class _ProjectArguments:
    api_arguments: ClassVar[tuple[str, ...]] = ("ti_project_id", "filters")
    scope_arguments: ClassVar[tuple[str, ...]] = ("ti_project_id",)

    ti_project_id: Word | None = optional(
        "The id of the TIONE project. Defaults to the default workspace."
    )
    image_id: Word | None = optional("The id of the image.")


class FrameworkArguments(_NameArguments, _ProjectArguments):
    """Mixin with the criteria for an image's framework."""

    framework: Word | None = optional(
        "The framework, for example `pytorch`, `tensorflow` or `vllm`. Case-insensitive."
    )
    framework_version: VersionRange | None = optional(
        'The version of the framework, as a PEP 440 version range, for example `">=2.1,<3"`.'
    )


class FrameworkImageArguments(TioneArguments, FrameworkArguments):
    """Mixin with the criteria that the queries for platform images and preset images share."""

    gpu: Word | None = optional(
        "The full name of a GPU model that the image supports: `A10` does not match `A100`."
    )
    support_distributed_deploy: bool | None = optional(
        "Whether the image supports distributed deployment."
    )
    attributes: Attributes | None = optional(
        'The extra attributes to match, each with a value, for example `{"TrainingModes": "DDP"}`.',
        min_length=1,
    )
    libraries: Components | None = optional(
        "The libraries to match, each with a PEP 440 version range, `*` for present or `none` for "
        'absent, for example `{"transformers": ">=4.50"}`. Compared with the output `libraries`.',
        min_length=1,
    )
