"""The actions: what each is called, what it takes, where it is, and what it answers.

An answer is a dict in the vendor's spelling, without the envelope; a refusal is raised. Nothing
here knows HTTP or signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_tcimages.emulator import filters, regions, sts
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.messages import VendorError

DEFAULT_LIMIT = 100
TOTALS = ("", "null", "zero", "page")
"""What TotalCount can be made to say: the number of all rows, nothing, 0, the rows of the page."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action of one product's API version."""

    service: str
    version: str
    shape: Mapping[str, Any]
    required: tuple[str, ...] = ()
    regions: frozenset[str]
    answer: Callable[[ActionContext], dict[str, Any]]
    signed: bool = True


def describe_session_image_version(asked: ActionContext) -> dict[str, Any]:
    """The built-in images of an engine for a framework type, or null."""
    engine, framework_type = asked.text("DataEngineId"), asked.text("FrameworkType")
    for name, value in (("DataEngineId", engine), ("FrameworkType", framework_type)):
        if not value:
            raise VendorError("InvalidParameter.ParameterNotFoundOrBeNone", name=name)
    types = asked.catalogue.engines().get(engine)
    if types is None and asked.choices.unknown_engine == "refuse":
        raise VendorError("ResourceNotFound.DataEngineNotFound", value=engine)
    if framework_type not in (types or ()) and asked.choices.unknown_framework_type == "refuse":
        raise VendorError("InvalidParameterValue", name="FrameworkType", value=framework_type)
    images = asked.catalogue.session_images(engine, framework_type, asked.region)
    return {"EngineSessionImages": [*asked.rows, *images] or None}


def describe_platform_images(asked: ActionContext) -> dict[str, Any]:
    """One page of the platform images that the filters leave, and how many they leave."""
    limit = asked.parameters.get("Limit", DEFAULT_LIMIT)
    if limit > asked.choices.max_limit:
        raise VendorError(
            "InvalidParameterValue.PageLimitExceeded", value=limit, limit=asked.choices.max_limit
        )
    if limit == 0 and asked.choices.zero_limit == "default":
        limit = DEFAULT_LIMIT
    images = [
        *asked.rows,
        *filters.choose(
            asked.catalogue.platform_images(asked.region),
            asked.parameters.get("Filters"),
            asked.choices,
        ),
    ]
    start = asked.parameters.get("Offset", 0)
    if asked.repeat_page:
        start = max(0, start - limit)
    page = images[start : start + min(limit, asked.page_cap or limit)]
    totals = {"": len(images) + asked.drift, "null": None, "zero": 0, "page": len(page)}
    return {"TotalCount": totals[asked.total], "PlatformImageInfos": page}


_FILTER = {"Name": "string", "Values": ["string"], "Negative": "boolean", "Fuzzy": "boolean"}
_ROLE = {"RoleArn": "string", "RoleSessionName": "string", "DurationSeconds": "uint64"}

ACTIONS = {
    "DescribeSessionImageVersion": Action(
        service="dlc",
        version="2021-01-25",
        shape={"DataEngineId": "string", "FrameworkType": "string"},
        required=("DataEngineId", "FrameworkType"),
        regions=regions.DLC,
        answer=describe_session_image_version,
    ),
    "DescribePlatformImages": Action(
        service="tione",
        version="2021-11-11",
        shape={
            "TiProjectId": "string",
            "Filters": [_FILTER],
            "Offset": "uint64",
            "Limit": "uint64",
        },
        regions=regions.TIONE,
        answer=describe_platform_images,
    ),
    "AssumeRole": Action(
        service="sts",
        version="2018-08-13",
        shape={
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
    "AssumeRoleWithWebIdentity": Action(
        service="sts",
        version="2018-08-13",
        shape={**_ROLE, "ProviderId": "string", "WebIdentityToken": "string"},
        required=("ProviderId", "WebIdentityToken", "RoleArn", "RoleSessionName"),
        regions=regions.ALL,
        answer=sts.assume_role_with_web_identity,
        signed=False,
    ),
    "GetCallerIdentity": Action(
        service="sts",
        version="2018-08-13",
        shape={},
        regions=regions.ALL,
        answer=sts.get_caller_identity,
    ),
}
