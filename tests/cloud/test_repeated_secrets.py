"""Servers and proxies that repeat our secrets: no error, warning or image shows them."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

import pytest

from pulumi_tcimages.errors import ApiError, InvalidResponseError
from tests.cloud.fakes import REGION, ROLE, list_all
from tests.cloud.faulty_server import FaultyServer, Peer, reply

KEYS = {
    "secret_id": "AKIDcanary0123456789abcdef",
    "secret_key": "keycanary0123456789abcdefgh",
    "security_token": "tokencanary/0123456789abcdef",
}
TOO_LONG = "t" * 8193


def read_header(peer: Peer, name: str) -> str:
    match = re.search(rb"(?i)\r\n%b: ([^\r]*)" % name.encode(), peer.request)
    assert match
    return match[1].decode()


def api_response(fields: object):
    return reply(json.dumps({"Response": fields}).encode())


def reject(text: str):
    return api_response({"Error": {"Code": "Proxy", "Message": text}})


@pytest.mark.parametrize(
    "answer",
    [lambda text: reply(text.encode(), status="502 Bad"), reject],
    ids=["response body", "API error"],
)
@pytest.mark.parametrize(
    ("userinfo", "credentials"),
    [
        ("user:passw0rd", "user:passw0rd"),
        ("us%40er:p%2Fss%C3%A9", "us@er:p/ssé"),
        ("u:pass", "u:pass"),
        ("tokencanary:", "tokencanary:"),
    ],
)
def test_user_and_password_repeated_by_a_proxy_are_redacted(
    make_client, answer, userinfo, credentials
):
    def repeat(peer: Peer) -> None:
        header = read_header(peer, "proxy-authorization")
        assert base64.b64decode(header.split()[1]).decode("latin-1") == credentials
        answer(f"{header} {credentials} {userinfo}")(peer)

    with FaultyServer(repeat) as proxy:
        client = make_client(
            {"http_proxy": proxy.url.replace("//", f"//{userinfo}@")},
            **KEYS,
            protocol="http",
            endpoints={"tione": "http://gateway.example.com"},
        )
        with pytest.raises((ApiError, InvalidResponseError)) as caught:
            list_all(client)

    shown = str(caught.value)
    password = credentials.partition(":")[2] or "tokencanary"
    encoded = base64.b64encode(credentials.encode("latin-1")).decode()
    for secret in (credentials, password, userinfo, encoded):
        assert secret not in shown
    assert "[secret]" in shown


@pytest.mark.parametrize(
    "build_row",
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
def test_row_with_a_secret_is_left_out_with_a_warning(make_client, build_row, name, escaped):
    rows = [{"ImageId": "i-1", **build_row(KEYS[name])}, {"ImageId": "i-2"}]
    body = json.dumps({"Response": {"TotalCount": 2, "PlatformImageInfos": rows}})
    if escaped:
        body = body.replace("/", r"\/").replace("canary", r"\u0063anary")

    with FaultyServer(reply(body.encode())) as server:
        listing = list_all(make_client(**KEYS, endpoints={"tione": server.url}))

    assert [image.image_id for image in listing.images] == ["i-2"]
    assert listing.warnings == (
        "1 of 2 listed images was left out, because the cloud's answer cannot be read there: "
        "row 1 (it repeats a secret of the request)",
    )


@pytest.mark.parametrize(
    "encode",
    [
        str,
        str.lower,
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: base64.b64encode(f"id:{secret}".encode()).decode(),
        lambda secret: secret.encode().hex(),
        lambda secret: quote(secret, safe=""),
        lambda secret: json.dumps(secret),
    ],
)
@pytest.mark.parametrize("secret", ['key"canary\\0123456789', "key'canary/+0123456789"])
def test_row_with_a_secret_in_another_encoding_is_left_out(make_client, encode, secret):
    rows = [{"ImageId": "i-1", "Description": f"a {encode(secret)} b"}, {"ImageId": "i-2"}]

    with FaultyServer(api_response({"TotalCount": 2, "PlatformImageInfos": rows})) as server:
        keys = {**KEYS, "secret_key": secret}
        listing = list_all(make_client(**keys, endpoints={"tione": server.url}))

    assert [image.image_id for image in listing.images] == ["i-2"]


def test_short_key_in_a_name_leaves_no_row_out(make_client):
    body = {"TotalCount": 1, "PlatformImageInfos": [{"ImageId": "a-test-image"}]}

    with FaultyServer(api_response(body)) as server:
        client = make_client(secret_id="test", secret_key="image", endpoints={"tione": server.url})
        listing = list_all(client)

    assert [image.image_id for image in listing.images] == ["a-test-image"]


def test_secret_cut_off_at_the_search_limit_is_not_shown(make_client):
    # The response consists of secrets, so the excerpt that is shown reaches the search limit.
    secret = KEYS["security_token"]
    body = b"<html>" + secret.encode() * 20_000

    with (
        FaultyServer(reply(body, status="502 Bad")) as server,
        pytest.raises(InvalidResponseError) as caught,
    ):
        list_all(make_client(**KEYS, endpoints={"tione": server.url}))

    assert secret[:10] not in str(caught.value)


@pytest.mark.parametrize("name", ["TmpSecretId", "TmpSecretKey", "Token"])
def test_too_long_temporary_key_is_rejected(make_client, name):
    temporary_keys = {"TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t", name: TOO_LONG}
    body = {"Credentials": temporary_keys, "ExpiredTime": 9_999_999_999}

    with FaultyServer(api_response(body)) as server:
        role = {"role_arn": "qcs::cam::uin/100000000001:roleName/x"}
        client = make_client(**KEYS, assume_role=role, endpoints={"sts": server.url})
        with pytest.raises(InvalidResponseError, match=f"Credentials.{name} is too long"):
            list_all(client)


def test_too_long_account_id_is_rejected_without_showing_it(make_client):
    with FaultyServer(api_response({"AccountId": "1" * 1000})) as server:
        allowed = ["100000000001"]
        client = make_client(**KEYS, allowed_account_ids=allowed, endpoints={"sts": server.url})
        with pytest.raises(InvalidResponseError, match="AccountId is too long") as caught:
            list_all(client, region=REGION)

    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("answer", [reject, lambda text: reply(text.encode(), status="502 Bad")])
def test_secret_repeated_past_the_search_limit_is_not_shown(make_client, answer):
    token = "".join(f"t{number:04d}" for number in range(300))

    with FaultyServer(answer(token * 100)) as server:
        client = make_client(**{**KEYS, "security_token": token}, endpoints={"tione": server.url})
        with pytest.raises((ApiError, InvalidResponseError)) as caught:
            list_all(client)

    assert re.search(r"t\d{4}t", "".join(str(caught.value).split())) is None


WEB_IDENTITY = "eyJcanary.webidentity0123456789"
EXTERNAL_ID = "external-canary-0123456789"


class Gateway:
    """Serves STS and the API, and repeats the request to STS in API responses."""

    def __init__(self, answer) -> None:
        self._answer = answer
        self._seen = b""

    def __call__(self, peer: Peer) -> None:
        if b"\r\nX-TC-Action: AssumeRole" not in peer.request:
            self._answer(self._seen.decode())(peer)
            return
        self._seen = peer.request
        temporary_keys = {"TmpSecretId": "AKIDlent", "TmpSecretKey": "lent", "Token": "lent"}
        api_response({"Credentials": temporary_keys, "ExpiredTime": 9_999_999_999})(peer)


@pytest.mark.parametrize("is_error", [True, False])
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
def test_sts_request_repeated_by_the_api_is_redacted(make_client, settings, is_error):
    def list_repeated(text: str):
        rows = [{"ImageId": "i-1", "ImageName": text}, {"ImageId": "i-2"}]
        return api_response({"TotalCount": 2, "PlatformImageInfos": rows})

    gateway = Gateway(reject if is_error else list_repeated)
    with FaultyServer(gateway) as server:
        client = make_client(**settings, endpoints={"sts": server.url, "tione": server.url})
        try:
            shown = str(list_all(client))
        except ApiError as error:
            shown = str(error)

    assert "AKIDlent" not in shown
    assert [
        secret for secret in (*KEYS.values(), WEB_IDENTITY, EXTERNAL_ID) if secret in shown
    ] == []
    assert ("i-2" in shown) is not is_error
