"""Pins: an image chosen once and kept in the stack's state, as in a lock file.

They are ordinary resources to Pulumi: `protect`, `ignore_changes`, aliases, `pulumi import` and
`.get` work as for any other. What a pin keeps and when it moves is decided in the plugin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pulumi

from pulumi_tcimages.sdk.arguments import validate_arguments
from pulumi_tcimages.sdk.inputs import PlatformImageFilterArgs
from pulumi_tcimages.sdk.invoke import TOKEN, make_plugin_findable
from pulumi_tcimages.sdk.resources import (
    SubclassableResource,
    build_props,
    own_class,
    resource_options,
)
from pulumi_tcimages.sdk.types import (
    PlatformImage,
    PlatformImageFilter,
    SessionImage,
    property_names,
)

_PinT = TypeVar("_PinT", bound="_Pin")


class _Pin(SubclassableResource):
    """What both pins have besides their criteria."""

    resolved_at: pulumi.Output[str]
    """When the image was chosen, in UTC."""
    available: pulumi.Output[bool]
    """Whether the cloud still offered the image when it was last looked for."""
    newer_image_id: pulumi.Output[str]
    """The image that the same question would choose now, empty if it is this one or none."""
    newer_version: pulumi.Output[str]
    """That image's version, empty if it is this one or none."""

    def _register(
        self, name: str, opts: pulumi.ResourceOptions | None, keywords: Mapping[str, Any]
    ) -> None:
        make_plugin_findable()
        pin = own_class(type(self))
        props = build_props(pin, keywords)
        super().__init__(TOKEN + pin.__name__, name, props, resource_options(opts))

    @classmethod
    def _read(
        cls: type[_PinT],
        name: str,
        image_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None,
    ) -> _PinT:
        pin = cls.__new__(cls)
        by_id = pulumi.ResourceOptions(id=image_id)
        pin._register(name, pulumi.ResourceOptions.merge(opts, by_id), {})
        return pin


@property_names
class SessionImagePin(_Pin):
    """The one image for sessions of a DLC engine, chosen once and kept in the stack's state.

    A changed criterion keeps the image while it still satisfies all of them; a changed trigger,
    region or engine chooses anew; nothing else moves it. `pulumi refresh` only records whether the
    image is still offered and what would be chosen today.
    """

    data_engine_id: pulumi.Output[str]
    framework_type: pulumi.Output[str]
    region: pulumi.Output[str]
    framework: pulumi.Output[str | None]
    framework_version: pulumi.Output[str | None]
    name_regex: pulumi.Output[str | None]
    tag_regex: pulumi.Output[str | None]
    spark_image_id: pulumi.Output[str | None]
    latest: pulumi.Output[bool | None]
    triggers: pulumi.Output[dict[str, str] | None]
    image: pulumi.Output[SessionImage]
    """The image, as it was when it was chosen."""

    @validate_arguments
    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        data_engine_id: pulumi.Input[str],
        framework_type: pulumi.Input[str],
        region: pulumi.Input[str | None] = None,
        framework: pulumi.Input[str | None] = None,
        framework_version: pulumi.Input[str | None] = None,
        name_regex: pulumi.Input[str | None] = None,
        tag_regex: pulumi.Input[str | None] = None,
        spark_image_id: pulumi.Input[str | None] = None,
        latest: pulumi.Input[bool | None] = None,
        triggers: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] = None,
    ) -> None:
        """The one image for sessions of a DLC engine, chosen once and kept.

        Args:
            resource_name: The pin's name in the stack.
            opts: Pulumi's options for a resource.
            data_engine_id: The id of the data engine, for instance `DataEngine-b0jt6fvk`.
            framework_type: The framework type: `machine-learning`, `python` or `spark-ml`.
            region: The region whose images are listed, for instance `ap-guangzhou`; the configured
                region unless given.
            framework: The framework read out of `spark_image_version`, whatever its case:
                `pytorch`, `tensorflow`, `scikit-learn`, `python` and so on.
            framework_version: A PEP 440 range for the framework's version, for instance
                `">=2.5,<3"`.
            name_regex: A regular expression to find in `spark_image_version`: Rust syntax, not
                anchored, case-sensitive unless it begins with `(?i)`.
            tag_regex: A regular expression to find in `image_tag`, as for `name_regex`.
            spark_image_id: The id of the image.
            latest: Whether to take the newest version where several images match; the vendor sends
                no date, so this means version order. Default false: several are an error.
            triggers: Any texts of your own; when one changes, the image is chosen anew.
        """
        self._register(resource_name, opts, locals())

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: pulumi.Input[str],  # noqa: A002 (its name in every Pulumi SDK)
        opts: pulumi.ResourceOptions | None = None,
    ) -> SessionImagePin:
        """A pin of an image that is known by its id: `dataEngineId/frameworkType/sparkImageId`."""
        return cls._read(resource_name, id, opts)


@property_names
class PlatformImagePin(_Pin):
    """The one platform image of TIONE, chosen once and kept in the stack's state.

    A changed criterion keeps the image while it still satisfies all of them; a changed trigger,
    region or project chooses anew; nothing else moves it. `pulumi refresh` only records whether the
    image is still offered and what would be chosen today.
    """

    region: pulumi.Output[str]
    filters: pulumi.Output[list[PlatformImageFilter] | None]
    ti_project_id: pulumi.Output[str | None]
    image_id: pulumi.Output[str | None]
    image_name: pulumi.Output[str | None]
    name_regex: pulumi.Output[str | None]
    tag_regex: pulumi.Output[str | None]
    framework: pulumi.Output[str | None]
    framework_version: pulumi.Output[str | None]
    image_range: pulumi.Output[str | None]
    gpu: pulumi.Output[str | None]
    device: pulumi.Output[str | None]
    image_type: pulumi.Output[str | None]
    support_data_pipeline: pulumi.Output[bool | None]
    allow_save_all_content: pulumi.Output[bool | None]
    support_distributed_deploy: pulumi.Output[bool | None]
    attributes: pulumi.Output[dict[str, str] | None]
    components: pulumi.Output[dict[str, str] | None]
    latest: pulumi.Output[bool | None]
    latest_by: pulumi.Output[list[str] | None]
    triggers: pulumi.Output[dict[str, str] | None]
    image: pulumi.Output[PlatformImage]
    """The image, as it was when it was chosen."""

    @validate_arguments
    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        region: pulumi.Input[str | None] = None,
        filters: pulumi.Input[Sequence[pulumi.Input[PlatformImageFilterArgs]] | None] = None,
        ti_project_id: pulumi.Input[str | None] = None,
        image_id: pulumi.Input[str | None] = None,
        image_name: pulumi.Input[str | None] = None,
        name_regex: pulumi.Input[str | None] = None,
        tag_regex: pulumi.Input[str | None] = None,
        framework: pulumi.Input[str | None] = None,
        framework_version: pulumi.Input[str | None] = None,
        image_range: pulumi.Input[str | None] = None,
        gpu: pulumi.Input[str | None] = None,
        device: pulumi.Input[str | None] = None,
        image_type: pulumi.Input[str | None] = None,
        support_data_pipeline: pulumi.Input[bool | None] = None,
        allow_save_all_content: pulumi.Input[bool | None] = None,
        support_distributed_deploy: pulumi.Input[bool | None] = None,
        attributes: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] = None,
        components: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] = None,
        latest: pulumi.Input[bool | None] = None,
        latest_by: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        triggers: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] = None,
    ) -> None:
        """The one platform image of TIONE, chosen once and kept.

        Args:
            resource_name: The pin's name in the stack.
            opts: Pulumi's options for a resource.
            region: The region whose images are listed, for instance `ap-guangzhou`; the configured
                region unless given.
            filters: Filters for the cloud to apply; the other arguments narrow what it lists.
            ti_project_id: The TIONE project; the default workspace unless given.
            image_id: The id of the image.
            image_name: The whole name, whatever its case.
            name_regex: A regular expression to find in `image_name`: Rust syntax, not anchored,
                case-sensitive unless it begins with `(?i)`.
            tag_regex: A regular expression to find in `image_tag`, as for `name_regex`.
            framework: The framework, whatever its case: `pytorch`, `tensorflow`, `vllm`.
            framework_version: A PEP 440 range for `framework_version`, for instance `">=2.1,<3"`.
            image_range: What the image is for: `Train`, `Inference` or `Notebook`.
            gpu: A GPU model that the image supports, as a whole name: `A10` is not `A100`.
            device: The device read out of `image_name`: `cpu`, `gpu` or `npu`.
            image_type: The registry's type, whatever its case: `TCR` or `CCR`.
            support_data_pipeline: Whether the image supports data pipelines.
            allow_save_all_content: Whether the image allows saving all content.
            support_distributed_deploy: Whether the image supports distributed deployment.
            attributes: Extra attributes and a value that each must have:
                `{"TrainingModes": "DDP"}`.
            components: Components read out of `image_name`, each with a PEP 440 range, `*` for
                present or `none` for absent:
                `{"pytorch": ">=2.1", "cuda": "==12.*", "vllm": "none"}`.
            latest: Whether to take the newest version where several images match; the vendor sends
                no date, so this means version order. Default false: several are an error.
            latest_by: What newest means: `framework_version` and component names, the first counts
                most. Giving it implies `latest`. Default `["framework_version"]`.
            triggers: Any texts of your own; when one changes, the image is chosen anew.
        """
        self._register(resource_name, opts, locals())

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: pulumi.Input[str],  # noqa: A002 (its name in every Pulumi SDK)
        opts: pulumi.ResourceOptions | None = None,
    ) -> PlatformImagePin:
        """A pin of an image that is known by its `imageId`."""
        return cls._read(resource_name, id, opts)
