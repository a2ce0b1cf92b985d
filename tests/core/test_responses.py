"""What a reply holds, as records; and what must not read as an empty list."""

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


def reply_of(**fields):
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


def test_a_page_of_platform_images_is_read_field_by_field():
    page = read_page(reply_of(TotalCount=7, PlatformImageInfos=[PLATFORM_ROW]))

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


def test_null_lists_are_empty_and_a_null_total_is_unknown():
    row = {"ImageId": "a", "ImageRange": None, "SupportGpuList": None, "ExtraAttributes": None}

    reply = reply_of(TotalCount=None, PlatformImageInfos=[row])
    assert read_page(reply) == ([PlatformImage(image_id="a")], None)
    assert read_page(reply_of(TotalCount=0, PlatformImageInfos=None)) == ([], 0)
    assert read_session_rows(reply_of(EngineSessionImages=None)) == []


def test_session_images_are_read():
    row = {
        "SparkImageId": "i",
        "SparkImageTag": "t",
        "SparkImageType": 2,
        "SparkImageVersion": "pytorch-v2.5.1",
    }

    assert read_session_rows(reply_of(EngineSessionImages=[row, {}])) == [
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
        (
            responses.read_assumed_role,
            {"ExpiredTime": 5, "Credentials": {"Token": "t", "TmpSecretId": "i"}},
            "Credentials.TmpSecretKey is missing.",
        ),
        (
            responses.read_caller_account,
            {"AccountId": 5},
            "AccountId has another type than documented.",
        ),
    ],
)
def test_what_is_not_as_documented_is_unreadable_and_says_where(read, fields, problem):
    assert read(reply_of(**fields)) == api.Unreadable(problem, "r-1")


def test_lent_keys_are_read_with_their_end():
    inside = {"TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t"}
    lent = responses.TemporaryKeys(api.Keys("i", "k", "t"), 1700000000.0)

    assert responses.read_assumed_role(reply_of(Credentials=inside, ExpiredTime=1700000000)) == lent
    body = json.dumps({**inside, "ExpiredTime": 1700000000, "Code": "Success"}).encode()
    assert responses.read_metadata_keys(body) == lent


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b'{"TmpSecretId":"i","TmpSecretKey":"k","Token":"t","ExpiredTime":5,"Code":"Failed"}',
        b'{"TmpSecretId":"i","TmpSecretKey":"\xed\xa0\x80","Token":"t","ExpiredTime":5,"Code":"Success"}',
    ],
)
def test_metadata_without_keys_is_unreadable(body):
    assert isinstance(responses.read_metadata_keys(body), api.Unreadable)


@pytest.mark.parametrize("end", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "true"])
def test_lent_keys_without_an_end_are_unreadable(end):
    inside = '"TmpSecretId":"i","TmpSecretKey":"k","Token":"t"'
    body = f'{{{inside},"Code":"Success","ExpiredTime":{end}}}'.encode()
    fields = json.loads(f'{{"Credentials":{{{inside}}},"ExpiredTime":{end}}}')
    problem = "ExpiredTime has another type than documented."

    assert responses.read_metadata_keys(body) == api.Unreadable(problem)
    assert responses.read_assumed_role(api.Reply(fields, "r-1")) == api.Unreadable(problem, "r-1")


@pytest.mark.parametrize("name", ["TmpSecretId", "TmpSecretKey", "Token"])
@pytest.mark.parametrize("text", ["", "a b", "a\r\nX-Evil: 1", "é"])
def test_lent_keys_that_cannot_be_sent_are_unreadable(name, text):
    keys = {"TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t", name: text}
    body = json.dumps({**keys, "ExpiredTime": 5, "Code": "Success"}).encode()
    reply = reply_of(Credentials=keys, ExpiredTime=5)

    assert isinstance(responses.read_metadata_keys(body), api.Unreadable)
    assert isinstance(responses.read_assumed_role(reply), api.Unreadable)


def test_an_identity_names_its_account():
    assert responses.read_caller_account(reply_of(AccountId="100000000001")) == "100000000001"


@pytest.mark.parametrize("account_id", ["", "\x1b[31m1", "1\n", 1])
def test_an_account_that_is_no_number_is_unreadable(account_id):
    reply = reply_of(AccountId=account_id)

    assert isinstance(responses.read_caller_account(reply), api.Unreadable)


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
def test_no_bytes_make_it_raise(body):
    reply = api.read_reply(body)

    if isinstance(reply, api.Reply):
        page = read_platform_images(reply)
        assert isinstance(page, (responses.Page, api.Unreadable))


@given(JSON)
def test_an_empty_page_is_only_read_from_a_list_that_is_empty_or_null(value):
    page = read_platform_images(api.Reply({"PlatformImageInfos": value}, ""))

    if isinstance(page, responses.Page) and not page.rows:
        assert value in ([], None)
