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

    name: Text = text("The name of the library, for example `Triton Server`.")
    version: Text = text("The version of the library, for example `0.6.1` or `v1.0`.")


class PresetImage(FrameworkImage):
    """A TIONE preset image."""

    attributes_field = "extra_attribute_list"
    time_fields = ("create_time", "update_time")
    # `is_latest_stable` changes when a later image comes out.
    incidental_fields = ("description", "is_latest_stable")

    image_repo: Text = text("The repository of the image in the registry, without the tag.")
    image_tag: Text = text("The tag of the image, as returned by the API.")
    image_size: Text = text("The size of the image in bytes, as a string.")
    applicable_module_list: Items[str] = items(
        "The modules that can run the image, for example `Notebook`."
    )
    chip_type_list: Items[str] = items(
        "The chip types of the image: any of `NVIDIA GPU`, `CPU only` and `NPU`."
    )
    scenario: Text = text("The scenario that the image is intended for, for example `all`.")
    compute_lib_version: Text = text("The version of CUDA or CANN, as returned by the API.")
    python_version: Text = text(
        "The version of Python, as returned by the API. It may differ from the one in the image's "
        "name and tag."
    )
    os: Text = text("The operating system, for example `Ubuntu 22.04`.", validation_alias="OS")
    runtime_lib_list: Items[RuntimeLib] = items(
        "The main libraries of the image, as returned by the API."
    )
    extra_attribute_list: Items[PlatformImageExtraAttribute] = items(
        "The extra attributes, as returned by the API."
    )
    is_latest_stable: bool | None = optional(
        "Whether Tencent Cloud marks the image as the latest stable image."
    )
    version: Number | None = optional(
        "An internal version number of Tencent Cloud, as returned by the API."
    )
    create_time: Text = text(
        "The time when the image was created, for example `2026-06-15T03:58:16Z`."
    )
    update_time: Text = text(
        "The time when the image was last updated, for example `2026-06-22T13:51:37Z`."
    )

    @computed_field(
        description="The libraries of the image and their versions, as returned by the API. Parsed "
        "from `runtimeLibList` and the list in `description`. If a library is in both, its version "
        "is the one in `runtimeLibList`."
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
        "Filters that the API applies, by `ImageName` or `ApplicableModule`. The criteria are "
        "applied to the images that it returns.",
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
        "A module that can run the image, for example `Notebook`. Compared with "
        "`applicableModuleList`."
    )
    chip_type: Word | None = optional(
        "A chip type of the image: `NVIDIA GPU`, `CPU only` or `NPU`. Compared with `chipTypeList`."
    )
    python_version: VersionRange | None = optional(
        'The version of Python, as a PEP 440 version range, for example `">=3.11"`. Compared with '
        "the output `pythonVersion`, not with the version in the image's name."
    )
    os: Word | None = optional(
        "The operating system, for example `Ubuntu 22.04`. Case-insensitive."
    )
    scenario: Word | None = optional(
        "The scenario that the image is intended for, for example `all`. Case-insensitive."
    )
    latest_stable: bool | None = optional(
        "Whether Tencent Cloud marks the image as the latest stable image. Compared with "
        "`isLatestStable`."
    )


class PresetImageQuery(Latest, PresetImagesQuery):
    """Find a single preset image of TIONE: the only match or, with `latest`, the newest."""

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
