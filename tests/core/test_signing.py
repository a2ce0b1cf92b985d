"""The signature against published vectors; a failure names the stage that differs."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest

from pulumi_tcimages.core import signing

VECTORS = json.loads((Path(__file__).parent / "vectors" / "tc3.json").read_text())


def _stages(vector: dict[str, object]) -> dict[str, str]:
    """Return our result of every stage, by name and in order."""
    canonical = signing.build_canonical_request(
        vector["method"],
        vector["query"],
        vector["headers"],
        vector["signed_headers"],
        vector["payload"].encode(),
    )
    string_to_sign = signing.build_string_to_sign(canonical, vector["service"], vector["timestamp"])
    signature = signing.sign(
        vector["secret_key"], vector["service"], vector["timestamp"], string_to_sign
    )
    return {
        "canonical request": canonical,
        "canonical_request_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
        "string to sign": string_to_sign,
        "signature": signature,
    }


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_published_vector_is_reproduced(vector):
    stages = _stages(vector)

    for stage in ("canonical_request_sha256", "signature"):
        if stages[stage] != vector[f"expected_{stage}"]:
            ours = "\n\n".join(f"{name}:\n{text}" for name, text in stages.items())
            pytest.fail(f"{vector['name']} first differs in its {stage}; ours:\n\n{ours}")


def test_every_vector_has_a_source():
    assert all(vector["source"] for vector in VECTORS)


def test_scope_uses_the_utc_day_of_the_timestamp():
    assert signing.build_scope("dlc", 1551139199) == "2019-02-25/dlc/tc3_request"
    assert signing.build_scope("dlc", 1551139200) == "2019-02-26/dlc/tc3_request"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this platform cannot set the time zone")
def test_scope_uses_the_utc_day_in_any_time_zone(monkeypatch):
    monkeypatch.setenv("TZ", "EAST-14")
    time.tzset()
    try:
        assert signing.build_scope("dlc", 1551139199) == "2019-02-25/dlc/tc3_request"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_signature_depends_on_day_service_and_key():
    signatures = {
        signing.sign(key, service, timestamp, "text")
        for key in ("one", "two")
        for service in ("dlc", "tione")
        for timestamp in (1551139199, 1551139200)
    }

    assert len(signatures) == 8


def test_header_values_are_trimmed_and_action_is_lowercased():
    plain = signing.build_canonical_request(
        "POST", "", {"host": "h", "x-tc-action": "describeimages"}, ["host", "x-tc-action"], b""
    )
    padded = signing.build_canonical_request(
        "POST", "", {"host": " h ", "x-tc-action": "DescribeImages"}, ["x-tc-action", "host"], b""
    )

    assert padded == plain


def test_authorization_has_credential_headers_and_signature():
    value = signing.build_authorization("AKID", "dlc", 0, ["host", "content-type"], "abc")

    assert value == (
        "TC3-HMAC-SHA256 Credential=AKID/1970-01-01/dlc/tc3_request, "
        "SignedHeaders=content-type;host, Signature=abc"
    )
