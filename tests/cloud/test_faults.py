"""The fault table for one listing of each paging style: fault, result and requests.

All cases run with canary keys, which no output may contain. No case may hang, or
list no images without an error.
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
from tests.cloud.fault_cases import CANARY, FaultCase
from tests.cloud.fault_cases_of_bodies import BODY_CASES
from tests.cloud.fault_cases_of_connections import CONNECTION_CASES
from tests.cloud.fault_cases_of_lengths import LENGTH_CASES
from tests.cloud.fault_cases_of_listings import build_listing_cases
from tests.cloud.fault_cases_of_replies import build_response_cases
from tests.cloud.fault_cases_of_secrets import SECRET_CASES
from tests.cloud.fault_cases_of_the_cloud import API_CASES
from tests.cloud.fault_targets import PLATFORM, TARGETS, Target, is_first_page
from tests.cloud.faulty_server import FaultyServer
from tests.timeouts import finishes_in_time


def _parametrize_cases(build_cases: Callable[[Target], list[FaultCase]]) -> pytest.MarkDecorator:
    """Parametrize with each target and the cases that apply to it."""
    pairs = [(target, case) for target in TARGETS for case in build_cases(target)]
    return pytest.mark.parametrize(
        ("target", "case"),
        [(target, case) for target, case in pairs if case.needs <= target.provides],
        ids=lambda value: getattr(value, "name", str(value)),
    )


@_parametrize_cases(lambda target: API_CASES + build_listing_cases(target))
def test_api_fault(target, case, fake_time, make_client, caplog, capfd):
    with Emulator(catalogue=target.catalogue, clock=fake_time.unix_s) as cloud:
        cloud.keys.add(Key(CANARY["secret_id"], CANARY["secret_key"], CANARY["security_token"]))
        cloud.faults.add(target.source.action.action.name, *case.steps)
        _check_listing(target, case, cloud.endpoint, make_client, caplog, capfd)
        bodies = [request.body for request in cloud.requests]

    # Counts listings by their first page.
    assert sum(map(is_first_page, bodies)) == case.requests


@_parametrize_cases(
    lambda target: (
        CONNECTION_CASES + BODY_CASES + SECRET_CASES + LENGTH_CASES + build_response_cases(target)
    )
)
def test_connection_fault(target, case, make_client, caplog, capfd):
    with FaultyServer(*case.steps_for(target.good)) as server:
        _check_listing(target, case, server.url, make_client, caplog, capfd)
        bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]

    assert sum(map(is_first_page, bodies)) == case.requests


def _check_listing(target, case, url, make_client, caplog, capfd) -> None:
    """List once, and check every output except the number of requests."""
    caplog.set_level(logging.DEBUG)
    messages: list[str] = []
    client = make_client(
        endpoints={target.source.action.action.service: url},
        timeout_seconds=case.timeout_seconds,
        on_message=messages.append,
        **CANARY,
    )
    error: TcImagesError | None = None
    images: list[Image] = []

    def list_images() -> None:
        nonlocal error
        try:
            images.extend(target.list_images(client).images)
        except TcImagesError as caught:
            error = caught

    assert finishes_in_time(list_images)
    assert error or (len(images) == case.images if case.images else images)
    error_texts = _check_error(error, target, case, url) if error else []
    assert type(error) is (case.error or type(None))
    output = [*error_texts, *messages, caplog.text, *capfd.readouterr()]
    assert [text for text in output for canary in CANARY.values() if canary in text] == []


def _check_error(error: TcImagesError, target: Target, case: FaultCase, url: str) -> list[str]:
    """Compare an error with its case, and return every text form of it."""
    action = target.source.action.action
    text = error.text(target.source.single_function)
    words = " ".join(text.split())
    assert case.text_for(target.source) in words
    where = f"{action.service} {action.name}, ap-guangzhou, {url.partition('//')[2]}"
    assert where in words
    assert error.call.attempts == (case.attempts or case.requests)
    return [text, repr(error), repr(error.__cause__), "".join(traceback.format_exception(error))]


def test_each_case_has_a_unique_name():
    names = [
        case.name
        for case in API_CASES
        + CONNECTION_CASES
        + BODY_CASES
        + SECRET_CASES
        + LENGTH_CASES
        + build_listing_cases(PLATFORM)
        + build_response_cases(PLATFORM)
    ]

    assert len(names) == len(set(names))


def test_every_case_applies_to_a_target():
    for build in (
        build_listing_cases,
        build_response_cases,
        lambda _: API_CASES + CONNECTION_CASES + BODY_CASES + SECRET_CASES + LENGTH_CASES,
    ):
        needs = [case.needs for case in build(PLATFORM)]
        assert all(any(need <= target.provides for target in TARGETS) for need in needs)
