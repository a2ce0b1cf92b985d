"""The table of actions: service, version, parameters, regions, and how each one answers.

An answer is a dict in the vendor's spelling, without the envelope; a refusal is a VendorError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_tcimages.emulator import regions, selection, sts
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.listings import Listing, NumberedPages, OffsetPages, Unpaged


@dataclass(frozen=True, kw_only=True)
class Route:
    """One action of one product's API version."""

    service: str
    version: str
    parameters: Mapping[str, Any]
    """Name to type, as `parameters` defines types."""
    required: tuple[str, ...] = ()
    regions: frozenset[str]
    answer: Callable[[ActionContext], dict[str, Any]]
    """A Listing, or a function."""
    signed: bool = True


_IMAGE_FILTER = {"Name": "string", "Values": ["string"], "Negative": "boolean"}
_FILTER = {**_IMAGE_FILTER, "Fuzzy": "boolean"}
_ROLE = {"RoleArn": "string", "RoleSessionName": "string", "DurationSeconds": "uint64"}

ROUTES = {
    "DescribeSessionImageVersion": Route(
        service="dlc",
        version="2021-01-25",
        parameters={"DataEngineId": "string", "FrameworkType": "string"},
        required=("DataEngineId", "FrameworkType"),
        regions=regions.DLC,
        answer=Listing(
            kind="session_images",
            select=selection.select_session_images,
            paging=Unpaged(),
            rows="EngineSessionImages",
            empty=None,
        ),
    ),
    "DescribeDataEngineImageVersions": Route(
        service="dlc",
        version="2021-01-25",
        parameters={"EngineType": "string", "Sort": "string", "Asc": "boolean"},
        required=("EngineType",),
        regions=regions.DLC,
        answer=Listing(
            kind="engine_image_versions",
            select=selection.select_engine_image_versions,
            paging=Unpaged(total="Total"),
            rows="ImageParentVersions",
            empty=None,
        ),
    ),
    "DescribeDataEnginePythonSparkImages": Route(
        service="dlc",
        version="2021-01-25",
        parameters={"ChildImageVersionId": "string"},
        required=("ChildImageVersionId",),
        regions=regions.DLC,
        answer=Listing(
            kind="python_spark_images",
            select=selection.select_python_spark_images,
            paging=Unpaged(),
            rows="PythonSparkImages",
            empty=None,
        ),
    ),
    "ListImages": Route(
        service="dlc",
        version="2021-01-25",
        parameters={
            "Keyword": "string",
            "Type": "string",
            "Page": "uint64",
            "PageSize": "uint64",
        },
        regions=regions.DLC_RAY,
        answer=Listing(
            kind="ray_images",
            select=selection.select_ray_images,
            paging=NumberedPages(),
            rows="Items",
        ),
    ),
    "DescribePlatformImages": Route(
        service="tione",
        version="2021-11-11",
        parameters={
            "TiProjectId": "string",
            "Filters": [_FILTER],
            "Offset": "uint64",
            "Limit": "uint64",
        },
        regions=regions.TIONE,
        answer=Listing(
            kind="platform_images",
            select=selection.select_platform_images,
            paging=OffsetPages(),
            rows="PlatformImageInfos",
        ),
    ),
    "DescribePresetImageList": Route(
        service="tione",
        version="2021-11-11",
        parameters={
            "TiProjectId": "string",
            "Filters": [_FILTER],
            "Offset": "uint64",
            "Limit": "uint64",
            "OrderField": ["string"],
            "Order": ["string"],
        },
        regions=regions.TIONE,
        answer=Listing(
            kind="preset_images",
            select=selection.select_preset_images,
            paging=OffsetPages(),
            rows="PresetImageList",
        ),
    ),
    "DescribeBuildInImages": Route(
        service="tione",
        version="2021-11-11",
        parameters={"ImageFilters": [_IMAGE_FILTER]},
        regions=regions.TIONE,
        answer=Listing(
            kind="built_in_images",
            select=selection.select_built_in_images,
            paging=Unpaged(),
            rows="BuildInImageInfos",
        ),
    ),
    "AssumeRole": Route(
        service="sts",
        version="2018-08-13",
        parameters={
            **_ROLE,
            "Policy": "string",
            "ExternalId": "string",
            "Tags": [{"Key": "string", "Value": "string"}],
            "SourceIdentity": "string",
            "SerialNumber": "string",
            "TokenCode": "string",
        },
        required=("RoleArn", "RoleSessionName"),
        regions=regions.ALL,
        answer=sts.assume_role,
    ),
    "AssumeRoleWithWebIdentity": Route(
        service="sts",
        version="2018-08-13",
        parameters={**_ROLE, "ProviderId": "string", "WebIdentityToken": "string"},
        required=("ProviderId", "WebIdentityToken", "RoleArn", "RoleSessionName"),
        regions=regions.ALL,
        answer=sts.assume_role_with_web_identity,
        signed=False,
    ),
    "GetCallerIdentity": Route(
        service="sts",
        version="2018-08-13",
        parameters={},
        regions=regions.ALL,
        answer=sts.get_caller_identity,
    ),
}
