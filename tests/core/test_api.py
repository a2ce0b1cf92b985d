"""Requests as bytes, and responses as records."""

from __future__ import annotations

import json

import pytest

from pulumi_tcimages.core import api
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES

KEYS = api.Keys("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")


def build_request(parameters=None, **changes):
    arguments = {
        "host": "tione.tencentcloudapi.com",
        "region": "ap-guangzhou",
        "language": "en-US",
        "keys": KEYS,
        "sent_at_unix_s": 1700000000,
        **changes,
    }
    return api.build_request(PLATFORM_IMAGES.action.action, parameters or {}, **arguments)


def test_request_has_compact_json_and_required_headers():
    request = build_request({"offset": 0, "limit": 100})

    assert request.body == b'{"Offset":0,"Limit":100}'
    assert {name: value for name, value in request.headers.items() if name != "Authorization"} == {
        "Content-Type": "application/json",
        "Host": "tione.tencentcloudapi.com",
        "X-TC-Action": "DescribePlatformImages",
        "X-TC-Version": "2021-11-11",
        "X-TC-Timestamp": "1700000000",
        "X-TC-Language": "en-US",
        "X-TC-RequestClient": "pulumi-tcimages",
        "X-TC-Region": "ap-guangzhou",
    }
    assert request.headers["Authorization"].startswith(
        "TC3-HMAC-SHA256 "
        "Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2023-11-14/tione/tc3_request, "
        "SignedHeaders=content-type;host, Signature="
    )


def test_token_is_sent_and_missing_region_is_not():
    request = build_request(region=None, keys=api.Keys("id", "key", "token"))

    assert request.headers["X-TC-Token"] == "token"
    assert "X-TC-Region" not in request.headers


def test_request_without_keys_is_not_signed():
    assert build_request(keys=None).headers["Authorization"] == "SKIP"


def test_non_ascii_text_is_escaped_in_the_body():
    assert build_request({"filters": [{"values": ["镜像"]}]}).body == (
        b'{"Filters":[{"Values":["\\u955c\\u50cf"]}]}'
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"region": "a\r\nX-Evil: 1"},
        {"host": "a\nb"},
        {"language": "en\x00"},
        {"keys": api.Keys("id\n", "key")},
        {"keys": api.Keys("id", "key", "tok\ren")},
    ],
)
def test_control_characters_in_headers_are_rejected(changes):
    with pytest.raises(ConfigurationError) as caught:
        build_request(**changes)

    assert "cannot be sent" in caught.value.problem


def test_repr_of_keys_and_request_shows_no_secret():
    shown = repr((KEYS, build_request(keys=api.Keys("canary", "canary", "canary"))))

    assert "AKID" not in shown
    assert "canary" not in shown


@pytest.mark.parametrize(
    ("offset", "limit", "page"),
    [(0, 100, (1, 100)), (100, 100, (2, 100)), (130, 13, (11, 13))],
)
def test_page_number_starts_at_the_offset(offset: int, limit: int, page: tuple[int, int]) -> None:
    action = api.ListAction(api.Action("dlc", "ListImages", "2021-01-25"), "items", paging="page")

    parameters = action.page_parameters(offset, limit)

    assert (parameters["page"], parameters["page_size"]) == page


def read_response(**fields):
    return api.read_reply(json.dumps({"Response": {**fields, "RequestId": "r-1"}}).encode())


def test_response_has_fields_and_request_id():
    fields = {"TotalCount": 1, "ImageRange": [{"TiProjectId": "p"}], "RequestId": "r-1"}
    body = json.dumps({"Response": fields}).encode()

    assert api.read_reply(body) == api.Reply(fields, "r-1", len(body))


@pytest.mark.parametrize("value", [b"{},", b"[],", b"0,", b"[[]],", b'"",'])
def test_response_with_too_many_values_is_not_parsed(value):
    body = b'{"Response": {"RequestId": "r-1", "Rows": [' + value * 300_000 + b"0]}}"

    assert api.read_reply(body) == api.Unreadable("the reply has more than 250000 values.")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            {"Response": {"Error": {"Code": "A.B", "Message": "m"}, "RequestId": "r"}},
            api.Refusal("A.B", "m", "r"),
        ),
        ({"Response": {"Error": {"Code": "A", "Message": None}}}, api.Refusal("A", "", "")),
        ({"Response": {"Error": {"Code": "A"}, "RequestId": 5}}, api.Refusal("A", "", "")),
        ({"Response": {"Error": {"Code": "A"}, "RequestId": "r" * 129}}, api.Refusal("A", "", "")),
        (
            {"Response": {"Error": {"Code": "A"}, "PlatformImageInfos": []}},
            api.Refusal("A", "", ""),
        ),
        ({"code": 4100, "message": "m", "codeDesc": "A"}, api.Refusal("A", "m", "")),
        ({"code": 4100, "message": "m"}, api.Refusal("4100", "m", "")),
    ],
)
def test_error_response_is_recognized_among_other_fields(body, error):
    assert api.read_reply(json.dumps(body).encode()) == error


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"<html>", b"null", b"[]", b"5", b"{}", b'{"code": 0}', b"\xff", b"[" * 100_000]
    + [b'{"Response": {"RequestId": "\xed\xa0\x80"}}']  # an unescaped lone surrogate
    + [b'{"Response": %s}' % inner for inner in (b"null", b"[]", b'"x"', b'{"Error": []}')]
    + [b'{"Response": {"Error": {"Code": %s}}}' % code for code in (b"null", b"5", b'""')]
    + [b'{"Response": {"Error": {"Code": "%s"}}}' % code for code in (b"A" * 129, rb"A\n")]
    + [b'{"code": 1, "codeDesc": "%s"}' % (b"PageSize." * 20)],
)  # fmt: skip
def test_other_bodies_are_unreadable(body):
    assert isinstance(api.read_reply(body), api.Unreadable)


@pytest.mark.parametrize(
    "body",
    [
        b'{"Response": {"Items": [1, 2]}, "Response": {"Items": [1]}}',
        b'{"Response": {"Error": {"Code": "A"}, "Error": null}}',
        b'{"Response": {"Items": [{"Version": "2.1", "Version": "2.9"}]}}',
    ],
)
def test_key_twice_in_an_object_makes_a_response_unreadable(body):
    assert api.read_reply(body) == api.Unreadable("an object in the reply has a key twice.")


def test_lone_surrogate_is_replaced_and_pair_is_decoded():
    body = rb'{"Response": {"RequestId": "1", "ImageName": "a\ud800b\ud83d\ude00"}}'

    assert api.read_reply(body) == api.Reply(
        {"ImageName": "a?b\U0001f600", "RequestId": "1"}, "1", len(body)
    )
