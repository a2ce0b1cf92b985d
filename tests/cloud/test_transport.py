"""HTTP on real sockets: proxies, and everything that must not sneak in."""

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
from tests.cloud.exchange import OK, failure, post
from tests.cloud.faulty_server import Misbehaving, Peer, drip, read_request, reply, silence


def test_an_answer_is_its_status_its_headers_and_its_body(transport_of):
    with Misbehaving(reply(b"abc", "X-Thing: 1", status="418 Teapot")) as server:
        answer = post(transport_of(), server.url)

    assert (answer.status, answer.body, answer.headers["x-thing"]) == (418, b"abc", "1")
    assert "abc" not in repr(answer)


def test_a_request_has_our_headers_and_none_of_the_surroundings(
    transport_of, tmp_path, monkeypatch
):
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login netrc-user password netrc-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with Misbehaving(OK) as server:
        transport = transport_of()
        for _ in range(2):
            post(transport, server.url)

    for request in server.requests:
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
        assert headers == {
            b"Host": f"127.0.0.1:{server.port}".encode(),
            b"User-Agent": b"pulumi-tcimages",
            b"Accept-Encoding": b"gzip",
            b"Content-Length": b"2",
            b"Authorization": b"canary",
        }
        assert body == b"{}"


def test_a_redirect_is_not_followed(transport_of):
    with Misbehaving(OK) as other:
        location = f"Location: {other.url}/"
        with Misbehaving(reply(b"", location, status="307 Elsewhere")) as server:
            error = failure(transport_of(), server.url)

    assert other.requests == []
    assert (error.answered, error.remedy) == (True, retry.UNTRUSTED)


def test_the_body_of_a_redirect_is_not_read(transport_of):
    head = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 1000000000\r\n\r\n"

    def endless(peer: Peer) -> None:
        peer.connection.sendall(head)
        silence(peer)

    with Misbehaving(endless) as server:
        error = failure(transport_of(), server.url, timeout_s=0.3)

    assert (error.answered, error.remedy) == (True, retry.UNTRUSTED)


def test_a_port_where_nobody_listens_refuses(transport_of):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    error = failure(transport_of(), f"http://127.0.0.1:{port}")

    assert error.problem == "the endpoint refused the connection."


def test_a_name_that_does_not_resolve_is_an_error(transport_of, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "canary")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    error = failure(transport_of(), "https://tione.tencentcloudapi.com")

    assert error.problem == "the name tione.tencentcloudapi.com does not resolve."


def test_an_invalid_host_name_is_an_error(transport_of):
    error = failure(transport_of(), f"https://{'a' * 70}.com")

    assert error.problem.startswith("the request failed (")


def test_a_connection_that_is_never_taken_ends_in_time(transport_of):
    # A listener whose queue is full: the next connection is neither taken nor refused.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        with contextlib.ExitStack() as waiting:
            for _ in range(4):
                one = waiting.enter_context(socket.socket())
                one.setblocking(False)
                one.connect_ex(address)
            error = failure(transport_of(), f"http://127.0.0.1:{address[1]}", timeout_s=0.2)

    assert error.remedy == retry.NETWORK


def test_a_proxy_of_the_environment_is_used(transport_of):
    with Misbehaving(OK) as proxy:
        post(transport_of({"HTTP_PROXY": proxy.url}), "http://gateway.example.com:81")

    assert proxy.requests[0].startswith(b"POST http://gateway.example.com:81/ HTTP/1.1\r\n")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_receives_user_and_password_of_its_address(transport_of, scheme):
    with Misbehaving(reply(b"", status="502 Bad")) as proxy:
        environ = {f"{scheme}_proxy": proxy.url.replace("//", "//us%40er:pass@")}
        with contextlib.suppress(TransportError):
            post(transport_of(environ), f"{scheme}://gateway.example.com:81")

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
def test_a_refusal_of_the_proxy_is_an_error_with_its_status(
    transport_of, status, problem, fix, is_final
):
    with Misbehaving(reply(b"", status=status)) as proxy:
        url = proxy.url.replace("//", "//canary:canary@")
        error = failure(transport_of({"HTTPS_PROXY": url}), "https://tione.tencentcloudapi.com")

    assert error.problem.startswith(f"the proxy 127.0.0.1:{proxy.port} (HTTPS_PROXY) {problem}")
    assert fix in error.fix
    assert error.remedy == (retry.UNTRUSTED if is_final else retry.NETWORK)
    assert "canary" not in f"{error.problem} {error.fix}"
    assert proxy.requests[0].startswith(b"CONNECT tione.tencentcloudapi.com:443 HTTP/1.")
    assert b"authorization: canary" not in proxy.requests[0].lower()


def test_a_proxy_that_requires_a_user_is_an_error_with_the_fix(transport_of):
    with Misbehaving(reply(b"", status="407 Who")) as proxy:
        https = failure(transport_of({"HTTPS_PROXY": proxy.url}), "https://example.com")
        http = failure(transport_of({"http_proxy": proxy.url}), "http://example.com")

    assert https.fix == (
        "give a user and a password, and run: export "
        f"HTTPS_PROXY=http://USER:PASSWORD@127.0.0.1:{proxy.port}"
    )
    assert http.fix.endswith(f"run: export http_proxy=http://USER:PASSWORD@127.0.0.1:{proxy.port}")
    assert http.remedy == retry.UNTRUSTED


def test_a_plain_proxy_named_as_https_is_an_error_with_the_address(transport_of):
    with Misbehaving(OK) as proxy:
        url = proxy.url.replace("http:", "https:")
        error = failure(transport_of({"HTTPS_PROXY": url}), "https://example.com")

    assert error.problem.endswith("speaks plain http, and HTTPS_PROXY says https://.")
    assert error.fix == (f"write http:// and run: export HTTPS_PROXY=http://127.0.0.1:{proxy.port}")
    assert error.remedy == retry.UNTRUSTED


def test_a_tls_proxy_named_as_http_is_an_error_with_a_hint(transport_of):
    certificate = trustme.CA().issue_cert("127.0.0.1")
    with Misbehaving(OK, certificate=certificate) as proxy:
        url = proxy.url.replace("https:", "http:")
        error = failure(transport_of({"HTTPS_PROXY": url}), "https://example.com")

    assert error.fix == (
        f"to see whether it speaks TLS, run: openssl s_client -connect 127.0.0.1:{proxy.port} "
        "</dev/null. If that prints a certificate, "
        f"run: export HTTPS_PROXY=https://127.0.0.1:{proxy.port}. "
        "Else ask whoever runs the proxy. If no proxy is needed, run: unset HTTPS_PROXY"
    )


def test_a_proxy_whose_name_does_not_resolve_is_an_error_with_a_place_for_the_right_host(
    transport_of,
):
    proxy = "http://canary:canary@proxy.invalid:3128"
    error = failure(transport_of({"HTTPS_PROXY": proxy}), "https://example.com")

    assert error.problem == (
        "the name of the proxy proxy.invalid:3128 (HTTPS_PROXY) does not resolve."
    )
    assert error.fix == (
        "a company's proxy may have a name only in its own network or VPN: connect to that. To "
        "correct the address, run: export HTTPS_PROXY=http://USER:PASSWORD@HOST:3128. If no "
        "proxy is needed, run: unset HTTPS_PROXY"
    )


def test_a_certificate_behind_a_proxy_is_shown_by_a_command_that_uses_the_proxy():
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code = 62
    environment = NetworkEnvironment({"HTTPS_PROXY": "http://canary:canary@10.0.0.1:3128"})
    url = "https://tione.tencentcloudapi.com"

    described = describe_failure(error, url, environment.find_proxy(url), environment, 0.0)

    assert "check the address in the line Where" in described.fix
    assert described.fix.endswith(
        "run: curl --verbose --insecure --head --max-time 10 https://tione.tencentcloudapi.com "
        "2>&1 | grep -A 6 'Server certificate'"
    )


def test_an_invalid_certificate_of_the_proxy_names_the_proxy(transport_of):
    with Misbehaving(OK, certificate=trustme.CA().issue_cert("127.0.0.1")) as proxy:
        error = failure(transport_of({"HTTPS_PROXY": proxy.url}), "https://example.com")

    assert error.problem.startswith(
        f"the certificate of the proxy 127.0.0.1:{proxy.port} (HTTPS_PROXY) is signed by an unknown"
    )


def test_an_unreachable_proxy_is_an_error(transport_of):
    environ = {"HTTPS_PROXY": "http://canary:canary@127.0.0.1:1"}
    error = failure(transport_of(environ), "https://tione.tencentcloudapi.com")

    assert error.problem == "the proxy 127.0.0.1:1 (HTTPS_PROXY) refused the connection."


def test_being_cancelled_ends_a_wait_for_a_reply_at_once(transport_of):
    cancelled = threading.Event()

    def check() -> None:
        if cancelled.is_set():
            raise CancelledError

    def cancel(peer: Peer) -> None:
        cancelled.set()
        silence(peer)

    with Misbehaving(cancel) as server, pytest.raises(CancelledError):
        post(transport_of(check_cancelled=check), server.url, timeout_s=60)


def test_a_reply_is_waited_for_by_the_clock_however_long_a_look_takes(transport_of):
    looks = []

    def look() -> None:
        looks.append(1)
        time.sleep(0.2)

    transport = transport_of(check_cancelled=look)
    with Misbehaving(drip(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 999)) as server:
        error = failure(transport, server.url, timeout_s=0.2)

    assert (error.problem, error.is_late) == ("there was no whole reply in time.", True)
    assert len(looks) <= 2  # each takes all the time there is


def test_a_cancelled_transport_sends_nothing(transport_of):
    def check() -> None:
        raise CancelledError

    with Misbehaving(OK) as server, pytest.raises(CancelledError):
        post(transport_of(check_cancelled=check), server.url)

    assert server.requests == []


def test_a_closed_transport_sends_nothing(transport_of):
    with Misbehaving(OK) as server:
        transport = transport_of()
        transport.close()
        error = failure(transport, server.url)

    assert (error.problem, server.requests) == ("the client is closed.", [])


def test_one_connection_serves_many_requests(transport_of):
    def serve(peer: Peer) -> None:
        while True:
            peer.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            if not read_request(peer.connection):
                return
            served.append(1)

    served: list[int] = []
    with Misbehaving(serve) as server:
        transport = transport_of()
        for _ in range(3):
            post(transport, server.url)

    assert (len(server.requests), len(served)) == (1, 2)
