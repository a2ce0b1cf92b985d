"""The signature against vectors made elsewhere; a mismatch names the stage that differs."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest

from pulumi_tcimages.core import signing

VECTORS = json.loads((Path(__file__).parent / "vectors" / "tc3.json").read_text())


def _stages(vector: dict[str, object]) -> dict[str, str]:
    """Every stage by name, in order, as we compute it."""
    canonical = signing.build_canonical_request(
        vector["method"],
        vector["query"],
        vector["headers"],
        vector["signed_headers"],
        vector["payload"].encode(),
    )
    string = signing.build_string_to_sign(canonical, vector["service"], vector["timestamp"])
    signature = signing.sign(vector["secret_key"], vector["service"], vector["timestamp"], string)
    return {
        "canonical request": canonical,
        "canonical_request_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
        "string to sign": string,
        "signature": signature,
    }


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_of_somebody_else_is_reproduced(vector):
    stages = _stages(vector)

    for stage in ("canonical_request_sha256", "signature"):
        if stages[stage] != vector[f"expected_{stage}"]:
            before = "\n\n".join(f"{name}:\n{text}" for name, text in stages.items())
            pytest.fail(f"{vector['name']} first differs in its {stage}; ours:\n\n{before}")


def test_every_vector_says_where_it_is_from():
    assert all(vector["source"] for vector in VECTORS)


def test_the_day_of_the_scope_is_the_utc_day_of_the_timestamp():
    assert signing.build_scope("dlc", 1551139199) == "2019-02-25/dlc/tc3_request"
    assert signing.build_scope("dlc", 1551139200) == "2019-02-26/dlc/tc3_request"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")
def test_the_day_is_the_utc_day_wherever_the_machine_is(monkeypatch):
    monkeypatch.setenv("TZ", "EAST-14")
    time.tzset()
    try:
        assert signing.build_scope("dlc", 1551139199) == "2019-02-25/dlc/tc3_request"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_another_day_or_service_or_key_signs_differently():
    signatures = {
        signing.sign(key, service, at, "text")
        for key in ("one", "two")
        for service in ("dlc", "tione")
        for at in (1551139199, 1551139200)
    }

    assert len(signatures) == 8


def test_header_values_are_trimmed_and_the_action_is_lower_cased():
    plain = signing.build_canonical_request(
        "POST", "", {"host": "h", "x-tc-action": "describeimages"}, ["host", "x-tc-action"], b""
    )
    dressed = signing.build_canonical_request(
        "POST", "", {"host": " h ", "x-tc-action": "DescribeImages"}, ["x-tc-action", "host"], b""
    )

    assert dressed == plain


def test_the_authorization_names_credential_headers_and_signature():
    value = signing.build_authorization("AKID", "dlc", 0, ["host", "content-type"], "abc")

    assert value == (
        "TC3-HMAC-SHA256 Credential=AKID/1970-01-01/dlc/tc3_request, "
        "SignedHeaders=content-type;host, Signature=abc"
    )
