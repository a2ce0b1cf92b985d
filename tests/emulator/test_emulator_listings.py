"""Image listings other than platform and session images: samples, parameters, selection."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Assumptions, Catalogue, CatalogueError, Emulator
from pulumi_tcimages.emulator.routes import ROUTES
from tests.emulator.listing_calls import (
    BUILT_IN,
    LISTINGS,
    PRESETS,
    RAY,
    REQUIRED,
    SPARK,
    VERSIONS,
    list_names,
    list_rows,
)
from tests.emulator.listing_samples import SAMPLES
from tests.emulator.raw_client import Caller


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.action)
def test_published_request_returns_the_published_response(sample):
    published = Catalogue()
    entries = Catalogue.load().entries(sample.kind)
    for entry in entries:
        if entry.provenance == "vendor":
            published.add(sample.kind, entry.image)
    with Emulator(catalogue=published) as cloud:
        response = Caller(cloud).call(sample.action, sample.parameters).response
        request_id = cloud.requests[0].request_id
    assert response == {sample.rows: sample.images, **sample.other_fields, "RequestId": request_id}


@pytest.mark.parametrize("action", LISTINGS)
def test_added_image_is_listed_changed_and_withdrawn(action):
    listing = LISTINGS[action]
    image_id = 77 if listing.name == "ray_images" else "mine"
    row = {listing.id_field: image_id, "Unknown": [1]}
    if action in (VERSIONS, SPARK):
        row |= REQUIRED[action]
    place = {"engine": "DataEngine-b0jt6fvk", "framework_type": "machine-learning"}
    place = {name: place[name] for name in listing.place}
    key = (*place.values(), image_id)
    catalogue = Catalogue()
    with Emulator(catalogue=catalogue, requests_per_second=0) as cloud:
        caller = Caller(cloud)
        catalogue.add(listing.name, row, **place)
        added = list_rows(caller, action)
        catalogue.change(listing.name, *key, Unknown=None)
        changed = list_rows(caller, action)
        withdrawn = catalogue.withdraw(listing.name, *key)
        empty = list_rows(caller, action)
    assert (added, changed, empty or []) == ([row], [{**row, "Unknown": None}], [])
    assert withdrawn == {**row, "Unknown": None}


def test_unknown_kind_error_names_the_known_kinds():
    known_kinds = ", ".join(listing.name for listing in LISTINGS.values())
    for call in (
        lambda: Catalogue().add("presets", {}),
        lambda: Catalogue().images("presets"),
        lambda: Catalogue().change("presets", "x"),
        lambda: Catalogue().withdraw("presets", "x"),
    ):
        with pytest.raises(CatalogueError, match=f"'presets' is none of {known_kinds}"):
            call()


def test_regions_may_be_any_list_but_not_a_string():
    catalogue = Catalogue()
    catalogue.add("preset_images", {"ImageId": "a"}, regions=["ap-shanghai"])
    assert catalogue.images("preset_images", "ap-guangzhou") == []
    with pytest.raises(CatalogueError) as caught:
        catalogue.add("preset_images", {"ImageId": "b"}, regions="ap-shanghai")
    assert str(caught.value) == "preset image: regions: expected a list, got a string"


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ({"engine": "x"}, "session image: framework_type: is missing"),
        ({"engine": "x", "framework_type": ""}, "session image: framework_type: must not be empty"),
        (
            {"engine": "x", "framework_type": "y", "zone": "z"},
            "session image: zone: unknown field, expected one of provenance, regions, engine, "
            "framework_type, image",
        ),
    ],
)
def test_session_image_without_engine_or_framework_type_is_rejected(place, problem):
    with pytest.raises(CatalogueError) as caught:
        Catalogue().add("session_images", {"SparkImageId": "a"}, **place)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("action", "parameters", "code", "text"),
    [
        (VERSIONS, {}, "MissingParameter", "`EngineType`"),
        (VERSIONS, {"EngineType": ""}, "InvalidParameter.ParameterNotFoundOrBeNone", "EngineType"),
        (VERSIONS, {"EngineType": "SparkSQL", "Sort": "State"}, "InvalidParameterValue", "`State`"),
        (VERSIONS, {"EngineType": "SparkSQL", "Asc": "true"}, "InvalidParameter", "`Asc`"),
        (SPARK, {}, "MissingParameter", "`ChildImageVersionId`"),
        (SPARK, {"ChildImageVersionId": ""}, "InvalidParameter.ParameterNotFoundOrBeNone", ""),
        (SPARK, {"ChildImageVersionId": "x"}, "ResourceNotFound.ImageVersionNotFound", "`x`"),
        (RAY, {"Page": 0}, "InvalidParameterValue", "`Page`"),
        (RAY, {"Page": -1}, "InvalidParameter", "`Page`"),
        (RAY, {"PageSize": 201}, "InvalidParameterValue", "`PageSize`"),
        (RAY, {"Limit": 10}, "UnknownParameter", "`Limit`"),
        (PRESETS, {"Limit": 201}, "InvalidParameterValue.PageLimitExceeded", "`200`"),
        (PRESETS, {"Page": 1}, "UnknownParameter", "`Page`"),
        (PRESETS, {"Filters": []}, "InvalidParameterValue", "`Filters`"),
        (PRESETS, {"Filters": [{"Name": "Framework", "Values": ["x"]}]},
         "InvalidParameterValue.InvalidFilter", "`Framework`"),
        (PRESETS, {"OrderField": "ImageName"}, "InvalidParameter", "`OrderField`"),
        (PRESETS, {"OrderField": ["Color"]}, "InvalidParameterValue", "`Color`"),
        (PRESETS, {"OrderField": ["ImageName"], "Order": ["UP"]}, "InvalidParameterValue", "`UP`"),
        (PRESETS, {"Order": ["ASC"]}, "InvalidParameterValue", "`Order`"),
        (BUILT_IN, {"Filters": []}, "UnknownParameter", "`Filters`"),
        (BUILT_IN, {"ImageFilters": []}, "InvalidParameterValue", "`ImageFilters`"),
        (BUILT_IN, {"ImageFilters": [{"Name": "ImageName", "Values": ["x"], "Fuzzy": True}]},
         "UnknownParameter", "`ImageFilters.0.Fuzzy`"),
        (BUILT_IN, {"Offset": 0}, "UnknownParameter", "`Offset`"),
    ],
)  # fmt: skip
def test_invalid_parameter_is_rejected_with_its_name(caller, action, parameters, code, text):
    answer = caller.call(action, parameters, x_tc_language="en-US")
    assert (answer.code, text in answer.message) == (code, True)


@pytest.mark.parametrize(
    ("action", "unsupported_region"),
    [
        (RAY, "ap-bangkok"),
        (RAY, "ap-nanjing"),
        (PRESETS, "ap-singapore"),
        (BUILT_IN, "eu-frankfurt"),
    ],
)
def test_region_outside_the_products_list_is_rejected(caller, action, unsupported_region):
    assert caller.call(action, x_tc_region=unsupported_region).code == "UnsupportedRegion"
    assert caller.call(action, x_tc_region="ap-guangzhou").code == ""


@pytest.mark.parametrize("region", ["ap-bangkok", "ap-seoul", "na-siliconvalley"])
@pytest.mark.parametrize("action", [VERSIONS, SPARK])
def test_engine_images_are_listed_in_international_regions(caller, action, region):
    assert caller.call(action, REQUIRED[action], x_tc_region=region).code == ""


@pytest.mark.parametrize("action", LISTINGS)
def test_key_without_permission_is_rejected(caller, action):
    caller.cloud.keys.deny(caller.cloud.secret_id, action)
    answer = caller.call(action, REQUIRED.get(action, {}), x_tc_language="en-US")
    assert answer.code == "AuthFailure.UnauthorizedOperation"
    assert f"({ROUTES[action].service}:{action})" in answer.message


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"Filters": [{"Name": "ImageName", "Values": ["torch2.7"], "Fuzzy": True}]},
         ["verl0.5.0-vllm0.10.0-torch2.7-py312-cuda12.6-gpu", "torch2.7-py3.12-cuda12.8-gpu"]),
        ({"Filters": [{"Name": "ApplicableModule", "Values": ["Train"]},
                      {"Name": "ImageName", "Values": ["npu"], "Fuzzy": True}]},
         ["torch2.5-py3.10-npu"]),
        ({"Filters": [{"Name": "ApplicableModule", "Values": ["Inference", "Train"],
                       "Negative": True}]},
         ["verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu", "notebook-pytorch"]),
    ],
    ids=["fuzzy name", "two filters", "negative"],
)  # fmt: skip
def test_preset_images_are_filtered(caller, parameters, names):
    assert sorted(list_names(caller, PRESETS, **parameters)) == sorted(names)


def test_preset_images_are_sorted_by_several_fields():
    catalogue = Catalogue()
    for name, repo in (("a", "y"), ("b", "x"), ("c", "y"), ("d", None)):
        catalogue.add("preset_images", {"ImageId": name, "ImageName": name, "ImageRepo": repo})
    with Emulator(catalogue=catalogue, requests_per_second=0) as cloud:
        caller = Caller(cloud)
        assert list_names(caller, PRESETS) == ["a", "b", "c", "d"]
        order = {"OrderField": ["ImageRepo", "ImageName"]}
        assert list_names(caller, PRESETS, **order) == ["d", "b", "a", "c"]
        assert list_names(caller, PRESETS, **order, Order=["DESC"]) == ["a", "c", "b", "d"]
        assert list_names(caller, PRESETS, **order, Order=["ASC", "DESC"]) == ["d", "b", "c", "a"]


def test_built_in_images_are_filtered(caller):
    def names(name, *values, **options):
        condition = {"Name": name, "Values": list(values), **options}
        return list_names(caller, BUILT_IN, ImageFilters=[condition])

    assert names("ImageType", "CCR") == ["tfserving2.4(gpu)"]
    assert names("ImageName", "Name1", "pmml-py36") == ["Name1", "pmml-py36"]
    assert names("SupportDataPipeline", "true") == ["tf2.4-py38-gpu", "torch1.9.0-py38-cu111"]
    assert "Name1" not in names("AllowSaveAllContent", "false", Negative=True)


def test_third_party_built_in_images_have_a_password(caller):
    secrets = [row["ImageSecret"] for row in list_rows(caller, BUILT_IN) if "ImageSecret" in row]
    passwords = [secret["Password"] for secret in secrets]
    assert passwords == ["canary-registry-password-of-the-emulator"] * 2


def test_engine_versions_are_sorted_by_the_requested_time(caller):
    def names(**parameters):
        return list_names(caller, VERSIONS, "ImageVersion", **parameters)

    insertion_order = ["Standard-S 1.0", "Standard-S 1.1", "Standard-S 1.9", "Standard-S 1.10",
                    "Standard-S 1.10-team", "Standard-S 1.11"]  # fmt: skip
    assert names() == insertion_order[::-1]
    assert names(Asc=True) == insertion_order
    assert names(Sort="UpdateTime", Asc=True)[:3] == [
        "Standard-S 1.0",
        "Standard-S 1.9",
        "Standard-S 1.1",
    ]


@pytest.mark.parametrize(
    ("parameters", "ids"),
    [
        ({"Type": "Workspace"}, [6, 7, 14]),
        ({"Type": "workspace"}, []),
        ({"Keyword": "CU12"}, [8, 11, 13]),
        ({"Keyword": "推理"}, [8]),
        ({"Keyword": "torch", "Type": "Ray"}, []),
        ({"Keyword": ""}, list(range(4, 14))),
    ],
    ids=str,
)
def test_ray_images_are_selected_by_type_and_keyword(caller, parameters, ids):
    assert list_names(caller, RAY, "Id", **parameters) == ids


def test_assumptions_about_engine_images_are_configurable():
    assumptions = Assumptions(unknown_engine_type="refuse", unknown_image_version="null")
    with Emulator(choices=assumptions) as cloud:
        caller = Caller(cloud)
        error_response = caller.call(VERSIONS, {"EngineType": "Flink"})
        assert error_response.code == "InvalidParameter.ImageEngineTypeNotMatch"
        assert list_rows(caller, SPARK, ChildImageVersionId="x") is None
    with Emulator() as cloud:
        response = Caller(cloud).call(VERSIONS, {"EngineType": "Flink"}).response
        assert (response["Total"], response["ImageParentVersions"]) == (0, None)
