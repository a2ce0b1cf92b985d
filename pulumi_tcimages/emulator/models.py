"""The format of a catalogue file, and the listings that it can hold.

Images are in the vendor's spelling. Every field may be null, as in the vendor's API, except for the
one that identifies the image. Unknown fields are allowed, because the cloud may add some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

Text = str | None
Texts = list[str] | None
Flag = bool | None
Number = int | None
Identifier = Annotated[str, Field(min_length=1)]


class Record(BaseModel):
    """An object of the vendor's API."""

    model_config = ConfigDict(strict=True, extra="allow")


class Attribute(Record):
    """Attribute of the TIONE API."""

    Type: Text = None
    Key: Text = None
    Value: Text = None
    Values: Texts = None


class RuntimeLib(Record):
    """RuntimeLib of the TIONE API."""

    Name: Text = None
    Version: Text = None


class RegistrySecret(Record):
    """ImageSecret of the TIONE API: credentials of a registry."""

    KeyId: Text = None
    Username: Text = None
    Password: Text = None
    SecretId: Text = None


class PlatformImage(Record):
    """PlatformImageInfo of DescribePlatformImages."""

    ImageId: Identifier
    ImageName: Text = None
    ImageType: Text = None
    ImageUrl: Text = None
    ImageRange: Texts = None
    Framework: Text = None
    FrameworkVersion: Text = None
    RegistryRegion: Text = None
    RegistryId: Text = None
    SupportGpuList: Texts = None
    Description: Text = None
    ExtraAttributes: list[Attribute] | None = None
    SupportDistributedDeploy: Flag = None
    RegionScope: Text = None


class PresetImage(Record):
    """PresetImageInfo of DescribePresetImageList."""

    ImageId: Identifier
    ImageName: Text = None
    ImageRepo: Text = None
    ImageTag: Text = None
    ImageUrl: Text = None
    ImageType: Text = None
    ImageSize: Text = None
    Description: Text = None
    ApplicableModuleList: Texts = None
    ChipTypeList: Texts = None
    SupportGpuList: Texts = None
    Scenario: Text = None
    Framework: Text = None
    FrameworkVersion: Text = None
    ComputeLibVersion: Text = None
    PythonVersion: Text = None
    OS: Text = None
    RuntimeLibList: list[RuntimeLib] | None = None
    ExtraAttributeList: list[Attribute] | None = None
    SupportDistributedDeploy: Flag = None
    IsLatestStable: Flag = None
    Version: Number = None
    CreateTime: Text = None
    UpdateTime: Text = None


class BuiltInImage(Record):
    """ImageInfo of DescribeBuildInImages. It has no id."""

    ImageName: Identifier
    ImageType: Text = None
    ImageUrl: Text = None
    RegistryRegion: Text = None
    RegistryId: Text = None
    AllowSaveAllContent: Flag = None
    SupportDataPipeline: Flag = None
    ImageSecret: RegistrySecret | None = None


class SessionImage(Record):
    """EngineSessionImage of DescribeSessionImageVersion."""

    SparkImageId: Identifier
    SparkImageTag: Text = None
    SparkImageType: Number = None
    SparkImageVersion: Text = None


class EngineImageVersion(Record):
    """DataEngineImageVersion of DescribeDataEngineImageVersions."""

    ImageVersionId: Identifier
    ImageVersion: Text = None
    Description: Text = None
    IsPublic: Number = None
    EngineType: Text = None
    IsSharedEngine: Number = None
    State: Number = None
    InsertTime: Text = None
    UpdateTime: Text = None


class PythonSparkImage(Record):
    """PythonSparkImage of DescribeDataEnginePythonSparkImages."""

    SparkImageId: Identifier
    ChildImageVersionId: Text = None
    SparkImageVersion: Text = None
    Description: Text = None
    CreateTime: Text = None
    UpdateTime: Text = None


class RayImage(Record):
    """ImageDto of ListImages."""

    Id: int
    Name: Text = None
    Url: Text = None
    Description: Text = None
    Type: Text = None
    RayVersion: Text = None
    CreateTime: Number = None
    UpdateTime: Number = None


class CatalogueEntry(BaseModel):
    """An image with what the emulator must know beyond the vendor's fields."""

    model_config = ConfigDict(strict=True, extra="forbid")

    provenance: Literal["vendor", "vendor name", "invented"] = Field(
        default="invented",
        description="vendor: every field as the vendor published it. vendor name: the name and "
        "its versions are the vendor's, other values are invented. invented: all of it.",
    )
    regions: list[Identifier] = Field(
        default=[], description="Regions that offer the image; all regions if left out."
    )


class PlatformEntry(CatalogueEntry):
    image: PlatformImage


class PresetEntry(CatalogueEntry):
    image: PresetImage


class BuiltInEntry(CatalogueEntry):
    image: BuiltInImage


class SessionEntry(CatalogueEntry):
    engine: Identifier
    framework_type: Identifier
    image: SessionImage


class EngineVersionEntry(CatalogueEntry):
    image: EngineImageVersion


class PythonSparkEntry(CatalogueEntry):
    image: PythonSparkImage


class RayEntry(CatalogueEntry):
    image: RayImage


class CatalogueDocument(BaseModel):
    """A catalogue for the tcimages emulator.

    Images are served exactly as they are written here, nulls and unknown fields included.
    """

    model_config = ConfigDict(strict=True, extra="forbid")

    schema_address: str = Field(default="", alias="$schema")
    about: str = ""
    platform_images: list[PlatformEntry] = []
    preset_images: list[PresetEntry] = []
    built_in_images: list[BuiltInEntry] = []
    session_images: list[SessionEntry] = []
    engine_image_versions: list[EngineVersionEntry] = []
    python_spark_images: list[PythonSparkEntry] = []
    ray_images: list[RayEntry] = []


@dataclass(frozen=True, kw_only=True)
class ImageKind:
    """One list of the catalogue: its format, and how its images are told apart."""

    label: str
    entry: type[CatalogueEntry]
    id_field: str
    place: tuple[str, ...] = ()
    """Fields of the entry, outside the image, that are part of its key."""
    group: tuple[str, ...] = ()
    """Fields that a request must name; a group is known from its first image on."""

    @property
    def image(self) -> type[Record]:
        return cast("type[Record]", self.entry.model_fields["image"].annotation)

    def parse_id(self, text: str) -> Any:
        """Convert an id from a URL to the type of the id field."""
        return int(text) if self.image.model_fields[self.id_field].annotation is int else text


KINDS: Mapping[str, ImageKind] = {
    "platform_images": ImageKind(label="platform image", entry=PlatformEntry, id_field="ImageId"),
    "preset_images": ImageKind(label="preset image", entry=PresetEntry, id_field="ImageId"),
    "built_in_images": ImageKind(label="built-in image", entry=BuiltInEntry, id_field="ImageName"),
    "session_images": ImageKind(
        label="session image",
        entry=SessionEntry,
        id_field="SparkImageId",
        place=("engine", "framework_type"),
        group=("engine", "framework_type"),
    ),
    "engine_image_versions": ImageKind(
        label="engine image version",
        entry=EngineVersionEntry,
        id_field="ImageVersionId",
        group=("EngineType",),
    ),
    "python_spark_images": ImageKind(
        label="Python Spark image",
        entry=PythonSparkEntry,
        id_field="SparkImageId",
        group=("ChildImageVersionId",),
    ),
    "ray_images": ImageKind(label="Ray image", entry=RayEntry, id_field="Id"),
}
"""The lists of a catalogue, by their names in the file."""
