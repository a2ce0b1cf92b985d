"""A late or cancelled exchange leaves no thread and no connection behind."""

from __future__ import annotations

import contextlib
import importlib
import os
import resource
import socket
import threading

import pytest

from pulumi_tcimages.cloud.connection_errors import TransportError
from pulumi_tcimages.core import retry
from pulumi_tcimages.errors import CancelledError
from tests.cloud.exchange import OK, catch_error, post
from tests.cloud.faulty_server import FaultyServer, Peer, read_request
from tests.timeouts import PATIENCE_S, wait_until

# CPython leaves a TLS socket to the garbage collector if the connection ends before its handshake.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True, scope="module")
def import_requests() -> None:
    """Import the requests library first, which would take time of the first exchange."""
    importlib.import_module("pulumi_tcimages.cloud.connections")


def exchange_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "tcimages-exchange"}


class Endless:
    """Sends a beginning, and then the same bytes until the client closes the connection."""

    def __init__(self, beginning: bytes, repeated: bytes) -> None:
        self.beginning, self.repeated = beginning, repeated
        self._is_connected = threading.Event()
        self._is_closed = threading.Event()

    def is_over(self) -> bool:
        """Return whether the client closed the connection, or timed out before connecting."""
        return self._is_closed.is_set() or not self._is_connected.is_set()

    def __call__(self, peer: Peer) -> None:
        self._is_connected.set()
        try:
            peer.connection.sendall(self.beginning)
            while not peer.stopping.wait(0.005):
                peer.connection.sendall(self.repeated)
        except OSError:
            self._is_closed.set()


ENDLESS = {
    "an endless body": (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", b"x"),
    "an endless header": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "endless 100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "an endless chunk extension": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;",
        b"x",
    ),
    "empty chunks of one byte": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\nx\r\n",
    ),
    "trailers that drip": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
        b"x",
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_late_exchange_closes_its_connection_and_ends_its_thread(make_transport, name):
    before = exchange_threads()
    endless = Endless(*ENDLESS[name])
    with FaultyServer(endless) as server:
        error = catch_error(make_transport(), server.url, timeout_s=0.2)
        assert wait_until(lambda: exchange_threads() <= before)
        assert wait_until(endless.is_over)

    assert error.is_late


def test_slow_tls_handshake_is_closed_at_the_deadline(make_transport):
    before = exchange_threads()
    # A handshake record that announces many more bytes than are sent.
    endless = Endless(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03", b"\x00")
    with FaultyServer(endless) as server:
        catch_error(make_transport(), server.url.replace("http:", "https:"), timeout_s=0.2)
        assert wait_until(lambda: exchange_threads() <= before)
        assert wait_until(endless.is_over)


def test_slow_proxy_is_closed_at_the_deadline(make_transport):
    before = exchange_threads()
    endless = Endless(b"HTTP/1.1 200 OK\r\nX: ", b"x")
    with FaultyServer(endless) as proxy:
        transport = make_transport({"HTTPS_PROXY": proxy.url})
        catch_error(transport, "https://tione.tencentcloudapi.com", timeout_s=0.2)
        assert wait_until(lambda: exchange_threads() <= before)
        assert wait_until(endless.is_over)


def test_reused_connection_is_closed_at_the_deadline(make_transport):
    endless = Endless(*ENDLESS["an endless header"])

    def respond_once(peer: Peer) -> None:
        peer.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        # A response without a new request would end the reuse of the connection.
        if read_request(peer.connection):
            endless(peer)

    before = exchange_threads()
    with FaultyServer(respond_once) as server:
        transport = make_transport()
        post(transport, server.url)
        catch_error(transport, server.url, timeout_s=0.2)
        assert wait_until(lambda: exchange_threads() <= before)


def test_cancelled_exchange_is_closed_at_once(make_transport):
    def check() -> None:
        if server.requests:
            raise CancelledError

    before = exchange_threads()
    endless = Endless(*ENDLESS["an endless body"])
    with FaultyServer(endless) as server:
        with pytest.raises(CancelledError):
            post(make_transport(check_cancelled=check), server.url, timeout_s=60)
        assert wait_until(lambda: exchange_threads() <= before)


def test_name_resolved_too_late_is_not_connected(make_transport, monkeypatch):
    has_timed_out = threading.Event()
    getaddrinfo = socket.getaddrinfo

    def resolve_late(*arguments: object, **options: object) -> object:
        has_timed_out.wait(PATIENCE_S)
        return getaddrinfo(*arguments, **options)

    before = exchange_threads()
    with FaultyServer(OK) as server:
        monkeypatch.setattr(socket, "getaddrinfo", resolve_late)
        catch_error(make_transport(), server.url, timeout_s=0.1)
        has_timed_out.set()
        assert wait_until(lambda: exchange_threads() <= before)

    assert server.requests == []


@contextlib.contextmanager
def forbid_open_files():
    """Prevent this process from opening files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free_descriptor = os.open(os.devnull, os.O_RDONLY)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free_descriptor + 1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        os.close(free_descriptor)


@pytest.mark.parametrize("host", ["127.0.0.1", "tione.tencentcloudapi.com"])
def test_limit_of_open_files_is_named(make_transport, host):
    transport = make_transport()
    with FaultyServer(OK) as server:
        post(transport, server.url)  # imports modules, which opens files
    with forbid_open_files(), pytest.raises(TransportError) as caught:
        post(transport, f"http://{host}:{server.port}")

    assert caught.value.problem == "this process has too many open files."
    assert "ulimit -n" in str(caught.value.fix)
    assert caught.value.retry_policy == retry.NETWORK


def test_limit_of_threads_is_named(make_transport, monkeypatch):
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)

    with pytest.raises(TransportError) as caught:
        post(make_transport(), "http://127.0.0.1:1")

    assert caught.value.problem == "this process cannot start another thread."


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST"])
@pytest.mark.parametrize("address", ["127.0.0.1", "another"])
def test_local_name_must_resolve_to_this_machine(make_transport, monkeypatch, host, address):
    getaddrinfo = socket.getaddrinfo
    with FaultyServer(OK) as server:
        other_server = (
            socket.create_server((find_other_address(), 0)) if address == "another" else None
        )
        port = other_server.getsockname()[1] if other_server else server.port
        target = other_server.getsockname()[0] if other_server else address
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda _, *arguments: getaddrinfo(target, *arguments)
        )
        if other_server is None:
            assert post(make_transport(), f"http://{host}:{port}").status == 200
            return
        with other_server:
            error = catch_error(make_transport(), f"http://{host}:{port}")
            other_server.settimeout(PATIENCE_S)
            connection, _ = other_server.accept()
            with connection:
                assert connection.recv(100) == b""  # nothing was sent

    assert error.problem == ("the endpoint is localhost, and that name leads to another machine.")


def find_other_address() -> str:
    """Return an address of this machine outside its loopback network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # selects a local address; sends nothing
        except OSError:
            pytest.skip("this machine has only its loopback address")
        return str(probe.getsockname()[0])
