"""Where a request goes: the configured address, or the vendor's for site and region.

    china      {service}.tencentcloudapi.com
    intl       {service}.intl.tencentcloudapi.com
    finance    {service}.{region}.tencentcloudapi.com   (regions that end in -fsi)

Plain http goes to this machine only, unless `protocol` says http.

Source: the vendor's pages on common parameters, and its published clients.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from pulumi_tcimages.cloud.profiles import ROOT
from pulumi_tcimages.cloud.proxies import METADATA_HOST, is_loopback
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.errors import SettingsError

_DOMAIN = "TENCENTCLOUD_DOMAIN"
_FINANCE = "-fsi"
METADATA = f"http://{METADATA_HOST}"


class Endpoint(NamedTuple):
    """An address."""

    url: str
    host: str
    """As the server sees it: with the port if it is not the usual one."""
    source: str = ""
    """Where it is configured; empty for the vendor's own address."""

    @property
    def advice(self) -> str:
        """What to look at when nothing answers there."""
        if not self.source:
            return "check the network and the proxy between here and the endpoint."
        return (
            f"check that the address, from {self.source}, is right and up; then the network and "
            "the proxy."
        )


def choose_endpoint(settings: Settings, service: str, region: str | None) -> Endpoint:
    """The address for one service.

    Errors: SettingsError for plain http to somewhere else, and for TIONE on the international
    site, which does not offer the platform images there.
    """
    protocol = settings.get("protocol")
    found = settings.find(f"endpoints.{service}")
    if found is None:
        return _read_endpoint(f"{protocol}://{_vendor_host(settings, service, region)}")
    text = found.value if "://" in found.value else f"{protocol}://{found.value}"
    endpoint = _read_endpoint(text, found.source)
    host = urlsplit(text).hostname or ""
    if endpoint.url.startswith("http://") and protocol != "http" and not is_loopback(host):
        raise SettingsError(
            "plain http goes to this machine only.",
            key=f"endpoints.{service}",
            source=found.source,
            allowed="an https URL or a loopback address, unless tcimages:protocol is http",
            fix="use https, or set tcimages:protocol to http if that gateway is yours.",
        )
    return endpoint


def choose_metadata_endpoint(settings: Settings) -> Endpoint:
    """The address of the CVM metadata service; it is link-local and speaks plain http."""
    text = settings.get("endpoints.metadata") or METADATA
    return _read_endpoint(text if "://" in text else f"http://{text}")


def other_site(settings: Settings) -> str:
    """The site whose keys do not work here."""
    return "china" if _is_international(settings) else "intl"


def _vendor_host(settings: Settings, service: str, region: str | None) -> str:
    international = _is_international(settings)
    if service == "tione" and international:
        raise SettingsError(
            "the international site has no TIONE platform images: they exist on the China site.",
            key="site",
            source=settings.source_of("site"),
            fix="use keys of the China site with tcimages:site china, or set "
            "tcimages:endpoints.tione to an address that offers them.",
        )
    if domain := settings.environ.get(_DOMAIN, "").strip():
        host = f"{service}.{domain}"
        read_configuration({"endpoints": {service: host}}, f"environment {_DOMAIN}")
        return host
    if region and region.endswith(_FINANCE):
        return f"{service}.{region}.{ROOT}"
    return f"{service}.intl.{ROOT}" if international else f"{service}.{ROOT}"


def _is_international(settings: Settings) -> bool:
    if settings.configured("site"):
        return bool(settings.get("site") == "intl")
    return settings.environ.get(_DOMAIN, "").strip().startswith("intl.")


def _read_endpoint(url: str, source: str = "") -> Endpoint:
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = parts.netloc if parts.port != usual else parts.netloc.rpartition(":")[0]
    return Endpoint(f"{parts.scheme}://{host}", host, source)
