"""The worst day, row by row: what happens on the socket, what the user gets, after how many tries.

Every row runs with keys that are canaries: nothing that comes out may hold one of them. No row may
hang, and none may read as "no images".
"""

from __future__ import annotations

import json
import logging
import traceback

import pytest

from pulumi_tcimages.emulator import Emulator, Key
from pulumi_tcimages.errors import TcImagesError
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.cloud.fakes import list_all
from tests.cloud.fault_cases import CANARY, Row
from tests.cloud.fault_cases_of_connections import RAW
from tests.cloud.fault_cases_of_listings import LISTED
from tests.cloud.fault_cases_of_the_cloud import REFUSED
from tests.cloud.faulty_server import Misbehaving
from tests.timeouts import finishes


@pytest.mark.parametrize("row", REFUSED + LISTED, ids=lambda row: row.name)
def test_a_fault_of_the_cloud(row, cloud: Emulator, open_fake, caplog, capfd):
    cloud.keys.add(Key(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"]))
    cloud.faults.add("DescribePlatformImages", *row.steps)
    requests = _run(row, cloud.endpoint, open_fake, caplog, capfd, lambda: _first_pages(cloud))

    assert requests == row.requests


def _first_pages(cloud: Emulator) -> int:
    """Requests for the first page: a listing has others once the first has come."""
    return sum(1 for one in cloud.requests if one.body.get("Offset", 0) == 0)


def _first_pages_of(server: Misbehaving) -> int:
    bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]
    return sum(1 for body in bodies if body["Offset"] == 0)


@pytest.mark.parametrize("row", RAW, ids=lambda row: row.name)
def test_a_fault_on_the_wire(row, open_fake, caplog, capfd):
    with Misbehaving(*row.steps) as server:
        requests = _run(row, server.url, open_fake, caplog, capfd, lambda: _first_pages_of(server))

    assert requests == row.requests


def _run(row, url, open_fake, caplog, capfd, count_requests) -> int:
    """Asks once, and checks everything that came out but the number of requests."""
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    client = open_fake(
        endpoints={"tione": url},
        timeout_seconds=row.timeout_seconds,
        on_message=told.append,
        **CANARY,
    )
    error: TcImagesError | None = None

    images: list[PlatformImage] = []

    def look_up() -> None:
        nonlocal error
        try:
            images.extend(list_all(client).images)
        except TcImagesError as caught:
            error = caught

    assert finishes(look_up)
    assert error or (len(images) == row.images if row.images else images)
    shown = _check(error, row, url) if error else []
    assert type(error) is (row.error or type(None))
    for canary in CANARY.values():
        assert not any(canary in one for one in [*shown, *told, caplog.text, *capfd.readouterr()])
    return count_requests()


def _check(error: TcImagesError, row: Row, url: str) -> list[str]:
    """Compares an error with its row, and returns every text that can be made of it."""
    text = error.text("getPlatformImage")
    words = " ".join(text.split())
    assert row.text in words
    assert f"tione DescribePlatformImages, ap-guangzhou, {url.partition('//')[2]}" in words
    assert error.call.attempts == (row.attempts or row.requests)
    return [text, repr(error), repr(error.__cause__), "".join(traceback.format_exception(error))]


def test_each_row_has_a_name_of_its_own():
    names = [row.name for row in REFUSED + LISTED + RAW]

    assert len(names) == len(set(names))
