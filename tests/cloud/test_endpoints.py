"""Where a request goes, for every site, region and setting."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cloud.endpoints import (
    Endpoint,
    choose_endpoint,
    choose_metadata_endpoint,
    other_site,
)
from pulumi_tcimages.cloud.settings import read_settings
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.errors import SettingsError


@pytest.fixture
def settings_of(tmp_path):
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
        ("tione", "ap-guangzhou", {"protocol": "http"}, "http://tione.tencentcloudapi.com"),
        ("dlc", None, {"endpoints": {"dlc": "gateway:8443"}}, "https://gateway:8443"),
        ("dlc", None, {"endpoints": {"dlc": "https://gateway:443/"}}, "https://gateway"),
        ("dlc", None, {"endpoints": {"dlc": "HTTPS://Gateway"}}, "https://gateway"),
        ("dlc", None, {"endpoints": {"dlc": "http://127.0.0.1:80"}}, "http://127.0.0.1"),
        ("dlc", None, {"endpoints": {"dlc": "http://localhost:8000"}}, "http://localhost:8000"),
        ("dlc", None, {"endpoints": {"dlc": "http://[::1]:8000"}}, "http://[::1]:8000"),
        ("dlc", None, {"endpoints": {"dlc": "http://gateway"}, "protocol": "http"}, "http://gateway"),
        ("dlc", None, {"endpoints": {"dlc": "gateway"}, "protocol": "http"}, "http://gateway"),
        ("dlc", None, {"endpoints": {"dlc": "https://gw"}, "protocol": "http"}, "https://gw"),
        ("tione", "x-1", {"site": "intl", "endpoints": {"tione": "own"}}, "https://own"),
    ],
)  # fmt: skip
def test_an_address_follows_from_site_region_and_settings(
    settings_of, service, region, configuration, url
):
    endpoint = choose_endpoint(settings_of(**configuration), service, region)

    source = f"configuration tcimages:endpoints.{service}" if "endpoints" in configuration else ""
    assert endpoint == Endpoint(url, url.partition("://")[2], source)


@pytest.mark.parametrize(
    ("environ", "advice"),
    [
        ({}, "check the network and the proxy between here and the endpoint."),
        (
            {"TCIMAGES_ENDPOINT_DLC": "http://127.0.0.1:9"},
            "check that the address, from environment TCIMAGES_ENDPOINT_DLC, is right and up; then "
            "the network and the proxy.",
        ),
    ],
    ids=["the-vendors", "configured"],
)
def test_where_nothing_answers_an_address_of_ones_own_is_looked_at_first(
    settings_of, environ, advice
):
    assert choose_endpoint(settings_of(environ), "dlc", None).advice == advice


def test_the_environment_has_a_say(settings_of):
    settings = settings_of({"TCIMAGES_ENDPOINT_DLC": "http://127.0.0.1:9"})
    assert choose_endpoint(settings, "dlc", None).url == "http://127.0.0.1:9"

    settings = settings_of({"TENCENTCLOUD_DOMAIN": "internal.tencentcloudapi.com"})
    assert choose_endpoint(settings, "dlc", None).host == "dlc.internal.tencentcloudapi.com"


def test_a_domain_with_a_path_is_refused(settings_of):
    with pytest.raises(SettingsError) as caught:
        choose_endpoint(settings_of({"TENCENTCLOUD_DOMAIN": "a/b"}), "dlc", None)

    assert caught.value.source == "environment TENCENTCLOUD_DOMAIN"


@pytest.mark.parametrize(
    "place", ["http://gateway.example.com", "http://10.0.0.1:80", "http://127.0.0.1.example.com"]
)
def test_plain_http_goes_to_this_machine_only(settings_of, place):
    with pytest.raises(SettingsError) as caught:
        choose_endpoint(settings_of(endpoints={"tione": place}), "tione", None)

    assert caught.value.text("getPlatformImages") == (
        "getPlatformImages: the configuration does not work.\n"
        "Problem  plain http goes to this machine only.\n"
        "Key      tcimages:endpoints.tione\n"
        "From     configuration tcimages:endpoints.tione\n"
        "Allowed  an https URL or a loopback address, unless tcimages:protocol is\n"
        "         http\n"
        "Next     use https, or set tcimages:protocol to http if that gateway is\n"
        "         yours."
    )


@pytest.mark.parametrize(
    ("environ", "configuration"),
    [({}, {"site": "intl"}), ({"TENCENTCLOUD_DOMAIN": "intl.tencentcloudapi.com"}, {})],
)
def test_the_international_site_has_no_tione_and_says_so(settings_of, environ, configuration):
    settings = settings_of(environ, **configuration)

    with pytest.raises(SettingsError) as caught:
        choose_endpoint(settings, "tione", "ap-singapore")

    assert "no TIONE platform images" in caught.value.problem
    assert other_site(settings) == "china"


def test_the_metadata_service_is_where_it_always_is_or_where_the_settings_say(settings_of):
    assert choose_metadata_endpoint(settings_of()).url == "http://metadata.tencentyun.com"
    settings = settings_of({"TCIMAGES_ENDPOINT_METADATA": "127.0.0.1:8000"})
    assert choose_metadata_endpoint(settings).url == "http://127.0.0.1:8000"
