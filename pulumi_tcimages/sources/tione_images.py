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

    image_name: Text = text("The image's name, which also tells what is in it.")
    image_type: Text = text("The type, in any case: `TCR`, `CCR` and so on.")
    image_url: Text = text("The image's full registry address with its tag.")

    @computed_field(
        description="The components in the image with their versions, read from `imageName`: "
        "`pytorch` (also for `torch`), `cuda`, `python`, `tilearn-llm` and so on. The version is "
        "empty if the name has a component without a readable version."
    )
    @property
    def components(self) -> dict[str, str]:
        return self._parsed.components

    @computed_field(description="`cpu`, `gpu` or `npu`, read out of `imageName`.")
    @property
    def device(self) -> str:
        return self._parsed.device

    @cached_property
    def _parsed(self) -> Name:
        return read_name(self.image_name)


class _Identified(Image):
    id_field = "image_id"

    image_id: Text = text("The image's id; opaque, not always a UUID.")


class FrameworkImage(TioneImage, _Identified):
    """Base class with the fields that platform images and preset images share."""

    family_field = "framework"
    version_field = "framework_version"
    attributes_field: ClassVar[str]

    framework: Text = text("The framework, as sent: the case varies.")
    framework_version: Text = text("The framework's version, as sent.")
    support_gpu_list: Items[str] = items(
        "GPU models the image supports; empty on some rows whose `description` names them."
    )
    description: Text = text("The vendor's text, several lines, often Chinese.")
    support_distributed_deploy: bool | None = optional(
        "Whether distributed deployment is supported; absent on older rows."
    )

    @computed_field(description="The extra attributes as a map from key to values.")
    @cached_property
    def attributes(self) -> dict[str, list[str]]:
        return read_attributes(getattr(self, self.attributes_field))

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
        description="The libraries of the image and their versions as sent, read out of the list "
        "in `description`: `transformers`, `pytorch`, `cuda` and so on; the version is empty where "
        "it cannot be read."
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

    image_name: Word | None = optional("The whole name, whatever its case.")
    name_regex: Regex | None = optional(
        "A regular expression to find in `imageName`: Rust syntax, not anchored, "
        "case-sensitive unless it begins with `(?i)`."
    )
    tag_regex: Regex | None = optional(
        "A regular expression to find in `imageTag`, as for `nameRegex`."
    )


class TioneArguments(_NameArguments):
    """Mixin with the criteria that all queries for TIONE share."""

    device: Device | None = optional("The device read out of `imageName`: `cpu`, `gpu` or `npu`.")
    image_type: Word | None = optional(
        "The value of `imageType`, whatever its case: `TCR` or `CCR`."
    )
    support_data_pipeline: bool | None = optional("Whether the image supports data pipelines.")
    allow_save_all_content: bool | None = optional("Whether the image allows saving all content.")
    components: Components | None = optional(
        "Components read out of `imageName`, each with a PEP 440 range, `*` for "
        'present or `none` for absent: `{"pytorch": ">=2.1", "cuda": "==12.*", "vllm": "none"}`.',
        min_length=1,
    )


class _ProjectArguments:
    api_arguments: ClassVar[tuple[str, ...]] = ("ti_project_id", "filters")
    scope_arguments: ClassVar[tuple[str, ...]] = ("ti_project_id",)

    ti_project_id: Word | None = optional("The TIONE project; the default workspace unless given.")
    image_id: Word | None = optional("The id of the image.")


class FrameworkArguments(_NameArguments, _ProjectArguments):
    """Mixin with the criteria for an image's framework."""

    framework: Word | None = optional(
        "The framework, whatever its case: `pytorch`, `tensorflow`, `vllm`."
    )
    framework_version: VersionRange | None = optional(
        'A PEP 440 range for `frameworkVersion`, for instance `">=2.1,<3"`.'
    )


class FrameworkImageArguments(TioneArguments, FrameworkArguments):
    """Mixin with the criteria that the queries for platform images and preset images share."""

    gpu: Word | None = optional(
        "A GPU model that the image supports, as a whole name: `A10` is not `A100`."
    )
    support_distributed_deploy: bool | None = optional(
        "Whether the image supports distributed deployment."
    )
    attributes: Attributes | None = optional(
        'Extra attributes and a value that each must have: `{"TrainingModes": "DDP"}`.',
        min_length=1,
    )
    libraries: Components | None = optional(
        "Libraries as in the output `libraries`, each with a PEP 440 range, `*` for "
        'present or `none` for absent: `{"transformers": ">=4.50"}`.',
        min_length=1,
    )
