"""Errors of a machine's proxy, certificates and plugin folder, as the product builds them."""

from __future__ import annotations

import os
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from pulumi_tcimages.cloud.connection_errors import (
    TransportError,
    describe_failure,
    describe_proxy_refusal,
)
from pulumi_tcimages.cloud.endpoints import Endpoint
from pulumi_tcimages.cloud.failed_attempts import build_unreached
from pulumi_tcimages.cloud.proxies import NetworkEnvironment
from pulumi_tcimages.errors import ConfigurationError, NetworkError, TcImagesError
from pulumi_tcimages.sdk import discovery
from tests.error_texts import CALL

HOST = "tione.tencentcloudapi.com"
URL = f"https://{HOST}"
NOW_UNIX_S = 1_700_000_000.0
PROXY = "http://user:password@10.0.0.1:3128"
PROXY_STATUSES = (302, 403, 405, 407, 502)
CERTIFICATE_CODES = {
    "expired": 10,
    "not valid yet": 9,
    "for another host": 62,
    "self-signed": 18,
    "of an unknown issuer": 20,
    "revoked": 23,
    "unverified": 42,
}
"""OpenSSL's X509_V_ERR_* codes."""
WRONG_PROXIES = (
    "socks5://user:password@proxy:1",
    "http://",
    "http://a/b@proxy:1",
    "http://proxy:99999",
)


def build_network_error(error: TransportError, environment: NetworkEnvironment) -> NetworkError:
    """Build the error of a failed last attempt."""
    endpoint = Endpoint(URL, HOST)
    proxy = environment.find_proxy(URL)
    failed = build_unreached(
        error,
        endpoint.advise_unreached(proxy),
        endpoint.advise_wrong_reply(proxy),
        timeout_s=30.0,
        longest_s=30.0,
        deadline_s=60.0,
    )
    attempts = error.retry_policy.tries or 1
    call = CALL._replace(attempts=attempts, elapsed_s=0.3 * attempts, request_id="")
    built = failed.build_error(call)
    assert isinstance(built, NetworkError)
    return built


def describe(error: Exception, environment: NetworkEnvironment) -> NetworkError:
    proxy = environment.find_proxy(URL)
    return build_network_error(
        describe_failure(error, URL, proxy, environment, NOW_UNIX_S), environment
    )


def list_proxy_errors() -> Iterator[tuple[str, TcImagesError]]:
    """Yield an error for each kind of proxy failure."""
    for address in (PROXY, "http://10.0.0.1:3128"):
        environment = NetworkEnvironment({"HTTPS_PROXY": address})
        proxy = environment.find_proxy(URL)
        for status in PROXY_STATUSES:
            failed = describe_proxy_refusal(status, URL, proxy)
            yield f"proxy {address} {status}", build_network_error(failed, environment)
    environment = NetworkEnvironment({"HTTPS_PROXY": PROXY})
    yield "proxy refused", build_unreached_proxy_error()
    named = NetworkEnvironment({"HTTPS_PROXY": "http://proxy.example.com:3128"})
    yield "proxy name", describe(socket.gaierror(), named)
    yield "proxy silent", describe(TimeoutError(), environment)
    yield "proxy cut off", describe(ConnectionResetError(), environment)
    for wrong in WRONG_PROXIES:
        yield (
            f"proxy {wrong}",
            catch_error(NetworkEnvironment({"HTTPS_PROXY": wrong}).find_proxy, URL),
        )


def build_slow_error() -> NetworkError:
    """Return the error for an attempt that the lookup's deadline ended."""
    endpoint = Endpoint(URL, HOST)
    failed = build_unreached(
        describe_failure(TimeoutError(), URL, None, NetworkEnvironment({}), NOW_UNIX_S),
        endpoint.advise_unreached(None),
        endpoint.advise_wrong_reply(None),
        timeout_s=20.0,
        longest_s=30.0,
        deadline_s=20.0,
    )
    built = failed.build_error(CALL._replace(elapsed_s=20.0, request_id=""))
    assert isinstance(built, NetworkError)
    return built


def build_unreached_proxy_error() -> NetworkError:
    return describe(ConnectionRefusedError(), NetworkEnvironment({"HTTPS_PROXY": PROXY}))


def build_certificate_error(code: int, environ: dict[str, str]) -> NetworkError:
    """Return the error for a certificate that OpenSSL rejects with this code."""
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code, error.verify_message = code, "unsupported purpose"
    return describe(error, NetworkEnvironment(environ))


def list_certificate_errors() -> Iterator[tuple[str, TcImagesError]]:
    """Yield an error for each reason to reject a certificate or a CA bundle."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder, "ca.pem")
        bundle.touch()
        yield "an empty bundle", catch_authorities(bundle)
        bundle.write_text("no certificates", encoding="utf-8")
        yield "a bundle of something else", catch_authorities(bundle)
        yield "no bundle", catch_authorities(Path(folder, "missing.pem"))
        yield "an unprepared folder", catch_authorities(Path(folder))
        Path(folder, "9f52ab3c.0").touch()
        for name, code in CERTIFICATE_CODES.items():
            yield f"certificate {name}", build_certificate_error(code, {})
            configured = {"REQUESTS_CA_BUNDLE": folder}
            yield f"certificate {name}, folder", build_certificate_error(code, configured)


def catch_authorities(path: Path) -> TcImagesError:
    return catch_error(NetworkEnvironment({"REQUESTS_CA_BUNDLE": str(path)}).choose_ca)


def catch_error(call: Callable[..., object], *arguments: object) -> ConfigurationError:
    try:
        call(*arguments)
    except ConfigurationError as error:
        return error
    raise AssertionError("there was no error")


@contextmanager
def pulumi_home(home: str) -> Iterator[None]:
    with patch.dict(os.environ, {"PULUMI_HOME": home}):
        os.environ.pop(discovery.OPT_OUT, None)
        yield


def build_open_folder_error() -> ConfigurationError:
    """Return the error for a plugins folder that every user of the machine may write."""
    with tempfile.TemporaryDirectory() as home, pulumi_home(home):
        plugins = Path(home, "plugins")
        plugins.mkdir()
        plugins.chmod(0o777)
        return catch_error(discovery.install_plugin)


def list_plugin_folder_errors() -> Iterator[tuple[str, TcImagesError]]:
    """Yield an error for each reason why the plugin's launcher cannot be written."""
    yield "plugin folder open to all", build_open_folder_error()
    with pulumi_home("relative"):
        yield "plugin folder relative", catch_error(discovery.install_plugin)
    with tempfile.TemporaryDirectory() as home, pulumi_home(home):
        Path(home, "plugins").touch()
        yield "plugin folder is a file", catch_error(discovery.install_plugin)
    with tempfile.TemporaryDirectory() as home, pulumi_home(home):
        launcher = discovery.launcher_path()
        launcher.parent.mkdir(parents=True)
        launcher.write_text("something else", encoding="utf-8")
        yield "launcher of unknown origin", catch_error(discovery.install_plugin)
    read_only = OSError(30, os.strerror(30))
    with (
        tempfile.TemporaryDirectory() as home,
        pulumi_home(home),
        patch.object(os, "open", side_effect=read_only),
    ):
        yield "plugin folder read-only", catch_error(discovery.install_plugin)
