"""The questions about session images of DLC engines: one or many, now or as an output."""

from __future__ import annotations

import pulumi

from pulumi_tcimages.sdk.arguments import validate_arguments
from pulumi_tcimages.sdk.invoke import invoke, invoke_output
from pulumi_tcimages.sdk.types import (
    AwaitableGetSessionImageResult,
    AwaitableGetSessionImagesResult,
    GetSessionImageResult,
    GetSessionImagesResult,
)


@validate_arguments
def get_session_images(
    *,
    data_engine_id: str,
    framework_type: str,
    region: str | None = None,
    framework: str | None = None,
    framework_version: str | None = None,
    name_regex: str | None = None,
    tag_regex: str | None = None,
    spark_image_id: str | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> AwaitableGetSessionImagesResult:
    """List the images that sessions of a DLC standard Spark engine can run.

    Args:
        data_engine_id: The id of the data engine, for instance `DataEngine-b0jt6fvk`.
        framework_type: The framework type: `machine-learning`, `python` or `spark-ml`.
        region: The region whose images are listed, for instance `ap-guangzhou`; the configured
            region unless given.
        framework: The framework read out of `spark_image_version`, whatever its case: `pytorch`,
            `tensorflow`, `scikit-learn`, `python` and so on.
        framework_version: A PEP 440 range for the framework's version, for instance `">=2.5,<3"`.
        name_regex: A regular expression to find in `spark_image_version`: Rust syntax, not
            anchored, case-sensitive unless it begins with `(?i)`.
        tag_regex: A regular expression to find in `image_tag`, as for `name_regex`.
        spark_image_id: The id of the image.
        opts: The provider or parent to ask through.

    Errors: the classes of `pulumi_tcimages.errors`.
    """
    return invoke("getSessionImages", AwaitableGetSessionImagesResult, locals())


@validate_arguments
def get_session_images_output(
    *,
    data_engine_id: pulumi.Input[str],
    framework_type: pulumi.Input[str],
    region: pulumi.Input[str | None] = None,
    framework: pulumi.Input[str | None] = None,
    framework_version: pulumi.Input[str | None] = None,
    name_regex: pulumi.Input[str | None] = None,
    tag_regex: pulumi.Input[str | None] = None,
    spark_image_id: pulumi.Input[str | None] = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetSessionImagesResult]:
    """As `get_session_images`, where arguments may be outputs of resources."""
    return invoke_output("getSessionImages", GetSessionImagesResult, locals())


@validate_arguments
def get_session_image(
    *,
    data_engine_id: str,
    framework_type: str,
    region: str | None = None,
    framework: str | None = None,
    framework_version: str | None = None,
    name_regex: str | None = None,
    tag_regex: str | None = None,
    spark_image_id: str | None = None,
    latest: bool | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> AwaitableGetSessionImageResult:
    """Find the one image for DLC sessions that matches, or with `latest` the newest that does.

    Args:
        data_engine_id: The id of the data engine, for instance `DataEngine-b0jt6fvk`.
        framework_type: The framework type: `machine-learning`, `python` or `spark-ml`.
        region: The region whose images are listed, for instance `ap-guangzhou`; the configured
            region unless given.
        framework: The framework read out of `spark_image_version`, whatever its case: `pytorch`,
            `tensorflow`, `scikit-learn`, `python` and so on.
        framework_version: A PEP 440 range for the framework's version, for instance `">=2.5,<3"`.
        name_regex: A regular expression to find in `spark_image_version`: Rust syntax, not
            anchored, case-sensitive unless it begins with `(?i)`.
        tag_regex: A regular expression to find in `image_tag`, as for `name_regex`.
        spark_image_id: The id of the image.
        latest: Whether to take the newest version where several images match; the vendor sends no
            date, so this means version order. Default false: several are an error.
        opts: The provider or parent to ask through.

    Errors: the classes of `pulumi_tcimages.errors`.
    """
    return invoke("getSessionImage", AwaitableGetSessionImageResult, locals())


@validate_arguments
def get_session_image_output(
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
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetSessionImageResult]:
    """As `get_session_image`, where arguments may be outputs of resources."""
    return invoke_output("getSessionImage", GetSessionImageResult, locals())
