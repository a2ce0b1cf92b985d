"""The vendor's Python clients against the emulator's listings of the newer kinds of images."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_tcimages.emulator import Fault
from tests.contract.client_options import FORMS, IGNORED_WARNINGS
from tests.emulator.listing_samples import SAMPLES

pytestmark = IGNORED_WARNINGS


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.action)
def test_published_request_gets_the_published_images(clients, sample, form):
    response = clients.describe(sample.action, sample.parameters, **form)
    images = [
        without_nulls(json.loads(row.to_json_string())) for row in getattr(response, sample.rows)
    ]
    assert [image for image in images if image in sample.images] == sample.images


def read_images(response: Any, rows: str) -> list[Any]:
    return [without_nulls(json.loads(row.to_json_string())) for row in getattr(response, rows)]


def without_nulls(value: Any) -> Any:
    """Drop the fields of the client's model that are missing in the response."""
    if isinstance(value, dict):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    return [without_nulls(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("action", "parameters", "kind", "rows", "count"),
    [
        ("DescribeDataEngineImageVersions", {"EngineType": "StandardSpark", "Sort": "UpdateTime",
         "Asc": True}, "engine_image_versions", "ImageParentVersions", 6),
        ("DescribeDataEnginePythonSparkImages",
         {"ChildImageVersionId": "6247ef00-8bae-5125-886d-8efc71a7e29a"},
         "python_spark_images", "PythonSparkImages", 4),
        ("ListImages", {"Keyword": "tcray", "Type": "Workspace", "Page": 1, "PageSize": 50},
         "ray_images", "Items", 3),
        ("DescribePresetImageList",
         {"Filters": [{"Name": "ImageName", "Values": ["vllm"], "Fuzzy": True}], "Offset": 0,
          "Limit": 200, "OrderField": ["ImageRepo", "ImageName"], "Order": ["DESC", "ASC"]},
         "preset_images", "PresetImageList", 15),
        ("DescribeBuildInImages",
         {"ImageFilters": [{"Name": "ImageType", "Values": ["CUSTOM"], "Negative": True}]},
         "built_in_images", "BuildInImageInfos", 8),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_parameter_and_field_of_a_listing_is_supported(
    clients, action, parameters, kind, rows, count, form
):
    response = clients.describe(action, parameters, **form)
    images = read_images(response, rows)
    known = [without_nulls(row) for row in clients.cloud.catalogue.images(kind)]
    assert len(images) == count
    assert all(image in known for image in images)
    assert clients.cloud.requests[-1].body == parameters


def test_numbered_pages_are_listed_to_the_end(clients):
    rows, number, pages = [], 0, 1
    while number < pages:
        number += 1
        page = clients.describe("ListImages", {"Page": number, "PageSize": 5})
        rows, pages = rows + page.Items, page.TotalPages
        assert (page.Total, page.Page, page.PageSize) == (12, number, 5)
    assert [row.Id for row in rows] == list(range(4, 16))


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("DescribeDataEngineImageVersions", {"EngineType": "StandardSpark"}),
        ("DescribeDataEnginePythonSparkImages", {"ChildImageVersionId": "x"}),
        ("ListImages", {}),
        ("DescribePresetImageList", {}),
        ("DescribeBuildInImages", {}),
    ],
)
def test_fault_and_denied_permission_raise_for_every_listing(
    clients, sdk_error, action, parameters
):
    clients.cloud.keys.deny(clients.cloud.secret_id, action)
    clients.cloud.faults.add(action, Fault(code="InternalError"))
    codes = []
    for _ in range(2):
        with pytest.raises(sdk_error) as raised:
            clients.describe(action, parameters)
        codes.append(raised.value.get_code())
    assert codes == ["InternalError", "AuthFailure.UnauthorizedOperation"]
