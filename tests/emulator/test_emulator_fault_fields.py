"""Types and ranges of the fields of a fault, in JSON and in Python."""

from __future__ import annotations

from dataclasses import fields
from http import HTTPStatus
from pathlib import Path

import pytest

from pulumi_tcimages.emulator import Fault

LISTING = "DescribePlatformImages"

INVALID_STEPS = [
    *({name: 10**400} for name in ("status", "drift", "page_cap", "pad_bytes", "times")),
    *({name: 10**5000} for name in ("status", "times")),
    *({name: float("inf")} for name in ("clock_skew_s", "delay_s", "drip_s")),
    *({name: float("nan")} for name in ("clock_skew_s", "delay_s", "drip_s")),
    *({name: -1} for name in ("status", "page_cap", "pad_bytes", "delay_s", "drip_s", "times")),
    *({name: None} for name in ("code", "message", "status", "rows", "close", "delay_s", "total")),
    *({name: [[]]} for name in ("code", "message", "status", "body", "close", "delay_s", "total")),
    *({name: "x" * 20_000} for name in ("code", "message", "content_type", "total")),
    *({"content_type": f"text/plain{suffix}"} for suffix in ("\r\nX: y", "\x00", "\x85", "；")),
    *({"rows": rows} for rows in ("text", {}, [None] * 10_001)),
    *({"status": status} for status in (0, 99, 199, 600, True, 200.5)),
]
"""Steps with one invalid field each."""


@pytest.mark.parametrize("step", INVALID_STEPS, ids=lambda step: next(iter(step)))
def test_invalid_value_is_rejected_in_a_short_line(cloud, step):
    (name,) = step

    with pytest.raises(ValueError, match="must be") as from_json:
        cloud.faults.read({LISTING: [step]})
    with pytest.raises(ValueError, match="must be") as from_python:
        Fault(**step)

    assert str(from_json.value) == f"{LISTING}[0].{from_python.value}"
    assert str(from_python.value).startswith(f"{name}: must be ")
    assert len(str(from_json.value)) < 200
    assert "\n" not in str(from_json.value)
    assert cloud.faults.left() == {}


def test_script_with_too_many_steps_is_rejected_as_a_whole(cloud):
    cloud.faults.add("*", Fault(times=99_999))

    with pytest.raises(ValueError, match="at most 100000 steps may wait"):
        cloud.faults.read({LISTING: [{}], "metadata": [{}]})

    assert {name: len(steps) for name, steps in cloud.faults.left().items()} == {"*": 99_999}


@pytest.mark.parametrize(
    "step",
    [
        {"status": 599, "body": "\ud800"},
        {"code": "\ud800", "message": "\ud800"},
        {"drift": 10**9, "page_cap": 1},
        {"clock_skew_s": -3.1e8},
        {"clock_skew_s": 3.1e8},
        {"rows": [None, 5, {"ImageId": ["\ud800"]}]},
    ],
    ids=str,
)
def test_extreme_values_of_a_fault_are_served(caller, caplog, step):
    caller.cloud.faults.read({LISTING: [step]})

    assert caller.call(LISTING).headers["Server"] == "nginx"
    assert [record for record in caplog.records if record.exc_info] == []


def test_every_field_is_documented():
    page = Path(__file__).parents[2].joinpath("docs", "emulator.md").read_text(encoding="utf-8")
    assert [field.name for field in fields(Fault) if f"`{field.name}`" not in page] == []


def test_status_may_be_an_http_status():
    assert Fault(status=HTTPStatus.BAD_GATEWAY) == Fault(status=502)
