"""TIONE's API action DescribePresetImageList: images that replace the platform images.

Source: Tencent Cloud's documentation of that action.
"""

from functools import cached_property
from typing import ClassVar

from pydantic import computed_field

from pulumi_tcimages.core.api import Action, ListAction
from pulumi_tcimages.core.fields import items, optional, text
from pulumi_tcimages.core.images import Items, Number, Record, Text
from pulumi_tcimages.core.query import BaseQuery, Latest, LatestKeys, latest_by_field
from pulumi_tcimages.core.validators import VersionRange, Word
from pulumi_tcimages.sources.libraries import Libraries, read_libraries
from pulumi_tcimages.sources.source import Source
from pulumi_tcimages.sources.tione import PlatformImageExtraAttribute, PlatformImageFilter
from pulumi_tcimages.sources.tione_images import FrameworkImage, FrameworkImageArguments

_MODULES = ("Notebook", "Train", "Inference")
_CHIP_TYPES = ("NVIDIA GPU", "CPU only", "NPU")


class RuntimeLib(Record):
    """A library of a preset image."""

    name: Text = text("The library's name: `Triton Server`.")
    version: Text = text("Its version: `0.6.1` or `v1.0`.")


class PresetImage(FrameworkImage):
    """A TIONE preset image."""

    attributes_field = "extra_attribute_list"
    time_fields = ("create_time", "update_time")

    image_repo: Text = text("The repository in the registry, without its tag.")
    image_tag: Text = text("The tag, as sent.")
    image_size: Text = text("The size in bytes, as text.")
    applicable_module_list: Items[str] = items(
        "The modules that can run the image, for instance `Notebook`."
    )
    chip_type_list: Items[str] = items("The kinds of chip: `NVIDIA GPU`, `CPU only`, `NPU`.")
    scenario: Text = text("The scenario that the image is for: `all`.")
    compute_lib_version: Text = text("The version of CUDA or CANN, as sent.")
    python_version: Text = text("Python's version, as sent; the image's name and tag may disagree.")
    os: Text = text("The system: `Ubuntu 22.04`.", validation_alias="OS")
    runtime_lib_list: Items[RuntimeLib] = items("The image's main libraries, as sent.")
    extra_attribute_list: Items[PlatformImageExtraAttribute] = items(
        "The extra attributes, as sent."
    )
    is_latest_stable: bool | None = optional(
        "Whether the vendor calls the image its latest stable one."
    )
    version: Number | None = optional("The vendor's internal number, as sent.")
    create_time: Text = text("When it was created: `2026-06-15T03:58:16Z`.")
    update_time: Text = text("When it was changed last: `2026-06-22T13:51:37Z`.")

    @computed_field(
        description="The libraries of the image and their versions as sent, read out of "
        "`runtimeLibList` and of the list in `description`; where both name one, the version is "
        "that of `runtimeLibList`."
    )
    @property
    def libraries(self) -> dict[str, str]:
        return self._libraries.versions

    @cached_property
    def _libraries(self) -> Libraries:
        named = [(library.name, library.version) for library in self.runtime_lib_list]
        return read_libraries(self.description, named)


class _FilterArguments:
    filters: list[PlatformImageFilter] | None = optional(
        "Filters for the cloud to apply, `ImageName` or `ApplicableModule`; the other "
        "arguments narrow what it lists.",
        min_length=1,
    )


class PresetImagesQuery(FrameworkImageArguments, _FilterArguments, BaseQuery):
    """List the preset images of TIONE."""

    source_name = "preset_image"
    image = PresetImage
    reads: ClassVar = {
        **FrameworkImageArguments.reads,
        "applicable_module": "applicable_module_list",
        "chip_type": "chip_type_list",
        "latest_stable": "is_latest_stable",
    }
    known_values: ClassVar = {
        "applicable_module": _MODULES,
        "chip_type": _CHIP_TYPES,
        "filters.name": ("ImageName", "ApplicableModule"),
    }

    applicable_module: Word | None = optional(
        "A module of `applicableModuleList`, for instance `Notebook`."
    )
    chip_type: Word | None = optional(
        "A kind of chip of `chipTypeList`: `NVIDIA GPU`, `CPU only` or `NPU`."
    )
    python_version: VersionRange | None = optional(
        "A PEP 440 range for the output `pythonVersion`, not for the Python of the "
        'name: `">=3.11"`.'
    )
    os: Word | None = optional("The system, whatever its case: `Ubuntu 22.04`.")
    scenario: Word | None = optional("The scenario, whatever its case.")
    latest_stable: bool | None = optional(
        "Whether the vendor calls the image its latest stable one: `isLatestStable`."
    )


class PresetImageQuery(Latest, PresetImagesQuery):
    """Find the preset image of TIONE that matches or, with `latest`, the newest match."""

    latest_by: LatestKeys = latest_by_field("frameworkVersion", "createTime", "updateTime")


PRESET_IMAGES = Source(
    title="preset images of TIONE",
    list_query=PresetImagesQuery,
    single_query=PresetImageQuery,
    action=ListAction(
        Action("tione", "DescribePresetImageList", "2021-11-11"),
        rows="preset_image_list",
        total="total_count",
        paging="offset",
    ),
    columns=(
        "image_name",
        "framework_version",
        "framework",
        "chip_type_list",
        "python_version",
        "create_time",
    ),
    examples=(
        "--libraries 'transformers>=4.50' --latest-stable",
        "--chip-type NPU --latest-by createTime",
    ),
    scope="the project",
    sites=("china",),
)
