"""Precedence of all places for keys, in pairs; placeholders are skipped."""

from __future__ import annotations

from itertools import combinations

import pytest

from pulumi_tcimages.cloud import credentials
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.credential_sources import PLACES, POD, TEMPORARY, Place, profile_keys
from tests.cloud.fakes import last_key_id, list_all, write_file
from tests.cloud.test_precedence import PLACEHOLDERS


@pytest.mark.parametrize(("first", "second"), list(combinations(PLACES, 2)), ids=str)
def test_first_of_two_places_is_used(list_with_keys_in, first, second):
    key_id, provider = list_with_keys_in(second, first)

    assert key_id.startswith(first.id_prefix)
    assert provider.startswith(first.provider)
    assert bool(provider) == bool(first.provider)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_each_place_is_sufficient_alone(list_with_keys_in, place):
    assert list_with_keys_in(place)[0].startswith(place.id_prefix)


def test_machine_role_is_the_last_place(list_with_keys_in, tmp_path, monkeypatch):
    monkeypatch.setattr(credentials, "_MACHINE", write_file(tmp_path, "vendor", "Tencent Cloud\n"))

    assert list_with_keys_in(POD)[1] == "cls-1"
    assert list_with_keys_in()[0].startswith(TEMPORARY)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (place, text)
        for place in ("configuration", "environment", "profile", "ini")
        for text in (*PLACEHOLDERS, "-", "--", "(none)", "None,", "false", "@VAR@")
        # The vendor's clients document quotes in this file, so they are not part of a key.
        if (place, text) != ("ini", '"quoted"')
    ],
)
def test_placeholder_is_skipped_for_the_next_place(list_with_keys_in, place, text):
    variables = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN")
    ini = f"[default]\nsecret_id = {text.strip()}\nsecret_key = {text.strip()}\n"
    placeholder_place = {
        "configuration": Place("", "", {"secret_id": text, "secret_key": text}),
        "environment": Place("", "", environ=dict.fromkeys(variables, text)),
        "profile": Place(
            "", "", files={"default.credential": dict.fromkeys(profile_keys(""), text)}
        ),
        "ini": Place("", "", files={".tencentcloud/credentials": ini}),
    }[place]
    key_id, provider = list_with_keys_in(placeholder_place, POD)

    assert (key_id.startswith(TEMPORARY), provider) == (True, "cls-1")


def test_expired_profile_with_placeholder_keys_is_skipped(list_with_keys_in):
    placeholder_profile = {"secretId": "None", "secretKey": "None", "expiresAt": 1, "type": "None"}

    assert (
        list_with_keys_in(Place("", "", files={"default.credential": placeholder_profile}), POD)[1]
        == "cls-1"
    )


def test_error_lists_places_with_placeholders(keyless, make_client, tmp_path):
    write_file(tmp_path, ".tccli/default.credential", {"secretId": "None", "secretKey": None})
    write_file(
        tmp_path, ".tencentcloud/credentials", "[default]\nsecret_id=<id>\nsecret_key=<key>\n"
    )
    environ = {
        **keyless,
        "TENCENTCLOUD_SECRET_ID": '"AKIDcanary"',
        "TENCENTCLOUD_SECRET_KEY": "'canary'",
        "TKE_WEB_IDENTITY_TOKEN_FILE": "",
    }

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(environ, secret_id="${ID}", secret_key="YOUR_SECRET_KEY"))

    assert list(caught.value.searched) == [
        "configuration tcimages:secretId and secretKey, tcimages:profile,",
        "  tcimages:camRoleName, tcimages:assumeRoleWithWebIdentity",
        "  tcimages:secretId holds a variable that was not expanded",
        "  tcimages:secretKey holds a placeholder",
        "environment TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
        "  TENCENTCLOUD_SECRET_ID holds a value in quotes",
        "  TENCENTCLOUD_SECRET_KEY holds a value in quotes",
        f"profile {tmp_path}/.tccli/default.credential",
        "  secretId holds the word None",
        "  secretKey holds the word null",
        f"file {tmp_path}/.tencentcloud/credentials",
        "  secret_id holds a placeholder",
        "  secret_key holds a placeholder",
        "file /etc/tencentcloud/credentials",
        "environment TENCENTCLOUD_CAM_ROLE_NAME",
        "pod identity, environment TKE_WEB_IDENTITY_TOKEN_FILE (is empty)",
        "the role of a CVM (this machine is not a CVM)",
    ]
    assert str(caught.value.fix).startswith(
        "write the value itself in configuration tcimages:secretId, or set TENCENTCLOUD_SECRET_ID"
    )
    assert "canary" not in str(caught.value)


def test_partial_key_with_placeholder_suggests_the_correction(keyless, make_client):
    environ = {**keyless, "TENCENTCLOUD_SECRET_ID": "x", "TENCENTCLOUD_SECRET_KEY": '"canary"'}

    with pytest.raises(ConfigurationError) as caught:
        list_all(make_client(environ))

    assert str(caught.value.fix) == "remove the quotes in environment TENCENTCLOUD_SECRET_KEY."


@pytest.mark.parametrize("text", ["None", "null", '"null"', ""])
def test_token_without_a_value_leaves_the_keys_permanent(cloud, make_client, text):
    list_all(make_client({**cloud.environment, "TENCENTCLOUD_TOKEN": text}))

    assert last_key_id(cloud) == cloud.secret_id


def test_placeholder_setting_has_a_warning(cloud, make_client):
    environ = {
        **cloud.environment,
        "TENCENTCLOUD_PROFILE": "${PROFILE}",
        "TENCENTCLOUD_TOKEN": "None",  # a word for "no value"
    }

    listing = list_all(make_client(environ, language="<language>"))

    assert listing.warnings == (
        "configuration tcimages:language holds a placeholder, so it was not used: replace the "
        "placeholder in configuration tcimages:language",
        "environment TENCENTCLOUD_PROFILE holds a variable that was not expanded, so it was not "
        "used: write the value itself in environment TENCENTCLOUD_PROFILE",
    )
