"""The real cloud, with the keys that `tcimages doctor` finds: read-only, and only when asked for.

`TCIMAGES_LIVE=1 pytest tests/live`; with `TCIMAGES_LIVE_ENGINE`, a data engine's id, DLC too. What
is asserted is what no emulator can promise: that the cloud still is as this code takes it to be.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_tcimages.cloud import Client, open_client
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.errors import AuthError
from pulumi_tcimages.lookup import find_image, find_images_in, list_images
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES, PlatformImageQuery
from pulumi_tcimages.sources.session_images import SessionImagesQuery
from tests.caller_environment import ENVIRONMENT, get_variable

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        get_variable("TCIMAGES_LIVE") != "1",
        reason="calls the real cloud, only with TCIMAGES_LIVE=1",
    ),
]


@pytest.fixture
def client() -> Iterator[Client]:
    client = open_client(Configuration(), environ=ENVIRONMENT)
    yield client
    client.close()


def test_the_platform_images_are_whole_and_their_names_are_read(client: Client) -> None:
    images = client.list_images(PLATFORM_IMAGES, region=None).images

    assert len({image.image_id for image in images}) == len(images) > 0
    assert sum(bool(image.components) for image in images) > len(images) / 2
    assert {item for image in images for item in image.image_range} <= {
        "Train", "Inference", "Notebook"
    }  # fmt: skip


def test_an_image_is_found_by_its_id_and_by_the_clouds_own_filter(client: Client) -> None:
    image_id = client.list_images(PLATFORM_IMAGES, region=None).images[-1].image_id
    by_filter = [{"name": "ImageId", "values": [image_id]}]

    for arguments in ({"image_id": image_id}, {"filters": by_filter}):
        query = read_query(PlatformImageQuery, arguments)
        assert find_image(client, query).image.id == image_id


def test_a_wrong_signature_is_refused_as_one() -> None:
    wrong = Configuration(secret_id="AKID" + "x" * 32, secret_key="y" * 32)
    client = open_client(wrong, environ=ENVIRONMENT)

    with pytest.raises(AuthError):
        client.list_images(PLATFORM_IMAGES, region=None)
    client.close()


@pytest.mark.skipif(not get_variable("TCIMAGES_LIVE_ENGINE"), reason="no TCIMAGES_LIVE_ENGINE")
def test_the_session_images_of_an_engine_are_read(client: Client) -> None:
    arguments = {
        "data_engine_id": get_variable("TCIMAGES_LIVE_ENGINE"),
        "framework_type": "machine-learning",
    }
    query = read_query(SessionImagesQuery, arguments)

    images = find_images_in(list_images(client, query), query).images

    assert images
    assert all(image.framework and image.framework_version for image in images)
