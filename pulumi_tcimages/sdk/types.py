"""What comes back: every field with its type and its text.

Names are snake_case here and camelCase on the wire. A text that the vendor left out is "", a
missing boolean or number is None, and a list or a map is never None.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator, Iterator, Mapping
from typing import Any, Generic, TypeVar

import pulumi

from pulumi_tcimages.naming import camel

_T = TypeVar("_T")


def property_names(fields: type[_T]) -> type[_T]:
    """The class, its annotations and those of our bases declared to Pulumi in camelCase."""
    hints: dict[str, Any] = {}
    for one in reversed(fields.__mro__):
        if one.__module__.startswith("pulumi_tcimages."):
            hints |= inspect.get_annotations(one, eval_str=True)
    fields.__annotations__ = hints
    for name in hints:
        setattr(fields, name, pulumi.property(camel(name)))
    return fields


def output_type(fields: type[_T]) -> type[_T]:
    """An output type of Pulumi's out of annotations, those of base classes included."""
    return pulumi.output_type(property_names(fields))


class _Record(Mapping[str, Any]):
    """What it has, by name: so Pulumi takes a whole record as an input, and prints it.

    A mapping, and no dict: of a dict, `pulumi.Output.all` would make a plain one.
    """

    def __getitem__(self, name: str) -> Any:
        if (value := vars(self).get(name)) is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name, value in vars(self).items() if value is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        given = (f"{name}={self[name]!r}" for name in self)
        return f"{type(self).__name__}({', '.join(given)})"


class _Awaitable(Generic[_T]):
    """What lets `await` work on an answer that is already here.

    It brings the plain answer: Pulumi awaits an output's value until it cannot be awaited any more.
    """

    def __await__(self) -> Generator[Any, None, _T]:
        yield from ()
        _, kind = type(self).__bases__
        plain: _T = object.__new__(kind)
        vars(plain).update(vars(self))
        return plain


class _SessionImageFields(_Record):
    spark_image_id: str
    """The image's id; opaque, not always a UUID."""
    spark_image_tag: str
    """The image's full registry address with its tag, as sent."""
    spark_image_type: int | None
    """The vendor's number for the framework, as sent; its published meaning and its published
    sample contradict each other, so use `framework` instead."""
    spark_image_version: str
    """The image's name and version in one, for instance `pytorch-v2.5.1`."""
    framework: str
    """The framework, read out of `spark_image_version`: `pytorch`."""
    framework_version: str
    """Its version, read out of `spark_image_version`: `2.5.1`."""
    image_tag: str
    """The tag alone: what follows the last `:` of `spark_image_tag`."""


@output_type
class PlatformImageExtraAttribute(_Record):
    """One extra attribute of a platform image, as sent."""

    type: str
    """`List` where `values` holds the value, else empty."""
    key: str
    """The attribute's name, for instance `TrainingModes`."""
    value: str
    """The value of a scalar attribute, always text."""
    values: list[str]  # type: ignore[assignment]
    """The values of a list attribute."""


class _PlatformImageFields(_Record):
    image_id: str
    """The image's id; opaque, not always a UUID."""
    image_name: str
    """The image's name, which also tells what is in it."""
    image_type: str
    """The registry's type, `TCR` or `CCR` in any case."""
    image_url: str
    """The image's full registry address with its tag."""
    image_range: list[str]
    """What the image is for: any of `Train`, `Inference`, `Notebook`."""
    framework: str
    """The framework, as sent: the case varies."""
    framework_version: str
    """The framework's version, as sent."""
    registry_region: str
    """The registry's region, where it has one."""
    registry_id: str
    """The registry's id, where it has one."""
    support_gpu_list: list[str]
    """GPU models the image supports; empty on some rows whose `description` names them."""
    description: str
    """The vendor's text, several lines, often Chinese."""
    extra_attributes: list[PlatformImageExtraAttribute]
    """The extra attributes, as sent."""
    support_distributed_deploy: bool | None
    """Whether distributed deployment is supported; absent on older rows."""
    region_scope: str
    """Where the image is offered: `all`, `autonomous` or `general`."""
    image_tag: str
    """The tag alone: what follows the last `:` of `image_url`."""
    attributes: dict[str, list[str]]
    """The extra attributes as a map from key to values."""
    support_data_pipeline: bool | None
    """The extra attribute `SupportDataPipeline` as a boolean."""
    allow_save_all_content: bool | None
    """The extra attribute `AllowSaveAllContent` as a boolean."""
    training_modes: list[str]
    """The extra attribute `TrainingModes`, for instance `DDP`."""
    components: dict[str, str]
    """What is in the image and in which version, read out of `image_name`: `pytorch`, `cuda`,
    `python`, `tilearn-llm` and so on; the version is empty where the name mentions a component
    without a readable one."""
    device: str
    """`cpu`, `gpu` or `npu`, read out of `image_name`."""


@output_type
class SessionImage(_SessionImageFields):
    """An image that a session of a standard Spark engine can run."""


@output_type
class PlatformImage(_PlatformImageFields):
    """A TIONE platform image for training, notebooks or inference."""


@output_type
class PlatformImageFilter(_Record):
    """A filter of a pin, as it was given."""

    name: str
    values: list[str]  # type: ignore[assignment]
    negative: bool | None
    fuzzy: bool | None


@output_type
class GetSessionImageResult(_SessionImageFields):
    """The one session image, and where it was found."""

    region: str
    """The region that was asked."""


@output_type
class GetSessionImagesResult(_Record):
    """The session images that match, in a total order."""

    images: list[SessionImage]
    """The images, by framework, version, name and id."""
    ids: list[str]
    """Their ids, in the same order."""
    total_count: int
    """How many images the cloud listed, before anything was narrowed here."""
    region: str
    """The region that was asked."""


class AwaitableGetSessionImageResult(_Awaitable[GetSessionImageResult], GetSessionImageResult):
    """The same; `await` works on it too."""


class AwaitableGetSessionImagesResult(_Awaitable[GetSessionImagesResult], GetSessionImagesResult):
    """The same; `await` works on it too."""


@output_type
class GetPlatformImageResult(_PlatformImageFields):
    """The one platform image, and where it was found."""

    region: str
    """The region that was asked."""


@output_type
class GetPlatformImagesResult(_Record):
    """The platform images that match, in a total order."""

    images: list[PlatformImage]
    """The images, by framework, version, name and id."""
    ids: list[str]
    """Their ids, in the same order."""
    total_count: int
    """How many images the cloud listed, before anything was narrowed here."""
    region: str
    """The region that was asked."""


class AwaitableGetPlatformImageResult(_Awaitable[GetPlatformImageResult], GetPlatformImageResult):
    """The same; `await` works on it too."""


class AwaitableGetPlatformImagesResult(
    _Awaitable[GetPlatformImagesResult], GetPlatformImagesResult
):
    """The same; `await` works on it too."""
