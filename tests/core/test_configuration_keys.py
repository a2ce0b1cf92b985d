"""Errors for unknown, misspelled and repeated keys of the configuration."""

from __future__ import annotations

import json

import pytest

from pulumi_tcimages.advice import Advice
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.errors import ConfigurationError


@pytest.mark.parametrize("is_json", [False, True], ids=["object", "JSON text"])
@pytest.mark.parametrize(
    ("setting", "first", "second", "key"),
    [
        ("endpoints", "tione", "Tione", "endpoints.tione"),
        ("endpoints", "STS", "sts", "endpoints.sts"),
        ("assume_role", "role_arn", "roleArn", "assume_role.role_arn"),
        ("assume_role", "sessionDuration", "session_duration", "assume_role.session_duration"),
        (
            "assume_role_with_web_identity",
            "webIdentityTokenFile",
            "web_identity_token_file",
            "assume_role_with_web_identity.web_identity_token_file",
        ),
    ],
)
def test_two_spellings_of_a_key_are_refused_and_named(setting, first, second, key, is_json):
    value = {first: "1", second: "2"}
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({setting: json.dumps(value) if is_json else value}, "the test")

    assert caught.value.problem == f'"{first}" and "{second}" are the same key.'
    assert (caught.value.key, caught.value.source) == (key, "the test")
    assert str(caught.value.fix) == "leave one of the two out"


@pytest.mark.parametrize(
    ("setting", "text", "problem", "key"),
    [
        ("endpoints", '{"tione": "a", "tione": "b"}', '"tione"', "endpoints.tione"),
        ("assume_role", '{"roleArn": null, "roleArn": "b"}', '"roleArn"', "assume_role.role_arn"),
        ("assume_role", '{"canary": 1, "canary": 2}', "a key", "assume_role"),
        ("allowed_account_ids", '[{"canary": 1, "canary": 2}]', "a key", "allowed_account_ids"),
    ],
)
def test_repeated_json_key_is_rejected_and_shown_if_known(setting, text, problem, key):
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({setting: text}, "the test")

    assert caught.value.problem == f"{problem} is in the JSON text twice."
    assert caught.value.key == key
    assert "canary" not in str(caught.value)


def test_misspelled_key_is_corrected():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"secretid": "x"})

    assert str(caught.value.fix) == "did you mean secretId?"


@pytest.mark.parametrize("path", ["", "assume_role."])
def test_unknown_key_of_megabytes_is_shortened(path):
    name = "regio" + "nabcdefghij" * 1_300_000
    values = {"assume_role": {name: "x"}} if path else {name: "x"}

    with pytest.raises(ConfigurationError) as caught:
        read_configuration(values)

    assert caught.value.key == f"{path}{name[:60]}..."
    assert len(str(caught.value)) < 2_000


def test_misspelled_key_in_json_text_has_a_suggestion():
    with pytest.raises(ConfigurationError) as caught:
        read_configuration({"assume_role": '{"roleArm": "r"}'}, "the stack's configuration")

    assert caught.value.fix == Advice("did you mean roleArn?")
