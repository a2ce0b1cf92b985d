"""Which proxy and which certificate authorities: what the environment says, read on purpose.

    HTTPS_PROXY, HTTP_PROXY, ALL_PROXY   either case; http:// or https:// proxies
    NO_PROXY                             *, host, host:port, .suffix, suffix, address, CIDR network
    REQUESTS_CA_BUNDLE, SSL_CERT_FILE    a file or folder of certificates

This machine itself is never reached through a proxy, and neither are link-local addresses: a proxy
would answer for the machine that it runs on. A suffix
matches whole labels: `tencentcloudapi.com` covers `tione.tencentcloudapi.com`, and not
`nottencentcloudapi.com`.
A proxy's address may hold a user and a password: only its host and port are ever shown.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from pulumi_tcimages.core.placeholders import find_placeholder
from pulumi_tcimages.errors import ConfigurationError

METADATA_HOST = "metadata.tencentyun.com"
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_PEM = b"CERTIFICATE-----"


class NotLocalError(OSError):
    """A name that is reserved for this machine leads to another one."""


class NetworkEnvironment:
    """The environment's say in how a connection is made."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def choose_proxies(self, url: str) -> dict[str, str]:
        """The proxy for a URL by scheme; empty for a direct connection."""
        parts = urlsplit(url)
        _, proxy = self._choose(parts)
        return {parts.scheme: proxy} if proxy else {}

    def name_proxy(self, url: str) -> str:
        """The proxy for a URL, as a user is told of it; empty for a direct connection."""
        variable, proxy = self._choose(urlsplit(url))
        address = urlsplit(proxy).netloc.rpartition("@")[2]
        return f"the proxy {address} ({variable})" if proxy else ""

    def name_exception(self, url: str) -> str:
        """The variable that keeps a URL from a proxy that is set; empty where none does."""
        parts = urlsplit(url)
        _, proxy = self._find(f"{parts.scheme}_proxy", "all_proxy")
        is_exempt = proxy and self._is_direct(parts) and not _is_always_direct(parts)
        return self._find("no_proxy")[0] if is_exempt else ""

    def name_ca(self) -> str:
        """The variable that names the certificates to trust; empty for the usual ones."""
        return self._find(*_CA_VARIABLES)[0]

    def choose_ca(self) -> str:
        """The file or folder of certificates to trust; empty for the usual ones."""
        return self._ca  # looked into once: it may be large, and every request asks

    @cached_property
    def _ca(self) -> str:
        variable, path = self._find(*_CA_VARIABLES)
        if path and not _has_certificates(Path(path)):
            raise ConfigurationError(
                f"there are no certificates in {path} that can be read.",
                source=f"environment {variable}",
                allowed="a file or folder of certificates",
            )
        return path

    def _choose(self, parts: SplitResult) -> tuple[str, str]:
        variable, proxy = self._find(f"{parts.scheme}_proxy", "all_proxy")
        if not proxy or self._is_direct(parts):
            return "", ""
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        if not _is_usable(proxy):
            raise ConfigurationError(
                "this proxy cannot be used.",
                source=f"environment {variable}",
                allowed="an http:// or https:// address",
            )
        return variable, proxy

    def _is_direct(self, parts: SplitResult) -> bool:
        host = (parts.hostname or "").rstrip(".")
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        if _is_always_direct(parts):
            return True
        _, exceptions = self._find("no_proxy")
        entries = (entry.strip().lower() for entry in exceptions.split(","))
        return any(_covers(entry, host, port) for entry in entries if entry)

    def _find(self, *names: str) -> tuple[str, str]:
        for name in names:
            for variable in (name.lower(), name.upper()):
                value = self._environ.get(variable, "").strip()
                held = find_placeholder(value)
                if value and not (held and held.is_blank):
                    return variable, value
        return "", ""


def list_proxy_secrets(proxy: str) -> tuple[str, ...]:
    """Return the texts of a proxy's address that no message may show, in each form that is sent."""
    userinfo = urlsplit(proxy).netloc.rpartition("@")[0]
    if not userinfo:
        return ()
    user, _, password = map(unquote, userinfo.partition(":"))
    pair = f"{user}:{password}"
    header = base64.b64encode(pair.encode("latin-1")).decode()
    # A user without a password is a token.
    return password or user, pair, userinfo, userinfo.partition(":")[2], header


def _is_always_direct(parts: SplitResult) -> bool:
    host = (parts.hostname or "").rstrip(".")
    is_here = is_loopback(host) or host.endswith(".localhost") or host == METADATA_HOST
    return is_here or _is_link_local(host)


def _is_link_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_link_local
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: by its address, for a name may resolve to any."""
    if is_local_name(host):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_local_name(host: str) -> bool:
    """Whether a name is taken for this machine; the transport checks where it leads."""
    return host.lower().rstrip(".") == "localhost"


def _covers(entry: str, host: str, port: int) -> bool:
    if entry == "*" or _is_in(host, entry):
        return True
    name, _, wanted_port = entry.partition(":")
    if wanted_port and wanted_port != str(port):
        return False
    name = name.removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _is_in(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _has_certificates(path: Path) -> bool:
    """Whether it is a folder, or a file that opens and has some; a pipe is neither."""
    try:
        return path.is_dir() or (path.is_file() and _PEM in path.read_bytes())
    except OSError:  # closed to this user, or a name that cannot be one
        return False


def _is_usable(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy)
        unquote(parts.netloc.rpartition("@")[0]).encode("latin-1")  # as they are sent
        is_whole = "@" not in parts.path + parts.query + parts.fragment  # a password with a / or #
        is_http = parts.scheme in ("http", "https")
        return is_whole and is_http and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
