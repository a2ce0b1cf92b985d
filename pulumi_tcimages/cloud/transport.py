"""Send HTTP requests with the HTTPAdapter of the library requests.

- Proxies come from the module `proxies`. The library requests reads no netrc file or variables, and
  stores no cookies.
- TLS certificates are always verified, and redirects are not followed. The decompressed size of a
  response is limited.
- Every exchange ends at its time limit, even if the server sends data slowly. To make this
  possible, it runs on a thread of its own, and its connection is closed. Name resolution cannot be
  interrupted, but no request is sent after it if the time limit has passed.
- Over plain HTTP, the name `localhost` is only accepted if it resolves to this machine.
- Error messages do not quote exceptions, because these may contain a proxy's password.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple

from pulumi_tcimages.cloud.cancellation import ConnectionWatch
from pulumi_tcimages.cloud.connection_errors import (
    PROXY_REFUSED,
    TransportError,
    describe_failure,
    describe_proxy_refusal,
    refuse_reply,
)
from pulumi_tcimages.cloud.proxies import NetworkEnvironment, Proxy, list_proxy_secrets
from pulumi_tcimages.core import retry
from pulumi_tcimages.resource_limits import THREADS

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

_CONNECT_S = 5.0
_STEP_S = 0.05
_CHUNK = 16 * 1024
_LARGEST = 8 * 1024 * 1024
"""Size limit for a response. 100 images take about 0.1 MiB, and up to 16 responses are read
concurrently.
"""
_POOL = 256
_LENGTH = re.compile(r"[0-9]{1,18}")
_ENCODINGS = ("", "identity", "gzip", "deflate")
"""The supported content encodings. Compressed data is read in chunks, because it may expand to
1,000 times its size.
"""


class Answer(NamedTuple):
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    """The headers by lower-case name."""
    body: bytes
    secrets: tuple[str, ...] = ()
    """The proxy's user and password, to redact in the response."""

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"  # Omits fields that may be secret.


class Transport:
    """Sends requests over reused connections. Thread-safe."""

    def __init__(
        self,
        network_environment: NetworkEnvironment,
        check_cancelled: Callable[[], None],
        unix_s: Callable[[], float] = time.time,
    ) -> None:
        self._unix_s = unix_s
        self._environment = network_environment
        self._check_cancelled = check_cancelled
        self._lock = threading.Lock()
        self._adapter: HTTPAdapter | None = None
        self._is_closed = False

    def send(
        self,
        method: Literal["GET", "POST"],
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        timeout_s: float,
        is_direct: bool = False,
    ) -> Answer:
        """Send a request and return the response.

        Args:
            is_direct: whether to bypass any proxy that the environment sets.

        Raises: TransportError if no complete response arrives in time; ConfigurationError for an
        invalid proxy or CA file; CancelledError.
        """
        self._check_cancelled()
        exchange = _Exchange(
            lambda: self._exchange(method, url, headers, body, timeout_s, is_direct)
        )
        return exchange.result(timeout_s, self._check_cancelled)

    def find_proxy(self, url: str) -> Proxy | None:
        """Return the proxy for a URL, or None for a direct connection."""
        return self._environment.find_proxy(url)

    def close(self) -> None:
        """Close idle connections now, and busy ones after their response. Later requests fail."""
        with self._lock:
            adapter, self._adapter = self._adapter, None
            self._is_closed = True
        if adapter is not None:
            adapter.close()

    def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout_s: float,
        is_direct: bool,
    ) -> Answer:
        adapter = self._open()
        proxies = {} if is_direct else self._environment.choose_proxies(url)
        # Skip the certificates for plain HTTP, because reading a typical file takes 25 ms.
        uses_tls = any(address.startswith("https:") for address in (url, *proxies.values()))
        verify = (uses_tls and self._environment.choose_ca()) or True
        failure: TransportError
        try:
            with adapter.send(
                _prepare(method, url, headers, body),
                stream=True,
                timeout=(min(_CONNECT_S, timeout_s), timeout_s),
                verify=verify,
                proxies=proxies,
            ) as response:
                if response.status_code == PROXY_REFUSED and proxies:
                    proxy = self._environment.find_proxy(url)
                    raise describe_proxy_refusal(PROXY_REFUSED, url, proxy)
                received = {name.lower(): value for name, value in response.headers.items()}
                if response.is_redirect:
                    raise refuse_reply("the reply is a redirect, and those are not followed.")
                _check_framing(response)
                body = _read_body(response, received)
                secrets = tuple(chain.from_iterable(map(list_proxy_secrets, proxies.values())))
                return Answer(response.status_code, received, body, secrets)
        # All exceptions from the requests library are subclasses of OSError or ValueError.
        except (OSError, ValueError) as error:
            proxy = self._environment.find_proxy(url) if proxies else None
            failure = describe_failure(error, url, proxy, self._environment, self._unix_s())
        # Raise outside of `except`: otherwise the error's context would keep the request in memory.
        raise failure

    def _open(self) -> HTTPAdapter:
        """Return the adapter with the connection pool. It is created at the first request.

        A `requests.Session` is not used, because it would also read netrc, store cookies and read
        the bodies of redirects.
        """
        with self._lock:
            if self._is_closed:
                raise TransportError("the client is closed.", retry.UNTRUSTED)
            if self._adapter is None:
                # Importing requests takes 60 ms, and some commands send no request, so the import
                # is here.
                from pulumi_tcimages.cloud.connections import Adapter

                self._adapter = Adapter(pool_maxsize=_POOL, max_retries=0)
            return self._adapter


class _Exchange:
    """Runs an HTTP request on a thread of its own, so that it can be aborted."""

    def __init__(self, work: Callable[[], Answer]) -> None:
        self._work = work
        self._done = threading.Event()
        self._answer: Answer | None = None
        self._error: Exception | None = None
        self._watch = ConnectionWatch()
        try:
            threading.Thread(target=self._run, name="tcimages-exchange", daemon=True).start()
        except RuntimeError:
            raise TransportError(THREADS.problem, fix=THREADS.fix) from None

    def result(self, timeout_s: float, check_cancelled: Callable[[], None]) -> Answer:
        # Check the clock too, because a wait can exceed its timeout if many threads are running.
        ends_s = time.monotonic() + timeout_s
        try:
            while not self._done.wait(min(_STEP_S, ends_s - time.monotonic())):
                check_cancelled()
                if time.monotonic() >= ends_s:
                    raise TransportError("there was no whole reply in time.", is_late=True)
        finally:
            if not self._done.is_set():
                self._watch.close()
        if self._error is not None:
            raise self._error
        assert self._answer is not None  # noqa: S101 - answer or error is set before done
        return self._answer

    def _run(self) -> None:
        self._watch.start()
        try:
            self._answer = self._work()
        except Exception as error:
            self._error = error
        self._watch.release()
        self._done.set()


def _prepare(
    method: str, url: str, headers: Mapping[str, str], body: bytes
) -> requests.PreparedRequest:
    import requests

    sent = {"User-Agent": "pulumi-tcimages", "Accept-Encoding": "gzip", **headers}
    return requests.Request(method, url, headers=sent, data=body or None).prepare()


def _check_framing(response: requests.Response) -> None:
    """Refuse headers that leave the end of the body unclear (RFC 9112, section 6.3).

    `http.client` ignores an invalid length, and would wait until the server closes the connection.
    """
    headers = response.raw.headers
    encodings = headers.getlist("transfer-encoding")
    if encodings:
        if [encoding.strip().lower() for encoding in encodings] != ["chunked"]:
            raise refuse_reply("the reply has a transfer encoding that was not requested.")
        return
    for length in headers.getlist("content-length"):
        # A longer number is beyond all files, and `int` refuses 4,300 digits.
        if not _LENGTH.fullmatch(length.strip()):
            raise refuse_reply("the reply has an invalid Content-Length header.")


def _read_body(response: requests.Response, headers: Mapping[str, str]) -> bytes:
    if headers.get("content-encoding", "").lower() not in _ENCODINGS:
        raise refuse_reply("the reply has a content encoding that was not requested.")
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > _LARGEST:
            largest = f"{_LARGEST // 1024**2} MiB"
            raise refuse_reply(f"the reply is larger than {largest}, unpacked.")
    return bytes(body)
