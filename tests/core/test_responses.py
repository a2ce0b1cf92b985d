"""Parsing of list responses; a broken response is never an empty list."""

from __future__ import annotations

import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core import api, responses
from pulumi_tcimages.core.rows import UnreadableRow
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES, PlatformImage
from pulumi_tcimages.sources.session_images import SESSION_IMAGES, SessionImage
from pulumi_tcimages.sources.tione import PlatformImageExtraAttribute


def read_response(**fields):
    return api.read_reply(json.dumps({"Response": {**fields, "RequestId": "r-1"}}).encode())


read_platform_images = partial(
    responses.read_page, action=PLATFORM_IMAGES.action, image=PlatformImage, limit=100
)
read_session_images = partial(responses.read_page, action=SESSION_IMAGES.action, image=SessionImage)


def read_page(reply):
    page = read_platform_images(reply)
    return page.rows, page.total_count


def read_session_rows(reply):
    return read_session_images(reply).rows


PLATFORM_ROW = {
    "Framework": "PYTORCH",
    "ImageType": "TCR",
    "ImageUrl": "host/repo:tag",
    "RegistryRegion": "",
    "RegistryId": None,
    "ImageName": "torch2.3",
    "ImageId": "id-1",
    "FrameworkVersion": "2.3",
    "SupportGpuList": ["A10"],
    "Description": "d",
    "ImageRange": ["Train"],
    "ExtraAttributes": [{"Type": "List", "Key": "TrainingModes", "Value": "", "Values": ["DDP"]}],
    "SupportDistributedDeploy": True,
    "RegionScope": "all",
    "FromTheFuture": {"Any": ["Thing"]},
}


def test_platform_images_are_read_field_by_field():
    page = read_page(read_response(TotalCount=7, PlatformImageInfos=[PLATFORM_ROW]))

    assert page == (
        [
            PlatformImage(
                framework="PYTORCH",
                image_type="TCR",
                image_url="host/repo:tag",
                image_name="torch2.3",
                image_id="id-1",
                framework_version="2.3",
                support_gpu_list=["A10"],
                description="d",
                image_range=["Train"],
                extra_attributes=[
                    PlatformImageExtraAttribute(type="List", key="TrainingModes", values=["DDP"])
                ],
                support_distributed_deploy=True,
                region_scope="all",
            )
        ],
        7,
    )


def test_null_lists_are_empty_and_null_total_is_unknown():
    row = {"ImageId": "a", "ImageRange": None, "SupportGpuList": None, "ExtraAttributes": None}

    reply = read_response(TotalCount=None, PlatformImageInfos=[row])
    assert read_page(reply) == ([PlatformImage(image_id="a")], None)
    assert read_page(read_response(TotalCount=0, PlatformImageInfos=None)) == ([], 0)
    assert read_session_rows(read_response(EngineSessionImages=None)) == []


def test_session_images_are_listed():
    row = {
        "SparkImageId": "i",
        "SparkImageTag": "t",
        "SparkImageType": 2,
        "SparkImageVersion": "pytorch-v2.5.1",
    }

    assert read_session_rows(read_response(EngineSessionImages=[row, {}])) == [
        SessionImage(
            spark_image_id="i",
            spark_image_tag="t",
            spark_image_type=2,
            spark_image_version="pytorch-v2.5.1",
        ),
        UnreadableRow("", "", "it has neither an id nor a name"),
    ]


@pytest.mark.parametrize(
    ("read", "fields", "problem"),
    [
        (read_platform_images, {}, "PlatformImageInfos is missing."),
        (read_session_images, {}, "EngineSessionImages is missing."),
        (
            read_session_images,
            {"error": {"code": "AuthFailure"}, "engine_session_images": []},
            "EngineSessionImages is missing.",
        ),
        (
            read_platform_images,
            {"TotalCount": True, "PlatformImageInfos": []},
            "TotalCount has another type than documented.",
        ),
        (
            read_platform_images,
            {"TotalCount": -1, "PlatformImageInfos": []},
            "TotalCount is negative.",
        ),
        (
            read_platform_images,
            {"PlatformImageInfos": [{}] * 101},
            "PlatformImageInfos has 101 rows, but 100 were requested.",
        ),
        (
            read_platform_images,
            {"PlatformImageInfos": [{"ExtraAttributes": [{}] * 200}] * 100},
            "the images of the reply would take more than 12 MiB.",
        ),
        (
            read_platform_images,
            {"PlatformImageInfos": [{"ExtraAttributes": [{"Values": ["v"] * 250}] * 50}]},
            "the images of the reply would take more than 12 MiB.",
        ),
        (
            read_session_images,
            {"EngineSessionImages": [{}] * 20_000},
            "the images of the reply would take more than 12 MiB.",
        ),
    ],
)
def test_undocumented_response_is_unreadable_with_problem(read, fields, problem):
    assert read(read_response(**fields)) == api.Unreadable(problem, "r-1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Response", "Error", "Code", "PlatformImageInfos", "TotalCount", "ImageId"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_response_raises(body):
    reply = api.read_reply(body)

    if isinstance(reply, api.Reply):
        page = read_platform_images(reply)
        assert isinstance(page, (responses.Page, api.Unreadable))


@given(JSON)
def test_empty_page_comes_only_from_empty_or_null_list(value):
    page = read_platform_images(api.Reply({"PlatformImageInfos": value}, ""))

    if isinstance(page, responses.Page) and not page.rows:
        assert value in ([], None)
