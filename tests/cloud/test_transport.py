"""HTTP over real sockets: proxies, and settings of the machine that must not apply."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time

import pytest
import trustme

from pulumi_tcimages.cloud.connection_errors import TransportError, describe_failure
from pulumi_tcimages.cloud.proxies import NetworkEnvironment
from pulumi_tcimages.core import retry
from pulumi_tcimages.errors import CancelledError
from tests.cloud.exchange import OK, catch_error, post
from tests.cloud.faulty_server import FaultyServer, Peer, drip, read_request, reply, silence


def test_response_has_status_headers_and_body(make_transport):
    with FaultyServer(reply(b"abc", "X-Thing: 1", status="418 Teapot")) as server:
        response = post(make_transport(), server.url)

    assert (response.status, response.body, response.headers["x-thing"]) == (418, b"abc", "1")
    assert "abc" not in repr(response)


def test_request_ignores_the_settings_of_the_machine(make_transport, tmp_path, monkeypatch):
    netrc_file = tmp_path / ".netrc"
    netrc_file.write_text("default login netrc-user password netrc-password\n")
    netrc_file.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc_file))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with FaultyServer(OK) as server:
        transport = make_transport()
        for _ in range(2):
            post(transport, server.url)

    for request in server.requests:
        header, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.split(b": ", 1) for line in header.split(b"\r\n")[1:])
        assert headers == {
            b"Host": f"127.0.0.1:{server.port}".encode(),
            b"User-Agent": b"pulumi-tcimages",
            b"Accept-Encoding": b"gzip",
            b"Content-Length": b"2",
            b"Authorization": b"canary",
        }
        assert body == b"{}"


def test_redirect_is_not_followed(make_transport):
    with FaultyServer(OK) as other:
        location = f"Location: {other.url}/"
        with FaultyServer(reply(b"", location, status="307 Elsewhere")) as server:
            error = catch_error(make_transport(), server.url)

    assert other.requests == []
    assert (error.answered, error.retry_policy) == (True, retry.UNTRUSTED)


def test_body_of_a_redirect_is_not_read(make_transport):
    head = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 1000000000\r\n\r\n"

    def respond(peer: Peer) -> None:
        peer.connection.sendall(head)
        silence(peer)

    with FaultyServer(respond) as server:
        error = catch_error(make_transport(), server.url, timeout_s=0.3)

    assert (error.answered, error.retry_policy) == (True, retry.UNTRUSTED)


def test_closed_port_refuses_the_connection(make_transport):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    error = catch_error(make_transport(), f"http://127.0.0.1:{port}")

    assert error.problem == "the endpoint refused the connection."


def test_unresolved_name_is_an_error(make_transport, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "canary")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    error = catch_error(make_transport(), "https://tione.tencentcloudapi.com")

    assert error.problem == "the name tione.tencentcloudapi.com does not resolve."


def test_invalid_host_name_is_an_error(make_transport):
    error = catch_error(make_transport(), f"https://{'a' * 70}.com")

    assert error.problem.startswith("the request failed (")


def test_connection_that_is_never_accepted_times_out(make_transport):
    # The queue of this listener is full, so it neither accepts nor rejects the next connection.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        with contextlib.ExitStack() as stack:
            for _ in range(4):
                client_socket = stack.enter_context(socket.socket())
                client_socket.setblocking(False)
                client_socket.connect_ex(address)
            error = catch_error(make_transport(), f"http://127.0.0.1:{address[1]}", timeout_s=0.2)

    assert error.retry_policy == retry.NETWORK


def test_proxy_of_the_environment_is_used(make_transport):
    with FaultyServer(OK) as proxy:
        post(make_transport({"HTTP_PROXY": proxy.url}), "http://gateway.example.com:81")

    assert proxy.requests[0].startswith(b"POST http://gateway.example.com:81/ HTTP/1.1\r\n")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_receives_user_and_password(make_transport, scheme):
    with FaultyServer(reply(b"", status="502 Bad")) as proxy:
        environ = {f"{scheme}_proxy": proxy.url.replace("//", "//us%40er:pass@")}
        with contextlib.suppress(TransportError):
            post(make_transport(environ), f"{scheme}://gateway.example.com:81")

    assert b"\r\nProxy-Authorization: Basic dXNAZXI6cGFzcw==\r\n" in proxy.requests[0]


@pytest.mark.parametrize(
    ("status", "problem", "fix", "is_final"),
    [
        ("407 Who are you", "asks for a user and a password (HTTP 407", "check the user", True),
        (
            "403 No canary",
            "forbids a connection to tione.tencentcloudapi.com:443",
            "NO_PROXY",
            True,
        ),
        ("302 Found", "answers with a redirect (HTTP 302 Found)", "with a browser", True),
        ("405 Method", "refuses a connection to", "names an HTTP proxy", True),
        ("502 Bad", "cannot connect to tione.tencentcloudapi.com:443", "whoever runs", False),
        ("599 Odd", "cannot connect to tione.tencentcloudapi.com:443 (HTTP 599)", "NO", False),
    ],
)
def test_proxy_error_has_its_status(make_transport, status, problem, fix, is_final):
    with FaultyServer(reply(b"", status=status)) as proxy:
        url = proxy.url.replace("//", "//canary:canary@")
        error = catch_error(
            make_transport({"HTTPS_PROXY": url}), "https://tione.tencentcloudapi.com"
        )

    assert error.problem.startswith(f"the proxy 127.0.0.1:{proxy.port} (HTTPS_PROXY) {problem}")
    assert fix in str(error.fix)
    assert error.retry_policy == (retry.UNTRUSTED if is_final else retry.NETWORK)
    assert "canary" not in f"{error.problem} {str(error.fix)!s}"
    assert proxy.requests[0].startswith(b"CONNECT tione.tencentcloudapi.com:443 HTTP/1.")
    assert b"authorization: canary" not in proxy.requests[0].lower()


def test_proxy_that_requires_a_user_has_a_fix(make_transport):
    with FaultyServer(reply(b"", status="407 Who")) as proxy:
        https = catch_error(make_transport({"HTTPS_PROXY": proxy.url}), "https://example.com")
        http = catch_error(make_transport({"http_proxy": proxy.url}), "http://example.com")

    assert str(https.fix) == (
        "give a user and a password, and run: export "
        f"HTTPS_PROXY=http://USER:PASSWORD@127.0.0.1:{proxy.port}"
    )
    assert str(http.fix).endswith(
        f"run: export http_proxy=http://USER:PASSWORD@127.0.0.1:{proxy.port}"
    )
    assert http.retry_policy == retry.UNTRUSTED


def test_plain_proxy_configured_as_https_shows_the_address(make_transport):
    with FaultyServer(OK) as proxy:
        url = proxy.url.replace("http:", "https:")
        error = catch_error(make_transport({"HTTPS_PROXY": url}), "https://example.com")

    assert error.problem.endswith("speaks plain http, and HTTPS_PROXY says https://.")
    assert str(error.fix) == (
        f"write http:// and run: export HTTPS_PROXY=http://127.0.0.1:{proxy.port}"
    )
    assert error.retry_policy == retry.UNTRUSTED


def test_tls_proxy_configured_as_http_has_a_hint(make_transport):
    certificate = trustme.CA().issue_cert("127.0.0.1")
    with FaultyServer(OK, certificate=certificate) as proxy:
        url = proxy.url.replace("https:", "http:")
        error = catch_error(make_transport({"HTTPS_PROXY": url}), "https://example.com")

    assert str(error.fix) == (
        f"to see whether it speaks TLS, run: openssl s_client -connect 127.0.0.1:{proxy.port} "
        "</dev/null\nIf that prints a certificate, "
        f"run: export HTTPS_PROXY=https://127.0.0.1:{proxy.port}\n"
        "Else ask whoever runs the proxy. If no proxy is needed, run: unset HTTPS_PROXY"
    )


def test_unresolved_proxy_name_is_an_error_with_a_placeholder(
    make_transport,
):
    proxy = "http://canary:canary@proxy.invalid:3128"
    error = catch_error(make_transport({"HTTPS_PROXY": proxy}), "https://example.com")

    assert error.problem == (
        "the name of the proxy proxy.invalid:3128 (HTTPS_PROXY) does not resolve."
    )
    assert str(error.fix) == (
        "a company's proxy may have a name only in its own network or VPN: connect to that. To "
        "correct the address, run: export HTTPS_PROXY=http://USER:PASSWORD@HOST:3128\nIf no "
        "proxy is needed, run: unset HTTPS_PROXY"
    )


def test_certificate_command_uses_the_proxy():
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code = 62
    environment = NetworkEnvironment({"HTTPS_PROXY": "http://canary:canary@10.0.0.1:3128"})
    url = "https://tione.tencentcloudapi.com"

    transport_error = describe_failure(error, url, environment.find_proxy(url), environment, 0.0)

    assert "check the address in the line Where" in str(transport_error.fix)
    assert str(transport_error.fix).endswith(
        "run: curl --verbose --insecure --head --max-time 10 https://tione.tencentcloudapi.com "
        "2>&1 | grep -A 6 'Server certificate'"
    )


def test_invalid_proxy_certificate_names_the_proxy(make_transport):
    with FaultyServer(OK, certificate=trustme.CA().issue_cert("127.0.0.1")) as proxy:
        error = catch_error(make_transport({"HTTPS_PROXY": proxy.url}), "https://example.com")

    assert error.problem.startswith(
        f"the certificate of the proxy 127.0.0.1:{proxy.port} (HTTPS_PROXY) is signed by an unknown"
    )


def test_unreachable_proxy_is_an_error(make_transport):
    environ = {"HTTPS_PROXY": "http://canary:canary@127.0.0.1:1"}
    error = catch_error(make_transport(environ), "https://tione.tencentcloudapi.com")

    assert error.problem == "the proxy 127.0.0.1:1 (HTTPS_PROXY) refused the connection."


def test_cancel_ends_the_wait_for_a_response(make_transport):
    cancelled = threading.Event()

    def check() -> None:
        if cancelled.is_set():
            raise CancelledError

    def cancel(peer: Peer) -> None:
        cancelled.set()
        silence(peer)

    with FaultyServer(cancel) as server, pytest.raises(CancelledError):
        post(make_transport(check_cancelled=check), server.url, timeout_s=60)


def test_slow_cancel_check_does_not_extend_the_timeout(make_transport):
    checks = []

    def check() -> None:
        checks.append(1)
        time.sleep(0.2)

    transport = make_transport(check_cancelled=check)
    with FaultyServer(drip(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 999)) as server:
        error = catch_error(transport, server.url, timeout_s=0.2)

    assert (error.problem, error.is_late) == ("there was no whole reply in time.", True)
    assert len(checks) <= 2  # each check takes the whole timeout


def test_cancelled_transport_sends_nothing(make_transport):
    def check() -> None:
        raise CancelledError

    with FaultyServer(OK) as server, pytest.raises(CancelledError):
        post(make_transport(check_cancelled=check), server.url)

    assert server.requests == []


def test_closed_transport_sends_nothing(make_transport):
    with FaultyServer(OK) as server:
        transport = make_transport()
        transport.close()
        error = catch_error(transport, server.url)

    assert (error.problem, server.requests) == ("the client is closed.", [])


def test_connection_serves_many_requests(make_transport):
    def serve(peer: Peer) -> None:
        while True:
            peer.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            if not read_request(peer.connection):
                return
            served.append(1)

    served: list[int] = []
    with FaultyServer(serve) as server:
        transport = make_transport()
        for _ in range(3):
            post(transport, server.url)

    assert (len(server.requests), len(served)) == (1, 2)
