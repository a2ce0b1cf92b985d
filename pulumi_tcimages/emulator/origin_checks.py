"""Requests that no program on this machine sent: from web pages, or under another host's name.

A web page that the user visits can send requests to 127.0.0.1, with a body and without asking. It
cannot leave out the headers in which the browser says so. A page whose owner lets its own name
point to 127.0.0.1 (DNS rebinding) is given away by the Host header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LOCAL = re.compile(r"(?:localhost|127\.[0-9.]{1,11}|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_VENDOR = re.compile(
    r"[a-z0-9.-]{1,200}\.(?:tencentcloudapi\.com|tencentyun\.com)(?::[0-9]{1,5})?", re.IGNORECASE
)
"""Names that a program may have been led here by, for instance with the hosts file."""


def find_objection(headers: Mapping[str, str]) -> str:
    """Return why a request with these headers is not answered; "" if it is."""
    if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
        return "web pages may not call the emulator"
    host = headers["host"]
    if not is_local(host) and not _VENDOR.fullmatch(host):
        return "the Host header must be this machine's: use 127.0.0.1 or localhost"
    return ""


def is_local(host: str) -> bool:
    """Report whether a Host header names this machine itself."""
    return _LOCAL.fullmatch(host) is not None
