"""The gateway's checks: their order, codes and messages."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from pulumi_tcimages.emulator import Assumptions, Emulator, Fault
from tests.emulator.raw_client import Caller, build_request

LISTING = "DescribePlatformImages"
SESSIONS = "DescribeSessionImageVersion"
ENGINE = {"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "python"}


def test_response_has_the_gateways_headers_and_a_request_id(caller):
    answer = caller.call(SESSIONS, ENGINE)
    date = answer.headers.pop("Date")
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", date)
    assert answer.headers == {
        "Server": "nginx",
        "Content-Type": "application/json",
        "Content-Length": str(len(answer.body)),
        "Connection": "keep-alive",
    }
    assert UUID(answer.response["RequestId"]).version == 4


def test_error_has_status_200_code_message_and_request_id(caller):
    answer = caller.call("DescribeNothing")
    assert answer.status == 200
    assert answer.response == {
        "Error": {"Code": "InvalidAction", "Message": "请求的 `Action` 不正确或不存在。"},
        "RequestId": caller.cloud.requests[0].request_id,
    }


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"x_tc_version": "2019-01-01"}, "NoSuchVersion", "`Version`"),
        ({"x_tc_region": ""}, "MissingParameter", "`Region`"),
        ({"x_tc_region": "ap-atlantis"}, "UnsupportedRegion", "not support this region"),
        ({"x_tc_region": "na-ashburn"}, "UnsupportedRegion", "not support this region"),
        ({"x_tc_version": ""}, "MissingParameter", "`Version`"),
        ({"x_tc_action": ""}, "MissingParameter", "`Action`"),
        ({"content_type": "text/plain"}, "UnsupportedProtocol", "content type"),
        ({"content_type": "application/x-www-form-urlencoded"}, "UnsupportedProtocol", ""),
    ],
    ids=str,
)
def test_invalid_header_is_named(caller, changes, code, message):
    answer = caller.call(LISTING, x_tc_language="en-US", **changes)
    assert (answer.code, message in answer.message) == (code, True)


@pytest.mark.parametrize(
    ("parameters", "code", "name"),
    [
        ({"Framework": "x"}, "UnknownParameter", "Framework"),
        ({"offset": 0}, "UnknownParameter", "offset"),
        ({"Offset": -1}, "InvalidParameter", "Offset"),
        ({"Offset": "0"}, "InvalidParameter", "Offset"),
        ({"Offset": True}, "InvalidParameter", "Offset"),
        ({"Limit": 1.5}, "InvalidParameter", "Limit"),
        ({"Limit": 2**64}, "InvalidParameter", "Limit"),
        ({"TiProjectId": 1}, "InvalidParameter", "TiProjectId"),
        ({"Filters": {}}, "InvalidParameter", "Filters"),
        ({"Filters": ["Train"]}, "InvalidParameter", "Filters.0"),
        ({"Filters": [{"Name": 1}]}, "InvalidParameter", "Filters.0.Name"),
        ({"Filters": [{"Fuzzy": "true"}]}, "InvalidParameter", "Filters.0.Fuzzy"),
        ({"Filters": [{"Values": [1]}]}, "InvalidParameter", "Filters.0.Values.0"),
        ({"Filters": [{"Values": "Train"}]}, "InvalidParameter", "Filters.0.Values"),
        ({"Filters": [{"Value": "Train"}]}, "UnknownParameter", "Filters.0.Value"),
    ],
    ids=str,
)
def test_invalid_parameter_is_named_by_its_path(caller, parameters, code, name):
    answer = caller.call(LISTING, parameters, x_tc_language="en-US")
    assert (answer.code, f"`{name}`" in answer.message) == (code, True)


@pytest.mark.parametrize("missing", ["DataEngineId", "FrameworkType"])
def test_missing_parameter_is_named(caller, missing):
    parameters = {name: value for name, value in ENGINE.items() if name != missing}
    answer = caller.call(SESSIONS, parameters, x_tc_language="en-US")
    assert answer.message == f"The request is missing a required parameter `{missing}`."


def test_null_parameter_counts_as_missing(caller):
    assert caller.call(LISTING, {"Offset": None, "Filters": None}).code == ""
    assert caller.call(SESSIONS, {**ENGINE, "FrameworkType": None}).code == "MissingParameter"


@pytest.mark.parametrize(
    ("query", "code", "name"),
    [
        ("Offset=x", "InvalidParameter", "`Offset`"),
        ("Offset=-1", "InvalidParameter", "`Offset`"),
        ("Offset.0=1", "InvalidParameter", "`Offset`"),
        ("Offset=1&Offset.0=1", "InvalidParameter", "`Offset.0`"),
        ("Filters.x.Name=ImageId", "InvalidParameter", "`Filters`"),
        ("Filters.0.Fuzzy=maybe", "InvalidParameter", "`Filters.0.Fuzzy`"),
        ("Nothing=1", "UnknownParameter", "`Nothing`"),
        ("&&", "InvalidRequest", "url-encoded"),
    ],
)
def test_invalid_query_parameter_is_named_by_its_path(caller, query, code, name):
    answer = caller.get(LISTING, query, x_tc_language="en-US")
    assert (answer.code, name in answer.message) == (code, True)


def test_get_and_post_have_the_same_response(caller):
    query = (
        "Filters.0.Name=ImageRange&Filters.0.Values.0=Train&Filters.0.Negative=True"
        "&Filters.1.Name=ImageName&Filters.1.Values.0=vllm&Filters.1.Fuzzy=true&Offset=1&Limit=2"
    )
    parameters = {
        "Filters": [
            {"Name": "ImageRange", "Values": ["Train"], "Negative": True},
            {"Name": "ImageName", "Values": ["vllm"], "Fuzzy": True},
        ],
        "Offset": 1,
        "Limit": 2,
    }
    get_response, post_response = (
        caller.get(LISTING, query).response,
        caller.call(LISTING, parameters).response,
    )
    assert get_response.pop("RequestId") != post_response.pop("RequestId")
    assert get_response == post_response
    assert caller.cloud.requests[0].body == caller.cloud.requests[1].body == parameters


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b'{"Offset": NaN}', b"[" * 100_000, b"\xff"])
@pytest.mark.parametrize("code", ["InvalidRequest", "InvalidParameter"])
def test_body_other_than_a_json_object_is_rejected(body, code):
    with Emulator(choices=Assumptions(unreadable_body=code)) as cloud:
        caller = Caller(cloud)
        assert caller.post(caller.headers(LISTING, body), body).code == code


def test_empty_body_has_no_parameters(caller):
    assert caller.post(caller.headers(LISTING, b""), b"").code == ""


@pytest.mark.parametrize(
    ("method", "target"), [("PUT", "/"), ("DELETE", "/"), ("POST", "/v2"), ("GET", "/favicon.ico")]
)
def test_other_method_or_path_is_unsupported(caller, method, target):
    answer = caller.send(build_request(method, target, caller.headers(LISTING)))
    assert answer.code == "UnsupportedProtocol"


def test_checks_run_in_the_documented_order():
    corrections = [
        ({"x_tc_action": SESSIONS}, "MissingParameter"),
        ({"x_tc_version": "2021-01-25"}, "NoSuchVersion"),
        ({"content_type": "application/json"}, "UnsupportedProtocol"),
        ({"secret_key": ""}, "AuthFailure.SignatureFailure"),
        ({"x_tc_region": "ap-guangzhou"}, "UnsupportedRegion"),
        ({"parameters": ENGINE}, "UnknownParameter"),
    ]
    headers = {
        "x_tc_action": "",
        "x_tc_version": "2019-01-01",
        "content_type": "text/plain",
        "x_tc_region": "ap-atlantis",
    }
    parameters = {"X": 1}
    with Emulator() as cloud:
        cloud.keys.deny(cloud.secret_id, SESSIONS)
        caller = Caller(cloud, secret_key="x" * 32)
        for correction, code in corrections:
            assert caller.call(SESSIONS, parameters, **headers).code == code
            caller.secret_key = correction.get("secret_key", caller.secret_key)
            parameters = correction.get("parameters", parameters)
            headers |= {name: value for name, value in correction.items() if name in headers}
        answer = caller.call(SESSIONS, parameters, **headers)
    assert answer.code == "AuthFailure.UnauthorizedOperation"


def test_denied_action_is_rejected_with_its_permission(caller):
    cloud = caller.cloud
    cloud.keys.deny(cloud.secret_id, SESSIONS)
    answer = caller.call(SESSIONS, ENGINE, x_tc_language="en-US")
    request_id = answer.response["RequestId"]
    assert answer.code == "AuthFailure.UnauthorizedOperation"
    assert answer.message == (
        "You are not authorized to perform this operation. Check your CAM policies, and ensure "
        f"that you are using the correct access keys. [[request id:{request_id}]you are not "
        "authorized to perform operation (dlc:DescribeSessionImageVersion)\n"
        "resource (qcs::dlc:ap-guangzhou:uin/100000000001:*) has no permission\n]"
    )
    assert caller.call(LISTING).code == ""
    cloud.keys.deny(cloud.secret_id)
    assert caller.call(SESSIONS, ENGINE).code == ""


def test_unknown_region_may_be_an_invalid_value():
    with Emulator(choices=Assumptions(unknown_region="InvalidParameterValue")) as cloud:
        answer = Caller(cloud).call(LISTING, x_tc_region="moon", x_tc_language="en-US")
    assert (answer.code, answer.message) == (
        "InvalidParameterValue",
        "A value specified in `Region` is not valid, is unsupported, or cannot be used.",
    )


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en-US", "The parameter `X` is not recognized."),
        ("zh-CN", "未定义参数 X"),
        ("", "未定义参数 X"),
    ],
)
def test_message_has_the_language_of_the_request(caller, language, message):
    language_headers = {"x_tc_language": language} if language else {}
    assert caller.call(LISTING, {"X": 1}, **language_headers).message == message


def test_signature_version_1_is_rejected_for_a_missing_secret_id(caller):
    target = f"/?Action={LISTING}&Version=2021-11-11&Region=ap-guangzhou&Language=en-US"
    kind = "application/x-www-form-urlencoded"
    request = build_request("GET", target, {"host": caller.cloud.address, "content-type": kind})
    answer = caller.send(request)
    assert answer.message == "The request is missing a required parameter `SecretId`."


def test_query_with_too_many_fields_misses_its_action(caller):
    target = f"/?Action={LISTING}&{'x=1&' * 300}"
    answer = caller.send(build_request("GET", target, {"host": caller.cloud.address}))
    assert answer.code == "MissingParameter"


def test_lone_surrogate_is_escaped(caller):
    answer = caller.call(SESSIONS, {**ENGINE, "DataEngineId": "\ud800"}, x_tc_language="en-US")
    assert answer.message == "The data engine `\ud800` is not found."


def test_emulator_bug_is_an_internal_error_and_logged(caller, caplog, monkeypatch):
    def raise_error(kind: str, region: str = "") -> list[object]:
        raise ZeroDivisionError(kind, region)

    monkeypatch.setattr(caller.cloud.catalogue, "entries", raise_error)
    assert caller.call(LISTING).code == "InternalError"
    assert "ZeroDivisionError" in caplog.text


def test_step_for_any_action_applies_to_the_next_request(caller):
    caller.cloud.faults.add("*", Fault(code="InternalError"))
    assert [caller.call(LISTING).code for _ in range(2)] == ["InternalError", ""]
