"""The vendor's Python clients against the emulator, with every option that changes a request."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from tests.contract.client_options import FORMS, IGNORED_WARNINGS

pytestmark = IGNORED_WARNINGS


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_session_images_are_listed(clients, form):
    response = clients.sessions(**form)
    assert [
        (image.SparkImageVersion, image.SparkImageType, image.SparkImageTag.rpartition("/")[2])
        for image in response.EngineSessionImages
    ] == [
        ("tensorflow-v2.18.0", 1, "tensorflow:dev-v20241218"),
        ("scikit-learn-v1.6.0", 1, "scikit-learn:dev-v20241218"),
        ("pytorch-v2.5.1", 1, "pytorch:dev-v20241218"),
    ]
    assert response.RequestId == clients.cloud.requests[-1].request_id


def test_null_session_images_are_listed(clients):
    assert clients.sessions(kind="ray").EngineSessionImages is None


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_platform_images_are_listed_page_by_page(clients, form):
    rows, offset = [], 0
    while True:
        page = clients.images(Offset=offset, Limit=90, **form)
        rows += page.PlatformImageInfos
        offset += len(page.PlatformImageInfos)
        if offset >= page.TotalCount:
            break
    known = clients.cloud.catalogue.platform_images("ap-guangzhou")
    assert [image.ImageId for image in rows] == [row["ImageId"] for row in known]
    assert [image.Description for image in rows] == [row["Description"] for row in known]
    assert len(clients.cloud.requests) == 3


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_filters_are_applied(clients, form):
    filters = [
        {"Name": "ImageRange", "Values": ["Train", "Notebook"]},
        {"Name": "ImageName", "Values": ["tilearn-llm1"], "Fuzzy": True, "Negative": False},
        {"Name": "AllowSaveAllContent", "Values": ["true"]},
    ]
    (image,) = clients.images(Filters=filters, **form).PlatformImageInfos
    assert image.ImageName == "tilearn-llm1.0-torch2.1-angel-vllm1.0-py3.10-cuda12.1-gpu"
    assert [attribute.Key for attribute in image.ExtraAttributes][-1] == "TrainingModes"


def use_wrong_key(clients: Any) -> None:
    clients.credential = clients.vendor.credential.Credential(clients.cloud.secret_id, "wrong")


def use_unknown_id(clients: Any) -> None:
    clients.credential = clients.vendor.credential.Credential("AKIDUNKNOWN", "wrong")


def use_wrong_token(clients: Any) -> None:
    clients.credential = clients.vendor.credential.Credential(
        clients.cloud.secret_id, clients.cloud.secret_key, "a token of someone else"
    )


def deny_permission(clients: Any) -> None:
    clients.cloud.keys.deny(clients.cloud.secret_id, "DescribePlatformImages")


def skew_clock(clients: Any) -> None:
    clients.cloud.faults.add("DescribePlatformImages", Fault(clock_skew_s=3600))


API_ERRORS: list[tuple[Callable[[Any], None] | None, dict[str, Any], str]] = [
    (use_wrong_key, {}, "AuthFailure.SignatureFailure"),
    (use_unknown_id, {}, "AuthFailure.SecretIdNotFound"),
    (use_wrong_token, {}, "AuthFailure.TokenFailure"),
    (deny_permission, {}, "AuthFailure.UnauthorizedOperation"),
    (skew_clock, {}, "AuthFailure.SignatureExpire"),
    (None, {"region": "na-ashburn"}, "UnsupportedRegion"),
    (None, {"region": None}, "MissingParameter"),
    (None, {"Offset": -1}, "InvalidParameter"),
    (None, {"Limit": 1000}, "InvalidParameterValue.PageLimitExceeded"),
    (None, {"Filters": []}, "InvalidParameterValue"),
    (
        None,
        {"Filters": [{"Name": "X", "Values": ["Y"]}]},
        "InvalidParameterValue.InvalidFilter",
    ),
]


@pytest.mark.parametrize(("prepare", "parameters", "code"), API_ERRORS)
def test_api_error_has_code_message_and_request_id(clients, sdk_error, prepare, parameters, code):
    if prepare is not None:
        prepare(clients)
    with pytest.raises(sdk_error) as raised:
        clients.images(**parameters)
    assert raised.value.get_code() == code
    assert raised.value.get_message().isascii()
    assert raised.value.get_request_id() == clients.cloud.requests[-1].request_id


@pytest.mark.parametrize(
    ("action", "version", "parameters", "code"),
    [
        ("DescribeNothing", "2021-11-11", {}, "InvalidAction"),
        ("DescribePlatformImages", "2019-01-01", {}, "NoSuchVersion"),
        ("DescribePlatformImages", "2021-11-11", {"Framework": "x"}, "UnknownParameter"),
        ("DescribePlatformImages", "2021-11-11", {"Offset": "0"}, "InvalidParameter"),
        ("DescribeSessionImageVersion", "2021-01-25", {}, "MissingParameter"),
    ],
)
def test_invalid_parameter_is_rejected(clients, sdk_error, action, version, parameters, code):
    service = "dlc" if "Session" in action else "tione"
    with pytest.raises(sdk_error) as raised:
        clients.common(service, version, action, parameters)
    assert raised.value.get_code() == code


@pytest.mark.parametrize(
    ("engine", "code"),
    [
        ("", "InvalidParameter.ParameterNotFoundOrBeNone"),
        ("DataEngine-00000000", "ResourceNotFound.DataEngineNotFound"),
    ],
)
def test_unknown_engine_is_rejected(clients, sdk_error, engine, code):
    with pytest.raises(sdk_error) as raised:
        clients.sessions(engine=engine)
    assert raised.value.get_code() == code


def test_api_error_is_chinese_by_default(clients, sdk_error):
    use_wrong_key(clients)
    with pytest.raises(sdk_error) as raised:
        clients.images(language="zh-CN")
    assert raised.value.get_message() == "请求签名验证失败，请检查您的签名计算是否正确。"


def test_request_above_the_rate_limit_is_rejected(build_clients, sdk_error):
    now = time.time()
    with Emulator(clock=lambda: now) as cloud:
        clients = build_clients(cloud)
        for _ in range(20):
            clients.images(Limit=1)
        with pytest.raises(sdk_error) as raised:
            clients.images(Limit=1)
    assert raised.value.get_code() == "RequestLimitExceeded"
    assert "`21` in a second" in raised.value.get_message()


@pytest.mark.parametrize("sign", ["HmacSHA1", "HmacSHA256"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_older_signature_methods_are_rejected(clients, sdk_error, sign, method):
    with pytest.raises(sdk_error) as raised:
        clients.images(sign=sign, reqMethod=method)
    assert raised.value.get_code() == "MissingParameter"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(code="InternalError"), "InternalError"),
        (Fault(code="ResourceUnavailable.Busy"), "ResourceUnavailable.Busy"),
        (Fault(status=502), "ServerNetworkError"),
        (Fault(status=503, code="ServiceUnavailable"), "ServerNetworkError"),
        (Fault(body="<html>"), "JSONDecodeError"),
        (Fault(body="{}"), "KeyError"),
        (Fault(close=True), "ClientNetworkError"),
        (Fault(reset=True), "ClientNetworkError"),
        (Fault(truncate=True), "ChunkedEncodingError"),
    ],
    ids=str,
)
def test_fault_raises_like_the_real_failure(clients, sdk_error, fault, code):
    clients.cloud.faults.add("DescribePlatformImages", fault)
    with pytest.raises(Exception) as raised:  # noqa: PT011  # one of these is not the client's own
        clients.images()
    name = raised.value.get_code() if isinstance(raised.value, sdk_error) else raised.typename
    assert (name, clients.cloud.faults.left()) == (code, {})


def test_charset_hides_the_api_error_from_the_client(clients):
    kind = "application/json; charset=utf-8"
    clients.cloud.faults.add(
        "DescribePlatformImages", Fault(code="InternalError", content_type=kind)
    )
    assert clients.images().TotalCount is None


def test_importing_the_vendor_client_keeps_the_warning_filters(vendor):
    assert vendor.dlc
    assert not any(
        action == "ignore" and getattr(module, "pattern", "") == "tencentcloud"
        for action, _, _, module, _ in warnings.filters
    )
