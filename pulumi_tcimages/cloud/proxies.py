"""Read the environment variables for proxies and trusted certificates.

    HTTPS_PROXY, HTTP_PROXY, ALL_PROXY   upper or lower case; http:// or https:// proxies
    NO_PROXY                             *, host, host:port, .suffix, suffix, address, CIDR network
    REQUESTS_CA_BUNDLE, SSL_CERT_FILE    a file or folder of certificates

Loopback and link-local addresses are never proxied, because the proxy would connect to its own
machine instead. A suffix in NO_PROXY matches whole labels: `tencentcloudapi.com` covers
`tione.tencentcloudapi.com`, but not `nottencentcloudapi.com`. A proxy URL may contain a user and
password, so messages show only its host and port.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.core.placeholders import find_placeholder
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import shell_word

METADATA_HOST = "metadata.tencentyun.com"
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


class NotLocalError(OSError):
    """The name `localhost` does not resolve to this machine."""


class Proxy(NamedTuple):
    """A proxy without its user and password, and the variable that sets it."""

    scheme: str
    address: str
    variable: str
    has_user: bool
    no_proxy: str = "NO_PROXY"
    """The variable for exceptions from the proxy: `NO_PROXY` or `no_proxy`."""

    @property
    def name(self) -> str:
        """The proxy's name in messages."""
        return f"the proxy {self.address} ({self.variable})"

    @property
    def is_tls(self) -> bool:
        return self.scheme == "https"

    @property
    def peer(self) -> str:
        """The host and the port that requests go to."""
        has_port = urlsplit(f"//{self.address}").port
        return self.address if has_port else f"{self.address}:{443 if self.is_tls else 80}"

    def write_curl(self, options: str, url: str) -> str:
        """Return a curl command that sends a request through the proxy.

        The command does not contain the proxy's URL, because other users of the machine could see
        the password. Instead, curl reads the environment variable. It differs from the client in
        two ways: it reads `http_proxy` only in lower case, and the default port of an HTTP proxy is
        1080 instead of 80.
        """
        curl = f"curl {options} --max-time 10 {shell_word(url)}"
        has_same_port = self.is_tls or self.peer == self.address
        if has_same_port and self.variable != "HTTP_PROXY":
            return curl
        value = f"${self.variable}" if has_same_port else f"${{{self.variable}%/}}:80"
        return f'{self.variable.lower()}="{value}" {curl}'

    def advise_test(self, url: str) -> Advice:
        """Return the advice to test the proxy with curl, or to unset its variable."""
        test = Command(self.write_curl("--head", url), "To test the proxy, run:")
        return Advice(test, self.advise_none())

    def advise_none(self) -> Advice:
        """Return the advice to unset the variable if the machine does not need a proxy."""
        return _advise_none(self.variable)

    def advise_exception(self, host: str, lead: str) -> Advice:
        """Return the advice to exempt a host from the proxy.

        Args:
            lead: the words before the command.
        """
        name = self.no_proxy
        return Advice(Command(f'export {name}="${{{name}:+${name},}}"{shell_word(host)}', lead))

    def advise_address(self, lead: str, scheme: str = "", host: str = "") -> Advice:
        """Return the advice to set the proxy's URL, with a user and password if it has them now.

        Args:
            lead: the words before the command.
            scheme: the correct scheme; by default the proxy's own.
            host: a placeholder for the correct host; by default the proxy's own.
        """
        user = "USER:PASSWORD@" if self.has_user else ""
        old_host = urlsplit(f"//{self.address}").hostname or ""
        address = self.address.replace(old_host, host, 1) if host else self.address
        url = shell_word(f"{scheme or self.scheme}://{user}{address}")
        return Advice(Command(f"export {self.variable}={url}", lead))


def _advise_none(variable: str) -> Advice:
    return Advice(Command(f"unset {variable}", "If no proxy is needed, run:"))


class NetworkEnvironment:
    """The environment variables that affect network connections."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def choose_proxies(self, url: str) -> dict[str, str]:
        """Return the proxy for a URL in the format of requests; empty for a direct connection."""
        parts = urlsplit(url)
        _, proxy = self._choose(parts)
        return {parts.scheme: proxy} if proxy else {}

    def find_proxy(self, url: str) -> Proxy | None:
        """Return the proxy for a URL, or None for a direct connection."""
        variable, proxy = self._choose(urlsplit(url))
        if not proxy:
            return None
        parts = urlsplit(proxy)
        user, _, address = parts.netloc.rpartition("@")
        exceptions = self._find("no_proxy")[0] or "NO_PROXY"
        return Proxy(parts.scheme, address, variable, bool(user), exceptions)

    def name_exception(self, url: str) -> str:
        """Return the variable that exempts a URL from the proxy, such as `NO_PROXY`, or ""."""
        parts = urlsplit(url)
        _, proxy = self._find(f"{parts.scheme}_proxy", "all_proxy")
        is_exempt = proxy and self._is_direct(parts) and not _is_always_direct(parts)
        return self._find("no_proxy")[0] if is_exempt else ""

    def name_ca(self) -> str:
        """Return the variable that sets the trusted certificates, or "" if none is set."""
        return self._find(*_CA_VARIABLES)[0]

    def choose_ca(self) -> str:
        """Return the file or folder of trusted certificates, or "" for the defaults."""
        return self._ca  # Check the certificate file only once, because it may be large.

    @cached_property
    def _ca(self) -> str:
        variable, path = self._find(*_CA_VARIABLES)
        if path:
            from pulumi_tcimages.cloud.certificates import check_authorities

            check_authorities(path, variable)
        return path

    def _choose(self, parts: SplitResult) -> tuple[str, str]:
        variable, proxy = self._find(f"{parts.scheme}_proxy", "all_proxy")
        if not proxy or self._is_direct(parts):
            return "", ""
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        problem, fix = _explain_invalid(proxy, variable)
        if problem:
            user = "USER:PASSWORD@" if "@" in proxy else ""
            address = _find_address(proxy)
            raise ConfigurationError(
                f"{problem.removesuffix('.')} (proxy {address})." if address else problem,
                source=f"environment {variable}",
                allowed="http:// or https://, then HOST:PORT or USER:PASSWORD@HOST:PORT",
                fix=Advice(
                    Command(f"export {variable}=http://{user}HOST:PORT", f"{fix} and run:"),
                    _advise_none(variable),
                ),
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
                placeholder = find_placeholder(value)
                if value and not (placeholder and placeholder.is_blank):
                    return variable, value
        return "", ""


def list_proxy_secrets(proxy: str) -> tuple[str, ...]:
    """Return the user and password in a proxy URL, also decoded and in base64."""
    userinfo = urlsplit(proxy).netloc.rpartition("@")[0]
    if not userinfo:
        return ()
    user, _, password = map(unquote, userinfo.partition(":"))
    pair = f"{user}:{password}"
    header = base64.b64encode(pair.encode("latin-1")).decode()
    # A user name without a password may be a token, so treat it as a secret.
    return password or user, pair, userinfo, userinfo.partition(":")[2], header


def _is_always_direct(parts: SplitResult) -> bool:
    host = (parts.hostname or "").rstrip(".")
    is_here = is_loopback(host) or host.endswith(".localhost") or host == METADATA_HOST
    address = _read_address(host)
    return is_here or (address is not None and address.is_link_local)


def is_loopback(host: str) -> bool:
    """Return whether a host is `localhost` or a loopback address. Other names are not resolved."""
    address = _read_address(host)
    return is_local_name(host) or (address is not None and address.is_loopback)


def _read_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_local_name(host: str) -> bool:
    """Return whether a name is `localhost`. The transport checks the resolved address too."""
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


_SPECIAL = ("/", "?", "#")
_KNOWN_SCHEME = re.compile("socks(?:4a?|5h?)?|ftps?|wss?")
_ADDRESS = re.compile(r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]+)?", re.ASCII)


def _find_address(proxy: str) -> str:
    """Return the host and port in an invalid proxy URL, or "" if they may be part of a password."""
    address = proxy.partition("://")[2].rpartition("@")[2].rstrip("/")
    return address if _ADDRESS.fullmatch(address) else ""


def _name_scheme(scheme: str) -> str:
    """Return a clause that names the URL's scheme, or "" for an unknown scheme.

    In an invalid URL, an unknown word before `://` may be a part of a password.
    """
    known = _KNOWN_SCHEME.fullmatch(scheme.lower())
    return f"the proxy has the scheme {known[0]}, but " if known else ""


def _explain_invalid(proxy: str, variable: str) -> tuple[str, str]:
    """Return the problem with a proxy URL and the fix, without the password. Both are "" for a
    valid URL.
    """
    scheme, _, rest = proxy.partition("://")
    if scheme.lower() not in ("http", "https"):
        return (
            f"{_name_scheme(scheme)}only HTTP proxies are supported.",
            f"give the address of an HTTP proxy in {variable}",
        )
    userinfo = rest.rpartition("@")[0]
    for character in _SPECIAL:
        if character in userinfo:
            problem = f"the user or the password of the proxy has the character {character}"
            return f"{problem}, which ends the host in a URL.", f"write %{ord(character):X} for it"
    try:
        parts = urlsplit(proxy)
        # The library requests encodes the user and password as Latin-1, so reject other characters.
        unquote(userinfo).encode("latin-1")
    except UnicodeEncodeError:
        problem = "the user or the password of the proxy has characters outside Latin-1."
        return problem, "use another password"
    except ValueError:
        return "this is not the address of a proxy.", "check the brackets of the IPv6 address"
    if not parts.hostname:
        return "the address of the proxy has no host.", "write the proxy's host and port"
    try:
        is_port = parts.port != 0
    except ValueError:
        is_port = False
    if not is_port:
        return "the port of the proxy is not a number from 1 to 65535.", "correct the port"
    return "", ""
