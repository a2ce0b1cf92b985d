"""Keys and accounts in responses, and responses without them."""

from __future__ import annotations

import json

import pytest

from pulumi_tcimages.core import api
from pulumi_tcimages.core.key_responses import (
    TemporaryKeys,
    read_assumed_role,
    read_caller_account,
    read_metadata_keys,
)


def read_response(**fields):
    return api.read_reply(json.dumps({"Response": {**fields, "RequestId": "r-1"}}).encode())


@pytest.mark.parametrize(
    ("read", "fields", "problem"),
    [
        (
            read_assumed_role,
            {"ExpiredTime": 5, "Credentials": {"Token": "t", "TmpSecretId": "i"}},
            "Credentials.TmpSecretKey is missing.",
        ),
        (
            read_caller_account,
            {"AccountId": 5},
            "AccountId has another type than documented.",
        ),
    ],
)
def test_invalid_field_is_named(read, fields, problem):
    assert read(read_response(**fields)) == api.Unreadable(problem, "r-1")


def test_temporary_keys_are_read_with_their_expiry():
    fields = {"TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t"}
    temporary_keys = TemporaryKeys(api.Keys("i", "k", "t"), 1700000000.0)

    assert (
        read_assumed_role(read_response(Credentials=fields, ExpiredTime=1700000000))
        == temporary_keys
    )
    body = json.dumps({**fields, "ExpiredTime": 1700000000, "Code": "Success"}).encode()
    assert read_metadata_keys(body) == temporary_keys


@pytest.mark.parametrize("value", [b"{},", b"[],", b"0,"])
def test_metadata_with_too_many_values_is_not_parsed(value):
    fields = b'"TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t", "Code": "Success"'
    body = b'{%b, "ExpiredTime": 5, "More": [%b0]}' % (fields, value * 300_000)

    assert read_metadata_keys(body) == api.Unreadable("the reply has more than 250000 values.")


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
def test_metadata_response_without_keys_is_unreadable(body):
    assert isinstance(read_metadata_keys(body), api.Unreadable)


@pytest.mark.parametrize("expiry", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "true"])
def test_temporary_keys_without_expiry_are_unreadable(expiry):
    keys_json = '"TmpSecretId":"i","TmpSecretKey":"k","Token":"t"'
    body = f'{{{keys_json},"Code":"Success","ExpiredTime":{expiry}}}'.encode()
    fields = json.loads(f'{{"Credentials":{{{keys_json}}},"ExpiredTime":{expiry}}}')
    problem = "ExpiredTime has another type than documented."

    assert read_metadata_keys(body) == api.Unreadable(problem)
    assert read_assumed_role(api.Reply(fields, "r-1")) == api.Unreadable(problem, "r-1")


@pytest.mark.parametrize("name", ["TmpSecretId", "TmpSecretKey", "Token"])
@pytest.mark.parametrize("text", ["", "a b", "a\r\nX-Evil: 1", "é"])
def test_temporary_keys_with_unsendable_text_are_unreadable(name, text):
    keys = {"TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t", name: text}
    body = json.dumps({**keys, "ExpiredTime": 5, "Code": "Success"}).encode()
    reply = read_response(Credentials=keys, ExpiredTime=5)

    assert isinstance(read_metadata_keys(body), api.Unreadable)
    assert isinstance(read_assumed_role(reply), api.Unreadable)


def test_caller_account_is_read():
    assert read_caller_account(read_response(AccountId="100000000001")) == "100000000001"


@pytest.mark.parametrize("account_id", ["", "\x1b[31m1", "1\n", 1])
def test_account_that_is_no_number_is_unreadable(account_id):
    reply = read_response(AccountId=account_id)

    assert isinstance(read_caller_account(reply), api.Unreadable)
