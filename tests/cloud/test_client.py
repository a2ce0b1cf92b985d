"""The whole client: shared listings, many simultaneous lookups, regions and keys."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.diagnostics import Where
from pulumi_tcimages.emulator import Assumptions, Emulator, Fault, Key
from pulumi_tcimages.errors import ApiError, ConfigurationError, InvalidResponseError, NetworkError
from tests.cloud.fakes import REGION, build_catalogue, list_all, list_session


def test_listing_has_all_images_the_total_and_the_endpoint(cloud, make_client):
    listing = list_all(make_client(cloud.environment))

    assert [image.image_id for image in listing.images] == [
        row["ImageId"] for row in cloud.catalogue.platform_images(REGION)
    ]
    assert listing.total_count == len(listing.images)
    assert listing.where == Where(REGION, cloud.address)


def test_closed_client_is_garbage_collected(cloud, tmp_path):
    client = open_client(Configuration(), environ=cloud.environment, home=tmp_path)
    list_all(client)
    client.close()
    settings = weakref.ref(client.settings)

    del client
    gc.collect()

    assert settings() is None


def test_session_images_take_one_request(cloud, make_client):
    listing = list_session(make_client(cloud.environment))

    assert [image.spark_image_version for image in listing.images] == [
        "tensorflow-v2.18.0",
        "scikit-learn-v1.6.0",
        "pytorch-v2.5.1",
    ]
    assert listing.total_count == 3
    assert len(cloud.requests) == 1


def test_null_list_of_session_images_is_empty(cloud, make_client):
    assert list_session(make_client(cloud.environment), framework_type="unheard-of").images == ()


def test_filters_and_project_are_sent_unchanged(cloud, make_client):
    range_filter = {"name": "ImageRange", "values": ["Train"], "negative": True, "fuzzy": None}

    list_all(make_client(cloud.environment), ti_project_id="p-1", filters=[range_filter])

    assert cloud.requests[0].body == {
        "TiProjectId": "p-1",
        "Filters": [{"Name": "ImageRange", "Values": ["Train"], "Negative": True}],
        "Offset": 0,
        "Limit": 100,
    }


def test_equal_lookups_share_one_listing(cloud, make_client):
    client = make_client(cloud.environment)
    range_filter = {"name": "ImageRange", "values": ["Train"]}
    for _ in range(3):
        list_all(client)
        list_all(client, ti_project_id="p-1")
        list_all(client, filters=[range_filter])
        list_all(client, region="ap-beijing")
        list_session(client)
        list_session(client, framework_type="python")
        with pytest.raises(ApiError):
            list_session(client, engine="DataEngine-other")

    requests = Counter(
        (request.action, request.body.get("Offset", 0)) for request in cloud.requests
    )

    assert requests["DescribePlatformImages", 0] == 4
    assert requests["DescribeSessionImageVersion", 0] == 1 + 1 + 3


def test_filters_are_equal_in_any_key_order(cloud, make_client):
    client = make_client(cloud.environment)

    list_all(client, filters=[{"name": "ImageId", "values": ["none"]}])
    list_all(client, filters=[{"values": ["none"], "name": "ImageId"}])

    assert len(cloud.requests) == 1


def test_region_comes_from_the_argument_or_the_settings(cloud, make_client):
    client = make_client(cloud.environment)

    assert client.region("ap-tokyo") == "ap-tokyo"
    assert client.region(None) == REGION
    assert make_client().region(None) is None
    with pytest.raises(ConfigurationError):
        list_all(make_client(), region=None)


def test_thousand_simultaneous_lookups_share_one_listing(make_client):
    with Emulator(catalogue=build_catalogue(300)) as cloud:
        client = make_client(cloud.environment)
        with ThreadPoolExecutor(100) as pool:
            listings = list(pool.map(lambda _: list_all(client), range(1000)))

        assert sorted(request.body["Offset"] for request in cloud.requests) == [0, 100, 200, 300]
    assert all(listing == listings[0] for listing in listings)


def test_300_engines_stay_within_the_rate_limit(fake_time, make_client):
    catalogue = build_catalogue(0, engines=300)
    with Emulator(catalogue=catalogue, clock=fake_time.unix_s, requests_per_second=15) as cloud:
        # All threads advance the same fake clock, so a short deadline would pass at once.
        client = make_client(cloud.environment, timeout_seconds=3600)
        with ThreadPoolExecutor(60) as pool:
            listings = list(
                pool.map(
                    lambda number: list_session(client, f"DataEngine-{number:08d}", "python"),
                    range(300),
                )
            )

        arrivals = sorted(request.at_unix_s for request in cloud.requests)
    assert [len(listing.images) for listing in listings] == [1] * 300
    assert len(arrivals) == 300
    assert all(
        later - earlier >= 1 for earlier, later in zip(arrivals, arrivals[15:], strict=False)
    )


def test_failed_page_is_retried_without_the_whole_listing(make_client, fake_time):
    with Emulator(catalogue=build_catalogue(250), clock=fake_time.unix_s) as cloud:
        cloud.faults.add("DescribePlatformImages", Fault(), Fault(status=502), Fault(reset=True))
        listing = list_all(make_client(cloud.environment))

        offsets = sorted(request.body["Offset"] for request in cloud.requests if not request.faulty)

    assert len(listing.images) == 250
    assert offsets == [0, 100, 200]


def test_each_attempt_is_signed_again(cloud, make_client, fake_time):
    # After this wait of several minutes, the first signature would have expired.
    cloud.faults.add("DescribePlatformImages", Fault(status=503))
    client = make_client(cloud.environment, timeout_seconds=3600)
    fake_time.random = lambda: 1500.0

    assert list_all(client).images


def test_listing_that_never_adds_up_is_an_error(cloud, make_client, fake_time):
    slow_fault = Fault(drift=3, before=lambda: fake_time.advance(2))
    cloud.faults.add("DescribePlatformImages", slow_fault, Fault(drift=3, times=99))

    with pytest.raises(InvalidResponseError) as caught:
        list_all(make_client(cloud.environment))

    assert caught.value.text("getPlatformImages") == (
        "getPlatformImages: unexpected response. [invalid-response]\n"
        "Problem  3 listings in a row did not add up: the total says 208, and 205\n"
        "         rows came.\n"
        f"Where    tione DescribePlatformImages, ap-guangzhou, {cloud.address}\n"
        "Sent     3 attempts, 2.0 s\n"
        "Keys     from environment TENCENTCLOUD_SECRET_ID\n"
        "Next     try again; if it stays so, report it with these numbers on\n"
        "         https://github.com/pulumi-tcimages/pulumi-tcimages/issues."
    )


def test_catalogue_that_changes_once_is_listed_again(cloud, make_client):
    cloud.faults.add("DescribePlatformImages", Fault(), Fault(repeat_page=True))

    assert len(list_all(make_client(cloud.environment)).images) == 205


@pytest.mark.parametrize("max_limit", [99, 50, 7])
def test_rejected_large_pages_are_requested_in_smaller_ones(make_client, fake_time, max_limit):
    assumptions = Assumptions(max_limit=max_limit)
    with Emulator(choices=assumptions, clock=fake_time.unix_s) as cloud:
        client = make_client(cloud.environment, timeout_seconds=3600)

        assert len(list_all(client).images) == 205


def test_failed_listing_is_not_cached(cloud, make_client):
    client = make_client(cloud.environment)
    cloud.faults.add("DescribePlatformImages", Fault(code="InvalidAction"))

    with pytest.raises(ApiError):
        list_all(client)

    assert list_all(client).images


def test_closed_client_sends_nothing(cloud, make_client):
    client = make_client(cloud.environment)
    client.close()

    with pytest.raises(NetworkError, match="the client is closed"):
        list_all(client)

    assert len(cloud.requests) == 0


def test_cache_can_be_disabled(cloud, make_client):
    client = make_client(cloud.environment, cache_ttl_seconds=0)

    list_session(client)
    list_session(client)

    assert len(cloud.requests) == 2


def test_permission_error_text(cloud, make_client):
    cloud.keys.deny(cloud.secret_id, "DescribePlatformImages")

    with pytest.raises(ApiError) as caught:
        list_all(make_client(cloud.environment))

    lines = caught.value.text("getPlatformImage").splitlines()
    assert lines[:2] == [
        "getPlatformImage: Tencent Cloud refused the request. [auth]",
        "Code     AuthFailure.UnauthorizedOperation",
    ]
    assert lines[-7:] == [
        f"Where    tione DescribePlatformImages, ap-guangzhou, {cloud.address}",
        "Sent     1 attempt, 0.0 s (this code is not retried)",
        "Keys     from environment TENCENTCLOUD_SECRET_ID",
        f"Request  {cloud.requests[-1].request_id}",
        "Next     ask for the CAM action tione:DescribePlatformImages, or use other",
        "         keys, for example those of a profile of tccli:",
        "           pulumi config set tcimages:profile PROFILE",
    ]


@pytest.mark.parametrize(
    "code", ["ResourceNotFound.DataEngineNotFound", "InvalidParameter.ParameterNotFoundOrBeNone"]
)
def test_not_found_error_for_an_engine_names_the_argument(cloud, make_client, code):
    cloud.faults.add("DescribeSessionImageVersion", Fault(code=code))

    with pytest.raises(ApiError) as caught:
        list_session(make_client(cloud.environment))

    assert str(caught.value.fix).startswith("check `data_engine_id`")


def test_messages_of_the_cloud_are_in_english_by_default(cloud, make_client):
    list_session(make_client(cloud.environment))
    list_session(make_client(cloud.environment, language="zh-CN"))

    assert [request.language for request in cloud.requests] == ["en-US", "zh-CN"]


def test_opening_a_client_reads_no_file_and_sends_nothing(tmp_path):
    folder = tmp_path / ".tccli"
    folder.mkdir()
    (folder / "default.credential").write_text("{broken")
    environ = {"TENCENTCLOUD_PROTOCOL": "gopher", "TENCENTCLOUD_ROLE_ARN": "x"}

    open_client(Configuration(), environ=environ, home=tmp_path).close()


def test_clients_do_not_share_keys(cloud, make_client):
    cloud.keys.add(Key("AKIDother", "other"))

    list_session(make_client(cloud.environment))
    list_session(make_client(cloud.environment, secret_id="AKIDother", secret_key="other"))

    assert [request.secret_id for request in cloud.requests] == [cloud.secret_id, "AKIDother"]


def test_misspelled_region_is_corrected_when_rejected(cloud, make_client):
    with pytest.raises(ApiError) as caught:
        list_all(make_client(cloud.environment), region="ap-guangzou")

    assert str(caught.value.fix) == (
        'did you mean "ap-guangzhou"? Or choose another region in `region`. Known regions, which '
        "may not all have this service, are ap-guangzhou, ap-bangkok, ap-beijing, ap-chengdu, "
        "ap-chongqing, ap-hongkong, ap-jakarta, ap-nanjing and 9 more. "
        "Only accounts of the china site have the platform images of TIONE."
    )
