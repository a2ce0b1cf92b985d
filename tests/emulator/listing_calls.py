"""The actions that list images, and helpers that call them."""

from __future__ import annotations

from pulumi_tcimages.emulator.listing import Listing
from pulumi_tcimages.emulator.routes import ROUTES

PRESETS, BUILT_IN = "DescribePresetImageList", "DescribeBuildInImages"
VERSIONS, SPARK = "DescribeDataEngineImageVersions", "DescribeDataEnginePythonSparkImages"
RAY = "ListImages"
CHILD = "6247ef00-8bae-5125-886d-8efc71a7e29a"
LISTINGS = {name: action for name, action in ROUTES.items() if isinstance(action, Listing)}
REQUIRED = {
    "DescribeSessionImageVersion": {
        "DataEngineId": "DataEngine-b0jt6fvk",
        "FrameworkType": "machine-learning",
    },
    VERSIONS: {"EngineType": "StandardSpark"},
    SPARK: {"ChildImageVersionId": CHILD},
}
"""The parameters that an action needs before it lists more than one image."""


def list_rows(caller, action, **parameters):
    response = caller.call(action, {**REQUIRED.get(action, {}), **parameters}).response
    assert "Error" not in response, response
    return response[LISTINGS[action].rows]


def list_names(caller, action, name="ImageName", **parameters):
    return [row[name] for row in list_rows(caller, action, **parameters) or []]
