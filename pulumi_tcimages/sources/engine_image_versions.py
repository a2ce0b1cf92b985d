"""DLC's API action DescribeDataEngineImageVersions: image versions for creating an engine.

Source: Tencent Cloud's documentation of that action.
"""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, computed_field

from pulumi_tcimages.core.api import Action, ListAction
from pulumi_tcimages.core.fields import optional, text
from pulumi_tcimages.core.images import Number, Text
from pulumi_tcimages.core.query import Latest, LatestKeys, latest_by_field
from pulumi_tcimages.core.validation_errors import checked
from pulumi_tcimages.core.validators import Word
from pulumi_tcimages.core.value_checks import listed, one_of, read_exactly
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.sources.dlc import (
    DLC_REGIONS,
    SCOPE_CODES,
    VersionedImage,
    VersionedImagesQuery,
)
from pulumi_tcimages.sources.source import Source

ENGINE_TYPES = ("SparkSQL", "PrestoSQL", "SparkBatch", "StandardSpark", "StandardPresto", "SQL")
_STATES = {1: "init", 2: "online", 3: "offline"}
STATES = tuple(_STATES.values())
_VISIBILITIES = {1: "public", 2: "private"}


class EngineImageVersion(VersionedImage):
    """A version of the image that a DLC data engine runs."""

    id_field = "image_version_id"
    name_field = "image_version"
    time_fields = ("insert_time", "update_time")

    image_version_id: Text = text("The id of the version. Opaque.")
    image_version: Text = text(
        "The name of the image, including its version, for example `Standard-S 1.1`."
    )
    description: Text = text("Tencent Cloud's description of the version.")
    is_public: Number | None = optional(
        "The visibility, as returned by the API: 1 is public and 2 is private."
    )
    engine_type: Text = text("The type of the engine, for example `StandardSpark`.")
    is_shared_engine: Number | None = optional(
        "A number for shared engines, as returned by the API. Tencent Cloud does not document its "
        "values."
    )
    state: Number | None = optional(
        "The state, as returned by the API: 1 is initializing, 2 is online and 3 is offline."
    )
    insert_time: Text = text(
        "The time when the version was added, for example `2020-01-01:00:00:00`."
    )
    update_time: Text = text(
        "The time when the version was last updated, in the format of `insertTime`."
    )

    @computed_field(description="The state: `init`, `online` or `offline`. Parsed from `state`.")
    @property
    def state_name(self) -> str:
        return _STATES.get(self.state or 0, "")

    @computed_field(description="The visibility: `public` or `private`. Parsed from `isPublic`.")
    @property
    def visibility(self) -> str:
        return _VISIBILITIES.get(self.is_public or 0, "")

    @property
    def is_for_everyone(self) -> bool | None:
        return self.visibility == "public" if self.visibility else None


def _read_engine_type(value: str) -> str:
    return read_exactly(value, "engine types", ENGINE_TYPES)


def _read_state(value: str) -> str:
    if value.lower() not in STATES:
        fix = f"write {one_of(STATES)}"
        raise InvalidArgumentError("there is no such state", allowed=listed(STATES), fix=fix)
    return value.lower()


State = Annotated[Word, AfterValidator(checked(_read_state))]


class EngineImageVersionsQuery(VersionedImagesQuery):
    """List the image versions that a DLC data engine of one type can run."""

    source_name = "engine_image_version"
    image = EngineImageVersion
    api_arguments = ("engine_type",)
    reads: ClassVar = {
        **VersionedImagesQuery.reads,
        "state": "state_name",
        "is_public": "is_for_everyone",
    }
    known_values: ClassVar = {"engine_type": ENGINE_TYPES}

    engine_type: Annotated[Word, AfterValidator(checked(_read_engine_type))] = Field(
        description="The type of the engine: `StandardSpark`, `StandardPresto`, `SparkSQL`, "
        "`SparkBatch` or `PrestoSQL`."
    )
    image_version: Word | None = optional(
        "The full name of the image, including its version, for example `Standard-S 1.1`. "
        "Case-insensitive."
    )
    image_version_id: Word | None = optional("The id of the version.")
    state: State | None = optional(
        "The state: `init`, `online` or `offline`. Compared with `stateName`."
    )
    is_public: bool | None = optional("Whether the version is public. Compared with `visibility`.")


class EngineImageVersionQuery(Latest, EngineImageVersionsQuery):
    """Find a single image version of a DLC engine: the only match or, with `latest`, the newest."""

    state: State | None = Field(
        "online",
        description="The state: `init`, `online` or `offline`. Compared with `stateName`. Defaults "
        "to `online` for a single image.",
    )
    latest_by: LatestKeys = latest_by_field("version", "insertTime", "updateTime")


ENGINE_IMAGE_VERSIONS = Source(
    title="image versions of DLC engines",
    list_query=EngineImageVersionsQuery,
    single_query=EngineImageVersionQuery,
    action=ListAction(
        Action("dlc", "DescribeDataEngineImageVersions", "2021-01-25"),
        rows="image_parent_versions",
        total="total",
    ),
    columns=("image_version", "state_name", "visibility", "insert_time", "image_version_id"),
    examples=("StandardSpark --state online", "StandardSpark --version '>=1.1' --latest"),
    operand="ENGINE_TYPE",
    scope="the engine type",
    regions={"intl": DLC_REGIONS},
    scope_fixes=dict.fromkeys(
        (*SCOPE_CODES, "InvalidParameter.ImageEngineTypeNotMatch"),
        f"check `engine_type`: one of {listed(ENGINE_TYPES)}.",
    ),
)
