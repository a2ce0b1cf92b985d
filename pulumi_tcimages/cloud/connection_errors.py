"""Explain a failed HTTP exchange: what happened, whether a retry can help, and what to do.

The text of exceptions is never shown, because it may contain a proxy's password.
"""

from __future__ import annotations

import http
import http.client
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.cloud.profiles import is_vendor_host
from pulumi_tcimages.cloud.proxies import NetworkEnvironment, NotLocalError, Proxy
from pulumi_tcimages.core import retry
from pulumi_tcimages.formatting import shell_word
from pulumi_tcimages.resource_limits import find_file_limit, find_limit

if TYPE_CHECKING:
    from pulumi_tcimages.cloud.certificates import Authorities

PROXY_REFUSED = 407
_Reason = TypeVar("_Reason", bound=BaseException)
_TUNNEL = re.compile(r"Tunnel connection failed: ([0-9]{3})\b")
_CUT_OFF = (http.client.BadStatusLine, ConnectionResetError, ConnectionAbortedError)
_NOT_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")


@dataclass(eq=False)
class TransportError(Exception):
    """An HTTP exchange ended without a usable response.

    Args:
        problem: a sentence about the failure, without secrets.
        answered: whether a response arrived, although it cannot be used.
        is_late: whether the response did not arrive in time.
    """

    problem: str
    retry_policy: retry.RetryPolicy = retry.NETWORK
    fix: str | Advice = ""
    answered: bool = False
    is_late: bool = False


def refuse_reply(problem: str) -> TransportError:
    """Build the error for a response that must not be trusted, such as a redirect."""
    return TransportError(problem, retry.UNTRUSTED, answered=True)


def describe_failure(
    error: Exception,
    url: str,
    proxy: Proxy | None,
    environment: NetworkEnvironment,
    now_unix_s: float,
) -> TransportError:
    """Convert an exception to a TransportError that blames the server or the proxy."""
    reasons = list(_reasons(error))
    # A DNS lookup that fails because of the limit raises an unspecific exception.
    if limit := next(filter(None, map(find_limit, reasons)), None) or find_file_limit():
        return TransportError(limit.problem, fix=limit.fix)
    certificate = _first(reasons, ssl.SSLCertVerificationError)
    if certificate is not None:
        from pulumi_tcimages.cloud.certificates import Peer, explain_certificate_error

        is_of_proxy = proxy is not None and proxy.is_tls and _is_proxy_error(error)
        host = proxy.name if proxy and is_of_proxy else urlsplit(url).hostname or ""
        peer = Peer(
            host,
            address=proxy.variable if proxy and is_of_proxy else "the line Where",
            inspection=write_inspection(url, proxy, is_of_proxy=is_of_proxy),
        )
        fault = explain_certificate_error(
            certificate, peer, _find_authorities(environment), now_unix_s
        )
        return TransportError(fault.problem, retry.UNTRUSTED, fault.fix)
    if proxy and (refused := _find_proxy_failure(reasons, url, proxy)):
        return refused
    failure = _describe(error, reasons, proxy.name if proxy else "the endpoint", url)
    if proxy or failure.retry_policy != retry.NETWORK or failure.answered:
        return failure
    return explain_scheme(reasons, url) or failure


def explain_scheme(reasons: Sequence[BaseException], url: str) -> TransportError | None:
    """Return an error if the URL seems to need https instead of http, or vice versa; else None.

    Tencent Cloud's own hosts always use https, so for them the result is None.
    """
    parts = urlsplit(url)
    if is_vendor_host(parts.hostname or ""):
        return None
    if parts.scheme == "https":
        plain = f"http://{parts.netloc}"
        if _has_no_tls(reasons):
            problem = "the endpoint speaks plain http, but TLS was expected."
            return _refuse_connection(problem, f"write the endpoint as {plain}")
        if any("handshake" in str(reason) for reason in reasons if type(reason) is TimeoutError):
            problem = "the endpoint took the connection, but did not begin TLS in time."
            return TransportError(
                problem, fix=f"if it speaks plain http, write the endpoint as {plain}"
            )
    elif any(isinstance(reason, _CUT_OFF) for reason in reasons):
        return TransportError(
            "the endpoint closed the connection before a reply.",
            fix=f"if it speaks TLS, write the endpoint as https://{parts.netloc}",
        )
    return None


def _has_no_tls(reasons: Sequence[BaseException]) -> bool:
    """Return whether the exceptions show that the server does not use TLS."""
    return any(isinstance(reason, ssl.SSLError) and reason.reason in _NOT_TLS for reason in reasons)


def _find_authorities(environment: NetworkEnvironment) -> Authorities:
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    from pulumi_tcimages.cloud.certificates import Authorities

    if path := environment.choose_ca():
        return Authorities(path, environment.name_ca())
    return Authorities(str(DEFAULT_CA_BUNDLE_PATH))


def write_inspection(url: str, proxy: Proxy | None, *, is_of_proxy: bool) -> str:
    """Return a command that shows a server's certificate, even if it is not trusted."""
    through = f" -proxy {shell_word(proxy.peer)}" if proxy and not is_of_proxy else ""
    if through and proxy and (proxy.has_user or proxy.is_tls):
        # openssl does not support https proxies, and it would need the proxy's password on its
        # command line. So the command uses curl, and hides the output lines with the password.
        curl = proxy.write_curl("--verbose --insecure --head", url)
        return f"{curl} 2>&1 | grep -A 6 'Server certificate'"
    parts = urlsplit(f"//{proxy.peer}" if proxy and is_of_proxy else url)
    host = parts.hostname or ""
    # Omit `-servername` for an IP address, because TLS sends a server name only for host names.
    is_name = not re.fullmatch(r"[0-9.]+|.*:.*", host)
    address = f"[{host}]" if ":" in host else host
    name = f" -servername {shell_word(host)}" if is_name else ""
    peer = shell_word(f"{address}:{parts.port or 443}")
    return f"openssl s_client{through} -connect {peer}{name} </dev/null"


def describe_proxy_refusal(status: int, url: str, proxy: Proxy | None) -> TransportError:
    """Build the error for a proxy that rejected the connection with an HTTP status."""
    assert proxy is not None  # noqa: S101 - only a proxy refuses
    parts = urlsplit(url)
    host = f"{parts.hostname}:{parts.port or {'http': 80, 'https': 443}[parts.scheme]}"
    phrase = http.HTTPStatus(status).phrase if status in set(http.HTTPStatus) else ""
    reply = f"HTTP {status} {phrase}".strip()
    if status == PROXY_REFUSED:
        check = f"check the user and the password in {proxy.variable}"
        lead = check if proxy.has_user else "give a user and a password"
        fix = proxy._replace(has_user=True).advise_address(f"{lead}, and run:")
        return _refuse_connection(f"{proxy.name} asks for a user and a password ({reply}).", fix)
    if 300 <= status < 400:
        problem = f"{proxy.name} answers with a redirect ({reply}), as a login page does."
        login = "log in to the network with a browser."
        return _refuse_connection(problem, Advice(login, proxy.advise_test(url)))
    name = parts.hostname or ""
    exception = proxy.advise_exception(name, "If it can be reached without one, run:")
    allow = Advice(f"have {host} allowed in the proxy.", exception)
    if status in (401, 403, 451):
        return _refuse_connection(f"{proxy.name} forbids a connection to {host} ({reply}).", allow)
    if 400 <= status < 500 and status not in (408, 429):
        problem = f"{proxy.name} refuses a connection to {host} ({reply})."
        check = f"check that {proxy.variable} names an HTTP proxy, and"
        return _refuse_connection(problem, Advice(check, allow))
    problem = f"{proxy.name} cannot connect to {host} ({reply})."
    exception = proxy.advise_exception(name, f"If {host} can be reached without one, run:")
    return TransportError(problem, fix=Advice("ask whoever runs the proxy.", exception))


def _refuse_connection(problem: str, fix: str | Advice) -> TransportError:
    return TransportError(problem, retry.UNTRUSTED, fix)


def _find_proxy_failure(
    reasons: Sequence[BaseException], url: str, proxy: Proxy
) -> TransportError | None:
    for reason in reasons:
        if isinstance(reason, OSError) and (tunnel := _TUNNEL.search(str(reason))):
            return describe_proxy_refusal(int(tunnel[1]), url, proxy)
    if proxy.is_tls and _has_no_tls(reasons):
        problem = f"{proxy.name} speaks plain http, and {proxy.variable} says https://."
        return _refuse_connection(problem, proxy.advise_address("write http:// and run:", "http"))
    if not proxy.is_tls and any(isinstance(reason, _CUT_OFF) for reason in reasons):
        inspection = write_inspection(url, proxy, is_of_proxy=True)
        fix = Advice(
            Command(inspection, "to see whether it speaks TLS, run:"),
            proxy.advise_address("If that prints a certificate, run:", "https"),
            "Else ask whoever runs the proxy.",
            proxy.advise_none(),
        )
        return TransportError(f"{proxy.name} closed the connection before a reply.", fix=fix)
    if _first(reasons, socket.gaierror):
        fix = Advice(
            "a company's proxy may have a name only in its own network or VPN: connect to that.",
            proxy.advise_address("To correct the address, run:", host="HOST"),
            proxy.advise_none(),
        )
        return TransportError(f"the name of {proxy.name} does not resolve.", fix=fix)
    return None


def _is_proxy_error(error: Exception) -> bool:
    import requests

    return isinstance(error, requests.exceptions.ProxyError)


def _describe(
    error: Exception, reasons: list[BaseException], peer: str, url: str
) -> TransportError:
    import requests

    if isinstance(error, requests.exceptions.ContentDecodingError):
        return TransportError("the reply cannot be unpacked.", retry.GARBLED, answered=True)
    if isinstance(error, requests.exceptions.InvalidHeader):
        return refuse_reply("the reply has several Content-Length headers that differ.")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return TransportError("the connection was closed in the middle of a reply.")
    if _first(reasons, NotLocalError):
        problem = "the endpoint is localhost, and that name leads to another machine."
        return TransportError(problem, retry.UNTRUSTED, "write 127.0.0.1 in its place.")
    if _first(reasons, socket.gaierror):
        return TransportError(f"the name {urlsplit(url).hostname} does not resolve.")
    if _first(reasons, ConnectionRefusedError):
        return TransportError(f"{peer} refused the connection.")
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return TransportError(f"{peer} did not take the connection in time.")
    if isinstance(error, requests.exceptions.Timeout) or _first(reasons, TimeoutError):
        return TransportError(f"{peer} did not answer in time.", is_late=True)
    if isinstance(error, requests.exceptions.ProxyError):
        return TransportError(f"{peer} did not let the request through.")
    if isinstance(error, requests.exceptions.SSLError):
        return TransportError("the TLS connection failed.")
    if isinstance(error, requests.exceptions.ConnectionError):
        return TransportError(f"{peer} closed the connection before a reply.")
    return TransportError(f"the request failed ({type(error).__name__}).")


def _reasons(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all exceptions that it wraps, in any of its attributes."""
    seen: set[int] = set()
    pending: list[object] = [error]
    while pending:
        current = pending.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            reason = getattr(current, "reason", None)
            pending += [*current.args, reason, current.__cause__, current.__context__]


def _first(reasons: Sequence[BaseException], kind: type[_Reason]) -> _Reason | None:
    return next((reason for reason in reasons if isinstance(reason, kind)), None)
