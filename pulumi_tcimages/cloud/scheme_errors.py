"""What a failed connection says about `http://` and `https://`: that the other one is spoken there.

Only for addresses that somebody chose: the vendor's own speak TLS, whatever stands before them.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from pulumi_tcimages.cloud.profiles import ROOT

_NOT_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")
_CUT_OFF = (http.client.BadStatusLine, ConnectionResetError, ConnectionAbortedError)
"""The first is also what an end without a reply is."""


class Mismatch(NamedTuple):
    """What was found out, and what to write instead."""

    problem: str
    """Empty where nothing more is known than before."""
    fix: str
    is_certain: bool


def find_mismatch(reasons: Sequence[BaseException], url: str) -> Mismatch | None:
    """Whether these reasons look like the wrong scheme for this address."""
    parts = urlsplit(url)
    if f".{parts.hostname}".endswith(f".{ROOT}"):
        return None
    if parts.scheme == "https":
        plain = f"http://{parts.netloc}"
        if any(isinstance(one, ssl.SSLError) and one.reason in _NOT_TLS for one in reasons):
            problem = "the endpoint speaks plain http, and was asked for TLS."
            return Mismatch(problem, f"write the endpoint as {plain}", is_certain=True)
        if any(isinstance(one, TimeoutError) and "handshake" in str(one) for one in reasons):
            problem = "the endpoint took the connection, but did not begin TLS in time."
            fix = f"if it speaks plain http, write the endpoint as {plain}"
            return Mismatch(problem, fix, is_certain=False)
    elif any(isinstance(one, _CUT_OFF) for one in reasons):
        fix = f"if it speaks TLS, write the endpoint as https://{parts.netloc}"
        return Mismatch("", fix, is_certain=False)
    return None
