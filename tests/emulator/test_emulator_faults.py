"""Faults: the effect of each field, and the queue of steps."""

from __future__ import annotations

import json
import time

import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.emulator.routes import ROUTES
from tests.emulator.raw_client import Caller, build_request
from tests.timeouts import finishes_in_time

LISTING = "DescribePlatformImages"


@pytest.fixture
def add_faults_and_get_caller(caller):
    def add_faults(*steps):
        caller.cloud.faults.add(LISTING, *steps)
        return caller

    return add_faults


def test_steps_apply_in_order_and_only_to_their_action(add_faults_and_get_caller):
    caller = add_faults_and_get_caller(
        Fault(code="InternalError"), Fault(), Fault(code="ResourceUnavailable.Busy")
    )
    assert caller.call("GetCallerIdentity").code == ""
    codes = [caller.call(LISTING).code for _ in range(4)]
    assert codes == ["InternalError", "", "ResourceUnavailable.Busy", ""]
    assert [entry.faulty for entry in caller.cloud.requests] == [False, True, False, True, False]


@pytest.mark.parametrize("fault", [Fault(code="InternalError"), Fault(status=502)], ids=str)
def test_journal_has_the_parameters_of_a_failed_request(add_faults_and_get_caller, fault):
    caller = add_faults_and_get_caller(fault)
    caller.call(LISTING, {"Offset": 100})
    assert caller.cloud.requests[0].body == {"Offset": 100}


def test_error_has_its_own_or_the_usual_message(add_faults_and_get_caller):
    caller = add_faults_and_get_caller(
        Fault(code="InternalError", message="out of coffee"),
        Fault(code="AuthFailure.SignatureExpire"),
        Fault(code="RequestLimitExceeded.UinLimitExceeded"),
    )
    messages = [caller.call(LISTING, x_tc_language="en-US").message for _ in range(3)]
    assert messages == [
        "out of coffee",
        "The signature is expired, please request again.",
        "RequestLimitExceeded.UinLimitExceeded (scripted)",
    ]


def test_status_has_the_page_of_a_load_balancer(add_faults_and_get_caller):
    caller = add_faults_and_get_caller(Fault(status=502))
    answer = caller.call(LISTING)
    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html")
    assert b"<h1>502 from the load balancer</h1>" in answer.body
    assert caller.cloud.requests[-1].status == 502


def test_status_with_code_has_an_api_error(add_faults_and_get_caller):
    answer = add_faults_and_get_caller(Fault(status=503, code="ServiceUnavailable")).call(LISTING)
    assert (answer.status, answer.code) == (503, "ServiceUnavailable")


@pytest.mark.parametrize("body", ["", "{}", '{"code": 4100, "codeDesc": "AuthFailure"}', "🙂"])
def test_body_is_sent_unchanged(add_faults_and_get_caller, body):
    answer = add_faults_and_get_caller(Fault(body=body)).call(LISTING)
    assert (answer.status, answer.body.decode()) == (200, body)


def test_content_type_may_have_a_charset(add_faults_and_get_caller):
    answer = add_faults_and_get_caller(Fault(content_type="application/json; charset=utf-8")).call(
        LISTING
    )
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.response["TotalCount"] == 205


def test_total_may_drift_and_page_may_repeat(add_faults_and_get_caller):
    caller = add_faults_and_get_caller(Fault(drift=-3), Fault(repeat_page=True))
    first = caller.call(LISTING, {"Limit": 10}).response
    second = caller.call(LISTING, {"Limit": 10, "Offset": 10}).response
    assert (first["TotalCount"], second["TotalCount"]) == (202, 205)
    assert second["PlatformImageInfos"] == first["PlatformImageInfos"]


@pytest.mark.parametrize(("total", "expected"), [("null", None), ("zero", 0), ("page", 10)])
def test_total_may_be_wrong(add_faults_and_get_caller, total, expected):
    answer = add_faults_and_get_caller(Fault(total=total)).call(LISTING, {"Limit": 10}).response

    assert answer["TotalCount"] == expected
    assert len(answer["PlatformImageInfos"]) == 10


def test_page_may_be_smaller_than_requested(add_faults_and_get_caller):
    answer = add_faults_and_get_caller(Fault(page_cap=20)).call(LISTING, {"Limit": 100}).response

    assert (len(answer["PlatformImageInfos"]), answer["TotalCount"]) == (20, 205)


def test_rows_of_a_fault_come_first_and_are_counted(add_faults_and_get_caller):
    rows = (None, "text", {"ImageId": 5})
    answer = add_faults_and_get_caller(Fault(rows=rows)).call(LISTING, {"Limit": 4}).response

    assert answer["PlatformImageInfos"][:3] == list(rows)
    assert answer["PlatformImageInfos"][3]["ImageName"]
    assert answer["TotalCount"] == 208


def test_response_may_be_oversized(add_faults_and_get_caller):
    answer = add_faults_and_get_caller(Fault(pad_bytes=3_000_000)).call(LISTING)
    assert len(answer.response["Padding"]) == 3_000_000


@pytest.mark.parametrize("skew_s", [-400, 400])
def test_skewed_clock_expires_the_signature_and_changes_the_date(skew_s):
    with Emulator(clock=lambda: 1_700_000_000) as cloud:
        cloud.faults.add(LISTING, Fault(clock_skew_s=skew_s))
        answer = Caller(cloud).call(LISTING, at_unix_s=1_700_000_000)
    date = {-400: "Tue, 14 Nov 2023 22:06:40 GMT", 400: "Tue, 14 Nov 2023 22:20:00 GMT"}[skew_s]
    assert (answer.code, answer.headers["Date"]) == ("AuthFailure.SignatureExpire", date)


@pytest.mark.parametrize(
    ("fault", "expected_error"),
    [
        (Fault(close=True), EOFError),
        (Fault(reset=True), ConnectionResetError),
        (Fault(truncate=True), EOFError),
    ],
)
def test_connection_may_break(add_faults_and_get_caller, fault, expected_error):
    caller = add_faults_and_get_caller(fault)
    with pytest.raises(expected_error):
        caller.call(LISTING)
    assert caller.call(LISTING).code == ""
    assert caller.cloud.requests[0].status == (200 if fault.truncate else 0)


@pytest.mark.parametrize("fault", [Fault(delay_s=0.1), Fault(drip_s=0.01)])
def test_response_may_be_slow(add_faults_and_get_caller, fault):
    started = time.perf_counter()
    assert add_faults_and_get_caller(fault).call(LISTING).code == ""
    assert time.perf_counter() - started >= 0.1


def test_stop_does_not_wait_for_a_slow_response():
    with Emulator() as cloud:
        cloud.faults.add(LISTING, Fault(delay_s=3600), Fault(drip_s=3600))
        caller = Caller(cloud)
        connections = [caller.connect(), caller.connect()]
        for connection in connections:
            connection.sendall(build_request("POST", "/", caller.headers(LISTING), b"{}"))
        while len(cloud.requests) < 2:
            time.sleep(0.001)
        assert finishes_in_time(cloud.stop)
    for connection in connections:
        connection.close()


def test_catalogue_may_change_between_two_pages(add_faults_and_get_caller):
    def withdraw():
        caller.cloud.catalogue.withdraw_platform_image("sglang-v0.5.6.post2")

    caller = add_faults_and_get_caller(Fault(), Fault(before=withdraw))
    totals = [caller.call(LISTING).response["TotalCount"] for _ in range(2)]
    assert totals == [205, 204]


def test_unused_steps_are_left(add_faults_and_get_caller):
    caller = add_faults_and_get_caller(Fault(status=502, times=2), Fault(code="InternalError"))
    caller.call(LISTING)
    faults = caller.cloud.faults
    assert faults.left() == {LISTING: [Fault(status=502), Fault(code="InternalError")]}
    faults.clear()
    assert faults.left() == {}


def test_metadata_request_may_fail(cloud, caller):
    cloud.faults.add("metadata", Fault(status=500))
    path = "/latest/meta-data/cam/security-credentials/"
    statuses = [
        caller.send(build_request("GET", path, {"host": cloud.address})).status for _ in range(2)
    ]
    assert statuses == [500, 200]


def test_script_is_read_from_a_file(cloud, tmp_path):
    path = tmp_path / "script.json"
    path.write_text(json.dumps({LISTING: [{"status": 502}, {"delay_s": 1, "times": 2}]}))
    cloud.faults.load(path)
    assert cloud.faults.left() == {LISTING: [Fault(status=502), Fault(delay_s=1), Fault(delay_s=1)]}


@pytest.mark.parametrize(
    ("add_faults_and_get_caller", "problem"),
    [
        ([], "a script is an object: an action's name to a list of steps"),
        ({LISTING: {}}, "DescribePlatformImages: the steps must be a list"),
        ({LISTING: [502]}, "DescribePlatformImages[0]: a step must be an object"),
        (
            {LISTING: [{}, {"status": "502"}]},
            "DescribePlatformImages[1].status: must be a whole number, not '502'",
        ),
        (
            {LISTING: [{"status": 502}], "DescribePlatformImage": [{"status": 502}]},
            f"'DescribePlatformImage' is none of {', '.join(ROUTES)}, metadata, *",
        ),
        (
            {LISTING: [{"times": 0}]},
            "DescribePlatformImages[0].times: must be from 1 to 100000, not 0",
        ),
        (
            {LISTING: [{}, {"delay_s": -1.5}]},
            "DescribePlatformImages[1].delay_s: must be from 0 to 86400, not -1.5",
        ),
        (
            {LISTING: [{"times": True}]},
            "DescribePlatformImages[0].times: must be a whole number, not True",
        ),
        (
            {LISTING: [{"state": 502}]},
            "DescribePlatformImages[0]: 'state' is none of body, clock_skew_s, close, code, "
            "content_type, delay_s, drift, drip_s, message, pad_bytes, page_cap, repeat_page, "
            "reset, rows, status, times, total, truncate",
        ),
    ],
)
def test_invalid_script_is_rejected_with_step_and_field(cloud, add_faults_and_get_caller, problem):
    with pytest.raises(ValueError, match=r"^.+$") as caught:
        cloud.faults.read(add_faults_and_get_caller)
    assert (str(caught.value), cloud.faults.left()) == (problem, {})


def test_fault_for_an_unknown_action_or_no_request_is_rejected(cloud):
    with pytest.raises(ValueError, match=r"'Describe' is none of .*, metadata, \*$"):
        cloud.faults.add("Describe", Fault(status=502))
    with pytest.raises(ValueError, match=r"^times: must be from 1 to 100000, not 0$"):
        Fault(times=0)
