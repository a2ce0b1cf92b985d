"""Certificates, and `http://` where TLS is spoken or the other way round."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone

import certifi
import pytest
import trustme

from pulumi_tcimages.cloud.certificates import Authorities, Peer, explain_certificate_error
from pulumi_tcimages.cloud.connection_errors import explain_scheme
from pulumi_tcimages.core import retry
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.exchange import OK, failure, post
from tests.cloud.faulty_server import Misbehaving


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


def test_a_certificate_that_nobody_vouches_for_is_refused(transport_of, authority):
    with Misbehaving(OK, certificate=authority.issue_cert("127.0.0.1")) as server:
        error = failure(transport_of(), server.url)

    assert error.problem == (
        "the certificate of 127.0.0.1 is signed by an unknown authority; the trusted ones are in "
        f"{certifi.where()}."
    )
    assert error.remedy == retry.UNTRUSTED
    assert "export REQUESTS_CA_BUNDLE=CA_FILE. If there is no such proxy, do not" in error.fix
    assert server.requests == []


def test_a_certificate_for_another_name_is_refused(transport_of, authority, ca_file):
    with Misbehaving(OK, certificate=authority.issue_cert("elsewhere.example")) as server:
        error = failure(transport_of({"SSL_CERT_FILE": ca_file}), server.url)

    assert error.problem == "the certificate is for a name other than 127.0.0.1."
    assert error.remedy == retry.UNTRUSTED
    assert "check the address in the line Where" in error.fix
    assert error.fix.endswith(f"run: openssl s_client -connect 127.0.0.1:{server.port} </dev/null")


def test_a_bundle_without_the_authority_is_named_with_its_variable(transport_of, tmp_path):
    other = str(tmp_path / "other.pem")
    trustme.CA().cert_pem.write_to_path(other)
    with Misbehaving(OK, certificate=trustme.CA().issue_cert("127.0.0.1")) as server:
        error = failure(transport_of({"SSL_CERT_FILE": other}), server.url)

    assert f"the trusted ones are in {other} (SSL_CERT_FILE)." in error.problem
    assert f"to a file, then run: cat CA_FILE >> {other}. If there is no" in error.fix


@pytest.mark.parametrize(
    ("starts", "ends", "problem", "fix"),
    [
        (-20, -10, "has expired, by this machine's clock (20", "has to renew its"),
        (10, 20, "is not valid yet, by this machine's clock (20", "set the clock right"),
    ],
    ids=["expired", "not yet valid"],
)
def test_a_certificate_out_of_its_time_is_explained_by_the_clock(
    transport_of, authority, ca_file, starts, ends, problem, fix
):
    today = datetime.now(timezone.utc)
    certificate = authority.issue_cert(
        "127.0.0.1",
        not_before=today + timedelta(days=starts),
        not_after=today + timedelta(days=ends),
    )
    with Misbehaving(OK, certificate=certificate) as server:
        error = failure(transport_of({"SSL_CERT_FILE": ca_file}), server.url)

    assert problem in error.problem
    assert fix in error.fix
    assert error.remedy == retry.UNTRUSTED


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (18, "is self-signed; the trusted ones are in the file"),
        (23, "has been revoked"),
        (42, "does not verify: odd; the trusted ones are in the file."),
    ],
)
def test_every_other_reason_is_named(code, problem):
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code, error.verify_message = code, "odd"

    fault = explain_certificate_error(
        error, Peer("example.com", "the line Where", "INSPECT"), Authorities("the file"), 0.0
    )

    assert problem in fault.problem
    assert fault.fix.endswith("To see the certificate, run: INSPECT")


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_certificate_that_the_user_vouches_for_is_taken(
    transport_of, variable, authority, ca_file
):
    with Misbehaving(OK, certificate=authority.issue_cert("127.0.0.1")) as server:
        answer = post(transport_of({variable: ca_file}), server.url)

    assert answer.status == 200


def test_plain_text_where_tls_should_be_is_a_failed_connection(transport_of):
    with Misbehaving(OK) as server:
        error = failure(transport_of(), server.url.replace("http:", "https:"))

    assert (error.problem, error.fix, error.remedy) == (
        "the endpoint speaks plain http, but TLS was expected.",
        f"write the endpoint as {server.url}",
        retry.UNTRUSTED,
    )


def test_plain_http_to_a_tls_server_is_an_error_with_the_address(transport_of, authority):
    with Misbehaving(OK, certificate=authority.issue_cert("127.0.0.1")) as server:
        error = failure(transport_of(), server.url.replace("https:", "http:"))

    assert error.fix == f"if it speaks TLS, write the endpoint as {server.url}"


@pytest.mark.parametrize("url", ["https://tione.tencentcloudapi.com", "http://127.0.0.1:1"])
def test_the_scheme_of_the_vendors_address_and_of_a_refused_connection_is_not_doubted(url):
    wrong = ssl.SSLError(1, "x")
    wrong.reason = "WRONG_VERSION_NUMBER"

    assert explain_scheme([wrong, ConnectionRefusedError()], url) is None


def test_a_host_that_only_ends_like_the_vendors_may_speak_plain_http():
    wrong = ssl.SSLError(1, "x")
    wrong.reason = "WRONG_VERSION_NUMBER"

    error = explain_scheme([wrong], "https://nottencentcloudapi.com")

    assert (error.problem, error.remedy, error.fix) == (
        "the endpoint speaks plain http, but TLS was expected.",
        retry.UNTRUSTED,
        "write the endpoint as http://nottencentcloudapi.com",
    )


def test_a_handshake_that_takes_too_long_hints_at_plain_http():
    late = TimeoutError("_ssl.c:989: The handshake operation timed out")

    error = explain_scheme([late], "https://127.0.0.1:8080/")

    assert (error.problem, error.remedy, error.fix) == (
        "the endpoint took the connection, but did not begin TLS in time.",
        retry.NETWORK,
        "if it speaks plain http, write the endpoint as http://127.0.0.1:8080",
    )


def test_a_missing_ca_file_is_a_matter_of_settings(transport_of, tmp_path):
    with pytest.raises(ConfigurationError):
        post(transport_of({"SSL_CERT_FILE": str(tmp_path / "none")}), "https://127.0.0.1:1")


def test_a_missing_ca_file_matters_to_a_tls_proxy_of_a_plain_http_request(transport_of, tmp_path):
    environment = {
        "SSL_CERT_FILE": str(tmp_path / "none"),
        "HTTP_PROXY": "https://127.0.0.1:1",
    }

    with pytest.raises(ConfigurationError):
        post(transport_of(environment), "http://example.com")


def test_a_plain_http_request_reads_no_ca_file(transport_of, tmp_path):
    with Misbehaving(OK) as server:
        answer = post(transport_of({"SSL_CERT_FILE": str(tmp_path / "none")}), server.url)

    assert answer.status == 200


def test_the_advice_for_a_bundle_names_its_whole_path(transport_of, tmp_path):
    bundle = str(tmp_path / "bundle (copy)")
    trustme.CA().cert_pem.write_to_path(bundle)
    with Misbehaving(OK, certificate=trustme.CA().issue_cert("127.0.0.1")) as server:
        error = failure(transport_of({"REQUESTS_CA_BUNDLE": bundle}), server.url)

    assert f"cat CA_FILE >> '{bundle}'. If" in error.fix
