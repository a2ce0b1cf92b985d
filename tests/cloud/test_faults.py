"""The fault table over one listing of each paging style: the fault, the outcome, the requests.

Every row runs with keys that are canaries: nothing that comes out may hold one of them. No row may
hang, and none may read as "no images".
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable

import pytest

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.emulator import Emulator, Key
from pulumi_tcimages.errors import TcImagesError
from tests.cloud.fault_cases import CANARY, Row
from tests.cloud.fault_cases_of_connections import RAW
from tests.cloud.fault_cases_of_listings import build_listed
from tests.cloud.fault_cases_of_replies import build_replies
from tests.cloud.fault_cases_of_the_cloud import REFUSED
from tests.cloud.fault_targets import PLATFORM, TARGETS, Target, is_first_page
from tests.cloud.faulty_server import Misbehaving
from tests.timeouts import finishes


def _pair(rows: Callable[[Target], list[Row]]) -> pytest.MarkDecorator:
    """Parametrize with each target and the rows that can happen to it."""
    pairs = [(target, row) for target in TARGETS for row in rows(target)]
    return pytest.mark.parametrize(
        ("target", "row"),
        [(target, row) for target, row in pairs if row.needs <= target.provides],
        ids=lambda value: getattr(value, "name", str(value)),
    )


@_pair(lambda target: REFUSED + build_listed(target))
def test_a_fault_of_the_cloud(target, row, fake_time, open_fake, caplog, capfd):
    with Emulator(catalogue=target.catalogue, clock=fake_time.unix_s) as cloud:
        cloud.keys.add(Key(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"]))
        cloud.faults.add(target.source.action.action.name, *row.steps)
        _run(target, row, cloud.endpoint, open_fake, caplog, capfd)
        bodies = [request.body for request in cloud.requests]

    # A listing has other pages once the first has come.
    assert sum(map(is_first_page, bodies)) == row.requests


@_pair(lambda target: RAW + build_replies(target))
def test_a_fault_on_the_wire(target, row, open_fake, caplog, capfd):
    with Misbehaving(*row.steps_for(target.good)) as server:
        _run(target, row, server.url, open_fake, caplog, capfd)
        bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]

    assert sum(map(is_first_page, bodies)) == row.requests


def _run(target, row, url, open_fake, caplog, capfd) -> None:
    """List once, and check everything that came out but the number of requests."""
    caplog.set_level(logging.DEBUG)
    messages: list[str] = []
    client = open_fake(
        endpoints={target.source.action.action.service: url},
        timeout_seconds=row.timeout_seconds,
        on_message=messages.append,
        **CANARY,
    )
    error: TcImagesError | None = None
    images: list[Image] = []

    def look_up() -> None:
        nonlocal error
        try:
            images.extend(target.list_images(client).images)
        except TcImagesError as caught:
            error = caught

    assert finishes(look_up)
    assert error or (len(images) == row.images if row.images else images)
    shown = _check(error, target, row, url) if error else []
    assert type(error) is (row.error or type(None))
    output = [*shown, *messages, caplog.text, *capfd.readouterr()]
    assert [text for text in output for canary in CANARY.values() if canary in text] == []


def _check(error: TcImagesError, target: Target, row: Row, url: str) -> list[str]:
    """Compare an error with its row, and return every text that can be made of it."""
    action = target.source.action.action
    text = error.text(target.source.single_function)
    words = " ".join(text.split())
    assert row.text_for(target.source) in words
    where = f"{action.service} {action.name}, ap-guangzhou, {url.partition('//')[2]}"
    assert where in words
    assert error.call.attempts == (row.attempts or row.requests)
    return [text, repr(error), repr(error.__cause__), "".join(traceback.format_exception(error))]


def test_each_row_has_a_name_of_its_own():
    names = [row.name for row in REFUSED + RAW + build_listed(PLATFORM) + build_replies(PLATFORM)]

    assert len(names) == len(set(names))


def test_every_row_runs_over_a_target():
    for build in (build_listed, build_replies, lambda _: REFUSED + RAW):
        needs = [row.needs for row in build(PLATFORM)]
        assert all(any(need <= target.provides for target in TARGETS) for need in needs)
