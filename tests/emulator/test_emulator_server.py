"""Sockets and threads: persistent connections, stopping and concurrent callers."""

from __future__ import annotations

import errno
import gc
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_tcimages.emulator import Emulator
from tests.emulator.raw_client import Caller, build_request, read_answer
from tests.timeouts import PATIENCE_S, wait_until

SESSIONS = "DescribeSessionImageVersion"
LISTING = "DescribePlatformImages"
ENGINE = {"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "machine-learning"}


def test_environment_points_to_the_emulator():
    with Emulator() as cloud:
        port = cloud.address.removeprefix("127.0.0.1:")
        endpoint = f"http://127.0.0.1:{port}"
        assert (int(port) > 0, cloud.endpoint) == (True, endpoint)
        assert cloud.environment == {
            "TENCENTCLOUD_SECRET_ID": "AKID" + "EMULATOR" * 4,
            "TENCENTCLOUD_SECRET_KEY": "emulator" * 4,
            "TENCENTCLOUD_REGION": "ap-guangzhou",
            "TCIMAGES_ENDPOINT_DLC": endpoint,
            "TCIMAGES_ENDPOINT_TIONE": endpoint,
            "TCIMAGES_ENDPOINT_STS": endpoint,
            "TCIMAGES_ENDPOINT_METADATA": endpoint,
        }


def test_emulator_can_restart_but_not_start_twice():
    cloud = Emulator()
    with pytest.raises(RuntimeError, match="not running"):
        _ = cloud.address
    cloud.stop()
    for _ in range(2):
        with cloud:
            with pytest.raises(RuntimeError, match="running already"):
                cloud.start()
            assert Caller(cloud).call(LISTING).code == ""


def test_chosen_port_is_free_after_a_stop():
    with Emulator() as first:
        port = int(first.address.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Emulator(port=port).start()
    with Emulator(port=port) as second:
        assert second.address == f"127.0.0.1:{port}"


def test_stop_leaves_no_thread_and_no_socket():
    before = set(threading.enumerate())
    cloud = Emulator().start()
    caller = Caller(cloud)
    connections = [caller.connect() for _ in range(5)]
    connections[0].sendall(b"POST / HTTP/1.1\r\nHo")
    caller.call(LISTING)
    cloud.stop()
    assert not set(threading.enumerate()) - before  # other tests' threads may end in the meantime
    for connection in connections:
        assert connection.recv(1) == b""
        connection.close()
    gc.collect()  # raises a ResourceWarning, which is an error here, if a socket was left open


def test_connection_serves_consecutive_and_pipelined_requests(caller):
    body = b'{"DataEngineId": "DataEngine-b0jt6fvk", "FrameworkType": "machine-learning"}'
    request = build_request("POST", "/", caller.headers(SESSIONS, body), body)
    with caller.connect() as connection:
        for _ in range(3):
            connection.sendall(request)
            assert read_answer(connection).code == ""
        connection.sendall(request * 3)
        wait_until(lambda: len(caller.cloud.requests) == 6)
    assert [entry.answer for entry in caller.cloud.requests] == [""] * 6


def test_connection_closes_if_the_client_requests_it(caller):
    headers = {**caller.headers(LISTING), "connection": "close"}
    with caller.connect() as connection:
        connection.sendall(build_request("POST", "/", headers, b"{}"))
        answer = read_answer(connection)
        assert (answer.headers["Connection"], connection.recv(1)) == ("close", b"")


def test_http_1_0_closes_the_connection(caller):
    request = build_request("POST", "/", caller.headers(LISTING), b"{}")
    with caller.connect() as connection:
        connection.sendall(request.replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        assert read_answer(connection).code == ""
        assert connection.recv(1) == b""


def test_100_continue_is_sent_if_expected(caller):
    headers = {**caller.headers(LISTING), "expect": "100-continue", "content-length": "2"}
    with caller.connect() as connection:
        connection.sendall(build_request("POST", "/", headers))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert read_answer(connection).code == ""


def test_large_body_is_rejected_before_it_is_read(caller):
    headers = {**caller.headers(LISTING), "content-length": str(11 * 1024 * 1024)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    answer = caller.send(f"POST / HTTP/1.1\r\n{lines}\r\n".encode() + b"x" * 300_000)
    assert (answer.code, answer.headers["Connection"]) == ("RequestSizeLimitExceeded", "close")


def test_large_query_is_rejected(caller):
    assert caller.get(LISTING, "Offset=" + "0" * 33_000).code == "RequestSizeLimitExceeded"


def test_chunked_body_is_rejected(caller):
    headers = {**caller.headers(LISTING), "transfer-encoding": "chunked"}
    assert caller.post(headers, b"2\r\n{}\r\n0\r\n\r\n").code == "InvalidRequest"


@pytest.mark.parametrize(
    "raw_bytes",
    [
        b"",
        b"\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        b"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nabc",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000,
    ],
    ids=lambda value: repr(value[:50]),
)
def test_malformed_http_closes_the_connection_without_a_response(caller, raw_bytes):
    with caller.connect() as connection:
        connection.sendall(raw_bytes)
        connection.shutdown(1)
        try:
            assert connection.recv(1) == b""
        except ConnectionResetError:
            assert len(raw_bytes) > 65_536
    assert len(caller.cloud.requests) == 0


def test_tls_handshake_fails_at_once(caller):
    address = ("127.0.0.1", int(caller.cloud.address.rpartition(":")[2]))
    context = ssl.create_default_context()
    with (
        socket.create_connection(address, timeout=PATIENCE_S) as connection,
        pytest.raises(ssl.SSLError, match="WRONG_VERSION_NUMBER"),
    ):
        context.wrap_socket(connection, server_hostname="127.0.0.1")


def test_head_response_has_no_body(caller):
    with caller.connect() as connection:
        headers = {"host": caller.cloud.address, "connection": "close"}
        connection.sendall(build_request("HEAD", "/", headers))
        data = b""
        while chunk := connection.recv(65536):
            data += chunk
    assert data.startswith(b"HTTP/1.1 200 OK\r\n")
    assert data.endswith(b"\r\n\r\n")


def test_latency_delays_every_response():
    with Emulator(latency_s=0.05) as cloud:
        started = time.perf_counter()
        assert Caller(cloud).call(LISTING).code == ""
        assert time.perf_counter() - started >= 0.05


def test_concurrent_requests_are_all_served_and_recorded(caller):
    with ThreadPoolExecutor(32) as pool:
        codes = list(pool.map(lambda _: caller.call(SESSIONS, ENGINE).code, range(300)))
    assert (codes, len(caller.cloud.requests)) == ([""] * 300, 300)


LIST_IMPORTS = """
import sys
import pulumi_tcimages
front = set(sys.modules)
from pulumi_tcimages.emulator import Emulator
with Emulator() as cloud:
    pass
print(*sorted({name.partition(".")[0] for name in sys.modules}
    & {"requests", "pulumi", "grpc", "packaging", "pytest"}))
print(*sorted(name for name in sys.modules.keys() - front if name.startswith("pulumi_tcimages.")
    and not name.startswith(("pulumi_tcimages.emulator", "pulumi_tcimages.core"))
    and name != "pulumi_tcimages.user_files"))
"""


def test_emulator_imports_no_client_code_but_the_signer():
    process = subprocess.run(
        [sys.executable, "-c", LIST_IMPORTS],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (process.stdout, process.stderr) == ("\n\n", "")


def test_emulator_serves_on_after_a_thread_could_not_start(monkeypatch):
    with Emulator() as cloud:
        real_start = threading.Thread.start

        def fail_once(_: threading.Thread) -> None:
            monkeypatch.setattr(threading.Thread, "start", real_start)
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", fail_once)
        host, port = cloud.address.split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as refused:
            assert refused.recv(1) == b""

        assert Caller(cloud).call(SESSIONS, ENGINE).status == 200


def test_emulator_stops_at_the_limit_of_open_files(monkeypatch):
    cloud = Emulator()
    cloud.start()

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as limit:
        limit.setattr(socket, "create_connection", fail)
        stopping = threading.Thread(target=cloud.stop, daemon=True)
        stopping.start()
        stopping.join(PATIENCE_S)

    assert not stopping.is_alive()
