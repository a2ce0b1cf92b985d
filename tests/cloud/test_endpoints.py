"""The address of a request for every site, region and setting."""

from __future__ import annotations

import pytest

from pulumi_tcimages.advice import Advice, SettingChange
from pulumi_tcimages.cloud.endpoints import (
    Endpoint,
    advise_other_site,
    choose_endpoint,
    choose_listing_endpoint,
    choose_metadata_endpoint,
)
from pulumi_tcimages.cloud.proxies import Proxy
from pulumi_tcimages.cloud.settings import read_settings
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.sources import SOURCES
from tests.cloud.fakes import write_file

INTL = {"TENCENTCLOUD_DOMAIN": "intl.tencentcloudapi.com"}
HTTP = {"TENCENTCLOUD_PROTOCOL": "http"}
OWN = {"TCIMAGES_ENDPOINT_DLC": "own"}


@pytest.fixture
def read_settings_of(tmp_path):
    return lambda environ=None, **configuration: read_settings(
        read_configuration(configuration), environ or {}, tmp_path
    )


@pytest.mark.parametrize(
    ("service", "region", "configuration", "url"),
    [
        ("tione", "ap-guangzhou", {}, "https://tione.tencentcloudapi.com"),
        ("dlc", "ap-tokyo", {"site": "china"}, "https://dlc.tencentcloudapi.com"),
        ("dlc", "ap-tokyo", {"site": "intl"}, "https://dlc.intl.tencentcloudapi.com"),
        ("sts", None, {"site": "intl"}, "https://sts.intl.tencentcloudapi.com"),
        ("tione", "ap-shanghai-fsi", {}, "https://tione.ap-shanghai-fsi.tencentcloudapi.com"),
        ("tione", "ap-guangzhou", {"protocol": "http"}, "https://tione.tencentcloudapi.com"),
        ("dlc", None, {"endpoints": {"dlc": "gateway:8443"}}, "https://gateway:8443"),
        ("dlc", None, {"endpoints": {"dlc": "https://gateway:443/"}}, "https://gateway"),
        ("dlc", None, {"endpoints": {"dlc": "HTTPS://Gateway"}}, "https://gateway"),
        ("dlc", None, {"endpoints": {"dlc": "http://127.0.0.1:80"}}, "http://127.0.0.1"),
        ("dlc", None, {"endpoints": {"dlc": "http://localhost:8000"}}, "http://localhost:8000"),
        ("dlc", None, {"endpoints": {"dlc": "http://[::1]:8000"}}, "http://[::1]:8000"),
        ("dlc", None, {"endpoints": {"dlc": "http://gateway"}, "protocol": "http"}, "http://gateway"),
        ("dlc", None, {"endpoints": {"dlc": "gateway"}, "protocol": "http"}, "http://gateway"),
        ("dlc", None, {"endpoints": {"dlc": "https://gw"}, "protocol": "http"}, "https://gw"),
        ("dlc", None, {"endpoints": {"dlc": "dlc.intl.tencentcloudapi.com"}, "protocol": "http"},
         "https://dlc.intl.tencentcloudapi.com"),
        ("tione", "x-1", {"site": "intl", "endpoints": {"tione": "own"}}, "https://own"),
    ],
)  # fmt: skip
def test_address_follows_site_region_and_settings(
    read_settings_of, service, region, configuration, url
):
    endpoint = choose_endpoint(read_settings_of(**configuration), service, region)

    source = f"configuration tcimages:endpoints.{service}" if "endpoints" in configuration else ""
    assert endpoint == Endpoint(url, url.partition("://")[2], source)


PROXY = Proxy("http", "10.0.0.1:3128", "HTTPS_PROXY", has_user=False)
TEST_DLC = PROXY.advise_test("https://dlc.tencentcloudapi.com")
TEST_CONFIGURED = PROXY.advise_test("http://127.0.0.1:9")
HEAD = "curl --head --noproxy '*' --max-time 10"
INCLUDE = "curl --include --noproxy '*' --max-time 10"
CONFIGURED = {"TCIMAGES_ENDPOINT_DLC": "http://127.0.0.1:9"}
SOURCE = "environment TCIMAGES_ENDPOINT_DLC"
REMOVE = (
    "To use the vendor's address instead, remove this setting; run: unset TCIMAGES_ENDPOINT_DLC"
)


@pytest.mark.parametrize(
    ("environ", "proxy", "advice"),
    [
        (
            {},
            None,
            "check the network, the DNS and the firewall of this machine, then try again. To test "
            f"the address, run: {HEAD} https://dlc.tencentcloudapi.com\nIf the "
            "network needs a proxy, run: export HTTPS_PROXY=http://HOST:PORT",
        ),
        ({}, PROXY, f"check the network and {PROXY.name}, then try again. {TEST_DLC}"),
        (
            CONFIGURED,
            None,
            f"check that 127.0.0.1:9, from {SOURCE}, is right and that its server runs. To test "
            f"the address, run: {HEAD} http://127.0.0.1:9\n{REMOVE}",
        ),
        (
            CONFIGURED,
            PROXY,
            f"check that 127.0.0.1:9, from {SOURCE}, is right and that its server runs; then check "
            f"{PROXY.name}. {TEST_CONFIGURED}\n{REMOVE}",
        ),
    ],
)
def test_unreachable_advice_names_endpoint_and_proxy(read_settings_of, environ, proxy, advice):
    endpoint = choose_endpoint(read_settings_of(environ), "dlc", None)

    assert str(endpoint.advise_unreached(proxy)) == advice


@pytest.mark.parametrize(
    ("environ", "proxy", "expected"),
    [
        (
            {},
            None,
            " of this network (no proxy is in use). If there is one, log in with a browser, then "
            f"try again. To see the reply, which should be JSON, run: {INCLUDE} "
            "https://dlc.tencentcloudapi.com",
        ),
        ({}, PROXY, f": check {PROXY.name} and the address dlc.tencentcloudapi.com. {TEST_DLC}"),
        (
            CONFIGURED,
            None,
            f": check that 127.0.0.1:9, from {SOURCE}, is the address of the API. To see the "
            f"reply, which should be JSON, run: {INCLUDE} http://127.0.0.1:9\n{REMOVE}",
        ),
        (
            CONFIGURED,
            PROXY,
            f": check {PROXY.name} and the address 127.0.0.1:9, from {SOURCE}. {TEST_CONFIGURED}",
        ),
    ],
)
def test_wrong_response_advice_names_endpoint_and_proxy(read_settings_of, environ, proxy, expected):
    endpoint = choose_endpoint(read_settings_of(environ), "dlc", None)

    advice = f"something other than the API answered, for instance a login page{expected}"
    assert str(endpoint.advise_wrong_reply(proxy)) == advice


@pytest.mark.parametrize(
    ("environ", "profile", "configuration", "host", "source"),
    [
        # An explicit address precedes all settings that choose among the vendor's addresses.
        (OWN, "", {"site": "intl"}, "own", "environment TCIMAGES_ENDPOINT_DLC"),
        ({**OWN, **INTL}, "", {}, "own", "environment TCIMAGES_ENDPOINT_DLC"),
        ({}, "own", {"site": "intl"}, "own", "profile ~/.tccli/default.configure"),
        (INTL, "own", {}, "own", "profile ~/.tccli/default.configure"),
        (OWN, "other", {}, "own", "environment TCIMAGES_ENDPOINT_DLC"),
        (INTL, "", {"endpoints": {"dlc": "own"}}, "own", "configuration tcimages:endpoints.dlc"),
        # Among the vendor's addresses, the site precedes the domain, which precedes the profile.
        (INTL, "", {"site": "china"}, "dlc.tencentcloudapi.com", ""),
        ({"TENCENTCLOUD_DOMAIN": "corp.example"}, "", {"site": "china"},
         "dlc.tencentcloudapi.com", ""),
        ({"TENCENTCLOUD_DOMAIN": "tencentcloudapi.com"}, "", {"site": "intl"},
         "dlc.intl.tencentcloudapi.com", ""),
        (INTL, "", {}, "dlc.intl.tencentcloudapi.com", "environment TENCENTCLOUD_DOMAIN"),
        ({"TENCENTCLOUD_DOMAIN": "internal.tencentcloudapi.com"}, "", {},
         "dlc.internal.tencentcloudapi.com", "environment TENCENTCLOUD_DOMAIN"),
        ({"TENCENTCLOUD_DOMAIN": ".INTL.tencentcloudapi.com."}, "", {},
         "dlc.intl.tencentcloudapi.com", "environment TENCENTCLOUD_DOMAIN"),
        ({"TENCENTCLOUD_DOMAIN": "None"}, "", {}, "dlc.tencentcloudapi.com", ""),
        ({"TENCENTCLOUD_DOMAIN": "${DOMAIN}"}, "", {}, "dlc.tencentcloudapi.com", ""),
        ({}, "dlc.intl.tencentcloudapi.com", {"site": "china"}, "dlc.tencentcloudapi.com", ""),
        # An address of the vendor that belongs to the site precedes the site.
        ({}, "dlc.internal.tencentcloudapi.com", {"site": "china"},
         "dlc.internal.tencentcloudapi.com", "profile ~/.tccli/default.configure"),
        ({}, "https://DLC.ap-guangzhou.tencentcloudapi.com", {"site": "china"},
         "dlc.ap-guangzhou.tencentcloudapi.com", "profile ~/.tccli/default.configure"),
        ({}, "dlc.ap-tokyo.intl.tencentcloudapi.com:443", {"site": "intl"},
         "dlc.ap-tokyo.intl.tencentcloudapi.com", "profile ~/.tccli/default.configure"),
        ({}, "dlc.internal.tencentcloudapi.com", {"site": "intl"},
         "dlc.intl.tencentcloudapi.com", ""),
        ({"TENCENTCLOUD_DOMAIN": "internal.tencentcloudapi.com"}, "", {"site": "china"},
         "dlc.internal.tencentcloudapi.com", "environment TENCENTCLOUD_DOMAIN"),
        ({"TENCENTCLOUD_DOMAIN": "internal.tencentcloudapi.com"}, "", {"site": "intl"},
         "dlc.intl.tencentcloudapi.com", ""),
        ({"TENCENTCLOUD_DOMAIN": "internal.tencentcloudapi.com"},
         "dlc.ap-guangzhou.tencentcloudapi.com", {"site": "china"},
         "dlc.internal.tencentcloudapi.com", "environment TENCENTCLOUD_DOMAIN"),
        # The default domain is not a choice.
        ({"TENCENTCLOUD_DOMAIN": "tencentcloudapi.com"}, "", {}, "dlc.tencentcloudapi.com", ""),
        ({"TENCENTCLOUD_DOMAIN": "tencentcloudapi.com"}, "dlc.internal.tencentcloudapi.com", {},
         "dlc.internal.tencentcloudapi.com", "profile ~/.tccli/default.configure"),
        (INTL, "", {"site": "intl"}, "dlc.intl.tencentcloudapi.com", ""),
        (INTL, "dlc.internal.tencentcloudapi.com", {}, "dlc.intl.tencentcloudapi.com",
         "environment TENCENTCLOUD_DOMAIN"),
        ({}, "dlc.intl.tencentcloudapi.com", {}, "dlc.intl.tencentcloudapi.com",
         "profile ~/.tccli/default.configure"),
    ],
)  # fmt: skip
def test_most_explicit_address_is_used(
    read_settings_of, tmp_path, environ, profile, configuration, host, source
):
    write_file(tmp_path, ".tccli/default.configure", {"dlc": {"endpoint": profile}})

    endpoint = choose_endpoint(read_settings_of(environ, **configuration), "dlc", "ap-singapore")

    assert (endpoint.url, endpoint.source.replace(str(tmp_path), "~")) == (
        f"https://{host}",
        source,
    )


@pytest.mark.parametrize("domain", ["tencentcloudapi.com", ".TencentCloudAPI.com."])
@pytest.mark.parametrize("configuration", [{}, {"site": "china"}])
def test_default_domain_does_not_change_a_finance_region(read_settings_of, domain, configuration):
    settings = read_settings_of({"TENCENTCLOUD_DOMAIN": domain}, **configuration)

    assert choose_endpoint(settings, "dlc", "ap-shanghai-fsi") == Endpoint(
        "https://dlc.ap-shanghai-fsi.tencentcloudapi.com",
        "dlc.ap-shanghai-fsi.tencentcloudapi.com",
    )


@pytest.mark.parametrize(
    "default_address",
    ["dlc.tencentcloudapi.com", "https://dlc.tencentcloudapi.com", "DLC.tencentcloudapi.com."],
)
def test_default_address_in_a_profile_is_ignored(read_settings_of, tmp_path, default_address):
    write_file(tmp_path, ".tccli/default.configure", {"dlc": {"endpoint": default_address}})

    assert read_settings_of().find("endpoints.dlc") is None


@pytest.mark.parametrize(
    ("environ", "configuration", "url"),
    [
        (HTTP, {}, "https://dlc.tencentcloudapi.com"),
        (HTTP, {"site": "intl"}, "https://dlc.intl.tencentcloudapi.com"),
        ({**HTTP, **INTL}, {}, "https://dlc.intl.tencentcloudapi.com"),
        ({**HTTP, "TCIMAGES_ENDPOINT_DLC": "dlc.internal.tencentcloudapi.com"}, {},
         "https://dlc.internal.tencentcloudapi.com"),
        ({**HTTP, "TENCENTCLOUD_DOMAIN": "corp.example"}, {}, "http://dlc.corp.example"),
        (HTTP, {"endpoints": {"dlc": "corp.example"}}, "http://corp.example"),
        (HTTP, {"endpoints": {"dlc": "corp.example"}, "protocol": "https"}, "https://corp.example"),
    ],
)  # fmt: skip
def test_plain_http_requires_a_configured_address(read_settings_of, environ, configuration, url):
    assert choose_endpoint(read_settings_of(environ, **configuration), "dlc", None).url == url


def test_plain_http_to_vendor_hosts_is_rejected(read_settings_of):
    address = {"dlc": "http://dlc.tencentcloudapi.com"}

    with pytest.raises(ConfigurationError) as caught:
        choose_endpoint(read_settings_of(endpoints=address, protocol="http"), "dlc", None)

    assert str(caught.value.fix) == "write https:// before the host."


def test_domain_with_a_path_is_rejected(read_settings_of):
    with pytest.raises(ConfigurationError) as caught:
        choose_endpoint(read_settings_of({"TENCENTCLOUD_DOMAIN": "a/b"}), "dlc", None)

    assert caught.value.source == "environment TENCENTCLOUD_DOMAIN"


@pytest.mark.parametrize(
    "address",
    [
        "http://gateway.example.com",
        "http://10.0.0.1:80",
        "http://127.0.0.1.example.com",
        "http://tione.localhost",  # any server may resolve this name
        "http://127.1",
        "http://0.0.0.0",
    ],
)
def test_plain_http_is_limited_to_this_machine(read_settings_of, address):
    with pytest.raises(ConfigurationError) as caught:
        choose_endpoint(read_settings_of(endpoints={"tione": address}), "tione", None)

    assert caught.value.text("getPlatformImages") == (
        "getPlatformImages: configuration error. [configuration]\n"
        "Problem  plain http goes to this machine only.\n"
        "Key      tcimages:endpoints.tione\n"
        "From     configuration tcimages:endpoints.tione\n"
        "Allowed  an https URL or a loopback address, unless tcimages:protocol is\n"
        "         http\n"
        "Next     write https:// before the host, or, if that gateway is yours, allow\n"
        "         http:\n"
        "           pulumi config set tcimages:protocol http"
    )


@pytest.mark.parametrize(
    ("environ", "configuration"),
    [({}, {"site": "intl"}), ({"TENCENTCLOUD_DOMAIN": "intl.tencentcloudapi.com"}, {})],
)
@pytest.mark.parametrize(
    "source",
    [source for source in SOURCES if "intl" not in source.sites],
    ids=lambda source: source.name,
)
def test_international_site_without_tione_is_an_error(
    read_settings_of, environ, configuration, source
):
    settings = read_settings_of(environ, **configuration)

    with pytest.raises(ConfigurationError) as caught:
        choose_listing_endpoint(settings, source, "ap-singapore")

    assert caught.value.problem == (
        f"the international site has no {source.title}: they exist on the China site."
    )
    assert caught.value.source == settings.source_of("site")


@pytest.mark.parametrize(
    ("environ", "configuration", "expected"),
    [
        ({}, {}, ("keys of intl need:", "intl")),
        ({}, {"site": "intl"}, ("keys of china need:", "china")),
        (
            INTL,
            {},
            ("keys of china need (environment TENCENTCLOUD_DOMAIN chose this one):", "china"),
        ),
        ({"TCIMAGES_ENDPOINT_DLC": "http://127.0.0.1:1"}, {}, ("keys of intl need:", "intl")),
        (
            {"TCIMAGES_ENDPOINT_DLC": "dlc.intl.tencentcloudapi.com"},
            {"site": "intl"},
            (
                "for china, change the address, which is from environment TCIMAGES_ENDPOINT_DLC",
                "",
            ),
        ),
    ],
)
def test_other_site_is_that_of_the_used_address(read_settings_of, environ, configuration, expected):
    settings = read_settings_of(environ, **configuration)

    fix, site = expected
    changes = [SettingChange(("site",), site)] if site else []
    advice = advise_other_site(settings, choose_endpoint(settings, "dlc", None))
    assert advice == Advice(fix, *changes)


@pytest.mark.parametrize("address", ["x.tencentcloudapi.com", "http://tione.tencentcloudapi.com"])
def test_plain_http_to_vendor_hosts_is_rejected_for_the_metadata_service(read_settings_of, address):
    with pytest.raises(ConfigurationError, match="plain http does not go") as caught:
        choose_metadata_endpoint(read_settings_of(endpoints={"metadata": address}))

    assert caught.value.key == "endpoints.metadata"
    assert "the metadata service is http://metadata.tencentyun.com" in str(caught.value.fix)


def test_metadata_service_has_a_default_and_a_configured_address(read_settings_of):
    assert choose_metadata_endpoint(read_settings_of()).url == "http://metadata.tencentyun.com"
    settings = read_settings_of({"TCIMAGES_ENDPOINT_METADATA": "127.0.0.1:8000"})
    assert choose_metadata_endpoint(settings).url == "http://127.0.0.1:8000"
