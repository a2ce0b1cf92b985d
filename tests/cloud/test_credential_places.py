"""Keys in every place, pairwise: which ones sign; and that a placeholder is not a key."""

from __future__ import annotations

from itertools import combinations

import pytest

from pulumi_tcimages.cloud import credentials
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.credential_sources import LENT, PLACES, POD, Place, in_json
from tests.cloud.fakes import keys_used, list_all, write
from tests.cloud.test_precedence import PLACEHOLDERS


@pytest.mark.parametrize(("first", "second"), list(combinations(PLACES, 2)), ids=str)
def test_the_first_of_two_places_with_keys_is_used(ask, first, second):
    used, lent = ask(second, first)

    assert used.startswith(first.signs)
    assert lent.startswith(first.lent)
    assert bool(lent) == bool(first.lent)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_each_place_alone_is_enough(ask, place):
    assert ask(place)[0].startswith(place.signs)


def test_the_machines_role_comes_last(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(credentials, "_MACHINE", write(tmp_path, "vendor", "Tencent Cloud\n"))

    assert ask(POD)[1] == "cls-1"
    assert ask()[0].startswith(LENT)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (place, text)
        for place in ("configuration", "environment", "profile", "ini")
        for text in (*PLACEHOLDERS, "-", "--", "(none)", "None,", "false", "@VAR@")
        # The vendor's clients document quotes in this file: they are not part of a key.
        if (place, text) != ("ini", '"quoted"')
    ],
)
def test_a_placeholder_is_no_key_and_the_next_place_is_used(ask, place, text):
    variables = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN")
    ini = f"[default]\nsecret_id = {text.strip()}\nsecret_key = {text.strip()}\n"
    hollow = {
        "configuration": Place("", "", {"secret_id": text, "secret_key": text}),
        "environment": Place("", "", environ=dict.fromkeys(variables, text)),
        "profile": Place("", "", files={"default.credential": dict.fromkeys(in_json(""), text)}),
        "ini": Place("", "", files={".tencentcloud/credentials": ini}),
    }[place]
    used, lent = ask(hollow, POD)

    assert (used.startswith(LENT), lent) == (True, "cls-1")


def test_an_expired_profile_whose_keys_are_placeholders_gives_way(ask):
    hollow = {"secretId": "None", "secretKey": "None", "expiresAt": 1, "type": "None"}

    assert ask(Place("", "", files={"default.credential": hollow}), POD)[1] == "cls-1"


def test_the_error_says_which_places_held_placeholders(keyless, open_fake, tmp_path):
    write(tmp_path, ".tccli/default.credential", {"secretId": "None", "secretKey": None})
    write(tmp_path, ".tencentcloud/credentials", "[default]\nsecret_id=<id>\nsecret_key=<key>\n")
    environ = {
        **keyless,
        "TENCENTCLOUD_SECRET_ID": '"AKIDcanary"',
        "TENCENTCLOUD_SECRET_KEY": "'canary'",
        "TKE_WEB_IDENTITY_TOKEN_FILE": "",
    }

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(environ, secret_id="${ID}", secret_key="YOUR_SECRET_KEY"))

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
    assert caught.value.fix.startswith(
        "write the value itself in configuration tcimages:secretId, or set TENCENTCLOUD_SECRET_ID"
    )
    assert "canary" not in str(caught.value)


def test_half_a_key_beside_a_placeholder_says_what_to_put_right(keyless, open_fake):
    environ = {**keyless, "TENCENTCLOUD_SECRET_ID": "x", "TENCENTCLOUD_SECRET_KEY": '"canary"'}

    with pytest.raises(ConfigurationError) as caught:
        list_all(open_fake(environ))

    assert caught.value.fix == "remove the quotes in environment TENCENTCLOUD_SECRET_KEY."


@pytest.mark.parametrize("text", ["None", "null", '"null"', ""])
def test_a_token_that_is_none_leaves_the_keys_permanent(cloud, open_fake, text):
    list_all(open_fake({**cloud.environment, "TENCENTCLOUD_TOKEN": text}))

    assert keys_used(cloud) == cloud.secret_id


def test_a_template_that_was_not_filled_in_is_a_warning(cloud, open_fake):
    environ = {
        **cloud.environment,
        "TENCENTCLOUD_PROFILE": "${PROFILE}",
        "TENCENTCLOUD_TOKEN": "None",  # says that there is none
    }

    listing = list_all(open_fake(environ, language="<language>"))

    assert listing.warnings == (
        "configuration tcimages:language holds a placeholder, so it was not used: replace the "
        "placeholder in configuration tcimages:language",
        "environment TENCENTCLOUD_PROFILE holds a variable that was not expanded, so it was not "
        "used: write the value itself in environment TENCENTCLOUD_PROFILE",
    )
