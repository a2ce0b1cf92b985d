"""The questions: every argument of the four functions, read and checked before anything is sent.

A field's description is the text of schema.json, of the registry and of `--help`: one sentence, the
allowed values, the default. Names are snake_case here; the faces spell them for their readers.

Two kinds of wrong value: one that cannot be right (an unknown name, a wrong type, an empty text, a
bad range) is refused; one that is merely not on the vendor's list of today is sent, with a warning,
because the vendor's lists grow.
"""

# Annotations are values here: texts are evaluated anew for each subclass, 2 ms in all.

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pulumi_tcimages.core.suggestions.spelling import did_you_mean
from pulumi_tcimages.core.validation_errors import CHOOSING, checked, read_arguments
from pulumi_tcimages.core.validators import (
    FILTER_NAMES,
    FRAMEWORK_TYPES,
    FRAMEWORK_VERSION,
    IMAGE_RANGES,
    Attributes,
    Components,
    Device,
    FrameworkType,
    LatestKey,
    Regex,
    Region,
    VersionRange,
    Word,
    listed,
)
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.naming import NameStyle, normalize_name

_STRICT = ConfigDict(frozen=True, strict=True, extra="forbid")
_LATEST = Field(
    None,
    description="Whether to take the newest version where several images match; the vendor "
    "sends no date, so this means version order. Default false: several are an error.",
)


class Question(BaseModel):
    """What every question has."""

    model_config = _STRICT

    asks_cloud: ClassVar[tuple[str, ...]]
    """The arguments that go to the API; everything else is decided here."""
    chooses: ClassVar[frozenset[str]] = CHOOSING

    region: Region | None = Field(
        None,
        description="The region whose images are listed, for instance `ap-guangzhou`; the "
        "configured region unless given.",
    )

    def criteria(self) -> dict[str, Any]:
        """The arguments that narrow here, in the order in which they are applied."""
        aside = {"region", *self.asks_cloud, *self.chooses}
        return {
            name: value
            for name in type(self).model_fields
            if name not in aside and (value := getattr(self, name)) is not None
        }

    def narrows(self) -> bool:
        """Whether this asks for less than a whole catalogue."""
        return True


class SessionImagesQuery(Question):
    """List the images that sessions of a DLC standard Spark engine can run."""

    asks_cloud = ("data_engine_id", "framework_type")

    data_engine_id: Word = Field(
        description="The id of the data engine, for instance `DataEngine-b0jt6fvk`."
    )
    framework_type: FrameworkType = Field(
        description="The framework type: `machine-learning`, `python` or `spark-ml`."
    )
    framework: Word | None = Field(
        None,
        description="The framework read out of `sparkImageVersion`, whatever its case: `pytorch`, "
        "`tensorflow`, `scikit-learn`, `python` and so on.",
    )
    framework_version: VersionRange | None = Field(
        None, description='A PEP 440 range for the framework\'s version, for instance `">=2.5,<3"`.'
    )
    name_regex: Regex | None = Field(
        None,
        description="A regular expression to find in `sparkImageVersion`: Rust syntax, not "
        "anchored, case-sensitive unless it begins with `(?i)`.",
    )
    tag_regex: Regex | None = Field(
        None, description="A regular expression to find in `imageTag`, as for `nameRegex`."
    )
    spark_image_id: Word | None = Field(None, description="The id of the image.")

    def warnings(self) -> list[str]:
        """What is asked although it is on no list that we know."""
        return _off_list("framework_type", self.framework_type, FRAMEWORK_TYPES)


class Filter(BaseModel):
    """A filter that the cloud applies, passed on as it is."""

    model_config = _STRICT

    name: Word = Field(
        description="The name of the filter: `ImageId`, `ImageName`, `SupportDataPipeline`, "
        "`AllowSaveAllContent` or `ImageRange`."
    )
    values: list[Word] = Field(
        min_length=1, description='The values, any of which matches; booleans as `"true"`.'
    )
    negative: bool | None = Field(None, description="Whether to keep what does not match.")
    fuzzy: bool | None = Field(None, description="Whether a part of the value is enough.")

    @model_validator(mode="before")
    @classmethod
    def _known_parts(cls, given: Any) -> Any:
        return checked(_refuse_unknown_part)(given)


class PlatformImagesQuery(Question):
    """List the platform images of TIONE, for training, notebooks and inference."""

    asks_cloud = ("filters", "ti_project_id")

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

    def narrows(self) -> bool:
        return bool(self.criteria() or self.filters)

    def warnings(self) -> list[str]:
        """What is asked although it is on no list that we know."""
        named = [one.name for one in self.filters or ()]
        return [
            *_off_list("image_range", self.image_range, IMAGE_RANGES),
            *(line for name in named for line in _off_list("filters.name", name, FILTER_NAMES)),
        ]


class SessionImageQuery(SessionImagesQuery):
    """Find the one image for DLC sessions that matches, or with `latest` the newest that does."""

    latest: bool | None = _LATEST


class PlatformImageQuery(PlatformImagesQuery):
    """Find the one platform image of TIONE that matches, or with `latest` the newest that does."""

    latest: bool | None = _LATEST
    latest_by: list[LatestKey] | None = Field(
        None,
        min_length=1,
        description="What newest means: `frameworkVersion` and component names, the first counts "
        'most. Giving it implies `latest`. Default `["frameworkVersion"]`.',
    )

    @model_validator(mode="after")
    def _latest_of_something(self) -> "PlatformImageQuery":
        checked(_refuse_bare_latest)(self)
        checked(_refuse_ranking_by_argument)(self)
        return self


AnyQuery = SessionImagesQuery | PlatformImagesQuery


def read_query(
    model: type[AnyQuery], arguments: Mapping[str, Any], style: NameStyle = str
) -> AnyQuery:
    """The question with these arguments, spelled so.

    Errors: InvalidArgumentError; nothing has been sent.
    """
    return read_arguments(model, arguments, style)


def latest_keys(query: AnyQuery) -> tuple[str, ...]:
    """What newest means for this question, the first counting most; empty if it is not asked."""
    keys = getattr(query, "latest_by", None)
    if keys:
        return tuple(keys)
    return (FRAMEWORK_VERSION,) if getattr(query, "latest", None) else ()


def _refuse_unknown_part(given: Any) -> Any:
    parts = tuple(Filter.model_fields)
    names = map(str, given) if isinstance(given, Mapping) else ()
    unknown = [name for name in names if name not in parts]
    if unknown:
        raise InvalidArgumentError(
            f"a filter has no {quote(unknown[0])}",
            allowed=listed(parts),
            fix=did_you_mean(unknown[0], parts),
        )
    return given


def _refuse_bare_latest(query: PlatformImageQuery) -> None:
    if query.latest is False and query.latest_by:
        raise InvalidArgumentError(
            "`latest_by` implies `latest`, which is false here",
            argument="latest",
            fix="leave one of the two out",
        )
    if latest_keys(query) and not query.narrows():
        raise InvalidArgumentError(
            "the newest of the whole catalogue is an accident, not an answer",
            argument="latest" if query.latest else "latest_by",
            fix="say what it must be, for instance `framework`, `image_range` or `components`",
        )


def _refuse_ranking_by_argument(query: PlatformImageQuery) -> None:
    arguments = {normalize_name(name): name for name in type(query).model_fields}
    for number, key in enumerate(query.latest_by or ()):
        name = arguments.get(normalize_name(key))
        if name and key != FRAMEWORK_VERSION:
            raise InvalidArgumentError(
                f"`{name}` is an argument, and no component whose versions could be compared",
                argument=f"latest_by[{number}]",
                value=quote(key),
                allowed=f"{FRAMEWORK_VERSION} and names of components, such as pytorch or cuda",
                fix=f"leave it out here; `{name}` has a value of its own",
            )


def _off_list(path: str, value: str | None, known: tuple[str, ...]) -> list[str]:
    if value is None or value.lower() in map(str.lower, known):
        return []
    told = f"`{path}` {quote(value)} is not on the known list ({listed(known)}); asked anyway"
    return ["; ".join(filter(None, [told, did_you_mean(value, known)]))]
