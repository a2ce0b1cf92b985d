"""The further image listings: samples, parameters, the three styles of paging, and their faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_tcimages.emulator import Assumptions, Catalogue, CatalogueError, Emulator, Fault
from pulumi_tcimages.emulator.listings import Listing
from pulumi_tcimages.emulator.models import KINDS
from pulumi_tcimages.emulator.routes import ROUTES
from tests.emulator.listing_samples import SAMPLES
from tests.emulator.raw_client import Caller

PRESETS, BUILT_IN = "DescribePresetImageList", "DescribeBuildInImages"
VERSIONS, SPARK = "DescribeDataEngineImageVersions", "DescribeDataEnginePythonSparkImages"
RAY = "ListImages"
CHILD = "6247ef00-8bae-5125-886d-8efc71a7e29a"
LISTINGS = {
    name: action.answer for name, action in ROUTES.items() if isinstance(action.answer, Listing)
}
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


def test_every_list_of_the_catalogue_has_one_action():
    assert sorted(listing.kind for listing in LISTINGS.values()) == sorted(KINDS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.action)
def test_a_published_request_gets_the_published_reply_field_for_field(sample):
    published = Catalogue()
    entries = Catalogue.load().entries(sample.kind)
    for entry in entries:
        if entry.provenance == "vendor":
            published.add(sample.kind, entry.image)
    with Emulator(catalogue=published) as cloud:
        response = Caller(cloud).call(sample.action, sample.parameters).response
        request_id = cloud.requests[0].request_id
    assert response == {sample.rows: sample.images, **sample.beside, "RequestId": request_id}


@pytest.mark.parametrize("action", LISTINGS)
def test_an_added_image_is_listed_changed_and_withdrawn(action):
    listing = LISTINGS[action]
    kind = KINDS[listing.kind]
    image_id = 77 if listing.kind == "ray_images" else "mine"
    row = {kind.id_field: image_id, "Unknown": [1]}
    if action in (VERSIONS, SPARK):
        row |= REQUIRED[action]
    place = {"engine": "DataEngine-b0jt6fvk", "framework_type": "machine-learning"}
    place = {name: place[name] for name in kind.place}
    key = (*place.values(), image_id)
    catalogue = Catalogue()
    with Emulator(catalogue=catalogue, requests_per_second=0) as cloud:
        caller = Caller(cloud)
        catalogue.add(listing.kind, row, **place)
        added = list_rows(caller, action)
        catalogue.change(listing.kind, *key, Unknown=None)
        changed = list_rows(caller, action)
        withdrawn = catalogue.withdraw(listing.kind, *key)
        empty = list_rows(caller, action)
    assert (added, changed, empty or []) == ([row], [{**row, "Unknown": None}], [])
    assert withdrawn == {**row, "Unknown": None}


def test_an_unknown_list_is_refused_with_the_known_ones():
    for act in (
        lambda: Catalogue().add("presets", {}),
        lambda: Catalogue().images("presets"),
        lambda: Catalogue().change("presets", "x"),
        lambda: Catalogue().withdraw("presets", "x"),
    ):
        with pytest.raises(CatalogueError, match="'presets' is none of platform_images, preset_im"):
            act()


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ({"engine": "x"}, "session image: framework_type: is missing"),
        ({"engine": "x", "framework_type": ""}, "session image: framework_type: must not be empty"),
        (
            {"engine": "x", "framework_type": "y", "zone": "z"},
            "session image: zone: there is no such field",
        ),
    ],
)
def test_a_session_image_needs_an_engine_and_a_framework_type(place, problem):
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
def test_a_wrong_parameter_is_refused_with_its_name(caller, action, parameters, code, text):
    answer = caller.call(action, parameters, x_tc_language="en-US")
    assert (answer.code, text in answer.message) == (code, True)


@pytest.mark.parametrize(
    ("action", "outside"),
    [
        (RAY, "ap-bangkok"),
        (RAY, "ap-nanjing"),
        (PRESETS, "ap-singapore"),
        (BUILT_IN, "eu-frankfurt"),
    ],
)
def test_a_region_outside_the_products_list_is_refused(caller, action, outside):
    assert caller.call(action, x_tc_region=outside).code == "UnsupportedRegion"
    assert caller.call(action, x_tc_region="ap-guangzhou").code == ""


@pytest.mark.parametrize("region", ["ap-bangkok", "ap-seoul", "na-siliconvalley"])
@pytest.mark.parametrize("action", [VERSIONS, SPARK])
def test_engine_images_are_listed_in_international_regions(caller, action, region):
    assert caller.call(action, REQUIRED[action], x_tc_region=region).code == ""


@pytest.mark.parametrize("action", LISTINGS)
def test_a_key_without_the_permission_for_a_listing_is_refused(caller, action):
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
        both = {"OrderField": ["ImageRepo", "ImageName"]}
        assert list_names(caller, PRESETS, **both) == ["d", "b", "a", "c"]
        assert list_names(caller, PRESETS, **both, Order=["DESC"]) == ["a", "c", "b", "d"]
        assert list_names(caller, PRESETS, **both, Order=["ASC", "DESC"]) == ["d", "b", "c", "a"]


def test_built_in_images_are_filtered(caller):
    def names(name, *values, **more):
        condition = {"Name": name, "Values": list(values), **more}
        return list_names(caller, BUILT_IN, ImageFilters=[condition])

    assert names("ImageType", "CCR") == ["tfserving2.4(gpu)"]
    assert names("ImageName", "Name1", "pmml-py36") == ["Name1", "pmml-py36"]
    assert names("SupportDataPipeline", "true") == ["tf2.4-py38-gpu", "torch1.9.0-py38-cu111"]
    assert "Name1" not in names("AllowSaveAllContent", "false", Negative=True)


def test_built_in_images_of_third_parties_come_with_a_password(caller):
    secrets = [row["ImageSecret"] for row in list_rows(caller, BUILT_IN) if "ImageSecret" in row]
    passwords = [secret["Password"] for secret in secrets]
    assert passwords == ["canary-registry-password-of-the-emulator"] * 2


def test_engine_versions_are_sorted_by_the_requested_time(caller):
    def names(**parameters):
        return list_names(caller, VERSIONS, "ImageVersion", **parameters)

    by_insertion = ["Standard-S 1.0", "Standard-S 1.1", "Standard-S 1.9", "Standard-S 1.10",
                    "Standard-S 1.10-team", "Standard-S 1.11"]  # fmt: skip
    assert names() == by_insertion[::-1]
    assert names(Asc=True) == by_insertion
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


def test_assumptions_about_engine_images_can_be_changed():
    other = Assumptions(unknown_engine_type="refuse", unknown_image_version="null")
    with Emulator(choices=other) as cloud:
        caller = Caller(cloud)
        refused = caller.call(VERSIONS, {"EngineType": "Flink"})
        assert refused.code == "InvalidParameter.ImageEngineTypeNotMatch"
        assert list_rows(caller, SPARK, ChildImageVersionId="x") is None
    with Emulator() as cloud:
        response = Caller(cloud).call(VERSIONS, {"EngineType": "Flink"}).response
        assert (response["Total"], response["ImageParentVersions"]) == (0, None)


def call_ray(caller, **parameters):
    response = caller.call(RAY, parameters).response
    numbers = tuple(response[name] for name in ("Total", "Page", "PageSize", "TotalPages"))
    return numbers, [row["Id"] for row in response["Items"]]


def test_numbered_pages_together_are_the_whole_listing(caller):
    assert call_ray(caller) == ((12, 1, 10, 2), list(range(4, 14)))
    assert call_ray(caller, Page=2) == ((12, 2, 10, 2), [14, 15])
    assert call_ray(caller, Page=3) == ((12, 3, 10, 2), [])
    assert call_ray(caller, Page=2, PageSize=5) == ((12, 2, 5, 3), [9, 10, 11, 12, 13])
    assert call_ray(caller, PageSize=0) == call_ray(caller)
    assert call_ray(caller, Page=2**64 - 1)[1] == []
    assert call_ray(caller, Type="None") == ((0, 1, 10, 0), [])


@pytest.fixture
def scripted(caller) -> Iterator[Caller]:
    """A caller; the test fails if it leaves a step of its script."""
    yield caller
    assert caller.cloud.faults.left() == {}


@pytest.mark.parametrize("action", [PRESETS, RAY, VERSIONS])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(drift=-2), "two less"),
        (Fault(total="null"), None),
        (Fault(total="zero"), 0),
        (Fault(total="page"), "the page"),
    ],
    ids=["drift", "null", "zero", "page"],
)
def test_a_total_can_be_wrong_in_every_style_of_paging(scripted, action, fault, expected):
    field = LISTINGS[action].paging.total
    size = {PRESETS: {"Limit": 5}, RAY: {"PageSize": 5}, VERSIONS: {}}[action]
    parameters = {**REQUIRED.get(action, {}), **size}
    right = scripted.call(action, parameters).response
    scripted.cloud.faults.add(action, fault)
    wrong = scripted.call(action, parameters).response
    rows = LISTINGS[action].rows
    numbers = {"two less": right[field] - 2, "the page": len(right[rows])}
    assert wrong[rows] == right[rows]
    assert wrong[field] == numbers.get(expected, expected)


def test_the_number_of_pages_follows_the_total_that_is_sent(scripted):
    faults = Fault(drift=10), Fault(total="null"), Fault(total="zero"), Fault(total="page")
    scripted.cloud.faults.add(RAY, *faults)
    assert [call_ray(scripted, PageSize=5)[0][3] for _ in faults] == [5, None, 0, 1]


@pytest.mark.parametrize("action", LISTINGS)
def test_rows_of_any_kind_come_first_in_every_style_of_paging(scripted, action):
    rows = (None, "text", {"ImageId": 5})
    scripted.cloud.faults.add(action, Fault(rows=rows))
    assert list_rows(scripted, action)[:4][:-1] == list(rows)


@pytest.mark.parametrize("action", LISTINGS)
def test_a_page_can_be_shorter_than_requested_in_every_style_of_paging(scripted, action):
    whole = list_rows(scripted, action)
    scripted.cloud.faults.add(action, Fault(page_cap=2))
    assert list_rows(scripted, action) == whole[:2]


def test_a_capped_numbered_page_reports_its_size_and_number_of_pages(scripted):
    scripted.cloud.faults.add(RAY, Fault(page_cap=4, times=3))
    pages = [call_ray(scripted, Page=number) for number in (1, 2, 3)]
    assert [numbers for numbers, _ in pages] == [(12, n, 4, 3) for n in (1, 2, 3)]
    assert [image_id for _, ids in pages for image_id in ids] == list(range(4, 16))


@pytest.mark.parametrize(
    ("action", "first", "second"),
    [
        (PRESETS, {"Limit": 5}, {"Limit": 5, "Offset": 5}),
        (RAY, {"PageSize": 5}, {"PageSize": 5, "Page": 2}),
    ],
)
def test_a_page_can_repeat_in_every_style_of_paging(scripted, action, first, second):
    scripted.cloud.faults.add(action, Fault(), Fault(repeat_page=True))
    assert list_rows(scripted, action, **first) == list_rows(scripted, action, **second)


@pytest.mark.parametrize("action", LISTINGS)
def test_a_listing_can_fail_and_be_journalled(scripted, action):
    scripted.cloud.faults.add(action, Fault(code="InternalError"), Fault(status=502))
    parameters = REQUIRED.get(action, {})
    assert scripted.call(action, parameters).code == "InternalError"
    assert scripted.call(action, parameters).status == 502
    entries = scripted.cloud.requests.of(action)
    assert [(entry.answer, entry.status) for entry in entries] == [
        ("InternalError", 200),
        ("", 502),
    ]
    assert entries[0].body == parameters
