"""The questions about platform images of TIONE: one or many, now or as an output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from pulumi_tcimages.sdk.arguments import validate_arguments
from pulumi_tcimages.sdk.inputs import PlatformImageFilterArgs
from pulumi_tcimages.sdk.invoke import invoke, invoke_output
from pulumi_tcimages.sdk.types import (
    AwaitableGetPlatformImageResult,
    AwaitableGetPlatformImagesResult,
    GetPlatformImageResult,
    GetPlatformImagesResult,
)


@validate_arguments
def get_platform_images(
    *,
    region: str | None = None,
    filters: Sequence[PlatformImageFilterArgs] | None = None,
    ti_project_id: str | None = None,
    image_id: str | None = None,
    image_name: str | None = None,
    name_regex: str | None = None,
    tag_regex: str | None = None,
    framework: str | None = None,
    framework_version: str | None = None,
    image_range: str | None = None,
    gpu: str | None = None,
    device: str | None = None,
    image_type: str | None = None,
    support_data_pipeline: bool | None = None,
    allow_save_all_content: bool | None = None,
    support_distributed_deploy: bool | None = None,
    attributes: Mapping[str, str] | None = None,
    components: Mapping[str, str] | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> AwaitableGetPlatformImagesResult:
    """List the platform images of TIONE, for training, notebooks and inference.

    Args:
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
        attributes: Extra attributes and a value that each must have: `{"TrainingModes": "DDP"}`.
        components: Components read out of `image_name`, each with a PEP 440 range, `*` for present
            or `none` for absent: `{"pytorch": ">=2.1", "cuda": "==12.*", "vllm": "none"}`.
        opts: The provider or parent to ask through.

    Errors: the classes of `pulumi_tcimages.errors`.
    """
    return invoke("getPlatformImages", AwaitableGetPlatformImagesResult, locals())


@validate_arguments
def get_platform_images_output(
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
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetPlatformImagesResult]:
    """As `get_platform_images`, where arguments may be outputs of resources."""
    return invoke_output("getPlatformImages", GetPlatformImagesResult, locals())


@validate_arguments
def get_platform_image(
    *,
    region: str | None = None,
    filters: Sequence[PlatformImageFilterArgs] | None = None,
    ti_project_id: str | None = None,
    image_id: str | None = None,
    image_name: str | None = None,
    name_regex: str | None = None,
    tag_regex: str | None = None,
    framework: str | None = None,
    framework_version: str | None = None,
    image_range: str | None = None,
    gpu: str | None = None,
    device: str | None = None,
    image_type: str | None = None,
    support_data_pipeline: bool | None = None,
    allow_save_all_content: bool | None = None,
    support_distributed_deploy: bool | None = None,
    attributes: Mapping[str, str] | None = None,
    components: Mapping[str, str] | None = None,
    latest: bool | None = None,
    latest_by: Sequence[str] | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> AwaitableGetPlatformImageResult:
    """Find the one platform image of TIONE that matches, or with `latest` the newest that does.

    Args:
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
        attributes: Extra attributes and a value that each must have: `{"TrainingModes": "DDP"}`.
        components: Components read out of `image_name`, each with a PEP 440 range, `*` for present
            or `none` for absent: `{"pytorch": ">=2.1", "cuda": "==12.*", "vllm": "none"}`.
        latest: Whether to take the newest version where several images match; the vendor sends no
            date, so this means version order. Default false: several are an error.
        latest_by: What newest means: `framework_version` and component names, the first counts
            most. Giving it implies `latest`. Default `["framework_version"]`.
        opts: The provider or parent to ask through.

    Errors: the classes of `pulumi_tcimages.errors`.
    """
    return invoke("getPlatformImage", AwaitableGetPlatformImageResult, locals())


@validate_arguments
def get_platform_image_output(
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
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetPlatformImageResult]:
    """As `get_platform_image`, where arguments may be outputs of resources."""
    return invoke_output("getPlatformImage", GetPlatformImageResult, locals())
