"""Reject requests from web pages and requests for host names of other machines.

A web page can make the user's browser send requests to 127.0.0.1 unnoticed. The headers that
browsers add reveal such a request. If the page's own host name resolves to 127.0.0.1 (DNS
rebinding), the Host header reveals it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LOCAL = re.compile(r"(?:localhost|127\.[0-9.]{1,11}|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_VENDOR = re.compile(
    r"[a-z0-9.-]{1,200}\.(?:tencentcloudapi\.com|tencentyun\.com)(?::[0-9]{1,5})?", re.IGNORECASE
)
"""Matches the vendor's host names. A hosts file may map them to the emulator."""


def explain_rejection(headers: Mapping[str, str]) -> str:
    """Return why a request with these headers must be rejected, or "" if it is allowed."""
    if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
        return "web pages may not call the emulator"
    host = headers["host"]
    if not is_local(host) and not _VENDOR.fullmatch(host):
        return "the Host header must be this machine's: use 127.0.0.1 or localhost"
    return ""


def is_local(host: str) -> bool:
    """Return whether a Host header is a name or address of this machine."""
    return _LOCAL.fullmatch(host) is not None
