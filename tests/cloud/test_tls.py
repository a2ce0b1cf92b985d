"""Certificates, and http configured for TLS servers or the reverse."""

from __future__ import annotations

import os
import ssl
import subprocess
from datetime import datetime, timedelta, timezone

import certifi
import pytest
import trustme

from pulumi_tcimages.cloud.certificates import Authorities, Peer, explain_certificate_error
from pulumi_tcimages.cloud.connection_errors import explain_scheme
from pulumi_tcimages.core import retry
from pulumi_tcimages.errors import ConfigurationError
from tests.cloud.exchange import OK, catch_error, post
from tests.cloud.faulty_server import FaultyServer


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


def test_certificate_of_an_unknown_authority_is_rejected(make_transport, authority):
    with FaultyServer(OK, certificate=authority.issue_cert("127.0.0.1")) as server:
        error = catch_error(make_transport(), server.url)

    assert error.problem == (
        "the certificate of 127.0.0.1 is signed by an unknown authority; the trusted ones are in "
        f"{certifi.where()}."
    )
    assert error.retry_policy == retry.UNTRUSTED
    assert "export REQUESTS_CA_BUNDLE=CA_FILE\nIf there is no such proxy, do not" in str(error.fix)
    assert server.requests == []


def test_certificate_for_another_name_is_rejected(make_transport, authority, ca_file):
    with FaultyServer(OK, certificate=authority.issue_cert("elsewhere.example")) as server:
        error = catch_error(make_transport({"SSL_CERT_FILE": ca_file}), server.url)

    assert error.problem == "the certificate is for a name other than 127.0.0.1."
    assert error.retry_policy == retry.UNTRUSTED
    assert "check the address in the line Where" in str(error.fix)
    assert str(error.fix).endswith(
        f"run: openssl s_client -connect 127.0.0.1:{server.port} </dev/null"
    )


def test_bundle_without_the_authority_is_named_with_its_variable(make_transport, tmp_path):
    bundle = str(tmp_path / "other.pem")
    trustme.CA().cert_pem.write_to_path(bundle)
    with FaultyServer(OK, certificate=trustme.CA().issue_cert("127.0.0.1")) as server:
        error = catch_error(make_transport({"SSL_CERT_FILE": bundle}), server.url)

    assert f"the trusted ones are in {bundle} (SSL_CERT_FILE)." in error.problem
    assert f"to a file, then run: {{ echo; cat CA_FILE; }} >> {bundle}\nIf there is no" in str(
        error.fix
    )


@pytest.mark.parametrize(
    ("start_days", "end_days", "problem", "fix"),
    [
        (-20, -10, "has expired, by this machine's clock (20", "has to renew its"),
        (10, 20, "is not valid yet, by this machine's clock (20", "set the clock right"),
    ],
    ids=["expired", "not yet valid"],
)
def test_certificate_outside_its_validity_mentions_the_clock(
    make_transport, authority, ca_file, start_days, end_days, problem, fix
):
    now = datetime.now(timezone.utc)
    certificate = authority.issue_cert(
        "127.0.0.1",
        not_before=now + timedelta(days=start_days),
        not_after=now + timedelta(days=end_days),
    )
    with FaultyServer(OK, certificate=certificate) as server:
        error = catch_error(make_transport({"SSL_CERT_FILE": ca_file}), server.url)

    assert problem in error.problem
    assert fix in str(error.fix)
    assert error.retry_policy == retry.UNTRUSTED


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (18, "is self-signed; the trusted ones are in the file"),
        (23, "has been revoked"),
        (42, "does not verify: odd; the trusted ones are in the file."),
    ],
)
def test_other_certificate_problems_are_named(code, problem):
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code, error.verify_message = code, "odd"

    fault = explain_certificate_error(
        error, Peer("example.com", "the line Where", "INSPECT"), Authorities("the file"), 0.0
    )

    assert problem in fault.problem
    assert str(fault.fix).endswith("To see the certificate, run: INSPECT")


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificate_of_a_configured_authority_is_accepted(
    make_transport, variable, authority, ca_file
):
    with FaultyServer(OK, certificate=authority.issue_cert("127.0.0.1")) as server:
        answer = post(make_transport({variable: ca_file}), server.url)

    assert answer.status == 200


def test_plain_http_instead_of_tls_shows_the_address(make_transport):
    with FaultyServer(OK) as server:
        error = catch_error(make_transport(), server.url.replace("http:", "https:"))

    assert (error.problem, str(error.fix), error.retry_policy) == (
        "the endpoint speaks plain http, but TLS was expected.",
        f"write the endpoint as {server.url}",
        retry.UNTRUSTED,
    )


def test_tls_instead_of_plain_http_shows_the_address(make_transport, authority):
    with FaultyServer(OK, certificate=authority.issue_cert("127.0.0.1")) as server:
        error = catch_error(make_transport(), server.url.replace("https:", "http:"))

    assert str(error.fix) == f"if it speaks TLS, write the endpoint as {server.url}"


@pytest.mark.parametrize("url", ["https://tione.tencentcloudapi.com", "http://127.0.0.1:1"])
def test_vendor_address_and_refused_connection_have_no_scheme_advice(url):
    tls_error = ssl.SSLError(1, "x")
    tls_error.reason = "WRONG_VERSION_NUMBER"

    assert explain_scheme([tls_error, ConnectionRefusedError()], url) is None


def test_similar_host_name_may_use_plain_http():
    tls_error = ssl.SSLError(1, "x")
    tls_error.reason = "WRONG_VERSION_NUMBER"

    error = explain_scheme([tls_error], "https://nottencentcloudapi.com")

    assert (error.problem, error.retry_policy, str(error.fix)) == (
        "the endpoint speaks plain http, but TLS was expected.",
        retry.UNTRUSTED,
        "write the endpoint as http://nottencentcloudapi.com",
    )


def test_slow_handshake_suggests_plain_http():
    timeout = TimeoutError("_ssl.c:989: The handshake operation timed out")

    error = explain_scheme([timeout], "https://127.0.0.1:8080/")

    assert (error.problem, error.retry_policy, str(error.fix)) == (
        "the endpoint took the connection, but did not begin TLS in time.",
        retry.NETWORK,
        "if it speaks plain http, write the endpoint as http://127.0.0.1:8080",
    )


def test_missing_ca_file_is_a_configuration_error(make_transport, tmp_path):
    with pytest.raises(ConfigurationError):
        post(make_transport({"SSL_CERT_FILE": str(tmp_path / "none")}), "https://127.0.0.1:1")


def test_missing_ca_file_matters_for_a_tls_proxy(make_transport, tmp_path):
    environment = {
        "SSL_CERT_FILE": str(tmp_path / "none"),
        "HTTP_PROXY": "https://127.0.0.1:1",
    }

    with pytest.raises(ConfigurationError):
        post(make_transport(environment), "http://example.com")


def test_plain_http_request_reads_no_ca_file(make_transport, tmp_path):
    with FaultyServer(OK) as server:
        answer = post(make_transport({"SSL_CERT_FILE": str(tmp_path / "none")}), server.url)

    assert answer.status == 200


def test_advice_quotes_the_path_of_a_bundle(make_transport, tmp_path):
    bundle = str(tmp_path / "bundle (copy)")
    trustme.CA().cert_pem.write_to_path(bundle)
    with FaultyServer(OK, certificate=trustme.CA().issue_cert("127.0.0.1")) as server:
        error = catch_error(make_transport({"REQUESTS_CA_BUNDLE": bundle}), server.url)

    assert f">> '{bundle}'\nIf" in str(error.fix)


@pytest.mark.skipif(os.name == "nt", reason="commands are written for a POSIX shell")
@pytest.mark.parametrize("end", ["", "\n"])
def test_pasted_command_adds_an_authority_to_a_bundle(
    make_transport, authority, ca_file, tmp_path, end
):
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(trustme.CA().cert_pem.bytes().rstrip() + end.encode())
    transport = make_transport({"SSL_CERT_FILE": str(bundle)})
    with FaultyServer(OK, certificate=authority.issue_cert("127.0.0.1")) as server:
        fix = catch_error(transport, server.url).fix
        (command,) = (part.text for part in fix if getattr(part, "text", "").endswith(bundle.name))
        script = command.replace("CA_FILE", ca_file)
        subprocess.run(["sh", "-c", script], check=True)

        answer = post(make_transport({"SSL_CERT_FILE": str(bundle)}), server.url)

    assert answer.status == 200
