"""An exchange that is late or cancelled leaves no thread and no connection behind."""

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
from tests.cloud.exchange import OK, failure, post
from tests.cloud.faulty_server import Misbehaving, Peer, read_request
from tests.timeouts import PATIENCE_S, wait_until

# CPython leaves a TLS socket to the garbage collector if its connection ends before the handshake.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True, scope="module")
def requests_is_imported() -> None:
    """Or the first exchange would be late before it has connected."""
    importlib.import_module("pulumi_tcimages.cloud.connections")


def exchanges() -> set[threading.Thread]:
    return {item for item in threading.enumerate() if item.name == "tcimages-exchange"}


class Endless:
    """Sends a beginning and then the same piece until the other side closes."""

    def __init__(self, beginning: bytes, piece: bytes) -> None:
        self.beginning, self.piece = beginning, piece
        self._is_met = threading.Event()
        self._is_closed = threading.Event()

    def is_over(self) -> bool:
        """Whether the other side has closed, or was late before it had connected."""
        return self._is_closed.is_set() or not self._is_met.is_set()

    def __call__(self, peer: Peer) -> None:
        self._is_met.set()
        try:
            peer.connection.sendall(self.beginning)
            while not peer.stopping.wait(0.005):
                peer.connection.sendall(self.piece)
        except OSError:
            self._is_closed.set()


ENDLESS = {
    "a body that drips": (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", b"x"),
    "a head that drips": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "100 Continue for ever": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a chunk's size that drips": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"x"),
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
def test_a_late_exchange_closes_its_connection_and_ends_its_thread(transport_of, name):
    before = exchanges()
    endless = Endless(*ENDLESS[name])
    with Misbehaving(endless) as server:
        error = failure(transport_of(), server.url, timeout_s=0.2)
        assert wait_until(lambda: exchanges() <= before)
        assert wait_until(endless.is_over)

    assert error.is_late


def test_a_tls_handshake_that_drips_is_closed_when_it_is_late(transport_of):
    before = exchanges()
    # A record of a handshake that announces far more bytes than come.
    endless = Endless(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03", b"\x00")
    with Misbehaving(endless) as server:
        failure(transport_of(), server.url.replace("http:", "https:"), timeout_s=0.2)
        assert wait_until(lambda: exchanges() <= before)
        assert wait_until(endless.is_over)


def test_a_proxy_that_drips_is_closed_when_it_is_late(transport_of):
    before = exchanges()
    endless = Endless(b"HTTP/1.1 200 OK\r\nX: ", b"x")
    with Misbehaving(endless) as proxy:
        transport = transport_of({"HTTPS_PROXY": proxy.url})
        failure(transport, "https://tione.tencentcloudapi.com", timeout_s=0.2)
        assert wait_until(lambda: exchanges() <= before)
        assert wait_until(endless.is_over)


def test_a_connection_that_is_used_again_is_closed_when_it_is_late(transport_of):
    endless = Endless(*ENDLESS["a head that drips"])

    def answer_once(peer: Peer) -> None:
        peer.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        if read_request(peer.connection):  # a reply before it would end the connection's use
            endless(peer)

    before = exchanges()
    with Misbehaving(answer_once) as server:
        transport = transport_of()
        post(transport, server.url)
        failure(transport, server.url, timeout_s=0.2)
        assert wait_until(lambda: exchanges() <= before)


def test_a_cancelled_exchange_is_closed_at_once(transport_of):
    def check() -> None:
        if server.requests:
            raise CancelledError

    before = exchanges()
    endless = Endless(*ENDLESS["a body that drips"])
    with Misbehaving(endless) as server:
        with pytest.raises(CancelledError):
            post(transport_of(check_cancelled=check), server.url, timeout_s=60)
        assert wait_until(lambda: exchanges() <= before)


def test_a_name_that_resolves_too_late_is_not_connected_to(transport_of, monkeypatch):
    is_late = threading.Event()
    resolve = socket.getaddrinfo

    def resolve_late(*arguments: object, **options: object) -> object:
        is_late.wait(PATIENCE_S)
        return resolve(*arguments, **options)

    before = exchanges()
    with Misbehaving(OK) as server:
        monkeypatch.setattr(socket, "getaddrinfo", resolve_late)
        failure(transport_of(), server.url, timeout_s=0.1)
        is_late.set()
        assert wait_until(lambda: exchanges() <= before)

    assert server.requests == []


@contextlib.contextmanager
def no_more_files():
    """This process may not open another file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        os.close(free)


@pytest.mark.parametrize("host", ["127.0.0.1", "tione.tencentcloudapi.com"])
def test_the_limit_of_open_files_is_named_where_it_is_the_reason(transport_of, host):
    transport = transport_of()
    with Misbehaving(OK) as server:
        post(transport, server.url)  # imports what it needs
    with no_more_files(), pytest.raises(TransportError) as caught:
        post(transport, f"http://{host}:{server.port}")

    assert caught.value.problem == "this process has as many files and connections open as it may."
    assert "ulimit -n" in caught.value.fix
    assert caught.value.remedy == retry.NETWORK


def test_the_limit_of_threads_is_named_where_it_is_the_reason(transport_of, monkeypatch):
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)

    with pytest.raises(TransportError) as caught:
        post(transport_of(), "http://127.0.0.1:1")

    assert caught.value.problem == "this process cannot start another thread: it has too many."


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST"])
@pytest.mark.parametrize("address", ["127.0.0.1", "another"])
def test_a_local_name_is_only_ever_this_machine(transport_of, monkeypatch, host, address):
    resolve = socket.getaddrinfo
    with Misbehaving(OK) as server:
        there = socket.create_server((find_other_address(), 0)) if address == "another" else None
        port = there.getsockname()[1] if there else server.port
        place = there.getsockname()[0] if there else address
        monkeypatch.setattr(socket, "getaddrinfo", lambda _, *more: resolve(place, *more))
        if there is None:
            assert post(transport_of(), f"http://{host}:{port}").status == 200
            return
        with there:
            error = failure(transport_of(), f"http://{host}:{port}")
            there.settimeout(PATIENCE_S)
            connection, _ = there.accept()
            with connection:
                assert connection.recv(100) == b""  # nothing was sent

    assert error.problem == ("the endpoint is localhost, and that name leads to another machine.")


def find_other_address() -> str:
    """An address of this machine that is none of its loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has only its loopback address")
        return str(probe.getsockname()[0])
