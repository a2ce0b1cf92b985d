"""Advice about rejected regions and throttled requests names the settings in effect."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import ApiError, ThrottledError
from tests.cloud.fakes import list_all
from tests.next_commands import list_settings


@pytest.mark.parametrize(
    ("place", "source", "settings"),
    [
        (
            "environment",
            "environment TENCENTCLOUD_REGION",
            [("TENCENTCLOUD_REGION", "ap-shanghai")],
        ),
        ("configuration", "configuration tcimages:region", [("region", "ap-shanghai")]),
        ("argument", "`region`", []),
    ],
)
def test_rejected_region_is_changed_where_it_was_set(cloud, make_client, place, source, settings):
    cloud.faults.add("DescribePlatformImages", Fault(code="UnsupportedRegion"))
    environ, configuration, region = cloud.environment, {}, None
    if place == "environment":
        environ = {**environ, "TENCENTCLOUD_REGION": "ap-beijing"}
    elif place == "configuration":
        configuration["region"] = "ap-beijing"
    else:
        region = "ap-beijing"

    with pytest.raises(ApiError) as caught:
        list_all(make_client(environ, **configuration), region=region)

    assert str(caught.value.fix).startswith(
        f"choose another region in {source}. Known regions, which may not all have this service, "
    )
    assert list_settings(caught.value) == settings
    assert (" To use ap-shanghai: " in str(caught.value.fix)) == bool(settings)


@pytest.mark.parametrize(
    ("configuration", "fix", "settings"),
    [
        (
            {"timeout_seconds": 30},
            "run fewer programs of this account at once: ",
            [("timeoutSeconds", "60")],
        ),
        (
            {"max_requests_per_second": 100},
            "send fewer requests: ",
            [("maxRequestsPerSecond", "15")],
        ),
        ({"timeout_seconds": 3600}, "run fewer programs of this account at once: ", []),
    ],
)
def test_throttled_error_names_the_limits_in_effect(
    cloud, make_client, fake_time, configuration, fix, settings
):
    passing_s = configuration.get("timeout_seconds", 60) / 30  # so that few retries are needed
    fault = Fault(
        code="RequestLimitExceeded", before=lambda: fake_time.advance(passing_s), times=9999
    )
    cloud.faults.add("DescribePlatformImages", fault)

    with pytest.raises(ThrottledError) as caught:
        list_all(make_client(cloud.environment, **configuration))

    per_second = configuration.get("max_requests_per_second", 15)
    assert str(caught.value.fix).startswith(fix)
    assert f"this one sends at most {per_second} (maxRequestsPerSecond)" in str(caught.value.fix)
    assert list_settings(caught.value) == settings
