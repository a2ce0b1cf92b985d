"""Platform and session images: samples, filters, pages, nulls and assumptions."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Assumptions, Catalogue, Emulator
from tests.emulator.raw_client import Caller

LISTING = "DescribePlatformImages"
SESSIONS = "DescribeSessionImageVersion"
SAMPLE_ID = "35551e3c-b0e3-40dc-8e91-cc10a5613cd3"

# Complete responses from the vendor's API pages.
SESSION_SAMPLE = [
    {
        "SparkImageId": "123e4567-e89b-12d3-a456-426614174001",
        "SparkImageTag": "ccr.ccs.tencentyun.com/dlc_cloud/tensorflow:dev-v20241218",
        "SparkImageType": 1,
        "SparkImageVersion": "tensorflow-v2.18.0",
    },
    {
        "SparkImageId": "1a2b3c4d-5e6f-7g8h-9i0j-k1l2m3n4o5p6",
        "SparkImageTag": "ccr.ccs.tencentyun.com/dlc_cloud/scikit-learn:dev-v20241218",
        "SparkImageType": 1,
        "SparkImageVersion": "scikit-learn-v1.6.0",
    },
    {
        "SparkImageId": "98765432-10fe-bcd1-9a8b-0123456789ab",
        "SparkImageTag": "ccr.ccs.tencentyun.com/dlc_cloud/pytorch:dev-v20241218",
        "SparkImageType": 1,
        "SparkImageVersion": "pytorch-v2.5.1",
    },
]
PLATFORM_SAMPLE = {
    "Framework": "PYTORCH",
    "ImageType": "TCR",
    "ImageUrl": "tione.tencentcloudcr.com/qcloud-ti-platform/"
    "llm-train:24.03-gpu-py310-cu124-tilearn-llm-v1.8.0",
    "RegistryRegion": "",
    "RegistryId": "",
    "ImageName": "tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu",
    "ImageId": SAMPLE_ID,
    "FrameworkVersion": "2.3",
    "SupportGpuList": ["A10", "V100", "T4"],
    "Description": "支持的核心库:Python 3.10,CUDA 12.4,jupyterlab 2.3.2,torch "
    "2.3.0a0+40ec155e58.nv24.3,transformers 4.39.3,deepspeed 0.13.4,tilearn-llm 0.9.9,"
    "tilearn.ops 0.2.2.175,angel-vllm 0.4.2\n支持的卡型:A10,V100,T4",
    "ImageRange": ["Notebook", "Train"],
    "ExtraAttributes": [
        {"Type": "", "Key": "AllowSaveAllContent", "Value": "true", "Values": []},
        {"Type": "", "Key": "SupportDataPipeline", "Value": "false", "Values": []},
        {"Type": "List", "Key": "TrainingModes", "Value": "", "Values": ["DDP"]},
    ],
}


def test_published_session_request_returns_its_sample(caller):
    answer = caller.call(
        SESSIONS,
        {"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "machine-learning"},
        x_tc_region="ap-singapore",
    )
    request_id = caller.cloud.requests[0].request_id
    assert answer.response == {"EngineSessionImages": SESSION_SAMPLE, "RequestId": request_id}


def test_published_platform_request_returns_its_sample():
    platform_images = Catalogue.load().platform_images()
    catalogue = Catalogue()
    catalogue.add_platform_image(
        next(row for row in platform_images if row["ImageId"] == SAMPLE_ID)
    )
    with Emulator(catalogue=catalogue) as cloud:
        filters = [{"Name": "ImageRange", "Values": ["Train"]}]
        answer = Caller(cloud).call(LISTING, {"Offset": 0, "Limit": 200, "Filters": filters})
        request_id = cloud.requests[0].request_id
    assert answer.response == {
        "TotalCount": 1,
        "PlatformImageInfos": [PLATFORM_SAMPLE],
        "RequestId": request_id,
    }


def build_image(name, **fields):
    return {"ImageId": name, "ImageName": name, **fields}


def build_flags(**values):
    return [{"Type": "", "Key": key, "Value": value, "Values": []} for key, value in values.items()]


@pytest.fixture
def small_caller():
    catalogue = Catalogue()
    for row in (
        build_image("vllm(0.9.1)", ImageRange=["Inference"], ExtraAttributes=None),
        build_image(
            "torch2.1-gpu",
            ImageRange=["Notebook", "Train"],
            ExtraAttributes=build_flags(SupportDataPipeline="true", AllowSaveAllContent="false"),
        ),
        build_image(
            "torch2.3-gpu",
            ImageRange=["Train"],
            ExtraAttributes=build_flags(SupportDataPipeline="False", AllowSaveAllContent=""),
        ),
        build_image("nothing", ImageName=None, ImageRange=None),
    ):
        catalogue.add_platform_image(row)
    with Emulator(catalogue=catalogue, requests_per_second=0) as cloud:
        yield Caller(cloud)


def list_ids(caller, *filters):
    answer = caller.call(LISTING, {"Filters": list(filters)})
    ids = [row["ImageId"] for row in answer.response["PlatformImageInfos"]]
    assert answer.response["TotalCount"] == len(ids)
    return ids


def condition(name, *values, **flags):
    return {"Name": name, "Values": list(values), **flags}


VLLM, OLD, NEW, NOTHING = "vllm(0.9.1)", "torch2.1-gpu", "torch2.3-gpu", "nothing"


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ([condition("ImageId", OLD)], [OLD]),
        ([condition("ImageId", OLD.upper())], []),
        ([condition("ImageId", OLD, "vllm(0.9.1)", "unknown")], [VLLM, OLD]),
        ([condition("ImageId", OLD, Negative=True)], [VLLM, NEW, NOTHING]),
        ([condition("ImageName", "torch2")], []),
        ([condition("ImageName", "torch2", Fuzzy=True)], [OLD, NEW]),
        ([condition("ImageName", "TORCH2", Fuzzy=True)], [OLD, NEW]),
        ([condition("ImageName", "torch2", Fuzzy=True, Negative=True)], [VLLM, NOTHING]),
        ([condition("ImageName", "torch2", "vllm", Fuzzy=True)], []),
        ([condition("ImageRange", "Train")], [OLD, NEW]),
        ([condition("ImageRange", "Train", "Inference")], [VLLM, OLD, NEW]),
        ([condition("ImageRange", "Training")], []),
        ([condition("ImageRange", "Train"), condition("ImageRange", "Notebook")], [OLD]),
        ([condition("SupportDataPipeline", "true")], [OLD]),
        ([condition("SupportDataPipeline", "false")], [NEW]),
        ([condition("AllowSaveAllContent", "true", "false")], [OLD]),
        ([condition("AllowSaveAllContent", "true", Negative=True)], [VLLM, OLD, NEW, NOTHING]),
    ],
    ids=str,
)
def test_filters_select_matching_images(small_caller, filters, ids):
    assert list_ids(small_caller, *filters) == ids


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ([], "InvalidParameterValue"),
        ([{}], "InvalidParameterValue.InvalidFilter"),
        ([condition("Framework", "PYTORCH")], "InvalidParameterValue.InvalidFilter"),
        ([condition("imageid", "x")], "InvalidParameterValue.InvalidFilter"),
        ([condition("ImageId")], "InvalidParameterValue.InvalidFilter"),
        ([condition("ImageId", *map(str, range(101)))], "InvalidParameterValue.InvalidFilter"),
        ([condition("ImageId", "x")] * 6, "InvalidParameterValue.InvalidFilter"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_invalid_filter_is_rejected(small_caller, filters, code):
    assert small_caller.call(LISTING, {"Filters": filters}).code == code


def test_assumptions_about_filters_are_configurable():
    assumptions = Assumptions(
        empty_filters="ignore",
        unknown_filter="ignore",
        fuzzy_many_values="fuzzy",
        fuzzy_ignores_case=False,
    )
    catalogue = Catalogue()
    for name in ("Torch2.1", "torch2.3", "vllm"):
        catalogue.add_platform_image(build_image(name))
    with Emulator(catalogue=catalogue, choices=assumptions) as cloud:
        caller = Caller(cloud)
        assert list_ids(caller) == ["Torch2.1", "torch2.3", "vllm"]
        assert list_ids(caller, condition("Framework", "x")) == ["Torch2.1", "torch2.3", "vllm"]
        assert list_ids(caller, condition("ImageName", "torch", "vl", Fuzzy=True)) == [
            "torch2.3",
            "vllm",
        ]


def list_page(caller, **parameters):
    response = caller.call(LISTING, parameters).response
    return response["TotalCount"], response["PlatformImageInfos"]


def test_pages_add_up_to_the_whole_listing(caller):
    total, first_page = list_page(caller)
    assert (total, len(first_page)) == (205, 100)
    rows = (
        first_page + list_page(caller, Offset=100)[1] + list_page(caller, Offset=200, Limit=200)[1]
    )
    assert rows == caller.cloud.catalogue.platform_images("ap-guangzhou")
    assert list_page(caller, Offset=205) == (205, [])
    assert list_page(caller, Offset=2**64 - 1) == (205, [])
    assert list_page(caller, Limit=0) == list_page(caller)


def test_limit_above_the_maximum_is_rejected(caller):
    answer = caller.call(LISTING, {"Limit": 201}, x_tc_language="en-US")
    assert answer.code == "InvalidParameterValue.PageLimitExceeded"


def test_assumptions_about_limits_are_configurable():
    with Emulator(choices=Assumptions(max_limit=50, zero_limit="no rows")) as cloud:
        caller = Caller(cloud)
        assert list_page(caller, Limit=0) == (205, [])
        assert caller.call(LISTING, {"Limit": 51}).code == "InvalidParameterValue.PageLimitExceeded"


def test_regions_may_offer_different_images(caller):
    def names(region):
        pages = [
            caller.call(LISTING, {"Offset": offset}, x_tc_region=region).response
            for offset in (100, 200)
        ]
        return {row.get("ImageName") for page in pages for row in page["PlatformImageInfos"]}

    shanghai_image = "torch2.6-py3.12-cuda12.6-gpu-shanghai"
    assert shanghai_image in names("ap-shanghai")
    assert shanghai_image not in names("ap-guangzhou")


@pytest.mark.parametrize(
    ("engine", "framework_type", "code"),
    [
        ("", "python", "InvalidParameter.ParameterNotFoundOrBeNone"),
        ("DataEngine-b0jt6fvk", "", "InvalidParameter.ParameterNotFoundOrBeNone"),
        ("DataEngine-00000000", "python", "ResourceNotFound.DataEngineNotFound"),
    ],
)
def test_unknown_engine_is_rejected(caller, engine, framework_type, code):
    parameters = {"DataEngineId": engine, "FrameworkType": framework_type}
    assert caller.call(SESSIONS, parameters).code == code


def test_framework_type_without_images_lists_null(caller):
    parameters = {"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "ray"}
    assert caller.call(SESSIONS, parameters).response["EngineSessionImages"] is None


def test_assumptions_about_engines_are_configurable():
    assumptions = Assumptions(unknown_engine="null", unknown_framework_type="refuse")
    with Emulator(choices=assumptions) as cloud:
        caller = Caller(cloud)
        parameters = {"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "ray"}
        assert caller.call(SESSIONS, parameters).code == "InvalidParameterValue"
    with Emulator(choices=Assumptions(unknown_engine="null")) as cloud:
        parameters = {"DataEngineId": "DataEngine-00000000", "FrameworkType": "python"}
        assert Caller(cloud).call(SESSIONS, parameters).response["EngineSessionImages"] is None


def test_null_fields_of_an_image_are_listed(caller):
    (row,) = (row for row in list_page(caller, Offset=200)[1] if row["ImageRange"] is None)
    assert (row.get("ImageName"), row["ExtraAttributes"]) == (None, None)
