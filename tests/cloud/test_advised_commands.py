"""Commands suggested by errors use the same route as the failed request."""

from __future__ import annotations

import os
import ssl
import subprocess
from pathlib import Path

import pytest
import trustme

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.cloud import read_settings
from pulumi_tcimages.cloud.connection_errors import write_inspection
from pulumi_tcimages.cloud.endpoints import choose_endpoint
from pulumi_tcimages.cloud.proxies import NetworkEnvironment
from pulumi_tcimages.core.configuration_keys import Configuration
from tests.cloud.exchange import OK, catch_error
from tests.cloud.faulty_server import FaultyServer, Peer, read_request, reply

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the commands are for POSIX shells")
HOST = "gateway.example.com"


def run_advised(advice: Advice, environ: dict[str, str], path: str = "") -> str:
    """Run the first command of an advice, and return its output."""
    command = next(part.text for part in advice if isinstance(part, Command))
    assert "pass" not in command
    result = subprocess.run(
        ["sh", "-c", command],
        env={"PATH": path or os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout + result.stderr


@pytest.mark.parametrize(
    ("variable", "scheme"),
    [
        ("HTTP_PROXY", "http"),
        ("http_proxy", "http"),
        ("ALL_PROXY", "http"),
        ("HTTPS_PROXY", "https"),
        ("https_proxy", "https"),
        ("all_proxy", "https"),
    ],
)
def test_proxy_command_uses_the_proxy_with_its_password(variable: str, scheme: str) -> None:
    url = f"{scheme}://{HOST}:81"
    with FaultyServer(reply(b"", status="502 Bad")) as server:
        environ = {variable: server.url.replace("//", "//user:pass@")}
        proxy = NetworkEnvironment(environ).find_proxy(url)
        assert proxy
        run_advised(proxy.advise_test(url), environ)

    (request,) = server.requests
    request_line = f"HEAD {url}/" if scheme == "http" else f"CONNECT {HOST}:81"
    assert request.startswith(f"{request_line} HTTP/1.1\r\n".encode())
    assert b"\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n" in request


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://user:pass@proxy", "http://user:pass@proxy:80"),
        ("http://proxy/", "http://proxy:80"),
        ("proxy", "proxy:80"),
        ("http://[::1]", "http://[::1]:80"),
        ("https://proxy", "https://proxy"),
        ("http://proxy:3128", "http://proxy:3128"),
    ],
)
def test_proxy_without_a_port_is_tested_at_the_default_port(
    tmp_path: Path, variable: str, address: str, expected: str
) -> None:
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\necho "${http_proxy:-${all_proxy:-$ALL_PROXY}}"\n')
    curl.chmod(0o755)
    proxy = NetworkEnvironment({variable: address}).find_proxy(f"http://{HOST}")
    assert proxy

    output = run_advised(
        proxy.advise_test(f"http://{HOST}"), {variable: address}, f"{tmp_path}:/usr/bin:/bin"
    )

    assert output == f"{expected}\n"


def test_endpoint_command_bypasses_an_unused_proxy(tmp_path: Path) -> None:
    with FaultyServer(OK) as server, FaultyServer(OK) as proxy:
        environ = {"TCIMAGES_ENDPOINT_DLC": server.url, "http_proxy": proxy.url}
        settings = read_settings(Configuration(), environ, tmp_path)
        endpoint = choose_endpoint(settings, "dlc", None)

        run_advised(endpoint.advise_unreached(None), environ)

    assert len(server.requests) == 1
    assert proxy.requests == []


class Tunnel:
    """A proxy that answers instead of the server, with its own certificate."""

    def __init__(self, certificate: trustme.LeafCert) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self._context)

    def __call__(self, peer: Peer) -> None:
        peer.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self._context.wrap_socket(peer.connection, server_side=True) as connection:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("user", ["", "user:pass@"], ids=["without user", "with user"])
def test_certificate_command_uses_the_proxy_without_showing_its_password(
    make_transport, user: str
) -> None:
    certificate = trustme.CA(organization_name="Example Inspection").issue_cert(HOST)
    with FaultyServer(Tunnel(certificate)) as server:
        environ = {"HTTPS_PROXY": server.url.replace("//", f"//{user}")}
        error = catch_error(make_transport(environ), f"https://{HOST}")
        assert isinstance(error.fix, Advice)
        (inspection,) = (part for part in error.fix if "certificate, run:" in str(part))
        output = run_advised(Advice(inspection), environ)

    assert len(server.requests) == 2
    for request in server.requests:
        assert request.startswith(f"CONNECT {HOST}:443 ".encode())
        assert (b"Proxy-Authorization: Basic dXNlcjpwYXNz\r\n" in request) == bool(user)
    assert "Example Inspection" in output
    assert "Authorization" not in output


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("http://proxy", "openssl s_client -proxy proxy:80 -connect"),
        ("http://[::1]", "openssl s_client -proxy '[::1]:80' -connect"),
        ("https://proxy:8443", "curl --verbose --insecure --head --max-time 10 https://"),
    ],
)
def test_certificate_command_is_a_tool_that_supports_the_proxy(address: str, command: str) -> None:
    proxy = NetworkEnvironment({"HTTPS_PROXY": address}).find_proxy(f"https://{HOST}")

    assert write_inspection(f"https://{HOST}", proxy, is_of_proxy=False).startswith(command)


@pytest.mark.parametrize(
    ("address", "peer"), [("http://proxy", "proxy:80"), ("https://[::1]", "'[::1]:443'")]
)
def test_proxy_certificate_is_inspected_at_the_default_port(address: str, peer: str) -> None:
    proxy = NetworkEnvironment({"HTTPS_PROXY": address}).find_proxy(f"https://{HOST}")

    inspection = write_inspection(f"https://{HOST}", proxy, is_of_proxy=True)

    assert inspection.startswith(f"openssl s_client -connect {peer} ")
