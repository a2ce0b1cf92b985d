"""Servers and proxies that repeat our secrets: none is in an error, a warning or an image."""

from __future__ import annotations

import base64
import json
import re

import pytest

from pulumi_tcimages.errors import ApiError, InvalidResponseError
from tests.cloud.fakes import REGION, ROLE, list_all
from tests.cloud.faulty_server import Misbehaving, Peer, reply

KEYS = {
    "secret_id": "AKIDcanary0123456789abcdef",
    "secret_key": "keycanary0123456789abcdefgh",
    "security_token": "tokencanary/0123456789abcdef",
}
LONG = "t" * 8193


def header_of(peer: Peer, name: str) -> str:
    found = re.search(rb"(?i)\r\n%b: ([^\r]*)" % name.encode(), peer.request)
    assert found
    return found[1].decode()


def api_reply(fields: object):
    return reply(json.dumps({"Response": fields}).encode())


def refuse(text: str):
    return api_reply({"Error": {"Code": "Proxy", "Message": text}})


@pytest.mark.parametrize(
    "answer", [lambda text: reply(text.encode(), status="502 Bad"), refuse], ids=["body", "refusal"]
)
@pytest.mark.parametrize(
    ("userinfo", "plain"),
    [
        ("user:passw0rd", "user:passw0rd"),
        ("us%40er:p%2Fss%C3%A9", "us@er:p/ssé"),
        ("u:pass", "u:pass"),
        ("tokencanary:", "tokencanary:"),
    ],
)
def test_proxy_that_repeats_its_user_and_password_is_shown_without_them(
    open_fake, answer, userinfo, plain
):
    def repeat(peer: Peer) -> None:
        header = header_of(peer, "proxy-authorization")
        assert base64.b64decode(header.split()[1]).decode("latin-1") == plain
        answer(f"{header} {plain} {userinfo}")(peer)

    with Misbehaving(repeat) as proxy:
        client = open_fake(
            {"http_proxy": proxy.url.replace("//", f"//{userinfo}@")},
            **KEYS,
            protocol="http",
            endpoints={"tione": "http://gateway.example.com"},
        )
        with pytest.raises((ApiError, InvalidResponseError)) as caught:
            list_all(client)

    shown = str(caught.value)
    password = plain.partition(":")[2] or "tokencanary"
    encoded = base64.b64encode(plain.encode("latin-1")).decode()
    for secret in (plain, password, userinfo, encoded):
        assert secret not in shown
    assert "[secret]" in shown


@pytest.mark.parametrize(
    "place",
    [
        lambda secret: {"ImageName": f"torch-{secret}"},
        lambda secret: {"Framework": secret},
        lambda secret: {"ImageId": secret},
        lambda secret: {"ExtraAttributes": [{"Key": "k", "Values": [secret]}]},
        lambda secret: {"Unknown": {secret: 1}, "Framework": 5},
    ],
)
@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("escaped", [False, True])
def test_row_that_repeats_a_secret_is_left_out_with_a_warning(open_fake, place, name, escaped):
    rows = [{"ImageId": "i-1", **place(KEYS[name])}, {"ImageId": "i-2"}]
    body = json.dumps({"Response": {"TotalCount": 2, "PlatformImageInfos": rows}})
    if escaped:
        body = body.replace("/", r"\/").replace("canary", r"\u0063anary")

    with Misbehaving(reply(body.encode())) as server:
        listing = list_all(open_fake(**KEYS, endpoints={"tione": server.url}))

    assert [image.image_id for image in listing.images] == ["i-2"]
    assert listing.warnings == (
        "1 of 2 listed images was left out, because the cloud's answer cannot be read there: "
        "row 1 (it repeats a secret of the request)",
    )


def test_short_key_of_an_emulator_in_a_name_leaves_no_row_out(open_fake):
    body = {"TotalCount": 1, "PlatformImageInfos": [{"ImageId": "a-test-image"}]}

    with Misbehaving(api_reply(body)) as server:
        client = open_fake(secret_id="test", secret_key="image", endpoints={"tione": server.url})
        listing = list_all(client)

    assert [image.image_id for image in listing.images] == ["a-test-image"]


def test_secret_that_is_cut_by_the_end_of_the_search_is_not_shown(open_fake):
    # The body is all secrets, so the shown part ends near the end of what is searched.
    secret = KEYS["security_token"]
    body = b"<html>" + secret.encode() * 20_000

    with (
        Misbehaving(reply(body, status="502 Bad")) as server,
        pytest.raises(InvalidResponseError) as caught,
    ):
        list_all(open_fake(**KEYS, endpoints={"tione": server.url}))

    assert secret[:10] not in str(caught.value)


@pytest.mark.parametrize("name", ["TmpSecretId", "TmpSecretKey", "Token"])
def test_lent_key_that_is_too_long_is_refused(open_fake, name):
    lent = {"TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t", name: LONG}
    body = {"Credentials": lent, "ExpiredTime": 9_999_999_999}

    with Misbehaving(api_reply(body)) as server:
        role = {"role_arn": "qcs::cam::uin/100000000001:roleName/x"}
        client = open_fake(**KEYS, assume_role=role, endpoints={"sts": server.url})
        with pytest.raises(InvalidResponseError, match=f"Credentials.{name} is too long"):
            list_all(client)


def test_account_id_that_is_too_long_is_refused_without_being_shown(open_fake):
    with Misbehaving(api_reply({"AccountId": "1" * 1000})) as server:
        allowed = ["100000000001"]
        client = open_fake(**KEYS, allowed_account_ids=allowed, endpoints={"sts": server.url})
        with pytest.raises(InvalidResponseError, match="AccountId is too long") as caught:
            list_all(client, region=REGION)

    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("answer", [refuse, lambda text: reply(text.encode(), status="502 Bad")])
def test_error_has_no_part_of_a_secret_that_is_repeated_to_the_end_of_what_is_searched(
    open_fake, answer
):
    token = "".join(f"t{number:04d}" for number in range(300))

    with Misbehaving(answer(token * 100)) as server:
        client = open_fake(**{**KEYS, "security_token": token}, endpoints={"tione": server.url})
        with pytest.raises((ApiError, InvalidResponseError)) as caught:
            list_all(client)

    assert re.search(r"t\d{4}t", "".join(str(caught.value).split())) is None


WEB_IDENTITY = "eyJcanary.webidentity0123456789"
EXTERNAL_ID = "external-canary-0123456789"


class Gateway:
    """Serves STS and the API, and repeats to the API what STS was sent."""

    def __init__(self, answer) -> None:
        self._answer = answer
        self._seen = b""

    def __call__(self, peer: Peer) -> None:
        if b"\r\nX-TC-Action: AssumeRole" not in peer.request:
            self._answer(self._seen.decode())(peer)
            return
        self._seen = peer.request
        lent = {"TmpSecretId": "AKIDlent", "TmpSecretKey": "lent", "Token": "lent"}
        api_reply({"Credentials": lent, "ExpiredTime": 9_999_999_999})(peer)


@pytest.mark.parametrize("fails", [True, False])
@pytest.mark.parametrize(
    "settings",
    [
        {**KEYS, "assume_role": {"role_arn": ROLE, "external_id": EXTERNAL_ID}},
        {
            "assume_role_with_web_identity": {
                "role_arn": ROLE,
                "provider_id": "OIDC",
                "web_identity_token": WEB_IDENTITY,
            }
        },
    ],
    ids=["role", "web identity"],
)
def test_gateway_that_repeats_to_the_api_what_sts_was_sent_is_shown_without_it(
    open_fake, settings, fails
):
    def list_repeated(text: str):
        rows = [{"ImageId": "i-1", "ImageName": text}, {"ImageId": "i-2"}]
        return api_reply({"TotalCount": 2, "PlatformImageInfos": rows})

    gateway = Gateway(refuse if fails else list_repeated)
    with Misbehaving(gateway) as server:
        client = open_fake(**settings, endpoints={"sts": server.url, "tione": server.url})
        try:
            shown = str(list_all(client))
        except ApiError as error:
            shown = str(error)

    assert "AKIDlent" not in shown
    assert [
        secret for secret in (*KEYS.values(), WEB_IDENTITY, EXTERNAL_ID) if secret in shown
    ] == []
    assert ("i-2" in shown) is not fails
