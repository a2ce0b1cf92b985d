"""Choose the endpoint of a request: the configured URL, or Tencent Cloud's for the site and region.

    china      {service}.tencentcloudapi.com
    intl       {service}.intl.tencentcloudapi.com
    finance    {service}.{region}.tencentcloudapi.com   (regions that end in -fsi)
    domain     {service}.{TENCENTCLOUD_DOMAIN}, unless the configured site overrides it

Plain HTTP is allowed to this machine, and to other hosts only if `protocol` is http. It is never
used for Tencent Cloud's own hosts.

Source: Tencent Cloud's documentation of common parameters, and its SDKs.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from pulumi_tcimages.advice import Advice, Command, SettingChange
from pulumi_tcimages.cloud.profiles import ROOT, is_intl_host, is_vendor_host
from pulumi_tcimages.cloud.proxies import METADATA_HOST, Proxy, is_loopback
from pulumi_tcimages.cloud.settings import DOMAIN_SOURCE, Settings
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.setting_advice import advise_removal_from
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import shell_word
from pulumi_tcimages.sources.source import Source

_INTERNATIONAL = ".intl."
_FINANCE = "-fsi"
METADATA = f"http://{METADATA_HOST}"


class Endpoint(NamedTuple):
    """The address of a service."""

    url: str
    host: str
    """The Host header, with the port unless it is the scheme's default."""
    source: str = ""
    """The setting that the URL comes from, or "" for Tencent Cloud's default."""

    @property
    def name(self) -> str:
        """The host name without the port."""
        return urlsplit(self.url).hostname or ""

    def advise_unreached(self, proxy: Proxy | None) -> Advice:
        """Return the advice for an endpoint that does not respond.

        Args:
            proxy: the proxy that the request used, or None.
        """
        test = (
            proxy.advise_test(self.url)
            if proxy
            else self._advise_test("test the address", "--head")
        )
        if self.source:
            then = f"; then check {proxy.name}" if proxy else ""
            return Advice(
                f"check that {self.host}, from {self.source}, is right and that its server "
                f"runs{then}.",
                test,
                self._advise_vendor_address(),
            )
        if proxy:
            return Advice(f"check the network and {proxy.name}, then try again.", test)
        return Advice(
            "check the network, the DNS and the firewall of this machine, then try again.",
            test,
            Command("export HTTPS_PROXY=http://HOST:PORT", "If the network needs a proxy, run:"),
        )

    def advise_wrong_reply(self, proxy: Proxy | None) -> Advice:
        """Return the advice for a response that the API cannot have sent, such as a login page.

        Args:
            proxy: the proxy that the request used, or None.
        """
        advice = "something other than the API answered, for instance a login page"
        source = f", from {self.source}," if self.source else ""
        if proxy:
            address = f"check {proxy.name} and the address {self.host}{source.rstrip(',')}"
            return Advice(f"{advice}: {address}.", proxy.advise_test(self.url))
        test = self._advise_test("see the reply, which should be JSON", "--include")
        if source:
            address = f"check that {self.host}{source} is the address of the API"
            return Advice(f"{advice}: {address}.", test, self._advise_vendor_address())
        return Advice(
            f"{advice} of this network (no proxy is in use). If there is one, log in with a "
            "browser, then try again.",
            test,
        )

    def _advise_test(self, purpose: str, option: str) -> Advice:
        """Return the advice to test the endpoint with curl, without a proxy."""
        url = shell_word(self.url)
        command = f"curl {option} --noproxy '*' --max-time 10 {url}"
        return Advice(Command(command, f"To {purpose}, run:"))

    def _advise_vendor_address(self) -> Advice:
        """Return the advice to remove the setting that overrides Tencent Cloud's default URL."""
        purpose = "To use the vendor's address instead,"
        return advise_removal_from(self.source, "this setting", purpose)


def choose_endpoint(settings: Settings, service: str, region: str | None) -> Endpoint:
    """Return the endpoint of a service.

    Raises: ConfigurationError if the URL uses plain HTTP for a host where it is not allowed.
    """
    setting = settings.find(f"endpoints.{service}")
    if setting is None:
        return _choose_vendor_endpoint(settings, service, region)
    protocol = settings.get("protocol")
    address = setting.value
    text = address if "://" in address else f"{_scheme(protocol, address)}{address}"
    endpoint = _read_endpoint(text, setting.source)
    if not endpoint.url.startswith("http://") or is_loopback(endpoint.name):
        return endpoint
    if is_vendor_host(endpoint.name):
        raise _build_plain_http(service, setting.source, "write https:// before the host.")
    if protocol != "http":
        raise ConfigurationError(
            "plain http goes to this machine only.",
            key=f"endpoints.{service}",
            source=setting.source,
            allowed="an https URL or a loopback address, unless tcimages:protocol is http",
            fix=Advice(
                "write https:// before the host, or, if that gateway is yours, allow http:",
                SettingChange(("protocol",), "http"),
            ),
        )
    return endpoint


def choose_listing_endpoint(settings: Settings, source: Source, region: str | None) -> Endpoint:
    """Return the endpoint of the service that lists a source's images.

    Raises: ConfigurationError if the site does not offer these images, or as for `choose_endpoint`.
    """
    service = source.action.action.service
    is_vendors = settings.find(f"endpoints.{service}") is None
    if is_vendors and is_intl(settings) and "intl" not in source.sites:
        raise ConfigurationError(
            f"the international site has no {source.title}: they exist on the China site.",
            key="site",
            source=settings.source_of("site"),
            fix=Advice("use keys of the China site:", SettingChange(("site",), "china")),
        )
    return choose_endpoint(settings, service, region)


def choose_metadata_endpoint(settings: Settings) -> Endpoint:
    """Return the endpoint of the CVM metadata service. Its default uses plain HTTP.

    Raises: ConfigurationError if the URL uses plain HTTP for one of Tencent Cloud's API hosts.
    """
    setting = settings.find("endpoints.metadata")
    if setting is None:
        return _read_endpoint(METADATA)
    text = setting.value if "://" in setting.value else f"http://{setting.value}"
    endpoint = _read_endpoint(text, setting.source)
    if endpoint.url.startswith("http://") and is_vendor_host(endpoint.name):
        fix = f"leave this setting out; the metadata service is {METADATA}."
        raise _build_plain_http("metadata", setting.source, fix)
    return endpoint


def _build_plain_http(service: str, source: str, fix: str) -> ConfigurationError:
    return ConfigurationError(
        "plain http does not go to the vendor's own hosts, which all speak https.",
        key=f"endpoints.{service}",
        source=source,
        fix=fix,
    )


def advise_other_site(settings: Settings, endpoint: Endpoint) -> Advice:
    """Return the advice to switch between the sites `china` and `intl`, whose accounts are
    separate.
    """
    is_vendors = is_vendor_host(endpoint.name)
    is_international = is_intl_host(endpoint.name) if is_vendors else is_intl(settings)
    other = "china" if is_international else "intl"
    if is_vendors and endpoint.source and endpoint.source != DOMAIN_SOURCE:
        fix = f"for {other}, change the address, which is from {endpoint.source}"
        return Advice(fix)
    decided = f" ({DOMAIN_SOURCE} chose this one)"
    chosen = decided if endpoint.source and is_vendors else ""
    return Advice(f"keys of {other} need{chosen}:", SettingChange(("site",), other))


def is_intl(settings: Settings) -> bool:
    """Return whether the setting `site` is `intl`."""
    return bool(settings.get("site") == "intl")


def _choose_vendor_endpoint(settings: Settings, service: str, region: str | None) -> Endpoint:
    international = is_intl(settings)
    if domain := settings.domain:
        host = f"{service}.{domain.value}"
        read_configuration({"endpoints": {service: host}}, domain.source)
        return _read_endpoint(f"{_scheme(settings.get('protocol'), host)}{host}", domain.source)
    if region and region.endswith(_FINANCE):
        host = f"{service}.{region}.{ROOT}"
    else:
        host = f"{service}{_INTERNATIONAL if international else '.'}{ROOT}"
    return _read_endpoint(f"https://{host}")


def _scheme(protocol: str, host: str) -> str:
    """Return the scheme to add: https for Tencent Cloud's hosts, else the setting `protocol`."""
    return "https://" if is_vendor_host(urlsplit(f"//{host}").hostname or "") else f"{protocol}://"


def _read_endpoint(url: str, source: str = "") -> Endpoint:
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = parts.netloc if parts.port != usual else parts.netloc.rpartition(":")[0]
    return Endpoint(f"{parts.scheme}://{host}", host, source)
